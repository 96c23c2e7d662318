//! The upload of a file of observations into a release: streamed, resumed where it broke off, safe to repeat.

pub mod format;
pub mod parquet;
mod upload;

pub use upload::Upload;

use std::time::Duration;

use accord_proto::trade::v1::release_service_client::ReleaseServiceClient;
use accord_proto::trade::v1::{
    CancelImportRequest, Flow, GetImportRequest, Import, ImportFormat, ImportHeader,
    ImportObservationsRequest, Release, import, import_observations_request::Part,
};
use futures::stream;
use indicatif::ProgressBar;
use tonic::Code;

use crate::client::Connection;
use crate::error::Error;

/// The reason for which a service refuses bytes that are not those announced.
const CONTENT_MISMATCH: &str = "IMPORT_CONTENT_MISMATCH";
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
    /// How the file is to be read.
    pub reading: Reading,
    /// Whether the service compares the content with its digest, and looks at rows beside each other.
    pub is_thorough: bool,
}

/// How a file is to be read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reading {
    /// Its format.
    pub format: ImportFormat,
    /// The flow of rows that name none.
    pub flow: Flow,
    /// The power of ten that values count in.
    pub unit_mult: Option<i32>,
    /// Whether columns of months and quarters count from January on.
    pub cumulative: Option<bool>,
}

impl Order<'_> {
    fn header(&self, import_id: String, offset_bytes: i64) -> ImportHeader {
        let reading = &self.reading;
        ImportHeader {
            release: self.release.to_owned(),
            import_id,
            format: match reading.format {
                ImportFormat::Unspecified => ImportFormat::Csv.into(),
                format => format.into(),
            },
            skip_bad_rows: self.skip_bad_rows,
            offset_bytes,
            total_bytes: i64::try_from(self.upload.len()).unwrap_or(i64::MAX),
            validate_only: false,
            flow: reading.flow.into(),
            unit_mult: reading.unit_mult,
            cumulative: reading.cumulative,
            sha256: if self.is_thorough {
                hex::decode(self.upload.digest()).unwrap_or_default()
            } else {
                Vec::new()
            },
            find_suspicious: self.is_thorough,
            new_release: None,
        }
    }

    /// What the import's id follows from: the content, and what is said about it.
    fn digest(&self) -> String {
        if !self.is_thorough && self.reading == Reading::default() {
            return self.upload.short_digest().to_owned();
        }
        let said = format!(
            "{}\n{:?}\n{}",
            self.upload.digest(),
            self.reading,
            self.is_thorough
        );
        Upload::of_bytes(said.into_bytes())
            .short_digest()
            .to_owned()
    }
}

/// Has a file checked: every row as in an import, but nothing is kept. Bad rows are reported, not refused.
pub async fn rehearse(
    connection: &Connection,
    order: &Order<'_>,
    new_release: Option<Release>,
    progress: &ProgressBar,
) -> Result<Import, Error> {
    let header = ImportHeader {
        validate_only: true,
        skip_bad_rows: true,
        new_release,
        ..order.header("rehearsal".to_owned(), 0)
    };
    send(
        &mut ReleaseServiceClient::new(connection.clone()),
        order,
        header,
        progress,
    )
    .await
}

/// Returns an import as the service keeps it, with the reports of its rows.
pub async fn get(connection: &Connection, name: &str) -> Result<Import, Error> {
    let request = GetImportRequest {
        name: name.to_owned(),
    };
    let answer = ReleaseServiceClient::new(connection.clone())
        .get_import(request)
        .await?;
    Ok(answer.into_inner())
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
            Error::Refused(refusal) => {
                refusal.code() == Code::Unavailable || refusal.reason() == CONTENT_MISMATCH
            }
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
    let name = format!("{}/imports/{import_id}", order.release);
    let header = order.header(import_id, offset);
    let sent = send(&mut client, order, header, progress).await;
    if let Err(Error::Refused(refusal)) = &sent
        && refusal.reason() == CONTENT_MISMATCH
    {
        // What the service has are not the bytes of this file: they are given up, to be sent anew.
        let request = CancelImportRequest {
            name,
            ..CancelImportRequest::default()
        };
        client.cancel_import(request).await?;
    }
    sent
}

/// Sends the file from where the header says on.
async fn send(
    client: &mut ReleaseServiceClient<Connection>,
    order: &Order<'_>,
    header: ImportHeader,
    progress: &ProgressBar,
) -> Result<Import, Error> {
    let offset = header.offset_bytes.unsigned_abs();
    progress.set_position(offset);
    let (chunks, failure) = order.upload.chunks(offset, progress.clone())?;
    let counted = progress.clone();
    let mut lines = 0_u64;
    let chunks = stream::StreamExt::map(chunks, move |chunk| {
        lines += chunk
            .iter()
            .map(|byte| u64::from(*byte == b'\n'))
            .sum::<u64>();
        counted.set_prefix(lines.to_string());
        Part::Chunk(chunk)
    });
    let parts = stream::StreamExt::chain(stream::iter([Part::Header(header)]), chunks);
    let messages =
        stream::StreamExt::map(parts, |part| ImportObservationsRequest { part: Some(part) });
    let answer = client.import_observations(messages).await;
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
    let digest = order.digest();
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
