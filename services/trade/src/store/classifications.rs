//! The entries of classifications, and what was imported of them.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use aip::{Listing, Sql, Value};
use jiff::Timestamp;
use storage::{Error, Tx, args};

use super::codes::Coded;
use crate::domain::{
    cell::HsEdition,
    classification::{
        Level,
        file::{Entry, Known},
        outline::Item,
        position,
    },
};

const SELECT: &str =
    "SELECT i.edition, i.position, i.code, i.name, i.name_edition FROM classification_items i";

/// The number of subheadings of each edition.
const COUNTS: &str = "SELECT edition, COUNT(*) AS items FROM classification_items \
    WHERE level = 4 GROUP BY edition ORDER BY edition";

const SOURCES: &str =
    "SELECT kind, edition, update_us FROM classification_sources ORDER BY kind, edition";

/// Writes what was imported, in place of an earlier source of the same.
const NOTE: &str = "INSERT INTO classification_sources (kind, edition, source, update_us) \
    VALUES ($1, $2, $3, $4) ON CONFLICT (kind, edition) \
    DO UPDATE SET source = excluded.source, update_us = excluded.update_us";

const COLUMNS: [&str; 8] = [
    "edition",
    "position",
    "code",
    "level",
    "parent_code",
    "name",
    "search_text",
    "name_edition",
];

/// What a source is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SourceKind {
    /// A nomenclature of its edition.
    Nomenclature,
    /// A concordance of its edition with the next one.
    Concordance,
}

impl Coded for SourceKind {
    const CODES: &'static [(Self, i64)] =
        &[(SourceKind::Nomenclature, 1), (SourceKind::Concordance, 2)];
}

/// What was imported.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source {
    pub(crate) kind: SourceKind,
    pub(crate) edition: HsEdition,
    pub(crate) update_time: Timestamp,
}

storage::row! {
    struct SourceRow {
        kind: i64,
        edition: i64,
        update_us: i64,
    }
}

storage::row! {
    struct ItemRow {
        edition: i64,
        position: String,
        code: String,
        name: String,
        name_edition: i64,
    }
}

storage::row! {
    struct CountRow {
        edition: i64,
        items: i64,
    }
}

/// Reads the number of an edition; none for -1.
pub(super) fn edition(number: i64) -> Option<HsEdition> {
    HsEdition::new(u8::try_from(number).ok()?)
}

fn stored(table: &str, number: i64) -> Result<HsEdition, Error> {
    edition(number)
        .ok_or_else(|| Error::corrupt(table, "edition", number.to_string(), "is not 0 to 6"))
}

impl From<ItemRow> for Item {
    fn from(row: ItemRow) -> Self {
        Self {
            code: row.code,
            name: row.name,
            name_edition: edition(row.name_edition),
        }
    }
}

/// Returns what was imported.
pub(crate) async fn sources(tx: &mut Tx) -> Result<Vec<Source>, Error> {
    const TABLE: &str = "classification_sources";
    let rows = tx.all::<SourceRow>(SOURCES, Vec::new()).await?;
    let read = |row: SourceRow| {
        let kind = SourceKind::of_code(row.kind);
        let unknown = || Error::corrupt(TABLE, "kind", row.kind.to_string(), "is unknown");
        Ok(Source {
            kind: kind.ok_or_else(unknown)?,
            edition: stored(TABLE, row.edition)?,
            update_time: clock::from_micros(row.update_us),
        })
    };
    rows.into_iter().map(read).collect()
}

/// Notes that something was imported.
pub(crate) async fn note(
    tx: &mut Tx,
    kind: SourceKind,
    edition: HsEdition,
    source: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let values = args![
        kind.code(),
        i64::from(edition.number()),
        source,
        clock::to_micros(now)
    ];
    tx.execute(NOTE, values).await?;
    Ok(())
}

/// Returns how many subheadings each edition has that has any.
pub(crate) async fn counts(tx: &mut Tx) -> Result<BTreeMap<HsEdition, i64>, Error> {
    let rows = tx.all::<CountRow>(COUNTS, Vec::new()).await?;
    rows.into_iter()
        .map(|row| Ok((stored("classification_items", row.edition)?, row.items)))
        .collect()
}

/// Returns an entry.
pub(crate) async fn get(
    tx: &mut Tx,
    edition: HsEdition,
    code: &str,
) -> Result<Option<Item>, Error> {
    let mut sql = Sql::new(SELECT);
    sql.push(" WHERE i.edition = ")
        .bind(i64::from(edition.number()))
        .push(" AND i.position = ")
        .bind(position(code));
    let row = tx.optional::<ItemRow>(sql, Vec::new()).await?;
    Ok(row.map(Item::from))
}

