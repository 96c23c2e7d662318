//! Which documents wait for which, and what of that is still to be followed.

use std::collections::BTreeMap;

use aip::Sql;
use storage::{Error, Tx, args};

use super::texts;
use crate::domain::{Document, DocumentName, EntryRule};

/// How many targets one query names at most.
const TARGETS: usize = 500;

/// Documents that wait for one that changed, and are to be brought up to date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chain {
    /// The name of the document that they wait for.
    pub(crate) target: String,
    /// The uid of the last of them that is up to date; empty if none is.
    pub(crate) after: String,
    /// How far along the chain the target is; what changed first stands at 1.
    pub(crate) depth: usize,
}

impl Chain {
    /// All documents that wait for one that changed.
    pub(crate) fn of(target: &DocumentName, depth: usize) -> Self {
        Self {
            target: target.to_string(),
            after: String::new(),
            depth,
        }
    }
}

/// Keeps for which document each of these waits.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn replace_waits(tx: &mut Tx, documents: &[Document]) -> Result<(), Error> {
    super::execute_for(tx, texts::DELETE_WAITS, documents).await?;
    insert_waits(tx, documents).await
}

/// Keeps for which document each of these waits, of which it is not kept yet.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn insert_waits(tx: &mut Tx, documents: &[Document]) -> Result<(), Error> {
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

/// Takes the uids of the next documents off some chains, at most `limit`, each with how far along the chain what it
/// waits for is; what of the chains is left stays in `chains`.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn next_waiting(
    tx: &mut Tx,
    chains: &mut Vec<Chain>,
    limit: usize,
) -> Result<Vec<(String, usize)>, Error> {
    // Chains of which nothing is done yet go together, in the order of their targets.
    chains.sort_by(|left, right| {
        let key = |chain: &Chain| (chain.after.is_empty(), chain.target.clone());
        key(left).cmp(&key(right))
    });
    let together = match chains.first() {
        Some(first) if first.after.is_empty() => chains.len().min(TARGETS),
        Some(_) => 1,
        None => return Ok(Vec::new()),
    };
    let some: Vec<Chain> = chains.drain(..together).collect();
    let rows: Vec<(String, String)> = tx.all(waiting_sql(&some, limit), vec![]).await?;
    if rows.len() >= limit
        && let Some((last_target, last_uid)) = rows.last()
    {
        let left = some.iter().filter(|chain| chain.target >= *last_target);
        chains.extend(left.cloned().map(|mut chain| {
            if chain.target == *last_target {
                chain.after = last_uid.clone();
            }
            chain
        }));
    }
    let depths: BTreeMap<&str, usize> = some
        .iter()
        .map(|chain| (chain.target.as_str(), chain.depth))
        .collect();
    let found = rows.into_iter().filter_map(|(target, uid)| {
        let depth = *depths.get(target.as_str())?;
        Some((uid, depth))
    });
    Ok(found.collect())
}

/// The documents at the front of some chains: of one, or of several of which nothing is done yet. By
/// `document_waits_by_target`.
pub(in crate::store) fn waiting_sql(chains: &[Chain], limit: usize) -> Sql {
    let mut sql = Sql::new(texts::WAITING_FOR);
    match chains {
        [one] => {
            sql.push("= ").bind(one.target.as_str());
            sql.push(" AND w.document_uid > ").bind(one.after.as_str());
        }
        several => {
            sql.push("IN ")
                .push_list(several.iter().map(|chain| chain.target.as_str()));
        }
    }
    sql.push(&format!(" ORDER BY w.target, w.document_uid LIMIT {limit}"));
    sql
}

/// Leaves chains to be followed later.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn leave(tx: &mut Tx, chains: Vec<Chain>) -> Result<(), Error> {
    let mut rows: BTreeMap<String, (String, usize)> = BTreeMap::new();
    for Chain {
        target,
        after,
        depth,
    } in chains
    {
        let row = rows.entry(target).or_insert((after.clone(), depth));
        // Where there are two, more is to be done.
        *row = (after.min(row.0.clone()), depth.min(row.1));
    }
    let rows = rows.into_iter().map(|(target, (after, depth))| {
        args![target, after, i64::try_from(depth).unwrap_or(i64::MAX)]
    });
    let columns = &["target", "after_uid", "depth"];
    let _: Vec<(String,)> = tx
        .insert_returning(
            "outdated_waits",
            columns,
            texts::LEAVE_WAITS,
            rows.collect(),
        )
        .await?;
    Ok(())
}

/// Takes some of the chains that were left.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn take(tx: &mut Tx) -> Result<Vec<Chain>, Error> {
    let rows: Vec<(String, String, i64)> = tx.all(texts::OUTDATED_WAITS, vec![]).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new(texts::TAKE_WAITS);
    sql.push_list(rows.iter().map(|(target, _, _)| target.as_str()));
    tx.execute(sql, vec![]).await?;
    let chain = |(target, after, depth): (String, String, i64)| Chain {
        target,
        after,
        depth: usize::try_from(depth).unwrap_or_default(),
    };
    Ok(rows.into_iter().map(chain).collect())
}

/// Whether nothing is left to be followed: what is kept is then what follows from the acts.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn is_settled(tx: &mut Tx) -> Result<bool, Error> {
    let any: Option<(String,)> = tx.optional(texts::ANY_OUTDATED_WAIT, vec![]).await?;
    Ok(any.is_none())
}
