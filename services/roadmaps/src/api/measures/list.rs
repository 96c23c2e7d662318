//! `ListMeasures`.

use accord_proto::roadmaps::v1::{ListMeasuresRequest, ListMeasuresResponse};
use aip::{ListRequest, Listing, Value, Violation, Violations, name::ANY};
use fault::Fault;
use identity::Caller;
use prost::Message as _;
use tonic::Request;

use super::{
    super::{checked, convert, roadmaps},
    Service,
};
use crate::{
    domain::{measure::Measure, name::RoadmapName},
    store::{self, fields, measures::Within},
};

/// The contract's default order.
const DEFAULT_ORDER: &str = "order_number";

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<ListMeasuresRequest>,
) -> Result<ListMeasuresResponse, Fault> {
    Caller::of(&request)?.may_read()?;
    let request = request.into_inner();
    let mut violations = Violations::new();
    let within = violations.take(within(&request.parent));
    let bound_to = format!("{}\n{}", request.parent, request.show_deleted);
    let order_by = match request.order_by.trim() {
        "" => DEFAULT_ORDER,
        given => given,
    };
    let list_request = ListRequest {
        page_size: request.page_size,
        page_token: &request.page_token,
        filter: &request.filter,
        order_by,
        bound_to: bound_to.as_bytes(),
    };
    let listing = Listing::parse(&fields::MEASURES, &list_request)
        .map_err(|found| violations.merge(found))
        .ok();
    let (within, listing) = checked(within.zip(listing), violations)?;
    let query = listing.clone();
    let rows = service
        .database
        .read(move |tx| {
            let (within, listing) = (within.clone(), query.clone());
            Box::pin(async move {
                if let Within::Roadmap(name) = &within {
                    roadmaps::any(tx, name).await?;
                }
                let found = store::measures::list(tx, &listing, &within, request.show_deleted);
                found.await.map_err(Fault::from)
            })
        })
        .await?;
    let key = |measure: &Measure| Value::from(measure.name.to_string());
    let (rows, next_page_token) = listing.page_within(
        rows,
        |measure| convert::measure::write(measure).encoded_len(),
        sort_value,
        key,
    );
    let today = service.clock.today();
    Ok(ListMeasuresResponse {
        measures: rows
            .iter()
            .map(|measure| convert::measure::answer(measure, today))
            .collect(),
        next_page_token,
    })
}

/// Returns which roadmaps are asked for: one, those of a partnership, or all (AIP-159).
fn within(parent: &str) -> Result<Within, Violation> {
    let name = RoadmapName::parse_any("parent", parent)?;
    match (name.partnership.as_str(), name.roadmap.as_str()) {
        (ANY, ANY) => Ok(Within::Everything),
        (_, ANY) => Ok(Within::Partnership(name.partnership)),
        (ANY, _) => Err(Violation::new(
            "parent",
            "NAME_INVALID",
            "must name the partnership of the roadmap that it names",
        )),
        (_, _) => Ok(Within::Roadmap(name)),
    }
}

/// The value of a sortable field, as the database has it.
fn sort_value(measure: &Measure, path: &str) -> Value {
    let plan = &measure.plan;
    match path {
        "state" => store::measures::state_code(measure).into(),
        "section" => plan.section.as_str().into(),
        "order_number" => plan.order_number.into(),
        "weight" => plan.weight.into(),
        "deadline.last_day" => clock::to_days(plan.deadline.last_day()).into(),
        "create_time" => clock::to_micros(measure.created).into(),
        "update_time" => clock::to_micros(measure.updated).into(),
        _ => measure.name.to_string().into(),
    }
}
