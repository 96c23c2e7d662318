//! What figures add up to, and what is known about the sum.

use super::{
    growth,
    observation::{Qualifier, Status, Statuses},
};

/// Grams in a tonne.
const GRAMS_PER_TONNE: i128 = 1_000_000;

/// What some figures add up to that have one status and one qualifier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measures {
    /// How many figures.
    pub figures: i64,
    /// Their values in cents.
    pub cents: i64,
    /// Half the units of rounding, in cents.
    pub half_units: i64,
    /// How many have a weight.
    pub weighed: i64,
    /// The weights in grams.
    pub grams: i64,
    /// The values of those with a weight, in cents.
    pub weighed_cents: i64,
}

impl Measures {
    /// Adds others.
    pub fn add(&mut self, other: Self) {
        self.figures += other.figures;
        self.cents = self.cents.saturating_add(other.cents);
        self.half_units = self.half_units.saturating_add(other.half_units);
        self.weighed += other.weighed;
        self.grams = self.grams.saturating_add(other.grams);
        self.weighed_cents = self.weighed_cents.saturating_add(other.weighed_cents);
    }
}

/// What some figures add up to, whatever their status and qualifier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// What they add up to.
    pub measures: Measures,
    /// How many were published as missing.
    pub missing: i64,
    /// How many are rounded.
    pub rounded: i64,
    /// How many are lower bounds.
    pub bounds: i64,
    /// The statuses other than normal of those with a value.
    pub statuses: Statuses,
}

impl Tally {
    /// Adds figures of one status and qualifier. Of those published as missing only the number counts: what has no
    /// value has no value of a tonne either.
    pub fn add(&mut self, status: Status, qualifier: Qualifier, measures: Measures) {
        if measures.figures == 0 {
            return;
        }
        if status.is_missing() {
            self.measures.figures += measures.figures;
            self.missing += measures.figures;
            return;
        }
        self.measures.add(measures);
        if status != Status::NORMAL {
            self.statuses.insert(status);
        }
        match qualifier {
            Qualifier::Exact => {}
            Qualifier::Rounded => self.rounded += measures.figures,
            Qualifier::LowerBound => self.bounds += measures.figures,
        }
    }

    /// Adds another tally.
    pub fn merge(&mut self, other: &Self) {
        self.measures.add(other.measures);
        self.missing += other.missing;
        self.rounded += other.rounded;
        self.bounds += other.bounds;
        self.statuses.extend(other.statuses);
    }

    /// Tells whether some figure has a value.
    #[must_use]
    pub fn has_value(&self) -> bool {
        self.measures.figures > self.missing
    }

    /// Returns how exactly the sum is known: what was published as missing makes it a lower bound.
    #[must_use]
    pub fn qualifier(&self) -> Qualifier {
        if self.bounds > 0 || self.missing > 0 {
            Qualifier::LowerBound
        } else if self.rounded > 0 {
            Qualifier::Rounded
        } else {
            Qualifier::Exact
        }
    }

    /// Returns the weight in grams, if there is any.
    #[must_use]
    pub fn weight_grams(&self) -> Option<i64> {
        (self.measures.weighed > 0).then_some(self.measures.grams)
    }

    /// Returns the value of a tonne in cents, over the figures with a weight.
    #[must_use]
    pub fn unit_value_cents_per_tonne(&self) -> Option<i64> {
        let (cents, grams) = (self.measures.weighed_cents, self.measures.grams);
        growth::ratio(i128::from(cents) * GRAMS_PER_TONNE, i128::from(grams))
    }
}

/// How far a figure may be off besides rounding, in cents, as many publications cut off cents.
pub const CUT_OFF_CENTS: i64 = 50;

/// An amount that is compared with its parts.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    /// The amount in cents.
    pub cents: i64,
    /// How far rounding can have moved it.
    pub half_units: i64,
    /// How many figures are in it.
    pub figures: i64,
}

impl Told {
    /// Takes what figures add up to.
    #[must_use]
    pub fn of(tally: &Tally) -> Self {
        Self {
            cents: tally.measures.cents,
            half_units: tally.measures.half_units,
            figures: tally.measures.figures,
        }
    }

    /// Adds another amount.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            cents: self.cents.saturating_add(other.cents),
            half_units: self.half_units.saturating_add(other.half_units),
            figures: self.figures.saturating_add(other.figures),
        }
    }

    /// Tells whether this is more than its parts, beyond rounding.
    #[must_use]
    pub fn tells_more(self, parts: Option<Self>) -> bool {
        let Some(parts) = parts else {
            return self.cents > 0;
        };
        let figures = self.figures.saturating_add(parts.figures);
        let doubt = self
            .half_units
            .saturating_add(parts.half_units)
            .saturating_add(figures.saturating_mul(CUT_OFF_CENTS));
        self.cents.saturating_sub(parts.cents) > doubt
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(cents: i64, grams: Option<i64>) -> Measures {
        Measures {
            figures: 1,
            cents,
            weighed: i64::from(grams.is_some()),
            grams: grams.unwrap_or(0),
            weighed_cents: if grams.is_some() { cents } else { 0 },
            ..Measures::default()
        }
    }

    #[test]
    fn unit_values_leave_out_what_has_no_weight() {
        let mut tally = Tally::default();
        tally.add(
            Status::NORMAL,
            Qualifier::Exact,
            exact(300, Some(2_000_000)),
        );
        tally.add(Status::NORMAL, Qualifier::Exact, exact(1_000, None));
        assert_eq!(tally.measures.cents, 1_300);
        assert_eq!(tally.weight_grams(), Some(2_000_000));
        assert_eq!(tally.unit_value_cents_per_tonne(), Some(150));
        assert_eq!(Tally::default().unit_value_cents_per_tonne(), None);
    }

    #[test]
    fn what_is_missing_makes_a_sum_a_lower_bound() {
        let mut tally = Tally::default();
        let missing = Status::try_from('Q').unwrap();
        tally.add(missing, Qualifier::LowerBound, exact(0, Some(2_000_000)));
        assert!(!tally.has_value());
        assert_eq!((tally.weight_grams(), tally.bounds), (None, 0));
        tally.add(Status::NORMAL, Qualifier::Rounded, exact(5, None));
        assert!(tally.has_value());
        assert_eq!(tally.qualifier(), Qualifier::LowerBound);
        assert!(tally.statuses.is_empty());
    }
}