/// Returns a page of the entries of an edition that meet the conditions, and the token of the next one.
pub(crate) async fn list(
    tx: &mut Tx,
    edition: HsEdition,
    listing: &Listing,
    conditions: &[(String, Value)],
) -> Result<(Vec<Item>, String), Error> {
    let sql = list_sql(edition, listing, conditions);
    let rows = tx.all::<ItemRow>(sql, Vec::new()).await?;
    let sort_value = |_: &ItemRow, _: &str| Value::Null;
    let (rows, token) = listing.page(rows, sort_value, |row| Value::from(&row.position));
    Ok((rows.into_iter().map(Item::from).collect(), token))
}

/// The page of a list; it goes through the entries of one edition by its primary key, at most some seven thousand.
fn list_sql(edition: HsEdition, listing: &Listing, conditions: &[(String, Value)]) -> Sql {
    let own = [("i.edition = {}", Value::from(i64::from(edition.number())))];
    let all: Vec<(&str, Value)> = own
        .into_iter()
        .chain(
            conditions
                .iter()
                .map(|(template, value)| (template.as_str(), value.clone())),
        )
        .collect();
    listing.sql(SELECT, &all, "i.position")
}

/// Returns the conditions under which an entry is found by a query.
pub(crate) fn found_by(words: &[String]) -> Vec<(String, Value)> {
    if let [code] = words
        && code.bytes().all(|byte| byte.is_ascii_digit())
    {
        // Codes are digits, after which the colon comes.
        return vec![
            ("i.position >= {}".to_owned(), Value::from(code)),
            (
                "i.position < {}".to_owned(),
                Value::from(format!("{code}:")),
            ),
        ];
    }
    words
        .iter()
        .map(|word| {
            let pattern = Value::from(format!("% {word}%"));
            ("i.search_text LIKE {}".to_owned(), pattern)
        })
        .collect()
}

/// Returns the words of a text in lower case.
pub(crate) fn words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Returns the entries of nomenclatures of these editions, without sections.
pub(crate) async fn nomenclature(tx: &mut Tx, edition: HsEdition) -> Result<Vec<Entry>, Error> {
    let mut sql = Sql::new(SELECT);
    sql.push(" WHERE i.edition = ")
        .bind(i64::from(edition.number()))
        .push(" AND i.level > ")
        .bind(Level::Section.code())
        .push(" ORDER BY i.position");
    let rows = tx.all::<ItemRow>(sql, Vec::new()).await?;
    let entry = |row: ItemRow| Entry {
        code: row.code,
        name: row.name,
    };
    Ok(rows.into_iter().map(entry).collect())
}

/// Returns the subheadings that the nomenclatures of some editions have.
pub(crate) async fn known(tx: &mut Tx, editions: &[HsEdition]) -> Result<Known, Error> {
    let mut known = Known::new();
    for edition in editions {
        let entries = nomenclature(tx, *edition).await?;
        let codes: HashSet<String> = entries
            .into_iter()
            .map(|entry| entry.code)
            .filter(|code| code.len() == 6)
            .collect();
        known.insert(*edition, codes);
    }
    Ok(known)
}

/// Returns all codes that the nomenclatures of some editions have; none of an edition of which none was imported, though
/// concordances may name some of its codes.
pub(crate) async fn codes(tx: &mut Tx, editions: &BTreeSet<HsEdition>) -> Result<Known, Error> {
    let imported: HashSet<HsEdition> = sources(tx)
        .await?
        .into_iter()
        .filter(|source| source.kind == SourceKind::Nomenclature)
        .map(|source| source.edition)
        .collect();
    let mut known = Known::new();
    for edition in editions {
        let entries = if imported.contains(edition) {
            nomenclature(tx, *edition).await?
        } else {
            Vec::new()
        };
        known.insert(
            *edition,
            entries.into_iter().map(|entry| entry.code).collect(),
        );
    }
    Ok(known)
}

/// Replaces all entries of all editions.
pub(crate) async fn replace(
    tx: &mut Tx,
    items: BTreeMap<HsEdition, Vec<Item>>,
) -> Result<(), Error> {
    tx.execute("DELETE FROM classification_items", Vec::new())
        .await?;
    let rows = items
        .iter()
        .flat_map(|(edition, items)| items.iter().map(|item| row(*edition, item)))
        .collect();
    tx.insert_many("classification_items", &COLUMNS, rows)
        .await?;
    Ok(())
}

fn row(edition: HsEdition, item: &Item) -> Vec<Value> {
    let search_text: String = words(&item.name)
        .into_iter()
        .map(|word| format!(" {word}"))
        .collect();
    args![
        i64::from(edition.number()),
        position(&item.code),
        &item.code,
        item.level().code(),
        item.parent().unwrap_or(""),
        &item.name,
        search_text,
        item.name_edition
            .map_or(-1, |edition| i64::from(edition.number())),
    ]
}

#[cfg(test)]
mod tests;
