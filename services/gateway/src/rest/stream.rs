//! Answers of many messages: a JSON object a line, or server-sent events where the caller asks for them.

use std::panic::AssertUnwindSafe;

use bytes::Bytes;
use futures::{StreamExt as _, stream};
use http::{HeaderMap, HeaderValue, Response, header};
use http_body::Frame;
use http_body_util::{BodyExt as _, StreamBody};
use tonic::{Code, Status, body::Body};

use super::{
    answer::{Messages, Output},
    status,
};

/// How messages are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// One JSON object a line.
    Lines,
    /// Server-sent events, as browsers read them.
    Events,
}

impl Form {
    /// What the caller asks for.
    pub(super) fn asked(headers: &HeaderMap) -> Self {
        let accepts = headers.get_all(header::ACCEPT).iter();
        let (mut events, mut lines) = (0.0_f32, 0.0_f32);
        for range in accepts
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
        {
            let mut parts = range.split(';').map(str::trim);
            let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
            // RFC 9110 section 12.4.2; what is no weight counts as none given.
            let weight = parts.find_map(|part| part.strip_prefix("q=")?.parse().ok());
            let weight = weight.unwrap_or(1.0);
            match kind.as_str() {
                "text/event-stream" => events = weight,
                "application/x-ndjson" | "application/json" | "application/*" | "*/*" => {
                    lines = lines.max(weight);
                }
                _ => {}
            }
        }
        if events > 0.0 && events >= lines {
            Self::Events
        } else {
            Self::Lines
        }
    }

    fn media_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Lines => "application/x-ndjson",
            Self::Events => "text/event-stream",
        })
    }

    fn message(self, json: &str, id: Option<&str>) -> String {
        match (self, id) {
            (Self::Lines, _) => format!("{json}\n"),
            (Self::Events, Some(id)) => format!("id: {id}\ndata: {json}\n\n"),
            (Self::Events, None) => format!("data: {json}\n\n"),
        }
    }

    fn error(self, status: &Status) -> String {
        let body = status::body(status::http_status(status.code()), status);
        match self {
            Self::Lines => format!("{body}\n"),
            Self::Events => format!("event: error\ndata: {body}\n\n"),
        }
    }
}

/// An answer under way.
struct Under {
    body: Body,
    messages: Messages,
    output: Output,
    form: Form,
    ended: bool,
}

/// Makes the answer of a method that gives many messages. One that fails later ends with the error as its last line.
pub(super) fn response(given: Response<Body>, output: Output, form: Form) -> Response<Body> {
    let (parts, body) = given.into_parts();
    if parts.headers.contains_key("grpc-status") {
        let status = status::of(&parts.headers);
        if status.code() != Code::Ok {
            return status::response(&status).map(whole);
        }
    }
    let under = Under {
        body,
        messages: Messages::default(),
        output,
        form,
        ended: parts.headers.contains_key("grpc-status"),
    };
    let chunks = stream::unfold(under, |mut under| async move {
        let text = under.next().await?;
        Some((Ok::<_, Status>(Frame::data(Bytes::from(text))), under))
    });
    let chunks = AssertUnwindSafe(chunks)
        .catch_unwind()
        .map(move |chunk| match chunk {
            Ok(chunk) => chunk,
            Err(_logged) => {
                let status = status::broken("making a message of REST panicked");
                Ok(Frame::data(Bytes::from(form.error(&status))))
            }
        });
    let mut response = Response::new(Body::new(StreamBody::new(chunks)));
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, form.media_type());
    response
}

/// A body of which all is there.
pub(super) fn whole(bytes: Bytes) -> Body {
    Body::new(http_body_util::Full::new(bytes).map_err(|never| match never {}))
}

impl Under {
    /// The text of the next message, or of the error that ends the answer.
    async fn next(&mut self) -> Option<String> {
        loop {
            if self.ended {
                return None;
            }
            match self.messages.next() {
                Ok(Some(bytes)) => return Some(self.message(bytes)),
                Ok(None) => {}
                Err(status) => return Some(self.end(&status)),
            }
            match self.body.frame().await {
                None => {
                    let status = status::lost();
                    return Some(self.end(&status));
                }
                Some(Err(status)) => return Some(self.end(&status)),
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => self.messages.push(&data),
                    Err(frame) => {
                        let status = status::of(&frame.into_trailers().unwrap_or_default());
                        if status.code() != Code::Ok {
                            return Some(self.end(&status));
                        }
                        if self.messages.has_rest() {
                            let status = status::broken("the answer ended within a message");
                            return Some(self.end(&status));
                        }
                        self.ended = true;
                    }
                },
            }
        }
    }

    fn message(&mut self, bytes: Bytes) -> String {
        let text = match self.output.text(&bytes) {
            Ok(text) => text,
            Err(status) => return self.end(&status),
        };
        let Ok(text) = String::from_utf8(text) else {
            return self.end(&status::broken("the answer cannot be made into JSON"));
        };
        // Where a stream can go on after a break: `Last-Event-ID` brings it back.
        let id = self.output.field(&bytes, "resume_token");
        let id = Some(id).filter(|id| !id.is_empty() && !id.contains(['\n', '\r', '\0']));
        self.form.message(&text, id.as_deref())
    }

    fn end(&mut self, status: &Status) -> String {
        self.ended = true;
        self.form.error(status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_for_who_asks_for_them_at_least_as_much_as_for_lines() {
        for (accept, form) in [
            ("text/event-stream", Form::Events),
            ("Text/Event-Stream, */*", Form::Events),
            (
                "application/json;q=0.5, text/event-stream; q=0.9",
                Form::Events,
            ),
            ("text/event-stream;q=0.1, application/json", Form::Lines),
            ("text/event-stream;q=0", Form::Lines),
            ("application/json", Form::Lines),
            ("*/*", Form::Lines),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
            assert_eq!(Form::asked(&headers), form, "{accept}");
        }
        assert_eq!(Form::asked(&HeaderMap::new()), Form::Lines);
    }
}
