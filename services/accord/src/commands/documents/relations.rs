//! `accord documents relations`.

use accord_proto::documents::v1::document_service_client::DocumentServiceClient;
use accord_proto::documents::v1::{
    DocumentRelation, ListRelationsRequest, ListRelationsResponse, RelationDirection, RelationKind,
};

use super::list;
use crate::client::Connection;
use crate::error::Error;
use crate::paging::{self, LimitArg};
use crate::render::{Answer, Block, Column, Page, Sheet, Table, View, value};

/// Options of `accord documents relations`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord documents relations customs-energy
  accord documents relations declaration-allied-relations --direction incoming -o csv")]
pub(super) struct Args {
    /// The document, by its id or full name.
    #[arg(value_name = "DOCUMENT")]
    document: String,
    /// Only what the document refers to, or only what refers to it.
    #[arg(long, value_name = "DIRECTION", value_enum)]
    direction: Option<Direction>,
    #[command(flatten)]
    limit: LimitArg,
}

/// From which end relations are read.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Direction {
    /// What the document refers to.
    Outgoing,
    /// What refers to the document.
    Incoming,
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    language: &str,
    args: &Args,
) -> Result<View, Error> {
    let parent = super::name(connection, partnership, &args.document).await?;
    let direction = match args.direction {
        None => RelationDirection::Unspecified,
        Some(Direction::Outgoing) => RelationDirection::Outgoing,
        Some(Direction::Incoming) => RelationDirection::Incoming,
    };
    let answer = fetch(connection, &parent, direction, args.limit.limit).await?;
    Ok(view(&answer, language))
}

/// The relations of a document.
pub(super) async fn fetch(
    connection: &Connection,
    parent: &str,
    direction: RelationDirection,
    limit: Option<u32>,
) -> Result<ListRelationsResponse, Error> {
    let listing = paging::collect(limit, async |page_size, page_token| {
        let request = ListRelationsRequest {
            parent: parent.to_owned(),
            page_size,
            page_token,
            direction: direction.into(),
        };
        let answer = DocumentServiceClient::new(connection.clone())
            .list_relations(request)
            .await?
            .into_inner();
        Ok((answer.relations, answer.next_page_token))
    })
    .await?;
    Ok(ListRelationsResponse {
        relations: listing.items,
        next_page_token: listing.next_page_token,
    })
}

/// A relation in words, read from the document's end.
pub(super) fn phrase(relation: &DocumentRelation) -> &'static str {
    let is_incoming = relation.direction() == RelationDirection::Incoming;
    match (relation.kind(), is_incoming) {
        (RelationKind::Unspecified, _) => "",
        (RelationKind::Implements, false) => "implements",
        (RelationKind::Implements, true) => "is implemented by",
        (RelationKind::Regulates, false) => "regulates",
        (RelationKind::Regulates, true) => "is regulated by",
        (RelationKind::Amends, false) => "amends",
        (RelationKind::Amends, true) => "is amended by",
        (RelationKind::Supersedes, false) => "supersedes",
        (RelationKind::Supersedes, true) => "is superseded by",
        (RelationKind::AnnexOf, false) => "is an annex of",
        (RelationKind::AnnexOf, true) => "has the annex",
        (RelationKind::RoadmapOf, false) => "is the roadmap of",
        (RelationKind::RoadmapOf, true) => "has the roadmap",
    }
}

fn view(answer: &ListRelationsResponse, language: &str) -> View {
    let mut table = Table::new(vec![
        Column::text("RELATION"),
        Column::text("TO"),
        Column::text("TYPE"),
    ]);
    let mut sheet = Sheet::new(&["direction", "kind", "resource", "title"]);
    for relation in &answer.relations {
        let document = relation.document.clone().unwrap_or_default();
        let title = list::title(&document, language);
        let kind = match relation.document {
            None => String::new(),
            Some(_) if document.delete_time.is_some() => {
                format!("{}, deleted", list::kind(&document))
            }
            Some(_) => list::kind(&document),
        };
        let row = vec![
            phrase(relation).to_owned(),
            relative(&relation.resource).to_owned(),
            kind,
        ];
        table.push_with_notes(
            row,
            &[title.trim_matches(['[', ']'])]
                .map(|bare| if bare.is_empty() { "" } else { title.as_str() }),
        );
        sheet.push(vec![
            value::words(relation.direction().as_str_name(), "RELATION_DIRECTION_"),
            value::words(relation.kind().as_str_name(), "RELATION_KIND_"),
            relation.resource.clone(),
            title,
        ]);
    }
    let block = if table.is_empty() {
        Block::Text("No relations are recorded.".into())
    } else {
        Block::Table(table)
    };
    View {
        answer: Answer::list(answer, "relations"),
        page: Page::new(vec![block]),
        sheet,
    }
}

/// A resource without its partnership: a document by its id, another by `collection/id`.
pub(super) fn relative(name: &str) -> &str {
    let parent = name
        .match_indices('/')
        .nth(1)
        .map_or(name, |(end, _)| &name[..end]);
    crate::register::name::shorten(parent, name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use accord_proto::documents::v1::{Document, DocumentType, LocalizedText};

    #[test]
    fn relations_read_from_the_document_s_end() {
        let relation =
            |direction: RelationDirection, kind: RelationKind, resource: &str| DocumentRelation {
                direction: direction.into(),
                kind: kind.into(),
                resource: format!("partnerships/xa-xb/{resource}"),
                document: resource.starts_with("documents/").then(|| Document {
                    r#type: DocumentType::Plan.into(),
                    titles: vec![LocalizedText {
                        language_code: "en".into(),
                        text: "A plan".into(),
                    }],
                    ..Document::default()
                }),
            };
        let answer = ListRelationsResponse {
            relations: vec![
                relation(
                    RelationDirection::Outgoing,
                    RelationKind::RoadmapOf,
                    "roadmaps/towns",
                ),
                relation(
                    RelationDirection::Incoming,
                    RelationKind::Amends,
                    "documents/plan",
                ),
            ],
            next_page_token: String::new(),
        };
        assert_eq!(
            view(&answer, "en").page.to_string(),
            "\
RELATION           TO              TYPE
is the roadmap of  roadmaps/towns
is amended by      plan            plan
    A plan
"
        );
    }
}
