//! Whether a word is one that was asked for.

use std::collections::{HashMap, hash_map::Entry};

use super::{
    fold::Folded,
    hyphens,
    spelling::{self, Spelling},
    words::{self, Word},
};

/// A shorter query word is found at the beginning of words only, not inside them.
pub const INSIDE_CHARS: usize = 3;

/// How well a word fits the one asked for, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// It is the word.
    Exact,
    /// It begins with it.
    Prefix,
    /// It has it inside.
    Inside,
}

impl Fit {
    /// All, the best first.
    pub const ALL: [Self; 3] = [Self::Exact, Self::Prefix, Self::Inside];

    /// How much the fit counts, in hundredths.
    #[must_use]
    pub const fn weight(self) -> i64 {
        match self {
            Self::Exact => 100,
            Self::Prefix => 70,
            Self::Inside => 40,
        }
    }
}

/// A word that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The ways to write it.
    pub spellings: Vec<Spelling>,
}

impl Asked {
    /// The words of a query, each once, in their order.
    #[must_use]
    pub fn words(query: &str) -> Vec<Self> {
        let mut seen: Vec<Word> = Vec::new();
        for word in words::of(&Folded::of(query)) {
            if !seen.iter().any(|known| known.chars == word.chars) {
                seen.push(word);
            }
        }
        seen.iter()
            .map(|word| Self {
                spellings: spelling::of(&word.chars),
            })
            .collect()
    }

    /// Returns how well `word` fits in any of its spellings, and which of its characters do so.
    #[must_use]
    pub fn find(&self, word: &[char]) -> Option<(Fit, usize, usize)> {
        let theirs = spelling::of(word);
        let mut best = None;
        for asked in &self.spellings {
            for their in &theirs {
                // Two Cyrillic words are compared as they are.
                if asked.is_latin && their.is_latin {
                    continue;
                }
                let Some((fit, start)) = fit(&asked.chars, &their.chars) else {
                    continue;
                };
                if best.is_some_and(|(known, _, _)| known <= fit) {
                    continue;
                }
                let letter = |index: usize| their.letters.get(index).copied();
                let first = letter(start).unwrap_or(0);
                let last = letter(start + asked.chars.len() - 1).unwrap_or(first);
                best = Some(match fit {
                    Fit::Exact => (fit, 0, word.len()),
                    Fit::Prefix | Fit::Inside => (fit, first, last + 1),
                });
            }
        }
        best
    }
}

fn fit(asked: &[char], word: &[char]) -> Option<(Fit, usize)> {
    if asked.is_empty() {
        return None;
    }
    if word == asked {
        return Some((Fit::Exact, 0));
    }
    if word.starts_with(asked) {
        return Some((Fit::Prefix, 0));
    }
    if asked.len() < INSIDE_CHARS {
        return None;
    }
    let start = word.windows(asked.len()).position(|part| part == asked)?;
    Some((Fit::Inside, start))
}

/// Finds where the words asked for are in texts. Titles have many words in common, and each is compared once.
#[derive(Debug)]
pub struct Highlighter<'a> {
    asked: &'a [Asked],
    /// For each word that was compared, which of its characters fit.
    compared: HashMap<Vec<char>, Vec<(usize, usize)>>,
}

impl<'a> Highlighter<'a> {
    /// Prepares for texts.
    #[must_use]
    pub fn new(asked: &'a [Asked]) -> Self {
        Self {
            asked,
            compared: HashMap::new(),
        }
    }

    /// Returns where the words are in a text, in code points, in order and without overlap.
    #[must_use]
    pub fn places(&mut self, text: &str) -> Vec<(usize, usize)> {
        let folded = Folded::of(text);
        let mut found = self.fitting(&folded, words::of(&folded));
        if let Some(joined) = hyphens::join(text, &folded, true) {
            found.extend(self.fitting(&joined.folded, joined.words));
        }
        found.sort_unstable();
        let mut merged: Vec<(usize, usize)> = Vec::new();
        for (start, end) in found {
            match merged.last_mut() {
                Some(last) if start < last.1 => last.1 = last.1.max(end),
                _ => merged.push((start, end)),
            }
        }
        merged
    }

    /// Returns which characters of some words of a text fit, in code points of the original.
    fn fitting(&mut self, folded: &Folded, words: Vec<Word>) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        for Word { start: at, chars } in words {
            let compare = |chars: &Vec<char>| {
                let fitting = self.asked.iter().filter_map(|one| one.find(chars));
                fitting.map(|(_, start, end)| (start, end)).collect()
            };
            let fitting = match self.compared.entry(chars) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => {
                    let fitting = compare(new.key());
                    new.insert(fitting)
                }
            };
            for (start, end) in fitting {
                let origin = |index: usize| folded.origins.get(at + index).copied();
                if let (Some((first, _)), Some((_, last))) = (origin(*start), origin(*end - 1)) {
                    found.push((first, last));
                }
            }
        }
        found
    }
}
