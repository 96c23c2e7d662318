//! Breakdowns of whole years from sums over their months: the same amounts as by [`group::amount`], but
//! from thousands of groups as plain numbers, of which only those that are shown become rows.
//!
//! [`group::amount`]: crate::domain::group::amount

use std::{cmp::Ordering, collections::BTreeSet};

use super::{Breakdown, Part, Picked};
use crate::domain::{
    group::{Amount, GroupKey},
    tally::Tally,
};

/// How many releases a sum can tell apart.
pub const MOST_RELEASES: usize = 64;

/// What stands of one flow of a group in a year, as one party reports it, its months in one sum.
#[derive(Clone, Copy, Debug)]
pub struct YearSum {
    /// The group, as a number by which groups are sorted.
    pub group: i64,
    /// What the months add up to.
    pub tally: Tally,
    /// How many months the series has of which it has most.
    pub months: i64,
    /// A bit for each release.
    pub releases: u64,
}

/// One flow of all groups as one party reports it, in one year.
#[derive(Clone, Copy, Debug)]
pub struct SideYear<'a> {
    /// The groups of which something stands, by ascending numbers.
    pub sums: &'a [YearSum],
    /// Whether complete releases cover the year, so that what is not there is nothing.
    pub is_exhausted: bool,
}

/// The amount of a group in a year.
#[derive(Clone, Copy, Debug, Default)]
struct YearAmount {
    tally: Tally,
    is_partial: bool,
}

/// One group in both years.
#[derive(Clone, Copy, Debug)]
struct YearPart {
    group: i64,
    value: Option<YearAmount>,
    before: Option<YearAmount>,
}

/// Breaks a year down beside another, each given by its sides, into the `top` largest groups and the rest.
/// `name` says what a group is, `ranks` the places of the releases by their bits.
#[must_use]
pub fn break_down(
    [year, before]: [&[SideYear<'_>]; 2],
    top: usize,
    ranks: &[usize],
    name: impl Fn(i64) -> GroupKey,
) -> Breakdown {
    let mut sides: Vec<Side<'_>> = [(year, false), (before, true)]
        .into_iter()
        .flat_map(|(sides, is_before)| sides.iter().map(move |side| Side::new(side, is_before)))
        .collect();
    let mut releases = 0;
    let mut parts = Vec::new();
    while let Some(group) = sides.iter().filter_map(Side::next_group).min() {
        let mut sums = [Sum::default(), Sum::default()];
        for side in &mut sides {
            let [value, before] = &mut sums;
            let sum = if side.is_before { before } else { value };
            sum.add(side.take(group), side.is_exhausted);
        }
        releases |= sums[0].releases | sums[1].releases;
        let [value, before] = sums.map(Sum::amount);
        if value.is_some() || before.is_some() {
            parts.push(YearPart {
                group,
                value,
                before,
            });
        }
    }
    let ranks = ranks
        .iter()
        .zip(0..)
        .filter(|(_, bit)| releases >> bit & 1 == 1);
    Breakdown::of(pick(
        &parts,
        top,
        ranks.map(|(rank, _)| *rank).collect(),
        name,
    ))
}

/// What is left of a side.
struct Side<'a> {
    sums: &'a [YearSum],
    is_exhausted: bool,
    is_before: bool,
}

impl<'a> Side<'a> {
    fn new(side: &SideYear<'a>, is_before: bool) -> Self {
        Self {
            sums: side.sums,
            is_exhausted: side.is_exhausted,
            is_before,
        }
    }

    fn next_group(&self) -> Option<i64> {
        self.sums.first().map(|sum| sum.group)
    }

    /// Takes what is next if it is of a group.
    fn take(&mut self, group: i64) -> Option<&'a YearSum> {
        let (first, rest) = self.sums.split_first()?;
        (first.group == group).then(|| {
            self.sums = rest;
            first
        })
    }
}

/// The sides of a group in a year, added up.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    amount: YearAmount,
    has_value: bool,
    releases: u64,
}

