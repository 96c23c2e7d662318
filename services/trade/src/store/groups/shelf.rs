//! Sums of figures as they are read, put into the books of their groups.

use std::collections::{BTreeMap, HashMap};

use storage::{Cells, Error, Row};

use super::{Asked, Node, Source, node_series};
use crate::{
    domain::{
        cell::HsEdition,
        group::{Book, Level, YearOfMonths},
        observation::{Qualifier, Status},
        period::Period,
        tally::Measures,
    },
    store::key::{self, Key, Series},
};

/// A sum of figures of one release with the same marks.
pub(super) struct SumRow {
    /// The number of the release.
    pub release: i64,
    /// What it is a sum of.
    pub key: Key,
    /// What its figures are marked with.
    pub marks: i64,
    /// Whether it is over all figures that were published.
    pub whole: bool,
    /// Whether it counts for what stands.
    pub stands: bool,
    /// The sum.
    pub measures: Measures,
}

/// By position, because there are many rows.
impl Row for SumRow {
    fn from_cells(cells: &Cells<'_>) -> Result<Self, Error> {
        Ok(Self {
            release: cells.at(0)?,
            key: Key {
                year: cells.at(1)?,
                series: cells.at(2)?,
                span: cells.at(3)?,
            },
            marks: cells.at(4)?,
            whole: cells.at::<i64>(5)? != 0,
            stands: cells.at::<i64>(6)? != 0,
            measures: Measures {
                figures: cells.at(7)?,
                cents: cells.at(8)?,
                half_units: cells.at(9)?,
                weighed: cells.at(10)?,
                grams: cells.at(11)?,
                weighed_cents: cells.at(12)?,
            },
        })
    }
}

/// What stands and what was published.
#[derive(Clone, Copy, Default)]
struct Both {
    standing: Measures,
    whole: Measures,
}

impl Both {
    fn of(rows: &[SumRow]) -> Self {
        let mut both = Self::default();
        for row in rows {
            if row.whole {
                both.whole.add(row.measures);
            }
            if row.stands {
                both.standing.add(row.measures);
            }
        }
        both
    }
}

/// Books by reporter and group, then by the number of digits of what was added up. They are found by
/// numbers, because there are many rows to a book.
#[derive(Default)]
pub(super) struct Shelf {
    reporters: Vec<String>,
    books: BTreeMap<(usize, i64), BTreeMap<i64, Book>>,
}

