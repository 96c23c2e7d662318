//! The amount of one flow in one period, from the figures that stand.
//!
//! In this order: a figure for exactly these months; the difference of two January-to-month figures of
//! one release; the sum of the quarters or months that make up the period. Amounts keep how they came
//! about and how exactly they are known.

use super::{
    cell::Flow,
    observation::Qualifier,
    period::{Period, Stretch, Window},
    vintage::{Absence, Published, Vintages},
};

/// A published figure that is added to or subtracted from an amount.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    /// The figure.
    pub published: Published<'a>,
    /// Whether it is subtracted.
    pub subtracted: bool,
}

/// An amount and what it was computed from.
#[derive(Clone, Debug)]
pub struct Amount<'a> {
    /// The amount in cents.
    pub cents: i64,
    /// The figures, in the order in which they enter.
    pub parts: Vec<Part<'a>>,
    /// Whether a cumulative figure in it has been superseded.
    pub superseded: bool,
}

impl<'a> Amount<'a> {
    fn of(published: Published<'a>) -> Self {
        Self {
            cents: published.value_cents,
            parts: vec![Part {
                published,
                subtracted: false,
            }],
            superseded: false,
        }
    }

    /// Adds another amount.
    #[must_use]
    pub fn plus(mut self, other: Amount<'a>) -> Self {
        self.cents += other.cents;
        self.parts.extend(other.parts);
        self.superseded |= other.superseded;
        self
    }

    /// Returns the place in time of its earliest release.
    #[must_use]
    pub fn oldest_rank(&self) -> usize {
        self.parts
            .iter()
            .map(|part| part.published.rank)
            .min()
            .unwrap_or_default()
    }

    /// Returns how exactly it is known: the least exact of its parts.
    #[must_use]
    pub fn qualifier(&self) -> Qualifier {
        self.parts
            .iter()
            .map(|part| part.published.observation.precision.qualifier)
            .max()
            .unwrap_or(Qualifier::Exact)
    }

    /// Returns how far rounding can have moved it, in cents: half a unit for each rounded part, whether
    /// added or subtracted.
    #[must_use]
    pub fn uncertainty_cents(&self) -> i64 {
        self.parts
            .iter()
            .map(|part| part.published.observation.precision)
            .filter(|precision| precision.qualifier == Qualifier::Rounded)
            .map(|precision| precision.unit_cents / 2 + precision.unit_cents % 2)
            .sum()
    }
}

/// Returns the amount of a flow in a period. Twelve months that cross the end of a year are the sum of
/// those before it and those behind.
pub fn amount<'a>(
    vintages: &'a Vintages,
    reporter: &str,
    flow: Flow,
    period: Period,
) -> Result<Amount<'a>, Absence> {
    period
        .stretches()
        .into_iter()
        .map(|stretch| within_year(vintages, reporter, flow, stretch))
        .reduce(|sum, next| Ok(sum?.plus(next?)))
        .unwrap_or(Err(Absence::NotPublished))
}

/// Returns the amount of a flow in some months of one calendar year.
pub fn within_year<'a>(
    vintages: &'a Vintages,
    reporter: &str,
    flow: Flow,
    stretch: Stretch,
) -> Result<Amount<'a>, Absence> {
    let or = |reason: Absence, next: Result<Amount<'a>, Absence>| {
        next.map_err(|other| reason.max(other))
    };
    let sum = |parts: Option<Vec<Stretch>>| {
        parts
            .filter(|parts| parts.len() > 1)
            .unwrap_or_default()
            .into_iter()
            .map(|part| {
                direct(vintages, reporter, flow, part)
                    .or_else(|reason| or(reason, difference(vintages, reporter, flow, part)))
            })
            .reduce(|sum, next| Ok(sum?.plus(next?)))
            .unwrap_or(Err(Absence::NotPublished))
    };
    direct(vintages, reporter, flow, stretch)
        .or_else(|reason| or(reason, difference(vintages, reporter, flow, stretch)))
        .or_else(|reason| or(reason, sum(stretch.quarters())))
        .or_else(|reason| or(reason, sum(Some(stretch.months()))))
}

/// The figure for exactly these months, in whichever window it was published last.
fn direct<'a>(
    vintages: &'a Vintages,
    reporter: &str,
    flow: Flow,
    stretch: Stretch,
) -> Result<Amount<'a>, Absence> {
    let figures: Vec<_> = stretch
        .published_as()
        .into_iter()
        .map(|candidate| vintages.latest(reporter, flow, candidate))
        .collect();
    let latest = figures
        .iter()
        .filter_map(|figure| figure.as_ref().ok())
        .max_by_key(|published| published.rank);
    match latest {
        Some(published) => Ok(Amount::of(*published)),
        None => Err(figures
            .into_iter()
            .filter_map(Result::err)
            .max()
            .unwrap_or(Absence::NotPublished)),
    }
}

/// The difference of two January-to-month figures of one release.
fn difference<'a>(
    vintages: &'a Vintages,
    reporter: &str,
    flow: Flow,
    stretch: Stretch,
) -> Result<Amount<'a>, Absence> {
    let Some((longer, shorter)) = stretch.as_difference() else {
        return Err(Absence::NotPublished);
    };
    // From January to January is a month.
    let january = (stretch.first == 2).then(|| Period::new(Window::Month, stretch.year, 1).ok());
    // Of one release the last one counts, as of a figure for exactly these months.
    let shorters = january.flatten().into_iter().chain([shorter]);
    let pairs =
        shorters.filter_map(|shorter| vintages.latest_pair(reporter, flow, longer, shorter));
    let Some((minuend, subtrahend, stand)) = pairs.max_by_key(|(minuend, ..)| minuend.rank) else {
        return Err(if vintages.has(reporter, flow, longer) {
            Absence::NotDecumulable
        } else {
            Absence::NotPublished
        });
    };
    let bounded = [minuend, subtrahend]
        .iter()
        .any(|published| published.observation.precision.qualifier == Qualifier::LowerBound);
    let cents = minuend.value_cents - subtrahend.value_cents;
    if bounded || cents < 0 {
        return Err(Absence::DifferenceUnusable);
    }
    let part = |published, subtracted| Part {
        published,
        subtracted,
    };
    Ok(Amount {
        cents,
        parts: vec![part(minuend, false), part(subtrahend, true)],
        superseded: !stand,
    })
}

#[cfg(test)]
mod tests;
