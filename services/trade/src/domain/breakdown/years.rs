//! Breakdowns of whole years from sums over their months: the same amounts as by [`group::amount`], but
//! from thousands of groups as plain numbers, of which only those that are shown become rows.
//!
//! [`group::amount`]: crate::domain::group::amount

use std::cmp::Ordering;

use super::{Breakdown, Change, Part, Picked};
use crate::domain::{
    cell::Flow,
    group::{Amount, GroupKey},
    tally::Tally,
    vintage::Absence,
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
    /// The direction.
    pub flow: Flow,
}

/// The amount of a group in a year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct YearAmount {
    tally: Tally,
    is_partial: bool,
    /// A bit for each release, of exports and of imports.
    releases: [u64; 2],
}

/// One group in both years.
#[derive(Clone, Copy, Debug)]
struct YearPart {
    group: i64,
    value: Result<YearAmount, Absence>,
    before: Result<YearAmount, Absence>,
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
            sum.add(side.take(group), side);
        }
        releases |= sums[0].releases | sums[1].releases;
        let [value, before] = sums.map(Sum::amount);
        let part = YearPart {
            group,
            value,
            before,
        };
        if part.is_told() {
            parts.push(part);
        }
    }
    Breakdown::of(pick(&parts, top, (ranks, releases), name))
}

/// The ranks of the releases of which the bits are set.
fn ranks_of(ranks: &[usize], releases: u64) -> impl Iterator<Item = usize> {
    let bits = ranks.iter().zip(0..);
    bits.filter(move |(_, bit)| releases >> bit & 1 == 1)
        .map(|(rank, _)| *rank)
}

/// What is left of a side.
struct Side<'a> {
    sums: &'a [YearSum],
    is_exhausted: bool,
    flow: Flow,
    is_before: bool,
}

