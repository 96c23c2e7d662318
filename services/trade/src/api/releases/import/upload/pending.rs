//! What has been read of an upload and is not yet on its way to be durable.

use jiff::Timestamp;

use crate::{
    domain::{
        file::{Problem, row, sheet::Entry, tally::Tallies},
        import::{Import, MAX_KEPT, MAX_PROBLEMS},
        observation::Observation,
    },
    store::key::Key,
};

/// What has been read and is not yet durable.
#[derive(Clone, Debug, Default)]
pub(super) struct Pending {
    pub(super) figures: Vec<(Key, Observation)>,
    pub(super) bad_rows: i64,
    pub(super) problems: Vec<Problem>,
    pub(super) left_out: Tallies,
    pub(super) doubtful: Tallies,
    pub(super) doubts: Vec<Problem>,
    pub(super) end: Option<(i64, i64)>,
}

impl Pending {
    /// Takes what a record is.
    pub(super) fn take(&mut self, entry: Entry, line: i64) {
        match entry {
            Entry::Blank | Entry::Preamble => {}
            Entry::Header(doubts) => self.doubt(doubts),
            Entry::Figure(figure) => self.figures.push((Key::of(&figure.cell), figure)),
            Entry::Doubtful(figure, doubts) => {
                self.figures.push((Key::of(&figure.cell), figure));
                self.doubt(doubts);
            }
            Entry::BadRow(problems) => {
                self.bad_rows += 1;
                self.problems.extend(problems);
            }
            Entry::LeftOut(reason) => self.left_out.add(reason, line),
            Entry::Several(entries) => {
                for entry in entries {
                    self.take(entry, line);
                }
            }
        }
    }

    fn doubt(&mut self, doubts: Vec<Problem>) {
        for doubt in &doubts {
            self.doubtful.add(doubt.reason, doubt.line);
        }
        // More of one batch are never kept.
        if self.doubts.len() < MAX_KEPT {
            self.doubts.extend(doubts);
        }
    }

    /// Brings figures into the order of their keys, and turns those about a cell that another of them is
    /// about into bad rows.
    pub(super) fn sort(&mut self) {
        self.figures
            .sort_unstable_by_key(|(key, figure)| (*key, figure.line, figure.column));
        let mut last = None;
        self.drop_duplicates(|key| last.replace(key) == Some(key));
    }

    /// Turns figures about cells that are `known` into bad rows.
    pub(super) fn drop_duplicates(&mut self, mut known: impl FnMut(Key) -> bool) {
        let (mut bad_rows, problems) = (0, &mut self.problems);
        self.figures.retain(|(key, figure)| {
            let is_new = !known(*key);
            if !is_new {
                bad_rows += 1;
                problems.push(row::duplicate(figure));
            }
            is_new
        });
        self.bad_rows += bad_rows;
        self.problems.sort();
    }

    pub(super) fn keys(&self) -> Vec<Key> {
        self.figures.iter().map(|(key, _)| *key).collect()
    }

    /// Counts what was read into the import.
    pub(super) fn count_into(
        &self,
        import: &mut Import,
        memory: Vec<String>,
        digest: Vec<u8>,
        now: Timestamp,
    ) {
        let intake = &mut import.intake;
        if let Some((bytes, lines)) = self.end {
            (intake.received_bytes, intake.received_lines) = (bytes, lines);
        }
        intake.columns = memory;
        intake.digest = digest;
        intake.accepted += i64::try_from(self.figures.len()).unwrap_or(i64::MAX);
        intake.skipped += self.bad_rows;
        intake.problems.extend_from_slice(&self.problems);
        intake.problems.truncate(MAX_PROBLEMS);
        intake.left_out.merge(&self.left_out);
        intake.doubtful.merge(&self.doubtful);
        intake.doubts.extend_from_slice(&self.doubts);
        intake.doubts.truncate(MAX_PROBLEMS);
        import.update_time = now;
    }
}
