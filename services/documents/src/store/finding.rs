//! Finds the documents of one page of a list by an index, with bounded work, whatever the filter.
//!
//! Neither engine's planner bounds what it reads for a page: where few documents pass a filter, it walks a
//! partnership to its end, or sorts all that have a common value. So the way is chosen here:
//!
//! 1. The filter needs one value of an indexed field and the order is by name, or one party or sector and the order is
//!    by date of signature: the documents with that value, in their order, from the field's index. By name the same where
//!    it needs one of several values, from their indexes.
//! 2. At most [`GATHERED`] documents have what the filter needs: those, sorted.
//! 3. Otherwise the documents in the order asked for, from the order's index.
//!
//! What titles contain is found by the vocabulary of the search (`search::titles`), where the words are rare.
//!
//! Ways 1 and 3 look at [`WINDOW`] documents at most, and end the page there. What is looked at are the short rows of
//! `listed_documents`; what documents say is read of a page, when its names are known.

pub(super) mod merge;
mod stream;
#[cfg(test)]
pub(super) mod tests;

use aip::{
    Listing, Sql, Value,
    filter::{Bound, Need},
};
use storage::{Error, Statement, Tx};

pub(super) use stream::Stream;

use super::{documents, queries, search::titles};
use crate::domain::{Document, PartnershipName};

/// How many documents one page looks at, at most: some milliseconds.
const WINDOW: usize = 1_000;
/// How many documents are sorted for one page, at most.
const GATHERED: usize = 1_000;
/// How many comparisons of a filter are counted, at most.
const PROBES: usize = 8;
/// After all texts that begin alike.
const LAST_CHAR: char = char::MAX;

/// The documents of a page and one more, and where to go on if they do not fill it.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) documents: Vec<Document>,
    /// The last document that was looked at, if there may be more.
    pub(crate) end: Option<Document>,
}

