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

/// The best places of words, each in a lane and after one of them, read backwards from the primary key.
pub(in crate::store::search) fn block_sql(
    parts: impl Iterator<Item = (i64, i64, Hit)>,
    limit: usize,
) -> Sql {
    let mut sql = Sql::default();
    for (index, (word, lane, after)) in parts.enumerate() {
        sql.push(if index == 0 { "" } else { " UNION ALL " })
            .push(
                "SELECT * FROM (SELECT p.word_id, p.lane, p.impact, p.document_no FROM search_postings p WHERE p.word_id = ",
            )
            .bind(word)
            .push(" AND p.lane = ")
            .bind(lane)
            .push(" AND (p.impact, p.document_no) < (")
            .bind(after.score)
            .push(", ")
            .bind(after.document_no)
            .push(&format!(
                ") ORDER BY p.impact DESC, p.document_no DESC LIMIT {limit}) AS part"
            ));
    }
    packed::pack(sql, ["word_id", "lane", "impact", "document_no"])
}

/// The words of the titles of documents, by the primary key.
pub(in crate::store::search) fn titles_sql(documents: &[i64]) -> Sql {
    let mut rows =
        Sql::new("SELECT s.document_no, s.words FROM search_documents s WHERE s.document_no IN ");
    rows.push_list(documents.iter().copied());
    packed::pack(rows, ["document_no", "words"])
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
    let mut sql = packed::pack(rows, columns);
    sql.text = format!("SELECT string_agg(({}), ' ') FROM (VALUES ", sql.text);
    // Lists have few lengths, and engines few texts to prepare; no document has this number.
    let nobody = iter::repeat_n(&-1, documents.len().next_power_of_two() - documents.len());
    for (index, document) in documents.iter().chain(nobody).enumerate() {
        sql.push(if index == 0 { "(" } else { ", (" })
            .bind(*document)
            .push(")");
    }
    sql.push(") looked");
    sql
}

/// Those of some documents of which the index has texts, by `search_sources_by_document`.
pub(in crate::store::search) fn with_texts_sql(documents: &[i64]) -> Sql {
    let mut sql = Sql::new("SELECT s.document_no FROM search_sources s WHERE s.document_no IN ");
    sql.push_list(documents.iter().copied());
    packed::pack(sql, ["document_no"])
}
