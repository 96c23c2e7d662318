//! Imports and the problems of their rows in the database.

use aip::Value;
use storage::{Error, Tx, args};

use super::{
    codes::{Coded, join},
    rows::{ImportRow, ProblemRow},
    select_where, update,
};
use crate::domain::{
    file::{Problem, tally::Tallies},
    import::{Import, MAX_KEPT, MAX_PROBLEMS, State},
};

const SELECT: &str = "SELECT i.uid, i.name, i.number, i.lease, i.state, i.skip_bad_rows, \
    i.total_bytes, i.received_bytes, i.received_lines, i.column_names, i.accepted, i.skipped, \
    i.create_us, i.update_us, i.format, i.flow, i.unit_mult, i.cumulative, i.sha256, \
    i.find_suspicious, i.digest, i.left_out, i.doubtful FROM imports i";

/// Takes the lock of a row on either engine.
const LOCK: &str = "UPDATE imports SET lease = lease WHERE name = $1";

/// Some problems of an import in the order in which they were found; by its primary key.
const PROBLEMS: &str = "SELECT import_uid, line, column_number, column_name, reason, description \
    FROM import_problems WHERE import_uid = $1 AND number > $2 ORDER BY number LIMIT $3";

/// What is doubtful about rows of an import, likewise.
const DOUBTS: &str = "SELECT import_uid, line, column_number, column_name, reason, description \
    FROM import_doubts WHERE import_uid = $1 AND number > $2 ORDER BY number LIMIT $3";

/// The open import of a release; by the index of `UNIQUE (release_uid, number)`.
const OPEN: &str = "SELECT name FROM imports WHERE release_uid = $1 AND state = $2 LIMIT 1";

const LAST_NUMBER: &str =
    "SELECT coalesce(max(number), 0) AS number FROM imports WHERE release_uid = $1";

/// The columns that never change, then those that do, as [`values`] gives them.
const COLUMNS: [&str; 24] = [
    "uid",
    "name",
    "release_uid",
    "number",
    "skip_bad_rows",
    "total_bytes",
    "create_us",
    "format",
    "flow",
    "unit_mult",
    "cumulative",
    "sha256",
    "find_suspicious",
    "lease",
    "state",
    "received_bytes",
    "received_lines",
    "column_names",
    "accepted",
    "skipped",
    "update_us",
    "digest",
    "left_out",
    "doubtful",
];

/// How it is kept that the caller has said nothing.
const NOTHING_SAID: i64 = -1;

/// How many of [`COLUMNS`] never change.
const FIXED: usize = 13;

/// Returns the import of that name, without the problems of its rows.
pub(crate) async fn get(tx: &mut Tx, name: &str) -> Result<Option<Import>, Error> {
    tx.optional::<ImportRow>(select_where(SELECT, "i.name", name), Vec::new())
        .await?
        .map(Import::try_from)
        .transpose()
}

/// Returns the import of that name without the problems of its rows, and keeps others from changing
/// it until the transaction ends: batches of an upload do not wait for the lock of the log.
pub(crate) async fn get_locked(tx: &mut Tx, name: &str) -> Result<Option<Import>, Error> {
    // On PostgreSQL the next statement sees what was committed while this one waited.
    tx.execute(LOCK, args![name]).await?;
    get(tx, name).await
}

/// Returns the import of that name with the problems of its rows.
pub(crate) async fn get_whole(tx: &mut Tx, name: &str) -> Result<Option<Import>, Error> {
    let Some(import) = get(tx, name).await? else {
        return Ok(None);
    };
    with_problems(tx, import).await.map(Some)
}

/// Adds the problems and doubts of its rows to an import.
pub(crate) async fn with_problems(tx: &mut Tx, mut import: Import) -> Result<Import, Error> {
    let first = (0, i64::try_from(MAX_PROBLEMS).unwrap_or(i64::MAX));
    import.intake.problems = reports(tx, Found::Problems, &import.uid, first).await?;
    import.intake.doubts = reports(tx, Found::Doubts, &import.uid, first).await?;
    Ok(import)
}

/// What was found about rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// Why rows are bad.
    Problems,
    /// What is doubtful about good ones.
    Doubts,
}

/// Returns what was found about the rows of an import: at most `limit`, behind the first `after`.
pub(crate) async fn reports(
    tx: &mut Tx,
    found: Found,
    uid: &str,
    (after, limit): (i64, i64),
) -> Result<Vec<Problem>, Error> {
    let sql = match found {
        Found::Problems => PROBLEMS,
        Found::Doubts => DOUBTS,
    };
    tx.all::<ProblemRow>(sql, args![uid, after, limit])
        .await?
        .into_iter()
        .map(Problem::try_from)
        .collect()
}

