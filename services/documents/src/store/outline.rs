//! What is computed from acts and kept.

mod kept;
mod waits;

#[cfg(test)]
pub(in crate::store) use kept::stale_sql;
pub(crate) use kept::{Outline, insert, replace};
#[cfg(test)]
pub(in crate::store) use waits::waiting_sql;
pub(crate) use waits::{Chain, insert_waits, is_settled, leave, next_waiting, replace_waits, take};

use aip::Sql;
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

/// How many events are looked at for one page at most.
const LOOKED_AT: usize = 2_000;

/// Where an event stands in the order of all: its day, document and kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The day, counted from 1970-01-01.
    pub(crate) day: i64,
    /// The id of the document.
    pub(crate) document: String,
    /// The number of the kind.
    pub(crate) kind: i64,
}

storage::row! {
    /// A place.
    struct PlaceRow {
        day: i64,
        document_id: String,
        kind: i64,
    }
}

/// From where on events are looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Start {
    /// After this one.
    pub(crate) after: Place,
    /// And after so many that follow it.
    pub(crate) passed: usize,
}

impl Start {
    /// The first event of a window.
    pub(crate) fn of(window: &Window) -> Self {
        Self::after(Place {
            day: clock::to_days(window.start) - 1,
            document: String::new(),
            kind: 0,
        })
    }

    /// The first after a place.
    pub(crate) const fn after(after: Place) -> Self {
        Self { after, passed: 0 }
    }

    /// The first that is not looked at from here.
    pub(crate) fn beyond(&self) -> Self {
        Self {
            after: self.after.clone(),
            passed: self.passed + LOOKED_AT,
        }
    }
}

/// Reads up to `limit` events of those that are looked at from a start, after one of them, each with its document.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn events(
    tx: &mut Tx,
    window: &Window,
    start: &Start,
    after: &Place,
    limit: usize,
) -> Result<Vec<(Event, Document)>, Error> {
    let sql = events_sql(window, start, after, limit);
    let rows: Vec<EventRow> = tx.all(sql, vec![]).await?;
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

pub(super) fn events_sql(window: &Window, start: &Start, after: &Place, limit: usize) -> Sql {
    let mut sql = Sql::new(texts::EVENTS);
    push_looked_at(&mut sql, window, start);
    sql.push(texts::DOCUMENTS_OF_EVENTS);
    let codes: Vec<_> = window
        .kinds
        .iter()
        .map(|kind| kind.code().to_string())
        .collect();
    if !codes.is_empty() {
        sql.push(&format!(" AND e.kind IN ({})", codes.join(", ")));
    }
    access::push(&mut sql, &window.reader);
    sql.push(" AND ");
    push_after(&mut sql, after);
    sql.push(&format!(
        " ORDER BY e.day, e.document_id, e.kind LIMIT {limit}"
    ));
    sql
}

/// Reads whether as many events are looked at from a start as there may be, and the last of them that any reader of
/// its document knows, whatever its kind: one that is drawn from no other document.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn end(
    tx: &mut Tx,
    window: &Window,
    start: &Start,
) -> Result<(bool, Option<Place>), Error> {
    let (count,): (i64,) = tx.one(count_sql(window, start), vec![]).await?;
    if usize::try_from(count).unwrap_or(0) < LOOKED_AT {
        return Ok((false, None));
    }
    let row: Option<PlaceRow> = tx.optional(end_sql(window, start), vec![]).await?;
    let place = row.map(|row| Place {
        day: row.day,
        document: row.document_id,
        kind: row.kind,
    });
    Ok((true, place))
}

pub(super) fn count_sql(window: &Window, start: &Start) -> Sql {
    let mut sql = Sql::new("SELECT COUNT(*) FROM (");
    push_looked_at(&mut sql, window, start);
    sql.push(") e");
    sql
}

pub(super) fn end_sql(window: &Window, start: &Start) -> Sql {
    let mut sql = Sql::new("SELECT e.day, e.document_id, e.kind FROM (");
    push_looked_at(&mut sql, window, start);
    sql.push(texts::DRAWN_FROM_NO_OTHER)
        .push(texts::HAVING_DOCUMENTS);
    access::push(&mut sql, &window.reader);
    sql.push(" LIMIT 1 OFFSET 0) ORDER BY e.day DESC, e.document_id DESC, e.kind DESC LIMIT 1");
    sql
}

/// Appends the query for the events that are looked at, by the primary key.
fn push_looked_at(sql: &mut Sql, window: &Window, start: &Start) {
    sql.push(texts::LOOKED_AT)
        .bind(window.parent.partnership.as_str())
        .push(" AND e.day <= ")
        .bind(clock::to_days(window.end))
        .push(" AND ");
    push_after(sql, &start.after);
    sql.push(&format!(
        " ORDER BY e.day, e.document_id, e.kind LIMIT {LOOKED_AT} OFFSET {}",
        start.passed
    ));
}

fn push_after(sql: &mut Sql, place: &Place) {
    sql.push("(e.day, e.document_id, e.kind) > (")
        .bind(place.day)
        .push(", ")
        .bind(place.document.as_str())
        .push(", ")
        .bind(place.kind)
        .push(")");
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
