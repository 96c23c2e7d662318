//! The newest sequence number, whose row is the log's lock.

use storage::{Engine, Error, Tx, args};

use super::queries;

/// Takes the lock for the rest of the transaction and returns the newest sequence number.
pub(crate) async fn lock(tx: &mut Tx) -> Result<i64, Error> {
    let text = match tx.engine() {
        Engine::Sqlite => queries::LOCK_SQLITE,
        Engine::Postgres => queries::LOCK_POSTGRES,
    };
    let (sequence,) = tx.one(text, args![]).await?;
    Ok(sequence)
}

/// Returns the newest sequence number; 0 for an empty log.
pub(crate) async fn read(tx: &mut Tx) -> Result<i64, Error> {
    let (sequence,) = tx.one(queries::LOCK_SQLITE, args![]).await?;
    Ok(sequence)
}

/// Moves the newest sequence number.
pub(super) async fn advance(tx: &mut Tx, sequence: i64) -> Result<(), Error> {
    tx.execute(queries::ADVANCE, args![sequence]).await?;
    Ok(())
}
