//! What re-baselines have to do with the dependencies of measures: that every predecessor is there, and that nothing comes
//! to depend on itself.

use std::collections::{BTreeMap, BTreeSet};

use aip::Violations;
use fault::Fault;
use storage::Tx;

use super::changes;
use crate::{
    api::fault as faults,
    domain::{
        dependency,
        measure::{Measure, Plan},
        name::{MeasureName, RoadmapName},
        rebaseline::Change,
        roadmap::Roadmap,
    },
    store,
};

fn predecessors(plan: &Plan) -> BTreeSet<MeasureName> {
    let names = plan.dependencies.iter();
    names.map(|one| one.predecessor.clone()).collect()
}

/// The measure that a change plans, with its new plan: of a measure that is carried over the one in which it goes on.
fn planned(change: &Change) -> Option<(&MeasureName, &Plan)> {
    match change {
        Change::Add { measure, plan } | Change::Replan { measure, plan } => Some((measure, plan)),
        Change::CarryOver {
            successor, plan, ..
        } => Some((successor, plan)),
        Change::Remove { .. } | Change::Supersede { .. } => None,
    }
}

/// Refuses changes by which a measure would depend on what is not there, or on itself.
pub(super) async fn check(
    tx: &mut Tx,
    changes: &[Change],
    roadmap: &Roadmap,
    following: &BTreeMap<RoadmapName, Roadmap>,
) -> Result<(), Fault> {
    let wanted: Vec<MeasureName> = changes
        .iter()
        .filter_map(planned)
        .flat_map(|(_, plan)| predecessors(plan))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let removed: BTreeSet<&MeasureName> = changes
        .iter()
        .filter_map(|change| match change {
            Change::Remove { measure } => Some(measure),
            _ => None,
        })
        .collect();
    if wanted.is_empty() && removed.is_empty() {
        return Ok(());
    }
    let found = store::dependencies::present(tx, &wanted).await?;
    let new: BTreeSet<&MeasureName> = changes
        .iter()
        .filter_map(planned)
        .map(|(name, _)| name)
        .collect();
    let mut violations = Violations::new();
    for (index, change) in changes.iter().enumerate() {
        let dependencies = planned(change).map(|(_, plan)| plan.dependencies.as_slice());
        for (at, one) in dependencies.unwrap_or_default().iter().enumerate() {
            let name = &one.predecessor;
            let is_there = found.contains_key(&name.to_string()) && !removed.contains(name);
            if !is_there && !new.contains(name) {
                violations.push(
                    format!(
                        "{}.dependencies[{at}].predecessor",
                        changes::plan_place(change, index)
                    ),
                    "PREDECESSOR_NOT_FOUND",
                    "is not there, or is deleted",
                );
            }
        }
    }
    violations.finish().map_err(Fault::invalid)?;
    let mut edges = store::dependencies::edges(tx, roadmap.uid).await?;
    for home in following.values() {
        edges.extend(store::dependencies::edges(tx, home.uid).await?);
    }
    let edges = afterwards(changes, edges);
    refuse_orphans(&removed, &edges)?;
    let edges = edges.iter().map(|(of, on)| (of.as_str(), on.as_str()));
    match dependency::any_cycle(edges) {
        None => Ok(()),
        Some(cycle) => Err(faults::cycle(&roadmap.name.to_string(), cycle)),
    }
}

/// Refuses to remove what measures depend on that stay as they are.
fn refuse_orphans(
    removed: &BTreeSet<&MeasureName>,
    edges: &[(String, String)],
) -> Result<(), Fault> {
    let names: BTreeSet<String> = removed.iter().map(ToString::to_string).collect();
    for name in removed {
        let of_name = name.to_string();
        let mut dependents = edges
            .iter()
            .filter(|(of, on)| *on == of_name && !names.contains(of));
        if let Some((first, _)) = dependents.next() {
            let first = MeasureName::parse("name", first)?;
            return Err(faults::has_dependents(name, &first, dependents.count() + 1));
        }
    }
    Ok(())
}

/// The dependencies (measure, predecessor) as the changes leave them.
fn afterwards(changes: &[Change], edges: Vec<(String, String)>) -> Vec<(String, String)> {
    let replaced: BTreeMap<String, BTreeSet<MeasureName>> = changes
        .iter()
        .filter_map(planned)
        .map(|(name, plan)| (name.to_string(), predecessors(plan)))
        .collect();
    let mut all: Vec<(String, String)> = edges
        .into_iter()
        .filter(|(of, _)| !replaced.contains_key(of))
        .collect();
    for (of, on) in &replaced {
        all.extend(on.iter().map(|name| (of.clone(), name.to_string())));
    }
    all
}

/// Writes what a measure of a roadmap depends on from now on; all measures of its plan are there.
pub(super) async fn write(tx: &mut Tx, roadmap: &Roadmap, measure: &Measure) -> Result<(), Fault> {
    let wanted: Vec<MeasureName> = predecessors(&measure.plan).into_iter().collect();
    let found = store::dependencies::present(tx, &wanted).await?;
    let edges = found.into_values().collect();
    store::dependencies::write(tx, roadmap.uid, measure.uid, edges).await?;
    Ok(())
}
