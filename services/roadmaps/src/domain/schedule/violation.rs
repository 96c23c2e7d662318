//! Where a plan contradicts itself, or cannot be kept.

use super::{Early, Link, Network, Task};

/// Something that is wrong with the days of a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Violation {
    /// The planned days of the predecessor do not let this measure keep its own.
    PlannedDates {
        /// The link that is broken.
        link: usize,
        /// The planned day.
        planned: i64,
        /// The first day that would do.
        required: i64,
    },
    /// The measure cannot be done by its deadline.
    DeadlineUnreachable {
        /// The deadline.
        planned: i64,
        /// The earliest last day.
        required: i64,
    },
}

impl Network {
    /// Returns everything that is wrong: measures, in no particular order, with what is.
    ///
    /// The plan's days are the planned start and the deadline. Where a dependent measure has no planned start, its
    /// deadline must not be before the day that holds its start.
    #[must_use]
    pub fn violations(&self, early: &[Early]) -> Vec<(usize, Violation)> {
        let links = (0..self.links().len()).filter_map(|link| {
            let violation = self.broken(link)?;
            Some((self.links()[link].to, violation))
        });
        let tasks = (0..self.tasks().len()).filter_map(|task| {
            let violation = self.unreachable(task, &early[task])?;
            Some((task, violation))
        });
        links.chain(tasks).collect()
    }

    fn broken(&self, index: usize) -> Option<Violation> {
        let link: Link = self.links()[index];
        let (from, to): (Task, Task) = (self.tasks()[link.from], self.tasks()[link.to]);
        let holding = if link.kind.is_from_finish() {
            from.deadline
        } else {
            from.planned_start
        };
        let holding = holding?;
        let calendar = self.calendar(link.to);
        let (planned, number, required) = match (link.kind.is_to_start(), to.planned_start) {
            (true, Some(start)) => (start, calendar.before(start), self.held(link, holding)),
            (true, None) => {
                let deadline = to.deadline?;
                (
                    deadline,
                    calendar.before(deadline),
                    calendar.before(holding),
                )
            }
            (false, _) => {
                let deadline = to.deadline?;
                (
                    deadline,
                    calendar.last_until(deadline),
                    self.held(link, holding),
                )
            }
        };
        (number < required).then(|| Violation::PlannedDates {
            link: index,
            planned,
            required: calendar.day(required),
        })
    }

    fn unreachable(&self, index: usize, early: &Early) -> Option<Violation> {
        let task = self.tasks()[index];
        let deadline = task.deadline.filter(|_| !task.is_finished())?;
        (early.finish > deadline).then_some(Violation::DeadlineUnreachable {
            planned: deadline,
            required: early.finish,
        })
    }
}
