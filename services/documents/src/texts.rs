//! What the methods on texts share beside the database: the store, how much may be under way at once, and the bell that
//! wakes the upkeep.

use std::sync::Arc;

use host::{DatabaseArgs, StartError};
use storage::Database;
use tokio::sync::{Notify, Semaphore};

use crate::{extract::Reader, text_store::TextStore, upkeep};

/// The largest file unless the operator sets another limit: 100 MiB.
pub const DEFAULT_MAX_BYTES: u64 = 100 * 1024 * 1024;

/// How many uploads of one agency, and for one document, receive at once unless the operator sets other limits. Each
/// can hold as many bytes as a file may have, for a day after the last of them.
pub const DEFAULT_QUOTA: Quota = Quota {
    of_agency: 100,
    of_document: 20,
};

/// The largest limit that can be set: 4 GiB. S3 takes no more than 10,000 pieces of a file.
const MOST_BYTES: u64 = 4 * 1024 * 1024 * 1024;

/// The largest number of uploads that can be set: they are counted one by one.
const MOST_UPLOADS: u64 = 100_000;

/// The folder of texts beside an SQLite database.
const FOLDER: &str = "texts";

/// How many streams hold a piece of up to 8 MiB in memory at once; others wait, which their senders feel.
const PIECES: usize = 16;

/// How many files are put together at once; others wait.
const COMPLETIONS: usize = 4;

/// How many uploads may be begun and not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Of one agency.
    pub of_agency: usize,
    /// For one document, of all agencies.
    pub of_document: usize,
}

/// Texts as one process sees them; clones share all of it.
#[derive(Clone, Debug)]
pub struct Texts {
    store: Option<TextStore>,
    pub(crate) max_bytes: i64,
    pub(crate) quota: Quota,
    pub(crate) reader: Option<Reader>,
    pub(crate) pieces: Arc<Semaphore>,
    pub(crate) completions: Arc<Semaphore>,
    /// Rung when there is a version whose words are to be taken.
    pub(crate) bell: Arc<Notify>,
}

impl Default for Texts {
    /// Keeps no texts: the operator has named no place for them.
    fn default() -> Self {
        Self::of(None, DEFAULT_MAX_BYTES)
    }
}

impl Texts {
    /// Keeps texts of up to `max_bytes` bytes in `store`.
    #[must_use]
    pub fn new(store: TextStore, max_bytes: u64) -> Self {
        Self::of(Some(store), max_bytes)
    }

    fn of(store: Option<TextStore>, max_bytes: u64) -> Self {
        Self {
            store,
            max_bytes: i64::try_from(max_bytes).unwrap_or(i64::MAX),
            quota: DEFAULT_QUOTA,
            reader: None,
            pieces: Arc::new(Semaphore::new(PIECES)),
            completions: Arc::new(Semaphore::new(COMPLETIONS)),
            bell: Arc::new(Notify::new()),
        }
    }

    /// Lets as many uploads be under way as `quota` says.
    #[must_use]
    pub fn with_quota(mut self, quota: Quota) -> Self {
        self.quota = quota;
        self
    }

    /// Takes words in processes that `reader` starts, with a bounded memory; otherwise in threads of this one.
    #[must_use]
    pub fn with_reader(mut self, reader: Reader) -> Self {
        self.reader = Some(reader);
        self
    }

    /// Returns the store, if there is one.
    #[must_use]
    pub fn store(&self) -> Option<&TextStore> {
        self.store.as_ref()
    }
}

/// The settings of texts.
#[derive(clap::Args, Clone, Debug)]
pub struct TextArgs {
    /// Where the files of texts are kept: `file:///PATH`, or `s3://BUCKET/PREFIX` with the standard `AWS_…` variables
    /// [default: the folder `texts` beside the SQLite database; with PostgreSQL, no texts are kept]
    #[arg(long, value_name = "URL", hide_env_values = true)]
    pub texts_url: Option<String>,

    /// The largest file of a text, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = DEFAULT_MAX_BYTES, value_parser = clap::value_parser!(u64).range(1..=MOST_BYTES))]
    pub text_max_bytes: u64,

    /// How many uploads of one agency may be begun and not ended
    #[arg(long, value_name = "COUNT", default_value_t = DEFAULT_QUOTA.of_agency as u64, value_parser = clap::value_parser!(u64).range(1..=MOST_UPLOADS))]
    pub text_max_agency_uploads: u64,

    /// How many uploads for one document may be begun and not ended, of all agencies
    #[arg(long, value_name = "COUNT", default_value_t = DEFAULT_QUOTA.of_document as u64, value_parser = clap::value_parser!(u64).range(1..=MOST_UPLOADS))]
    pub text_max_document_uploads: u64,
}

impl Default for TextArgs {
    fn default() -> Self {
        Self {
            texts_url: None,
            text_max_bytes: DEFAULT_MAX_BYTES,
            text_max_agency_uploads: DEFAULT_QUOTA.of_agency as u64,
            text_max_document_uploads: DEFAULT_QUOTA.of_document as u64,
        }
    }
}

impl TextArgs {
    /// Opens the place that is set, or the folder beside the SQLite database. The program that calls it begins with
    /// [`crate::take_words_if_asked`], because words are taken in processes of the same program.
    pub async fn open(
        &self,
        database_args: &DatabaseArgs,
        database: &Database,
    ) -> Result<Texts, StartError> {
        let url = match &self.texts_url {
            Some(url) => Some(url.clone()),
            None => beside(&database_args.database_url)?,
        };
        let Some(url) = url else {
            return Ok(Texts::of(None, self.text_max_bytes).with_quota(self.quota()));
        };
        let store = TextStore::open(&url)?;
        let store = upkeep::settle(database, store)
            .await
            .map_err(|error| StartError::Start(format!("the database does not work: {error}")))?;
        let reader = Reader::of_this_program().map_err(|error| {
            StartError::Start(format!("the program does not find itself: {error}"))
        })?;
        let texts = Texts::new(store, self.text_max_bytes);
        Ok(texts.with_quota(self.quota()).with_reader(reader))
    }

    fn quota(&self) -> Quota {
        let limit = |given: u64| usize::try_from(given).unwrap_or(usize::MAX);
        Quota {
            of_agency: limit(self.text_max_agency_uploads),
            of_document: limit(self.text_max_document_uploads),
        }
    }
}

/// Returns the folder `texts` beside an SQLite file.
fn beside(database_url: &str) -> Result<Option<String>, StartError> {
    let Some(file) = database_url.strip_prefix("sqlite://") else {
        return Ok(None);
    };
    let unusable = |detail: String| {
        StartError::Start(format!(
            "no folder for texts beside {file}: {detail}; set --texts-url (ACCORD_TEXTS_URL)"
        ))
    };
    let file = std::path::absolute(file).map_err(|error| unusable(error.to_string()))?;
    let folder = file.with_file_name(FOLDER);
    let url = url::Url::from_directory_path(folder)
        .map_err(|()| unusable("its path is not absolute".to_owned()))?;
    Ok(Some(url.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_beside_the_file_and_nowhere_without_one() {
        assert_eq!(
            beside("sqlite:///var/lib/a b/documents.db").unwrap(),
            Some("file:///var/lib/a%20b/texts/".to_owned())
        );
        assert_eq!(beside("postgres://host/accord").unwrap(), None);
        assert!(
            beside("sqlite://documents.db")
                .unwrap()
                .unwrap()
                .ends_with("/texts/")
        );
    }
}
