//! What both sides have published at other levels than the one asked for.

use std::collections::BTreeMap;

use storage::{Error, Tx};

use crate::{
    domain::{
        cell::HsEdition,
        group::{self, Book, Level, editions::Choice},
        mirror::{Role, depth},
        period::Period,
        release::Release,
    },
    store::{
        self,
        groups::{Asked, Grouped},
    },
};

/// The levels of one question, each read at most once.
pub(super) struct Levels {
    asked: Asked,
    read: BTreeMap<Level, Grouped>,
}

impl Levels {
    pub(super) fn new(asked: Asked) -> Self {
        Self {
            asked,
            read: BTreeMap::new(),
        }
    }

    /// Reads the figures by the codes of a level.
    pub(super) async fn read(&mut self, tx: &mut Tx, level: Level) -> Result<&Grouped, Error> {
        let found = match self.read.remove(&level) {
            Some(found) => found,
            None => {
                let asked = Asked {
                    level: Some(level),
                    ..self.asked.clone()
                };
                store::groups::read(tx, &asked).await?
            }
        };
        Ok(self.read.entry(level).or_insert(found))
    }
}

/// What books tell of one direction in one period.
pub(super) struct Told<'a> {
    pub(super) releases: &'a [Release],
    pub(super) exporter: &'a str,
    pub(super) importer: &'a str,
    pub(super) period: Period,
    /// What counts of the exporter's and of the importer's figures in each period; empty for everything.
    pub(super) counted: &'a [BTreeMap<Period, Choice>; 2],
}

impl Told<'_> {
    /// Returns the amount of a book.
    pub(super) fn of(&self, role: Role, edition: HsEdition, book: &Book) -> Option<depth::Told> {
        let [exports, imports] = self.counted;
        let (reporter, partner, choices) = match role {
            Role::Exporter => (self.exporter, self.importer, exports),
            Role::Importer => (self.importer, self.exporter, imports),
        };
        let counted = choices
            .get(&self.period)
            .map(|choice| choice.of(edition, book));
        let side = group::Side {
            book: Some(counted.as_ref().unwrap_or(book)),
            reporter,
            partner,
            flow: role.flow(),
            region: "",
        };
        let amount = group::amount(&[side], self.releases, self.period).ok()?;
        Some(depth::Told {
            cents: amount.cents(),
            half_units: amount.tally.measures.half_units,
            figures: amount.tally.measures.figures,
        })
    }
}
