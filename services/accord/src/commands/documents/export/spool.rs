//! Documents that wait in a temporary file, so that memory does not grow with the register.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read as _, Seek as _, Write as _};

use accord_proto::documents::v1::Document;
use prost::Message as _;

use crate::error::Error;

/// A temporary file of documents, each with its length before it.
pub(super) struct Spool {
    file: BufWriter<File>,
}

impl Spool {
    /// Makes an empty one.
    pub(super) fn new() -> Result<Self, Error> {
        let file = tempfile::tempfile().map_err(failed)?;
        Ok(Self {
            file: BufWriter::new(file),
        })
    }

    /// Adds a document.
    pub(super) fn put(&mut self, document: &Document) -> Result<(), Error> {
        let bytes = document.encode_to_vec();
        let length = (bytes.len() as u64).to_le_bytes();
        self.file.write_all(&length).map_err(failed)?;
        self.file.write_all(&bytes).map_err(failed)
    }

    /// Reads the documents in the order in which they were added.
    pub(super) fn read(self) -> Result<impl Iterator<Item = Result<Document, Error>>, Error> {
        let mut file = self
            .file
            .into_inner()
            .map_err(|error| failed(error.into_error()))?;
        let end = file.stream_position().map_err(failed)?;
        file.rewind().map_err(failed)?;
        let mut file = BufReader::new(file);
        let mut position = 0;
        Ok(std::iter::from_fn(move || {
            if position >= end {
                return None;
            }
            let document = next(&mut file, &mut position);
            if document.is_err() {
                position = end;
            }
            Some(document)
        }))
    }
}

fn next(file: &mut BufReader<File>, position: &mut u64) -> Result<Document, Error> {
    let mut length = [0; 8];
    file.read_exact(&mut length).map_err(failed)?;
    let length = u64::from_le_bytes(length);
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes).map_err(failed)?;
    *position += 8 + length;
    Document::decode(bytes.as_slice())
        .map_err(|error| Error::Failed(format!("the temporary file is damaged: {error}")))
}

fn failed(error: std::io::Error) -> Error {
    Error::Failed(format!("the temporary file: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_come_back_in_order() {
        let mut spool = Spool::new().unwrap();
        let named = |name: &str| Document {
            name: name.to_owned(),
            ..Document::default()
        };
        let documents = [named("a"), Document::default(), named("c")];
        for document in &documents {
            spool.put(document).unwrap();
        }
        let read: Vec<Document> = spool.read().unwrap().map(Result::unwrap).collect();
        assert_eq!(read, documents);
        assert_eq!(Spool::new().unwrap().read().unwrap().count(), 0);
    }
}
