//! What is computed from acts and kept.

use std::collections::BTreeSet;

use aip::{Field, Kind, Listing, Schema, Sql, Value};
use jiff::civil::Date;
use storage::{Cells, Error, Row, Tx, args};

use super::{
    access,
    queries::{self, outline as texts},
    rows::DocumentRow,
};
use crate::domain::{
    Document, DocumentName, EntryRule, PartnershipName, Reader,
    status::calendar::{Event, EventKind},
};

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
    execute_for(tx, texts::DELETE_WAITS, documents).await?;
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
    let mut sql = Sql::new(texts::WAITING_FOR);
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
    for table in [texts::DELETE_EVENTS, texts::DELETE_PENDING] {
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

/// The order of events; a list of them has this and no other. The key is the kind.
pub(crate) static EVENTS: Schema = Schema {
    fields: &[
        Field {
            path: "date",
            kind: Kind::Date,
            column: "e.day",
            sortable: true,
        },
        Field {
            path: "document",
            kind: Kind::Text,
            column: "e.document_id",
            sortable: true,
        },
    ],
};

/// The order of [`EVENTS`], as a request names one.
pub(crate) const EVENTS_ORDER: &str = "date, document";

/// Which events are read.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    /// Of which partnership.
    pub(crate) parent: PartnershipName,
    /// From this day.
    pub(crate) start: Date,
    /// To this day.
    pub(crate) end: Date,
    /// Of these kinds; none means all.
    pub(crate) kinds: Vec<EventKind>,
    /// Of documents that this reader may read.
    pub(crate) reader: Reader,
}

struct EventRow {
    day: i64,
    kind: i64,
    document: DocumentRow,
}

impl Row for EventRow {
    fn from_cells(cells: &Cells<'_>) -> Result<Self, Error> {
        Ok(Self {
            day: cells.get("day")?,
            kind: cells.get("kind")?,
            document: DocumentRow::from_cells(cells)?,
        })
    }
}

/// Reads a page of events and one more, each with its document.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn events(
    tx: &mut Tx,
    window: &Window,
    listing: &Listing,
) -> Result<Vec<(Event, Document)>, Error> {
    let rows: Vec<EventRow> = tx.all(events_sql(window, listing), vec![]).await?;
    let event = |row: EventRow| {
        let document = Document::try_from(row.document)?;
        let kind = EventKind::from_code(row.kind).ok_or_else(|| {
            let detail = format!("{} is no kind of event", row.kind);
            Error::corrupt("document_events", "kind", &document.uid, detail)
        })?;
        let day = clock::from_days(row.day);
        Ok((Event { day, kind }, document))
    };
    rows.into_iter().map(event).collect()
}

pub(super) fn events_sql(window: &Window, listing: &Listing) -> Sql {
    let codes: Vec<_> = window
        .kinds
        .iter()
        .map(|kind| kind.code().to_string())
        .collect();
    let kinds = format!("e.kind IN ({})", codes.join(", "));
    let parent = Value::from(window.parent.partnership.as_str());
    let mut conditions = vec![
        ("d.uid = e.document_uid", Value::Null),
        ("e.partnership_id = {}", parent),
        ("e.day >= {}", clock::to_days(window.start).into()),
        ("e.day <= {}", clock::to_days(window.end).into()),
    ];
    if !codes.is_empty() {
        conditions.push((kinds.as_str(), Value::Null));
    }
    conditions.extend(access::condition(&window.reader));
    listing.sql(texts::EVENTS, &conditions, "e.kind")
}

/// Reads documents from the id `from` on that `reader` may read, by id: those on which `party`, or anyone
/// where it is empty, may owe something now.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn pending(
    tx: &mut Tx,
    parent: &PartnershipName,
    party: &str,
    from: &str,
    reader: &Reader,
    limit: usize,
) -> Result<Vec<Document>, Error> {
    let sql = pending_sql(parent, party, from, reader, limit);
    let rows: Vec<DocumentRow> = tx.all(sql, vec![]).await?;
    rows.into_iter().map(Document::try_from).collect()
}

pub(super) fn pending_sql(
    parent: &PartnershipName,
    party: &str,
    from: &str,
    reader: &Reader,
    limit: usize,
) -> Sql {
    let mut sql = Sql::new(texts::PENDING);
    sql.push(" WHERE d.uid = p.document_uid AND p.partnership_id = ")
        .bind(parent.partnership.as_str())
        .push(" AND p.party = ")
        .bind(party)
        .push(" AND p.document_id >= ")
        .bind(from);
    access::push(&mut sql, reader);
    sql.push(&format!(" ORDER BY p.document_id LIMIT {limit}"));
    sql
}

/// Reads documents from the id `from` on that are not deleted and that `reader` may read, by id.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn live(
    tx: &mut Tx,
    parent: &PartnershipName,
    from: &str,
    reader: &Reader,
    limit: usize,
) -> Result<Vec<Document>, Error> {
    let sql = live_sql(parent, from, reader, limit);
    let rows: Vec<DocumentRow> = tx.all(sql, vec![]).await?;
    rows.into_iter().map(Document::try_from).collect()
}

pub(super) fn live_sql(parent: &PartnershipName, from: &str, reader: &Reader, limit: usize) -> Sql {
    let mut sql = Sql::new(queries::DOCUMENTS);
    sql.push(" WHERE d.partnership_id = ")
        .bind(parent.partnership.as_str())
        .push(" AND d.deleted_us IS NULL AND d.id >= ")
        .bind(from);
    access::push(&mut sql, reader);
    sql.push(&format!(" ORDER BY d.id LIMIT {limit}"));
    sql
}

/// Reads some of the documents whose derived rows must be written anew, deleted ones too.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn outdated(tx: &mut Tx) -> Result<Vec<Document>, Error> {
    let rows: Vec<DocumentRow> = tx.all(texts::OUTDATED, vec![]).await?;
    rows.into_iter().map(Document::try_from).collect()
}

/// Notes that the derived rows of these documents are up to date.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn settle(tx: &mut Tx, documents: &[Document]) -> Result<(), Error> {
    execute_for(tx, texts::SETTLE, documents).await
}
