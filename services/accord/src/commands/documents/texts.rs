//! `accord documents texts`.

use accord_proto::documents::v1::text_service_client::TextServiceClient;
use accord_proto::documents::v1::{
    ListTextVersionsRequest, ListTextVersionsResponse, ListTextsRequest, ListTextsResponse, Text,
    TextVersion,
};

use crate::client::Connection;
use crate::error::Error;
use crate::paging;
use crate::render::{Answer, Block, Column, Page, Sheet, Table, View, value};

/// Options of `accord documents texts`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord documents texts customs-energy         its texts, one for each language
  accord documents texts customs-energy ru      the versions of one of them")]
pub(super) struct Args {
    /// The document, by its id or full name.
    #[arg(value_name = "DOCUMENT")]
    document: String,
    /// The language whose versions are listed, as a BCP 47 tag.
    #[arg(value_name = "LANGUAGE")]
    text: Option<String>,
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    args: &Args,
) -> Result<View, Error> {
    let parent = super::name(connection, partnership, &args.document).await?;
    match &args.text {
        None => Ok(texts_view(&texts(connection, &parent).await?)),
        Some(language) => {
            let text = format!("{parent}/texts/{}", language.to_lowercase());
            Ok(versions_view(&versions(connection, &text).await?))
        }
    }
}

/// The texts of a document.
pub(super) async fn texts(
    connection: &Connection,
    parent: &str,
) -> Result<ListTextsResponse, Error> {
    let listing = paging::collect(None, async |page_size, page_token| {
        let request = ListTextsRequest {
            parent: parent.to_owned(),
            page_size,
            page_token,
        };
        let answer = TextServiceClient::new(connection.clone())
            .list_texts(request)
            .await?
            .into_inner();
        Ok((answer.texts, answer.next_page_token))
    })
    .await?;
    Ok(ListTextsResponse {
        texts: listing.items,
        next_page_token: listing.next_page_token,
    })
}

async fn versions(
    connection: &Connection,
    parent: &str,
) -> Result<ListTextVersionsResponse, Error> {
    let listing = paging::collect(None, async |page_size, page_token| {
        let request = ListTextVersionsRequest {
            parent: parent.to_owned(),
            page_size,
            page_token,
        };
        let answer = TextServiceClient::new(connection.clone())
            .list_text_versions(request)
            .await?
            .into_inner();
        Ok((answer.text_versions, answer.next_page_token))
    })
    .await?;
    Ok(ListTextVersionsResponse {
        text_versions: listing.items,
        next_page_token: listing.next_page_token,
    })
}

/// Whether a text is authentic, in words.
pub(super) fn authentic(text: &Text) -> &'static str {
    match text.authentic {
        None => "not known",
        Some(true) => "yes",
        Some(false) => "no",
    }
}

/// How the parties' originals compare, in words.
pub(super) fn comparison(text: &Text) -> String {
    value::words(
        text.originals_comparison().as_str_name(),
        "ORIGINALS_COMPARISON_",
    )
}

fn texts_view(answer: &ListTextsResponse) -> View {
    let mut table = Table::new(vec![
        Column::text("LANGUAGE"),
        Column::text("AUTHENTIC"),
        Column::text("LATEST"),
        Column::number("VERSIONS"),
        Column::text("ORIGINALS OF"),
        Column::text("THEY ARE"),
        Column::text("ACCESS"),
    ]);
    let mut sheet = Sheet::new(&[
        "name",
        "language_code",
        "authentic",
        "latest_version",
        "version_count",
        "originals",
        "originals_comparison",
        "access_level",
    ]);
    for text in &answer.texts {
        let parties: Vec<&str> = text
            .originals
            .iter()
            .map(|original| original.party.as_str())
            .collect();
        let access = value::words(text.access_level().as_str_name(), "ACCESS_LEVEL_");
        table.push(vec![
            text.language_code.clone(),
            authentic(text).to_owned(),
            value::id(&text.latest_version).to_owned(),
            text.version_count.to_string(),
            parties.join(", "),
            comparison(text),
            access.clone(),
        ]);
        sheet.push(vec![
            text.name.clone(),
            text.language_code.clone(),
            text.authentic
                .map_or(String::new(), |authentic| authentic.to_string()),
            text.latest_version.clone(),
            text.version_count.to_string(),
            parties.join(" "),
            comparison(text),
            access,
        ]);
    }
    let block = if table.is_empty() {
        Block::Text("No text is registered.".into())
    } else {
        Block::Table(table)
    };
    View {
        answer: Answer::list(answer, "texts"),
        page: Page::new(vec![block]),
        sheet,
    }
}

fn versions_view(answer: &ListTextVersionsResponse) -> View {
    let mut table = Table::new(vec![
        Column::text("VERSION"),
        Column::number("BYTES"),
        Column::text("MEDIA TYPE"),
        Column::text("ORIGINAL OF"),
        Column::text("WORDS"),
        Column::text("STORED"),
        Column::text("RECORDED BY"),
    ]);
    let mut sheet = Sheet::new(&[
        "name",
        "size_bytes",
        "media_type",
        "sha256",
        "party",
        "extraction_state",
        "integrity_state",
        "recorder",
        "create_time",
        "withdraw_time",
        "withdrawal_reason",
    ]);
    for version in &answer.text_versions {
        let withdrawn = match version.withdrawal_reason.as_str() {
            "" => String::new(),
            reason => format!("withdrawn: {reason}"),
        };
        table.push_with_notes(
            vec![
                value::id(&version.name).to_owned(),
                version.size_bytes.to_string(),
                version.media_type.clone(),
                version.party.clone(),
                extraction(version),
                integrity(version),
                version.recorder.clone(),
            ],
            &[&version.sha256, &withdrawn],
        );
        sheet.push(vec![
            version.name.clone(),
            version.size_bytes.to_string(),
            version.media_type.clone(),
            version.sha256.clone(),
            version.party.clone(),
            extraction(version),
            integrity(version),
            version.recorder.clone(),
            value::instant(version.create_time.as_ref()),
            value::instant(version.withdraw_time.as_ref()),
            version.withdrawal_reason.clone(),
        ]);
    }
    let block = if table.is_empty() {
        Block::Text("The text has no version yet.".into())
    } else {
        Block::Table(table)
    };
    View {
        answer: Answer::list(answer, "text_versions"),
        page: Page::new(vec![block]),
        sheet,
    }
}

fn extraction(version: &TextVersion) -> String {
    let words = value::words(
        version.extraction_state().as_str_name(),
        "EXTRACTION_STATE_",
    );
    if version.partly_extracted {
        format!("{words} in part")
    } else {
        words
    }
}

fn integrity(version: &TextVersion) -> String {
    value::words(version.integrity_state().as_str_name(), "INTEGRITY_STATE_")
}

/// One version as an answer.
pub(super) fn version_view(version: &TextVersion, said: String) -> View {
    let several = ListTextVersionsResponse {
        text_versions: vec![version.clone()],
        next_page_token: String::new(),
    };
    let View { sheet, .. } = versions_view(&several);
    View {
        answer: Answer::of(version),
        page: Page::new(vec![
            Block::Text(said),
            Block::Pairs(vec![
                ("Version", version.name.clone()),
                ("Bytes", version.size_bytes.to_string()),
                ("SHA-256", version.sha256.clone()),
                ("Media type", version.media_type.clone()),
                ("Original of", version.party.clone()),
                ("Words", extraction(version)),
                ("Recorded by", version.recorder.clone()),
            ]),
        ]),
        sheet,
    }
}
