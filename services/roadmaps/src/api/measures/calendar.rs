//! `GetDeadlineCalendar`: deadlines as iCalendar (RFC 5545, with the properties of RFC 7986).

use accord_proto::{google::api::HttpBody, roadmaps::v1::GetDeadlineCalendarRequest};
use aip::{ListRequest, Listing, Value, Violation, Violations, text};
use calendar::{Feed, TooLarge};
use fault::Fault;
use identity::Caller;
use jiff::{ToSpan as _, civil::Date};
use storage::Tx;
use tonic::Request;

use super::{
    super::{bodies, checked, convert::deadline::Style},
    Service,
    deadlines::{self, Question},
};
use crate::store::{
    self,
    deadlines::{Asked, Due},
    fields,
};

/// How many days before today the calendar begins where the request does not say.
pub(in crate::api) const DAYS_BEFORE: i64 = 365;

/// How many days after today it ends: ten years.
pub(in crate::api) const DAYS_AFTER: i64 = 3_650;

/// How many deadlines are read at once.
const AT_ONCE: i32 = 500;

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<GetDeadlineCalendarRequest>,
) -> Result<HttpBody, Fault> {
    Caller::of(&request)?.may_read()?;
    let request = request.into_inner();
    let mut violations = Violations::new();
    let question = Question {
        parent: &request.parent,
        start: request.start_date.as_ref(),
        end: request.end_date.as_ref(),
        body: &request.body,
        party: &request.party,
        with_closed: !request.open_only,
    };
    let asked = question.read(&mut violations);
    let language = violations.take(language("language_code", &request.language_code));
    let style = violations.take(Style::read(request.component));
    let listing = listing(&request.filter)
        .map_err(|found| violations.merge(found))
        .ok();
    let parts = asked.zip(listing).zip(style.zip(language));
    let ((asked, listing), (style, language)) = checked(parts, violations)?;
    let wanted = Wanted {
        with_overdue: asked.first.is_none(),
        asked: within_reach(asked, service.clock.today()),
        listing,
        style,
        language,
    };
    service
        .database
        .read(move |tx| {
            let wanted = wanted.clone();
            Box::pin(async move {
                let asked = &wanted.asked;
                bodies::require_known(tx, &asked.partnership, &asked.party, &asked.body).await?;
                write(tx, &wanted).await?.map_err(too_large)
            })
        })
        .await
}

/// A calendar that is to be written.
#[derive(Clone, Debug)]
pub(in crate::api) struct Wanted {
    /// Which deadlines it has, with its days.
    pub(in crate::api) asked: Asked,
    /// Whether what was due before its first day and is still open stands in it too.
    pub(in crate::api) with_overdue: bool,
    /// By which filter.
    pub(in crate::api) listing: Listing,
    /// What each deadline is.
    pub(in crate::api) style: Style,
    /// The language of titles; may be empty.
    pub(in crate::api) language: String,
}

/// Reads a filter of calendars.
pub(in crate::api) fn listing(filter: &str) -> Result<Listing, Violations> {
    Listing::parse(
        &fields::DEADLINES,
        &ListRequest {
            page_size: AT_ONCE,
            order_by: deadlines::DEFAULT_ORDER,
            filter,
            ..ListRequest::default()
        },
    )
}

/// Reads the language of titles, which may be empty.
pub(in crate::api) fn language(field: &str, given: &str) -> Result<String, Violation> {
    match given {
        "" => Ok(String::new()),
        tag => text::language_tag(field, tag),
    }
}

/// Sets the days where the request does not.
fn within_reach(asked: Asked, today: Date) -> Asked {
    let first = asked
        .first
        .unwrap_or_else(|| today.saturating_sub(DAYS_BEFORE.days()));
    let last = asked
        .last
        .unwrap_or_else(|| first.max(today.saturating_add(DAYS_AFTER.days())));
    Asked {
        first: Some(first),
        last: Some(last),
        ..asked
    }
}

/// Reads the deadlines, page by page, into a calendar.
pub(in crate::api) async fn write(
    tx: &mut Tx,
    wanted: &Wanted,
) -> Result<Result<HttpBody, TooLarge>, Fault> {
    let mut feed = Feed::new("accord.roadmaps.v1", &name(&wanted.asked));
    let overdue = wanted
        .asked
        .first
        .filter(|_| wanted.with_overdue)
        .map(|first| Asked {
            first: None,
            last: Some(first.saturating_sub(1.days())),
            with_closed: false,
            ..wanted.asked.clone()
        });
    for asked in overdue.iter().chain([&wanted.asked]) {
        let mut listing = wanted.listing.clone();
        loop {
            let rows = store::deadlines::list(tx, &listing, asked).await?;
            let more = rows.len() > listing.page_size();
            for due in rows.iter().take(listing.page_size()) {
                if let Err(found) = wanted.style.push(&mut feed, due, &wanted.language) {
                    return Ok(Err(found));
                }
            }
            match rows.get(listing.page_size().saturating_sub(1)) {
                Some(last) if more => listing = listing.going_on_after(place(last)),
                _ => break,
            }
        }
    }
    Ok(Ok(feed.into_body()))
}

fn place(due: &Due) -> Vec<Value> {
    vec![deadlines::sort_value(due, "last_day"), deadlines::key(due)]
}

/// What a calendar is called: whose deadlines it has.
fn name(asked: &Asked) -> String {
    let whose = match (asked.body.as_str(), asked.party.as_str()) {
        ("", "") => format!("partnerships/{}", asked.partnership),
        ("", party) => party.to_owned(),
        (body, _) => body.to_owned(),
    };
    format!("Deadlines: {whose}")
}

fn too_large(found: TooLarge) -> Fault {
    let text = format!("is too late: {found}; ask for fewer days");
    Fault::invalid_field("end_date", "VALUE_OUT_OF_RANGE", text)
}
