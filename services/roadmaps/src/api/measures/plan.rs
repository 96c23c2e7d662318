//! What every change of a measure's plan shares: it changes the roadmap's plan too, which is a draft.

use accord_proto::roadmaps::v1::Measure as Answer;
use aip::Violations;
use fault::Fault;
use jiff::Timestamp;
use ledger::{Change, ChangeKind, Stamp};
use storage::Tx;

use super::super::{convert, fault as faults};
use crate::{
    domain::{
        measure::{self, Measure, Plan, Speaker},
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

/// Checks a plan against its roadmap and gives it the next order number if it has none.
pub(super) async fn settle(tx: &mut Tx, given: Plan, roadmap: &Roadmap) -> Result<Plan, Fault> {
    convert::measure::fits(&given, roadmap).map_err(|found| {
        let mut violations = Violations::new();
        violations.merge_under("measure", found);
        Fault::invalid(violations)
    })?;
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
