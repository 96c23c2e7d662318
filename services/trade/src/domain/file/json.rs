//! The rows of a JSON table of the Uzbek statistics agency, out of bytes that arrive in pieces cut anywhere.
//!
//! A file is `[{"metadata": [{…}, …], "data": [{…}, …]}]`, or the object without the list around it, in
//! any layout of white space. Each object of the two lists becomes a record: its first field says of which
//! list, then names and values take turns. Only one object at a time is kept.

mod object;

use super::records::{BYTE_ORDER_MARK, Flaw, MAX_RECORD_BYTES, Record};

/// The first field of a record that says something about the table.
pub const METADATA: &str = "metadata";
/// The first field of a record that is a row of the table.
pub const DATA: &str = "data";
/// How a reader that goes on knows that the file is a list around the object.
pub const IN_LIST: &str = "in-list";

/// Where in the file the next byte stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Start,
    /// Behind the bracket that begins the list around everything.
    ListStart,
    /// Behind the object in that list.
    ListNext,
    /// Behind the brace that begins the object.
    FirstKey,
    /// Behind a comma in the object.
    Key,
    InKey,
    Colon,
    Value,
    AfterValue,
    /// Behind the bracket that begins one of the two lists.
    RowsStart,
    /// Behind a comma in one of the two lists.
    Row,
    AfterRow,
    InRow,
    /// In a value that means nothing here.
    InOther,
    /// In a number or word that means nothing here.
    InWord,
    End,
    Broken,
}

/// Follows the nesting of a value to its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Nesting {
    depth: u32,
    in_text: bool,
    is_escaped: bool,
}

impl Nesting {
    /// Takes one byte; true when the value ends with it.
    fn take(&mut self, byte: u8) -> bool {
        if self.in_text {
            match byte {
                _ if self.is_escaped => self.is_escaped = false,
                b'\\' => self.is_escaped = true,
                b'"' => self.in_text = false,
                _ => {}
            }
            return self.depth == 0 && !self.in_text;
        }
        match byte {
            b'"' => self.in_text = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        self.depth == 0 && !self.in_text
    }
}

/// Finds the rows in bytes.
#[derive(Debug)]
pub struct Reader {
    place: Place,
    nesting: Nesting,
    /// The key, row or other value that is being read.
    kept: Vec<u8>,
    is_too_long: bool,
    is_in_list: bool,
    /// Whether rows of data have begun.
    is_data: bool,
    bytes: i64,
    rows: i64,
}

impl Reader {
    /// Starts at the beginning of a file, or behind a row of its data.
    #[must_use]
    pub fn resume(bytes: i64, lines: i64, memory: &[String]) -> Self {
        let goes_on = bytes > 0;
        Self {
            place: if goes_on {
                Place::AfterRow
            } else {
                Place::Start
            },
            nesting: Nesting::default(),
            kept: Vec::new(),
            is_too_long: false,
            is_in_list: memory.iter().any(|word| word == IN_LIST),
            is_data: goes_on,
            bytes,
            rows: (lines - 1).max(0),
        }
    }

    /// Returns how many bytes of the file have been read.
    #[must_use]
    pub fn bytes(&self) -> i64 {
        self.bytes
    }

    /// Returns how many rows have been read, and one for what stands before them.
    #[must_use]
    pub fn lines(&self) -> i64 {
        self.rows + 1
    }

    /// Reads more bytes up to the end of a row and leaves the rest of them in `chunk`.
    pub fn read(&mut self, chunk: &mut &[u8]) -> Option<Record> {
        while let Some((&byte, rest)) = chunk.split_first() {
            *chunk = rest;
            let position = usize::try_from(self.bytes).unwrap_or(usize::MAX);
            self.bytes += 1;
            if BYTE_ORDER_MARK.get(position) == Some(&byte) {
                continue;
            }
            let was_broken = self.place == Place::Broken;
            let is_row = self.take(byte);
            if is_row {
                return Some(self.end_row());
            }
            if !was_broken && self.place == Place::Broken {
                return Some(self.broken());
            }
        }
        None
    }

    /// Ends the file: a record of what is wrong when it ends in the middle.
    pub fn finish(&mut self) -> Option<Record> {
        let is_whole = matches!(self.place, Place::End | Place::Broken) || self.bytes == 0;
        (!is_whole).then(|| self.broken())
    }

