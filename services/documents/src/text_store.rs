//! Where the bytes of texts are kept: a folder of this machine, or a bucket that speaks S3. The one place that knows
//! `object_store`.
//!
//! An object is written once and whole: it is there under its key or it is not, and what [`TextStore`] says is stored
//! survives a loss of power. Keys are relative to one folder, the register's own.

mod chunks;
mod location;
mod staging;

use std::{ops::Range, path::PathBuf, sync::Arc, time::Duration};

use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _, stream::BoxStream};
use jiff::Timestamp;
use object_store::{
    ObjectStore, ObjectStoreExt as _, PutPayload, WriteMultipart, path::Path as Key,
};

pub use chunks::{CHUNK_BYTES, Chunks, Hasher};

use host::StartError;

/// How many bytes go to the store at once; S3 takes no smaller pieces than 5 MiB but for the last.
pub const PIECE_BYTES: usize = 8 * 1024 * 1024;

/// How many pieces of one file are on their way at once.
const PIECES_AT_ONCE: usize = 2;

/// Why bytes could not be had or kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// There is no such object.
    #[error("is not in the store")]
    Missing,
    /// The object has other bytes than it must have.
    #[error("has other bytes than were stored")]
    Corrupt,
    /// The store cannot be reached, or refuses; the cause is in the log.
    #[error("the store cannot be reached")]
    Unavailable,
}

/// A place for texts; clones share it.
#[derive(Clone, Debug)]
pub struct TextStore {
    objects: Arc<dyn ObjectStore>,
    /// The folder on this machine, if it is one.
    folder: Option<PathBuf>,
    /// The register's folder in the store.
    home: Key,
}

/// An object as lists tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its key.
    pub key: String,
    /// When it was written, by the store's clock.
    pub written: Timestamp,
}

/// An object on its way in; it is there when [`Incoming::finish`] says so, and not before.
#[derive(Debug)]
pub struct Incoming {
    write: WriteMultipart,
}

impl TextStore {
    /// Opens the store at `file:///path` or `s3://bucket/prefix`; a folder is made when missing, for its owner only.
    ///
    /// S3 is told how to be reached by the standard variables `AWS_…`.
    pub fn open(url: &str) -> Result<Self, StartError> {
        let (objects, folder, home) = location::open(url)?;
        Ok(Self {
            objects,
            folder,
            home,
        })
    }

    /// Keeps everything in the sub-folder `name`.
    #[must_use]
    pub fn within(mut self, name: &str) -> Self {
        self.home = self.home.clone().join(name);
        self
    }

    /// Stores an object of few bytes.
    pub async fn put(&self, key: &str, pieces: Vec<Bytes>) -> Result<(), Trouble> {
        let payload: PutPayload = pieces.into_iter().collect();
        let done = self.objects.put(&self.key(key), payload).await;
        done.map(drop).map_err(|error| trouble(key, &error))
    }

    /// Begins an object of any size.
    pub async fn begin(&self, key: &str) -> Result<Incoming, Trouble> {
        let upload = self.objects.put_multipart(&self.key(key)).await;
        let upload = upload.map_err(|error| trouble(key, &error))?;
        let write = WriteMultipart::new_with_chunk_size(upload, PIECE_BYTES);
        Ok(Incoming { write })
    }

    /// Reads a range that lies within an object of `size` bytes.
    pub async fn read(&self, key: &str, range: Range<u64>, size: u64) -> Result<Bytes, Trouble> {
        match self.objects.get_range(&self.key(key), range.clone()).await {
            Ok(bytes) if bytes.len() as u64 == range.end - range.start => Ok(bytes),
            Ok(_) => Err(Trouble::Corrupt),
            Err(object_store::Error::NotFound { .. }) => Err(Trouble::Missing),
            // A file that was cut short answers with an error of no special kind.
            Err(error) => match self.size(key).await {
                Ok(found) if found == size => Err(trouble(key, &error)),
                Ok(_) => Err(Trouble::Corrupt),
                Err(trouble) => Err(trouble),
            },
        }
    }

