//! Where one server listens, and how a connection to it is made: TCP, TLS where the URL says so, HTTP/2.

use std::{fmt, io, net::SocketAddr, time::Duration};

use bytes::Bytes;
use h2::client;
use host::remote::RemoteTlsArgs;
use http::uri::{Authority, Scheme};
use socket2::{SockRef, TcpKeepalive};
use thiserror::Error;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{TlsConnector, rustls::pki_types::ServerName};
use url::Url;

use super::connection::Connection;

/// Longest wait for a connection that answers. A caller learns of a dead server within it; a healthy one in the
/// same region connects in a hundredth of it.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// After what time without traffic a TCP connection is probed. HTTP/2 pings would find a dead peer too, but other gRPC
/// servers end connections that ping more often than every five minutes.
const TCP_KEEPALIVE: Duration = Duration::from_secs(30);

/// The time between two probes: Linux's own 75 s, nine times, would keep a dead peer for eleven minutes.
const TCP_KEEPALIVE_INTERVAL: Duration = Duration::from_secs(5);

/// Probes without an answer after which the connection is lost.
const TCP_KEEPALIVE_PROBES: u32 = 3;

/// How long what was sent may stay without a word from the peer's kernel: as long as the probes, which Linux does not send
/// while something is on its way.
#[cfg(target_os = "linux")]
const TCP_USER_TIMEOUT: Duration = Duration::from_secs(15);

/// Most bytes of headers and trailers accepted from a server. Error details travel in a trailer.
const MAX_HEADER_BYTES: u32 = 64 * 1024;

/// What a server may send on a stream before the caller has taken it: enough for 20 MiB/s at a round trip of 12 ms.
const STREAM_WINDOW_BYTES: u32 = 256 * 1024;

/// The most that HTTP/2 allows (RFC 9113 section 6.9.1), so that calls that are not read hold up no others.
const CONNECTION_WINDOW_BYTES: u32 = (1 << 31) - 1;

/// The name of HTTP/2 in TLS (RFC 9113 section 3.2).
const ALPN: &[u8] = b"h2";

/// Why no connection could be made. The text is for the log.
#[derive(Debug, Error)]
pub(super) enum ConnectError {
    /// TCP or TLS failed.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// What answers is no HTTP/2.
    #[error("{0}")]
    Http2(#[from] h2::Error),
    /// Nothing answered in time.
    #[error("no answer within {CONNECT_TIMEOUT:?}")]
    Timeout,
    /// A mistake of the gateway's own, which is logged where it was made.
    #[error("making the connection panicked")]
    Panicked,
    /// TLS was answered without HTTP/2.
    #[error("the server does not speak HTTP/2 over TLS")]
    NoAlpn,
}

/// What an operator writes of a server: scheme, host and port.
#[derive(Clone)]
pub(super) struct Origin {
    /// The scheme of its requests.
    pub(super) scheme: Scheme,
    /// The host and port that its requests name.
    pub(super) authority: Authority,
    /// The host to look up.
    pub(super) host: String,
    /// The port.
    pub(super) port: u16,
    tls: Option<(TlsConnector, ServerName<'static>)>,
}

impl Origin {
    /// Reads what `url` says, with `remote` where it says `https`; the error is one line for the operator.
    pub(super) fn of(url: &Url, remote: &RemoteTlsArgs) -> Result<Self, String> {
        let unusable = |reason: String| format!("cannot use {url}: {reason}");
        let host = url.host().ok_or_else(|| unusable("no host".to_owned()))?;
        let port = url
            .port_or_known_default()
            .ok_or_else(|| unusable("no port".to_owned()))?;
        let authority = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_string(),
        };
        // An address of IPv6 stands in brackets in a URL and nowhere else.
        let bare = host.to_string();
        let bare = bare.trim_start_matches('[').trim_end_matches(']');
        let tls = match url.scheme() {
            "https" => {
                let name = ServerName::try_from(bare.to_owned())
                    .map_err(|error| unusable(error.to_string()))?;
                let config = remote.rustls().map_err(|error| error.to_string())?;
                Some((TlsConnector::from(config), name))
            }
            _ => None,
        };
        Ok(Self {
            scheme: if tls.is_some() {
                Scheme::HTTPS
            } else {
                Scheme::HTTP
            },
            authority: authority
                .parse()
                .map_err(|error| unusable(format!("{error}")))?,
            host: bare.to_owned(),
            port,
            tls,
        })
    }

    /// Makes a connection to `address` and waits until something there answers in HTTP/2.
    pub(super) async fn connect(&self, address: SocketAddr) -> Result<Connection, ConnectError> {
        timeout(CONNECT_TIMEOUT, self.connect_without_end(address))
            .await
            .unwrap_or(Err(ConnectError::Timeout))
    }

    async fn connect_without_end(&self, address: SocketAddr) -> Result<Connection, ConnectError> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let keepalive = TcpKeepalive::new()
            .with_time(TCP_KEEPALIVE)
            .with_interval(TCP_KEEPALIVE_INTERVAL)
            .with_retries(TCP_KEEPALIVE_PROBES);
        let socket = SockRef::from(&stream);
        socket.set_tcp_keepalive(&keepalive)?;
        #[cfg(target_os = "linux")]
        socket.set_tcp_user_timeout(Some(TCP_USER_TIMEOUT))?;
        let Some((connector, name)) = &self.tls else {
            return over(stream).await;
        };
        let stream = connector.connect(name.clone(), stream).await?;
        if stream.get_ref().1.alpn_protocol() != Some(ALPN) {
            return Err(ConnectError::NoAlpn);
        }
        over(stream).await
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}://{}", self.scheme, self.authority)
    }
}

/// Begins HTTP/2 on `stream`.
async fn over(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
) -> Result<Connection, ConnectError> {
    let (sender, mut driver) = client::Builder::new()
        .enable_push(false)
        .initial_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .max_header_list_size(MAX_HEADER_BYTES)
        .handshake::<_, Bytes>(host::Gathered::new(stream))
        .await?;
    let pings = driver.ping_pong();
    let connection = Connection::new(sender, pings, driver);
    // A process that hangs still gets connections from its kernel: only an answer tells that it lives.
    connection.ping().await?;
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(url: &str) -> Origin {
        Origin::of(&url.parse().expect("a URL"), &RemoteTlsArgs::default()).expect("valid")
    }

    #[test]
    fn requests_name_the_host_and_port_as_the_operator_wrote_them() {
        for (url, host, port, shown) in [
            ("http://trade:8084", "trade", 8084, "http://trade:8084"),
            ("http://trade", "trade", 80, "http://trade"),
            ("http://[::1]:1", "::1", 1, "http://[::1]:1"),
        ] {
            let origin = origin(url);
            assert_eq!((origin.host.as_str(), origin.port), (host, port));
            assert_eq!(format!("{origin:?}"), shown);
        }
    }
}
