//! A file as a whole: its header line, then its rows, one record at a time.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::{
    Problem, Reason,
    columns::{Columns, whole_line},
    format::{Format, Reading},
    layout::{Adapted, Draft, Layout},
    records::Record,
    row, siat,
};
use crate::domain::{observation::Observation, period::Period, region, release::Publication};

/// What a record of a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// An empty line.
    Blank,
    /// Something about the file that stands before its rows and must be read again to go on.
    Preamble,
    /// The header line, with what is doubtful about it.
    Header(Vec<Problem>),
    /// A good row.
    Figure(Observation),
    /// A good row, with what is doubtful about it.
    Doubtful(Observation, Vec<Problem>),
    /// A bad row.
    BadRow(Vec<Problem>),
    /// A row that is not for the release, and why.
    LeftOut(Reason),
    /// A row with several figures: each of them, in the order of their columns.
    Several(Vec<Entry>),
}

/// Reads the records of one file into figures of one release.
#[derive(Debug)]
pub struct Sheet {
    publication: Publication,
    reading: Reading,
    layout: Option<Layout>,
    /// The day by which a period must have begun, and with less doubt ended.
    latest: Date,
    codes: RegionCodes,
}

/// The code under which each place was met first in each period: of the few places that have several codes, and of the
/// periods that figures can be about, so that there are not many however long a file is.
type RegionCodes = BTreeMap<(String, Period), String>;

/// The last line whose figures can be told apart from those of other lines and columns.
pub const LAST_LINE: i64 = 999_999_999;

impl Sheet {
    /// Starts a file, or goes on in one of which `memory` was kept; no memory means that the header line is
    /// still to come.
    ///
    /// A figure can only be about a period that had begun when it was published, or has begun by
    /// `now` where the release does not say when that was. A day is left for time zones.
    pub fn new(
        publication: Publication,
        reading: Reading,
        memory: &[String],
        now: Timestamp,
    ) -> Result<Self, Vec<Problem>> {
        let layout = if memory.is_empty() && reading.format != Format::SiatJson {
            None
        } else {
            Some(Layout::of_names(&reading, memory, &mut Vec::new())?)
        };
        let published = publication.published.map_or(now, |(time, _)| time);
        let day = published.to_zoned(TimeZone::UTC).date();
        Ok(Self {
            publication,
            reading,
            layout,
            latest: day.tomorrow().unwrap_or(day),
            codes: RegionCodes::new(),
        })
    }

    /// Returns what must be kept to go on in the middle of the file; nothing before its rows can be read.
    #[must_use]
    pub fn memory(&self) -> Vec<String> {
        self.layout.as_ref().map_or_else(Vec::new, Layout::memory)
    }

    /// Says that a JSON is a list around its table.
    pub fn set_in_list(&mut self, is_in_list: bool) {
        if let Some(Layout::Siat(siat)) = &mut self.layout {
            siat.set_in_list(is_in_list);
        }
    }

    /// Reads one record. Fails with what is wrong with the file: nothing behind it can be read.
    pub fn take(&mut self, record: &Record) -> Result<Entry, Vec<Problem>> {
        if record.is_blank() {
            return Ok(Entry::Blank);
        }
        if siat::is_broken(record) {
            self.layout = None;
            let description = "is not built like a table of the agency: \
                [{\"metadata\": […], \"data\": [{\"Code\": …}, …]}]";
            return Err(vec![Problem {
                line: record.line,
                ..whole_line(Reason::JsonInvalid, description.to_owned())
            }]);
        }
        let Some(layout) = &mut self.layout else {
            let mut doubts = Vec::new();
            self.layout = Some(Layout::open(&self.reading, record, &mut doubts)?);
            return Ok(Entry::Header(doubts));
        };
        if record.line > LAST_LINE {
            let description = format!("a file can have {LAST_LINE} lines; divide it");
            return Ok(Entry::BadRow(vec![Problem {
                line: record.line,
                ..whole_line(Reason::FileTooLong, description)
            }]));
        }
        if self.reading.format == Format::SiatJson
            && let Layout::Siat(siat) = layout
        {
            match siat.describe(record) {
                Ok(true) => return Ok(Entry::Preamble),
                Ok(false) => {}
                Err(problems) => {
                    self.layout = None;
                    return Err(problems);
                }
            }
        }
        Ok(self.row(record))
    }

