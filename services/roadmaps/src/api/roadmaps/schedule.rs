//! `GetSchedule`.

use accord_proto::roadmaps::v1::{GetScheduleRequest, Schedule};
use aip::{ListRequest, Listing, Violations};
use fault::Fault;
use identity::Caller;
use tonic::Request;

use super::{super::convert, Service, any, progress::View};
use crate::{
    api::{
        checked,
        convert::schedule::{Asked, Row},
        fault as faults,
    },
    domain::{
        name::{MeasureName, RoadmapName},
        roadmap::Roadmap,
        schedule::{Basis, Cycle, Life, Moment, Planned, Progress},
    },
    store::{self, fields, lives::Lived},
};

/// Of how many measures a schedule is made at most: some hundred megabytes of memory.
const MAX_MEASURES: i64 = 100_000;
/// And of how many dependencies.
const MAX_DEPENDENCIES: i64 = 300_000;

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<GetScheduleRequest>,
) -> Result<Schedule, Fault> {
    Caller::of(&request)?.may_read()?;
    let request = request.into_inner();
    let mut violations = Violations::new();
    let name = violations.take(RoadmapName::parse("name", &request.name));
    let view = violations.take(View::read(
        request.known_time.as_ref(),
        request.effective_date.as_ref(),
        &service.clock,
    ));
    let basis = violations.take(convert::schedule::basis(request.basis));
    let slip = convert::schedule::slip(request.what_if.as_ref(), &mut violations);
    let listing = listing(&request)
        .map_err(|found| violations.merge(found))
        .ok();
    let parts = name.zip(view).zip(basis).zip(slip).zip(listing);
    let ((((name, view), basis), slip), listing) = checked(parts, violations)?;
    let (roadmap, lived) = service
        .database
        .read(move |tx| {
            let name = name.clone();
            Box::pin(async move {
                let roadmap = any(tx, &name).await?;
                if !view.knows(&roadmap) {
                    return Err(Fault::not_found(faults::ROADMAP, &name.to_string()));
                }
                if store::lives::exceed(tx, roadmap.uid, MAX_MEASURES).await? {
                    return Err(faults::schedule_too_large(&name, MAX_MEASURES, "measures"));
                }
                if store::dependencies::exceed(tx, roadmap.uid, MAX_DEPENDENCIES).await? {
                    return Err(faults::schedule_too_large(
                        &name,
                        MAX_DEPENDENCIES,
                        "dependencies",
                    ));
                }
                let lived = store::lives::read(tx, roadmap.uid, view.known).await?;
                Ok((roadmap, lived))
            })
        })
        .await?;
    let asked = Asked {
        known: view.known,
        effective: view.effective,
        basis,
    };
    // Work that grows with the roadmap: not on a thread that others wait for.
    tokio::task::spawn_blocking(move || answer(&roadmap, &lived, asked, slip, &listing))
        .await
        .map_err(|error| Fault::internal(format!("a schedule ended: {error}")))?
}

/// Reads the list part: pages in the order of the roadmap. All else that decides the rows is bound to the token.
fn listing(request: &GetScheduleRequest) -> Result<Listing, Violations> {
    let bound_to = GetScheduleRequest {
        page_size: 0,
        page_token: String::new(),
        ..request.clone()
    };
    Listing::parse(
        &fields::SCHEDULE,
        &ListRequest {
            page_size: request.page_size,
            page_token: &request.page_token,
            filter: &request.filter,
            order_by: "order_number",
            bound_to: &prost::Message::encode_to_vec(&bound_to),
        },
    )
}

fn answer(
    roadmap: &Roadmap,
    lived: &[Lived],
    asked: Asked,
    slip: Option<(MeasureName, i64)>,
    listing: &Listing,
) -> Result<Schedule, Fault> {
    let measures: Vec<(String, &Life)> = lived
        .iter()
        .map(|lived| (lived.name.to_string(), &lived.life))
        .collect();
    let parties = [0, 1].map(|side| roadmap.plan.places[side].party.as_str());
    let by = clock::to_days(asked.effective);
    let planned = Planned::of(&measures, parties, asked.basis, by)
        .map_err(|cycle| cyclic(roadmap, lived, &cycle))?;
    let period_start = clock::to_days(roadmap.plan.period.start);
    let moment = match asked.basis {
        Basis::Plan => Moment {
            not_before: period_start,
            data_date: None,
        },
        Basis::Attested | Basis::Claimed => Moment {
            not_before: period_start.max(by),
            data_date: Some(by),
        },
    };
    let solution = planned.network.solve(moment);
    let slip = slip
        .map(|(name, days)| slipping(&planned, lived, &name).map(|task| (task, days)))
        .transpose()?;
    let slipped = slip.map(|slip| planned.network.forward(moment, Some(slip)));
    let sheet = convert::schedule::Sheet::new(roadmap, lived, &planned, &solution, asked)
        .with_slip(slip.zip(slipped));
    let after = listing.after();
    let rows: Vec<Row> = sheet
        .rows()
        .filter(|row| after.is_none_or(|after| row.key().as_slice() > after))
        .filter(|row| listing.filter().matches(&|path| row.values(path)))
        .take(listing.page_size() + 1)
        .collect();
    let sort_value = |row: &Row, _: &str| row.order_number();
    let (rows, next_page_token) = listing.page(rows, sort_value, Row::name);
    sheet
        .write(&rows, next_page_token)
        .ok_or_else(|| faults::schedule_out_of_range(&roadmap.name))
}

/// Finds the measure that slips, which has to be carried out and must not have ended.
fn slipping(planned: &Planned, lived: &[Lived], name: &MeasureName) -> Result<usize, Fault> {
    let place = lived.iter().position(|lived| lived.name == *name);
    let place = place.ok_or_else(|| Fault::not_found(faults::MEASURE, &name.to_string()))?;
    let task = planned.places.iter().position(|found| *found == place);
    let open = task.filter(|task| {
        let task = planned.network.tasks().get(*task);
        task.is_some_and(|task| !matches!(task.progress, Progress::Finished { .. }))
    });
    open.ok_or_else(|| faults::has_ended(name))
}

fn cyclic(roadmap: &Roadmap, lived: &[Lived], Cycle(places): &Cycle) -> Fault {
    let names = places.iter().chain(places.first());
    let names: Vec<String> = names
        .filter_map(|place| lived.get(*place))
        .map(|lived| lived.name.to_string())
        .collect();
    let name = roadmap.name.to_string();
    faults::cycle(&name, names.iter().map(String::as_str))
}
