//! The certificate of a call's client on its way from the port where it was shown to the service that is asked: the header
//! `Client-Cert` of RFC 9440.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request};

use crate::PeerCertificate;

/// How long a stream lasts, and a connection is used, whose client is known by its certificate: the list of agencies and the
/// authorities can change, and a certificate, unlike a token, is often good for years.
pub(crate) const TRUSTED_FOR: Duration = Duration::from_hours(1);

/// Carries the certificate, as a byte sequence of RFC 8941: base64 between colons.
pub(crate) const CLIENT_CERT: HeaderName = HeaderName::from_static("client-cert");

/// Returns the certificate of the client of a request, and lets the header say it, and nothing else, for whoever the request is
/// passed on to.
///
/// Where the header is `believed`, whoever connects is a gateway, and its own certificate is not its caller's; elsewhere the
/// header would be a certificate that nobody has shown.
pub(crate) fn settle<B>(request: &mut Request<B>, believed: bool) -> Option<PeerCertificate> {
    let told = request.headers_mut().remove(CLIENT_CERT);
    let certificate = if believed {
        told.as_ref().and_then(decode)
    } else {
        request.extensions().get::<PeerCertificate>().cloned()
    }?;
    if let Some(value) = encode(&certificate) {
        request.headers_mut().insert(CLIENT_CERT, value);
    }
    Some(certificate)
}

fn decode(value: &HeaderValue) -> Option<PeerCertificate> {
    let text = value.to_str().ok()?.strip_prefix(':')?.strip_suffix(':')?;
    Some(PeerCertificate(Bytes::from(STANDARD.decode(text).ok()?)))
}

fn encode(certificate: &PeerCertificate) -> Option<HeaderValue> {
    let text = format!(":{}:", STANDARD.encode(&certificate.0));
    HeaderValue::try_from(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificate(bytes: &'static [u8]) -> PeerCertificate {
        PeerCertificate(Bytes::from_static(bytes))
    }

    fn request(told: Option<&str>, shown: Option<&PeerCertificate>) -> Request<()> {
        let mut request = Request::new(());
        if let Some(told) = told {
            request
                .headers_mut()
                .append(CLIENT_CERT, told.parse().unwrap());
        }
        if let Some(shown) = shown {
            request.extensions_mut().insert(shown.clone());
        }
        request
    }

    #[test]
    fn header_that_is_not_believed_is_taken_away() {
        let mut told = request(Some(":AAEC:"), None);
        assert_eq!(settle(&mut told, false), None);
        assert!(told.headers().is_empty());
        let shown = certificate(b"shown");
        let mut both = request(Some(":AAEC:"), Some(&shown));
        assert_eq!(settle(&mut both, false), Some(shown));
        assert_eq!(both.headers()[CLIENT_CERT], ":c2hvd24=:");
    }

    #[test]
    fn header_that_is_believed_names_the_caller_behind_the_one_who_connects() {
        let shown = certificate(b"gateway");
        let mut both = request(Some(":AAEC:"), Some(&shown));
        assert_eq!(settle(&mut both, true), Some(certificate(&[0, 1, 2])));
        assert_eq!(both.headers()[CLIENT_CERT], ":AAEC:");
        for told in [Some("AAEC"), None] {
            let mut gateway = request(told, Some(&shown));
            assert_eq!(settle(&mut gateway, true), None);
            assert!(gateway.headers().is_empty());
        }
    }
}
