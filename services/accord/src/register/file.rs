//! A CSV file as people have them: RFC 4180, `,` or `;` or tabs between cells, with or without a byte-order mark.
//!
//! Records are read one at a time, and each knows the line on which it begins; a record may go over several lines. The guards
//! of cells that spreadsheets would take for formulas are taken off.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use super::{FILE_INVALID, Place, Problem};
use crate::error::Error;
use crate::render::formula;

/// A record longer than this is a quote that was never closed.
const MAX_RECORD_BYTES: usize = 4 * 1024 * 1024;

/// The records of a file.
pub struct Records<R> {
    input: R,
    separator: char,
    line: u64,
    /// After this nothing more can be read.
    broken: bool,
}

/// One record.
#[derive(Debug)]
pub struct Record {
    /// The line on which it begins, counted from 1.
    pub line: u64,
    /// Its cells, or what is wrong with it.
    pub cells: Result<Vec<String>, Problem>,
}

/// Opens a file and reads its header.
pub fn open(path: &Path) -> Result<(Record, Records<BufReader<File>>), Error> {
    let file = File::open(path).map_err(|error| Error::file(path, error))?;
    start(BufReader::new(file)).map_err(|error| Error::file(path, error))
}

/// Reads the header, which tells what stands between cells.
pub fn start<R: BufRead>(input: R) -> Result<(Record, Records<R>), String> {
    let mut records = Records {
        input,
        separator: ',',
        line: 1,
        broken: false,
    };
    let Some((line, mut bytes)) = records.raw().map_err(|problem| problem.description)? else {
        return Err("the file is empty".to_owned());
    };
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        bytes = rest.to_vec();
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") || bytes.contains(&0) {
        return Err("the file is in UTF-16; save it as UTF-8".to_owned());
    }
    // No name of a column has one of these signs, so the first that occurs is the separator.
    records.separator = [',', ';', '\t']
        .into_iter()
        .find(|sign| bytes.contains(&(*sign as u8)))
        .unwrap_or(',');
    let cells = cells(line, &bytes, records.separator);
    Ok((Record { line, cells }, records))
}

impl<R: BufRead> Records<R> {
    /// The bytes of the next record that is not empty, and its first line.
    fn raw(&mut self) -> Result<Option<(u64, Vec<u8>)>, Problem> {
        loop {
            let first = self.line;
            let mut bytes = Vec::new();
            loop {
                let before = bytes.len();
                let read = self.input.read_until(b'\n', &mut bytes).map_err(|error| {
                    Problem::of_row(first, FILE_INVALID, format!("cannot be read: {error}"))
                })?;
                self.line += u64::from(read > 0);
                // A record ends where as many quotes were closed as opened.
                let is_open = count(&bytes, b'"') % 2 == 1;
                if !is_open {
                    break;
                }
                if read == 0 || bytes.len() > MAX_RECORD_BYTES {
                    return Err(Problem::of_row(
                        first,
                        FILE_INVALID,
                        "a quote is opened here and never closed",
                    ));
                }
                debug_assert!(bytes.len() > before);
            }
            if bytes.is_empty() {
                return Ok(None);
            }
            if bytes.ends_with(b"\n") {
                bytes.pop();
            }
            if bytes.ends_with(b"\r") {
                bytes.pop();
            }
            let separator = self.separator;
            let is_blank = bytes
                .iter()
                .all(|byte| *byte == b' ' || *byte == b'\t' || *byte == separator as u8);
            if !is_blank {
                return Ok(Some((first, bytes)));
            }
        }
    }
}

impl<R: BufRead> Iterator for Records<R> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        if self.broken {
            return None;
        }
        match self.raw() {
            Ok(None) => None,
            Ok(Some((line, bytes))) => Some(Record {
                line,
                cells: cells(line, &bytes, self.separator),
            }),
            Err(problem) => {
                self.broken = true;
                Some(Record {
                    line: problem.line,
                    cells: Err(problem),
                })
            }
        }
    }
}

/// How often a byte stands in a record.
#[expect(clippy::naive_bytecount, reason = "records are short")]
fn count(bytes: &[u8], wanted: u8) -> usize {
    bytes.iter().filter(|byte| **byte == wanted).count()
}

/// Takes a record apart.
fn cells(line: u64, bytes: &[u8], separator: char) -> Result<Vec<String>, Problem> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        let number = 1 + count(before, separator as u8);
        at(line, number, "is not UTF-8; save the file as UTF-8")
    })?;
    let mut cells = Vec::new();
    let mut rest = text;
    loop {
        let (cell, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted_cell(quoted)
                .ok_or_else(|| at(line, cells.len() + 1, "has a quote that is not closed"))?,
            None => {
                let end = rest.find(separator).unwrap_or(rest.len());
                (rest[..end].to_owned(), &rest[end..])
            }
        };
        if !rest.starts_with('"') && cell.contains('"') {
            let how = "has a quote in the middle; put the whole cell in quotes and write \"\" for each quote in it";
            return Err(at(line, cells.len() + 1, how));
        }
        cells.push(bare(cell));
        match after.strip_prefix(separator) {
            Some(next) => rest = next,
            None if after.is_empty() => return Ok(cells),
            None => return Err(at(line, cells.len(), "goes on after its closing quote")),
        }
    }
}

