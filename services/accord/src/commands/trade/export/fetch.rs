//! The stream of figures into a file, taken up again behind the last piece when it breaks off.

use std::collections::BTreeMap;
use std::time::Duration;

use accord_proto::trade::v1::trade_service_client::TradeServiceClient;
use accord_proto::trade::v1::{ReleaseUse, StreamObservationsRequest, StreamObservationsResponse};
use indicatif::ProgressBar;
use tonic::{Code, Status};

use super::summary::Summary;
use crate::client::{Connection, broken_off};
use crate::error::Error;
use crate::figures::{File, Form, Head, Sink};

/// How often a broken stream is taken up again without a figure in between.
const ATTEMPTS: u32 = 5;
/// How long to wait before the first of these; each further wait is twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(250);

/// A file in the making, and what is known of it.
struct Export<'a> {
    /// What to ask for next: after the first piece what stands behind the last one.
    request: StreamObservationsRequest,
    form: Form,
    criteria: Vec<(&'static str, String)>,
    /// Where the file goes, until the first piece tells what its beginning says.
    sink: Option<Sink>,
    file: Option<File>,
    releases: BTreeMap<String, ReleaseUse>,
    is_complete: bool,
    bar: &'a ProgressBar,
}

/// Writes everything that matches to `sink`, and keeps it only if all has come.
pub(super) async fn run(
    connection: &Connection,
    request: StreamObservationsRequest,
    form: Form,
    sink: Sink,
    criteria: Vec<(&'static str, String)>,
    bar: &ProgressBar,
) -> Result<Summary, Error> {
    let mut client = TradeServiceClient::new(connection.clone());
    let mut export = Export {
        request,
        form,
        criteria,
        sink: Some(sink),
        file: None,
        releases: BTreeMap::new(),
        is_complete: false,
        bar,
    };
    let mut wait = FIRST_WAIT;
    let mut attempt = 1;
    loop {
        let before = export.request.resume_token.clone();
        let status = match export.stream(&mut client).await? {
            _ if export.is_complete => return export.finish(),
            Some(status) => status,
            None => broken_off("the stream ended before everything had come"),
        };
        let may_go_on = matches!(
            status.code(),
            Code::Unavailable | Code::Cancelled | Code::Unknown | Code::DeadlineExceeded
        );
        if !may_go_on {
            return Err(status.into());
        }
        if export.request.resume_token != before {
            (attempt, wait) = (1, FIRST_WAIT);
        } else if attempt == ATTEMPTS {
            return Err(status.into());
        }
        tokio::time::sleep(wait).await;
        wait *= 2;
        attempt += 1;
    }
}

impl Export<'_> {
    /// Takes the pieces of one stream; a status is how it broke off.
    async fn stream(
        &mut self,
        client: &mut TradeServiceClient<Connection>,
    ) -> Result<Option<Status>, Error> {
        let mut pieces = match client.stream_observations(self.request.clone()).await {
            Ok(answer) => answer.into_inner(),
            Err(status) => return Ok(Some(status)),
        };
        loop {
            match pieces.message().await {
                Ok(Some(piece)) => self.take(piece)?,
                Ok(None) => return Ok(None),
                Err(status) => return Ok(Some(status)),
            }
        }
    }

    fn take(&mut self, piece: StreamObservationsResponse) -> Result<(), Error> {
        if self.is_complete {
            return Err(Error::Failed(
                "the stream went on behind its last message; nothing was kept".to_owned(),
            ));
        }
        let file = match (&mut self.file, self.sink.take()) {
            (Some(file), _) => file,
            (none, Some(sink)) => none.insert(begin(
                self.form,
                sink,
                &self.request.parent,
                &piece,
                &self.criteria,
            )?),
            (None, None) => return Err(Error::Failed("the file was lost".to_owned())),
        };
        file.write(&piece)?;
        self.bar.set_position(file.count());
        if let Some(cited) = &piece.release_use
            && !self.releases.contains_key(&cited.release)
        {
            self.releases.insert(cited.release.clone(), cited.clone());
        }
        self.is_complete = piece.complete;
        self.request.resume_token = piece.resume_token;
        // What was now in the first request is now no more.
        self.request.known_time = piece.known_time;
        Ok(())
    }

    fn finish(self) -> Result<Summary, Error> {
        let Some(file) = self.file else {
            return Err(Error::Failed("the stream had no message".to_owned()));
        };
        let count = file.count();
        let (bytes, sha256) = file.finish()?.finish()?;
        Ok(Summary {
            count,
            bytes,
            sha256,
            known_time: self.request.known_time,
            releases: self.releases.into_values().collect(),
        })
    }
}

/// Begins the file, now that it is known when the figures stand.
fn begin(
    form: Form,
    sink: Sink,
    partnership: &str,
    first: &StreamObservationsResponse,
    criteria: &[(&'static str, String)],
) -> Result<File, Error> {
    let known_time = first
        .known_time
        .and_then(|time| jiff::Timestamp::new(time.seconds, time.nanos).ok())
        .ok_or_else(|| Error::Failed("the answer does not say as of when it stands".to_owned()))?;
    let head = Head {
        partnership: partnership.to_owned(),
        known_time,
        criteria: criteria.to_vec(),
    };
    File::begin(form, sink, &head)
}
