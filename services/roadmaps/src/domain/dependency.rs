//! Dependencies between the measures of a roadmap: kinds, lags, and the cycles that they must not make.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::{
    Direction,
    algo::{astar, tarjan_scc},
    graph::{DiGraph, NodeIndex},
};

use super::name::MeasureName;

/// Which end of the predecessor holds which end of the dependent measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// It ends before the dependent measure begins.
    FinishToStart,
    /// It begins before the dependent measure begins.
    StartToStart,
    /// It ends before the dependent measure ends.
    FinishToFinish,
    /// It begins before the dependent measure ends.
    StartToFinish,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 4] = [
        Self::FinishToStart,
        Self::StartToStart,
        Self::FinishToFinish,
        Self::StartToFinish,
    ];

    /// Says whether the end of the predecessor holds, and not its start.
    #[must_use]
    pub fn is_from_finish(self) -> bool {
        matches!(self, Self::FinishToStart | Self::FinishToFinish)
    }

    /// Says whether the start of the dependent measure is held, and not its end.
    #[must_use]
    pub fn is_to_start(self) -> bool {
        matches!(self, Self::FinishToStart | Self::StartToStart)
    }
}

/// What lies between the two ends at least; a negative number of days is a lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lag {
    /// Working days of the dependent measure.
    Working(i64),
    /// All days.
    Calendar(i64),
}

/// What a measure depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency {
    /// The measure that is depended on.
    pub predecessor: MeasureName,
    /// Which ends are joined.
    pub kind: Kind,
    /// What lies between.
    pub lag: Lag,
}

/// Returns the shortest cycle that a measure would close if it depended on `predecessors` among the dependencies
/// (measure, predecessor) that there are: the measure, each one that depends on the one before, and the measure again.
///
/// Linear in the number of dependencies.
#[must_use]
pub fn cycle<'a>(
    edges: impl IntoIterator<Item = (&'a str, &'a str)>,
    measure: &'a str,
    predecessors: impl IntoIterator<Item = &'a str>,
) -> Option<Vec<&'a str>> {
    let mut graph: DiGraph<&str, ()> = DiGraph::new();
    let mut nodes = BTreeMap::new();
    let mut node = |graph: &mut DiGraph<&'a str, ()>, id: &'a str| {
        *nodes.entry(id).or_insert_with(|| graph.add_node(id))
    };
    let start = node(&mut graph, measure);
    for (dependent, predecessor) in edges {
        let (from, to) = (node(&mut graph, predecessor), node(&mut graph, dependent));
        // What the measure depends on now is what it would depend on no more.
        if to != start {
            graph.add_edge(from, to, ());
        }
    }
    let goals: Vec<_> = predecessors
        .into_iter()
        .map(|predecessor| node(&mut graph, predecessor))
        .collect();
    let (_, path) = astar(
        &graph,
        start,
        |reached| goals.contains(&reached),
        |_| 1_u32,
        |_| 0,
    )?;
    let ids = path
        .into_iter()
        .filter_map(|index| graph.node_weight(index));
    Some(ids.copied().chain([measure]).collect())
}

/// Returns a cycle among dependencies (measure, predecessor) that goes over one that is not among the `known`, if there is one: a
/// measure, each one that depends on the one before, and the measure again. Cycles of known dependencies alone are passed over.
///
/// Linear in the number of dependencies.
#[must_use]
pub fn new_cycle<'a>(
    edges: impl IntoIterator<Item = (&'a str, &'a str)>,
    known: &BTreeSet<(&str, &str)>,
) -> Option<Vec<&'a str>> {
    let mut graph: DiGraph<&str, ()> = DiGraph::new();
    let mut nodes = BTreeMap::new();
    let mut new = Vec::new();
    for (dependent, predecessor) in edges {
        let [from, to] = [predecessor, dependent]
            .map(|id| *nodes.entry(id).or_insert_with(|| graph.add_node(id)));
        graph.add_edge(from, to, ());
        if !known.contains(&(dependent, predecessor)) {
            new.push((from, to));
        }
    }
    let mut knots = vec![0; graph.node_count()];
    for (knot, members) in tarjan_scc(&graph).into_iter().enumerate() {
        for node in members {
            if let Some(of) = knots.get_mut(node.index()) {
                *of = knot;
            }
        }
    }
    let knot = |node: NodeIndex| knots.get(node.index());
    let (from, to) = new
        .into_iter()
        .find(|(from, to)| knot(*from) == knot(*to))?;
    let (_, path) = astar(&graph, to, |reached| reached == from, |_| 1_u32, |_| 0)?;
    let ids = path.iter().chain(path.first());
    Some(
        ids.filter_map(|node| graph.node_weight(*node).copied())
            .collect(),
    )
}

