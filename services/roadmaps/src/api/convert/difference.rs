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
    let mut snapshot = contract::MeasureSnapshot::default();
    for aspect in PARTS.into_iter().filter(|aspect| is_shown(*aspect)) {
        match aspect {
            Aspect::Titles => snapshot.titles.clone_from(&whole.titles),
            Aspect::Section => snapshot.section.clone_from(&whole.section),
            Aspect::OrderNumber => snapshot.order_number = whole.order_number,
            Aspect::ExpectedResult => snapshot.expected_result.clone_from(&whole.expected_result),
            Aspect::FormOfCompletion => {
                let form = &whole.form_of_completion;
                snapshot.form_of_completion.clone_from(form);
            }
            Aspect::Executors => snapshot.executors.clone_from(&whole.executors),
            Aspect::StartDate => snapshot.start_date = whole.start_date,
            Aspect::Deadline => snapshot.deadline = whole.deadline,
            Aspect::Weight => snapshot.weight = whole.weight,
            Aspect::Notes => snapshot.notes.clone_from(&whole.notes),
            Aspect::Indicators => snapshot.indicators.clone_from(&whole.indicators),
            Aspect::Commitments => snapshot.commitments.clone_from(&whole.commitments),
            Aspect::WorkingDays => snapshot.working_days = whole.working_days,
            Aspect::Dependencies => snapshot.dependencies.clone_from(&whole.dependencies),
            Aspect::State => {}
        }
    }
    snapshot
}

/// What a plan consists of.
const PARTS: [Aspect; 14] = [
    Aspect::Titles,
    Aspect::Section,
    Aspect::OrderNumber,
    Aspect::ExpectedResult,
    Aspect::FormOfCompletion,
    Aspect::Executors,
    Aspect::StartDate,
    Aspect::Deadline,
    Aspect::Weight,
    Aspect::Notes,
    Aspect::Indicators,
    Aspect::Commitments,
    Aspect::WorkingDays,
    Aspect::Dependencies,
];

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
