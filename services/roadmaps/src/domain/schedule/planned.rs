//! The network of a roadmap: its measures and dependencies as its plan and the words on it make them.

use std::collections::{BTreeSet, HashMap};

use petgraph::{
    algo::tarjan_scc,
    graph::{DiGraph, NodeIndex},
};

use super::{Basis, Cycle, Life, Link, Network, Task};
use crate::domain::working_days::{Calendar, Table};

/// How a duration is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// The plan says it.
    Given,
    /// From the planned start to the deadline.
    Dates,
    /// Not at all: one working day.
    Assumed,
}

/// What those wait for that depend on a measure.
#[derive(Clone, Copy, Debug)]
enum Standing<'a> {
    /// The measure itself.
    Task(usize),
    /// The measure that took its place.
    Instead(usize),
    /// What the one that took its place stands for.
    Successor(&'a str),
    /// Nothing: it is not carried out in this roadmap any more.
    Gone,
}

/// Leads every superseded measure to what stands in its place at last. Linear: no way is gone twice.
fn follow_successors<'a>(found: &mut HashMap<&'a str, Standing<'a>>) {
    let superseded = found
        .iter()
        .filter_map(|(name, standing)| matches!(standing, Standing::Successor(_)).then_some(*name));
    let superseded: Vec<&'a str> = superseded.collect();
    for name in superseded {
        let (mut passed, mut at) = (Vec::new(), name);
        let end = loop {
            match found.get(at) {
                Some(Standing::Successor(next)) if passed.len() < found.len() => {
                    passed.push(at);
                    at = next;
                }
                Some(Standing::Task(task) | Standing::Instead(task)) => {
                    break Standing::Instead(*task);
                }
                Some(Standing::Successor(_) | Standing::Gone) | None => break Standing::Gone,
            }
        };
        for name in passed {
            found.insert(name, end);
        }
    }
}

/// Leaves out what leads back to itself through successors, and returns which measures lost a dependency by that. Proposals that
/// would come to it are refused today, but what was accepted before they were still has a schedule.
///
/// Linear in measures and links. `instead` are the places of links to what took another measure's place.
fn open_circles(links: &mut Vec<Link>, instead: &BTreeSet<usize>, tasks: usize) -> BTreeSet<usize> {
    let mut lost = BTreeSet::new();
    if instead.is_empty() {
        return lost;
    }
    let mut graph: DiGraph<(), ()> = DiGraph::with_capacity(tasks, links.len());
    for _ in 0..tasks {
        graph.add_node(());
    }
    for link in links.iter() {
        graph.add_edge(NodeIndex::new(link.from), NodeIndex::new(link.to), ());
    }
    let mut knots = vec![0; tasks];
    for (knot, nodes) in tarjan_scc(&graph).into_iter().enumerate() {
        for node in nodes {
            knots[node.index()] = knot;
        }
    }
    let mut place = 0;
    links.retain(|link| {
        let is_left_out = instead.contains(&place) && knots[link.from] == knots[link.to];
        place += 1;
        if is_left_out {
            lost.insert(link.to);
        }
        !is_left_out
    });
    lost
}

/// A roadmap's measures that have to be carried out, as a network.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The network.
    pub network: Network,
    /// Which of the given measures each one of the network is.
    pub places: Vec<usize>,
    /// How the duration of each one is known.
    pub durations: Vec<Known>,
    /// How many depend on a measure that is cancelled or goes on in another roadmap, or on one whose place was taken by a measure
    /// that waits for them.
    pub bereft: usize,
}

impl Planned {
    /// Builds the network of measures given by name, for a roadmap of two parties. `by` is the data date.
    ///
    /// The cycle of an error consists of places in `measures`.
    pub fn of<'a>(
        measures: &'a [(String, &'a Life)],
        parties: [&str; 2],
        basis: Basis,
        by: i64,
    ) -> Result<Self, Cycle> {
        let [first, second] = parties;
        let table = Table::shipped();
        let calendars = vec![
            Calendar::of(&[first], table),
            Calendar::of(&[second], table),
            Calendar::of(&[first, second], table),
        ];
        let (mut tasks, mut places, mut durations) = (Vec::new(), Vec::new(), Vec::new());
        let mut found: HashMap<&'a str, Standing<'a>> = HashMap::with_capacity(measures.len());
        for (place, (name, life)) in measures.iter().enumerate() {
            if life.is_agreed() {
                let (task, known) = task(life, &calendars, basis, by);
                found.insert(name, Standing::Task(tasks.len()));
                tasks.push(task);
                places.push(place);
                durations.push(known);
            } else if let Some(successor) = life.superseded_by() {
                found.insert(name, Standing::Successor(successor));
            } else if life.is_out() {
                found.insert(name, Standing::Gone);
            }
        }
        follow_successors(&mut found);
        let (mut links, mut instead) = (Vec::new(), BTreeSet::new());
        let mut bereft = BTreeSet::new();
        for (to, place) in places.iter().enumerate() {
            let Some((_, life)) = measures.get(*place) else {
                continue;
            };
            for dependency in &life.timing.dependencies {
                let predecessor = dependency.predecessor.to_string();
                let from = match found.get(predecessor.as_str()) {
                    Some(Standing::Task(from)) => *from,
                    Some(Standing::Instead(from)) => {
                        instead.insert(links.len());
                        *from
                    }
                    Some(Standing::Gone | Standing::Successor(_)) => {
                        bereft.insert(to);
                        continue;
                    }
                    None => continue,
                };
                links.push(Link {
                    from,
                    to,
                    kind: dependency.kind,
                    lag: dependency.lag,
                });
            }
        }
        bereft.extend(open_circles(&mut links, &instead, tasks.len()));
        match Network::new(tasks, links, calendars) {
            Ok(network) => Ok(Self {
                network,
                places,
                durations,
                bereft: bereft.len(),
            }),
            Err(Cycle(tasks)) => {
                let at = tasks.iter().filter_map(|task| places.get(*task));
                Err(Cycle(at.copied().collect()))
            }
        }
    }
}

