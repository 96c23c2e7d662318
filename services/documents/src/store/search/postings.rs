//! Where words stand: written and taken away for whole titles and texts.

use std::{
    collections::{BTreeMap, HashMap},
    iter,
};

use aip::{Sql, Value};
use storage::{Error, Tx, args};

use super::{LISTED, vocabulary};
use crate::domain::search::{
    fold::Folded,
    hyphens, impact,
    lane::{self, Field},
    title_words::TitleWords,
    words,
};

/// The source of words that stand in titles.
pub(super) const TITLES: i64 = 0;

/// How many places one statement takes away by their keys.
const CLEARED: usize = 256;

/// A word of one title or text.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(super) word: String,
    impact: i64,
    place: i64,
}

/// The words of one document's titles, or of one text, and who finds them.
#[derive(Clone, Debug)]
pub(super) struct Words {
    pub(super) document_no: i64,
    pub(super) source_no: i64,
    pub(super) lanes: Vec<i64>,
    pub(super) entries: Vec<Entry>,
}

/// The words of titles: each with its greatest impact in any of them.
pub(super) fn of_titles<'a>(titles: impl Iterator<Item = &'a str>) -> Vec<Entry> {
    let mut best: BTreeMap<String, i64> = BTreeMap::new();
    for title in titles {
        let folded = Folded::of(title);
        let found = words::of(&folded);
        let length = i64::try_from(found.len()).unwrap_or(i64::MAX);
        for (word, (count, _)) in words::counted(&folded, &found) {
            let impact = impact::in_title(count, length);
            let known = best.entry(word).or_insert(0);
            *known = impact.max(*known);
        }
    }
    let entry = |(word, impact)| Entry {
        word,
        impact,
        place: 0,
    };
    best.into_iter().map(entry).collect()
}

/// The words of a text.
pub(super) fn of_text(content: &str) -> Vec<Entry> {
    let folded = Folded::of(content);
    let found = words::of(&folded);
    let length = i64::try_from(found.len()).unwrap_or(i64::MAX);
    let mut counted = words::counted(&folded, &found);
    if let Some(joined) = hyphens::join(content, &folded, false) {
        for (word, (count, place)) in words::counted(&joined.folded, &joined.words) {
            let known = counted.entry(word).or_insert((0, place));
            *known = (known.0 + count, known.1.min(place));
        }
    }
    counted
        .into_iter()
        .map(|(word, (count, place))| Entry {
            word,
            impact: impact::in_text(count, length),
            place: i64::try_from(place).unwrap_or(i64::MAX),
        })
        .collect()
}

/// Notes that words are used, in the vocabulary of a partnership, and returns their ids.
pub(super) async fn note_uses(
    tx: &mut Tx,
    partnership: &str,
    all: &[Words],
) -> Result<HashMap<String, i64>, Error> {
    let mut uses: BTreeMap<String, i64> = BTreeMap::new();
    for words in all {
        let public = i64::from(is_public(&words.lanes));
        for entry in &words.entries {
            *uses.entry(entry.word.clone()).or_default() += public;
        }
    }
    if uses.is_empty() {
        return Ok(HashMap::new());
    }
    vocabulary::use_words(tx, partnership, &uses).await
}

/// Writes words that are not there and whose uses are noted.
pub(super) async fn write(
    tx: &mut Tx,
    all: &[Words],
    ids: &HashMap<String, i64>,
) -> Result<(), Error> {
    let mut rows: Vec<Row> = Vec::new();
    for words in all {
        for entry in &words.entries {
            let Some(id) = ids.get(&entry.word) else {
                continue;
            };
            for lane in &words.lanes {
                rows.push((
                    *id,
                    *lane,
                    entry.impact,
                    words.document_no,
                    words.source_no,
                    entry.place,
                ));
            }
        }
    }
    insert(tx, rows).await
}

/// Word, lane, impact, document, source: the primary key; and place.
type Row = (i64, i64, i64, i64, i64, i64);

async fn insert(tx: &mut Tx, mut rows: Vec<Row>) -> Result<(), Error> {
    // In the order of the primary key, pages are written once.
    rows.sort_unstable();
    let columns = &[
        "word_id",
        "lane",
        "impact",
        "document_no",
        "source_no",
        "place",
    ];
    let rows: Vec<Vec<Value>> = rows
        .into_iter()
        .map(|(word, lane, impact, document, source, place)| {
            args![word, lane, impact, document, source, place]
        })
        .collect();
    tx.insert_many("search_postings", columns, rows).await?;
    Ok(())
}

fn is_public(lanes: &[i64]) -> bool {
    let public = [lane::public(Field::Title), lane::public(Field::Text)];
    lanes.iter().any(|lane| public.contains(lane))
}

