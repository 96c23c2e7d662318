//! `accord documents pending`.

use accord_proto::documents::v1::document_service_client::DocumentServiceClient;
use accord_proto::documents::v1::{ListPendingProceduresRequest, ListPendingProceduresResponse};
use accord_proto::google::r#type::Date;

use crate::client::Connection;
use crate::error::Error;
use crate::paging::{self, LimitArg};
use crate::render::{Answer, Block, Column, Page, Sheet, Table, View, value};
use crate::{names, when};

/// Options of `accord documents pending`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord documents pending
  accord documents pending --party KZ
  accord documents pending --on 2023-01-01 --known-on 2023-01-01 -o csv     as one could know it then")]
pub(super) struct Args {
    /// Only what this party owes.
    #[arg(long, value_name = "PARTY")]
    party: Option<String>,
    /// The day to ask for, past or future [default: today, UTC].
    #[arg(long, value_name = "DATE", value_parser = when::day)]
    on: Option<Date>,
    /// Counts only what was public or recorded by the end of this day, or by this instant [default: now].
    #[arg(long, value_name = "DATE|TIME", value_parser = when::moment)]
    known_on: Option<prost_types::Timestamp>,
    /// Reads the register as it stood before this instant, or before the end of this day: acts, retractions and clauses that
    /// were recorded later do not count [default: all count].
    #[arg(long, value_name = "DATE|TIME", value_parser = when::moment)]
    recorded_before: Option<prost_types::Timestamp>,
    #[command(flatten)]
    limit: LimitArg,
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    args: &Args,
) -> Result<View, Error> {
    let parent = names::partnership(connection, partnership).await?;
    let listing = paging::collect(args.limit.limit, async |page_size, page_token| {
        let request = ListPendingProceduresRequest {
            parent: parent.clone(),
            page_size,
            page_token,
            party: args.party.clone().unwrap_or_default(),
            effective_date: args.on,
            known_time: args.known_on,
            recorded_before: args.recorded_before,
        };
        let answer = DocumentServiceClient::new(connection.clone())
            .list_pending_procedures(request)
            .await?
            .into_inner();
        Ok((answer.pending_procedures, answer.next_page_token))
    })
    .await?;
    Ok(view(&ListPendingProceduresResponse {
        pending_procedures: listing.items,
        next_page_token: listing.next_page_token,
    }))
}

fn view(answer: &ListPendingProceduresResponse) -> View {
    let mut table = Table::new(vec![
        Column::text("PARTY"),
        Column::text("DOCUMENT"),
        Column::text("OWES"),
        Column::text("SINCE"),
        Column::number("DAYS"),
    ]);
    let mut sheet = Sheet::new(&[
        "party",
        "document",
        "kind",
        "start_date",
        "waiting_days",
        "document_state",
        "description",
    ]);
    for procedure in &answer.pending_procedures {
        let kind = value::words(procedure.kind().as_str_name(), "ACT_KIND_");
        let since = value::date(procedure.start_date.as_ref());
        let days = procedure
            .waiting_days
            .map_or(String::new(), |days| days.to_string());
        let row = vec![
            procedure.party.clone(),
            value::id(&procedure.document).to_owned(),
            kind.clone(),
            since.clone(),
            days.clone(),
        ];
        table.push_with_notes(row, &[&procedure.description]);
        sheet.push(vec![
            procedure.party.clone(),
            procedure.document.clone(),
            kind,
            since,
            days,
            super::state(procedure.document_state()),
            procedure.description.clone(),
        ]);
    }
    let block = if table.is_empty() {
        Block::Text("Nobody owes anything that is known of.".into())
    } else {
        Block::Table(table)
    };
    View {
        answer: Answer::list(answer, "pending_procedures"),
        page: Page::new(vec![block]),
        sheet,
    }
}
