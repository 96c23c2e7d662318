//! In which editions the figures of each side count: chosen by what the sides have published over all commodities, so
//! that a question about one commodity is answered as it is among all.

use std::collections::{BTreeMap, BTreeSet};

use storage::{Error, Tx};

use super::groups::Books;
use crate::{
    domain::{
        cell::{Commodity, Flow, HsEdition},
        group::{
            Level, Side,
            editions::{Choice, Editions},
        },
        period::Period,
        turnover::Warning,
    },
    store::{
        self,
        groups::{Asked, Grouped, Resolved},
    },
};

/// One flow as one party reports it, in one region.
type Place = (String, Flow, String);

/// The sides that have published in several editions.
#[derive(Clone, Debug, Default)]
pub(in crate::api) struct Several {
    sides: BTreeMap<Place, Editions>,
}

/// What counts of them in one period.
#[derive(Clone, Debug)]
pub(in crate::api) struct Choices {
    period: Period,
    sides: BTreeMap<Place, Choice>,
}

impl Several {
    /// Finds the sides of a question; none where the question names the edition. `found` is what has been read for
    /// it, which mostly is of one edition; without it all sides are looked at.
    pub(in crate::api) async fn read(
        tx: &mut Tx,
        asked: &Asked,
        found: Option<&Grouped>,
    ) -> Result<Self, Error> {
        let is_by_code = asked.level.is_some() && asked.edition.is_none();
        if !is_by_code || found.is_some_and(|found| !has_several(found)) {
            return Ok(Self::default());
        }
        Ok(Self::of(&store::groups::read(tx, &wide(asked)).await?))
    }

    /// Finds the sides that have several editions, whichever edition a question names. `counted` are those that are
    /// found where it names none.
    pub(in crate::api) async fn across(
        tx: &mut Tx,
        asked: &Asked,
        counted: &Self,
    ) -> Result<Self, Error> {
        if asked.edition.is_none() || asked.level.is_none() {
            return Ok(counted.clone());
        }
        let all = Asked {
            edition: None,
            ..wide(asked)
        };
        // Mostly there is one edition only, which the sums over any codes tell.
        let found = store::groups::read_resolved(tx, &all, Resolved::Shortest).await?;
        if !has_several(&found) {
            return Ok(Self::default());
        }
        Ok(Self::of(&store::groups::read(tx, &all).await?))
    }

    /// Finds the sides that have several editions among groups.
    pub(super) fn of(grouped: &Grouped) -> Self {
        let mut sides: BTreeMap<Place, Editions> = BTreeMap::new();
        for (node, book) in &grouped.books {
            if let Some(edition) = node.edition {
                let side = (node.reporter.clone(), node.flow, node.region.clone());
                sides.entry(side).or_default().add(edition, book);
            }
        }
        sides.retain(|_, editions| editions.are_several());
        Self { sides }
    }

    /// Tells whether no side has.
    pub(in crate::api) fn is_empty(&self) -> bool {
        self.sides.is_empty()
    }

    /// Chooses what counts in a period.
    pub(in crate::api) fn choose(&self, period: Period) -> Choices {
        let sides = self.sides.iter();
        Choices {
            period,
            sides: sides
                .map(|(side, editions)| (side.clone(), editions.choose(side.1, period)))
                .collect(),
        }
    }
}

/// Tells whether all sides of a question, over all commodities, are of one edition.
pub(in crate::api) async fn is_only_one(tx: &mut Tx, asked: &Asked) -> Result<bool, Error> {
    let wide = wide(asked);
    let found = store::groups::read_resolved(tx, &wide, Resolved::Shortest).await?;
    let mut editions = found.books.keys().map(|node| node.edition);
    let first = editions.next();
    Ok(editions.all(|edition| Some(edition) == first))
}

