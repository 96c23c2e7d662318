//! Reading proposals and giving words on them.

use accord_proto::roadmaps::v1::plan_service_client::PlanServiceClient;
use accord_proto::roadmaps::v1::{
    AcceptRebaselineRequest, DeclineRebaselineRequest, GetRebaselineRequest,
    ListRebaselinesRequest, ListRebaselinesResponse, WithdrawRebaselineRequest,
};

use super::super::care::{self, Care};
use super::view;
use crate::client::Connection;
use crate::error::Error;
use crate::names;
use crate::paging::{self, LimitArg};
use crate::render::View;

/// Options of `accord roadmaps rebaseline list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord roadmaps rebaseline list river-towns")]
pub(super) struct ListArgs {
    /// The roadmap, by its id or full name.
    #[arg(value_name = "ROADMAP")]
    roadmap: String,
    #[command(flatten)]
    limit: LimitArg,
}

/// Options of `accord roadmaps rebaseline show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord roadmaps rebaseline show river-towns/r1
  accord roadmaps rebaseline show river-towns/r1 -o json")]
pub(super) struct ShowArgs {
    /// The proposal, as ROADMAP/REBASELINE or by its full name.
    #[arg(value_name = "REBASELINE")]
    rebaseline: String,
}

/// Options of `accord roadmaps rebaseline accept`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord roadmaps rebaseline accept river-towns/r1 --revision 2 --check --token-file kz.token
  accord roadmaps rebaseline accept river-towns/r1 --revision 2 --token-file kz.token")]
pub(super) struct AcceptArgs {
    /// The proposal, as ROADMAP/REBASELINE or by its full name.
    #[arg(value_name = "REBASELINE")]
    rebaseline: String,
    /// The revision that you have read.
    #[arg(long, value_name = "NUMBER")]
    revision: i64,
    /// A note for the record.
    #[arg(long, value_name = "TEXT", default_value = "")]
    note: String,
    #[command(flatten)]
    care: Care,
}

/// Options of `accord roadmaps rebaseline decline` and `withdraw`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord roadmaps rebaseline decline river-towns/r1 --revision 1 --reason 'Too late.' --token-file kz.token
  accord roadmaps rebaseline withdraw river-towns/r1 --revision 1 --reason 'Funds were found.' --token-file uz.token")]
pub(super) struct EndArgs {
    /// The proposal, as ROADMAP/REBASELINE or by its full name.
    #[arg(value_name = "REBASELINE")]
    rebaseline: String,
    /// The revision that you have read.
    #[arg(long, value_name = "NUMBER")]
    revision: i64,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    care: Care,
}

async fn name(
    connection: &Connection,
    partnership: Option<&str>,
    given: &str,
) -> Result<String, Error> {
    care::child(connection, partnership, "rebaselines", given).await
}

pub(super) async fn list(
    connection: &Connection,
    partnership: Option<&str>,
    args: &ListArgs,
) -> Result<View, Error> {
    let parent = names::resource(connection, partnership, "roadmaps", &args.roadmap).await?;
    let listing = paging::collect(args.limit.limit, async |page_size, page_token| {
        let request = ListRebaselinesRequest {
            parent: parent.clone(),
            page_size,
            page_token,
        };
        let answer = PlanServiceClient::new(connection.clone())
            .list_rebaselines(request)
            .await?
            .into_inner();
        Ok((answer.rebaselines, answer.next_page_token))
    })
    .await?;
    Ok(view::list(&ListRebaselinesResponse {
        rebaselines: listing.items,
        next_page_token: listing.next_page_token,
    }))
}

pub(super) async fn show(
    connection: &Connection,
    partnership: Option<&str>,
    args: &ShowArgs,
) -> Result<View, Error> {
    let request = GetRebaselineRequest {
        name: name(connection, partnership, &args.rebaseline).await?,
    };
    let mut client = PlanServiceClient::new(connection.clone());
    Ok(view::one(
        &client.get_rebaseline(request).await?.into_inner(),
    ))
}

pub(super) async fn accept(
    connection: &Connection,
    partnership: Option<&str>,
    args: &AcceptArgs,
) -> Result<View, Error> {
    let request = AcceptRebaselineRequest {
        name: name(connection, partnership, &args.rebaseline).await?,
        revision: args.revision,
        note: args.note.clone(),
        etag: args.care.etag.clone(),
        request_id: args.care.request_id.clone(),
        validate_only: args.care.check,
    };
    let mut client = PlanServiceClient::new(connection.clone());
    Ok(view::one(
        &client.accept_rebaseline(request).await?.into_inner(),
    ))
}

pub(super) async fn decline(
    connection: &Connection,
    partnership: Option<&str>,
    args: &EndArgs,
) -> Result<View, Error> {
    let request = DeclineRebaselineRequest {
        name: name(connection, partnership, &args.rebaseline).await?,
        revision: args.revision,
        reason: args.reason.clone(),
        etag: args.care.etag.clone(),
        request_id: args.care.request_id.clone(),
        validate_only: args.care.check,
    };
    let mut client = PlanServiceClient::new(connection.clone());
    Ok(view::one(
        &client.decline_rebaseline(request).await?.into_inner(),
    ))
}

pub(super) async fn withdraw(
    connection: &Connection,
    partnership: Option<&str>,
    args: &EndArgs,
) -> Result<View, Error> {
    let request = WithdrawRebaselineRequest {
        name: name(connection, partnership, &args.rebaseline).await?,
        revision: args.revision,
        reason: args.reason.clone(),
        etag: args.care.etag.clone(),
        request_id: args.care.request_id.clone(),
        validate_only: args.care.check,
    };
    let mut client = PlanServiceClient::new(connection.clone());
    Ok(view::one(
        &client.withdraw_rebaseline(request).await?.into_inner(),
    ))
}
