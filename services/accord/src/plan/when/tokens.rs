//! The pieces of a deadline: words, numbers and the signs between them.

use super::words::numeric_day;

/// Words, numbers, numbers with signs between them that are one date, and the signs that matter: `-`, `,` and `;`.
pub(super) fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    for piece in text.split_inclusive(|sign: char| {
        sign.is_whitespace() || matches!(sign, ',' | ';' | '(' | ')' | ':')
    }) {
        let sign = piece
            .chars()
            .next_back()
            .filter(|sign| matches!(sign, ',' | ';'));
        let piece = piece.trim_matches(|sign: char| {
            sign.is_whitespace() || matches!(sign, ',' | ';' | '(' | ')' | ':' | '.')
        });
        let parted = piece.split_once('-');
        match parted.and_then(|(first, last)| day(first).zip(day(last))) {
            _ if piece.is_empty() => {}
            _ if piece == "-" => tokens.push("--".to_owned()),
            Some((first, last)) => {
                tokens.extend(first);
                tokens.push("-".to_owned());
                tokens.extend(last);
            }
            None if day(piece).is_some() => tokens.extend(day(piece).into_iter().flatten()),
            None => {
                // `2022- 2023`: a blank on one side is enough.
                tokens.extend(piece.starts_with('-').then(|| "--".to_owned()));
                tokens.extend(pieces(piece.trim_matches('-')));
                tokens.extend(piece.ends_with('-').then(|| "--".to_owned()));
            }
        }
        tokens.extend(sign.map(String::from));
    }
    tokens
}

/// A day in numbers, and the word that stands to it without a blank: `31.12.2022г.`.
fn day(piece: &str) -> Option<Vec<String>> {
    let piece = piece.trim_end_matches('.');
    let end = piece.find(char::is_alphabetic).unwrap_or(piece.len());
    let (day, word) = piece.split_at_checked(end)?;
    numeric_day(day).map(|_| {
        let parts = [day, word].into_iter().filter(|part| !part.is_empty());
        parts.map(str::to_owned).collect()
    })
}

/// The runs of letters and of digits, and the dashes between them: `2022г` and `2-й` are of several.
fn pieces(piece: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut kind = None;
    for sign in piece.chars() {
        let now = match sign {
            '-' => {
                found.push("-".to_owned());
                None
            }
            // Of two things parted by it nobody knows which is meant.
            '/' => {
                found.push(";".to_owned());
                None
            }
            _ if sign.is_ascii_digit() => Some(true),
            _ if sign.is_alphabetic() => Some(false),
            _ => None,
        };
        match (now, found.last_mut()) {
            (None, _) => {}
            // `q2` is one word.
            (Some(true), Some(last))
                if kind == Some(false) && matches!(last.as_str(), "q" | "h") =>
            {
                last.push(sign);
            }
            (Some(_), Some(last)) if now == kind => last.push(sign),
            (Some(_), _) => found.push(sign.to_string()),
        }
        kind = now;
    }
    found
}
