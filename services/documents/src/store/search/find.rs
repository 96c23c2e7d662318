//! The best documents for a query, by reading the places of its words best first.
//!
//! This is the threshold algorithm of Fagin, Lotem and Naor ("Optimal aggregation algorithms for middleware",
//! 2003): the places of each word are read best first, in blocks; every document that turns up is weighed in full; and
//! when as many as are wanted are as good as one that has not turned up can be, they are the best. Documents need
//! every word, so that it also ends when one word has no places left; a word that few documents have is read whole at
//! once. What is read is bounded; an answer that hits the bound says so.

pub(super) mod queries;
mod stream;

use std::collections::{HashMap, HashSet};

use identity::Clearance;
use storage::{Error, Tx};

use self::{
    queries::{block_sql, probe_sql, titles_sql, whole_sql},
    stream::Stream,
};
use super::{
    packed,
    vocabulary::{self, Form},
};
use crate::domain::search::{
    impact,
    lane::{self, Field},
    matching::Asked,
    title_words::TitleWords,
};

/// How much is read at most, some 10 milliseconds: a place that is read counts 1.
const WORK: usize = 5_000;

/// What it counts to look into a document, which lies anywhere in the index, and besides for two words in its texts, or
/// for any number of them.
const DOCUMENT: usize = 4;
const WORDS: usize = 8;

/// A word asked for that no more titles and texts have is read whole.
const FEW: i64 = 500;

/// How much more work goes into the rarest word than into each of the others.
const RAREST: usize = 4;

/// How many lists of places one query reads, and about how many rows: the first of a search, and any other.
const PARTS: usize = 32;
const BLOCK: (usize, usize) = (128, 1_024);

/// How many rows of one list a query reads at least.
const FEWEST_ROWS: usize = 8;

/// How many documents one query weighs.
const WEIGHED: usize = 512;

/// What is looked for, and by whom.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    /// The id of the partnership.
    pub(crate) partnership: String,
    /// The words; a document needs all of them.
    pub(crate) asked: Vec<Asked>,
    /// Where to look.
    pub(crate) fields: Vec<Field>,
    /// What the caller may read.
    pub(crate) clearance: Clearance,
    /// How many documents the partnership has, for the rarity of words.
    pub(crate) documents: i64,
    /// How many public titles and texts have each word asked for, where the page before says so: scores are then the
    /// same on all pages, whatever is registered between them.
    pub(crate) having: Option<Vec<i64>>,
    /// The last one of the page before.
    pub(crate) after: Option<Hit>,
    /// How many to return at most.
    pub(crate) wanted: usize,
}

impl Question {
    pub(super) fn lanes(&self, field: Field) -> Vec<i64> {
        if self.fields.contains(&field) {
            lane::read(&self.clearance, field)
        } else {
            Vec::new()
        }
    }

    fn all_lanes(&self) -> Vec<i64> {
        let mut lanes = self.lanes(Field::Title);
        lanes.extend(self.lanes(Field::Text));
        lanes
    }
}

/// A document that was found: better ones are greater, and of equally good ones the newer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hit {
    /// How well it fits.
    pub(crate) score: i64,
    /// Its number in the index.
    pub(crate) document_no: i64,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Found {
    /// The documents, best first.
    pub(crate) hits: Vec<Hit>,
    /// Whether better ones may be missing.
    pub(crate) approximate: bool,
    /// How many public titles and texts have each word asked for, as it was weighed.
    pub(crate) having: Vec<i64>,
    /// The words of the vocabulary that each word asked for stands for.
    pub(super) forms: Vec<Vec<Form>>,
}

/// A search under way.
struct Search<'a> {
    question: &'a Question,
    lanes: Vec<i64>,
    /// The words asked for, the rarest first.
    streams: Vec<Stream>,
    weighed: HashSet<i64>,
    hits: Vec<Hit>,
    work: usize,
}

/// Finds the best documents.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn find(tx: &mut Tx, question: &Question) -> Result<Found, Error> {
    let mut found = Found::default();
    for asked in &question.asked {
        let (forms, cut) = vocabulary::forms(tx, &question.partnership, asked).await?;
        found.approximate |= cut;
        found.forms.push(forms);
    }
    found.having = match &question.having {
        Some(having) if having.len() == found.forms.len() => having.clone(),
        _ => found.forms.iter().map(|forms| uses(forms)).collect(),
    };
    let mut search = Search::of(question, &found.forms, &found.having);
    found.approximate |= !search.run(tx).await?;
    found.hits = search.hits;
    Ok(found)
}

fn uses(forms: &[Form]) -> i64 {
    forms.iter().map(|form| form.uses).sum()
}

