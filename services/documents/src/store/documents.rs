//! Documents in the database.

mod listed;

pub(super) use listed::unlist;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    iter,
};

use aip::{Sql, Value};
use serde::Serialize;
use storage::{Error, Tx, args};

use super::{UNKNOWN_DAY, members, queries, rows::DocumentRow, sectors};
use crate::domain::{Document, DocumentName, PartnershipName};

/// How many names one query has at most; a batch has no more, its references may.
const MAX_NAMES: usize = 1_000;

/// The columns of a new document: what never changes, then [`changing`].
const COLUMNS: &[&str] = &[
    "uid",
    "partnership_id",
    "id",
    "created_us",
    "revision",
    "content",
    "access_level",
    "parties",
    "updated_us",
    "deleted_us",
];

/// Reads one document, a deleted one too.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn get(tx: &mut Tx, name: &DocumentName) -> Result<Option<Document>, Error> {
    let args = args![name.partnership.as_str(), name.document.as_str()];
    let row: Option<DocumentRow> = tx.optional(queries::DOCUMENT_BY_ID, args).await?;
    row.map(Document::try_from).transpose()
}

/// Reads those of the named documents that there are, deleted ones too, in no particular order; by the
/// unique key of their names.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn get_many(tx: &mut Tx, names: &[DocumentName]) -> Result<Vec<Document>, Error> {
    let mut by_partnership: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for name in names {
        by_partnership
            .entry(&name.partnership)
            .or_default()
            .push(&name.document);
    }
    let mut documents = Vec::new();
    for (partnership, ids) in by_partnership {
        for ids in ids.chunks(MAX_NAMES) {
            let sql = named_sql(queries::DOCUMENTS, partnership, ids);
            let rows: Vec<DocumentRow> = tx.all(sql, vec![]).await?;
            for row in rows {
                documents.push(row.try_into()?);
            }
        }
    }
    Ok(documents)
}

/// Reads which of the named documents there are, deleted ones too; by the unique key of their names.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn existing(
    tx: &mut Tx,
    names: Vec<DocumentName>,
) -> Result<BTreeSet<DocumentName>, Error> {
    let mut by_partnership: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for name in names {
        by_partnership
            .entry(name.partnership)
            .or_default()
            .push(name.document);
    }
    let mut found = BTreeSet::new();
    for (partnership, ids) in by_partnership {
        for ids in ids.chunks(MAX_NAMES) {
            let ids: Vec<_> = ids.iter().map(String::as_str).collect();
            let sql = named_sql(queries::DOCUMENT_IDS, &partnership, &ids);
            let rows: Vec<(String,)> = tx.all(sql, vec![]).await?;
            let name = |(id,): (String,)| DocumentName::new(partnership.clone(), id);
            found.extend(rows.into_iter().map(name));
        }
    }
    Ok(found)
}

pub(super) fn named_sql(base: &str, partnership: &str, ids: &[&str]) -> Sql {
    let mut sql = Sql::new(base);
    sql.push(" WHERE d.partnership_id = ")
        .bind(partnership)
        .push(" AND d.id IN ")
        .push_list(ids.iter().copied());
    sql
}

/// Reads the documents of a partnership with these ids, in the order of the ids; those that there are not are left out.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn in_order(
    tx: &mut Tx,
    parent: &PartnershipName,
    ids: &[String],
) -> Result<Vec<Document>, Error> {
    let mut found = HashMap::new();
    for some in ids.chunks(MAX_NAMES) {
        let some: Vec<&str> = some.iter().map(String::as_str).collect();
        let sql = named_sql(queries::DOCUMENTS, &parent.partnership, &some);
        let rows: Vec<DocumentRow> = tx.all(sql, vec![]).await?;
        for row in rows {
            let document = Document::try_from(row)?;
            found.insert(document.name.document.clone(), document);
        }
    }
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// Reads documents by their unique ids, the primary key, in no particular order. At most a few thousand.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn by_uids(tx: &mut Tx, uids: &[&str]) -> Result<Vec<Document>, Error> {
    if uids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<DocumentRow> = tx.all(by_uids_sql(uids), vec![]).await?;
    rows.into_iter().map(Document::try_from).collect()
}

pub(super) fn by_uids_sql(uids: &[&str]) -> Sql {
    let mut sql = Sql::new(queries::DOCUMENTS);
    sql.push(" WHERE d.uid IN ").push_list(uids.iter().copied());
    sql
}

/// Returns the value of a sortable field.
pub(crate) fn sort_value(document: &Document, path: &str) -> Value {
    let content = &document.content;
    match path {
        "item_number" => item_number(document).into(),
        "type" => i64::from(content.kind.code()).into(),
        "level" => i64::from(content.level.code()).into(),
        "signature_date" => signature_day(document).into(),
        "create_time" => clock::to_micros(document.created).into(),
        "update_time" => clock::to_micros(document.updated).into(),
        _ => document.name.document.as_str().into(),
    }
}

