//! `accord documents delete`, `undelete` and `purge`.

use accord_proto::documents::v1::document_service_client::DocumentServiceClient;
use accord_proto::documents::v1::{
    DeleteDocumentRequest, Document, PurgeDocumentsRequest, PurgeDocumentsResponse,
    UndeleteDocumentRequest,
};

use crate::client::Connection;
use crate::client::refusal::Refusal;
use crate::error::Error;
use crate::names;
use crate::render::{Answer, Block, Page, Sheet, View, value};

/// As many as one call removes.
const PURGED_AT_ONCE: i32 = 1000;

/// Options of `accord documents delete`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord documents delete old-protocol --check --token-file uz.token
  accord documents delete old-protocol --token-file uz.token
  accord documents delete old-protocol --force --token-file uz.token     although others refer to it

A deleted document stays readable by name and can be undeleted for 30 days.")]
pub(super) struct DeleteArgs {
    /// The document, by its id or full name.
    #[arg(value_name = "DOCUMENT")]
    document: String,
    /// Deletes it although other documents refer to it.
    #[arg(long)]
    force: bool,
    /// Deletes only this revision.
    #[arg(long, value_name = "ETAG", default_value = "")]
    etag: String,
    /// Only checks whether it could be deleted.
    #[arg(long)]
    check: bool,
}

/// Options of `accord documents undelete`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord documents undelete old-protocol --token-file uz.token
  accord documents list --show-deleted     shows what there is to undelete")]
pub(super) struct UndeleteArgs {
    /// The document, by its id or full name.
    #[arg(value_name = "DOCUMENT")]
    document: String,
    /// Undeletes only this revision.
    #[arg(long, value_name = "ETAG", default_value = "")]
    etag: String,
    /// Only checks whether it could be undeleted.
    #[arg(long)]
    check: bool,
}

/// Options of `accord documents purge`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord documents purge                                     tells what would be removed
  accord documents purge --force                             removes it for good
  accord documents purge --force --filter 'signature_date < \"1995-01-01\"'

Only deleted documents whose 30 days are over. The service does the same by itself once an hour. For operators.")]
pub(super) struct PurgeArgs {
    /// Which of them, in the filter language of the method (AIP-160).
    #[arg(long, value_name = "FILTER", default_value = "")]
    filter: String,
    /// Removes them, instead of telling which would be.
    #[arg(long)]
    force: bool,
}

pub(super) async fn delete(
    connection: &Connection,
    partnership: Option<&str>,
    args: &DeleteArgs,
) -> Result<View, Error> {
    let request = DeleteDocumentRequest {
        name: super::name(connection, partnership, &args.document).await?,
        etag: args.etag.clone(),
        request_id: String::new(),
        validate_only: args.check,
        force: args.force,
    };
    let answer = DocumentServiceClient::new(connection.clone())
        .delete_document(request)
        .await;
    let document = answer.map_err(|status| {
        let hint =
            "--force deletes it all the same; what refers to it then tells that it is deleted";
        Error::Refused(Box::new(
            Refusal::of(&status).with_hint("DOCUMENT_REFERENCED", hint),
        ))
    })?;
    Ok(view(
        &document.into_inner(),
        if args.check {
            "can be deleted"
        } else {
            "is deleted"
        },
    ))
}

pub(super) async fn undelete(
    connection: &Connection,
    partnership: Option<&str>,
    args: &UndeleteArgs,
) -> Result<View, Error> {
    let request = UndeleteDocumentRequest {
        name: super::name(connection, partnership, &args.document).await?,
        etag: args.etag.clone(),
        request_id: String::new(),
        validate_only: args.check,
    };
    let answer = DocumentServiceClient::new(connection.clone())
        .undelete_document(request)
        .await?;
    Ok(view(
        &answer.into_inner(),
        if args.check {
            "can be undeleted"
        } else {
            "is back"
        },
    ))
}

fn view(document: &Document, what: &str) -> View {
    let purge_time = value::instant(document.purge_time.as_ref());
    let mut page = Page::new(vec![Block::Text(format!("{} {what}.", document.name))]);
    if !purge_time.is_empty() {
        page.push(Block::Text(format!(
            "It can be undeleted until {purge_time}."
        )));
    }
    let mut sheet = Sheet::new(&["name", "delete_time", "purge_time", "etag"]);
    sheet.push(vec![
        document.name.clone(),
        value::instant(document.delete_time.as_ref()),
        purge_time,
        document.etag.clone(),
    ]);
    View {
        answer: Answer::of(document),
        page,
        sheet,
    }
}

pub(super) async fn purge(
    connection: &Connection,
    partnership: Option<&str>,
    args: &PurgeArgs,
) -> Result<View, Error> {
    let parent = names::partnership(connection, partnership).await?;
    let mut total = PurgeDocumentsResponse::default();
    loop {
        let request = PurgeDocumentsRequest {
            parent: parent.clone(),
            filter: args.filter.clone(),
            force: args.force,
            request_id: String::new(),
        };
        let answer = DocumentServiceClient::new(connection.clone())
            .purge_documents(request)
            .await?
            .into_inner();
        total.purge_count += answer.purge_count;
        total.purge_sample.extend(answer.purge_sample);
        // Without --force the same ones would be told again.
        if !args.force || answer.purge_count < PURGED_AT_ONCE {
            return Ok(purged(&total, args.force));
        }
    }
}

fn purged(answer: &PurgeDocumentsResponse, is_done: bool) -> View {
    let count = answer.purge_count;
    let said = match (count, is_done) {
        (0, _) => "No deleted document's 30 days are over.".to_owned(),
        (_, true) => format!("{count} removed for good:"),
        (PURGED_AT_ONCE, false) => format!("At least {count} would be removed for good:"),
        (_, false) => format!("{count} would be removed for good:"),
    };
    let mut page = Page::new(vec![Block::Text(said)]);
    let mut sheet = Sheet::new(&["name"]);
    for name in &answer.purge_sample {
        page.push(Block::Point(name.clone()));
        sheet.push(vec![name.clone()]);
    }
    let more = usize::try_from(count)
        .unwrap_or(0)
        .saturating_sub(answer.purge_sample.len());
    if more > 0 {
        page.push(Block::Text(format!("And {more} more.")));
    }
    View {
        answer: Answer::of(answer),
        page,
        sheet,
    }
}
