//! `accord documents get`.

use accord_proto::documents::v1::document_service_client::DocumentServiceClient;
use accord_proto::documents::v1::{Document, GetDocumentRequest};

use super::list;
use crate::client::Connection;
use crate::error::Error;
use crate::render::{Answer, Block, Page, Sheet, View, value};

/// Options of `accord documents get`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord documents get customs-energy
  accord documents get partnerships/uz-kz/documents/customs-energy -o json")]
pub(super) struct Args {
    /// The document, by its id or full name.
    #[arg(value_name = "DOCUMENT")]
    document: String,
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    language: &str,
    args: &Args,
) -> Result<View, Error> {
    let name = super::name(connection, partnership, &args.document).await?;
    let document = DocumentServiceClient::new(connection.clone())
        .get_document(GetDocumentRequest { name })
        .await?
        .into_inner();
    Ok(view(&document, language))
}

fn view(document: &Document, language: &str) -> View {
    let pairs = pairs(document);
    let mut sheet = Sheet::new(&["field", "value"]);
    sheet.push(vec!["name".into(), document.name.clone()]);
    for (label, text) in pairs.iter().filter(|(_, text)| !text.is_empty()) {
        sheet.push(vec![label.to_lowercase().replace(' ', "_"), text.clone()]);
    }
    let mut page = Page::new(vec![
        Block::Heading(list::title(document, language)),
        Block::Text(document.name.clone()),
        Block::Pairs(pairs),
    ]);
    section(
        &mut page,
        "Titles",
        document
            .titles
            .iter()
            .map(|title| format!("{}: {}", title.language_code, title.text)),
    );
    section(
        &mut page,
        "Relations",
        document.relations.iter().map(|relation| {
            let kind = value::words(relation.kind().as_str_name(), "RELATION_KIND_");
            format!("{kind} {}", relation.target)
        }),
    );
    section(
        &mut page,
        "Sources",
        document
            .sources
            .iter()
            .map(|source| match source.note.as_str() {
                "" => source.uri.clone(),
                note => format!("{} ({note})", source.uri),
            }),
    );
    View {
        answer: Answer::of(document),
        page,
        sheet,
    }
}

fn section(page: &mut Page, heading: &str, points: impl Iterator<Item = String>) {
    let mut points = points.peekable();
    if points.peek().is_some() {
        page.push(Block::Heading(heading.to_owned()));
        points.for_each(|point| page.push(Block::Point(point)));
    }
}

fn pairs(document: &Document) -> Vec<(&'static str, String)> {
    let bodies = document.signing_bodies.iter().map(|body| {
        let person = if body.signatory.is_empty() {
            String::new()
        } else {
            format!(", {}", body.signatory)
        };
        format!("{} for {}{person}", body.body, body.party)
    });
    let period = document
        .effective_period
        .as_ref()
        .map_or(String::new(), |period| {
            let start = value::date(period.start_date.as_ref());
            let end = value::date(period.end_date.as_ref());
            format!("{start} to {end}")
        });
    vec![
        ("Type", list::kind(document)),
        (
            "Level",
            value::words(document.level().as_str_name(), "DOCUMENT_LEVEL_"),
        ),
        ("Parties", document.parties.join(", ")),
        ("Signed", value::date(document.signature_date.as_ref())),
        ("Place", document.signature_place.clone()),
        ("Signed by", bodies.collect::<Vec<_>>().join("; ")),
        ("Sectors", document.sectors.join(", ")),
        ("Applies", period),
        (
            "Access",
            value::words(document.access_level().as_str_name(), "ACCESS_LEVEL_"),
        ),
        ("Recorded", value::instant(document.create_time.as_ref())),
        ("Changed", value::instant(document.update_time.as_ref())),
        ("Deleted", value::instant(document.delete_time.as_ref())),
    ]
}
