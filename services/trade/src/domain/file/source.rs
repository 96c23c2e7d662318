//! The bytes of a file of any format, cut into records as they arrive.

use super::{
    format::Format,
    json,
    records::{self, Record},
};

/// Cuts bytes into records.
#[derive(Debug)]
pub enum Source {
    /// Lines of separated values.
    Lines(records::Reader),
    /// Objects of JSON.
    Objects(Box<json::Reader>),
}

impl Source {
    /// Starts behind `bytes` bytes and `lines` lines of a file of which `memory` was kept; all that is
    /// nothing at the beginning of the file.
    #[must_use]
    pub fn resume(format: Format, bytes: i64, lines: i64, memory: &[String]) -> Self {
        match format {
            Format::Csv | Format::SdmxCsv | Format::ComtradeCsv | Format::SiatCsv => {
                Self::Lines(records::Reader::resume(bytes, lines))
            }
            Format::SiatJson => Self::Objects(Box::new(json::Reader::resume(bytes, lines, memory))),
        }
    }

    /// Returns how many bytes of the file have been read.
    #[must_use]
    pub fn bytes(&self) -> i64 {
        match self {
            Self::Lines(reader) => reader.bytes(),
            Self::Objects(reader) => reader.bytes(),
        }
    }

    /// Returns how many lines of the file have been read; of JSON, how many rows, and one for what stands
    /// before them.
    #[must_use]
    pub fn lines(&self) -> i64 {
        match self {
            Self::Lines(reader) => reader.lines(),
            Self::Objects(reader) => reader.lines(),
        }
    }

    /// Reads more bytes up to the end of a record and leaves the rest of them in `chunk`; none when the
    /// record goes on behind them.
    pub fn read(&mut self, chunk: &mut &[u8]) -> Option<Record> {
        match self {
            Self::Lines(reader) => reader.read(chunk),
            Self::Objects(reader) => reader.read(chunk),
        }
    }

    /// Ends the file: what is left behind the last record.
    pub fn finish(&mut self) -> Option<Record> {
        match self {
            Self::Lines(reader) => reader.finish(),
            Self::Objects(reader) => reader.finish(),
        }
    }

    /// Takes the room of a record that is done with.
    pub fn reuse(&mut self, record: Record) {
        if let Self::Lines(reader) = self {
            reader.reuse(record);
        }
    }
}
