//! A file to upload: its size, an id that follows from its content, and its bytes in chunks.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use futures::{Stream, stream};
use indicatif::ProgressBar;
use sha2::{Digest, Sha256};

use crate::error::Error;

/// Small enough for any message limit, large enough that the stream is not all framing.
const CHUNK_BYTES: usize = 256 * 1024;

/// A file to upload.
#[derive(Debug)]
pub struct Upload {
    content: Content,
    bytes: u64,
    digest: String,
}

#[derive(Debug)]
enum Content {
    Disk(PathBuf),
    Memory(Arc<[u8]>),
}

/// Where a failure to read the file is left while its bytes are being sent.
#[derive(Debug, Clone, Default)]
pub struct ReadFailure(Arc<Mutex<Option<Error>>>);

impl ReadFailure {
    /// Takes the failure out, if there was one.
    #[must_use]
    pub fn take(&self) -> Option<Error> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn put(&self, error: Error) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }
}

impl Upload {
    /// Reads a file once, to know its size and digest.
    pub fn of_file(path: &Path) -> Result<Self, Error> {
        let mut hasher = Sha256::new();
        let bytes = File::open(path)
            .and_then(|mut file| io::copy(&mut file, &mut hasher))
            .map_err(|error| Error::file(path, error))?;
        Ok(Self {
            content: Content::Disk(path.to_owned()),
            bytes,
            digest: hex(&hasher.finalize()),
        })
    }

    /// Takes bytes that are in memory.
    #[must_use]
    pub fn of_bytes(bytes: Vec<u8>) -> Self {
        Self {
            bytes: bytes.len() as u64,
            digest: hex(&Sha256::digest(&bytes)),
            content: Content::Memory(bytes.into()),
        }
    }

    /// The size in bytes.
    #[must_use]
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> u64 {
        self.bytes
    }

    /// The content's SHA-256, in hexadecimal digits.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The first half of the content's SHA-256, in hexadecimal digits: enough to tell files apart.
    #[must_use]
    pub fn short_digest(&self) -> &str {
        &self.digest[..32]
    }

    /// The bytes from `offset` on, and the place where a failure to read them would be found afterwards.
    pub fn chunks(
        &self,
        offset: u64,
        progress: ProgressBar,
    ) -> Result<(impl Stream<Item = Vec<u8>> + Send + 'static, ReadFailure), Error> {
        let (reader, path) = self.open(offset)?;
        let failure = ReadFailure::default();
        let found = failure.clone();
        let chunks = stream::unfold(Some(reader), move |reader| {
            let (found, path, progress) = (found.clone(), path.clone(), progress.clone());
            async move {
                let mut reader = reader?;
                let mut chunk = Vec::with_capacity(CHUNK_BYTES);
                match reader
                    .by_ref()
                    .take(CHUNK_BYTES as u64)
                    .read_to_end(&mut chunk)
                {
                    Ok(0) => None,
                    Ok(read) => {
                        progress.inc(read as u64);
                        Some((chunk, Some(reader)))
                    }
                    Err(error) => {
                        found.put(Error::file(path, error));
                        None
                    }
                }
            }
        });
        Ok((chunks, failure))
    }

    fn open(&self, offset: u64) -> Result<(Box<dyn Read + Send>, PathBuf), Error> {
        match &self.content {
            Content::Disk(path) => {
                let mut file = File::open(path).map_err(|error| Error::file(path, error))?;
                file.seek(SeekFrom::Start(offset))
                    .map_err(|error| Error::file(path, error))?;
                Ok((Box::new(file), path.clone()))
            }
            Content::Memory(bytes) => {
                let mut cursor = io::Cursor::new(Arc::clone(bytes));
                cursor.set_position(offset);
                Ok((Box::new(cursor), PathBuf::from("(sample)")))
            }
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::StreamExt;

    #[tokio::test]
    async fn chunks_go_on_from_an_offset_on_disk_and_in_memory_alike() {
        let content: Vec<u8> = (0..CHUNK_BYTES * 2 + 7)
            .map(|i| u8::try_from(i % 251).unwrap())
            .collect();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f.csv");
        std::fs::write(&path, &content).unwrap();
        for upload in [
            Upload::of_file(&path).unwrap(),
            Upload::of_bytes(content.clone()),
        ] {
            assert_eq!(upload.len(), content.len() as u64);
            let (chunks, failure) = upload.chunks(5, ProgressBar::hidden()).unwrap();
            let read: Vec<u8> = chunks.collect::<Vec<_>>().await.concat();
            assert_eq!(read, content[5..]);
            assert!(failure.take().is_none());
        }
        assert_eq!(
            Upload::of_file(&path).unwrap().short_digest(),
            Upload::of_bytes(content).short_digest()
        );
    }
}
