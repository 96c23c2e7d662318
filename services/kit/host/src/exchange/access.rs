//! The access log: one line for each request, when its answer has ended.
//!
//! It says who asked for what and how it went. It holds no token, no body, no query and no subject.

use std::sync::atomic::Ordering;

use http::{Method, StatusCode};

use super::Exchange;

/// The target of its lines, for filters.
pub(crate) const TARGET: &str = "access";

/// Longest path in a line; those of methods are shorter.
const PATH_BYTES: usize = 200;

/// A path as the log shows it.
pub(super) fn shown(path: &str) -> String {
    let end = path.floor_char_boundary(PATH_BYTES.min(path.len()));
    path.get(..end).unwrap_or_default().to_owned()
}

/// A request whose line is written when this is dropped.
pub(super) struct Line {
    exchange: Exchange,
    verb: Method,
    path: String,
    status: Option<StatusCode>,
}

impl Line {
    pub(super) fn new(exchange: Exchange, verb: Method, path: &str) -> Self {
        Self {
            exchange,
            verb,
            path: shown(path),
            status: None,
        }
    }

    /// Says how the answer begins.
    pub(super) fn answered(&mut self, status: StatusCode) {
        self.status = Some(status);
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if !tracing::enabled!(target: TARGET, tracing::Level::INFO) {
            return;
        }
        let exchange = &self.exchange.0;
        let told = self.exchange.told();
        let of_http = || format!("{} {}", self.verb, self.path);
        let method = told.method.clone().unwrap_or_else(of_http);
        // The client went away where there is neither a code nor a status.
        let code = told.code.or(self.status.is_none().then_some("CANCELLED"));
        let duration_us = u64::try_from(exchange.begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        tracing::info!(
            target: TARGET,
            method,
            code,
            status = self.status.map(|status| status.as_u16()),
            duration_us,
            request_bytes = exchange.request_bytes.load(Ordering::Relaxed),
            response_bytes = exchange.response_bytes.load(Ordering::Relaxed),
            protocol = exchange.protocol.name(),
            agency = told.agency.as_deref(),
            peer = %exchange.client,
            trace_id = Some(told.trace_id.as_str()).filter(|id| !id.is_empty()),
            request_id = told.request_id.as_ref().and_then(|id| id.to_str().ok()),
        );
    }
}
