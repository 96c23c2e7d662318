//! How documents stand to other resources, read from either end.

use std::collections::{BTreeMap, BTreeSet};

use aip::{Sql, Value};
use storage::{Error, Tx, args};

use super::{access, outline::execute_for, queries};
use crate::domain::{Document, DocumentName, Reader, RelationKind};

/// How many values one condition names at most.
const CHUNK: usize = 500;

storage::row! {
    /// A relation of a document, as it is kept.
    struct KeptRow {
        document_uid: String,
        kind: i64,
        target: String,
    }
}

/// A relation seen from one end: its kind, and the other end's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) kind: i64,
    pub(crate) resource: String,
}

storage::row! {
    /// One end of a relation.
    struct SeenRow {
        kind: i64,
        resource: String,
    }
}

/// The last relation of the page before, and how many to read.
#[derive(Clone, Debug)]
pub(crate) struct After {
    pub(crate) kind: i64,
    pub(crate) resource: String,
    pub(crate) limit: usize,
}

/// Keeps the relations of these documents; writes only where they are not as they were.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn replace(tx: &mut Tx, documents: &[Document]) -> Result<(), Error> {
    let mut kept: BTreeMap<String, BTreeSet<(i64, String)>> = BTreeMap::new();
    for some in documents.chunks(CHUNK) {
        let mut sql = Sql::new(queries::KEPT_RELATIONS);
        sql.push_list(some.iter().map(|document| document.uid.as_str()));
        let rows: Vec<KeptRow> = tx.all(sql, vec![]).await?;
        for row in rows {
            let of = kept.entry(row.document_uid).or_default();
            of.insert((row.kind, row.target));
        }
    }
    let is_changed = |document: &&Document| {
        let kept = kept.get(&document.uid);
        kept.cloned().unwrap_or_default() != relations(document)
    };
    let changed: Vec<Document> = documents.iter().filter(is_changed).cloned().collect();
    let old: Vec<Document> = changed
        .iter()
        .filter(|document| kept.contains_key(&document.uid))
        .cloned()
        .collect();
    execute_for(tx, queries::DELETE_RELATIONS, &old).await?;
    insert(tx, &changed).await
}

/// Keeps the relations of documents of which none are kept.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn insert(tx: &mut Tx, documents: &[Document]) -> Result<(), Error> {
    let rows = documents.iter().flat_map(rows).collect();
    let columns = &["document_uid", "kind", "target", "document"];
    tx.insert_many("document_relations", columns, rows).await?;
    Ok(())
}

/// The relations of a document: kind and target.
fn relations(document: &Document) -> BTreeSet<(i64, String)> {
    let relations = document.content.relations.iter();
    relations
        .map(|relation| (i64::from(relation.kind.code()), relation.target.clone()))
        .collect()
}

fn rows(document: &Document) -> Vec<Vec<Value>> {
    let name = document.name.to_string();
    let row =
        |(kind, target): (i64, String)| args![document.uid.as_str(), kind, target, name.as_str()];
    relations(document).into_iter().map(row).collect()
}

/// Reads the relations that a document has, by kind and target; by primary key.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn outgoing(
    tx: &mut Tx,
    document: &Document,
    after: &After,
) -> Result<Vec<Seen>, Error> {
    seen(tx, outgoing_sql(&document.uid, after)).await
}

pub(super) fn outgoing_sql(document_uid: &str, after: &After) -> Sql {
    let mut sql = Sql::new(queries::OUTGOING_RELATIONS);
    sql.push(" WHERE r.document_uid = ").bind(document_uid);
    push_after(&mut sql, "r.target", after);
    sql
}

/// Reads the relations that documents which `reader` may read have to the named one, by kind and name; by
/// `document_relations_by_target`.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn incoming(
    tx: &mut Tx,
    name: &DocumentName,
    reader: &Reader,
    after: &After,
) -> Result<Vec<Seen>, Error> {
    seen(tx, incoming_sql(name, reader, after)).await
}

pub(super) fn incoming_sql(name: &DocumentName, reader: &Reader, after: &After) -> Sql {
    let mut sql = Sql::new(queries::INCOMING_RELATIONS);
    sql.push(" WHERE r.target = ").bind(name.to_string());
    access::push(&mut sql, reader);
    push_after(&mut sql, "r.document", after);
    sql
}

fn push_after(sql: &mut Sql, resource: &str, after: &After) {
    sql.push(&format!(" AND (r.kind, {resource}) > ("))
        .bind(after.kind)
        .push(", ")
        .bind(after.resource.as_str())
        .push(&format!(
            ") ORDER BY r.kind, {resource} LIMIT {}",
            after.limit
        ));
}

