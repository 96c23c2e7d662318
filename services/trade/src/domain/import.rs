//! Uploads of files of figures into a staging release.

use jiff::Timestamp;

use super::file::{Problem, format::Reading, tally::Tallies};

/// What has become of an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Not finished.
    Receiving,
    /// Its accepted rows belong to the release.
    Done,
    /// Refused for its bad rows.
    Refused,
    /// Given up by the caller.
    Cancelled,
}

/// How a file is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Whether bad rows are left out.
    pub skip_bad_rows: bool,
    /// The size of the whole file.
    pub total_bytes: i64,
    /// How the file is to be read.
    pub reading: Reading,
    /// The SHA-256 that the whole file must have, where the caller says it.
    pub sha256: Option<[u8; 32]>,
    /// Whether rows are also looked at beside each other.
    pub find_suspicious: bool,
}

/// How much of a file has been taken in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Intake {
    /// How many bytes, always at the end of a row.
    pub received_bytes: i64,
    /// How many lines those bytes have.
    pub received_lines: i64,
    /// The names in the header line, or what else must be kept to go on, once rows can be read.
    pub columns: Vec<String>,
    /// The state of the SHA-256 of those bytes; empty where nobody asks for it.
    pub digest: Vec<u8>,
    /// How many rows were good.
    pub accepted: i64,
    /// How many rows were bad.
    pub skipped: i64,
    /// The first problems, by line and column.
    pub problems: Vec<Problem>,
    /// The rows and cells that are not for the release.
    pub left_out: Tallies,
    /// What is doubtful about rows that were taken.
    pub doubtful: Tallies,
    /// The first of what is doubtful.
    pub doubts: Vec<Problem>,
}

/// How many problems of an import are shown with it, and how many doubts.
pub const MAX_PROBLEMS: usize = 1_000;

/// How many problems of an import are kept, and how many doubts.
pub const MAX_KEPT: usize = 100_000;

/// An upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// Its resource name.
    pub name: String,
    /// Its unique identifier.
    pub uid: String,
    /// Its place among the imports of its release, from 1.
    pub number: i64,
    /// The stream that carries it: only the last that took it up may go on.
    pub lease: String,
    /// What has become of it.
    pub state: State,
    /// How the file is to be taken.
    pub options: Options,
    /// How much of the file has been taken in.
    pub intake: Intake,
    /// When it began.
    pub create_time: Timestamp,
    /// When something of it last became durable.
    pub update_time: Timestamp,
}

/// Why an upload cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The id was used with other options.
    #[error("the import was begun with other options")]
    Reused,
    /// The import was cancelled.
    #[error("the import was cancelled")]
    Cancelled,
    /// The import is finished.
    #[error("the import is finished")]
    Finished(State),
    /// The stream does not begin where the durable part ends.
    #[error("the durable part ends at byte {received_bytes}")]
    Offset {
        /// Where it ends.
        received_bytes: i64,
    },
    /// The bytes that have come are not those that were announced.
    #[error("the file does not have the SHA-256 that was announced")]
    Content,
    /// Another stream has gone on with it.
    #[error("another stream has gone on with the import")]
    TakenOver,
}

impl Import {
    /// Lets the stream `lease` go on with the import from `offset`. Answers false when there is
    /// nothing to go on with, because the import is done or was refused.
    pub fn resume(
        &mut self,
        options: Options,
        offset: i64,
        lease: &str,
        now: Timestamp,
    ) -> Result<bool, Error> {
        if self.options != options {
            return Err(Error::Reused);
        }
        match self.state {
            State::Cancelled => Err(Error::Cancelled),
            State::Done | State::Refused => Ok(false),
            State::Receiving if offset != self.intake.received_bytes => Err(Error::Offset {
                received_bytes: self.intake.received_bytes,
            }),
            State::Receiving => {
                lease.clone_into(&mut self.lease);
                self.update_time = now;
                Ok(true)
            }
        }
    }

    /// Fails unless the stream `lease` may go on.
    pub fn expect_lease(&self, lease: &str) -> Result<(), Error> {
        match self.state {
            State::Cancelled => Err(Error::Cancelled),
            State::Receiving if self.lease == lease => Ok(()),
            State::Receiving | State::Done | State::Refused => Err(Error::TakenOver),
        }
    }

