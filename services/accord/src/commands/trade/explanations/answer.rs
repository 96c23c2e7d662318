//! `accord trade explanations accept`, `dispute` and `withdraw`.

use accord_proto::trade::v1::reconciliation_service_client::ReconciliationServiceClient;
use accord_proto::trade::v1::{
    AcceptMirrorExplanationRequest, DisputeMirrorExplanationRequest,
    WithdrawMirrorExplanationRequest,
};

use crate::client::Connection;
use crate::error::Error;
use crate::names;
use crate::render::View;

/// Options of `accord trade explanations accept`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord trade explanations accept services-2022 --token-file kz.token
  accord trade explanations accept services-2022 --reason 'As agreed in May.' --token-file kz.token")]
pub(super) struct AcceptArgs {
    /// The explanation, by its id or full name.
    #[arg(value_name = "EXPLANATION")]
    explanation: String,
    /// A remark.
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
    #[command(flatten)]
    care: Care,
}

/// Options of `accord trade explanations dispute` and `withdraw`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord trade explanations dispute services-2022 --reason 'Which services?' --token-file kz.token
  accord trade explanations withdraw services-2022 --reason 'Revised.' --token-file uz.token")]
pub(super) struct Args {
    /// The explanation, by its id or full name.
    #[arg(value_name = "EXPLANATION")]
    explanation: String,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    care: Care,
}

/// Options of every change.
#[derive(Debug, clap::Args)]
pub(super) struct Care {
    /// Answers only this revision.
    #[arg(long, value_name = "ETAG", default_value = "")]
    etag: String,
    /// Names this call and its retries, so that they have one effect.
    #[arg(long, value_name = "UUID4", default_value = "")]
    request_id: String,
    /// Only checks whether it could be done.
    #[arg(long)]
    check: bool,
}

async fn name(
    connection: &Connection,
    partnership: Option<&str>,
    given: &str,
) -> Result<String, Error> {
    names::resource(connection, partnership, "mirrorExplanations", given).await
}

pub(super) async fn accept(
    connection: &Connection,
    partnership: Option<&str>,
    args: &AcceptArgs,
) -> Result<View, Error> {
    let request = AcceptMirrorExplanationRequest {
        name: name(connection, partnership, &args.explanation).await?,
        reason: args.reason.clone(),
        etag: args.care.etag.clone(),
        request_id: args.care.request_id.clone(),
        validate_only: args.care.check,
    };
    let answer = ReconciliationServiceClient::new(connection.clone())
        .accept_mirror_explanation(request)
        .await?
        .into_inner();
    Ok(super::one(&answer))
}

pub(super) async fn dispute(
    connection: &Connection,
    partnership: Option<&str>,
    args: &Args,
) -> Result<View, Error> {
    let request = DisputeMirrorExplanationRequest {
        name: name(connection, partnership, &args.explanation).await?,
        reason: args.reason.clone(),
        etag: args.care.etag.clone(),
        request_id: args.care.request_id.clone(),
        validate_only: args.care.check,
    };
    let answer = ReconciliationServiceClient::new(connection.clone())
        .dispute_mirror_explanation(request)
        .await?
        .into_inner();
    Ok(super::one(&answer))
}

pub(super) async fn withdraw(
    connection: &Connection,
    partnership: Option<&str>,
    args: &Args,
) -> Result<View, Error> {
    let request = WithdrawMirrorExplanationRequest {
        name: name(connection, partnership, &args.explanation).await?,
        reason: args.reason.clone(),
        etag: args.care.etag.clone(),
        request_id: args.care.request_id.clone(),
        validate_only: args.care.check,
    };
    let answer = ReconciliationServiceClient::new(connection.clone())
        .withdraw_mirror_explanation(request)
        .await?
        .into_inner();
    Ok(super::one(&answer))
}