/// Writes new documents in bulk; [`Error::Conflict`] if there is one of such a name or item number.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn insert_many(tx: &mut Tx, new: &[Document]) -> Result<(), Error> {
    let mut rows = Vec::with_capacity(new.len());
    for document in new {
        let mut row = args![
            document.uid.as_str(),
            document.name.partnership.as_str(),
            document.name.document.as_str(),
            clock::to_micros(document.created),
        ];
        row.extend(changing(document)?);
        rows.push(row);
    }
    tx.insert_many("documents", COLUMNS, rows).await?;
    let changes = new.iter().map(|document| (None, document));
    count(tx, changes.clone()).await?;
    sectors::count(tx, changes).await?;
    listed::insert(tx, new).await
}

/// Writes a changed document over the one that was read; false if that is no longer there.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn update_if(tx: &mut Tx, old: &Document, new: &Document) -> Result<bool, Error> {
    let mut args = args![old.uid.as_str(), old.revision];
    args.extend(changing(new)?);
    if tx.execute(queries::UPDATE_DOCUMENT, args).await? == 0 {
        return Ok(false);
    }
    count(tx, iter::once((Some(old), new))).await?;
    sectors::count(tx, iter::once((Some(old), new))).await?;
    listed::update(tx, old, new).await?;
    Ok(true)
}

/// Reads which documents, not deleted, have one of the item numbers: their ids by number.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn item_number_holders(
    tx: &mut Tx,
    parent: &PartnershipName,
    item_numbers: &[i32],
) -> Result<BTreeMap<i32, String>, Error> {
    if item_numbers.is_empty() {
        return Ok(BTreeMap::new());
    }
    let sql = item_numbers_sql(&parent.partnership, item_numbers);
    let rows: Vec<(i64, String)> = tx.all(sql, vec![]).await?;
    let number = |(number, id): (i64, String)| Some((i32::try_from(number).ok()?, id));
    Ok(rows.into_iter().filter_map(number).collect())
}

pub(super) fn item_numbers_sql(partnership: &str, item_numbers: &[i32]) -> Sql {
    let mut sql = Sql::new(queries::ITEM_NUMBER_HOLDERS);
    sql.bind(partnership)
        .push(" AND d.item_number IN ")
        .push_list(item_numbers.iter().copied());
    sql
}

/// Reads which states have recorded acts on the document.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn parties_of_acts(
    tx: &mut Tx,
    document: &Document,
) -> Result<Vec<String>, Error> {
    let rows: Vec<(String,)> = tx
        .all(queries::PARTIES_OF_ACTS, args![document.uid.as_str()])
        .await?;
    Ok(rows.into_iter().map(|(party,)| party).collect())
}

/// The values of the columns that change, in the order of both statements.
fn changing(document: &Document) -> Result<Vec<Value>, Error> {
    let content = &document.content;
    Ok(args![
        document.revision,
        to_json(content)?,
        content.access_level.code(),
        members::pack(&content.parties),
        clock::to_micros(document.updated),
        document.deleted.map(clock::to_micros),
    ])
}

/// Keeps the counts of the partnerships, given each document as it was and as it is: of those that are not
/// deleted, and of those of them that have an item number.
async fn count<'a>(
    tx: &mut Tx,
    changes: impl Iterator<Item = (Option<&'a Document>, &'a Document)>,
) -> Result<(), Error> {
    let counted = |document: &Document| {
        let live = document.deleted.is_none();
        (
            i64::from(live),
            i64::from(live && document.content.item_number.is_some()),
        )
    };
    let mut sums: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for (old, new) in changes {
        let (before, after) = (old.map_or((0, 0), counted), counted(new));
        let sum = sums.entry(&new.name.partnership).or_default();
        sum.0 += after.0 - before.0;
        sum.1 += after.1 - before.1;
    }
    for (partnership, sum) in sums {
        if sum != (0, 0) {
            let args = args![sum.0, sum.1, partnership];
            tx.execute(queries::COUNT_DOCUMENTS, args).await?;
        }
    }
    Ok(())
}

/// Writes what editors say as the JSON text that is kept.
pub(super) fn to_json(value: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(value)
        .map_err(|error| Error::Engine(format!("cannot be written as JSON: {error}")))
}

fn item_number(document: &Document) -> i64 {
    document.content.item_number.map_or(0, i64::from)
}

fn signature_day(document: &Document) -> i64 {
    document
        .content
        .signature_date
        .map_or(UNKNOWN_DAY, clock::to_days)
}
