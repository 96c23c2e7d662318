//! `ListDeadlines`, and what it shares with the calendar.

use accord_proto::{
    google::r#type,
    roadmaps::v1::{ListDeadlinesRequest, ListDeadlinesResponse},
};
use aip::{ListRequest, Listing, Value, Violation, Violations, text};
use fault::Fault;
use identity::Caller;
use jiff::civil::Date;
use prost::Message as _;
use tonic::Request;

use super::{
    super::{bodies, checked, convert},
    Service,
};
use crate::{
    domain::name::PartnershipName,
    store::{
        self,
        deadlines::{Asked, Due},
        fields,
    },
};

/// The contract's default order.
pub(super) const DEFAULT_ORDER: &str = "last_day";

/// The contract's limit of a body's name.
const MAX_BODY_CHARS: usize = 300;

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<ListDeadlinesRequest>,
) -> Result<ListDeadlinesResponse, Fault> {
    Caller::of(&request)?.may_read()?;
    let request = request.into_inner();
    let mut violations = Violations::new();
    let question = Question {
        parent: &request.parent,
        start: request.start_date.as_ref(),
        end: request.end_date.as_ref(),
        body: &request.body,
        party: &request.party,
        with_closed: request.show_closed,
    };
    let asked = question.read(&mut violations);
    let order_by = match request.order_by.trim() {
        "" => DEFAULT_ORDER,
        given => given,
    };
    // All that decides which rows there are, without the page.
    let bound_to = ListDeadlinesRequest {
        page_size: 0,
        page_token: String::new(),
        filter: String::new(),
        order_by: String::new(),
        ..request.clone()
    };
    let list_request = ListRequest {
        page_size: request.page_size,
        page_token: &request.page_token,
        filter: &request.filter,
        order_by,
        bound_to: &bound_to.encode_to_vec(),
    };
    let listing = Listing::parse(&fields::DEADLINES, &list_request)
        .map_err(|found| violations.merge(found))
        .ok();
    let (asked, listing) = checked(asked.zip(listing), violations)?;
    let query = listing.clone();
    let rows = service
        .database
        .read(move |tx| {
            let (asked, listing) = (asked.clone(), query.clone());
            Box::pin(async move {
                bodies::require_known(tx, &asked.partnership, &asked.party, &asked.body).await?;
                Ok::<_, Fault>(store::deadlines::list(tx, &listing, &asked).await?)
            })
        })
        .await?;
    let today = service.clock.today();
    let bytes = |due: &Due| convert::deadline::write(due, today).encoded_len();
    let (rows, next_page_token) = listing.page_within(rows, bytes, sort_value, key);
    Ok(ListDeadlinesResponse {
        deadlines: rows
            .iter()
            .map(|due| convert::deadline::write(due, today))
            .collect(),
        next_page_token,
    })
}

/// The key of a row, as the database has it.
pub(super) fn key(due: &Due) -> Value {
    due.measure.name.to_string().into()
}

/// The value of a sortable field of a row, as the database has it.
pub(super) fn sort_value(due: &Due, path: &str) -> Value {
    match path {
        "last_day" => clock::to_days(due.measure.plan.deadline.last_day()).into(),
        _ => key(due),
    }
}

/// Reads the name of a body, which may be empty.
pub(in crate::api) fn body(field: &str, given: &str) -> Result<String, Violation> {
    text::optional(field, given, MAX_BODY_CHARS)
}

/// Reads a party, which may be empty.
pub(in crate::api) fn party(field: &str, given: &str) -> Result<String, Violation> {
    match given {
        "" => Ok(String::new()),
        given => text::country(field, given),
    }
}

/// The parts of a request that say which deadlines are asked for.
pub(super) struct Question<'a> {
    pub(super) parent: &'a str,
    pub(super) start: Option<&'a r#type::Date>,
    pub(super) end: Option<&'a r#type::Date>,
    pub(super) body: &'a str,
    pub(super) party: &'a str,
    pub(super) with_closed: bool,
}

impl Question<'_> {
    /// Reads it; what is wrong with it is added to `violations`.
    pub(super) fn read(&self, violations: &mut Violations) -> Option<Asked> {
        let parent = violations.take(PartnershipName::parse("parent", self.parent));
        let mut date = |field: &str, given: Option<&r#type::Date>| {
            violations.take(aip::convert::optional_date(field, given))
        };
        let first: Option<Option<Date>> = date("start_date", self.start);
        let last = date("end_date", self.end);
        if let (Some(Some(first)), Some(Some(last))) = (first, last)
            && last < first
        {
            violations.push("end_date", "PERIOD_INVALID", "is before start_date");
        }
        let body = violations.take(body("body", self.body));
        let party = violations.take(party("party", self.party));
        Some(Asked {
            partnership: parent?.partnership,
            first: first?,
            last: last?,
            body: body?,
            party: party?,
            with_closed: self.with_closed,
        })
    }
}
