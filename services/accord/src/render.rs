//! How an answer is shown: as aligned text for people, or as JSON, JSON lines or CSV for programs.

pub mod formula;
mod json;
mod layout;
mod sheet;
mod table;
pub mod value;

use std::io::{self, Write};

pub use json::Answer;
pub use sheet::Sheet;
pub use table::{Block, Column, Page, Table};

/// The form of a command's output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Aligned text for people, at most 100 columns wide.
    Table,
    /// The canonical protobuf JSON of the answer.
    Json,
    /// One JSON object a line: one for each listed item, or one for the whole answer.
    Jsonl,
    /// Comma-separated values with a header line. A cell that a spreadsheet would take for a formula has a `'` before it.
    Csv,
}

/// One answer in every form that it can be shown in.
#[derive(Debug)]
pub struct View {
    /// The answer itself.
    pub answer: Answer,
    /// The answer as text for people.
    pub page: Page,
    /// The answer as rows of values.
    pub sheet: Sheet,
}

impl View {
    /// Writes the view in the form asked for.
    pub fn write(&self, format: Format, out: &mut dyn Write) -> io::Result<()> {
        match format {
            Format::Table => out.write_all(self.page.to_string().as_bytes())?,
            Format::Json => self.answer.write_whole(out)?,
            Format::Jsonl => self.answer.write_lines(out)?,
            Format::Csv => self.sheet.write(out)?,
        }
        out.flush()
    }

    /// Writes the view on standard output.
    pub fn print(&self, format: Format) -> io::Result<()> {
        self.write(format, &mut io::BufWriter::new(io::stdout().lock()))
    }
}
