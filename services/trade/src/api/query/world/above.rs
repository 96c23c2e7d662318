//! What chapters tell of the trade of each side beyond its products.

use std::collections::{BTreeMap, BTreeSet};

use storage::{Error, Tx};

use super::Wanted;
use crate::{
    api::query::{editions::Choices, untold::Untolds},
    domain::{
        advantage::lines::{Node, Shelf},
        cell::{Flow, HsEdition},
        group::{Book, Level, Untold},
    },
    store::groups::{Asked, Grouped},
};

/// The chapters of which more is published than of the products in them.
pub(super) struct Above {
    /// All that is published of chapters; none where no chapter tells more.
    chapters: Option<Grouped>,
    /// The chapters that do, of each side.
    sides: Vec<BTreeMap<String, Untold>>,
}

impl Above {
    /// Compares chapters with products: of sides that have them at the level asked for, and of those of which `nodes`
    /// are finer.
    pub(super) async fn read(
        tx: &mut Tx,
        wanted: &Wanted,
        asked: &Asked,
        nodes: &[Node],
        choices: &Choices,
    ) -> Result<Self, Error> {
        let coarse = Asked {
            level: Some(wanted.level),
            ..asked.clone()
        };
        let (coarse, chapters) = Untolds::with_chapters(tx, &coarse).await?;
        let mut found = Self {
            chapters,
            sides: sides(wanted, &coarse, choices, &|_, _| true),
        };
        if asked.level != Some(wanted.level) {
            let (fine, chapters) = Untolds::with_chapters(tx, asked).await?;
            let is_fine = |place: usize, edition: HsEdition| {
                let is_own = |node: &&Node| (node.place, node.edition) == (place, edition);
                let mut own = nodes.iter().filter(is_own);
                own.any(|node| node.code.len() == Level::Subheading.digits())
            };
            found.sides = sides(wanted, &coarse, choices, &|place, edition| {
                !is_fine(place, edition)
            });
            let finer = sides(wanted, &fine, choices, &is_fine);
            for (own, finer) in found.sides.iter_mut().zip(finer) {
                for (chapter, untold) in finer {
                    add(own, chapter, &untold);
                }
            }
            found.chapters = chapters.or(found.chapters);
        }
        Ok(found)
    }

    /// Returns where more is told of the chapters of some products than of these.
    pub(super) fn of(&self, place: usize, shelf: &Shelf) -> Option<Untold> {
        let chapters = self.sides.get(place)?;
        let own: BTreeSet<&str> = shelf
            .codes
            .iter()
            .filter_map(|code| code.get(..2))
            .collect();
        own.into_iter()
            .filter_map(|chapter| chapters.get(chapter))
            .fold(None, |sum: Option<Untold>, own| {
                Some(sum.unwrap_or_default().with(own))
            })
    }

    /// Returns all that a side publishes by chapter, if some chapter tells more of the period than its products.
    pub(super) fn chapters(
        &self,
        wanted: &Wanted,
        place: usize,
        choices: &Choices,
    ) -> Option<Vec<Book>> {
        let own = self.sides.get(place)?;
        let stretches = wanted.period.stretches();
        let is_told = |untold: &Untold| stretches.iter().any(|own| untold.touches(*own));
        let chapters = self.chapters.as_ref()?;
        own.values().any(is_told).then(|| {
            let mut books: BTreeMap<String, Book> = BTreeMap::new();
            let nodes = wanted.nodes(chapters, choices);
            for node in nodes.into_iter().filter(|node| node.place == place) {
                books.entry(node.code).or_default().merge(&node.book);
            }
            books.into_values().collect()
        })
    }
}

/// The chapters of each side that tell more, in editions that count in the period and are `admitted`.
fn sides(
    wanted: &Wanted,
    untolds: &Untolds,
    choices: &Choices,
    admitted: &dyn Fn(usize, HsEdition) -> bool,
) -> Vec<BTreeMap<String, Untold>> {
    let of = |(place, (reporter, flow)): (usize, &(String, Flow))| {
        let choice = choices.of_side(reporter, *flow, "");
        let counts = |edition: HsEdition| {
            admitted(place, edition)
                && choice.is_none_or(|choice| !choice.left_out().contains(&edition))
        };
        let mut chapters = BTreeMap::new();
        for (edition, chapter, untold) in untolds.of_side(reporter, *flow, "") {
            if counts(edition) {
                add(&mut chapters, chapter.to_owned(), untold);
            }
        }
        chapters
    };
    wanted.sides.iter().enumerate().map(of).collect()
}

fn add(chapters: &mut BTreeMap<String, Untold>, chapter: String, untold: &Untold) {
    let own = chapters.remove(&chapter).unwrap_or_default();
    chapters.insert(chapter, own.with(untold));
}
