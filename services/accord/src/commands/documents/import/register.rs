//! The documents of an import: read, put in order, compared with the register, checked and written.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use accord_proto::documents::v1::document_service_client::DocumentServiceClient;
use accord_proto::documents::v1::{
    BatchCreateDocumentsRequest, CreateDocumentRequest, Document, RelationKind, UnknownRule,
    UpdateDocumentRequest, entry_into_force::Rule,
};
use futures::{StreamExt as _, stream};
use indicatif::ProgressBar;
use prost::Message as _;
use sha2::{Digest as _, Sha256};

use super::check::{self, Bad, Sender};
use super::existing;
use super::file::{self, without_repeated};
use super::report::{Fate, Part, Report};
use super::sort::sort;
use super::tokens::Connections;
use crate::apply::derive_request_id;
use crate::client::Connection;
use crate::client::refusal::Refusal;
use crate::error::Error;
use crate::register::document::{self, Field};
use crate::register::{Columns, Place, Problem};

/// How many documents are looked up at once.
const AT_ONCE: usize = 16;
/// Kinds of relations that never form a circle.
const ONE_WAY: [RelationKind; 4] = [
    RelationKind::Implements,
    RelationKind::Amends,
    RelationKind::Supersedes,
    RelationKind::AnnexOf,
];

/// One document of the file.
#[derive(Debug, Clone)]
pub(super) struct Item {
    line: u64,
    id: String,
    name: String,
    document: Document,
    /// Documents in a circle with this one: it is registered without referring to them, and gets that afterwards.
    later: Vec<String>,
    /// Whether it is registered already, but for what it gets afterwards.
    is_registered: bool,
}

/// The documents of a file.
pub(super) struct Register {
    parent: String,
    columns: Option<Columns<Field>>,
    items: Vec<Item>,
    /// Every document of the file by its name, as far as it could be read, with its parties.
    parties: HashMap<String, Vec<String>>,
    /// The names of documents that are registered, for sure or after this import.
    new: HashSet<String>,
    bad: Bad,
}

impl Register {
    /// Reads the file, and takes out what can be seen to be wrong without a service.
    pub(super) fn read(
        parent: &str,
        path: Option<&Path>,
        report: &mut Report,
    ) -> Result<Self, Error> {
        let mut register = Self {
            parent: parent.to_owned(),
            columns: None,
            items: Vec::new(),
            parties: HashMap::new(),
            new: HashSet::new(),
            bad: Bad::new(),
        };
        let Some(path) = path else {
            return Ok(register);
        };
        let (columns, rows) = file::read(
            parent,
            path,
            Part::Documents,
            report,
            document::columns,
            document::read,
        )?;
        let rows = Self::without_repeated(&columns, rows, report);
        let items = rows.into_iter().map(|row| Item {
            line: row.line,
            name: format!("{parent}/documents/{}", row.id),
            id: row.id,
            document: row.document,
            later: Vec::new(),
            is_registered: false,
        });
        register.columns = Some(columns);
        register.items = items.collect();
        for item in &register.items {
            report.tell(Part::Documents, item.line, &item.id, Fate::Waiting);
            register
                .parties
                .insert(item.name.clone(), item.document.parties.clone());
        }
        register.put_in_order(report);
        Ok(register)
    }

    fn without_repeated(
        columns: &Columns<Field>,
        rows: Vec<document::Row>,
        report: &mut Report,
    ) -> Vec<document::Row> {
        let mut bad = |row: &document::Row, problem: Problem| {
            report.bad(Part::Documents, row.line, &row.id, vec![problem]);
        };
        let place = columns.place(&Field::Id);
        let rows = without_repeated(
            rows,
            |row| Some(row.id.clone()),
            |row| row.line,
            place.as_ref(),
            &mut bad,
        );
        let place = columns.place(&Field::ItemNumber);
        let number =
            |row: &document::Row| row.document.item_number.map(|number| number.to_string());
        without_repeated(rows, number, |row| row.line, place.as_ref(), bad)
    }

