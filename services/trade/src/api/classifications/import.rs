//! `ImportClassification`.

use std::{collections::BTreeMap, sync::Arc};

use ::fault::Fault;
use accord_proto::trade::v1::{ClassificationImport, ImportClassificationRequest};
use aip::{Violation, Violations, text};
use identity::Caller;
use ledger::{Call, Change, ChangeKind};
use storage::Tx;
use tonic::Request;

use super::{all, complete};
use crate::{
    api::{
        Api,
        convert::{self, classification},
        fault,
    },
    domain::{
        cell::HsEdition,
        classification::{
            file::{self, Content},
            outline::Outline,
        },
    },
    store::{self, classifications::SourceKind},
};

const METHOD: &str = "accord.trade.v1.ClassificationService/ImportClassification";

/// What a call takes without limits of its own being raised, less what surrounds the file.
const MAX_FILE_BYTES: usize = 3_500_000;
const MAX_SOURCE: usize = 2_000;

/// A checked request.
struct Asked {
    file: Vec<u8>,
    edition: Option<HsEdition>,
    source: String,
}

pub(crate) async fn run(
    api: &Api,
    request: Request<ImportClassificationRequest>,
) -> Result<ClassificationImport, Fault> {
    let caller = Caller::of(&request)?.clone();
    caller.may_administer()?;
    let request = request.into_inner();
    let mut violations = Violations::new();
    let call = Call::new(METHOD, &caller, &request, &mut violations);
    let asked = Arc::new(read(request, violations)?);
    api.journal
        .mutate(call, move |tx, stamp| {
            let asked = Arc::clone(&asked);
            Box::pin(async move {
                let (content, report) = content(tx, &asked).await?;
                let editions = file::editions(&content, asked.edition);
                write(tx, &asked, &content, stamp.now).await?;
                let shown = classification::show_import(&content, &editions, &report);
                let changes = all(tx)
                    .await?
                    .into_iter()
                    .filter(|shown| {
                        let mut numbers = editions.iter().map(|edition| Some(*edition));
                        numbers.any(|edition| {
                            convert::enums::show_edition(edition) == shown.hs_edition
                        })
                    })
                    .map(|shown| Change::of(&shown.name, ChangeKind::Updated, &shown))
                    .collect();
                Ok((shown, changes))
            })
        })
        .await
}

fn read(request: ImportClassificationRequest, mut violations: Violations) -> Result<Asked, Fault> {
    if request.file.is_empty() {
        violations.push("file", "FIELD_REQUIRED", "must be set");
    } else if request.file.len() > MAX_FILE_BYTES {
        let (most, bytes) = (MAX_FILE_BYTES, request.file.len());
        let description = format!("must have at most {most} bytes, not {bytes}");
        violations.push("file", "FIELD_INVALID", description);
    }
    let edition = convert::optional(
        "hs_edition",
        request.hs_edition,
        convert::enums::read_edition,
    );
    let edition = violations.take(edition);
    let source = violations.take(text::optional("source", &request.source, MAX_SOURCE));
    let (edition, source) = complete(edition.zip(source), violations)?;
    Ok(Asked {
        file: request.file,
        edition,
        source,
    })
}

/// Reads the file, against the nomenclatures that there are.
async fn content(tx: &mut Tx, asked: &Asked) -> Result<(Content, file::Report), Fault> {
    let named = named(tx).await?;
    let known = store::classifications::known(tx, &named).await?;
    let (content, report) = file::read(&asked.file, &known).map_err(fault::classification_file)?;
    let misplaced = match (&content, asked.edition) {
        (Content::Nomenclature(_), None) => Some(Violation::new(
            "hs_edition",
            "FIELD_REQUIRED",
            "must be set for a nomenclature",
        )),
        (Content::Concordances(_), Some(_)) => Some(Violation::new(
            "hs_edition",
            "FIELD_INVALID",
            "goes only with a nomenclature",
        )),
        _ => None,
    };
    match misplaced {
        Some(violation) => Err(violation.into()),
        None => Ok((content, report)),
    }
}

/// The editions that have a nomenclature.
async fn named(tx: &mut Tx) -> Result<Vec<HsEdition>, Fault> {
    let sources = store::classifications::sources(tx).await?;
    let named = sources
        .into_iter()
        .filter(|source| source.kind == SourceKind::Nomenclature)
        .map(|source| source.edition);
    Ok(named.collect())
}

/// Writes what the file brings, and what follows from it for all editions.
async fn write(
    tx: &mut Tx,
    asked: &Asked,
    content: &Content,
    now: jiff::Timestamp,
) -> Result<(), Fault> {
    let mut outline = outline(tx).await?;
    match (content, asked.edition) {
        (Content::Nomenclature(entries), Some(edition)) => {
            outline.nomenclatures.insert(edition, entries.clone());
            let kind = SourceKind::Nomenclature;
            store::classifications::note(tx, kind, edition, &asked.source, now).await?;
        }
        (Content::Nomenclature(_), None) => return Err(fault::unreported()),
        (Content::Concordances(concordances), _) => {
            for (earlier, concordance) in concordances {
                store::correspondences::replace(tx, *earlier, concordance).await?;
                outline.concordances.insert(*earlier, concordance.clone());
                let kind = SourceKind::Concordance;
                store::classifications::note(tx, kind, *earlier, &asked.source, now).await?;
            }
        }
    }
    store::classifications::replace(tx, outline.items()).await?;
    Ok(())
}

async fn outline(tx: &mut Tx) -> Result<Outline, Fault> {
    let mut nomenclatures = BTreeMap::new();
    for edition in named(tx).await? {
        let entries = store::classifications::nomenclature(tx, edition).await?;
        nomenclatures.insert(edition, entries);
    }
    let mut concordances = BTreeMap::new();
    for edition in HsEdition::all() {
        if let Some(concordance) = store::correspondences::get(tx, edition).await? {
            concordances.insert(edition, concordance);
        }
    }
    Ok(Outline {
        nomenclatures,
        concordances,
    })
}
