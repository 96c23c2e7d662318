//! The figures of an upload that is only checked, in the order of their keys.
//!
//! Batches are kept sorted: a few in memory, more of them in a temporary file that has no name and goes with
//! the upload. At the end they are merged, so that cells that stand twice lie side by side.

use std::{
    cmp::Reverse,
    collections::{BTreeSet, BinaryHeap},
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
};

use crate::{
    domain::{
        cell::HsEdition,
        observation::{Observation, Precision},
        release::Release,
    },
    store::key::{self, Key},
};

/// How many figures are kept in memory: about a dozen megabytes.
const MAX_IN_MEMORY: usize = 200_000;
/// How many figures of each batch are read from the file at once.
const READ_AT_ONCE: usize = 256;
/// A figure takes eight numbers, and the marks one more.
const NUMBERS: usize = 9;
const BYTES: usize = NUMBERS * 8;

/// Key, line, column, value, weight, marks and unit; -1 for a value or weight that is not published.
type Row = [i64; NUMBERS];

/// The figures of an upload.
#[derive(Debug, Default)]
pub(super) struct Rehearsal {
    in_memory: Vec<Vec<Row>>,
    kept: usize,
    editions: BTreeSet<HsEdition>,
    file: Option<File>,
    /// Where each batch in the file begins and ends, in figures.
    runs: Vec<(u64, u64)>,
}

impl Rehearsal {
    /// Keeps a batch, which is in the order of its keys.
    pub(super) fn keep(&mut self, figures: &[(Key, Observation)]) -> io::Result<()> {
        let own = |(_, figure): &(Key, Observation)| figure.cell.commodity.edition();
        self.editions.extend(figures.iter().filter_map(own));
        let rows: Vec<Row> = figures
            .iter()
            .map(|(key, figure)| row(*key, figure))
            .collect();
        if self.kept + rows.len() <= MAX_IN_MEMORY {
            self.kept += rows.len();
            self.in_memory.push(rows);
            return Ok(());
        }
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile()?),
        };
        let mut bytes = Vec::with_capacity(rows.len() * BYTES);
        for number in rows.iter().flatten() {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        file.write_all(&bytes)?;
        let start = self.runs.last().map_or(0, |(_, end)| *end);
        let count = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        self.runs.push((start, start + count));
        Ok(())
    }

    /// Returns the editions of the codes.
    pub(super) fn editions(&self) -> &BTreeSet<HsEdition> {
        &self.editions
    }

    /// Ends the keeping.
    pub(super) fn merge(self) -> io::Result<Merge> {
        let mut merge = Merge {
            file: self.file,
            batches: Vec::new(),
            next: BinaryHeap::new(),
        };
        for rows in self.in_memory {
            merge.add(Run {
                rows: rows.into_iter(),
                rest: (0, 0),
            })?;
        }
        for rest in self.runs {
            merge.add(Run {
                rows: Vec::new().into_iter(),
                rest,
            })?;
        }
        Ok(merge)
    }
}

/// What is left of a batch.
#[derive(Debug)]
struct Run {
    rows: std::vec::IntoIter<Row>,
    /// What is still in the file, in figures.
    rest: (u64, u64),
}

/// Gives back what was kept, in the order of keys and then lines.
#[derive(Debug)]
pub(super) struct Merge {
    file: Option<File>,
    batches: Vec<Run>,
    /// The next figure of each batch that has one.
    next: BinaryHeap<Reverse<(Row, usize)>>,
}

impl Merge {
    fn add(&mut self, batch: Run) -> io::Result<()> {
        self.batches.push(batch);
        self.advance(self.batches.len() - 1)
    }

    fn advance(&mut self, index: usize) -> io::Result<()> {
        let Some(batch) = self.batches.get_mut(index) else {
            return Ok(());
        };
        if let Some(row) = batch.next(self.file.as_mut())? {
            self.next.push(Reverse((row, index)));
        }
        Ok(())
    }

    /// Returns the next figure of a release.
    pub(super) fn next(&mut self, release: &Release) -> io::Result<Option<(Key, Observation)>> {
        let Some(Reverse((row, index))) = self.next.pop() else {
            return Ok(None);
        };
        self.advance(index)?;
        figure(row, &release.publication.reporter)
            .map(Some)
            .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))
    }
}

