//! Text for people: tables with aligned columns, pairs of label and value, and plain lines.

use std::fmt;

use super::layout;

/// The width that every page keeps to, so that it reads well in an ordinary terminal.
const PAGE_COLUMNS: usize = 100;
/// Columns that wrap stay at least this wide.
const LEAST_COLUMNS: usize = 18;
/// Spaces between two columns.
const GAP: &str = "  ";
/// Before the lines below a row.
const NOTE_INDENT: &str = "    ";

/// What happens to a cell that is wider than its column can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Excess {
    /// The page gets wider.
    Widens,
    /// The rest goes onto more lines.
    Wraps,
    /// The rest is left out.
    IsCut,
}

/// One column of a table.
#[derive(Debug, Clone)]
pub struct Column {
    title: String,
    right: bool,
    excess: Excess,
}

impl Column {
    /// A column of short text, aligned left.
    #[must_use]
    pub fn text(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            right: false,
            excess: Excess::Widens,
        }
    }

    /// A column of numbers, aligned right; the title names the unit.
    #[must_use]
    pub fn number(title: impl Into<String>) -> Self {
        Self {
            right: true,
            ..Self::text(title)
        }
    }

    /// A column of long text, which wraps onto more lines when the page is too narrow.
    #[must_use]
    pub fn prose(title: impl Into<String>) -> Self {
        Self {
            excess: Excess::Wraps,
            ..Self::text(title)
        }
    }

    /// A column of text of which the beginning is enough; a page that is too narrow cuts it.
    #[must_use]
    pub fn brief(title: impl Into<String>) -> Self {
        Self {
            excess: Excess::IsCut,
            ..Self::text(title)
        }
    }
}

/// Rows of cells under column titles.
#[derive(Debug, Clone)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Row>,
}

/// One row of a table.
#[derive(Debug, Clone)]
struct Row {
    cells: Vec<String>,
    notes: Vec<String>,
}

impl Table {
    /// Makes an empty table with these columns.
    #[must_use]
    pub fn new(columns: Vec<Column>) -> Self {
        Self {
            columns,
            rows: Vec::new(),
        }
    }

    /// Adds one row, a cell for each column.
    pub fn push(&mut self, row: Vec<String>) {
        self.push_with_notes(row, &[]);
    }

    /// Adds one row with texts that stand on lines of their own below it; empty ones are left out.
    pub fn push_with_notes(&mut self, row: Vec<String>, notes: &[&str]) {
        debug_assert_eq!(row.len(), self.columns.len(), "a cell for each column");
        let notes = notes.iter().filter(|note| !note.is_empty());
        self.rows.push(Row {
            cells: row.iter().map(|cell| layout::printable(cell)).collect(),
            notes: notes.map(|note| layout::printable(note)).collect(),
        });
    }

    /// Whether the table has no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn widths(&self) -> Vec<usize> {
        let mut widths: Vec<usize> = self
            .columns
            .iter()
            .map(|column| layout::width(&column.title))
            .collect();
        for row in &self.rows {
            for (widest, cell) in widths.iter_mut().zip(&row.cells) {
                *widest = (*widest).max(layout::width(cell));
            }
        }
        let gaps = GAP.len() * self.columns.len().saturating_sub(1);
        let may_narrow: Vec<bool> = self
            .columns
            .iter()
            .map(|column| column.excess != Excess::Widens)
            .collect();
        layout::fit(
            &mut widths,
            &may_narrow,
            PAGE_COLUMNS.saturating_sub(gaps),
            LEAST_COLUMNS,
        );
        widths
    }

    fn write_row(
        &self,
        f: &mut fmt::Formatter<'_>,
        widths: &[usize],
        cells: &[String],
    ) -> fmt::Result {
        let wrapped: Vec<Vec<String>> = cells
            .iter()
            .enumerate()
            .map(|(i, cell)| match self.columns[i].excess {
                Excess::IsCut => vec![layout::cut(cell, widths[i])],
                Excess::Widens | Excess::Wraps => layout::wrap(cell, widths[i]),
            })
            .collect();
        for line in 0..wrapped.iter().map(Vec::len).max().unwrap_or(0) {
            let mut text = String::new();
            for (i, cell) in wrapped.iter().enumerate() {
                if i > 0 {
                    text.push_str(GAP);
                }
                let part = cell.get(line).map_or("", String::as_str);
                text.push_str(&layout::pad(part, widths[i], self.columns[i].right));
            }
            writeln!(f, "{}", text.trim_end())?;
        }
        Ok(())
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths = self.widths();
        let titles: Vec<String> = self
            .columns
            .iter()
            .map(|column| column.title.clone())
            .collect();
        self.write_row(f, &widths, &titles)?;
        self.rows.iter().try_for_each(|row| {
            self.write_row(f, &widths, &row.cells)?;
            row.notes
                .iter()
                .try_for_each(|note| hang(f, NOTE_INDENT, NOTE_INDENT, note))
        })
    }
}

