//! What of a measure's plan differs, with the names that the contract has for it.

use accord_proto::roadmaps::v1 as contract;

use super::measure;
use crate::domain::{
    measure::Plan,
    name::MeasureName,
    rebaseline::Change,
    variance::{self, Aspect},
};

/// Writes what each change does to the plan before it; `bases` has the plans that changes start from.
pub(in crate::api) fn write_all<'a>(
    changes: &'a [Change],
    base_of: impl Fn(&MeasureName) -> Option<&'a Plan>,
) -> Vec<contract::PlanDifference> {
    let of = |change: &'a Change| {
        let name = change.measure();
        match (base_of(name), change.plan()) {
            (Some(from), Some(to)) => write(name, from, to),
            (from, _) => contract::PlanDifference {
                measure: name.to_string(),
                changed_fields: Vec::new(),
                from: from.map(|plan| write_snapshot(plan, |_| true)),
                to: None,
            },
        }
    };
    changes.iter().map(of).collect()
}

/// Writes how two plans of a measure differ, with what differs of each.
pub(in crate::api) fn write(
    name: &MeasureName,
    from: &Plan,
    to: &Plan,
) -> contract::PlanDifference {
    let changed = variance::differences(from, to);
    let is_shown = |aspect: Aspect| changed.contains(&aspect);
    contract::PlanDifference {
        measure: name.to_string(),
        from: Some(write_snapshot(from, is_shown)),
        to: Some(write_snapshot(to, is_shown)),
        changed_fields: fields(&changed),
    }
}

/// Writes the parts of a plan that are shown, without a state.
pub(super) fn write_snapshot(
    plan: &Plan,
    is_shown: impl Fn(Aspect) -> bool,
) -> contract::MeasureSnapshot {
    let whole = measure::write_plan(plan);
    // Written in full, so that a new field of the contract cannot be forgotten here.
    contract::MeasureSnapshot {
        titles: kept(is_shown(Aspect::Titles), whole.titles),
        section: kept(is_shown(Aspect::Section), whole.section),
        order_number: kept(is_shown(Aspect::OrderNumber), whole.order_number),
        expected_result: kept(is_shown(Aspect::ExpectedResult), whole.expected_result),
        form_of_completion: kept(is_shown(Aspect::FormOfCompletion), whole.form_of_completion),
        executors: kept(is_shown(Aspect::Executors), whole.executors),
        start_date: kept(is_shown(Aspect::StartDate), whole.start_date),
        deadline: kept(is_shown(Aspect::Deadline), whole.deadline),
        weight: kept(is_shown(Aspect::Weight), whole.weight),
        notes: kept(is_shown(Aspect::Notes), whole.notes),
        indicators: kept(is_shown(Aspect::Indicators), whole.indicators),
        commitments: kept(is_shown(Aspect::Commitments), whole.commitments),
        working_days: kept(is_shown(Aspect::WorkingDays), whole.working_days),
        dependencies: kept(is_shown(Aspect::Dependencies), whole.dependencies),
        state: contract::MeasureState::Unspecified.into(),
    }
}

/// A part of a plan that is shown, or nothing.
fn kept<T: Default>(is_shown: bool, part: T) -> T {
    if is_shown { part } else { T::default() }
}

/// Writes what differs by the names of the fields.
pub(super) fn fields(changed: &[Aspect]) -> Vec<String> {
    changed
        .iter()
        .map(|aspect| field(*aspect).to_owned())
        .collect()
}

fn field(aspect: Aspect) -> &'static str {
    match aspect {
        Aspect::Titles => "titles",
        Aspect::Section => "section",
        Aspect::OrderNumber => "order_number",
        Aspect::ExpectedResult => "expected_result",
        Aspect::FormOfCompletion => "form_of_completion",
        Aspect::Executors => "executors",
        Aspect::StartDate => "start_date",
        Aspect::Deadline => "deadline",
        Aspect::Weight => "weight",
        Aspect::Notes => "notes",
        Aspect::Indicators => "indicators",
        Aspect::Commitments => "commitments",
        Aspect::WorkingDays => "working_days",
        Aspect::Dependencies => "dependencies",
        Aspect::State => "state",
    }
}
