//! A batch of an upload on its way to be durable.
//!
//! Its rows are sorted by their keys, which is the order in which they load fastest. It is first loaded as if it had no
//! cell that the release has already, and only when that fails are its duplicates looked for.

use std::sync::Arc;

use ::fault::Fault;
use jiff::Timestamp;
use storage::{Bulk, Database, Engine, Tx};
use tonic::Code;

use super::pending::Pending;
use crate::{
    api::fault,
    domain::import::Import,
    store::{
        self,
        observations::{Batch, bulk},
        sums::Partial,
    },
};

/// What the database should have of an import when the next batch comes.
#[derive(Clone)]
pub(super) struct Expected {
    pub(super) name: String,
    pub(super) lease: String,
    pub(super) received_bytes: i64,
}

impl Expected {
    /// Returns the import if the stream still carries it, and nothing of it is lost.
    pub(super) fn check(&self, import: Option<Import>) -> Result<Import, Fault> {
        let name = self.name.as_str();
        let import = import.ok_or_else(|| Fault::not_found(fault::IMPORT, name))?;
        import
            .expect_lease(&self.lease)
            .map_err(|error| fault::import(name, error))?;
        if import.intake.received_bytes != self.received_bytes {
            // Batches are not waited for until they are on disk, and a server that fails loses the last ones.
            return Err(fault::import_broken(Code::Aborted));
        }
        Ok(import)
    }
}

/// A batch on its way.
#[derive(Clone)]
pub(super) struct Shipment {
    pub(super) expected: Expected,
    pub(super) batch: Batch,
    pub(super) columns: Vec<String>,
    pub(super) digest: Vec<u8>,
    pub(super) pending: Pending,
    pub(super) now: Timestamp,
}

/// What a batch writes.
pub(super) struct Load {
    figures: Bulk,
    sums: Partial,
}

impl Load {
    pub(super) fn of(engine: Engine, batch: Batch, pending: &Pending) -> Self {
        let figures = pending.figures.iter();
        let figures = figures.map(|(key, figure)| (*key, figure));
        Self {
            sums: Partial::of(figures.clone()),
            figures: bulk(engine, batch, figures),
        }
    }
}

/// Why a batch did not become durable.
enum Stop {
    /// The release has a figure for one of its cells already.
    Duplicates,
    Fault(Fault),
}

impl From<storage::Error> for Stop {
    fn from(error: storage::Error) -> Self {
        match error {
            storage::Error::Conflict => Self::Duplicates,
            error => Self::Fault(error.into()),
        }
    }
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl Shipment {
    /// Makes the batch durable and returns the import with it.
    pub(super) async fn ship(self, load: Load, database: Database) -> Result<Import, Fault> {
        let shipment = Arc::new(self);
        match Self::load(&shipment, load, &database).await {
            Ok(import) => Ok(import),
            Err(Stop::Fault(fault)) => Err(fault),
            Err(Stop::Duplicates) => {
                let rest = Arc::new(Self::without_duplicates(&shipment, &database).await?);
                let load = Load::of(database.engine(), rest.batch, &rest.pending);
                Self::load(&rest, load, &database)
                    .await
                    .map_err(|stop| match stop {
                        Stop::Fault(fault) => fault,
                        Stop::Duplicates => storage::Error::Conflict.into(),
                    })
            }
        }
    }

    async fn load(shipment: &Arc<Self>, load: Load, database: &Database) -> Result<Import, Stop> {
        let (shipment, load) = (Arc::clone(shipment), Arc::new(load));
        database
            .write(move |tx| {
                let (shipment, load) = (Arc::clone(&shipment), Arc::clone(&load));
                Box::pin(async move { shipment.keep(tx, &load).await })
            })
            .await
    }

    async fn keep(&self, tx: &mut Tx, load: &Load) -> Result<Import, Stop> {
        // Who is told how much is durable waits until it is.
        tx.sync_later().await?;
        let import = store::imports::get_locked(tx, &self.expected.name).await?;
        let mut import = self.expected.check(import)?;
        tx.load(&load.figures).await?;
        let before = import.intake.accepted;
        load.sums.keep(tx, self.batch, &import.uid, before).await?;
        store::imports::add_problems(tx, &import, &self.pending.problems).await?;
        store::imports::add_doubts(tx, &import, &self.pending.doubts).await?;
        let (memory, digest) = (self.columns.clone(), self.digest.clone());
        self.pending
            .count_into(&mut import, memory, digest, self.now);
        store::imports::put(tx, &import).await?;
        Ok(import)
    }

    /// Returns the batch without the figures about cells that the release has already.
    async fn without_duplicates(shipment: &Arc<Self>, database: &Database) -> Result<Self, Fault> {
        let shared = Arc::clone(shipment);
        let taken = database
            .read(move |tx| {
                let shipment = Arc::clone(&shared);
                Box::pin(async move {
                    let (release, keys) = (shipment.batch.release, shipment.pending.keys());
                    Ok::<_, Fault>(store::observations::taken(tx, release, &keys).await?)
                })
            })
            .await?;
        let mut rest = Self::clone(shipment);
        rest.pending.drop_duplicates(|key| taken.contains(&key));
        Ok(rest)
    }
}
