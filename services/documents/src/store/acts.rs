//! Acts in the database.

use std::collections::BTreeMap;

use aip::{Listing, Sql, Value};
use storage::{Error, Tx, args};

use super::{queries, rows::ActRow};
use crate::domain::{Act, Document, DocumentName};

/// The columns of a new act.
const COLUMNS: &[&str] = &[
    "uid",
    "document_uid",
    "id",
    "revision",
    "party",
    "kind",
    "day",
    "receipt_day",
    "effective_day",
    "notifying_party",
    "reference",
    "source_uri",
    "source_note",
    "publication_day",
    "created_us",
    "recorder",
    "retraction_reason",
    "retractor",
];

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
    sql.push(" WHERE a.document_uid IN ").push_list(uids);
    sql
}

/// Writes new acts in bulk, each with the document it is on; false if there is one of such a name, and the others are
/// written.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn insert_new(tx: &mut Tx, new: &[(&Document, &Act)]) -> Result<bool, Error> {
    let row = |(document, act): &(&Document, &Act)| {
        args![
            act.uid.as_str(),
            document.uid.as_str(),
            act.id(),
            act.revision,
            act.party.as_str(),
            i64::from(act.kind.code()),
            clock::to_days(act.date),
            act.receipt.map(clock::to_days),
            act.effective.map(clock::to_days),
            act.notifying_party.clone(),
            act.reference.as_str(),
            act.source.uri.as_str(),
            act.source.note.as_str(),
            act.publication.map(clock::to_days),
            clock::to_micros(act.created),
            act.recorder.as_str(),
            "",
            "",
        ]
    };
    let written = tx
        .insert_new("acts", COLUMNS, new.iter().map(row).collect())
        .await?;
    Ok(written == new.len() as u64)
}

/// Reads which of these ids, each with the uid of its document, belong to acts, retracted ones too, and the acts'
/// uids, in no particular order; by the unique key of both.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn existing(
    tx: &mut Tx,
    wanted: &[(&str, &str)],
) -> Result<Vec<(String, String, String)>, Error> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    tx.all(existing_sql(wanted), vec![]).await
}

pub(super) fn existing_sql(wanted: &[(&str, &str)]) -> Sql {
    let mut sql = Sql::new("WITH wanted (document_uid, id) AS (VALUES ");
    for (index, (document_uid, id)) in wanted.iter().enumerate() {
        sql.push(if index == 0 { "(" } else { ", (" })
            .bind(*document_uid);
        sql.push(", ").bind(*id).push(")");
    }
    sql.push(queries::EXISTING_ACTS);
    sql
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
