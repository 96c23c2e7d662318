//! What trade in one period is made of, beside another period.

pub mod across;
pub mod years;

use std::collections::BTreeSet;

use super::{
    group::{Amount, GroupKey, contribution_ppm, herfindahl_hirschman_ppm},
    growth,
    observation::Qualifier,
    tally::Tally,
    vintage::Absence,
};

/// One part in both periods.
#[derive(Clone, Debug)]
pub struct Part {
    /// What it is.
    pub key: GroupKey,
    /// Its amount, or why it is not known.
    pub value: Result<Amount, Absence>,
    /// The same in the period compared with.
    pub before: Result<Amount, Absence>,
    /// What it is in the period compared with, where that is another code.
    pub before_key: Option<GroupKey>,
    /// Whether both amounts are of the same goods.
    pub is_compared: bool,
}

impl Part {
    /// Takes the amounts of one part, which is the same in both periods.
    #[must_use]
    pub fn new(
        key: GroupKey,
        value: Result<Amount, Absence>,
        before: Result<Amount, Absence>,
    ) -> Self {
        Self {
            key,
            value,
            before,
            before_key: None,
            is_compared: true,
        }
    }

    /// Tells whether anything was published of it.
    fn is_told(&self) -> bool {
        [&self.value, &self.before].into_iter().any(|side| {
            let is_published =
                |absence: &Absence| !matches!(absence, Absence::NotPublished | Absence::Removed);
            figure(side).is_some() || side.as_ref().err().is_some_and(is_published)
        })
    }

    /// Tells what became of it, by its values; nothing where one of them is not known.
    fn change(&self) -> Option<Change> {
        if !self.is_compared {
            return None;
        }
        match [&self.value, &self.before].map(size) {
            [Size::Positive, Size::Zero] => Some(Change::New),
            [Size::Zero, Size::Positive] => Some(Change::Gone),
            [Size::Positive, Size::Positive] | [Size::Zero, Size::Zero] => Some(Change::Continuing),
            [Size::Unknown, _] | [_, Size::Unknown] => None,
        }
    }
}

/// What is known of how much an amount is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Size {
    Positive,
    Zero,
    Unknown,
}

fn size(amount: &Result<Amount, Absence>) -> Size {
    match amount {
        Ok(amount) if amount.cents() > 0 => Size::Positive,
        Ok(amount) if amount.qualifier() == Qualifier::Exact => Size::Zero,
        Ok(_) | Err(_) => Size::Unknown,
    }
}

/// The amount, where figures or a complete release's silence about a part of it tell one.
fn figure(amount: &Result<Amount, Absence>) -> Option<&Amount> {
    amount.as_ref().ok().filter(|amount| !amount.is_nothing())
}

/// Whether a part is new, gone or neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Of both periods, or 0 in both.
    Continuing,
    /// Of this one only: nothing or 0 before.
    New,
    /// Of the one compared with only: nothing or 0 now.
    Gone,
}

/// One row of a breakdown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it is; empty for the rest and the total.
    pub key: GroupKey,
    /// The value in cents; 0 where a complete release says that there is nothing.
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
    /// Whether it is new or gone; none when that cannot be told.
    pub change: Option<Change>,
    /// What it is in the period compared with, where that is another code.
    pub before_key: Option<GroupKey>,
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
    /// The largest of those that had a value: gone, or of which none is known.
    pub losses: Vec<Row>,
    /// How many parts have a value.
    pub groups: usize,
    /// How many of them are new.
    pub newcomers: usize,
    /// How many are gone.
    pub gone: usize,
    /// How concentrated the values are.
    pub herfindahl_hirschman_ppm: Option<i64>,
    /// Whether parts of the total are missing, in either period.
    pub partial: [bool; 2],
    /// The totals of both periods, where there are any.
    pub totals: [Option<Amount>; 2],
    ranks: BTreeSet<usize>,
}

impl Breakdown {
    /// Breaks down into the `top` largest parts and the rest.
    #[must_use]
    pub fn new(mut parts: Vec<Part>, top: usize) -> Self {
        parts.retain(Part::is_told);
        let cents = |amount: &Result<Amount, Absence>| figure(amount).map(Amount::cents);
        parts.sort_by(|a, b| {
            let (one, other) = (cents(&a.value), cents(&b.value));
            let before = || cents(&b.before).cmp(&cents(&a.before));
            other
                .cmp(&one)
                .then_with(before)
                .then_with(|| a.key.cmp(&b.key))
        });
        let values: Vec<i64> = parts.iter().filter_map(|part| cents(&part.value)).collect();
        let groups = values.len();
        let count = |change| {
            let parts = parts.iter().filter(|part| part.change() == Some(change));
            parts.count()
        };
        let ranks = parts
            .iter()
            .flat_map(|part| part.value.iter().chain(&part.before))
            .flat_map(|amount| amount.uses.iter().map(|(rank, _)| *rank));
        // What has no value stands behind all that have one, the largest first.
        let (_, without) = parts.split_at(groups);
        let losses = without.iter().filter(|part| figure(&part.before).is_some());
        let (shown, others) = parts.split_at(top.min(groups));
        Self::of(Picked {
            top: shown.to_vec(),
            rest: (!others.is_empty()).then(|| sum(others)),
            total: sum(&parts),
            losses: losses.take(top).cloned().collect(),
            groups,
            gone: count(Change::Gone),
            newcomers: count(Change::New),
            values,
            ranks: ranks.collect(),
        })
    }

