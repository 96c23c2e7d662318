//! What a part of a title, letter by letter, tells of the title's words: a filter that asks for the part looks for
//! titles with those words.
//!
//! The part may begin and end inside of words. But a run of letters and digits in it is never parted by anything but
//! the greatest length of a word, so every title that contains the part has a word with the run inside, or two
//! words that follow each other and have it between them.

use std::cmp::Reverse;

use unicode_normalization::char::is_combining_mark;

use super::{fold::Folded, matching::INSIDE_CHARS, words::WORD_CHARS};

/// The shortest run that words are found by: wherever it is parted, one side has [`INSIDE_CHARS`].
const SHORTEST: usize = 2 * INSIDE_CHARS - 1;

/// The longest: more letters would not make it rarer. It is no longer than a word, and so is parted once at most.
const LONGEST: usize = 24;

/// Marks that make another letter of a Cyrillic one: `и` and `й`, `у` and `ў`, `е` and `ё`, `і` and `ї`.
const MAKING_LETTERS: [char; 2] = ['\u{306}', '\u{308}'];

/// Letters and digits, folded as words are, that stand together in every title that contains the part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run(Vec<char>);

/// What the words of the vocabulary that a run can be in are found by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clues {
    /// What such a word has at its beginning or inside.
    pub inside: String,
    /// What else it may begin with: the end of the run, where the run is parted.
    pub beginnings: Vec<String>,
    /// What else it may end with: the beginning of the run.
    pub endings: Vec<String>,
}

/// Returns the runs in a part of a title that are long enough to find words by, the longest first.
#[must_use]
pub fn runs(part: &str) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut run = Vec::new();
    let mut chars = part.chars().peekable();
    while let Some(char) = chars.next() {
        match letters(char, chars.peek().copied()) {
            Some(letters) => run.extend(letters),
            None => runs.push(std::mem::take(&mut run)),
        }
    }
    runs.push(run);
    runs.retain(|run| run.len() >= SHORTEST);
    runs.sort_by_key(|run| Reverse(run.len()));
    for run in &mut runs {
        run.truncate(LONGEST);
    }
    runs.into_iter().map(Run).collect()
}

/// How a character is folded, whatever stands around it; nothing for one at which words can be parted, and for one
/// whose marks, which may follow in the title, could make another letter of it.
fn letters(char: char, next: Option<char>) -> Option<Vec<char>> {
    let folded = Folded::of(&char.to_string()).chars;
    let is_alone = next.is_some_and(|next| !is_combining_mark(next));
    let is_changed = |mark: &char| Folded::of(&format!("{char}{mark}")).chars != folded;
    let is_sure = !is_combining_mark(char)
        && folded.iter().copied().all(is_letter)
        && (is_alone || !MAKING_LETTERS.iter().any(is_changed));
    is_sure.then_some(folded)
}

/// Whether it is a digit, or a Latin or Cyrillic letter: between those Unicode Standard Annex 29 ends no word.
fn is_letter(char: char) -> bool {
    char.is_ascii_digit()
        || (char.is_alphabetic()
            && (char.is_ascii() || matches!(char, '\u{c0}'..='\u{2af}' | '\u{400}'..='\u{52f}')))
}

impl Run {
    /// Returns what to look for in the vocabulary.
    #[must_use]
    pub fn clues(&self) -> Clues {
        // Of two sides the longer one is rarer.
        let half = self.half();
        let sides = |parted: usize| self.0.split_at(parted);
        let text = |chars: &[char]| chars.iter().collect::<String>();
        Clues {
            inside: text(&self.0),
            beginnings: (1..half).map(|parted| text(sides(parted).1)).collect(),
            endings: (half..self.0.len())
                .map(|parted| text(sides(parted).0))
                .collect(),
        }
    }

    /// Returns whether a word has the run inside, as every title with the part has one while no word of the vocabulary is of the
    /// greatest length.
    #[must_use]
    pub fn is_in(&self, word: &[char]) -> bool {
        word.windows(self.0.len()).any(|part| part == self.0)
    }

    /// Returns whether a word found by the clues can be in a title that contains the part.
    #[must_use]
    pub fn can_be_in(&self, word: &[char]) -> bool {
        let (half, length) = (self.half(), self.0.len());
        self.is_in(word)
            || (1..half).any(|parted| word.starts_with(self.0.split_at(parted).1))
            || (word.len() == WORD_CHARS
                && (half..length).any(|parted| word.ends_with(self.0.split_at(parted).0)))
    }

