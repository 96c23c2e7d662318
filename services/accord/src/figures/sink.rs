//! What a file is written to: counted and hashed on the way.

use std::io::{self, Write};
use std::sync::{Arc, OnceLock};

use sha2::{Digest as _, Sha256};

use crate::error::Error;

/// Somewhere to write to that has an end of its own.
pub trait Out: Write + Send {
    /// Writes what is left, and keeps what was written.
    fn finish(self: Box<Self>) -> Result<(), Error>;
}

/// Somewhere to write to, which tells how much was written and its SHA-256.
pub struct Sink {
    out: Box<dyn Out>,
    bytes: u64,
    hasher: Sha256,
    trouble: Trouble,
}

/// The first error of a sink, kept because the libraries that write to it tell it as text only.
#[derive(Debug, Clone, Default)]
pub(super) struct Trouble(Arc<OnceLock<(io::ErrorKind, String)>>);

impl Trouble {
    /// Puts the error of the sink in the place of one that follows from it.
    pub(super) fn behind(&self, error: Error) -> Error {
        match self.0.get() {
            Some((kind, text)) => Error::Output(io::Error::new(*kind, text.clone())),
            None => error,
        }
    }

    fn note<T>(&self, result: io::Result<T>) -> io::Result<T> {
        result.inspect_err(|error| {
            if error.kind() != io::ErrorKind::Interrupted {
                self.0.get_or_init(|| (error.kind(), error.to_string()));
            }
        })
    }
}

impl Sink {
    /// Writes to `out`.
    #[must_use]
    pub fn new(out: Box<dyn Out>) -> Self {
        Self {
            out,
            bytes: 0,
            hasher: Sha256::new(),
            trouble: Trouble::default(),
        }
    }

    /// Where its first error will be found.
    pub(super) fn trouble(&self) -> Trouble {
        self.trouble.clone()
    }

    /// Keeps what was written, and returns how many bytes it has and their SHA-256 in hexadecimal digits.
    pub fn finish(self) -> Result<(u64, String), Error> {
        self.out.finish()?;
        Ok((self.bytes, hex::encode(self.hasher.finalize())))
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.trouble.note(self.out.write(bytes))?;
        if let Some(written) = bytes.get(..written) {
            self.hasher.update(written);
        }
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.trouble.note(self.out.flush())
    }
}
