//! Headings of sections: rows with a number or a word of headings, alone in their row.

/// Words that headings of sections begin with, before a number or a letter or by themselves.
const HEADINGS: &[&str] = &[
    "раздел",
    "глава",
    "bo'lim",
    "бўлим",
    "бөлім",
    "section",
    "part",
];

/// Whether a text alone in its row is a heading: `I. …`, `Раздел 2 …`.
pub(super) fn is_one(text: &str) -> bool {
    let folded = crate::plan::header::folded(text);
    if is_headed(&folded) {
        return true;
    }
    let Some((number, rest)) = folded.split_once(['.', ')']) else {
        return false;
    };
    is_roman(number) && !rest.trim().is_empty()
}

/// `раздел 2`, `section a.`, `глава`: not `раздельный сбор` and not `part of the road`.
fn is_headed(folded: &str) -> bool {
    let mut words = folded.split_whitespace();
    let first = words.next().unwrap_or_default();
    if !HEADINGS.contains(&first.trim_end_matches(['.', ':'])) {
        return false;
    }
    let Some(second) = words.next() else {
        return true;
    };
    let mark = second.trim_start_matches('№');
    let bare = mark.trim_end_matches(['.', ':', ')']);
    let is_number = bare.starts_with(|sign: char| sign.is_ascii_digit()) || is_roman(bare);
    // `глава и члены …`: a letter has a sign behind it, or nothing.
    let is_last = bare.len() < mark.len()
        || words
            .next()
            .is_none_or(|next| matches!(next, "-" | "–" | "—"));
    is_number || (bare.chars().count() == 1 && bare.chars().all(char::is_alphabetic) && is_last)
}

/// Whether a folded text is a Roman number, also in the letters that Cyrillic keyboards have for it.
fn is_roman(number: &str) -> bool {
    let is_sign = |sign| matches!(sign, 'i' | 'v' | 'x' | 'і' | 'х');
    !number.is_empty() && number.chars().all(is_sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_numbered_in_roman_or_say_so() {
        for heading in [
            "I. Торговля",
            "XII) Транспорт",
            "Раздел 1",
            "Section A",
            "IV. Bo'lim",
            "Раздел 2. Торговля",
            "Раздел №3",
            "Глава II Транспорт",
            "Section A. Trade",
            "Part B – Roads",
            "Бўлим",
        ] {
            assert!(is_one(heading), "{heading}");
        }
        for text in [
            "Build a road",
            "1. Build",
            "I.",
            "i",
            "Раздельный сбор отходов",
            "Главам регионов провести встречу",
            "Глава и члены делегации",
            "Participation in fairs",
            "Part of the road is rebuilt",
            "Sections of the railway",
        ] {
            assert!(!is_one(text), "{text}");
        }
    }
}
