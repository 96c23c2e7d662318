//! A sheet as `CommonMark` with tables. Texts come from other parties, so every sign that means something is escaped.

use super::part::{Inline, Line, Part};

/// Writes the parts of a sheet.
pub(super) fn write(parts: &[Part]) -> String {
    let blocks: Vec<String> = parts
        .iter()
        .map(block)
        .filter(|block| !block.is_empty())
        .collect();
    format!("{}\n", blocks.join("\n\n"))
}

fn block(part: &Part) -> String {
    match part {
        Part::Title(text) => format!("# {}", escaped(text)),
        Part::Verdict(line) | Part::Paragraph(line) => inline(line),
        Part::Heading(text) => format!("## {}", escaped(text)),
        Part::Pairs(pairs) => {
            let shown = pairs.iter().filter(|(_, line)| !is_empty(line));
            let points = shown.map(|(label, line)| match *label {
                "" => format!("- {}", inline(line)),
                label => format!(
                    "- {}",
                    inline_after(format!("**{}:** ", escaped(label)), line)
                ),
            });
            points.collect::<Vec<_>>().join("\n")
        }
        Part::Points(lines) => {
            let points = lines.iter().map(|line| format!("- {}", inline(line)));
            points.collect::<Vec<_>>().join("\n")
        }
        Part::Steps(lines) => {
            let steps = lines.iter().enumerate();
            let steps = steps.map(|(i, line)| format!("{}. {}", i + 1, inline(line)));
            steps.collect::<Vec<_>>().join("\n")
        }
        Part::Table { columns, rows } => table(columns, rows),
        Part::Footer(text) => format!("---\n\n{}", escaped(text)),
    }
}

fn table(columns: &[String], rows: &[Vec<Line>]) -> String {
    let row = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
    let mut lines = vec![
        row(columns.iter().map(|column| escaped(column)).collect()),
        row(columns.iter().map(|_| "---".to_owned()).collect()),
    ];
    lines.extend(
        rows.iter()
            .map(|cells| row(cells.iter().map(inline).collect())),
    );
    lines.join("\n")
}

/// Whether a line shows nothing.
fn is_empty(line: &Line) -> bool {
    line.iter().all(|part| match part {
        Inline::Text(text) | Inline::Strong(text) | Inline::Link(text) => text.is_empty(),
    })
}

/// Writes the pieces of a line, which begins a block.
fn inline(line: &Line) -> String {
    inline_after(String::new(), line)
}

/// Writes the pieces of a line behind what is written of it.
fn inline_after(before: String, line: &Line) -> String {
    let mut written = Written { line: before };
    for (i, part) in line.iter().enumerate() {
        match part {
            Inline::Text(text) => written.text(text),
            Inline::Strong(text) => written.strong(text, line.get(i + 1)),
            Inline::Link(address) if is_link(address) => {
                written.line.push_str(&format!("<{address}>"));
            }
            Inline::Link(address) => written.text(address),
        }
    }
    written.line
}

/// Writes plain words, which begin a block.
fn escaped(text: &str) -> String {
    let mut written = Written::default();
    written.text(text);
    written.line
}

/// Whether an address can stand between angle brackets: otherwise it is shown as words.
fn is_link(address: &str) -> bool {
    (address.starts_with("https://") || address.starts_with("http://"))
        && !address.contains(|c: char| c.is_whitespace() || c.is_control() || "<>|\\`".contains(c))
}

/// A line of Markdown as far as it is written.
#[derive(Default)]
struct Written {
    line: String,
}

impl Written {
    /// Writes words: with `\` before every ASCII sign that may mean something where it stands, and as one line
    /// of several.
    fn text(&mut self, text: &str) {
        for c in text.chars() {
            let c = if c.is_control() { ' ' } else { c };
            if self.line.is_empty() && c == ' ' {
                // Four of them would make code of what follows, and a reader of Markdown drops them anyway.
                continue;
            }
            if self.means_something(c) {
                self.line.push('\\');
            }
            self.line.push(c);
        }
    }

    fn means_something(&self, c: char) -> bool {
        match c {
            // Signs of emphasis, code, links, tags, tables and characters by name; `#` also ends a heading.
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '&' | '$' | '#' => true,
            // Only at the beginning of a line do these make a list, a rule or the heading of the line before.
            '+' | '-' | '=' => self.line.is_empty(),
            '.' | ')' => {
                !self.line.is_empty() && self.line.bytes().all(|byte| byte.is_ascii_digit())
            }
            _ => false,
        }
    }

