//! The level at which both sides have published a code, where one of them stops above the level asked for.
//!
//! A side that published a heading and none, or not all, of its subheadings tells more of the heading than of these:
//! there the heading is what can be compared, and whatever the other side has below it belongs to it. Otherwise the
//! goods would be missing on one side, or even seem to be nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::{Figure, Kind, Role, Side, Source, units::Node};
pub use crate::domain::tally::Told;
use crate::domain::{cell::HsEdition, group::Book, period::Period, vintage::Absence};

/// Reads the amount of a book of a side in an edition; none where it tells none.
pub type Amounts<'a> = dyn Fn(Role, HsEdition, &Book) -> Option<Told> + 'a;

/// Returns what is compared: `base`, where a side has published no more above it; elsewhere what both sides have
/// published for the code above, of `above`, the codes of the coarser levels, the coarsest level first.
#[must_use]
pub fn common(base: Vec<Node>, mut above: Vec<Vec<Node>>, amount: &Amounts<'_>) -> Vec<Node> {
    for role in [Role::Exporter, Role::Importer] {
        let counted = editions(role, &base, &above);
        for nodes in &mut above {
            nodes.retain(|node| node.role != role || counted.contains(&node.edition));
        }
    }
    let mut levels: Vec<&[Node]> = above.iter().map(Vec::as_slice).collect();
    levels.push(&base);
    let mut taken: BTreeSet<String> = BTreeSet::new();
    for pair in levels.windows(2) {
        if let [coarse, fine] = pair {
            let short = short(coarse, fine, amount);
            taken.extend(short.into_iter().map(str::to_owned));
        }
    }
    if taken.is_empty() {
        return base;
    }
    let is_below = |code: &str| {
        (1..code.len()).any(|digits| taken.contains(code.get(..digits).unwrap_or(code)))
    };
    let mut kept: Vec<Node> = above
        .iter()
        .flatten()
        .filter(|node| taken.contains(&node.code) && !is_below(&node.code))
        .cloned()
        .collect();
    kept.extend(base.into_iter().filter(|node| !is_below(&node.code)));
    kept
}

/// The editions in which a side is compared: those that it is known in at the level asked for, or, where it is not known
/// there, the last one that it has published.
fn editions(role: Role, base: &[Node], above: &[Vec<Node>]) -> BTreeSet<HsEdition> {
    let own = |node: &&Node| node.role == role;
    let known: BTreeSet<HsEdition> = base.iter().filter(own).map(|node| node.edition).collect();
    if !known.is_empty() {
        return known;
    }
    let coarser = above.iter().flatten().filter(own);
    coarser.map(|node| node.edition).max().into_iter().collect()
}

/// The codes of which a side has published more than its finer codes add up to.
fn short<'a>(coarse: &'a [Node], fine: &[Node], amount: &Amounts<'_>) -> BTreeSet<&'a str> {
    let digits = coarse.first().map_or(0, |node| node.code.len());
    let mut below: BTreeMap<(Role, HsEdition, &str), Book> = BTreeMap::new();
    for node in fine {
        let code = node.code.get(..digits).unwrap_or(&node.code);
        let book = below.entry((node.role, node.edition, code)).or_default();
        book.merge(&node.book);
    }
    let is_short = |node: &&Node| {
        let own = amount(node.role, node.edition, &node.book);
        let finer = below.get(&(node.role, node.edition, node.code.as_str()));
        let finer = finer.and_then(|book| amount(node.role, node.edition, book));
        own.is_some_and(|own| own.tells_more(finer))
    };
    coarse
        .iter()
        .filter(is_short)
        .map(|node| node.code.as_str())
        .collect()
}

/// What sides report of which some have more in all than under their codes: what these do not have is not nothing.
pub struct Untold<'a> {
    source: &'a dyn Source,
    sides: &'a BTreeSet<Role>,
}

impl<'a> Untold<'a> {
    /// Takes what sides report, and those sides.
    #[must_use]
    pub fn new(source: &'a dyn Source, sides: &'a BTreeSet<Role>) -> Self {
        Self { source, sides }
    }
}

impl Source for Untold<'_> {
    fn figure(&self, role: Role, period: Period) -> Side {
        match self.source.figure(role, period) {
            Side::Nothing if self.sides.contains(&role) => Side::Missing(Absence::NotPublished),
            side => side,
        }
    }

    fn of_kind(&self, role: Role, period: Period, kind: Kind) -> Option<Figure> {
        self.source.of_kind(role, period, kind)
    }
}
