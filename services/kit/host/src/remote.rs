//! Other gRPC servers: their addresses as an operator writes them, and channels that connect when used.

mod shown;
mod tls;

use std::{io, time::Duration};

use hyper_util::{client::legacy::connect::HttpConnector, rt::TokioIo};
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream, rustls::pki_types::ServerName};
use tonic::transport::{Channel, Endpoint, Uri};
use tower::ServiceExt as _;
use url::Url;

pub use self::tls::RemoteTlsArgs;
use crate::flow;

/// Longest wait for a connection. A caller learns of a dead server within it; a healthy one in the
/// same region connects in a hundredth of it.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// How often an idle TCP connection is probed. HTTP/2 pings would find a dead peer too, but other
/// gRPC servers end connections that ping more often than every five minutes.
const TCP_KEEPALIVE: Duration = Duration::from_secs(30);

/// Most bytes of headers and trailers accepted from a server. Error details travel in a trailer.
const MAX_HEADER_BYTES: u32 = 64 * 1024;

/// What is wrong with the address of a gRPC server.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{url}` is not an address of a gRPC server: {reason}")]
pub struct AddressError {
    /// As given.
    pub url: String,
    /// What is wrong with it.
    pub reason: String,
}

/// Parses the address of a gRPC server: a scheme, a host and perhaps a port, since the path of a
/// call is the method's. `http` is HTTP/2 with prior knowledge, `https` HTTP/2 over TLS.
pub fn address(text: &str) -> Result<Url, AddressError> {
    let wrong = |reason: &str| AddressError {
        url: text.to_owned(),
        reason: reason.to_owned(),
    };
    let url = Url::parse(text).map_err(|error| wrong(&error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(wrong("the scheme must be http or https"));
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("it may only have a host and a port"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("it may not hold credentials"));
    }
    Ok(url)
}

/// Returns a channel that connects on first use and again after a loss. Must be called inside a tokio
/// runtime; the error is one line for the operator.
pub fn channel(url: &Url) -> Result<Channel, String> {
    channel_with(url, &RemoteTlsArgs::default())
}

/// Returns a channel as [`channel`] does, with `tls` where the address is `https`. The certificate that is shown is read again
/// when it changes.
pub fn channel_with(url: &Url, tls: &RemoteTlsArgs) -> Result<Channel, String> {
    let unusable = |error: &dyn std::fmt::Display| format!("cannot use {url}: {error}");
    let endpoint = |text: &str| {
        let endpoint = Endpoint::from_shared(text.to_owned()).map_err(|error| unusable(&error))?;
        Ok::<_, String>(
            flow::shared(endpoint)
                .connect_timeout(CONNECT_TIMEOUT)
                .tcp_keepalive(Some(TCP_KEEPALIVE))
                .tcp_nodelay(true)
                .http2_max_header_list_size(MAX_HEADER_BYTES),
        )
    };
    if url.scheme() != "https" {
        return Ok(endpoint(url.as_str())?.connect_lazy());
    }
    let tls = TlsConnector::from(tls.rustls().map_err(|error| error.to_string())?);
    let host = url.host_str().unwrap_or_default();
    let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned())
        .map_err(|error| unusable(&error))?;
    // The channel would encrypt once more what it connects to as `https`; its calls still say that they are.
    let port = url.port_or_known_default().unwrap_or_default();
    let endpoint = endpoint(&format!("http://{host}:{port}"))?;
    let origin: Uri = url.as_str().parse().map_err(|error| unusable(&error))?;
    let connector = tower::service_fn(move |to: Uri| encrypted(to, tls.clone(), name.clone()));
    Ok(endpoint
        .origin(origin)
        .connect_with_connector_lazy(connector))
}

/// Connects to a server, and makes the handshake with it.
async fn encrypted(
    to: Uri,
    tls: TlsConnector,
    name: ServerName<'static>,
) -> io::Result<TokioIo<TlsStream<TcpStream>>> {
    let mut tcp = HttpConnector::new();
    tcp.set_nodelay(true);
    tcp.set_keepalive(Some(TCP_KEEPALIVE));
    let stream = tcp.oneshot(to).await.map_err(io::Error::other)?;
    let stream = tls.connect(name, stream.into_inner()).await?;
    Ok(TokioIo::new(stream))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_is_a_scheme_a_host_and_a_port() {
        for (text, expected) in [
            ("http://trade:8084", "http://trade:8084/"),
            ("https://trade", "https://trade/"),
        ] {
            assert_eq!(address(text).unwrap().as_str(), expected);
        }
    }

    #[test]
    fn address_with_a_path_another_scheme_or_credentials_is_refused() {
        for text in [
            "http://a:1/x",
            "ftp://a:1",
            "a:1",
            "http://u:p@a:1",
            "http://a?x",
            "",
        ] {
            let error = address(text).unwrap_err();
            assert_eq!(error.url, text);
            assert!(error.to_string().contains("is not an address"), "{error}");
        }
    }
}
