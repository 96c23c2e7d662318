//! Acts in the database.

use std::collections::BTreeMap;

use aip::{Listing, Sql, Value};
use storage::{Error, Tx, args};

use super::{queries, rows::ActRow};
use crate::domain::{Act, Document, DocumentName};

/// Reads one act, a retracted one too.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn get(tx: &mut Tx, document: &Document, id: &str) -> Result<Option<Act>, Error> {
    let row: Option<ActRow> = tx
        .optional(queries::ACT_BY_ID, args![document.uid.as_str(), id])
        .await?;
    row.map(|row| row.into_act(&document.name)).transpose()
}

/// Reads a page and one row more.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn list(
    tx: &mut Tx,
    document: &Document,
    listing: &Listing,
) -> Result<Vec<Act>, Error> {
    let sql = list_sql(&document.uid, listing);
    let rows: Vec<ActRow> = tx.all(sql, vec![]).await?;
    rows.into_iter()
        .map(|row| row.into_act(&document.name))
        .collect()
}

pub(super) fn list_sql(document_uid: &str, listing: &Listing) -> Sql {
    let conditions = [("a.document_uid = {}", Value::from(document_uid))];
    listing.sql(queries::ACTS, &conditions, "a.id")
}

/// Returns the value of a sortable field.
pub(crate) fn sort_value(act: &Act, path: &str) -> Value {
    match path {
        "party" => act.party.as_str().into(),
        "kind" => i64::from(act.kind.code()).into(),
        "date" => clock::to_days(act.date).into(),
        "create_time" => clock::to_micros(act.created).into(),
        _ => act.id().into(),
    }
}

/// Reads all acts on some documents, by the document's uid, in no particular order; by `acts_by_day`.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn of_documents(
    tx: &mut Tx,
    documents: &[&Document],
) -> Result<BTreeMap<String, Vec<Act>>, Error> {
    let names: BTreeMap<&str, &DocumentName> = documents
        .iter()
        .map(|document| (document.uid.as_str(), &document.name))
        .collect();
    let mut acts: BTreeMap<String, Vec<Act>> = BTreeMap::new();
    if names.is_empty() {
        return Ok(acts);
    }
    let sql = of_documents_sql(names.keys().copied());
    let rows: Vec<ActRow> = tx.all(sql, vec![]).await?;
    for row in rows {
        let uid = row.document_uid.clone();
        if let Some(name) = names.get(uid.as_str()) {
            acts.entry(uid).or_default().push(row.into_act(name)?);
        }
    }
    Ok(acts)
}

pub(super) fn of_documents_sql<'a>(uids: impl Iterator<Item = &'a str>) -> Sql {
    let mut sql = Sql::new(queries::ACTS);
    sql.push(" WHERE a.document_uid IN (");
    for (index, uid) in uids.enumerate() {
        sql.push(if index == 0 { "" } else { ", " }).bind(uid);
    }
    sql.push(")");
    sql
}

/// Writes a new act on `document`; [`Error::Conflict`] if there is one of that name.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn insert(tx: &mut Tx, document: &Document, new: &Act) -> Result<(), Error> {
    let args = args![
        new.uid.as_str(),
        document.uid.as_str(),
        new.id(),
        new.revision,
        new.party.as_str(),
        i64::from(new.kind.code()),
        clock::to_days(new.date),
        new.receipt.map(clock::to_days),
        new.effective.map(clock::to_days),
        new.notifying_party.clone(),
        new.reference.as_str(),
        new.source.uri.as_str(),
        new.source.note.as_str(),
        new.publication.map(clock::to_days),
        clock::to_micros(new.created),
        new.recorder.as_str(),
        Value::Null,
        "",
        "",
    ];
    tx.execute(queries::INSERT_ACT, args).await?;
    Ok(())
}

/// Writes the retraction of an act over the revision before it; false if that is no longer there, or
/// the act has no retraction.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn retract_if(tx: &mut Tx, retracted: &Act) -> Result<bool, Error> {
    let Some(retraction) = &retracted.retraction else {
        return Ok(false);
    };
    let args = args![
        retracted.revision,
        clock::to_micros(retraction.at),
        retraction.reason.as_str(),
        retraction.retractor.as_str(),
        retracted.uid.as_str(),
        retracted.revision - 1,
    ];
    Ok(tx.execute(queries::RETRACT_ACT, args).await? > 0)
}
