//! What lists look at of documents: short rows beside what the documents say.

use std::{
    collections::{BTreeMap, BTreeSet},
    slice,
};

use aip::{Sql, Value};
use storage::{Error, Tx, args};

use super::{
    super::{members, queries},
    item_number, signature_day,
};
use crate::domain::{Content, Document};

/// The columns of a listed party.
const PARTY_COLUMNS: &[&str] = &["partnership_id", "party", "document_id", "signature_day"];

/// The columns of a listed sector.
const SECTOR_COLUMNS: &[&str] = &["partnership_id", "sector", "document_id", "signature_day"];

/// The columns of what lists filter and sort by: what never changes, then [`listed`].
const LISTED_COLUMNS: &[&str] = &[
    "partnership_id",
    "id",
    "created_us",
    "updated_us",
    "deleted_us",
    "item_number",
    "kind",
    "level",
    "access_level",
    "signature_day",
    "title_known",
    "signature_place",
    "parties",
    "sectors",
];

/// The columns of the titles that lists look at.
const TITLE_COLUMNS: &[&str] = &["partnership_id", "document_id", "titles"];

/// Writes what lists look at of new documents.
pub(super) async fn insert(tx: &mut Tx, new: &[Document]) -> Result<(), Error> {
    let rows = new.iter().map(|document| {
        let mut row = key(document);
        row.push(clock::to_micros(document.created).into());
        row.extend(listed(document));
        row
    });
    tx.insert_many("listed_documents", LISTED_COLUMNS, sorted(rows))
        .await?;
    let rows = new.iter().map(|document| {
        let mut row = key(document);
        row.push(title_text(document).into());
        row
    });
    tx.insert_many("listed_titles", TITLE_COLUMNS, rows.collect())
        .await?;
    insert_sets(tx, new).await
}

/// Writes what lists look at of a changed document over what it was.
pub(super) async fn update(tx: &mut Tx, old: &Document, new: &Document) -> Result<(), Error> {
    let mut args = key(new);
    args.extend(listed(new));
    tx.execute(queries::UPDATE_LISTED, args).await?;
    let titles = title_text(new);
    if titles != title_text(old) {
        let mut args = key(new);
        args.push(titles.into());
        tx.execute(queries::UPDATE_LISTED_TITLES, args).await?;
    }
    delete_sets(tx, slice::from_ref(old)).await?;
    insert_sets(tx, slice::from_ref(new)).await
}

/// In the order of the primary key: pages are written once.
fn sorted(rows: impl Iterator<Item = Vec<Value>>) -> Vec<Vec<Value>> {
    let mut rows: Vec<Vec<Value>> = rows.collect();
    rows.sort_unstable();
    rows
}

/// Takes documents that are removed out of what lists look at.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(in crate::store) async fn unlist(tx: &mut Tx, documents: &[Document]) -> Result<(), Error> {
    delete_sets(tx, documents).await?;
    for (partnership, documents) in by_partnership(documents) {
        for (table, id) in [("listed_documents", "id"), ("listed_titles", "document_id")] {
            let mut sql = Sql::new(format!("DELETE FROM {table} WHERE partnership_id = "));
            sql.bind(partnership).push(&format!(" AND {id} IN "));
            sql.push_list(documents.iter().map(|one| one.name.document.as_str()));
            tx.execute(sql, vec![]).await?;
        }
    }
    Ok(())
}

fn by_partnership(documents: &[Document]) -> BTreeMap<&str, Vec<&Document>> {
    let mut parted: BTreeMap<&str, Vec<&Document>> = BTreeMap::new();
    for document in documents {
        let partnership = document.name.partnership.as_str();
        parted.entry(partnership).or_default().push(document);
    }
    parted
}

/// The name of a document: the primary key of what lists look at.
fn key(document: &Document) -> Vec<Value> {
    let name = &document.name;
    args![name.partnership.as_str(), name.document.as_str()]
}

/// What lists filter and sort a document by and what can change, in the order of both statements.
fn listed(document: &Document) -> Vec<Value> {
    let content = &document.content;
    args![
        clock::to_micros(document.updated),
        document.deleted.map(clock::to_micros),
        item_number(document),
        content.kind.code(),
        content.level.code(),
        content.access_level.code(),
        signature_day(document),
        content.title_known,
        content.signature_place.as_str(),
        members::pack(&content.parties),
        members::pack(&content.sectors),
    ]
}

/// The words of a document by which lists find it.
type Members = fn(&Content) -> &[String];

async fn insert_sets(tx: &mut Tx, documents: &[Document]) -> Result<(), Error> {
    let rows = |words: Members| {
        sorted(documents.iter().flat_map(move |document| {
            let name = &document.name;
            let row = |word: &String| {
                args![
                    name.partnership.as_str(),
                    word.as_str(),
                    name.document.as_str(),
                    signature_day(document),
                ]
            };
            words(&document.content).iter().map(row)
        }))
    };
    let parties = rows(|content| &content.parties);
    tx.insert_many("listed_parties", PARTY_COLUMNS, parties)
        .await?;
    let sectors = rows(|content| &content.sectors);
    tx.insert_many("listed_sectors", SECTOR_COLUMNS, sectors)
        .await?;
    Ok(())
}

/// Takes away what [`insert_sets`] wrote of documents; by the primary keys.
async fn delete_sets(tx: &mut Tx, documents: &[Document]) -> Result<(), Error> {
    let sets: [(&str, &str, Members); 2] = [
        ("listed_parties", "party", |content| &content.parties),
        ("listed_sectors", "sector", |content| &content.sectors),
    ];
    for (partnership, documents) in by_partnership(documents) {
        for (table, column, words) in sets {
            let all = documents.iter().flat_map(|one| words(&one.content));
            let all: BTreeSet<&str> = all.map(String::as_str).collect();
            if all.is_empty() {
                continue;
            }
            let mut sql = Sql::new(format!("DELETE FROM {table} WHERE partnership_id = "));
            sql.bind(partnership).push(&format!(" AND {column} IN "));
            sql.push_list(all).push(" AND document_id IN ");
            sql.push_list(documents.iter().map(|one| one.name.document.as_str()));
            tx.execute(sql, vec![]).await?;
        }
    }
    Ok(())
}

/// All titles, one a line, for the filter.
fn title_text(document: &Document) -> String {
    let titles: Vec<_> = document
        .content
        .titles
        .iter()
        .map(|title| title.text.as_str())
        .collect();
    titles.join("\n")
}
