//! Commodities that both sides can be compared in, whatever editions they use.
//!
//! Codes of later editions are brought to the earliest. Where the goods of a code can have several codes there, these
//! are taken together: so much is exact without dividing anything.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use super::{Role, Row, State, Why, closing};
use crate::domain::{
    cell::HsEdition,
    group::{Book, Level},
    section,
};

/// What one side reports about one code.
#[derive(Clone, Debug)]
pub struct Node {
    /// Which side.
    pub role: Role,
    /// The edition of the code.
    pub edition: HsEdition,
    /// The code: mostly at least as deep as the level asked for, or of fewer digits where a side has published no finer.
    pub code: String,
    /// What is known.
    pub book: Book,
}

/// What one side reports in each edition.
pub type ByEdition = BTreeMap<HsEdition, Book>;

/// Codes that are compared together, mostly one.
#[derive(Clone, Debug, Default)]
pub struct Unit {
    /// The codes.
    pub codes: BTreeSet<String>,
    /// What the exporter reports, by edition.
    pub exports: ByEdition,
    /// What the importer reports, by edition.
    pub imports: ByEdition,
    /// Whether some code is in no concordance.
    pub unconverted: bool,
    /// Whether codes of different editions are compared by the same digits.
    pub by_digits: bool,
    /// Whether goods of it can be in a code beside it that is compared by its digits.
    is_over: bool,
}

impl Unit {
    fn merge(&mut self, other: Self) {
        self.codes.extend(other.codes);
        merge(&mut self.exports, other.exports);
        merge(&mut self.imports, other.imports);
        self.unconverted |= other.unconverted;
        self.by_digits |= other.by_digits;
        self.is_over |= other.is_over;
    }

    /// Returns the editions of what the sides report.
    fn editions(&self) -> BTreeSet<HsEdition> {
        self.exports
            .keys()
            .chain(self.imports.keys())
            .copied()
            .collect()
    }
}

fn merge(own: &mut ByEdition, other: ByEdition) {
    for (edition, book) in other {
        match own.entry(edition) {
            Entry::Vacant(place) => {
                place.insert(book);
            }
            Entry::Occupied(mut own) => own.get_mut().merge(&book),
        }
    }
}

/// Returns the units of one direction in the order of their first codes. `image` returns the codes of six digits that
/// goods of a code of an edition can have in the common one; none if that is not known.
///
/// Where editions differ only subheadings are converted. A chapter or heading of which a side has published no
/// subheadings is compared with what the other side has under the same digits of its own edition: what may have moved
/// over its border is little beside all the chapters that a conversion of its every subheading would take in.
#[must_use]
pub fn units(
    nodes: Vec<Node>,
    level: Level,
    image: &dyn Fn(HsEdition, &str) -> Option<BTreeSet<String>>,
) -> Vec<Unit> {
    let mut units: Vec<Option<Unit>> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut crossed: BTreeSet<String> = BTreeSet::new();
    let has_several = {
        let mut editions = nodes.iter().map(|node| node.edition);
        let first = editions.next();
        editions.any(|edition| Some(edition) != first)
    };
    let is_by_digits = |code: &str| has_several && code.len() < Level::Subheading.digits();
    let whole: BTreeSet<String> = nodes
        .iter()
        .filter(|node| is_by_digits(&node.code))
        .map(|node| node.code.clone())
        .collect();
    for node in nodes {
        let by_digits = is_by_digits(&node.code);
        let found = if by_digits {
            Some(BTreeSet::from([node.code.clone()]))
        } else {
            image(node.edition, &node.code).filter(|codes| !codes.is_empty())
        };
        let unconverted = found.is_none();
        let codes = found.unwrap_or_else(|| BTreeSet::from([node.code]));
        let (codes, over) = beside(codes, &whole);
        let is_over = !over.is_empty();
        crossed.extend(over.iter().map(|code| at(level, code)));
        let codes: BTreeSet<String> = codes.iter().map(|code| at(level, code)).collect();
        let mut unit = Unit {
            codes,
            unconverted,
            by_digits,
            is_over,
            ..Unit::default()
        };
        match node.role {
            Role::Exporter => unit.exports.insert(node.edition, node.book),
            Role::Importer => unit.imports.insert(node.edition, node.book),
        };
        let mut met: Vec<usize> = unit
            .codes
            .iter()
            .filter_map(|code| places.get(code).copied())
            .collect();
        met.sort_unstable();
        met.dedup();
        let place = match met.split_first() {
            Some((first, others)) => {
                for other in others {
                    if let Some(other) = units.get_mut(*other).and_then(Option::take) {
                        unit.merge(other);
                    }
                }
                *first
            }
            None => {
                units.push(None);
                units.len() - 1
            }
        };
        for code in &unit.codes {
            places.insert(code.clone(), place);
        }
        match units.get_mut(place) {
            Some(Some(own)) => own.merge(unit),
            Some(empty) => *empty = Some(unit),
            None => {}
        }
    }
    let mut units: Vec<Unit> = units.into_iter().flatten().collect();
    for unit in &mut units {
        unit.by_digits &= unit.editions().len() > 1;
        unit.by_digits |= unit.is_over || !unit.codes.is_disjoint(&crossed);
    }
    units.sort_by(|a, b| a.codes.cmp(&b.codes));
    units
}

