//! The steps by which the amount of one side of a group in some months of a year is made up.

use std::collections::BTreeSet;

use super::{
    Amount, Book, Entry, Side, can_be_nothing, is_exhausted,
    trace::{Place, Taken},
};
use crate::domain::{
    cell::Flow,
    observation::Qualifier,
    period::{Period, Stretch},
    release::Release,
    tally::Tally,
    vintage::Absence,
};

/// The sum for exactly these months, in whichever window it was published last, with that period.
pub(super) fn direct(
    book: &Book,
    flow: Flow,
    stretch: Stretch,
) -> Result<(Period, Amount), Absence> {
    let mut reason = Absence::NotPublished;
    let mut latest: Option<(usize, Period, Amount)> = None;
    for period in stretch.published_as() {
        let Some(entries) = book.entries.get(&period) else {
            continue;
        };
        let mut amount = Amount::default();
        let mut removed = false;
        for (rank, entry) in entries {
            let stands = entry.standing.measures.figures > 0;
            removed |= !stands;
            if stands {
                amount.tally.merge(&entry.standing);
                amount.uses.insert((*rank, flow));
            }
        }
        let last = amount.uses.last().map(|(rank, _)| *rank);
        match last {
            Some(_) if !amount.tally.has_value() => {
                reason = reason.max(Absence::PublishedAsMissing);
            }
            Some(rank) if latest.as_ref().is_none_or(|(best, ..)| rank >= *best) => {
                latest = Some((rank, period, amount));
            }
            None if removed => reason = reason.max(Absence::Removed),
            Some(_) | None => {}
        }
    }
    latest
        .map(|(_, period, amount)| (period, amount))
        .ok_or(reason)
}

/// The difference of two January-to-month sums of one release. `covers` tells, of the rank of a release and a period,
/// whether what the release does not have is nothing.
pub(super) fn difference(
    book: &Book,
    flow: Flow,
    place: &mut Place<'_>,
    covers: &dyn Fn(usize, Period) -> bool,
) -> Result<Amount, Absence> {
    let (longer, shorter) = place.part.as_difference().ok_or(Absence::NotPublished)?;
    // From January to January is a month.
    let january = Stretch {
        last: place.part.first - 1,
        first: 1,
        ..place.part
    };
    let shorters = january.published_as();
    let has = |period: Period, rank: usize| {
        let entry = book.entry_at(period, rank)?;
        (entry.whole.measures.figures > 0).then_some((period, *entry))
    };
    let of = |periods: &[Period], or: Period, rank: usize| {
        let found = periods.iter().rev().find_map(|period| has(*period, rank));
        found.or_else(|| covers(rank, or).then(|| (or, Entry::default())))
    };
    let periods = std::iter::once(longer).chain(shorters.clone());
    let ranks: BTreeSet<usize> = periods
        .filter_map(|period| book.entries.get(&period))
        .flat_map(|entries| entries.keys().copied())
        .collect();
    let is_usable = |entry: &Entry| entry.whole.has_value() || entry.whole.measures.figures == 0;
    let mut pairs = ranks.into_iter().rev().filter_map(|rank| {
        let minuend = of(&[longer], longer, rank)?;
        let subtrahend = of(&shorters, shorter, rank)?;
        let is_nothing = minuend.1 == Entry::default() && subtrahend.1 == Entry::default();
        let usable = is_usable(&minuend.1) && is_usable(&subtrahend.1) && !is_nothing;
        usable.then_some((rank, minuend, subtrahend))
    });
    let mut reason = match book.entries.get(&longer) {
        Some(_) => Absence::NotDecumulable,
        None => Absence::NotPublished,
    };
    // Finer codes leave out what is kept secret, so that sums over codes of unlike lengths differ by that too.
    let pair = pairs.find(|(rank, minuend, subtrahend)| {
        let alike = book.has_like_lengths([minuend.0, subtrahend.0], *rank);
        if !alike {
            reason = Absence::LengthsDiffer;
        }
        alike
    });
    let Some((rank, (longer, minuend), (shorter, subtrahend))) = pair else {
        return Err(reason);
    };
    let (minuend, subtrahend) = (&minuend, &subtrahend);
    let is_bound = |entry: &Entry| entry.whole.qualifier() == Qualifier::LowerBound;
    let mut tally = minuend.whole;
    let taken = &subtrahend.whole;
    tally.measures.cents -= taken.measures.cents;
    tally.measures.half_units += taken.measures.half_units;
    tally.rounded += taken.rounded;
    tally.statuses.extend(taken.statuses);
    if is_bound(minuend) || is_bound(subtrahend) || tally.measures.cents < 0 {
        return Err(Absence::DifferenceUnusable);
    }
    let weight = tally.measures.grams - taken.measures.grams;
    if weight < 0 || tally.measures.weighed_cents < taken.measures.weighed_cents {
        tally.measures.weighed = 0;
    } else {
        tally.measures.grams = weight;
        tally.measures.weighed_cents -= taken.measures.weighed_cents;
    }
    place.note(|| Taken::Difference {
        rank,
        longer: (longer, minuend.whole),
        shorter: (shorter, subtrahend.whole),
    });
    let stands = |entry: &Entry| entry.standing == entry.whole;
    Ok(Amount {
        tally,
        uses: [(rank, flow)].into(),
        superseded: !(stands(minuend) && stands(subtrahend)),
        partial: false,
    })
}

