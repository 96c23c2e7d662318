//! The documents of a partnership by legal state.

use std::collections::BTreeMap;

use accord_proto::{
    convert,
    documents::v1::{
        BatchGetDocumentStatusesRequest, Document, DocumentState, DocumentStatus,
        GetPartnershipRequest, ListDocumentsRequest,
        document_service_client::DocumentServiceClient,
        partnership_service_client::PartnershipServiceClient,
    },
    overview::v1::{DocumentStateCount, DocumentSummary, DocumentsOverview},
};
use tonic::Status;

use super::{
    asking::{Asking, MAX_ANSWER_BYTES},
    language,
    question::Question,
};
use crate::upstream::Channel;

/// Documents asked for at once: as many as the contract allows.
const PAGE: i32 = 1000;

/// Pages read at most, so that the calls of one overview stay bounded.
const MAX_PAGES: usize = 10;

/// Documents named in the answer.
const MAX_NAMED: usize = 100;

/// Asks the documents service: once for the partnership, twice for each thousand documents that the caller may
/// read, and once for each thousand that it may not, if there are any.
pub(super) async fn ask(
    channel: Channel,
    asking: &Asking<'_>,
    question: &Question,
) -> Result<DocumentsOverview, Status> {
    let partnership = PartnershipServiceClient::new(channel.clone())
        .get_partnership(asking.request(GetPartnershipRequest {
            name: question.partnership(),
        }))
        .await?
        .into_inner();
    let mut client =
        DocumentServiceClient::new(channel).max_decoding_message_size(MAX_ANSWER_BYTES);
    let mut counts = BTreeMap::new();
    let mut named = Vec::new();
    let mut page_token = String::new();
    for _page in 0..MAX_PAGES {
        let page = client
            .list_documents(asking.request(ListDocumentsRequest {
                order_by: "signature_date".to_owned(),
                ..page_of(question, page_token)
            }))
            .await?
            .into_inner();
        if page.documents.is_empty() {
            break;
        }
        let statuses = client
            .batch_get_document_statuses(asking.request(BatchGetDocumentStatusesRequest {
                parent: question.partnership(),
                names: page.documents.iter().map(|d| d.name.clone()).collect(),
                effective_date: Some(convert::from_date(question.day)),
                known_time: question.known_time_to_ask(),
                recorded_before: None,
            }))
            .await?
            .into_inner()
            .document_statuses;
        for (document, status) in page.documents.into_iter().zip(statuses) {
            *counts.entry(status.state).or_insert(0) += 1;
            if named.len() < MAX_NAMED {
                named.push(summary(document, status, &question.language));
            }
        }
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    // Lists in the order of signature leave out what the caller may not read.
    let counted: i32 = counts.values().sum();
    if counted < partnership.document_count {
        for document in undisclosed(&mut client, asking, question).await? {
            let state = i32::from(DocumentState::NotDisclosed);
            *counts.entry(state).or_insert(0) += 1;
            if named.len() < MAX_NAMED {
                named.push(not_disclosed(document));
            }
        }
    }
    let display_names = partnership
        .display_names
        .iter()
        .map(|name| (name.language_code.as_str(), name.text.as_str()));
    Ok(DocumentsOverview {
        partnership_display_name: language::pick(display_names, &question.language),
        parties: partnership.parties,
        declared_document_count: partnership.declared_document_count,
        registered_document_count: partnership.registered_document_count,
        document_count: partnership.document_count,
        state_counts: counts
            .into_iter()
            .map(|(state, count)| DocumentStateCount { state, count })
            .collect(),
        documents: named,
    })
}

/// Asks for a page of the documents of the partnership.
fn page_of(question: &Question, page_token: String) -> ListDocumentsRequest {
    ListDocumentsRequest {
        parent: question.partnership(),
        page_size: PAGE,
        page_token,
        ..ListDocumentsRequest::default()
    }
}

/// Lists the documents of which the caller is told no more than that they exist.
async fn undisclosed(
    client: &mut DocumentServiceClient<Channel>,
    asking: &Asking<'_>,
    question: &Question,
) -> Result<Vec<Document>, Status> {
    let mut found = Vec::new();
    let mut page_token = String::new();
    for _page in 0..MAX_PAGES {
        let page = client
            .list_documents(asking.request(ListDocumentsRequest {
                filter: "access_level != ACCESS_LEVEL_PUBLIC".to_owned(),
                ..page_of(question, page_token)
            }))
            .await?
            .into_inner();
        found.extend(page.documents.into_iter().filter(|found| found.redacted));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    Ok(found)
}

/// A document that the caller may not read, in one line.
fn not_disclosed(document: Document) -> DocumentSummary {
    DocumentSummary {
        document: document.name,
        item_number: document.item_number,
        state: DocumentState::NotDisclosed.into(),
        state_summary: "The caller may not read this document.".to_owned(),
        ..DocumentSummary::default()
    }
}

/// One document in one line.
fn summary(document: Document, status: DocumentStatus, wanted: &str) -> DocumentSummary {
    let titles = document
        .titles
        .iter()
        .map(|title| (title.language_code.as_str(), title.text.as_str()));
    DocumentSummary {
        title: language::pick(titles, wanted),
        document: document.name,
        item_number: document.item_number,
        state: status.state,
        state_summary: status.summary,
        state_start_date: status.state_start_date,
    }
}
