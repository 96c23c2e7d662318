//! What stands of releases in known time, worked out when one is published or withdrawn.
//!
//! A figure stands from the publication of its release until the release is withdrawn, but for the times
//! at which a release of a later vintage counts that has the same cell or has removed it. Those times are
//! kept as eclipses: few figures have any, so that publishing costs little when nothing is superseded.
//! Nothing depends on the order in which Accord learns of publications: each new release is set against
//! all others, earlier vintages and later ones.

use std::collections::BTreeSet;

use aip::Sql;
use storage::{Error, Statement, Tx, args};

use super::{
    codes::Coded,
    key,
    observations::list_of,
    releases::{self, Counting},
    sums::{self, NEVER},
};
use crate::domain::release::{Coverage, Release};

/// The same figure in two tables.
const SAME: &str =
    "{a}.period_year = {b}.period_year AND {a}.series = {b}.series AND {a}.span = {b}.span";

/// Works out what stands, now that releases have been published: one just now, or more by an earlier
/// version, which did not keep this.
pub(crate) async fn settle(tx: &mut Tx) -> Result<(), Error> {
    for (partnership, release) in releases::unsettled(tx).await? {
        settle_one(tx, &partnership, &release).await?;
    }
    Ok(())
}

/// Works out what stands, now that a release has been withdrawn.
pub(crate) async fn withdraw(
    tx: &mut Tx,
    partnership: &str,
    release: &Release,
) -> Result<(), Error> {
    settle(tx).await?;
    let (_, end) = life(release);
    let freed: Vec<(i64,)> = tx
        .all(
            "SELECT DISTINCT release FROM eclipses WHERE later = $1 AND to_us > $2",
            args![release.number, end],
        )
        .await?;
    tx.execute(
        "DELETE FROM eclipses WHERE later = $1 AND from_us >= $2",
        args![release.number, end],
    )
    .await?;
    tx.execute(
        "UPDATE eclipses SET to_us = $2 WHERE later = $1 AND to_us > $2",
        args![release.number, end],
    )
    .await?;
    let reporter = release.publication.reporter.as_str();
    let all = releases::settled(tx, partnership, reporter).await?;
    for (number,) in freed {
        let Some(earlier) = all.iter().find(|other| other.release.number == number) else {
            continue;
        };
        // Others may have to take the place of the one that was withdrawn.
        for later in &all {
            let is_other = later.release.number != release.number;
            if is_other && later.release.vintage() > earlier.release.vintage() {
                eclipse(tx, earlier, later).await?;
            }
        }
        refresh(tx, &earlier.release).await?;
    }
    Ok(())
}

/// Sets a published release against all others of its reporter that have been settled.
async fn settle_one(tx: &mut Tx, partnership: &str, release: &Release) -> Result<(), Error> {
    let reporter = release.publication.reporter.as_str();
    let others = releases::settled(tx, partnership, reporter).await?;
    let mut own = Counting::from(release.clone());
    own.years = sums::add_whole(tx, release).await?;
    releases::set_settled(tx, release.number, own.years).await?;
    let mut eclipsed = BTreeSet::new();
    for other in &others {
        let (earlier, later) = if other.release.vintage() < release.vintage() {
            (other, &own)
        } else {
            (&own, other)
        };
        if eclipse(tx, earlier, later).await? {
            eclipsed.insert(earlier.release.number);
        }
    }
    for number in eclipsed {
        let mut known = others.iter().chain([&own]);
        if let Some(counting) = known.find(|other| other.release.number == number) {
            refresh(tx, &counting.release).await?;
        }
    }
    Ok(())
}

/// Works out anew what follows from the eclipses of a release.
async fn refresh(tx: &mut Tx, release: &Release) -> Result<(), Error> {
    sums::refresh(tx, release.number).await?;
    let (figures, last) = tx
        .one::<(i64, Option<i64>)>(
            "SELECT count(*), max(from_us) FROM eclipses WHERE release = $1 AND to_us = $2",
            args![release.number, NEVER],
        )
        .await?;
    let hidden = last.filter(|_| figures == release.observation_count);
    releases::set_hidden(tx, release.number, hidden).await
}

