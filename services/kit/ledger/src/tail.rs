//! How watchers learn that the log has grown.
//!
//! Mutations of this process say so at once. Those of other replicas, and those whose caller went away
//! before it could say so, are found by asking the database, which all watchers do together at most
//! once per interval.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use storage::{Database, Error};
use tokio::sync::{Mutex, watch};

use crate::store;

/// How often the database is asked while anybody waits.
const INTERVAL: Duration = Duration::from_millis(500);

/// The newest sequence number that this process knows; clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Tail {
    known: watch::Sender<i64>,
    asked: Arc<Mutex<Instant>>,
}

impl Default for Tail {
    fn default() -> Self {
        Self {
            known: watch::Sender::new(0),
            asked: Arc::new(Mutex::new(Instant::now())),
        }
    }
}

impl Tail {
    /// Says that the log has grown to `sequence`.
    pub(crate) fn advance(&self, sequence: i64) {
        self.known.send_if_modified(|known| {
            let grown = sequence > *known;
            if grown {
                *known = sequence;
            }
            grown
        });
    }

    /// Waits until the log has an entry after `position`. May be dropped at any moment.
    pub(crate) async fn grown_beyond(&self, position: i64, database: &Database) {
        let mut known = self.known.subscribe();
        loop {
            let grown = known.wait_for(|known| *known > position);
            // The sender lives in `self`, so this ends only when the log has grown.
            if tokio::time::timeout(INTERVAL, grown).await.is_ok() {
                return;
            }
            self.ask(database).await;
        }
    }

    async fn ask(&self, database: &Database) {
        // Whoever else is asking tells everybody.
        let Ok(mut asked) = self.asked.try_lock() else {
            return;
        };
        if asked.elapsed() < INTERVAL {
            return;
        }
        *asked = Instant::now();
        let newest: Result<i64, Error> = database
            .read(|tx| Box::pin(async move { store::head::read(tx).await }))
            .await;
        match newest {
            Ok(newest) => self.advance(newest),
            // The watch goes on, and says so itself if the database is still away when it reads.
            Err(error) => tracing::debug!(%error, "cannot ask for the newest entry"),
        }
    }
}
