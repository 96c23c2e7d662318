//! Parties and sectors of a document as one short text, which a list tests without looking into another table.

/// Words in order, with a space around each; an empty text if there are none. No word has a space in it.
pub(super) fn pack(words: &[String]) -> String {
    let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
    words.sort_unstable();
    if words.is_empty() {
        String::new()
    } else {
        format!(" {} ", words.join(" "))
    }
}

/// What a packed text contains that has this word, and none does if a space is in it: two words are not one.
pub(super) fn member(word: &str) -> String {
    if word.contains(' ') {
        return "  ".to_owned();
    }
    format!(" {word} ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packed_text_contains_its_words_and_nothing_else() {
        let words = ["trade", "it", "customs-union"].map(str::to_owned);
        let packed = pack(&words);
        assert_eq!(packed, " customs-union it trade ");
        for word in &words {
            assert!(packed.contains(&member(word)));
        }
        for other in ["customs", "rade", "", " ", "it trade", "it ", "trad_"] {
            assert!(!packed.contains(&member(other)), "{other:?}");
        }
        assert_eq!(pack(&[]), "");
    }
}
