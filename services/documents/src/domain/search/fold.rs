//! Folds text to the form in which words are compared: without letter case, diacritics and apostrophes.
//!
//! Cyrillic letters stay Cyrillic; how they are written in Latin letters is `spelling`'s. Every folded
//! character knows which code points it was made from, so that what is found can be shown in the original.

use std::ops::Range;

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Apostrophes and what is typed for them; all the same for a search. Among them are U+02BB of `oʻ` and `gʻ`
/// and U+02BC, the sign tutuq belgisi of the Uzbek Latin alphabet.
pub(super) const APOSTROPHES: [char; 15] = [
    '\'', '`', '´', 'ʹ', 'ʻ', 'ʼ', 'ʽ', 'ʾ', 'ʿ', 'ˈ', '‘', '’', '‛', '′', '＇',
];

/// A folded text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folded {
    /// The characters.
    pub chars: Vec<char>,
    /// For each character, the code points of the original that it stands for: first, and after the last.
    pub origins: Vec<(usize, usize)>,
}

impl Folded {
    /// Folds a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut folded = Self::default();
        let mut cluster = String::new();
        let mut start = 0;
        let mut next = 0;
        for (at, char) in text.chars().enumerate() {
            if !cluster.is_empty() && !is_combining_mark(char) {
                folded.push_cluster(&cluster, (start, at));
                cluster.clear();
            }
            if cluster.is_empty() {
                start = at;
            }
            cluster.push(char);
            next = at + 1;
        }
        folded.push_cluster(&cluster, (start, next));
        folded
    }

    /// The text without some characters of the original, by their places there, in order.
    #[must_use]
    pub fn without(&self, left_out: &[Range<usize>]) -> Self {
        let mut left_out = left_out.iter().peekable();
        let mut kept = Self::default();
        for (char, origin) in self.chars.iter().zip(&self.origins) {
            while left_out.next_if(|range| range.end <= origin.0).is_some() {}
            if left_out.peek().is_none_or(|range| origin.0 < range.start) {
                kept.push(*char, *origin);
            }
        }
        kept
    }

    /// The folded text.
    #[must_use]
    pub fn text(&self) -> String {
        self.chars.iter().collect()
    }

    /// Adds a character with the marks that stand on it.
    fn push_cluster(&mut self, cluster: &str, origin: (usize, usize)) {
        let mut chars = cluster.chars();
        match (chars.next(), chars.next()) {
            (Some(char), None) if is_simple(char) => {
                for char in char.to_lowercase() {
                    self.push(char, origin);
                }
            }
            (Some(char), None) if APOSTROPHES.contains(&char) => {}
            _ => self.push_composed(cluster, origin),
        }
    }

    /// Adds a character of any kind with its marks.
    fn push_composed(&mut self, cluster: &str, origin: (usize, usize)) {
        for char in cluster.nfc().flat_map(char::to_lowercase) {
            if APOSTROPHES.contains(&char) || is_invisible(char) {
                continue;
            }
            if is_own_letter(char) {
                self.push(char, origin);
                continue;
            }
            let parts = std::iter::once(char)
                .nfkd()
                .filter(|part| !is_combining_mark(*part));
            for part in parts.flat_map(char::to_lowercase) {
                if APOSTROPHES.contains(&part) || is_invisible(part) || is_combining_mark(part) {
                    continue;
                }
                match without_stroke(part) {
                    Some(letters) => letters.chars().for_each(|one| self.push(one, origin)),
                    None => self.push(part, origin),
                }
            }
        }
    }

    fn push(&mut self, char: char, origin: (usize, usize)) {
        self.chars.push(char);
        self.origins.push(origin);
    }
}

/// Characters of which only the case is to be folded: the most frequent ones, told quickly.
fn is_simple(char: char) -> bool {
    (char.is_ascii() && char != '\'' && char != '`')
        || matches!(char, 'А'..='я' | '\u{48a}'..='\u{4bf}' | 'Ә' | 'ә' | 'Ө' | 'ө')
}

/// Cyrillic letters that Unicode takes apart into a letter and a mark, and that are letters of their own.
fn is_own_letter(char: char) -> bool {
    matches!(char, 'й' | 'ё' | 'ў' | 'ї')
}

/// Characters that are not seen: soft hyphens, joiners, marks of direction.
fn is_invisible(char: char) -> bool {
    matches!(char, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Latin letters that Unicode does not take apart.
fn without_stroke(char: char) -> Option<&'static str> {
    Some(match char {
        'ß' => "ss",
        'ı' => "i",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'ħ' => "h",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'ς' => "σ",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_quickly_is_what_is_told_by_the_rules() {
        for char in '\0'..=char::MAX {
            let (mut quick, mut by_rules) = (Folded::default(), Folded::default());
            quick.push_cluster(&char.to_string(), (0, 1));
            by_rules.push_composed(&char.to_string(), (0, 1));
            assert_eq!(quick, by_rules, "{char:?}");
        }
    }
}
