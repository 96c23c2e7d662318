//! How two plans differ.

use std::collections::BTreeMap;

use accord_proto::roadmaps::v1 as contract;

use super::{difference, measure_state};
use crate::domain::{
    completion::State,
    name::MeasureName,
    variance::{Aspect, Fate, Snapshot, Totals, Variance},
};

/// Writes the sums of a comparison.
pub(in crate::api) fn write_totals(totals: Totals) -> contract::VarianceTotals {
    contract::VarianceTotals {
        added_count: totals.added,
        removed_count: totals.removed,
        changed_count: totals.changed,
        unchanged_count: totals.unchanged,
        delayed_count: totals.delayed,
        advanced_count: totals.advanced,
        deadline_shift_days: totals.shift_days,
        from_weight: totals.from_weight,
        to_weight: totals.to_weight,
    }
}

/// Writes how a measure differs; `states` are those of all measures when the second plan stood.
pub(in crate::api) fn write(
    variance: &Variance,
    states: &BTreeMap<MeasureName, State>,
    successors: &BTreeMap<MeasureName, MeasureName>,
) -> contract::MeasureVariance {
    let (kind, from, to, changed): (_, _, _, &[Aspect]) = match &variance.fate {
        Fate::Added(to) => (contract::VarianceKind::Added, None, Some(to), &[]),
        Fate::Removed(from) => (contract::VarianceKind::Removed, Some(from), None, &[]),
        Fate::Kept { from, to, changed } => {
            let kind = if changed.is_empty() {
                contract::VarianceKind::Unchanged
            } else {
                contract::VarianceKind::Changed
            };
            (kind, Some(from), Some(to), changed)
        }
    };
    let to_state = to
        .map(|to| to.state)
        .or_else(|| states.get(&variance.name).copied());
    contract::MeasureVariance {
        measure: variance.name.to_string(),
        kind: kind.into(),
        from: from.map(|from| write_snapshot(from, to.is_some(), changed)),
        to: to.map(|to| write_snapshot(to, from.is_some(), changed)),
        changed_fields: difference::fields(changed),
        deadline_shift_days: variance.shift_days(),
        to_state: to_state.map_or(0, measure_state),
        successor: successors
            .get(&variance.name)
            .map_or(String::new(), ToString::to_string),
    }
}

/// Writes a measure of one plan: whole where only this plan has it, else with what comparisons always show and what differs.
fn write_snapshot(
    snapshot: &Snapshot,
    is_in_both: bool,
    changed: &[Aspect],
) -> contract::MeasureSnapshot {
    let is_shown = |aspect: Aspect| {
        let is_always = matches!(
            aspect,
            Aspect::Titles
                | Aspect::Section
                | Aspect::StartDate
                | Aspect::Deadline
                | Aspect::Weight
        );
        !is_in_both || is_always || changed.contains(&aspect)
    };
    contract::MeasureSnapshot {
        state: measure_state(snapshot.state),
        ..difference::write_snapshot(&snapshot.plan, is_shown)
    }
}
