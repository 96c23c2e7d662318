//! The level at which both sides have published a code, where one of them stops above the level asked for.
//!
//! A side that published a heading and none, or not all, of its subheadings tells more of the heading than of these:
//! there the heading is what can be compared, and whatever the other side has below it belongs to it. Otherwise the
//! goods would be missing on one side, or even seem to be nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::{Figure, Kind, Role, Side, Source, units::Node};
pub use crate::domain::tally::Told;
use crate::domain::{
    cell::HsEdition,
    group::Book,
    observation::Qualifier,
    period::{Period, Stretch, Window},
    turnover::Warning,
    vintage::Absence,
};

/// Reads the amount of a book of a side in an edition and a period; none where it tells none.
pub type Amounts<'a> = dyn Fn(Role, HsEdition, &Book, Period) -> Option<Told> + 'a;

/// Codes of coarser levels, by side, of which an edition in which the side is not compared tells more.
pub type Hidden = BTreeMap<Role, BTreeSet<String>>;

/// Returns what is compared in a period: `base`, where a side has published no more above it; elsewhere what both sides
/// have published for the code above, of `above`, the codes of the coarser levels, the coarsest level first.
///
/// A side is compared in the editions that it has codes of the level in. What it tells besides by coarser codes of
/// another edition is returned, too: there it has not nothing, nor only what is compared.
#[must_use]
pub fn common(
    base: Vec<Node>,
    mut above: Vec<Vec<Node>>,
    period: Period,
    amounts: &Amounts<'_>,
) -> (Vec<Node>, Hidden) {
    let mut hidden = Hidden::new();
    for role in [Role::Exporter, Role::Importer] {
        let counted = editions(role, &base, &above);
        let is_left_out = |node: &&Node| node.role == role && !counted.contains(&node.edition);
        if let Some(coarsest) = above.first() {
            let kept = coarsest
                .iter()
                .filter(|node| node.role == role && !is_left_out(node));
            let kept: Vec<&Node> = kept.collect();
            let more = coarsest.iter().filter(is_left_out);
            let more = more.filter(|node| tells_more(node, &kept, period, amounts));
            let codes: BTreeSet<String> = more.map(|node| node.code.clone()).collect();
            hidden.insert(role, codes);
        }
        for nodes in &mut above {
            nodes.retain(|node| !is_left_out(&node));
        }
    }
    let amount = &|role, edition, book: &Book| amounts(role, edition, book, period);
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
        return (base, hidden);
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
    (kept, hidden)
}

/// Tells whether a code of an edition that is left out tells more than the same code of those that are kept, in the
/// period or in one of its months.
fn tells_more(node: &Node, kept: &[&Node], period: Period, amounts: &Amounts<'_>) -> bool {
    let stretches = period.stretches().into_iter();
    let months = stretches.flat_map(Stretch::months);
    let months =
        months.filter_map(|month| Period::new(Window::Month, month.year, month.first).ok());
    std::iter::once(period).chain(months).any(|period| {
        let same = kept.iter().filter(|own| own.code == node.code);
        let parts = same.filter_map(|own| amounts(own.role, own.edition, &own.book, period));
        let own = amounts(node.role, node.edition, &node.book, period);
        own.is_some_and(|own| own.tells_more(parts.reduce(Told::plus)))
    })
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
fn short<'a>(
    coarse: &'a [Node],
    fine: &[Node],
    amount: &dyn Fn(Role, HsEdition, &Book) -> Option<Told>,
) -> BTreeSet<&'a str> {
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

/// What sides report of which some have more than is told here: what these do not have is not nothing.
pub struct Untold<'a> {
    source: &'a dyn Source,
    sides: &'a BTreeSet<Role>,
    short: BTreeSet<Role>,
}

impl<'a> Untold<'a> {
    /// Takes what sides report, those that have more in all than under their codes, and those that have more under this
    /// code, so that what they report of it is a lower bound.
    #[must_use]
    pub fn new(source: &'a dyn Source, sides: &'a BTreeSet<Role>, short: BTreeSet<Role>) -> Self {
        Self {
            source,
            sides,
            short,
        }
    }
}

impl Source for Untold<'_> {
    fn figure(&self, role: Role, period: Period) -> Side {
        let is_short = self.short.contains(&role);
        match self.source.figure(role, period) {
            Side::Nothing if is_short || self.sides.contains(&role) => {
                Side::Missing(Absence::NotPublished)
            }
            Side::Known(mut figure) if is_short => {
                figure.qualifier = Qualifier::LowerBound;
                figure.warnings.insert(Warning::Partial);
                Side::Known(figure)
            }
            side => side,
        }
    }

    fn of_kind(&self, role: Role, period: Period, kind: Kind) -> Option<Figure> {
        self.source.of_kind(role, period, kind)
    }
}
