//! Which of a text's languages is shown.

/// Returns the text in the language `wanted` (BCP 47): else in the same language and another script,
/// else in English, else the first; empty when there is none.
pub(super) fn pick<'a>(texts: impl Iterator<Item = (&'a str, &'a str)>, wanted: &str) -> String {
    texts
        .enumerate()
        .min_by_key(|(index, (tag, _))| (distance(tag, wanted), *index))
        .map(|(_, (_, text))| text.to_owned())
        .unwrap_or_default()
}

/// How far a language is from the one wanted.
fn distance(tag: &str, wanted: &str) -> u8 {
    if tag.eq_ignore_ascii_case(wanted) {
        0
    } else if primary(tag).eq_ignore_ascii_case(primary(wanted)) {
        1
    } else if primary(tag).eq_ignore_ascii_case("en") {
        2
    } else {
        3
    }
}

/// The language without script and region.
fn primary(tag: &str) -> &str {
    tag.split('-').next().unwrap_or(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: [(&str, &str); 4] = [
        ("kk", "Шарт"),
        ("uz-Latn", "Shartnoma"),
        ("uz-Cyrl", "Шартнома"),
        ("en", "Treaty"),
    ];

    #[test]
    fn nearest_language_is_shown() {
        for (wanted, text) in [
            ("uz-Cyrl", "Шартнома"),
            ("uz", "Shartnoma"),
            ("uz-Arab", "Shartnoma"),
            ("KK", "Шарт"),
            ("ru", "Treaty"),
        ] {
            assert_eq!(pick(TEXTS.into_iter(), wanted), text, "{wanted}");
        }
        assert_eq!(pick(TEXTS.into_iter().take(2), "ru"), "Шарт");
        assert_eq!(pick([].into_iter(), "ru"), "");
    }
}
