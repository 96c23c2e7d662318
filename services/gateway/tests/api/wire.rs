//! gRPC calls as bytes: what a test sends, and what came back.

use std::convert::Infallible;

use accord_proto::google::rpc;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use http_body::Frame;
use http_body_util::{BodyExt, Full, StreamBody};
use prost::Message;
use tokio::sync::mpsc;
use tokio_stream::{StreamExt, wrappers::UnboundedReceiverStream};
use tonic::{Status, body::Body};

use crate::echo::frame;

/// A call to be made.
pub(crate) struct Call {
    path: String,
    headers: HeaderMap,
    body: Body,
}

impl Call {
    /// A call of the method at `path`, without a body.
    pub(crate) fn new(path: impl Into<String>) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", HeaderValue::from_static("application/grpc"));
        headers.insert("te", HeaderValue::from_static("trailers"));
        Self {
            path: path.into(),
            headers,
            body: Body::empty(),
        }
    }

    /// Adds a header; replaces those that every call has.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::try_from(name).expect("header name");
        let value = HeaderValue::try_from(value).expect("header value");
        if name == "content-type" {
            self.headers.insert(name, value);
        } else {
            self.headers.append(name, value);
        }
        self
    }

    /// Adds a header if the call has none of that name.
    pub(crate) fn header_unless_there(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.entry(name).or_insert(value);
        self
    }

    /// Sends one message.
    pub(crate) fn message(self, message: &[u8]) -> Self {
        self.body(full(frame(message)))
    }

    /// Sends these bytes.
    pub(crate) fn body(mut self, body: Body) -> Self {
        self.body = body;
        self
    }

    /// The request for the server at `authority`.
    pub(crate) fn request(self, authority: &str) -> Request<Body> {
        let mut request = Request::post(format!("http://{authority}{}", self.path))
            .body(self.body)
            .expect("request");
        *request.headers_mut() = self.headers;
        request
    }
}

/// What came back, whole.
pub(crate) struct Answer {
    pub(crate) http_status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) trailers: HeaderMap,
}

impl Answer {
    /// Reads a response to its end.
    pub(crate) async fn read<B>(response: Response<B>) -> Self
    where
        B: http_body::Body<Data = Bytes>,
        B::Error: std::fmt::Debug,
    {
        let (parts, body) = response.into_parts();
        let collected = body.collect().await.expect("the answer ends well");
        let trailers = collected.trailers().cloned().unwrap_or_default();
        Self {
            http_status: parts.status.as_u16(),
            headers: parts.headers,
            body: collected.to_bytes(),
            trailers,
        }
    }

    /// The status, wherever it stands.
    pub(crate) fn status(&self) -> Status {
        Status::from_header_map(&self.trailers)
            .or_else(|| Status::from_header_map(&self.headers))
            .expect("a status")
    }
}

/// A body of these bytes.
pub(crate) fn full(bytes: impl Into<Bytes>) -> Body {
    Body::new(Full::new(bytes.into()))
}

/// A body that a test writes to as it goes.
pub(crate) fn channel_body() -> (mpsc::UnboundedSender<Bytes>, Body) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let frames =
        UnboundedReceiverStream::new(receiver).map(|bytes| Ok::<_, Infallible>(Frame::data(bytes)));
    (sender, Body::new(StreamBody::new(frames)))
}

/// The reason of the status's `ErrorInfo`.
pub(crate) fn reason(status: &Status) -> String {
    error_info(status).reason
}

/// The status's `ErrorInfo`.
pub(crate) fn error_info(status: &Status) -> rpc::ErrorInfo {
    detail(status, "google.rpc.ErrorInfo").expect("every error has an ErrorInfo")
}

/// The detail of this type.
pub(crate) fn detail<M: Message + Default>(status: &Status, type_name: &str) -> Option<M> {
    let details = rpc::Status::decode(status.details()).expect("a google.rpc.Status");
    let any = details
        .details
        .into_iter()
        .find(|any| any.type_url.ends_with(type_name))?;
    Some(M::decode(any.value.as_slice()).expect(type_name))
}
