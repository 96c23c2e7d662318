//! The documents of an import: read, put in order, compared with the register, checked and written.

mod order;
mod references;
mod sending;
mod standing;

use std::collections::{HashMap, HashSet};
use std::path::Path;

use accord_proto::documents::v1::Document;
use indicatif::ProgressBar;

use super::file::{self, without_repeated};
use super::tokens::Connections;
use crate::commands::rows::check::{self, Bad, Sender as _};
use crate::commands::rows::report::{Fate, Part, Report};
use crate::error::Error;
use crate::register::document::{self, Field};
use crate::register::{Columns, Problem};
use references::references;
use sending::{Documents, complete};
use standing::Standing;

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

    /// Compares the documents with the register, and has the service check those that are new.
    pub(super) async fn check(
        &mut self,
        connections: &Connections,
        report: &mut Report,
        bar: &ProgressBar,
    ) -> Result<(), Error> {
        let connection = connections.any().clone();
        let items = std::mem::take(&mut self.items);
        let standings = self.standings(&connection, &items).await?;
        let mut waiting = Vec::new();
        let mut registered = Vec::new();
        for (standing, mut item) in standings.into_iter().zip(items) {
            match standing {
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
