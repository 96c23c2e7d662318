//! Regions by their ISO 3166-2 codes, which are valid for a time: Nur-Sultan was KZ-AST when the
//! roadmap with Tashkent was signed, and is Astana, KZ-71, today.
//!
//! The table says when published lists were *seen* to have a code, not when it changed. A second table has the days that sources
//! tell: of renamings, creations and changes of codes. Where the day on which a code began or ended is known, it is refused
//! outside; else only on days on which the lists exclude it, so that between two lists that tell of a change both codes are
//! taken. Of the names that a region had, the last renaming by a day is its name, else the one listed last by then.

use std::{collections::BTreeSet, sync::LazyLock};

use jiff::civil::Date;

/// The table that this service ships, with its sources at the top.
const SHIPPED: &str = include_str!("../../data/regions.csv");

/// The days of changes that are known, with a source each.
const CHANGES: &str = include_str!("../../data/region-changes.csv");

static REGIONS: LazyLock<Regions> = LazyLock::new(|| Regions::read(SHIPPED, CHANGES));

/// What became of a region on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Change {
    region: String,
    first_day: Date,
    what: What,
    /// The new name, or the new code.
    name: String,
}

/// The kind of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    /// There was no such region before.
    Created,
    /// It has the name.
    Named,
    /// It has the code, and no other any more.
    Coded,
}

impl Change {
    fn read(line: &str) -> Option<Self> {
        let mut cells = line.split(',');
        let mut next = || cells.next().filter(|cell| !cell.is_empty());
        Some(Self {
            region: next()?.to_owned(),
            first_day: next()?.parse().ok()?,
            what: match next()? {
                "created" => What::Created,
                "named" => What::Named,
                "coded" => What::Coded,
                _ => return None,
            },
            name: next()?.to_owned(),
        })
    }
}

/// One code and name of a region, and the published lists that have it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Listing {
    /// The table's own key of the place, the same through all changes.
    region: String,
    code: String,
    name: String,
    first_seen: Date,
    last_seen: Date,
}

impl Listing {
    fn read(line: &str) -> Option<Self> {
        let mut cells = line.split(',');
        let mut next = || cells.next().filter(|cell| !cell.is_empty());
        let (region, code, name, _kind) = (next()?, next()?, next()?, next()?);
        Some(Self {
            region: region.to_owned(),
            code: code.to_owned(),
            name: name.to_owned(),
            first_seen: next()?.parse().ok()?,
            last_seen: next()?.parse().ok()?,
        })
    }
}

/// The regions of the countries whose lists are known.
#[derive(Clone, Debug)]
pub struct Regions {
    listings: Vec<Listing>,
    changes: Vec<Change>,
    /// The days of the lists, ascending.
    lists: Vec<Date>,
}

/// What the lists say of a code on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    /// The name on that day: from the last renaming that is known by then, else as listed.
    pub name: String,
    /// The name listed for the code on that day.
    pub listed_name: String,
    /// The code of the same region in the newest list that has it.
    pub current_code: String,
    /// The name in that list.
    pub current_name: String,
    /// Every code that the region has or had, sorted.
    pub codes: BTreeSet<String>,
}

/// Why a code cannot be the code of a region on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotListed {
    /// No list of the country has the code.
    Unknown,
    /// The lists exclude the code on that day.
    NotOnThatDay {
        /// The code that the region had on that day, if it had one.
        code_then: Option<String>,
    },
}

