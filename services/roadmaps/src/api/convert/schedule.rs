//! Schedules.

mod row;

use accord_proto::{google::r#type::Date, roadmaps::v1 as contract};
use aip::{Violation, Violations};
use jiff::{Timestamp, civil};

use super::{date, time};
use crate::{
    domain::{
        name::MeasureName,
        roadmap::Roadmap,
        schedule::{Basis, Early, Known, Planned, Solution, Violation as Broken},
        working_days::{self, Table},
    },
    store::lives::Lived,
};

/// By how many days a measure slips at most.
const MAX_SLIP_DAYS: i32 = 3_650;
/// How many measures of the critical path are told.
const MAX_PATH: usize = 1_000;

/// Reads what counts as done.
pub(in crate::api) fn basis(given: i32) -> Result<Basis, Violation> {
    use contract::ScheduleBasis as Given;
    match Given::try_from(given) {
        Ok(Given::Unspecified | Given::Attested) => Ok(Basis::Attested),
        Ok(Given::Claimed) => Ok(Basis::Claimed),
        Ok(Given::Plan) => Ok(Basis::Plan),
        Err(_) => Err(Violation::new("basis", "VALUE_OUT_OF_RANGE", "is no basis")),
    }
}

/// Reads which measure slips, and by how many days; nothing inside when none does.
#[allow(
    clippy::option_option,
    reason = "the outer one says whether the request can be answered"
)]
pub(in crate::api) fn slip(
    given: Option<&contract::WhatIf>,
    violations: &mut Violations,
) -> Option<Option<(MeasureName, i64)>> {
    let Some(given) = given else {
        return Some(None);
    };
    let name = violations.take(MeasureName::parse("what_if.measure", &given.measure));
    if !(1..=MAX_SLIP_DAYS).contains(&given.slip_days) {
        violations.push(
            "what_if.slip_days",
            "VALUE_OUT_OF_RANGE",
            "must be 1 to 3,650",
        );
    }
    name.map(|name| Some((name, given.slip_days.into())))
}

/// What was asked for.
#[derive(Clone, Copy, Debug)]
pub(in crate::api) struct Asked {
    /// What was recorded by then is known.
    pub(in crate::api) known: Timestamp,
    /// The data date.
    pub(in crate::api) effective: civil::Date,
    /// What counts as done.
    pub(in crate::api) basis: Basis,
}

/// A measure that slips by so many days, and the early days of all measures then.
type Slip = ((usize, i64), Vec<Early>);

/// A schedule that is being written.
pub(in crate::api) struct Sheet<'a> {
    roadmap: &'a Roadmap,
    lived: &'a [Lived],
    planned: &'a Planned,
    solution: &'a Solution,
    asked: Asked,
    /// What is wrong with each measure.
    broken: Vec<Vec<Broken>>,
    slip: Option<Slip>,
}

/// One measure of a schedule.
#[derive(Clone, Copy)]
pub(in crate::api) struct Row<'a> {
    sheet: &'a Sheet<'a>,
    index: usize,
}

impl<'a> Sheet<'a> {
    /// Takes what is to be written.
    pub(in crate::api) fn new(
        roadmap: &'a Roadmap,
        lived: &'a [Lived],
        planned: &'a Planned,
        solution: &'a Solution,
        asked: Asked,
    ) -> Self {
        let mut broken = vec![Vec::new(); planned.places.len()];
        for (task, violation) in planned.network.violations(&solution.early) {
            broken[task].push(violation);
        }
        Self {
            roadmap,
            lived,
            planned,
            solution,
            asked,
            broken,
            slip: None,
        }
    }

    /// Shows only what slips.
    pub(in crate::api) fn with_slip(self, slip: Option<Slip>) -> Self {
        Self { slip, ..self }
    }

