//! The bytes of an upload on their way to durable rows.
//!
//! While one batch becomes durable the next is read. On PostgreSQL a batch is committed without waiting for
//! the disk; that is waited for at the end, and by whoever asks how much is durable. Rows are sorted by their keys, which is the order
//! in which they load fastest; a batch is first loaded as if it had no cell that the release has
//! already, and only when that fails are its duplicates looked for.

use std::{collections::BTreeSet, sync::Arc};

use ::fault::Fault;
use jiff::Timestamp;
use storage::{Bulk, Database, Engine, Tx};
use tokio::task::JoinHandle;
use tonic::Code;

use super::{
    begin::Begun,
    content::Content,
    examine::{self, Found},
    header::Header,
    rehearsal::Rehearsal,
};
use crate::{
    api::{Api, fault},
    domain::{
        file::{
            Problem,
            records::Record,
            row,
            sheet::{Entry, Sheet},
            source::Source,
            tally::Tallies,
        },
        import::{self, Import, MAX_PROBLEMS},
        observation::Observation,
        release::Release,
    },
    store::{
        self,
        key::Key,
        observations::{Batch, bulk},
        sums::Partial,
    },
};

/// How many rows wait at most before they are made durable: enough for a bulk load and its commit to pay,
/// few enough for three batches to fit into a hundred megabytes.
const MAX_ROWS: usize = 60_000;

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
    left_out: Tallies,
    doubtful: Tallies,
    doubts: Vec<Problem>,
    end: Option<(i64, i64)>,
}

