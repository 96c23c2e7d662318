//! What goes on from a caller's call to the calls that it causes: who asks, in which trace, and for how
//! long the caller waits.

use std::time::Duration;

use http::HeaderMap;
use tokio::time::Instant;
use tonic::{Request, metadata::MetadataMap};

use crate::{
    layers::{Until, timeout},
    propagate,
};

/// The headers that go on as they are.
const PASSED_ON: [&str; 5] = [
    "authorization",
    "client-cert",
    "traceparent",
    "tracestate",
    "x-request-id",
];

/// A caller on whose behalf other services are asked. Each of them checks the caller's token again.
#[derive(Clone)]
pub struct OnBehalf {
    metadata: MetadataMap,
    until: Option<Instant>,
}

impl OnBehalf {
    /// Takes the caller of a request. Its time runs from when the layers got it; without them, from now.
    #[must_use]
    pub fn of<T>(request: &Request<T>) -> Self {
        let received: &HeaderMap = request.metadata().as_ref();
        let mut headers = HeaderMap::new();
        for name in PASSED_ON {
            for value in received.get_all(name) {
                headers.append(name, value.clone());
            }
        }
        propagate(&mut headers);
        Self {
            metadata: MetadataMap::from_headers(headers),
            until: match request.extensions().get() {
                Some(Until(until)) => Some(*until),
                None => timeout(received).and_then(|timeout| Instant::now().checked_add(timeout)),
            },
        }
    }

    /// Returns how long the caller still waits, zero when that is over; nothing if it set no deadline.
    #[must_use]
    pub fn remaining(&self) -> Option<Duration> {
        self.until
            .map(|at| at.saturating_duration_since(Instant::now()))
    }

    /// Returns the request for `message`, to be answered before `until`.
    pub fn request<T>(&self, message: T, until: Instant) -> Request<T> {
        let mut request = Request::new(message);
        *request.metadata_mut() = self.metadata.clone();
        request.set_timeout(until.saturating_duration_since(Instant::now()));
        request
    }
}

/// The token is not shown.
impl std::fmt::Debug for OnBehalf {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("OnBehalf")
            .field("until", &self.until)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn token_and_trace_go_on_and_the_time_runs() {
        let mut received = Request::new(());
        for (name, value) in [
            ("authorization", "Bearer secret"),
            (
                "traceparent",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            ),
            ("grpc-timeout", "10S"),
            ("cookie", "stays here"),
        ] {
            received.metadata_mut().insert(name, value.parse().unwrap());
        }
        let caller = OnBehalf::of(&received);
        assert!(!format!("{caller:?}").contains("secret"));
        tokio::time::advance(Duration::from_secs(4)).await;
        assert_eq!(caller.remaining(), Some(Duration::from_secs(6)));
        let request = caller.request((), Instant::now() + Duration::from_secs(5));
        let sent = request.metadata();
        assert_eq!(sent.get("authorization").unwrap(), "Bearer secret");
        assert!(sent.get("traceparent").is_some() && sent.get("cookie").is_none());
        assert_eq!(sent.get("grpc-timeout").unwrap(), "5000000u");
    }

    #[test]
    fn a_caller_without_a_deadline_waits_as_long_as_it_takes() {
        assert_eq!(OnBehalf::of(&Request::new(())).remaining(), None);
    }
}