    /// Writes words that carry weight, or the same words without it where Markdown has no way to say so.
    fn strong(&mut self, text: &str, next: Option<&Inline>) {
        let bare = text.trim();
        let start = text.len() - text.trim_start().len();
        self.text(&text[..start]);
        let end = &text[start + bare.len()..];
        let mut inner = Written {
            // What stands between the signs begins no line.
            line: "**".to_owned(),
        };
        inner.text(bare);
        let after = end
            .chars()
            .next()
            .or_else(|| next.and_then(first_sign))
            .unwrap_or(' ');
        let before = self.line.chars().next_back().unwrap_or(' ');
        if opens(before, &inner.line["**".len()..]) && closes(&inner.line, after) {
            self.line.push_str(&inner.line);
            self.line.push_str("**");
        } else {
            self.text(bare);
        }
        self.text(end);
    }
}

/// The first sign that a piece writes.
fn first_sign(part: &Inline) -> Option<char> {
    match part {
        Inline::Strong(text) if !text.starts_with(char::is_whitespace) => Some('*'),
        Inline::Link(address) if is_link(address) => Some('<'),
        Inline::Text(text) | Inline::Strong(text) | Inline::Link(text) => {
            let first = text.chars().next()?;
            // An escape is a sign as well, whatever it stands before.
            Some(if first.is_control() { ' ' } else { first })
        }
    }
}

/// Whether `**` between these opens emphasis (`CommonMark`, left-flanking, with no other `*` beside it).
fn opens(before: char, inner: &str) -> bool {
    let Some(first) = inner.chars().next() else {
        return false;
    };
    before != '*' && (first.is_alphanumeric() || is_surely_apart(before))
}

/// Whether `**` between these closes emphasis (`CommonMark`, right-flanking, with no other `*` beside it).
fn closes(inner: &str, after: char) -> bool {
    let Some(last) = inner.chars().next_back() else {
        return false;
    };
    after != '*' && (last.is_alphanumeric() || is_surely_apart(after))
}

/// Whether it is a space or punctuation to every reader of Markdown, whatever it knows of Unicode.
fn is_surely_apart(c: char) -> bool {
    c == ' ' || c.is_ascii_punctuation()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::documents::sheet::part::plain;

    #[test]
    fn nothing_in_a_text_means_anything() {
        assert_eq!(
            inline(&plain("<b>*a*</b> [x](y) | `c`\n# d")),
            r"\<b\>\*a\*\</b\> \[x\](y) \| \`c\` \# d"
        );
        assert_eq!(inline(&plain("# a")), r"\# a");
        assert_eq!(inline(&plain("12. a")), r"12\. a");
        assert_eq!(inline(&plain("no. 12.")), "no. 12.");
        assert_eq!(inline(&plain("2022-05-04 + 1")), "2022-05-04 + 1");
    }

    #[test]
    fn a_line_begins_after_its_spaces_and_goes_on_over_its_pieces() {
        assert_eq!(inline(&plain("  - a")), r"\- a");
        assert_eq!(inline(&plain("    code")), "code");
        assert_eq!(inline(&plain("\t1) a")), r"1\) a");
        let pieces = vec![Inline::Text("1".into()), Inline::Text(". a".into())];
        assert_eq!(inline(&pieces), r"1\. a");
        let pieces = vec![Inline::Text("a ".into()), Inline::Text("- b".into())];
        assert_eq!(inline(&pieces), "a - b");
    }

    #[test]
    fn weight_is_given_where_it_can_be() {
        let line = |before: &str, strong: &str, after: &str| {
            inline(&vec![
                Inline::Text(before.into()),
                Inline::Strong(strong.into()),
                Inline::Text(after.into()),
            ])
        };
        assert_eq!(line("", "In force", " on"), "**In force** on");
        assert_eq!(line("", "(in force)", "on"), "(in force)on");
        assert_eq!(line("a", "(b)", ""), "a(b)");
        assert_eq!(line("a", " b ", "c"), "a **b** c");
        assert_eq!(line("", "- b", ""), r"**- b**");
    }

    #[test]
    fn an_address_is_a_link_only_if_it_can_be_one() {
        let link = |address: &str| inline(&vec![Inline::Link(address.into())]);
        assert_eq!(link("https://example.org/a_b"), "<https://example.org/a_b>");
        assert_eq!(link("https://example.org/a|b"), r"https://example.org/a\|b");
        assert_eq!(link("javascript:alert(1)"), "javascript:alert(1)");
    }
}

#[cfg(test)]
#[path = "markdown_laws.rs"]
mod laws;
