//! The parts of a sheet, before they are written in one form or another.

/// A piece of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Inline {
    /// Plain words.
    Text(String),
    /// Words that carry weight.
    Strong(String),
    /// An address, shown as it is.
    Link(String),
}

/// Words that stand in one place.
pub(super) type Line = Vec<Inline>;

/// A line of plain words.
pub(super) fn plain(text: impl Into<String>) -> Line {
    vec![Inline::Text(text.into())]
}

/// One part of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// The title over everything, with the language that it is in.
    Title(String),
    /// The line that says most: the state.
    Verdict(Line),
    /// A heading over what follows.
    Heading(&'static str),
    /// A paragraph.
    Paragraph(Line),
    /// Labels and values; a pair without a value is not shown.
    Pairs(Vec<(&'static str, Line)>),
    /// Points in no order.
    Points(Vec<Line>),
    /// Steps in their order.
    Steps(Vec<Line>),
    /// A table.
    Table {
        /// The titles of its columns.
        columns: Vec<String>,
        /// Its rows, a cell for each column.
        rows: Vec<Vec<Line>>,
    },
    /// What stands small at the end.
    Footer(String),
}
