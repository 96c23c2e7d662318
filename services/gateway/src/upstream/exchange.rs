//! One attempt at a call on one connection: HTTP/2 frames go up as they come and the head of the answer comes back.

use std::{future::poll_fn, pin::Pin, task::Poll};

use futures::Future as _;
use h2::{Reason, RecvStream};
use http::{Request, Response};
use tonic::Status;

use super::{
    connection::Connection,
    upload::{Progress, Upload},
};

/// An answer that has begun.
pub(super) struct Begun {
    /// Its head, and what is still to come.
    pub(super) response: Response<RecvStream>,
    /// The stream of the request, whose end may not have been sent yet.
    pub(super) stream: h2::SendStream<bytes::Bytes>,
    /// How far it has come.
    pub(super) progress: Progress,
}

/// Why no answer has begun.
#[derive(Debug)]
pub(super) enum Failure {
    /// The connection takes no more calls; this one was not sent.
    Unsent(h2::Error),
    /// The server has told that it did nothing with the call (RFC 9113 sections 6.8 and 8.7).
    Refused(h2::Error),
    /// The connection or the stream ended: what the server did is not known.
    Lost(h2::Error),
    /// The caller went away, or sent what cannot be read.
    Abandoned(Status),
}

/// Sends a call with this head and waits until its answer begins.
pub(super) async fn exchange(
    connection: &Connection,
    head: Request<()>,
    upload: &mut Upload,
) -> Result<Begun, Failure> {
    let mut sender = connection.sender();
    poll_fn(|context| sender.poll_ready(context))
        .await
        .map_err(Failure::Unsent)?;
    let is_empty = upload.is_empty();
    let (mut response, mut stream) = sender
        .send_request(head, is_empty)
        .map_err(Failure::Unsent)?;
    let mut progress = Progress::new(is_empty);
    let response = poll_fn(|context| {
        if !progress.is_done
            && let Poll::Ready(Err(status)) = upload.poll_send(context, &mut stream, &mut progress)
        {
            return Poll::Ready(Err(Failure::Abandoned(status)));
        }
        Pin::new(&mut response).poll(context).map_err(failure)
    })
    .await?;
    Ok(Begun {
        response,
        stream,
        progress,
    })
}

/// Tells what an error says of the call.
fn failure(error: h2::Error) -> Failure {
    let is_refused = error.is_remote()
        && (error.is_go_away()
            || (error.is_reset() && error.reason() == Some(Reason::REFUSED_STREAM)));
    if is_refused {
        Failure::Refused(error)
    } else {
        Failure::Lost(error)
    }
}