    fn of(picked: Picked) -> Self {
        let total = &picked.total;
        let cents = |amount: &Result<Amount, Absence>| figure(amount).map(Amount::cents);
        let frame = Frame {
            total: cents(&total.value),
            before: cents(&total.before),
            can_compare: figure(&total.before).is_some(),
        };
        let rows = |parts: &[Part]| parts.iter().map(|part| frame.row(part)).collect();
        let is_partial = |amount: &Result<Amount, Absence>| {
            let bound = |amount: &Amount| amount.qualifier() == Qualifier::LowerBound;
            figure(amount).is_some_and(bound)
        };
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
            partial: [is_partial(&total.value), is_partial(&total.before)],
            totals: [&total.value, &total.before].map(|side| figure(side).cloned()),
            ranks: picked.ranks,
        }
    }

    /// Says that in some period not all is divided among the parts, so that the total is a lower bound.
    pub fn bound(&mut self, [value, before]: [bool; 2]) {
        if value && self.total.cents.is_some() {
            self.total.qualifier = Qualifier::LowerBound;
        }
        self.partial = [self.partial[0] || value, self.partial[1] || before];
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
    /// How many are new.
    newcomers: usize,
    /// The values of all groups.
    values: Vec<i64>,
    ranks: BTreeSet<usize>,
}

/// All parts together: of one that is not known the sum is a lower bound.
fn sum(parts: &[Part]) -> Part {
    let all = |side: fn(&Part) -> &Result<Amount, Absence>| {
        let known = parts.iter().filter_map(|part| side(part).as_ref().ok());
        let sum = known.fold(None, |sum: Option<Amount>, amount| {
            Some(sum.unwrap_or_default().plus(amount))
        });
        let absences = parts.iter().filter_map(|part| side(part).as_ref().err());
        let absence = absences.max().copied();
        let mut sum = sum.ok_or(absence.unwrap_or(Absence::NotPublished))?;
        sum.partial |= absence.is_some();
        Ok(sum)
    };
    let (value, before) = (all(|part| &part.value), all(|part| &part.before));
    Part::new(GroupKey::default(), value, before)
}

/// The totals that rows refer to.
struct Frame {
    total: Option<i64>,
    before: Option<i64>,
    can_compare: bool,
}

impl Frame {
    fn row(&self, part: &Part) -> Row {
        // The silence of one edition about the goods of another is not nothing.
        let known = |side| {
            if part.is_compared {
                Result::as_ref(side).ok()
            } else {
                figure(side)
            }
        };
        let [value, former] = [&part.value, &part.before].map(known);
        let (cents, before) = (value.map(Amount::cents), former.map(Amount::cents));
        let is_known = part.is_compared && part.value.is_ok() && part.before.is_ok();
        Row {
            key: part.key.clone(),
            cents,
            qualifier: value.map_or(Qualifier::Exact, Amount::qualifier),
            tally: value.map(|amount| amount.tally).unwrap_or_default(),
            share_ppm: cents
                .zip(self.total)
                .and_then(|(cents, total)| growth::share_ppm(cents, total)),
            before_cents: before,
            growth_ppm: cents
                .zip(before)
                .filter(|_| part.is_compared)
                .and_then(|(cents, before)| growth::growth_ppm(cents, before)),
            contribution_ppm: self
                .before
                .filter(|_| is_known)
                .and_then(|whole| contribution_ppm(cents.unwrap_or(0), before.unwrap_or(0), whole)),
            change: part.change().filter(|_| self.can_compare),
            before_key: part.before_key.clone(),
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
        let key = GroupKey {
            commodity: Some(code.to_owned()),
            ..GroupKey::default()
        };
        let known = |cents: Option<i64>| Ok(cents.map(amount).unwrap_or_default());
        Part::new(key, known(value), known(before))
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
        assert_eq!(found.losses[0].cents, Some(0));
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

    #[test]
    fn what_is_not_known_is_neither_new_nor_gone() {
        let mut parts = vec![
            part("27", Some(100), Some(100)),
            part("10", None, Some(50)),
            part("11", Some(7), None),
        ];
        parts[1].value = Err(Absence::PublishedAsMissing);
        parts[2].before = Err(Absence::NotPublished);
        let found = Breakdown::new(parts, 20);
        assert_eq!((found.newcomers, found.gone), (0, 0));
        assert_eq!(found.total.qualifier, Qualifier::LowerBound);
        assert_eq!(found.partial, [true, true]);
        let lost = &found.losses[0];
        assert_eq!((lost.change, lost.contribution_ppm), (None, None));
        assert_eq!(found.top[1].change, None);
    }

    #[test]
    fn new_and_gone_are_told_by_values() {
        let parts = vec![
            part("27", Some(5), Some(5)),
            part("10", Some(200), Some(0)),
            part("11", Some(0), None),
            part("12", Some(0), Some(9)),
        ];
        let found = Breakdown::new(parts, 20);
        assert_eq!((found.newcomers, found.gone), (1, 1));
        let changes = found.top.iter().map(|row| row.change);
        let (new, gone) = (Some(Change::New), Some(Change::Gone));
        let continuing = Some(Change::Continuing);
        assert_eq!(
            changes.collect::<Vec<_>>(),
            [new, continuing, gone, continuing]
        );
    }
}
