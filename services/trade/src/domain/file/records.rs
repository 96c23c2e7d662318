//! Records of comma-separated values (RFC 4180) out of bytes that arrive in pieces cut anywhere.
//!
//! The reader knows at which byte each record ends, so that an upload that broke off can go on behind
//! the last record that is durable.

/// The longest record, in bytes. An unclosed quote would otherwise swallow the rest of the file.
pub const MAX_RECORD_BYTES: usize = 65_536;

/// The mark that some programs put before UTF-8 text.
pub(super) const BYTE_ORDER_MARK: [u8; 3] = [0xEF, 0xBB, 0xBF];

/// One record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// The line on which it begins, from 1.
    pub line: i64,
    /// What is wrong with it as a record.
    pub flaw: Option<Flaw>,
    /// How many bytes of the file end with it.
    pub end_bytes: i64,
    /// How many lines of the file end with it.
    pub end_lines: i64,
    /// The fields without their quotes, one behind the other.
    bytes: Vec<u8>,
    /// Where each field ends in `bytes`.
    ends: Vec<usize>,
}

/// What is wrong with a record as a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// A quoted field does not end, or goes on after its end.
    Quote,
    /// It is longer than [`MAX_RECORD_BYTES`].
    TooLong,
    /// It is no JSON, or no row of a table.
    Json,
}

impl Record {
    /// Makes a record of texts that were read otherwise; `end` is how many bytes and lines of the file end
    /// with it.
    pub fn of<T: AsRef<[u8]>>(
        line: i64,
        end: (i64, i64),
        texts: impl IntoIterator<Item = T>,
        flaw: Option<Flaw>,
    ) -> Self {
        let mut record = Self {
            line,
            flaw,
            end_bytes: end.0,
            end_lines: end.1,
            ..Self::default()
        };
        for text in texts {
            record.bytes.extend_from_slice(text.as_ref());
            record.ends.push(record.bytes.len());
        }
        record
    }

    /// Tells whether the record is an empty line, which means nothing.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.flaw.is_none() && self.ends.len() == 1 && self.bytes.is_empty()
    }

    /// Returns how many fields it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Tells whether it has no field, which only a record that is too long can have.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Returns a field by its place, from 0.
    #[must_use]
    pub fn field(&self, place: usize) -> Option<&[u8]> {
        let end = *self.ends.get(place)?;
        let start = match place.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.bytes.get(start..end)
    }

    /// Returns the fields in their order.
    pub fn fields(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).filter_map(|place| self.field(place))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    FieldStart,
    Plain,
    Quoted,
    /// Behind a quote in a quoted field: its end, or the first half of a doubled quote.
    QuoteInQuoted,
}

/// Splits bytes into records.
#[derive(Debug)]
pub struct Reader {
    state: State,
    bytes_of_record: Vec<u8>,
    ends: Vec<usize>,
    flaw: Option<Flaw>,
    record_bytes: usize,
    record_line: i64,
    bytes: i64,
    lines: i64,
}

impl Reader {
    /// Starts behind `bytes` bytes and `lines` lines of a file, at the beginning of a record.
    #[must_use]
    pub fn resume(bytes: i64, lines: i64) -> Self {
        Self {
            state: State::FieldStart,
            bytes_of_record: Vec::new(),
            ends: Vec::new(),
            flaw: None,
            record_bytes: 0,
            record_line: lines + 1,
            bytes,
            lines,
        }
    }

    /// Returns how many bytes of the file have been read.
    #[must_use]
    pub fn bytes(&self) -> i64 {
        self.bytes
    }

    /// Returns how many lines of the file have been read.
    #[must_use]
    pub fn lines(&self) -> i64 {
        self.lines
    }

    /// Reads more bytes up to the end of a record and leaves the rest of them in `chunk`; none when
    /// the record goes on behind them.
    ///
    /// One record at a time, because the records of a chunk together can take many times its size.
    pub fn read(&mut self, chunk: &mut &[u8]) -> Option<Record> {
        while let Some((&byte, rest)) = chunk.split_first() {
            *chunk = rest;
            let position = self.bytes;
            self.bytes += 1;
            if position < 3 && is_mark(position, byte) {
                continue;
            }
            self.record_bytes += 1;
            if self.take(byte) {
                return Some(self.end_record());
            }
        }
        None
    }

