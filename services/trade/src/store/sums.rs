//! Sums over the figures of a release, kept so that questions about many of them need not read them.
//!
//! There are two kinds, which the column `level` tells apart. [`CHAPTERS`]: all figures about codes of
//! one length in one chapter, for each span as published; the series of such a sum has the code of the
//! chapter, and the number of digits of what was added up. [`MONTHS_OF_YEARS`]: the months of one series
//! in one calendar year. Either is kept once for each mark, so that a sum tells how many figures in it
//! are rounded, bounds, provisional or missing.
//!
//! Thousands of sums make one page, a row of `sum_pages` (see [`page`]). What was eclipsed is taken out by
//! further pages, from the moment on from which it did not stand.
//!
//! Every batch of an import brings the sums over its own figures ([`partial`]); publishing has only to
//! put them together. Releases that an earlier version imported are added up from their figures.

mod adder;
mod eclipsed;
mod merged;
mod page;
mod partial;
mod whole;

use storage::{Error, Tx, args};

use self::adder::Page;
pub(crate) use self::{
    eclipsed::refresh,
    merged::Merged,
    page::Entry,
    partial::{Partial, forget},
    whole::{add_whole, is_too_large},
};
use super::{
    key::{self, COMMODITY_MASK, Key},
    observations::list_of,
};
use crate::domain::{
    observation::{Observation, Qualifier},
    tally::Measures,
};

/// Sums over chapters, by span as published.
pub(crate) const CHAPTERS: i64 = 1;
/// Sums over the months of a year, by series.
pub(crate) const MONTHS_OF_YEARS: i64 = 2;
/// Both kinds, in the order of the pages.
const LEVELS: [i64; 2] = [CHAPTERS, MONTHS_OF_YEARS];

/// The last span that is a month.
pub(crate) const LAST_MONTH: i64 = 112;
/// The months, as spans.
const MONTHS: std::ops::RangeInclusive<i64> = 101..=LAST_MONTH;

/// From when on a sum over all figures of a release holds: always, as the release has its own times.
pub(crate) const WHOLE: i64 = i64::MIN;

/// The moment that never comes.
pub(crate) const NEVER: i64 = i64::MAX;

/// The span of sums over the months of a year.
pub(crate) const YEAR_OF_MONTHS: i64 = 300;

/// How many codes of series one chapter takes in.
const CHAPTER_WIDTH: i64 = 80_000;

const TABLE: &str = "sum_pages";

const COLUMNS: [&str; 7] = [
    "release",
    "level",
    "period_year",
    "series",
    "at_us",
    "last_span",
    "body",
];

/// How many rows are read or written at once.
const ROWS_AT_ONCE: usize = 20_000;

/// A figure as sums take it in.
#[derive(Clone, Copy, Debug)]
struct Figure {
    key: Key,
    marks: i64,
    measures: Measures,
}

impl Figure {
    fn of(key: Key, observation: &Observation) -> Self {
        let precision = observation.precision;
        Self::new(
            key,
            key::marks(observation.status, precision.qualifier),
            [observation.value_cents, observation.net_weight_grams],
            precision.unit_cents,
        )
    }

    fn new(key: Key, marks: i64, [cents, grams]: [Option<i64>; 2], unit_cents: i64) -> Self {
        let is_rounded = key::qualifier(marks) == Some(Qualifier::Rounded);
        let value = cents.unwrap_or(0);
        Self {
            key,
            marks,
            measures: Measures {
                figures: 1,
                cents: value,
                half_units: if is_rounded {
                    unit_cents / 2 + unit_cents % 2
                } else {
                    0
                },
                weighed: grams.is_some().into(),
                grams: grams.unwrap_or(0),
                weighed_cents: if grams.is_some() { value } else { 0 },
            },
        }
    }

    /// The sum of a level that the figure enters, as if it were alone in it.
    fn entry(&self, level: i64) -> Option<Entry> {
        let series = self.key.series;
        let code = series & COMMODITY_MASK;
        let (series, span) = if level == CHAPTERS {
            let chapter = code / CHAPTER_WIDTH * CHAPTER_WIDTH + (code & 7);
            (code > 0).then_some((series - code + chapter, self.key.span))?
        } else {
            let is_month = MONTHS.contains(&self.key.span);
            is_month.then_some((series, YEAR_OF_MONTHS))?
        };
        Some(Entry {
            series,
            span,
            marks: self.marks,
            measures: self.measures,
        })
    }
}

storage::row! {
    /// A page as it is read.
    pub(crate) struct StoredPage {
        pub release: i64,
        pub period_year: i64,
        pub series: i64,
        pub at_us: i64,
        body: Vec<u8>,
    }
}

impl StoredPage {
    /// Reads the sums of the page, in their order.
    pub(crate) fn each(&self, take: impl FnMut(Entry)) -> Result<(), Error> {
        page::each(self.series, &self.body, take).map_err(|error| self.corrupt(error))
    }

    fn corrupt(&self, error: impl std::fmt::Display) -> Error {
        let row = format!("{}/{}/{}", self.release, self.period_year, self.series);
        Error::corrupt(TABLE, "body", row, error)
    }
}

/// Which pages are read.
#[derive(Clone, Debug)]
pub(crate) struct Pages {
    /// The level.
    pub level: i64,
    /// The releases by their numbers.
    pub releases: Vec<i64>,
    /// The years.
    pub years: Vec<i64>,
    /// The first and the last series, of whole partners or regions.
    pub series: (i64, i64),
    /// Until when what was eclipsed is taken out.
    pub at_us: i64,
}

/// Reads pages, in no particular order.
pub(crate) async fn read(tx: &mut Tx, pages: &Pages) -> Result<Vec<StoredPage>, Error> {
    if pages.releases.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!(
        "SELECT release, period_year, series, at_us, body{}",
        from(pages)
    );
    tx.all::<StoredPage>(super::once(text), args![pages.at_us])
        .await
}

/// Returns those of the releases that have figures about other spans than months.
pub(crate) async fn with_other_spans(tx: &mut Tx, pages: &Pages) -> Result<Vec<i64>, Error> {
    if pages.releases.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!(
        "SELECT DISTINCT release{} AND last_span > {LAST_MONTH}",
        from(pages)
    );
    let found: Vec<(i64,)> = tx.all(super::once(text), args![pages.at_us]).await?;
    Ok(found.into_iter().map(|(release,)| release).collect())
}

/// The pages asked for; by the primary key.
fn from(pages: &Pages) -> String {
    format!(
        " FROM {TABLE} WHERE release IN ({}) AND level = {} AND period_year IN ({}) \
         AND series BETWEEN {} AND {} AND at_us <= $1",
        list_of(pages.releases.iter().copied()),
        pages.level,
        list_of(pages.years.iter().copied()),
        pages.series.0,
        pages.series.1,
    )
}

/// Writes pages that hold from a moment on.
async fn write(tx: &mut Tx, release: i64, at_us: i64, pages: Vec<Page>) -> Result<(), Error> {
    let rows = pages.into_iter().map(|page| {
        args![
            release,
            page.level,
            page.year,
            page.series,
            at_us,
            page.last_span,
            page.body
        ]
    });
    // Few rows: on PostgreSQL a COPY of little data waits some forty milliseconds for an acknowledgement.
    tx.insert_many(TABLE, &COLUMNS, rows.collect()).await?;
    Ok(())
}

#[cfg(test)]
pub(super) mod plans;
#[cfg(test)]
mod tests;