/// The codes beside those that are compared as wholes by their digits; if there are none, the wholes. Also the wholes
/// that goods can be in besides.
fn beside(
    codes: BTreeSet<String>,
    whole: &BTreeSet<String>,
) -> (BTreeSet<String>, BTreeSet<String>) {
    let above = |code: &str| {
        let mut prefixes = (1..code.len()).filter_map(|digits| code.get(..digits));
        prefixes
            .find(|prefix| whole.contains(*prefix))
            .map(str::to_owned)
    };
    let wholes: BTreeSet<String> = codes.iter().filter_map(|code| above(code)).collect();
    let others = codes.into_iter().filter(|code| above(code).is_none());
    let others: BTreeSet<String> = others.collect();
    if others.is_empty() {
        return (wholes, BTreeSet::new());
    }
    (others, wholes)
}

/// Takes off the rows of one period and direction what closes among the cells of one code of the level above.
pub fn take_classification(level: Level, rows: &mut [(BTreeSet<String>, Row)]) {
    let mut families: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (place, (codes, row)) in rows.iter_mut().enumerate() {
        if let Some(code) = codes.iter().find(|code| is_coarser(level, code)) {
            let why = Why::CellsNotKnown(code.clone());
            row.take_classification(0, State::NotQuantified, why);
            continue;
        }
        let parents: BTreeSet<_> = codes.iter().map(|code| parent(level, code)).collect();
        match parents.into_iter().collect::<Vec<_>>().as_slice() {
            [Some(parent)] => families.entry(parent.clone()).or_default().push(place),
            [None] => row.take_classification(0, State::Nothing, Why::Coarsest),
            _ => row.take_classification(0, State::NotQuantified, Why::SeveralParents),
        }
    }
    for (parent, places) in families {
        let rests: Option<Vec<i64>> = places
            .iter()
            .map(|place| rows.get(*place)?.1.gap.as_ref()?.exact_rest())
            .collect();
        let closing = rests.map(|rests| closing::closing(&rests));
        for (index, place) in places.into_iter().enumerate() {
            let Some((_, row)) = rows.get_mut(place) else {
                continue;
            };
            match closing.as_ref().and_then(|closing| closing.get(index)) {
                Some(cents) => {
                    row.take_classification(*cents, State::Quantified, Why::Among(parent.clone()));
                }
                None => {
                    let why = Why::CellsNotKnown(parent.clone());
                    row.take_classification(0, State::NotQuantified, why);
                }
            }
        }
    }
}

