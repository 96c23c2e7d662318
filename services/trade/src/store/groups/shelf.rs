//! Sums of figures as they are read, put into the books of their groups.

use std::collections::{BTreeMap, HashMap};

use storage::{Cells, Error, Row};

use super::{Asked, Node, Source, node_series};
use crate::{
    domain::{
        group::{Book, YearOfMonths},
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

/// What stands and what was published, by release, key and marks.
#[derive(Clone, Copy, Default)]
struct Both {
    standing: Measures,
    whole: Measures,
}

/// Books by group, then by the number of digits of what was added up.
#[derive(Default)]
pub(super) struct Shelf {
    books: BTreeMap<Node, BTreeMap<i64, Book>>,
}

impl Shelf {
    /// Takes in rows of releases of one reporter.
    pub(super) fn put(
        &mut self,
        rows: Vec<SumRow>,
        sources: &[&Source<'_>],
        asked: &Asked,
        whole_years: bool,
    ) -> Result<(), Error> {
        let mut both: HashMap<(i64, Key, i64), Both> = HashMap::with_capacity(rows.len());
        for row in rows {
            let both = both.entry((row.release, row.key, row.marks)).or_default();
            if row.whole {
                both.whole.add(row.measures);
            }
            if row.stands {
                both.standing.add(row.measures);
            }
        }
        let by_number: HashMap<i64, &Source<'_>> = sources
            .iter()
            .map(|source| (source.counting.release.number, *source))
            .collect();
        if whole_years {
            return self.put_years(both, &by_number, asked);
        }
        for ((number, key, marks), both) in both {
            let source = by_number.get(&number).ok_or(Error::NotFound)?;
            let corrupt = || corrupt(number, key);
            let period = key.period().ok_or_else(corrupt)?;
            let (status, qualifier) = key::unmark(marks).ok_or_else(corrupt)?;
            let book = self.book(key.series, source, asked).ok_or_else(corrupt)?;
            let entry = book.entry(period, source.rank);
            entry.standing.add(status, qualifier, both.standing);
            entry.whole.add(status, qualifier, both.whole);
        }
        Ok(())
    }

    /// Takes in sums over the months of years: a year of a series can come from several releases.
    fn put_years(
        &mut self,
        both: HashMap<(i64, Key, i64), Both>,
        sources: &HashMap<i64, &Source<'_>>,
        asked: &Asked,
    ) -> Result<(), Error> {
        let mut sums: HashMap<(i64, i64), (i64, YearOfMonths)> = HashMap::with_capacity(both.len());
        for ((number, key, marks), both) in both {
            if both.standing.figures == 0 {
                continue;
            }
            let (status, qualifier) = key::unmark(marks).ok_or_else(|| corrupt(number, key))?;
            let source = sources.get(&number).ok_or(Error::NotFound)?;
            let (_, sum) = sums
                .entry((key.year, key.series))
                .or_insert_with(|| (number, YearOfMonths::default()));
            sum.tally.add(status, qualifier, both.standing);
            sum.months = sum.tally.measures.figures;
            sum.ranks.insert(source.rank);
        }
        for ((year, series), (number, sum)) in sums {
            let source = sources.get(&number).ok_or(Error::NotFound)?;
            let key = Key {
                year,
                series,
                span: 0,
            };
            let own = node_series(series, asked.level);
            let book = self
                .book(own, source, asked)
                .ok_or_else(|| corrupt(number, key))?;
            let year = i16::try_from(year).map_err(|_| corrupt(number, key))?;
            book.add_year(year, &sum);
        }
        Ok(())
    }

    fn book(&mut self, series: i64, source: &Source<'_>, asked: &Asked) -> Option<&mut Book> {
        let reporter = source.counting.release.publication.reporter.as_str();
        let digits = series & 7;
        // The code of the level, whose digits take the place of the figure's own.
        let own = match asked.level {
            None => series,
            Some(level) => series - digits + i64::try_from(level.digits()).ok()?,
        };
        let unpacked = Series::unpack(own, reporter)?;
        let node = Node {
            edition: unpacked.commodity.edition(),
            commodity: unpacked.commodity.code().to_owned(),
            region: unpacked.region,
            reporter: reporter.to_owned(),
            flow: unpacked.flow,
        };
        Some(
            self.books
                .entry(node)
                .or_default()
                .entry(digits)
                .or_default(),
        )
    }

    /// Chooses, for each group and period, the sums over the shortest codes: finer ones are parts of
    /// these, and more of them are kept secret.
    pub(super) fn into_books(self) -> BTreeMap<Node, Book> {
        self.books
            .into_iter()
            .map(|(node, by_digits)| {
                let mut chosen = Book::default();
                for (_, mut book) in by_digits {
                    let taken: Vec<Period> = chosen.standing_periods().collect();
                    for period in taken {
                        book.forget(period);
                    }
                    let taken: Vec<i16> = chosen.summed_years().collect();
                    for year in taken {
                        book.forget_year(year);
                    }
                    chosen.merge(&book);
                }
                (node, chosen)
            })
            .collect()
    }
}

fn corrupt(number: i64, key: Key) -> Error {
    Error::corrupt(
        "sum_pages",
        "body",
        format!("{number}/{}/{}/{}", key.year, key.series, key.span),
        "means nothing",
    )
}
