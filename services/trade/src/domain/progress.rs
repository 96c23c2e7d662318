//! How far a target has been reached, as known at some moment.
//!
//! With the target V due in year D, the value A of the measured year M, and the value B of the baseline
//! year N: share = A / V, required growth = (V / A)^(1 / (D - M)) - 1, growth so far =
//! (A / B)^(1 / (M - N)) - 1. Both growth rates are compound growth a year.

use jiff::civil::Date;

use super::{
    growth,
    period::{Period, Window},
    target::Target,
    turnover::{self, Point, Question, Warning},
    vintage::Vintages,
};

/// How far a target has been reached.
#[derive(Clone, Debug)]
pub struct Progress<'a> {
    /// The turnover of the measured year, which may be missing; none when no year has a value.
    pub measured: Option<Point<'a>>,
    /// The turnover of the baseline year; none when the target states its value.
    pub baseline: Option<Point<'a>>,
    /// A, in cents.
    pub attained_cents: Option<i64>,
    /// A / V in parts per million.
    pub attained_share_ppm: Option<i64>,
    /// B, in cents.
    pub baseline_cents: Option<i64>,
    /// D - M; 0 without M.
    pub years_remaining: i32,
    /// The growth needed each year in parts per million.
    pub required_growth_ppm: Option<i64>,
    /// The growth each year so far in parts per million.
    pub growth_so_far_ppm: Option<i64>,
    /// What a reader should know about the answer as a whole.
    pub warnings: Vec<Notice>,
}

/// Something that a reader should know about the answer as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// About the growth so far, or about the measured year.
    Series(Warning),
    /// The target had not been adopted.
    NotAdopted(Date),
    /// This target had taken its place.
    Superseded(String),
    /// The measurement is not the target's own.
    MethodOverridden,
    /// This year has ended, and nothing has been published about it.
    LaterYearMissing(i16),
}

/// Measures a target. `year` is the year to measure; without it, the latest that had ended by the
/// question's day and has a value.
#[must_use]
pub fn measure<'a>(
    target: &Target,
    vintages: &'a Vintages,
    question: &Question,
    year: Option<i16>,
) -> Progress<'a> {
    let agreement = &target.agreement;
    let point_of = |year: i16| {
        let period = Period::new(Window::Year, year, 12).ok()?;
        Some(turnover::point(vintages, question, period))
    };
    let last_ended = question.today.year() - 1;
    let measured = match year {
        Some(year) => point_of(year),
        None => vintages.years().and_then(|(first, last)| {
            (first..=last.min(last_ended))
                .rev()
                .filter_map(point_of)
                .find(|point| point.amount.is_ok())
        }),
    };
    let baseline = match agreement.baseline.value_cents {
        Some(_) => None,
        None => point_of(agreement.baseline.year),
    };
    let cents = |point: &Option<Point<'_>>| Some(point.as_ref()?.amount.as_ref().ok()?.cents);
    let attained_cents = cents(&measured);
    let baseline_cents = agreement.baseline.value_cents.or(cents(&baseline));
    let measured_year = measured.as_ref().map(|point| point.period.year());
    let years_remaining = measured_year.map_or(0, |year| {
        i32::from(agreement.due_date.year()) - i32::from(year)
    });
    let years_so_far = measured_year.map_or(0, |year| {
        i32::from(year) - i32::from(agreement.baseline.year)
    });
    let growth_so_far_ppm = attained_cents
        .zip(baseline_cents)
        .and_then(|(to, from)| growth::compound_growth_ppm(from, to, years_so_far));
    let mut progress = Progress {
        attained_cents,
        attained_share_ppm: attained_cents
            .and_then(|attained| growth::share_ppm(attained, agreement.value_cents)),
        baseline_cents,
        years_remaining,
        required_growth_ppm: attained_cents.and_then(|attained| {
            growth::compound_growth_ppm(attained, agreement.value_cents, years_remaining)
        }),
        growth_so_far_ppm,
        warnings: notices(target, question),
        measured,
        baseline,
    };
    if growth_so_far_ppm.is_some() {
        let compared = comparison(&progress);
        progress.warnings.extend(compared);
    }
    if year.is_none() && measured_year.is_some_and(|year| year < last_ended) {
        progress.warnings.push(Notice::LaterYearMissing(last_ended));
    }
    progress
}

/// Returns what to know about a target and the way in which it is measured.
#[must_use]
pub fn notices(target: &Target, question: &Question) -> Vec<Notice> {
    let agreement = &target.agreement;
    let mut notices = Vec::new();
    if agreement.adopt_date > question.today {
        notices.push(Notice::NotAdopted(agreement.adopt_date));
    }
    if let Some(supersession) = target.as_of(question.today).supersession {
        notices.push(Notice::Superseded(supersession.successor));
    }
    let own = &agreement.measurement;
    let same_reporter = own.reporter.is_empty() || own.reporter == question.reporter;
    if own.method != question.method || !same_reporter {
        notices.push(Notice::MethodOverridden);
    }
    notices
}

/// What to know about comparing the measured year with the baseline year.
fn comparison(progress: &Progress<'_>) -> Vec<Notice> {
    let (Some(measured), Some(baseline)) = (&progress.measured, &progress.baseline) else {
        return Vec::new();
    };
    match (&measured.amount, &baseline.amount) {
        (Ok(amount), Ok(base)) => turnover::comparison_warnings(amount, base, baseline.period)
            .into_iter()
            .map(Notice::Series)
            .collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