    /// Puts every document behind those that it refers to, and finds the circles.
    fn put_in_order(&mut self, report: &mut Report) {
        let index: HashMap<&str, usize> = self
            .items
            .iter()
            .enumerate()
            .map(|(i, item)| (item.name.as_str(), i))
            .collect();
        let known = |names: Vec<&str>| {
            names
                .into_iter()
                .filter_map(|name| index.get(name).copied())
                .collect::<Vec<_>>()
        };
        let mut in_circle: Vec<(usize, Problem)> = Vec::new();
        for kind in ONE_WAY {
            let references: Vec<Vec<usize>> = self
                .items
                .iter()
                .map(|item| known(targets_of(&item.document, kind)))
                .collect();
            for circle in sort(&references).circles {
                let mut ids: Vec<&str> =
                    circle.iter().map(|&i| self.items[i].id.as_str()).collect();
                ids.push(ids[0]);
                let word = crate::render::value::words(kind.as_str_name(), "RELATION_KIND_");
                let description = format!("\"{word}\" goes round in a circle: {}", ids.join(", "));
                for &i in &circle {
                    in_circle.push((
                        i,
                        self.problem(
                            &self.items[i],
                            Some(&Field::Relations),
                            "RELATION_CYCLE",
                            &description,
                        ),
                    ));
                }
            }
        }
        let references: Vec<Vec<usize>> = self
            .items
            .iter()
            .map(|item| known(references(&item.document)))
            .collect();
        let sorted = sort(&references);
        let mut later: Vec<Vec<String>> = vec![Vec::new(); self.items.len()];
        for circle in &sorted.circles {
            if let (Some(&first), Some(&last)) = (circle.first(), circle.last()) {
                later[last].push(self.items[first].name.clone());
            }
        }
        for (i, problem) in in_circle {
            self.bad.insert(self.items[i].name.clone());
            report.bad(
                Part::Documents,
                self.items[i].line,
                &self.items[i].id,
                vec![problem],
            );
        }
        let mut items: Vec<Option<Item>> = std::mem::take(&mut self.items)
            .into_iter()
            .map(Some)
            .collect();
        for i in sorted.order {
            if let Some(mut item) = items[i].take() {
                item.later = std::mem::take(&mut later[i]);
                if !self.bad.contains(&item.name) {
                    self.items.push(item);
                }
            }
        }
    }

    /// Compares the documents with the register, and has the service check those that are new.
    pub(super) async fn check(
        &mut self,
        connections: &Connections,
        report: &mut Report,
        bar: &ProgressBar,
    ) -> Result<(), Error> {
        let connection = connections.any().clone();
        let items = std::mem::take(&mut self.items);
        let mut looked_up = stream::iter(items)
            .map(async |item| (existing::document(&connection, &item.name).await, item))
            .buffered(AT_ONCE);
        let mut waiting = Vec::new();
        let mut registered = Vec::new();
        while let Some((found, mut item)) = looked_up.next().await {
            match self.compare(found?.as_ref(), &item) {
                Standing::New => {
                    self.new.insert(item.name.clone());
                    waiting.push(item);
                }
                Standing::Same => {
                    report.tell(Part::Documents, item.line, &item.id, Fate::AlreadyThere);
                }
                Standing::Unfinished => {
                    item.is_registered = true;
                    registered.push(item);
                }
                Standing::Bad(problem) => {
                    report.bad(Part::Documents, item.line, &item.id, vec![problem]);
                }
            }
        }
        drop(looked_up);
        let mut sender = Documents {
            register: self,
            connection: &connection,
        };
        let good = check::check(&mut sender, waiting, bar, |item, problems| {
            report.bad(Part::Documents, item.line, &item.id, problems);
        })
        .await?;
        self.items = self.without_hindered(good.into_iter().chain(registered).collect(), report);
        Ok(())
    }

    /// Takes out documents that refer to bad ones: in a circle, what comes last can make bad what came first.
    fn without_hindered(&mut self, mut items: Vec<Item>, report: &mut Report) -> Vec<Item> {
        loop {
            let (hindered, good): (Vec<Item>, Vec<Item>) = items.into_iter().partition(|item| {
                references(&item.document)
                    .iter()
                    .any(|name| self.bad.contains(*name))
            });
            if hindered.is_empty() {
                return good;
            }
            for item in hindered {
                let description = "refers to a document whose row is bad";
                let problem = self.problem(
                    &item,
                    Some(&Field::Relations),
                    "REFERENCE_NOT_FOUND",
                    description,
                );
                self.bad.insert(item.name.clone());
                report.bad(Part::Documents, item.line, &item.id, vec![problem]);
            }
            items = good;
        }
    }

