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
                label => format!("- **{}:** {}", escaped(label), inline(line)),
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

fn inline(line: &Line) -> String {
    line.iter()
        .map(|part| match part {
            Inline::Text(text) => escaped(text),
            Inline::Strong(text) if text.trim().is_empty() => escaped(text),
            // A space inside the signs would undo them.
            Inline::Strong(text) => {
                let bare = text.trim_end();
                format!("**{}**{}", escaped(bare), &text[bare.len()..])
            }
            Inline::Link(address) => link(address),
        })
        .collect()
}

/// An address between angle brackets, or as words where it has signs that cannot stand there.
fn link(address: &str) -> String {
    let is_safe = (address.starts_with("https://") || address.starts_with("http://"))
        && !address.contains(|c: char| c.is_whitespace() || c.is_control() || "<>|\\`".contains(c));
    if is_safe {
        format!("<{address}>")
    } else {
        escaped(address)
    }
}

/// Puts `\` before every ASCII sign that may mean something to a reader of Markdown, and makes one line of several.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for (i, c) in text.char_indices() {
        let means_something = match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '&' | '$' => true,
            // Only at the beginning of a line do these make a heading or a list.
            '#' | '+' | '-' | '=' => i == 0,
            '.' | ')' => i > 0 && text[..i].bytes().all(|byte| byte.is_ascii_digit()),
            '!' => text[i + 1..].starts_with('['),
            _ => false,
        };
        if means_something {
            escaped.push('\\');
        }
        escaped.push(if c.is_control() { ' ' } else { c });
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::documents::sheet::part::plain;

    #[test]
    fn nothing_in_a_text_means_anything() {
        assert_eq!(
            inline(&plain("<b>*a*</b> [x](y) | `c`\n# d")),
            r"\<b\>\*a\*\</b\> \[x\](y) \| \`c\` # d"
        );
        assert_eq!(inline(&plain("# a")), r"\# a");
        assert_eq!(inline(&plain("12. a")), r"12\. a");
        assert_eq!(inline(&plain("no. 12.")), "no. 12.");
    }

    #[test]
    fn an_address_is_a_link_only_if_it_can_be_one() {
        assert_eq!(link("https://example.org/a_b"), "<https://example.org/a_b>");
        assert_eq!(link("https://example.org/a|b"), r"https://example.org/a\|b");
        assert_eq!(link("javascript:alert(1)"), "javascript:alert(1)");
    }
}