/// An upload.
pub(super) struct Upload {
    database: Database,
    clock: clock::Clock,
    /// The import as far as it is known to be durable.
    import: Import,
    release: Release,
    batch: Batch,
    source: Source,
    content: Content,
    sheet: Sheet,
    pending: Pending,
    /// Where what is pending begins.
    pending_from: i64,
    /// The batch that is becoming durable.
    on_its_way: Option<JoinHandle<Result<Import, Fault>>>,
    /// The years for which there is known to be room.
    years: BTreeSet<i16>,
    /// The figures of an upload that is only checked; none when rows are made durable.
    rehearsed: Option<Rehearsal>,
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
        let unreadable = || Fault::internal(format!("{}: what was kept is wrong", import.name));
        let reading = import.options.reading;
        let publication = release.publication.clone();
        let sheet = Sheet::new(publication, reading, &intake.columns, api.clock.now())
            .map_err(|_| unreadable())?;
        let is_wanted = import.options.sha256.is_some();
        let content = Content::resume(is_wanted, &intake.digest).ok_or_else(unreadable)?;
        Ok(Self {
            database: api.database.clone(),
            clock: api.clock.clone(),
            release,
            batch,
            source: Source::resume(
                reading.format,
                intake.received_bytes,
                intake.received_lines,
                &intake.columns,
            ),
            content,
            sheet,
            pending: Pending::default(),
            pending_from: intake.received_bytes,
            on_its_way: None,
            years: BTreeSet::new(),
            rehearsed: header.validate_only.then(Rehearsal::default),
            total_bytes: import.options.total_bytes,
            import,
        })
    }

    /// Reads more bytes; false when the header line is bad.
    pub(super) async fn take(&mut self, chunk: &[u8]) -> Result<bool, Fault> {
        let bytes = i64::try_from(chunk.len()).unwrap_or(i64::MAX);
        if bytes > self.total_bytes - self.source.bytes() {
            return Err(Fault::invalid_field(
                "header.total_bytes",
                "FIELD_INVALID",
                format!("is {}, but the file goes on", self.total_bytes),
            ));
        }
        let (mut rest, mut digested) = (chunk, 0);
        while let Some(record) = self.source.read(&mut rest) {
            let reading = self.read(&record);
            self.source.reuse(record);
            if matches!(reading, Step::Unreadable) {
                return Ok(false);
            }
            if matches!(reading, Step::Ended) {
                let end = chunk.len() - rest.len();
                self.content
                    .take(chunk.get(digested..end).unwrap_or_default());
                self.content.mark();
                digested = end;
            }
            if self.is_full() {
                self.send_off().await?;
            }
        }
        self.content.take(chunk.get(digested..).unwrap_or_default());
        Ok(true)
    }

    /// Reads what is left behind the last line break, unless more of the file is to come; false when that
    /// shows that the file cannot be read.
    pub(super) fn end_of_file(&mut self) -> bool {
        if self.source.bytes() < self.total_bytes {
            return true;
        }
        if let Some(record) = self.source.finish()
            && matches!(self.read(&record), Step::Unreadable)
        {
            return false;
        }
        // A byte-order mark alone is no record, and still the whole file.
        self.pending.end = Some((self.source.bytes(), self.source.lines()));
        self.content.mark();
        if self.sheet.memory().is_empty() && self.pending.problems.is_empty() {
            self.pending.problems = self.sheet.missing_header();
        }
        true
    }

    /// Makes the rest durable and returns the import, with what was found by looking at its rows beside
    /// each other, if all of the file has come and was to be looked at so.
    pub(super) async fn into_import(mut self) -> Result<(Import, Found), Fault> {
        self.flush().await?;
        let is_whole = self.import.is_whole();
        if is_whole {
            self.check_content()?;
        }
        if let Some(rehearsal) = self.rehearsed.take() {
            let (release, mut import) = (self.release, self.import);
            let work = move || -> std::io::Result<Import> {
                examine::rehearsed(rehearsal.merge()?, &release, &mut import)?;
                Ok(import)
            };
            let checked = tokio::task::spawn_blocking(work)
                .await
                .map_err(|error| Fault::internal(format!("a check of an import: {error}")))?;
            return Ok((checked.map_err(|error| unkept(&error))?, Found::default()));
        }
        let found = if is_whole && self.import.options.find_suspicious {
            examine::durable(&self.database, &self.release, &self.import).await?
        } else {
            Found::default()
        };
        Ok((self.import, found))
    }

    /// Fails when the bytes of the whole file do not have the digest that was announced.
    fn check_content(&self) -> Result<(), Fault> {
        let Some(announced) = self.import.options.sha256 else {
            return Ok(());
        };
        if Content::digest(&self.content.state()) == Some(announced) {
            return Ok(());
        }
        Err(fault::import(&self.import.name, import::Error::Content))
    }

    /// Tells whether something has been read that is not on its way to be durable.
    pub(super) fn is_waiting(&self) -> bool {
        self.pending.end.is_some()
    }

    /// Makes what has been read durable, or counts it when rows are only checked.
    pub(super) async fn flush(&mut self) -> Result<(), Fault> {
        self.send_off().await?;
        self.arrive().await?;
        if self.rehearsed.is_none() {
            self.secure().await?;
        }
        Ok(())
    }

    /// Waits until all batches are on disk, and makes sure that none was lost on the way.
    async fn secure(&self) -> Result<(), Fault> {
        let expected = Arc::new(self.expected());
        self.database
            .read_durable(move |tx| {
                let expected = Arc::clone(&expected);
                Box::pin(async move {
                    let import = store::imports::get(tx, &expected.name).await?;
                    expected.check(import).map(|_| ())
                })
            })
            .await
    }

    /// What the database should have of the import.
    fn expected(&self) -> Expected {
        Expected {
            name: self.import.name.clone(),
            lease: self.import.lease.clone(),
            received_bytes: self.import.intake.received_bytes,
        }
    }

    /// Begins to make durable what has been read, as soon as the batch before is.
    pub(super) async fn send_off(&mut self) -> Result<(), Fault> {
        let mut pending = std::mem::take(&mut self.pending);
        self.pending_from = self.source.bytes();
        pending.sort();
        if self.rehearsed.is_some() {
            return self.count(pending).await;
        }
        // Made ready while the batch before is on its way.
        let load = Load::of(self.database.engine(), self.batch, &pending);
        self.arrive().await?;
        self.make_room(&pending).await?;
        let shipment = Shipment {
            expected: self.expected(),
            batch: self.batch,
            columns: self.memory(),
            digest: self.content.state(),
            pending,
            now: self.clock.now(),
        };
        let database = self.database.clone();
        self.on_its_way = Some(tokio::spawn(shipment.ship(load, database)));
        // A new task waits for its turn on this thread. Without a pause it would begin only when the next batch is
        // full, and nothing would overlap.
        tokio::task::yield_now().await;
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
        pending.drop_duplicates(|key| taken.contains(&key));
        if let Some(rehearsal) = &mut self.rehearsed {
            rehearsal
                .keep(&pending.figures)
                .map_err(|error| unkept(&error))?;
        }
        let (memory, digest) = (self.memory(), self.content.state());
        pending.count_into(&mut self.import, memory, digest, self.clock.now());
        Ok(())
    }

    /// Returns what must be kept to go on in the middle of the file.
    fn memory(&mut self) -> Vec<String> {
        if let Source::Objects(reader) = &self.source {
            self.sheet.set_in_list(reader.is_in_list());
        }
        self.sheet.memory()
    }

    /// Reads one record.
    fn read(&mut self, record: &Record) -> Step {
        let line = record.line;
        match self.sheet.take(record) {
            Ok(Entry::Preamble) => return Step::Preamble,
            Ok(entry) => self.pending.take(entry, line),
            Err(problems) => {
                self.pending.end = Some((record.end_bytes, record.end_lines));
                self.pending.problems.extend(problems);
                return Step::Unreadable;
            }
        }
        self.pending.end = Some((record.end_bytes, record.end_lines));
        Step::Ended
    }

    fn is_full(&self) -> bool {
        let end = self.pending.end.map_or(0, |(bytes, _)| bytes);
        self.pending.figures.len() >= MAX_ROWS
            || self.pending.problems.len() >= MAX_WAITING_PROBLEMS
            || end - self.pending_from >= MAX_BYTES
    }
}

