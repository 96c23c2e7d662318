//! An answer as rows of plain values: CSV with a header line, quoted as RFC 4180 says.

use std::io::{self, Write};

use super::formula;

/// Rows of values under named columns.
///
/// Names say the unit (`value_cents`); values are exact and not shortened for reading. Cells that a spreadsheet would
/// take for formulas are guarded (see [`formula`]).
#[derive(Debug, Default, Clone)]
pub struct Sheet {
    columns: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Sheet {
    /// Makes an empty sheet with these columns.
    #[must_use]
    pub fn new(columns: &[&'static str]) -> Self {
        Self {
            columns: columns.to_vec(),
            rows: Vec::new(),
        }
    }

    /// Adds one row, a value for each column.
    pub fn push(&mut self, row: Vec<String>) {
        debug_assert_eq!(row.len(), self.columns.len(), "a value for each column");
        self.rows.push(row);
    }

    /// Writes the header and the rows.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(&self.columns).map_err(into_io)?;
        for row in &self.rows {
            let cells = formula::guarded_row(row);
            writer.write_record(cells).map_err(into_io)?;
        }
        writer.flush()
    }
}

/// Keeps the kind of an input or output error, so that a closed pipe is still seen as one.
fn into_io(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_guarded_and_numbers_are_not() {
        let mut sheet = Sheet::new(&["title", "value_cents"]);
        sheet.push(vec!["=1+1".into(), "-250".into()]);
        let mut out = Vec::new();
        sheet.write(&mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "title,value_cents\n'=1+1,-250\n"
        );
    }

    #[test]
    fn quotes_commas_quotes_and_line_ends() {
        let mut sheet = Sheet::new(&["name", "title"]);
        sheet.push(vec!["a".into(), "one, \"two\"\nthree".into()]);
        let mut out = Vec::new();
        sheet.write(&mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "name,title\na,\"one, \"\"two\"\"\nthree\"\n"
        );
    }
}
