//! A whole plan of a measure in one cell, for proposals: nothing is found by it.

use serde::{Deserialize, Serialize};
use storage::Error;

use super::{
    cells::{At, DependencyCell, ExecutorsCell, TitleCell, facts},
    codes::Coded as _,
    details::DetailsCell,
};
use crate::domain::{deadline::Deadline, dependency::Dependency, measure::Plan};

/// The cell.
#[derive(Serialize, Deserialize)]
pub(super) struct PlanCell {
    titles: Vec<TitleCell>,
    section: String,
    order_number: i64,
    expected_result: String,
    form_of_completion: String,
    executors: Vec<ExecutorsCell>,
    starts_day: Option<i64>,
    deadline_form: i64,
    deadline_day: i64,
    weight: i64,
    details: DetailsCell,
    working_days: Option<i64>,
    dependencies: Vec<DependencyCell>,
}

impl From<&Plan> for PlanCell {
    fn from(plan: &Plan) -> Self {
        Self {
            titles: plan.titles.iter().map(TitleCell::from).collect(),
            section: plan.section.clone(),
            order_number: plan.order_number,
            expected_result: plan.expected_result.clone(),
            form_of_completion: plan.form_of_completion.clone(),
            executors: plan.executors.iter().map(ExecutorsCell::from).collect(),
            starts_day: plan.starts_on.map(clock::to_days),
            deadline_form: plan.deadline.form().code(),
            deadline_day: clock::to_days(plan.deadline.last_day()),
            weight: plan.weight,
            details: DetailsCell::from(&plan.details),
            working_days: plan.working_days,
            dependencies: plan.dependencies.iter().map(DependencyCell::from).collect(),
        }
    }
}

impl PlanCell {
    /// Reads the plan back.
    pub(super) fn restore(self, at: At<'_>) -> Result<Plan, Error> {
        Ok(Plan {
            titles: facts(self.titles),
            section: self.section,
            order_number: self.order_number,
            expected_result: self.expected_result,
            form_of_completion: self.form_of_completion,
            executors: facts(self.executors),
            starts_on: self.starts_day.map(clock::from_days),
            deadline: deadline(at, self.deadline_form, self.deadline_day)?,
            weight: self.weight,
            details: self.details.restore(at)?,
            working_days: self.working_days,
            dependencies: restored(at, self.dependencies)?,
        })
    }
}

/// Reads dependencies back.
pub(super) fn restored(at: At<'_>, cells: Vec<DependencyCell>) -> Result<Vec<Dependency>, Error> {
    cells.into_iter().map(|cell| cell.restore(at)).collect()
}

/// Reads a deadline back.
pub(super) fn deadline(at: At<'_>, form: i64, day: i64) -> Result<Deadline, Error> {
    Deadline::restore(at.coded("deadline_form", form)?, clock::from_days(day))
        .ok_or_else(|| at.corrupt("deadline_day", "ends no part of the year of its form"))
}
