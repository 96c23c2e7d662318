//! `GetCalendar`: the events of a partnership as iCalendar (RFC 5545, with the properties of RFC 7986).

use accord_proto::{documents::v1 as pb, google::api::HttpBody};
use aip::{ListRequest, Listing, Violations, text};
use calendar::Feed;
use fault::Fault;
use icalendar::{Class, Component as _, Event as Entry};
use identity::Caller;
use jiff::{Timestamp, ToSpan};
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

/// How many events are read at once, each with its document.
const AT_ONCE: i32 = 250;

/// How many times: as often as that fills a calendar, and again where others stand between.
const READINGS: usize = 2 * calendar::MOST_ENTRIES / 250;

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
    let stamp = api.clock.now();
    derived::settled(api).await?;
    let found = api.database.read(move |tx| {
        let (window, language) = (window.clone(), language.clone());
        Box::pin(async move { read(tx, &window, &language, stamp).await })
    });
    Ok(found.await?)
}

/// Reads the events of the window, page by page, into a calendar.
async fn read(
    tx: &mut Tx,
    window: &Window,
    language: &str,
    stamp: Timestamp,
) -> Result<HttpBody, Fault> {
    let mut feed: Option<Feed> = None;
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
        let mut filled = feed
            .take()
            .unwrap_or_else(|| begin(&page.partnership, language));
        for (event, document) in &page.events {
            let entry = entry(*event, document, language, stamp);
            filled.push(entry).map_err(|_| too_large())?;
        }
        if page.next_page_token.is_empty() {
            return Ok(filled.into_body());
        }
        feed = Some(filled);
        page_token = page.next_page_token;
    }
    Err(too_large())
}

fn too_large() -> Fault {
    let text = format!(
        "is too late: {}, or take too long; ask for fewer days",
        calendar::TooLarge
    );
    Fault::invalid_field("end_date", "FIELD_INVALID", text)
}

/// Begins the calendar of a partnership.
fn begin(partnership: &Partnership, language: &str) -> Feed {
    let names = &partnership.profile.display_names;
    let name = in_language(names, language)
        .map_or_else(|| partnership.name.to_string(), |(_, text)| text.to_owned());
    Feed::new("accord.documents.v1", &name)
}

/// One all-day event. Its UID stays the same as long as the same comes to pass on the same day.
fn entry(event: Event, document: &Document, language: &str, stamp: Timestamp) -> Entry {
    let day = event.day.strftime("%Y%m%d").to_string();
    let title = in_language(&document.content.titles, language);
    let (title_language, title) = title.unwrap_or_default();
    let title = format!("{}: {title}", label(event.kind));
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
        .append_property(calendar::instant("DTSTAMP", stamp))
        .append_property(calendar::day("DTSTART", event.day))
        .append_property(calendar::summary(&title, title_language))
        .description(&format!("{}\n{}", event.kind.sentence(), document.name))
        .class(class)
        .append_property(("TRANSP", "TRANSPARENT"))
        .append_property(calendar::text(
            "X-ACCORD-DOCUMENT",
            &document.name.to_string(),
        ));
    entry
}

/// Returns the text in a language, after its own language.
fn in_language<'a>(texts: &'a [Text], language: &str) -> Option<(&'a str, &'a str)> {
    let texts = texts
        .iter()
        .map(|text| (text.language.as_str(), text.text.as_str()));
    calendar::in_language(texts, language)
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
