//! The network of a roadmap: its measures and dependencies as its plan and the words on it make them.

use std::collections::HashMap;

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
    /// The measure itself, or the one that took its place.
    Task(usize),
    /// For the one that took its place.
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
                Some(Standing::Task(task)) => break Standing::Task(*task),
                Some(Standing::Successor(_) | Standing::Gone) | None => break Standing::Gone,
            }
        };
        for name in passed {
            found.insert(name, end);
        }
    }
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
    /// How many depend on a measure that is cancelled, or goes on in another roadmap.
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
        let (mut links, mut bereft) = (Vec::new(), 0);
        for (to, place) in places.iter().enumerate() {
            let Some((_, life)) = measures.get(*place) else {
                continue;
            };
            let mut lost = false;
            for dependency in &life.timing.dependencies {
                let predecessor = dependency.predecessor.to_string();
                match found.get(predecessor.as_str()) {
                    Some(Standing::Task(from)) => links.push(Link {
                        from: *from,
                        to,
                        kind: dependency.kind,
                        lag: dependency.lag,
                    }),
                    Some(Standing::Gone | Standing::Successor(_)) => lost = true,
                    None => {}
                }
            }
            bereft += usize::from(lost);
        }
        match Network::new(tasks, links, calendars) {
            Ok(network) => Ok(Self {
                network,
                places,
                durations,
                bereft,
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