/// A cell without the guard that keeps spreadsheets from taking it for a formula.
fn bare(cell: String) -> String {
    match formula::bare(&cell) {
        bare if bare.len() < cell.len() => bare.to_owned(),
        _ => cell,
    }
}

/// The content of a quoted cell after its opening quote, and what follows its closing one.
fn quoted_cell(text: &str) -> Option<(String, &str)> {
    let mut cell = String::new();
    let mut rest = text;
    loop {
        let end = rest.find('"')?;
        cell.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('"') {
            Some(after) => {
                cell.push('"');
                rest = after;
            }
            None => return Some((cell, rest)),
        }
    }
}

fn at(line: u64, number: usize, description: &str) -> Problem {
    Problem {
        line,
        column: Some(Place {
            number,
            name: String::new(),
        }),
        reason: FILE_INVALID.to_owned(),
        description: description.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &[u8]) -> Vec<(u64, Result<Vec<String>, String>)> {
        let (header, records) = start(text).unwrap();
        std::iter::once(header)
            .chain(records)
            .map(|record| {
                (
                    record.line,
                    record.cells.map_err(|problem| problem.description),
                )
            })
            .collect()
    }

    #[expect(
        clippy::unnecessary_wraps,
        reason = "what a record that can be read gives"
    )]
    fn cells_of(texts: &[&str]) -> Result<Vec<String>, String> {
        Ok(texts.iter().map(|&text| text.to_owned()).collect())
    }

    #[test]
    fn the_header_tells_the_separator_and_a_mark_before_it_does_not_count() {
        for text in [
            "id,title\r\na,\"x, y\"\r\n",
            "\u{feff}id;title\na;x, y\n",
            "id\ttitle\na\tx, y",
        ] {
            assert_eq!(
                read(text.as_bytes()),
                [
                    (1, cells_of(&["id", "title"])),
                    (2, cells_of(&["a", "x, y"]))
                ]
            );
        }
    }

    #[test]
    fn a_record_may_go_over_lines_and_blank_lines_are_none() {
        let text = "id,title\na,\"one\n\"\"two\"\"\"\n\n,,\nb,\n";
        assert_eq!(
            read(text.as_bytes())[1..],
            [
                (2, cells_of(&["a", "one\n\"two\""])),
                (6, cells_of(&["b", ""]))
            ]
        );
    }

    #[test]
    fn what_is_no_csv_is_told_with_its_line() {
        let wrong = |text: &[u8]| {
            let last = read(text).pop().unwrap();
            (last.0, last.1.unwrap_err())
        };
        assert!(wrong(b"id\na\n\"b\nc\n").1.contains("never closed"));
        assert_eq!(wrong(b"id\na\n\"b\nc\n").0, 3);
        assert!(wrong(b"id\na\"b\"\n").1.contains("in the middle"));
        assert!(wrong(b"id\n\"a\"b\n").1.contains("after its closing"));
        assert!(wrong(b"id,t\na,\xc4\n").1.contains("UTF-8"));
        assert!(
            start(&b"\xff\xfei\0d\0"[..])
                .err()
                .unwrap()
                .contains("UTF-16")
        );
        assert!(start(&b""[..]).err().unwrap().contains("empty"));
    }

    #[test]
    fn the_guard_of_a_formula_is_taken_off() {
        let text = "id,title\na,'=1+1\nb,\"'@x, \"\"y\"\"\"\nc,'plain'\n";
        assert_eq!(
            read(text.as_bytes())[1..],
            [
                (2, cells_of(&["a", "=1+1"])),
                (3, cells_of(&["b", "@x, \"y\""])),
                (4, cells_of(&["c", "'plain'"])),
            ]
        );
    }

    proptest! {
        #[test]
        fn what_a_csv_writer_writes_comes_back(rows in proptest::collection::vec(proptest::collection::vec("[a-c,;\"\r\n а]{0,6}", 3), 1..5)) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(["a", "b", "c"]).unwrap();
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let text = writer.into_inner().unwrap();
            let read: Vec<Vec<String>> = read(&text).into_iter().skip(1).map(|(_, cells)| cells.unwrap()).collect();
            let kept: Vec<Vec<String>> = rows.into_iter().filter(|row| row.iter().any(|cell| !cell.trim_matches(' ').is_empty())).collect();
            prop_assert_eq!(read, kept);
        }
    }
}
