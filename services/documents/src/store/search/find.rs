//! The best documents for a query, by reading the places of its words best first.
//!
//! This is the threshold algorithm of Fagin, Lotem and Naor ("Optimal aggregation algorithms for middleware",
//! 2003): the places of each word are read best first, in blocks; every document that turns up is weighed in full; and
//! when as many as are wanted are as good as one that has not turned up can be, they are the best. Documents need
//! every word, so that it also ends when one word has no places left. What is read is bounded; an answer that
//! hits the bound says so.

use std::collections::{HashMap, HashSet};

use aip::Sql;
use identity::Clearance;
use storage::{Error, Tx};

use super::vocabulary::{self, Form};
use crate::domain::search::{
    impact,
    lane::{self, Field},
    matching::{Asked, Fit},
};

/// How much is read at most: a place counts 1, and weighing a document 1 for 16 words of the vocabulary.
const WORK: usize = 40_000;

/// How many rows all parts of a block's query read at most, and how many a block has.
const BLOCK_READ: usize = 4_096;
const BLOCK: (usize, usize) = (16, 256);

/// How many documents one query weighs.
const WEIGHED: usize = 100;

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

/// The places of those words that fit one word asked for equally well.
struct Class {
    weight: i64,
    words: Vec<i64>,
    /// The last place that was read.
    last: Hit,
    is_read: bool,
}

/// The places of one word asked for.
struct Stream {
    classes: Vec<Class>,
}

impl Stream {
    fn of(forms: &[Form], documents: i64, having: i64, most: i64) -> Self {
        let rarity = impact::rarity(documents, having);
        let class = |fit: Fit| Class {
            weight: rarity * fit.weight(),
            words: forms
                .iter()
                .filter(|form| form.fit == fit)
                .map(|form| form.word_id)
                .collect(),
            last: Hit {
                score: most,
                document_no: i64::MAX,
            },
            is_read: false,
        };
        let classes = Fit::ALL.map(class);
        Self {
            classes: classes
                .into_iter()
                .filter(|class| !class.words.is_empty())
                .collect(),
        }
    }

    /// The best that a document can have of this word that has not turned up.
    fn bound(&self) -> Option<Hit> {
        self.classes
            .iter()
            .filter(|class| !class.is_read)
            .map(|class| Hit {
                score: class.weight * class.last.score,
                ..class.last
            })
            .max()
    }

    /// The class with the best places that are not read.
    fn next(&mut self) -> Option<&mut Class> {
        self.classes
            .iter_mut()
            .filter(|class| !class.is_read)
            .max_by_key(|class| class.weight * class.last.score)
    }
}

