//! Releases in the database.

use aip::{Listing, Sql, Value};
use jiff::Timestamp;
use storage::{Error, Tx, args};

use super::{
    codes::{Coded, join},
    rows::{ReleaseRow, release_sort_value},
    select_where, update_if,
};
use crate::domain::{name::ReleaseName, release::Release};

/// A release with what was worked out about it when it was published.
#[derive(Clone, Debug)]
pub(crate) struct Counting {
    /// The release.
    pub release: Release,
    /// Whether what stands of it has been worked out.
    pub settled: bool,
    /// The first and the last year of its figures; none before it has been settled.
    pub years: Option<(i64, i64)>,
    /// From when on in known time nothing of it stands any more.
    pub hidden_us: Option<i64>,
}

impl Counting {
    /// Tells whether at `known` nothing of the release stands any more.
    pub(crate) fn is_hidden(&self, known: Timestamp) -> bool {
        self.hidden_us
            .is_some_and(|hidden| hidden <= clock::to_micros(known))
    }
}

/// A release about which nothing has been worked out.
impl From<Release> for Counting {
    fn from(release: Release) -> Self {
        Self {
            release,
            settled: false,
            years: None,
            hidden_us: None,
        }
    }
}

/// Everything of a release.
pub(crate) const SELECT: &str = "SELECT r.uid, r.name, r.revision, r.display_name, r.reporter, r.publisher, \
    r.publish_us, r.publish_basis, r.publish_time_note, r.source_uri, r.complete, r.partners, \
    r.flows, r.windows, r.first_day, r.last_day, r.by_commodity, r.by_region, r.export_valuation, \
    r.import_valuation, r.scope, r.hs_edition, r.note, r.observation_count, r.publish_record_us, \
    r.withdraw_us, r.withdraw_record_us, r.withdraw_reason, r.create_us, r.update_us, r.number, \
    r.settled, r.first_year, r.last_year, r.hidden_us FROM releases r";

/// The releases of one pair's reporters that count as known at $4, leaving out what was recorded at
/// $5 or later; by the index `releases_of_partnership`.
const COUNTING: &str = " WHERE r.partnership = $1 AND r.reporter IN ($2, $3) \
    AND r.publish_record_us < $5 AND r.publish_us <= $4 AND (r.withdraw_us IS NULL \
    OR r.withdraw_us > $4 OR r.withdraw_record_us >= $5)";

/// The pairs of parties that published releases of a partnership are about, the world being none; by the index
/// `release_partners_of_partnership`.
const PAIRS: &str = "SELECT DISTINCT p.reporter, p.partner FROM release_partners p \
    JOIN releases r ON r.uid = p.release_uid \
    WHERE p.partnership = $1 AND r.publish_record_us IS NOT NULL AND p.reporter <> 'W0' AND p.partner <> 'W0' \
    ORDER BY p.reporter, p.partner LIMIT 20";

/// The columns that never change, then those that do, as [`values`] gives them.
const COLUMNS: [&str; 33] = [
    "uid",
    "name",
    "partnership",
    "create_us",
    "number",
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
const FIXED: usize = 5;

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
) -> Result<Vec<Counting>, Error> {
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
        .map(Counting::try_from)
        .collect()
}

/// Returns the releases of a reporter that have been published and settled, withdrawn ones too.
pub(crate) async fn settled(
    tx: &mut Tx,
    partnership: &str,
    reporter: &str,
) -> Result<Vec<Counting>, Error> {
    let sql = Sql {
        text: format!(
            "{SELECT} WHERE r.partnership = $1 AND r.reporter = $2 AND r.settled ORDER BY r.number"
        ),
        args: args![partnership, reporter],
    };
    tx.all::<ReleaseRow>(sql, Vec::new())
        .await?
        .into_iter()
        .map(Counting::try_from)
        .collect()
}

/// Returns the releases that have been published and not settled, each with its partnership.
pub(crate) async fn unsettled(tx: &mut Tx) -> Result<Vec<(String, Release)>, Error> {
    let sql = format!(
        "{SELECT} WHERE r.publish_record_us IS NOT NULL AND NOT r.settled ORDER BY r.number"
    );
    tx.all::<ReleaseRow>(Sql::new(sql), Vec::new())
        .await?
        .into_iter()
        .map(|row| {
            let release = Release::try_from(row)?;
            let name = ReleaseName::parse("name", &release.name).map_err(|_| {
                Error::corrupt("releases", "name", &release.name, "is no name of a release")
            })?;
            Ok((name.partnership, release))
        })
        .collect()
}

/// Notes that a release has been settled, and the years of its figures.
pub(crate) async fn set_settled(
    tx: &mut Tx,
    number: i64,
    years: Option<(i64, i64)>,
) -> Result<(), Error> {
    let (first, last) = years.unzip();
    tx.execute(
        "UPDATE releases SET settled = TRUE, first_year = $2, last_year = $3 WHERE number = $1",
        args![number, first, last],
    )
    .await?;
    Ok(())
}

/// Notes from when on nothing of a release stands any more.
pub(crate) async fn set_hidden(
    tx: &mut Tx,
    number: i64,
    hidden_us: Option<i64>,
) -> Result<(), Error> {
    tx.execute(
        "UPDATE releases SET hidden_us = $2 WHERE number = $1",
        args![number, hidden_us],
    )
    .await?;
    Ok(())
}

/// Returns reporters and partners of the published releases of a partnership, at most twenty.
pub(crate) async fn pairs(tx: &mut Tx, partnership: &str) -> Result<Vec<(String, String)>, Error> {
    tx.all(PAIRS, args![partnership]).await
}

/// Returns the number for the next release; the log's lock keeps others from taking it.
pub(crate) async fn next_number(tx: &mut Tx) -> Result<i64, Error> {
    let (last,) = tx
        .one::<(i64,)>(
            "SELECT coalesce(max(number), 0) AS number FROM releases",
            Vec::new(),
        )
        .await?;
    Ok(last + 1)
}

/// Inserts a new release; a taken name is [`Error::Conflict`].
pub(crate) async fn insert(tx: &mut Tx, partnership: &str, release: &Release) -> Result<(), Error> {
    let mut row = args![
        &release.uid,
        &release.name,
        partnership,
        clock::to_micros(release.create_time),
        release.number,
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