/// Adds the times at which figures of one release do not stand because of a later one, where they are
/// not eclipsed already. Tells whether there are any.
async fn eclipse(tx: &mut Tx, earlier: &Counting, later: &Counting) -> Result<bool, Error> {
    let (Some(had), Some(has)) = (earlier.years, later.years) else {
        return Ok(false);
    };
    let mut rows = 0;
    let first = had.0.max(has.0);
    let last = had.1.min(has.1);
    if first <= last && share_partners(&earlier.release, &later.release) {
        let held = held(&earlier.release, &later.release, (first, last));
        rows += add(tx, earlier, later, &held).await?;
    }
    let coverage = &later.release.publication.coverage;
    if coverage.complete && share_partners(&earlier.release, &later.release) {
        let removed = removed(&earlier.release, later.release.number, coverage);
        rows += add(tx, earlier, later, &removed).await?;
    }
    Ok(rows > 0)
}

fn share_partners(one: &Release, other: &Release) -> bool {
    let partners = &other.publication.coverage.partners;
    let mut own = one.publication.coverage.partners.iter();
    own.any(|partner| partners.contains(partner))
}

/// The cells that both releases have. The smaller one leads: SQLite keeps the order of a `CROSS JOIN`.
fn held(earlier: &Release, later: &Release, (first, last): (i64, i64)) -> String {
    let (outer, inner) = if later.observation_count < earlier.observation_count {
        (later.number, earlier.number)
    } else {
        (earlier.number, later.number)
    };
    let same = SAME.replace("{a}", "y").replace("{b}", "x");
    format!(
        "SELECT x.period_year, x.series, x.span FROM observations x CROSS JOIN observations y \
         WHERE x.release = {outer} AND x.period_year BETWEEN {first} AND {last} \
         AND y.release = {inner} AND y.period_year BETWEEN {first} AND {last} AND {same}"
    )
}

/// The cells of a release that a complete one covers and does not have.
fn removed(earlier: &Release, later: i64, coverage: &Coverage) -> String {
    let same = SAME.replace("{a}", "y").replace("{b}", "x");
    format!(
        "SELECT x.period_year, x.series, x.span FROM observations x WHERE x.release = {} AND {} \
         AND NOT EXISTS (SELECT 1 FROM observations y WHERE y.release = {later} AND {same})",
        earlier.number,
        exhausts(coverage, "x"),
    )
}

/// Whether a complete release of this coverage would have a figure about the cell of the row `x`, as
/// [`Coverage::exhausts`] says.
fn exhausts(coverage: &Coverage, x: &str) -> String {
    let partners = coverage.partners.iter();
    let mut conditions = vec![format!(
        "({x}.series >> 45) IN ({})",
        list_of(partners.map(|partner| key::partner_code(partner)))
    )];
    if !coverage.flows.is_empty() {
        let flows = coverage.flows.iter().map(|flow| flow.code());
        conditions.push(format!("(({x}.series >> 26) & 7) IN ({})", list_of(flows)));
    }
    if !coverage.windows.is_empty() {
        let windows = coverage.windows.iter().map(|window| window.code());
        conditions.push(format!("({x}.span / 100) IN ({})", list_of(windows)));
    }
    if let Some(day) = coverage.first_day {
        // The first month that begins on that day or later.
        let month = i64::from(day.year()) * 12 + i64::from(day.month()) - i64::from(day.day() == 1);
        conditions.push(format!(
            "{x}.period_year >= {} AND {x}.period_year * 12 + (CASE {x}.span / 100 WHEN 1 THEN \
             {x}.span % 100 - 1 WHEN 2 THEN {x}.span % 100 - 3 ELSE 0 END) >= {month}",
            day.year()
        ));
    }
    if let Some(day) = coverage.last_day {
        // The last month that ends on that day or earlier.
        let ends = day.last_of_month() == day;
        let month = i64::from(day.year()) * 12 + i64::from(day.month()) - 2 + i64::from(ends);
        conditions.push(format!(
            "{x}.period_year <= {} AND {x}.period_year * 12 + {x}.span % 100 - 1 <= {month}",
            day.year()
        ));
    }
    if !coverage.by_commodity {
        conditions.push(format!("({x}.series & 8388607) = 0"));
    }
    if !coverage.by_region {
        conditions.push(format!("(({x}.series >> 29) & 65535) = 0"));
    }
    conditions.join(" AND ")
}

