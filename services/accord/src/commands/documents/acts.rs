//! `accord documents acts`.

use accord_proto::documents::v1::act_service_client::ActServiceClient;
use accord_proto::documents::v1::{Act, ListActsRequest, ListActsResponse};

use crate::client::Connection;
use crate::error::Error;
use crate::paging::{self, ListArgs};
use crate::render::{Answer, Block, Column, Page, Sheet, Table, View, value};

/// Options of `accord documents acts`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord documents acts customs-energy
  accord documents acts customs-energy --filter 'party = \"KZ\" AND retracted = false' -o json")]
pub(super) struct Args {
    /// The document, by its id or full name.
    #[arg(value_name = "DOCUMENT")]
    document: String,
    #[command(flatten)]
    list: ListArgs,
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    args: &Args,
) -> Result<View, Error> {
    let parent = super::name(connection, partnership, &args.document).await?;
    let listing = paging::collect(args.list.limit, async |page_size, page_token| {
        let request = ListActsRequest {
            parent: parent.clone(),
            page_size,
            page_token,
            filter: args.list.filter.clone(),
            order_by: args.list.order_by.clone(),
        };
        let answer = ActServiceClient::new(connection.clone())
            .list_acts(request)
            .await?
            .into_inner();
        Ok((answer.acts, answer.next_page_token))
    })
    .await?;
    Ok(view(&ListActsResponse {
        acts: listing.items,
        next_page_token: listing.next_page_token,
    }))
}

fn view(answer: &ListActsResponse) -> View {
    let page = if answer.acts.is_empty() {
        Block::Text("No acts are recorded.".into())
    } else {
        Block::Table(table(&answer.acts))
    };
    View {
        answer: Answer::list(answer, "acts"),
        page: Page::new(vec![page]),
        sheet: sheet(&answer.acts),
    }
}

/// Acts as a table, in their order.
pub(super) fn table(acts: &[Act]) -> Table {
    let mut table = Table::new(vec![
        Column::text("DATE"),
        Column::text("PARTY"),
        Column::text("ACT"),
        Column::prose("REFERENCE"),
        Column::text("RECORDED BY"),
        Column::prose("ID"),
    ]);
    for act in acts {
        let retracted = if act.retract_time.is_some() {
            " (retracted)"
        } else {
            ""
        };
        table.push(vec![
            value::date(act.date.as_ref()),
            act.party.clone(),
            format!("{}{retracted}", kind(act)),
            act.reference.clone(),
            act.recorder.clone(),
            value::id(&act.name).to_owned(),
        ]);
    }
    table
}

fn kind(act: &Act) -> String {
    value::words(act.kind().as_str_name(), "ACT_KIND_")
}

fn sheet(acts: &[Act]) -> Sheet {
    let mut sheet = Sheet::new(&[
        "name",
        "date",
        "party",
        "kind",
        "reference",
        "publication_date",
        "source_uri",
        "recorder",
        "retract_time",
        "retraction_reason",
    ]);
    for act in acts {
        sheet.push(vec![
            act.name.clone(),
            value::date(act.date.as_ref()),
            act.party.clone(),
            kind(act),
            act.reference.clone(),
            value::date(act.publication_date.as_ref()),
            act.source
                .as_ref()
                .map_or(String::new(), |source| source.uri.clone()),
            act.recorder.clone(),
            value::instant(act.retract_time.as_ref()),
            act.retraction_reason.clone(),
        ]);
    }
    sheet
}
