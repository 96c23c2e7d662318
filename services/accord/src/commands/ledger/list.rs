//! `accord ledger list`.

use accord_proto::ledger::v1::ledger_service_client::LedgerServiceClient;
use accord_proto::ledger::v1::{ListEntriesRequest, ListEntriesResponse};

use super::Log;
use crate::client::Connection;
use crate::error::Error;
use crate::paging::{self, ListArgs};
use crate::render::{Answer, Block, Column, Page, Sheet, Table, View, value};

/// Options of `accord ledger list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord ledger list documents --limit 20 --order-by 'sequence desc'
  accord ledger list trade --filter 'actor.party = \"KZ\"' -o jsonl")]
pub(super) struct Args {
    /// The log.
    #[arg(value_enum)]
    log: Log,
    #[command(flatten)]
    list: ListArgs,
}

pub(super) async fn run(connection: &Connection, args: &Args) -> Result<View, Error> {
    let listing = paging::collect(args.list.limit, async |page_size, page_token| {
        let request = ListEntriesRequest {
            parent: args.log.name().to_owned(),
            page_size,
            page_token,
            filter: args.list.filter.clone(),
            order_by: args.list.order_by.clone(),
        };
        let answer = LedgerServiceClient::new(connection.clone())
            .list_entries(request)
            .await?
            .into_inner();
        Ok((answer.entries, answer.next_page_token))
    })
    .await?;
    Ok(view(&ListEntriesResponse {
        entries: listing.items,
        next_page_token: listing.next_page_token,
    }))
}

fn view(answer: &ListEntriesResponse) -> View {
    let mut table = Table::new(vec![
        Column::number("NO"),
        Column::text("TIME"),
        Column::text("CHANGE"),
        Column::text("BY"),
        Column::text("RESOURCE"),
    ]);
    let mut sheet = Sheet::new(&[
        "sequence",
        "record_time",
        "kind",
        "resource_type",
        "resource",
        "method",
        "agency",
        "party",
        "request_id",
    ]);
    for entry in &answer.entries {
        let time = value::instant(entry.record_time.as_ref());
        let actor = entry.actor.clone().unwrap_or_default();
        table.push(vec![
            entry.sequence.to_string(),
            time.clone(),
            super::kind(entry),
            super::actor(entry),
            entry.resource.clone(),
        ]);
        sheet.push(vec![
            entry.sequence.to_string(),
            time,
            super::kind(entry),
            entry.resource_type.clone(),
            entry.resource.clone(),
            entry.method.clone(),
            actor.agency,
            actor.party,
            entry.request_id.clone(),
        ]);
    }
    let body = if table.is_empty() {
        Block::Text("No entries.".into())
    } else {
        Block::Table(table)
    };
    View {
        answer: Answer::list(answer, "entries"),
        page: Page::new(vec![body]),
        sheet,
    }
}
