//! Sums of figures as they are read, put into the books of their groups.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use storage::{Cells, Error, Row};

use super::{Asked, Node, Source, node_series};
use crate::{
    domain::{
        cell::HsEdition,
        group::{Book, Lengths, Level, YearOfMonths},
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

/// What one release says of one series and period under the same marks.
struct Sum {
    key: Key,
    period: Period,
    rank: usize,
    status: Status,
    qualifier: Qualifier,
    lengths: Lengths,
    both: Both,
}

/// Puts rows together that have the same release, key and marks.
fn sums(mut rows: Vec<SumRow>, ranks: &HashMap<i64, usize>) -> Result<Vec<Sum>, Error> {
    rows.sort_by_key(|row| (row.key, row.release, row.marks));
    let same = |one: &SumRow, other: &SumRow| {
        (one.key, one.release, one.marks) == (other.key, other.release, other.marks)
    };
    let sum = |rows: &[SumRow]| {
        let key = rows.first().ok_or(Error::NotFound)?.key;
        let (rank, status, qualifier) = kind(rows, ranks)?;
        Ok(Sum {
            period: key.period().ok_or_else(|| corrupt(key))?,
            lengths: Lengths::one(digits(key.series)),
            both: Both::of(rows),
            key,
            rank,
            status,
            qualifier,
        })
    };
    rows.chunk_by(same).map(sum).collect()
}

/// Books by reporter and group, then by the number of digits of what was added up. They are found by
/// numbers, because there are many rows to a book.
#[derive(Default)]
pub(super) struct Shelf {
    reporters: Vec<String>,
    books: BTreeMap<(usize, i64), BTreeMap<i64, Book>>,
    /// Those added up code by code, without what is a part of something else.
    resolved: BTreeMap<(usize, i64), Book>,
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
        if whole_years {
            rows.sort_by_key(|row| (row.key, row.release, row.marks));
            return self.put_years(&rows, &ranks, asked, reporter);
        }
        for sum in sums(rows, &ranks)? {
            let part = node_series(sum.key.series, asked.level) & !7;
            let book = self.book(sum.key.series, reporter, asked);
            if sum.both.whole.figures != 0 {
                book.set_length(sum.period, sum.rank, part, sum.lengths);
            }
            let entry = book.entry(sum.period, sum.rank);
            (entry.standing_lengths, entry.whole_lengths) = (sum.lengths, sum.lengths);
            entry
                .standing
                .add(sum.status, sum.qualifier, sum.both.standing);
            entry.whole.add(sum.status, sum.qualifier, sum.both.whole);
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
            sum.lengths = Lengths::one(digits(key.series));
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
        let own = group_of(series, asked.level);
        let books = self.books.entry((reporter, own)).or_default();
        books.entry(series & 7).or_default()
    }

    /// Returns the groups of a reporter of which the sums do not tell which codes are parts of others.
    pub(super) fn unclear(&self, reporter: &str) -> BTreeSet<i64> {
        let Some(place) = self.reporters.iter().position(|own| own == reporter) else {
            return BTreeSet::new();
        };
        let own = self.books.range((place, i64::MIN)..=(place, i64::MAX));
        own.filter(|((_, series), by_digits)| {
            let longer: Vec<&Book> = longer(by_digits, *series).collect();
            Book::are_unclear(by_digits.get(&(series & 7)), &longer)
        })
        .map(|((_, series), _)| *series)
        .collect()
    }

    /// Takes in the figures of groups code by code, all releases of one reporter together, in place of what there is of
    /// these groups. A figure counts unless a shorter code of the same group takes it in that has a value: of what
    /// stands, one that stands; of what a release published, one of the same release.
    pub(super) fn resolve(
        &mut self,
        mut rows: Vec<SumRow>,
        sources: &[&Source<'_>],
        asked: &Asked,
    ) -> Result<(), Error> {
        let Some(first) = sources.first() else {
            return Ok(());
        };
        let reporter = self.reporter(&first.counting.release.publication.reporter);
        let ranks: HashMap<i64, usize> = sources
            .iter()
            .map(|source| (source.counting.release.number, source.rank))
            .collect();
        leave_out_parts(&mut rows)?;
        for sum in sums(rows, &ranks)? {
            let (series, period, rank) = (sum.key.series, sum.period, sum.rank);
            let part = node_series(series, asked.level) & !7;
            let own = group_of(series, asked.level);
            let book = self.resolved.entry((reporter, own)).or_default();
            let entry = book.entry(period, rank);
            entry
                .standing
                .add(sum.status, sum.qualifier, sum.both.standing);
            entry.whole.add(sum.status, sum.qualifier, sum.both.whole);
            if sum.both.standing.figures > 0 {
                entry.standing_lengths.add(sum.lengths);
                book.codes(period, rank).standing.push(series);
            }
            if sum.both.whole.figures > 0 {
                book.entry(period, rank).whole_lengths.add(sum.lengths);
                book.codes(period, rank).whole.push(series);
                if !sum.status.is_missing() {
                    book.set_length(period, rank, part, sum.lengths);
                }
            }
        }
        Ok(())
    }

    /// Keeps of each group the sums over its shortest codes.
    pub(super) fn keep_shortest(&mut self) {
        for by_digits in self.books.values_mut() {
            let shortest = by_digits.first_key_value().map(|(digits, _)| *digits);
            by_digits.retain(|digits, _| Some(*digits) == shortest);
        }
    }

    /// Returns the books: of each group the sums over its own code where that has a value, and otherwise over the
    /// longer ones.
    pub(super) fn into_books(mut self) -> Result<BTreeMap<Node, Book>, Error> {
        let mut books = BTreeMap::new();
        for ((reporter, series), mut by_digits) in self.books {
            let has_longer = by_digits.len() > 1;
            let own = by_digits.get(&(series & 7));
            let own = own.filter(|_| has_longer).cloned();
            let chosen = match self.resolved.remove(&(reporter, series)) {
                Some(resolved) => resolved,
                None => {
                    let own = by_digits.remove(&(series & 7));
                    let mut rest = by_digits.into_values();
                    match own {
                        Some(own) => rest.fold(own, |own, longer| own.or_longer(&longer)),
                        None => {
                            let first = rest.next().unwrap_or_default();
                            rest.fold(first, |mut sum, book| {
                                sum.merge(&book);
                                sum
                            })
                        }
                    }
                }
            };
            let chosen = match own {
                Some(own) => chosen.without_less(&own),
                None => chosen,
            };
            let reporter = self.reporters.get(reporter).ok_or(Error::NotFound)?;
            let node = node_of(series, reporter).ok_or_else(|| {
                let span = 0;
                corrupt(Key {
                    year: 0,
                    series,
                    span,
                })
            })?;
            books.insert(node, chosen);
        }
        Ok(books)
    }
}

/// The group of a series.
pub(super) fn node_of(series: i64, reporter: &str) -> Option<Node> {
    let unpacked = Series::unpack(series, reporter)?;
    Some(Node {
        edition: unpacked.commodity.edition(),
        commodity: unpacked.commodity.code().to_owned(),
        region: unpacked.region,
        reporter: reporter.to_owned(),
        flow: unpacked.flow,
    })
}

/// The sums over codes that are longer than a group's own.
fn longer(by_digits: &BTreeMap<i64, Book>, series: i64) -> impl Iterator<Item = &Book> {
    let own = series & 7;
    by_digits
        .iter()
        .filter(move |(digits, _)| **digits != own)
        .map(|(_, book)| book)
}

/// The series of a group: the code of the level, whose digits take the place of the figure's own.
pub(super) fn group_of(series: i64, level: Option<Level>) -> i64 {
    let node = node_series(series, level);
    level
        .and_then(|level| i64::try_from(level.digits()).ok())
        .map_or(node, |level| (node & !7) + level)
}

/// Takes from figures, code by code, what is a part of another one.
fn leave_out_parts(rows: &mut Vec<SumRow>) -> Result<(), Error> {
    // A code comes right before what it takes in.
    rows.sort_by_key(|row| (row.key.year, row.key.span, row.key.series));
    let cell = |row: &SumRow| (row.key.year, row.key.span);
    for rows in rows.chunk_by_mut(|one, other| cell(one) == cell(other)) {
        let mut standing: i64 = i64::MIN;
        let mut whole: HashMap<i64, i64> = HashMap::new();
        for row in rows {
            let (status, _) = key::unmark(row.marks).ok_or_else(|| corrupt(row.key))?;
            let end = key::end_of(row.key.series);
            let is_value = !status.is_missing();
            // What ends behind the code takes it in; a code is not a part of itself.
            let takes_in = |end: i64| row.key.series < end;
            if row.stands {
                if takes_in(standing) {
                    row.stands = false;
                } else if is_value {
                    standing = end;
                }
            }
            if row.whole {
                let last = whole.entry(row.release).or_insert(i64::MIN);
                if takes_in(*last) {
                    row.whole = false;
                } else if is_value {
                    *last = end;
                }
            }
        }
    }
    rows.retain(|row| row.stands || row.whole);
    Ok(())
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
    let mut figures: BTreeMap<(i64, i64), (i64, i64)> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.stands) {
        let series = (row.key.year, row.key.series);
        let (all, valued) = figures.entry(series).or_default();
        *all += row.measures.figures;
        let is_missing = key::unmark(row.marks).is_some_and(|(status, _)| status.is_missing());
        *valued += if is_missing { 0 } else { row.measures.figures };
    }
    let mut editions: BTreeMap<(i64, i64), Option<HsEdition>> = BTreeMap::new();
    let mut groups: BTreeMap<(i64, i64), BTreeMap<i64, [i64; 3]>> = BTreeMap::new();
    for ((year, series), (months, valued)) in figures {
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
        let [most, all, most_valued] = lengths.entry(node & 7).or_default();
        *most = (*most).max(months);
        *all += months;
        *most_valued = (*most_valued).max(valued);
    }
    let own_digits = level.and_then(|level| i64::try_from(level.digits()).ok());
    let mut exhausted: BTreeMap<(i64, i64), bool> = BTreeMap::new();
    groups.iter().all(|((year, node), lengths)| {
        let Some((digits, [most, all, most_valued])) = lengths.first_key_value() else {
            return true;
        };
        if lengths.len() > 1 {
            return Some(*digits) == own_digits && *most_valued >= MONTHS;
        }
        if *most >= MONTHS {
            return true;
        }
        let mut is_exhausted = || {
            let own = exhausted.entry((*year, node >> key::FLOW_SHIFT));
            *own.or_insert_with(|| is_exhausted(*year, *node))
        };
        *all < MONTHS || is_exhausted()
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
