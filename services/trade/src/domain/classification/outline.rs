//! The entries of all editions, from the nomenclatures and concordances that there are.
//!
//! An edition without a nomenclature has the codes of its concordances. A name goes with a code from edition to
//! edition as long as nothing but the number of the code can have changed.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    HsEdition, Level, Section,
    concordance::{Concordance, Relationship},
    file::Entry,
    level_of, parent_of,
};
use crate::domain::cell::TOTAL;

/// An entry of an edition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The code: digits, or the number of a section.
    pub code: String,
    /// Its name; may be empty.
    pub name: String,
    /// The edition whose nomenclature the name is from; none without a name.
    pub name_edition: Option<HsEdition>,
}

impl Item {
    /// Returns what it is in the hierarchy.
    #[must_use]
    pub fn level(&self) -> Level {
        level_of(&self.code).unwrap_or(Level::Total)
    }

    /// Returns the code of the entry above, if there is one.
    #[must_use]
    pub fn parent(&self) -> Option<&str> {
        Some(parent_of(&self.code)).filter(|parent| *parent != TOTAL)
    }
}

/// What is known of all editions.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    /// The entries of nomenclatures by edition.
    pub nomenclatures: BTreeMap<HsEdition, Vec<Entry>>,
    /// The concordances by their earlier edition.
    pub concordances: BTreeMap<HsEdition, Concordance>,
}

/// The names that a nomenclature has, by code.
type Names<'a> = BTreeMap<HsEdition, BTreeMap<&'a str, &'a str>>;

/// For each code of an edition the code that it was renamed to in a neighbour.
type Renamed<'a> = BTreeMap<(HsEdition, HsEdition), BTreeMap<&'a str, &'a str>>;

impl Outline {
    /// Returns the entries of every edition of which anything is known, sections first, then by code.
    #[must_use]
    pub fn items(&self) -> BTreeMap<HsEdition, Vec<Item>> {
        let names = self.names();
        let renamed = self.renamed();
        let of = |edition: HsEdition| {
            let codes = self.codes(edition);
            (!codes.is_empty()).then(|| (edition, items(edition, &codes, &names, &renamed)))
        };
        HsEdition::all().filter_map(of).collect()
    }

    /// The codes of digits of an edition, headings and chapters among them.
    fn codes(&self, edition: HsEdition) -> BTreeSet<&str> {
        let subheadings: Vec<&str> = match self.nomenclatures.get(&edition) {
            Some(entries) => entries.iter().map(|entry| entry.code.as_str()).collect(),
            None => self.paired(edition),
        };
        subheadings
            .into_iter()
            .flat_map(|code| [2, 4, 6].map(|length| code.get(..length)))
            .flatten()
            .collect()
    }

    /// The codes of six digits that concordances have of an edition.
    fn paired(&self, edition: HsEdition) -> Vec<&str> {
        let mut codes = Vec::new();
        for (earlier, concordance) in &self.concordances {
            for pair in concordance.pairs() {
                if *earlier == edition {
                    codes.push(pair.earlier.as_str());
                } else if earlier.next() == Some(edition) {
                    codes.push(pair.later.as_str());
                }
            }
        }
        codes
    }

    fn names(&self) -> Names<'_> {
        self.nomenclatures
            .iter()
            .map(|(edition, entries)| {
                let named = entries.iter().filter(|entry| !entry.name.is_empty());
                let names = named.map(|entry| (entry.code.as_str(), entry.name.as_str()));
                (*edition, names.collect())
            })
            .collect()
    }

    /// The pairs of codes that are one and the same in neighbouring editions, both ways.
    fn renamed(&self) -> Renamed<'_> {
        let mut renamed = Renamed::new();
        for (earlier, concordance) in &self.concordances {
            let Some(later) = earlier.next() else {
                continue;
            };
            let same = concordance
                .pairs()
                .iter()
                .filter(|pair| concordance.relationship(pair) == Relationship::OneToOne);
            for pair in same {
                let (a, b) = (pair.earlier.as_str(), pair.later.as_str());
                renamed.entry((*earlier, later)).or_default().insert(a, b);
                renamed.entry((later, *earlier)).or_default().insert(b, a);
            }
        }
        renamed
    }
}

fn items(
    edition: HsEdition,
    codes: &BTreeSet<&str>,
    names: &Names<'_>,
    renamed: &Renamed<'_>,
) -> Vec<Item> {
    let sections: BTreeSet<&str> = codes
        .iter()
        .filter_map(|code| Section::of(code))
        .map(|section| section.numeral.as_str())
        .collect();
    let sections = Section::all()
        .iter()
        .filter(|section| sections.contains(section.numeral.as_str()))
        .map(|section| Item {
            code: section.numeral.clone(),
            name: section.name.clone(),
            name_edition: Some(edition),
        });
    let entries = codes.iter().map(|code| {
        let found = name(edition, code, names, renamed);
        Item {
            code: (*code).to_owned(),
            name: found.map_or_else(String::new, |(name, _)| name.to_owned()),
            name_edition: found.map(|(_, edition)| edition),
        }
    });
    sections.chain(entries).collect()
}

/// Finds the name of a code: in its own edition, then in later ones, then in earlier ones.
fn name<'a>(
    edition: HsEdition,
    code: &str,
    names: &Names<'a>,
    renamed: &Renamed<'_>,
) -> Option<(&'a str, HsEdition)> {
    if names.contains_key(&edition) {
        let name = names[&edition].get(code)?;
        return Some((name, edition));
    }
    let later = HsEdition::all().filter(|other| *other > edition);
    let earlier = HsEdition::all().rev().filter(|other| *other < edition);
    along(edition, code, later, names, renamed)
        .or_else(|| along(edition, code, earlier, names, renamed))
}

/// Follows a code from edition to edition until a nomenclature has it.
fn along<'a>(
    edition: HsEdition,
    code: &str,
    way: impl Iterator<Item = HsEdition>,
    names: &Names<'a>,
    renamed: &Renamed<'_>,
) -> Option<(&'a str, HsEdition)> {
    let (mut here, mut code) = (edition, code);
    for next in way {
        // Headings and chapters are not in concordances: where they have the same code they are taken as the same.
        if code.len() == 6 {
            code = renamed.get(&(here, next))?.get(code)?;
        }
        here = next;
        if let Some(name) = names.get(&here).and_then(|names| names.get(code)) {
            return Some((name, here));
        }
    }
    None
}
