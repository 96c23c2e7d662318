//! Schedules by the critical path method, with dependencies of all four kinds, lags and working days.
//!
//! Everything is computed in numbers of working days of each measure's own calendar. The forward pass takes the least
//! number that keeps every bound, the backward pass the greatest; the bound of a dependency and its inverse are a Galois
//! connection, which is why total slack is never negative and free slack never more than it.
//!
//! Sources: Kelley and Walker, Critical-Path Planning and Scheduling (1959); Fondahl, A Non-Computer Approach to the
//! Critical Path Method (1961), for the four kinds; PMI, Practice Standard for Scheduling, for the terms.

mod actual;
#[cfg(test)]
mod laws;
mod passes;
mod planned;
mod violation;

use petgraph::{
    Direction,
    algo::toposort,
    graph::{DiGraph, NodeIndex},
};

use super::{
    dependency::{Kind, Lag, cycle_of},
    working_days::Calendar,
};

pub use actual::{Basis, Life, Step, Timing};
pub use passes::{Early, Moment, Solution};
pub use planned::{Known, Planned};
pub use violation::Violation;

/// How far a measure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Not begun.
    NotStarted,
    /// Begun.
    Started {
        /// The first day.
        on: i64,
    },
    /// Ended.
    Finished {
        /// The first day; not after the last.
        started: i64,
        /// The last day.
        on: i64,
    },
}

/// A measure of the network. Days are numbers of days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Task {
    /// Which calendar it is carried out by.
    pub calendar: usize,
    /// How many working days it takes, at least 1.
    pub duration: i64,
    /// Before which day it does not begin.
    pub planned_start: Option<i64>,
    /// By which day it has to be done.
    pub deadline: Option<i64>,
    /// How far it is.
    pub progress: Progress,
}

impl Task {
    fn is_finished(&self) -> bool {
        matches!(self.progress, Progress::Finished { .. })
    }

    fn is_not_started(&self) -> bool {
        self.progress == Progress::NotStarted
    }
}

/// A dependency between two measures of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The predecessor.
    pub from: usize,
    /// The dependent measure.
    pub to: usize,
    /// Which ends are joined.
    pub kind: Kind,
    /// What lies between.
    pub lag: Lag,
}

/// Measures that depend on each other, in an order in which each comes after those that it depends on.
#[derive(Clone, Debug)]
pub struct Network {
    tasks: Vec<Task>,
    links: Vec<Link>,
    calendars: Vec<Calendar>,
    /// The measures, joined by the numbers of the links.
    graph: DiGraph<(), usize>,
    order: Vec<usize>,
}

/// Measures that depend on themselves, each on the one before it and the first on the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cycle(pub Vec<usize>);

impl Network {
    /// Puts the measures in order. Links and calendars are named by their places in the lists.
    ///
    /// Linear in measures and links.
    pub fn new(
        tasks: Vec<Task>,
        links: Vec<Link>,
        calendars: Vec<Calendar>,
    ) -> Result<Self, Cycle> {
        let mut graph = DiGraph::with_capacity(tasks.len(), links.len());
        for _ in &tasks {
            graph.add_node(());
        }
        for (index, link) in links.iter().enumerate() {
            graph.add_edge(NodeIndex::new(link.from), NodeIndex::new(link.to), index);
        }
        let order = toposort(&graph, None).map_err(|_| {
            let cycle = cycle_of(&graph).unwrap_or_default();
            Cycle(cycle.into_iter().map(NodeIndex::index).collect())
        })?;
        Ok(Self {
            order: order.into_iter().map(NodeIndex::index).collect(),
            tasks,
            links,
            calendars,
            graph,
        })
    }

    /// Returns the measures.
    #[must_use]
    pub fn tasks(&self) -> &[Task] {
        &self.tasks
    }

    /// Returns the dependencies.
    #[must_use]
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// Returns the calendar of a measure.
    #[must_use]
    pub fn calendar(&self, task: usize) -> &Calendar {
        &self.calendars[self.tasks[task].calendar]
    }

    /// The links of a measure: those that hold it, or those by which it holds others.
    fn links_of(&self, task: usize, direction: Direction) -> impl Iterator<Item = usize> {
        self.graph
            .edges_directed(NodeIndex::new(task), direction)
            .map(|edge| *edge.weight())
    }
}
