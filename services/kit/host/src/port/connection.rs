//! One connection, from its handshake to its end.

use std::{error::Error, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use bytes::Bytes;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::{Instant, sleep, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{Certificates, meter::Metered};
use crate::{
    args::{ConnectionArgs, Resets},
    client_cert::TRUSTED_FOR,
    exchange::Exchanges,
    flow,
    gather::Gathered,
    limits::Limit,
    metrics::Metrics,
    peer::{Peer, PeerCertificate},
};

/// Streams that a client has reset before they were taken up; more end the connection. h2's own figure, stated here
/// because it is what stops rapid resets (CVE-2023-44487). [`flow::SHARED_PENDING_RESETS`] has that of many callers.
const PENDING_RESETS: usize = 20;

/// Streams that a client has made the server reset by its errors, as long as the connection lasts; more end it. h2's own
/// figure (CVE-2025-8671). What is still on its way to a stream that was answered early is such an error too, so that a
/// connection of many callers has no such limit.
const LOCAL_RESETS: usize = 1024;

/// The least that HTTP/1 needs as a buffer, by hyper's word.
const MIN_BUFFER: usize = 8192;

/// What serves the connections of a port.
pub(super) struct Serving {
    pub(super) http: Builder<TokioExecutor>,
    pub(super) exchanges: Arc<Exchanges>,
    pub(super) args: ConnectionArgs,
    /// Nothing where its connections are of many callers.
    pub(super) resets: Option<Resets>,
    pub(super) certificates: Option<Certificates>,
    pub(super) metrics: Metrics,
}

/// Sets up HTTP with its limits: HTTP/2, and HTTP/1.1 if asked.
pub(super) fn http(
    args: &ConnectionArgs,
    streams: u32,
    resets: Option<Resets>,
    http1: bool,
) -> Builder<TokioExecutor> {
    let mut http = Builder::new(TokioExecutor::new());
    if !http1 {
        http = http.http2_only();
    }
    let header_bytes = usize::try_from(args.max_header_bytes).unwrap_or(usize::MAX);
    http.http1()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(args.header_seconds))
        .max_buf_size(header_bytes.max(MIN_BUFFER));
    http.http2()
        .timer(TokioTimer::new())
        .initial_stream_window_size(flow::STREAM_WINDOW_BYTES)
        .initial_connection_window_size(flow::CONNECTION_WINDOW_BYTES)
        .max_concurrent_streams(streams)
        .max_header_list_size(args.max_header_bytes)
        .max_pending_accept_reset_streams(
            resets.map_or(flow::SHARED_PENDING_RESETS, |_| PENDING_RESETS),
        )
        .max_local_error_reset_streams(resets.map(|_| LOCAL_RESETS))
        .keep_alive_interval(Duration::from_secs(args.keepalive_seconds))
        .keep_alive_timeout(Duration::from_secs(args.keepalive_timeout_seconds));
    http
}

impl Serving {
    /// Serves a connection of `address` until it ends, or in order until its calls have once `stopping`.
    pub(super) async fn serve(
        &self,
        stream: TcpStream,
        address: SocketAddr,
        stopping: &CancellationToken,
    ) {
        let mut peer = Peer {
            address,
            certificate: None,
            is_tls: false,
        };
        let Some(certificates) = &self.certificates else {
            return Box::pin(self.speak(stream, peer, stopping)).await;
        };
        let handshake = certificates.acceptor().accept(stream);
        let stream = tokio::select! {
            outcome = timeout(self.args.handshake(), handshake) => match outcome {
                Ok(Ok(stream)) => stream,
                Ok(Err(error)) => {
                    self.metrics.count_failed_handshake();
                    tracing::debug!(peer = %address, %error, "a TLS handshake failed");
                    return;
                }
                Err(_) => return self.metrics.hit(Limit::TlsHandshake),
            },
            () = stopping.cancelled() => return,
        };
        peer.is_tls = true;
        let shown = stream.get_ref().1.peer_certificates();
        peer.certificate = shown
            .and_then(<[_]>::first)
            .map(|first| PeerCertificate(Bytes::copy_from_slice(first)));
        Box::pin(self.speak(stream, peer, stopping)).await;
    }

    /// Speaks HTTP until the connection ends.
    async fn speak<T>(&self, stream: T, peer: Peer, stopping: &CancellationToken)
    where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (address, has_certificate) = (peer.address, peer.certificate.is_some());
        let service = self.exchanges.of(peer);
        let business = service.business();
        let stream = Metered::new(stream, &self.args, self.resets, self.metrics.clone());
        let stream = Gathered::new(stream);
        let mut connection = pin!(self.http.serve_connection(TokioIo::new(stream), service));
        let mut age = self.args.age();
        if has_certificate {
            // Calls are judged by what was shown at its beginning.
            age = age.min(TRUSTED_FOR);
        }
        let mut age = pin!(sleep(age));
        let mut idle = pin!(sleep(self.args.idle()));
        let mut is_ending = false;
        let outcome = loop {
            tokio::select! {
                outcome = &mut connection => break outcome,
                () = &mut age, if !is_ending => {}
                () = stopping.cancelled(), if !is_ending => {}
                () = &mut idle, if !is_ending => {
                    let left = self.args.idle().saturating_sub(business.idle());
                    if left > Duration::ZERO {
                        idle.set(sleep_until(Instant::now() + left));
                        continue;
                    }
                    self.metrics.hit(Limit::Idle);
                }
            }
            is_ending = true;
            connection.as_mut().graceful_shutdown();
        };
        if let Err(error) = outcome {
            if let Some(limit) = limit(&*error) {
                self.metrics.hit(limit);
            }
            tracing::debug!(peer = %address, error = %chain(&*error), "a connection ended");
        }
    }
}

/// The limit of the HTTP library that a connection went beyond, if that is why it ended.
fn limit(error: &(dyn Error + 'static)) -> Option<Limit> {
    let error: &hyper::Error = error.downcast_ref()?;
    if let Some(error) = error
        .source()
        .and_then(<dyn Error>::downcast_ref::<h2::Error>)
    {
        let is_ours = error.is_library() && error.reason() == Some(h2::Reason::ENHANCE_YOUR_CALM);
        return is_ours.then_some(Limit::Http2);
    }
    if error.is_parse_too_large() {
        return Some(Limit::Headers);
    }
    // hyper has one word for a sign of life that does not come, which has a cause, and for headers that do not.
    match (error.is_timeout(), error.source()) {
        (true, Some(_)) => Some(Limit::Keepalive),
        (true, None) => Some(Limit::Headers),
        (false, _) => None,
    }
}

/// An error with all of its causes in one line.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text = format!("{text}: {next}");
        cause = next.source();
    }
    text
}