/// Tells whether some side has groups of several editions.
fn has_several(found: &Grouped) -> bool {
    let mut first: BTreeMap<(&str, Flow, &str), HsEdition> = BTreeMap::new();
    found.books.keys().any(|node| {
        let side = (node.reporter.as_str(), node.flow, node.region.as_str());
        let edition = node.edition;
        edition.is_some_and(|edition| *first.entry(side).or_insert(edition) != edition)
    })
}

/// The same question over all commodities, chapter by chapter: from sums that publishing keeps.
pub(super) fn wide(asked: &Asked) -> Asked {
    Asked {
        commodity: Commodity::Total,
        level: Some(Level::Chapter),
        deepness: asked.level,
        whole_years: false,
        ..asked.clone()
    }
}

impl Choices {
    /// Returns what counts on one side, if it has several editions.
    pub(in crate::api) fn of_side(
        &self,
        reporter: &str,
        flow: Flow,
        region: &str,
    ) -> Option<&Choice> {
        let side = (reporter.to_owned(), flow, region.to_owned());
        self.sides.get(&side)
    }

    /// Tells whether figures of all these sides count in other editions only: then this one says nothing about them.
    pub(in crate::api) fn are_elsewhere(&self, edition: HsEdition, sides: &[Side<'_>]) -> bool {
        let is_elsewhere = |side: &Side<'_>| self.is_elsewhere(edition, side);
        !sides.is_empty() && sides.iter().all(is_elsewhere)
    }

    /// Tells whether figures of a side count in other editions only.
    pub(in crate::api) fn is_elsewhere(&self, edition: HsEdition, side: &Side<'_>) -> bool {
        let choice = self.of_side(side.reporter, side.flow, side.region);
        let counted = choice.map(Choice::counted).unwrap_or_default();
        !counted.is_empty() && !counted.contains(&edition)
    }

    /// Returns the sides of which other editions count in another period, each with what counts here and there.
    pub(in crate::api) fn differing<'a>(
        &'a self,
        other: &'a Self,
    ) -> impl Iterator<Item = (&'a str, Flow, [BTreeSet<HsEdition>; 2])> {
        let sides = self.sides.iter();
        sides.filter_map(|(side, choice)| {
            let editions = [choice.counted(), other.sides.get(side)?.counted()];
            let [own, former] = &editions;
            let is_told = !own.is_empty() && !former.is_empty();
            let is_one = own == former && own.len() == 1;
            (is_told && !is_one).then_some((side.0.as_str(), side.1, editions))
        })
    }

    /// Returns what counts of a group in an edition, with what a reader should know; nothing where all of it does.
    pub(in crate::api) fn counted(
        &self,
        edition: HsEdition,
        region: &str,
        books: &Books,
    ) -> Option<(Books, BTreeSet<Warning>)> {
        let mut warnings = BTreeSet::new();
        for (reporter, flow) in books.keys() {
            if let Some(choice) = self.of_side(reporter, *flow, region)
                && choice.left_out().contains(&edition)
            {
                warnings.insert(self.warning(reporter, *flow, choice));
            }
        }
        if warnings.is_empty() {
            return None;
        }
        let counted = books.iter().map(|((reporter, flow), book)| {
            let choice = self.of_side(reporter, *flow, region);
            let book = choice.map_or_else(|| book.clone(), |choice| choice.of(edition, book));
            ((reporter.clone(), *flow), book)
        });
        Some((counted.collect(), warnings))
    }

    /// Returns what a reader should know about sums.
    pub(in crate::api) fn warnings(&self) -> BTreeSet<Warning> {
        let sides = self.sides.iter();
        sides
            .filter(|(_, choice)| !choice.left_out().is_empty())
            .map(|((reporter, flow, _), choice)| self.warning(reporter, *flow, choice))
            .collect()
    }

    fn warning(&self, reporter: &str, flow: Flow, choice: &Choice) -> Warning {
        Warning::OtherEdition {
            period: self.period,
            reporter: reporter.to_owned(),
            flow,
            counted: choice.counted(),
            left_out: choice.left_out().clone(),
        }
    }
}