/// Returns the measure that dependents of one wait for: the measure itself or, where others took its place one after the
/// other, the last of them. Always ends, also where successors lead back to one that was passed.
#[must_use]
pub fn standing<'a>(name: &'a str, successor_of: impl Fn(&str) -> Option<&'a str>) -> &'a str {
    let mut passed = BTreeSet::from([name]);
    let mut at = name;
    while let Some(next) = successor_of(at).filter(|next| passed.insert(next)) {
        at = next;
    }
    at
}

/// Returns the nodes of a cycle of a graph, each once and in order, if there is one.
pub(super) fn cycle_of<N, E>(graph: &DiGraph<N, E>) -> Option<Vec<NodeIndex>> {
    let is_knot = |knot: &Vec<NodeIndex>| {
        let is_own = |node: &NodeIndex| graph.find_edge(*node, *node).is_some();
        knot.len() > 1 || knot.iter().any(is_own)
    };
    let knot: BTreeSet<NodeIndex> = tarjan_scc(graph)
        .into_iter()
        .find(is_knot)?
        .into_iter()
        .collect();
    // Within a knot every node has a next one, so that a walk comes back to where it has been.
    let mut walk = vec![*knot.first()?];
    let mut steps = BTreeMap::new();
    loop {
        let last = *walk.last()?;
        steps.insert(last, walk.len() - 1);
        let mut ahead = graph.neighbors_directed(last, Direction::Outgoing);
        let next = ahead.find(|node| knot.contains(node))?;
        if let Some(first) = steps.get(&next) {
            return Some(walk.split_off(*first));
        }
        walk.push(next);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_cycle_is_named_from_the_measure_to_itself() {
        let edges = [("b", "a"), ("c", "b"), ("d", "a"), ("d", "c")];
        assert_eq!(cycle(edges, "a", ["c"]), Some(vec!["a", "b", "c", "a"]));
        assert_eq!(cycle(edges, "a", ["d"]), Some(vec!["a", "d", "a"]));
        assert_eq!(cycle(edges, "a", ["a"]), Some(vec!["a", "a"]));
        assert_eq!(cycle(edges, "d", ["b", "x"]), None);
    }

    #[test]
    fn a_new_cycle_is_found_and_named_once_around() {
        let none = BTreeSet::new();
        let edges = [("b", "a"), ("c", "b"), ("d", "c"), ("b", "d"), ("e", "d")];
        let cycle = new_cycle(edges, &none).unwrap();
        assert_eq!(cycle.len(), 4);
        assert_eq!(cycle.first(), cycle.last());
        for pair in cycle.windows(2) {
            assert!(edges.contains(&(pair[1], pair[0])), "{cycle:?}");
        }
        assert_eq!(new_cycle([("a", "a")], &none), Some(vec!["a", "a"]));
        assert_eq!(new_cycle([("b", "a"), ("c", "a"), ("c", "b")], &none), None);
        assert_eq!(new_cycle([], &none), None);
    }

    #[test]
    fn a_cycle_of_known_dependencies_is_passed_over_and_one_that_goes_over_a_new_one_is_not() {
        let known = BTreeSet::from([("b", "a"), ("a", "b"), ("c", "b")]);
        let old = known.iter().copied();
        assert_eq!(new_cycle(old.clone(), &known), None);
        assert_eq!(new_cycle(old.clone().chain([("d", "c")]), &known), None);
        let cycle = new_cycle(old.chain([("a", "c")]), &known);
        assert_eq!(cycle, Some(vec!["a", "b", "c", "a"]));
    }

    #[test]
    fn what_the_measure_depended_on_before_closes_no_cycle() {
        assert_eq!(cycle([("b", "a")], "b", ["c"]), None);
        assert_eq!(cycle([("b", "a"), ("a", "c")], "b", []), None);
    }

    proptest! {
        #[test]
        fn dependencies_on_earlier_ones_never_close_a_cycle(
            pairs in prop::collection::vec((0_usize..30, 0_usize..30), 0..80), chosen in 0_usize..30,
        ) {
            let ids: Vec<String> = (0..30).map(|index| format!("m-{index:02}")).collect();
            let edges: Vec<(&str, &str)> = pairs
                .iter()
                .filter(|(a, b)| a != b)
                .map(|(a, b)| (ids[*a.max(b)].as_str(), ids[*a.min(b)].as_str()))
                .collect();
            let earlier = ids[..chosen].iter().map(String::as_str);
            prop_assert_eq!(cycle(edges.iter().copied(), &ids[chosen], earlier), None);
            // Every cycle that is named is one.
            for later in &ids[chosen..] {
                if let Some(cycle) = cycle(edges.iter().copied(), &ids[chosen], [later.as_str()]) {
                    prop_assert_eq!(cycle.first(), cycle.last());
                    for (index, pair) in cycle.windows(2).enumerate() {
                        let closes = index + 2 == cycle.len() && pair == [later, &ids[chosen]];
                        prop_assert!(closes || edges.contains(&(pair[1], pair[0])));
                    }
                }
            }
        }
    }
}
