//! The arithmetic of text on a terminal: how wide a string is, how it is wrapped and padded.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The number of terminal columns that a text takes.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// Replaces characters that would move the cursor or change the terminal, because texts come from other parties.
pub(super) fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// Breaks a text into lines of at most `limit` columns, inside a word only where one is wider than that.
pub(super) fn wrap(text: &str, limit: usize) -> Vec<String> {
    lines(text, limit, true)
}

/// Breaks a text into lines of at most `limit` columns; a word that is wider than that makes a wider line.
pub(super) fn wrap_between_words(text: &str, limit: usize) -> Vec<String> {
    lines(text, limit, false)
}

fn lines(text: &str, limit: usize, break_words: bool) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let gap = usize::from(!line.is_empty());
        if width(&line) + gap + width(word) <= limit {
            line.extend(std::iter::repeat_n(' ', gap));
            line.push_str(word);
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for c in word.chars() {
            let is_full = width(&line) + c.width().unwrap_or(0) > limit;
            if break_words && is_full && !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            line.push(c);
        }
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// Cuts a text to `limit` columns, with a mark where something is left out.
pub(super) fn cut(text: &str, limit: usize) -> String {
    if width(text) <= limit {
        return text.to_owned();
    }
    let mut kept = String::new();
    for c in text.chars() {
        if width(&kept) + c.width().unwrap_or(0) + 1 > limit {
            break;
        }
        kept.push(c);
    }
    format!("{}…", kept.trim_end())
}

/// Fills a text with spaces up to `columns`, on its left side if `right` is set.
pub(super) fn pad(text: &str, columns: usize, right: bool) -> String {
    let fill = " ".repeat(columns.saturating_sub(width(text)));
    if right {
        format!("{fill}{text}")
    } else {
        format!("{text}{fill}")
    }
}

/// Narrows the columns that may wrap until all of them fit into `limit` columns, the widest first.
///
/// No column gets narrower than `least`; a row of many narrow columns may then stay wider than the limit.
pub(super) fn fit(widths: &mut [usize], may_wrap: &[bool], limit: usize, least: usize) {
    let mut excess = widths.iter().sum::<usize>().saturating_sub(limit);
    while excess > 0 {
        let widest = (0..widths.len())
            .filter(|&i| may_wrap[i] && widths[i] > least)
            .max_by_key(|&i| widths[i]);
        let Some(widest) = widest else { return };
        widths[widest] -= 1;
        excess -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn wide_and_combining_characters_are_measured_as_shown() {
        assert_eq!(width("Тошкент"), 7);
        assert_eq!(width("中亚"), 4);
        assert_eq!(width("Қызылорда"), 9);
        assert_eq!(width("e\u{301}"), 1);
    }

    #[test]
    fn control_characters_never_reach_the_terminal() {
        assert_eq!(printable("a\u{1b}[31mb\nc"), "a [31mb c");
    }

    proptest! {
        #[test]
        fn wrapped_lines_fit_and_lose_nothing(text in "[a-zёқў中]{0,12}( [a-zёқў中]{0,30}){0,6}", limit in 4_usize..40) {
            let lines = wrap(&text, limit);
            prop_assert!(lines.iter().all(|line| width(line) <= limit));
            let squeeze = |s: &str| s.split_whitespace().collect::<String>();
            prop_assert_eq!(squeeze(&lines.concat()), squeeze(&text));
        }
    }
}
