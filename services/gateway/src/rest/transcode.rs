//! Makes the body of a REST request into the message of its method, behind the layers that every call passes: nothing is read of a caller
//! without a good token, and what is read counts as a call in progress.

use std::{error::Error, sync::Arc};

use axum::{BoxError, body::Body, extract::Request, middleware::Next, response::Response};
use bytes::Bytes;
use fault::Fault;
use http::{Extensions, HeaderMap, HeaderName, StatusCode, header, request::Parts};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use tonic::{Code, Status};

use super::{own::Own, request, routes::Rule};
use crate::fault::DOMAIN;

/// The largest body of a request: what a message of gRPC may have. The port stops one at `--max-message-bytes`, which is no more.
const MAX_BODY_BYTES: usize = 4 << 20;

/// The headers that say something of the message.
const OF_MESSAGE: [HeaderName; 5] = [
    header::CONTENT_TYPE,
    header::CONTENT_ENCODING,
    header::IF_MATCH,
    HeaderName::from_static("idempotency-key"),
    HeaderName::from_static("last-event-id"),
];

/// What a REST request says beside its body, on its way through the layers.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    rule: Arc<Rule>,
    path: Vec<(String, String)>,
    query: Option<String>,
    headers: HeaderMap,
}

/// Whether a call comes by REST, or is of what the gateway answers itself.
pub(crate) fn is_of_rest(extensions: &Extensions) -> bool {
    extensions.get::<Asked>().is_some() || extensions.get::<Own>().is_some()
}

/// Another HTTP status than the code of a refusal has.
#[derive(Clone, Copy, Debug)]
pub(super) struct HttpStatus(pub(super) StatusCode);

/// Why a body is no message.
struct Refusal(Option<StatusCode>, Status);

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self(None, fault.into_status(DOMAIN))
    }
}

impl Asked {
    pub(super) fn new(rule: &Arc<Rule>, path: Vec<(&str, String)>, parts: &Parts) -> Self {
        let path = path.into_iter();
        let mut headers = HeaderMap::new();
        for name in OF_MESSAGE {
            for value in parts.headers.get_all(&name) {
                headers.append(name.clone(), value.clone());
            }
        }
        Self {
            rule: Arc::clone(rule),
            path: path
                .map(|(field, value)| (field.to_owned(), value))
                .collect(),
            query: parts.uri.query().map(str::to_owned),
            headers,
        }
    }

    async fn message(&self, body: Body) -> Result<Bytes, Refusal> {
        let body = read(&self.headers, body).await?;
        let path: Vec<(&str, String)> = self
            .path
            .iter()
            .map(|(field, value)| (field.as_str(), value.clone()))
            .collect();
        let query = self.query.as_deref();
        Ok(request::framed(
            &self.rule,
            &path,
            query,
            &self.headers,
            &body,
        )?)
    }
}

/// Passes a call on with its message; calls of gRPC as they are. Answers what the gateway answers itself.
pub(crate) async fn layer(mut call: Request, next: Next) -> Response {
    if let Some(own) = call.extensions_mut().remove::<Own>() {
        return own.answer().await;
    }
    let Some(asked) = call.extensions_mut().remove::<Asked>() else {
        return next.run(call).await;
    };
    let (parts, body) = call.into_parts();
    match asked.message(body).await {
        Ok(message) => {
            next.run(Request::from_parts(parts, Body::from(message)))
                .await
        }
        Err(Refusal(http, status)) => {
            let refused: http::Response<tonic::body::Body> = status.into_http();
            let mut refused = refused.map(Body::new);
            if let Some(http) = http {
                refused.extensions_mut().insert(HttpStatus(http));
            }
            refused
        }
    }
}

/// Reads the body of a request, which is JSON if there is any. How long it may take is for the port to say
/// (`--body-seconds`, `--body-rate`), which ends one that is too slow with a status.
async fn read<B>(headers: &HeaderMap, body: B) -> Result<Bytes, Refusal>
where
    B: http_body::Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    let refused = |http, fault: Fault| Refusal(Some(http), fault.into_status(DOMAIN));
    if let Some(coding) = headers
        .get(header::CONTENT_ENCODING)
        .filter(|coding| *coding != "identity")
    {
        let message = format!("a body is sent as it is, not with content-encoding {coding:?}");
        let fault = Fault::new(Code::Unimplemented, "COMPRESSION_UNKNOWN", message);
        return Err(refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, fault));
    }
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    let body = match Limited::new(body, MAX_BODY_BYTES).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => {
            let message = format!("the body is larger than {MAX_BODY_BYTES} bytes");
            let fault = Fault::new(Code::ResourceExhausted, "MESSAGE_TOO_LARGE", message);
            return Err(refused(StatusCode::PAYLOAD_TOO_LARGE, fault));
        }
        Err(error) => {
            if let Some(status) = of_port(&*error) {
                let http = match status.code() {
                    Code::ResourceExhausted => StatusCode::PAYLOAD_TOO_LARGE,
                    _ => StatusCode::REQUEST_TIMEOUT,
                };
                return Err(Refusal(Some(http), status));
            }
            let message = "the request ended before its body was complete";
            return Err(Fault::new(Code::Cancelled, "REQUEST_INCOMPLETE", message).into());
        }
    };
    if body.is_empty() || is_json(headers) {
        return Ok(body);
    }
    let message = "a body is JSON: send content-type application/json";
    let fault = Fault::new(Code::InvalidArgument, "CONTENT_TYPE_UNKNOWN", message);
    Err(refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, fault))
}

/// What the port says of a body that came too slowly, or is too large.
fn of_port(error: &(dyn Error + 'static)) -> Option<Status> {
    let mut cause = Some(error);
    while let Some(current) = cause {
        if let Some(status) = current.downcast_ref::<Status>() {
            let is_of_port = matches!(
                status.code(),
                Code::DeadlineExceeded | Code::ResourceExhausted
            );
            return is_of_port.then(|| status.clone());
        }
        cause = current.source();
    }
    None
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}
