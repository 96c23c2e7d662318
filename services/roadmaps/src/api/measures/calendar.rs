//! `GetDeadlineCalendar`: deadlines as iCalendar (RFC 5545, with the properties of RFC 7986).

use accord_proto::{google::api::HttpBody, roadmaps::v1::GetDeadlineCalendarRequest};
use aip::{ListRequest, Listing, Value, Violations, text};
use calendar::Feed;
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
const DAYS_BEFORE: i64 = 365;

/// How many days after today it ends: ten years.
const DAYS_AFTER: i64 = 3_650;

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
    let language = match request.language_code.as_str() {
        "" => Some(String::new()),
        tag => violations.take(text::language_tag("language_code", tag)),
    };
    let style = violations.take(Style::read(request.component));
    let ((asked, style), language) = checked(asked.zip(style).zip(language), violations)?;
    let asked = within_reach(asked, service.clock.today());
    service
        .database
        .read(move |tx| {
            let (asked, language) = (asked.clone(), language.clone());
            Box::pin(async move {
                bodies::require_known(tx, &asked.partnership, &asked.party, &asked.body).await?;
                write(tx, &asked, style, &language).await
            })
        })
        .await
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
async fn write(
    tx: &mut Tx,
    asked: &Asked,
    style: Style,
    language: &str,
) -> Result<HttpBody, Fault> {
    let mut feed = Feed::new("accord.roadmaps.v1", &name(asked));
    let mut listing = Listing::parse(
        &fields::DEADLINES,
        &ListRequest {
            page_size: AT_ONCE,
            order_by: deadlines::DEFAULT_ORDER,
            ..ListRequest::default()
        },
    )?;
    loop {
        let rows = store::deadlines::list(tx, &listing, asked).await?;
        let more = rows.len() > listing.page_size();
        for due in rows.iter().take(listing.page_size()) {
            style.push(&mut feed, due, language).map_err(too_large)?;
        }
        match rows.get(listing.page_size().saturating_sub(1)) {
            Some(last) if more => listing = listing.going_on_after(place(last)),
            _ => return Ok(feed.into_body()),
        }
    }
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

fn too_large(found: calendar::TooLarge) -> Fault {
    let text = format!("is too late: {found}; ask for fewer days");
    Fault::invalid_field("end_date", "VALUE_OUT_OF_RANGE", text)
}
