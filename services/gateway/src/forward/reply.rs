//! The body of an upstream's answer, which ends in a proper status even when the upstream is lost
//! in the middle of it.

use std::{
    error::Error,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Frame, SizeHint};
use tonic::{Status, body::Body};

use crate::{fault, upstream::Blame};

/// Returns `body` with its failure, if it comes to one, turned into trailers that say so; or that say what is wrong with the
/// request, if that is why.
pub(crate) fn until_lost<B>(upstream: Arc<str>, blame: Blame, body: B) -> Body
where
    B: http_body::Body<Data = Bytes, Error: Error + 'static> + Send + Unpin + 'static,
{
    if body.is_end_stream() {
        return Body::empty();
    }
    Body::new(Reply {
        upstream,
        blame,
        body: Some(body),
    })
}

/// An answer under way; without a body when it has ended by the loss of its upstream.
struct Reply<B> {
    upstream: Arc<str>,
    blame: Blame,
    body: Option<B>,
}

impl<B> http_body::Body for Reply<B>
where
    B: http_body::Body<Data = Bytes, Error: Error + 'static> + Unpin,
{
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let Some(body) = self.body.as_mut() else {
            return Poll::Ready(None);
        };
        match ready!(Pin::new(body).poll_frame(context)) {
            Some(Err(error)) => {
                self.body = None;
                let mut trailers = HeaderMap::new();
                let status = self.blame.status();
                let status = status.unwrap_or_else(|| fault::lost(&self.upstream, &error));
                status.add_header(&mut trailers)?;
                Poll::Ready(Some(Ok(Frame::trailers(trailers))))
            }
            Some(Ok(frame)) => Poll::Ready(Some(Ok(frame))),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body
            .as_ref()
            .is_none_or(http_body::Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        // A loss may cut the answer short, so its length is not promised.
        SizeHint::default()
    }
}
