//! The index of words: what of titles and texts is found, by whom, and how well it fits.
//!
//! It is an inverted index in ordinary tables, the same on both engines, so that both find the same: a vocabulary
//! (`vocabulary`), where its words stand, best first (`postings`), the words of each document's titles beside it, and a
//! search that reads no more of that than the answer needs (`find`).

mod contents;
mod find;
mod fragments;
mod packed;
#[cfg(test)]
mod plans;
mod postings;
#[cfg(test)]
pub(super) mod tests;
pub(crate) mod titles;
mod vocabulary;

pub(crate) use find::{Hit, Question, find};
pub(crate) use fragments::{Place, places};
pub(crate) use postings::Entry;

use std::collections::{BTreeMap, HashMap};

use aip::Sql;
use identity::Level;
use sha2::{Digest as _, Sha256};
use storage::{Error, Tx, args};

use crate::domain::{
    AccessLevel, Document,
    search::{
        lane::{self, Field},
        title_words::TitleWords,
    },
};
use postings::{TITLES, Words};

/// How many values stand in one list of a query.
const LISTED: usize = 500;

storage::row! {
    /// What the index has of a document.
    struct KnownRow {
        document_no: i64,
        uid: String,
        audience: String,
        titles_hash: String,
        words: String,
    }
}

storage::row! {
    /// A text that is indexed.
    struct SourceRow {
        source_no: i64,
        document_no: i64,
        access_level: i64,
    }
}

/// The text of one version, as it was taken from its file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TextSource<'a> {
    /// The unique id of the version.
    pub(crate) version_uid: &'a str,
    /// The last segment of the text's name, such as `uz-latn`.
    pub(crate) text_id: &'a str,
    /// The last segment of the version's name, such as `v1`.
    pub(crate) version_id: &'a str,
    /// The language, as a BCP 47 tag.
    pub(crate) language: &'a str,
    /// The access level of the text itself; the document's own holds too.
    pub(crate) level: AccessLevel,
    /// Its words.
    pub(crate) content: &'a str,
}

/// Begins to index the text of a version of `document`, in place of what the index had of it: its content is kept, and
/// none of its words are found until they are added.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn begin_text(
    tx: &mut Tx,
    document: &Document,
    text: &TextSource<'_>,
) -> Result<(), Error> {
    remove_text(tx, text.version_uid).await?;
    refresh(tx, std::slice::from_ref(document)).await?;
    let known = known(tx, &[document.uid.as_str()]).await?;
    let row = known.get(&document.uid).ok_or(Error::NotFound)?;
    let values = args![
        text.version_uid,
        row.document_no,
        text.text_id,
        text.version_id,
        text.language,
        text.level.code(),
    ];
    let sql = "INSERT INTO search_sources (version_uid, document_no, text_id, version_id, language, access_level) \
         VALUES ($1, $2, $3, $4, $5, $6) RETURNING source_no";
    let (source_no,): (i64,) = tx.one(sql, values).await?;
    contents::insert(tx, source_no, text.content).await
}

/// Makes words of a text that was begun searchable, for those who may read the text as it and the document are now.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn add_words(
    tx: &mut Tx,
    document: &Document,
    version_uid: &str,
    words: &[Entry],
) -> Result<(), Error> {
    let source = source(tx, version_uid).await?.ok_or(Error::NotFound)?;
    let words = Words {
        document_no: source.document_no,
        source_no: source.source_no,
        lanes: text_lanes(document, source.access_level),
        entries: words.to_vec(),
    };
    let words = [words];
    let ids = postings::note_uses(tx, &document.name.partnership, &words).await?;
    postings::write(tx, &words, &ids).await
}

/// The words of a text, each once, in order.
pub(crate) fn words_of(content: &str) -> Vec<Entry> {
    postings::of_text(content)
}

/// Takes the text of a version out of the index, and its content away.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn remove_text(tx: &mut Tx, version_uid: &str) -> Result<(), Error> {
    let Some(source) = source(tx, version_uid).await? else {
        return Ok(());
    };
    postings::clear_texts(tx, &[source.document_no], Some(source.source_no)).await?;
    contents::delete(tx, &[source.source_no]).await?;
    let sql = "DELETE FROM search_sources WHERE source_no = $1";
    tx.execute(sql, args![source.source_no]).await?;
    Ok(())
}

/// Brings the access level of all indexed versions of a text up to date.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn relevel_text(
    tx: &mut Tx,
    document: &Document,
    text_id: &str,
    level: AccessLevel,
) -> Result<(), Error> {
    let known = known(tx, &[document.uid.as_str()]).await?;
    let Some(row) = known.get(&document.uid) else {
        return Ok(());
    };
    let sql = "UPDATE search_sources SET access_level = $1 WHERE document_no = $2 AND text_id = $3 \
         RETURNING source_no, document_no, access_level";
    let values = args![level.code(), row.document_no, text_id];
    let sources: Vec<SourceRow> = tx.all(sql, values).await?;
    move_texts(tx, document, &sources).await
}

