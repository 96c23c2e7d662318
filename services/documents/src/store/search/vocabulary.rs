//! The words of a partnership's titles and texts, and which of them fit a word that is asked for.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use aip::{Sql, Value};
use storage::{Error, Tx, args};

use super::{LISTED, packed};
use crate::domain::search::{
    matching::{Asked, Fit, INSIDE_CHARS},
    spelling,
};

/// How many words of the vocabulary one word of a query stands for at most: the best, then the most used.
const FORMS: usize = 64;

/// How many words are looked at for each spelling, from either table.
const LOOKED_AT: i64 = 500;

storage::row! {
    /// A word.
    pub(super) struct WordRow {
        pub(super) word_id: i64,
        pub(super) word: String,
        pub(super) uses: i64,
    }
}

/// A word of the vocabulary that fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) word_id: i64,
    pub(super) fit: Fit,
    /// How many public titles and texts have it.
    pub(super) uses: i64,
}

/// Notes how many more public titles and texts have each word, and returns the words' ids; those that are new
/// become part of the vocabulary.
pub(super) async fn use_words(
    tx: &mut Tx,
    partnership: &str,
    uses: &BTreeMap<String, i64>,
) -> Result<HashMap<String, i64>, Error> {
    let uncounted = uses.iter().filter(|(_, more)| **more == 0);
    let uncounted: Vec<&String> = uncounted.map(|(word, _)| word).collect();
    let mut ids = HashMap::new();
    for part in uncounted.chunks(LISTED) {
        let rows: Vec<(i64, String)> = tx.all(known_sql(partnership, part), vec![]).await?;
        ids.extend(rows.into_iter().map(|(id, word)| (word, id)));
    }
    // In the order of the unique key: pages are written once.
    let rows = uses
        .iter()
        .filter(|(word, _)| !ids.contains_key(*word))
        .map(|(word, more)| args![partnership, word, *more])
        .collect();
    let noted: Vec<WordRow> = tx
        .insert_returning("search_words", WORD_COLUMNS, NOTE_USES, rows)
        .await?;
    let mut new = Vec::new();
    for row in noted {
        // One that nobody had used publicly may be known; its spellings are then there already.
        if uses.get(&row.word) == Some(&row.uses) {
            new.push((row.word_id, row.word.clone()));
        }
        ids.insert(row.word, row.word_id);
    }
    new.sort_unstable();
    spell(tx, partnership, &new).await?;
    Ok(ids)
}

const WORD_COLUMNS: &[&str] = &["partnership_id", "word", "uses"];

/// By the unique key of the vocabulary.
const NOTE_USES: &str = " ON CONFLICT (partnership_id, word) DO UPDATE SET uses = search_words.uses + excluded.uses \
     RETURNING word_id, word, uses";

/// The ids of words, by the unique key of the vocabulary.
pub(super) fn known_sql(partnership: &str, words: &[&String]) -> Sql {
    let mut sql =
        Sql::new("SELECT w.word_id, w.word FROM search_words w WHERE w.partnership_id = ");
    sql.bind(partnership).push(" AND w.word IN ");
    sql.push_list(words.iter().copied());
    sql
}

/// Keeps the spellings of new words, and their endings.
async fn spell(tx: &mut Tx, partnership: &str, new: &[(i64, String)]) -> Result<(), Error> {
    let (mut spellings, mut endings) = (BTreeSet::new(), BTreeSet::new());
    for (id, word) in new {
        let chars: Vec<char> = word.chars().collect();
        for spelling in spelling::of(&chars) {
            spellings.insert((spelling.text(), *id));
            let last = spelling.chars.len().saturating_sub(INSIDE_CHARS);
            for ending in spelling.chars.iter().enumerate().skip(1).take(last) {
                let ending: String = spelling.chars.iter().skip(ending.0).collect();
                endings.insert((ending, *id));
            }
        }
    }
    let rows = |set: BTreeSet<(String, i64)>| -> Vec<Vec<Value>> {
        let row = |(text, id): (String, i64)| args![partnership, text, id];
        set.into_iter().map(row).collect()
    };
    let columns = &["partnership_id", "spelling", "word_id"];
    tx.insert_new("search_spellings", columns, rows(spellings))
        .await?;
    let columns = &["partnership_id", "ending", "word_id"];
    tx.insert_new("search_endings", columns, rows(endings))
        .await?;
    Ok(())
}

