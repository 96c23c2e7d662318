//! Measures in an order in which each comes after what it depends on.

use std::collections::{BTreeSet, HashMap};

use super::rows::Planned;

/// Puts measures in order, else as they stand; returns apart those that depend on themselves by way of others, or on such.
#[must_use]
pub fn by_dependency(planned: Vec<Planned>) -> (Vec<Planned>, Vec<Planned>) {
    let places: HashMap<&str, usize> = planned
        .iter()
        .enumerate()
        .map(|(place, one)| (one.id.as_str(), place))
        .collect();
    let mut waits = vec![0_usize; planned.len()];
    let mut dependents: Vec<Vec<usize>> = vec![Vec::new(); planned.len()];
    for (place, one) in planned.iter().enumerate() {
        for predecessor in predecessors(one).filter_map(|id| places.get(id)) {
            waits[place] += 1;
            dependents[*predecessor].push(place);
        }
    }
    let mut free: BTreeSet<usize> = (0..planned.len())
        .filter(|place| waits[*place] == 0)
        .collect();
    let mut order = Vec::with_capacity(planned.len());
    while let Some(place) = free.pop_first() {
        order.push(place);
        for dependent in &dependents[place] {
            waits[*dependent] -= 1;
            if waits[*dependent] == 0 {
                free.insert(*dependent);
            }
        }
    }
    let mut left: Vec<Option<Planned>> = planned.into_iter().map(Some).collect();
    let ordered = order
        .into_iter()
        .filter_map(|place| left[place].take())
        .collect();
    (ordered, left.into_iter().flatten().collect())
}

/// The cycle that a measure is in or leads to, among measures that [`by_dependency`] set apart: `m-1 → m-2 → m-1`, where each depends
/// on the next.
#[must_use]
pub fn cycle(apart: &[Planned], of: &Planned) -> String {
    let by_id: HashMap<&str, &Planned> = apart.iter().map(|one| (one.id.as_str(), one)).collect();
    let mut way: Vec<&str> = Vec::new();
    let mut at = of;
    loop {
        if let Some(begin) = way.iter().position(|id| *id == at.id) {
            let mut cycle = way.split_off(begin);
            cycle.push(&at.id);
            return cycle.join(" → ");
        }
        way.push(&at.id);
        match predecessors(at).find_map(|id| by_id.get(id)) {
            Some(next) => at = next,
            None => return way.join(" → "),
        }
    }
}

/// The ids of what a measure depends on.
pub fn predecessors(planned: &Planned) -> impl Iterator<Item = &str> {
    let dependencies = planned.measure.dependencies.iter();
    dependencies.map(|dependency| crate::render::value::id(&dependency.predecessor))
}

#[cfg(test)]
mod tests {
    use accord_proto::roadmaps::v1::{Dependency, Measure};
    use proptest::prelude::*;

    use super::*;

    fn planned(id: usize, on: &[usize]) -> Planned {
        let dependency = |on: &usize| Dependency {
            predecessor: format!("m-{on}"),
            ..Dependency::default()
        };
        Planned {
            line: id as u64,
            id: format!("m-{id}"),
            place: 0,
            measure: Measure {
                dependencies: on.iter().map(dependency).collect(),
                ..Measure::default()
            },
        }
    }

    fn ids(planned: &[Planned]) -> Vec<&str> {
        planned.iter().map(|one| one.id.as_str()).collect()
    }

    #[test]
    fn what_is_depended_on_comes_first_and_a_circle_is_set_apart() {
        let (ordered, apart) = by_dependency(vec![
            planned(0, &[2]),
            planned(1, &[9]),
            planned(2, &[]),
            planned(3, &[4]),
            planned(4, &[3]),
            planned(5, &[4]),
        ]);
        assert_eq!(ids(&ordered), ["m-1", "m-2", "m-0"]);
        assert_eq!(ids(&apart), ["m-3", "m-4", "m-5"]);
        assert_eq!(cycle(&apart, &apart[0]), "m-3 → m-4 → m-3");
        assert_eq!(cycle(&apart, &apart[2]), "m-4 → m-3 → m-4");
    }

    proptest! {
        #[test]
        fn each_comes_after_what_it_depends_on(pairs in prop::collection::vec((0_usize..20, 0_usize..20), 0..60)) {
            let all: Vec<Planned> = (0..20)
                .map(|id| {
                    let on = pairs.iter().filter(|(of, on)| *of == id && on < of);
                    planned(id, &on.map(|(_, on)| *on).collect::<Vec<_>>())
                })
                .rev()
                .collect();
            let (ordered, apart) = by_dependency(all);
            prop_assert!(apart.is_empty());
            prop_assert_eq!(ordered.len(), 20);
            let mut seen = BTreeSet::new();
            for one in &ordered {
                prop_assert!(predecessors(one).all(|id| seen.contains(id)));
                seen.insert(one.id.as_str());
            }
        }
    }
}
