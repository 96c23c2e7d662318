//! Answers of gRPC as REST has them: canonical protobuf JSON, or the bytes of a `google.api.HttpBody`.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use bytes::{Buf as _, Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri, header};
use http_body::{Frame, SizeHint};
use http_body_util::{BodyExt as _, Full};
use prost_reflect::{
    DynamicMessage, MessageDescriptor, ReflectMessage as _, SerializeOptions, Value as Field,
};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tonic::{Status, body::Body};

use super::{
    routes::Rule,
    status,
    table::{Index, tables},
};

/// The largest answer that is made into JSON; a stream's messages each may be as large.
const MAX_BYTES: usize = 64 << 20;

/// The bytes before each message: a flag and a length.
const PREFIX: usize = 5;

/// Writes a message as the protobuf JSON mapping has it: fields in lower camel case, 64-bit integers as strings, `Z` for UTC,
/// default values left out.
pub(super) fn json(message: &DynamicMessage) -> Result<Value, serde_json::Error> {
    message.serialize_with_options(serde_json::value::Serializer, &SerializeOptions::new())
}

/// Writes a message as text.
pub(super) fn text(message: &DynamicMessage) -> Result<Vec<u8>, serde_json::Error> {
    let mut text = Vec::with_capacity(256);
    let mut writer = serde_json::Serializer::new(&mut text);
    message.serialize_with_options(&mut writer, &SerializeOptions::new())?;
    Ok(text)
}

/// Takes the messages out of an answer as it comes.
#[derive(Debug, Default)]
pub(super) struct Messages {
    buffer: BytesMut,
}

impl Messages {
    pub(super) fn push(&mut self, data: &[u8]) {
        self.buffer.extend_from_slice(data);
    }

    /// The next message, if all of it has come.
    pub(super) fn next(&mut self) -> Result<Option<Bytes>, Status> {
        let Some(prefix) = self.buffer.get(..PREFIX) else {
            return Ok(None);
        };
        let [flag, length @ ..] = prefix else {
            return Ok(None);
        };
        let length = length
            .iter()
            .fold(0_usize, |sum, byte| (sum << 8) | usize::from(*byte));
        if *flag != 0 {
            return Err(status::broken(
                "the answer is compressed, which was not asked for",
            ));
        }
        if length > MAX_BYTES {
            return Err(status::broken(
                "the answer is larger than can be made into JSON",
            ));
        }
        if self.buffer.len() < PREFIX + length {
            return Ok(None);
        }
        self.buffer.advance(PREFIX);
        Ok(Some(self.buffer.split_to(length).freeze()))
    }

    /// Whether a part of a message has come.
    pub(super) fn has_rest(&self) -> bool {
        !self.buffer.is_empty()
    }
}

/// What a method answers, by description and table.
#[derive(Clone, Debug)]
pub(super) struct Output {
    descriptor: MessageDescriptor,
    index: Option<Index>,
}

impl Output {
    pub(super) fn of(rule: &Rule) -> Self {
        Self {
            descriptor: rule.method.output(),
            index: rule.output,
        }
    }

    /// The messages of one type.
    pub(super) fn new(descriptor: MessageDescriptor) -> Self {
        Self {
            index: tables().index(&descriptor),
            descriptor,
        }
    }

    /// Writes the bytes of a message as text.
    pub(super) fn text(&self, bytes: &Bytes) -> Result<Vec<u8>, Status> {
        if let Some(index) = self.index {
            // Names take more room in JSON than numbers do on the wire.
            let mut text = Vec::with_capacity(bytes.len() * 2 + 64);
            if tables().write(index, bytes, &mut text).is_ok() {
                return Ok(text);
            }
        }
        text(&self.message(bytes)?).map_err(no_json)
    }

    /// A text field of a message itself, empty if it has none.
    pub(super) fn field(&self, bytes: &Bytes, name: &str) -> String {
        let of_table = self
            .index
            .and_then(|index| tables().text(index, bytes, name).ok());
        match of_table {
            Some(text) => text.to_owned(),
            None => {
                let message = self.message(bytes).ok();
                let text = message.and_then(|message| string(&message, name));
                text.unwrap_or_default()
            }
        }
    }

    fn message(&self, bytes: &Bytes) -> Result<DynamicMessage, Status> {
        decoded(self.descriptor.clone(), bytes.clone())
    }
}

fn no_json(error: serde_json::Error) -> Status {
    status::broken(format!("the answer cannot be made into JSON: {error}"))
}

