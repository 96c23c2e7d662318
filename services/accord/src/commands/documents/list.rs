//! `accord documents list`.

use accord_proto::documents::v1::document_service_client::DocumentServiceClient;
use accord_proto::documents::v1::{
    BatchGetDocumentStatusesRequest, Document, DocumentState, ListDocumentsRequest,
    ListDocumentsResponse,
};

use crate::client::{ClientArgs, Connection};
use crate::error::Error;
use crate::paging::{self, ListArgs};
use crate::render::{Answer, Block, Column, Format, Page, Sheet, Table, View, value};
use crate::{language, names};

/// How many statuses one call asks for; each has its acts and reasoning.
const BATCH: usize = 100;

/// Options of `accord documents list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord documents list
  accord documents list --filter 'sectors:\"customs\" OR type = DOCUMENT_TYPE_ROADMAP' --order-by 'signature_date desc'
  accord documents list --language ru -o csv > documents.csv

The titles of documents whose title is not known stand in brackets.")]
pub(super) struct Args {
    #[command(flatten)]
    list: ListArgs,
    /// Lists deleted documents too.
    #[arg(long)]
    show_deleted: bool,
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    client: &ClientArgs,
    args: &Args,
) -> Result<View, Error> {
    let parent = names::partnership(connection, partnership).await?;
    let listing = paging::collect(args.list.limit, async |page_size, page_token| {
        let request = ListDocumentsRequest {
            parent: parent.clone(),
            page_size,
            page_token,
            filter: args.list.filter.clone(),
            order_by: args.list.order_by.clone(),
            show_deleted: args.show_deleted,
        };
        let answer = DocumentServiceClient::new(connection.clone())
            .list_documents(request)
            .await?
            .into_inner();
        Ok((answer.documents, answer.next_page_token))
    })
    .await?;
    let answer = ListDocumentsResponse {
        documents: listing.items,
        next_page_token: listing.next_page_token,
    };
    // JSON is the answer of the method as it is, so only the other forms need the states.
    let states = match client.output {
        Format::Json | Format::Jsonl => Vec::new(),
        Format::Table | Format::Csv => states(connection, &parent, &answer.documents).await?,
    };
    Ok(view(&answer, &states, &client.language))
}

/// The legal state of each document today, in their order.
async fn states(
    connection: &Connection,
    parent: &str,
    documents: &[Document],
) -> Result<Vec<DocumentState>, Error> {
    let mut states = Vec::new();
    for batch in documents.chunks(BATCH) {
        let request = BatchGetDocumentStatusesRequest {
            parent: parent.to_owned(),
            names: batch.iter().map(|document| document.name.clone()).collect(),
            ..BatchGetDocumentStatusesRequest::default()
        };
        let answer = DocumentServiceClient::new(connection.clone())
            .batch_get_document_statuses(request)
            .await?
            .into_inner();
        states.extend(
            answer
                .document_statuses
                .iter()
                .map(accord_proto::documents::v1::DocumentStatus::state),
        );
    }
    Ok(states)
}

fn view(answer: &ListDocumentsResponse, states: &[DocumentState], language: &str) -> View {
    let mut table = Table::new(vec![
        Column::number("NO"),
        Column::text("DOCUMENT"),
        Column::text("TYPE"),
        Column::text("SIGNED"),
        Column::text("STATE TODAY"),
    ]);
    let mut sheet = Sheet::new(&[
        "name",
        "item_number",
        "type",
        "level",
        "state",
        "signature_date",
        "parties",
        "sectors",
        "title_known",
        "title",
    ]);
    for (i, document) in answer.documents.iter().enumerate() {
        let state = states.get(i).copied().map_or(String::new(), super::state);
        let number = document
            .item_number
            .map_or(String::new(), |number| number.to_string());
        let signed = value::date(document.signature_date.as_ref());
        let row = vec![
            number.clone(),
            value::id(&document.name).to_owned(),
            kind(document),
            signed.clone(),
            state.clone(),
        ];
        table.push_with_notes(row, &[&title(document, language)]);
        sheet.push(vec![
            document.name.clone(),
            number,
            kind(document),
            value::words(document.level().as_str_name(), "DOCUMENT_LEVEL_"),
            state,
            signed,
            document.parties.join(" "),
            document.sectors.join(" "),
            document.title_known().to_string(),
            plain_title(document, language).to_owned(),
        ]);
    }
    let summary = match answer.documents.len() {
        0 => "No documents.".to_owned(),
        1 => "1 document.".to_owned(),
        count => format!("{count} documents."),
    };
    View {
        answer: Answer::list(answer, "documents"),
        page: Page::new(vec![Block::Table(table), Block::Text(summary)]),
        sheet,
    }
}