/// Adds to how many public titles and texts have each word.
pub(super) async fn count_uses(tx: &mut Tx, more: &BTreeMap<i64, i64>) -> Result<(), Error> {
    let mut by_change: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for (id, change) in more.iter().filter(|(_, change)| **change != 0) {
        by_change.entry(*change).or_default().push(*id);
    }
    for (change, ids) in by_change {
        for part in ids.chunks(LISTED) {
            let mut sql = Sql::new("UPDATE search_words SET uses = uses + ");
            sql.bind(change).push(" WHERE word_id IN ");
            sql.push_list(part.iter().copied());
            tx.execute(sql, vec![]).await?;
        }
    }
    Ok(())
}

/// Finds the words that fit the one asked for, and whether there may be more of them.
pub(super) async fn forms(
    tx: &mut Tx,
    partnership: &str,
    asked: &Asked,
) -> Result<(Vec<Form>, bool), Error> {
    let mut found: Vec<(Form, String)> = Vec::new();
    let mut seen: HashSet<i64> = HashSet::new();
    let mut cut = false;
    for spelling in &asked.spellings {
        let text = spelling.text();
        let tables: &[bool] = if spelling.chars.len() < INSIDE_CHARS {
            &[false]
        } else {
            &[false, true]
        };
        for inside in tables {
            let sql = beginning_sql(partnership, &text, *inside, LOOKED_AT);
            let rows = read(tx, sql).await?;
            cut |= i64::try_from(rows.len()).unwrap_or(i64::MAX) > LOOKED_AT;
            for row in rows {
                // Several spellings lead to one word.
                if !seen.insert(row.word_id) {
                    continue;
                }
                let chars: Vec<char> = row.word.chars().collect();
                let Some((fit, _, _)) = asked.find(&chars) else {
                    continue;
                };
                let form = Form {
                    word_id: row.word_id,
                    fit,
                    uses: row.uses,
                };
                found.push((form, row.word));
            }
        }
    }
    found.sort_unstable_by(|(left, left_word), (right, right_word)| {
        let key = |form: &Form| (form.fit, -form.uses);
        key(left).cmp(&key(right)).then(left_word.cmp(right_word))
    });
    cut |= found.len() > FORMS;
    found.truncate(FORMS);
    Ok((found.into_iter().map(|(form, _)| form).collect(), cut))
}

/// Reads the words whose ids a query gives, as `word_id`; there are no spaces in them.
pub(super) async fn read(tx: &mut Tx, ids: Sql) -> Result<Vec<WordRow>, Error> {
    let text = packed::text(tx, words_sql(ids)).await?;
    let mut parts = text.split_ascii_whitespace();
    let mut read = Vec::new();
    while let Some(word_id) = parts.next() {
        let (Some(uses), Some(word)) = (parts.next(), parts.next()) else {
            return Err(packed::otherwise());
        };
        read.push(WordRow {
            word_id: word_id.parse().map_err(|_| packed::otherwise())?,
            word: word.to_owned(),
            uses: uses.parse().map_err(|_| packed::otherwise())?,
        });
    }
    Ok(read)
}

/// Words by their ids, each by the primary key: in a join PostgreSQL may read the whole vocabulary for a thousand words.
pub(super) fn words_sql(ids: Sql) -> Sql {
    let text = format!(
        "SELECT string_agg(CAST(few.word_id AS TEXT) || ' ' || (SELECT CAST(w.uses AS TEXT) || ' ' || w.word \
         FROM search_words w WHERE w.word_id = few.word_id), ' ') FROM ({}) few",
        ids.text
    );
    Sql {
        text,
        args: ids.args,
    }
}

/// The ids of words of which a spelling, or an ending of one, begins with a text; by the primary key of either table.
/// Every character of a word sorts before the last of Unicode. One more than `most`, which tells that there are more.
pub(super) fn beginning_sql(partnership: &str, text: &str, inside: bool, most: i64) -> Sql {
    let (table, column) = if inside {
        ("search_endings", "s.ending")
    } else {
        ("search_spellings", "s.spelling")
    };
    let mut sql = Sql::new(format!(
        "SELECT s.word_id FROM {table} s WHERE s.partnership_id = "
    ));
    sql.bind(partnership)
        .push(&format!(" AND {column} >= "))
        .bind(text)
        .push(&format!(" AND {column} < "))
        .bind(format!("{text}\u{10ffff}"))
        .push(&format!(" ORDER BY {column}, s.word_id LIMIT {}", most + 1));
    sql
}
