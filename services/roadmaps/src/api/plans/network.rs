//! What re-baselines have to do with the dependencies of measures: that every predecessor is there, and that nothing comes
//! to depend on itself that did not before.

use std::collections::{BTreeMap, BTreeSet};

use aip::Violations;
use fault::Fault;
use storage::Tx;

use super::changes;
use crate::{
    api::fault as faults,
    domain::{
        completion::State,
        dependency,
        measure::{Measure, Plan},
        name::{MeasureName, RoadmapName},
        rebaseline::Change,
        roadmap::Roadmap,
    },
    store::{self, dependencies::Edge},
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

/// What nothing in the roadmap can wait for any more: what is taken out of it or goes on in another one.
fn leaves(change: &Change) -> bool {
    matches!(change, Change::Remove { .. } | Change::CarryOver { .. })
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
    let gone: BTreeSet<&MeasureName> = changes
        .iter()
        .filter(|change| leaves(change))
        .map(Change::measure)
        .collect();
    let supersedes = |change: &Change| matches!(change, Change::Supersede { .. });
    if wanted.is_empty() && gone.is_empty() && !changes.iter().any(supersedes) {
        return Ok(());
    }
    let found = store::dependencies::present(tx, &wanted).await?;
    require_predecessors(changes, &found, &gone)?;
    let mut edges = store::dependencies::edges(tx, roadmap.uid).await?;
    for home in following.values() {
        edges.extend(store::dependencies::edges(tx, home.uid).await?);
    }
    let successors = store::baselines::successors(tx, roadmap.uid).await?;
    let afterwards = Afterwards::of(changes, &edges, &successors);
    afterwards.refuse_orphans(&gone)?;
    // Circles that were accepted before they were refused may be among measures that are done, which nobody can plan anew: they stand in
    // nobody's way.
    let successors = pairs(&successors);
    let before = edges
        .iter()
        .map(|edge| (edge.dependent.as_str(), edge.predecessor.as_str()));
    let before = before.chain(successors.iter().map(|(of, on)| (of.as_str(), on.as_str())));
    match dependency::new_cycle(afterwards.joined(), &before.collect()) {
        None => Ok(()),
        Some(cycle) => Err(faults::cycle(&roadmap.name.to_string(), cycle)),
    }
}

/// Refuses plans that name a predecessor that is not there, or is not there any more after the changes.
fn require_predecessors(
    changes: &[Change],
    found: &BTreeMap<String, String>,
    gone: &BTreeSet<&MeasureName>,
) -> Result<(), Fault> {
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
            let description = if gone.contains(name) {
                "is taken out or carried over by the same proposal"
            } else if found.contains_key(&name.to_string()) || new.contains(name) {
                continue;
            } else {
                "is not there, or is deleted"
            };
            let place = changes::plan_place(change, index);
            let field = format!("{place}.dependencies[{at}].predecessor");
            violations.push(field, "PREDECESSOR_NOT_FOUND", description);
        }
    }
    violations.finish().map_err(Fault::invalid)
}

/// The measures of one roadmap that are superseded, each with the one that took its place.
fn pairs(successors: &BTreeMap<MeasureName, MeasureName>) -> BTreeMap<String, String> {
    let here = successors
        .iter()
        .filter(|(name, successor)| name.roadmap_name() == successor.roadmap_name());
    here.map(|(name, successor)| (name.to_string(), successor.to_string()))
        .collect()
}

/// What depends on what as changes leave it.
struct Afterwards {
    /// Measures that are carried out, each with what its plan names as its predecessor.
    edges: Vec<(String, String)>,
    /// Which measure of the same roadmap took the place of each superseded one.
    successors: BTreeMap<String, String>,
    /// Measures that are done, and wait for nothing.
    complete: BTreeSet<String>,
}

impl Afterwards {
    fn of(
        changes: &[Change],
        edges: &[Edge],
        successors: &BTreeMap<MeasureName, MeasureName>,
    ) -> Self {
        let mut all = Vec::with_capacity(edges.len());
        let mut complete = BTreeSet::new();
        let mut replaced: BTreeSet<String> = BTreeSet::new();
        for change in changes {
            replaced.insert(change.measure().to_string());
            if let Some((name, plan)) = planned(change) {
                let name = name.to_string();
                let names = predecessors(plan).into_iter();
                all.extend(names.map(|on| (name.clone(), on.to_string())));
                replaced.insert(name);
            }
        }
        for edge in edges {
            if edge.state == State::Complete {
                complete.insert(edge.dependent.clone());
            }
            // What has ended without being done is not carried out, and waits for nothing.
            let is_out = edge.state.is_final() && edge.state != State::Complete;
            if !is_out && !replaced.contains(&edge.dependent) {
                all.push((edge.dependent.clone(), edge.predecessor.clone()));
            }
        }
        let new = changes.iter().filter_map(|change| match change {
            Change::Supersede { measure, successor } => Some((measure.clone(), successor.clone())),
            _ => None,
        });
        Self {
            edges: all,
            successors: pairs(&successors.clone().into_iter().chain(new).collect()),
            complete,
        }
    }

    /// The dependencies, and from each superseded measure to the one that dependents wait for in its place.
    fn joined(&self) -> impl Iterator<Item = (&str, &str)> {
        let edges = self.edges.iter();
        let pairs = edges.map(|(of, on)| (of.as_str(), on.as_str()));
        let successors = self.successors.iter();
        pairs.chain(successors.map(|(of, on)| (of.as_str(), on.as_str())))
    }

    /// Refuses to take away what measures depend on that stay as they are.
    fn refuse_orphans(&self, gone: &BTreeSet<&MeasureName>) -> Result<(), Fault> {
        let mut orphans: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (of, on) in &self.edges {
            let stands = |name: &str| self.successors.get(name).map(String::as_str);
            let on = dependency::standing(on, stands);
            if !self.complete.contains(of) {
                orphans.entry(on).or_default().insert(of);
            }
        }
        for name in gone {
            let dependents = orphans.get(name.to_string().as_str());
            if let Some((first, count)) =
                dependents.and_then(|found| Some((found.first()?, found.len())))
            {
                let first = MeasureName::parse("name", first)?;
                return Err(faults::has_dependents(name, &first, count));
            }
        }
        Ok(())
    }
}

/// Writes what a measure of a roadmap depends on from now on; all measures of its plan are there.
pub(super) async fn write(tx: &mut Tx, roadmap: &Roadmap, measure: &Measure) -> Result<(), Fault> {
    let wanted: Vec<MeasureName> = predecessors(&measure.plan).into_iter().collect();
    let found = store::dependencies::present(tx, &wanted).await?;
    let edges = found.into_values().collect();
    store::dependencies::write(tx, roadmap.uid, measure.uid, edges).await?;
    Ok(())
}
