//! The newest entry's number and time, whose row is the log's lock.

use storage::{Engine, Error, Tx, args};

use super::queries;

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

/// Moves the end of the log.
pub(super) async fn advance(tx: &mut Tx, sequence: i64, record_time_us: i64) -> Result<(), Error> {
    tx.execute(queries::ADVANCE, args![sequence, record_time_us])
        .await?;
    Ok(())
}