impl Shelf {
    /// Takes in rows of releases of one reporter.
    pub(super) fn put(
        &mut self,
        mut rows: Vec<SumRow>,
        sources: &[&Source<'_>],
        asked: &Asked,
        whole_years: bool,
    ) -> Result<(), Error> {
        let Some(first) = sources.first() else {
            return Ok(());
        };
        let reporter = self.reporter(&first.counting.release.publication.reporter);
        let ranks: HashMap<i64, usize> = sources
            .iter()
            .map(|source| (source.counting.release.number, source.rank))
            .collect();
        rows.sort_by_key(|row| (row.key, row.release, row.marks));
        if whole_years {
            return self.put_years(&rows, &ranks, asked, reporter);
        }
        let same = |one: &SumRow, other: &SumRow| {
            (one.key, one.release, one.marks) == (other.key, other.release, other.marks)
        };
        for rows in rows.chunk_by(same) {
            let Some(SumRow { key, .. }) = rows.first() else {
                continue;
            };
            let (rank, status, qualifier) = kind(rows, &ranks)?;
            let period = key.period().ok_or_else(|| corrupt(*key))?;
            let both = Both::of(rows);
            let digits = digits(key.series);
            let part = node_series(key.series, asked.level) & !7;
            let book = self.book(key.series, reporter, asked);
            book.set_length(period, rank, part, digits);
            let entry = book.entry(period, rank);
            (entry.standing_digits, entry.whole_digits) = (digits, digits);
            entry.standing.add(status, qualifier, both.standing);
            entry.whole.add(status, qualifier, both.whole);
        }
        Ok(())
    }

    /// Takes in sums over the months of years: a year of a series can come from several releases.
    fn put_years(
        &mut self,
        rows: &[SumRow],
        ranks: &HashMap<i64, usize>,
        asked: &Asked,
        reporter: usize,
    ) -> Result<(), Error> {
        for rows in rows.chunk_by(|one, other| one.key == other.key) {
            let Some(SumRow { key, .. }) = rows.first() else {
                continue;
            };
            let mut sum = YearOfMonths::default();
            let same = |one: &SumRow, other: &SumRow| {
                (one.release, one.marks) == (other.release, other.marks)
            };
            for rows in rows.chunk_by(same) {
                let both = Both::of(rows);
                if both.standing.figures != 0 {
                    let (rank, status, qualifier) = kind(rows, ranks)?;
                    sum.tally.add(status, qualifier, both.standing);
                    sum.ranks.insert(rank);
                }
            }
            sum.months = sum.tally.measures.figures;
            sum.digits = digits(key.series);
            if !sum.ranks.is_empty() {
                let year = i16::try_from(key.year).map_err(|_| corrupt(*key))?;
                let own = node_series(key.series, asked.level);
                self.book(own, reporter, asked).add_year(year, &sum);
            }
        }
        Ok(())
    }

    /// The number of a reporter.
    fn reporter(&mut self, reporter: &str) -> usize {
        let known = self.reporters.iter().position(|own| own == reporter);
        known.unwrap_or_else(|| {
            self.reporters.push(reporter.to_owned());
            self.reporters.len() - 1
        })
    }

    fn book(&mut self, series: i64, reporter: usize, asked: &Asked) -> &mut Book {
        let digits = series & 7;
        // The code of the level, whose digits take the place of the figure's own.
        let own = asked
            .level
            .and_then(|level| i64::try_from(level.digits()).ok())
            .map_or(series, |level| series - digits + level);
        let books = self.books.entry((reporter, own)).or_default();
        books.entry(digits).or_default()
    }

    /// Chooses, for each group and period, the sums over the shortest codes: finer ones are parts of
    /// these, and more of them are kept secret.
    pub(super) fn into_books(self) -> Result<BTreeMap<Node, Book>, Error> {
        let mut books = BTreeMap::new();
        for ((reporter, series), by_digits) in self.books {
            let mut by_digits = by_digits.into_values();
            let mut chosen = by_digits.next().unwrap_or_default();
            for mut book in by_digits {
                let taken: Vec<Period> = chosen.standing_periods().collect();
                for period in taken {
                    book.forget(period);
                }
                let taken: Vec<i16> = chosen.summed_years().collect();
                for year in taken {
                    book.forget_year(year);
                }
                chosen.fill(&book);
            }
            let reporter = self.reporters.get(reporter).ok_or(Error::NotFound)?;
            let unpacked = Series::unpack(series, reporter).ok_or_else(|| {
                let span = 0;
                corrupt(Key {
                    year: 0,
                    series,
                    span,
                })
            })?;
            let node = Node {
                edition: unpacked.commodity.edition(),
                commodity: unpacked.commodity.code().to_owned(),
                region: unpacked.region,
                reporter: reporter.clone(),
                flow: unpacked.flow,
            };
            books.insert(node, chosen);
        }
        Ok(books)
    }
}

/// Tells whether sums over the months of years say which figures count in each month, and whether some month has none:
/// not where a group has figures with codes of several lengths and not in all months with the shortest, nor where
/// a side has several editions; nor where no code of a group is there in all months and the year need not be whole.
/// `is_exhausted` tells, of a year and a series, whether what is not there is nothing.
pub(super) fn tells_months(
    rows: &[SumRow],
    level: Option<Level>,
    is_exhausted: &dyn Fn(i64, i64) -> bool,
) -> bool {
    let mut figures: BTreeMap<(i64, i64), i64> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.stands) {
        let series = (row.key.year, row.key.series);
        *figures.entry(series).or_default() += row.measures.figures;
    }
    let mut editions: BTreeMap<(i64, i64), Option<HsEdition>> = BTreeMap::new();
    let mut groups: BTreeMap<(i64, i64), BTreeMap<i64, (i64, i64)>> = BTreeMap::new();
    for ((year, series), months) in figures {
        if months == 0 {
            continue;
        }
        let side = series >> key::FLOW_SHIFT;
        let edition = key::edition(series);
        if *editions.entry((year, side)).or_insert(edition) != edition {
            return false;
        }
        let node = node_series(series, level);
        let lengths = groups.entry((year, node & !7)).or_default();
        let (most, all) = lengths.entry(node & 7).or_default();
        *most = (*most).max(months);
        *all += months;
    }
    let mut exhausted: BTreeMap<(i64, i64), bool> = BTreeMap::new();
    groups.iter().all(|((year, node), lengths)| {
        let Some((most, all)) = lengths.values().next() else {
            return true;
        };
        if *most >= MONTHS {
            return true;
        }
        let mut is_exhausted = || {
            let own = exhausted.entry((*year, node >> key::FLOW_SHIFT));
            *own.or_insert_with(|| is_exhausted(*year, *node))
        };
        lengths.len() < 2 && (*all < MONTHS || is_exhausted())
    })
}

/// The months of a year.
pub(super) const MONTHS: i64 = 12;

/// How many digits the code of a series has.
fn digits(series: i64) -> u8 {
    u8::try_from(series & 7).unwrap_or_default()
}

/// The rank of the release of rows, and what their figures are marked with.
fn kind(rows: &[SumRow], ranks: &HashMap<i64, usize>) -> Result<(usize, Status, Qualifier), Error> {
    let row = rows.first().ok_or(Error::NotFound)?;
    let rank = ranks.get(&row.release).ok_or(Error::NotFound)?;
    let (status, qualifier) = key::unmark(row.marks).ok_or_else(|| corrupt(row.key))?;
    Ok((*rank, status, qualifier))
}

fn corrupt(key: Key) -> Error {
    let row = format!("{}/{}/{}", key.year, key.series, key.span);
    Error::corrupt("sums", "series", row, "means nothing")
}