/// The code of a level that a code is in.
#[must_use]
pub fn at(level: Level, code: &str) -> String {
    if level == Level::Section {
        return section::of_chapter(code.get(..2).unwrap_or(code)).to_owned();
    }
    code.get(..level.digits()).unwrap_or(code).to_owned()
}

/// Tells whether a code has fewer digits than those of a level.
#[must_use]
pub fn is_coarser(level: Level, code: &str) -> bool {
    level > Level::Chapter && code.len() < level.digits()
}

/// The code of the level above; none for sections.
fn parent(level: Level, code: &str) -> Option<String> {
    match level {
        Level::Section => None,
        Level::Chapter => Some(at(Level::Section, code)),
        Level::Heading => Some(at(Level::Chapter, code)),
        Level::Subheading => Some(at(Level::Heading, code)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(role: Role, edition: u8, code: &str) -> Node {
        Node {
            role,
            edition: HsEdition::new(edition).unwrap(),
            code: code.to_owned(),
            book: Book::default(),
        }
    }

    /// What H6 codes were in H5: one split in two, two of one heading, and one across chapters.
    fn image(edition: HsEdition, code: &str) -> Option<BTreeSet<String>> {
        let codes: &[&str] = match (edition.number(), code) {
            (5, code) => return Some(BTreeSet::from([code.to_owned()])),
            (6, "010121" | "010129") => &["010110"],
            (6, "270900") => &["270900", "271000"],
            (6, "300640") => &["300640", "902780"],
            _ => return None,
        };
        Some(codes.iter().map(|code| (*code).to_owned()).collect())
    }

    fn codes(level: Level, nodes: Vec<Node>) -> Vec<String> {
        units(nodes, level, &image)
            .into_iter()
            .map(|unit| unit.codes.into_iter().collect::<Vec<_>>().join("+"))
            .collect()
    }

    #[test]
    fn codes_between_which_goods_can_move_are_taken_together() {
        let nodes = || {
            vec![
                node(Role::Exporter, 5, "010110"),
                node(Role::Exporter, 5, "271000"),
                node(Role::Exporter, 5, "902780"),
                node(Role::Exporter, 5, "270900"),
                node(Role::Importer, 6, "010129"),
                node(Role::Importer, 6, "010121"),
                node(Role::Importer, 6, "270900"),
                node(Role::Importer, 6, "300640"),
                node(Role::Importer, 6, "999999"),
            ]
        };
        assert_eq!(
            codes(Level::Subheading, nodes()),
            ["010110", "270900+271000", "300640+902780", "999999"]
        );
        assert_eq!(codes(Level::Chapter, nodes()), ["01", "27", "30+90", "99"]);
        assert_eq!(codes(Level::Section, nodes()), ["99", "I", "V", "VI+XVIII"]);
    }

    #[test]
    fn a_code_whose_goods_can_be_in_a_chapter_that_is_compared_by_digits_says_so() {
        let nodes = vec![
            node(Role::Exporter, 5, "30"),
            node(Role::Exporter, 5, "270900"),
            node(Role::Importer, 6, "300640"),
            node(Role::Importer, 6, "010121"),
        ];
        let found = units(nodes, Level::Subheading, &image);
        let told: Vec<_> = found
            .iter()
            .map(|unit| {
                let codes: Vec<&str> = unit.codes.iter().map(String::as_str).collect();
                (codes.join("+"), unit.by_digits)
            })
            .collect();
        let expected = [
            ("010110", false),
            ("270900", false),
            ("30", true),
            ("902780", true),
        ];
        assert_eq!(told, expected.map(|(code, told)| (code.to_owned(), told)));
    }

    #[test]
    fn a_code_in_no_concordance_is_taken_as_it_stands_and_named() {
        let found = units(
            vec![node(Role::Importer, 6, "999999")],
            Level::Heading,
            &image,
        );
        assert!(found[0].unconverted && found[0].codes.contains("9999"));
    }
}
