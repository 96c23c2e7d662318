//! What trade in one period is made of, beside another period.

pub mod years;

use std::collections::BTreeSet;

use super::{
    group::{Amount, GroupKey, contribution_ppm, herfindahl_hirschman_ppm},
    growth,
    observation::Qualifier,
    tally::Tally,
};

/// One part in both periods.
#[derive(Clone, Debug)]
pub struct Part {
    /// What it is.
    pub key: GroupKey,
    /// Its amount, if there is one.
    pub value: Option<Amount>,
    /// Its amount in the period compared with, if there is one.
    pub before: Option<Amount>,
}

/// Whether a part is new, gone or neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// In both periods.
    Continuing,
    /// Only in this one.
    New,
    /// Only in the one compared with.
    Gone,
}

/// One row of a breakdown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it is; empty for the rest and the total.
    pub key: GroupKey,
    /// The value in cents.
    pub cents: Option<i64>,
    /// How exactly it is known.
    pub qualifier: Qualifier,
    /// What the figures add up to.
    pub tally: Tally,
    /// The part of the total in parts per million.
    pub share_ppm: Option<i64>,
    /// The value in the period compared with.
    pub before_cents: Option<i64>,
    /// Growth on that period in parts per million.
    pub growth_ppm: Option<i64>,
    /// Contribution to the growth of the total in parts per million.
    pub contribution_ppm: Option<i64>,
    /// Whether it is new or gone; none when nothing can be compared.
    pub change: Option<Change>,
}

/// A breakdown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breakdown {
    /// The largest parts, the largest first.
    pub top: Vec<Row>,
    /// All others together.
    pub rest: Option<Row>,
    /// All together.
    pub total: Row,
    /// The largest of those that are gone.
    pub losses: Vec<Row>,
    /// How many parts have a value.
    pub groups: usize,
    /// How many of them are new.
    pub newcomers: usize,
    /// How many are gone.
    pub gone: usize,
    /// How concentrated the values are.
    pub herfindahl_hirschman_ppm: Option<i64>,
    ranks: BTreeSet<usize>,
}

impl Breakdown {
    /// Breaks down into the `top` largest parts and the rest.
    #[must_use]
    pub fn new(mut parts: Vec<Part>, top: usize) -> Self {
        parts.retain(|part| part.value.is_some() || part.before.is_some());
        let cents = |amount: &Option<Amount>| amount.as_ref().map(Amount::cents);
        parts.sort_by(|a, b| {
            let (one, other) = (cents(&a.value), cents(&b.value));
            let before = || cents(&b.before).cmp(&cents(&a.before));
            other
                .cmp(&one)
                .then_with(before)
                .then_with(|| a.key.cmp(&b.key))
        });
        let groups = parts.iter().filter(|part| part.value.is_some()).count();
        let values: Vec<i64> = parts.iter().filter_map(|part| cents(&part.value)).collect();
        let newcomers = parts
            .iter()
            .filter(|part| part.value.is_some() && part.before.is_none());
        let ranks = parts
            .iter()
            .flat_map(|part| part.value.iter().chain(&part.before))
            .flat_map(|amount| amount.uses.iter().map(|(rank, _)| *rank));
        let (own, gone) = parts.split_at(groups);
        let (shown, others) = parts.split_at(top.min(groups));
        Self::of(Picked {
            top: shown.to_vec(),
            rest: (!others.is_empty()).then(|| sum(others)),
            total: sum(&parts),
            // What is gone stands behind all that have a value, the largest first.
            losses: gone.iter().take(top).cloned().collect(),
            groups: own.len(),
            gone: gone.len(),
            newcomers: newcomers.count(),
            values,
            ranks: ranks.collect(),
        })
    }

    fn of(picked: Picked) -> Self {
        let total = &picked.total;
        let cents = |amount: &Option<Amount>| amount.as_ref().map(Amount::cents);
        let frame = Frame {
            total: cents(&total.value),
            before: cents(&total.before),
            can_compare: total.before.is_some(),
        };
        let rows = |parts: &[Part]| parts.iter().map(|part| frame.row(part)).collect();
        Self {
            top: rows(&picked.top),
            rest: picked.rest.as_ref().map(|part| frame.row(part)),
            total: frame.row(total),
            losses: rows(&picked.losses),
            groups: picked.groups,
            newcomers: if frame.can_compare {
                picked.newcomers
            } else {
                0
            },
            gone: picked.gone,
            herfindahl_hirschman_ppm: herfindahl_hirschman_ppm(&picked.values),
            ranks: picked.ranks,
        }
    }

    /// Returns the places of the releases that were used.
    #[must_use]
    pub fn ranks(&self) -> BTreeSet<usize> {
        self.ranks.clone()
    }
}

