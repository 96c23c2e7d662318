//! What the gateway answers on its own account: that nothing serves a path, or that the server
//! which does cannot be reached.

use std::{error::Error, time::Duration};

use fault::Fault;
use tonic::{Code, ConnectError, Status, TimeoutExpired};

/// The domain of reasons that every part of Accord shares.
pub(crate) const DOMAIN: &str = "accord";

/// When to try a dead upstream again: about the time in which an orchestrator replaces it.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Nothing behind the gateway answers `path`.
pub(crate) fn unknown_method(path: &str) -> Status {
    Fault::new(
        Code::Unimplemented,
        "METHOD_UNKNOWN",
        format!("no service behind this gateway answers {path}"),
    )
    .with_metadata("path", path)
    .into_status(DOMAIN)
}

/// `upstream` gave no answer.
pub(crate) fn upstream(upstream: &str, error: &(dyn Error + 'static)) -> Status {
    if caused_by::<TimeoutExpired>(error) {
        return late(upstream);
    }
    if caused_by::<ConnectError>(error) {
        return unreachable(upstream, error);
    }
    lost(upstream, error)
}

/// `upstream` has not answered within the call's deadline.
pub(crate) fn late(upstream: &str) -> Status {
    Fault::new(
        Code::DeadlineExceeded,
        "DEADLINE_EXCEEDED",
        format!("service {upstream} did not answer within the deadline of the call"),
    )
    .with_metadata("service", upstream)
    .into_status(DOMAIN)
}

/// Too many calls wait for a place at `upstream` already.
pub(crate) fn busy(upstream: &str) -> Status {
    Fault::new(
        Code::Unavailable,
        "OVERLOADED",
        format!("too many calls wait for service {upstream}; try again"),
    )
    .with_metadata("service", upstream)
    .with_retry(RETRY_AFTER)
    .into_status(DOMAIN)
}

/// The name of `upstream` stands for no address.
pub(crate) fn without_address(upstream: &str) -> Status {
    #[derive(Debug, thiserror::Error)]
    #[error("no address is known")]
    struct NoAddress;
    unreachable(upstream, &NoAddress)
}

/// `upstream` cannot be reached, or does not take the call: it has had no effect and may be repeated safely. Whoever
/// gives an address up warns of it, once; here it is only one call more.
pub(crate) fn unreachable(upstream: &str, error: &(dyn Error + 'static)) -> Status {
    tracing::debug!(service = upstream, error = %chain(error), "upstream unavailable");
    Fault::new(
        Code::Unavailable,
        "UPSTREAM_UNAVAILABLE",
        format!("service {upstream} cannot be reached"),
    )
    .with_metadata("service", upstream)
    .with_retry(RETRY_AFTER)
    .into_status(DOMAIN)
}

/// The connection to `upstream` ended before its answer did: the call may have taken effect.
pub(crate) fn lost(upstream: &str, error: &(dyn Error + 'static)) -> Status {
    tracing::warn!(service = upstream, error = %chain(error), "upstream lost during a call");
    Fault::new(
        Code::Unavailable,
        "UPSTREAM_LOST",
        format!(
            "service {upstream} was lost before it had answered; the call may have taken effect"
        ),
    )
    .with_metadata("service", upstream)
    .with_retry(RETRY_AFTER)
    .into_status(DOMAIN)
}

/// Nothing comes back from the address of `upstream` that the call went to: it may have taken effect.
pub(crate) fn silent(upstream: &str) -> Status {
    #[derive(Debug, thiserror::Error)]
    #[error("its address answers no health checks")]
    struct Silent;
    lost(upstream, &Silent)
}

/// Tells whether `error` or one of its sources is an `E`.
fn caused_by<E: Error + 'static>(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(current) = cause {
        if current.is::<E>() {
            return true;
        }
        cause = current.source();
    }
    false
}

/// Returns the messages of `error` and its sources, outermost first.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(current) = cause {
        text.push_str(": ");
        text.push_str(&current.to_string());
        cause = current.source();
    }
    text
}