/// Brings the index of titles up to date with the documents, deleted ones too, and hides or shows their texts;
/// unchanged ones cost one query for all.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn refresh(tx: &mut Tx, documents: &[Document]) -> Result<(), Error> {
    let uids: Vec<&str> = documents.iter().map(|one| one.uid.as_str()).collect();
    let known = known(tx, &uids).await?;
    write(tx, documents, known).await
}

/// Indexes the titles of documents that were just made.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn insert(tx: &mut Tx, new: &[Document]) -> Result<(), Error> {
    write(tx, new, HashMap::new()).await
}

/// Brings the index up to date, given what it has of the documents.
async fn write(
    tx: &mut Tx,
    documents: &[Document],
    known: HashMap<String, KnownRow>,
) -> Result<(), Error> {
    let mut old = Vec::new();
    let mut changed: BTreeMap<&str, Vec<(&Document, Words)>> = BTreeMap::new();
    for document in documents {
        let row = known.get(&document.uid);
        if let Some(row) = row {
            if is_indexed(document, row) {
                continue;
            }
            if row.audience != audience(document) {
                let sources = sources_of(tx, row.document_no).await?;
                move_texts(tx, document, &sources).await?;
            }
            old.push(row);
        }
        let titles = document.content.titles.iter().map(|one| one.text.as_str());
        let words = Words {
            // Of a new document it follows.
            document_no: row.map_or(0, |row| row.document_no),
            source_no: TITLES,
            lanes: lanes(document, document.content.access_level, Field::Title),
            entries: postings::of_titles(titles),
        };
        let partnership = document.name.partnership.as_str();
        changed
            .entry(partnership)
            .or_default()
            .push((document, words));
    }
    postings::clear_titles(tx, &kept(old.into_iter())?).await?;
    for (partnership, changed) in changed {
        let (documents, mut words): (Vec<_>, Vec<_>) = changed.into_iter().unzip();
        let ids = postings::note_uses(tx, partnership, &words).await?;
        note(tx, &documents, &mut words, &ids).await?;
        postings::write(tx, &words, &ids).await?;
    }
    Ok(())
}

fn is_indexed(document: &Document, row: &KnownRow) -> bool {
    (&row.audience, &row.titles_hash) == (&audience(document), &titles_hash(document))
}

/// The words of titles that are kept with documents.
fn kept<'a>(rows: impl Iterator<Item = &'a KnownRow>) -> Result<Vec<(i64, TitleWords)>, Error> {
    let of_row = |row: &KnownRow| Ok((row.document_no, title_words(row.document_no, &row.words)?));
    rows.map(of_row).collect()
}

/// Reads the words of titles that are kept with a document.
fn title_words(document_no: i64, text: &str) -> Result<TitleWords, Error> {
    TitleWords::parse(text).ok_or_else(|| {
        let row = document_no.to_string();
        Error::corrupt(
            "search_documents",
            "words",
            &row,
            "it was written in another way",
        )
    })
}

/// Notes how documents are indexed now. New ones get their numbers, in the order given.
async fn note(
    tx: &mut Tx,
    documents: &[&Document],
    words: &mut [Words],
    ids: &HashMap<String, i64>,
) -> Result<(), Error> {
    let mut new = Vec::new();
    for (document, words) in documents.iter().zip(&*words) {
        let text = words.kept(ids).text();
        if words.document_no == 0 {
            new.push((*document, text));
            continue;
        }
        let sql = "UPDATE search_documents SET audience = $1, titles_hash = $2, words = $3 WHERE document_no = $4";
        let (audience, hash) = (audience(document), titles_hash(document));
        tx.execute(sql, args![audience, hash, text, words.document_no])
            .await?;
    }
    if new.is_empty() {
        return Ok(());
    }
    let numbers = register(tx, new).await?;
    for (document, words) in documents.iter().zip(words) {
        if let Some(number) = numbers.get(&document.uid) {
            words.document_no = *number;
        }
    }
    Ok(())
}

/// Removes all that the index has of documents that are purged, by their unique ids.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn purge(tx: &mut Tx, document_uids: &[&str]) -> Result<(), Error> {
    let known = known(tx, document_uids).await?;
    let mut numbers: Vec<i64> = known.values().map(|row| row.document_no).collect();
    numbers.sort_unstable();
    postings::clear_titles(tx, &kept(known.values())?).await?;
    postings::clear_texts(tx, &numbers, None).await?;
    for number in &numbers {
        let sources = sources_of(tx, *number).await?;
        let sources: Vec<i64> = sources.iter().map(|source| source.source_no).collect();
        contents::delete(tx, &sources).await?;
    }
    for part in numbers.chunks(LISTED) {
        for table in ["search_sources", "search_names", "search_documents"] {
            let mut sql = Sql::new(format!("DELETE FROM {table} WHERE document_no IN "));
            sql.push_list(part.iter().copied());
            tx.execute(sql, vec![]).await?;
        }
    }
    Ok(())
}

