//! Lists within a cell.
//!
//! Items stand on lines of their own, with numbers (`1)`, `1.`, `1-`, `3.1.`), letters (`а)`) or bullets, or one after the other as
//! `1) …; 2) …`. What stands before the first item is the list's introduction. An item may have a list of its own, with other
//! marks. A mark out of turn is an error: an item may be missing, or be taken for a part of another.

mod mark;

use mark::{Mark, Step};

use super::one_line;
use crate::plan::shown;

/// A list of two items or more.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct List {
    /// What stands before the first item; empty if nothing does.
    pub(super) intro: String,
    /// The items, without their marks and without the `;` at their ends.
    pub(super) items: Vec<String>,
    /// What may not have been meant so.
    pub(super) doubt: Option<String>,
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

/// The list that a text is, if it is one. The error says which item of it is out of turn.
pub(super) fn of(text: &str) -> Result<Option<List>, String> {
    match lines(text) {
        Ok(Some(list)) => Ok(Some(list)),
        Ok(None) => in_line(text),
        // `1) a; 2) b` on the first line, and `3) c` on the next.
        Err(error) => in_line(text)
            .ok()
            .flatten()
            .map_or(Err(error), |list| Ok(Some(list))),
    }
}

/// Whether a text that is no list has marks of one.
pub(super) fn is_like_one(text: &str) -> bool {
    of(text) == Ok(None)
        && text
            .lines()
            .filter(|line| mark::of(line.trim()).is_some())
            .count()
            > 1
}

/// A list with its items on lines.
fn lines(text: &str) -> Result<Option<List>, String> {
    let mut lines = Lines::default();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        lines.take(line);
    }
    lines.end()
}

/// What the lines read so far have of a list.
#[derive(Default)]
struct Lines<'a> {
    intro: String,
    items: Vec<String>,
    /// The mark of the last item, and the line on which it stands.
    last: Option<(Mark, &'a str)>,
    /// The last marks of the lists within the last item.
    within: Vec<Mark>,
    doubt: Option<String>,
    out_of_turn: Option<String>,
}

impl<'a> Lines<'a> {
    fn take(&mut self, line: &'a str) {
        let above = self.items.last().unwrap_or(&self.intro);
        let is_led = above.ends_with(':');
        let step = match (mark::of(line), &self.last) {
            (Some((mark, rest)), None) if mark.is_first() => {
                self.item(mark, rest, line);
                return;
            }
            (Some((mark, rest)), Some((last, _))) => {
                let step = mark.step(last, &mut self.within, is_led);
                if step == Step::Next {
                    self.item(mark, rest, line);
                    return;
                }
                step
            }
            _ => Step::Text,
        };
        match step {
            Step::OutOfTurn => {
                let before = self.last.as_ref().map_or("", |(_, line)| *line);
                let told = out_of_turn(line, before);
                self.out_of_turn.get_or_insert(told);
            }
            Step::Doubtful => {
                let told = format!(
                    "\"{}\" may be an item of its list; it was taken with the one before",
                    shown(&one_line(line))
                );
                self.doubt.get_or_insert(told);
            }
            Step::Next | Step::Within | Step::Text => {}
        }
        go_on(self.items.last_mut().unwrap_or(&mut self.intro), line);
    }

    fn item(&mut self, mark: Mark, rest: &str, line: &'a str) {
        self.items.push(rest.to_owned());
        self.last = Some((mark, line));
    }

    fn end(self) -> Result<Option<List>, String> {
        let is_numbered = matches!(self.last, Some((Mark::Number(..), _)));
        if !is_numbered && !self.intro.is_empty() && !self.intro.ends_with(':') {
            return Ok(None);
        }
        if let Some(told) = self.out_of_turn {
            return Err(told);
        }
        Ok((self.items.len() > 1).then(|| List {
            intro: self.intro,
            items: self.items.iter().map(|item| bare(item)).collect(),
            doubt: self.doubt,
        }))
    }
}