impl Run {
    fn next(&mut self, file: Option<&mut File>) -> io::Result<Option<Row>> {
        if let Some(row) = self.rows.next() {
            return Ok(Some(row));
        }
        let (start, end) = self.rest;
        let (Some(file), true) = (file, start < end) else {
            return Ok(None);
        };
        let bytes_of_row = BYTES as u64;
        file.seek(SeekFrom::Start(start * bytes_of_row))?;
        let count = (end - start).min(READ_AT_ONCE as u64);
        let mut bytes = Vec::new();
        file.take(count * bytes_of_row).read_to_end(&mut bytes)?;
        self.rest.0 += count;
        let rows: Vec<Row> = bytes.as_chunks::<BYTES>().0.iter().map(read).collect();
        self.rows = rows.into_iter();
        Ok(self.rows.next())
    }
}

fn row(key: Key, figure: &Observation) -> Row {
    [
        key.year,
        key.series,
        key.span,
        figure.line,
        figure.column.into(),
        figure.value_cents.unwrap_or(-1),
        figure.net_weight_grams.unwrap_or(-1),
        key::marks(figure.status, figure.precision.qualifier),
        figure.precision.unit_cents,
    ]
}

fn read(bytes: &[u8; BYTES]) -> Row {
    let mut row = Row::default();
    for (number, bytes) in row.iter_mut().zip(bytes.as_chunks::<8>().0) {
        *number = i64::from_le_bytes(*bytes);
    }
    row
}

fn figure(row: Row, reporter: &str) -> Option<(Key, Observation)> {
    let [
        year,
        series,
        span,
        line,
        column,
        value,
        weight,
        marks,
        unit_cents,
    ] = row;
    let key = Key { year, series, span };
    let (status, qualifier) = key::unmark(marks)?;
    let published = |number: i64| (number >= 0).then_some(number);
    let figure = Observation {
        line,
        column: u32::try_from(column).ok()?,
        cell: key.cell(reporter)?,
        value_cents: published(value),
        net_weight_grams: published(weight),
        status,
        precision: Precision {
            qualifier,
            unit_cents,
        },
        as_published: String::new(),
    };
    Some((key, figure))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        cell::{Cell, Commodity, Flow},
        observation::{Qualifier, Status},
        release::tests::release,
    };

    fn figure(month: i64, line: i64) -> (Key, Observation) {
        let period = format!("{}-{:02}", 1900 + month / 12, month % 12 + 1);
        let figure = Observation {
            line,
            column: 3,
            cell: Cell {
                partner: "KZ".to_owned(),
                flow: Flow::Export,
                commodity: Commodity::Total,
                region: String::new(),
                period: period.parse().unwrap(),
            },
            value_cents: (line % 3 > 0).then_some(line),
            net_weight_grams: None,
            status: Status::NORMAL,
            precision: Precision {
                qualifier: Qualifier::Rounded,
                unit_cents: 7,
            },
            as_published: String::new(),
        };
        (Key::of(&figure.cell), figure)
    }

    #[test]
    fn batches_in_memory_and_on_disk_come_back_in_order() {
        // Beyond what is kept in memory, so that the last batches go to the file.
        let mut rehearsal = Rehearsal {
            kept: MAX_IN_MEMORY - 5_000,
            ..Rehearsal::default()
        };
        let mut expected = Vec::new();
        for batch in 0..30_i64 {
            let mut figures: Vec<_> = (0..1_000)
                .map(|place| figure((place * 7 + batch * 13) % 3_000, batch * 1_000 + place + 2))
                .collect();
            figures.sort_by_key(|(key, figure)| (*key, figure.line));
            rehearsal.keep(&figures).unwrap();
            expected.extend(figures);
        }
        assert_eq!(rehearsal.runs.len(), 25);
        expected.sort_by_key(|(key, figure)| (*key, figure.line));
        let release = release("r", "UZ", "2024-01-01");
        let mut merge = rehearsal.merge().unwrap();
        let found: Vec<_> = std::iter::from_fn(|| merge.next(&release).unwrap()).collect();
        assert_eq!(found, expected);
    }
}
