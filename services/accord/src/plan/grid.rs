//! A table as it stands in a file: cells in rows, with what is merged said for each cell that it covers.

mod comma;
mod workbook;

use std::path::Path;

use jiff::civil::Date;

use crate::error::Error;

/// More rows than this are no plan.
pub const MAX_ROWS: usize = 100_000;
/// More columns than this are no plan.
pub const MAX_COLUMNS: usize = 200;

/// The table of one sheet.
#[derive(Debug, Default)]
pub struct Grid {
    /// The name of the sheet; empty for a CSV file.
    pub sheet: String,
    /// Its rows, in order; empty ones are left out.
    pub rows: Vec<Row>,
    /// The other sheets of the workbook that have any cell, if no sheet was asked for.
    pub other_sheets: Vec<String>,
}

/// One row.
#[derive(Debug)]
pub struct Row {
    /// The number of the row in the sheet, or of its first line in the file, from 1.
    pub line: u64,
    /// Its cells from the first column.
    pub cells: Vec<Cell>,
}

/// One cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    /// What it holds.
    pub value: Value,
    /// The merged block that it is part of, whose value it has.
    pub block: Option<Block>,
}

/// What a cell holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// Nothing.
    #[default]
    Empty,
    /// Text to the letter, with something other than blanks in it; lines end with `\n`.
    Text(String),
    /// A day, which the program that made the sheet kept as one.
    Day(Date),
    /// An error of the program that made the sheet, such as `#REF!`.
    Broken(String),
}

/// A merged block of cells, by where it begins and ends, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// The first row and column.
    pub first: (u32, u32),
    /// The last row and column.
    pub last: (u32, u32),
}

impl Cell {
    /// The text of the cell without blanks around it, those that do not break lines made plain; empty where it has none.
    #[must_use]
    pub fn text(&self) -> String {
        match &self.value {
            Value::Text(text) => text.replace(['\r', '\u{a0}'], " ").trim().to_owned(),
            _ => self.raw(),
        }
    }

    /// The text of the cell to the letter.
    #[must_use]
    pub fn raw(&self) -> String {
        match &self.value {
            Value::Empty => String::new(),
            Value::Text(text) | Value::Broken(text) => text.clone(),
            Value::Day(day) => day.to_string(),
        }
    }

    /// Whether it holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.value == Value::Empty
    }
}

impl Block {
    /// Over how many columns it goes.
    #[must_use]
    pub fn width(self) -> u32 {
        self.last.1 - self.first.1 + 1
    }

    /// Over how many rows it goes.
    #[must_use]
    pub fn height(self) -> u32 {
        self.last.0 - self.first.0 + 1
    }
}

impl Row {
    /// The cell of a column; an empty one after the last.
    #[must_use]
    pub fn cell(&self, column: usize) -> Cell {
        self.cells.get(column).cloned().unwrap_or_default()
    }
}

impl Value {
    /// A text as a value: nothing if there are only blanks.
    fn of_text(text: &str) -> Self {
        if text.trim().is_empty() {
            Self::Empty
        } else {
            Self::Text(text.replace("\r\n", "\n"))
        }
    }
}

/// Reads the table of a file: of the sheet named, or of the first that has any cell.
pub fn read(path: &Path, sheet: Option<&str>) -> Result<Grid, Error> {
    let bytes = std::fs::read(path).map_err(|error| Error::file(path, error))?;
    of(bytes, sheet).map_err(|error| Error::file(path, error))
}

/// Reads the table of a file's bytes; the error says what is wrong with the file.
pub fn of(bytes: Vec<u8>, sheet: Option<&str>) -> Result<Grid, String> {
    // A workbook is a ZIP file.
    let grid = if bytes.starts_with(b"PK\x03\x04") {
        workbook::read(bytes, sheet)
    } else if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        Err("is a workbook in the form of Excel 97; save it as .xlsx".to_owned())
    } else if bytes.trim_ascii_start().starts_with(b"{") {
        Err("is JSON; plans are read from CSV and from workbooks, as `accord roadmaps export --format csv` writes them".to_owned())
    } else if let Some(sheet) = sheet {
        Err(format!("is no workbook, so it has no sheet \"{sheet}\""))
    } else {
        comma::read(&bytes)
    }?;
    if grid.rows.is_empty() {
        return Err("has no cells".to_owned());
    }
    Ok(grid)
}