/// A condition of [`Listing::sql`].
pub(crate) type Condition = (&'static str, Value);

/// Only documents that are not deleted.
pub(crate) const LIVE: Condition = ("d.deleted_us IS NULL", Value::Null);

/// The rows that lists look at, `d`: what they filter and sort by, with the titles where they are asked for, of all
/// documents or, where [`queries::OF_SET`] is among the conditions, of those of the rows of a set, `s`.
pub(super) fn listed(set: Option<&str>, with_titles: bool) -> String {
    let (column, table) = match set {
        Some(table) => (", s.document_id", format!("{table} s CROSS JOIN ")),
        None => ("", String::new()),
    };
    let titles = if with_titles { queries::TITLES } else { "" };
    format!("SELECT d.*{column}{titles} FROM {table}listed_documents d")
}

/// Whether a list needs the titles beside what else it filters by.
fn reads_titles(listing: &Listing) -> bool {
    listing.fields().contains("titles")
}

/// What documents that fulfil a comparison are found by.
#[derive(Clone, Debug)]
pub(super) enum Key<'a> {
    /// The index of the field.
    Field(Need<'a>),
    /// Words of titles, by their ids: every document that fulfils the comparison has one of them, others may too.
    Words(Vec<i64>),
}

/// How the documents of a page are found.
#[derive(Debug)]
pub(super) enum Way<'a> {
    /// Those that have one of the keys, sorted.
    Gather(Vec<Key<'a>>),
    /// Those that have one of the keys, in the order of their names.
    Merge(Vec<Key<'a>>),
    /// A window of a stream.
    Stream(Stream),
}

/// Reads a page, one document more, and where the page after it begins; `conditions` hold beside the filter.
///
/// `readable` is a condition of [`access`](super::access). Documents that do not fulfil it are not in the window
/// either: the end of a window goes into a token, which its caller can read, with the values of the order.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn page(
    tx: &mut Tx,
    parent: &PartnershipName,
    conditions: &[Condition],
    readable: Option<Condition>,
    listing: &Listing,
) -> Result<Found, Error> {
    match way(tx, parent, listing).await? {
        Way::Merge(keys) => merge::page(tx, parent, conditions, readable, listing, &keys).await,
        Way::Gather(keys) => {
            let mut conditions = conditions.to_vec();
            conditions.extend(readable);
            let ids = ids(tx, gather_sql(parent, &conditions, listing, &keys)).await?;
            Ok(Found {
                documents: documents::in_order(tx, parent, &ids).await?,
                end: None,
            })
        }
        Way::Stream(mut stream) => {
            let readable = readable.map(|(template, value)| (template.to_owned(), value));
            stream.conditions.extend(readable);
            let page = ids(tx, stream.page_sql(conditions, listing)).await?;
            let end = if page.len() <= listing.page_size() {
                ids(tx, stream.end_sql(listing)).await?.pop()
            } else {
                None
            };
            found(tx, parent, page, end).await
        }
    }
}

storage::row! {
    /// The id of a document.
    struct IdRow {
        id: String,
    }
}

/// Reads the ids that a query gives, in its order.
async fn ids(tx: &mut Tx, sql: Sql) -> Result<Vec<String>, Error> {
    let rows: Vec<IdRow> = tx.all(Statement::from(sql).once(), vec![]).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Reads the documents of a page, and the one where the next begins, if there may be more.
async fn found(
    tx: &mut Tx,
    parent: &PartnershipName,
    mut ids: Vec<String>,
    end: Option<String>,
) -> Result<Found, Error> {
    // The last one that was looked at may be on the page.
    let is_besides = end.as_ref().is_some_and(|end| ids.last() != Some(end));
    if is_besides {
        ids.extend(end.clone());
    }
    let mut documents = documents::in_order(tx, parent, &ids).await?;
    let end = match end {
        Some(_) if is_besides => documents.pop(),
        Some(_) => documents.last().cloned(),
        None => None,
    };
    Ok(Found { documents, end })
}

/// Chooses the way, by counting what the filter needs where that is open.
async fn way<'a>(
    tx: &mut Tx,
    parent: &PartnershipName,
    listing: &'a Listing,
) -> Result<Way<'a>, Error> {
    let mut needs = listing.filter().needs();
    needs.retain(|any| any.iter().all(|need| is_indexed(*need)));
    let first = listing.sort_paths().next();
    // Whatever their number, these come in order.
    let is_by_day = listing.sort_paths().eq([stream::DAYS]);
    let of_value = |need: &Need<'a>| match first {
        None => Stream::of_value(parent, *need),
        Some(_) if is_by_day => Stream::of_days(parent, *need, listing),
        Some(_) => None,
    };
    if let [any] = needs.as_slice() {
        match any.as_slice() {
            [need] if bounds(*need, first) => {
                return Ok(Way::Stream(Stream::of_all(parent, listing)));
            }
            [need] => {
                if let Some(stream) = of_value(need) {
                    return Ok(Way::Stream(stream));
                }
            }
            _ => {
                if let Some(keys) = in_order(any, first) {
                    return Ok(Way::Merge(keys));
                }
            }
        }
    }
    if let Some(few) = fewest(tx, parent, needs.clone()).await? {
        return Ok(match first {
            None => Way::Merge(few),
            Some(_) => Way::Gather(few),
        });
    }
    let mut alone = needs.iter().filter(|any| any.len() == 1).flatten();
    if let Some(stream) = alone.find_map(of_value) {
        return Ok(Way::Stream(stream));
    }
    let merged = needs.iter().find_map(|any| in_order(any, first));
    let all = || Way::Stream(Stream::of_all(parent, listing));
    Ok(merged.map_or_else(all, Way::Merge))
}

/// What finds documents that fulfil one of some comparisons in the order of their names, if that is the order.
fn in_order<'a>(any: &[Need<'a>], first: Option<&str>) -> Option<Vec<Key<'a>>> {
    let keys: Vec<_> = any.iter().map(|need| Key::Field(*need)).collect();
    (first.is_none() && merge::are_in_order(&keys)).then_some(keys)
}

/// Whether the documents that fulfil a comparison stand together in the order of a field, or of their names.
fn bounds(need: Need<'_>, first: Option<&str>) -> bool {
    let is_part = match need.bound() {
        Bound::Is(_) | Bound::Range | Bound::Prefix(_) => true,
        Bound::Has(_) | Bound::Contains(_) | Bound::Present => false,
    };
    is_part && need.field().path == first.unwrap_or("document_id")
}

/// Returns what finds the comparisons that the fewest documents fulfil, if those are few.
async fn fewest<'a>(
    tx: &mut Tx,
    parent: &PartnershipName,
    needs: Vec<Vec<Need<'a>>>,
) -> Result<Option<Vec<Key<'a>>>, Error> {
    let mut best = None;
    let mut probes = 0;
    for any in needs {
        probes += any.len();
        if probes > PROBES {
            break;
        }
        let Some(any) = keys(tx, parent, any).await? else {
            continue;
        };
        let most = best.as_ref().map_or(GATHERED + 1, |(count, _)| *count);
        let mut count = 0;
        for key in &any {
            let sql = probe_sql(parent, key, most);
            let (found,): (i64,) = tx.one(Statement::from(sql).once(), vec![]).await?;
            count += usize::try_from(found).unwrap_or(usize::MAX >> 1);
            if count >= most {
                break;
            }
        }
        if count < most {
            best = Some((count, any));
        }
    }
    Ok(best.map(|(_, any)| any))
}

