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
    /// How much each word of the vocabulary counts.
    pub(super) weights: HashMap<i64, i64>,
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
        Self {
            parts: parts.collect(),
            weights: forms.iter().map(weight).collect(),
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
        let weight = self.weights.get(&word_id).copied().unwrap_or(0);
        let score = self.read.entry(place.document_no).or_insert(0);
        *score = (weight * place.score).max(*score);
    }

    /// The words of the vocabulary that it stands for.
    pub(super) fn words(&self) -> Vec<i64> {
        let mut words: Vec<i64> = self.weights.keys().copied().collect();
        words.sort_unstable();
        words
    }
}