impl Sum {
    /// Adds a side. Of one that has none the sum is a lower bound, unless that means nothing.
    fn add(&mut self, side: Option<&YearSum>, is_exhausted: bool) {
        match side {
            // Published as missing.
            Some(sum) if !sum.tally.has_value() => self.amount.is_partial = true,
            Some(sum) => {
                self.has_value = true;
                self.releases |= sum.releases;
                self.amount.tally.merge(&sum.tally);
                self.amount.is_partial |= sum.months < 12 && !is_exhausted;
            }
            None => self.amount.is_partial |= !is_exhausted,
        }
    }

    fn amount(self) -> Option<YearAmount> {
        self.has_value.then_some(self.amount)
    }
}

impl YearAmount {
    fn cents(&self) -> i64 {
        self.tally.measures.cents
    }

    fn show(&self) -> Amount {
        Amount {
            tally: self.tally,
            partial: self.is_partial,
            ..Amount::default()
        }
    }
}

impl YearPart {
    /// The largest first, then the one that was the largest, then by their numbers.
    fn order(&self, other: &Self) -> Ordering {
        let cents =
            |part: &Self| [part.value, part.before].map(|amount| amount.map(|some| some.cents()));
        cents(other)
            .cmp(&cents(self))
            .then_with(|| self.group.cmp(&other.group))
    }

    fn show(&self, key: GroupKey) -> Part {
        Part {
            key,
            value: self.value.map(|amount| amount.show()),
            before: self.before.map(|amount| amount.show()),
        }
    }
}

/// Chooses what is shown, and adds up the rest.
fn pick(
    parts: &[YearPart],
    top: usize,
    ranks: BTreeSet<usize>,
    name: impl Fn(i64) -> GroupKey,
) -> Picked {
    let (mut own, mut gone): (Vec<&YearPart>, Vec<&YearPart>) =
        parts.iter().partition(|part| part.value.is_some());
    let values = own
        .iter()
        .filter_map(|part| part.value)
        .map(|value| value.cents());
    let newcomers = own.iter().filter(|part| part.before.is_none());
    let (values, newcomers) = (values.collect(), newcomers.count());
    let (groups, lost) = (own.len(), gone.len());
    let (shown, others) = largest(&mut own, top);
    let show = |part: &&YearPart| part.show(name(part.group));
    let shown_parts = shown.iter().map(show).collect();
    let others = others.iter().copied().chain(gone.iter().copied());
    let rest = sum(others);
    let (losses, _) = largest(&mut gone, top);
    Picked {
        top: shown_parts,
        rest: (parts.len() > shown.len()).then_some(rest),
        total: sum(parts),
        losses: losses.iter().map(show).collect(),
        groups,
        gone: lost,
        newcomers,
        values,
        ranks,
    }
}

/// Brings the largest to the front, in order; returns them and the others.
fn largest<'p, 'a>(
    parts: &'p mut [&'a YearPart],
    count: usize,
) -> (&'p [&'a YearPart], &'p [&'a YearPart]) {
    if let Some(last) = count.checked_sub(1).filter(|last| *last < parts.len()) {
        parts.select_nth_unstable_by(last, |one, other| one.order(other));
    }
    let (first, others) = parts.split_at_mut(count.min(parts.len()));
    first.sort_unstable_by(|one, other| one.order(other));
    (first, others)
}

/// All parts together.
fn sum<'a>(parts: impl IntoIterator<Item = &'a YearPart>) -> Part {
    let mut total = YearPart {
        group: 0,
        value: None,
        before: None,
    };
    let add = |sum: &mut Option<YearAmount>, amount: &Option<YearAmount>| {
        if let Some(amount) = amount {
            let sum = sum.get_or_insert_default();
            sum.tally.merge(&amount.tally);
            sum.is_partial |= amount.is_partial;
        }
    };
    for part in parts {
        add(&mut total.value, &part.value);
        add(&mut total.before, &part.before);
    }
    total.show(GroupKey::default())
}
