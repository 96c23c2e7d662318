//! Words that are divided at the ends of lines, as PDFs have them: the whole word is found too, not its parts alone.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

use super::{
    fold::{APOSTROPHES, Folded},
    words::{self, Word},
};

/// What divides a word: the hyphen that people type, the one of Unicode, and the one that shows at line ends only.
const HYPHENS: [char; 3] = ['-', '\u{2010}', '\u{ad}'];

/// A text in which divided words are put together, and those words.
#[derive(Clone, Debug)]
pub struct Joined {
    /// The folded text.
    pub folded: Folded,
    /// The words that were divided.
    pub words: Vec<Word>,
}

/// Finds the divided words of a text that is folded as `folded`; nothing if there are none. In pieces of a text that are
/// shown, line ends have become spaces: `is_shown` says that it is one.
#[must_use]
pub fn join(text: &str, folded: &Folded, is_shown: bool) -> Option<Joined> {
    let breaks = breaks(text, is_shown);
    if breaks.is_empty() {
        return None;
    }
    let folded = folded.without(&breaks);
    let is_divided = |word: &Word| {
        let place = |index: usize| folded.origins.get(index).map_or(0, |origin| origin.0);
        let (first, last) = (place(word.start), place(word.start + word.chars.len() - 1));
        let next = breaks.partition_point(|range| range.start <= first);
        breaks.get(next).is_some_and(|range| range.end <= last)
    };
    let words = words::of(&folded).into_iter().filter(is_divided).collect();
    Some(Joined { folded, words })
}

/// Where words are divided: a hyphen after a letter and all white space after it, a line end among it, if a small letter
/// comes next. Before a capital it belongs to a name of two parts.
fn breaks(text: &str, is_shown: bool) -> Vec<Range<usize>> {
    let mut breaks = Vec::new();
    let mut chars = text.chars().enumerate().peekable();
    let mut before = ' ';
    while let Some((start, char)) = chars.next() {
        if !(HYPHENS.contains(&char) && before.is_alphabetic()) {
            // An apostrophe or a mark belongs to the letter before it.
            if !APOSTROPHES.contains(&char) && !is_combining_mark(char) {
                before = char;
            }
            continue;
        }
        let mut is_line_end = false;
        while let Some((_, space)) = chars.next_if(|(_, next)| next.is_whitespace()) {
            is_line_end |= is_shown || space == '\n';
        }
        if let (true, Some((end, next))) = (is_line_end, chars.peek().copied())
            && next.is_lowercase()
        {
            breaks.push(start..end);
        }
        before = ' ';
    }
    breaks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(text: &str) -> Vec<String> {
        let joined = join(text, &Folded::of(text), false);
        let words = joined.map(|joined| joined.words).unwrap_or_default();
        words.iter().map(Word::text).collect()
    }

    #[test]
    fn a_word_that_is_divided_at_a_line_end_is_found_whole() {
        for text in [
            "Согла-\nшение вступает",
            "Согла\u{ad}\nшение вступает",
            "Согла\u{2010} \n  шение вступает",
            "в силу согла-\n\nшение",
        ] {
            assert_eq!(joined(text), ["соглашение"], "{text:?}");
        }
        assert_eq!(joined("со-\nгла-\nшение"), ["соглашение"]);
        for text in ["bo‘-\nlib", "bo'-\nlib", "boʻ-\nlib"] {
            assert_eq!(joined(text), ["bolib"], "{text:?}");
        }
        assert_eq!(joined("вои\u{306}-\nна"), ["война"]);
        assert_eq!(
            joined("kelishuv- \nlar va sha-\nrtnoma"),
            ["kelishuvlar", "shartnoma"]
        );
    }

    #[test]
    fn what_is_not_divided_is_not_put_together() {
        for text in [
            "торгово-экономический",
            "Нур-\nСултан",
            "сторон - участников",
            "стороны -\nучастники",
            "5-\nй",
            "конец-\n",
            "-\nа",
        ] {
            assert_eq!(joined(text), Vec::<String>::new(), "{text:?}");
        }
    }
}
