//! The words of a text: where they are, and how often.

use std::collections::BTreeMap;

use unicode_segmentation::UnicodeSegmentation as _;

use super::fold::Folded;

/// The longest word; of a longer run of letters each part of this length is one.
pub const WORD_CHARS: usize = 48;

/// A word in a folded text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Its first character in the folded text.
    pub start: usize,
    /// Its characters.
    pub chars: Vec<char>,
}

impl Word {
    /// The word as text.
    #[must_use]
    pub fn text(&self) -> String {
        self.chars.iter().collect()
    }
}

/// Finds the words of a folded text: the words of Unicode Standard Annex 29, parted where a sign stands in
/// them.
#[must_use]
pub fn of(folded: &Folded) -> Vec<Word> {
    let text = folded.text();
    let mut words = Vec::new();
    let mut at = 0;
    for segment in text.split_word_bounds() {
        let mut chars = Vec::new();
        for char in segment.chars() {
            if char.is_alphanumeric() {
                chars.push(char);
            }
            if !chars.is_empty() && (!char.is_alphanumeric() || chars.len() == WORD_CHARS) {
                let end = if char.is_alphanumeric() { at + 1 } else { at };
                words.push(word(end, &mut chars));
            }
            at += 1;
        }
        if !chars.is_empty() {
            words.push(word(at, &mut chars));
        }
    }
    words
}

fn word(end: usize, chars: &mut Vec<char>) -> Word {
    let chars = std::mem::take(chars);
    Word {
        start: end - chars.len(),
        chars,
    }
}

/// How often each word is in a text, and where first, in code points of the original.
#[must_use]
pub fn counted(folded: &Folded, words: &[Word]) -> BTreeMap<String, (i64, usize)> {
    let mut counted = BTreeMap::new();
    for word in words {
        let place = folded.origins.get(word.start).map_or(0, |origin| origin.0);
        counted.entry(word.text()).or_insert((0, place)).0 += 1;
    }
    counted
}
