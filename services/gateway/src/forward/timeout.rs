//! The caller's deadline, carried on as the time that remains.
//!
//! Source of the format: "gRPC over HTTP2", `grpc-timeout` is at most eight digits and a unit.

use std::time::Duration;

use http::{HeaderMap, HeaderValue, Request};
use tokio::time::Instant;

/// The header that carries the time a caller waits.
const GRPC_TIMEOUT: &str = "grpc-timeout";

/// Most that eight digits can say.
const MAX_DIGITS: u128 = 99_999_999;

/// The instant at which the caller stops waiting, if it said so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Deadline(Option<Instant>);

impl Deadline {
    /// Reads the deadline of a request: it runs from when the layers got it. Without them it has arrived just now.
    pub(crate) fn of<B>(request: &Request<B>) -> Self {
        match request.extensions().get() {
            Some(host::Until(until)) => Self(Some(*until)),
            None => Self::of_headers(request.headers()),
        }
    }

    /// Reads the deadline from the headers of a request that has arrived just now.
    pub(crate) fn of_headers(headers: &HeaderMap) -> Self {
        let timeout = headers.get(GRPC_TIMEOUT).and_then(parse);
        Self(timeout.and_then(|timeout| Instant::now().checked_add(timeout)))
    }

    /// Returns the time that remains, zero when it is over; nothing when there is no deadline.
    pub(crate) fn remaining(self) -> Option<Duration> {
        self.0
            .map(|at| at.saturating_duration_since(Instant::now()))
    }

    /// Replaces the header by the time that remains. A header that could not be read stays as it
    /// is, for the upstream to judge.
    pub(crate) fn write_remaining(self, headers: &mut HeaderMap) {
        if let Some(value) = self.remaining().and_then(format) {
            headers.insert(GRPC_TIMEOUT, value);
        }
    }
}

/// Parses a `grpc-timeout`.
fn parse(value: &HeaderValue) -> Option<Duration> {
    let text = value.to_str().ok()?;
    let digits = text.strip_suffix(|unit: char| unit.is_ascii_alphabetic())?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let count: u64 = digits.parse().ok()?;
    match text.as_bytes().last()? {
        b'H' => Some(Duration::from_secs(count * 3600)),
        b'M' => Some(Duration::from_secs(count * 60)),
        b'S' => Some(Duration::from_secs(count)),
        b'm' => Some(Duration::from_millis(count)),
        b'u' => Some(Duration::from_micros(count)),
        b'n' => Some(Duration::from_nanos(count)),
        _ => None,
    }
}

/// Formats a `grpc-timeout` in the finest unit that eight digits can hold, rounded down so that
/// no hop waits longer than the one before it.
fn format(timeout: Duration) -> Option<HeaderValue> {
    let nanos = timeout.as_nanos();
    let units = [
        (1, 'n'),
        (1_000, 'u'),
        (1_000_000, 'm'),
        (1_000_000_000, 'S'),
        (60_000_000_000, 'M'),
        (3_600_000_000_000, 'H'),
    ];
    let (length, unit) = units
        .into_iter()
        .find(|(length, _)| nanos / length <= MAX_DIGITS)?;
    HeaderValue::from_str(&format!("{}{unit}", nanos / length)).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn timeout(text: &str) -> Option<Duration> {
        parse(&HeaderValue::from_str(text).expect("header value"))
    }

    #[test]
    fn every_unit_is_read() {
        assert_eq!(timeout("1H"), Some(Duration::from_hours(1)));
        assert_eq!(timeout("2M"), Some(Duration::from_mins(2)));
        assert_eq!(timeout("3S"), Some(Duration::from_secs(3)));
        assert_eq!(timeout("4m"), Some(Duration::from_millis(4)));
        assert_eq!(timeout("5u"), Some(Duration::from_micros(5)));
        assert_eq!(timeout("6n"), Some(Duration::from_nanos(6)));
    }

    #[test]
    fn malformed_timeout_is_no_deadline_and_passes_unchanged() {
        for text in ["", "S", "1", "1s", "+1S", "123456789S", "1 S", "1.5S"] {
            assert_eq!(timeout(text), None, "{text}");
        }
        let mut headers = HeaderMap::new();
        headers.insert(GRPC_TIMEOUT, HeaderValue::from_static("soon"));
        Deadline::of_headers(&headers).write_remaining(&mut headers);
        assert_eq!(headers[GRPC_TIMEOUT], "soon");
    }

    #[tokio::test(start_paused = true)]
    async fn time_spent_in_the_layers_is_taken_off_too() {
        let mut request = Request::new(());
        let headers = request.headers_mut();
        headers.insert(GRPC_TIMEOUT, HeaderValue::from_static("10S"));
        let until = host::Until(Instant::now() + Duration::from_secs(10));
        request.extensions_mut().insert(until);
        tokio::time::advance(Duration::from_secs(2)).await;
        let remaining = Deadline::of(&request).remaining();
        assert_eq!(remaining, Some(Duration::from_secs(8)));
    }

    #[tokio::test(start_paused = true)]
    async fn time_spent_here_is_taken_off() {
        let mut headers = HeaderMap::new();
        headers.insert(GRPC_TIMEOUT, HeaderValue::from_static("10S"));
        let deadline = Deadline::of_headers(&headers);
        tokio::time::advance(Duration::from_secs(4)).await;
        deadline.write_remaining(&mut headers);
        assert_eq!(parse(&headers[GRPC_TIMEOUT]), Some(Duration::from_secs(6)));
        tokio::time::advance(Duration::from_secs(7)).await;
        deadline.write_remaining(&mut headers);
        assert_eq!(parse(&headers[GRPC_TIMEOUT]), Some(Duration::ZERO));
    }

    proptest! {
        #[test]
        fn formatted_timeout_reads_back_no_longer_and_nearly_as_long(nanos in 0..u64::MAX) {
            let given = Duration::from_nanos(nanos);
            let read = parse(&format(given).expect("fits")).expect("valid");
            prop_assert!(read <= given);
            let lost = given.saturating_sub(read).as_nanos();
            prop_assert!(lost <= given.as_nanos() / 1_000_000);
        }
    }
}
