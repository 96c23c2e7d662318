//! `accord documents search`.

use accord_proto::documents::v1::document_service_client::DocumentServiceClient;
use accord_proto::documents::v1::{
    SearchDocumentsRequest, SearchDocumentsResponse, SearchFragment, SearchScope,
};

use super::list;
use crate::client::Connection;
use crate::error::Error;
use crate::names;
use crate::paging::{self, LimitArg};
use crate::render::{Answer, Block, Column, Page, Sheet, Table, View, value};

/// Options of `accord documents search`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord documents search customs energy
  accord documents search shartnoma --in titles
  accord documents search таможенный контроль --limit 5 -o json

Every word must be found, as a whole or as a part of one, in any language and script. What was found stands
between * and *.")]
pub(super) struct Args {
    /// The words.
    #[arg(value_name = "WORD", required = true)]
    words: Vec<String>,
    /// Where to look [default: titles and texts].
    #[arg(long = "in", value_name = "WHERE", value_enum)]
    scope: Option<Scope>,
    #[command(flatten)]
    limit: LimitArg,
}

/// Where a search looks.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Scope {
    /// In titles only.
    Titles,
    /// In texts only.
    Texts,
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    language: &str,
    args: &Args,
) -> Result<View, Error> {
    let parent = names::partnership(connection, partnership).await?;
    let scope = match args.scope {
        None => SearchScope::Unspecified,
        Some(Scope::Titles) => SearchScope::Titles,
        Some(Scope::Texts) => SearchScope::Texts,
    };
    let approximate = std::cell::Cell::new(false);
    let listing = paging::collect(args.limit.limit, async |page_size, page_token| {
        let request = SearchDocumentsRequest {
            parent: parent.clone(),
            query: args.words.join(" "),
            page_size,
            page_token,
            scope: scope.into(),
        };
        let answer = DocumentServiceClient::new(connection.clone())
            .search_documents(request)
            .await?
            .into_inner();
        approximate.set(approximate.get() || answer.approximate);
        Ok((answer.results, answer.next_page_token))
    })
    .await?;
    Ok(view(
        &SearchDocumentsResponse {
            results: listing.items,
            next_page_token: listing.next_page_token,
            approximate: approximate.get(),
        },
        language,
    ))
}

fn view(answer: &SearchDocumentsResponse, language: &str) -> View {
    let mut table = Table::new(vec![
        Column::number("NO"),
        Column::text("DOCUMENT"),
        Column::text("TYPE"),
        Column::text("SIGNED"),
    ]);
    let mut sheet = Sheet::new(&[
        "rank",
        "name",
        "score",
        "text_version",
        "language_code",
        "content",
        "highlights",
    ]);
    for (i, result) in answer.results.iter().enumerate() {
        let document = result.document.clone().unwrap_or_default();
        let mut notes = vec![list::title(&document, language)];
        notes.extend(result.fragments.iter().map(fragment));
        let notes: Vec<&str> = notes.iter().map(String::as_str).collect();
        let row = vec![
            (i + 1).to_string(),
            value::id(&document.name).to_owned(),
            list::kind(&document),
            value::date(document.signature_date.as_ref()),
        ];
        table.push_with_notes(row, &notes);
        for fragment in &result.fragments {
            let highlights = fragment
                .highlights
                .iter()
                .map(|part| format!("{}-{}", part.start, part.end));
            sheet.push(vec![
                (i + 1).to_string(),
                document.name.clone(),
                result.score.to_string(),
                fragment.text_version.clone(),
                fragment.language_code.clone(),
                fragment.content.clone(),
                highlights.collect::<Vec<_>>().join(" "),
            ]);
        }
    }
    let count = answer.results.len();
    let mut page = Page::new(vec![Block::Table(table)]);
    page.push(Block::Text(
        match (count, answer.next_page_token.is_empty()) {
            (0, _) => "Nothing was found.".to_owned(),
            (1, true) => "1 document.".to_owned(),
            (_, true) => format!("{count} documents."),
            (_, false) => format!("The best {count} documents; there are more."),
        },
    ));
    if answer.approximate {
        let doubt = "These words are so common that better documents may be missing; add a word, or a rarer one.";
        page.push(Block::Text(doubt.into()));
    }
    View {
        answer: Answer::list(answer, "results"),
        page,
        sheet,
    }
}

/// A fragment with its language, and the version of the text that it is from.
fn fragment(fragment: &SearchFragment) -> String {
    let place = match fragment.text_version.split_once("/texts/") {
        Some((_, version)) => version.replace("/versions/", " "),
        None => fragment.language_code.clone(),
    };
    format!("{place}: {}", marked(fragment))
}

/// The words of a fragment with `*` around those that were found.
fn marked(fragment: &SearchFragment) -> String {
    let at = |position: usize| {
        let position = i32::try_from(position).unwrap_or(i32::MAX);
        let opens = fragment
            .highlights
            .iter()
            .any(|part| part.start == position);
        let closes = fragment.highlights.iter().any(|part| part.end == position);
        usize::from(opens) + usize::from(closes)
    };
    let mut marked = String::new();
    let mut count = 0;
    for (position, c) in fragment.content.chars().enumerate() {
        marked.extend(std::iter::repeat_n('*', at(position)));
        marked.push(c);
        count = position + 1;
    }
    marked.extend(std::iter::repeat_n('*', at(count)));
    marked
}

#[cfg(test)]
mod tests {
    use super::*;
    use accord_proto::documents::v1::{Document, Highlight, LocalizedText, SearchResult};

    #[test]
    fn what_was_found_is_marked_by_code_points() {
        let found = SearchFragment {
            language_code: "ru".into(),
            content: "О таможне и контроле".into(),
            highlights: vec![
                Highlight { start: 2, end: 9 },
                Highlight { start: 12, end: 20 },
            ],
            ..SearchFragment::default()
        };
        assert_eq!(marked(&found), "О *таможне* и *контроле*");
        let answer = SearchDocumentsResponse {
            results: vec![SearchResult {
                document: Some(Document {
                    name: "partnerships/xa-xb/documents/customs".into(),
                    titles: vec![LocalizedText {
                        language_code: "ru".into(),
                        text: found.content.clone(),
                    }],
                    ..Document::default()
                }),
                score: 1.5,
                fragments: vec![
                    found.clone(),
                    SearchFragment {
                        text_version: "partnerships/xa-xb/documents/customs/texts/ru/versions/v2"
                            .into(),
                        ..found
                    },
                ],
            }],
            approximate: true,
            next_page_token: String::new(),
        };
        assert_eq!(
            view(&answer, "ru").page.to_string(),
            "\
NO  DOCUMENT  TYPE  SIGNED
 1  customs
    О таможне и контроле
    ru: О *таможне* и *контроле*
    ru v2: О *таможне* и *контроле*
1 document.
These words are so common that better documents may be missing; add a word, or a rarer one.
"
        );
    }
}