fn task(life: &Life, calendars: &[Calendar], basis: Basis, by: i64) -> (Task, Known) {
    let timing = &life.timing;
    // A measure without a named body is one of both sides.
    let calendar = match timing.sides {
        [true, false] => 0,
        [false, true] => 1,
        [true, true] | [false, false] => 2,
    };
    let planned_start = timing.starts_on.map(clock::to_days);
    let (duration, known) = match (timing.working_days, planned_start.zip(life.deadline)) {
        (Some(days), _) => (days, Known::Given),
        (None, Some((start, deadline))) => {
            let days = calendars[calendar].before(deadline + 1) - calendars[calendar].before(start);
            (days, Known::Dates)
        }
        (None, None) => (1, Known::Assumed),
    };
    let task = Task {
        calendar,
        duration: duration.max(1),
        planned_start,
        deadline: life.deadline,
        progress: life.progress(basis, by),
    };
    (task, known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        completion::{Action, State},
        dependency::{Dependency, Kind, Lag},
        event,
        name::MeasureName,
        schedule::{Step, Timing},
    };

    fn name(id: &str) -> MeasureName {
        MeasureName::new("p", "r", id.to_owned())
    }

    fn life(after: &[&str], successor: Option<&str>) -> Life {
        let dependencies = after.iter().map(|id| Dependency {
            predecessor: name(id),
            kind: Kind::FinishToStart,
            lag: Lag::Working(0),
        });
        let mut life = Life::default();
        life.hear(Step {
            kind: event::Kind::Created,
            recorded_on: 0,
            state: State::Planned,
            deadline: None,
            timing: Some(Timing {
                dependencies: dependencies.collect(),
                ..Timing::default()
            }),
            completed_on: None,
            successor: None,
        });
        if let Some(successor) = successor {
            life.hear(Step {
                kind: event::Kind::Said(Action::Supersede),
                recorded_on: 1,
                state: State::Superseded,
                deadline: None,
                timing: None,
                completed_on: None,
                successor: Some(name(successor).to_string()),
            });
        }
        life
    }

    /// The links by the ids of their measures, and how many measures lost one.
    fn planned(lives: &[(&str, Life)]) -> Result<(Vec<(String, String)>, usize), Cycle> {
        let measures: Vec<(String, &Life)> = lives
            .iter()
            .map(|(id, life)| (name(id).to_string(), life))
            .collect();
        let planned = Planned::of(&measures, ["UZ", "KZ"], Basis::Plan, 0)?;
        let id = |task: usize| lives[planned.places[task]].0.to_owned();
        let links = planned.network.links().iter();
        let links = links.map(|link| (id(link.from), id(link.to))).collect();
        Ok((links, planned.bereft))
    }

    #[test]
    fn what_led_back_through_successors_before_that_was_refused_binds_nobody() {
        let link = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        // The successor of `a` depends on it.
        let own = [
            ("a", life(&[], Some("b"))),
            ("b", life(&["a"], None)),
            ("c", life(&["a", "b"], None)),
        ];
        let links = vec![link("b", "c"), link("b", "c")];
        assert_eq!(planned(&own), Ok((links, 1)));
        // The successor of `a` waits for `d`, which waits for `c`, which waits for `a`.
        let around = [
            ("a", life(&[], Some("b"))),
            ("b", life(&["d"], None)),
            ("c", life(&["a"], None)),
            ("d", life(&["c"], None)),
            ("e", life(&["a"], None)),
        ];
        let links = vec![link("d", "b"), link("c", "d"), link("b", "e")];
        assert_eq!(planned(&around), Ok((links, 1)));
    }

    #[test]
    fn what_depends_on_itself_without_successors_is_a_cycle() {
        let lives = [
            ("a", life(&["b"], None)),
            ("b", life(&["a"], None)),
            ("c", life(&[], Some("a"))),
            ("d", life(&["c"], None)),
        ];
        assert!(planned(&lives).is_err());
    }
}
