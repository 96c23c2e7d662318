//! `accord trade releases`.

use accord_proto::trade::v1::release_service_client::ReleaseServiceClient;
use accord_proto::trade::v1::{ListReleasesRequest, ListReleasesResponse};

use crate::client::Connection;
use crate::error::Error;
use crate::names;
use crate::paging::{self, ListArgs};
use crate::render::{Answer, Block, Column, Page, Sheet, Table, View, value};

/// Options of `accord trade releases`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord trade releases
  accord trade releases --filter 'reporter = \"KZ\" AND state = STATE_PUBLISHED'")]
pub(super) struct Args {
    #[command(flatten)]
    list: ListArgs,
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    args: &Args,
) -> Result<View, Error> {
    let parent = names::partnership(connection, partnership).await?;
    let listing = paging::collect(args.list.limit, async |page_size, page_token| {
        let request = ListReleasesRequest {
            parent: parent.clone(),
            page_size,
            page_token,
            filter: args.list.filter.clone(),
            order_by: args.list.order_by.clone(),
        };
        let answer = ReleaseServiceClient::new(connection.clone())
            .list_releases(request)
            .await?
            .into_inner();
        Ok((answer.releases, answer.next_page_token))
    })
    .await?;
    Ok(view(&ListReleasesResponse {
        releases: listing.items,
        next_page_token: listing.next_page_token,
    }))
}

fn view(answer: &ListReleasesResponse) -> View {
    let mut table = Table::new(vec![
        Column::text("RELEASE"),
        Column::text("BY"),
        Column::text("STATE"),
        Column::text("PUBLISHED"),
        Column::number("FIGURES"),
    ]);
    let mut sheet = Sheet::new(&[
        "name",
        "reporter",
        "publisher",
        "state",
        "publish_time",
        "publish_time_basis",
        "observation_count",
        "scope",
        "source_uri",
        "display_name",
    ]);
    for release in &answer.releases {
        let state = value::words(release.state().as_str_name(), "STATE_");
        let published = value::instant(release.publish_time.as_ref());
        let row = vec![
            value::id(&release.name).to_owned(),
            release.reporter.clone(),
            state.clone(),
            published.split(' ').next().unwrap_or_default().to_owned(),
            release.observation_count.to_string(),
        ];
        table.push_with_notes(row, &[&release.display_name]);
        sheet.push(vec![
            release.name.clone(),
            release.reporter.clone(),
            release.publisher.clone(),
            state,
            published,
            value::words(
                release.publish_time_basis().as_str_name(),
                "PUBLISH_TIME_BASIS_",
            ),
            release.observation_count.to_string(),
            value::words(release.scope().as_str_name(), "SCOPE_"),
            release.source_uri.clone(),
            release.display_name.clone(),
        ]);
    }
    let body = if table.is_empty() {
        Block::Text("No releases.".into())
    } else {
        Block::Table(table)
    };
    View {
        answer: Answer::list(answer, "releases"),
        page: Page::new(vec![body]),
        sheet,
    }
}
