//! The forward and the backward pass, and what follows from both.

use petgraph::Direction;

use super::{Kind, Lag, Link, Network, Progress};

/// When a measure is done at the earliest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Early {
    /// The first day.
    pub start: i64,
    /// The last day.
    pub finish: i64,
    /// The number of the last day in the measure's calendar.
    pub number: i64,
    /// The link that sets these days; nothing when the plan, the period or the data date does.
    pub driver: Option<usize>,
}

/// From when on a schedule is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Before which day nothing begins that has not begun.
    pub not_before: i64,
    /// Before which day nothing ends that has not ended.
    pub data_date: Option<i64>,
}

/// A schedule: for each measure of its network, in the same order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Solution {
    /// The early days.
    pub early: Vec<Early>,
    /// The number of the latest last day that does not delay the end of the whole; nothing once ended.
    pub late: Vec<Option<i64>>,
    /// The number of the latest last day that misses no deadline; nothing once ended or where no deadline follows.
    pub must: Vec<Option<i64>>,
    /// How many working days a measure can slip without moving others; nothing once ended.
    pub free_slack: Vec<Option<i64>>,
}

impl Solution {
    /// Returns the earliest end of the whole; nothing without measures.
    #[must_use]
    pub fn finish(&self) -> Option<i64> {
        self.early.iter().map(|early| early.finish).max()
    }

    /// Returns the earliest first day; nothing without measures.
    #[must_use]
    pub fn start(&self) -> Option<i64> {
        self.early.iter().map(|early| early.start).min()
    }

    /// Returns by how many working days a measure can slip without delaying the end of the whole.
    #[must_use]
    pub fn total_slack(&self, task: usize) -> Option<i64> {
        self.late[task].map(|late| late - self.early[task].number)
    }

    /// Returns by how many working days a measure can slip before a deadline is missed; negative when one is.
    #[must_use]
    pub fn deadline_slack(&self, task: usize) -> Option<i64> {
        self.must[task].map(|must| must - self.early[task].number)
    }
}

impl Network {
    /// Makes the schedule. Linear in measures and links.
    #[must_use]
    pub fn solve(&self, moment: Moment) -> Solution {
        let early = self.forward(moment, None);
        let end = early.iter().map(|early| early.finish).max();
        let late = self.backward(|task| end.map(|end| self.calendar(task).last_until(end)));
        let must = self.backward(|task| {
            let deadline = self.tasks[task].deadline?;
            Some(self.calendar(task).last_until(deadline))
        });
        let free_slack = (0..self.tasks.len())
            .map(|task| {
                let most = late[task]? - early[task].number;
                let held = self.links_of(task, Direction::Outgoing).filter_map(|link| {
                    let link = self.links[link];
                    if self.tasks[link.to].is_finished() {
                        return None;
                    }
                    let limit = self.limit(link, early[link.to].number)?;
                    Some(limit - early[task].number)
                });
                Some(held.min().map_or(most, |held| held.min(most)))
            })
            .collect();
        Solution {
            early,
            late,
            must,
            free_slack,
        }
    }

    /// Returns the early days; those of one measure slipped by so many working days, where asked.
    #[must_use]
    pub fn forward(&self, moment: Moment, slip: Option<(usize, i64)>) -> Vec<Early> {
        let unknown = Early {
            start: 0,
            finish: 0,
            number: 0,
            driver: None,
        };
        let mut early = vec![unknown; self.tasks.len()];
        for task in &self.order {
            let slip = slip.filter(|(slipping, _)| slipping == task);
            early[*task] = self.earliest(*task, &early, moment, slip.map_or(0, |(_, days)| days));
        }
        early
    }

