//! Lists within a cell.

/// The items of a list whose lines are numbered from 1, such as `1) …` or `2. …`; none where the text is no such list.
pub(super) fn numbered(text: &str) -> Option<Vec<String>> {
    let mut items: Vec<String> = Vec::new();
    for line in text.lines() {
        let line = line.trim();
        match item(line) {
            Some((number, rest)) if number == items.len() + 1 => items.push(rest.to_owned()),
            // A line that goes on.
            _ if !line.is_empty() => {
                let last = items.last_mut()?;
                last.push(' ');
                last.push_str(line);
            }
            _ => {}
        }
    }
    (items.len() > 1).then_some(items)
}

/// The number and the text of an item: `1) a`, `1. a`.
fn item(line: &str) -> Option<(usize, &str)> {
    let digits = line.chars().take_while(char::is_ascii_digit).count();
    let (number, rest) = line.split_at_checked(digits)?;
    let rest = rest.strip_prefix([')', '.'])?;
    // `1.2` is a number, and `01.02.2022` a day.
    if rest.starts_with(|sign: char| sign.is_ascii_digit()) {
        return None;
    }
    Some((number.parse().ok()?, rest.trim_start()))
}

/// What a cell says of one part of a list of `count`; of all where it does not part like it.
pub(super) fn share(text: &str, part: usize, count: usize, by_lines: bool) -> String {
    if count < 2 {
        return text.to_owned();
    }
    if let Some(items) = numbered(text)
        && items.len() == count
    {
        return items.get(part).cloned().unwrap_or_default();
    }
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    if by_lines && lines.len() == count {
        return lines.get(part).copied().unwrap_or_default().to_owned();
    }
    text.to_owned()
}

/// Words that headings of sections begin with.
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
pub(super) fn is_heading(text: &str) -> bool {
    let folded = crate::plan::header::folded(text);
    if HEADINGS.iter().any(|word| folded.starts_with(word)) {
        return true;
    }
    let Some((number, rest)) = folded.split_once(['.', ')']) else {
        return false;
    };
    let is_roman = !number.is_empty()
        && number
            .chars()
            .all(|sign| matches!(sign, 'i' | 'v' | 'x' | 'і' | 'х'));
    is_roman && !rest.trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_numbered_list_is_parted_and_other_lines_are_not() {
        assert_eq!(numbered("1) a\n  b\n2) c").unwrap(), ["a b", "c"]);
        assert_eq!(numbered("1. a\n2. b\n3. c").unwrap().len(), 3);
        for text in [
            "a\nb",
            "1) a",
            "2) a\n3) b",
            "1.2 a\n1.3 b",
            "01.02.2022\n02.02.2022",
            "a 1) b\n2) c",
        ] {
            assert_eq!(numbered(text), None, "{text}");
        }
    }

    #[test]
    fn a_cell_is_shared_out_only_where_it_parts_alike() {
        assert_eq!(share("1) x\n2) y", 1, 2, false), "y");
        assert_eq!(share("x\ny", 1, 2, true), "y");
        assert_eq!(share("x\ny", 1, 2, false), "x\ny");
        assert_eq!(share("1) x\n2) y\n3) z", 1, 2, true), "1) x\n2) y\n3) z");
        assert_eq!(share("x\ny", 0, 0, true), "x\ny");
    }

    #[test]
    fn headings_are_numbered_in_roman_or_say_so() {
        for heading in [
            "I. Торговля",
            "XII) Транспорт",
            "Раздел 1",
            "Section A",
            "IV. Bo'lim",
        ] {
            assert!(is_heading(heading), "{heading}");
        }
        for text in ["Build a road", "1. Build", "I.", "i"] {
            assert!(!is_heading(text), "{text}");
        }
    }
}
