//! A watch: the state as it is, if asked for, then each change once and in order.
//!
//! It reads a page when its consumer asks for more, so a slow consumer holds one page and no
//! connection. Positions are sequence numbers; because the log's lock makes the order of commits the
//! order of sequence numbers, everything up to the newest entry of a snapshot is in that snapshot.

use std::collections::VecDeque;

use accord_proto::ledger::v1::{
    Entry, Heartbeat, InitialStateDone, WatchChangesResponse, watch_changes_response::Event,
};
use fault::Fault;
use identity::Clearance;
use sha2::{Digest as _, Sha256};
use storage::Error;
use tokio::time::Instant;

use crate::{Journal, store, store::entries::Row, token};

/// How many entries are read at once.
const PAGE: usize = 100;

/// What a watch wants to hear of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Interest {
    /// The log's id.
    pub(crate) log: String,
    /// Only this resource and those below it; empty for all.
    pub(crate) resource_parent: String,
    /// Only changes of these kinds, sorted; empty for all.
    pub(crate) kinds: Vec<i32>,
    /// Only resources of these types, sorted; empty for all.
    pub(crate) resource_types: Vec<String>,
}

impl Interest {
    /// Tells this interest from others.
    pub(crate) fn digest(&self) -> Vec<u8> {
        let mut digest = Sha256::new();
        let mut part = |bytes: &[u8]| {
            // With lengths, or text could move from one part to the next.
            digest.update(bytes.len().to_be_bytes());
            digest.update(bytes);
        };
        part(self.log.as_bytes());
        part(self.resource_parent.as_bytes());
        part(&self.kinds.len().to_be_bytes());
        for kind in &self.kinds {
            part(&kind.to_be_bytes());
        }
        for resource_type in &self.resource_types {
            part(resource_type.as_bytes());
        }
        digest.finalize().to_vec()
    }
}

/// One entry of one history: its number, and the beginning of its leaf's hash, which tells it from the entry
/// that stands there once the log has gone back to an older backup and grown again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// 0 for the beginning of the log.
    pub(crate) sequence: i64,
    /// Empty for the beginning of the log.
    pub(crate) hash: Vec<u8>,
}

/// Enough of a hash to tell two histories apart.
const MARK_BYTES: usize = 8;

impl Mark {
    /// Marks the entry with this number and leaf hash.
    pub(crate) fn new(sequence: i64, leaf_hash: &[u8]) -> Self {
        Self {
            sequence,
            hash: leaf_hash.iter().copied().take(MARK_BYTES).collect(),
        }
    }

    /// The place before the first entry.
    pub(crate) fn beginning() -> Self {
        Self::new(0, &[])
    }
}

/// How far a watch has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Position {
    /// In the state as it was after entry `snapshot`, after the resource named `after`.
    InitialState { snapshot: Mark, after: String },
    /// After the entry `after`.
    Changes { after: Mark },
}

impl Position {
    /// The newest entry that has been looked at.
    pub(crate) fn mark(&self) -> &Mark {
        match self {
            Self::InitialState { snapshot: mark, .. } | Self::Changes { after: mark } => mark,
        }
    }
}

/// A running watch.
pub(crate) struct Watch {
    journal: Journal,
    interest: Interest,
    /// How far the caller may read.
    clearance: Clearance,
    position: Position,
    ready: VecDeque<WatchChangesResponse>,
    last_sent: Instant,
    /// Whether the last heartbeat is out.
    stopped: bool,
    ended: bool,
}

/// What ended a wait.
#[derive(PartialEq, Eq)]
enum Woken {
    Grown,
    Idle,
    Stopping,
}

impl Watch {
    /// Begins at `position`.
    pub(crate) fn new(
        journal: Journal,
        interest: Interest,
        clearance: Clearance,
        position: Position,
    ) -> Self {
        Self {
            journal,
            interest,
            clearance,
            position,
            ready: VecDeque::new(),
            last_sent: Instant::now(),
            stopped: false,
            ended: false,
        }
    }

    /// Makes a heartbeat the first message.
    pub(crate) fn greeting(mut self) -> Self {
        self.push_heartbeat();
        self
    }