    fn compare(&self, registered: Option<&Document>, item: &Item) -> Standing {
        let Some(registered) = registered else {
            return Standing::New;
        };
        let bad = |reason: &str, description: String| {
            Standing::Bad(self.problem(item, Some(&Field::Id), reason, &description))
        };
        if registered.delete_time.is_some() {
            return bad(
                "DOCUMENT_DELETED",
                "is registered and deleted; undelete it first".into(),
            );
        }
        if registered.redacted {
            return bad(
                "RESOURCE_ALREADY_EXISTS",
                "is registered, and you may not read it".into(),
            );
        }
        let differences = existing::differences(&self.parent, registered, &item.document);
        if differences.is_empty() {
            return Standing::Same;
        }
        let begun = without(&item.document, |name| {
            item.later.iter().any(|later| later == name)
        });
        if !item.later.is_empty()
            && existing::differences(&self.parent, registered, &begun).is_empty()
        {
            return Standing::Unfinished;
        }
        bad(
            "RESOURCE_ALREADY_EXISTS",
            format!(
                "is registered already, and differs in {}",
                differences.join(", ")
            ),
        )
    }

    fn problem(
        &self,
        item: &Item,
        field: Option<&Field>,
        reason: &str,
        description: &str,
    ) -> Problem {
        let columns = self.columns.as_ref();
        Problem {
            line: item.line,
            column: columns.and_then(|columns| columns.place(field?)),
            reason: reason.to_owned(),
            description: description.to_owned(),
        }
    }

    /// The parties of a document of the file; nothing if the file has no such document.
    pub(super) fn parties(&self, name: &str) -> Option<&[String]> {
        self.parties.get(name).map(Vec::as_slice)
    }

    /// Whether a document of the file will be registered by this import only.
    pub(super) fn is_new(&self, name: &str) -> bool {
        self.new.contains(name) && !self.bad.contains(name)
    }

    /// Whether a document of the file is bad and not registered.
    pub(super) fn is_bad(&self, name: &str) -> bool {
        self.bad.contains(name)
    }

    /// Registers the documents, and then what had to wait because of circles.
    pub(super) async fn write(
        &mut self,
        connections: &Connections,
        report: &mut Report,
        bar: &ProgressBar,
    ) -> Result<(), Error> {
        let connection = connections.any().clone();
        let (unfinished, new): (Vec<Item>, Vec<Item>) = std::mem::take(&mut self.items)
            .into_iter()
            .partition(|item| item.is_registered);
        let mut circles = unfinished;
        for batch in check::batches::<Documents<'_>>(new) {
            let sender = Documents {
                register: self,
                connection: &connection,
            };
            check::patiently(async || sender.send(&batch, false).await)
                .await
                .map_err(|refusal| Error::Refused(Box::new(refusal)))?;
            for item in batch {
                bar.inc(1);
                if item.later.is_empty() {
                    report.tell(Part::Documents, item.line, &item.id, Fate::Accepted);
                } else {
                    circles.push(item);
                }
            }
        }
        for item in circles {
            complete(&connection, &item).await?;
            report.tell(Part::Documents, item.line, &item.id, Fate::Accepted);
        }
        Ok(())
    }
}

/// How a document of the file stands to the register.
enum Standing {
    New,
    Same,
    Unfinished,
    Bad(Problem),
}

/// Gives a document the references that had to wait.
async fn complete(connection: &Connection, item: &Item) -> Result<(), Error> {
    let document = Document {
        name: item.name.clone(),
        relations: item.document.relations.clone(),
        entry_into_force: item.document.entry_into_force.clone(),
        ..Document::default()
    };
    let mut paths = vec!["relations".to_owned()];
    if document.entry_into_force.is_some() {
        paths.push("entry_into_force".to_owned());
    }
    let request = UpdateDocumentRequest {
        request_id: derive_request_id(&[
            "accord documents import",
            &item.name,
            &hex::encode(document.encode_to_vec()),
        ]),
        document: Some(document),
        update_mask: Some(prost_types::FieldMask { paths }),
        ..UpdateDocumentRequest::default()
    };
    check::patiently(async || {
        let mut client = DocumentServiceClient::new(connection.clone());
        let answer = client.update_document(request.clone()).await;
        answer.map_err(|status| Refusal::of(&status))
    })
    .await
    .map(|_| ())
    .map_err(|refusal| Error::Refused(Box::new(refusal)))
}

