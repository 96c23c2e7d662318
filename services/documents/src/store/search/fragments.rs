//! Where in texts the words of a query are, for the documents of one page.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aip::Sql;
use storage::{Error, Tx};

use super::{
    LISTED, contents,
    find::{
        Found, Question,
        queries::{probing_sql, with_texts_sql},
    },
    packed,
};
use crate::domain::{AccessLevel, search::lane::Field};

/// How many places of texts are shown of a document.
const PLACES: usize = 3;

/// How many characters are read around a place, how many of them before it, and how many are shown.
const READ_CHARS: usize = 280;
const BEFORE_CHARS: usize = 60;
const SHOWN_CHARS: usize = 200;

/// How many documents one query asks about.
const ASKED: usize = 100;

/// A piece of a text with a word of the query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The last segment of the text's name.
    pub(crate) text_id: String,
    /// The last segment of the version's name.
    pub(crate) version_id: String,
    /// The language, as a BCP 47 tag.
    pub(crate) language: String,
    /// The words as they stand there.
    pub(crate) content: String,
    /// The stricter of the text's own access level and the one that it was indexed with.
    pub(crate) level: AccessLevel,
}

storage::row! {
    /// A text that is indexed.
    struct SourceRow {
        source_no: i64,
        text_id: String,
        version_id: String,
        language: String,
        indexed_level: i64,
        own_level: i64,
    }
}

/// A place of a word in a text; the better come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    /// How many better ones there are of the same word asked for.
    rank: usize,
    asked: usize,
    source_no: i64,
    place: usize,
}

/// Reads up to three places of each document's texts that have words of the query.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn places(
    tx: &mut Tx,
    question: &Question,
    found: &Found,
    documents: &[i64],
) -> Result<HashMap<i64, Vec<Place>>, Error> {
    let lanes = question.lanes(Field::Text);
    let mut words: BTreeMap<i64, Vec<(usize, usize)>> = BTreeMap::new();
    for (asked, forms) in found.forms.iter().enumerate() {
        for (order, form) in forms.iter().enumerate() {
            words.entry(form.word_id).or_default().push((asked, order));
        }
    }
    let ids: Vec<i64> = words.keys().copied().collect();
    let mut chosen: Vec<(i64, Candidate)> = Vec::new();
    if lanes.is_empty() || ids.is_empty() {
        return Ok(HashMap::new());
    }
    for part in documents.chunks(ASKED) {
        // Most documents of a page may have titles only, which are not looked into.
        let part: Vec<i64> = packed::read(tx, with_texts_sql(part))
            .await?
            .into_iter()
            .map(|[document]| document)
            .collect::<BTreeSet<i64>>()
            .into_iter()
            .collect();
        if part.is_empty() {
            continue;
        }
        let rows = packed::read(tx, places_sql(&part, &ids)).await?;
        let mut of_document: BTreeMap<i64, Vec<(usize, usize, i64, usize)>> = BTreeMap::new();
        for [document, word, lane, source, place] in rows {
            if !lanes.contains(&lane) {
                continue;
            }
            let place = usize::try_from(place).unwrap_or(0);
            for (asked, order) in words.get(&word).into_iter().flatten() {
                let place = (*asked, *order, source, place);
                of_document.entry(document).or_default().push(place);
            }
        }
        for (document, places) in of_document {
            chosen.extend(choose(places).into_iter().map(|one| (document, one)));
        }
    }
    read(tx, &chosen).await
}

/// Chooses places that do not overlap: the best of each word first, then the next best.
fn choose(mut places: Vec<(usize, usize, i64, usize)>) -> Vec<Candidate> {
    places.sort_unstable();
    let mut ranks: HashMap<usize, usize> = HashMap::new();
    let mut candidates: Vec<Candidate> = places
        .into_iter()
        .map(|(asked, _, source_no, place)| {
            let next = ranks.entry(asked).or_default();
            let rank = *next;
            *next += 1;
            Candidate {
                rank,
                asked,
                source_no,
                place,
            }
        })
        .collect();
    candidates.sort_unstable();
    let mut chosen: Vec<Candidate> = Vec::new();
    for one in candidates {
        let overlaps = chosen.iter().any(|other| {
            other.source_no == one.source_no && other.place.abs_diff(one.place) < SHOWN_CHARS
        });
        if !overlaps {
            chosen.push(one);
        }
        if chosen.len() == PLACES {
            break;
        }
    }
    chosen
}

async fn read(tx: &mut Tx, chosen: &[(i64, Candidate)]) -> Result<HashMap<i64, Vec<Place>>, Error> {
    let wanted: Vec<(i64, usize, usize)> = chosen
        .iter()
        .map(|(_, one)| {
            let start = one.place.saturating_sub(BEFORE_CHARS);
            (one.source_no, start, READ_CHARS)
        })
        .collect();
    let contents = contents::parts(tx, &wanted).await?;
    let mut numbers: Vec<i64> = chosen.iter().map(|(_, one)| one.source_no).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let mut sources = HashMap::new();
    for part in numbers.chunks(LISTED) {
        let mut sql = Sql::new(
            "SELECT s.source_no, s.text_id, s.version_id, s.language, s.access_level AS indexed_level, \
             COALESCE(t.access_level, s.access_level) AS own_level FROM search_sources s \
             LEFT JOIN text_versions v ON v.uid = s.version_uid LEFT JOIN texts t ON t.uid = v.text_uid \
             WHERE s.source_no IN ",
        );
        sql.push_list(part.iter().copied());
        let rows: Vec<SourceRow> = tx.all(sql, vec![]).await?;
        sources.extend(rows.into_iter().map(|row| (row.source_no, row)));
    }
    let mut places: HashMap<i64, Vec<Place>> = HashMap::new();
    for ((document, one), content) in chosen.iter().zip(contents) {
        if let Some(source) = sources.get(&one.source_no) {
            places.entry(*document).or_default().push(Place {
                text_id: source.text_id.clone(),
                version_id: source.version_id.clone(),
                language: source.language.clone(),
                content: shown(
                    &content,
                    one.place.min(BEFORE_CHARS),
                    one.place > BEFORE_CHARS,
                ),
                level: level(source.indexed_level.max(source.own_level)),
            });
        }
    }
    Ok(places)
}

fn level(code: i64) -> AccessLevel {
    AccessLevel::from_code(code).unwrap_or(AccessLevel::Restricted)
}

/// Cuts what was read around `place` to about 200 characters, between words; line ends become spaces.
fn shown(read: &str, place: usize, is_inside: bool) -> String {
    let chars: Vec<char> = read
        .chars()
        .map(|char| if char.is_whitespace() { ' ' } else { char })
        .collect();
    let first = if is_inside {
        let gap = chars.iter().take(place).position(|char| *char == ' ');
        gap.map_or(0, |gap| gap + 1)
    } else {
        0
    };
    let end = first + SHOWN_CHARS;
    let last = if chars.len() > end {
        let gap = chars.iter().take(end).rposition(|char| *char == ' ');
        gap.filter(|gap| *gap > place).unwrap_or(end)
    } else {
        chars.len()
    };
    let shown = chars.get(first..last).unwrap_or_default();
    shown.iter().collect::<String>().trim().to_owned()
}

/// Where words are in the texts of documents, in all lanes, by `search_postings_of_texts`.
pub(super) fn places_sql(documents: &[i64], words: &[i64]) -> Sql {
    let columns = ["document_no", "word_id", "lane", "source_no", "place"];
    probing_sql(documents, columns, words)
}
