//! The sums over the figures of one batch of an import, which become durable with it, and publishing,
//! which puts those of all batches together without reading the figures again.

use std::{cmp::Reverse, collections::BinaryHeap, collections::binary_heap::PeekMut};

use storage::{Error, Tx, args};

use super::{
    Figure, LEVELS, WHOLE,
    adder::{Adder, Page},
    page::{Cursor, Entry, Malformed},
};
use crate::{
    domain::observation::Observation,
    store::{key::Key, observations::Batch},
};

const TABLE: &str = "import_sums";

const COLUMNS: [&str; 7] = [
    "release",
    "level",
    "period_year",
    "series",
    "import_number",
    "before_batch",
    "body",
];

/// Beyond this the size of a release's figures is not counted: it is too large long before.
const MOST: i64 = 2_000_000_000_000_000_000;

/// How many partial pages are read at once: of full ones about ten megabytes.
const PAGES_AT_ONCE: usize = 64;

/// Adds to what an import has of a batch. A sum that would not fit stays at [`MOST`].
const ACCOUNT: &str = "UPDATE imports SET summed = summed + $2, \
    magnitude = CASE WHEN magnitude + $3 > $4 THEN $4 ELSE magnitude + $3 END, \
    first_year = CASE WHEN first_year <= $5 THEN first_year ELSE $5 END, \
    last_year = CASE WHEN last_year >= $6 THEN last_year ELSE $6 END WHERE uid = $1";

/// The sums over one batch of figures.
#[derive(Clone, Debug)]
pub(crate) struct Partial {
    pages: Vec<Page>,
    figures: i64,
    /// The values, weights and units of rounding together, at most [`MOST`].
    magnitude: i64,
    years: Option<(i64, i64)>,
}

impl Partial {
    /// Adds up figures, which must be in the order of their keys.
    pub(crate) fn of<'a>(figures: impl Iterator<Item = (Key, &'a Observation)>) -> Self {
        let mut adders = LEVELS.map(|level| (level, Adder::new(level)));
        let mut partial = Self {
            pages: Vec::new(),
            figures: 0,
            magnitude: 0,
            years: None,
        };
        for (key, observation) in figures {
            let figure = Figure::of(key, observation);
            for (level, adder) in &mut adders {
                if let Some(entry) = figure.entry(*level) {
                    adder.add(key.year, entry);
                }
            }
            partial.count(key, observation);
        }
        for (_, mut adder) in adders {
            adder.close();
            partial.pages.append(&mut adder.full);
        }
        partial
    }

    fn count(&mut self, key: Key, observation: &Observation) {
        let numbers = [
            observation.value_cents,
            observation.net_weight_grams,
            Some(observation.precision.unit_cents),
        ];
        self.figures += 1;
        for number in numbers.into_iter().flatten() {
            self.magnitude = self.magnitude.saturating_add(number).min(MOST);
        }
        let (first, last) = self.years.unwrap_or((key.year, key.year));
        self.years = Some((first.min(key.year), last.max(key.year)));
    }

    /// Makes the sums durable, as those of the batch that comes behind `before` figures of the import.
    pub(crate) async fn keep(
        &self,
        tx: &mut Tx,
        batch: Batch,
        import_uid: &str,
        before: i64,
    ) -> Result<(), Error> {
        let Some((first, last)) = self.years else {
            return Ok(());
        };
        let rows = self.pages.iter().map(|page| {
            args![
                batch.release,
                page.level,
                page.year,
                page.series,
                batch.import,
                before,
                page.body.clone()
            ]
        });
        tx.insert_many(TABLE, &COLUMNS, rows.collect()).await?;
        let own = args![import_uid, self.figures, self.magnitude, MOST, first, last];
        tx.execute(ACCOUNT, own).await?;
        Ok(())
    }
}

/// Deletes the sums that an import has brought.
pub(crate) async fn forget(tx: &mut Tx, release: i64, import_number: i64) -> Result<(), Error> {
    tx.execute(
        "DELETE FROM import_sums WHERE release = $1 AND import_number = $2",
        args![release, import_number],
    )
    .await?;
    Ok(())
}

/// Deletes the sums that imports have brought of a release.
pub(super) async fn clear(tx: &mut Tx, release: i64) -> Result<(), Error> {
    tx.execute("DELETE FROM import_sums WHERE release = $1", args![release])
        .await?;
    Ok(())
}