/// The kind of a document in words.
pub(super) fn kind(document: &Document) -> String {
    value::words(document.r#type().as_str_name(), "DOCUMENT_TYPE_")
}

/// The title to show; in brackets where the sources give only the subject.
pub(super) fn title(document: &Document, language: &str) -> String {
    let title = plain_title(document, language);
    if document.title_known.unwrap_or(true) {
        title.to_owned()
    } else {
        format!("[{title}]")
    }
}

fn plain_title<'a>(document: &'a Document, language: &str) -> &'a str {
    let titles = document
        .titles
        .iter()
        .map(|title| (title.language_code.as_str(), title.text.as_str()));
    language::pick(titles, language)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::Format;
    use accord_proto::documents::v1::{DocumentLevel, DocumentType, LocalizedText};
    use accord_proto::google::r#type::Date;

    fn two_documents() -> ListDocumentsResponse {
        let titles = |text: &str| {
            vec![LocalizedText {
                language_code: "en".into(),
                text: text.into(),
            }]
        };
        let treaty = Document {
            name: "partnerships/xa-xb/documents/treaty".into(),
            titles: titles("Treaty on Rivers, \"Upper\" and Lower"),
            item_number: Some(1),
            r#type: DocumentType::Treaty.into(),
            level: DocumentLevel::Interstate.into(),
            parties: vec!["XA".into(), "XB".into()],
            signature_date: Some(Date {
                year: 2022,
                month: 5,
                day: 4,
            }),
            title_known: Some(true),
            ..Document::default()
        };
        let unknown = Document {
            name: "partnerships/xa-xb/documents/energy".into(),
            titles: titles("on energy"),
            title_known: Some(false),
            item_number: None,
            r#type: DocumentType::NotKnown.into(),
            signature_date: None,
            ..treaty.clone()
        };
        ListDocumentsResponse {
            documents: vec![treaty, unknown],
            next_page_token: String::new(),
        }
    }

    fn shown(format: Format) -> String {
        let mut out = Vec::new();
        view(
            &two_documents(),
            &[DocumentState::InForce, DocumentState::NotSigned],
            "en",
        )
        .write(format, &mut out)
        .unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn people_see_an_aligned_table() {
        assert_eq!(
            shown(Format::Table),
            "\
NO  DOCUMENT  TYPE       SIGNED      STATE TODAY
 1  treaty    treaty     2022-05-04  in force
    Treaty on Rivers, \"Upper\" and Lower
    energy    not known              not signed
    [on energy]
2 documents.
"
        );
    }

    #[test]
    fn programs_see_exact_values() {
        assert_eq!(
            shown(Format::Csv),
            "\
name,item_number,type,level,state,signature_date,parties,sectors,title_known,title
partnerships/xa-xb/documents/treaty,1,treaty,interstate,in force,2022-05-04,XA XB,,true,\"Treaty on Rivers, \"\"Upper\"\" and Lower\"
partnerships/xa-xb/documents/energy,,not known,interstate,not signed,,XA XB,,false,on energy
"
        );
        assert_eq!(shown(Format::Jsonl).lines().count(), 2);
    }
}