/// Takes the one message of an answer, and the status that ends it, without which it is no answer; returns what is left of the body too,
/// which keeps the call's place.
pub(super) async fn only(response: Response<Body>) -> Result<(Bytes, Body), Status> {
    let (parts, mut body) = response.into_parts();
    if parts.headers.contains_key("grpc-status") {
        let status = status::of(&parts.headers);
        return Err(match status.code() {
            tonic::Code::Ok => status::broken("the answer has no message"),
            _ => status,
        });
    }
    let mut messages = Messages::default();
    let (mut message, mut has_ended) = (None, false);
    while let Some(frame) = body.frame().await {
        let frame = frame?;
        match frame.into_data() {
            Ok(data) => {
                messages.push(&data);
                while let Some(bytes) = messages.next()? {
                    message = Some(bytes);
                }
            }
            Err(frame) => {
                let trailers = frame.into_trailers().unwrap_or_default();
                let status = status::of(&trailers);
                if status.code() != tonic::Code::Ok {
                    return Err(status);
                }
                has_ended = true;
            }
        }
    }
    if !has_ended {
        return Err(status::lost());
    }
    if messages.has_rest() {
        return Err(status::broken("the answer ended within a message"));
    }
    let bytes = message.ok_or_else(|| status::broken("the answer has no message"))?;
    Ok((bytes, body))
}

/// Reads a message.
pub(super) fn decoded(
    descriptor: MessageDescriptor,
    bytes: Bytes,
) -> Result<DynamicMessage, Status> {
    DynamicMessage::decode(descriptor, bytes).map_err(|error| {
        status::broken(format!("the answer is not what the contract says: {error}"))
    })
}

/// Makes the answer of a method that gives one message.
pub(super) fn response(
    rule: &Rule,
    output: &Output,
    bytes: Bytes,
    given: &HeaderMap,
    uri: &Uri,
) -> Result<Response<Bytes>, Status> {
    if let Some(field) = &rule.response_body {
        let message = output.message(&bytes)?;
        return part(&message.get_field(field));
    }
    if output.descriptor.full_name() == "google.api.HttpBody" {
        let mut response = raw(&output.message(&bytes)?);
        if let Some(tag) = tag_of(response.body()).filter(|_| rule.verb == Method::GET) {
            tell(rule, &mut response, tag, given);
        }
        return Ok(response);
    }
    let text = output.text(&bytes)?;
    let tag = tag(&output.field(&bytes, "etag"), &text);
    let mut response = Response::new(text.into());
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, status::JSON);
    if let Some(tag) = tag {
        tell(rule, &mut response, tag, given);
        if response.status() == StatusCode::NOT_MODIFIED {
            return Ok(response);
        }
    }
    let token = output.field(&bytes, "next_page_token");
    if !token.is_empty()
        && let Ok(link) = HeaderValue::try_from(next_page(uri, &token))
    {
        response.headers_mut().insert(header::LINK, link);
    }
    Ok(response)
}

/// Gives an answer its tag, and leaves out what a caller who reads has already.
fn tell(rule: &Rule, response: &mut Response<Bytes>, tag: HeaderValue, given: &HeaderMap) {
    let is_known = rule.verb == Method::GET && matches(given, &tag);
    response.headers_mut().insert(header::ETAG, tag);
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response.headers_mut().remove(header::CONTENT_TYPE);
        *response.body_mut() = Bytes::new();
    }
}

/// Makes the answer of which one field is sent.
fn part(value: &Field) -> Result<Response<Bytes>, Status> {
    let Some(message) = value.as_message() else {
        return Err(status::broken(
            "the part of the answer that is sent is no message",
        ));
    };
    if message.descriptor().full_name() == "google.api.HttpBody" {
        return Ok(raw(message));
    }
    let text = text(message).map_err(no_json)?;
    let mut response = Response::new(text.into());
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, status::JSON);
    Ok(response)
}

/// How many hexadecimal digits tell one answer from another.
const DIGITS: usize = 16;

/// The tag of an answer: the etag of the resource, and a part of the hash of what is sent. Answers change without the
/// resource: what is overdue, how many documents there are, a region's name as of another day.
fn tag(etag: &str, text: &[u8]) -> Option<HeaderValue> {
    let inner = etag.strip_prefix('"')?.strip_suffix('"')?;
    let hash = hex::encode(Sha256::digest(text));
    HeaderValue::try_from(format!("\"{inner}.{}\"", hash.get(..DIGITS)?)).ok()
}

/// The tag of bytes that are sent as they are.
pub(super) fn tag_of(bytes: &[u8]) -> Option<HeaderValue> {
    let hash = hex::encode(Sha256::digest(bytes));
    HeaderValue::try_from(format!("\"{}\"", hash.get(..DIGITS)?)).ok()
}

