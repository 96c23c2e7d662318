//! gRPC-Web: the calls of browsers, which neither send nor read trailers, as calls of gRPC.
//!
//! Source of the format: "gRPC Web" of the gRPC project. Messages are framed as in gRPC; the trailers of an answer are a
//! last frame of its body, and with `application/grpc-web-text` the bytes of both bodies are written in base64.
//! What is wrong with the text of a request is the caller's fault and is told as such.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::{Bytes, BytesMut};
use fault::Fault;
use http::{HeaderMap, HeaderValue, Request, Response, header};
use http_body::{Body as _, Frame, SizeHint};
use tonic::{Code, Status, body::Body};

use super::status;
use crate::fault::DOMAIN;

/// The flag of the frame that holds the trailers.
const TRAILERS: u8 = 0x80;

/// How many characters of base64 are decoded together.
const QUARTET: usize = 4;

/// How the bytes of a body are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    /// As they are.
    Bytes,
    /// In base64.
    Text,
}

impl Coding {
    /// How a body of this type is written; nothing if it is none of gRPC-Web, or has messages of another kind than protobuf.
    fn of(kind: Option<&HeaderValue>) -> Option<Self> {
        let kind = kind?.to_str().ok()?;
        let kind = kind.split(';').next().unwrap_or_default().trim();
        let is = |known: [&str; 2]| known.iter().any(|known| kind.eq_ignore_ascii_case(known));
        if is(["application/grpc-web", "application/grpc-web+proto"]) {
            Some(Self::Bytes)
        } else if is([
            "application/grpc-web-text",
            "application/grpc-web-text+proto",
        ]) {
            Some(Self::Text)
        } else {
            None
        }
    }

    fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Bytes => "application/grpc-web+proto",
            Self::Text => "application/grpc-web-text+proto",
        })
    }
}

/// Whether a call says that it is one of gRPC-Web, of whatever kind of messages.
pub(super) fn is_named(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/grpc-web"))
}

/// How the body of a call of gRPC-Web is written; nothing if the call is none that is understood here.
pub(super) fn coding(headers: &HeaderMap) -> Option<Coding> {
    Coding::of(headers.get(header::CONTENT_TYPE))
}

/// Makes a call of gRPC of one whose body is written as `coding` says; returns too how the answer is to be written. Who asks in
/// text is answered so, whatever else it accepts: it may have no way to read bytes.
pub(super) fn call(request: Request<Body>, coding: Coding) -> (Request<Body>, Coding) {
    let (mut parts, body) = request.into_parts();
    let accepted = Coding::of(parts.headers.get(header::ACCEPT)).unwrap_or(Coding::Bytes);
    // It tells the length of the text.
    parts.headers.remove(header::CONTENT_LENGTH);
    for (name, value) in [
        (header::CONTENT_TYPE, "application/grpc"),
        (header::TE, "trailers"),
    ] {
        parts.headers.insert(name, HeaderValue::from_static(value));
    }
    match coding {
        Coding::Bytes => (Request::from_parts(parts, body), accepted),
        Coding::Text => {
            let body = Body::new(Decoded {
                text: body,
                rest: BytesMut::new(),
                has_ended: false,
            });
            (Request::from_parts(parts, body), Coding::Text)
        }
    }
}

/// Makes an answer of gRPC one of gRPC-Web. An answer that is a status alone has it in its headers, as in gRPC.
pub(super) fn answer(response: Response<Body>, coding: Coding) -> Response<Body> {
    let (mut parts, body) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts
        .headers
        .insert(header::CONTENT_TYPE, coding.content_type());
    let body = if body.is_end_stream() {
        Body::empty()
    } else {
        Body::new(Encoded {
            body: Some(body),
            coding,
            has_status: parts.headers.contains_key("grpc-status"),
        })
    };
    Response::from_parts(parts, body)
}

fn malformed(message: &str) -> Status {
    let message = format!("the body of application/grpc-web-text {message}");
    Fault::new(Code::InvalidArgument, "MESSAGE_MALFORMED", message).into_status(DOMAIN)
}

/// Reads whole quartets. Pieces that were encoded one by one, each with its padding, may follow one another.
fn decoded(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / QUARTET * 3);
    let mut rest = text;
    while !rest.is_empty() {
        let padding = rest.iter().position(|sign| *sign == b'=');
        let end = padding.map_or(rest.len(), |at| (at / QUARTET + 1) * QUARTET);
        let (piece, later) = rest.split_at_checked(end)?;
        STANDARD.decode_vec(piece, &mut bytes).ok()?;
        rest = later;
    }
    Some(bytes)
}

/// The bytes of a text as it comes. Its length is not that of the text, so none is promised.
struct Decoded {
    text: Body,
    /// What has come of a quartet.
    rest: BytesMut,
    has_ended: bool,
}

impl Decoded {
    fn fail(&mut self, message: &str) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        self.has_ended = true;
        Poll::Ready(Some(Err(malformed(message))))
    }
}