/// One part of a page.
#[derive(Debug, Clone)]
pub enum Block {
    /// A heading over what follows.
    Heading(String),
    /// A paragraph.
    Text(String),
    /// A point of a list.
    Point(String),
    /// Labels and values, one pair a line; a pair with an empty value is left out.
    Pairs(Vec<(&'static str, String)>),
    /// A table; nothing is shown of an empty one.
    Table(Table),
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Heading(text) | Self::Text(text) => hang(f, "", "", text),
            Self::Point(text) => hang(f, "- ", "  ", text),
            Self::Pairs(pairs) => {
                let shown = pairs.iter().filter(|(_, value)| !value.is_empty());
                let label_columns = shown.clone().map(|(label, _)| label.len()).max();
                let indent = " ".repeat(label_columns.unwrap_or(0) + GAP.len());
                for (label, value) in shown {
                    hang(f, &layout::pad(label, indent.len(), false), &indent, value)?;
                }
                Ok(())
            }
            Self::Table(table) if table.is_empty() => Ok(()),
            Self::Table(table) => table.fmt(f),
        }
    }
}

/// Writes a wrapped text whose first line begins with `first` and whose other lines begin with `rest`.
fn hang(f: &mut fmt::Formatter<'_>, first: &str, rest: &str, text: &str) -> fmt::Result {
    let limit = PAGE_COLUMNS.saturating_sub(rest.len()).max(LEAST_COLUMNS);
    let lines = layout::wrap_between_words(&layout::printable(text), limit);
    for (i, line) in lines.iter().enumerate() {
        writeln!(f, "{}{line}", if i == 0 { first } else { rest })?;
    }
    Ok(())
}

/// Everything that a command shows to people, top to bottom.
#[derive(Debug, Default, Clone)]
pub struct Page {
    blocks: Vec<Block>,
}

impl Page {
    /// Makes a page of these parts.
    #[must_use]
    pub fn new(blocks: Vec<Block>) -> Self {
        Self { blocks }
    }

    /// Adds a part at the end.
    pub fn push(&mut self, block: Block) {
        self.blocks.push(block);
    }
}

impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, block) in self.blocks.iter().enumerate() {
            if i > 0 && matches!(block, Block::Heading(_)) {
                writeln!(f)?;
            }
            block.fmt(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_align_whatever_the_script() {
        let mut table = Table::new(vec![
            Column::text("ROADMAP"),
            Column::number("USD M"),
            Column::prose("TITLE"),
        ]);
        table.push(vec!["a".into(), "4651.1".into(), "Тошкент вилояти".into()]);
        table.push(vec!["bcd".into(), "9.0".into(), "中亚".into()]);
        assert_eq!(
            table.to_string(),
            "ROADMAP   USD M  TITLE\na        4651.1  Тошкент вилояти\nbcd         9.0  中亚\n"
        );
    }

    #[test]
    fn long_text_wraps_within_the_page() {
        let mut table = Table::new(vec![Column::text("NAME"), Column::prose("TITLE")]);
        table.push(vec!["x".into(), "слово ".repeat(40)]);
        let text = table.to_string();
        assert!(text.lines().all(|line| layout::width(line) <= PAGE_COLUMNS));
        assert_eq!(text.matches("слово").count(), 40);
    }

    #[test]
    fn notes_stand_below_their_row_and_brief_columns_are_cut() {
        let mut table = Table::new(vec![Column::text("ID"), Column::brief("TITLE")]);
        let title = "слово ".repeat(40);
        table.push_with_notes(vec!["x".into(), title], &["https://example.org/", ""]);
        let text = table.to_string();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3, "{text}");
        assert!(lines[1].ends_with('…') && layout::width(lines[1]) <= PAGE_COLUMNS);
        assert_eq!(lines[2], "    https://example.org/");
    }

    #[test]
    fn addresses_are_never_broken_outside_of_tables() {
        let address = format!("https://example.org/{}", "a".repeat(120));
        let page = Page::new(vec![Block::Point(format!("see {address} for more"))]);
        assert!(page.to_string().contains(&address));
    }

    #[test]
    fn pairs_without_a_value_are_left_out() {
        let page = Page::new(vec![
            Block::Heading("Status".into()),
            Block::Pairs(vec![
                ("State", "signed".into()),
                ("Since", String::new()),
                ("Waits for", "KZ".into()),
            ]),
        ]);
        assert_eq!(
            page.to_string(),
            "Status\nState      signed\nWaits for  KZ\n"
        );
    }
}
