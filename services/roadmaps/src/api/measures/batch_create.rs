//! `BatchCreateMeasures`.

use std::{collections::BTreeMap, sync::Arc};

use accord_proto::roadmaps::v1::{
    self as contract, BatchCreateMeasuresRequest, BatchCreateMeasuresResponse, CreateMeasureRequest,
};
use aip::{Violation, Violations};
use fault::Fault;
use host::OnBehalf;
use identity::Caller;
use ledger::{Call, Change, ChangeKind, Stamp};
use storage::Tx;
use tonic::Request;

use super::{
    super::{Begun, begin, bodies, checked, convert, fault as faults, references, roadmaps},
    Service, dependencies, plan, speaker,
};
use crate::{
    domain::{
        measure::{self, Measure, Plan},
        name::{MeasureName, RoadmapName},
    },
    store,
};

const METHOD: &str = "accord.roadmaps.v1.MeasureService/BatchCreateMeasures";

/// The most measures of one call (AIP-231 asks for a documented maximum).
const MAX: usize = 1_000;

/// Measures that may be entered, as far as can be told without the roadmap.
type Given = Vec<(MeasureName, Plan)>;

/// Whether the bodies of all measures, or of each, may be written otherwise than they are known.
#[derive(Clone, Debug)]
struct Freedom {
    of_all: bool,
    of_each: Vec<bool>,
}

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<BatchCreateMeasuresRequest>,
) -> Result<BatchCreateMeasuresResponse, Fault> {
    let on_behalf = OnBehalf::of(&request);
    let Begun {
        call,
        caller,
        given: request,
        mut violations,
    } = begin(METHOD, request)?;
    let parent = violations.take(RoadmapName::parse("parent", &request.parent));
    let given = parent
        .as_ref()
        .map(|parent| read(&request, parent, &mut violations));
    if let Some(parent) = parent.as_ref().filter(|_| !violations.is_empty()) {
        let unread = unread(&request);
        plan::add_misfits(service, parent, unread, &mut violations).await?;
    }
    let (parent, given) = checked(parent.zip(given), violations)?;
    if let Some(answer) = ask(service, &call, &on_behalf, &given).await? {
        return Ok(answer);
    }
    let freedom = Freedom {
        of_all: request.allow_new_spelling,
        of_each: request
            .requests
            .iter()
            .map(|one| one.allow_new_spelling)
            .collect(),
    };
    let work = Arc::new((caller, parent, given, freedom));
    service
        .journal
        .mutate(call, move |tx, stamp| {
            let work = Arc::clone(&work);
            Box::pin(async move {
                let (caller, parent, given, freedom) = &*work;
                create(tx, stamp, caller, parent, (given, freedom)).await
            })
        })
        .await
}

/// Asks other services for what the measures refer to.
async fn ask(
    service: &Service,
    call: &Call,
    on_behalf: &OnBehalf,
    given: &Given,
) -> Result<Option<BatchCreateMeasuresResponse>, Fault> {
    let places: Vec<String> = (0..given.len())
        .map(|index| format!("requests[{index}].measure"))
        .collect();
    let plans = given.iter().map(|(_, plan)| &plan.details);
    let referring: Vec<_> = places.iter().map(String::as_str).zip(plans).collect();
    references::ask(service, call, on_behalf, &referring).await
}

/// Reads what the requests say. With too many of them none is looked at, so that a call's cost is bounded.
fn read(
    request: &BatchCreateMeasuresRequest,
    parent: &RoadmapName,
    violations: &mut Violations,
) -> Given {
    let count = request.requests.len();
    if count == 0 {
        violations.take::<()>(Err(Violation::required("requests")));
    } else if count > MAX {
        let text = format!("must have 1 to {MAX} elements, not {count}");
        violations.push("requests", "VALUE_OUT_OF_RANGE", text);
        return Given::new();
    }
    let mut ids: BTreeMap<&str, usize> = BTreeMap::new();
    let mut given = Given::with_capacity(count);
    for (index, one) in request.requests.iter().enumerate() {
        let mut found = Violations::new();
        check_child(one, &request.parent, &mut found);
        if !one.measure_id.is_empty()
            && let Some(first) = ids.insert(&one.measure_id, index)
        {
            let text = format!("is the id in requests[{first}] too");
            found.push("measure_id", "VALUE_REPEATED", text);
        }
        let id = found.take(aip::parse_id("measure_id", &one.measure_id));
        let measure = one.measure.clone().unwrap_or_default();
        let plan = convert::measure::read(&measure)
            .map_err(|bad| found.merge_under("measure", bad))
            .ok();
        violations.merge_under(&format!("requests[{index}]"), found);
        if let Some((id, plan)) = id.zip(plan) {
            let name = MeasureName::new(parent.partnership.clone(), parent.roadmap.clone(), id);
            given.push((name, plan));
        }
    }
    given
}

