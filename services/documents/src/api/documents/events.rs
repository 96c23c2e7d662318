//! `ListCalendarEvents`, and what it shares with `GetCalendar`.

use std::collections::BTreeSet;

use accord_proto::{convert as proto, documents::v1 as pb, google};
use aip::{Field, Kind, ListRequest, Listing, Schema, Value, Violations, convert as checked};
use fault::Fault;
use identity::Caller;
use jiff::{ToSpan, civil::Date};
use storage::Tx;
use tonic::Request;

use super::cases;
use crate::{
    api::{Api, access, convert, derived, fault as faults, partnerships},
    domain::{
        Document, EntryRule, Partnership, PartnershipName, Reader, Text,
        status::calendar::{self, Event, EventKind},
    },
    store::outline::{self, Place, Start, Window},
};

/// What tokens hold: the last event that the caller was told, and after how many more to go on, where none of them is
/// one that it is told. The key is the kind.
pub(super) static EVENTS: Schema = Schema {
    fields: &[
        field("date", Kind::Date),
        field("document", Kind::Text),
        field("passed", Kind::Int),
    ],
};

/// The order of [`EVENTS`].
pub(super) const EVENTS_ORDER: &str = "date, document, passed";

const fn field(path: &'static str, kind: Kind) -> Field {
    Field {
        path,
        kind,
        column: path,
        sortable: true,
    }
}

/// About what an event weighs without its titles.
const FIXED_BYTES: usize = 300;

/// How many days the list covers where the request names no end.
const DAYS: i64 = 365;

/// Returns a page of events.
pub(in crate::api) async fn run(
    api: &Api,
    request: Request<pb::ListCalendarEventsRequest>,
) -> Result<pb::ListCalendarEventsResponse, Fault> {
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
    let end_of = |start: Date| start.saturating_add(DAYS.days());
    let window = asked.window(reader, today, end_of, &mut violations);
    let bound_to = format!(
        "{} {:?} {:?} {:?}",
        request.parent, request.start_date, request.end_date, request.kinds
    );
    let listing = Listing::parse(
        &EVENTS,
        &ListRequest {
            page_size: request.page_size,
            page_token: &request.page_token,
            order_by: EVENTS_ORDER,
            bound_to: bound_to.as_bytes(),
            ..ListRequest::default()
        },
    );
    let listing = listing.map_err(|found| violations.merge(found)).ok();
    let (Some(window), Some(listing), true) = (window, listing, violations.is_empty()) else {
        return Err(violations.into());
    };
    derived::settled(api).await?;
    let found = api.database.read(move |tx| {
        let (window, listing) = (window.clone(), listing.clone());
        Box::pin(async move { read(tx, &window, &listing, bytes).await })
    });
    let page = found.await?;
    Ok(pb::ListCalendarEventsResponse {
        calendar_events: page.events.iter().map(message).collect(),
        next_page_token: page.next_page_token,
    })
}

/// The part of a request that says which events.
pub(super) struct Asked<'a> {
    pub(super) parent: &'a str,
    pub(super) start: Option<&'a google::r#type::Date>,
    pub(super) end: Option<&'a google::r#type::Date>,
    pub(super) kinds: &'a [i32],
}

impl Asked<'_> {
    /// Checks it; a start that is left out is `start`, an end is made from the start.
    pub(super) fn window(
        &self,
        reader: Reader,
        start: Date,
        end_of: impl Fn(Date) -> Date,
        violations: &mut Violations,
    ) -> Option<Window> {
        let parent = violations.take(PartnershipName::parse("parent", self.parent));
        let given_start = violations.take(checked::optional_date("start_date", self.start));
        let given_end = violations.take(checked::optional_date("end_date", self.end));
        let kinds = self.kinds(violations);
        let start = given_start?.unwrap_or(start);
        let end = given_end?.unwrap_or_else(|| end_of(start));
        if end < start {
            let text = format!("must not be before start_date, {start}");
            violations.push("end_date", "DATE_INVALID", text);
        }
        Some(Window {
            parent: parent?,
            start,
            end,
            kinds,
            reader,
        })
    }

    fn kinds(&self, violations: &mut Violations) -> Vec<EventKind> {
        let mut kinds = BTreeSet::new();
        for (index, code) in self.kinds.iter().enumerate() {
            let field = format!("kinds[{index}]");
            let Some(kind) = EventKind::from_code((*code).into()) else {
                let text = format!("{code} is no kind of event");
                violations.push(field, "FIELD_INVALID", text);
                continue;
            };
            if !kinds.insert(kind) {
                violations.push(field, "DUPLICATE_VALUE", "stands here twice");
            }
        }
        kinds.into_iter().collect()
    }
}

