//! What measures depend on, and how long they take.

use std::collections::BTreeSet;

use accord_proto::roadmaps::v1 as contract;
use aip::{Violation, Violations};

use crate::domain::{
    dependency::{Dependency, Kind, Lag},
    name::MeasureName,
    roadmap::Roadmap,
};

/// The contract's limits.
const MAX_DEPENDENCIES: usize = 100;
const MAX_LAG_DAYS: i32 = 3_650;
const MAX_WORKING_DAYS: i32 = 10_000;

/// Reads how many working days a measure takes; 0 stands for one that the plan does not say.
pub(super) fn working_days(given: i32) -> Result<Option<i64>, Violation> {
    match given {
        0 => Ok(None),
        1..=MAX_WORKING_DAYS => Ok(Some(given.into())),
        _ => Err(Violation::new(
            "working_days",
            "VALUE_OUT_OF_RANGE",
            "must be 0 to 10,000",
        )),
    }
}

/// Reads what a measure depends on.
pub(super) fn read(given: &[contract::Dependency], violations: &mut Violations) -> Vec<Dependency> {
    if given.len() > MAX_DEPENDENCIES {
        violations.push("dependencies", "VALUE_OUT_OF_RANGE", "must be at most 100");
        return Vec::new();
    }
    let mut known = BTreeSet::new();
    let mut dependencies = Vec::new();
    for (index, one) in given.iter().enumerate() {
        let mut found = Violations::new();
        let predecessor = found.take(MeasureName::parse("predecessor", &one.predecessor));
        let kind = found.take(kind(one.kind));
        let lag = lag(one, &mut found);
        if !known.insert((one.predecessor.as_str(), kind)) {
            found.push(
                "predecessor",
                "VALUE_REPEATED",
                "is depended on in this way already",
            );
        }
        violations.merge_under(&format!("dependencies[{index}]"), found);
        if let (Some(predecessor), Some(kind), Some(lag)) = (predecessor, kind, lag) {
            dependencies.push(Dependency {
                predecessor,
                kind,
                lag,
            });
        }
    }
    dependencies
}

/// Checks that predecessors are of the measure's own roadmap.
pub(super) fn fits(dependencies: &[Dependency], roadmap: &Roadmap, violations: &mut Violations) {
    for (index, dependency) in dependencies.iter().enumerate() {
        if dependency.predecessor.roadmap_name() != roadmap.name {
            violations.push(
                format!("dependencies[{index}].predecessor"),
                "PREDECESSOR_NOT_FOUND",
                format!("must be a measure of {}", roadmap.name),
            );
        }
    }
}

fn kind(given: i32) -> Result<Kind, Violation> {
    use contract::DependencyKind as Given;
    match Given::try_from(given) {
        Ok(Given::Unspecified | Given::FinishToStart) => Ok(Kind::FinishToStart),
        Ok(Given::StartToStart) => Ok(Kind::StartToStart),
        Ok(Given::FinishToFinish) => Ok(Kind::FinishToFinish),
        Ok(Given::StartToFinish) => Ok(Kind::StartToFinish),
        Err(_) => Err(Violation::new("kind", "VALUE_OUT_OF_RANGE", "is no kind")),
    }
}

fn lag(given: &contract::Dependency, violations: &mut Violations) -> Option<Lag> {
    if !(-MAX_LAG_DAYS..=MAX_LAG_DAYS).contains(&given.lag_days) {
        violations.push("lag_days", "VALUE_OUT_OF_RANGE", "must be -3,650 to 3,650");
    }
    let days = given.lag_days.into();
    match contract::LagUnit::try_from(given.lag_unit) {
        Ok(contract::LagUnit::Unspecified | contract::LagUnit::WorkingDays) => {
            Some(Lag::Working(days))
        }
        Ok(contract::LagUnit::CalendarDays) => Some(Lag::Calendar(days)),
        Err(_) => {
            violations.push("lag_unit", "VALUE_OUT_OF_RANGE", "is no unit");
            None
        }
    }
}

/// Writes a dependency.
pub(super) fn write(dependency: &Dependency) -> contract::Dependency {
    let (lag_unit, lag_days) = match dependency.lag {
        Lag::Working(days) => (contract::LagUnit::WorkingDays, days),
        Lag::Calendar(days) => (contract::LagUnit::CalendarDays, days),
    };
    contract::Dependency {
        predecessor: dependency.predecessor.to_string(),
        kind: write_kind(dependency.kind).into(),
        lag_days: i32::try_from(lag_days).unwrap_or_default(),
        lag_unit: lag_unit.into(),
    }
}

/// Writes the kind of a dependency.
pub(super) fn write_kind(kind: Kind) -> contract::DependencyKind {
    match kind {
        Kind::FinishToStart => contract::DependencyKind::FinishToStart,
        Kind::StartToStart => contract::DependencyKind::StartToStart,
        Kind::FinishToFinish => contract::DependencyKind::FinishToFinish,
        Kind::StartToFinish => contract::DependencyKind::StartToFinish,
    }
}
