//! Targets in the database.

use aip::{Listing, Value};
use storage::{Error, Tx, args};

use super::{
    codes::{Coded, join},
    rows::{TargetRow, target_sort_value},
    select_where, update_if,
};
use crate::domain::target::{Supersession, Target};

const SELECT: &str = "SELECT t.uid, t.name, t.revision, t.display_name, t.parties, t.value_cents, \
    t.due_day, t.baseline_year, t.baseline_cents, t.method, t.reporter, t.adopt_day, \
    t.basis_document, t.basis_note, t.source_uri, t.recorder, t.predecessor, t.successor, t.supersede_day, \
    t.create_us, t.update_us FROM targets t";

/// The columns that never change, then those that do.
const COLUMNS: [&str; 23] = [
    "uid",
    "name",
    "partnership",
    "create_us",
    "parties",
    "value_cents",
    "due_day",
    "baseline_year",
    "baseline_cents",
    "method",
    "reporter",
    "adopt_day",
    "recorder",
    "predecessor",
    "revision",
    "state",
    "display_name",
    "basis_document",
    "basis_note",
    "source_uri",
    "successor",
    "supersede_day",
    "update_us",
];

/// How many of [`COLUMNS`] never change.
const FIXED: usize = 14;

/// The number of the state of a target that stands, as filters know it.
pub(crate) const ACTIVE: i64 = 1;

/// The number of the state of a superseded target.
pub(crate) const SUPERSEDED: i64 = 2;

/// Returns the target of that name.
pub(crate) async fn get(tx: &mut Tx, name: &str) -> Result<Option<Target>, Error> {
    tx.optional::<TargetRow>(select_where(SELECT, "t.name", name), Vec::new())
        .await?
        .map(Target::try_from)
        .transpose()
}

/// Returns one page of the targets of a partnership and the token of the next page.
pub(crate) async fn list(
    tx: &mut Tx,
    partnership: &str,
    listing: &Listing,
) -> Result<(Vec<Target>, String), Error> {
    let conditions = [("t.partnership = {}", Value::from(partnership))];
    let targets = tx
        .all::<TargetRow>(listing.sql(SELECT, &conditions, "t.name"), Vec::new())
        .await?
        .into_iter()
        .map(Target::try_from)
        .collect::<Result<Vec<_>, _>>()?;
    Ok(listing.page(targets, target_sort_value, |target| {
        Value::from(&target.name)
    }))
}

/// Inserts a new target; a taken name is [`Error::Conflict`].
pub(crate) async fn insert(tx: &mut Tx, partnership: &str, target: &Target) -> Result<(), Error> {
    let agreement = &target.agreement;
    let mut row = args![
        &target.uid,
        &target.name,
        partnership,
        clock::to_micros(target.create_time),
        join(&agreement.parties),
        agreement.value_cents,
        clock::to_days(agreement.due_date),
        i64::from(agreement.baseline.year),
        agreement.baseline.value_cents,
        agreement.measurement.method.code(),
        &agreement.measurement.reporter,
        clock::to_days(agreement.adopt_date),
        &target.recorder,
        &target.predecessor,
    ];
    row.extend(values(target));
    tx.insert_many("targets", &COLUMNS, vec![row]).await?;
    Ok(())
}

/// Writes a changed target if it has not changed since `revision`; tells whether it did.
pub(crate) async fn update_from(
    tx: &mut Tx,
    target: &Target,
    revision: i64,
) -> Result<bool, Error> {
    let sql = update_if(
        "targets",
        &COLUMNS[FIXED..],
        values(target),
        &target.uid,
        revision,
    );
    Ok(tx.execute(sql, Vec::new()).await? > 0)
}

/// The values of the columns that change.
fn values(target: &Target) -> Vec<Value> {
    let agreement = &target.agreement;
    let supersession: Option<&Supersession> = target.supersession.as_ref();
    let state = if supersession.is_some() {
        SUPERSEDED
    } else {
        ACTIVE
    };
    args![
        target.revision,
        state,
        &agreement.display_name,
        &agreement.basis_document,
        &agreement.basis_note,
        &agreement.source_uri,
        supersession.map_or("", |supersession| supersession.successor.as_str()),
        supersession.map(|supersession| clock::to_days(supersession.date)),
        clock::to_micros(target.update_time),
    ]
}
