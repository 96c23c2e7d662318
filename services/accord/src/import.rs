//! The upload of a file of observations into a release: streamed, resumed where it broke off, safe to repeat.

mod upload;

pub use upload::Upload;

use std::time::Duration;

use accord_proto::trade::v1::release_service_client::ReleaseServiceClient;
use accord_proto::trade::v1::{
    GetImportRequest, Import, ImportFormat, ImportHeader, ImportObservationsRequest, import,
    import_observations_request::Part,
};
use futures::stream;
use indicatif::ProgressBar;
use tonic::Code;

use crate::client::Connection;
use crate::error::Error;

/// How often a broken stream is taken up again before the command gives up.
const ATTEMPTS: u32 = 5;
/// How long to wait before the first of these; each further wait is twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(200);

/// What to upload, and how.
#[derive(Debug)]
pub struct Order<'a> {
    /// The release, by its full name.
    pub release: &'a str,
    /// The file.
    pub upload: &'a Upload,
    /// Whether bad rows are left out instead of refusing the file.
    pub skip_bad_rows: bool,
}

/// Uploads a file and returns the finished import.
///
/// The import's id follows from the file's content and the options, so uploading the same file again changes nothing and
/// a broken upload goes on from what the server has.
pub async fn run(
    connection: &Connection,
    order: &Order<'_>,
    progress: &ProgressBar,
) -> Result<Import, Error> {
    let mut wait = FIRST_WAIT;
    let mut attempt = 1;
    loop {
        let error = match attempt_once(connection, order, progress).await {
            Ok(import) if import.state() == import::State::Done => return Ok(import),
            Ok(import) => Error::Failed(format!(
                "the upload ended early: {} of {} bytes are with the server; run the command again to go on",
                import.received_bytes, import.total_bytes
            )),
            Err(error) => error,
        };
        let may_retry = match &error {
            Error::Refused(refusal) => refusal.code() == Code::Unavailable,
            Error::Failed(_) => true,
            _ => false,
        };
        if attempt == ATTEMPTS || !may_retry {
            return Err(error);
        }
        tokio::time::sleep(wait).await;
        wait *= 2;
        attempt += 1;
    }
}

async fn attempt_once(
    connection: &Connection,
    order: &Order<'_>,
    progress: &ProgressBar,
) -> Result<Import, Error> {
    let mut client = ReleaseServiceClient::new(connection.clone());
    let (import_id, offset) = where_to_begin(&mut client, order).await?;
    progress.set_position(offset.unsigned_abs());
    let header = ImportObservationsRequest {
        part: Some(Part::Header(ImportHeader {
            release: order.release.to_owned(),
            import_id,
            format: ImportFormat::Csv.into(),
            skip_bad_rows: order.skip_bad_rows,
            offset_bytes: offset,
            total_bytes: i64::try_from(order.upload.len()).unwrap_or(i64::MAX),
            validate_only: false,
        })),
    };
    let (chunks, failure) = order
        .upload
        .chunks(offset.unsigned_abs(), progress.clone())?;
    let parts = stream::StreamExt::chain(
        stream::once(async { header }),
        stream::StreamExt::map(chunks, |chunk| ImportObservationsRequest {
            part: Some(Part::Chunk(chunk)),
        }),
    );
    let answer = client.import_observations(parts).await;
    if let Some(error) = failure.take() {
        return Err(error);
    }
    Ok(answer?.into_inner())
}

/// The id of the import, and how many bytes of it the server has.
///
/// A file that was refused or given up may be good by now, so it is tried again under the next id.
async fn where_to_begin(
    client: &mut ReleaseServiceClient<Connection>,
    order: &Order<'_>,
) -> Result<(String, i64), Error> {
    let digest = order.upload.short_digest();
    let option = if order.skip_bad_rows { "-skipping" } else { "" };
    let mut number = 1;
    loop {
        let import_id = format!("sha256-{digest}{option}-{number}");
        let name = format!("{}/imports/{import_id}", order.release);
        let import = match client.get_import(GetImportRequest { name }).await {
            Ok(answer) => answer.into_inner(),
            Err(status) if status.code() == Code::NotFound => return Ok((import_id, 0)),
            Err(status) => return Err(status.into()),
        };
        match import.state() {
            import::State::Receiving => return Ok((import_id, import.received_bytes)),
            import::State::Done | import::State::Unspecified => return Ok((import_id, 0)),
            import::State::Refused | import::State::Cancelled => number += 1,
        }
    }
}
