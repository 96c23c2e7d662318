//! What every change of a measure's plan shares: it changes the roadmap's plan too, which is a draft.

use accord_proto::roadmaps::v1::{self as contract, Measure as Answer};
use aip::Violations;
use fault::Fault;
use jiff::Timestamp;
use ledger::{Change, ChangeKind, Stamp};
use storage::Tx;

use super::super::{Service, bodies, convert, fault as faults};
use crate::{
    domain::{
        measure::{self, Measure, Plan, Speaker},
        name::RoadmapName,
        roadmap::Roadmap,
    },
    store,
};

/// Counts the change in the roadmap, which must be a draft; returns the roadmap's revision before.
pub(super) fn begin(roadmap: &mut Roadmap, speaker: &Speaker, at: Timestamp) -> Result<i64, Fault> {
    let before = roadmap.revision;
    roadmap.plan_changed(at).map_err(|refusal| {
        let name = roadmap.name.to_string();
        faults::refused(&refusal, &name, roadmap.party(speaker.side))
    })?;
    Ok(before)
}

/// Adds to the violations of measures that cannot be read what does not fit their roadmap either; each measure stands in
/// the request at its place. When the roadmap is not there, that is told once the rest is right.
pub(super) async fn add_misfits(
    service: &Service,
    roadmap: &RoadmapName,
    given: Vec<(String, contract::Measure)>,
    violations: &mut Violations,
) -> Result<(), Fault> {
    let name = roadmap.clone();
    let found = service
        .database
        .read(move |tx| {
            let name = name.clone();
            Box::pin(async move { Ok::<_, Fault>(store::roadmaps::get(tx, &name).await?) })
        })
        .await?;
    if let Some(roadmap) = found {
        for (place, measure) in given {
            violations.merge_under(&place, convert::measure::misfits(&measure, &roadmap));
        }
    }
    Ok(())
}

/// Checks a plan against its roadmap and gives it the next order number if it has none.
pub(super) async fn settle(
    tx: &mut Tx,
    given: Plan,
    roadmap: &Roadmap,
    allows_new_spelling: bool,
) -> Result<Plan, Fault> {
    convert::measure::fits(&given, roadmap).map_err(|found| {
        let mut violations = Violations::new();
        violations.merge_under("measure", found);
        Fault::invalid(violations)
    })?;
    let checked = bodies::Checked {
        place: "measure".to_owned(),
        plan: &given,
        is_free: allows_new_spelling,
    };
    bodies::check(tx, &roadmap.name.partnership, &[checked]).await?;
    let mut plan = given;
    if plan.order_number == 0 {
        let last = store::measures::last_order_number(tx, roadmap.uid).await?;
        plan.order_number = measure::next_order_number(last);
    }
    Ok(plan)
}

/// Keeps the roadmap, and answers with the measure and what goes into the ledger of both.
pub(super) async fn finish(
    tx: &mut Tx,
    roadmap: &Roadmap,
    before: i64,
    measure: &Measure,
    kind: ChangeKind,
    stamp: &Stamp,
) -> Result<(Answer, Vec<Change>), Fault> {
    store::roadmaps::update_if(tx, roadmap, before, None).await?;
    let changes = vec![
        Change::of(
            measure.name.to_string(),
            kind,
            &convert::measure::write(measure),
        ),
        Change::of(
            roadmap.name.to_string(),
            ChangeKind::Updated,
            &convert::roadmap::write(roadmap),
        ),
    ];
    Ok((convert::measure::answer(measure, stamp.today()), changes))
}