/// Returns what finds each of some comparisons; nothing if the titles of many documents may fulfil one.
async fn keys<'a>(
    tx: &mut Tx,
    parent: &PartnershipName,
    needs: Vec<Need<'a>>,
) -> Result<Option<Vec<Key<'a>>>, Error> {
    let mut keys = Vec::with_capacity(needs.len());
    for need in needs {
        let key = match part_of_title(need) {
            Some(part) => titles::words(tx, &parent.partnership, part)
                .await?
                .map(Key::Words),
            None => Some(Key::Field(need)),
        };
        let Some(key) = key else { return Ok(None) };
        keys.push(key);
    }
    Ok(Some(keys))
}

/// What a title contains that fulfils a comparison of titles.
fn part_of_title(need: Need<'_>) -> Option<&str> {
    match need.bound() {
        _ if need.field().path != "titles" => None,
        Bound::Is(Value::Text(part)) => Some(part),
        Bound::Prefix(part) | Bound::Contains(part) => Some(part),
        Bound::Is(_) | Bound::Has(_) | Bound::Range | Bound::Present => None,
    }
}

/// The query for the ids of a page and one document more of those that have one of the keys.
pub(super) fn gather_sql(
    parent: &PartnershipName,
    conditions: &[Condition],
    listing: &Listing,
    keys: &[Key<'_>],
) -> Sql {
    let titles = if reads_titles(listing) {
        queries::TITLES
    } else {
        ""
    };
    let mut base = Sql::new(format!("SELECT d.id FROM (SELECT d.*{titles} FROM ("));
    for (index, key) in keys.iter().enumerate() {
        base.push(if index == 0 { "" } else { " UNION " });
        match key {
            Key::Field(need) => {
                push_matches(&mut base, parent, *need, "d.id", "s.document_id AS id");
            }
            Key::Words(words) => titles::push_ids(&mut base, words, GATHERED),
        }
    }
    // SQLite takes the tables of a CROSS JOIN in this order.
    base.push(&format!(
        " LIMIT {GATHERED}) few CROSS JOIN listed_documents d WHERE d.id = few.id AND d.partnership_id = "
    ));
    base.bind(parent.partnership.as_str())
        .push(&format!(" LIMIT {GATHERED}) d"));
    listing.sql(base, conditions, "d.id")
}

/// The query for how many documents of a partnership have a key, counted up to `most`.
pub(super) fn probe_sql(parent: &PartnershipName, key: &Key<'_>, most: usize) -> Sql {
    let mut sql = Sql::new("SELECT COUNT(*) FROM (");
    match key {
        // The ids are in the indexes.
        Key::Field(need) => push_matches(&mut sql, parent, *need, "d.id", "s.document_id"),
        Key::Words(words) => titles::push_places(&mut sql, words),
    }
    sql.push(&format!(" LIMIT {most}) few"));
    sql
}

/// Whether an index finds what fulfils the comparison.
fn is_indexed(need: Need<'_>) -> bool {
    if need.field().path == "titles" {
        return part_of_title(need).is_some_and(titles::is_findable);
    }
    match need.bound() {
        Bound::Is(_) | Bound::Range | Bound::Prefix(_) | Bound::Has(_) => true,
        Bound::Contains(_) | Bound::Present => false,
    }
}

/// Appends the query for the documents that fulfil a comparison, by the field's index: a column of the
/// documents, or of a set.
fn push_matches(
    sql: &mut Sql,
    parent: &PartnershipName,
    need: Need<'_>,
    of_document: &str,
    of_set: &str,
) {
    let parent = parent.partnership.as_str();
    let column = need.field().column;
    match need.bound() {
        Bound::Has(word) => {
            let (table, name) = set_of(need);
            sql.push(&format!(
                "SELECT {of_set} FROM {table} s WHERE s.partnership_id = "
            ))
            .bind(parent);
            sql.push(&format!(" AND s.{name} = ")).bind(word);
        }
        bound => {
            sql.push(&format!(
                "SELECT {of_document} FROM listed_documents d WHERE d.partnership_id = "
            ))
            .bind(parent);
            sql.push(" AND ");
            match bound {
                Bound::Prefix(prefix) => {
                    sql.push(&format!("{column} >= ")).bind(prefix);
                    sql.push(&format!(" AND {column} < "))
                        .bind(format!("{prefix}{LAST_CHAR}"));
                }
                _ => need.push_sql(sql),
            }
        }
    }
}

/// The table of a set, and the column of its words.
fn set_of(need: Need<'_>) -> (&'static str, &'static str) {
    if need.field().path == "parties" {
        ("listed_parties", "party")
    } else {
        ("listed_sectors", "sector")
    }
}