/// Reads the unique ids of documents by their numbers in the index.
pub(crate) async fn uids(tx: &mut Tx, numbers: &[i64]) -> Result<HashMap<i64, String>, Error> {
    let mut uids = HashMap::new();
    for part in numbers.chunks(LISTED) {
        let mut sql =
            Sql::new("SELECT s.document_no, s.uid FROM search_documents s WHERE s.document_no IN ");
        sql.push_list(part.iter().copied());
        let rows: Vec<(i64, String)> = tx.all(sql, vec![]).await?;
        uids.extend(rows);
    }
    Ok(uids)
}

/// Gives documents that the index does not know their numbers, in the order given.
async fn register(
    tx: &mut Tx,
    new: Vec<(&Document, String)>,
) -> Result<HashMap<String, i64>, Error> {
    let columns = &["uid", "partnership_id", "audience", "titles_hash", "words"];
    let names: Vec<(&str, &str)> = new
        .iter()
        .map(|(one, _)| (one.uid.as_str(), one.name.document.as_str()))
        .collect();
    let rows = new
        .into_iter()
        .map(|(one, words)| {
            args![
                one.uid.as_str(),
                one.name.partnership.as_str(),
                audience(one),
                titles_hash(one),
                words,
            ]
        })
        .collect();
    let returning = " RETURNING uid, document_no";
    let rows: Vec<(String, i64)> = tx
        .insert_returning("search_documents", columns, returning, rows)
        .await?;
    let numbers: HashMap<String, i64> = rows.into_iter().collect();
    let named = |(uid, name): &(&str, &str)| Some(args![*numbers.get(*uid)?, *name]);
    let names = names.iter().filter_map(named).collect();
    tx.insert_many("search_names", &["document_no", "document_id"], names)
        .await?;
    Ok(numbers)
}

async fn known(tx: &mut Tx, uids: &[&str]) -> Result<HashMap<String, KnownRow>, Error> {
    let mut known = HashMap::new();
    for part in uids.chunks(LISTED) {
        let mut sql = Sql::new(
            "SELECT s.document_no, s.uid, s.audience, s.titles_hash, s.words FROM search_documents s \
             WHERE s.uid IN ",
        );
        sql.push_list(part.iter().copied());
        let rows: Vec<KnownRow> = tx.all(sql, vec![]).await?;
        known.extend(rows.into_iter().map(|row| (row.uid.clone(), row)));
    }
    Ok(known)
}

async fn source(tx: &mut Tx, version_uid: &str) -> Result<Option<SourceRow>, Error> {
    let sql = "SELECT s.source_no, s.document_no, s.access_level FROM search_sources s WHERE s.version_uid = $1";
    tx.optional(sql, args![version_uid]).await
}

async fn sources_of(tx: &mut Tx, document_no: i64) -> Result<Vec<SourceRow>, Error> {
    let sql = "SELECT s.source_no, s.document_no, s.access_level FROM search_sources s \
         WHERE s.document_no = $1 ORDER BY s.source_no";
    tx.all(sql, args![document_no]).await
}

/// Moves texts to where those find them who may read the document now.
async fn move_texts(tx: &mut Tx, document: &Document, sources: &[SourceRow]) -> Result<(), Error> {
    for source in sources {
        let lanes = text_lanes(document, source.access_level);
        postings::move_to(tx, source.document_no, source.source_no, &lanes).await?;
    }
    Ok(())
}

/// The lanes of a text: the stricter of its own level and the document's counts.
fn text_lanes(document: &Document, own: i64) -> Vec<i64> {
    let level = AccessLevel::from_code(own).unwrap_or(AccessLevel::Restricted);
    lanes(
        document,
        document.content.access_level.stricter(level),
        Field::Text,
    )
}

fn lanes(document: &Document, level: AccessLevel, field: Field) -> Vec<i64> {
    let level: Level = level.clearance_level();
    let content = &document.content;
    lane::written(level, &content.parties, document.deleted.is_some(), field)
}

/// Who finds the document, as text that differs when that does.
fn audience(document: &Document) -> String {
    let content = &document.content;
    let mut parties = content.parties.clone();
    parties.sort_unstable();
    match (document.deleted, content.access_level) {
        (Some(_), _) => "deleted".to_owned(),
        (None, AccessLevel::Public) => "public".to_owned(),
        (None, level) => format!("{} {}", level.code(), parties.join(" ")),
    }
}

fn titles_hash(document: &Document) -> String {
    let mut digest = Sha256::new();
    for title in &document.content.titles {
        digest.update(title.text.as_bytes());
        digest.update([0]);
    }
    let mut hash = hex::encode(digest.finalize());
    hash.truncate(32);
    hash
}
