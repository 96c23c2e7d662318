//! Reminders of deadlines: entries of the ledger, each recorded once, whatever stops or runs beside it.
//!
//! Replicas may all look at once. What is to be looked at is found without a lock; it is then read again and recorded
//! under the log's lock, in one transaction with the entry and with a key that there is once, so the second one
//! finds nothing left to do.

use std::time::Duration;

use clock::Clock;
use fault::Fault;
use identity::{Caller, Role};
use jiff::ToSpan as _;
use ledger::{Call, Change, ChangeKind, Journal, Stamp};
use storage::{Database, Tx};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::{Service, convert};
use crate::{domain::reminder::Leads, store};

/// How often it is asked whether any is due, and how long after the start for the first time.
const LOOK: Duration = Duration::from_mins(1);

/// How many deadlines are looked at in one transaction: calls wait meanwhile.
const AT_ONCE: i64 = 200;

/// After how many reminders a transaction ends, when each deadline has several that fell due during a stop.
const MOST_AT_ONCE: usize = 200;

/// Records reminders; clones share the log.
#[derive(Clone, Debug)]
pub struct Reminders {
    database: Database,
    journal: Journal,
    clock: Clock,
    leads: Leads,
}

impl Reminders {
    /// Takes the service whose deadlines it reminds of, and when.
    pub(crate) fn of(service: &Service, leads: Leads) -> Self {
        Self {
            database: service.database.clone(),
            journal: service.journal.clone(),
            clock: service.clock.clone(),
            leads,
        }
    }

    /// Works beside a running service on the same database, as another replica does.
    #[must_use]
    pub fn beside(database: Database, clock: Clock, leads: Leads) -> Self {
        Self {
            journal: Journal::new(crate::SCHEMA, database.clone(), clock.clone()),
            database,
            clock,
            leads,
        }
    }

    /// Works until `stopping`, without lead times too: what they would have reached is then not made up for later.
    pub(crate) async fn run(self, stopping: CancellationToken) {
        let mut begun = false;
        loop {
            tokio::select! {
                () = stopping.cancelled() => return,
                () = sleep(LOOK) => {}
            }
            if !begun {
                begun = noted(self.begin().await).is_some();
            }
            noted(self.record_due().await);
        }
    }

    /// Has all deadlines looked at whose next day was found by other lead times than these.
    pub async fn begin(&self) -> Result<(), Fault> {
        let (leads, today) = (self.leads.clone(), self.clock.today());
        self.database
            .write(move |tx| {
                let leads = leads.clone();
                Box::pin(async move {
                    ledger::lock(tx).await?;
                    store::reminders::begin_with(tx, &leads, today).await?;
                    Ok::<_, storage::Error>(())
                })
            })
            .await
            .map_err(Fault::from)
    }

    /// Looks at all deadlines that are due for a look, and records the reminders that are due.
    pub async fn record_due(&self) -> Result<(), Fault> {
        while self.any_waits().await? {
            self.record_some().await?;
        }
        Ok(())
    }

    async fn any_waits(&self) -> Result<bool, Fault> {
        let today = self.clock.today();
        self.database
            .read(move |tx| Box::pin(async move { store::reminders::wait(tx, today).await }))
            .await
            .map_err(Fault::from)
    }

    async fn record_some(&self) -> Result<(), Fault> {
        let leads = self.leads.clone();
        self.journal
            .mutate(call(), move |tx, stamp| {
                let leads = leads.clone();
                Box::pin(async move { record(tx, &stamp, &leads).await })
            })
            .await
    }
}

/// One transaction of the service itself, which nobody called for.
fn call() -> Call {
    Call {
        method: "",
        request_id: None,
        payload: Vec::new(),
        validate_only: false,
        caller: Caller::new("accord-roadmaps", "accord", None, vec![Role::Operator]),
    }
}

async fn record(tx: &mut Tx, stamp: &Stamp, leads: &Leads) -> Result<((), Vec<Change>), Fault> {
    let today = stamp.today();
    let mut changes = Vec::new();
    for waiting in store::reminders::waiting(tx, today, AT_ONCE).await? {
        let left = clock::to_days(waiting.last_day) - clock::to_days(today);
        let since = clock::to_days(waiting.since.unwrap_or(today));
        let since = clock::to_days(waiting.last_day) - since;
        for lead in leads.due(since, left) {
            if store::reminders::note(tx, &waiting, lead, stamp.now).await? {
                let (measure, revision) = (&waiting.measure, waiting.revision);
                let reminder =
                    convert::deadline::reminder(measure, revision, lead, stamp.now, today);
                let name = reminder.name.clone();
                changes.push(Change::of(name, ChangeKind::Created, &reminder));
            }
        }
        let next = leads
            .next(left)
            .map(|days| today.saturating_add(days.days()));
        store::reminders::look_again(tx, waiting.measure.uid, next, leads).await?;
        if changes.len() >= MOST_AT_ONCE {
            break;
        }
    }
    Ok(((), changes))
}

/// Logs what went wrong: there is nobody to tell.
fn noted<T>(result: Result<T, Fault>) -> Option<T> {
    result
        .inspect_err(|fault| tracing::warn!(%fault, "reminders wait until later"))
        .ok()
}