async fn seen(tx: &mut Tx, sql: Sql) -> Result<Vec<Seen>, Error> {
    let rows: Vec<SeenRow> = tx.all(sql, vec![]).await?;
    let seen = |row: SeenRow| Seen {
        kind: row.kind,
        resource: row.resource,
    };
    Ok(rows.into_iter().map(seen).collect())
}

/// Reads to which documents those of these that are not deleted have a relation of `kind`: from which, to
/// which.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn targets(
    tx: &mut Tx,
    kind: RelationKind,
    names: &[DocumentName],
) -> Result<Vec<(DocumentName, DocumentName)>, Error> {
    let mut by_partnership: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for name in names {
        by_partnership
            .entry(&name.partnership)
            .or_default()
            .push(&name.document);
    }
    let mut found = Vec::new();
    for (partnership, ids) in by_partnership {
        for ids in ids.chunks(CHUNK) {
            let rows: Vec<(String, String)> =
                tx.all(targets_sql(kind, partnership, ids), vec![]).await?;
            found.extend(rows.into_iter().filter_map(|(from, to)| {
                let name = |text: &str| DocumentName::parse("name", text).ok();
                Some((name(&from)?, name(&to)?))
            }));
        }
    }
    Ok(found)
}

pub(super) fn targets_sql(kind: RelationKind, partnership: &str, ids: &[&str]) -> Sql {
    let mut sql = Sql::new(queries::RELATION_TARGETS);
    sql.push(" WHERE d.partnership_id = ")
        .bind(partnership)
        .push(" AND d.deleted_us IS NULL AND r.kind = ")
        .bind(i64::from(kind.code()))
        .push(" AND d.id IN ");
    sql.push_list(ids.iter().copied());
    sql
}

/// Reads one of these names to which a document has a relation, or for which one waits; by `document_relations_by_target`
/// and `document_waits_by_target`.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn referred_to(
    tx: &mut Tx,
    names: &[DocumentName],
) -> Result<Option<DocumentName>, Error> {
    for names in names.chunks(CHUNK) {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        for sql in referred_to_sql(&names) {
            if let Some((name,)) = tx.optional::<(String,)>(sql, vec![]).await? {
                return Ok(DocumentName::parse("name", &name).ok());
            }
        }
    }
    Ok(None)
}

pub(super) fn referred_to_sql(names: &[String]) -> [Sql; 2] {
    [
        "SELECT r.target FROM document_relations r WHERE r.target IN ",
        "SELECT w.target FROM document_waits w WHERE w.target IN ",
    ]
    .map(|text| {
        let mut sql = Sql::new(text);
        sql.push_list(names.iter().map(String::as_str));
        sql.push(" LIMIT 1");
        sql
    })
}

/// Reads which documents, not deleted, have a relation to the named one or wait for it, each once and at
/// most `limit`: those that `reader` may read, or all; by `document_relations_by_target` and
/// `document_waits_by_target`.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn referrers(
    tx: &mut Tx,
    name: &DocumentName,
    reader: Option<&Reader>,
    limit: usize,
) -> Result<BTreeSet<DocumentName>, Error> {
    let mut found = BTreeSet::new();
    for sql in [
        related_sql(name, reader, limit),
        waiting_sql(name, reader, limit),
    ] {
        let rows: Vec<(String, String)> = tx.all(sql, vec![]).await?;
        let name = |(partnership, id)| DocumentName::new(partnership, id);
        found.extend(rows.into_iter().map(name));
    }
    Ok(found.into_iter().take(limit).collect())
}

pub(super) fn related_sql(name: &DocumentName, reader: Option<&Reader>, limit: usize) -> Sql {
    let mut sql = Sql::new(queries::RELATED_DOCUMENTS);
    sql.push(" WHERE r.target = ").bind(name.to_string());
    if let Some(reader) = reader {
        access::push(&mut sql, reader);
    }
    sql.push(&format!(
        " AND d.deleted_us IS NULL ORDER BY r.kind, r.document LIMIT {limit}"
    ));
    sql
}

pub(super) fn waiting_sql(name: &DocumentName, reader: Option<&Reader>, limit: usize) -> Sql {
    let mut sql = Sql::new(queries::WAITING_DOCUMENTS);
    sql.push(" WHERE w.target = ").bind(name.to_string());
    if let Some(reader) = reader {
        access::push(&mut sql, reader);
    }
    sql.push(&format!(
        " AND d.deleted_us IS NULL ORDER BY w.document_uid LIMIT {limit}"
    ));
    sql
}
