//! Finds the documents of one page by the indexes of several values at once, in the order of the documents' names.
//!
//! Every index gives the names in their order, so that a page takes no more of each than it has room for, however many
//! documents have the values. What documents say is read only of those whose names come next.

use std::collections::{BTreeSet, VecDeque};

use aip::{Listing, Sql, Value, filter::Bound};
use storage::{Error, Statement, Tx};

use super::{
    Condition, Found, GATHERED, Key, PROBES, WINDOW, found, ids, listed, push_matches, reads_titles,
};
use crate::{
    domain::PartnershipName,
    store::{queries, search::titles},
};

/// How many documents one query reads at most.
const BLOCK: usize = 1_000;

/// The names that have one key, from where the page begins.
#[derive(Debug)]
struct Arm<'a> {
    key: &'a Key<'a>,
    /// Names that were read and not looked at, in order.
    names: VecDeque<String>,
    /// The last name that was read, and before that the last one of the page before.
    last: Option<String>,
    is_read: bool,
}

/// Whether an index has the documents with each key in the order of their names, and the keys are not too many.
pub(super) fn are_in_order(keys: &[Key<'_>]) -> bool {
    keys.len() <= PROBES && keys.iter().all(is_in_order)
}

fn is_in_order(key: &Key<'_>) -> bool {
    match key {
        Key::Field(need) => match need.bound() {
            Bound::Is(_) | Bound::Has(_) => need.field().path != "titles",
            Bound::Range | Bound::Prefix(_) => need.field().path == "document_id",
            Bound::Contains(_) | Bound::Present => false,
        },
        Key::Words(_) => false,
    }
}

/// Reads a page as [`super::page`] does, of documents that have one of the keys.
pub(super) async fn page(
    tx: &mut Tx,
    parent: &PartnershipName,
    conditions: &[Condition],
    readable: Option<Condition>,
    listing: &Listing,
    keys: &[Key<'_>],
) -> Result<Found, Error> {
    let mut all = conditions.to_vec();
    all.extend(readable.clone());
    let mut arms: Vec<Arm<'_>> = keys.iter().map(|key| Arm::of(key, listing)).collect();
    let mut page = Vec::new();
    let mut looked_at = 0;
    let mut block = listing.page_size() + 1;
    loop {
        let names = next(tx, parent, &mut arms, block).await?;
        let Some(last) = names.last() else {
            return found(tx, parent, page, None).await;
        };
        page.extend(ids(tx, rows_sql(parent, &all, listing, &names)).await?);
        looked_at += names.len();
        if page.len() > listing.page_size() {
            page.truncate(listing.page_size() + 1);
            return found(tx, parent, page, None).await;
        }
        if looked_at >= WINDOW {
            let end = ids(tx, end_sql(parent, readable.as_ref(), last)).await?;
            if let Some(end) = end.into_iter().next() {
                return found(tx, parent, page, Some(end)).await;
            }
        }
        block = (2 * block).min(BLOCK);
        if looked_at < WINDOW {
            block = block.min(WINDOW - looked_at);
        }
    }
}

/// Takes the next names of all arms, each once, in order, at most `limit`.
async fn next(
    tx: &mut Tx,
    parent: &PartnershipName,
    arms: &mut [Arm<'_>],
    limit: usize,
) -> Result<BTreeSet<String>, Error> {
    let mut names = BTreeSet::new();
    for arm in arms.iter_mut() {
        arm.fill(tx, parent, limit).await?;
        names.extend(arm.names.iter().take(limit).cloned());
    }
    while names.len() > limit {
        names.pop_last();
    }
    for arm in arms {
        while arm.names.front().is_some_and(|name| names.contains(name)) {
            arm.names.pop_front();
        }
    }
    Ok(names)
}

impl<'a> Arm<'a> {
    fn of(key: &'a Key<'a>, listing: &Listing) -> Self {
        let last = match listing.after() {
            Some([Value::Text(name)]) => Some(name.clone()),
            _ => None,
        };
        Self {
            key,
            names: VecDeque::new(),
            last,
            is_read: false,
        }
    }

    /// Reads names until there are `limit`, or no more.
    async fn fill(
        &mut self,
        tx: &mut Tx,
        parent: &PartnershipName,
        limit: usize,
    ) -> Result<(), Error> {
        if self.is_read || self.names.len() >= limit {
            return Ok(());
        }
        let missing = limit - self.names.len();
        let sql = names_sql(parent, self.key, self.last.as_deref(), missing);
        let rows: Vec<(String,)> = tx.all(Statement::from(sql).once(), vec![]).await?;
        let mut names: Vec<String> = rows.into_iter().map(|(name,)| name).collect();
        if is_in_order(self.key) {
            self.is_read = names.len() < missing;
        } else {
            names.sort_unstable();
            names.dedup();
            names.retain(|name| self.last.as_ref().is_none_or(|last| name > last));
            self.is_read = true;
        }
        self.last = names.last().cloned().or(self.last.take());
        self.names.extend(names);
        Ok(())
    }
}

/// The query for names of documents that have a key: the next ones from the key's index if it has them in order, else
/// all of them.
pub(in crate::store) fn names_sql(
    parent: &PartnershipName,
    key: &Key<'_>,
    after: Option<&str>,
    limit: usize,
) -> Sql {
    let mut sql = Sql::default();
    let need = match key {
        Key::Field(need) => *need,
        Key::Words(words) => {
            titles::push_ids(&mut sql, words, GATHERED);
            return sql;
        }
    };
    push_matches(&mut sql, parent, need, "d.id", "s.document_id");
    if !is_in_order(key) {
        sql.push(&format!(" LIMIT {GATHERED}"));
        return sql;
    }
    let name = match need.bound() {
        Bound::Has(_) => "s.document_id",
        _ => "d.id",
    };
    if let Some(after) = after {
        sql.push(&format!(" AND {name} > ")).bind(after);
    }
    sql.push(&format!(" ORDER BY {name} LIMIT {limit}"));
    sql
}

/// The query for the ids of those of some documents that pass the filter and the conditions, one page and one more; by the unique
/// key of their names.
pub(in crate::store) fn rows_sql(
    parent: &PartnershipName,
    conditions: &[Condition],
    listing: &Listing,
    names: &BTreeSet<String>,
) -> Sql {
    let mut base = Sql::new(listed(None, reads_titles(listing)));
    base.push(" WHERE d.partnership_id = ")
        .bind(parent.partnership.as_str())
        .push(" AND d.id IN ")
        .push_list(names.iter().map(String::as_str))
        .push(&format!(
            " ORDER BY d.id LIMIT {}",
            names.len().next_power_of_two()
        ));
    listing.sql_within("d.id", base, "d", conditions, "d.id")
}

/// The query for the id of a document, if it may be read; by the unique key of their names.
fn end_sql(parent: &PartnershipName, readable: Option<&Condition>, name: &str) -> Sql {
    let mut sql = Sql::new(queries::LISTED_IDS);
    sql.push(" WHERE d.partnership_id = ")
        .bind(parent.partnership.as_str())
        .push(" AND d.id = ")
        .bind(name);
    if let Some((template, value)) = readable {
        sql.push(" AND ").push_with(template, value.clone());
    }
    sql
}
