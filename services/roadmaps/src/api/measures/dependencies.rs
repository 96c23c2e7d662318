//! What other measures have to do with a change of one: that what it depends on is there, that nothing depends on
//! itself, and that nothing is left to depend on what is gone.

use std::collections::{BTreeMap, BTreeSet};

use aip::Violations;
use fault::Fault;
use ledger::{Change, ChangeKind, Stamp};
use storage::Tx;

use super::{super::convert, keep, present};
use crate::{
    api::fault as faults,
    domain::{
        dependency,
        measure::{Measure, Plan, Speaker},
        name::MeasureName,
        roadmap::Roadmap,
    },
    store,
};

/// From how many measures a forced deletion takes their dependency at most, as the contract says.
const MAX_FREED: usize = 1_000;

/// Checks what a measure would depend on, as it is (nothing for one that is being created); returns the identities of its
/// predecessors.
pub(super) async fn check(
    tx: &mut Tx,
    roadmap: &Roadmap,
    name: &MeasureName,
    before: Option<&Measure>,
    plan: &Plan,
) -> Result<Vec<String>, Fault> {
    let wanted: Vec<MeasureName> = predecessors(plan);
    let found = store::dependencies::present(tx, &wanted).await?;
    let mut violations = Violations::new();
    missing(name, plan, &found, &mut violations);
    violations.finish().map_err(Fault::invalid)?;
    // Nothing depends on a measure that is only being created.
    if let Some(measure) = before.filter(|measure| predecessors(&measure.plan) != wanted) {
        refuse_cycle(tx, roadmap, measure, &wanted).await?;
    }
    Ok(found.into_values().collect())
}

/// Writes what the measures of a batch depend on, once all of them are there.
pub(super) async fn join(tx: &mut Tx, roadmap: &Roadmap, created: &[Measure]) -> Result<(), Fault> {
    let plans = created.iter().map(|measure| &measure.plan);
    let mut wanted: Vec<MeasureName> = plans.flat_map(predecessors).collect();
    wanted.sort();
    wanted.dedup();
    let found = store::dependencies::present(tx, &wanted).await?;
    let mut violations = Violations::new();
    for (index, measure) in created.iter().enumerate() {
        let mut own = Violations::new();
        missing(&measure.name, &measure.plan, &found, &mut own);
        violations.merge_under(&format!("requests[{index}]"), own);
    }
    violations.finish().map_err(Fault::invalid)?;
    for measure in created {
        let names = predecessors(&measure.plan);
        let edges: Vec<String> = names
            .iter()
            .filter_map(|name| found.get(&name.to_string()).cloned())
            .collect();
        if !edges.is_empty() {
            store::dependencies::write(tx, roadmap.uid, measure.uid, edges).await?;
        }
    }
    // Nothing that was there before depends on a measure of the batch, so that a cycle lies within it.
    let batch: BTreeSet<&MeasureName> = created.iter().map(|measure| &measure.name).collect();
    let within = created.iter().flat_map(|measure| {
        let wanted = predecessors(&measure.plan).into_iter();
        wanted
            .filter(|name| batch.contains(name))
            .map(|name| (measure.name.to_string(), name.to_string()))
    });
    let edges: Vec<(String, String)> = within.collect();
    let edges = edges.iter().map(|(of, on)| (of.as_str(), on.as_str()));
    match dependency::new_cycle(edges, &BTreeSet::new()) {
        None => Ok(()),
        Some(cycle) => Err(faults::cycle(&roadmap.name.to_string(), cycle)),
    }
}

/// Says which predecessors are not there, by the names of those that are.
fn missing(
    name: &MeasureName,
    plan: &Plan,
    found: &BTreeMap<String, String>,
    violations: &mut Violations,
) {
    for (index, dependency) in plan.dependencies.iter().enumerate() {
        let field = format!("measure.dependencies[{index}].predecessor");
        if dependency.predecessor == *name {
            violations.push(field, "DEPENDENCY_CYCLE", "is the measure itself");
        } else if !found.contains_key(&dependency.predecessor.to_string()) {
            violations.push(
                field,
                "PREDECESSOR_NOT_FOUND",
                "is not there, or is deleted",
            );
        }
    }
}

fn predecessors(plan: &Plan) -> Vec<MeasureName> {
    let names = plan.dependencies.iter();
    let mut names: Vec<MeasureName> = names.map(|one| one.predecessor.clone()).collect();
    names.sort();
    names.dedup();
    names
}

async fn refuse_cycle(
    tx: &mut Tx,
    roadmap: &Roadmap,
    measure: &Measure,
    wanted: &[MeasureName],
) -> Result<(), Fault> {
    let dependents = store::dependencies::dependents(tx, measure.uid, 1).await?;
    if wanted.is_empty() || dependents.is_empty() {
        return Ok(());
    }
    let edges = store::dependencies::edges(tx, roadmap.uid).await?;
    let name = measure.name.to_string();
    let wanted: Vec<String> = wanted.iter().map(ToString::to_string).collect();
    let cycle = dependency::cycle(
        edges
            .iter()
            .map(|edge| (edge.dependent.as_str(), edge.predecessor.as_str())),
        &name,
        wanted.iter().map(String::as_str),
    );
    match cycle {
        None => Ok(()),
        Some(cycle) => Err(faults::cycle(&name, cycle)),
    }
}

/// Refuses to take away a measure that others depend on, or takes their dependency on it from them where forced; returns
/// what goes into the ledger.
pub(super) async fn free(
    tx: &mut Tx,
    roadmap: &Roadmap,
    measure: &Measure,
    speaker: &Speaker,
    stamp: &Stamp,
    force: bool,
) -> Result<Vec<Change>, Fault> {
    let most = i64::try_from(MAX_FREED + 1).unwrap_or(i64::MAX);
    let dependents = store::dependencies::dependents(tx, measure.uid, most).await?;
    if let Some(first) = dependents.first()
        && (!force || dependents.len() > MAX_FREED)
    {
        return Err(faults::has_dependents(
            &measure.name,
            first,
            dependents.len(),
        ));
    }
    let mut changes = Vec::with_capacity(dependents.len());
    for name in dependents {
        let mut dependent = present(tx, &name).await?;
        let before = dependent.revision;
        let mut plan = dependent.plan.clone();
        plan.dependencies
            .retain(|dependency| dependency.predecessor != measure.name);
        let left = store::dependencies::present(tx, &predecessors(&plan)).await?;
        let event = dependent.revise(plan, speaker, stamp.now);
        keep(tx, roadmap, &dependent, before, &event).await?;
        let left = left.into_values().collect();
        store::dependencies::write(tx, roadmap.uid, dependent.uid, left).await?;
        changes.push(Change::of(
            name.to_string(),
            ChangeKind::Updated,
            &convert::measure::write(&dependent),
        ));
    }
    Ok(changes)
}

/// Refuses to put back a measure whose predecessors are gone.
pub(super) async fn still_there(tx: &mut Tx, measure: &Measure) -> Result<(), Fault> {
    let wanted = predecessors(&measure.plan);
    let found = store::dependencies::present(tx, &wanted).await?;
    let missing = wanted
        .iter()
        .find(|name| !found.contains_key(&name.to_string()));
    missing.map_or(Ok(()), |missing| {
        Err(faults::predecessor_gone(&measure.name, missing))
    })
}
