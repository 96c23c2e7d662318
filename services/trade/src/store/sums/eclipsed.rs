//! What is taken out of the sums of a release because it was eclipsed, and brought back when that ends.

use std::collections::BTreeMap;

use storage::{Cells, Error, Row, Tx, args};

use super::{Entry, Figure, LEVELS, NEVER, ROWS_AT_ONCE, WHOLE, adder::Adder};
use crate::{domain::tally::Measures, store::key::Key};

/// How many sums wait at most before pages are made that are not full.
const MOST_WAITING: usize = 200_000;

/// The eclipses of a year of a release behind one of them, in the order of their primary key, with the
/// figures. SQLite keeps the order of a `CROSS JOIN`.
pub(super) const ECLIPSED: &str = "SELECT e.series, e.span, e.from_us, e.to_us, o.marks, o.value_cents, \
    o.net_weight_grams, o.unit_cents FROM eclipses e CROSS JOIN observations o WHERE e.release = $1 \
    AND e.period_year = $2 AND (e.series, e.span, e.from_us) > ($3, $4, $5) AND o.release = $1 \
    AND o.period_year = $2 AND o.series = e.series AND o.span = e.span \
    ORDER BY e.series, e.span, e.from_us";

/// The next year of which something was eclipsed.
const NEXT_YEAR: &str =
    "SELECT min(period_year) FROM eclipses WHERE release = $1 AND period_year > $2";

/// A row of [`ECLIPSED`]; by position, because there are many.
struct EclipsedRow {
    series: i64,
    span: i64,
    from_us: i64,
    to_us: i64,
    marks: i64,
    numbers: [Option<i64>; 2],
    unit_cents: i64,
}

impl Row for EclipsedRow {
    fn from_cells(cells: &Cells<'_>) -> Result<Self, Error> {
        Ok(Self {
            series: cells.at(0)?,
            span: cells.at(1)?,
            from_us: cells.at(2)?,
            to_us: cells.at(3)?,
            marks: cells.at(4)?,
            numbers: [cells.at(5)?, cells.at(6)?],
            unit_cents: cells.at(7)?,
        })
    }
}

/// Works out anew what is taken out of the sums of a release because it was eclipsed.
pub(crate) async fn refresh(tx: &mut Tx, release: i64) -> Result<(), Error> {
    tx.execute(
        "DELETE FROM sum_pages WHERE release = $1 AND at_us > $2",
        args![release, WHOLE],
    )
    .await?;
    let mut year = i64::MIN;
    loop {
        let next: (Option<i64>,) = tx.one(NEXT_YEAR, args![release, year]).await?;
        let Some(next) = next.0 else {
            return Ok(());
        };
        year = next;
        of_year(tx, release, year).await?;
    }
}

async fn of_year(tx: &mut Tx, release: i64, year: i64) -> Result<(), Error> {
    let mut moments = Moments::default();
    let mut behind = [i64::MIN; 3];
    loop {
        let text = format!("{ECLIPSED} LIMIT {ROWS_AT_ONCE}");
        let args = args![release, year, behind[0], behind[1], behind[2]];
        let rows: Vec<EclipsedRow> = tx.all(crate::store::once(text), args).await?;
        let is_last = rows.len() < ROWS_AT_ONCE;
        for row in rows {
            let (series, span) = (row.series, row.span);
            behind = [series, span, row.from_us];
            let key = Key { year, series, span };
            let figure = Figure::new(key, row.marks, row.numbers, row.unit_cents);
            moments.add(row.from_us, &figure, true);
            if row.to_us < NEVER {
                moments.add(row.to_us, &figure, false);
            }
        }
        moments.write(tx, release, is_last).await?;
        if is_last {
            return Ok(());
        }
    }
}

/// The sums of each moment and level.
#[derive(Debug, Default)]
struct Moments(BTreeMap<(i64, i64), Adder>);

impl Moments {
    fn add(&mut self, at_us: i64, figure: &Figure, is_taken_out: bool) {
        for level in LEVELS {
            if let Some(entry) = figure.entry(level) {
                let adder = self.0.entry((at_us, level));
                let measures = if is_taken_out {
                    minus(entry.measures)
                } else {
                    entry.measures
                };
                let adder = adder.or_insert_with(|| Adder::new(level));
                adder.add(figure.key.year, Entry { measures, ..entry });
            }
        }
    }

    /// Writes the pages that are full; at the end, or if too much waits, the others too.
    async fn write(&mut self, tx: &mut Tx, release: i64, is_last: bool) -> Result<(), Error> {
        let waiting: usize = self.0.values().map(Adder::waiting).sum();
        for ((at_us, _), adder) in &mut self.0 {
            if is_last {
                adder.close();
            } else if waiting > MOST_WAITING {
                adder.close_page();
            }
            let pages = std::mem::take(&mut adder.full);
            super::write(tx, release, *at_us, pages).await?;
        }
        Ok(())
    }
}

fn minus(measures: Measures) -> Measures {
    Measures {
        figures: -measures.figures,
        cents: -measures.cents,
        half_units: -measures.half_units,
        weighed: -measures.weighed,
        grams: -measures.grams,
        weighed_cents: -measures.weighed_cents,
    }
}