impl<'a> Search<'a> {
    fn of(question: &'a Question, forms: &[Vec<Form>], having: &[i64]) -> Self {
        let most = if question.fields.contains(&Field::Title) {
            impact::TITLE
        } else {
            impact::TEXT
        };
        let lanes = question.all_lanes();
        let mut streams: Vec<Stream> = forms
            .iter()
            .zip(having)
            .map(|(forms, having)| {
                let rarity = impact::rarity(question.documents, *having);
                Stream::of(forms, &lanes, rarity, most)
            })
            .collect();
        streams.sort_by_key(|stream| stream.uses);
        Self {
            question,
            lanes,
            streams,
            weighed: HashSet::new(),
            hits: Vec::new(),
            work: 0,
        }
    }

    /// Reads until the best are known; false if that was too much.
    async fn run(&mut self, tx: &mut Tx) -> Result<bool, Error> {
        if self.read_whole(tx).await? {
            return Ok(true);
        }
        while !self.is_done() {
            if self.work >= WORK {
                return Ok(false);
            }
            let before = self.work;
            let index = self.cheapest();
            self.read(tx, index).await?;
            if let Some(stream) = self.streams.get_mut(index) {
                stream.work += self.work - before;
            }
        }
        Ok(true)
    }

    /// The word to read next. When all places of the rarest word are read, nothing else needs to be, so that most work
    /// goes there. What turns up of a common word is dear where the others stand for many words of the vocabulary.
    fn cheapest(&self) -> usize {
        let works = self.streams.iter().enumerate();
        let weighted = works.map(|(index, stream)| match index {
            0 => (stream.work, 0),
            _ => (stream.work * RAREST, index),
        });
        weighted.min().map_or(0, |(_, index)| index)
    }

    /// Reads all places of the rarest word if those are few; false if they are not.
    async fn read_whole(&mut self, tx: &mut Tx) -> Result<bool, Error> {
        let Some(stream) = self.streams.first_mut() else {
            return Ok(true);
        };
        if stream.uses > FEW || stream.parts.is_empty() {
            return Ok(stream.parts.is_empty());
        }
        // What is not public is not among the uses.
        let limit = usize::try_from(2 * FEW).unwrap_or(usize::MAX);
        let sql = whole_sql(&stream.words(), &self.lanes, limit);
        let rows = packed::read(tx, sql).await?;
        if rows.len() == limit {
            return Ok(false);
        }
        self.work += rows.len();
        stream.parts.clear();
        let mut documents = Vec::new();
        for [word_id, score, document_no] in rows {
            stream.note(word_id, Hit { score, document_no });
            documents.push(document_no);
        }
        self.weigh(tx, documents).await?;
        Ok(true)
    }

    fn is_done(&self) -> bool {
        let mut bound = Hit {
            score: 0,
            document_no: i64::MAX,
        };
        for stream in &self.streams {
            let Some(best) = stream.bound() else {
                return true;
            };
            bound.score += best.score;
            bound.document_no = bound.document_no.min(best.document_no);
        }
        match self.question.wanted.checked_sub(1) {
            Some(last) => self.hits.get(last).is_some_and(|hit| *hit >= bound),
            None => true,
        }
    }

    /// Reads a block of a word's places, and weighs the documents that turn up.
    async fn read(&mut self, tx: &mut Tx, index: usize) -> Result<(), Error> {
        let Some(stream) = self.streams.get_mut(index) else {
            return Ok(());
        };
        let next = stream.next();
        if next.is_empty() {
            return Ok(());
        }
        let limit = (stream.block / next.len())
            .next_power_of_two()
            .max(FEWEST_ROWS);
        let lists = next.iter().map(|part| (part.word_id, part.lane, part.last));
        let sql = block_sql(lists, limit);
        let mut read: HashMap<(i64, i64), (usize, Hit)> = next
            .iter()
            .map(|part| ((part.word_id, part.lane), (0, part.last)))
            .collect();
        let rows = packed::read(tx, sql).await?;
        stream.block = (4 * stream.block).min(BLOCK.1);
        self.work += rows.len();
        let mut documents = Vec::new();
        for [word_id, lane, score, document_no] in rows {
            let place = Hit { score, document_no };
            if let Some((count, last)) = read.get_mut(&(word_id, lane)) {
                *count += 1;
                *last = place.min(*last);
            }
            stream.note(word_id, place);
            documents.push(document_no);
        }
        for part in &mut stream.parts {
            if let Some((count, last)) = read.get(&(part.word_id, part.lane)) {
                part.last = *last;
                part.is_read = *count < limit;
            }
        }
        self.weigh(tx, documents).await
    }

