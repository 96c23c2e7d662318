//! `ImportObservations`: the upload of a file, durable batch by batch.
//!
//! The rows of an upload are in the database as they arrive, but belong to the release only when the
//! import is done, which is one mutation at the end. What breaks off in between can be resumed, and
//! leaves the release as it was.

mod begin;
mod content;
mod examine;
mod finish;
mod header;
mod rehearsal;
mod upload;

use std::time::Duration;

use ::fault::Fault;
use accord_proto::trade::v1::{
    Import as Shown, ImportObservationsRequest, import_observations_request::Part,
};
use identity::Caller;
use tokio::time::timeout;
use tonic::{Code, Request, Streaming};

use self::{header::Header, upload::Upload};
use crate::{
    api::{Api, convert, fault},
    domain::import::{Import, State},
};

const METHOD: &str = "accord.trade.v1.ReleaseService/ImportObservations";

/// How long rows wait for more of their kind before they are made durable without.
const PATIENCE: Duration = Duration::from_millis(200);

pub(crate) async fn run(
    api: &Api,
    request: Request<Streaming<ImportObservationsRequest>>,
) -> Result<Shown, Fault> {
    let caller = Caller::of(&request)?.clone();
    caller.may_edit()?;
    let mut stream = request.into_inner();
    let header = match next(&mut stream).await? {
        Some(Part::Header(message)) => Header::parse(message)?,
        Some(Part::Chunk(_)) | None => return Err(header_missing()),
    };
    let begun = if header.validate_only {
        begin::rehearse(api, &caller, &header).await?
    } else {
        begin::begin(api, &caller, &header).await?
    };
    if begun.import.state != State::Receiving {
        return conclude(&begun.import);
    }
    let mut upload = Upload::new(api, &header, begun)?;
    let read = receive(&mut stream, &mut upload).await;
    if let Err(Ending::Broken(fault)) = read {
        // What has arrived whole is kept, so that less is to be sent again.
        upload.flush().await?;
        return Err(fault);
    }
    let is_readable = read.is_ok() && upload.end_of_file();
    let (import, found) = upload.into_import().await?;
    if is_readable && !import.is_whole() {
        return Ok(convert::import::show(&import));
    }
    let import = if header.validate_only {
        finish::rehearse(api, import)
    } else {
        finish::finish(api, &caller, &header, &import.lease, found).await?
    };
    conclude(&import)
}

/// How the reading of a stream can end before its end.
enum Ending {
    /// The stream broke off, or its messages are wrong.
    Broken(Fault),
    /// The header line of the file is bad: nothing behind it can be read.
    Unreadable,
}

async fn receive(
    stream: &mut Streaming<ImportObservationsRequest>,
    upload: &mut Upload,
) -> Result<(), Ending> {
    while let Some(part) = unhurried(stream, upload).await.map_err(Ending::Broken)? {
        let Part::Chunk(chunk) = part else {
            return Err(Ending::Broken(header_missing()));
        };
        let readable = upload.take(&chunk).await.map_err(Ending::Broken)?;
        if !readable {
            return Err(Ending::Unreadable);
        }
    }
    Ok(())
}

/// Returns the next part. When it is long in coming, what has arrived is made durable meanwhile.
async fn unhurried(
    stream: &mut Streaming<ImportObservationsRequest>,
    upload: &mut Upload,
) -> Result<Option<Part>, Fault> {
    if upload.is_waiting() {
        match timeout(PATIENCE, next(stream)).await {
            Ok(part) => return part,
            Err(_) => upload.send_off().await?,
        }
    }
    next(stream).await
}

/// Returns the next part; a message without one is an empty chunk.
async fn next(stream: &mut Streaming<ImportObservationsRequest>) -> Result<Option<Part>, Fault> {
    match stream.message().await {
        Ok(None) => Ok(None),
        Ok(Some(message)) => Ok(Some(message.part.unwrap_or(Part::Chunk(Vec::new())))),
        Err(status) => {
            let code = match status.code() {
                Code::Ok | Code::Unknown | Code::Internal => Code::Cancelled,
                code => code,
            };
            Err(fault::import_broken(code))
        }
    }
}

/// Answers a finished import: itself, or the error that it was refused with.
fn conclude(import: &Import) -> Result<Shown, Fault> {
    match import.state {
        State::Refused => Err(fault::refused(import)),
        State::Done | State::Receiving | State::Cancelled => Ok(convert::import::show(import)),
    }
}

fn header_missing() -> Fault {
    Fault::new(
        Code::InvalidArgument,
        "IMPORT_HEADER_MISSING",
        "the first message must be a header, and only the first",
    )
}
