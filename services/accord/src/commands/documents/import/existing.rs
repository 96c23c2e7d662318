//! What is registered already, and whether it says the same as a row.

use accord_proto::documents::v1::act_service_client::ActServiceClient;
use accord_proto::documents::v1::document_service_client::DocumentServiceClient;
use accord_proto::documents::v1::partnership_service_client::PartnershipServiceClient;
use accord_proto::documents::v1::{
    AccessLevel, Act, Document, GetActRequest, GetDocumentRequest, GetPartnershipRequest,
    ListDocumentsRequest,
};
use tonic::{Code, Status};

use crate::client::Connection;
use crate::client::refusal::Refusal;
use crate::commands::rows::check::patiently;
use crate::error::Error;
use crate::register::{act, document};

/// Returns a registered document, or nothing if there is none.
pub(super) async fn document(
    connection: &Connection,
    name: &str,
) -> Result<Option<Document>, Error> {
    found(async || {
        let name = name.to_owned();
        let mut client = DocumentServiceClient::new(connection.clone());
        client.get_document(GetDocumentRequest { name }).await
    })
    .await
}

/// How many documents a page of the whole register has; the service ends it earlier where they are large.
const PAGE: i32 = 1000;

/// How many registered documents there may be for each row, for the register to be read from end to end instead of
/// row by row.
const WORTH_READING: usize = 20;

/// Returns whether so many rows are found sooner by reading the whole register than one by one.
pub(super) async fn is_worth_reading(
    connection: &Connection,
    parent: &str,
    rows: usize,
) -> Result<bool, Error> {
    let partnership = asked(async || {
        let name = parent.to_owned();
        let mut client = PartnershipServiceClient::new(connection.clone());
        client.get_partnership(GetPartnershipRequest { name }).await
    });
    let count = usize::try_from(partnership.await?.document_count).unwrap_or(usize::MAX);
    Ok(rows > 100 && count / WORTH_READING <= rows)
}

/// Reads every registered document, deleted ones too, page by page.
pub(super) async fn each_document(
    connection: &Connection,
    parent: &str,
    mut take: impl FnMut(&Document),
) -> Result<(), Error> {
    let mut page_token = String::new();
    loop {
        let page = asked(async || {
            let request = ListDocumentsRequest {
                parent: parent.to_owned(),
                page_size: PAGE,
                page_token: page_token.clone(),
                show_deleted: true,
                ..ListDocumentsRequest::default()
            };
            let mut client = DocumentServiceClient::new(connection.clone());
            client.list_documents(request).await
        });
        let page = page.await?;
        page.documents.iter().for_each(&mut take);
        if page.next_page_token.is_empty() {
            return Ok(());
        }
        page_token = page.next_page_token;
    }
}

/// Asks until the service can answer.
async fn asked<T>(ask: impl AsyncFn() -> Result<tonic::Response<T>, Status>) -> Result<T, Error> {
    let answer = patiently(async || ask().await.map_err(|status| Refusal::of(&status))).await;
    answer
        .map(tonic::Response::into_inner)
        .map_err(|refusal| Error::Refused(Box::new(refusal)))
}

/// Returns a registered act, or nothing if there is none.
pub(super) async fn act(connection: &Connection, name: &str) -> Result<Option<Act>, Error> {
    found(async || {
        let name = name.to_owned();
        let mut client = ActServiceClient::new(connection.clone());
        client.get_act(GetActRequest { name }).await
    })
    .await
}

async fn found<T>(
    ask: impl AsyncFn() -> Result<tonic::Response<T>, Status>,
) -> Result<Option<T>, Error> {
    let answer = patiently(async || ask().await.map_err(|status| Refusal::of(&status))).await;
    match answer {
        Ok(answer) => Ok(Some(answer.into_inner())),
        // A malformed name is nobody's; the service says what is wrong with it when it checks the row.
        Err(refusal) if matches!(refusal.code(), Code::NotFound | Code::InvalidArgument) => {
            Ok(None)
        }
        Err(refusal) => Err(Error::Refused(Box::new(refusal))),
    }
}

/// The columns in which a registered document says something else than a row.
pub(super) fn differences(parent: &str, registered: &Document, row: &Document) -> Vec<String> {
    let mut languages: Vec<String> = Vec::new();
    for title in registered.titles.iter().chain(&row.titles) {
        if !languages.contains(&title.language_code) {
            languages.push(title.language_code.clone());
        }
    }
    let of = |document: &Document| {
        let mut document = normal(document);
        document.name.clone_from(&registered.name);
        document::write(parent, &document, &languages)
    };
    differing(document::header(&languages), of(registered), of(row))
}

/// The columns in which a registered act says something else than a row.
pub(super) fn act_differences(parent: &str, registered: &Act, row: &Act) -> Vec<String> {
    let mut row = row.clone();
    row.name.clone_from(&registered.name);
    if row.notifying_party.is_empty() {
        // With two parties it is filled in.
        row.notifying_party.clone_from(&registered.notifying_party);
    }
    let registered = act::write(parent, registered);
    differing(act::header(), registered, act::write(parent, &row))
}

fn differing(header: Vec<String>, left: Vec<String>, right: Vec<String>) -> Vec<String> {
    header
        .into_iter()
        .zip(left.into_iter().zip(right))
        .filter(|(name, (left, right))| left != right && name != "title_order")
        .map(|(name, _)| name)
        .collect()
}

/// A document with the defaults that a service fills in, and lists in one order.
fn normal(document: &Document) -> Document {
    let mut document = document.clone();
    document.title_known.get_or_insert(true);
    if document.access_level() == AccessLevel::Unspecified {
        document.set_access_level(AccessLevel::Public);
    }
    document.sectors.sort();
    document
        .relations
        .sort_by(|a, b| (a.kind, &a.target).cmp(&(b.kind, &b.target)));
    document
}

#[cfg(test)]
mod tests {
    use super::*;
    use accord_proto::documents::v1::{DocumentType, LocalizedText};

    #[test]
    fn defaults_and_orders_make_no_difference() {
        let title = |tag: &str, text: &str| LocalizedText {
            language_code: tag.into(),
            text: text.into(),
        };
        let row = Document {
            titles: vec![title("en", "Treaty"), title("ru", "Договор")],
            sectors: vec!["b".into(), "a".into()],
            ..Document::default()
        };
        let registered = Document {
            name: "partnerships/xa-xb/documents/treaty".into(),
            uid: "1".into(),
            titles: vec![title("ru", "Договор"), title("en", "Treaty")],
            sectors: vec!["a".into(), "b".into()],
            title_known: Some(true),
            access_level: AccessLevel::Public.into(),
            ..Document::default()
        };
        let parent = "partnerships/xa-xb";
        assert_eq!(differences(parent, &registered, &row), Vec::<String>::new());
        let other = Document {
            titles: vec![title("en", "Treaty")],
            r#type: DocumentType::Treaty.into(),
            ..row
        };
        assert_eq!(
            differences(parent, &registered, &other),
            ["title:ru", "type"]
        );
    }
}