impl<'a> Side<'a> {
    fn new(side: &SideYear<'a>, is_before: bool) -> Self {
        Self {
            sums: side.sums,
            is_exhausted: side.is_exhausted,
            flow: side.flow,
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
    has_missing: bool,
    releases: u64,
}

impl Sum {
    /// Adds a side. Of one that has none the sum is a lower bound, unless that means nothing.
    fn add(&mut self, sum: Option<&YearSum>, side: &Side<'_>) {
        let is_exhausted = side.is_exhausted;
        match sum {
            // Published as missing.
            Some(sum) if !sum.tally.has_value() => {
                self.amount.is_partial = true;
                self.has_missing = true;
            }
            Some(sum) => {
                self.has_value = true;
                self.releases |= sum.releases;
                let [exports, imports] = &mut self.amount.releases;
                let of_flow = if side.flow == Flow::Export {
                    exports
                } else {
                    imports
                };
                *of_flow |= sum.releases;
                self.amount.tally.merge(&sum.tally);
                self.amount.is_partial |= sum.months < 12 && !is_exhausted;
            }
            None => self.amount.is_partial |= !is_exhausted,
        }
    }

    /// The amount; 0 where no side has any and that means nothing.
    fn amount(self) -> Result<YearAmount, Absence> {
        if self.has_value || !self.amount.is_partial {
            Ok(self.amount)
        } else if self.has_missing {
            Err(Absence::PublishedAsMissing)
        } else {
            Err(Absence::NotPublished)
        }
    }
}

impl YearAmount {
    fn cents(&self) -> i64 {
        self.tally.measures.cents
    }

    fn show(&self, ranks: &[usize]) -> Amount {
        let [exports, imports] = self.releases;
        let uses = [(exports, Flow::Export), (imports, Flow::Import)];
        Amount {
            tally: self.tally,
            partial: self.is_partial,
            uses: uses
                .into_iter()
                .flat_map(|(releases, flow)| {
                    ranks_of(ranks, releases).map(move |rank| (rank, flow))
                })
                .collect(),
            ..Amount::default()
        }
    }
}

/// The amount, where there are figures of it.
fn figure(amount: &Result<YearAmount, Absence>) -> Option<&YearAmount> {
    let is_nothing = |amount: &YearAmount| amount.tally.measures.figures == 0 && !amount.is_partial;
    amount.as_ref().ok().filter(|amount| !is_nothing(amount))
}

impl YearPart {
    /// Tells whether anything was published of it.
    fn is_told(&self) -> bool {
        let sides = [&self.value, &self.before];
        sides
            .into_iter()
            .any(|side| figure(side).is_some() || *side == Err(Absence::PublishedAsMissing))
    }

    /// What became of it.
    fn change(&self) -> Option<Change> {
        self.show(GroupKey::default(), &[]).change()
    }

    /// The largest first, then the one that was the largest, then by their numbers.
    fn order(&self, other: &Self) -> Ordering {
        let cents = |part: &Self| {
            [&part.value, &part.before].map(|amount| figure(amount).map(YearAmount::cents))
        };
        cents(other)
            .cmp(&cents(self))
            .then_with(|| self.group.cmp(&other.group))
    }

    fn show(&self, key: GroupKey, ranks: &[usize]) -> Part {
        let [value, before] = [self.value, self.before].map(|own| own.map(|own| own.show(ranks)));
        Part::new(key, value, before)
    }
}

/// Chooses what is shown, and adds up the rest.
fn pick(
    parts: &[YearPart],
    top: usize,
    (ranks, releases): (&[usize], u64),
    name: impl Fn(i64) -> GroupKey,
) -> Picked {
    let (mut own, mut without): (Vec<&YearPart>, Vec<&YearPart>) =
        parts.iter().partition(|part| figure(&part.value).is_some());
    let values = own.iter().filter_map(|part| figure(&part.value));
    let values: Vec<i64> = values.map(YearAmount::cents).collect();
    let (mut newcomers, mut gone) = (0, 0);
    for part in parts {
        match part.change() {
            Some(Change::New) => newcomers += 1,
            Some(Change::Gone) => gone += 1,
            Some(Change::Continuing) | None => {}
        }
    }
    let groups = own.len();
    let (shown, others) = largest(&mut own, top);
    let show = |part: &&YearPart| part.show(name(part.group), ranks);
    let shown_parts = shown.iter().map(show).collect();
    let others = others.iter().copied().chain(without.iter().copied());
    let rest = sum(others, ranks);
    without.retain(|part| figure(&part.before).is_some());
    let (losses, _) = largest(&mut without, top);
    Picked {
        top: shown_parts,
        rest: (parts.len() > shown.len()).then_some(rest),
        total: sum(parts, ranks),
        losses: losses.iter().map(show).collect(),
        groups,
        gone,
        newcomers,
        values,
        ranks: ranks_of(ranks, releases).collect(),
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

/// All parts together: of one that is not known the sum is a lower bound.
fn sum<'a>(parts: impl IntoIterator<Item = &'a YearPart>, ranks: &[usize]) -> Part {
    let mut sums = [Total::default(), Total::default()];
    for part in parts {
        let [value, before] = &mut sums;
        value.add(&part.value);
        before.add(&part.before);
    }
    let [value, before] = sums.map(Total::amount);
    YearPart {
        group: 0,
        value,
        before,
    }
    .show(GroupKey::default(), ranks)
}

/// The amounts of parts, added up.
#[derive(Default)]
struct Total {
    sum: Option<YearAmount>,
    absence: Option<Absence>,
}

impl Total {
    fn add(&mut self, amount: &Result<YearAmount, Absence>) {
        match amount {
            Ok(amount) => {
                let sum = self.sum.get_or_insert_default();
                sum.tally.merge(&amount.tally);
                sum.is_partial |= amount.is_partial;
                for (own, other) in sum.releases.iter_mut().zip(amount.releases) {
                    *own |= other;
                }
            }
            Err(absence) => self.absence = self.absence.max(Some(*absence)),
        }
    }

    fn amount(self) -> Result<YearAmount, Absence> {
        let mut sum = self
            .sum
            .ok_or(self.absence.unwrap_or(Absence::NotPublished))?;
        sum.is_partial |= self.absence.is_some();
        Ok(sum)
    }
}
