//! `GetCalendar`: the events of a partnership as iCalendar (RFC 5545, with the properties of RFC 7986).

use accord_proto::{documents::v1 as pb, google::api::HttpBody};
use aip::{ListRequest, Listing, Violations, text};
use fault::Fault;
use icalendar::{Calendar, Class, Component as _, Event as Entry, Parameter, Property};
use identity::Caller;
use jiff::ToSpan;
use storage::Tx;
use tonic::Request;

use super::events::{self, Asked, EVENTS, EVENTS_ORDER};
use crate::{
    api::{Api, access, derived},
    domain::{
        AccessLevel, Document, Partnership,
        document::Text,
        status::calendar::{Event, EventKind},
    },
    store::outline::Window,
};

/// How many days before today the calendar begins where the request does not say: a feed keeps what has
/// just passed.
const DAYS_BEFORE: i64 = 365;

/// How many days after today it ends: ten years.
const DAYS_AFTER: i64 = 3_650;

/// The most events of one calendar.
const MOST_EVENTS: usize = 10_000;

/// The largest calendar: what gRPC clients take without being told is 4 MiB.
const MOST_BYTES: usize = 3 << 20;

/// How many events are read at once, each with its document.
const AT_ONCE: i32 = 250;

/// How many times: as often as that fills a calendar, and again where others stand between.
const READINGS: usize = 2 * MOST_EVENTS / 250;

/// Writes the calendar of a partnership.
pub(in crate::api) async fn run(
    api: &Api,
    request: Request<pb::GetCalendarRequest>,
) -> Result<HttpBody, Fault> {
    let caller = Caller::of(&request)?;
    caller.may_read()?;
    let reader = access::reader(caller);
    let request = request.into_inner();
    let mut violations = Violations::new();
    let today = api.clock.today();
    let asked = Asked {
        parent: &request.parent,
        start: request.start_date.as_ref(),
        end: request.end_date.as_ref(),
        kinds: &request.kinds,
    };
    let start = today.saturating_sub(DAYS_BEFORE.days());
    let end_of = |start: jiff::civil::Date| start.max(today.saturating_add(DAYS_AFTER.days()));
    let window = asked.window(reader, start, end_of, &mut violations);
    let language = match request.language_code.as_str() {
        "" => Some(String::new()),
        tag => violations.take(text::language_tag("language_code", tag)),
    };
    let (Some(window), Some(language), true) = (window, language, violations.is_empty()) else {
        return Err(violations.into());
    };
    let stamp = api.clock.now().strftime("%Y%m%dT%H%M%SZ").to_string();
    derived::settled(api).await?;
    let found = api.database.read(move |tx| {
        let (window, language, stamp) = (window.clone(), language.clone(), stamp.clone());
        Box::pin(async move { read(tx, &window, &language, &stamp).await })
    });
    Ok(HttpBody {
        content_type: "text/calendar; charset=utf-8".to_owned(),
        data: found.await?.to_string().into_bytes(),
        extensions: Vec::new(),
    })
}

/// Reads the events of the window, page by page, into a calendar.
async fn read(
    tx: &mut Tx,
    window: &Window,
    language: &str,
    stamp: &str,
) -> Result<Calendar, Fault> {
    let mut calendar = Calendar::empty();
    let mut bytes = 0;
    let mut page_token = String::new();
    for _ in 0..READINGS {
        let listing = Listing::parse(
            &EVENTS,
            &ListRequest {
                page_size: AT_ONCE,
                page_token: &page_token,
                order_by: EVENTS_ORDER,
                ..ListRequest::default()
            },
        )?;
        let page = events::read(tx, window, &listing, |_| 0).await?;
        if calendar.properties.is_empty() {
            begin(&mut calendar, &page.partnership, language);
        }
        for (event, document) in &page.events {
            let entry = entry(*event, document, language, stamp);
            bytes += entry.try_into_string().map_or(0, |text| text.len());
            calendar.push(entry);
        }
        if calendar.components.len() > MOST_EVENTS || bytes > MOST_BYTES {
            return Err(too_large());
        }
        if page.next_page_token.is_empty() {
            return Ok(calendar);
        }
        page_token = page.next_page_token;
    }
    Err(too_large())
}

