//! Whether a code of ISO 3166-2 was the code of a region in a period: Turkestan region was KZ-YUZ, and is KZ-61.
//!
//! The table says when published lists were *seen* to have a code, not when it changed. A code is therefore refused
//! only if the lists exclude it on every day of the period; between two lists either code may be the right one, and
//! of countries whose lists are not known every code may be.
//!
//! Codes are joined to one place only where it is the same land: East Kazakhstan without Abai is not what it was before.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use jiff::civil::Date;

use super::period::Period;

/// The table that this service ships, with its sources at the top.
const SHIPPED: &str = include_str!("../../data/regions.csv");

static REGIONS: LazyLock<Regions> = LazyLock::new(|| Regions::read(SHIPPED));

/// A code of a region and the lists that have it.
#[derive(Clone, Debug)]
struct Listing {
    /// The table's own key of the place, the same through all changes.
    region: String,
    code: String,
    first_seen: Date,
    last_seen: Date,
    /// Whether it had given territory to another region since the listing before.
    is_smaller: bool,
}

impl Listing {
    fn read(line: &str) -> Option<Self> {
        let cells: Vec<&str> = line.split(',').collect();
        let [region, code, _name, _kind, first_seen, last_seen, gave_to] = cells.as_slice() else {
            return None;
        };
        Some(Self {
            region: (*region).to_owned(),
            code: (*code).to_owned(),
            first_seen: first_seen.parse().ok()?,
            last_seen: last_seen.parse().ok()?,
            is_smaller: !gave_to.is_empty(),
        })
    }
}

/// Why a code is not that of a region in a period.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotListed {
    /// No list of the country has it.
    #[error("is on no list of the country's ISO 3166-2 codes")]
    Unknown,
    /// The lists exclude it on every day of the period.
    #[error("was not the code of a region in {period}{}", instead(.code_then.as_deref()))]
    NotInPeriod {
        /// The period.
        period: Period,
        /// The code that the region had then, if it had one.
        code_then: Option<String>,
    },
}

fn instead(code: Option<&str>) -> String {
    code.map_or_else(String::new, |code| format!("; its code then was {code}"))
}

/// The regions of the countries whose lists are known.
#[derive(Debug)]
struct Regions {
    listings: Vec<Listing>,
    /// The days of the lists, ascending.
    lists: BTreeSet<Date>,
    /// Of each code those of its place, the last one first.
    codes: BTreeMap<String, Vec<String>>,
}

/// Checks that a code of a country's region may have been in use on some day of a period.
pub fn check(code: &str, period: Period) -> Result<(), NotListed> {
    REGIONS.check(code, period)
}

/// Returns the present code of the place that a code is of, whatever its codes were: figures of one place are told
/// apart from those of others by it. A code on no list is its own, and so is one from before the region gave up
/// territory or from before and after it.
#[must_use]
pub fn present(code: &str) -> String {
    if code.is_empty() {
        return String::new();
    }
    REGIONS.present(code).unwrap_or(code).to_owned()
}

/// Tells whether the place that a code is of has other codes.
#[must_use]
pub fn has_several(code: &str) -> bool {
    !code.is_empty() && REGIONS.codes(code).any(|other| other != code)
}

/// Returns the first code of a region in a text, word by word, that is not the present one of its place, with that.
#[must_use]
pub fn former_in(text: &str) -> Option<(&str, &'static str)> {
    let is_of_code =
        |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '*';
    text.split(|letter| !is_of_code(letter)).find_map(|word| {
        let present = REGIONS.present(word)?;
        (present != word).then_some((word, present))
    })
}

/// Returns the code that a place, given by its present code, had in a period: the present one where the lists allow
/// it, else the last one that they allow.
#[must_use]
pub fn code_in(present: &str, period: Period) -> String {
    if present.is_empty() {
        return String::new();
    }
    REGIONS
        .code_in(present, period)
        .unwrap_or(present)
        .to_owned()
}

impl Regions {
    /// How often the region of a code had given up territory, as each list with the code says, and the region.
    fn place(&self, code: &str) -> Option<(&str, BTreeSet<usize>)> {
        let own = || self.listings.iter().filter(|listing| listing.code == code);
        let region = own().next()?.region.as_str();
        let losses = own().map(|listing| {
            let earlier = self.listings.iter().filter(|other| {
                other.region == region && other.is_smaller && other.first_seen <= listing.first_seen
            });
            earlier.count()
        });
        Some((region, losses.collect()))
    }

    /// The codes of the place that a code is of, the last one first.
    fn codes(&self, code: &str) -> impl Iterator<Item = &str> {
        let codes = self.codes.get(code).into_iter().flatten();
        codes.map(String::as_str)
    }

    /// Finds these codes: of one that stood before and after a loss of territory only itself.
    fn joined(&self, code: &str) -> Vec<String> {
        let place = self.place(code);
        let is_one = place.as_ref().is_some_and(|(_, losses)| losses.len() == 1);
        let mut seen: Vec<&Listing> = self
            .listings
            .iter()
            .filter(|other| other.code == code || is_one && self.place(&other.code) == place)
            .collect();
        seen.sort_by_key(|listing| std::cmp::Reverse(listing.last_seen));
        let mut codes: Vec<String> = seen.iter().map(|listing| listing.code.clone()).collect();
        codes.dedup();
        codes
    }

    fn present(&self, code: &str) -> Option<&str> {
        self.codes(code).next()
    }

