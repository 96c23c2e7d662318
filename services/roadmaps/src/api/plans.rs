//! The methods on plans, and what several of them share.

pub(super) mod accept;
pub(super) mod baselines;
mod changes;
pub(super) mod end;
pub(super) mod life;
mod network;
pub(super) mod propose;
pub(super) mod rebaselines;
pub(super) mod variance;

use std::collections::{BTreeMap, BTreeSet};

use fault::Fault;
use storage::Tx;

use super::{convert, fault as faults};
use crate::{
    domain::{
        measure::Measure,
        name::{MeasureName, RebaselineName, RoadmapName},
        rebaseline::{self, Change, Known, Rebaseline},
        roadmap::Roadmap,
        side::Side,
    },
    store,
};

/// The parties of a roadmap's two sides.
fn parties(roadmap: &Roadmap) -> [String; 2] {
    Side::BOTH.map(|side| roadmap.party(side).to_owned())
}

/// Reads a re-baseline of a roadmap; `NOT_FOUND` when there is none.
async fn any(tx: &mut Tx, roadmap: &Roadmap, name: &RebaselineName) -> Result<Rebaseline, Fault> {
    let missing = || Fault::not_found(faults::REBASELINE, &name.to_string());
    let number = name.number().ok_or_else(missing)?;
    let found = store::rebaselines::get(tx, roadmap.uid, number).await?;
    found.ok_or_else(missing)
}

/// Refuses a word that was decided on another version of the proposal.
fn check_etag(given: &str, rebaseline: &Rebaseline) -> Result<(), Fault> {
    let current = convert::rebaseline::etag(rebaseline);
    let name = rebaseline.name().to_string();
    aip::etag::check(given, &current).map_err(|_| Fault::etag_mismatch(&name, given, &current))
}

/// What changes are about, as it is recorded now.
struct Context {
    measures: BTreeMap<MeasureName, Measure>,
    following: BTreeMap<RoadmapName, Roadmap>,
}

/// Reads everything that changes name.
async fn context(
    tx: &mut Tx,
    measures: &BTreeSet<MeasureName>,
    following: &BTreeSet<RoadmapName>,
) -> Result<Context, Fault> {
    let following: Vec<RoadmapName> = following.iter().cloned().collect();
    Ok(Context {
        measures: store::measures::named(tx, measures).await?,
        following: if following.is_empty() {
            BTreeMap::new()
        } else {
            store::roadmaps::named(tx, &following).await?
        },
    })
}

/// Returns the names of all measures and following roadmaps that changes name.
fn named(changes: &[Change]) -> (BTreeSet<MeasureName>, BTreeSet<RoadmapName>) {
    let measures = changes
        .iter()
        .flat_map(|change| [Some(change.measure()), change.successor()])
        .flatten()
        .cloned()
        .collect();
    let following = changes.iter().filter_map(Change::following).collect();
    (measures, following)
}

/// Refuses changes that are not possible now: by the rules of the protocol, and by the days and parties of the roadmap
/// that each new plan belongs to, and by what measures depend on.
async fn require_possible(
    tx: &mut Tx,
    changes: &[Change],
    proposer: Side,
    roadmap: &Roadmap,
    context: &Context,
    party: &str,
) -> Result<(), Fault> {
    let known = Known {
        roadmap,
        measures: &context.measures,
        following: &context.following,
    };
    rebaseline::check(changes, proposer, known)
        .map_err(|obstacle| faults::obstacle(&obstacle, party))?;
    changes::fit(changes, roadmap, &context.following).map_err(Fault::invalid)?;
    require_weights(tx, changes, roadmap, context, party).await?;
    network::check(tx, changes, roadmap, &context.following).await
}

/// Refuses changes after which the weights do not add up to what the roadmap declares.
async fn require_weights(
    tx: &mut Tx,
    changes: &[Change],
    roadmap: &Roadmap,
    context: &Context,
    party: &str,
) -> Result<(), Fault> {
    if roadmap.plan.declared_weight.is_none() {
        return Ok(());
    }
    let weight_of = |name: &MeasureName| {
        let measure = context.measures.get(name);
        measure.map_or(0, |measure| measure.plan.weight)
    };
    let moved: i64 = changes
        .iter()
        .map(|change| match change {
            Change::Add { plan, .. } => plan.weight,
            Change::Replan { measure, plan } => plan.weight - weight_of(measure),
            Change::Remove { measure } | Change::Supersede { measure, .. } => -weight_of(measure),
            // It stays in what was agreed here, and was not done.
            Change::CarryOver { .. } => 0,
        })
        .sum();
    let sum = store::roadmaps::weight_sum(tx, roadmap.uid).await? + moved;
    roadmap.plan.require_weights(sum).map_err(|refusal| {
        let name = roadmap.name.to_string();
        faults::refused(&refusal, &name, party)
    })
}
