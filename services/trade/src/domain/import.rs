//! Uploads of files of figures into a staging release.

use jiff::Timestamp;

use super::file::Problem;

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
    /// The size of the file; 0 when not announced.
    pub total_bytes: i64,
}

/// How much of a file has been taken in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Intake {
    /// How many bytes, always at the end of a row.
    pub received_bytes: i64,
    /// How many lines those bytes have.
    pub received_lines: i64,
    /// The names in the header line, once it has been read.
    pub columns: Vec<String>,
    /// How many rows were good.
    pub accepted: i64,
    /// How many rows were bad.
    pub skipped: i64,
    /// The first problems, by line and column.
    pub problems: Vec<Problem>,
}

/// How many problems of an import are kept.
pub const MAX_PROBLEMS: usize = 1_000;

/// An upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// Its resource name.
    pub name: String,
    /// Its unique identifier.
    pub uid: String,
    /// Its place among the imports of its release, from 1.
    pub number: i64,
    /// Counts the streams that have carried it: only the last may go on.
    pub lease: i64,
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
    /// Another stream has gone on with it.
    #[error("another stream has gone on with the import")]
    TakenOver,
}

impl Import {
    /// Lets a new stream go on with the import from `offset`. Answers false when there is nothing to
    /// go on with, because the import is done or was refused.
    pub fn resume(&mut self, options: Options, offset: i64, now: Timestamp) -> Result<bool, Error> {
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
                self.lease += 1;
                self.update_time = now;
                Ok(true)
            }
        }
    }

    /// Fails unless the stream that holds `lease` may go on.
    pub fn expect_lease(&self, lease: i64) -> Result<(), Error> {
        match self.state {
            State::Cancelled => Err(Error::Cancelled),
            State::Receiving if self.lease == lease => Ok(()),
            State::Receiving | State::Done | State::Refused => Err(Error::TakenOver),
        }
    }

    /// Tells whether the announced end of the file has been reached; a file of unknown size ends with
    /// its stream.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.options.total_bytes == 0 || self.intake.received_bytes >= self.options.total_bytes
    }

    /// Ends the import: done, or refused when a row is bad and bad rows are not skipped, or when no
    /// row can be read because the header line is bad.
    pub fn finish(&mut self, now: Timestamp) {
        let unreadable = self.intake.columns.is_empty();
        let bad = self.intake.skipped > 0 && !self.options.skip_bad_rows;
        self.state = if unreadable || bad {
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