storage::row! {
    struct PartialRow {
        level: i64,
        period_year: i64,
        series: i64,
        import_number: i64,
        before_batch: i64,
        body: Vec<u8>,
    }
}

impl PartialRow {
    fn key(&self) -> [i64; 5] {
        [
            self.level,
            self.period_year,
            self.series,
            self.import_number,
            self.before_batch,
        ]
    }
}

/// Behind a page, in the order of the primary key.
pub(super) const BEHIND: &str = "SELECT level, period_year, series, import_number, before_batch, body FROM import_sums \
    WHERE release = $1 AND (level, period_year, series, import_number, before_batch) > ($2, $3, $4, $5, $6) \
    ORDER BY level, period_year, series, import_number, before_batch";

/// Puts the sums of all batches of a release together. Only pages that overlap are held at once, which are
/// of one year, partner and region.
pub(super) async fn merge(tx: &mut Tx, release: i64) -> Result<(), Error> {
    let mut behind = [i64::MIN; 5];
    let mut merge = Merge::new(0, 0);
    loop {
        let [level, year, series, import, batch] = behind;
        let text = format!("{BEHIND} LIMIT {PAGES_AT_ONCE}");
        let args = args![release, level, year, series, import, batch];
        let rows: Vec<PartialRow> = tx.all(crate::store::once(text), args).await?;
        let is_last = rows.len() < PAGES_AT_ONCE;
        if let Some(row) = rows.last() {
            behind = row.key();
        }
        for row in rows {
            if (merge.level, merge.year) != (row.level, row.period_year) {
                let next = Merge::new(row.level, row.period_year);
                let pages = std::mem::replace(&mut merge, next).finish(release)?;
                super::write(tx, release, WHOLE, pages).await?;
            }
            let label = format!("{release}/{:?}", row.key());
            merge
                .push(row.series, row.body)
                .map_err(|error| Error::corrupt(TABLE, "body", label, error))?;
        }
        let pages = std::mem::take(&mut merge.adder.full);
        super::write(tx, release, WHOLE, pages).await?;
        if is_last {
            let pages = merge.finish(release)?;
            return super::write(tx, release, WHOLE, pages).await;
        }
    }
}

/// The pages of one level and year that are being put together.
#[derive(Debug)]
struct Merge {
    level: i64,
    year: i64,
    /// By their next sums, the least first.
    open: BinaryHeap<Open>,
    adder: Adder,
}

impl Merge {
    fn new(level: i64, year: i64) -> Self {
        Self {
            level,
            year,
            open: BinaryHeap::new(),
            adder: Adder::new(level),
        }
    }

    /// Takes a page in; pages come in the order of their first series.
    fn push(&mut self, series: i64, body: Vec<u8>) -> Result<(), Malformed> {
        // All that comes is behind what is less, and of what is in another region nothing is left.
        self.drain(series)?;
        let mut cursor = Cursor::new(series);
        if let Some(next) = cursor.next(&body)? {
            self.open.push(Open { next, cursor, body });
        }
        Ok(())
    }

    /// Adds up sums of lesser series than `end`.
    fn drain(&mut self, end: i64) -> Result<(), Malformed> {
        while let Some(mut least) = self.open.peek_mut() {
            if least.next.series >= end {
                return Ok(());
            }
            self.adder.add(self.year, least.next);
            let open = &mut *least;
            match open.cursor.next(&open.body)? {
                Some(next) => open.next = next,
                None => drop(PeekMut::pop(least)),
            }
        }
        Ok(())
    }

    fn finish(mut self, release: i64) -> Result<Vec<Page>, Error> {
        self.drain(i64::MAX).map_err(|error| {
            let row = format!("{release}/{}/{}", self.level, self.year);
            Error::corrupt(TABLE, "body", row, error)
        })?;
        self.adder.close();
        Ok(self.adder.full)
    }
}

/// A page that has been read in part.
#[derive(Debug)]
struct Open {
    next: Entry,
    cursor: Cursor,
    body: Vec<u8>,
}

impl PartialEq for Open {
    fn eq(&self, other: &Self) -> bool {
        self.next.key() == other.next.key()
    }
}

impl Eq for Open {}

impl PartialOrd for Open {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// The least is the greatest: a heap gives the greatest first.
impl Ord for Open {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        Reverse(self.next.key()).cmp(&Reverse(other.next.key()))
    }
}