    /// From which place on the first side is the longer one, or as long.
    fn half(&self) -> usize {
        self.0.len().div_ceil(2)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::search::{spelling, words};

    fn texts(part: &str) -> Vec<String> {
        let runs = runs(part).into_iter();
        runs.map(|run| run.clues().inside).collect()
    }

    #[test]
    fn runs_are_folded_and_end_where_words_may() {
        assert_eq!(texts("Customs, TARIFFS"), ["customs", "tariffs"]);
        assert_eq!(texts("Oʻzbekiston"), ["ozbekiston"]);
        assert_eq!(texts("ПП-236 договор"), ["договор"]);
        assert_eq!(texts("PP236/2021"), ["pp236"]);
        assert_eq!(texts("Straße"), ["strasse"]);
        assert!(texts("a, b 100% ab-cd").is_empty());
    }

    #[test]
    fn a_last_letter_counts_where_no_mark_can_change_it() {
        assert_eq!(texts("Соглашени"), ["соглашен"]);
        assert_eq!(texts("Соглашени "), ["соглашени"]);
        assert_eq!(texts("Соглашение\u{308}"), ["соглашени"]);
        assert_eq!(texts("cafes\u{301}"), ["cafes"]);
    }

    #[test]
    fn a_run_that_a_long_word_parts_has_a_clue_on_one_side() {
        let clues = runs("abcde").remove(0).clues();
        assert_eq!(clues.beginnings, ["bcde", "cde"]);
        assert_eq!(clues.endings, ["abc", "abcd"]);
    }

    #[test]
    fn only_words_of_the_greatest_length_end_within_a_run() {
        let run = runs("kurganaryk ").remove(0);
        let can_be_in = |word: &str| run.can_be_in(&word.chars().collect::<Vec<_>>());
        assert!(can_be_in("toshkurganarykzar"));
        assert!(can_be_in("anarykzar"));
        assert!(can_be_in(&format!("{}kurgan", "x".repeat(42))));
        assert!(!can_be_in("kurgan"));
        assert!(!can_be_in("kent"));
    }

    /// Whether the vocabulary's spellings and endings have the word under one of the clues.
    fn is_found(run: &Run, word: &[char]) -> bool {
        let clues = run.clues();
        spelling::of(word).iter().any(|spelling| {
            let text = spelling.text();
            let endings: Vec<String> = (1..spelling.chars.len().saturating_sub(INSIDE_CHARS - 1))
                .map(|from| spelling.chars.iter().skip(from).collect())
                .collect();
            text.starts_with(&clues.inside)
                || endings.iter().any(|one| one.starts_with(&clues.inside))
                || clues.beginnings.iter().any(|one| text.starts_with(one))
                || clues.endings.iter().any(|one| endings.contains(one))
        })
    }

    /// Letters of the register's languages, what is typed for apostrophes, marks, signs and what cannot be seen.
    const TITLE: &str = "[a-cA-Cʻʼ'ßæøİışäé\u{301}\u{306}\u{308}\u{327}\u{ad}\u{200b}\u{200d}а-гиеуіёйўїқғҺʜ0-9_.,:\"\n \u{3042}\u{5d0}\u{ac00}Ⅷﬁªº²-]{0,60}";

    proptest! {
        #[test]
        fn every_title_with_the_part_has_a_word_of_each_run(title in TITLE, from in 0_usize..60, length in 0_usize..40) {
            let part: String = title.chars().skip(from).take(length).collect();
            check(&title, &part)?;
        }

        #[test]
        fn so_has_one_with_words_of_any_length(title in "([a-z]{1,70}|[а-яёў]{1,70})( [a-z0-9ʻ]{1,60}){0,2}", from in 0_usize..120, length in 5_usize..40) {
            let part: String = title.chars().skip(from).take(length).collect();
            check(&title, &part)?;
        }

        #[test]
        fn so_has_any_text(title in any::<String>(), from in 0_usize..20, length in 0_usize..20) {
            let part: String = title.chars().skip(from).take(length).collect();
            check(&title, &part)?;
        }
    }

    fn check(title: &str, part: &str) -> Result<(), TestCaseError> {
        let words = words::of(&Folded::of(title));
        for run in runs(part) {
            let mut chars = words.iter().map(|word| word.chars.as_slice());
            let found = chars.any(|word| run.can_be_in(word) && is_found(&run, word));
            prop_assert!(found, "{run:?} in {words:?}");
        }
        Ok(())
    }
}
