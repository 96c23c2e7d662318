//! One measure of a schedule.

use accord_proto::roadmaps::v1 as contract;
use aip::Value;

use super::{Row, optional, small};
use crate::{
    api::convert::dependency,
    domain::{
        schedule::{Basis, Early, Known, Link, Progress, Task, Violation as Broken},
        working_days::Calendar,
    },
    store::lives::Lived,
};

impl Row<'_> {
    fn lived(&self) -> &Lived {
        &self.sheet.lived[self.sheet.planned.places[self.index]]
    }

    fn task(&self) -> Task {
        self.sheet.planned.network.tasks()[self.index]
    }

    pub(super) fn calendar(&self) -> &Calendar {
        self.sheet.planned.network.calendar(self.index)
    }

    fn early(&self) -> Early {
        self.sheet.solution.early[self.index]
    }

    fn link(&self, link: usize) -> Link {
        self.sheet.planned.network.links()[link]
    }

    /// Returns the order number, by which pages are sorted.
    pub(in crate::api) fn order_number(&self) -> Value {
        self.lived().order_number.into()
    }

    /// Returns the name, by which pages are sorted last.
    pub(in crate::api) fn name(&self) -> Value {
        self.lived().name.to_string().into()
    }

    /// Returns what pages are sorted by.
    pub(in crate::api) fn key(&self) -> Vec<Value> {
        vec![self.order_number(), self.name()]
    }

    /// Returns the values of a field that filters name.
    pub(in crate::api) fn values(&self, path: &str) -> Vec<Value> {
        let solution = self.sheet.solution;
        let value = match path {
            "critical" => Some(self.is_critical().into()),
            "start_overdue" => Some(self.is_start_overdue().into()),
            "violated" => Some(self.is_violated().into()),
            "total_slack_days" => solution.total_slack(self.index).map(Value::from),
            "free_slack_days" => solution.free_slack[self.index].map(Value::from),
            "deadline_slack_days" => solution.deadline_slack(self.index).map(Value::from),
            "early_start_date" => Some(self.early().start.into()),
            "early_finish_date" => Some(self.early().finish.into()),
            _ => Some(self.order_number()),
        };
        value.into_iter().collect()
    }

    pub(super) fn is_critical(&self) -> bool {
        self.sheet.solution.total_slack(self.index) == Some(0)
    }

    pub(super) fn is_violated(&self) -> bool {
        !self.sheet.broken[self.index].is_empty()
    }

    pub(super) fn is_start_overdue(&self) -> bool {
        let is_open = self.task().progress == Progress::NotStarted;
        if !is_open || self.sheet.asked.basis == Basis::Plan {
            return false;
        }
        let should = self.task().planned_start.or_else(|| self.must_start());
        should.is_some_and(|day| day < clock::to_days(self.sheet.asked.effective))
    }

    fn must_start(&self) -> Option<i64> {
        self.first_day(self.sheet.solution.must[self.index])
    }

    /// The first day that goes with the number of a last day, while the measure has not begun.
    fn first_day(&self, number: Option<i64>) -> Option<i64> {
        let number = number.filter(|_| self.task().progress == Progress::NotStarted)?;
        Some(self.calendar().day(number - self.task().duration + 1))
    }

    fn last_day(&self, number: Option<i64>) -> Option<i64> {
        number.map(|number| self.calendar().day(number))
    }

    fn slipped(&self) -> Option<Early> {
        let (_, early) = self.sheet.slip.as_ref()?;
        early.get(self.index).copied()
    }

    pub(super) fn slips(&self) -> bool {
        self.slipped()
            .is_some_and(|slipped| slipped.number > self.early().number)
    }

    pub(super) fn misses_deadline_by_slip(&self) -> bool {
        let misses = |early: Early| self.task().deadline.is_some_and(|day| early.finish > day);
        self.slipped()
            .is_some_and(|slipped| misses(slipped) && !misses(self.early()))
    }

    pub(super) fn write(&self) -> Option<contract::ScheduledMeasure> {
        let (task, early, solution) = (self.task(), self.early(), self.sheet.solution);
        let progress = match task.progress {
            Progress::NotStarted => contract::ScheduleProgress::NotStarted,
            Progress::Started { .. } => contract::ScheduleProgress::Started,
            Progress::Finished { .. } => contract::ScheduleProgress::Finished,
        };
        let duration_basis = match self.sheet.planned.durations[self.index] {
            Known::Given => contract::DurationBasis::Given,
            Known::Dates => contract::DurationBasis::PlannedDates,
            Known::Assumed => contract::DurationBasis::Assumed,
        };
        let (late, must) = (solution.late[self.index], solution.must[self.index]);
        let violations = self.sheet.broken[self.index].iter();
        let violations: Option<Vec<_>> = violations
            .map(|broken| self.write_broken(*broken))
            .collect();
        let driver = early
            .driver
            .map(|link| self.sheet.name(self.link(link).from));
        Some(contract::ScheduledMeasure {
            measure: self.lived().name.to_string(),
            order_number: small(self.lived().order_number),
            progress: progress.into(),
            parties: self.calendar().parties().to_vec(),
            duration_days: small(task.duration),
            duration_basis: duration_basis.into(),
            early_start_date: optional(Some(early.start))?,
            early_finish_date: optional(Some(early.finish))?,
            late_start_date: optional(self.first_day(late))?,
            late_finish_date: optional(self.last_day(late))?,
            total_slack_days: solution.total_slack(self.index).map(small),
            free_slack_days: solution.free_slack[self.index].map(small),
            critical: self.is_critical(),
            must_start_date: optional(self.must_start())?,
            must_finish_date: optional(self.last_day(must))?,
            deadline_slack_days: solution.deadline_slack(self.index).map(small),
            start_overdue: self.is_start_overdue(),
            planned_start_date: optional(task.planned_start)?,
            deadline_date: optional(task.deadline)?,
            driving_predecessor: driver.unwrap_or_default(),
            violations: violations?,
            slip: self.write_slip()?,
        })
    }

    fn write_broken(&self, broken: Broken) -> Option<contract::ScheduleViolation> {
        use contract::ScheduleViolationKind as Kind;
        let (kind, link, planned, required) = match broken {
            Broken::PlannedDates {
                link,
                planned,
                required,
            } => (Kind::PlannedDates, Some(self.link(link)), planned, required),
            Broken::DeadlineUnreachable { planned, required } => {
                (Kind::DeadlineUnreachable, None, planned, required)
            }
        };
        Some(contract::ScheduleViolation {
            kind: kind.into(),
            predecessor: link.map_or_else(String::new, |link| self.sheet.name(link.from)),
            dependency_kind: link.map_or(0, |link| dependency::write_kind(link.kind).into()),
            planned_date: optional(Some(planned))?,
            required_date: optional(Some(required))?,
        })
    }

    #[allow(
        clippy::option_option,
        reason = "the outer one says whether every day has a date"
    )]
    fn write_slip(&self) -> Option<Option<contract::MeasureSlip>> {
        let Some(slipped) = self.slipped() else {
            return Some(None);
        };
        Some(Some(contract::MeasureSlip {
            early_start_date: optional(Some(slipped.start))?,
            early_finish_date: optional(Some(slipped.finish))?,
            slip_days: small(slipped.number - self.early().number),
            misses_deadline: self.misses_deadline_by_slip(),
        }))
    }
}