    /// Returns the measures to show, in the order of the roadmap.
    pub(in crate::api) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.all().filter(|row| match &self.slip {
            Some(_) => row.slips(),
            None => true,
        })
    }

    fn all(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.planned.places.len()).map(|index| Row { sheet: self, index })
    }

    fn count(&self, is_counted: impl Fn(&Row<'_>) -> bool) -> i32 {
        number(self.all().filter(is_counted).count())
    }

    fn name(&self, task: usize) -> String {
        self.lived[self.planned.places[task]].name.to_string()
    }

    /// Writes the schedule with these of its measures; nothing when a day has no date.
    pub(in crate::api) fn write(
        &self,
        rows: &[Row<'_>],
        next_page_token: String,
    ) -> Option<contract::Schedule> {
        let basis = match self.asked.basis {
            Basis::Attested => contract::ScheduleBasis::Attested,
            Basis::Claimed => contract::ScheduleBasis::Claimed,
            Basis::Plan => contract::ScheduleBasis::Plan,
        };
        let path = self.planned.network.critical_path(&self.solution.early);
        let untold = path.len().saturating_sub(MAX_PATH);
        let measures: Option<Vec<_>> = rows.iter().map(|row| row.write()).collect();
        Some(contract::Schedule {
            roadmap: self.roadmap.name.to_string(),
            known_time: Some(time(self.asked.known)),
            effective_date: Some(date(self.asked.effective)),
            basis: basis.into(),
            start_date: optional(self.solution.start())?,
            finish_date: optional(self.solution.finish())?,
            measure_count: number(self.planned.places.len()),
            dependency_count: number(self.planned.network.links().len()),
            critical_count: self.count(|row| row.is_critical()),
            start_overdue_count: self.count(|row| row.is_start_overdue()),
            violated_count: self.count(|row| row.is_violated()),
            critical_path: path[untold..].iter().map(|task| self.name(*task)).collect(),
            warnings: self.warnings(),
            measures: measures?,
            next_page_token,
            what_if: self.write_outcome()?,
        })
    }

    #[allow(
        clippy::option_option,
        reason = "the outer one says whether every day has a date"
    )]
    fn write_outcome(&self) -> Option<Option<contract::WhatIfOutcome>> {
        let Some(((task, days), early)) = &self.slip else {
            return Some(None);
        };
        let finish = early.iter().map(|early| early.finish).max();
        let delay = finish.unwrap_or(0) - self.solution.finish().unwrap_or(0);
        Some(Some(contract::WhatIfOutcome {
            measure: self.name(*task),
            slip_days: small(*days),
            finish_date: optional(finish)?,
            finish_delay_days: small(delay),
            slipped_count: self.count(|row| row.slips()),
            missed_deadline_count: self.count(|row| row.misses_deadline_by_slip()),
        }))
    }

    fn warnings(&self) -> Vec<contract::ScheduleWarning> {
        use contract::ScheduleWarningKind as Kind;
        let mut warnings = Vec::new();
        let mut warn = |kind: Kind, measure_count: usize, party: &str| {
            warnings.push(contract::ScheduleWarning {
                kind: kind.into(),
                measure_count: number(measure_count),
                party: party.to_owned(),
            });
        };
        let durations = self.planned.durations.iter();
        let assumed = durations.filter(|known| **known == Known::Assumed).count();
        if assumed > 0 {
            warn(Kind::DurationsAssumed, assumed, "");
        }
        if self.planned.bereft > 0 {
            warn(Kind::PredecessorsCancelled, self.planned.bereft, "");
        }
        let days = self.solution.start().zip(self.solution.finish());
        let dates =
            days.and_then(|(first, last)| working_days::date(first).zip(working_days::date(last)));
        let table = Table::shipped();
        for place in &self.roadmap.plan.places {
            let party = place.party.as_str();
            let is_used = |row: Row<'_>| row.calendar().parties().iter().any(|used| used == party);
            let Some((first, last)) = dates.filter(|_| self.all().any(is_used)) else {
                continue;
            };
            if table.known_years(party).is_none() {
                warn(Kind::CalendarUnknown, 0, party);
            } else if !table.knows(party, first, last) {
                warn(Kind::CalendarPartlyUnknown, 0, party);
            }
        }
        warnings
    }
}

/// Writes a day that there may be; the outer nothing says that it has no date.
#[allow(clippy::option_option, reason = "both mean something")]
fn optional(day: Option<i64>) -> Option<Option<Date>> {
    match day {
        None => Some(None),
        Some(day) => working_days::date(day).map(|day| Some(date(day))),
    }
}

fn number(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// Numbers of days lie within the years that dates have, or the schedule is refused before they are read.
fn small(days: i64) -> i32 {
    i32::try_from(days).unwrap_or(i32::MAX)
}
