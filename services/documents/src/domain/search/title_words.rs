//! The words of a document's titles as one short text, which says of every word how much it weighs there and who finds
//! it.
//!
//! The text is read for every document that a search weighs, so it is short: groups of words of one weight, with a dot
//! before each, after the lanes. Numbers are written with five bits a character, the lowest first, and the ids of words in
//! a group as what each adds to the one before. Fifty words take some 250 characters.

use std::collections::BTreeMap;

/// What the characters stand for, from 0 on: a number ends with one of the first half.
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Half of the characters, which is also how many values one stands for.
const HALF: u64 = 32;

/// No character has this value; those between are none of the 64 either.
const NONE: u8 = 255;

/// The value of each byte as a character.
const VALUES: [u8; 256] = {
    let mut values = [NONE; 256];
    let mut value = 0;
    while value < 64 {
        #[expect(
            clippy::indexing_slicing,
            clippy::cast_possible_truncation,
            reason = "a constant"
        )]
        {
            values[DIGITS[value] as usize] = value as u8;
        }
        value += 1;
    }
    values
};

/// The least lane: that of deleted documents' titles.
const LEAST_LANE: i64 = -2;

/// The words of a document's titles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TitleWords {
    /// The lanes in which all of them stand.
    pub lanes: Vec<i64>,
    /// Each word's id and impact, by impact and id.
    pub words: Vec<(i64, i64)>,
}

impl TitleWords {
    /// The words with these ids and impacts, each id once.
    #[must_use]
    pub fn new(lanes: Vec<i64>, words: impl IntoIterator<Item = (i64, i64)>) -> Self {
        let mut words: Vec<(i64, i64)> = words.into_iter().collect();
        words.sort_unstable_by_key(|(id, impact)| (*impact, *id));
        Self { lanes, words }
    }

    /// Writes them. Ids and impacts are not negative; one that is counts as 0.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for lane in &self.lanes {
            push(&mut text, lane.saturating_sub(LEAST_LANE));
        }
        let mut groups: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
        for (id, impact) in &self.words {
            groups.entry(*impact).or_default().push(*id);
        }
        for (impact, mut ids) in groups {
            text.push('.');
            push(&mut text, impact);
            ids.sort_unstable();
            let mut last = 0;
            for id in ids {
                push(&mut text, id.saturating_sub(last));
                last = id;
            }
        }
        text
    }

    /// Reads what [`TitleWords::text`] wrote; nothing if it did not.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut groups = text.as_bytes().split(|byte| *byte == b'.');
        let mut lanes = Vec::new();
        for number in Numbers(groups.next()?) {
            lanes.push(number?.checked_add(LEAST_LANE)?);
        }
        let mut words = Vec::new();
        for group in groups {
            let mut numbers = Numbers(group);
            let impact = numbers.next()??;
            let mut id: i64 = 0;
            for more in numbers {
                id = id.checked_add(more?)?;
                words.push((id, impact));
            }
        }
        Some(Self { lanes, words })
    }
}

fn push(text: &mut String, number: i64) {
    let mut left = u64::try_from(number).unwrap_or(0);
    loop {
        let more = if left < HALF { 0 } else { HALF };
        let value = usize::try_from(left % HALF + more).unwrap_or(0);
        text.push(DIGITS.get(value).copied().map_or('A', char::from));
        left /= HALF;
        if more == 0 {
            return;
        }
    }
}

/// The numbers of a group; nothing in place of one that is cut off, too large or not written so.
struct Numbers<'a>(&'a [u8]);

impl Iterator for Numbers<'_> {
    type Item = Option<i64>;

    fn next(&mut self) -> Option<Option<i64>> {
        if self.0.is_empty() {
            return None;
        }
        let mut number: u128 = 0;
        for place in 0..i64::BITS.div_ceil(HALF.trailing_zeros()) {
            let Some((first, rest)) = self.0.split_first() else {
                break;
            };
            self.0 = rest;
            let value = u64::from(VALUES.get(usize::from(*first)).copied().unwrap_or(NONE));
            if value >= 2 * HALF {
                break;
            }
            number |= u128::from(value % HALF) << (place * HALF.trailing_zeros());
            if value < HALF {
                return Some(i64::try_from(number).ok());
            }
        }
        self.0 = &[];
        Some(None)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn fifty_words_take_some_two_hundred_characters() {
        let words = (0..50).map(|index| (index * 40_000 + 17, 1_000 + index % 5));
        let text = TitleWords::new(vec![0], words).text();
        assert!(text.len() < 300, "{}", text.len());
    }

    #[test]
    fn what_was_not_written_so_is_nothing() {
        for text in [
            "!", ".", "A.", "A..B", "A.B g", "A.Bg", "g", "ä", "A.B\u{0}",
        ] {
            assert_eq!(TitleWords::parse(text), None, "{text:?}");
        }
        let long = format!("A.B{}", "_".repeat(40));
        assert_eq!(TitleWords::parse(&long), None);
        let sum = format!("A.B{0}{0}", "_".repeat(12) + "H");
        assert_eq!(TitleWords::parse(&sum), None, "ids are not too large");
        assert_eq!(TitleWords::parse(""), Some(TitleWords::default()));
    }

    proptest! {
        #[test]
        fn words_come_back(
            lanes in prop::collection::vec(-2_i64..200_000, 0..4),
            words in prop::collection::btree_map(0_i64..i64::MAX, 0_i64..5_000, 0..60),
        ) {
            let words = TitleWords::new(lanes, words);
            prop_assert_eq!(TitleWords::parse(&words.text()), Some(words.clone()));
            prop_assert!(words.text().is_ascii());
            prop_assert!(!words.text().contains(char::is_whitespace));
        }

        #[test]
        fn no_text_is_a_panic(text in "\\PC*", coded in "[A-Za-z0-9_.-]*") {
            let _ = TitleWords::parse(&text);
            let _ = TitleWords::parse(&coded);
        }
    }
}
