//! The bytes of an upload on their way to durable rows.
//!
//! While one batch becomes durable the next is read. Rows are sorted by their keys, which is the order
//! in which they load fastest; a batch is first loaded as if it had no cell that the release has
//! already, and only when that fails are its duplicates looked for.

use std::{
    collections::{BTreeSet, HashSet},
    sync::Arc,
};

use ::fault::Fault;
use jiff::Timestamp;
use storage::{Bulk, Database, Tx};
use tokio::task::JoinHandle;

use super::{begin::Begun, header::Header};
use crate::{
    api::{Api, fault},
    domain::{
        file::{
            Problem,
            records::{Reader, Record},
            row,
            sheet::{Entry, Sheet},
        },
        import::{Import, MAX_PROBLEMS},
        observation::Observation,
    },
    store::{
        self,
        key::Key,
        observations::{Batch, bulk},
    },
};

/// How many rows wait at most before they are made durable: enough for a bulk load to pay, few enough
/// for two batches to fit into a few dozen megabytes.
const MAX_ROWS: usize = 20_000;

/// How many problems wait at most before they are made durable.
const MAX_WAITING_PROBLEMS: usize = 1_000;

/// How many bytes of rows wait at most before they are made durable.
const MAX_BYTES: i64 = 4 * 1024 * 1024;

/// What has been read and is not yet durable.
#[derive(Clone, Debug, Default)]
struct Pending {
    figures: Vec<(Key, Observation)>,
    bad_rows: i64,
    problems: Vec<Problem>,
    end: Option<(i64, i64)>,
}

/// An upload.
pub(super) struct Upload {
    database: Database,
    clock: clock::Clock,
    /// The import as far as it is known to be durable.
    import: Import,
    batch: Batch,
    reader: Reader,
    sheet: Sheet,
    pending: Pending,
    /// Where what is pending begins.
    pending_from: i64,
    /// The batch that is becoming durable.
    on_its_way: Option<JoinHandle<Result<Import, Fault>>>,
    /// The years for which there is known to be room.
    years: BTreeSet<i16>,
    /// The cells of an upload that is only checked; none when rows are made durable.
    rehearsed: Option<HashSet<Key>>,
    total_bytes: i64,
}

impl Upload {
    /// Goes on with an import behind what is durable of it.
    pub(super) fn new(api: &Api, header: &Header, begun: Begun) -> Result<Self, Fault> {
        let Begun { release, import } = begun;
        let intake = &import.intake;
        let batch = Batch {
            release: release.number,
            import: import.number,
        };
        let sheet = Sheet::new(release.publication, &intake.columns, api.clock.now())
            .map_err(|_| Fault::internal(format!("{}: its columns mean nothing", import.name)))?;
        Ok(Self {
            database: api.database.clone(),
            clock: api.clock.clone(),
            batch,
            reader: Reader::resume(intake.received_bytes, intake.received_lines),
            sheet,
            pending: Pending::default(),
            pending_from: intake.received_bytes,
            on_its_way: None,
            years: BTreeSet::new(),
            rehearsed: header.validate_only.then(HashSet::new),
            total_bytes: import.options.total_bytes,
            import,
        })
    }

    /// Reads more bytes; false when the header line is bad.
    pub(super) async fn take(&mut self, mut chunk: &[u8]) -> Result<bool, Fault> {
        let bytes = i64::try_from(chunk.len()).unwrap_or(i64::MAX);
        if bytes > self.total_bytes - self.reader.bytes() {
            return Err(Fault::invalid_field(
                "header.total_bytes",
                "FIELD_INVALID",
                format!("is {}, but the file goes on", self.total_bytes),
            ));
        }
        while let Some(record) = self.reader.read(&mut chunk) {
            let is_good = self.read(&record);
            self.reader.reuse(record);
            if !is_good {
                return Ok(false);
            }
            if self.is_full() {
                self.send_off().await?;
            }
        }
        Ok(true)
    }