/// The sum of all quarters.
pub(super) fn quarters(
    book: &Book,
    flow: Flow,
    place: &mut Place<'_>,
    covers: &dyn Fn(usize, Period) -> bool,
) -> Result<Amount, Absence> {
    let quarters = place.stretch.quarters().ok_or(Absence::NotPublished)?;
    if quarters.len() < 2 {
        return Err(Absence::NotPublished);
    }
    let mark = place.trace.mark();
    let mut sum = Amount::default();
    for quarter in quarters {
        let mut part = place.part(quarter);
        match part_of(book, flow, &mut part, covers) {
            Ok(amount) => sum = sum.plus(&amount),
            Err(absence) => {
                place.trace.rewind(mark);
                return Err(absence);
            }
        }
    }
    Ok(sum)
}

/// The amount of a part of a sum: a figure for exactly these months, or a difference.
fn part_of(
    book: &Book,
    flow: Flow,
    place: &mut Place<'_>,
    covers: &dyn Fn(usize, Period) -> bool,
) -> Result<Amount, Absence> {
    direct(book, flow, place.part)
        .map(|(period, amount)| place.figures(period, amount))
        .or_else(|reason| difference(book, flow, place, covers).map_err(|other| reason.max(other)))
}

/// The sum of the months that have one.
pub(super) fn months(
    side: Side<'_>,
    book: &Book,
    releases: &[Release],
    place: &mut Place<'_>,
    covers: &dyn Fn(usize, Period) -> bool,
) -> Result<Amount, Absence> {
    let stretch = place.stretch;
    let is_year = (stretch.first, stretch.last) == (1, 12);
    if let Some(year) = book.years.get(&stretch.year).filter(|_| is_year) {
        if !year.tally.has_value() {
            return Err(Absence::PublishedAsMissing);
        }
        let partial = year.months < 12 && !is_exhausted(side, releases, stretch);
        place.note(|| Taken::MonthsOfYear {
            ranks: year.ranks.iter().copied().collect(),
            tally: year.tally,
            partial,
        });
        return Ok(Amount {
            tally: year.tally,
            uses: year.ranks.iter().map(|rank| (*rank, side.flow)).collect(),
            superseded: false,
            partial,
        });
    }
    let months = stretch.months();
    if months.len() < 2 {
        return Err(Absence::NotPublished);
    }
    let mut reason = Absence::NotPublished;
    let mut sum: Option<Amount> = None;
    let mut missing = Tally::default();
    let mut has_gap = false;
    for month in months {
        let mut place = place.part(month);
        match part_of(book, side.flow, &mut place, covers) {
            Ok(amount) => {
                sum = Some(sum.unwrap_or_default().plus(&amount));
            }
            Err(absence) => {
                reason = reason.max(absence);
                let is_nothing = can_be_nothing(absence) && is_exhausted(side, releases, month);
                has_gap |= !is_nothing;
                if absence == Absence::PublishedAsMissing {
                    missing.merge(&standing(book, month));
                }
                place.note(|| Taken::gap(absence, is_nothing));
            }
        }
    }
    let mut sum = sum.ok_or(reason)?;
    sum.tally.merge(&missing);
    sum.partial |= has_gap;
    Ok(sum)
}

/// All that stands of exactly these months, whether or not it has a value.
fn standing(book: &Book, stretch: Stretch) -> Tally {
    let mut tally = Tally::default();
    let periods = stretch.published_as().into_iter();
    let entries = periods.filter_map(|period| book.entries.get(&period));
    for entry in entries.flat_map(|entries| entries.values()) {
        tally.merge(&entry.standing);
    }
    tally
}
