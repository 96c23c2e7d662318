//! Proposals to change adopted plans.

use std::collections::BTreeMap;

use accord_proto::roadmaps::v1::{self as contract, plan_change};

use super::{difference, measure, time};
use crate::domain::{
    measure::Plan,
    name::{BaselineName, MeasureName},
    rebaseline::{Change, Rebaseline, State},
};

/// What the end of a re-baseline adds at most: a reason of 2,000 characters of up to four bytes, two names and a time.
const END_BYTES: usize = 9_000;

/// Writes a re-baseline of a roadmap with these parties; `bases` are the plans that its changes start from.
pub(in crate::api) fn write(
    rebaseline: &Rebaseline,
    changes: &[Change],
    bases: &BTreeMap<MeasureName, Plan>,
    parties: &[String; 2],
) -> contract::Rebaseline {
    let end = rebaseline.end.as_ref();
    contract::Rebaseline {
        name: rebaseline.name().to_string(),
        revision: rebaseline.revision,
        party: parties[rebaseline.side.index()].clone(),
        agency: rebaseline.agency.clone(),
        reason: rebaseline.reason.clone(),
        changes: changes.iter().map(write_change).collect(),
        state: match rebaseline.state {
            State::Open => contract::RebaselineState::Open,
            State::Accepted => contract::RebaselineState::Accepted,
            State::Declined => contract::RebaselineState::Declined,
            State::Withdrawn => contract::RebaselineState::Withdrawn,
        }
        .into(),
        propose_time: Some(time(rebaseline.proposed)),
        end_time: end.map(|end| time(end.at)),
        end_agency: end.map_or(String::new(), |end| end.agency.clone()),
        end_reason: end.map_or(String::new(), |end| end.reason.clone()),
        baseline: rebaseline.baseline.map_or(String::new(), |number| {
            BaselineName::numbered(&rebaseline.roadmap, number).to_string()
        }),
        etag: etag(rebaseline),
        differences: difference::write_all(changes, |name| bases.get(name)),
    }
}

/// Writes an open re-baseline with as much room as the word that ends it will take, for a check of its size.
pub(in crate::api) fn longest(open: &contract::Rebaseline) -> contract::Rebaseline {
    contract::Rebaseline {
        end_reason: " ".repeat(END_BYTES),
        ..open.clone()
    }
}

fn write_change(change: &Change) -> contract::PlanChange {
    let change = match change {
        Change::Add { measure, plan } => plan_change::Change::Add(contract::AddMeasure {
            measure_id: measure.measure.clone(),
            measure: Some(contract::Measure {
                name: measure.to_string(),
                ..measure::write_plan(plan)
            }),
        }),
        Change::Replan { measure, plan } => plan_change::Change::Replan(contract::ReplanMeasure {
            measure: Some(contract::Measure {
                name: measure.to_string(),
                ..measure::write_plan(plan)
            }),
            update_mask: None,
        }),
        Change::Remove { measure } => plan_change::Change::Remove(contract::RemoveMeasure {
            name: measure.to_string(),
        }),
        Change::Supersede { measure, successor } => {
            plan_change::Change::Supersede(contract::SupersedeMeasure {
                name: measure.to_string(),
                successor: successor.to_string(),
            })
        }
        Change::CarryOver {
            measure,
            successor,
            plan,
        } => plan_change::Change::CarryOver(contract::CarryOverMeasure {
            name: measure.to_string(),
            roadmap: successor.roadmap_name().to_string(),
            measure_id: successor.measure.clone(),
            measure: Some(contract::Measure {
                name: successor.to_string(),
                ..measure::write_plan(plan)
            }),
            update_mask: None,
        }),
    };
    contract::PlanChange {
        change: Some(change),
    }
}

/// Returns the version tag of a re-baseline: every revision has one, and its end another.
pub(in crate::api) fn etag(rebaseline: &Rebaseline) -> String {
    let ended = i64::from(rebaseline.end.is_some());
    aip::etag::of(
        &rebaseline.name().to_string(),
        rebaseline.revision * 2 + ended,
    )
}