/// The names that a document refers to.
fn references(document: &Document) -> Vec<&str> {
    let relations = document
        .relations
        .iter()
        .map(|relation| relation.target.as_str());
    relations.chain(waits_for(document)).collect()
}

fn targets_of(document: &Document, kind: RelationKind) -> Vec<&str> {
    let of_kind = document
        .relations
        .iter()
        .filter(|relation| relation.kind() == kind);
    of_kind.map(|relation| relation.target.as_str()).collect()
}

/// The document that a clause waits for.
fn waits_for(document: &Document) -> Option<&str> {
    match document.entry_into_force.as_ref()?.rule.as_ref()? {
        Rule::WithDocument(rule) => Some(&rule.document),
        _ => None,
    }
}

/// A document without its references to some others.
fn without(document: &Document, is_out: impl Fn(&str) -> bool) -> Document {
    let mut document = document.clone();
    document
        .relations
        .retain(|relation| !is_out(&relation.target));
    if waits_for(&document).is_some_and(&is_out)
        && let Some(entry) = &mut document.entry_into_force
    {
        entry.rule = Some(Rule::Unknown(UnknownRule {}));
    }
    document
}

/// Sends documents in batches.
struct Documents<'a> {
    register: &'a mut Register,
    connection: &'a Connection,
}

impl Sender for Documents<'_> {
    type Row = Item;

    fn line(item: &Item) -> u64 {
        item.line
    }

    fn size(item: &Item) -> usize {
        item.document.encoded_len() + item.name.len()
    }

    fn hindrance(&self, item: &Item) -> Option<Problem> {
        let bad = references(&item.document)
            .into_iter()
            .find(|name| *name != item.name && self.register.bad.contains(*name))?;
        let field = if waits_for(&item.document) == Some(bad) {
            Field::EntryIntoForce
        } else {
            Field::Relations
        };
        let description = format!("refers to {bad}, whose row is bad");
        Some(
            self.register
                .problem(item, Some(&field), "REFERENCE_NOT_FOUND", &description),
        )
    }

    fn place(&self, item: &Item, field: &str) -> Option<Place> {
        let field = document::field_of(field, &item.document)?;
        self.register.columns.as_ref()?.place(&field)
    }

    fn is_bad(&mut self, item: &Item) {
        self.register.bad.insert(item.name.clone());
    }

    async fn send(&self, items: &[Item], validate_only: bool) -> Result<(), Refusal> {
        let mut before: HashSet<&str> = HashSet::new();
        let mut requests = Vec::with_capacity(items.len());
        for item in items {
            // While nothing is written, the service knows only what stands before in the same batch.
            let is_unknown = |name: &str| {
                let is_missing =
                    self.register.new.contains(name) && !before.contains(name) && name != item.name;
                if validate_only {
                    is_missing
                } else {
                    item.later.iter().any(|later| later == name)
                }
            };
            requests.push(CreateDocumentRequest {
                document_id: item.id.clone(),
                document: Some(without(&item.document, is_unknown)),
                ..CreateDocumentRequest::default()
            });
            before.insert(&item.name);
        }
        let mut request = BatchCreateDocumentsRequest {
            parent: self.register.parent.clone(),
            requests,
            request_id: String::new(),
            validate_only,
        };
        if !validate_only {
            let digest = hex::encode(Sha256::digest(request.encode_to_vec()));
            request.request_id = derive_request_id(&["accord documents import", &digest]);
        }
        let mut client = DocumentServiceClient::new(self.connection.clone());
        let answer = client.batch_create_documents(request).await;
        answer.map(|_| ()).map_err(|status| Refusal::of(&status))
    }

    async fn probe(&self, item: &Item) -> Result<(), Refusal> {
        let request = CreateDocumentRequest {
            parent: self.register.parent.clone(),
            document_id: item.id.clone(),
            document: Some(without(&item.document, |name| {
                name != item.name && self.register.new.contains(name)
            })),
            validate_only: true,
            ..CreateDocumentRequest::default()
        };
        let mut client = DocumentServiceClient::new(self.connection.clone());
        let answer = client.create_document(request).await;
        answer.map(|_| ()).map_err(|status| Refusal::of(&status))
    }
}