impl Regions {
    /// Returns the table that this service ships: Uzbekistan and Kazakhstan.
    #[must_use]
    pub fn shipped() -> &'static Self {
        &REGIONS
    }

    /// Reads the tables: lines of region, code, name, kind, first and last list, and lines of region, day, what and
    /// name; other lines are notes.
    fn read(listings: &str, changes: &str) -> Self {
        let listings: Vec<Listing> = listings
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(Listing::read)
            .collect();
        let changes: Vec<Change> = changes
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(Change::read)
            .collect();
        let lists: BTreeSet<Date> = listings
            .iter()
            .flat_map(|listing| [listing.first_seen, listing.last_seen])
            .collect();
        Self {
            listings,
            changes,
            lists: lists.into_iter().collect(),
        }
    }

    /// Says whether the lists of a country (ISO 3166-1 alpha-2) are known.
    #[must_use]
    pub fn covers(&self, country: &str) -> bool {
        self.listings
            .iter()
            .any(|listing| listing.code.split('-').next() == Some(country))
    }

    /// Returns the region that `code` stands for on `day`.
    pub fn on(&self, code: &str, day: Date) -> Result<Region, NotListed> {
        let of_code: Vec<&Listing> = self.of(|listing| listing.code == code).collect();
        let Some(newest_of_code) = of_code.iter().max_by_key(|listing| listing.last_seen) else {
            return Err(NotListed::Unknown);
        };
        let of_region: Vec<&Listing> = self
            .of(|listing| listing.region == newest_of_code.region)
            .collect();
        if !self.may_be_valid(code, day) {
            let code_then = of_region
                .iter()
                .find(|listing| self.may_be_valid(&listing.code, day))
                .map(|listing| listing.code.clone());
            return Err(NotListed::NotOnThatDay { code_then });
        }
        let listed = of_code
            .iter()
            .filter(|listing| listing.first_seen <= day)
            .max_by_key(|listing| listing.first_seen)
            .or_else(|| of_code.iter().min_by_key(|listing| listing.first_seen))
            .unwrap_or(newest_of_code);
        let current = of_region
            .iter()
            .max_by_key(|listing| listing.last_seen)
            .unwrap_or(newest_of_code);
        let renamed = self.renamed(&listed.region, day);
        Ok(Region {
            name: renamed.unwrap_or(&listed.name).to_owned(),
            listed_name: listed.name.clone(),
            current_code: current.code.clone(),
            current_name: current.name.clone(),
            codes: of_region
                .iter()
                .map(|listing| listing.code.clone())
                .collect(),
        })
    }

    /// Returns the code and the name that the region which `code` stands for at any time had on `day`; nothing when no
    /// list has the code, or when there was no such region yet.
    #[must_use]
    pub fn as_of(&self, code: &str, day: Date) -> Option<(String, String)> {
        let region = &self.of(|listing| listing.code == code).last()?.region;
        let changes = || {
            self.changes
                .iter()
                .filter(|change| change.region == *region)
        };
        if changes().any(|change| change.what == What::Created && day < change.first_day) {
            return None;
        }
        let by_then = self
            .of(|listing| listing.region == *region && listing.first_seen <= day)
            .max_by_key(|listing| listing.first_seen);
        let coded = self.coded(region, day).and_then(|code| {
            self.of(|listing| listing.region == *region && listing.code == code)
                .min_by_key(|listing| listing.first_seen)
        });
        let listing = coded.or(by_then).or_else(|| {
            self.of(|listing| listing.region == *region)
                .min_by_key(|listing| listing.first_seen)
        })?;
        let name = self.renamed(region, day).unwrap_or(&listing.name);
        Some((listing.code.clone(), name.to_owned()))
    }

    /// Returns the name that a region got by its last renaming by a day, if one is known.
    fn renamed(&self, region: &str, day: Date) -> Option<&str> {
        let by_then = self.changes.iter().filter(|change| {
            change.region == region && change.what == What::Named && change.first_day <= day
        });
        let last = by_then.max_by_key(|change| change.first_day)?;
        Some(&last.name)
    }

    /// Returns the code that a region got by the last change of codes by a day, if one is known.
    fn coded(&self, region: &str, day: Date) -> Option<&str> {
        let by_then = self
            .codings(region)
            .filter(|change| change.first_day <= day);
        let last = by_then.max_by_key(|change| change.first_day)?;
        Some(&last.name)
    }

    fn codings(&self, region: &str) -> impl Iterator<Item = &Change> {
        self.changes
            .iter()
            .filter(move |change| change.region == region && change.what == What::Coded)
    }

    fn of(&self, wanted: impl Fn(&Listing) -> bool) -> impl Iterator<Item = &Listing> {
        self.listings.iter().filter(move |listing| wanted(listing))
    }

    /// Says whether nothing excludes the code on `day`: a change of codes that is known, else the last list before the code's
    /// first one and the first list after its last one, which do not have it.
    fn may_be_valid(&self, code: &str, day: Date) -> bool {
        let seen = || self.of(|listing| listing.code == code);
        let region = seen().next().map(|listing| listing.region.as_str());
        if let Some(region) = region {
            if let Some(coded) = self.coded(region, day) {
                return coded == code;
            }
            if self.codings(region).any(|change| change.name == code) {
                return false;
            }
        }
        let (Some(first), Some(last)) = (
            seen().map(|listing| listing.first_seen).min(),
            seen().map(|listing| listing.last_seen).max(),
        ) else {
            return false;
        };
        let before = self.lists.iter().rfind(|list| **list < first);
        let after = self.lists.iter().find(|list| **list > last);
        before.is_none_or(|list| day > *list) && after.is_none_or(|list| day < *list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const SIGNED: Date = date(2021, 12, 6);

    fn on(code: &str, day: Date) -> Result<Region, NotListed> {
        Regions::shipped().on(code, day)
    }

    #[test]
    fn every_line_of_the_shipped_table_is_read() {
        let lines = SHIPPED
            .lines()
            .filter(|line| !line.starts_with('#'))
            .count()
            - 1;
        assert_eq!(Regions::shipped().listings.len(), lines);
        assert_eq!(Regions::shipped().lists.len(), 4);
    }

    #[test]
    fn regions_of_the_three_roadmaps_have_their_names_of_the_signing_day_and_todays_codes() {
        for (code, name, current, today) in [
            ("KZ-AST", "Nur-Sultan", "KZ-71", "Astana"),
            (
                "KZ-YUZ",
                "Turkestankaya oblast'",
                "KZ-61",
                "Turkestankaya oblast'",
            ),
            (
                "KZ-KZY",
                "Kyzylordinskaja oblast'",
                "KZ-43",
                "Kyzylordinskaja oblast'",
            ),
            ("UZ-TK", "Toshkent", "UZ-TK", "Toshkent"),
            ("UZ-TO", "Toshkent", "UZ-TO", "Toshkent"),
            ("UZ-NW", "Navoiy", "UZ-NW", "Navoiy"),
        ] {
            let region = on(code, SIGNED).unwrap();
            assert_eq!(region.listed_name, name);
            assert_eq!(
                (region.current_code.as_str(), region.current_name.as_str()),
                (current, today)
            );
        }
    }

    #[test]
    fn a_code_of_another_time_is_refused_with_the_code_of_that_day() {
        let code_then = Some("KZ-AST".to_owned());
        assert_eq!(
            on("KZ-71", SIGNED),
            Err(NotListed::NotOnThatDay { code_then })
        );
        let code_then = Some("KZ-71".to_owned());
        assert_eq!(
            on("KZ-AST", date(2025, 1, 1)),
            Err(NotListed::NotOnThatDay { code_then })
        );
        assert_eq!(
            on("KZ-10", SIGNED),
            Err(NotListed::NotOnThatDay { code_then: None })
        );
        assert_eq!(on("KZ-99", SIGNED), Err(NotListed::Unknown));
    }

    #[test]
    fn a_code_ends_on_the_day_on_which_the_next_one_begins() {
        let last_day = date(2022, 11, 28);
        assert!(on("KZ-AST", last_day).is_ok());
        let code_then = Some("KZ-AST".to_owned());
        assert_eq!(
            on("KZ-71", last_day),
            Err(NotListed::NotOnThatDay { code_then })
        );
        let first_day = date(2022, 11, 29);
        assert_eq!(on("KZ-71", first_day).unwrap().listed_name, "Astana");
        let code_then = Some("KZ-71".to_owned());
        assert_eq!(
            on("KZ-AST", first_day),
            Err(NotListed::NotOnThatDay { code_then })
        );
        assert!(on("KZ-62", last_day).is_err());
        assert!(on("KZ-62", first_day).is_ok());
    }

    #[test]
    fn between_two_lists_either_code_may_be_the_right_one_where_no_day_is_known() {
        let lists =
            "r-1,XA-OLD,One,city,2020-01-01,2021-01-01\nr-1,XA-1,One,city,2022-01-01,2022-01-01";
        let regions = Regions::read(lists, "");
        for day in [date(2021, 1, 2), date(2021, 12, 31)] {
            assert!(regions.on("XA-OLD", day).is_ok());
            assert!(regions.on("XA-1", day).is_ok());
        }
        assert!(regions.on("XA-OLD", date(2022, 1, 1)).is_err());
        assert!(regions.on("XA-1", date(2021, 1, 1)).is_err());
    }

    #[test]
    fn every_code_of_the_last_list_of_a_recoded_country_has_its_first_day() {
        let regions = Regions::shipped();
        let newest = regions
            .of(|listing| listing.code.starts_with("KZ-") && listing.last_seen == date(2024, 4, 7));
        for listing in newest {
            assert_eq!(
                regions.coded(&listing.region, date(2022, 11, 29)),
                Some(listing.code.as_str())
            );
        }
    }

    #[test]
    fn every_line_of_known_changes_is_read() {
        let lines = CHANGES
            .lines()
            .filter(|line| !line.starts_with('#'))
            .count()
            - 1;
        assert_eq!(Regions::shipped().changes.len(), lines);
    }

    #[test]
    fn the_capital_has_on_each_day_the_name_that_sources_tell() {
        let capital = |day| Regions::shipped().as_of("KZ-71", day).unwrap();
        let named = |code: &str, name: &str| (code.to_owned(), name.to_owned());
        assert_eq!(capital(date(2019, 3, 22)), named("KZ-AST", "Astana"));
        assert_eq!(capital(date(2019, 3, 23)), named("KZ-AST", "Nur-Sultan"));
        assert_eq!(capital(SIGNED), named("KZ-AST", "Nur-Sultan"));
        assert_eq!(capital(date(2022, 9, 18)), named("KZ-AST", "Nur-Sultan"));
        assert_eq!(capital(date(2022, 9, 19)), named("KZ-AST", "Astana"));
        assert_eq!(capital(date(2022, 11, 28)), named("KZ-AST", "Astana"));
        assert_eq!(capital(date(2022, 11, 29)), named("KZ-71", "Astana"));
        assert_eq!(capital(date(2025, 1, 1)), named("KZ-71", "Astana"));
    }

    #[test]
    fn a_code_has_the_name_of_the_day_whatever_its_last_list_says() {
        let named = |code: &str, day| on(code, day).unwrap().name;
        assert_eq!(named("KZ-AST", SIGNED), "Nur-Sultan");
        assert_eq!(named("KZ-AST", date(2022, 9, 18)), "Nur-Sultan");
        assert_eq!(named("KZ-AST", date(2022, 9, 19)), "Astana");
        assert_eq!(named("KZ-AST", date(2022, 11, 28)), "Astana");
        assert_eq!(named("KZ-71", date(2023, 1, 1)), "Astana");
        // The list of that day still had the old name.
        let lagging = on("KZ-AST", date(2020, 7, 2)).unwrap();
        assert_eq!(
            (lagging.name.as_str(), lagging.listed_name.as_str()),
            ("Nur-Sultan", "Astana")
        );
        assert_eq!(named("UZ-NW", SIGNED), "Navoiy");
    }

    #[test]
    fn a_region_is_not_there_before_it_was_created() {
        let abai = |day| Regions::shipped().as_of("KZ-10", day);
        assert_eq!(abai(date(2022, 6, 7)), None);
        assert_eq!(abai(date(2022, 6, 8)).unwrap().0, "KZ-10");
        assert_eq!(Regions::shipped().as_of("XA-1", SIGNED), None);
    }

    #[test]
    fn a_region_keeps_all_its_codes() {
        let codes = on("KZ-71", date(2025, 1, 1)).unwrap().codes;
        assert_eq!(
            codes,
            BTreeSet::from(["KZ-71".to_owned(), "KZ-AST".to_owned()])
        );
    }

    #[test]
    fn only_listed_countries_are_covered() {
        assert!(Regions::shipped().covers("UZ"));
        assert!(!Regions::shipped().covers("XA"));
    }
}