/// Adds eclipses of cells for the life of the later release; returns how many.
async fn add(tx: &mut Tx, earlier: &Counting, later: &Counting, cells: &str) -> Result<u64, Error> {
    let (number, by) = (earlier.release.number, later.release.number);
    let (from, to) = life(&later.release);
    let has_some = tx
        .optional::<(i64,)>(
            "SELECT later FROM eclipses WHERE release = $1 LIMIT 1",
            args![number],
        )
        .await?
        .is_some();
    let into = "INSERT INTO eclipses (release, period_year, series, span, from_us, to_us, later)";
    let text = if has_some {
        let same = |a: &str, b: &str| {
            format!(
                "{a}.release = {number} AND {}",
                SAME.replace("{a}", a).replace("{b}", b)
            )
        };
        // A piece begins with the life of the later release or where an eclipse ends, and ends with
        // that life or where the next eclipse begins.
        format!(
            "{into} WITH cells AS ({cells}), starts AS (\
             SELECT c.period_year, c.series, c.span, CAST($1 AS BIGINT) AS start_us FROM cells c \
             UNION SELECT c.period_year, c.series, c.span, e.to_us FROM cells c JOIN eclipses e \
             ON {} WHERE e.to_us > $1 AND e.to_us < $2) \
             SELECT {number}, s.period_year, s.series, s.span, s.start_us, coalesce((\
             SELECT min(n.from_us) FROM eclipses n WHERE {} AND n.from_us > s.start_us \
             AND n.from_us < $2), $2), {by} FROM starts s \
             WHERE NOT EXISTS (SELECT 1 FROM eclipses d WHERE {} AND d.from_us <= s.start_us \
             AND d.to_us > s.start_us)",
            same("e", "c"),
            same("n", "s"),
            same("d", "s"),
        )
    } else {
        format!(
            "{into} SELECT {number}, c.period_year, c.series, c.span, CAST($1 AS BIGINT), CAST($2 AS BIGINT), {by} FROM ({cells}) AS c"
        )
    };
    let sql = Sql {
        text,
        args: args![from, to],
    };
    tx.execute(Statement::from(sql).once(), Vec::new()).await
}

/// Whether the figure `o` of a release that counts at $1 stands then, as SQL. In the strict reading that
/// is worked out from the releases of later vintages that count in it: those of `later`.
///
/// It is asked figure by figure, by the primary keys, of which PostgreSQL expects that most stand. Of an EXISTS it makes
/// a join, and then sorts all eclipses of a year to find a thousand figures.
pub(crate) fn stands(number: i64, later: Option<&[&Counting]>) -> String {
    let same = SAME.replace("{a}", "y").replace("{b}", "o");
    let Some(later) = later else {
        return format!(
            "coalesce((SELECT 1 FROM eclipses y WHERE y.release = {number} AND {same} \
             AND y.from_us <= $1 AND y.to_us > $1 LIMIT 1), 0) <> 1"
        );
    };
    if later.is_empty() {
        return "$1 = $1".to_owned();
    }
    let numbers = later.iter().map(|counting| counting.release.number);
    let mut hides = vec![format!(
        "coalesce((SELECT 1 FROM observations y WHERE y.release IN ({}) AND {same} LIMIT 1), 0) = 1",
        list_of(numbers)
    )];
    let coverages = later
        .iter()
        .map(|counting| &counting.release.publication.coverage);
    let complete = coverages.filter(|coverage| coverage.complete);
    hides.extend(complete.map(|coverage| format!("({})", exhausts(coverage, "o"))));
    format!("$1 = $1 AND NOT ({})", hides.join(" OR "))
}

/// From when until when a published release counts.
pub(crate) fn life(release: &Release) -> (i64, i64) {
    let published = release.publication.published;
    let withdrawal = release.withdrawal.as_ref();
    (
        published.map_or(NEVER, |(time, _)| clock::to_micros(time)),
        withdrawal.map_or(NEVER, |withdrawal| clock::to_micros(withdrawal.time)),
    )
}

#[cfg(test)]
mod tests;