    /// Ends the file: the last record may lack its line break.
    pub fn finish(&mut self) -> Option<Record> {
        if self.record_bytes == 0 {
            return None;
        }
        if self.state == State::Quoted {
            self.flaw = self.flaw.or(Some(Flaw::Quote));
        }
        self.lines += 1;
        Some(self.end_record())
    }

    /// Takes one byte; true when it ends the record.
    fn take(&mut self, byte: u8) -> bool {
        if byte == b'\n' {
            self.lines += 1;
            if self.state != State::Quoted {
                if self.state == State::Plain && self.field_ends_with(b'\r') {
                    self.bytes_of_record.pop();
                }
                return true;
            }
        }
        match (self.state, byte) {
            (State::FieldStart | State::Plain | State::QuoteInQuoted, b',') => {
                self.end_field();
                self.state = State::FieldStart;
            }
            (State::FieldStart, b'"') => self.state = State::Quoted,
            (State::Quoted, b'"') => self.state = State::QuoteInQuoted,
            (State::QuoteInQuoted, b'"') => {
                self.keep(byte);
                self.state = State::Quoted;
            }
            (State::QuoteInQuoted, b'\r') => {}
            (State::QuoteInQuoted, _) => {
                self.flaw = self.flaw.or(Some(Flaw::Quote));
                self.state = State::Plain;
            }
            (State::FieldStart | State::Plain, _) => {
                self.keep(byte);
                self.state = State::Plain;
            }
            (State::Quoted, _) => self.keep(byte),
        }
        false
    }

    fn keep(&mut self, byte: u8) {
        if self.record_bytes > MAX_RECORD_BYTES {
            self.flaw = self.flaw.or(Some(Flaw::TooLong));
        } else {
            self.bytes_of_record.push(byte);
        }
    }

    fn end_field(&mut self) {
        if self.record_bytes > MAX_RECORD_BYTES {
            self.flaw = self.flaw.or(Some(Flaw::TooLong));
        } else {
            self.ends.push(self.bytes_of_record.len());
        }
    }

    /// Tells whether the field that is being read ends with `byte`.
    fn field_ends_with(&self, byte: u8) -> bool {
        let start = self.ends.last().copied().unwrap_or_default();
        self.bytes_of_record.len() > start && self.bytes_of_record.last() == Some(&byte)
    }

    /// Takes the room of a record that is done with.
    pub fn reuse(&mut self, record: Record) {
        if self.bytes_of_record.is_empty() && self.ends.is_empty() {
            (self.bytes_of_record, self.ends) = (record.bytes, record.ends);
            self.bytes_of_record.clear();
            self.ends.clear();
        }
    }

    fn end_record(&mut self) -> Record {
        self.end_field();
        let line = std::mem::replace(&mut self.record_line, self.lines + 1);
        self.state = State::FieldStart;
        self.record_bytes = 0;
        let end = self.ends.last().copied().unwrap_or_default();
        self.bytes_of_record.truncate(end);
        Record {
            line,
            flaw: self.flaw.take(),
            end_bytes: self.bytes,
            end_lines: self.lines,
            bytes: std::mem::take(&mut self.bytes_of_record),
            ends: std::mem::take(&mut self.ends),
        }
    }
}

