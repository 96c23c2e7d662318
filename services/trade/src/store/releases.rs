//! Releases in the database.

use aip::{Listing, Sql, Value};
use jiff::Timestamp;
use storage::{Error, Tx, args};

use super::{
    codes::{Coded, join},
    rows::{ReleaseRow, release_sort_value},
    select_where, update_if,
};
use crate::domain::release::Release;

/// Everything of a release.
const SELECT: &str = "SELECT r.uid, r.name, r.revision, r.display_name, r.reporter, r.publisher, \
    r.publish_us, r.publish_basis, r.publish_time_note, r.source_uri, r.complete, r.partners, \
    r.flows, r.windows, r.first_day, r.last_day, r.by_commodity, r.by_region, r.export_valuation, \
    r.import_valuation, r.scope, r.hs_edition, r.note, r.observation_count, r.publish_record_us, \
    r.withdraw_us, r.withdraw_record_us, r.withdraw_reason, r.create_us, r.update_us FROM releases r";

/// The releases of one pair's reporters that count as known at $4, leaving out what was recorded at
/// $5 or later; by the index `releases_of_partnership`.
const COUNTING: &str = " WHERE r.partnership = $1 AND r.reporter IN ($2, $3) \
    AND r.publish_record_us < $5 AND r.publish_us <= $4 AND (r.withdraw_us IS NULL \
    OR r.withdraw_us > $4 OR r.withdraw_record_us >= $5)";

/// The pairs of parties that published releases of a partnership are about; by the index
/// `release_partners_of_partnership`.
const PAIRS: &str = "SELECT DISTINCT p.reporter, p.partner FROM release_partners p \
    JOIN releases r ON r.uid = p.release_uid \
    WHERE p.partnership = $1 AND r.publish_record_us IS NOT NULL \
    ORDER BY p.reporter, p.partner LIMIT 20";

/// The columns that never change, then those that do, as [`values`] gives them.
const COLUMNS: [&str; 32] = [
    "uid",
    "name",
    "partnership",
    "create_us",
    "revision",
    "state",
    "display_name",
    "reporter",
    "publisher",
    "publish_us",
    "publish_basis",
    "publish_time_note",
    "source_uri",
    "complete",
    "partners",
    "flows",
    "windows",
    "first_day",
    "last_day",
    "by_commodity",
    "by_region",
    "export_valuation",
    "import_valuation",
    "scope",
    "hs_edition",
    "note",
    "observation_count",
    "publish_record_us",
    "withdraw_us",
    "withdraw_record_us",
    "withdraw_reason",
    "update_us",
];

/// How many of [`COLUMNS`] never change.
const FIXED: usize = 4;

/// Returns the release of that name.
pub(crate) async fn get(tx: &mut Tx, name: &str) -> Result<Option<Release>, Error> {
    tx.optional::<ReleaseRow>(select_where(SELECT, "r.name", name), Vec::new())
        .await?
        .map(Release::try_from)
        .transpose()
}

/// Returns one page of the releases of a partnership and the token of the next page.
pub(crate) async fn list(
    tx: &mut Tx,
    partnership: &str,
    listing: &Listing,
) -> Result<(Vec<Release>, String), Error> {
    let conditions = [("r.partnership = {}", Value::from(partnership))];
    let releases = tx
        .all::<ReleaseRow>(listing.sql(SELECT, &conditions, "r.name"), Vec::new())
        .await?
        .into_iter()
        .map(Release::try_from)
        .collect::<Result<Vec<_>, _>>()?;
    Ok(listing.page(releases, release_sort_value, |release| {
        Value::from(&release.name)
    }))
}

/// Returns the releases of two reporters (which may be the same) that count as known at `known`.
pub(crate) async fn counting(
    tx: &mut Tx,
    partnership: &str,
    reporters: [&str; 2],
    known: Timestamp,
    recorded_before: Option<Timestamp>,
) -> Result<Vec<Release>, Error> {
    let bound = recorded_before.map_or(i64::MAX, clock::to_micros);
    let sql = Sql {
        text: format!("{SELECT}{COUNTING}"),
        args: args![
            partnership,
            reporters[0],
            reporters[1],
            clock::to_micros(known),
            bound
        ],
    };
    tx.all::<ReleaseRow>(sql, Vec::new())
        .await?
        .into_iter()
        .map(Release::try_from)
        .collect()
}

/// Returns reporters and partners of the published releases of a partnership, at most twenty.
pub(crate) async fn pairs(tx: &mut Tx, partnership: &str) -> Result<Vec<(String, String)>, Error> {
    tx.all(PAIRS, args![partnership]).await
}

/// Inserts a new release; a taken name is [`Error::Conflict`].
pub(crate) async fn insert(tx: &mut Tx, partnership: &str, release: &Release) -> Result<(), Error> {
    let mut row = args![
        &release.uid,
        &release.name,
        partnership,
        clock::to_micros(release.create_time),
    ];
    row.extend(values(release));
    tx.insert_many("releases", &COLUMNS, vec![row]).await?;
    insert_partners(tx, partnership, release).await
}

/// Writes a changed release if it has not changed since `revision`; tells whether it did.
pub(crate) async fn update_from(
    tx: &mut Tx,
    partnership: &str,
    release: &Release,
    revision: i64,
) -> Result<bool, Error> {
    let sql = update_if(
        "releases",
        &COLUMNS[FIXED..],
        values(release),
        &release.uid,
        revision,
    );
    if tx.execute(sql, Vec::new()).await? == 0 {
        return Ok(false);
    }
    tx.execute(
        "DELETE FROM release_partners WHERE release_uid = $1",
        args![&release.uid],
    )
    .await?;
    insert_partners(tx, partnership, release).await?;
    Ok(true)
}

async fn insert_partners(tx: &mut Tx, partnership: &str, release: &Release) -> Result<(), Error> {
    let publication = &release.publication;
    let rows = publication
        .coverage
        .partners
        .iter()
        .map(|partner| args![&release.uid, partnership, &publication.reporter, partner])
        .collect();
    let columns = &["release_uid", "partnership", "reporter", "partner"];
    tx.insert_many("release_partners", columns, rows).await?;
    Ok(())
}

/// The values of the columns that change.
fn values(release: &Release) -> Vec<Value> {
    let publication = &release.publication;
    let coverage = &publication.coverage;
    let withdrawal = release.withdrawal.as_ref();
    args![
        release.revision,
        release.state().code(),
        &publication.display_name,
        &publication.reporter,
        &publication.publisher,
        publication
            .published
            .map(|(time, _)| clock::to_micros(time)),
        publication.published.map(|(_, basis)| basis.code()),
        &publication.publish_time_note,
        &publication.source_uri,
        coverage.complete,
        join(&coverage.partners),
        join(coverage.flows.iter().map(|flow| flow.code())),
        join(coverage.windows.iter().map(|window| window.code())),
        coverage.first_day.map(clock::to_days),
        coverage.last_day.map(clock::to_days),
        coverage.by_commodity,
        coverage.by_region,
        publication.export_valuation.code(),
        publication.import_valuation.code(),
        publication.scope.code(),
        publication
            .hs_edition
            .map(|edition| i64::from(edition.number())),
        &publication.note,
        release.observation_count,
        release.publish_record_time.map(clock::to_micros),
        withdrawal.map(|withdrawal| clock::to_micros(withdrawal.time)),
        withdrawal.map(|withdrawal| clock::to_micros(withdrawal.record_time)),
        withdrawal.map_or("", |withdrawal| withdrawal.reason.as_str()),
        clock::to_micros(release.update_time),
    ]
}
