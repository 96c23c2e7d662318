//! Whatever stands in a sheet, a reader of `CommonMark` shows it as it is: read back by a library, the texts of all
//! parts are those that went in, and nothing else.

use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::*;

/// What a reader shows: each block with its text, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Shown {
    Heading(String),
    Paragraph(String),
    Point(String),
    Cell(String),
    Rule,
}

/// Reads Markdown as a person would see it. Anything that no sheet has shows as a panic.
fn read(markdown: &str) -> Vec<Shown> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_MATH;
    let mut shown = Vec::new();
    let mut text = String::new();
    for event in Parser::new_ext(markdown, options) {
        match event {
            Event::Text(more) => text.push_str(&more),
            Event::Rule => shown.push(Shown::Rule),
            Event::Start(
                Tag::Heading { .. }
                | Tag::Paragraph
                | Tag::Item
                | Tag::TableCell
                | Tag::List(_)
                | Tag::Table(_)
                | Tag::TableHead
                | Tag::TableRow
                | Tag::Strong
                | Tag::Link { .. },
            )
            | Event::End(
                TagEnd::List(_)
                | TagEnd::Table
                | TagEnd::TableHead
                | TagEnd::TableRow
                | TagEnd::Strong
                | TagEnd::Link,
            ) => {}
            Event::End(TagEnd::Heading(_)) => shown.push(Shown::Heading(std::mem::take(&mut text))),
            Event::End(TagEnd::Paragraph) => {
                shown.push(Shown::Paragraph(std::mem::take(&mut text)));
            }
            Event::End(TagEnd::Item) => shown.push(Shown::Point(std::mem::take(&mut text))),
            Event::End(TagEnd::TableCell) => shown.push(Shown::Cell(std::mem::take(&mut text))),
            other => panic!("{other:?} in {markdown:?}"),
        }
    }
    shown
}

/// What must be shown of a line: its words on one line, without the spaces at its ends.
fn words(line: &Line) -> String {
    let words: String = line
        .iter()
        .map(|part| match part {
            Inline::Text(text) | Inline::Strong(text) | Inline::Link(text) => text.as_str(),
        })
        .collect();
    let words: String = words
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    words.trim_matches(' ').to_owned()
}

/// What must be shown of a part.
fn expected(part: &Part) -> Vec<Shown> {
    match part {
        Part::Title(text) => vec![Shown::Heading(words(&vec![Inline::Text(text.clone())]))],
        Part::Verdict(line) | Part::Paragraph(line) => vec![Shown::Paragraph(words(line))],
        Part::Points(lines) | Part::Steps(lines) => {
            lines.iter().map(|line| Shown::Point(words(line))).collect()
        }
        Part::Pairs(pairs) => pairs
            .iter()
            .map(|(label, line)| {
                let mut all = vec![Inline::Text(format!("{label}: "))];
                all.extend(line.iter().cloned());
                Shown::Point(words(&all))
            })
            .collect(),
        Part::Table { columns, rows } => {
            let header = columns.iter().map(|name| vec![Inline::Text(name.clone())]);
            header
                .chain(rows.iter().flatten().cloned())
                .map(|line| Shown::Cell(words(&line)))
                .collect()
        }
        Part::Footer(text) => vec![
            Shown::Rule,
            Shown::Paragraph(words(&vec![Inline::Text(text.clone())])),
        ],
        Part::Heading(text) => vec![Shown::Heading((*text).to_owned())],
    }
}

/// Texts full of signs that mean something, and of the places where they do.
fn texts() -> impl Strategy<Value = String> {
    let signs = prop::sample::select(vec![
        "#",
        "##",
        "-",
        "+",
        "*",
        "**",
        "_",
        "__",
        "=",
        "==",
        "---",
        "***",
        "1.",
        "2)",
        "10.",
        "`",
        "```",
        "~~~",
        "~~",
        "<b>",
        "<!--",
        "-->",
        "&amp;",
        "&#35;",
        "[x]",
        "[ ]",
        "](y)",
        "![",
        "[a]: b",
        "\\",
        "|",
        "---|---",
        ":--",
        ">",
        "$",
        "$$",
        "http://a.b",
        "www.a.b",
        "a@b.c",
        "<https://a.b>",
        " ",
        "  ",
        "    ",
        "\t",
        "\n",
        "\r\n",
        "\n\n",
        "\u{a0}",
        "a",
        "Я",
        "«",
        "»",
        "(",
        ")",
        "!",
        "^",
        "{",
        "}",
        "@",
        "%",
        "'",
        "\"",
        "1",
        ".",
        ":",
        "[^1]",
        "\u{2028}",
    ]);
    prop::collection::vec(signs, 1..7).prop_map(|parts| parts.concat())
}

fn pieces() -> impl Strategy<Value = Inline> {
    prop_oneof![
        3 => texts().prop_map(Inline::Text),
        1 => texts().prop_map(Inline::Strong),
        1 => texts().prop_map(Inline::Link),
        1 => "https://[a-z]{1,4}\\.org/[a-z_*&;=?#|]{0,6}".prop_map(Inline::Link),
    ]
}

/// A line that shows something: an empty block has no way to be seen.
fn lines() -> impl Strategy<Value = Line> {
    let line = prop::collection::vec(pieces(), 1..4);
    line.prop_filter("shows nothing", |line| !words(line).is_empty())
}

fn whole_texts() -> impl Strategy<Value = String> {
    texts().prop_filter("shows nothing", |text| !words(&plain(text)).is_empty())
}

fn plain(text: &str) -> Line {
    vec![Inline::Text(text.to_owned())]
}

fn parts() -> impl Strategy<Value = Part> {
    prop_oneof![
        whole_texts().prop_map(Part::Title),
        lines().prop_map(Part::Verdict),
        lines().prop_map(Part::Paragraph),
        prop::collection::vec(lines(), 1..4).prop_map(Part::Points),
        prop::collection::vec(lines(), 1..4).prop_map(Part::Steps),
        prop::collection::vec(lines(), 1..3)
            .prop_map(|lines| Part::Pairs(lines.into_iter().map(|line| ("Label", line)).collect())),
        (
            prop::collection::vec(texts(), 2),
            prop::collection::vec(prop::collection::vec(lines(), 2), 0..3)
        )
            .prop_map(|(columns, rows)| Part::Table { columns, rows }),
        whole_texts().prop_map(Part::Footer),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn every_part_comes_out_as_it_went_in(part in parts()) {
        let markdown = write(std::slice::from_ref(&part));
        prop_assert_eq!(read(&markdown), expected(&part), "{}", markdown);
    }

    #[test]
    fn parts_do_not_run_into_each_other(parts in prop::collection::vec(parts(), 2..4)) {
        // Two lists in a row are one to a reader: a heading stands between parts, as in a sheet.
        let mut whole = Vec::new();
        for part in parts {
            whole.push(Part::Heading("Next"));
            whole.push(part);
        }
        let markdown = write(&whole);
        let expected: Vec<Shown> = whole.iter().flat_map(expected).collect();
        prop_assert_eq!(read(&markdown), expected, "{}", markdown);
    }
}
