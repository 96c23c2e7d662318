//! The events and the debtors of documents: written where they are not as they were.
//!
//! Most acts change nothing of them. A term that is renewed for a century has dozens of events, which stay as they are
//! when another act is recorded.

use std::collections::{BTreeMap, BTreeSet};

use aip::{Sql, Value};
use storage::{Error, Tx, args};

use super::texts;
use crate::domain::{Document, status::calendar::Event};

/// How many rows are put together at once.
const ROWS_AT_ONCE: usize = 5_000;

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

/// Days and kinds.
type Events = BTreeSet<(i64, i64)>;

impl Outline<'_> {
    fn events(&self) -> Events {
        let event = |event: &Event| (clock::to_days(event.day), i64::from(event.kind.code()));
        self.events.iter().map(event).collect()
    }

    /// The debtors; the one without a name stands for all of them.
    fn debtors(&self) -> BTreeSet<&str> {
        let any = (!self.debtors.is_empty()).then_some("");
        let named = self.debtors.iter().map(String::as_str);
        any.into_iter().chain(named).collect()
    }

    fn event_row(&self, (day, kind): (i64, i64)) -> Vec<Value> {
        let name = &self.document.name;
        args![
            name.partnership.as_str(),
            day,
            name.document.as_str(),
            kind,
            self.document.uid.as_str(),
        ]
    }

    fn debtor_row(&self, party: &str) -> Vec<Value> {
        let name = &self.document.name;
        args![
            name.partnership.as_str(),
            party,
            name.document.as_str(),
            self.document.uid.as_str(),
        ]
    }
}

/// Writes what is to be kept of documents of which nothing is kept.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn insert(tx: &mut Tx, outlines: &[Outline<'_>]) -> Result<(), Error> {
    let events = outlines
        .iter()
        .map(|one| (one, one.events().into_iter().collect()));
    insert_events(tx, events).await?;
    let debtors = outlines
        .iter()
        .flat_map(|one| one.debtors().into_iter().map(|party| one.debtor_row(party)));
    insert_debtors(tx, debtors.collect()).await
}

/// Brings what is kept of some documents, at most some hundreds, to what it is to be.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn replace(tx: &mut Tx, outlines: &[Outline<'_>]) -> Result<(), Error> {
    replace_events(tx, outlines).await?;
    replace_debtors(tx, outlines).await
}

async fn replace_events(tx: &mut Tx, outlines: &[Outline<'_>]) -> Result<(), Error> {
    let mut kept: BTreeMap<String, Events> = BTreeMap::new();
    let rows: Vec<(String, i64, i64)> =
        tx.all(of_all(texts::KEPT_EVENTS, outlines), vec![]).await?;
    for (uid, day, kind) in rows {
        kept.entry(uid).or_default().insert((day, kind));
    }
    let (mut stale, mut new) = (Vec::new(), Vec::new());
    for one in outlines {
        let uid = one.document.uid.as_str();
        let (events, kept) = (one.events(), kept.remove(uid).unwrap_or_default());
        let missing: Vec<_> = if kept.is_subset(&events) {
            events.difference(&kept).copied().collect()
        } else {
            stale.push(uid);
            events.into_iter().collect()
        };
        if !missing.is_empty() {
            new.push((one, missing));
        }
    }
    if !stale.is_empty() {
        let mut sql = Sql::new(texts::DELETE_EVENTS);
        sql.push_list(stale);
        tx.execute(sql, vec![]).await?;
    }
    insert_events(tx, new.into_iter()).await
}

/// Completes `text`, which ends before a list of uids.
fn of_all(text: &str, outlines: &[Outline<'_>]) -> Sql {
    let mut sql = Sql::new(text);
    sql.push_list(outlines.iter().map(|one| one.document.uid.as_str()));
    sql
}

async fn insert_events<'a>(
    tx: &mut Tx,
    new: impl Iterator<Item = (&'a Outline<'a>, Vec<(i64, i64)>)>,
) -> Result<(), Error> {
    let columns = &[
        "partnership_id",
        "day",
        "document_id",
        "kind",
        "document_uid",
    ];
    let mut rows: Vec<Vec<Value>> = Vec::new();
    for (one, events) in new {
        rows.extend(events.into_iter().map(|event| one.event_row(event)));
        if rows.len() >= ROWS_AT_ONCE {
            rows.sort_unstable();
            tx.insert_many("document_events", columns, std::mem::take(&mut rows))
                .await?;
        }
    }
    // In the order of the primary key.
    rows.sort_unstable();
    tx.insert_many("document_events", columns, rows).await?;
    Ok(())
}

async fn replace_debtors(tx: &mut Tx, outlines: &[Outline<'_>]) -> Result<(), Error> {
    let mut kept: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let rows: Vec<(String, String)> = tx
        .all(of_all(texts::KEPT_DEBTORS, outlines), vec![])
        .await?;
    for (uid, party) in rows {
        kept.entry(uid).or_default().insert(party);
    }
    let mut stale: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let mut new = Vec::new();
    for one in outlines {
        let uid = one.document.uid.as_str();
        let (debtors, kept) = (one.debtors(), kept.remove(uid).unwrap_or_default());
        let missing = debtors.iter().filter(|party| !kept.contains(**party));
        new.extend(missing.map(|party| one.debtor_row(party)));
        for party in kept {
            if !debtors.contains(party.as_str()) {
                stale.entry(party).or_default().push(uid);
            }
        }
    }
    for (party, uids) in stale {
        tx.execute(stale_sql(&party, &uids), vec![]).await?;
    }
    insert_debtors(tx, new).await
}

pub(in crate::store) fn stale_sql(party: &str, uids: &[&str]) -> Sql {
    let mut sql = Sql::new(texts::DELETE_DEBTORS);
    sql.bind(party)
        .push(" AND document_uid IN ")
        .push_list(uids.iter().copied());
    sql
}

async fn insert_debtors(tx: &mut Tx, mut rows: Vec<Vec<Value>>) -> Result<(), Error> {
    // In the order of the primary key.
    rows.sort_unstable();
    let columns = &["partnership_id", "party", "document_id", "document_uid"];
    tx.insert_many("pending_documents", columns, rows).await?;
    Ok(())
}
