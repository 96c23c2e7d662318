//! `ListRoadmaps`.

use accord_proto::roadmaps::v1::{ListRoadmapsRequest, ListRoadmapsResponse};
use aip::{ListRequest, Listing, Value, Violation, Violations, name::ANY};
use fault::Fault;
use identity::Caller;
use tonic::Request;

use super::{super::convert, Service};
use crate::{
    api::checked,
    domain::{name::PartnershipName, roadmap::Roadmap},
    store::{self, fields},
};

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<ListRoadmapsRequest>,
) -> Result<ListRoadmapsResponse, Fault> {
    Caller::of(&request)?.may_read()?;
    let request = request.into_inner();
    let mut violations = Violations::new();
    let partnership = violations.take(partnership(&request.parent));
    let bound_to = format!("{}\n{}", request.parent, request.show_deleted);
    let list_request = ListRequest {
        page_size: request.page_size,
        page_token: &request.page_token,
        filter: &request.filter,
        order_by: &request.order_by,
        bound_to: bound_to.as_bytes(),
    };
    let listing = Listing::parse(&fields::ROADMAPS, &list_request)
        .map_err(|found| violations.merge(found))
        .ok();
    let (partnership, listing) = checked(partnership.zip(listing), violations)?;
    let query = listing.clone();
    let rows = service
        .database
        .read(move |tx| {
            let (partnership, listing) = (partnership.clone(), query.clone());
            Box::pin(async move {
                let partnership = partnership.as_deref();
                store::roadmaps::list(tx, &listing, partnership, request.show_deleted).await
            })
        })
        .await?;
    let key = |roadmap: &Roadmap| Value::from(roadmap.name.to_string());
    let (rows, next_page_token) = listing.page(rows, sort_value, key);
    Ok(ListRoadmapsResponse {
        roadmaps: rows.iter().map(convert::roadmap::write).collect(),
        next_page_token,
    })
}

/// Returns the partnership that is asked for; nothing for all (AIP-159).
fn partnership(parent: &str) -> Result<Option<String>, Violation> {
    let name = PartnershipName::parse_any("parent", parent)?;
    Ok(Some(name.partnership).filter(|partnership| partnership != ANY))
}

/// The value of a sortable field, as the database has it.
fn sort_value(roadmap: &Roadmap, path: &str) -> Value {
    match path {
        "state" => store::roadmaps::state_code(roadmap).into(),
        "period.start_date" => clock::to_days(roadmap.plan.period.start).into(),
        "period.end_date" => clock::to_days(roadmap.plan.period.end).into(),
        "create_time" => clock::to_micros(roadmap.created).into(),
        "update_time" => clock::to_micros(roadmap.updated).into(),
        _ => roadmap.name.to_string().into(),
    }
}
