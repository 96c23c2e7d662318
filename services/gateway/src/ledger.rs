//! `LedgerService` over the logs of all services: the one path that every service answers.
//!
//! Which service is meant stands in the first field of each request (`logs/documents…`). Only that
//! field is decoded; the call then goes on byte for byte, so the service's answer, and its methods
//! to come, need nothing here.

use std::{sync::Arc, time::Duration};

use axum::body::Body as IncomingBody;
use bytes::Bytes;
use fault::Fault;
use host::Deps;
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use tonic::{
    Code, Status,
    body::Body,
    codec::{BufferSettings, CompressionEncoding, Streaming},
};
use tonic_prost::ProstDecoder;

use crate::{
    fault::DOMAIN as GATEWAY_DOMAIN,
    forward::{self, Deadline},
    service::Service,
    upstream::{Upstreams, told},
};

/// The service, which every service of Accord has and the gateway answers for all.
pub(crate) const SERVICE: &str = "accord.ledger.v1.LedgerService";

/// Whose reasons those about the log's name are; the others are the gateway's own.
const DOMAIN: &str = "accord.ledger.v1";

/// Largest request. The longest that the contract allows is a filter and a page token.
const MAX_REQUEST_BYTES: usize = 64 * 1024;

/// The method whose answers have no end.
const WATCH: &str = "/accord.ledger.v1.LedgerService/WatchChanges";

/// How long a watch goes on when the gateway stops: a service of the same process ends it itself,
/// with a last token.
const WATCH_GRACE: Duration = Duration::from_secs(1);

aip::resource_name! {
    /// Name of a log.
    struct LogName = "logs/{log}";
}

/// What every request of `LedgerService` begins with.
#[derive(Clone, PartialEq, Eq, prost::Message)]
struct Subject {
    /// The log, or a name beneath it: `logs/documents`, `logs/trade/entries/7`.
    #[prost(string, tag = "1")]
    name: String,
}

/// Answers one call of `LedgerService` by the service whose log it names.
pub(crate) async fn dispatch(
    upstreams: Arc<Upstreams>,
    deps: Deps,
    request: Request<IncomingBody>,
) -> Response<Body> {
    if !forward::is_grpc(&request) {
        return forward::not_grpc();
    }
    let is_watch = request.uri().path() == WATCH;
    let response = answer(&upstreams, request)
        .await
        .unwrap_or_else(Status::into_http);
    if !is_watch {
        return response;
    }
    let stopping = async move {
        deps.stopping.cancelled().await;
        tokio::time::sleep(WATCH_GRACE).await;
    };
    response.map(|body| host::until_stopping(body, stopping))
}

async fn answer(
    upstreams: &Upstreams,
    request: Request<IncomingBody>,
) -> Result<Response<Body>, Status> {
    let deadline = Deadline::of(&request);
    let (mut parts, body) = request.into_parts();
    let own = |fault: Fault| fault.into_status(GATEWAY_DOMAIN);
    let bytes = collect(body).await?;
    let subject = subject(&parts.headers, bytes.clone()).await.map_err(own)?;
    let upstream = match log_of(&subject.name) {
        Ok(service) => upstreams
            .service(service)
            .ok_or_else(|| own(not_configured(service)))?,
        // Any service refuses it, and lists what else is wrong.
        Err(fault) => match upstreams.services().next() {
            Some((_, upstream)) => upstream,
            None => return Err(fault.into_status(DOMAIN)),
        },
    };
    deadline.write_remaining(&mut parts.headers);
    let request = Request::from_parts(parts, Body::new(Full::new(bytes)));
    Ok(forward::forward(upstream, request).await)
}

/// Reads a whole request: each has one message, whatever its method answers.
async fn collect(body: IncomingBody) -> Result<Bytes, Status> {
    match Limited::new(body, MAX_REQUEST_BYTES).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => {
            Err(too_large().into_status(GATEWAY_DOMAIN))
        }
        // Of a request that stopped, or is no base64, the reason is known.
        Err(error) => Err(told(&Status::from_error(error))),
    }
}

fn too_large() -> Fault {
    Fault::new(
        Code::ResourceExhausted,
        "MESSAGE_TOO_LARGE",
        format!("a request of LedgerService has at most {MAX_REQUEST_BYTES} bytes"),
    )
}

/// Decodes the first field of the request's message.
async fn subject(headers: &HeaderMap, bytes: Bytes) -> Result<Subject, Fault> {
    let encoding = match headers.get("grpc-encoding").map(HeaderValue::as_bytes) {
        None | Some(b"identity") => None,
        Some(b"gzip") => Some(CompressionEncoding::Gzip),
        Some(other) => {
            let other = String::from_utf8_lossy(other);
            return Err(Fault::new(
                Code::Unimplemented,
                "COMPRESSION_UNKNOWN",
                format!(
                    "compression `{other}` is not understood here: send the message as it is, or with gzip \
                     where the log's service reads it"
                ),
            ));
        }
    };
    let mut messages = Streaming::new_request(
        ProstDecoder::<Subject>::new(BufferSettings::default()),
        Full::new(bytes),
        encoding,
        Some(MAX_REQUEST_BYTES),
    );
    let malformed = |status: Status| match status.code() {
        // As it is announced, or as it is unpacked.
        Code::OutOfRange | Code::ResourceExhausted => too_large(),
        _ => Fault::new(
            Code::InvalidArgument,
            "MESSAGE_MALFORMED",
            format!(
                "the request is not a message of its type: {}",
                status.message()
            ),
        ),
    };
    messages
        .message()
        .await
        .map_err(malformed)?
        .ok_or_else(|| malformed(Status::ok("it is empty")))
}

/// Returns the service whose log `name` is, or is beneath.
fn log_of(name: &str) -> Result<Service, Fault> {
    let log = match name.match_indices('/').nth(1) {
        Some((end, _)) => &name[..end],
        None => name,
    };
    let LogName { log } = LogName::parse("parent", log)?;
    log.parse()
        .map_err(|_unknown| Fault::not_found("ledger.accord/Log", &format!("logs/{log}")))
}

/// The gateway has not been told where `service` is.
fn not_configured(service: Service) -> Fault {
    Fault::new(
        Code::Unimplemented,
        "METHOD_UNKNOWN",
        format!("this gateway does not serve logs/{service}"),
    )
    .with_metadata("service", service.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_and_names_beneath_it_are_the_services() {
        for (name, service) in [
            ("logs/documents", Service::Documents),
            ("logs/trade", Service::Trade),
            ("logs/roadmaps/entries/7", Service::Roadmaps),
        ] {
            assert_eq!(log_of(name).ok(), Some(service));
        }
    }

    #[test]
    fn another_name_is_refused_and_another_log_is_not_found() {
        for (name, reason) in [
            ("", "FIELD_REQUIRED"),
            ("logs", "NAME_INVALID"),
            ("log/trade", "NAME_INVALID"),
            ("partnerships/uz-kz", "NAME_INVALID"),
            ("logs/", "NAME_INVALID"),
            ("logs/Trade", "NAME_INVALID"),
            ("logs/stock", "RESOURCE_NOT_FOUND"),
        ] {
            assert_eq!(log_of(name).expect_err(name).reason(), reason, "{name}");
        }
    }
}