    /// Takes one byte; true when a row ends with it.
    fn take(&mut self, byte: u8) -> bool {
        let is_inside = matches!(
            self.place,
            Place::InRow | Place::InOther | Place::InWord | Place::InKey
        );
        if !is_inside && byte.is_ascii_whitespace() {
            return false;
        }
        self.place = match (self.place, byte) {
            (Place::Start, b'[') => {
                self.is_in_list = true;
                Place::ListStart
            }
            (Place::Start | Place::ListStart, b'{') => Place::FirstKey,
            (Place::ListNext, b']') => Place::End,
            (Place::FirstKey | Place::Key, b'"') => self.begin(byte, Place::InKey),
            (Place::InKey, _) => self.key(byte),
            (Place::Colon, b':') => Place::Value,
            (Place::Value, b'[') if self.kept == METADATA.as_bytes() => self.rows_start(false),
            (Place::Value, b'[') if self.kept == DATA.as_bytes() => self.rows_start(true),
            (Place::Value, b'"' | b'{' | b'[') => self.begin(byte, Place::InOther),
            (Place::Value, b'-' | b'0'..=b'9' | b'a'..=b'z')
            | (Place::InWord, b'-' | b'+' | b'.' | b'E' | b'0'..=b'9' | b'a'..=b'z') => {
                Place::InWord
            }
            (Place::InOther, _) if self.nesting.take(byte) => Place::AfterValue,
            (Place::InOther, _) => Place::InOther,
            (Place::InWord, _) if byte.is_ascii_whitespace() => Place::AfterValue,
            (Place::AfterValue | Place::InWord, b',') => Place::Key,
            (Place::FirstKey | Place::AfterValue | Place::InWord, b'}') => self.end_of_table(),
            (Place::RowsStart | Place::AfterRow, b']') => Place::AfterValue,
            (Place::RowsStart | Place::Row, b'{') => self.begin(byte, Place::InRow),
            (Place::AfterRow, b',') => Place::Row,
            (Place::InRow, _) => {
                self.keep(byte);
                if self.nesting.take(byte) {
                    self.place = Place::AfterRow;
                    return true;
                }
                Place::InRow
            }
            _ => Place::Broken,
        };
        false
    }

    fn begin(&mut self, byte: u8, place: Place) -> Place {
        self.kept.clear();
        self.is_too_long = false;
        self.nesting = Nesting::default();
        self.nesting.take(byte);
        if place == Place::InRow {
            self.keep(byte);
        }
        place
    }

    /// Keys that mean something have no escapes.
    fn key(&mut self, byte: u8) -> Place {
        if self.nesting.take(byte) {
            return Place::Colon;
        }
        self.keep(byte);
        Place::InKey
    }

    /// What is said about a table must stand before its rows, and a second table would need its own.
    fn rows_start(&mut self, is_data: bool) -> Place {
        if self.is_data {
            return Place::Broken;
        }
        self.is_data = is_data;
        Place::RowsStart
    }

    fn end_of_table(&self) -> Place {
        if self.is_in_list {
            Place::ListNext
        } else {
            Place::End
        }
    }

    fn keep(&mut self, byte: u8) {
        if self.kept.len() < MAX_RECORD_BYTES {
            self.kept.push(byte);
        } else {
            self.is_too_long = true;
        }
    }

    fn end_row(&mut self) -> Record {
        let kind = if self.is_data { DATA } else { METADATA };
        self.rows += i64::from(self.is_data);
        let row = std::mem::take(&mut self.kept);
        let (fields, flaw) = match object::fields(&row) {
            _ if self.is_too_long => (Vec::new(), Some(Flaw::TooLong)),
            Some(fields) => (fields, None),
            None => (Vec::new(), Some(Flaw::Json)),
        };
        let texts = std::iter::once(kind.to_owned())
            .chain(fields.into_iter().flat_map(|(name, value)| [name, value]));
        Record::of(self.lines(), (self.bytes, self.lines()), texts, flaw)
    }

    fn broken(&mut self) -> Record {
        self.place = Place::Broken;
        let line = self.lines() + 1;
        let end = (self.bytes, self.lines());
        Record::of(line, end, std::iter::empty::<&[u8]>(), Some(Flaw::Json))
    }

    /// Tells whether the file is a list around the object.
    #[must_use]
    pub fn is_in_list(&self) -> bool {
        self.is_in_list
    }
}

#[cfg(test)]
mod tests;
