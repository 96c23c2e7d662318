//! Where goods of a group may have been published by a shorter code only, so that what it does not have is not nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::{Book, Side, of_side, trace::Trace};
use crate::domain::{
    period::{Period, Stretch},
    release::Release,
    tally::{Tally, Told},
};

/// The periods in which a shorter code tells more than the codes under it that are as long as those asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Untold {
    /// The published periods for which some shorter code stands, and whether more is told by it.
    standing: BTreeMap<Period, bool>,
    /// The same of all that a release published, where more is told by a shorter code.
    published: BTreeSet<(Period, usize)>,
}

impl Untold {
    /// Compares what was published `above`, by codes of any length, with what was published `below`, by codes that are
    /// long enough; none where nothing more was.
    #[must_use]
    pub fn of(above: Side<'_>, below: Side<'_>, releases: &[Release]) -> Option<Self> {
        let mut untold = Self::default();
        for (period, entries) in &above.book?.entries {
            let mut standing = Tally::default();
            for (rank, entry) in entries {
                standing.merge(&entry.standing);
                let own = below.book.and_then(|book| book.entry_at(*period, *rank));
                let own = own.filter(|own| own.whole.has_value());
                let parts = own.map(|own| Told::of(&own.whole));
                if entry.whole.has_value() && Told::of(&entry.whole).tells_more(parts) {
                    untold.published.insert((*period, *rank));
                }
            }
            if standing.has_value() {
                let parts = of_side(below, releases, *period, &mut Trace::off()).ok();
                let parts = parts.map(|amount| Told::of(&amount.tally));
                let is_more = Told::of(&standing).tells_more(parts);
                untold.standing.insert(*period, is_more);
            }
        }
        let is_any = !untold.published.is_empty() || untold.standing.values().any(|more| *more);
        is_any.then_some(untold)
    }

    /// Tells at once, by the figures for each published period alone, that nothing more was published `above` than
    /// `below`; otherwise [`Self::of`] has to look closer.
    #[must_use]
    pub fn is_none_of(above: &Book, below: Option<&Book>) -> bool {
        let is_told = |above: &Tally, below: Option<&Tally>| {
            let below = below.filter(|below| below.has_value()).map(Told::of);
            !above.has_value() || !Told::of(above).tells_more(below)
        };
        above.entries.iter().all(|(period, entries)| {
            let mut entries = entries.iter();
            let is_published = entries.all(|(rank, entry)| {
                let own = below.and_then(|book| book.entry_at(*period, *rank));
                is_told(&entry.whole, own.map(|own| &own.whole))
            });
            let [above, below] = [Some(above), below].map(|book| book?.standing(*period));
            let above = above.unwrap_or_default();
            is_published && is_told(&above, below.as_ref())
        })
    }

    /// Takes in where other shorter codes tell more.
    #[must_use]
    pub fn with(mut self, other: &Self) -> Self {
        for (period, is_more) in &other.standing {
            *self.standing.entry(*period).or_default() |= *is_more;
        }
        self.published.extend(&other.published);
        self
    }

    /// Tells whether more was published of these months than the longer codes tell. What was published for exactly
    /// these months, or for both January-to-month periods whose difference they are, counts before all else.
    #[must_use]
    pub fn touches(&self, stretch: Stretch) -> bool {
        let of = |period: Period| self.standing.get(&period).copied();
        let own: Vec<bool> = stretch.published_as().into_iter().filter_map(of).collect();
        if !own.is_empty() {
            return own.contains(&true);
        }
        let difference = stretch.as_difference();
        if difference.is_some_and(|(longer, shorter)| {
            of(longer) == Some(false) && of(shorter) == Some(false)
        }) {
            return false;
        }
        let overlaps = |period: &Period| {
            let parts = period.stretches();
            parts.iter().any(|part| {
                part.year == stretch.year
                    && part.first <= stretch.last
                    && part.last >= stretch.first
            })
        };
        let mut standing = self.standing.iter();
        standing.any(|(period, is_more)| *is_more && overlaps(period))
    }

    /// Tells whether the release at `rank` published more for a period than the longer codes tell.
    pub(super) fn is_published(&self, period: Period, rank: usize) -> bool {
        self.published.contains(&(period, rank))
    }
}