    /// Weighs documents that turned up: the best of each word, if they have all.
    async fn weigh(&mut self, tx: &mut Tx, mut documents: Vec<i64>) -> Result<(), Error> {
        if let [stream] = self.streams.as_slice() {
            // What is read is in order as far as it counts.
            let hits = stream.read.iter().map(|(document_no, score)| Hit {
                score: *score,
                document_no: *document_no,
            });
            self.hits = hits.collect();
        } else {
            documents.retain(|document| self.weighed.insert(*document));
            for part in documents.chunks(WEIGHED) {
                let hits = self.weighed(tx, part).await?;
                self.hits.extend(hits);
            }
        }
        if let Some(after) = self.question.after {
            self.hits.retain(|hit| *hit < after);
        }
        self.hits.sort_unstable_by(|left, right| right.cmp(left));
        self.hits.truncate(self.question.wanted);
        Ok(())
    }

    /// Returns those of some documents that have all words, weighed. What texts have of a word is looked for only in the
    /// documents that have the rarer ones.
    async fn weighed(&mut self, tx: &mut Tx, documents: &[i64]) -> Result<Vec<Hit>, Error> {
        let looked_into = self.look_into(tx, documents).await?;
        let hit = |document_no: &i64| Hit {
            score: 0,
            document_no: *document_no,
        };
        let mut hits: Vec<Hit> = documents.iter().map(hit).collect();
        for (index, stream) in self.streams.iter().enumerate() {
            let has_texts = |document: &i64| {
                let looked_into = looked_into.get(document);
                looked_into.is_some_and(|one| one.has_texts) && stream.known(*document).is_none()
            };
            let asked = hits.iter().map(|hit| hit.document_no);
            let asked: Vec<i64> = asked.filter(has_texts).collect();
            self.work += asked.len() * (DOCUMENT + (stream.weights.len() / 2).min(WORDS));
            let found = probe(tx, stream, &asked, &self.lanes).await?;
            hits.retain_mut(|hit| {
                let looked_into = looked_into.get(&hit.document_no);
                let in_titles = looked_into.and_then(|one| one.in_titles.get(index));
                let in_texts = found.get(&hit.document_no);
                let found = || in_titles.max(in_texts).copied().unwrap_or(0);
                let score = stream.known(hit.document_no).unwrap_or_else(found);
                hit.score += score;
                score > 0
            });
        }
        Ok(hits)
    }

    /// Looks into those of some documents of which it is not known what they have of each word asked for.
    async fn look_into(
        &mut self,
        tx: &mut Tx,
        documents: &[i64],
    ) -> Result<HashMap<i64, LookedInto>, Error> {
        let is_known = |document| self.streams.iter().all(|one| one.known(document).is_some());
        let mut asked = documents.to_vec();
        asked.retain(|document| !is_known(*document));
        if asked.is_empty() {
            return Ok(HashMap::new());
        }
        self.work += asked.len() * DOCUMENT;
        let in_texts = self.question.fields.contains(&Field::Text);
        let mut looked_into = HashMap::new();
        for (document_no, has_texts, kept) in titles(tx, &asked).await? {
            let is_read = kept.lanes.iter().any(|lane| self.lanes.contains(lane));
            let best = |stream: &Stream| if is_read { stream.best(&kept.words) } else { 0 };
            let one = LookedInto {
                in_titles: self.streams.iter().map(best).collect(),
                has_texts: has_texts && in_texts,
            };
            looked_into.insert(document_no, one);
        }
        Ok(looked_into)
    }
}

/// What was read of a document.
struct LookedInto {
    /// What its titles have of each word asked for at best.
    in_titles: Vec<i64>,
    /// Whether there are texts of it to look into.
    has_texts: bool,
}

/// Reads whether the index has texts of documents, and the words of their titles.
async fn titles(tx: &mut Tx, documents: &[i64]) -> Result<Vec<(i64, bool, TitleWords)>, Error> {
    let text = packed::text(tx, titles_sql(documents)).await?;
    let mut parts = text.split_ascii_whitespace();
    let mut read = Vec::with_capacity(documents.len());
    while let Some(number) = parts.next() {
        let number: i64 = number.parse().map_err(|_| packed::otherwise())?;
        let (Some(texts), Some(words)) = (parts.next(), parts.next()) else {
            return Err(packed::otherwise());
        };
        read.push((number, texts != "0", super::title_words(number, words)?));
    }
    Ok(read)
}

/// Reads what the texts of documents have of a word at best; of those that do not have it, nothing.
async fn probe(
    tx: &mut Tx,
    stream: &Stream,
    documents: &[i64],
    lanes: &[i64],
) -> Result<HashMap<i64, i64>, Error> {
    let mut best = HashMap::new();
    if documents.is_empty() {
        return Ok(best);
    }
    let sql = probe_sql(documents, &stream.words());
    for [document, word, lane, impact] in packed::read(tx, sql).await? {
        if lanes.contains(&lane) {
            let score = best.entry(document).or_insert(0);
            *score = (stream.weight(word) * impact).max(*score);
        }
    }
    Ok(best)
}
