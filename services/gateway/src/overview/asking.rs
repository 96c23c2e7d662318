//! How the services are asked: with the caller's token and trace, and only for as long as the
//! caller waits.

use std::{future::Future, time::Duration};

use host::OnBehalf;
use tokio::time::{Instant, timeout_at};
use tonic::{Request, Status};

use super::missing::Missing;
use crate::{
    service::Service,
    upstream::{Channel, Upstreams},
};

/// Longest time a part is waited for, however long the caller would wait.
const PATIENCE: Duration = Duration::from_secs(5);

/// Largest answer taken from a service: a thousand documents with all that is known of them.
pub(super) const MAX_ANSWER_BYTES: usize = 64 * 1024 * 1024;

/// One caller's way to the services.
#[derive(Clone, Debug)]
pub(super) struct Asking<'a> {
    upstreams: &'a Upstreams,
    caller: OnBehalf,
    until: Instant,
}

impl<'a> Asking<'a> {
    /// Asks on behalf of the caller of `request`. A tenth of the caller's time is kept back, so that
    /// a slow service leads to an answer that lacks a part and not to none.
    pub(super) fn on_behalf_of<T>(request: &Request<T>, upstreams: &'a Upstreams) -> Self {
        let caller = OnBehalf::of(request);
        let patience = caller
            .remaining()
            .map_or(PATIENCE, |remaining| PATIENCE.min(remaining * 9 / 10));
        Self {
            upstreams,
            caller,
            until: Instant::now() + patience,
        }
    }

    /// Returns the same way with a fifth of the time, for what is worth asking only if it is answered at once.
    pub(super) fn shortly(&self) -> Self {
        let left = self.until.saturating_duration_since(Instant::now());
        Self {
            until: Instant::now() + left / 5,
            ..self.clone()
        }
    }

    /// Returns the request for `message`.
    pub(super) fn request<T>(&self, message: T) -> Request<T> {
        self.caller.request(message, self.until)
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