impl http_body::Body for Decoded {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = &mut *self;
        while !this.has_ended {
            let Some(frame) = ready!(Pin::new(&mut this.text).poll_frame(context)?) else {
                if !this.rest.is_empty() {
                    return this.fail("ends within four characters of base64");
                }
                this.has_ended = true;
                break;
            };
            let Ok(data) = frame.into_data() else {
                return this.fail("has trailers");
            };
            this.rest.extend_from_slice(&data);
            let whole = this.rest.len() / QUARTET * QUARTET;
            let Some(bytes) = decoded(&this.rest.split_to(whole)) else {
                return this.fail("is not base64");
            };
            if !bytes.is_empty() {
                return Poll::Ready(Some(Ok(Frame::data(bytes.into()))));
            }
        }
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        self.has_ended || (self.rest.is_empty() && self.text.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}

/// An answer under way, whose trailers become its last frame; without a body once that is out.
struct Encoded {
    body: Option<Body>,
    coding: Coding,
    /// Whether the head has the status already.
    has_status: bool,
}

impl Encoded {
    fn written(&self, bytes: Bytes) -> Frame<Bytes> {
        Frame::data(match self.coding {
            Coding::Bytes => bytes,
            Coding::Text => STANDARD.encode(bytes).into(),
        })
    }
}

/// The frame that holds trailers: a line for each.
fn trailers(trailers: &HeaderMap) -> Bytes {
    let mut block = Vec::new();
    for (name, value) in trailers {
        block.extend_from_slice(name.as_str().as_bytes());
        block.push(b':');
        block.extend_from_slice(value.as_bytes());
        block.extend_from_slice(b"\r\n");
    }
    let length = u32::try_from(block.len()).unwrap_or(u32::MAX).to_be_bytes();
    [&[TRAILERS][..], &length, &block].concat().into()
}

impl http_body::Body for Encoded {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = &mut *self;
        let Some(body) = this.body.as_mut() else {
            return Poll::Ready(None);
        };
        let last = match ready!(Pin::new(body).poll_frame(context)) {
            None if this.has_status => {
                this.body = None;
                return Poll::Ready(None);
            }
            // As in REST: without its last frame the answer could not be told from a whole one.
            None => {
                let mut last = HeaderMap::new();
                status::lost().add_header(&mut last)?;
                last
            }
            Some(Ok(frame)) => match frame.into_data() {
                Ok(data) => return Poll::Ready(Some(Ok(this.written(data)))),
                Err(frame) => frame.into_trailers().unwrap_or_default(),
            },
            // A reader of trailers would be sent the reset of a stream; this one has only the body to be told in.
            Some(Err(status)) => {
                let mut last = HeaderMap::new();
                status.add_header(&mut last)?;
                last
            }
        };
        this.body = None;
        Poll::Ready(Some(Ok(this.written(trailers(&last)))))
    }

    fn is_end_stream(&self) -> bool {
        match &self.body {
            None => true,
            Some(body) => self.has_status && body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::{BodyExt as _, StreamBody};

    use super::*;

    /// The bytes of a text that comes in these pieces.
    async fn read(pieces: &'static [&'static str]) -> Result<Vec<u8>, Status> {
        let frames = pieces
            .iter()
            .map(|piece| Ok::<_, Status>(Frame::data(Bytes::from_static(piece.as_bytes()))));
        let text = Body::new(StreamBody::new(futures::stream::iter(frames)));
        let (request, coding) = call(Request::new(text), Coding::Text);
        assert_eq!(coding, Coding::Text);
        let collected = request.into_body().collect().await?;
        Ok(collected.to_bytes().to_vec())
    }

    #[tokio::test]
    async fn text_is_read_wherever_it_is_cut_and_padded() {
        for pieces in [
            &["aGVsbG8gd29ybGQ="][..],
            &["a", "GVsb", "G8gd29ybGQ", "="],
            &["aA==ZWxsbyB3b3JsZA=="],
            &["aA=", "=ZWxsbyB3b3JsZA=", "="],
        ] {
            assert_eq!(read(pieces).await.unwrap(), b"hello world", "{pieces:?}");
        }
        assert_eq!(read(&[]).await.unwrap(), b"");
    }

    #[tokio::test]
    async fn text_that_is_not_base64_is_the_callers_fault() {
        for pieces in [
            &["AAAA*A=="][..],
            &["AAAAA"],
            &["AAAA", "AA="],
            &["AA=A"],
            &["===="],
        ] {
            let status = read(pieces).await.unwrap_err();
            assert_eq!(status.code(), Code::InvalidArgument, "{pieces:?}");
            assert!(!status.details().is_empty());
        }
    }

    #[tokio::test]
    async fn an_answer_without_its_end_is_told_to_be_lost() {
        let cut = |has_status: bool| {
            let frames = [Ok::<_, Status>(Frame::data(Bytes::from_static(b"half")))];
            let mut whole =
                Response::new(Body::new(StreamBody::new(futures::stream::iter(frames))));
            if has_status {
                let ok = HeaderValue::from_static("0");
                whole.headers_mut().insert("grpc-status", ok);
            }
            answer(whole, Coding::Bytes).into_body().collect()
        };
        let told = cut(false).await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&told).into_owned();
        assert!(text.starts_with("half\u{fffd}"), "{text}");
        assert!(text.contains("grpc-status:14\r\n"), "{text}");
        assert_eq!(cut(true).await.unwrap().to_bytes(), "half");
    }

    #[test]
    fn types_of_grpc_web_are_told_by_their_whole_name() {
        let of = |text: &'static str| Coding::of(Some(&HeaderValue::from_static(text)));
        assert_eq!(of("application/grpc-web"), Some(Coding::Bytes));
        assert_eq!(of("Application/gRPC-Web+proto"), Some(Coding::Bytes));
        assert_eq!(
            of("application/grpc-web-text; charset=utf-8"),
            Some(Coding::Text)
        );
        for other in [
            "application/grpc-web+json",
            "application/grpc-webs",
            "application/grpc",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
