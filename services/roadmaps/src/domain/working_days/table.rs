//! The days that states set apart, as this service ships them with their sources.

use std::{collections::BTreeMap, ops::RangeInclusive, sync::LazyLock};

use jiff::civil::Date;

/// Holidays with a fixed date, with their sources at the top.
const HOLIDAYS: &str = include_str!("../../../data/holidays.csv");
/// Days of single years, with their sources at the top, and which years are known in full.
const SPECIAL_DAYS: &str = include_str!("../../../data/special_days.csv");

/// The years that holidays with a fixed date are written out for: those of dates in the contracts.
const YEARS: RangeInclusive<i16> = 1_500..=2_500;

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::read(HOLIDAYS, SPECIAL_DAYS));

/// A day that a state sets apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Special {
    /// Whether it is worked.
    pub works: bool,
    /// Why, in English.
    pub occasion: String,
    /// The address that says so.
    pub source: String,
}

/// The special days of one state.
#[derive(Clone, Debug, Default)]
struct State {
    known: Option<(i16, i16)>,
    days: BTreeMap<i64, Special>,
}

/// The special days of the states whose calendars are known.
#[derive(Clone, Debug, Default)]
pub struct Table {
    states: BTreeMap<String, State>,
}

impl Table {
    /// Returns the table that this service ships: Uzbekistan and Kazakhstan.
    #[must_use]
    pub fn shipped() -> &'static Self {
        &TABLE
    }

    /// Reads both files. Where both have a day, that of the single year counts.
    fn read(holidays: &str, special_days: &str) -> Self {
        let mut table = Self::default();
        for cells in rows(holidays) {
            table.add_holiday(&cells);
        }
        for cells in rows(special_days) {
            table.add_special_day(&cells);
        }
        for line in special_days.lines() {
            table.add_known_years(line);
        }
        table
    }

    fn add_holiday(&mut self, cells: &[&str]) -> Option<()> {
        let [country, month_day, first, last, occasion, source] = cells else {
            return None;
        };
        let (month, day) = month_day.split_once('-')?;
        let (month, day): (i8, i8) = (month.parse().ok()?, day.parse().ok()?);
        let first: i16 = first.parse().ok()?;
        let last = match *last {
            "" => *YEARS.end(),
            year => year.parse().ok()?,
        };
        let state = self.states.entry((*country).to_owned()).or_default();
        for year in first..=last {
            let date = Date::new(year, month, day).ok()?;
            let special = special(false, occasion, source);
            state.days.insert(clock::to_days(date), special);
        }
        Some(())
    }

    fn add_special_day(&mut self, cells: &[&str]) -> Option<()> {
        let [country, day, status, occasion, source] = cells else {
            return None;
        };
        let day: Date = day.parse().ok()?;
        let works = match *status {
            "working" => true,
            "off" => false,
            _ => return None,
        };
        let state = self.states.entry((*country).to_owned()).or_default();
        let special = special(works, occasion, source);
        state.days.insert(clock::to_days(day), special);
        Some(())
    }

    /// Reads a note such as `# known,UZ,2021,2026`.
    fn add_known_years(&mut self, line: &str) -> Option<()> {
        let note = line.strip_prefix("# known,")?;
        let mut cells = note.split(',');
        let (country, first, last) = (cells.next()?, cells.next()?, cells.next()?);
        let state = self.states.entry(country.to_owned()).or_default();
        state.known = Some((first.parse().ok()?, last.parse().ok()?));
        Some(())
    }

    /// Returns the first and the last year of which all special days of a state are known; nothing when the state has no
    /// calendar here.
    #[must_use]
    pub fn known_years(&self, country: &str) -> Option<(i16, i16)> {
        self.states.get(country)?.known
    }

    /// Says whether a span of days lies in years of which all special days of a state are known.
    #[must_use]
    pub fn knows(&self, country: &str, first: Date, last: Date) -> bool {
        self.known_years(country)
            .is_some_and(|(from, to)| first.year() >= from && last.year() <= to)
    }

    /// Returns the special days of a state in a span, by day.
    pub fn special_days(
        &self,
        country: &str,
        days: RangeInclusive<i64>,
    ) -> impl Iterator<Item = (i64, &Special)> {
        let state = self.states.get(country);
        state
            .into_iter()
            .flat_map(move |state| state.days.range(days.clone()))
            .map(|(day, special)| (*day, special))
    }

    /// All special days of a state.
    pub(super) fn exceptions(&self, country: &str) -> impl Iterator<Item = (&i64, &Special)> {
        self.states
            .get(country)
            .into_iter()
            .flat_map(|state| &state.days)
    }

    /// Says whether a day is worked in a state.
    pub(super) fn works(&self, country: &str, day: i64) -> bool {
        let special = self
            .states
            .get(country)
            .and_then(|state| state.days.get(&day));
        special.map_or_else(|| super::is_weekday(day), |special| special.works)
    }
}

fn special(works: bool, occasion: &str, source: &str) -> Special {
    Special {
        works,
        occasion: occasion.to_owned(),
        source: source.to_owned(),
    }
}

/// The rows of a file, without notes and header.
fn rows(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .skip(1)
        .map(|line| line.split(',').collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_shipped_files_is_read_and_has_a_source() {
        let mut table = Table::default();
        for cells in rows(HOLIDAYS) {
            assert!(table.add_holiday(&cells).is_some(), "{cells:?}");
        }
        for cells in rows(SPECIAL_DAYS) {
            assert!(table.add_special_day(&cells).is_some(), "{cells:?}");
        }
        let all = table.states.values().flat_map(|state| state.days.values());
        for special in all {
            assert!(special.source.starts_with("https://"), "{special:?}");
        }
        assert_eq!(Table::shipped().known_years("UZ"), Some((2021, 2026)));
        assert_eq!(Table::shipped().known_years("KZ"), Some((2021, 2025)));
        assert_eq!(Table::shipped().known_years("XA"), None);
    }

    #[test]
    fn what_moves_a_day_off_to_another_moves_work_the_other_way() {
        for cells in rows(SPECIAL_DAYS) {
            if let Some(other) = cells[3].strip_prefix("day off moved from ") {
                let back = format!("working day moved from {}", cells[1]);
                let row = rows(SPECIAL_DAYS).find(|row| row[0] == cells[0] && row[1] == other);
                assert_eq!(row.map(|row| row[3].to_owned()), Some(back));
            }
        }
    }

    #[test]
    fn holidays_stand_in_the_years_that_have_them() {
        let off = |country, day: &str| {
            let day = clock::to_days(day.parse().unwrap());
            Table::shipped()
                .special_days(country, day..=day)
                .next()
                .is_some()
        };
        assert!(off("KZ", "2021-12-01") && !off("KZ", "2022-12-01"));
        assert!(off("KZ", "2025-08-30") && !off("KZ", "2026-08-30"));
        assert!(!off("KZ", "2026-03-15") && off("KZ", "2027-03-15"));
        assert!(off("UZ", "2400-09-01"));
    }
}
