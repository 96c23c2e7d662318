//! Lists within a cell.
//!
//! Items stand on lines of their own, with numbers (`1)`, `1.`, `1-`, `3.1.`), letters (`а)`) or bullets, or one after the other as
//! `1) …; 2) …`. What stands before the first item is the list's introduction.

/// A list of two items or more.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct List {
    /// What stands before the first item; empty if nothing does.
    pub(super) intro: String,
    /// The items, without their marks and without the `;` at their ends.
    pub(super) items: Vec<String>,
}

impl List {
    /// An item with what introduces all of them.
    pub(super) fn introduced(&self, part: usize) -> String {
        let item = self.items.get(part).map_or("", String::as_str);
        match self.intro.as_str() {
            "" => item.to_owned(),
            intro if intro.ends_with(':') => format!("{intro} {item}"),
            intro => format!("{intro}: {item}"),
        }
    }
}

/// What an item begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    /// `2)`, `2.`, `2-`, `3.2.`: the last number.
    Number(usize),
    /// `б)`: the place of the letter in its alphabet.
    Letter(usize),
    /// `-`, `•`.
    Bullet,
}

impl Mark {
    fn is_after(self, before: Option<(Self, usize)>) -> bool {
        match (self, before) {
            (Self::Number(number) | Self::Letter(number), None) => number == 1,
            (Self::Bullet, None | Some((Self::Bullet, _))) => true,
            (Self::Number(number), Some((Self::Number(_), count)))
            | (Self::Letter(number), Some((Self::Letter(_), count))) => number == count + 1,
            _ => false,
        }
    }
}

/// The letters of items; `ё` and `й` count nothing.
const LETTERS: [&str; 2] = ["абвгдежзиклмн", "abcdefghijklmn"];

/// The list that a text is, if it is one.
pub(super) fn of(text: &str) -> Option<List> {
    lines(text).or_else(|| in_line(text))
}

/// Whether a text that is no list has marks of one.
pub(super) fn is_like_one(text: &str) -> bool {
    of(text).is_none()
        && text
            .lines()
            .filter(|line| mark(line.trim()).is_some())
            .count()
            > 1
}

/// A list with its items on lines.
fn lines(text: &str) -> Option<List> {
    let mut intro = String::new();
    let mut items: Vec<String> = Vec::new();
    let mut last = None;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match (mark(line), items.last_mut()) {
            (Some((mark, rest)), _) if mark.is_after(last) => {
                items.push(rest.to_owned());
                last = Some((mark, items.len()));
            }
            // A line that goes on.
            (_, Some(item)) => go_on(item, line),
            (_, None) => go_on(&mut intro, line),
        }
    }
    let is_numbered = matches!(last, Some((Mark::Number(_), _)));
    let is_list = items.len() > 1 && (is_numbered || intro.is_empty() || intro.ends_with(':'));
    is_list.then(|| List {
        intro,
        items: items.iter().map(|item| bare(item)).collect(),
    })
}

fn go_on(text: &mut String, line: &str) {
    if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(line);
}

/// A list with its items one after the other: `1) a; 2) b`.
fn in_line(text: &str) -> Option<List> {
    let mut cuts: Vec<(usize, usize)> = Vec::new();
    let mut sign = None;
    for (place, _) in text.char_indices() {
        let (before, rest) = text.split_at_checked(place)?;
        if !(before.is_empty() || before.ends_with(char::is_whitespace)) {
            continue;
        }
        let number = (cuts.len() + 1).to_string();
        let Some(after) = rest.strip_prefix(&number) else {
            continue;
        };
        let Some(end) = after.chars().next().filter(|end| matches!(end, ')' | '.')) else {
            continue;
        };
        let before = before.trim_end();
        let is_begun = match (cuts.len(), end) {
            (0, _) => before.is_empty() || before.ends_with(':'),
            (_, ')') => before.ends_with([';', ',', '.']),
            _ => before.ends_with(';'),
        };
        let is_decimal = after
            .get(1..)?
            .starts_with(|next: char| next.is_ascii_digit());
        if is_begun && !is_decimal && sign.is_none_or(|sign| sign == end) {
            sign = Some(end);
            cuts.push((place, place + number.len() + 1));
        }
    }
    let ends = cuts
        .iter()
        .skip(1)
        .map(|(begin, _)| *begin)
        .chain([text.len()]);
    let items: Vec<String> = cuts
        .iter()
        .zip(ends)
        .map(|((_, begin), end)| bare(text.get(*begin..end).unwrap_or_default()))
        .collect();
    let intro = text.get(..cuts.first()?.0)?.trim().to_owned();
    (items.len() > 1).then_some(List { intro, items })
}

/// An item without the sign that parts it from the next.
fn bare(item: &str) -> String {
    item.trim()
        .trim_end_matches([';', ','])
        .trim_end()
        .to_owned()
}

/// What a line begins with if it is an item, and the rest of it.
fn mark(line: &str) -> Option<(Mark, &str)> {
    number(line)
        .or_else(|| letter(line))
        .or_else(|| bullet(line))
}

/// `1) a`, `1. a`, `3.1. a`, `1-мост`.
fn number(line: &str) -> Option<(Mark, &str)> {
    let end = line.find(|sign: char| !sign.is_ascii_digit() && sign != '.')?;
    let (digits, rest) = line.split_at_checked(end)?;
    let last = |digits: &str| digits.rsplit('.').next()?.parse().ok().map(Mark::Number);
    if let Some(rest) = rest.strip_prefix(')') {
        // `1)2` is no item.
        let is_item = !rest.starts_with(|sign: char| sign.is_ascii_digit());
        return is_item.then(|| Some((last(digits)?, rest.trim_start())))?;
    }
    if let Some(rest) = rest.strip_prefix(['-', '–'])
        && is_word(rest)
    {
        return Some((last(digits)?, rest.trim_start()));
    }
    // `1.2` is a number, and `01.02.2022` a day.
    Some((last(digits.strip_suffix('.')?)?, rest.trim_start()))
}

