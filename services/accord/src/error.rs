//! Everything that can end a client command early, what is said about it, and the exit code.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::client::refusal::Refusal;

/// Why a client command ended without doing its work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The command line asks for something that makes no sense; exit code 2.
    #[error("{0}")]
    Usage(String),
    /// Nothing answers at the address.
    #[error(
        "nothing answers at {address} ({cause})\n  hint: start everything here with `accord demo`, or name a running one with --address URL"
    )]
    Unreachable {
        /// The address tried.
        address: String,
        /// What the network said.
        cause: String,
    },
    /// A service refused the call.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// A file was refused for what is in it; exit code 3.
    #[error("{0}")]
    Content(String),
    /// What was asked for was done, but there is something to look at; exit code 4.
    #[error("{0}")]
    Doubtful(String),
    /// A file could not be read or written.
    #[error("{}: {cause}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        cause: String,
    },
    /// The output could not be written.
    #[error("cannot write the output: {0}")]
    Output(io::Error),
    /// Anything else, said in full.
    #[error("{0}")]
    Failed(String),
}

impl Error {
    /// Names the file that an operation failed on.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "every caller has an error to give away"
    )]
    pub fn file(path: impl Into<PathBuf>, cause: impl ToString) -> Self {
        Self::File {
            path: path.into(),
            cause: cause.to_string(),
        }
    }

    /// Says what went wrong on standard error and chooses the exit code.
    ///
    /// A reader that has seen enough (`accord … | head`) is no failure.
    #[must_use]
    pub fn exit(&self) -> ExitCode {
        match self {
            Self::Output(cause) if cause.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            Self::Usage(_) => {
                eprintln!("error: {self}");
                ExitCode::from(2)
            }
            Self::Content(_) => {
                eprintln!("error: {self}");
                ExitCode::from(3)
            }
            Self::Doubtful(_) => {
                eprintln!("warning: {self}");
                ExitCode::from(4)
            }
            _ => {
                eprintln!("error: {self}");
                ExitCode::FAILURE
            }
        }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<tonic::Status> for Error {
    fn from(status: tonic::Status) -> Self {
        Self::Refused(Box::new(Refusal::of(&status)))
    }
}