/// The measures of a batch of which one cannot be read, each with its place.
fn unread(request: &BatchCreateMeasuresRequest) -> Vec<(String, contract::Measure)> {
    let requests = request.requests.iter().take(MAX).enumerate();
    requests
        .filter_map(|(index, one)| {
            Some((format!("requests[{index}].measure"), one.measure.clone()?))
        })
        .collect()
}

/// Checks that a request leaves to the batch what the batch decides.
fn check_child(one: &CreateMeasureRequest, parent: &str, violations: &mut Violations) {
    for (field, is_given) in [
        ("request_id", !one.request_id.is_empty()),
        ("validate_only", one.validate_only),
    ] {
        if is_given {
            let text = "stands beside requests, for the whole batch";
            violations.push(field, "VALUE_OUT_OF_RANGE", text);
        }
    }
    if !one.parent.is_empty() && one.parent != parent {
        let text = "must be empty or the parent of the batch";
        violations.push("parent", "NAME_INVALID", text);
    }
}

async fn create(
    tx: &mut Tx,
    stamp: Stamp,
    caller: &Caller,
    parent: &RoadmapName,
    (given, freedom): (&Given, &Freedom),
) -> Result<(BatchCreateMeasuresResponse, Vec<Change>), Fault> {
    let mut roadmap = roadmaps::present(tx, parent).await?;
    let speaker = speaker(caller, &roadmap)?;
    let before = plan::begin(&mut roadmap, &speaker, stamp.now)?;
    let mut plans = fitting(given, &roadmap)?;
    require_spellings(tx, parent, given, freedom).await?;
    let last = store::measures::last_order_number(tx, roadmap.uid).await?;
    number(&mut plans, last);
    let parties = [0, 1].map(|index| roadmap.plan.places[index].party.clone());
    let mut answer = BatchCreateMeasuresResponse::default();
    let mut changes = Vec::with_capacity(given.len() + 1);
    let mut created = Vec::with_capacity(given.len());
    for ((name, _), planned) in given.iter().zip(plans) {
        let (measure, event) = Measure::create(
            stamp.new_uid(),
            name.clone(),
            parties.clone(),
            planned,
            &speaker,
            stamp.now,
        );
        let name = measure.name.to_string();
        if !store::measures::insert(tx, &measure, roadmap.uid).await? {
            return Err(Fault::already_exists(faults::MEASURE, &name));
        }
        store::events::append(tx, roadmap.uid, measure.uid, &event).await?;
        let kept = convert::measure::write(&measure);
        changes.push(Change::of(name, ChangeKind::Created, &kept));
        let shown = convert::measure::answer(&measure, stamp.today());
        answer.measures.push(shown);
        created.push(measure);
    }
    dependencies::join(tx, &roadmap, &created).await?;
    fault::check_batch_answer(&answer)?;
    store::roadmaps::update_if(tx, &roadmap, before, None).await?;
    changes.push(Change::of(
        roadmap.name.to_string(),
        ChangeKind::Updated,
        &convert::roadmap::write(&roadmap),
    ));
    Ok((answer, changes))
}

/// The plans, if each fits the roadmap.
fn fitting(given: &Given, roadmap: &crate::domain::roadmap::Roadmap) -> Result<Vec<Plan>, Fault> {
    let mut violations = Violations::new();
    for (index, (_, plan)) in given.iter().enumerate() {
        if let Err(found) = convert::measure::fits(plan, roadmap) {
            violations.merge_under(&format!("requests[{index}].measure"), found);
        }
    }
    if violations.is_empty() {
        Ok(given.iter().map(|(_, plan)| plan.clone()).collect())
    } else {
        Err(Fault::invalid(violations))
    }
}

/// Refuses bodies that are known under another spelling.
async fn require_spellings(
    tx: &mut Tx,
    parent: &RoadmapName,
    given: &Given,
    freedom: &Freedom,
) -> Result<(), Fault> {
    let checked: Vec<bodies::Checked<'_>> = given
        .iter()
        .zip(&freedom.of_each)
        .enumerate()
        .map(|(index, ((_, plan), is_free))| bodies::Checked {
            place: format!("requests[{index}].measure"),
            plan,
            is_free: freedom.of_all || *is_free,
        })
        .collect();
    bodies::check(tx, &parent.partnership, &checked).await
}

/// Gives plans without an order number the next one after those before.
fn number(plans: &mut [Plan], mut last: i64) {
    for plan in plans {
        if plan.order_number == 0 {
            plan.order_number = measure::next_order_number(last);
        }
        last = last.max(plan.order_number);
    }
}
