//! Products that the trade of several countries can be compared in, whatever editions they use.

use std::collections::{BTreeMap, BTreeSet};

use super::Notice;
use crate::domain::{
    cell::HsEdition,
    group::{Book, Level},
    mirror::{
        Role, Side,
        units::{self, at},
    },
};

/// Chapters that are for national use (World Customs Organization, HS nomenclature).
const NATIONAL: [&str; 2] = ["98", "99"];

/// What one country reports about one code.
#[derive(Clone, Debug)]
pub struct Node {
    /// The place of the country among those compared.
    pub place: usize,
    /// The edition of the code.
    pub edition: HsEdition,
    /// The code, at least as deep as the level asked for.
    pub code: String,
    /// What is known.
    pub book: Book,
}

/// What is known about one product, before it is looked at in a period.
#[derive(Clone, Debug)]
pub struct Shelf {
    /// Its codes, mostly one.
    pub codes: BTreeSet<String>,
    /// Whether some code is in no concordance.
    pub unconverted: bool,
    /// What each country reports, by its place.
    pub books: Vec<Book>,
}

impl Shelf {
    /// Tells whether it is for national use, and so no product to compare.
    #[must_use]
    pub fn is_national(&self) -> bool {
        let is_own = |code: &String| NATIONAL.iter().any(|chapter| code.starts_with(chapter));
        self.codes.iter().all(is_own)
    }
}

/// One product in a period.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its codes, mostly one.
    pub codes: BTreeSet<String>,
    /// Whether some code is in no concordance.
    pub unconverted: bool,
    /// Whether it is for national use.
    pub is_national: bool,
    /// What each country reports, by its place.
    pub sides: Vec<Side>,
}

impl Line {
    /// Returns what a reader should know about its codes.
    #[must_use]
    pub fn notices(&self) -> BTreeSet<Notice> {
        let merged = (self.codes.len() > 1).then_some(Notice::EditionsMerged);
        let unconverted = self.unconverted.then_some(Notice::CodeNotConverted);
        merged.into_iter().chain(unconverted).collect()
    }
}

/// Returns the products in the order of their first codes. Codes between which goods can move are one product, as in a
/// reconciliation; `image` returns the codes of six digits that goods of a code can have in the common edition.
#[must_use]
pub fn shelves(
    nodes: Vec<Node>,
    places: usize,
    level: Level,
    image: &dyn Fn(HsEdition, &str) -> Option<BTreeSet<String>>,
) -> Vec<Shelf> {
    let mut images: BTreeMap<(HsEdition, String), Option<BTreeSet<String>>> = BTreeMap::new();
    for node in &nodes {
        images
            .entry((node.edition, node.code.clone()))
            .or_insert_with(|| image(node.edition, &node.code).filter(|codes| !codes.is_empty()));
    }
    let bare = images.keys().map(|(edition, code)| units::Node {
        role: Role::Exporter,
        edition: *edition,
        code: code.clone(),
        book: Book::default(),
    });
    let known =
        |edition: HsEdition, code: &str| images.get(&(edition, code.to_owned())).cloned()?;
    let mut shelves: Vec<Shelf> = units::units(bare.collect(), level, &known)
        .into_iter()
        .map(|unit| Shelf {
            codes: unit.codes,
            unconverted: unit.unconverted,
            books: vec![Book::default(); places],
        })
        .collect();
    let by_code: BTreeMap<String, usize> = shelves
        .iter()
        .enumerate()
        .flat_map(|(place, shelf)| shelf.codes.iter().map(move |code| (code.clone(), place)))
        .collect();
    for node in nodes {
        let codes = known(node.edition, &node.code);
        let first = codes.as_ref().and_then(BTreeSet::first);
        let code = at(level, first.unwrap_or(&node.code));
        let shelf = by_code.get(&code).and_then(|place| shelves.get_mut(*place));
        if let Some(book) = shelf.and_then(|shelf| shelf.books.get_mut(node.place)) {
            book.merge(&node.book);
        }
    }
    shelves
}
