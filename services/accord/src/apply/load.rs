//! Carries out the steps of a load one after the other, and counts what was new and what was there already.

use accord_proto::trade::v1::release_service_client::ReleaseServiceClient;
use accord_proto::trade::v1::{GetReleaseRequest, release};
use indicatif::ProgressBar;
use prost::Message;
use tonic::Code;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;

use super::history::History;
use super::step::{Action, Call, Import, Step};
use super::tokens::Tokens;
use crate::client::Connection;
use crate::contract::Raw;
use crate::error::Error;
use crate::import::{self, Order, Reading, Upload};

/// What a load came to.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// Steps that changed something.
    pub applied: usize,
    /// Steps whose effect was there already.
    pub already_there: usize,
    /// Bad rows that imports left out, as told to.
    pub skipped_rows: i64,
}

/// What one step came to.
enum Effect {
    Applied { skipped_rows: i64 },
    AlreadyThere,
}

/// Carries out every step in order, stopping at the first that is refused.
pub async fn load(
    channel: &Channel,
    tokens: &Tokens,
    steps: &[Step],
    progress: &ProgressBar,
) -> Result<Outcome, Error> {
    let bearers = steps
        .iter()
        .map(|step| tokens.of(step))
        .collect::<Result<Vec<_>, _>>()?;
    let mut outcome = Outcome::default();
    let mut history = History::default();
    for (step, bearer) in steps.iter().zip(bearers) {
        let connection = InterceptedService::new(channel.clone(), bearer);
        let effect = match &step.action {
            Action::Call(one) => call(&connection, &mut history, one).await,
            Action::Import(one) => import_file(&connection, one).await,
        };
        match effect.map_err(|error| locate(step, &error))? {
            Effect::AlreadyThere => outcome.already_there += 1,
            Effect::Applied { skipped_rows } => {
                outcome.applied += 1;
                outcome.skipped_rows += skipped_rows;
            }
        }
        progress.inc(1);
    }
    Ok(outcome)
}

/// Says where a step stands and what it was about before what went wrong.
fn locate(step: &Step, error: &Error) -> Error {
    let party = step
        .party
        .as_deref()
        .map_or(String::new(), |party| format!(" as {party}"));
    Error::Failed(format!(
        "{}: {}{party}: {error}",
        step.place,
        step.subject()
    ))
}

async fn call(
    connection: &Connection,
    history: &mut History,
    call: &Call,
) -> Result<Effect, Error> {
    if history.has(connection, call).await? {
        return Ok(Effect::AlreadyThere);
    }
    let path = PathAndQuery::from_maybe_shared(call.method.path())
        .map_err(|error| Error::Failed(error.to_string()))?;
    let mut client = tonic::client::Grpc::new(connection.clone());
    client
        .ready()
        .await
        .map_err(|error| Error::Failed(error.to_string()))?;
    let request = tonic::Request::new(call.request.encode_to_vec());
    match client.unary(request, path, Raw).await {
        Ok(_) => Ok(Effect::Applied { skipped_rows: 0 }),
        Err(status) if status.code() == Code::AlreadyExists => Ok(Effect::AlreadyThere),
        Err(status) => Err(status.into()),
    }
}

/// Uploads a file, unless the release has been published and so has had its figures.
async fn import_file(connection: &Connection, import: &Import) -> Result<Effect, Error> {
    let release = ReleaseServiceClient::new(connection.clone())
        .get_release(GetReleaseRequest {
            name: import.release.clone(),
        })
        .await?
        .into_inner();
    if release.state() != release::State::Staging {
        return Ok(Effect::AlreadyThere);
    }
    let upload = Upload::of_bytes(import.folder.read(&import.file)?);
    let order = Order {
        release: &import.release,
        upload: &upload,
        skip_bad_rows: import.skip_bad_rows,
        reading: Reading::default(),
        is_thorough: false,
    };
    let done = import::run(connection, &order, &ProgressBar::hidden()).await?;
    Ok(Effect::Applied {
        skipped_rows: done.skipped_count,
    })
}