    /// Reads what is left behind the last line break, unless more of the file is to come.
    pub(super) fn end_of_file(&mut self) {
        if self.reader.bytes() < self.total_bytes {
            return;
        }
        if let Some(record) = self.reader.finish() {
            self.read(&record);
        }
        // A byte-order mark alone is no record, and still the whole file.
        self.pending.end = Some((self.reader.bytes(), self.reader.lines()));
        if self.sheet.names().is_empty() && self.pending.problems.is_empty() {
            self.pending.problems = Sheet::missing_header();
        }
    }

    /// Makes the rest durable and returns the import.
    pub(super) async fn into_import(mut self) -> Result<Import, Fault> {
        self.flush().await?;
        Ok(self.import)
    }

    /// Tells whether something has been read that is not on its way to be durable.
    pub(super) fn is_waiting(&self) -> bool {
        self.pending.end.is_some()
    }

    /// Makes what has been read durable, or counts it when rows are only checked.
    pub(super) async fn flush(&mut self) -> Result<(), Fault> {
        self.send_off().await?;
        self.arrive().await
    }

    /// Begins to make durable what has been read, as soon as the batch before is.
    pub(super) async fn send_off(&mut self) -> Result<(), Fault> {
        let mut pending = std::mem::take(&mut self.pending);
        self.pending_from = self.reader.bytes();
        pending.sort();
        if self.rehearsed.is_some() {
            return self.count(pending).await;
        }
        self.arrive().await?;
        self.make_room(&pending).await?;
        let shipment = Shipment {
            name: self.import.name.clone(),
            lease: self.import.lease.clone(),
            batch: self.batch,
            columns: self.sheet.names(),
            pending,
            now: self.clock.now(),
        };
        let database = self.database.clone();
        self.on_its_way = Some(tokio::spawn(shipment.ship(database)));
        Ok(())
    }

    /// Waits until the batch that is becoming durable is.
    async fn arrive(&mut self) -> Result<(), Fault> {
        if let Some(batch) = self.on_its_way.take() {
            self.import = batch
                .await
                .map_err(|error| Fault::internal(format!("a batch of an import: {error}")))??;
        }
        Ok(())
    }

    /// Sees to it that there is room for figures of these years.
    async fn make_room(&mut self, pending: &Pending) -> Result<(), Fault> {
        for (_, figure) in &pending.figures {
            let year = figure.cell.period.year();
            if self.years.insert(year) {
                self.database
                    .write(move |tx| {
                        Box::pin(async move {
                            Ok::<_, Fault>(store::observations::ensure_year(tx, year).await?)
                        })
                    })
                    .await?;
            }
        }
        Ok(())
    }

    async fn count(&mut self, mut pending: Pending) -> Result<(), Fault> {
        let asked = Arc::new((self.batch.release, pending.keys()));
        let taken = self
            .database
            .read(move |tx| {
                let asked = Arc::clone(&asked);
                Box::pin(async move {
                    Ok::<_, Fault>(store::observations::taken(tx, asked.0, &asked.1).await?)
                })
            })
            .await?;
        let seen = self.rehearsed.get_or_insert_default();
        pending.drop_duplicates(|key| taken.contains(&key) || !seen.insert(key));
        pending.count_into(&mut self.import, self.sheet.names(), self.clock.now());
        Ok(())
    }

    /// Reads one record; false when it is a bad header line.
    fn read(&mut self, record: &Record) -> bool {
        self.pending.end = Some((record.end_bytes, record.end_lines));
        match self.sheet.take(record) {
            Ok(Entry::Blank | Entry::Header) => {}
            Ok(Entry::Figure(observation)) => {
                let key = Key::of(&observation.cell);
                self.pending.figures.push((key, observation));
            }
            Ok(Entry::BadRow(problems)) => {
                self.pending.bad_rows += 1;
                self.pending.problems.extend(problems);
            }
            Err(problems) => {
                self.pending.problems.extend(problems);
                return false;
            }
        }
        true
    }