/// The etag of the resource in a tag that an answer had; anything else is as it was given.
pub(super) fn etag_of(tag: &str) -> String {
    let parts = tag
        .strip_prefix('"')
        .and_then(|tag| tag.strip_suffix('"'))
        .and_then(|tag| tag.rsplit_once('.'));
    match parts {
        Some((etag, hash))
            if hash.len() == DIGITS && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) =>
        {
            format!("\"{etag}\"")
        }
        _ => tag.to_owned(),
    }
}

/// Bytes that are sent while the call that they come of still counts as one in progress.
struct Held {
    bytes: Full<Bytes>,
    _call: Body,
}

/// Makes the body of an answer that keeps the place of its call until it is sent.
pub(super) fn held(bytes: Bytes, call: Body) -> Body {
    Body::new(Held {
        bytes: Full::new(bytes),
        _call: call,
    })
}

impl http_body::Body for Held {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        Pin::new(&mut self.bytes)
            .poll_frame(context)
            .map_err(|never| match never {})
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.bytes.size_hint()
    }
}

/// The bytes of a `google.api.HttpBody` with their type.
fn raw(message: &DynamicMessage) -> Response<Bytes> {
    let data = message.get_field_by_name("data");
    let data = data
        .as_deref()
        .and_then(Field::as_bytes)
        .cloned()
        .unwrap_or_default();
    let mut response = Response::new(data);
    let kind = string(message, "content_type").and_then(|kind| HeaderValue::try_from(kind).ok());
    let kind = kind.unwrap_or_else(|| HeaderValue::from_static("application/octet-stream"));
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

/// A text field that a message may have.
fn string(message: &DynamicMessage, name: &str) -> Option<String> {
    let value = message.get_field_by_name(name)?;
    value
        .as_str()
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

/// Whether `If-None-Match` names an etag (RFC 9110 section 13.1.2).
pub(super) fn matches(given: &HeaderMap, etag: &HeaderValue) -> bool {
    let values = given.get_all(header::IF_NONE_MATCH).iter();
    let mut tags = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    tags.any(|tag| {
        let tag = tag.trim();
        tag == "*" || tag.strip_prefix("W/").unwrap_or(tag).as_bytes() == etag.as_bytes()
    })
}

/// The address of the next page (RFC 8288).
fn next_page(uri: &Uri, token: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        if name != "page_token" && name != "pageToken" {
            query.append_pair(&name, &value);
        }
    }
    query.append_pair("page_token", token);
    format!("<{}?{}>; rel=\"next\"", uri.path(), query.finish())
}

#[cfg(test)]
mod tests {
    use futures::stream;
    use http_body_util::StreamBody;
    use tonic::Code;

    use super::*;

    /// An answer of these bytes, which ends with a status if there is a code.
    fn answer(bytes: &'static [u8], code: Option<&'static str>) -> Response<Body> {
        let mut frames = vec![Ok::<_, Status>(Frame::data(Bytes::from_static(bytes)))];
        frames.extend(code.map(|code| {
            let mut trailers = HeaderMap::new();
            trailers.insert("grpc-status", HeaderValue::from_static(code));
            Ok(Frame::trailers(trailers))
        }));
        Response::new(Body::new(StreamBody::new(stream::iter(frames))))
    }

    #[tokio::test]
    async fn an_answer_is_its_message_and_a_good_status_and_nothing_less() {
        const MESSAGE: &[u8] = &[0, 0, 0, 0, 2, 8, 1];
        let (message, _) = only(answer(MESSAGE, Some("0"))).await.unwrap();
        assert_eq!(&message[..], [8, 1]);
        for (bytes, code, expected) in [
            (MESSAGE, None, Code::Unavailable),
            (&[], None, Code::Unavailable),
            (MESSAGE, Some("5"), Code::NotFound),
            (&[], Some("0"), Code::Internal),
            (&[0, 0, 0, 0, 0, 0], Some("0"), Code::Internal),
        ] {
            let status = only(answer(bytes, code)).await.unwrap_err();
            assert_eq!(status.code(), expected, "{bytes:?} {code:?}");
        }
        let mut head = answer(&[], None);
        let ok = HeaderValue::from_static("0");
        head.headers_mut().insert("grpc-status", ok);
        assert_eq!(only(head).await.unwrap_err().code(), Code::Internal);
    }

    #[test]
    fn the_etag_of_a_resource_is_found_in_the_tag_of_an_answer() {
        let tag = tag("\"abc\"", b"{}").unwrap();
        let text = tag.to_str().unwrap();
        assert_ne!(text, "\"abc\"");
        assert_eq!(etag_of(text), "\"abc\"");
        for other in ["\"abc\"", "W/\"abc\"", "abc", "\"a.b\"", "*", "\""] {
            assert_eq!(etag_of(other), other);
        }
        assert_ne!(super::tag("\"abc\"", b"[]").unwrap(), tag);
    }
}
