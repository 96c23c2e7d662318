//! The acts of an import: read, compared with the register, checked and written, each with a token of its party.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use accord_proto::documents::v1::act_service_client::ActServiceClient;
use accord_proto::documents::v1::{Act, BatchCreateActsRequest, CreateActRequest};
use futures::{StreamExt as _, stream};
use indicatif::ProgressBar;
use prost::Message as _;
use sha2::{Digest as _, Sha256};

use super::existing;
use super::file::{self, without_repeated};
use super::register::Register;
use super::tokens::Connections;
use crate::apply::derive_request_id;
use crate::client::Connection;
use crate::client::refusal::Refusal;
use crate::commands::rows::check::{self, Sender};
use crate::commands::rows::report::{Fate, Part, Report};
use crate::error::Error;
use crate::register::act::{self, Field, Row};
use crate::register::{Columns, Place, Problem};

/// How many acts are looked up at once.
const AT_ONCE: usize = 16;

/// The acts of a file.
pub(super) struct Acts {
    parent: String,
    columns: Option<Columns<Field>>,
    /// The acts that may be written.
    rows: Vec<Row>,
}

impl Acts {
    /// Reads the file, and takes out what can be seen to be wrong without a service.
    pub(super) fn read(
        parent: &str,
        path: Option<&Path>,
        report: &mut Report,
    ) -> Result<Self, Error> {
        let Some(path) = path else {
            return Ok(Self {
                parent: parent.to_owned(),
                columns: None,
                rows: Vec::new(),
            });
        };
        let (columns, rows) =
            file::read(parent, path, Part::Acts, report, act::columns, act::read)?;
        let key = |row: &Row| Some(format!("{}/acts/{}", row.document, row.id));
        let place = columns.place(&Field::Id);
        let rows = without_repeated(
            rows,
            key,
            |row| row.line,
            place.as_ref(),
            |row, problem| {
                report.bad(Part::Acts, row.line, &row.id, vec![problem]);
            },
        );
        let (left_out, rows): (Vec<Row>, Vec<Row>) =
            rows.into_iter().partition(|row| row.is_retracted);
        for row in &left_out {
            report.tell(Part::Acts, row.line, &row.id, Fate::LeftOut);
        }
        for row in &rows {
            report.tell(Part::Acts, row.line, &row.id, Fate::Waiting);
        }
        Ok(Self {
            parent: parent.to_owned(),
            columns: Some(columns),
            rows,
        })
    }

    /// Checks the acts: those on registered documents by the service too.
    pub(super) async fn check(
        &mut self,
        connections: &Connections,
        documents: &Register,
        report: &mut Report,
        bar: &ProgressBar,
    ) -> Result<(), Error> {
        let rows = std::mem::take(&mut self.rows);
        let registered = self
            .registered_parties(connections, documents, &rows)
            .await?;
        let mut on_new = Vec::new();
        let mut on_registered = Vec::new();
        for row in rows {
            let parties = documents
                .parties(&row.document)
                .or_else(|| registered.get(&row.document)?.as_deref());
            match self.obvious(&row, documents, parties, connections) {
                Some(problem) => report.bad(Part::Acts, row.line, &row.id, vec![problem]),
                None if documents.is_new(&row.document) => on_new.push(row),
                None => on_registered.push(row),
            }
        }
        let waiting = self
            .not_registered(connections, on_registered, report)
            .await?;
        let mut good = self.checked(connections, waiting, report, bar).await?;
        // Their documents are not there yet; the service checks them when they are.
        good.extend(on_new);
        good.sort_by_key(|row| row.line);
        self.rows = good;
        Ok(())
    }

    /// The parties of the documents that the file of documents does not have; nothing for those that nobody has.
    async fn registered_parties(
        &self,
        connections: &Connections,
        documents: &Register,
        rows: &[Row],
    ) -> Result<HashMap<String, Option<Vec<String>>>, Error> {
        let mut names: Vec<&str> = rows
            .iter()
            .map(|row| row.document.as_str())
            .filter(|name| documents.parties(name).is_none())
            .collect();
        names.sort_unstable();
        names.dedup();
        let mut found = HashMap::new();
        let mut looked_up = stream::iter(names)
            .map(async |name| (name, existing::document(connections.any(), name).await))
            .buffered(AT_ONCE);
        while let Some((name, document)) = looked_up.next().await {
            found.insert(name.to_owned(), document?.map(|document| document.parties));
        }
        Ok(found)
    }

    /// What can be seen to be wrong with an act.
    fn obvious(
        &self,
        row: &Row,
        documents: &Register,
        parties: Option<&[String]>,
        connections: &Connections,
    ) -> Option<Problem> {
        if documents.is_bad(&row.document) {
            return Some(self.problem(
                row,
                &Field::Document,
                "REFERENCE_NOT_FOUND",
                "is a document whose row is bad".into(),
            ));
        }
        let Some(parties) = parties else {
            let description = format!("there is no {}", row.document);
            return Some(self.problem(row, &Field::Document, "REFERENCE_NOT_FOUND", description));
        };
        for (field, party) in [
            (Field::Party, &row.act.party),
            (Field::NotifyingParty, &row.act.notifying_party),
        ] {
            // A document that may not be read does not tell its parties.
            if !party.is_empty() && !parties.is_empty() && !parties.contains(party) {
                let description = format!("\"{party}\" is not a party of the document");
                return Some(self.problem(row, &field, "NOT_A_PARTY", description));
            }
        }
        let reason = connections.of(&row.act.party).err()?;
        Some(self.problem(row, &Field::Party, "PARTY_MISMATCH", reason))
    }