    fn code_in(&self, code: &str, period: Period) -> Option<&str> {
        let mut codes = self.codes(code);
        codes.find(|code| self.may_be_in_use(code, period))
    }

    fn read(text: &str) -> Self {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let listings: Vec<Listing> = lines.filter_map(Listing::read).collect();
        let days = listings
            .iter()
            .flat_map(|seen| [seen.first_seen, seen.last_seen]);
        let mut regions = Self {
            lists: days.collect(),
            listings,
            codes: BTreeMap::new(),
        };
        let codes = regions.listings.iter().map(|listing| &listing.code);
        let codes = codes.map(|code| (code.clone(), regions.joined(code)));
        regions.codes = codes.collect();
        regions
    }

    fn check(&self, code: &str, period: Period) -> Result<(), NotListed> {
        let own = code.split_once('-').map(|(country, _)| country);
        let is_of = |other: &str| other.split_once('-').map(|(country, _)| country) == own;
        if !self.listings.iter().any(|listing| is_of(&listing.code)) {
            return Ok(());
        }
        let listed = self.listings.iter().find(|listing| listing.code == code);
        let listed = listed.ok_or(NotListed::Unknown)?;
        if self.may_be_in_use(code, period) {
            return Ok(());
        }
        let code_then = self
            .listings
            .iter()
            .filter(|listing| listing.region == listed.region)
            .find(|listing| self.may_be_in_use(&listing.code, period))
            .map(|listing| listing.code.clone());
        Err(NotListed::NotInPeriod { period, code_then })
    }

    /// Whether the period goes beyond the last list before the code's first one, which does not have it, and begins
    /// before the first list after its last one.
    fn may_be_in_use(&self, code: &str, period: Period) -> bool {
        let seen = || self.listings.iter().filter(|listing| listing.code == code);
        let (Some(first), Some(last)) = (
            seen().map(|listing| listing.first_seen).min(),
            seen().map(|listing| listing.last_seen).max(),
        ) else {
            return false;
        };
        let before = self.lists.range(..first).next_back();
        let after = self.lists.iter().find(|list| **list > last);
        before.is_none_or(|list| period.last_day() > *list)
            && after.is_none_or(|list| period.first_day() < *list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_period(code: &str, period: &str) -> Result<(), NotListed> {
        check(code, period.parse().unwrap())
    }

    #[test]
    fn every_line_of_the_shipped_table_is_read() {
        let lines = SHIPPED
            .lines()
            .filter(|line| !line.starts_with('#'))
            .count()
            - 1;
        assert_eq!(REGIONS.listings.len(), lines);
        assert_eq!(REGIONS.lists.len(), 4);
    }

    #[test]
    fn a_code_is_valid_in_a_period_that_the_lists_do_not_exclude() {
        for (code, period) in [
            ("KZ-YUZ", "2021"),
            ("KZ-YUZ", "2010-03"),
            ("KZ-61", "2025"),
            ("UZ-TK", "2019-Q1"),
            // The code changed between August 2022 and April 2024.
            ("KZ-YUZ", "2022"),
            ("KZ-61", "2022"),
            ("KZ-YUZ", "2024-01"),
            ("KZ-61", "2023-01"),
            // No list of this country is known.
            ("XA-1", "1950"),
        ] {
            assert_eq!(in_period(code, period), Ok(()), "{code} {period}");
        }
    }

    #[test]
    fn one_place_has_one_present_code_and_in_each_period_the_code_of_that_time() {
        for code in ["KZ-AKM", "KZ-11"] {
            assert_eq!(present(code), "KZ-11");
        }
        assert_eq!(present("KZ-AST"), "KZ-71");
        // A code that no other has taken the place of, and one of a country whose lists are not known.
        assert_eq!(
            (present("UZ-TK"), present("XA-1")),
            ("UZ-TK".to_owned(), "XA-1".to_owned())
        );
        for (period, code) in [
            ("2015", "KZ-AKM"),
            ("2021-12", "KZ-AKM"),
            ("2023", "KZ-11"),
            ("2025", "KZ-11"),
        ] {
            assert_eq!(code_in("KZ-11", period.parse().unwrap()), code, "{period}");
        }
    }

    #[test]
    fn a_region_that_gave_up_territory_is_not_the_place_that_it_was() {
        for code in [
            "KZ-VOS", "KZ-63", "KZ-ALM", "KZ-19", "KZ-KAR", "KZ-35", "KZ-YUZ", "KZ-61",
        ] {
            assert_eq!(present(code), code);
            assert_eq!(code_in(code, "2022".parse().unwrap()), code);
        }
        assert_eq!(
            REGIONS
                .listings
                .iter()
                .filter(|listing| listing.is_smaller)
                .count(),
            4
        );
    }

    #[test]
    fn a_code_of_another_time_is_refused_with_the_code_of_that_time() {
        for (code, period, then) in [
            ("KZ-61", "2021", Some("KZ-YUZ")),
            ("KZ-YUZ", "2025-01/2025-06", Some("KZ-61")),
            ("KZ-10", "2021-Q4", None),
        ] {
            let refused = NotListed::NotInPeriod {
                period: period.parse().unwrap(),
                code_then: then.map(str::to_owned),
            };
            assert_eq!(in_period(code, period), Err(refused), "{code} {period}");
        }
        assert_eq!(in_period("KZ-99", "2021"), Err(NotListed::Unknown));
        let refused = in_period("KZ-61", "2021").unwrap_err().to_string();
        assert_eq!(
            refused,
            "was not the code of a region in 2021; its code then was KZ-YUZ"
        );
    }
}