fn too_large() -> Fault {
    let text = format!(
        "is too late: the calendar would have more than {MOST_EVENTS} events or {MOST_BYTES} bytes, or take too long; ask for fewer days"
    );
    Fault::invalid_field("end_date", "FIELD_INVALID", text)
}

/// Writes what stands before the events.
fn begin(calendar: &mut Calendar, partnership: &Partnership, language: &str) {
    let name = in_language(&partnership.profile.display_names, language)
        .map_or_else(|| partnership.name.to_string(), |(text, _)| text.to_owned());
    for (key, value) in [
        ("VERSION", "2.0"),
        ("PRODID", "-//Accord//accord.documents.v1//EN"),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", "PUBLISH"),
    ] {
        calendar.append_property((key, value));
    }
    for key in ["NAME", "X-WR-CALNAME"] {
        calendar.append_property(text_property(key, &name));
    }
    let mut refresh = Property::new("REFRESH-INTERVAL", "PT12H");
    calendar.append_property(refresh.append_parameter(Parameter::new("VALUE", "DURATION")));
    calendar.append_property(("X-PUBLISHED-TTL", "PT12H"));
}

/// One all-day event. Its UID stays the same as long as the same comes to pass on the same day.
fn entry(event: Event, document: &Document, language: &str, stamp: &str) -> Entry {
    let day = event.day.strftime("%Y%m%d").to_string();
    let title = in_language(&document.content.titles, language);
    let (title, title_language) = title.unwrap_or_default();
    let mut start = Property::new("DTSTART", day.as_str());
    start.append_parameter(Parameter::new("VALUE", "DATE"));
    let mut summary = Property::new("SUMMARY", format!("{}: {title}", label(event.kind)));
    if !title_language.is_empty() {
        summary.append_parameter(Parameter::new("LANGUAGE", title_language));
    }
    let class = match document.content.access_level {
        AccessLevel::Public => Class::Public,
        AccessLevel::Official | AccessLevel::Restricted => Class::Confidential,
    };
    let mut entry = Entry::new();
    entry
        .uid(&format!(
            "{}-{}-{day}@documents.accord",
            document.uid,
            event.kind.code()
        ))
        .append_property(("DTSTAMP", stamp))
        .append_property(&mut start)
        .append_property(&mut summary)
        .description(&format!("{}\n{}", event.kind.sentence(), document.name))
        .class(class)
        .append_property(("TRANSP", "TRANSPARENT"))
        .append_property(text_property(
            "X-ACCORD-DOCUMENT",
            &document.name.to_string(),
        ));
    entry
}

/// A property whose value is text although the crate does not know it: it is escaped as such.
fn text_property(key: &str, value: &str) -> Property {
    let mut property = Property::new(key, value);
    property.append_parameter(Parameter::new("VALUE", "TEXT"));
    property
}

/// Returns the text in a language and its own language: the very tag, else one of the same language, else
/// the first.
fn in_language<'a>(texts: &'a [Text], language: &str) -> Option<(&'a str, &'a str)> {
    let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_owned();
    texts
        .iter()
        .find(|text| text.language == language)
        .or_else(|| {
            texts
                .iter()
                .find(|text| primary(&text.language) == primary(language))
        })
        .or_else(|| texts.first())
        .map(|text| (text.text.as_str(), text.language.as_str()))
}

/// What stands before the title.
const fn label(kind: EventKind) -> &'static str {
    match kind {
        EventKind::EntryIntoForce => "Entry into force",
        EventKind::TermEnd => "End of the term",
        EventKind::Renewal => "Renewal",
        EventKind::NoticeDeadline => "Last day for notice",
        EventKind::Termination => "No longer binds",
        EventKind::EffectiveStart => "Applies from today",
        EventKind::EffectiveEnd => "Applies until today",
    }
}