/// The parts that are shown, and what is known of the others.
struct Picked {
    top: Vec<Part>,
    rest: Option<Part>,
    total: Part,
    losses: Vec<Part>,
    groups: usize,
    gone: usize,
    /// How many have no amount in the period compared with.
    newcomers: usize,
    /// The values of all groups.
    values: Vec<i64>,
    ranks: BTreeSet<usize>,
}

/// All parts together.
fn sum(parts: &[Part]) -> Part {
    let add = |sum: Option<Amount>, amount: &Option<Amount>| match (sum, amount) {
        (Some(sum), Some(amount)) => Some(sum.plus(amount)),
        (None, Some(amount)) => Some(amount.clone()),
        (sum, None) => sum,
    };
    Part {
        key: GroupKey::default(),
        value: parts.iter().fold(None, |sum, part| add(sum, &part.value)),
        before: parts.iter().fold(None, |sum, part| add(sum, &part.before)),
    }
}

/// The totals that rows refer to.
struct Frame {
    total: Option<i64>,
    before: Option<i64>,
    can_compare: bool,
}

impl Frame {
    fn row(&self, part: &Part) -> Row {
        let cents = part.value.as_ref().map(Amount::cents);
        let before = part.before.as_ref().map(Amount::cents);
        let change = match (cents, before) {
            (Some(_), Some(_)) => Some(Change::Continuing),
            (Some(_), None) => Some(Change::New),
            (None, Some(_)) => Some(Change::Gone),
            (None, None) => None,
        };
        Row {
            key: part.key.clone(),
            cents,
            qualifier: part
                .value
                .as_ref()
                .map_or(Qualifier::Exact, Amount::qualifier),
            tally: part
                .value
                .as_ref()
                .map(|amount| amount.tally)
                .unwrap_or_default(),
            share_ppm: cents
                .zip(self.total)
                .and_then(|(cents, total)| growth::share_ppm(cents, total)),
            before_cents: before,
            growth_ppm: cents
                .zip(before)
                .and_then(|(cents, before)| growth::growth_ppm(cents, before)),
            contribution_ppm: self
                .before
                .filter(|_| change.is_some())
                .and_then(|whole| contribution_ppm(cents.unwrap_or(0), before.unwrap_or(0), whole)),
            change: change.filter(|_| self.can_compare),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{observation::Status, tally::Measures};

    fn amount(cents: i64) -> Amount {
        let mut amount = Amount::default();
        let measures = Measures {
            figures: 1,
            cents,
            ..Measures::default()
        };
        amount.tally.add(Status::NORMAL, Qualifier::Exact, measures);
        amount
    }

    fn part(code: &str, value: Option<i64>, before: Option<i64>) -> Part {
        Part {
            key: GroupKey {
                commodity: Some(code.to_owned()),
                ..GroupKey::default()
            },
            value: value.map(amount),
            before: before.map(amount),
        }
    }

    #[test]
    fn the_rest_is_one_row_and_what_is_gone_is_listed() {
        let parts = vec![
            part("01", Some(10), Some(20)),
            part("02", Some(60), None),
            part("03", Some(30), Some(30)),
            part("04", None, Some(50)),
        ];
        let found = Breakdown::new(parts, 2);
        let codes: Vec<_> = found
            .top
            .iter()
            .filter_map(|row| row.key.commodity.clone())
            .collect();
        assert_eq!(codes, ["02", "03"]);
        assert_eq!(found.top[0].share_ppm, Some(600_000));
        assert_eq!(found.top[0].change, Some(Change::New));
        assert_eq!(found.top[0].contribution_ppm, Some(600_000));
        let rest = found.rest.unwrap();
        assert_eq!((rest.cents, rest.before_cents), (Some(10), Some(70)));
        assert_eq!(
            (found.total.cents, found.total.growth_ppm),
            (Some(100), Some(0))
        );
        assert_eq!((found.groups, found.newcomers, found.gone), (3, 1, 1));
        assert_eq!(found.losses[0].change, Some(Change::Gone));
        assert_eq!(found.losses[0].contribution_ppm, Some(-500_000));
        assert_eq!(found.herfindahl_hirschman_ppm, Some(460_000));
    }

    #[test]
    fn with_nothing_to_compare_nothing_is_new() {
        let found = Breakdown::new(vec![part("01", Some(1), None)], 20);
        assert_eq!((found.newcomers, found.top[0].change), (0, None));
        assert!(found.rest.is_none() && found.losses.is_empty());
        let nothing = Breakdown::new(Vec::new(), 20);
        assert_eq!((nothing.groups, nothing.total.cents), (0, None));
    }
}