    /// Waits for the next message; nothing after an error.
    pub(crate) async fn next(&mut self) -> Option<Result<WatchChangesResponse, Fault>> {
        if self.ended {
            return None;
        }
        while self.ready.is_empty() {
            if let Err(fault) = self.advance().await {
                self.ended = true;
                return Some(Err(fault));
            }
        }
        self.last_sent = Instant::now();
        self.ready.pop_front().map(Ok)
    }

    /// Reads a page, or waits for something to do.
    async fn advance(&mut self) -> Result<(), Fault> {
        if self.stopped {
            return Err(Fault::unavailable(
                "SERVER_STOPPING",
                "the process stops; resume with the last token",
            ));
        }
        if self.journal.stopping.is_cancelled() {
            self.stopped = true;
            self.push_heartbeat();
            return Ok(());
        }
        match self.position.clone() {
            Position::InitialState { snapshot, after } => self.read_states(snapshot, after).await,
            Position::Changes { after } => {
                if !self.read_changes(after).await? && self.wait().await == Woken::Idle {
                    self.push_heartbeat();
                }
                Ok(())
            }
        }
    }

    async fn read_states(&mut self, snapshot: Mark, after: String) -> Result<(), Fault> {
        let interest = self.interest.clone();
        let sequence = snapshot.sequence;
        let page: Result<Vec<Row>, Error> = self
            .journal
            .database
            .read(move |tx| {
                let (interest, after) = (interest.clone(), after.clone());
                Box::pin(async move {
                    store::entries::states(tx, &interest, sequence, &after, PAGE).await
                })
            })
            .await;
        let page = page?;
        let last = page.len() < PAGE;
        for row in page {
            let entry = row.entry(self.journal.log, &self.clearance)?;
            let after = entry.resource.clone();
            let snapshot = snapshot.clone();
            self.push_entry(entry, Position::InitialState { snapshot, after });
        }
        if last {
            self.position = Position::Changes { after: snapshot };
            self.push(Event::InitialStateDone(InitialStateDone { sequence }));
        }
        Ok(())
    }

    /// Reads the changes after `after`; false if there are none of interest.
    async fn read_changes(&mut self, after: Mark) -> Result<bool, Fault> {
        let interest = self.interest.clone();
        let position = after.sequence;
        let read: Result<(Mark, Vec<Row>), Error> = self
            .journal
            .database
            .read(move |tx| {
                let interest = interest.clone();
                Box::pin(async move {
                    let newest = store::head::mark(tx).await?;
                    let last = newest.sequence;
                    let page = store::entries::changes(tx, &interest, position, last, PAGE).await?;
                    Ok((newest, page))
                })
            })
            .await;
        let (newest, page) = read?;
        let whole = page.len() < PAGE;
        let found = !page.is_empty();
        for row in page {
            let after = Mark::new(row.sequence, &row.leaf_hash);
            let entry = row.entry(self.journal.log, &self.clearance)?;
            self.push_entry(entry, Position::Changes { after });
        }
        if whole && newest.sequence > position {
            // What follows the last entry of interest need not be read again.
            self.position = Position::Changes { after: newest };
        }
        Ok(found)
    }

    async fn wait(&self) -> Woken {
        let after = self.position.mark().sequence;
        let journal = &self.journal;
        tokio::select! {
            biased;
            () = journal.stopping.cancelled() => Woken::Stopping,
            () = journal.tail.grown_beyond(after, &journal.database) => Woken::Grown,
            () = tokio::time::sleep_until(self.last_sent + journal.heartbeat) => Woken::Idle,
        }
    }

    fn push_entry(&mut self, entry: Entry, position: Position) {
        self.position = position;
        self.push(Event::Entry(entry));
    }

    fn push_heartbeat(&mut self) {
        let sequence = self.position.mark().sequence;
        self.push(Event::Heartbeat(Heartbeat { sequence }));
    }

    fn push(&mut self, event: Event) {
        self.ready.push_back(WatchChangesResponse {
            event: Some(event),
            resume_token: token::write(&self.position, &self.interest),
        });
    }
}
