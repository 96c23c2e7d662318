//! A sheet as one HTML file that needs no other, loads nothing and runs nothing. Texts come from other parties: all are escaped.

use super::part::{Inline, Line, Part};

/// How it looks, on a screen and on A4.
const STYLE: &str = include_str!("sheet.css");

/// Writes the parts of a sheet.
pub(super) fn write(parts: &[Part], language: &str) -> String {
    let title = parts.iter().find_map(|part| match part {
        Part::Title(title) => Some(title.as_str()),
        _ => None,
    });
    let mut html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n",
        escaped(title.unwrap_or_default())
    );
    for part in parts {
        html.push_str(&block(part, language));
    }
    html.push_str("</body>\n</html>\n");
    html
}

fn block(part: &Part, language: &str) -> String {
    match part {
        Part::Title(text) => format!(
            "<h1 lang=\"{}\">{}</h1>\n",
            escaped(language),
            escaped(text)
        ),
        Part::Verdict(line) => format!("<p class=\"verdict\">{}</p>\n", inline(line)),
        Part::Heading(text) => format!("<h2>{}</h2>\n", escaped(text)),
        Part::Paragraph(line) => format!("<p>{}</p>\n", inline(line)),
        Part::Pairs(pairs) => pairs_block(pairs),
        Part::Points(lines) => list("ul", lines),
        Part::Steps(lines) => list("ol", lines),
        Part::Table { columns, rows } => table(columns, rows),
        Part::Footer(text) => format!("<footer>{}</footer>\n", escaped(text)),
    }
}

fn pairs_block(pairs: &[(&'static str, Line)]) -> String {
    let rows: String = pairs
        .iter()
        .map(|(label, line)| (*label, inline(line)))
        .filter(|(_, text)| !text.is_empty())
        .map(|(label, text)| match label {
            "" => format!("<tr><td colspan=\"2\">{text}</td></tr>\n"),
            label => format!(
                "<tr><th scope=\"row\">{}</th><td>{text}</td></tr>\n",
                escaped(label)
            ),
        })
        .collect();
    if rows.is_empty() {
        return rows;
    }
    format!("<table class=\"pairs\">\n{rows}</table>\n")
}

fn list(tag: &str, lines: &[Line]) -> String {
    let items: String = lines
        .iter()
        .map(|line| format!("<li>{}</li>\n", inline(line)))
        .collect();
    format!("<{tag}>\n{items}</{tag}>\n")
}

fn table(columns: &[String], rows: &[Vec<Line>]) -> String {
    let head: String = columns
        .iter()
        .map(|column| format!("<th scope=\"col\">{}</th>", escaped(column)))
        .collect();
    let rows: String = rows
        .iter()
        .map(|cells| {
            let cells: String = cells
                .iter()
                .map(|cell| format!("<td>{}</td>", inline(cell)))
                .collect();
            format!("<tr>{cells}</tr>\n")
        })
        .collect();
    format!("<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n")
}

fn inline(line: &Line) -> String {
    line.iter()
        .map(|part| match part {
            Inline::Text(text) => escaped(text),
            Inline::Strong(text) if text.is_empty() => String::new(),
            Inline::Strong(text) => format!("<strong>{}</strong>", escaped(text)),
            Inline::Link(address) => link(address),
        })
        .collect()
}

/// An address that leads somewhere only by the web; anything else is words.
fn link(address: &str) -> String {
    let text = escaped(address);
    if address.starts_with("https://") || address.starts_with("http://") {
        format!("<a href=\"{text}\" rel=\"noreferrer\">{text}</a>")
    } else {
        text
    }
}

/// Takes the meaning from every sign that has one in HTML, in texts and in attributes.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
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
            inline(&plain("<script>alert('x')</script> & \"y\"")),
            "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;y&quot;"
        );
        assert_eq!(link("javascript:alert(1)"), "javascript:alert(1)");
        assert_eq!(
            link("https://example.org/?a=1&b=\"2\""),
            "<a href=\"https://example.org/?a=1&amp;b=&quot;2&quot;\" rel=\"noreferrer\">https://example.org/?a=1&amp;b=&quot;2&quot;</a>"
        );
    }

    #[test]
    fn a_page_loads_and_runs_nothing() {
        let page = write(&[Part::Title("</title><script>".into())], "\"><script>");
        assert!(
            !page.contains("<script") && !page.contains(" src="),
            "{page}"
        );
        assert!(page.contains("default-src 'none'"));
    }
}
