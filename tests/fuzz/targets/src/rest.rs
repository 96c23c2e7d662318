//! REST requests as messages of gRPC.

use std::sync::LazyLock;

use gateway::Transcoder;
use http::{HeaderMap, HeaderValue, Method};

static TRANSCODER: LazyLock<Transcoder> = LazyLock::new(Transcoder::of_contracts);

const VERBS: [Method; 5] = [
    Method::GET,
    Method::POST,
    Method::PATCH,
    Method::DELETE,
    Method::PUT,
];

/// A request: a line with method, path and query (`GET /overview/v1/…?a=b`), one with an `If-Match`, then the body.
///
/// Whatever it is, it is refused or becomes a message; what becomes a message is told as JSON, which is the same message again.
pub fn rest(data: &[u8]) {
    let mut lines = data.splitn(3, |byte| *byte == b'\n');
    let [target, tag, body] = [(); 3].map(|()| lines.next().unwrap_or_default());
    let Ok(target) = std::str::from_utf8(target) else {
        return;
    };
    let (verb, target) = target.split_once(' ').unwrap_or(("GET", target));
    let verb = VERBS.iter().find(|known| known.as_str() == verb);
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    };
    let mut headers = HeaderMap::new();
    if let Ok(tag) = HeaderValue::from_bytes(tag) {
        headers.insert(http::header::IF_MATCH, tag.clone());
        headers.insert("idempotency-key", tag);
    }
    if tag.is_empty() {
        headers.clear();
    }
    let verb = verb.unwrap_or(&Method::GET);
    let Some(Ok(request)) = TRANSCODER.request(verb, path, query, &headers, body) else {
        return;
    };
    let message = request.message.get(5..).expect("a prefix of five bytes");
    let json = TRANSCODER
        .json(&request.input, message)
        .unwrap_or_else(|error| panic!("{path}: what was read is not written: {error}"));
    let again = TRANSCODER
        .message(&request.input, &json)
        .unwrap_or_else(|error| panic!("{path}: what was written is not read: {error:?}"));
    assert_eq!(again, message, "{}", String::from_utf8_lossy(&json));
    // Any bytes may come from a service that is not what it should be.
    let _ = TRANSCODER.json(&request.output, body);
}
