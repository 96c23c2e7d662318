//! Breakdowns of two periods that count in different HS editions: which codes of them are the same goods.

use std::collections::{BTreeMap, BTreeSet};

use storage::{Error, Tx};

use super::{Found, Scene};
use crate::{
    api::{
        classifications::convert::{later, way},
        query::editions::{Choices, Several},
    },
    domain::{
        cell::HsEdition,
        classification::conversion::Conversion,
        group::{GroupKey, Level, Side},
        period::Period,
        turnover::{CodesBy, Warning},
    },
};

/// How codes are compared where the periods count in different editions.
pub(super) struct Across {
    periods: [Period; 2],
    /// What counts in each period.
    chosen: [Choices; 2],
    by: CodesBy,
    /// The last edition, by whose codes twins are named.
    home: HsEdition,
    /// The others.
    others: BTreeSet<HsEdition>,
    /// The ways from them to the last one.
    ways: BTreeMap<HsEdition, Conversion>,
    /// The concordances that were imported after the moment asked about.
    later: BTreeSet<HsEdition>,
}

impl Across {
    /// Reads what a comparison needs; nothing where both periods count in the same edition.
    pub(super) async fn read(
        tx: &mut Tx,
        scene: &Scene,
        found: &Found,
    ) -> Result<Option<Self>, Error> {
        let none = Several::default();
        let counted = match found {
            Found::Groups(_, several) => several,
            Found::Years(_) => &none,
        };
        let across = Several::across(tx, &scene.wanted, counted).await?;
        let periods = [scene.asked.period, scene.asked.compare];
        let chosen = periods.map(|period| across.choose(period));
        let [own, former] = &chosen;
        let differing = own.differing(former);
        let editions = differing.flat_map(|(_, _, editions)| editions).flatten();
        let mut others: BTreeSet<HsEdition> = editions.collect();
        let Some(home) = others.pop_last() else {
            return Ok(None);
        };
        let (by, ways) = match scene.asked.level {
            _ if scene.wanted.edition.is_some() => (CodesBy::OneEdition, BTreeMap::new()),
            Some(Level::Heading | Level::Subheading) => ways(tx, home, &others).await?,
            Some(Level::Section | Level::Chapter) | None => (CodesBy::Digits, BTreeMap::new()),
        };
        let mut later = BTreeSet::new();
        for edition in ways.keys() {
            let (known, recorded_before) = (scene.wanted.known, scene.wanted.recorded_before);
            later.extend(self::later(tx, (*edition, home), known, recorded_before).await?);
        }
        Ok(Some(Self {
            periods,
            chosen,
            by,
            home,
            others,
            ways,
            later,
        }))
    }

    /// Tells whether in a period, the first or the second, figures of a side count in other editions only.
    pub(super) fn is_elsewhere(&self, place: usize, edition: HsEdition, side: &Side<'_>) -> bool {
        let choices = self.chosen.get(place);
        choices.is_some_and(|choices| choices.is_elsewhere(edition, side))
    }

    /// Names all codes of the same goods alike; none where a code cannot be compared.
    pub(super) fn name(&self, key: &GroupKey) -> Option<GroupKey> {
        let code = key.commodity.as_deref()?;
        let own = key.edition?;
        let code = match self.by {
            CodesBy::Digits => code.to_owned(),
            CodesBy::Twins if own == self.home => {
                let mut others = self.others.iter();
                others
                    .all(|other| self.twin_in(*other, code).is_some())
                    .then(|| code.to_owned())?
            }
            CodesBy::Twins => self.ways.get(&own)?.twin(code)?,
            CodesBy::NoConcordance | CodesBy::OneEdition => return None,
        };
        Some(GroupKey {
            edition: Some(self.home),
            commodity: Some(code),
            ..key.clone()
        })
    }

    /// The twin that a code of the last edition has in another one.
    fn twin_in(&self, other: HsEdition, code: &str) -> Option<String> {
        match self.by {
            CodesBy::Digits => Some(code.to_owned()),
            CodesBy::Twins => self.ways.get(&other)?.twin_before(code),
            CodesBy::NoConcordance | CodesBy::OneEdition => None,
        }
    }

    /// Returns the twins of codes that are not among these: what releases say about them counts, too.
    pub(super) fn without_figures<'a>(
        &self,
        keys: impl Iterator<Item = &'a GroupKey>,
    ) -> BTreeSet<GroupKey> {
        let keys: BTreeSet<&GroupKey> = keys.collect();
        let mut twins = BTreeSet::new();
        for name in keys.iter().filter_map(|key| self.name(key)) {
            let Some(code) = name.commodity.as_deref() else {
                continue;
            };
            for other in &self.others {
                twins.extend(self.twin_in(*other, code).map(|code| GroupKey {
                    edition: Some(*other),
                    commodity: Some(code),
                    ..name.clone()
                }));
            }
            twins.insert(name);
        }
        twins.retain(|key| !keys.contains(key));
        twins
    }

    /// Says of which sides the periods count in different editions, and of concordances that were not known then.
    pub(super) fn warnings(&self) -> impl Iterator<Item = Warning> {
        let [own, former] = &self.chosen;
        let [period, compare] = self.periods;
        let later = (!self.later.is_empty()).then(|| Warning::LaterConcordance(self.later.clone()));
        own.differing(former)
            .map(
                move |(reporter, flow, [editions, former])| Warning::ComparedEditions {
                    reporter: reporter.to_owned(),
                    flow,
                    period,
                    editions,
                    compare,
                    former,
                    by: self.by,
                },
            )
            .chain(later)
    }
}

/// The ways from other editions to one, if there are concordances for all of them.
async fn ways(
    tx: &mut Tx,
    home: HsEdition,
    others: &BTreeSet<HsEdition>,
) -> Result<(CodesBy, BTreeMap<HsEdition, Conversion>), Error> {
    let mut ways = BTreeMap::new();
    for edition in others {
        match way(tx, *edition, home).await? {
            Ok(steps) => ways.insert(*edition, Conversion::of(steps)),
            Err(_) => return Ok((CodesBy::NoConcordance, BTreeMap::new())),
        };
    }
    Ok((CodesBy::Twins, ways))
}