/// A search under way.
struct Search<'a> {
    question: &'a Question,
    lanes: Vec<i64>,
    streams: Vec<Stream>,
    /// For each word of the vocabulary, the words asked for and how much it counts for them.
    weights: HashMap<i64, Vec<(usize, i64)>>,
    seen: HashSet<i64>,
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
        let streams: Vec<Stream> = forms
            .iter()
            .zip(having)
            .map(|(forms, having)| Stream::of(forms, question.documents, *having, most))
            .collect();
        let mut weights: HashMap<i64, Vec<(usize, i64)>> = HashMap::new();
        for (index, stream) in streams.iter().enumerate() {
            for class in &stream.classes {
                for word in &class.words {
                    weights
                        .entry(*word)
                        .or_default()
                        .push((index, class.weight));
                }
            }
        }
        Self {
            question,
            lanes: question.all_lanes(),
            streams,
            weights,
            seen: HashSet::new(),
            hits: Vec::new(),
            work: 0,
        }
    }

    /// Reads until the best are known; false if that was too much.
    async fn run(&mut self, tx: &mut Tx) -> Result<bool, Error> {
        loop {
            for index in self.rarest_first() {
                if self.is_done() {
                    return Ok(true);
                }
                if self.work >= WORK {
                    return Ok(false);
                }
                self.read(tx, index).await?;
            }
            if self.is_done() {
                return Ok(true);
            }
        }
    }

    /// The rarest word comes first: when all its places are read, nothing else needs to be.
    fn rarest_first(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.streams.len()).collect();
        let rarity = |index: &usize| {
            let stream = self.streams.get(*index);
            let class = stream.and_then(|stream| stream.classes.first());
            std::cmp::Reverse(class.map_or(i64::MAX, |class| class.weight))
        };
        order.sort_by_key(rarity);
        order
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
        let Some(class) = self.streams.get_mut(index).and_then(Stream::next) else {
            return Ok(());
        };
        let parts = (class.words.len() * self.lanes.len()).max(1);
        let limit = (BLOCK_READ / parts).clamp(BLOCK.0, BLOCK.1);
        let sql = block_sql(&class.words, &self.lanes, class.last, limit);
        let rows: Vec<(i64, i64)> = tx.all(sql, vec![]).await?;
        class.is_read = rows.len() < limit;
        if let Some((score, document_no)) = rows.last().copied() {
            class.last = Hit { score, document_no };
        }
        self.work += rows.len();
        let new: Vec<i64> = rows
            .into_iter()
            .map(|(_, document)| document)
            .filter(|document| self.seen.insert(*document))
            .collect();
        self.work += new.len() * self.weights.len() / 16;
        for part in new.chunks(WEIGHED) {
            self.weigh(tx, part).await?;
        }
        self.hits.sort_unstable_by(|left, right| right.cmp(left));
        self.hits.truncate(self.question.wanted);
        Ok(())
    }

    /// Weighs documents: the best of each word, if they have all.
    async fn weigh(&mut self, tx: &mut Tx, documents: &[i64]) -> Result<(), Error> {
        let mut words: Vec<i64> = self.weights.keys().copied().collect();
        words.sort_unstable();
        let sql = probe_sql(documents, &words, &self.lanes);
        let rows: Vec<(i64, i64, i64)> = tx.all(sql, vec![]).await?;
        let mut best: HashMap<i64, Vec<i64>> = HashMap::new();
        for (document, word, impact) in rows {
            let scores = best
                .entry(document)
                .or_insert_with(|| vec![0; self.streams.len()]);
            for (index, weight) in self.weights.get(&word).into_iter().flatten() {
                if let Some(score) = scores.get_mut(*index) {
                    *score = (weight * impact).max(*score);
                }
            }
        }
        for (document_no, scores) in best {
            let hit = Hit {
                score: scores.iter().sum(),
                document_no,
            };
            let is_later = self.question.after.is_none_or(|after| hit < after);
            if is_later && scores.iter().all(|score| *score > 0) {
                self.hits.push(hit);
            }
        }
        Ok(())
    }
}

/// The best places of words in lanes after one of them, read backwards from the primary key.
pub(super) fn block_sql(words: &[i64], lanes: &[i64], after: Hit, limit: usize) -> Sql {
    let mut sql = Sql::new("SELECT b.impact, b.document_no FROM (");
    let mut separator = "";
    for word in words {
        for lane in lanes {
            sql.push(separator)
                .push(
                    "SELECT * FROM (SELECT p.impact, p.document_no FROM search_postings p WHERE p.word_id = ",
                )
                .bind(*word)
                .push(" AND p.lane = ")
                .bind(*lane)
                .push(" AND (p.impact, p.document_no) < (")
                .bind(after.score)
                .push(", ")
                .bind(after.document_no)
                .push(&format!(
                    ") ORDER BY p.impact DESC, p.document_no DESC LIMIT {limit}) AS part"
                ));
            separator = " UNION ALL ";
        }
    }
    sql.push(&format!(
        ") AS b ORDER BY b.impact DESC, b.document_no DESC LIMIT {limit}"
    ));
    sql
}

/// What documents have of words, by `search_postings_by_document`.
pub(super) fn probe_sql(documents: &[i64], words: &[i64], lanes: &[i64]) -> Sql {
    let mut sql = Sql::new(
        "SELECT p.document_no, p.word_id, p.impact FROM search_postings p WHERE p.document_no IN ",
    );
    sql.push_list(documents.iter().copied());
    sql.push(" AND p.word_id IN ");
    sql.push_list(words.iter().copied());
    sql.push(" AND p.lane IN ");
    sql.push_list(lanes.iter().copied());
    sql
}