    /// Tells whether all of the file has been taken in. The end of a stream does not tell: one that
    /// breaks off can look like one that ends.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.intake.received_bytes >= self.options.total_bytes
    }

    /// Tells whether rows were read, and none of them is for the release.
    #[must_use]
    pub fn is_beside_the_point(&self) -> bool {
        let intake = &self.intake;
        intake.accepted == 0 && intake.skipped == 0 && intake.left_out.total() > 0
    }

    /// Ends the import: done, or refused when a row is bad and bad rows are not skipped, when no row can
    /// be read because the header line is bad, or when none is for the release.
    pub fn finish(&mut self, now: Timestamp) {
        let unreadable = self.intake.columns.is_empty();
        let bad = self.intake.skipped > 0 && !self.options.skip_bad_rows;
        self.state = if unreadable || bad || self.is_beside_the_point() {
            State::Refused
        } else {
            State::Done
        };
        self.update_time = now;
    }

    /// Gives the import up.
    pub fn cancel(&mut self, now: Timestamp) -> Result<(), Error> {
        match self.state {
            State::Receiving => {
                self.state = State::Cancelled;
                self.update_time = now;
                Ok(())
            }
            State::Cancelled => Err(Error::Cancelled),
            state @ (State::Done | State::Refused) => Err(Error::Finished(state)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPTIONS: Options = Options {
        skip_bad_rows: false,
        total_bytes: 100,
        reading: Reading::CSV,
        sha256: None,
        find_suspicious: false,
    };

    fn import() -> Import {
        Import {
            name: "i".to_owned(),
            uid: "i".to_owned(),
            number: 1,
            lease: "first".to_owned(),
            state: State::Receiving,
            options: OPTIONS,
            intake: Intake {
                received_bytes: 40,
                columns: vec!["flow".to_owned()],
                ..Intake::default()
            },
            create_time: Timestamp::UNIX_EPOCH,
            update_time: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn the_last_stream_that_took_it_up_goes_on() {
        let (mut import, now) = (import(), Timestamp::UNIX_EPOCH);
        assert!(!import.is_whole());
        assert_eq!(
            import.resume(OPTIONS, 0, "second", now),
            Err(Error::Offset { received_bytes: 40 })
        );
        assert_eq!(import.resume(OPTIONS, 40, "second", now), Ok(true));
        assert_eq!(import.expect_lease("first"), Err(Error::TakenOver));
        assert_eq!(import.expect_lease("second"), Ok(()));
        let other = Options {
            skip_bad_rows: true,
            ..OPTIONS
        };
        assert_eq!(import.resume(other, 40, "third", now), Err(Error::Reused));
    }

    #[test]
    fn a_bad_row_refuses_the_file_unless_bad_rows_are_skipped() {
        let now = Timestamp::UNIX_EPOCH;
        for (skip_bad_rows, skipped, expected) in [
            (false, 0, State::Done),
            (false, 1, State::Refused),
            (true, 1, State::Done),
        ] {
            let mut import = import();
            import.options.skip_bad_rows = skip_bad_rows;
            import.intake.skipped = skipped;
            import.finish(now);
            assert_eq!(import.state, expected);
            assert_eq!(import.cancel(now), Err(Error::Finished(expected)));
        }
        let mut headless = import();
        headless.intake.columns.clear();
        headless.finish(now);
        assert_eq!(headless.state, State::Refused);
    }

    #[test]
    fn a_file_of_which_nothing_is_for_the_release_is_refused() {
        use crate::domain::file::Reason;
        let mut import = import();
        import.intake.left_out.add(Reason::OtherPartner, 2);
        import.finish(Timestamp::UNIX_EPOCH);
        assert_eq!(import.state, State::Refused);
    }

    #[test]
    fn a_cancelled_import_stays_cancelled() {
        let (mut import, now) = (import(), Timestamp::UNIX_EPOCH);
        assert_eq!(import.cancel(now), Ok(()));
        assert_eq!(import.cancel(now), Err(Error::Cancelled));
        assert_eq!(
            import.resume(OPTIONS, 40, "second", now),
            Err(Error::Cancelled)
        );
        assert_eq!(import.expect_lease("first"), Err(Error::Cancelled));
    }
}