    fn is_full(&self) -> bool {
        let end = self.pending.end.map_or(0, |(bytes, _)| bytes);
        self.pending.figures.len() >= MAX_ROWS
            || self.pending.problems.len() >= MAX_WAITING_PROBLEMS
            || end - self.pending_from >= MAX_BYTES
    }
}

impl Pending {
    /// Brings figures into the order of their keys, and turns those about a cell that another of them is
    /// about into bad rows.
    fn sort(&mut self) {
        self.figures
            .sort_unstable_by_key(|(key, figure)| (*key, figure.line));
        let mut last = None;
        self.drop_duplicates(|key| last.replace(key) == Some(key));
    }

    /// Turns figures about cells that are `known` into bad rows.
    fn drop_duplicates(&mut self, mut known: impl FnMut(Key) -> bool) {
        let (mut bad_rows, problems) = (0, &mut self.problems);
        self.figures.retain(|(key, figure)| {
            let is_new = !known(*key);
            if !is_new {
                bad_rows += 1;
                problems.push(row::duplicate(figure.line, &figure.cell));
            }
            is_new
        });
        self.bad_rows += bad_rows;
        self.problems.sort();
    }

    fn keys(&self) -> Vec<Key> {
        self.figures.iter().map(|(key, _)| *key).collect()
    }

    /// Counts what was read into the import.
    fn count_into(&self, import: &mut Import, names: Vec<String>, now: Timestamp) {
        let intake = &mut import.intake;
        if let Some((bytes, lines)) = self.end {
            (intake.received_bytes, intake.received_lines) = (bytes, lines);
        }
        intake.columns = names;
        intake.accepted += i64::try_from(self.figures.len()).unwrap_or(i64::MAX);
        intake.skipped += self.bad_rows;
        intake.problems.extend_from_slice(&self.problems);
        intake.problems.truncate(MAX_PROBLEMS);
        import.update_time = now;
    }
}

/// A batch on its way.
#[derive(Clone)]
struct Shipment {
    name: String,
    lease: String,
    batch: Batch,
    columns: Vec<String>,
    pending: Pending,
    now: Timestamp,
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
    async fn ship(self, database: Database) -> Result<Import, Fault> {
        let shipment = Arc::new(self);
        match Self::load(&shipment, &database).await {
            Ok(import) => Ok(import),
            Err(Stop::Fault(fault)) => Err(fault),
            Err(Stop::Duplicates) => {
                let rest = Arc::new(Self::without_duplicates(&shipment, &database).await?);
                Self::load(&rest, &database)
                    .await
                    .map_err(|stop| match stop {
                        Stop::Fault(fault) => fault,
                        Stop::Duplicates => storage::Error::Conflict.into(),
                    })
            }
        }
    }

    async fn load(shipment: &Arc<Self>, database: &Database) -> Result<Import, Stop> {
        let shipment = Arc::clone(shipment);
        let figures = shipment.pending.figures.iter();
        let bulk = Arc::new(bulk(
            shipment.batch,
            figures.map(|(key, figure)| (*key, figure)),
        ));
        database
            .write(move |tx| {
                let (shipment, bulk) = (Arc::clone(&shipment), Arc::clone(&bulk));
                Box::pin(async move { shipment.keep(tx, &bulk).await })
            })
            .await
    }

    async fn keep(&self, tx: &mut Tx, bulk: &Bulk) -> Result<Import, Stop> {
        let mut import = leased(tx, &self.name, &self.lease).await?;
        tx.load(bulk).await?;
        store::imports::add_problems(tx, &import, &self.pending.problems).await?;
        self.pending
            .count_into(&mut import, self.columns.clone(), self.now);
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

/// Reads the import and holds it, if the stream still carries it.
async fn leased(tx: &mut Tx, name: &str, lease: &str) -> Result<Import, Fault> {
    let import = store::imports::get_locked(tx, name)
        .await?
        .ok_or_else(|| Fault::not_found(fault::IMPORT, name))?;
    import
        .expect_lease(lease)
        .map_err(|error| fault::import(name, error))?;
    Ok(import)
}