/// What the reading of a record has come to.
enum Step {
    /// The file can be gone on with behind it.
    Ended,
    /// It must be read again to go on.
    Preamble,
    /// Nothing behind it can be read.
    Unreadable,
}

fn unkept(error: &std::io::Error) -> Fault {
    Fault::internal(format!("the rows of a check cannot be kept: {error}"))
}

impl Pending {
    /// Takes what a record is.
    fn take(&mut self, entry: Entry, line: i64) {
        match entry {
            Entry::Blank | Entry::Preamble => {}
            Entry::Header(doubts) => self.doubt(doubts),
            Entry::Figure(figure) => self.figures.push((Key::of(&figure.cell), figure)),
            Entry::Doubtful(figure, doubts) => {
                self.figures.push((Key::of(&figure.cell), figure));
                self.doubt(doubts);
            }
            Entry::BadRow(problems) => {
                self.bad_rows += 1;
                self.problems.extend(problems);
            }
            Entry::LeftOut(reason) => self.left_out.add(reason, line),
            Entry::Several(entries) => {
                for entry in entries {
                    self.take(entry, line);
                }
            }
        }
    }

    fn doubt(&mut self, doubts: Vec<Problem>) {
        for doubt in &doubts {
            self.doubtful.add(doubt.reason, doubt.line);
        }
        // More of one batch are never kept.
        if self.doubts.len() < MAX_PROBLEMS {
            self.doubts.extend(doubts);
        }
    }

    /// Brings figures into the order of their keys, and turns those about a cell that another of them is
    /// about into bad rows.
    fn sort(&mut self) {
        self.figures
            .sort_unstable_by_key(|(key, figure)| (*key, figure.line, figure.column));
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
                problems.push(row::duplicate(figure));
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
    fn count_into(
        &self,
        import: &mut Import,
        memory: Vec<String>,
        digest: Vec<u8>,
        now: Timestamp,
    ) {
        let intake = &mut import.intake;
        if let Some((bytes, lines)) = self.end {
            (intake.received_bytes, intake.received_lines) = (bytes, lines);
        }
        intake.columns = memory;
        intake.digest = digest;
        intake.accepted += i64::try_from(self.figures.len()).unwrap_or(i64::MAX);
        intake.skipped += self.bad_rows;
        intake.problems.extend_from_slice(&self.problems);
        intake.problems.truncate(MAX_PROBLEMS);
        intake.left_out.merge(&self.left_out);
        intake.doubtful.merge(&self.doubtful);
        intake.doubts.extend_from_slice(&self.doubts);
        intake.doubts.truncate(MAX_PROBLEMS);
        import.update_time = now;
    }
}

/// What the database should have of an import when the next batch comes.
#[derive(Clone)]
struct Expected {
    name: String,
    lease: String,
    received_bytes: i64,
}

impl Expected {
    /// Returns the import if the stream still carries it, and nothing of it is lost.
    fn check(&self, import: Option<Import>) -> Result<Import, Fault> {
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
struct Shipment {
    expected: Expected,
    batch: Batch,
    columns: Vec<String>,
    digest: Vec<u8>,
    pending: Pending,
    now: Timestamp,
}

/// What a batch writes.
struct Load {
    figures: Bulk,
    sums: Partial,
}

impl Load {
    fn of(engine: Engine, batch: Batch, pending: &Pending) -> Self {
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
    async fn ship(self, load: Load, database: Database) -> Result<Import, Fault> {
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
