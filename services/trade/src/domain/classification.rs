//! Commodity classifications: the entries of the editions of the Harmonized System, and how they stand one
//! above the other.

pub mod concordance;
pub mod conversion;
pub mod figure;
pub mod file;
pub mod outline;

use std::sync::LazyLock;

use super::{
    cell::{HsEdition, TOTAL},
    section,
};

/// The sections and their names, with their sources at the top.
const SECTIONS: &str = include_str!("../../data/sections.csv");

static TABLE: LazyLock<Vec<Section>> = LazyLock::new(|| {
    SECTIONS
        .lines()
        .filter(|line| !line.starts_with('#'))
        .zip(1..)
        .filter_map(|(line, place)| Section::read(line, place))
        .collect()
});

/// The years in which the editions entered into force, H0 first.
const YEARS: [i16; 7] = [1992, 1996, 2002, 2007, 2012, 2017, 2022];

/// A section of the Harmonized System.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its number in Roman capitals.
    pub numeral: String,
    /// Its name in English.
    pub name: String,
    place: u8,
}

impl Section {
    fn read(line: &str, place: u8) -> Option<Self> {
        let (numeral, name) = line.split_once(';')?;
        Some(Self {
            numeral: numeral.to_owned(),
            name: name.to_owned(),
            place,
        })
    }

    /// Returns all sections in order.
    #[must_use]
    pub fn all() -> &'static [Section] {
        &TABLE
    }

    /// Returns the section that a code of digits is in.
    #[must_use]
    pub fn of(code: &str) -> Option<&'static Section> {
        let chapter = code.get(..2)?;
        let is_code = chapter.bytes().all(|byte| byte.is_ascii_digit());
        is_code.then(|| Self::numbered(section::of_chapter(chapter)))?
    }

    /// Returns the section of that number, in capitals.
    #[must_use]
    pub fn numbered(numeral: &str) -> Option<&'static Section> {
        Self::all()
            .iter()
            .find(|section| section.numeral == numeral)
    }
}

/// What an entry is in the hierarchy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// All commodities.
    Total,
    /// A section.
    Section,
    /// Two digits.
    Chapter,
    /// Four digits.
    Heading,
    /// Six digits.
    Subheading,
}

/// Returns the level of a code; none when it is no code of a classification.
#[must_use]
pub fn level_of(code: &str) -> Option<Level> {
    if code == TOTAL {
        return Some(Level::Total);
    }
    if Section::numbered(code).is_some() {
        return Some(Level::Section);
    }
    if !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match code.len() {
        2 => Some(Level::Chapter),
        4 => Some(Level::Heading),
        6 => Some(Level::Subheading),
        _ => None,
    }
}

/// Returns the code of the entry above; the total's own for the total and for what is no code.
#[must_use]
pub fn parent_of(code: &str) -> &str {
    match level_of(code) {
        Some(Level::Subheading) => &code[..4],
        Some(Level::Heading) => &code[..2],
        Some(Level::Chapter) => Section::of(code).map_or(TOTAL, |section| &section.numeral),
        Some(Level::Section | Level::Total) | None => TOTAL,
    }
}

/// Returns the code at `level` above a code, or the code itself where it is not below that level.
#[must_use]
pub fn ancestor(code: &str, level: Level) -> &str {
    let mut code = code;
    while level_of(code).is_some_and(|own| own > level) {
        code = parent_of(code);
    }
    code
}

/// Returns the nearest entry above all of some codes, or the only one of them; the total for none.
#[must_use]
pub fn common_ancestor<'a>(codes: impl IntoIterator<Item = &'a str>) -> &'a str {
    let mut codes = codes.into_iter();
    let Some(mut common) = codes.next() else {
        return TOTAL;
    };
    for code in codes {
        let mut other = code;
        while common != other {
            match level_of(common).cmp(&level_of(other)) {
                std::cmp::Ordering::Greater => common = parent_of(common),
                std::cmp::Ordering::Less => other = parent_of(other),
                std::cmp::Ordering::Equal => {
                    common = parent_of(common);
                    other = parent_of(other);
                }
            }
        }
    }
    common
}

/// Returns a text by which codes sort in their order, sections first and the total last.
#[must_use]
pub fn position(code: &str) -> String {
    match Section::numbered(code) {
        Some(section) => format!("!{:02}", section.place),
        None => code.to_owned(),
    }
}

impl HsEdition {
    /// Returns all editions in order.
    pub fn all() -> impl DoubleEndedIterator<Item = Self> {
        (0..=6).filter_map(Self::new)
    }

    /// Returns the year in which it entered into force.
    #[must_use]
    pub fn start_year(self) -> i16 {
        YEARS[usize::from(self.number())]
    }

    /// Returns the edition that entered into force in a year.
    #[must_use]
    pub fn started(year: i16) -> Option<Self> {
        Self::all().find(|edition| edition.start_year() == year)
    }

    /// Returns the edition after this one.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        Self::new(self.number() + 1)
    }
}

#[cfg(test)]
mod tests;
