//! How much one HTTP/2 connection carries at once: windows and streams.
//!
//! The gateway reaches each service over one connection, so what one call does not read must not
//! hold up the others: each stream's window is small, and the connection's never runs out first.

use tonic::transport::{Endpoint, Server};

use crate::args::ConnectionArgs;

/// What a stream may send before its reader has taken it: enough for 20 MiB/s at a round trip of
/// 12 ms.
pub(crate) const STREAM_WINDOW_BYTES: u32 = 256 * 1024;

/// The most that HTTP/2 allows (RFC 9113 section 6.9.1): 8,191 streams can stand still before it is
/// used up. It is a permission, not memory; what waits is bounded by calls × the stream's window.
pub(crate) const CONNECTION_WINDOW_BYTES: u32 = (1 << 31) - 1;

/// Streams of a connection of many callers that were cancelled before they were taken up; more end the connection. Every
/// request that has come is read before the first is taken up, so that this many can stand in a socket's buffers (6 MiB on
/// Linux, `tcp_rmem`) while the server is busy. Beyond it is no busy server but a flood.
pub(crate) const SHARED_PENDING_RESETS: usize = 64 * 1024;

/// Sets the windows of a server inside the process, and lets one connection have all of its `max_calls`, watches among them,
/// and its callers cancel as they like.
pub(crate) fn server(server: Server, max_calls: usize) -> Server {
    server
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .http2_max_pending_accept_reset_streams(Some(SHARED_PENDING_RESETS))
        .max_concurrent_streams(ConnectionArgs::default().streams(false, max_calls))
}

/// Sets the windows of the one connection over which many callers' calls go.
#[must_use]
pub fn shared(endpoint: Endpoint) -> Endpoint {
    endpoint
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
}
