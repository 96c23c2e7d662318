//! How two plans differ.

use std::collections::BTreeMap;

use accord_proto::roadmaps::v1 as contract;

use super::{date, measure, measure_state, titles};
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
        from: from.map(write_snapshot),
        to: to.map(write_snapshot),
        changed_fields: changed
            .iter()
            .map(|aspect| field(*aspect).to_owned())
            .collect(),
        deadline_shift_days: variance.shift_days(),
        to_state: to_state.map_or(0, measure_state),
        successor: successors
            .get(&variance.name)
            .map_or(String::new(), ToString::to_string),
    }
}

fn write_snapshot(snapshot: &Snapshot) -> contract::MeasureSnapshot {
    contract::MeasureSnapshot {
        titles: titles::write(&snapshot.titles),
        section: snapshot.section.clone(),
        start_date: snapshot.starts_on.map(date),
        deadline: Some(measure::write_deadline(snapshot.deadline)),
        weight: snapshot.weight,
        state: measure_state(snapshot.state),
    }
}

fn field(aspect: Aspect) -> &'static str {
    match aspect {
        Aspect::Titles => "titles",
        Aspect::Section => "section",
        Aspect::StartDate => "start_date",
        Aspect::Deadline => "deadline",
        Aspect::Weight => "weight",
        Aspect::State => "state",
        Aspect::Other => "other",
    }
}
