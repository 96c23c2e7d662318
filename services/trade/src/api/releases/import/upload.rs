//! The bytes of an upload on their way to durable rows.
//!
//! While one batch becomes durable the next is read. On PostgreSQL a batch is committed without waiting for
//! the disk; that is waited for at the end, and by whoever asks how much is durable.

mod pending;
mod shipment;

use std::{collections::BTreeSet, sync::Arc};

use ::fault::Fault;
use storage::Database;
use tokio::task::JoinHandle;

use self::{
    pending::Pending,
    shipment::{Expected, Load, Shipment},
};

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
        classification::file::Known,
        file::{
            records::Record,
            sheet::{Entry, Sheet},
            source::Source,
        },
        import::{self, Import},
        release::Release,
    },
    store::{self, observations::Batch},
};

/// How many rows wait at most before they are made durable: enough for a bulk load and its commit to pay,
/// few enough for three batches to fit into a hundred megabytes.
const MAX_ROWS: usize = 30_000;

/// How many problems wait at most before they are made durable.
const MAX_WAITING_PROBLEMS: usize = 1_000;

/// How many bytes of rows wait at most before they are made durable.
const MAX_BYTES: i64 = 4 * 1024 * 1024;

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
            let known = if import.options.find_suspicious {
                examine::known(&self.database, rehearsal.editions().clone()).await?
            } else {
                Known::new()
            };
            let work = move || -> std::io::Result<Import> {
                examine::rehearsed(rehearsal.merge()?, known, &release, &mut import)?;
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