    fn earliest(&self, index: usize, early: &[Early], moment: Moment, slip: i64) -> Early {
        let (task, calendar) = (self.tasks[index], self.calendar(index));
        let least = match task.progress {
            Progress::Finished { started, on } => {
                return Early {
                    start: started,
                    finish: on,
                    number: calendar.last_until(on),
                    driver: None,
                };
            }
            Progress::Started { on } => {
                let by_duration = calendar.before(on) + task.duration - 1;
                let by_data_date = moment.data_date.map(|day| calendar.before(day));
                by_duration.max(by_data_date.unwrap_or(by_duration))
            }
            Progress::NotStarted => {
                let planned = task.planned_start.unwrap_or(moment.not_before);
                let first = calendar.before(planned.max(moment.not_before));
                first + task.duration - 1
            }
        };
        let (mut number, mut driver) = (least, None);
        for link in self.links_of(index, Direction::Incoming) {
            let bound = self.bound(self.links[link], &early[self.links[link].from]);
            if let Some(bound) = bound.filter(|bound| *bound > number) {
                (number, driver) = (bound, Some(link));
            }
        }
        number += slip;
        let start = match task.progress {
            Progress::Started { on } => on,
            Progress::NotStarted | Progress::Finished { .. } => {
                calendar.day(number - task.duration + 1)
            }
        };
        Early {
            start,
            finish: calendar.day(number),
            number,
            driver,
        }
    }

    /// The least number of the last day of the dependent measure; nothing when the link does not bind it any more.
    fn bound(&self, link: Link, predecessor: &Early) -> Option<i64> {
        let task = self.tasks[link.to];
        if link.kind.is_to_start() && !task.is_not_started() {
            return None;
        }
        let day = if link.kind.is_from_finish() {
            predecessor.finish
        } else {
            predecessor.start
        };
        let number = self.held(link, day);
        Some(if link.kind.is_to_start() {
            number + task.duration - 1
        } else {
            number
        })
    }

    /// The least number that the held end of the dependent measure can have, when the holding end of the predecessor is
    /// on a day.
    pub(super) fn held(&self, link: Link, day: i64) -> i64 {
        let (from, working, offset) = terms(link);
        self.calendar(link.to).before(day + from) + working + offset
    }

    /// The greatest number of the last day of the predecessor, when that of the dependent measure is `number`; nothing
    /// when the link does not bind them.
    fn limit(&self, link: Link, number: i64) -> Option<i64> {
        let (predecessor, dependent) = (self.tasks[link.from], self.tasks[link.to]);
        let held = match (link.kind.is_to_start(), dependent.is_not_started()) {
            (true, true) => number - dependent.duration + 1,
            (true, false) => return None,
            (false, _) => number,
        };
        let (from, working, offset) = terms(link);
        let last = self.calendar(link.to).day(held - working - offset) - from;
        let limit = self.calendar(link.from).last_until(last);
        match (link.kind.is_from_finish(), predecessor.is_not_started()) {
            (true, _) => Some(limit),
            (false, true) => Some(limit + predecessor.duration - 1),
            (false, false) => None,
        }
    }

    /// The latest numbers of last days that keep the limits of all measures that have not ended.
    fn backward(&self, own_limit: impl Fn(usize) -> Option<i64>) -> Vec<Option<i64>> {
        let mut latest: Vec<Option<i64>> = vec![None; self.tasks.len()];
        for task in self.order.iter().rev().copied() {
            if self.tasks[task].is_finished() {
                continue;
            }
            let by_links = self.links_of(task, Direction::Outgoing).filter_map(|link| {
                let link = self.links[link];
                self.limit(link, latest[link.to]?)
            });
            latest[task] = by_links.chain(own_limit(task)).min();
        }
        latest
    }

    /// Returns a critical path: measures each of which sets the early days of the next, up to one that ends last.
    #[must_use]
    pub fn critical_path(&self, early: &[Early]) -> Vec<usize> {
        // Of several that end last, the first in the list.
        let last = (0..early.len())
            .rev()
            .max_by_key(|task| early[*task].finish);
        let mut path: Vec<usize> = last.into_iter().collect();
        while let Some(link) = path.last().and_then(|task| early[*task].driver) {
            path.push(self.links[link].from);
        }
        path.reverse();
        path
    }
}

/// How many days after the holding end the bound lies, and what is added to its number: working days of lag, and what
/// the kind of link takes off.
fn terms(link: Link) -> (i64, i64, i64) {
    let (days, working) = match link.lag {
        Lag::Working(days) => (0, days),
        Lag::Calendar(days) => (days, 0),
    };
    match link.kind {
        Kind::FinishToStart => (days + 1, working, 0),
        Kind::StartToStart | Kind::FinishToFinish => (days, working, 0),
        Kind::StartToFinish => (days, working, -1),
    }
}
