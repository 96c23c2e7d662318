//! The append-only change log that every mutation of a service goes through: one mechanism for change
//! feed, history, audit and proof.
//!
//! A [`Journal`] runs each mutating call as one transaction that first takes the log's lock, then does
//! the service's work, then appends one entry per [`Change`]. The lock makes the order of commits the
//! order of sequence numbers, so that a reader which has seen entry n has seen all before it. A
//! database sequence would not do: its numbers become visible out of order. The same lock makes retries
//! of one request wait for each other, and lets handlers read, check and write without locks of their
//! own.
//!
//! Not here yet: the Merkle tree over the leaves, its checkpoints and its proofs. Each entry already
//! holds its leaf and the leaf's hash.

mod api;
mod call;
mod change;
mod journal;
mod leaf;
mod past;
mod readers;
mod stamp;
mod store;
mod tail;
mod token;
mod watch;

pub use call::Call;
pub use change::{Change, ChangeKind};
pub use journal::{Journal, lock, newest};
pub use past::states_before;
pub use readers::Readers;
pub use stamp::Stamp;

use storage::Migrations;

/// The log's tables, which go into the database of each service beside its own.
pub static MIGRATIONS: Migrations = storage::migrations! {
    component: "ledger",
    1 => "init",
    2 => "readers",
};

/// The domain of the faults of `accord.ledger.v1`.
pub const DOMAIN: &str = "accord.ledger.v1";
