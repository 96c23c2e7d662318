//! What a status is computed from: documents, their acts, and the documents they wait for.

use aip::{Violations, convert as checked};
use clock::Clock;
use storage::{Error, Tx};

use crate::{
    domain::{
        Document, DocumentName, EntryRule,
        status::{AsOf, Case, Cases, MAX_CHAIN},
    },
    store::{acts, documents},
};

/// Reads the cases of those named documents that there are, and of those whose entry into force they
/// wait for.
pub(in crate::api) async fn load(tx: &mut Tx, names: &[DocumentName]) -> Result<Cases, Error> {
    let found = documents::get_many(tx, names).await?;
    load_around(tx, found).await
}

/// Reads the acts on documents that have been read, and the cases of those whose entry into force they
/// wait for.
pub(in crate::api) async fn load_around(
    tx: &mut Tx,
    mut found: Vec<Document>,
) -> Result<Cases, Error> {
    let mut cases = Cases::new();
    for _ in 0..MAX_CHAIN {
        let mut found_acts = acts::of_documents(tx, &found.iter().collect::<Vec<_>>()).await?;
        let mut wanted = Vec::new();
        for document in found {
            if let EntryRule::WithDocument(name) = document.content.entry_rule()
                && !cases.contains_key(name)
            {
                wanted.extend(DocumentName::parse("document", name).ok());
            }
            let acts = found_acts.remove(&document.uid).unwrap_or_default();
            cases.insert(document.name.to_string(), Case::new(document, acts));
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
