//! What re-baselines did to measures: who proposed them, and what they changed in the plans.

use std::collections::{BTreeMap, BTreeSet};

use fault::Fault;
use storage::Tx;
use uuid::Uuid;

use crate::{
    api::convert::{self, event::Agreed},
    domain::{
        completion::Action,
        event::{Event, Kind},
        measure::Measure,
        name::RoadmapName,
        roadmap::Roadmap,
    },
    store::{self, baselines::PlanKey},
};

/// What re-baselines did, by the measure and the number of the re-baseline in its roadmap.
pub(in crate::api) type Found = BTreeMap<(Uuid, i64), Agreed>;

/// Reads what re-baselines did in events of measures, each with its measure: in as many queries for many as for one.
pub(in crate::api) async fn read(
    tx: &mut Tx,
    events: &[(&Measure, &Event)],
) -> Result<Found, Fault> {
    let parts: Vec<(&Measure, &Event, i64)> = events
        .iter()
        .filter_map(|(measure, event)| Some((*measure, *event, event.rebaseline?)))
        .collect();
    if parts.is_empty() {
        return Ok(Found::new());
    }
    let names: BTreeSet<RoadmapName> = parts
        .iter()
        .map(|(measure, ..)| measure.name.roadmap_name())
        .collect();
    let names: Vec<RoadmapName> = names.into_iter().collect();
    let roadmaps = store::roadmaps::named(tx, &names).await?;
    let place = |measure: &Measure, number: i64| {
        let roadmap = roadmaps.get(&measure.name.roadmap_name());
        roadmap.map(|roadmap: &Roadmap| (roadmap.uid, number))
    };
    let all: BTreeSet<(Uuid, i64)> = parts
        .iter()
        .filter_map(|(measure, _, number)| place(measure, *number))
        .collect();
    let proposers = store::rebaselines::proposers(tx, &all).await?;
    let replanned: Vec<(&Measure, i64)> = parts
        .iter()
        .filter(|(_, event, _)| event.kind == Kind::Said(Action::Replan))
        .map(|(measure, _, number)| (*measure, *number))
        .collect();
    let asked: BTreeSet<(Uuid, i64)> = replanned
        .iter()
        .filter_map(|(measure, number)| place(measure, *number))
        .collect();
    let led_to = store::baselines::led_to(tx, &asked).await?;
    // The plans before and after each re-planning.
    let compared: Vec<(&Measure, i64, [PlanKey; 2])> = replanned
        .into_iter()
        .filter_map(|(measure, number)| {
            let (roadmap, _) = place(measure, number)?;
            let after = *led_to.get(&(roadmap, number))?;
            let key = |baseline| (roadmap, baseline, measure.name.clone());
            Some((measure, number, [key(after - 1), key(after)]))
        })
        .collect();
    let keys: BTreeSet<&PlanKey> = compared.iter().flat_map(|(.., keys)| keys).collect();
    let plans = store::baselines::plans_of(tx, &keys).await?;
    let mut found = Found::new();
    for (measure, _, number) in parts {
        let proposer = place(measure, number).and_then(|place| proposers.get(&place));
        if let Some((side, agency)) = proposer {
            let agreed = Agreed {
                party: measure.parties[side.index()].clone(),
                agency: agency.clone(),
                difference: None,
            };
            found.insert((measure.uid, number), agreed);
        }
    }
    for (measure, number, [before, after]) in compared {
        let plans = plans.get(&before).zip(plans.get(&after));
        if let Some(((from, to), agreed)) = plans.zip(found.get_mut(&(measure.uid, number))) {
            agreed.difference = Some(convert::difference::write(&measure.name, from, to));
        }
    }
    Ok(found)
}