    /// Takes out the acts that are registered, the same or another.
    async fn not_registered(
        &self,
        connections: &Connections,
        rows: Vec<Row>,
        report: &mut Report,
    ) -> Result<Vec<Row>, Error> {
        let mut looked_up = stream::iter(rows)
            .map(async |row| {
                let name = format!("{}/acts/{}", row.document, row.id);
                (existing::act(connections.any(), &name).await, row)
            })
            .buffered(AT_ONCE);
        let mut waiting = Vec::new();
        while let Some((found, row)) = looked_up.next().await {
            match found? {
                None => waiting.push(row),
                Some(registered) => match self.compare(&registered, &row) {
                    None => report.tell(Part::Acts, row.line, &row.id, Fate::AlreadyThere),
                    Some(problem) => report.bad(Part::Acts, row.line, &row.id, vec![problem]),
                },
            }
        }
        Ok(waiting)
    }

    fn compare(&self, registered: &Act, row: &Row) -> Option<Problem> {
        let description = if registered.retract_time.is_some() {
            "was registered and retracted".to_owned()
        } else {
            let differences = existing::act_differences(&self.parent, registered, &row.act);
            if differences.is_empty() {
                return None;
            }
            format!(
                "is registered already, and differs in {}",
                differences.join(", ")
            )
        };
        Some(self.problem(row, &Field::Id, "RESOURCE_ALREADY_EXISTS", description))
    }

    /// Has the service check acts, each party's with its token.
    async fn checked(
        &self,
        connections: &Connections,
        rows: Vec<Row>,
        report: &mut Report,
        bar: &ProgressBar,
    ) -> Result<Vec<Row>, Error> {
        let mut good = Vec::new();
        for (party, rows) in by_party(rows) {
            let connection = connections.of(&party).map_err(Error::Usage)?;
            let mut sender = OfParty {
                acts: self,
                connection,
            };
            let checked = check::check(&mut sender, rows, bar, |row, problems| {
                report.bad(Part::Acts, row.line, &row.id, problems);
            });
            good.extend(checked.await?);
        }
        Ok(good)
    }

    /// Records the acts. Their documents are registered now, so all of them are checked by the service before any is written.
    pub(super) async fn write(
        &mut self,
        connections: &Connections,
        report: &mut Report,
        skip_bad_rows: bool,
        bar: &ProgressBar,
    ) -> Result<(), Error> {
        let before = report.bad_count();
        let rows = std::mem::take(&mut self.rows);
        let rows = self
            .checked(connections, rows, report, &ProgressBar::hidden())
            .await?;
        if report.bad_count() > before && !skip_bad_rows {
            return Err(Error::Failed(
                "the documents were taken, and no act was, because some are bad\n  hint: correct them and run the command again, \
                 or take the others with --skip-bad-rows"
                    .into(),
            ));
        }
        for (party, rows) in by_party(rows) {
            let connection = connections.of(&party).map_err(Error::Usage)?;
            for batch in check::batches::<OfParty<'_>>(rows) {
                let sender = OfParty {
                    acts: self,
                    connection,
                };
                check::patiently(async || sender.send(&batch, false).await)
                    .await
                    .map_err(|refusal| Error::Refused(Box::new(refusal)))?;
                for row in batch {
                    report.tell(Part::Acts, row.line, &row.id, Fate::Accepted);
                    bar.inc(1);
                }
            }
        }
        Ok(())
    }

    fn problem(&self, row: &Row, field: &Field, reason: &str, description: String) -> Problem {
        Problem {
            line: row.line,
            column: self
                .columns
                .as_ref()
                .and_then(|columns| columns.place(field)),
            reason: reason.to_owned(),
            description,
        }
    }
}

fn by_party(rows: Vec<Row>) -> BTreeMap<String, Vec<Row>> {
    let mut parties: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for row in rows {
        parties.entry(row.act.party.clone()).or_default().push(row);
    }
    parties
}

/// Sends the acts of one party in batches.
struct OfParty<'a> {
    acts: &'a Acts,
    connection: &'a Connection,
}

impl OfParty<'_> {
    fn request(row: &Row) -> CreateActRequest {
        CreateActRequest {
            parent: row.document.clone(),
            act_id: row.id.clone(),
            act: Some(row.act.clone()),
            ..CreateActRequest::default()
        }
    }
}

impl Sender for OfParty<'_> {
    type Row = Row;

    fn line(row: &Row) -> u64 {
        row.line
    }

    fn size(row: &Row) -> usize {
        row.act.encoded_len() + row.document.len() + row.id.len()
    }

    fn hindrance(&self, _: &Row) -> Option<Problem> {
        None
    }

    fn place(&self, _: &Row, field: &str) -> Option<Place> {
        self.acts.columns.as_ref()?.place(&act::field_of(field)?)
    }

    fn is_bad(&mut self, _: &Row) {}

    async fn send(&self, rows: &[Row], validate_only: bool) -> Result<(), Refusal> {
        let mut request = BatchCreateActsRequest {
            parent: format!("{}/documents/-", self.acts.parent),
            requests: rows.iter().map(Self::request).collect(),
            request_id: String::new(),
            validate_only,
        };
        if !validate_only {
            let digest = hex::encode(Sha256::digest(request.encode_to_vec()));
            request.request_id = derive_request_id(&["accord documents import", &digest]);
        }
        let mut client = ActServiceClient::new(self.connection.clone());
        let answer = client.batch_create_acts(request).await;
        answer.map(|_| ()).map_err(|status| Refusal::of(&status))
    }

    async fn probe(&self, row: &Row) -> Result<(), Refusal> {
        let request = CreateActRequest {
            validate_only: true,
            ..Self::request(row)
        };
        let mut client = ActServiceClient::new(self.connection.clone());
        let answer = client.create_act(request).await;
        answer.map(|_| ()).map_err(|status| Refusal::of(&status))
    }
}