/// Returns the name of the import of a release that is not finished, if there is one.
pub(crate) async fn open(tx: &mut Tx, release_uid: &str) -> Result<Option<String>, Error> {
    let found = tx
        .optional::<(String,)>(OPEN, args![release_uid, State::Receiving.code()])
        .await?;
    Ok(found.map(|(name,)| name))
}

/// Returns the number for the next import of a release.
pub(crate) async fn next_number(tx: &mut Tx, release_uid: &str) -> Result<i64, Error> {
    let (last,) = tx.one::<(i64,)>(LAST_NUMBER, args![release_uid]).await?;
    Ok(last + 1)
}

/// Inserts a new import.
pub(crate) async fn insert(tx: &mut Tx, release_uid: &str, import: &Import) -> Result<(), Error> {
    let options = &import.options;
    let reading = &options.reading;
    let mut row = args![
        &import.uid,
        &import.name,
        release_uid,
        import.number,
        options.skip_bad_rows,
        options.total_bytes,
        clock::to_micros(import.create_time),
        reading.format.code(),
        reading.flow.map_or(NOTHING_SAID, Coded::code),
        reading.unit_mult.map_or(NOTHING_SAID, i64::from),
        reading.cumulative.map_or(NOTHING_SAID, i64::from),
        options.sha256.map_or_else(String::new, hex::encode),
        options.find_suspicious,
    ];
    row.extend(values(import));
    tx.insert_many("imports", &COLUMNS, vec![row]).await?;
    Ok(())
}

/// Writes what has changed of an import; the problems of its rows are added by [`add_problems`].
pub(crate) async fn put(tx: &mut Tx, import: &Import) -> Result<(), Error> {
    let sql = update("imports", &COLUMNS[FIXED..], values(import), &import.uid);
    tx.execute(sql, Vec::new()).await?;
    Ok(())
}

/// Adds problems of rows behind those kept, up to [`MAX_KEPT`] in all.
pub(crate) async fn add_problems(
    tx: &mut Tx,
    import: &Import,
    problems: &[Problem],
) -> Result<(), Error> {
    let kept =
        "SELECT coalesce(max(number), 0) AS number FROM import_problems WHERE import_uid = $1";
    add(tx, "import_problems", kept, import, problems).await
}

/// Adds what is doubtful about rows behind what is kept, up to [`MAX_KEPT`] in all.
pub(crate) async fn add_doubts(
    tx: &mut Tx,
    import: &Import,
    doubts: &[Problem],
) -> Result<(), Error> {
    let kept = "SELECT coalesce(max(number), 0) AS number FROM import_doubts WHERE import_uid = $1";
    add(tx, "import_doubts", kept, import, doubts).await
}

async fn add(
    tx: &mut Tx,
    table: &'static str,
    kept: &'static str,
    import: &Import,
    problems: &[Problem],
) -> Result<(), Error> {
    if problems.is_empty() {
        return Ok(());
    }
    let (kept,) = tx.one::<(i64,)>(kept, args![&import.uid]).await?;
    let rows = problems
        .iter()
        .zip(kept + 1..)
        .take_while(|(_, number)| usize::try_from(*number).is_ok_and(|number| number <= MAX_KEPT))
        .map(|(problem, number)| {
            args![
                &import.uid,
                number,
                problem.line,
                problem.column,
                &problem.column_name,
                problem.reason.as_str(),
                &problem.description,
            ]
        })
        .collect();
    let columns = &[
        "import_uid",
        "number",
        "line",
        "column_number",
        "column_name",
        "reason",
        "description",
    ];
    tx.insert_many(table, columns, rows).await?;
    Ok(())
}

/// Writes tallies as one text.
fn joined(tallies: &Tallies) -> String {
    join(
        tallies.iter().map(|(reason, tally)| {
            format!("{}:{}:{}", reason.as_str(), tally.count, tally.first_line)
        }),
    )
}

/// The values of the columns that change.
fn values(import: &Import) -> Vec<Value> {
    let intake = &import.intake;
    args![
        &import.lease,
        import.state.code(),
        intake.received_bytes,
        intake.received_lines,
        join(&intake.columns),
        intake.accepted,
        intake.skipped,
        clock::to_micros(import.update_time),
        hex::encode(&intake.digest),
        joined(&intake.left_out),
        joined(&intake.doubtful),
    ]
}
