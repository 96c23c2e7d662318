//! Texts in a drawing: escaped, and cut or wrapped to the room there is.

/// What stands for the rest of a text.
const REST: char = '…';

/// Makes a text safe as the content of an element and as an attribute. Characters that XML 1.0 does not allow become
/// replacement characters.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\t' | '\n' | '\r' => safe.push(' '),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => safe.push('\u{fffd}'),
            other => safe.push(other),
        }
    }
    safe
}

/// About how wide a text is, for a size of the font. Counted for DejaVu Sans, the widest of the usual fonts, so that texts
/// are rather too short than too long.
pub(super) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(breadth).sum::<f64>() * size
}

/// The breadth of a character in parts of the font's size.
fn breadth(character: char) -> f64 {
    match character {
        '\u{300}'..='\u{36f}' => 0.0,
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | 'і' | '’' | '‘' => {
            0.33
        }
        ' ' | 'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '/' | '-' => 0.42,
        'm' | 'w' | 'M' | 'W' | 'ш' | 'щ' | 'ж' | 'ю' | 'ы' | 'ф' | 'м' | 'Ш' | 'Щ' | 'Ж' | 'Ю'
        | 'Ы' | 'Ф' | 'М' => 1.0,
        other if other.is_uppercase() => 0.74,
        other if (other as u32) < 0x2e80 => 0.64,
        // Letters of East Asia and pictures.
        _ => 1.05,
    }
}

/// Breaks a text into at most so many lines; the last one says when there would be more.
pub(super) fn wrapped(text: &str, size: f64, room: f64, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let longer = if line.is_empty() {
            word.to_owned()
        } else {
            format!("{line} {word}")
        };
        if width(&longer, size) <= room || line.is_empty() {
            line = longer;
        } else {
            lines.push(std::mem::replace(&mut line, word.to_owned()));
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    if lines.len() > most {
        let rest = lines.split_off(most.saturating_sub(1)).join(" ");
        // Longer than the room, so that it is cut and says so.
        lines.push(format!("{rest} {}", " ".repeat(4)));
    }
    lines.iter().map(|line| cut(line, size, room)).collect()
}

/// Cuts a text to the room there is.
pub(super) fn cut(text: &str, size: f64, room: f64) -> String {
    if width(text.trim_end(), size) <= room && text.trim_end() == text {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut taken = breadth(REST) * size;
    for character in text.trim_end().chars() {
        taken += breadth(character) * size;
        if taken > room {
            break;
        }
        kept.push(character);
    }
    let mut kept = kept.trim_end().to_owned();
    kept.push(REST);
    kept
}