/// Whether what follows `1-` is a word of its own: not `1-й`, `1-chorak`, `1-iyul`, `1-мая`.
fn is_word(text: &str) -> bool {
    let word: String = text
        .trim_start()
        .chars()
        .take_while(|sign| sign.is_alphabetic())
        .collect();
    !word.is_empty() && !crate::plan::when::is_of_a_date(&word)
}

/// `а) …`.
fn letter(line: &str) -> Option<(Mark, &str)> {
    let (letter, rest) = line.split_once(')')?;
    let mut signs = letter.chars();
    let sign = signs.next()?.to_lowercase().next()?;
    if signs.next().is_some() {
        return None;
    }
    let place = LETTERS
        .iter()
        .find_map(|letters| letters.chars().position(|one| one == sign))?;
    Some((Mark::Letter(place + 1), rest.trim_start()))
}

/// `- …`, `• …`; `-5` is a number.
fn bullet(line: &str) -> Option<(Mark, &str)> {
    let rest = line.strip_prefix(['-', '–', '—', '•', '·', '●', '▪', '‣', '*'])?;
    let rest = rest.trim_start();
    rest.starts_with(|sign: char| !sign.is_ascii_digit())
        .then_some((Mark::Bullet, rest))
}

/// What a cell says of one part of a list of `count`, and what is doubtful in that: of all where it does not part like it.
pub(super) fn share(
    text: &str,
    part: usize,
    count: usize,
    by_lines: bool,
) -> (String, Option<String>) {
    if count < 2 || text.is_empty() {
        return (text.to_owned(), None);
    }
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let whole = |doubt: Option<String>| (text.to_owned(), doubt);
    match of(text) {
        Some(list) if list.items.len() == count => (list.introduced(part), None),
        Some(list) => whole(Some(format!(
            "has {} items and the title has {count}; each of the {count} measures got all of them",
            list.items.len()
        ))),
        None if lines.len() != count => whole(None),
        None if by_lines => (bare(lines.get(part).copied().unwrap_or_default()), None),
        None => whole(Some(format!(
            "has as many lines as the title has items, and no numbers; each of the {count} measures got all of them"
        ))),
    }
}

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
pub(super) fn is_heading(text: &str) -> bool {
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

    fn items(text: &str) -> Option<Vec<String>> {
        of(text).map(|list| {
            (0..list.items.len())
                .map(|part| list.introduced(part))
                .collect()
        })
    }

    #[test]
    fn lists_are_parted_as_ministries_write_them() {
        for text in [
            "1) a\n  b\n2) c",
            "1. a b;\n2. c;",
            "- a b;\n- c;",
            "• a b\n• c",
            "– a b\n– c",
            "а) a b;\nб) c",
            "1) a b; 2) c",
            "1. a b; 2. c",
            "3.1. a b\n3.2. c",
            "1-a b\n2-c",
            "1. a b\n\n2. c",
        ] {
            assert_eq!(items(text).unwrap_or_default(), ["a b", "c"], "{text}");
        }
        assert_eq!(items("1-мост\n2-дорога").unwrap(), ["мост", "дорога"]);
        assert_eq!(items("1) a:\n- x\n- y\n2) b").unwrap(), ["a: - x - y", "b"]);
    }

    #[test]
    fn what_introduces_a_list_goes_before_each_item() {
        for text in [
            "Общие меры:\n1) X;\n2) Y",
            "Общие меры\n1) X;\n2) Y",
            "Общие меры:\n- X;\n- Y",
            "Общие меры: 1) X; 2) Y",
        ] {
            assert_eq!(
                items(text).unwrap(),
                ["Общие меры: X", "Общие меры: Y"],
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_list_is_left_whole() {
        for text in [
            "a\nb",
            "1) a",
            "2) a\n3) b",
            "1.2 a\n1.3 b",
            "01.02.2022\n02.02.2022",
            "a 1) b\n2) c",
            "1) a 2) b",
            "-1\n-2",
            "1-chorak 2022\n2-chorak 2022",
            "1-й этап\n2-й этап",
            "Провести форум\n- a\n- b",
            "А. Каримов\nБ. Ахметов",
        ] {
            assert_eq!(items(text), None, "{text}");
        }
        assert!(is_like_one("Провести форум\n- a\n- b"));
        assert!(!is_like_one("1) a\n2) b"));
    }

    #[test]
    fn a_cell_is_shared_out_only_where_it_parts_alike() {
        assert_eq!(share("1) x;\n2) y", 0, 2, false), ("x".to_owned(), None));
        assert_eq!(share("x\ny", 1, 2, true), ("y".to_owned(), None));
        let (text, doubt) = share("1) x\n2) y\n3) z", 1, 2, true);
        assert_eq!(text, "1) x\n2) y\n3) z");
        assert!(
            doubt
                .unwrap()
                .starts_with("has 3 items and the title has 2")
        );
        let (text, doubt) = share("x\ny", 1, 2, false);
        assert_eq!(text, "x\ny");
        assert!(doubt.unwrap().contains("no numbers"));
        assert_eq!(share("x\ny", 0, 0, true), ("x\ny".to_owned(), None));
    }

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
            assert!(is_heading(heading), "{heading}");
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
            assert!(!is_heading(text), "{text}");
        }
    }
}