    fn row(&mut self, record: &Record) -> Entry {
        let mut rows = Rows {
            publication: &self.publication,
            latest: self.latest,
            codes: &mut self.codes,
        };
        let (adapted, columns) = match &self.layout {
            Some(Layout::Own(columns)) => return rows.read(record, columns),
            Some(Layout::Sdmx(sdmx)) => (sdmx.adapt(record, &self.publication), sdmx.columns()),
            Some(Layout::Comtrade(comtrade)) => (
                comtrade.adapt(record, &self.publication),
                comtrade.columns(),
            ),
            Some(Layout::Siat(siat)) => (siat.adapt(record, &self.publication), siat.columns()),
            None => return Entry::Blank,
        };
        match adapted {
            Adapted::Row(draft) => rows.foreign(record, &draft, columns),
            Adapted::LeftOut(reason) => Entry::LeftOut(reason),
            Adapted::Bad(problems) => Entry::BadRow(problems),
            Adapted::Rows(drafts) => Entry::Several(
                drafts
                    .into_iter()
                    .map(|draft| match draft {
                        Ok(draft) => rows.foreign(record, &draft, columns),
                        Err(reason) => Entry::LeftOut(reason),
                    })
                    .collect(),
            ),
        }
    }

    /// Returns what is wrong with a file that has ended before its header line.
    #[must_use]
    pub fn missing_header(&self) -> Vec<Problem> {
        let description = match self.reading.format {
            Format::SiatJson => "the file has no rows of data",
            Format::Csv => return Columns::from_names(&[]).err().unwrap_or_default(),
            Format::SdmxCsv | Format::ComtradeCsv | Format::SiatCsv => {
                "the file has no header line"
            }
        };
        vec![whole_line(Reason::MissingColumn, description.to_owned())]
    }
}

/// What reads the rows of a sheet.
struct Rows<'a> {
    publication: &'a Publication,
    latest: Date,
    codes: &'a mut RegionCodes,
}

impl Rows<'_> {
    /// Reads a row that was made of a foreign one. Its file was not made for the release, so what the
    /// release does not cover is left out.
    fn foreign(&mut self, record: &Record, draft: &Draft, columns: &Columns) -> Entry {
        let mut entry = self.read(&draft.to_record(record), columns);
        if let Entry::BadRow(problems) = &mut entry {
            if problems
                .iter()
                .any(|problem| problem.reason == Reason::OutsideCoverage)
            {
                return Entry::LeftOut(Reason::OtherPeriod);
            }
            for problem in problems {
                locate(problem, draft);
            }
            return entry;
        }
        let (mut figure, mut doubts) = match entry {
            Entry::Figure(figure) => (figure, Vec::new()),
            Entry::Doubtful(figure, doubts) => (figure, doubts),
            other => return other,
        };
        figure.column = draft.column.as_ref().map_or(0, |(number, _)| *number);
        for (reason, column, description) in &draft.doubts {
            let (number, name) = columns.place(*column);
            doubts.push(Problem {
                line: record.line,
                column: number,
                column_name: name.to_owned(),
                reason: *reason,
                description: description.clone(),
            });
        }
        for doubt in &mut doubts {
            locate(doubt, draft);
        }
        if doubts.is_empty() {
            Entry::Figure(figure)
        } else {
            Entry::Doubtful(figure, doubts)
        }
    }

    fn read(&mut self, record: &Record, columns: &Columns) -> Entry {
        let row::Good {
            figure,
            region_code,
            repairs,
        } = match row::parse(record, columns, self.publication, self.latest) {
            Ok(good) => good,
            Err(problems) => return Entry::BadRow(problems),
        };
        let mut doubts = repairs;
        doubts.extend(row::doubts(&figure, columns, self.latest));
        // Only a place with several codes can be there under two of them.
        if region::has_several(&region_code) {
            let place = (figure.cell.region.clone(), figure.cell.period);
            let first = self
                .codes
                .entry(place)
                .or_insert_with(|| region_code.clone());
            if *first != region_code {
                doubts.push(row::mixed_region(&figure, columns, [first, &region_code]));
            }
        }
        if doubts.is_empty() {
            Entry::Figure(figure)
        } else {
            Entry::Doubtful(figure, doubts)
        }
    }
}

/// Moves what is wrong with one of several figures of a line to its column.
fn locate(problem: &mut Problem, draft: &Draft) {
    if problem.column == 0
        && let Some((number, name)) = &draft.column
    {
        problem.column = *number;
        problem.column_name.clone_from(name);
    }
}

#[cfg(test)]
mod tests;
