//! How many documents have each sector, kept by who may read them.
//!
//! A reader sees some of the documents only, so one count of a sector would not do, and counting a
//! million documents neither. There is one count for each audience: the access level, with the parties
//! where it is not public.

use std::collections::BTreeMap;

use aip::{Listing, Schema, Sql};
use identity::Clearance;
use storage::{Error, Tx, args};

use super::queries::outline as queries;
use crate::domain::{AccessLevel, Document, PartnershipName, Reader};

/// How many counts one statement changes at most.
const CHUNK: usize = 500;

/// Sectors are listed by sector and nothing else.
pub(crate) static LISTED: Schema = Schema { fields: &[] };

/// Partnership, sector, access level, parties.
type Key<'a> = (&'a str, &'a str, i64, String);

/// Keeps the counts, given each document as it was, if it was there, and as it is.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn count<'a>(
    tx: &mut Tx,
    changes: impl Iterator<Item = (Option<&'a Document>, &'a Document)>,
) -> Result<(), Error> {
    let mut sums: BTreeMap<Key<'a>, i64> = BTreeMap::new();
    for (old, new) in changes {
        for (document, change) in old.map(|old| (old, -1)).into_iter().chain([(new, 1)]) {
            for key in keys(document) {
                *sums.entry(key).or_default() += change;
            }
        }
    }
    sums.retain(|_, change| *change != 0);
    let sums: Vec<_> = sums.into_iter().collect();
    for some in sums.chunks(CHUNK) {
        tx.execute(count_sql(some), vec![]).await?;
    }
    for ((partnership, sector, level, parties), _) in sums.iter().filter(|(_, change)| *change < 0)
    {
        let args = args![*partnership, *sector, *level, parties.as_str()];
        tx.execute(queries::DELETE_SECTOR, args).await?;
    }
    Ok(())
}

/// The counts that a document is part of; a deleted one is part of none.
fn keys(document: &Document) -> impl Iterator<Item = Key<'_>> {
    let content = &document.content;
    let parties = if content.access_level == AccessLevel::Public {
        String::new()
    } else {
        let mut parties = content.parties.clone();
        parties.sort();
        format!(" {} ", parties.join(" "))
    };
    let level = i64::from(content.access_level.code());
    let sectors = content
        .sectors
        .iter()
        .filter(|_| document.deleted.is_none());
    sectors.map(move |sector| {
        (
            document.name.partnership.as_str(),
            sector.as_str(),
            level,
            parties.clone(),
        )
    })
}

fn count_sql(sums: &[(Key<'_>, i64)]) -> Sql {
    let mut sql = Sql::new(
        "INSERT INTO sector_counts (partnership_id, sector, access_level, parties, document_count) VALUES ",
    );
    for (index, ((partnership, sector, level, parties), change)) in sums.iter().enumerate() {
        sql.push(if index == 0 { "(" } else { ", (" })
            .bind(*partnership)
            .push(", ")
            .bind(*sector)
            .push(", ")
            .bind(*level)
            .push(", ")
            .bind(parties.as_str())
            .push(", ")
            .bind(*change)
            .push(")");
    }
    sql.push(
        " ON CONFLICT (partnership_id, sector, access_level, parties) \
         DO UPDATE SET document_count = sector_counts.document_count + excluded.document_count",
    );
    sql
}

/// Reads a page of sectors and one more, each with how many documents of it `reader` may read.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn list(
    tx: &mut Tx,
    parent: &PartnershipName,
    reader: &Reader,
    listing: &Listing,
) -> Result<Vec<(String, i64)>, Error> {
    tx.all(list_sql(parent, reader, listing), vec![]).await
}

pub(super) fn list_sql(parent: &PartnershipName, reader: &Reader, listing: &Listing) -> Sql {
    let mut sql = Sql::new(queries::SECTORS);
    sql.bind(parent.partnership.as_str());
    match reader.clearance() {
        Clearance::Everything => {}
        Clearance::Public => {
            sql.push(" AND s.access_level = 1");
        }
        Clearance::Party { party, level } => {
            // A code of two letters: nothing in it is a pattern.
            let code: String = party.chars().filter(char::is_ascii_alphabetic).collect();
            sql.push(" AND (s.access_level = 1 OR (s.access_level <= ")
                .bind(level.number())
                .push(" AND s.parties LIKE ")
                .bind(format!("% {code} %"))
                .push("))");
        }
    }
    if let Some([after]) = listing.after() {
        sql.push(" AND s.sector > ").bind(after.clone());
    }
    let rows = listing.page_size() + 1;
    sql.push(&format!(
        " GROUP BY s.sector HAVING sum(s.document_count) > 0 ORDER BY s.sector LIMIT {rows}"
    ));
    sql
}
