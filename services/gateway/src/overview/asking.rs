//! How the services are asked: with the caller's token and trace, and only for as long as the
//! caller waits.

use std::{future::Future, time::Duration};

use http::HeaderMap;
use tokio::time::{Instant, timeout_at};
use tonic::{Request, Status, metadata::MetadataMap, transport::Channel};

use super::missing::Missing;
use crate::{forward::Deadline, service::Service, upstream::Upstreams};

/// Longest time a part is waited for when the caller sets no deadline of its own.
const PATIENCE: Duration = Duration::from_secs(5);

/// Largest answer taken from a service: a thousand documents with all that is known of them.
pub(super) const MAX_ANSWER_BYTES: usize = 64 * 1024 * 1024;

/// What goes on from the caller's call to those it causes: who asks, and which trace it is part of.
const PASSED_ON: [&str; 4] = ["authorization", "traceparent", "tracestate", "x-request-id"];

/// One caller's way to the services.
#[derive(Clone, Debug)]
pub(super) struct Asking<'a> {
    upstreams: &'a Upstreams,
    metadata: MetadataMap,
    until: Instant,
}

impl<'a> Asking<'a> {
    /// Asks on behalf of the caller of `request`. A tenth of the caller's time is kept back, so that
    /// a slow service leads to an answer that lacks a part and not to none.
    pub(super) fn on_behalf_of<T>(request: &Request<T>, upstreams: &'a Upstreams) -> Self {
        let received: &HeaderMap = request.metadata().as_ref();
        let mut headers = HeaderMap::new();
        for name in PASSED_ON {
            for value in received.get_all(name) {
                headers.append(name, value.clone());
            }
        }
        host::propagate(&mut headers);
        let remaining = Deadline::of_headers(received).remaining();
        let patience = remaining.map_or(PATIENCE, |remaining| PATIENCE.min(remaining * 9 / 10));
        Self {
            upstreams,
            metadata: MetadataMap::from_headers(headers),
            until: Instant::now() + patience,
        }
    }

    /// Returns the request for `message`.
    pub(super) fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        *request.metadata_mut() = self.metadata.clone();
        request.set_timeout(self.until.saturating_duration_since(Instant::now()));
        request
    }

    /// Returns the part that `ask` gets from `service`, or why it is missing.
    pub(super) async fn part<T, F>(
        &self,
        service: Service,
        ask: impl FnOnce(Channel) -> F,
    ) -> Result<T, Missing>
    where
        F: Future<Output = Result<T, Status>>,
    {
        let upstream = self
            .upstreams
            .service(service)
            .ok_or_else(|| Missing::not_configured(service))?;
        timeout_at(self.until, ask(upstream.channel.clone()))
            .await
            .map_err(|_elapsed| Missing::timed_out(service))?
            .map_err(|status| Missing::from_status(service, &status))
    }
}
