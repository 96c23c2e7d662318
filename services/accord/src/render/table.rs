//! Text for people: tables with aligned columns, pairs of label and value, and plain lines.

use std::fmt;

use super::layout;

/// The width that every page keeps to, so that it reads well in an ordinary terminal.
const PAGE_COLUMNS: usize = 100;
/// Columns that wrap stay at least this wide.
const LEAST_COLUMNS: usize = 18;
/// Spaces between two columns.
const GAP: &str = "  ";

/// One column of a table.
#[derive(Debug, Clone)]
pub struct Column {
    title: String,
    right: bool,
    wraps: bool,
}

impl Column {
    /// A column of short text, aligned left.
    pub fn text(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            right: false,
            wraps: false,
        }
    }

    /// A column of numbers, aligned right; the title names the unit.
    pub fn number(title: impl Into<String>) -> Self {
        Self {
            right: true,
            ..Self::text(title)
        }
    }

    /// A column of long text, which wraps onto more lines when the page is too narrow.
    pub fn prose(title: impl Into<String>) -> Self {
        Self {
            wraps: true,
            ..Self::text(title)
        }
    }
}

/// Rows of cells under column titles.
#[derive(Debug, Clone)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
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
        debug_assert_eq!(row.len(), self.columns.len(), "a cell for each column");
        self.rows
            .push(row.iter().map(|cell| layout::printable(cell)).collect());
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
            for (widest, cell) in widths.iter_mut().zip(row) {
                *widest = (*widest).max(layout::width(cell));
            }
        }
        let gaps = GAP.len() * self.columns.len().saturating_sub(1);
        let may_wrap: Vec<bool> = self.columns.iter().map(|column| column.wraps).collect();
        layout::fit(
            &mut widths,
            &may_wrap,
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
            .zip(widths)
            .map(|(cell, &limit)| layout::wrap(cell, limit))
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
        self.rows
            .iter()
            .try_for_each(|row| self.write_row(f, &widths, row))
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
            Self::Heading(text) => writeln!(f, "{}", layout::printable(text)),
            Self::Text(text) => hang(f, "", "", text),
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
    let lines = layout::wrap(&layout::printable(text), limit);
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
