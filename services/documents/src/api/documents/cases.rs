//! What a status is computed from: documents, their acts, and the documents they wait for.

mod past;

use aip::{Violations, convert as checked};
use clock::Clock;
use jiff::Timestamp;
use storage::{Error, Tx};

use crate::{
    domain::{
        Document, DocumentName, EntryRule, Reader,
        status::{AsOf, Case, Cases, MAX_CHAIN, Standing},
    },
    store::{acts, documents},
};

/// Reads the cases of those named documents that there are, and of those whose entry into force they
/// wait for.
#[cfg(test)]
pub(in crate::api) async fn load(tx: &mut Tx, names: &[DocumentName]) -> Result<Cases, Error> {
    let found = documents::get_many(tx, names).await?;
    load_around(tx, found).await
}

/// Reads the acts on documents that have been read, and the cases of those whose entry into force they
/// wait for.
pub(in crate::api) async fn load_around(tx: &mut Tx, found: Vec<Document>) -> Result<Cases, Error> {
    load_seen(tx, found, None).await
}

/// Reads the cases of those named documents that there are, and of those whose entry into force they wait
/// for, as far as `reader` may know of them; for the strict reading, with the register entries as they stood
/// before `recorded_before`.
pub(in crate::api) async fn load_for(
    tx: &mut Tx,
    names: &[DocumentName],
    reader: &Reader,
    recorded_before: Option<Timestamp>,
) -> Result<Cases, Error> {
    let found = documents::get_many(tx, names).await?;
    load_read(tx, found, reader, recorded_before).await
}

/// As [`load_for`], of documents that have been read.
pub(in crate::api) async fn load_read(
    tx: &mut Tx,
    found: Vec<Document>,
    reader: &Reader,
    recorded_before: Option<Timestamp>,
) -> Result<Cases, Error> {
    let view = View {
        reader,
        recorded_before,
    };
    load_seen(tx, found, Some(&view)).await
}

/// As whom, and as recorded before which moment, the register is read.
struct View<'a> {
    reader: &'a Reader,
    recorded_before: Option<Timestamp>,
}

async fn load_seen(
    tx: &mut Tx,
    mut found: Vec<Document>,
    view: Option<&View<'_>>,
) -> Result<Cases, Error> {
    let mut cases = Cases::new();
    for _ in 0..MAX_CHAIN {
        let mut found_acts = acts::of_documents(tx, &found.iter().collect::<Vec<_>>()).await?;
        let mut wanted = Vec::new();
        for (document, standing) in seen(tx, found, view).await? {
            if let EntryRule::WithDocument(name) = document.content.entry_rule()
                && standing == Standing::Open
                && !cases.contains_key(name)
            {
                wanted.extend(DocumentName::parse("document", name).ok());
            }
            let acts = found_acts.remove(&document.uid).unwrap_or_default();
            let name = document.name.to_string();
            let case = Case {
                document,
                acts,
                standing,
            };
            cases.insert(name, case);
        }
        wanted.retain(|name| !cases.contains_key(&name.to_string()));
        if wanted.is_empty() {
            break;
        }
        wanted.sort();
        wanted.dedup();
        found = documents::get_many(tx, &wanted).await?;
    }
    Ok(cases)
}

/// Says what of each document is told, and puts the register entries back to what they were.
async fn seen(
    tx: &mut Tx,
    found: Vec<Document>,
    view: Option<&View<'_>>,
) -> Result<Vec<(Document, Standing)>, Error> {
    let Some(view) = view else {
        let open = |document| (document, Standing::Open);
        return Ok(found.into_iter().map(open).collect());
    };
    let (readable, hidden): (Vec<_>, Vec<_>) = found
        .into_iter()
        .partition(|document| view.reader.may_read(document));
    let mut seen = match view.recorded_before {
        Some(limit) => past::before(tx, readable, view.reader, limit).await?,
        None => readable
            .into_iter()
            .map(|document| (document, Standing::Open))
            .collect(),
    };
    seen.extend(
        hidden
            .into_iter()
            .map(|document| (document, Standing::Hidden)),
    );
    Ok(seen)
}

/// The part of a request that says for which day and as known when.
pub(super) struct Moment<'a> {
    pub(super) effective_date: Option<&'a accord_proto::google::r#type::Date>,
    pub(super) known_time: Option<&'a prost_types::Timestamp>,
    pub(super) recorded_before: Option<&'a prost_types::Timestamp>,
}

impl Moment<'_> {
    /// Checks the moment; what is left out is now.
    pub(super) fn as_of(&self, clock: &Clock, violations: &mut Violations) -> Option<AsOf> {
        let day = violations.take(checked::optional_date(
            "effective_date",
            self.effective_date,
        ));
        let known = violations.take(checked::optional_time("known_time", self.known_time));
        let recorded_before = violations.take(checked::optional_time(
            "recorded_before",
            self.recorded_before,
        ));
        Some(AsOf {
            day: day?.unwrap_or_else(|| clock.today()),
            known: known?.unwrap_or_else(|| clock.now()),
            recorded_before: recorded_before?,
        })
    }
}
