//! A file as a whole: its header line, then its rows, one record at a time.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::{Problem, columns::Columns, records::Record, row};
use crate::domain::{observation::Observation, release::Publication};

/// What a record of a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// An empty line.
    Blank,
    /// The header line.
    Header,
    /// A good row.
    Figure(Observation),
    /// A bad row.
    BadRow(Vec<Problem>),
}

/// Reads the records of one file into figures of one release.
#[derive(Debug)]
pub struct Sheet {
    publication: Publication,
    columns: Option<Columns>,
    /// The day by which a period must have begun.
    latest: Date,
}

impl Sheet {
    /// Starts a file, or goes on in one whose header line had these names; no names mean that the
    /// header line is still to come.
    ///
    /// A figure can only be about a period that had begun when it was published, or has begun by
    /// `now` where the release does not say when that was. A day is left for time zones.
    pub fn new(
        publication: Publication,
        names: &[String],
        now: Timestamp,
    ) -> Result<Self, Vec<Problem>> {
        let columns = if names.is_empty() {
            None
        } else {
            Some(Columns::from_names(names)?)
        };
        let published = publication.published.map_or(now, |(time, _)| time);
        let day = published.to_zoned(TimeZone::UTC).date();
        Ok(Self {
            publication,
            columns,
            latest: day.tomorrow().unwrap_or(day),
        })
    }

    /// Returns the names in the header line; none before it has been read.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.columns.as_ref().map_or_else(Vec::new, Columns::names)
    }

    /// Reads one record. Fails with the problems of the header line: nothing behind it can be read.
    pub fn take(&mut self, record: &Record) -> Result<Entry, Vec<Problem>> {
        if record.is_blank() {
            return Ok(Entry::Blank);
        }
        let Some(columns) = &self.columns else {
            self.columns = Some(Columns::parse(record)?);
            return Ok(Entry::Header);
        };
        Ok(
            match row::parse(record, columns, &self.publication, self.latest) {
                Ok(observation) => Entry::Figure(observation),
                Err(problems) => Entry::BadRow(problems),
            },
        )
    }

    /// Returns what is wrong with a file that has ended before its header line.
    #[must_use]
    pub fn missing_header() -> Vec<Problem> {
        Columns::from_names(&[]).err().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        file::{
            Reason,
            records::{Reader, tests::completed},
        },
        release::tests::release,
    };

    fn read(text: &str) -> Result<Vec<Entry>, Vec<Problem>> {
        let publication = release("r", "UZ", "2024-01-01").publication;
        let mut sheet = Sheet::new(publication, &[], Timestamp::UNIX_EPOCH)?;
        let mut reader = Reader::resume(0, 0);
        let mut records = completed(&mut reader, text.as_bytes());
        records.extend(reader.finish());
        records.iter().map(|record| sheet.take(record)).collect()
    }

    #[test]
    fn blank_lines_mean_nothing_and_bad_rows_are_told_from_good_ones() {
        let entries = read("\nflow,period,value_usd\n\nX,2022,1.5\nX,2022\n").unwrap();
        assert_eq!(entries[..3], [Entry::Blank, Entry::Header, Entry::Blank]);
        assert!(matches!(&entries[3], Entry::Figure(figure) if figure.value_cents == Some(150)));
        assert!(matches!(&entries[4], Entry::BadRow(problems) if problems[0].line == 5));
    }

    #[test]
    fn without_a_time_of_publication_periods_must_have_begun_by_tomorrow() {
        let mut publication = release("r", "UZ", "2024-01-01").publication;
        publication.published = None;
        let now = "2026-11-29T12:00:00Z".parse().unwrap();
        let mut sheet = Sheet::new(publication, &[], now).unwrap();
        let csv = b"flow,period,value_usd\nX,2026-11,1\nX,2026-12,1\nX,2027,1\n";
        let read: Vec<_> = completed(&mut Reader::resume(0, 0), csv)
            .iter()
            .map(|record| sheet.take(record).unwrap())
            .collect();
        assert!(matches!(read[1], Entry::Figure(_)));
        for entry in &read[2..] {
            assert!(
                matches!(entry, Entry::BadRow(found) if found[0].reason == Reason::PeriodInFuture)
            );
        }
    }

    #[test]
    fn a_bad_header_line_ends_the_reading() {
        assert_eq!(read("flow,value_usd\nX,1\n").unwrap_err().len(), 1);
        assert_eq!(Sheet::missing_header().len(), 3);
    }
}
