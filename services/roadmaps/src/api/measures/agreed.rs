//! What re-baselines did to a measure: who proposed them, and what they changed in its plan.

use std::collections::{BTreeMap, BTreeSet};

use fault::Fault;
use storage::Tx;

use crate::{
    api::{
        convert::{self, event::Agreed},
        roadmaps,
    },
    domain::{
        completion::Action,
        event::{Event, Kind},
        measure::Measure,
    },
    store,
};

/// Reads what re-baselines did in some events of a measure, by the numbers of the re-baselines in its roadmap.
pub(in crate::api) async fn read<'a>(
    tx: &mut Tx,
    measure: &Measure,
    events: impl Iterator<Item = &'a Event> + Clone + Send,
) -> Result<BTreeMap<i64, Agreed>, Fault> {
    let all = numbers(events.clone());
    if all.is_empty() {
        return Ok(BTreeMap::new());
    }
    let replanned = events.filter(|event| event.kind == Kind::Said(Action::Replan));
    let replanned = numbers(replanned);
    let roadmap = roadmaps::any(tx, &measure.name.roadmap_name()).await?;
    let proposers = store::rebaselines::proposers(tx, roadmap.uid, &all).await?;
    let mut found: BTreeMap<i64, Agreed> = proposers
        .into_iter()
        .map(|(number, (side, agency))| {
            let agreed = Agreed {
                party: measure.parties[side.index()].clone(),
                agency,
                difference: None,
            };
            (number, agreed)
        })
        .collect();
    let led_to = store::baselines::led_to(tx, roadmap.uid, &replanned).await?;
    let baselines: BTreeSet<i64> = led_to.values().flat_map(|at| [at - 1, *at]).collect();
    let baselines: Vec<i64> = baselines.into_iter().collect();
    let plans = store::baselines::plans_of(tx, roadmap.uid, &measure.name, &baselines).await?;
    for (number, baseline) in led_to {
        let plans = plans.get(&(baseline - 1)).zip(plans.get(&baseline));
        if let Some(((from, to), agreed)) = plans.zip(found.get_mut(&number)) {
            agreed.difference = Some(convert::difference::write(&measure.name, from, to));
        }
    }
    Ok(found)
}

fn numbers<'a>(events: impl Iterator<Item = &'a Event>) -> Vec<i64> {
    let numbers: BTreeSet<i64> = events.filter_map(|event| event.rebaseline).collect();
    numbers.into_iter().collect()
}
