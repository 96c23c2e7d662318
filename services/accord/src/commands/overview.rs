//! `accord overview`: what a partnership has come to, on one page.

mod page;
mod sheet;

use accord_proto::google::r#type::Date;
use accord_proto::overview::v1::GetOverviewRequest;
use accord_proto::overview::v1::overview_service_client::OverviewServiceClient;

use crate::client::{ClientArgs, Connection};
use crate::error::Error;
use crate::render::{Answer, View};
use crate::{names, when};

/// Options of `accord overview`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord overview
  accord overview uz-kz --language ru
  accord overview --on 2023-01-01 --known-on 2024-01-01 -o json

If one service is down the rest is shown, and what is missing is named.")]
pub struct Args {
    /// The partnership; may be left out when there is exactly one.
    #[arg(value_name = "PARTNERSHIP", env = "ACCORD_PARTNERSHIP")]
    partnership: Option<String>,
    /// The day for legal states and deadlines [default: the day of --known-on].
    #[arg(long, value_name = "DATE", value_parser = when::day)]
    on: Option<Date>,
    /// Answers as things were known at the end of this day, or at this instant [default: now].
    #[arg(long, value_name = "DATE|TIME", value_parser = when::moment)]
    known_on: Option<prost_types::Timestamp>,
    #[command(flatten)]
    client: ClientArgs,
}

/// Runs `accord overview`.
pub async fn run(args: &Args) -> Result<(), Error> {
    let connection = args.client.connect().await?;
    let partnership = names::partnership(&connection, args.partnership.as_deref()).await?;
    let request = GetOverviewRequest {
        name: format!("{partnership}/overview"),
        effective_date: args.on,
        known_time: args.known_on,
        language_code: args.client.language.clone(),
    };
    let view = view(connection, request).await?;
    Ok(view.print(args.client.output)?)
}

/// Asks for an overview.
pub async fn view(connection: Connection, request: GetOverviewRequest) -> Result<View, Error> {
    let overview = OverviewServiceClient::new(connection)
        .get_overview(request)
        .await?
        .into_inner();
    Ok(View {
        page: page::of(&overview),
        sheet: sheet::of(&overview),
        answer: Answer::of(&overview),
    })
}
