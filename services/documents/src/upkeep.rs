//! What is done in the background. For texts: words are taken from new versions, what nobody needs is removed, and what
//! is stored is looked at again and again.
//!
//! Everything may run in several replicas at once: each step is a condition in the database before it is a deletion in
//! the store, and no key of the store is ever used twice.

mod damage;
mod extraction;
pub(crate) mod outline;
mod sweep;

use std::{sync::Arc, time::Duration};

use clock::Clock;
use jiff::{SignedDuration, Timestamp};
use storage::{Database, Error};
use tokio::{
    sync::Semaphore,
    time::{MissedTickBehavior, interval, sleep},
};
use tokio_util::sync::CancellationToken;

use self::damage::Damage;
use crate::{
    domain::Integrity,
    store::texts::{
        self,
        blobs::{self, Blob, Due},
    },
    text_store::{TextStore, Trouble},
    texts::Texts,
};

/// How often what nobody needs is removed.
const SWEEP: Duration = Duration::from_hours(1);

/// How often it is asked whether stored files are due for a look.
const LOOK: Duration = Duration::from_mins(10);

/// How often it is asked for new versions, beside the bell: another replica may have taken them in.
const LISTEN: Duration = Duration::from_mins(1);

/// How often it is counted how many files are known to be damaged: reads and looks of all replicas find that out.
const COUNT: Duration = Duration::from_mins(1);

/// How long a stored file goes without a look.
const CHECK_AFTER: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How long a damaged one does: somebody may have brought it back.
const RECHECK_AFTER: SignedDuration = SignedDuration::from_hours(1);

/// How many different files in a row cannot be read before it is the store that does not answer.
const UNREADABLE: usize = 10;

/// The pause between two files, so that looking leaves the store to callers.
const BREATH: Duration = Duration::from_millis(100);

/// What became of a look at a stored file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    Found(Integrity),
    Unreadable,
}

/// The background work on the texts of one register; clones share all of it.
#[derive(Clone, Debug)]
pub struct Upkeep {
    database: Database,
    store: TextStore,
    texts: Texts,
    clock: Clock,
    stopping: CancellationToken,
    /// Words are taken from one file at a time.
    reading: Arc<Semaphore>,
    damage: Arc<Damage>,
}

/// Finds the register's folder in the store, and makes it at the first start.
pub async fn settle(database: &Database, store: TextStore) -> Result<TextStore, Error> {
    let fresh = Arc::new(Clock::system().new_uid().simple().to_string());
    let home = database.write(move |tx| {
        let fresh = Arc::clone(&fresh);
        Box::pin(async move { texts::store_home(tx, &fresh).await })
    });
    Ok(store.within(&home.await?))
}

impl Upkeep {
    /// Takes care of the texts of a register; nothing where none are kept.
    #[must_use]
    pub fn new(database: Database, texts: Texts, clock: Clock) -> Option<Self> {
        let store = texts.store()?.clone();
        Some(Self {
            database,
            store,
            texts,
            clock,
            stopping: CancellationToken::new(),
            reading: Arc::new(Semaphore::new(1)),
            damage: Arc::default(),
        })
    }

    /// Works until `stopping`.
    pub async fn run(mut self, stopping: CancellationToken) {
        self.stopping = stopping.clone();
        let sweeping = async {
            let mut ticks = interval(SWEEP);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let mut round: u32 = 0;
            loop {
                ticks.tick().await;
                self.sweep().await;
                // Listing all objects is long work in a large store: once a day.
                if round.is_multiple_of(24) {
                    self.remove_strangers().await;
                }
                round = round.wrapping_add(1);
            }
        };
        let looking = async {
            let mut ticks = interval(LOOK);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                self.check().await;
            }
        };
        let counting = async {
            let mut ticks = interval(COUNT);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                self.count_damage().await;
            }
        };
        // It ends by itself: what it has begun it gives back.
        let extracting = async {
            while !stopping.is_cancelled() {
                self.extract().await;
                tokio::select! {
                    () = stopping.cancelled() => {}
                    () = self.texts.bell.notified() => {}
                    () = sleep(LISTEN) => {}
                }
            }
        };
        let others = async {
            tokio::select! {
                () = stopping.cancelled() => {}
                () = sweeping => {}
                () = looking => {}
                () = counting => {}
            }
        };
        tokio::join!(extracting, others);
    }

    /// Looks at every stored file that is due: reads all of it, and notes whether it is what was given.
    pub async fn check(&self) {
        let mut failed = 0;
        while let Some(seen) = self.check_next().await {
            tracing::debug!(?seen, "a stored text was looked at");
            failed = if seen == Seen::Unreadable {
                failed + 1
            } else {
                0
            };
            if failed == UNREADABLE {
                tracing::warn!("stored texts are not looked at: the text store fails");
                return;
            }
            sleep(BREATH).await;
        }
    }

    /// Looks at one file, and returns what was found, if it can be read; nothing when none is due, or the database does
    /// not answer. A file that cannot be read waits for an hour, so that the others have their turn.
    async fn check_next(&self) -> Option<Seen> {
        let now = self.clock.now();
        let due = self.database.read(move |tx| {
            Box::pin(blobs::due(
                tx,
                before(now, CHECK_AFTER),
                before(now, RECHECK_AFTER),
            ))
        });
        let blob = match noted(due.await)?? {
            Due::Blob(blob) => blob,
            Due::Senseless { sha256 } => {
                tracing::error!(sha256, "what is known of a stored text makes no sense");
                return self.tried(sha256, now).await;
            }
        };
        let found = match self.store.verify(&blob.object, &blob.chunks).await {
            Ok(()) => Integrity::Intact,
            Err(Trouble::Corrupt) => Integrity::Corrupt,
            Err(Trouble::Missing) => Integrity::Missing,
            Err(Trouble::Unavailable) => {
                let Blob { sha256, object, .. } = blob;
                tracing::warn!(object, "a stored text cannot be read");
                return self.tried(sha256, now).await;
            }
        };
        match found {
            Integrity::Intact if blob.integrity != found => {
                tracing::warn!(object = blob.object, "a stored text is whole again");
            }
            Integrity::Intact => {}
            Integrity::Corrupt | Integrity::Missing => {
                tracing::error!(object = blob.object, ?found, "a stored text is damaged");
            }
        }
        let blob = Arc::new(blob);
        let checked = self.database.write(move |tx| {
            let blob = Arc::clone(&blob);
            Box::pin(async move { blobs::checked(tx, &blob, found, now).await })
        });
        noted(checked.await)?;
        Some(Seen::Found(found))
    }

    /// Notes that a look failed.
    async fn tried(&self, sha256: String, now: Timestamp) -> Option<Seen> {
        let tried = self.database.write(move |tx| {
            let sha256 = sha256.clone();
            Box::pin(async move { blobs::tried(tx, &sha256, now).await })
        });
        noted(tried.await)?;
        Some(Seen::Unreadable)
    }
}

fn before(now: Timestamp, time: SignedDuration) -> Timestamp {
    now.saturating_sub(time).unwrap_or(Timestamp::MIN)
}

/// Logs what went wrong: there is nobody to tell.
fn noted<T>(result: Result<T, Error>) -> Option<T> {
    result
        .inspect_err(|error| tracing::warn!(%error, "the upkeep of texts stands still"))
        .ok()
}