fn out_of_turn(item: &str, before: &str) -> String {
    format!(
        "\"{}\" is out of turn after \"{}\" in its list",
        shown(&one_line(item)),
        shown(&one_line(before))
    )
}

fn go_on(text: &mut String, line: &str) {
    if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(line);
}

/// A list with its items one after the other: `1) a; 2) b`.
fn in_line(text: &str) -> Result<Option<List>, String> {
    let mut cuts: Vec<(usize, usize)> = Vec::new();
    let mut sign = None;
    for (place, _) in text.char_indices() {
        let Some((before, number, end)) = numbered(text, place) else {
            continue;
        };
        let is_own = sign.is_none_or(|sign| sign == end);
        if !is_own || !may_begin(before, end, cuts.is_empty()) {
            continue;
        }
        if number.parse() == Ok(cuts.len() + 1) {
            sign = Some(end);
            cuts.push((place, place + number.len() + 1));
        } else if let Some((last, _)) = cuts.last()
            && is_surely_an_item(before)
        {
            let parts = text.get(place..).zip(text.get(*last..place));
            let (item, last) = parts.unwrap_or_default();
            return Err(out_of_turn(item, last));
        }
    }
    let Some((first, _)) = cuts.first() else {
        return Ok(None);
    };
    let intro = text.get(..*first).unwrap_or_default().trim().to_owned();
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
    Ok((items.len() > 1).then_some(List {
        intro,
        items,
        doubt: None,
    }))
}

/// What stands before the number of an item at a place, the number, and the sign behind it.
fn numbered(text: &str, place: usize) -> Option<(&str, &str, char)> {
    let (before, rest) = text.split_at_checked(place)?;
    if !(before.is_empty() || before.ends_with(char::is_whitespace)) {
        return None;
    }
    let end = rest.find(|sign: char| !sign.is_ascii_digit())?;
    let (number, after) = rest.split_at_checked(end)?;
    let sign = after
        .chars()
        .next()
        .filter(|sign| matches!(sign, ')' | '.'))?;
    let is_decimal = after
        .get(1..)?
        .starts_with(|next: char| next.is_ascii_digit());
    (!number.is_empty() && !is_decimal).then_some((before, number, sign))
}

/// Whether an item with a sign behind its number may begin after a text.
fn may_begin(before: &str, sign: char, is_first: bool) -> bool {
    let begins_line = before.trim_end_matches([' ', '\t']).ends_with('\n');
    let before = before.trim_end();
    match sign {
        _ if is_first => before.is_empty() || before.ends_with(':'),
        _ if begins_line => true,
        ')' => before.ends_with([';', ',', '.']),
        _ => before.ends_with(';'),
    }
}

/// Whether the text before a number cannot lead to it as `п. 5)` does.
fn is_surely_an_item(before: &str) -> bool {
    const LONGEST_ABBREVIATION: usize = 4;
    let Some(word) = before.trim_end().strip_suffix('.') else {
        return true;
    };
    let letters = word.chars().rev().take_while(|sign| sign.is_alphabetic());
    letters.count() > LONGEST_ABBREVIATION
}

/// An item without the sign that parts it from the next.
fn bare(item: &str) -> String {
    item.trim()
        .trim_end_matches([';', ','])
        .trim_end()
        .to_owned()
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
        Err(told) => whole(Some(format!(
            "{told}; each of the {count} measures got all of it"
        ))),
        Ok(Some(list)) if list.items.len() == count => (list.introduced(part), list.doubt),
        Ok(Some(list)) => whole(Some(format!(
            "has {} items and the title has {count}; each of the {count} measures got all of them",
            list.items.len()
        ))),
        Ok(None) if lines.len() != count => whole(None),
        Ok(None) if by_lines => (bare(lines.get(part).copied().unwrap_or_default()), None),
        Ok(None) => whole(Some(format!(
            "has as many lines as the title has items, and no numbers; each of the {count} measures got all of them"
        ))),
    }
}

#[cfg(test)]
mod tests;
