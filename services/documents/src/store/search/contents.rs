//! The words taken from files, kept in pieces, so that a few lines of a long text are read without the rest.

use std::collections::{BTreeMap, BTreeSet};

use aip::{Sql, Value};
use storage::{Error, Tx, args};

/// How many characters a piece has; the last may have fewer.
const PIECE_CHARS: usize = 1_024;

/// How many pieces one query reads.
const READ: usize = 200;

/// Keeps the content of a source that has none.
pub(super) async fn insert(tx: &mut Tx, source_no: i64, content: &str) -> Result<(), Error> {
    let chars: Vec<char> = content.chars().collect();
    let pieces: Vec<Vec<Value>> = chars
        .chunks(PIECE_CHARS)
        .zip(0_i64..)
        .map(|(piece, index)| args![source_no, index, piece.iter().collect::<String>()])
        .collect();
    tx.insert_many("text_contents", &["source_no", "piece", "content"], pieces)
        .await?;
    Ok(())
}

/// Parts of sources: each from a character on, and with that many characters where there are as many.
pub(super) async fn parts(
    tx: &mut Tx,
    wanted: &[(i64, usize, usize)],
) -> Result<Vec<String>, Error> {
    let mut keys = BTreeSet::new();
    for (source, start, length) in wanted {
        for piece in start / PIECE_CHARS..=(start + length) / PIECE_CHARS {
            keys.insert((*source, piece));
        }
    }
    let keys: Vec<_> = keys.into_iter().collect();
    let mut pieces: BTreeMap<(i64, usize), Vec<char>> = BTreeMap::new();
    for part in keys.chunks(READ) {
        let rows: Vec<(i64, i64, String)> = tx.all(pieces_sql(part), vec![]).await?;
        for (source, piece, content) in rows {
            let piece = usize::try_from(piece).unwrap_or(usize::MAX);
            pieces.insert((source, piece), content.chars().collect());
        }
    }
    let read = |(source, start, length): &(i64, usize, usize)| -> String {
        (*start..start + length)
            .map_while(|at| {
                let piece = pieces.get(&(*source, at / PIECE_CHARS))?;
                piece.get(at % PIECE_CHARS)
            })
            .collect()
    };
    Ok(wanted.iter().map(read).collect())
}

/// Pieces, by their primary key.
pub(super) fn pieces_sql(keys: &[(i64, usize)]) -> Sql {
    let mut sql = Sql::default();
    for (index, (source, piece)) in keys.iter().enumerate() {
        sql.push(if index == 0 { "" } else { " UNION ALL " })
            .push(
                "SELECT c.source_no, c.piece, c.content FROM text_contents c WHERE c.source_no = ",
            )
            .bind(*source)
            .push(" AND c.piece = ")
            .bind(i64::try_from(*piece).unwrap_or(i64::MAX));
    }
    sql
}

/// Removes what is kept of sources.
pub(super) async fn delete(tx: &mut Tx, sources: &[i64]) -> Result<(), Error> {
    if sources.is_empty() {
        return Ok(());
    }
    let mut sql = Sql::new("DELETE FROM text_contents WHERE source_no IN ");
    sql.push_list(sources.iter().copied());
    tx.execute(sql, vec![]).await?;
    Ok(())
}
