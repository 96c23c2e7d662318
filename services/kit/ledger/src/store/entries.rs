//! Entries: appended once, listed, and followed.

use std::collections::BTreeMap;

use accord_proto::ledger::v1::{ChangeKind, Entry};
use aip::{Listing, Sql, Value};
use identity::Clearance;
use storage::{Error, Tx, args};

use super::{head, queries};
use crate::{
    Call, Change, Readers, Stamp, leaf,
    readers::redact,
    watch::{Interest, Mark},
};

const COLUMNS: &[&str] = &[
    "sequence",
    "record_time_us",
    "resource",
    "resource_type",
    "kind",
    "actor_party",
    "request_id",
    "leaf",
    "leaf_hash",
    "access_level",
    "reader_parties",
];

storage::row! {
    /// An entry as it is stored.
    pub(crate) struct Row {
        pub(crate) sequence: i64,
        pub(crate) leaf: Vec<u8>,
        pub(crate) leaf_hash: Vec<u8>,
        access_level: i64,
        reader_parties: String,
    }
}

impl Row {
    /// Returns the entry of the log `log`, redacted for a caller whose clearance does not reach it.
    pub(crate) fn entry(self, log: &str, clearance: &Clearance) -> Result<Entry, Error> {
        let entry = leaf::entry(log, &self.leaf, self.leaf_hash).map_err(|error| {
            Error::corrupt("ledger_entries", "leaf", self.sequence.to_string(), error)
        })?;
        let readers = Readers::from_row(self.access_level, &self.reader_parties);
        Ok(if clearance.reads(readers.level, &readers.parties) {
            entry
        } else {
            redact(entry)
        })
    }
}

/// Appends an entry for each change after the newest one, and returns the sequence number of the last.
pub(crate) async fn append(
    tx: &mut Tx,
    newest: i64,
    stamp: &Stamp,
    call: &Call,
    changes: Vec<Change>,
) -> Result<i64, Error> {
    if changes.is_empty() {
        return Ok(newest);
    }
    let mut rows = Vec::with_capacity(changes.len());
    let mut latest = BTreeMap::new();
    let mut sequence = newest;
    for change in changes {
        sequence += 1;
        latest.insert(change.resource.clone(), sequence);
        let mut row = args![
            sequence,
            stamp.now_us(),
            change.resource.clone(),
            change.resource_type.clone(),
            change.kind as i32,
            call.caller.party.clone().unwrap_or_default(),
            call.request_id_text(),
        ];
        let readers = args![change.readers.level.number(), change.readers.parties_text(),];
        let leaf = leaf::bytes(sequence, stamp, call, change);
        let hash = leaf::hash(&leaf);
        row.extend(args![leaf, hash]);
        row.extend(readers);
        rows.push(row);
    }
    tx.insert_many("ledger_entries", COLUMNS, rows).await?;
    let newest = latest.into_iter().map(|(name, at)| args![name, at]);
    let columns = &["resource", "sequence"];
    tx.upsert_many("ledger_resources", columns, &["resource"], newest.collect())
        .await?;
    head::advance(tx, sequence, stamp.now_us()).await?;
    Ok(sequence)
}

/// Whether the log still has the entry that is marked: after going back to an older backup, another one can
/// stand at its place, or none.
pub(crate) async fn holds(tx: &mut Tx, mark: &Mark) -> Result<bool, Error> {
    if mark.sequence == 0 {
        return Ok(true);
    }
    let found: Option<(Vec<u8>,)> = tx.optional(queries::HASH, args![mark.sequence]).await?;
    Ok(found.is_some_and(|(hash,)| Mark::new(mark.sequence, &hash) == *mark))
}

storage::row! {
    /// An entry of a list, before it is read.
    pub(crate) struct Listed {
        pub(crate) sequence: i64,
        bytes: i64,
    }
}

impl Listed {
    /// Returns how many bytes the entry takes, but for its name and its hash.
    pub(crate) fn weight(&self) -> usize {
        usize::try_from(self.bytes).unwrap_or(usize::MAX)
    }
}

/// One page of the entries that a list request asks for, and one more, without the entries themselves: what of
/// them fits a page is read afterwards. Only those that fulfil `readable`, if that is given.
pub(crate) async fn list(
    tx: &mut Tx,
    listing: &Listing,
    readable: Option<(&str, Value)>,
) -> Result<Vec<Listed>, Error> {
    let conditions: Vec<_> = readable.into_iter().collect();
    let sql = listing.sql(queries::LIST, &conditions, "sequence");
    tx.all(sql, args![]).await
}