impl Words {
    /// The words of titles, as they are kept with the document.
    pub(super) fn kept(&self, ids: &HashMap<String, i64>) -> TitleWords {
        let word = |entry: &Entry| Some((*ids.get(&entry.word)?, entry.impact));
        TitleWords::new(self.lanes.clone(), self.entries.iter().filter_map(word))
    }
}

/// Takes the words of titles away, given what is kept of them with each document.
pub(super) async fn clear_titles(
    tx: &mut Tx,
    documents: &[(i64, TitleWords)],
) -> Result<(), Error> {
    let mut fewer: BTreeMap<i64, i64> = BTreeMap::new();
    let mut rows = Vec::new();
    for (document_no, kept) in documents {
        for (id, impact) in &kept.words {
            if is_public(&kept.lanes) {
                *fewer.entry(*id).or_default() -= 1;
            }
            for lane in &kept.lanes {
                rows.push([*id, *lane, *impact, *document_no, TITLES]);
            }
        }
    }
    vocabulary::count_uses(tx, &fewer).await?;
    rows.sort_unstable();
    for some in rows.chunks(CLEARED) {
        tx.execute(clear_sql(some), vec![]).await?;
    }
    Ok(())
}

/// What takes places away, by the primary key.
pub(super) fn clear_sql(keys: &[[i64; 5]]) -> Sql {
    let mut sql = Sql::new(
        "DELETE FROM search_postings WHERE (word_id, lane, impact, document_no, source_no) IN (VALUES ",
    );
    // Lists have few lengths, and engines few texts to prepare.
    let again = keys.len().next_power_of_two() - keys.len();
    let again = iter::repeat_n(keys.last(), again).flatten();
    for (index, key) in keys.iter().chain(again).enumerate() {
        sql.push(if index == 0 { "(" } else { ", (" });
        for (index, number) in key.iter().enumerate() {
            sql.push(if index == 0 { "" } else { ", " }).bind(*number);
        }
        sql.push(")");
    }
    sql.push(")");
    sql
}

/// Which words of texts are meant: those of one text, or of all texts of some documents. By
/// `search_postings_of_texts`.
fn push_selected(sql: &mut Sql, documents: &[i64], source: Option<i64>) {
    sql.push(" WHERE p.document_no IN ");
    sql.push_list(documents.iter().copied());
    sql.push(" AND p.source_no > 0");
    if let Some(source) = source {
        sql.push(" AND p.source_no = ").bind(source);
    }
}

/// The query for how many public uses the words of texts have.
pub(super) fn text_uses_sql(documents: &[i64], source: Option<i64>) -> Sql {
    let mut sql = Sql::new("SELECT p.word_id, COUNT(*) FROM search_postings p");
    push_selected(&mut sql, documents, source);
    sql.push(" AND p.lane = ")
        .bind(lane::public(Field::Text))
        .push(" GROUP BY p.word_id");
    sql
}

/// Takes the words of texts away, and returns nothing of them.
pub(super) async fn clear_texts(
    tx: &mut Tx,
    documents: &[i64],
    source: Option<i64>,
) -> Result<(), Error> {
    for part in documents.chunks(LISTED) {
        let public: Vec<(i64, i64)> = tx.all(text_uses_sql(part, source), vec![]).await?;
        let fewer = public.into_iter().map(|(id, count)| (id, -count)).collect();
        vocabulary::count_uses(tx, &fewer).await?;
        let mut sql = Sql::new("DELETE FROM search_postings AS p");
        push_selected(&mut sql, part, source);
        tx.execute(sql, vec![]).await?;
    }
    Ok(())
}

/// Moves the words of a text to other lanes.
pub(super) async fn move_to(
    tx: &mut Tx,
    document_no: i64,
    source_no: i64,
    lanes: &[i64],
) -> Result<(), Error> {
    let mut sql = Sql::new("SELECT DISTINCT p.word_id, p.impact, p.place FROM search_postings p");
    push_selected(&mut sql, &[document_no], Some(source_no));
    let words: Vec<(i64, i64, i64)> = tx.all(sql, vec![]).await?;
    clear_texts(tx, &[document_no], Some(source_no)).await?;
    if is_public(lanes) {
        let more = words.iter().map(|(id, _, _)| (*id, 1)).collect();
        vocabulary::count_uses(tx, &more).await?;
    }
    let rows = words.iter().flat_map(|(id, impact, place)| {
        lanes
            .iter()
            .map(|lane| (*id, *lane, *impact, document_no, source_no, *place))
    });
    insert(tx, rows.collect()).await
}
