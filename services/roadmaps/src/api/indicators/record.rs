//! `RecordIndicatorActual`.

use accord_proto::roadmaps::v1::{IndicatorActual as Answer, RecordIndicatorActualRequest};
use fault::Fault;
use identity::Caller;
use ledger::{Change, ChangeKind, Stamp};
use storage::Tx;
use tonic::Request;

use crate::{
    api::{
        Begun, Service, begin, checked,
        convert::{self, indicator::Given},
        fault as faults, measures, roadmaps,
    },
    domain::{indicator::Actual, measure::Measure, name::MeasureName},
    store,
};

const METHOD: &str = "accord.roadmaps.v1.IndicatorService/RecordIndicatorActual";

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<RecordIndicatorActualRequest>,
) -> Result<Answer, Fault> {
    let Begun {
        call,
        caller,
        given: request,
        mut violations,
    } = begin(METHOD, request)?;
    let name = violations.take(MeasureName::parse("measure", &request.measure));
    let given = convert::indicator::read(&request, service.clock.today())
        .map_err(|found| violations.merge(found))
        .ok();
    let (name, given) = checked(name.zip(given), violations)?;
    service
        .journal
        .mutate(call, move |tx, stamp| {
            let (caller, name, given) = (caller.clone(), name.clone(), given.clone());
            Box::pin(record(tx, stamp, caller, name, given))
        })
        .await
}

async fn record(
    tx: &mut Tx,
    stamp: Stamp,
    caller: Caller,
    name: MeasureName,
    given: Given,
) -> Result<(Answer, Vec<Change>), Fault> {
    let roadmap = roadmaps::present(tx, &name.roadmap_name()).await?;
    let measure = measures::present(tx, &name).await?;
    let side = roadmaps::side_of(&caller, &roadmap)?;
    roadmap.require_adopted().map_err(|refusal| {
        faults::refused(&refusal, &roadmap.name.to_string(), roadmap.party(side))
    })?;
    require_recorded(&measure, &given.indicator)?;
    let days = (given.starts_on, given.ends_on);
    let numbers = store::actuals::next_numbers(tx, measure.uid, &given.indicator, days, side);
    let (number, revision) = numbers.await?;
    let actual = Actual {
        number,
        indicator: given.indicator,
        starts_on: given.starts_on,
        ends_on: given.ends_on,
        side,
        agency: caller.agency,
        revision,
        value: given.value,
        source: given.source,
        at: stamp.now,
    };
    store::actuals::append(tx, measure.uid, &actual).await?;
    let answer = convert::indicator::write(&actual, &measure);
    let change = Change::of(answer.name.clone(), ChangeKind::Created, &answer);
    Ok((answer, vec![change]))
}

/// Refuses unless the plan has the indicator and its values are recorded.
fn require_recorded(measure: &Measure, id: &str) -> Result<(), Fault> {
    let name = measure.name.to_string();
    let indicators = &measure.plan.details.indicators;
    match indicators.iter().find(|indicator| indicator.id == id) {
        Some(indicator) if indicator.reading.is_none() => Ok(()),
        Some(_) => Err(faults::indicator(
            "INDICATOR_LIVE",
            &name,
            id,
            "is read from the trade service",
        )),
        None => Err(faults::indicator(
            "INDICATOR_UNKNOWN",
            &name,
            id,
            "is not in the plan",
        )),
    }
}