    /// Reads the chunk of a file around `offset`, and checks it.
    pub async fn read_chunk(
        &self,
        key: &str,
        chunks: &Chunks,
        offset: u64,
    ) -> Result<Bytes, Trouble> {
        let range = chunks.around(offset);
        let bytes = self.read(key, range.clone(), chunks.size()).await?;
        if chunks.are_right(range.start, &bytes) {
            Ok(bytes)
        } else {
            Err(Trouble::Corrupt)
        }
    }

    /// Reads all of a file and checks it.
    pub async fn verify(&self, key: &str, chunks: &Chunks) -> Result<(), Trouble> {
        if self.size(key).await? != chunks.size() {
            return Err(Trouble::Corrupt);
        }
        let mut offset = 0;
        while offset < chunks.size() {
            self.read_chunk(key, chunks, offset).await?;
            offset = chunks.around(offset).end;
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    /// Returns how many bytes an object has.
    pub async fn size(&self, key: &str) -> Result<u64, Trouble> {
        let found = self.objects.head(&self.key(key)).await;
        found
            .map(|found| found.size)
            .map_err(|error| trouble(key, &error))
    }

    /// Removes an object, if it is there.
    pub async fn remove(&self, key: &str) -> Result<(), Trouble> {
        match self.objects.delete(&self.key(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(trouble(key, &error)),
        }
    }

    /// Lists every object, in no particular order.
    #[must_use]
    pub fn list(&self) -> BoxStream<'static, Result<Listed, Trouble>> {
        let home = self.home.clone();
        let listed = self.objects.list(Some(&self.home));
        listed
            .map_err(|error| trouble("", &error))
            .try_filter_map(move |found| {
                let key = found.location.prefix_match(&home).map(|parts| {
                    let parts: Vec<String> = parts.map(|part| part.as_ref().to_owned()).collect();
                    parts.join("/")
                });
                let written = clock::from_micros(found.last_modified.timestamp_micros());
                std::future::ready(Ok(key.map(|key| Listed { key, written })))
            })
            .boxed()
    }

    /// Removes what writes that a crash ended left beside the objects, if it is older than `age`. S3 shows no such thing.
    pub async fn remove_unfinished(&self, age: Duration) -> Result<u64, Trouble> {
        let Some(folder) = self.folder.clone() else {
            return Ok(0);
        };
        let folder = self
            .home
            .parts()
            .fold(folder, |folder, part| folder.join(part.as_ref()));
        let swept = tokio::task::spawn_blocking(move || staging::sweep(&folder, age));
        swept.await.map_err(|_| Trouble::Unavailable)
    }

    fn key(&self, key: &str) -> Key {
        key.split('/')
            .fold(self.home.clone(), object_store::path::Path::join)
    }
}

impl Incoming {
    /// Adds bytes; waits while earlier ones are on their way.
    pub async fn push(&mut self, bytes: Bytes) -> Result<(), Trouble> {
        let room = self.write.wait_for_capacity(PIECES_AT_ONCE).await;
        room.map_err(|error| trouble("", &error))?;
        self.write.put(bytes);
        Ok(())
    }

    /// Makes the object durable and visible.
    pub async fn finish(self) -> Result<(), Trouble> {
        let done = self.write.finish().await;
        done.map(drop).map_err(|error| trouble("", &error))
    }

    /// Gives the object up.
    pub async fn abort(self) {
        if let Err(error) = self.write.abort().await {
            tracing::warn!(%error, "an unfinished object of the text store could not be removed");
        }
    }
}

/// Logs what the caller is not told.
fn trouble(key: &str, error: &object_store::Error) -> Trouble {
    if let object_store::Error::NotFound { .. } = error {
        return Trouble::Missing;
    }
    tracing::warn!(key, %error, "the text store fails");
    Trouble::Unavailable
}

#[cfg(test)]
mod tests;
