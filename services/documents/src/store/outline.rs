//! What is computed from acts and kept.

mod kept;
mod waits;

#[cfg(test)]
pub(in crate::store) use kept::stale_sql;
pub(crate) use kept::{Outline, insert, replace};
#[cfg(test)]
pub(in crate::store) use waits::waiting_sql;
pub(crate) use waits::{Chain, insert_waits, is_settled, leave, next_waiting, replace_waits, take};

use aip::{Field, Kind, Listing, Schema, Sql, Value};
use jiff::civil::Date;
use storage::{Cells, Error, Row, Tx};

use super::{
    access,
    queries::{self, outline as texts},
    rows::DocumentRow,
};
use crate::domain::{
    Document, PartnershipName, Reader,
    status::calendar::{Event, EventKind},
};

/// How many values one condition names at most.
const CHUNK: usize = 500;

/// Runs `text`, which ends before a list of uids, for all these documents.
pub(super) async fn execute_for(
    tx: &mut Tx,
    text: &str,
    documents: &[Document],
) -> Result<(), Error> {
    for some in documents.chunks(CHUNK) {
        let mut sql = Sql::new(text);
        sql.push_list(some.iter().map(|document| document.uid.as_str()));
        tx.execute(sql, vec![]).await?;
    }
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
