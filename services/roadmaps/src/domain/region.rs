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
mod tests;
