//! Tables in CSV.

use super::{Cell, Grid, MAX_COLUMNS, MAX_ROWS, Row, Value};
use crate::render::formula;

/// Reads a file in UTF-8, with whatever stands between its cells: `,`, `;` or tabs.
pub(super) fn read(bytes: &[u8]) -> Result<Grid, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err("is in UTF-16; save it as UTF-8".to_owned());
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes
            .get(..error.valid_up_to())
            .map_or(1, |before| before.split(|byte| *byte == b'\n').count());
        format!("line {line} is not UTF-8; save the file as UTF-8")
    })?;
    let delimiter = separator(text);
    if let Some(line) = open_quote(text, delimiter) {
        return Err(format!(
            "line {line}: a cell begins with a quotation mark and none ends it"
        ));
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    let mut lines = Lines::new(text.as_bytes());
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        let line = lines.at(record.position().map_or(0, csv::Position::byte));
        if rows.len() == MAX_ROWS || record.len() > MAX_COLUMNS {
            return Err(format!(
                "line {line}: a plan has at most {MAX_ROWS} rows and {MAX_COLUMNS} columns"
            ));
        }
        let cells: Vec<Cell> = record
            .iter()
            .map(|text| Cell {
                value: Value::of_text(formula::bare(text)),
                block: None,
            })
            .collect();
        if cells.iter().any(|cell| !cell.is_empty()) {
            rows.push(Row { line, cells });
        }
    }
    Ok(Grid {
        rows,
        ..Grid::default()
    })
}

/// The line of a quoted cell that goes on to the end of the file.
fn open_quote(text: &str, delimiter: u8) -> Option<usize> {
    let mut bytes = text.bytes().peekable();
    let (mut line, mut begins, mut open) = (1, true, None);
    while let Some(byte) = bytes.next() {
        line += usize::from(byte == b'\n');
        match (open, byte) {
            (None, b'"') if begins => open = Some(line),
            // A doubled one is one within the cell.
            (Some(_), b'"') if bytes.next_if_eq(&b'"').is_none() => open = None,
            _ => {}
        }
        begins = open.is_none() && (byte == delimiter || matches!(byte, b'\n' | b'\r'));
    }
    open
}

/// The lines of a file by their bytes, asked for in order.
struct Lines<'a> {
    bytes: &'a [u8],
    counted: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            counted: 0,
            line: 1,
        }
    }

    /// The line of the record that begins at a byte, or after the empty lines that do.
    fn at(&mut self, byte: u64) -> u64 {
        let byte = usize::try_from(byte).unwrap_or(usize::MAX);
        while let Some(sign) = self.bytes.get(self.counted) {
            if self.counted >= byte && !matches!(sign, b'\r' | b'\n') {
                break;
            }
            self.line += u64::from(*sign == b'\n');
            self.counted += 1;
        }
        self.line
    }
}

/// What stands between cells: the sign that parts the most records into more than one cell.
fn separator(text: &str) -> u8 {
    // In a file of this program, the header tells.
    let own = text
        .strip_prefix("id")
        .and_then(|rest| rest.bytes().next())
        .filter(|sign| matches!(sign, b',' | b';' | b'\t'));
    if let Some(own) = own {
        return own;
    }
    let counts = records_with(text);
    // Of equal ones the last: a text has commas in it more often than the others.
    let signs = SIGNS.into_iter().zip(counts);
    let most = signs.max_by_key(|(_, count)| *count);
    most.map_or(b',', |(sign, _)| sign)
}

/// What may stand between cells.
const SIGNS: [u8; 3] = [b',', b';', b'\t'];

/// The separator is looked for in so many records.
const SEARCHED_RECORDS: usize = 200;

/// In how many records each of the signs stands outside of quoted cells, whose texts have lists and lines of their own.
fn records_with(text: &str) -> [usize; 3] {
    let mut counts = [0; 3];
    let (mut begins, mut is_open, mut records) = (true, false, 0);
    let mut found = [false; 3];
    let mut bytes = text.bytes().chain([b'\n']).peekable();
    while let Some(byte) = bytes.next() {
        if is_open {
            // A doubled one is one within the cell.
            is_open = byte != b'"' || bytes.next_if_eq(&b'"').is_some();
            begins = false;
            continue;
        }
        is_open = begins && byte == b'"';
        let sign = SIGNS.iter().position(|sign| *sign == byte);
        begins = sign.is_some() || matches!(byte, b'\n' | b'\r');
        if let Some(found) = sign.and_then(|sign| found.get_mut(sign)) {
            *found = true;
        }
        if byte == b'\n' {
            for (count, found) in counts.iter_mut().zip(&mut found) {
                *count += usize::from(std::mem::take(found));
            }
            records += 1;
            if records == SEARCHED_RECORDS {
                break;
            }
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(file: &str) -> Vec<(u64, Vec<String>)> {
        let grid = read(file.as_bytes()).unwrap();
        let texts = |row: &Row| row.cells.iter().map(Cell::text).collect();
        grid.rows.iter().map(|row| (row.line, texts(row))).collect()
    }

    #[test]
    fn whatever_stands_between_cells_is_found() {
        for sign in [",", ";", "\t"] {
            let file = format!(
                "План{sign}{sign}\n\nmeasure{sign}deadline{sign}\n\"a\nb\"{sign}2022{sign}x\n"
            );
            assert_eq!(
                texts(&file),
                [
                    (1, vec!["План".to_owned(), String::new(), String::new()]),
                    (
                        3,
                        vec!["measure".to_owned(), "deadline".to_owned(), String::new()]
                    ),
                    (
                        4,
                        vec!["a\nb".to_owned(), "2022".to_owned(), "x".to_owned()]
                    ),
                ]
            );
        }
    }

    #[test]
    fn commas_within_texts_do_not_part_a_file_with_semicolons() {
        assert_eq!(texts("a, b;c\n1, 2;3\n")[1].1, ["1, 2", "3"]);
    }

    #[test]
    fn lists_and_lines_within_quoted_cells_do_not_part_a_file() {
        let list = |sign: char| format!("\"1) a{sign}\n2) \"\"b\"\"{sign}\n3) c\"");
        for (sign, others) in [(',', [';', '\t']), (';', [',', '\t']), ('\t', [';', ','])] {
            for other in others {
                let row = format!("1{sign}{}{sign}\"x{other} y\"\n", list(other));
                let file = format!("n{sign}measure{sign}deadline\n{}", row.repeat(5));
                let cell = format!("1) a{other}\n2) \"b\"{other}\n3) c");
                let rows = texts(&file);
                assert_eq!(rows.len(), 6, "{file}");
                assert_eq!(rows[5].1, ["1", &cell, &format!("x{other} y")], "{file}");
            }
        }
    }

    #[test]
    fn a_quoted_cell_without_an_end_is_told_with_its_line() {
        assert_eq!(
            read(b"a,b\n1,\"x\n2,y\n").unwrap_err(),
            "line 2: a cell begins with a quotation mark and none ends it"
        );
        assert_eq!(
            texts("a,b\n\"x\"\"\ny\",5\" pipe\n")[1].1,
            ["x\"\ny", "5\" pipe"]
        );
    }

    #[test]
    fn what_is_not_utf_8_is_told_with_its_line() {
        assert_eq!(
            read(b"a,b\n\xcf\xd0,c\n").unwrap_err(),
            "line 2 is not UTF-8; save the file as UTF-8"
        );
        assert_eq!(
            read(b"\xff\xfea\0").unwrap_err(),
            "is in UTF-16; save it as UTF-8"
        );
    }
}
