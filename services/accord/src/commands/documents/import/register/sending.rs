//! How documents of the file are sent: in batches, one to be checked, and what had to wait because of a circle.

use std::collections::HashSet;

use accord_proto::documents::v1::document_service_client::DocumentServiceClient;
use accord_proto::documents::v1::{
    BatchCreateDocumentsRequest, CreateDocumentRequest, Document, UpdateDocumentRequest,
};
use prost::Message as _;
use sha2::{Digest as _, Sha256};

use super::references::{references, waits_for, without};
use super::{Item, Register};
use crate::apply::derive_request_id;
use crate::client::Connection;
use crate::client::refusal::Refusal;
use crate::commands::rows::check::{self, Sender};
use crate::error::Error;
use crate::register::document::{self, Field};
use crate::register::{Place, Problem};

/// Gives a document the references that had to wait.
pub(super) async fn complete(connection: &Connection, item: &Item) -> Result<(), Error> {
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

/// Sends documents in batches.
pub(super) struct Documents<'a> {
    pub(super) register: &'a mut Register,
    pub(super) connection: &'a Connection,
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
