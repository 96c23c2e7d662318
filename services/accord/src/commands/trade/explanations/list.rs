//! `accord trade explanations list`.

use accord_proto::trade::v1::reconciliation_service_client::ReconciliationServiceClient;
use accord_proto::trade::v1::{ListMirrorExplanationsRequest, ListMirrorExplanationsResponse};

use crate::client::Connection;
use crate::error::Error;
use crate::names;
use crate::paging::{self, ListArgs};
use crate::render::{Answer, Block, Page, View};

/// Options of `accord trade explanations list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord trade explanations list
  accord trade explanations list --filter 'state = STATE_ACCEPTED AND period = \"2022\"'")]
pub(super) struct Args {
    #[command(flatten)]
    list: ListArgs,
}

impl Args {
    /// Everything, in the method's own order.
    pub(super) fn everything() -> Self {
        Self {
            list: ListArgs::everything(),
        }
    }
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    args: &Args,
) -> Result<View, Error> {
    let parent = names::partnership(connection, partnership).await?;
    let listing = paging::collect(args.list.limit, async |page_size, page_token| {
        let request = ListMirrorExplanationsRequest {
            parent: parent.clone(),
            page_size,
            page_token,
            filter: args.list.filter.clone(),
            order_by: args.list.order_by.clone(),
        };
        let answer = ReconciliationServiceClient::new(connection.clone())
            .list_mirror_explanations(request)
            .await?
            .into_inner();
        Ok((answer.mirror_explanations, answer.next_page_token))
    })
    .await?;
    let answer = ListMirrorExplanationsResponse {
        mirror_explanations: listing.items,
        next_page_token: listing.next_page_token,
    };
    let mut table = super::table();
    for explanation in &answer.mirror_explanations {
        let (about, state) = (super::about(explanation), super::state(explanation));
        super::push(&mut table, explanation, about, state);
    }
    let body = if table.is_empty() {
        Block::Text("Nothing has been explained.".into())
    } else {
        Block::Table(table)
    };
    Ok(View {
        page: Page::new(vec![body]),
        sheet: super::sheet(&answer.mirror_explanations),
        answer: Answer::list(&answer, "mirror_explanations"),
    })
}