/// The entries that were listed, in the order of the list.
pub(crate) async fn read(tx: &mut Tx, listed: &[Listed]) -> Result<Vec<Row>, Error> {
    if listed.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new(queries::READ);
    for (index, listed) in listed.iter().enumerate() {
        sql.push(if index == 0 { "" } else { ", " })
            .bind(listed.sequence);
    }
    sql.push(")");
    let rows: Vec<Row> = tx.all(sql, args![]).await?;
    let mut rows: BTreeMap<_, _> = rows.into_iter().map(|row| (row.sequence, row)).collect();
    Ok(listed
        .iter()
        .filter_map(|listed| rows.remove(&listed.sequence))
        .collect())
}

/// At most `limit` entries of interest after `position`, up to `newest`, in their order.
pub(crate) async fn changes(
    tx: &mut Tx,
    interest: &Interest,
    position: i64,
    newest: i64,
    limit: usize,
) -> Result<Vec<Row>, Error> {
    let mut sql = Sql {
        text: queries::CHANGES.to_owned(),
        args: args![position, newest],
    };
    push_any(&mut sql, "e.kind", &interest.kinds);
    push_below(&mut sql, "e.resource", &interest.resource_parent);
    push_any(&mut sql, "e.resource_type", &interest.resource_types);
    sql.push(&format!(" ORDER BY e.sequence LIMIT {limit}"));
    tx.all(sql, args![]).await
}

/// At most `limit` newest entries, as of `snapshot`, of the resources of interest that are named after
/// `after` and were not deleted, in the order of their names.
pub(crate) async fn states(
    tx: &mut Tx,
    interest: &Interest,
    snapshot: i64,
    after: &str,
    limit: usize,
) -> Result<Vec<Row>, Error> {
    let mut sql = Sql {
        text: queries::STATES.to_owned(),
        args: args![snapshot, after],
    };
    sql.push_with(" AND e.kind <> {}", ChangeKind::Deleted as i32);
    push_below(&mut sql, "r.resource", &interest.resource_parent);
    push_any(&mut sql, "e.resource_type", &interest.resource_types);
    sql.push(&format!(" ORDER BY r.resource LIMIT {limit}"));
    tx.all(sql, args![]).await
}

/// The sequence number of the newest entry that was recorded before a moment, if there is one.
pub(crate) async fn newest_before(tx: &mut Tx, limit_us: i64) -> Result<Option<i64>, Error> {
    let found: Option<(i64,)> = tx.optional(queries::NEWEST_BEFORE, args![limit_us]).await?;
    Ok(found.map(|(sequence,)| sequence))
}

/// The newest entry of each of the named resources, as of `newest`.
pub(crate) async fn states_of(
    tx: &mut Tx,
    resources: &[String],
    newest: i64,
) -> Result<Vec<Row>, Error> {
    if resources.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql {
        text: queries::STATES_OF.to_owned(),
        args: args![newest],
    };
    sql.push(" WHERE TRUE");
    push_any(&mut sql, "r.resource", resources);
    tx.all(sql, args![]).await
}

/// Adds that `column` is one of `values`, if there are any.
fn push_any<T: Clone + Into<aip::Value>>(sql: &mut Sql, column: &str, values: &[T]) {
    for (index, value) in values.iter().enumerate() {
        sql.push(if index == 0 { " AND " } else { ", " });
        if index == 0 {
            sql.push(column).push(" IN (");
        }
        sql.bind(value.clone());
    }
    if !values.is_empty() {
        sql.push(")");
    }
}

/// Adds that `column` is the name `parent` or one below it, if there is a parent: a range, which an
/// index serves, because `0` is the character after `/`.
fn push_below(sql: &mut Sql, column: &str, parent: &str) {
    if parent.is_empty() {
        return;
    }
    sql.push(" AND (").push(column).push(" = ").bind(parent);
    sql.push(" OR (")
        .push(column)
        .push(" > ")
        .bind(format!("{parent}/"));
    sql.push(" AND ")
        .push(column)
        .push(" < ")
        .bind(format!("{parent}0"));
    sql.push("))");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_bind_what_callers_send() {
        let mut sql = Sql::new("WHERE TRUE");
        push_any(&mut sql, "kind", &[1, 2]);
        push_any::<String>(&mut sql, "type", &[]);
        push_below(&mut sql, "name", "partnerships/uz-kz");
        push_below(&mut sql, "name", "");
        assert_eq!(
            sql.text,
            "WHERE TRUE AND kind IN ($1, $2) AND (name = $3 OR (name > $4 AND name < $5))"
        );
        let expected = args![
            1,
            2,
            "partnerships/uz-kz",
            "partnerships/uz-kz/",
            "partnerships/uz-kz0"
        ];
        assert_eq!(sql.args, expected);
    }
}
