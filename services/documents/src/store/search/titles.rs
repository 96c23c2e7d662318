//! The words of the vocabulary that every title with a part in it has one of, for lists that ask for the part.

use aip::{Sql, Value};
use storage::{Error, Tx};

use super::vocabulary::{self, WordRow, beginning_sql};
use crate::domain::search::{
    lane,
    part::{self, Clues, Run},
    words::WORD_CHARS,
};

/// How many runs of a part are looked for at most, the longest ones.
const RUNS: usize = 3;

/// How many words a run stands for at most: with more, it is not rare.
const WORDS: usize = 1_000;

/// How many words are looked at for each clue at most.
const LOOKED_AT: i64 = 2_000;

/// Reads of which words every title that contains the part has at least one, for the run whose words the fewest
/// public titles and texts have; nothing if the part has no run that few words have.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn words(
    tx: &mut Tx,
    partnership: &str,
    part: &str,
) -> Result<Option<Vec<i64>>, Error> {
    let mut best: Option<(i64, Vec<i64>)> = None;
    let runs = part::runs(part);
    if runs.is_empty() {
        return Ok(None);
    }
    let is_parted = has_longest(tx, partnership).await?;
    for run in runs.iter().take(RUNS) {
        let Some(found) = words_of(tx, partnership, run, is_parted).await? else {
            continue;
        };
        let uses = found.iter().map(|row| row.uses).sum();
        if best.as_ref().is_none_or(|(least, _)| uses < *least) {
            best = Some((uses, found.iter().map(|row| row.word_id).collect()));
        }
    }
    Ok(best.map(|(_, words)| words))
}

/// Whether a part has a run that words are found by.
pub(crate) fn is_findable(part: &str) -> bool {
    !part::runs(part).is_empty()
}

/// Whether the vocabulary has a word of the greatest length: the next one may begin in the middle of a run.
async fn has_longest(tx: &mut Tx, partnership: &str) -> Result<bool, Error> {
    let longest: Option<(i64,)> = tx.optional(longest_sql(partnership), vec![]).await?;
    Ok(longest.is_some_and(|(length,)| usize::try_from(length).is_ok_and(|it| it >= WORD_CHARS)))
}

/// How long the longest word is, from the end of the index by length.
pub(super) fn longest_sql(partnership: &str) -> Sql {
    let mut sql = Sql::new(
        "SELECT CAST(LENGTH(w.word) AS BIGINT) FROM search_words w WHERE w.partnership_id = ",
    );
    sql.bind(partnership)
        .push(" ORDER BY LENGTH(w.word) DESC LIMIT 1");
    sql
}

/// The words that the run can be in, which two words in a row can part if `is_parted`; nothing if they are many.
async fn words_of(
    tx: &mut Tx,
    partnership: &str,
    run: &Run,
    is_parted: bool,
) -> Result<Option<Vec<WordRow>>, Error> {
    let clues = run.clues();
    let mut found: Vec<WordRow> = Vec::new();
    for inside in [false, true] {
        let sql = beginning_sql(partnership, &clues.inside, inside, LOOKED_AT);
        let rows = vocabulary::read(tx, sql).await?;
        if is_cut(&rows) {
            return Ok(None);
        }
        found.extend(rows);
    }
    if is_parted {
        let rows = vocabulary::read(tx, sides_sql(partnership, &clues)).await?;
        if is_cut(&rows) {
            return Ok(None);
        }
        found.extend(rows);
    }
    found.retain(|row| {
        let word: Vec<char> = row.word.chars().collect();
        run.is_in(&word) || is_parted && run.can_be_in(&word)
    });
    found.sort_unstable_by_key(|row| row.word_id);
    found.dedup_by_key(|row| row.word_id);
    Ok((found.len() <= WORDS).then_some(found))
}

/// Whether there may be more words than were looked at.
fn is_cut(rows: &[WordRow]) -> bool {
    i64::try_from(rows.len()).unwrap_or(i64::MAX) > LOOKED_AT
}

/// The ids of words that begin with one end of a run or end with its beginning, by the primary keys of spellings and endings.
pub(super) fn sides_sql(partnership: &str, clues: &Clues) -> Sql {
    let mut sql = Sql::default();
    for (index, text) in clues.beginnings.iter().enumerate() {
        sql.push(if index == 0 { "" } else { " UNION ALL " })
            .push("SELECT b.word_id FROM search_spellings b WHERE b.partnership_id = ")
            .bind(partnership)
            .push(" AND b.spelling >= ")
            .bind(text.as_str())
            .push(" AND b.spelling < ")
            .bind(format!("{text}\u{10ffff}"));
    }
    for text in &clues.endings {
        sql.push(" UNION ALL SELECT e.word_id FROM search_endings e WHERE e.partnership_id = ")
            .bind(partnership)
            .push(" AND e.ending = ")
            .bind(text.as_str());
    }
    sql.push(&format!(" LIMIT {}", LOOKED_AT + 1));
    sql
}

/// Appends the query for the places of words in titles, each with the number of its document; by the primary key.
pub(crate) fn push_places(sql: &mut Sql, words: &[i64]) {
    sql.push("SELECT p.document_no FROM search_postings p WHERE ");
    push_words(sql, words);
}

/// Appends the query for the ids of the documents that have one of the words in a title, by the primary keys of the
/// words' places and of the documents' names. `most` is how many places there are at most: without a bound
/// PostgreSQL takes rare words for common ones, and in a join it reads all documents to find these few.
pub(crate) fn push_ids(sql: &mut Sql, words: &[i64], most: usize) {
    sql.push(
        "SELECT DISTINCT (SELECT n.document_id FROM search_names n WHERE n.document_no = places.document_no) \
         AS id FROM (",
    );
    push_places(sql, words);
    sql.push(&format!(" LIMIT {most}) places"));
}

fn push_words(sql: &mut Sql, words: &[i64]) {
    sql.push("p.word_id IN ");
    if words.is_empty() {
        // The engines know no empty list.
        sql.push_list([Value::Null]);
    } else {
        sql.push_list(words.iter().copied());
    }
    sql.push(" AND p.lane IN ");
    sql.push_list(lane::all_titles());
}
