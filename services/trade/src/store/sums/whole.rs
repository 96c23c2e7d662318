//! The sums over all figures of a release: from what its imports have brought, or, when an earlier version
//! took these in, from the figures.

use storage::{Cells, Error, Row, Tx, args};

use super::{Figure, LEVELS, ROWS_AT_ONCE, WHOLE, adder::Adder, partial};
use crate::{
    domain::{import::State, release::Release},
    store::{codes::Coded as _, key::Key},
};

/// What finished imports have added up; by the index of `UNIQUE (release_uid, number)`. Magnitudes are added
/// as floating-point numbers, so that they always fit.
const ACCOUNT: &str = "SELECT CAST(coalesce(sum(summed), 0) AS BIGINT) AS figures, \
    coalesce(sum(CAST(magnitude AS DOUBLE PRECISION)), 0) > 1e18 AS too_large, min(first_year) AS first_year, \
    max(last_year) AS last_year FROM imports WHERE release_uid = $1 AND state = $2";

storage::row! {
    struct Account {
        figures: i64,
        too_large: bool,
        first_year: Option<i64>,
        last_year: Option<i64>,
    }
}

/// Returns what the imports of a release have added up, if that is all of it.
async fn account(tx: &mut Tx, release: &Release) -> Result<Option<Account>, Error> {
    let account: Account = tx
        .one(ACCOUNT, args![&release.uid, State::Done.code()])
        .await?;
    Ok((account.figures == release.observation_count).then_some(account))
}

/// Sums up all figures of a release; returns their first and last year.
pub(crate) async fn add_whole(tx: &mut Tx, release: &Release) -> Result<Option<(i64, i64)>, Error> {
    let years = match account(tx, release).await? {
        Some(account) => {
            partial::merge(tx, release.number).await?;
            account.first_year.zip(account.last_year)
        }
        None => scan(tx, release.number).await?,
    };
    partial::clear(tx, release.number).await?;
    Ok(years)
}

/// Tells whether the figures of a release are so large that sums over them might not fit: together more
/// than 10^18 cents, grams or units, thousands of times what the world trades in a year.
pub(crate) async fn is_too_large(tx: &mut Tx, release: &Release) -> Result<bool, Error> {
    if let Some(account) = account(tx, release).await? {
        return Ok(account.too_large);
    }
    let (too_large,) = tx
        .one::<(bool,)>(
            "SELECT coalesce(sum(CAST(coalesce(value_cents, 0) AS DOUBLE PRECISION) \
             + coalesce(net_weight_grams, 0) + unit_cents), 0) > 1e18 AS too_large \
             FROM observations WHERE release = $1",
            args![release.number],
        )
        .await?;
    Ok(too_large)
}

/// The figures of a year of a release behind a series and span, in the order of the primary key.
pub(super) const FIGURES: &str = "SELECT series, span, marks, value_cents, net_weight_grams, unit_cents \
    FROM observations WHERE release = $1 AND period_year = $2 AND (series, span) > ($3, $4) \
    ORDER BY series, span";

/// A row of [`FIGURES`]; by position, because there are many.
struct FigureRow {
    series: i64,
    span: i64,
    marks: i64,
    numbers: [Option<i64>; 2],
    unit_cents: i64,
}

impl Row for FigureRow {
    fn from_cells(cells: &Cells<'_>) -> Result<Self, Error> {
        Ok(Self {
            series: cells.at(0)?,
            span: cells.at(1)?,
            marks: cells.at(2)?,
            numbers: [cells.at(3)?, cells.at(4)?],
            unit_cents: cells.at(5)?,
        })
    }
}

/// Adds up the figures themselves; returns their first and last year.
pub(super) async fn scan(tx: &mut Tx, release: i64) -> Result<Option<(i64, i64)>, Error> {
    let years: (Option<i64>, Option<i64>) = tx
        .one(
            "SELECT min(period_year), max(period_year) FROM observations WHERE release = $1",
            args![release],
        )
        .await?;
    let Some((first, last)) = years.0.zip(years.1) else {
        return Ok(None);
    };
    for year in first..=last {
        scan_year(tx, release, year).await?;
    }
    Ok(Some((first, last)))
}

async fn scan_year(tx: &mut Tx, release: i64, year: i64) -> Result<(), Error> {
    let mut adders = LEVELS.map(|level| (level, Adder::new(level)));
    let mut behind = (i64::MIN, i64::MIN);
    loop {
        let text = format!("{FIGURES} LIMIT {ROWS_AT_ONCE}");
        let args = args![release, year, behind.0, behind.1];
        let rows: Vec<FigureRow> = tx.all(crate::store::once(text), args).await?;
        let is_last = rows.len() < ROWS_AT_ONCE;
        for row in rows {
            let (series, span) = (row.series, row.span);
            behind = (series, span);
            let key = Key { year, series, span };
            let figure = Figure::new(key, row.marks, row.numbers, row.unit_cents);
            for (level, adder) in &mut adders {
                if let Some(entry) = figure.entry(*level) {
                    adder.add(year, entry);
                }
            }
        }
        for (_, adder) in &mut adders {
            if is_last {
                adder.close();
            }
            let pages = std::mem::take(&mut adder.full);
            super::write(tx, release, WHOLE, pages).await?;
        }
        if is_last {
            return Ok(());
        }
    }
}
