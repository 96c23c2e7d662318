//! What became of a target: how far it had been reached when another took its place, and when it fell due.

use jiff::civil::Date;

use super::{
    observation::Qualifier, progress, target::Target, turnover::Question, vintage::Vintages,
};

/// On which occasion a target ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// Another target took its place.
    Superseded,
    /// Its due date passed, whether or not it had been superseded.
    Due,
}

/// How far a target had been reached on an occasion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// On which.
    pub occasion: Occasion,
    /// When that was.
    pub date: Date,
    /// The year that is measured; none when no year had a value.
    pub measured_year: Option<i16>,
    /// Its value in cents.
    pub attained_cents: Option<i64>,
    /// Its share of the target in ppm.
    pub attained_share_ppm: Option<i64>,
    /// The target less the value in cents.
    pub missed_by_cents: Option<i64>,
    /// How exactly the value is known.
    pub qualifier: Option<Qualifier>,
}

/// Returns the occasions that have come by a day, superseding first.
#[must_use]
pub fn occasions(target: &Target, today: Date) -> Vec<(Occasion, Date)> {
    let superseded = target
        .supersession
        .as_ref()
        .filter(|supersession| supersession.date <= today)
        .map(|supersession| (Occasion::Superseded, supersession.date));
    let due = target.agreement.due_date;
    let due = (due < today).then_some((Occasion::Due, due));
    superseded.into_iter().chain(due).collect()
}

impl Outcome {
    /// Measures a target on an occasion: in its due year when it fell due, else in the latest year that had
    /// ended by the question's day and has a value among `vintages`.
    #[must_use]
    pub fn of(
        (occasion, date): (Occasion, Date),
        target: &Target,
        vintages: &Vintages,
        question: &Question,
    ) -> Self {
        let year = match occasion {
            Occasion::Superseded => None,
            Occasion::Due => Some(target.agreement.due_date.year()),
        };
        let progress = progress::measure(target, vintages, question, year);
        let measured = progress.measured.as_ref();
        Self {
            occasion,
            date,
            measured_year: measured.map(|point| point.period.year()),
            attained_cents: progress.attained_cents,
            attained_share_ppm: progress.attained_share_ppm,
            missed_by_cents: progress
                .attained_cents
                .map(|attained| target.agreement.value_cents - attained),
            qualifier: measured
                .and_then(|point| point.amount.as_ref().ok())
                .map(super::amount::Amount::qualifier),
        }
    }
}
