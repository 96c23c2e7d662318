//! `GetRoadmapVariance`.

use std::collections::BTreeMap;

use accord_proto::roadmaps::v1::{GetRoadmapVarianceRequest, RoadmapVariance};
use aip::{ListRequest, Listing, Value, Violation, Violations};
use fault::Fault;
use identity::Caller;
use jiff::Timestamp;
use prost::Message as _;
use storage::Tx;
use tonic::Request;

use super::baselines;
use crate::{
    api::{Service, checked, convert, fault as faults, roadmaps},
    domain::{
        baseline::Baseline,
        completion::State,
        name::{BaselineName, MeasureName, RoadmapName},
        roadmap::Roadmap,
        variance::{self, Planned, Variance},
    },
    store::{self, fields},
};

/// What is asked for.
#[derive(Clone, Debug)]
struct Asked {
    roadmap: RoadmapName,
    from: BaselineName,
    /// Nothing for the present.
    to: Option<BaselineName>,
    known: Timestamp,
}

/// Two plans, read.
struct Read {
    from: Baseline,
    to: Baseline,
    plans: [Vec<Planned>; 2],
    states: BTreeMap<MeasureName, State>,
    successors: BTreeMap<MeasureName, MeasureName>,
}

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<GetRoadmapVarianceRequest>,
) -> Result<RoadmapVariance, Fault> {
    Caller::of(&request)?.may_read()?;
    let request = request.into_inner();
    let mut violations = Violations::new();
    let asked = asked(&request, service.clock.now(), &mut violations);
    let bound_to = format!(
        "{}\n{}\n{}\n{:?}\n{}",
        request.name,
        request.from_baseline,
        request.to_baseline,
        request.known_time,
        request.show_unchanged
    );
    let list_request = ListRequest {
        page_size: request.page_size,
        page_token: &request.page_token,
        bound_to: bound_to.as_bytes(),
        ..ListRequest::default()
    };
    let listing = Listing::parse(&fields::VARIANCE, &list_request)
        .map_err(|found| violations.merge(found))
        .ok();
    let (asked, listing) = checked(asked.zip(listing), violations)?;
    let Read {
        from,
        to,
        plans: [first, second],
        states,
        successors,
    } = read(service, asked.clone()).await?;
    let (compared, totals) = variance::compare(first, second);
    let after = match listing.after() {
        Some([.., Value::Text(after)]) => after.clone(),
        _ => String::new(),
    };
    let wanted = compared
        .into_iter()
        .filter(|variance| request.show_unchanged || !variance.is_unchanged())
        .filter(|variance| variance.name.to_string() > after)
        .take(listing.page_size() + 1)
        .collect();
    let key = |variance: &Variance| Value::from(variance.name.to_string());
    let bytes = |variance: &Variance| {
        convert::variance::write(variance, &states, &successors).encoded_len()
    };
    let (page, next_page_token) =
        listing.page_within(wanted, bytes, |variance, _| key(variance), key);
    Ok(RoadmapVariance {
        roadmap: asked.roadmap.to_string(),
        known_time: Some(accord_proto::convert::from_timestamp(asked.known)),
        from_baseline: from.name().to_string(),
        to_baseline: to.name().to_string(),
        is_present: asked.to.is_none(),
        totals: Some(convert::variance::write_totals(totals)),
        measures: page
            .iter()
            .map(|variance| convert::variance::write(variance, &states, &successors))
            .collect(),
        next_page_token,
    })
}

fn asked(
    request: &GetRoadmapVarianceRequest,
    now: Timestamp,
    violations: &mut Violations,
) -> Option<Asked> {
    let roadmap = violations.take(RoadmapName::parse("name", &request.name));
    let known = violations.take(convert::known(request.known_time.as_ref(), now));
    let roadmap = roadmap?;
    let of = |field: &str, given: &str| -> Result<Option<BaselineName>, Violation> {
        if given.is_empty() {
            return Ok(None);
        }
        let name = BaselineName::parse(field, given)?;
        if name.roadmap_name() != roadmap {
            let description = format!("must be a baseline of {roadmap}");
            return Err(Violation::new(field, "NAME_INVALID", description));
        }
        Ok(Some(name))
    };
    let from = violations.take(of("from_baseline", &request.from_baseline));
    let to = violations.take(of("to_baseline", &request.to_baseline));
    Some(Asked {
        from: from?.unwrap_or_else(|| BaselineName::numbered(&roadmap, 1)),
        to: to?,
        known: known?,
        roadmap,
    })
}

async fn read(service: &Service, asked: Asked) -> Result<Read, Fault> {
    service
        .database
        .read(move |tx| {
            let asked = asked.clone();
            Box::pin(async move {
                let roadmap = roadmaps::any(tx, &asked.roadmap).await?;
                let from = known_baseline(tx, &roadmap, &asked.from, asked.known).await?;
                let to = match &asked.to {
                    Some(name) => known_baseline(tx, &roadmap, name, asked.known).await?,
                    None => store::baselines::newest(tx, roadmap.uid, asked.known)
                        .await?
                        .ok_or_else(|| unknown(&asked.from))?,
                };
                let first = plan(tx, &roadmap, &from).await?;
                let second = plan(tx, &roadmap, &to).await?;
                let moment = if asked.to.is_some() {
                    to.frozen
                } else {
                    asked.known
                };
                let states = store::baselines::states(tx, roadmap.uid, moment).await?;
                let second = if asked.to.is_some() {
                    second
                } else {
                    present(second, &states)
                };
                let mut successors = store::baselines::successors(tx, roadmap.uid).await?;
                // What has come later is not known at the moment.
                successors.retain(|name, _| {
                    matches!(
                        states.get(name),
                        Some(State::Superseded | State::CarriedOver)
                    )
                });
                Ok::<_, Fault>(Read {
                    from,
                    to,
                    plans: [first, second],
                    states,
                    successors,
                })
            })
        })
        .await
}

/// Reads a baseline that was frozen by a moment.
async fn known_baseline(
    tx: &mut Tx,
    roadmap: &Roadmap,
    name: &BaselineName,
    known: Timestamp,
) -> Result<Baseline, Fault> {
    let baseline = baselines::any(tx, roadmap, name).await?;
    if baseline.frozen > known {
        return Err(unknown(name));
    }
    Ok(baseline)
}

fn unknown(name: &BaselineName) -> Fault {
    Fault::not_found(faults::BASELINE, &name.to_string())
}

async fn plan(tx: &mut Tx, roadmap: &Roadmap, baseline: &Baseline) -> Result<Vec<Planned>, Fault> {
    let frozen = store::baselines::all_measures(tx, roadmap.uid, baseline.number).await?;
    Ok(frozen
        .into_iter()
        .map(|frozen| Planned {
            name: frozen.name,
            plan: frozen.plan,
            state: frozen.state,
        })
        .collect())
}

/// The newest plan with the states of the moment, without what was cancelled since.
fn present(plan: Vec<Planned>, states: &BTreeMap<MeasureName, State>) -> Vec<Planned> {
    plan.into_iter()
        .filter_map(|mut planned| {
            planned.state = states.get(&planned.name).copied().unwrap_or(planned.state);
            (planned.state != State::Cancelled).then_some(planned)
        })
        .collect()
}
