//! What was planned of a measure, and what is wrong with its days.

use jiff::civil::Date;

use super::super::{
    deadline::Deadline, dependency::Dependency, event::Stakes, indicator::Details, roadmap::Period,
    schedule::Timing, title::Title,
};

/// The bodies of one side that carry a measure out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Executors {
    /// The side's party.
    pub party: String,
    /// The leading body.
    pub lead_body: String,
    /// The others.
    pub co_executing_bodies: Vec<String>,
}

/// What was planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What the measure is called.
    pub titles: Vec<Title>,
    /// The section; may be empty.
    pub section: String,
    /// The place in the roadmap.
    pub order_number: i64,
    /// The expected result; may be empty.
    pub expected_result: String,
    /// The form of completion; may be empty.
    pub form_of_completion: String,
    /// Who carries it out, at most one entry for each party.
    pub executors: Vec<Executors>,
    /// The first day, if one was planned.
    pub starts_on: Option<Date>,
    /// When it has to be done.
    pub deadline: Deadline,
    /// How much it counts.
    pub weight: i64,
    /// The rest: notes, indicators, commitments.
    pub details: Details,
    /// How many working days it takes, if the plan says so.
    pub working_days: Option<i64>,
    /// What it depends on.
    pub dependencies: Vec<Dependency>,
}

/// What is wrong between the days of a measure and the period of its roadmap. That a deadline is not before its start is a
/// matter of the plan alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// The start is outside the period.
    StartOutside,
    /// The deadline is outside the period.
    DeadlineOutside,
}

/// Returns everything that is wrong with such days in a period, as far as they are known.
#[must_use]
pub fn misfits(starts_on: Option<Date>, deadline: Option<Deadline>, period: Period) -> Vec<Misfit> {
    let last_day = deadline
        .filter(|deadline| !deadline.is_permanent())
        .map(|deadline| deadline.last_day());
    let mut found = Vec::new();
    if starts_on.is_some_and(|start| !period.contains(start)) {
        found.push(Misfit::StartOutside);
    }
    if last_day.is_some_and(|last_day| !period.contains(last_day)) {
        found.push(Misfit::DeadlineOutside);
    }
    found
}

impl Plan {
    /// Returns everything that is wrong with the days of this plan in a period.
    #[must_use]
    pub fn misfits(&self, period: Period) -> Vec<Misfit> {
        misfits(self.starts_on, Some(self.deadline), period)
    }

    /// Returns the bodies that carry the measure out, each with its party.
    pub fn bodies(&self) -> impl Iterator<Item = (&str, &str)> {
        self.executors.iter().flat_map(|executors| {
            let others = executors.co_executing_bodies.iter();
            std::iter::once(&executors.lead_body)
                .chain(others)
                .map(|body| (executors.party.as_str(), body.as_str()))
        })
    }

    pub(super) fn timing(&self, parties: &[String; 2]) -> Timing {
        let carries_out = |party: &String| {
            let mut executors = self.executors.iter();
            executors.any(|executors| executors.party == *party)
        };
        Timing {
            starts_on: self.starts_on,
            working_days: self.working_days,
            sides: parties.each_ref().map(carries_out),
            dependencies: self.dependencies.clone(),
        }
    }

    pub(super) fn stakes(&self) -> Stakes {
        Stakes {
            section: self.section.clone(),
            weight: self.weight,
            last_day: self.deadline.last_day(),
            executors: self.executors.clone(),
        }
    }
}
