//! The newest entry's number and time, whose row is the log's lock.

use storage::{Engine, Error, Tx, args};

use super::queries;
use crate::watch::Mark;

storage::row! {
    /// Where the log ends.
    pub(crate) struct Head {
        /// The newest sequence number; 0 for an empty log.
        pub(crate) sequence: i64,
        /// The newest entry's record time; 0 for an empty log.
        pub(crate) record_time_us: i64,
    }
}

/// Takes the lock for the rest of the transaction and returns where the log ends.
pub(crate) async fn lock(tx: &mut Tx) -> Result<Head, Error> {
    let text = match tx.engine() {
        Engine::Sqlite => queries::LOCK_SQLITE,
        Engine::Postgres => queries::LOCK_POSTGRES,
    };
    tx.one(text, args![]).await
}

/// Returns the newest sequence number; 0 for an empty log.
pub(crate) async fn read(tx: &mut Tx) -> Result<i64, Error> {
    let head: Head = tx.one(queries::LOCK_SQLITE, args![]).await?;
    Ok(head.sequence)
}

storage::row! {
    /// The newest entry's number and hash.
    struct Newest {
        sequence: i64,
        leaf_hash: Option<Vec<u8>>,
    }
}

/// Marks the newest entry.
pub(crate) async fn mark(tx: &mut Tx) -> Result<Mark, Error> {
    let newest: Newest = tx.one(queries::NEWEST, args![]).await?;
    Ok(Mark::new(
        newest.sequence,
        &newest.leaf_hash.unwrap_or_default(),
    ))
}

/// Moves the end of the log.
pub(super) async fn advance(tx: &mut Tx, sequence: i64, record_time_us: i64) -> Result<(), Error> {
    tx.execute(queries::ADVANCE, args![sequence, record_time_us])
        .await?;
    Ok(())
}
