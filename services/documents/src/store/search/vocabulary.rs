//! The words of a partnership's titles and texts, and which of them fit a word that is asked for.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aip::{Sql, Value};
use storage::{Error, Tx, args};

use super::statement::{LISTED, batches, insert_new, insert_sql, push_list};
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
    struct WordRow {
        word_id: i64,
        word: String,
        uses: i64,
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
    let words: Vec<&String> = uses.keys().collect();
    let mut ids = HashMap::new();
    for part in words.chunks(LISTED) {
        let rows: Vec<(i64, String)> = tx.all(known_sql(partnership, part), vec![]).await?;
        ids.extend(rows.into_iter().map(|(id, word)| (word, id)));
    }
    let mut rows: Vec<Vec<Value>> = Vec::new();
    let mut new = BTreeSet::new();
    for (word, more) in uses {
        if !ids.contains_key(word) {
            new.insert(word.clone());
        }
        if *more != 0 || !ids.contains_key(word) {
            rows.push(args![partnership, word, *more]);
        }
    }
    let mut new_ids = Vec::new();
    for part in batches(&rows) {
        let noted: Vec<(i64, String)> = tx.all(note_sql(part), vec![]).await?;
        for (id, word) in noted {
            if new.contains(&word) {
                new_ids.push((id, word.clone()));
            }
            ids.insert(word, id);
        }
    }
    new_ids.sort_unstable();
    spell(tx, partnership, &new_ids).await?;
    Ok(ids)
}

/// The ids of words, by the unique key of the vocabulary.
pub(super) fn known_sql(partnership: &str, words: &[&String]) -> Sql {
    let mut sql =
        Sql::new("SELECT w.word_id, w.word FROM search_words w WHERE w.partnership_id = ");
    sql.bind(partnership).push(" AND w.word IN ");
    push_list(&mut sql, words.iter().copied());
    sql
}

/// Words in the order of the unique key, so that two writers do not wait for each other.
fn note_sql(rows: &[Vec<Value>]) -> Sql {
    insert_sql(
        "search_words (partnership_id, word, uses)",
        rows,
        " ON CONFLICT (partnership_id, word) DO UPDATE SET uses = search_words.uses + excluded.uses \
         RETURNING word_id, word",
    )
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
    insert_new(
        tx,
        "search_spellings (partnership_id, spelling, word_id)",
        &rows(spellings),
    )
    .await?;
    insert_new(
        tx,
        "search_endings (partnership_id, ending, word_id)",
        &rows(endings),
    )
    .await
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
            push_list(&mut sql, part.iter().copied());
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
    let mut found: HashMap<i64, (Form, String)> = HashMap::new();
    let mut cut = false;
    for spelling in &asked.spellings {
        let text = spelling.text();
        let tables: &[bool] = if spelling.chars.len() < INSIDE_CHARS {
            &[false]
        } else {
            &[false, true]
        };
        for inside in tables {
            let sql = beginning_sql(partnership, &text, *inside);
            let rows: Vec<WordRow> = tx.all(sql, vec![]).await?;
            cut |= i64::try_from(rows.len()).unwrap_or(i64::MAX) > LOOKED_AT;
            for row in rows {
                let chars: Vec<char> = row.word.chars().collect();
                let Some((fit, _, _)) = asked.find(&chars) else {
                    continue;
                };
                let form = Form {
                    word_id: row.word_id,
                    fit,
                    uses: row.uses,
                };
                found.insert(row.word_id, (form, row.word));
            }
        }
    }
    let mut found: Vec<(Form, String)> = found.into_values().collect();
    found.sort_unstable_by(|(left, left_word), (right, right_word)| {
        let key = |form: &Form| (form.fit, -form.uses);
        key(left).cmp(&key(right)).then(left_word.cmp(right_word))
    });
    cut |= found.len() > FORMS;
    found.truncate(FORMS);
    Ok((found.into_iter().map(|(form, _)| form).collect(), cut))
}

/// Words of which a spelling, or an ending of one, begins with a text; by the primary key of either table.
/// Every character of a word sorts before the last of Unicode.
pub(super) fn beginning_sql(partnership: &str, text: &str, inside: bool) -> Sql {
    let (table, column) = if inside {
        ("search_endings", "s.ending")
    } else {
        ("search_spellings", "s.spelling")
    };
    let mut sql = Sql::new(format!(
        "SELECT w.word_id, w.word, w.uses FROM {table} s JOIN search_words w ON w.word_id = s.word_id \
         WHERE s.partnership_id = "
    ));
    sql.bind(partnership)
        .push(&format!(" AND {column} >= "))
        .bind(text)
        .push(&format!(" AND {column} < "))
        .bind(format!("{text}\u{10ffff}"))
        .push(&format!(
            " ORDER BY {column}, s.word_id LIMIT {}",
            LOOKED_AT + 1
        ));
    sql
}
