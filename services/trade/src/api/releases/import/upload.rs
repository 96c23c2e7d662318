//! The bytes of an upload on their way to durable rows.

use std::{collections::HashSet, sync::Arc};

use ::fault::Fault;
use jiff::Timestamp;
use storage::{Database, Tx};

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
    store::{self, observations::Batch},
};

/// How many rows wait at most before they are made durable.
const MAX_ROWS: usize = 1_000;

/// How many bytes of rows wait at most before they are made durable.
const MAX_BYTES: i64 = 256 * 1024;

/// What has been read and is not yet durable.
#[derive(Clone, Debug, Default)]
struct Pending {
    figures: Vec<Observation>,
    bad_rows: i64,
    problems: Vec<Problem>,
    end: Option<(i64, i64)>,
}

/// An upload.
pub(super) struct Upload {
    database: Database,
    clock: clock::Clock,
    /// The import as far as it is durable.
    import: Import,
    batch: Batch,
    reader: Reader,
    sheet: Sheet,
    pending: Pending,
    /// The cells of an upload that is only checked; none when rows are made durable.
    rehearsed: Option<HashSet<String>>,
    total_bytes: i64,
}

impl Upload {
    /// Goes on with an import behind what is durable of it.
    pub(super) fn new(api: &Api, header: &Header, begun: Begun) -> Result<Self, Fault> {
        let Begun { release, import } = begun;
        let intake = &import.intake;
        let batch = Batch {
            release_uid: release.uid,
            partnership: header.release.partnership.clone(),
            reporter: release.publication.reporter.clone(),
            import_number: import.number,
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
            if !self.read(&record) {
                return Ok(false);
            }
            if self.is_full() {
                self.flush().await?;
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

    /// Makes what has been read durable, or counts it when rows are only checked.
    pub(super) async fn flush(&mut self) -> Result<(), Fault> {
        let pending = std::mem::take(&mut self.pending);
        if self.rehearsed.is_some() {
            return self.count(pending).await;
        }
        let input = Arc::new((
            self.import.name.clone(),
            self.import.lease.clone(),
            self.batch.clone(),
            self.sheet.names(),
            pending,
            self.clock.now(),
        ));
        self.import = self
            .database
            .write(move |tx| {
                let input = Arc::clone(&input);
                Box::pin(async move {
                    let (name, lease, batch, names, pending, now) = &*input;
                    let import = leased(tx, name, lease).await?;
                    keep(tx, import, batch, names, pending.clone(), *now).await
                })
            })
            .await?;
        Ok(())
    }

    async fn count(&mut self, mut pending: Pending) -> Result<(), Fault> {
        let asked = Arc::new((self.batch.release_uid.clone(), cells(&pending.figures)));
        let taken = self
            .database
            .read(move |tx| {
                let asked = Arc::clone(&asked);
                Box::pin(async move {
                    Ok::<_, Fault>(store::observations::taken(tx, &asked.0, &asked.1).await?)
                })
            })
            .await?;
        pending.drop_duplicates(&taken, self.rehearsed.get_or_insert_default());
        pending.count_into(&mut self.import, self.sheet.names(), self.clock.now());
        Ok(())
    }

    /// Reads one record; false when it is a bad header line.
    fn read(&mut self, record: &Record) -> bool {
        self.pending.end = Some((record.end_bytes, record.end_lines));
        match self.sheet.take(record) {
            Ok(Entry::Blank | Entry::Header) => {}
            Ok(Entry::Figure(observation)) => self.pending.figures.push(observation),
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
        let bytes = self
            .pending
            .end
            .map_or(0, |(bytes, _)| bytes - self.import.intake.received_bytes);
        self.pending.figures.len() >= MAX_ROWS
            || self.pending.problems.len() >= MAX_ROWS
            || bytes >= MAX_BYTES
    }
}

impl Pending {
    /// Turns figures about cells that are `taken`, or that have been `seen`, into bad rows.
    fn drop_duplicates(&mut self, taken: &HashSet<String>, seen: &mut HashSet<String>) {
        let (mut bad_rows, mut problems) = (0, Vec::new());
        self.figures.retain(|figure| {
            let cell = figure.cell.to_string();
            let is_new = !taken.contains(&cell) && seen.insert(cell);
            if !is_new {
                bad_rows += 1;
                problems.push(row::duplicate(figure.line, &figure.cell));
            }
            is_new
        });
        self.bad_rows += bad_rows;
        self.problems.extend(problems);
        self.problems.sort();
    }

    /// Counts what was read into the import.
    fn count_into(self, import: &mut Import, names: Vec<String>, now: Timestamp) {
        let intake = &mut import.intake;
        if let Some((bytes, lines)) = self.end {
            (intake.received_bytes, intake.received_lines) = (bytes, lines);
        }
        intake.columns = names;
        intake.accepted += i64::try_from(self.figures.len()).unwrap_or(i64::MAX);
        intake.skipped += self.bad_rows;
        intake.problems.extend(self.problems);
        intake.problems.truncate(MAX_PROBLEMS);
        import.update_time = now;
    }
}

fn cells(figures: &[Observation]) -> Vec<String> {
    figures
        .iter()
        .map(|figure| figure.cell.to_string())
        .collect()
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

/// Makes one batch durable and returns the import with it.
async fn keep(
    tx: &mut Tx,
    mut import: Import,
    batch: &Batch,
    names: &[String],
    mut pending: Pending,
    now: Timestamp,
) -> Result<Import, Fault> {
    let taken =
        store::observations::taken(tx, &batch.release_uid, &cells(&pending.figures)).await?;
    pending.drop_duplicates(&taken, &mut HashSet::new());
    store::observations::insert(tx, batch, &pending.figures).await?;
    store::imports::add_problems(tx, &import, &pending.problems).await?;
    pending.count_into(&mut import, names.to_vec(), now);
    store::imports::put(tx, &import).await?;
    Ok(import)
}
