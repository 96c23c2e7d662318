//! Who is at the other end of a connection.

use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use tonic::{
    body::Body,
    transport::server::{TcpConnectInfo, TlsConnectInfo},
};

/// Among the extensions of a request that came over mutual TLS: the certificate of its client, in DER, which one of the
/// authorities of `--tls-client-ca` vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerCertificate(pub Bytes);

/// Puts the certificate that the client of a connection has shown among the extensions of its request.
pub(crate) fn show(mut request: Request<Body>) -> Request<Body> {
    let connection = request.extensions().get::<TlsConnectInfo<TcpConnectInfo>>();
    let certificates: Option<Arc<Vec<_>>> = connection.and_then(TlsConnectInfo::peer_certs);
    if let Some(first) = certificates.as_ref().and_then(|all| all.first()) {
        let certificate = PeerCertificate(Bytes::copy_from_slice(first.as_ref()));
        request.extensions_mut().insert(certificate);
    }
    request
}
