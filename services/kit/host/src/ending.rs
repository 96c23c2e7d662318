//! Answers without an end of their own, which would hold a drain up to its limit.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{extract::Request, middleware::Next};
use bytes::Bytes;
use fault::Fault;
use futures::future::BoxFuture;
use http_body::{Body as _, Frame, SizeHint};
use tokio_util::sync::CancellationToken;
use tonic::{Status, body::Body, service::Routes};

use crate::layers::{answer, is_infrastructure};

/// Ends `body` when `stopping` is over and nothing more is ready, with UNAVAILABLE,
/// `SERVER_STOPPING` and when to try again.
#[must_use]
pub fn until_stopping(body: Body, stopping: impl Future<Output = ()> + Send + 'static) -> Body {
    if body.is_end_stream() {
        return body;
    }
    Body::new(Ending {
        under_way: Some((body, Box::pin(stopping))),
    })
}

/// Ends the streams of health and reflection among `routes` once `ended` is cancelled.
pub(crate) fn end_infrastructure(routes: Routes, ended: &CancellationToken) -> Routes {
    let ended = ended.clone();
    let layer = axum::middleware::from_fn(move |request: Request, next: Next| {
        let ended = is_infrastructure(request.uri().path()).then(|| ended.clone());
        async move {
            let response = next.run(request).await;
            let Some(ended) = ended else { return response };
            response.map(|body| {
                let body = until_stopping(Body::new(body), ended.cancelled_owned());
                axum::body::Body::new(body)
            })
        }
    });
    Routes::from(routes.into_axum_router().layer(layer))
}

/// An answer, and what ends it; neither once it has ended.
struct Ending {
    under_way: Option<(Body, BoxFuture<'static, ()>)>,
}

impl http_body::Body for Ending {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let Some((body, stopping)) = &mut self.under_way else {
            return Poll::Ready(None);
        };
        // What is ready goes out first: the last word of health is that it no longer serves.
        let frame = Pin::new(body).poll_frame(context);
        if frame.is_ready() || stopping.as_mut().poll(context).is_pending() {
            return frame;
        }
        self.under_way = None;
        let message = "the process stops; call again, elsewhere or when it is back";
        let trailers = answer::trailers(Fault::unavailable("SERVER_STOPPING", message));
        Poll::Ready(Some(Ok(Frame::trailers(trailers))))
    }

    fn is_end_stream(&self) -> bool {
        self.under_way
            .as_ref()
            .is_none_or(|(body, _)| body.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        // It may be cut short, so its length is not promised.
        SizeHint::default()
    }
}
