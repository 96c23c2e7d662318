//! The places of one word asked for, as far as they are read.

use std::{cmp::Reverse, collections::HashMap};

use super::{super::vocabulary::Form, BLOCK, Hit, PARTS, uses};

/// The places of one word of the vocabulary in one lane, best first.
pub(super) struct Part {
    pub(super) word_id: i64,
    pub(super) lane: i64,
    pub(super) weight: i64,
    /// The last place that was read.
    pub(super) last: Hit,
    pub(super) is_read: bool,
}

impl Part {
    /// The best that a document can have of it whose place is not read.
    pub(super) fn bound(&self) -> Hit {
        Hit {
            score: self.weight * self.last.score,
            ..self.last
        }
    }
}

/// The places of one word asked for.
pub(super) struct Stream {
    pub(super) parts: Vec<Part>,
    /// How much each word of the vocabulary counts, by the ids of the words.
    pub(super) weights: Vec<(i64, i64)>,
    /// How many public titles and texts have it.
    pub(super) uses: i64,
    /// What each document has of it at best, as far as it was read.
    pub(super) read: HashMap<i64, i64>,
    /// How many rows to read next.
    pub(super) block: usize,
    /// How much work it took so far to read it, and to look for the other words in what turned up.
    pub(super) work: usize,
}

impl Stream {
    pub(super) fn of(forms: &[Form], lanes: &[i64], rarity: i64, most: i64) -> Self {
        let part = |form: &Form, lane: i64| Part {
            word_id: form.word_id,
            lane,
            weight: rarity * form.fit.weight(),
            last: Hit {
                score: most,
                document_no: i64::MAX,
            },
            is_read: false,
        };
        let parts = forms
            .iter()
            .flat_map(|form| lanes.iter().map(move |lane| part(form, *lane)));
        let weight = |form: &Form| (form.word_id, rarity * form.fit.weight());
        let mut weights: Vec<(i64, i64)> = forms.iter().map(weight).collect();
        weights.sort_unstable();
        Self {
            parts: parts.collect(),
            weights,
            uses: uses(forms),
            read: HashMap::new(),
            block: BLOCK.0,
            work: 0,
        }
    }

    /// The best that a document can have of this word that is not read.
    pub(super) fn bound(&self) -> Option<Hit> {
        self.unread().map(Part::bound).max()
    }

    pub(super) fn unread(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(|part| !part.is_read)
    }

    /// The lists of places to read next: the best, and those that are nearly as good.
    pub(super) fn next(&self) -> Vec<&Part> {
        let mut parts: Vec<&Part> = self.unread().collect();
        parts.sort_by_key(|part| Reverse(part.bound()));
        let best = parts.first().map_or(0, |part| part.bound().score);
        parts.retain(|part| part.bound().score >= best - best / 10);
        parts.truncate(PARTS);
        parts
    }

    /// Notes a place that was read.
    pub(super) fn note(&mut self, word_id: i64, place: Hit) {
        let weight = self.weight(word_id);
        let score = self.read.entry(place.document_no).or_insert(0);
        *score = (weight * place.score).max(*score);
    }

    /// What a document has of this word, where that is certain: what is not read is no better than the bound.
    pub(super) fn known(&self, document_no: i64) -> Option<i64> {
        let unread = self.bound().map_or(0, |bound| bound.score);
        let score = self.read.get(&document_no).copied().unwrap_or(0);
        (score >= unread).then_some(score)
    }

    /// How much a word of the vocabulary counts; nothing if it does not stand for it.
    pub(super) fn weight(&self, word_id: i64) -> i64 {
        let place = self.weights.binary_search_by_key(&word_id, |(id, _)| *id);
        let weight = place.ok().and_then(|place| self.weights.get(place));
        weight.map_or(0, |(_, weight)| *weight)
    }

    /// The best of some words, each with its impact.
    pub(super) fn best(&self, words: &[(i64, i64)]) -> i64 {
        let weighed = words.iter().map(|(id, impact)| self.weight(*id) * impact);
        weighed.max().unwrap_or(0)
    }

    /// The words of the vocabulary that it stands for.
    pub(super) fn words(&self) -> Vec<i64> {
        self.weights.iter().map(|(id, _)| *id).collect()
    }
}
