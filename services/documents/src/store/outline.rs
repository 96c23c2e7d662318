//! What is computed from acts and kept.

use std::collections::BTreeSet;

use aip::Sql;
use storage::{Error, Tx, args};

use super::queries;
use crate::domain::{Document, DocumentName, EntryRule, status::calendar::Event};

/// How many values one condition names at most.
const CHUNK: usize = 500;

/// Appends `(…)` with a placeholder for each value.
pub(super) fn push_list<'a>(sql: &mut Sql, values: impl IntoIterator<Item = &'a str>) {
    for (index, value) in values.into_iter().enumerate() {
        sql.push(if index == 0 { "(" } else { ", " }).bind(value);
    }
    sql.push(")");
}

/// Runs `text`, which ends before a list of uids, for all these documents.
pub(super) async fn execute_for(
    tx: &mut Tx,
    text: &str,
    documents: &[Document],
) -> Result<(), Error> {
    for some in documents.chunks(CHUNK) {
        let mut sql = Sql::new(text);
        push_list(&mut sql, some.iter().map(|document| document.uid.as_str()));
        tx.execute(sql, vec![]).await?;
    }
    Ok(())
}

/// Keeps for which document each of these waits.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn replace_waits(tx: &mut Tx, documents: &[Document]) -> Result<(), Error> {
    execute_for(tx, queries::DELETE_WAITS, documents).await?;
    let rows = documents
        .iter()
        .filter_map(|document| match document.content.entry_rule() {
            EntryRule::WithDocument(target) => Some(args![document.uid.as_str(), target.as_str()]),
            _ => None,
        })
        .collect();
    tx.insert_many("document_waits", &["document_uid", "target"], rows)
        .await?;
    Ok(())
}

/// Reads the names of the documents whose rule on entry into force names one of these.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn waiting_for(
    tx: &mut Tx,
    targets: &[DocumentName],
) -> Result<Vec<DocumentName>, Error> {
    let mut found = Vec::new();
    for some in targets.chunks(CHUNK) {
        let rows: Vec<(String, String)> = tx.all(waiting_sql(some), vec![]).await?;
        found.extend(
            rows.into_iter()
                .map(|(partnership, id)| DocumentName::new(partnership, id)),
        );
    }
    Ok(found)
}

pub(super) fn waiting_sql(targets: &[DocumentName]) -> Sql {
    let names: Vec<String> = targets.iter().map(ToString::to_string).collect();
    let mut sql = Sql::new(queries::WAITING_FOR);
    push_list(&mut sql, names.iter().map(String::as_str));
    sql
}

/// What is kept of one document.
#[derive(Clone, Debug)]
pub(crate) struct Outline<'a> {
    /// The document.
    pub(crate) document: &'a Document,
    /// What comes to pass in it.
    pub(crate) events: Vec<Event>,
    /// Who owes something on it, or may come to.
    pub(crate) debtors: BTreeSet<String>,
}

/// Writes what is kept of some documents anew.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn replace(tx: &mut Tx, outlines: &[Outline<'_>]) -> Result<(), Error> {
    let uids: Vec<_> = outlines
        .iter()
        .map(|one| one.document.uid.as_str())
        .collect();
    for table in [queries::DELETE_EVENTS, queries::DELETE_PENDING] {
        let mut sql = Sql::new(table);
        push_list(&mut sql, uids.iter().copied());
        tx.execute(sql, vec![]).await?;
    }
    let events = outlines.iter().flat_map(|one| {
        one.events.iter().map(|event| {
            args![
                one.document.name.partnership.as_str(),
                clock::to_days(event.day),
                one.document.name.document.as_str(),
                event.kind.code(),
                one.document.uid.as_str(),
            ]
        })
    });
    const EVENTS: &[&str] = &[
        "partnership_id",
        "day",
        "document_id",
        "kind",
        "document_uid",
    ];
    tx.insert_many("document_events", EVENTS, events.collect())
        .await?;
    let pending = outlines.iter().flat_map(|one| {
        // The row without a party stands for all of them.
        let any = (!one.debtors.is_empty()).then_some("");
        let parties = any
            .into_iter()
            .chain(one.debtors.iter().map(String::as_str));
        parties.map(|party| {
            args![
                one.document.name.partnership.as_str(),
                party,
                one.document.name.document.as_str(),
                one.document.uid.as_str(),
            ]
        })
    });
    const PENDING: &[&str] = &["partnership_id", "party", "document_id", "document_uid"];
    tx.insert_many("pending_documents", PENDING, pending.collect())
        .await?;
    Ok(())
}
