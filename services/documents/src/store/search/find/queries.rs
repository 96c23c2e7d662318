//! How the places of words are read, all rows of a query as one text.

use std::iter;

use aip::Sql;

use super::{super::packed, Hit};

/// All places of words in lanes, by the primary key.
pub(in crate::store::search) fn whole_sql(words: &[i64], lanes: &[i64], limit: usize) -> Sql {
    let mut sql = Sql::new(
        "SELECT p.word_id, p.impact, p.document_no FROM search_postings p WHERE p.word_id IN ",
    );
    sql.push_list(words.iter().copied());
    sql.push(" AND p.lane IN ");
    sql.push_list(lanes.iter().copied());
    sql.push(&format!(" LIMIT {limit}"));
    packed::pack(sql, ["word_id", "impact", "document_no"])
}

/// The best places of words, each in a lane and after one of them, read backwards from the primary key. One text for
/// each list would take the engine longer to plan than to answer.
pub(in crate::store::search) fn block_sql(
    parts: impl Iterator<Item = (i64, i64, Hit)>,
    limit: usize,
) -> Sql {
    let rows = Sql::new(format!(
        "SELECT p.word_id, p.lane, p.impact, p.document_no FROM search_postings p \
         WHERE p.word_id = looked.column1 AND p.lane = looked.column2 \
         AND (p.impact, p.document_no) < (looked.column3, looked.column4) \
         ORDER BY p.impact DESC, p.document_no DESC LIMIT {limit}"
    ));
    let rows = packed::pack(rows, ["word_id", "lane", "impact", "document_no"]);
    let part = |(word, lane, after): (i64, i64, Hit)| [word, lane, after.score, after.document_no];
    for_each(rows, parts.map(part).collect())
}

/// Runs a packed query for each of some rows of numbers, which goes by the name `looked`.
fn for_each<const N: usize>(packed: Sql, rows: Vec<[i64; N]>) -> Sql {
    let mut sql = Sql {
        text: format!("SELECT string_agg(({}), ' ') FROM (VALUES ", packed.text),
        args: packed.args,
    };
    // Lists have few lengths, and engines few texts to prepare; no word and no document has this number.
    let nothing = iter::repeat_n([-1; N], rows.len().next_power_of_two() - rows.len());
    for (index, row) in rows.into_iter().chain(nothing).enumerate() {
        sql.push(if index == 0 { "(" } else { ", (" });
        for (index, number) in row.into_iter().enumerate() {
            sql.push(if index == 0 { "" } else { ", " }).bind(number);
        }
        sql.push(")");
    }
    sql.push(") looked");
    sql
}

/// Whether the index has texts of documents, by `search_sources_by_document`, and the words of their titles, by the
/// primary key.
pub(in crate::store::search) fn titles_sql(documents: &[i64]) -> Sql {
    let mut rows = Sql::new(
        "SELECT s.document_no, (SELECT COUNT(*) FROM (SELECT t.source_no FROM search_sources t \
         WHERE t.document_no = s.document_no LIMIT 1) one) AS texts, s.words \
         FROM search_documents s WHERE s.document_no IN ",
    );
    rows.push_list(documents.iter().copied());
    packed::pack(rows, ["document_no", "texts", "words"])
}

/// What the texts of documents have of words in all lanes, by `search_postings_of_texts`. With the lanes in the query,
/// every word would be looked up in each of them.
pub(in crate::store::search) fn probe_sql(documents: &[i64], words: &[i64]) -> Sql {
    let columns = ["document_no", "word_id", "lane", "impact"];
    probing_sql(documents, columns, words)
}

/// The places of words in the texts of documents. Each document is looked into by itself: given both lists, either
/// engine may read all places of the words.
pub(in crate::store::search) fn probing_sql<const N: usize>(
    documents: &[i64],
    columns: [&str; N],
    words: &[i64],
) -> Sql {
    let mut rows = Sql::new(format!(
        "SELECT p.{} FROM search_postings p WHERE p.document_no = looked.column1 AND p.source_no > 0 AND p.word_id IN ",
        columns.join(", p.")
    ));
    rows.push_list(words.iter().copied());
    let documents = documents.iter().map(|document| [*document]).collect();
    for_each(packed::pack(rows, columns), documents)
}

/// Those of some documents of which the index has texts, by `search_sources_by_document`.
pub(in crate::store::search) fn with_texts_sql(documents: &[i64]) -> Sql {
    let mut sql = Sql::new("SELECT s.document_no FROM search_sources s WHERE s.document_no IN ");
    sql.push_list(documents.iter().copied());
    packed::pack(sql, ["document_no"])
}