/// A page of events, each with its document.
pub(super) struct Page {
    pub(super) partnership: Partnership,
    pub(super) events: Vec<(Event, Document)>,
    pub(super) next_page_token: String,
}

/// Reads a page of events, of which each weighs `bytes`.
pub(super) async fn read(
    tx: &mut Tx,
    window: &Window,
    listing: &Listing,
    bytes: fn(&Document) -> usize,
) -> Result<Page, Fault> {
    let partnership = partnerships::load(tx, &window.parent).await?;
    if !outline::is_settled(tx).await? {
        return Err(faults::catching_up());
    }
    let start = start(window, listing);
    let (events, more) = next(tx, window, &start, listing.page_size() + 1).await?;
    // Where the page ends stands in its token, so that is an event that the caller is told, or would be told if it
    // asked for its kind.
    let end = if more { events.last().cloned() } else { None };
    let (events, next_page_token) = listing.page_of_window(
        events,
        end.as_ref(),
        |(_, document)| bytes(document),
        sort_value,
        |(event, _)| event.kind.code().into(),
    );
    let next_page_token = if more && events.is_empty() {
        let end = outline::end(tx, window, &start).await?.1;
        token(listing, &end.map_or_else(|| start.beyond(), Start::after))
    } else {
        next_page_token
    };
    Ok(Page {
        partnership,
        events,
        next_page_token,
    })
}

/// Where the page before ended.
fn start(window: &Window, listing: &Listing) -> Start {
    match listing.after() {
        Some(
            [
                Value::Int(day),
                Value::Text(document),
                Value::Int(passed),
                Value::Int(kind),
            ],
        ) => Start {
            after: Place {
                day: *day,
                document: document.clone(),
                kind: *kind,
            },
            passed: usize::try_from(*passed).unwrap_or(0),
        },
        _ => Start::of(window),
    }
}

fn token(listing: &Listing, start: &Start) -> String {
    listing.token(&[
        start.after.day.into(),
        start.after.document.as_str().into(),
        i64::try_from(start.passed).unwrap_or(i64::MAX).into(),
        start.after.kind.into(),
    ])
}

fn sort_value((event, document): &(Event, Document), path: &str) -> Value {
    match path {
        "date" => clock::to_days(event.day).into(),
        "passed" => 0_i64.into(),
        _ => document.name.document.as_str().into(),
    }
}

fn place((event, document): &(Event, Document)) -> Place {
    Place {
        day: clock::to_days(event.day),
        document: document.name.document.clone(),
        kind: event.kind.code().into(),
    }
}

/// Reads up to `limit` of the events that are looked at from a start and that the reader is told, and whether more may
/// follow.
async fn next(
    tx: &mut Tx,
    window: &Window,
    start: &Start,
    limit: usize,
) -> Result<(Vec<(Event, Document)>, bool), Fault> {
    let mut after = start.after.clone();
    loop {
        let rows = outline::events(tx, window, start, &after, limit).await?;
        let last = rows.last().map(place);
        let is_full = rows.len() == limit;
        let told = told(tx, &window.reader, rows).await?;
        match last {
            Some(last) if is_full && told.is_empty() => after = last,
            _ if is_full => return Ok((told, true)),
            _ => return Ok((told, outline::end(tx, window, start).await?.0)),
        }
    }
}

/// What an event of the document weighs.
fn bytes(document: &Document) -> usize {
    let titles = &document.content.titles;
    let bytes = |title: &Text| title.text.len() + title.language.len();
    FIXED_BYTES + titles.iter().map(bytes).sum::<usize>()
}

/// Leaves out what is drawn from documents that the reader may not read: a document that waits for such a
/// one has only the events that it has without it.
async fn told(
    tx: &mut Tx,
    reader: &Reader,
    mut events: Vec<(Event, Document)>,
) -> Result<Vec<(Event, Document)>, Fault> {
    let waiting: BTreeSet<_> = events
        .iter()
        .filter(|(_, document)| matches!(document.content.entry_rule(), EntryRule::WithDocument(_)))
        .map(|(_, document)| document.name.clone())
        .collect();
    if waiting.is_empty() {
        return Ok(events);
    }
    let names: Vec<_> = waiting.into_iter().collect();
    let cases = cases::load_for(tx, &names, reader, None).await?;
    for name in names {
        let open: BTreeSet<_> = calendar::events(&cases, &name.to_string())
            .into_iter()
            .collect();
        events.retain(|(event, document)| document.name != name || open.contains(event));
    }
    Ok(events)
}

fn message((event, document): &(Event, Document)) -> pb::CalendarEvent {
    pb::CalendarEvent {
        date: Some(proto::from_date(event.day)),
        kind: event.kind.code(),
        document: document.name.to_string(),
        titles: convert::document::titles(document),
        description: event.kind.sentence().to_owned(),
    }
}
