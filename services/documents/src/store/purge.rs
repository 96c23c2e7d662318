//! Removing documents for good, with everything that belongs to them.

use aip::{Sql, filter::Filter};
use jiff::Timestamp;
use storage::{Error, Tx, args};

use super::{documents, finding, queries, search};
use crate::domain::{Document, PartnershipName};

/// How many documents one statement names at most.
const CHUNK: usize = 500;

/// What removes the rows of some documents, each before the rows that it refers to; `{}` is the list of the
/// documents' uids. A table that is missing here keeps documents from being removed, and fails a test.
pub(super) static STATEMENTS: &[&str] = &[
    "DELETE FROM outdated_documents WHERE document_uid IN {}",
    "DELETE FROM document_waits WHERE document_uid IN {}",
    "DELETE FROM document_events WHERE document_uid IN {}",
    "DELETE FROM pending_documents WHERE document_uid IN {}",
    "DELETE FROM upload_parts WHERE upload_uid IN (SELECT u.uid FROM uploads u WHERE u.document_uid IN {})",
    "DELETE FROM uploads WHERE document_uid IN {}",
    "DELETE FROM text_versions WHERE text_uid IN (SELECT t.uid FROM texts t WHERE t.document_uid IN {})",
    "DELETE FROM texts WHERE document_uid IN {}",
    "DELETE FROM document_relations WHERE document_uid IN {}",
    "DELETE FROM acts WHERE document_uid IN {}",
    "DELETE FROM documents WHERE uid IN {}",
];

/// Reads at most `limit` documents of a partnership that were deleted by `deleted` and match the filter,
/// the oldest deletion first.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn due(
    tx: &mut Tx,
    parent: &PartnershipName,
    deleted: Timestamp,
    filter: &Filter,
    limit: usize,
) -> Result<Vec<Document>, Error> {
    let sql = due_sql(parent, deleted, filter, limit);
    let ids: Vec<(String,)> = tx.all(sql, vec![]).await?;
    let ids: Vec<String> = ids.into_iter().map(|(id,)| id).collect();
    documents::in_order(tx, parent, &ids).await
}

pub(super) fn due_sql(
    parent: &PartnershipName,
    deleted: Timestamp,
    filter: &Filter,
    limit: usize,
) -> Sql {
    let listed = finding::listed(None, !filter.is_empty());
    let mut sql = Sql::new(format!("SELECT d.id FROM ({listed}) d"));
    sql.push(" WHERE d.partnership_id = ")
        .bind(parent.partnership.as_str())
        .push(" AND d.deleted_us <= ")
        .bind(clock::to_micros(deleted));
    if !filter.is_empty() {
        sql.push(" AND ");
        filter.push_sql(&mut sql);
    }
    sql.push(&format!(" ORDER BY d.deleted_us, d.id LIMIT {limit}"));
    sql
}

/// Reads which partnerships have documents that were deleted by `deleted`.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn partnerships(
    tx: &mut Tx,
    deleted: Timestamp,
) -> Result<Vec<PartnershipName>, Error> {
    let rows: Vec<(String,)> = tx
        .all(
            queries::outline::PURGEABLE,
            args![clock::to_micros(deleted)],
        )
        .await?;
    Ok(rows
        .into_iter()
        .map(|(id,)| PartnershipName::new(id))
        .collect())
}

/// Removes documents with all their rows.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn remove(tx: &mut Tx, purged: &[Document]) -> Result<(), Error> {
    for some in purged.chunks(CHUNK) {
        let uids: Vec<_> = some.iter().map(|one| one.uid.as_str()).collect();
        search::purge(tx, &uids).await?;
        documents::unlist(tx, some).await?;
        for statement in STATEMENTS {
            tx.execute(remove_sql(statement, some), vec![]).await?;
        }
    }
    Ok(())
}

fn remove_sql(statement: &str, documents: &[Document]) -> Sql {
    let mut sql = Sql::default();
    for (index, part) in statement.split("{}").enumerate() {
        if index > 0 {
            sql.push_list(documents.iter().map(|one| one.uid.as_str()));
        }
        sql.push(part);
    }
    sql
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MIGRATIONS, SCHEMA};

    #[tokio::test]
    async fn every_table_that_belongs_to_documents_is_purged() {
        for opened in storage::testing::databases(SCHEMA, MIGRATIONS).await {
            if opened.engine() == storage::Engine::Sqlite {
                let tables: Result<Vec<(String,)>, Error> = opened
                    .database
                    .read(|tx| {
                        Box::pin(async move {
                            let text = "SELECT t.name FROM sqlite_master t JOIN pragma_table_info(t.name) c \
                                 WHERE t.type = 'table' AND c.name = 'document_uid' ORDER BY t.name";
                            tx.all(text, vec![]).await
                        })
                    })
                    .await;
                let tables = tables.unwrap();
                assert!(tables.len() >= 7, "{tables:?}");
                // `search::purge` and `documents::unlist` remove their own.
                let tables = tables.iter().filter(|(table,)| {
                    !table.starts_with("search_") && !table.starts_with("listed_")
                });
                for (table,) in tables {
                    let delete = format!("DELETE FROM {table} ");
                    assert!(
                        STATEMENTS.iter().any(|text| text.starts_with(&delete)),
                        "{table} is not purged"
                    );
                }
            }
            opened.remove().await;
        }
    }
}