/// Tells whether a byte at a place of a file is a part of the byte-order mark.
fn is_mark(position: i64, byte: u8) -> bool {
    usize::try_from(position).is_ok_and(|position| BYTE_ORDER_MARK.get(position) == Some(&byte))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// All records that bytes complete.
    pub(crate) fn completed(reader: &mut Reader, mut bytes: &[u8]) -> Vec<Record> {
        std::iter::from_fn(|| reader.read(&mut bytes)).collect()
    }

    fn read(text: &[u8]) -> Vec<Record> {
        let mut reader = Reader::resume(0, 0);
        let mut records = completed(&mut reader, text);
        records.extend(reader.finish());
        records
    }

    #[test]
    fn what_stands_behind_a_record_waits() {
        let mut reader = Reader::resume(0, 0);
        let mut bytes = b"a\n\n\nb".as_slice();
        assert_eq!(texts(&reader.read(&mut bytes).unwrap()), ["a"]);
        assert_eq!(
            (bytes, reader.bytes(), reader.lines()),
            (b"\n\nb".as_slice(), 2, 1)
        );
    }

    fn texts(record: &Record) -> Vec<&str> {
        record
            .fields()
            .map(|field| std::str::from_utf8(field).unwrap())
            .collect()
    }

    #[test]
    fn quotes_line_breaks_and_a_byte_order_mark_are_understood() {
        let records = read("\u{feff}\"a\",b\r\n\"x, \"\"y\"\"\nz\",5\" tall\r\n\n,last".as_bytes());
        assert_eq!(texts(&records[0]), ["a", "b"]);
        assert_eq!(texts(&records[1]), ["x, \"y\"\nz", "5\" tall"]);
        assert!(records[2].is_blank());
        assert_eq!(texts(&records[3]), ["", "last"]);
        let lines: Vec<i64> = records.iter().map(|record| record.line).collect();
        assert_eq!(lines, [1, 2, 4, 5]);
        assert!(records.iter().all(|record| record.flaw.is_none()));
    }

    #[test]
    fn flawed_records_are_marked_and_the_next_is_read() {
        let records = read(b"\"a\"b,c\nd\n\"never closed,\ne");
        assert_eq!(records[0].flaw, Some(Flaw::Quote));
        assert_eq!(texts(&records[1]), ["d"]);
        assert_eq!(records[2].flaw, Some(Flaw::Quote));
        let long = format!("{},b\nc\n", "x".repeat(MAX_RECORD_BYTES + 10));
        let records = read(long.as_bytes());
        assert_eq!(records[0].flaw, Some(Flaw::TooLong));
        assert_eq!(texts(&records[1]), ["c"]);
    }

    fn any_file() -> impl Strategy<Value = Vec<u8>> {
        proptest::collection::vec(
            prop_oneof![
                Just(b"a".to_vec()),
                Just(b",".to_vec()),
                Just(b"\"".to_vec()),
                Just(b"\n".to_vec()),
                Just(b"\r\n".to_vec()),
                Just(BYTE_ORDER_MARK.to_vec()),
            ],
            0..60,
        )
        .prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn where_chunks_are_cut_means_nothing(file in any_file(), cuts in proptest::collection::vec(0_usize..200, 0..6)) {
            let mut reader = Reader::resume(0, 0);
            let mut records = Vec::new();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(file.len())).collect();
            cuts.push(file.len());
            cuts.sort_unstable();
            let mut start = 0;
            for cut in cuts {
                records.extend(completed(&mut reader, &file[start..cut]));
                start = cut;
            }
            records.extend(reader.finish());
            prop_assert_eq!(records, read(&file));
        }

        #[test]
        fn going_on_behind_any_record_gives_the_rest(file in any_file(), stop in 0_usize..20) {
            let whole = read(&file);
            if let Some(last) = whole.get(stop) {
                let offset = usize::try_from(last.end_bytes).unwrap();
                let mut reader = Reader::resume(last.end_bytes, last.end_lines);
                let mut rest = completed(&mut reader, &file[offset..]);
                rest.extend(reader.finish());
                prop_assert_eq!(&rest[..], &whole[stop + 1..]);
            }
        }

        #[test]
        fn quoted_fields_round_trip(fields in proptest::collection::vec("[a-z,\"\n\r]{0,8}", 1..6)) {
            let line: Vec<String> = fields
                .iter()
                .map(|field| format!("\"{}\"", field.replace('"', "\"\"")))
                .collect();
            let records = read(format!("{}\n", line.join(",")).as_bytes());
            prop_assert_eq!(records.len(), 1);
            prop_assert_eq!(texts(&records[0]), fields);
        }
    }
}
