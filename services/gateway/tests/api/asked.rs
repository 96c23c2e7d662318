//! Requests of REST as any program makes them, over HTTP/1.1.

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper::{body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

use crate::running::Gateway;

/// A request under way of being written.
pub(crate) struct Asked<'a> {
    gateway: &'a Gateway,
    request: http::request::Builder,
    body: String,
}

/// A whole answer.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {:?}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("UTF-8")
    }

    /// The reason of an error, after checks of what every error has.
    pub(crate) fn reason(&self) -> String {
        let body = self.json();
        assert_eq!(body["error"]["code"], self.status.as_u16());
        body["error"]["details"][0]["reason"]
            .as_str()
            .expect("a reason")
            .to_owned()
    }
}

pub(crate) fn ask<'a>(gateway: &'a Gateway, method: Method, path: &str) -> Asked<'a> {
    Asked {
        gateway,
        request: Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "localhost")
            .header(
                header::AUTHORIZATION,
                format!("Bearer {}", gateway.editor("UZ")),
            ),
        body: String::new(),
    }
}

/// A request of a caller without a token.
pub(crate) fn nobody<'a>(gateway: &'a Gateway, method: Method, path: &str) -> Asked<'a> {
    Asked {
        gateway,
        request: Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "localhost"),
        body: String::new(),
    }
}

pub(crate) fn get<'a>(gateway: &'a Gateway, path: &str) -> Asked<'a> {
    ask(gateway, Method::GET, path)
}

impl Asked<'_> {
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    pub(crate) fn json(mut self, body: &Value) -> Self {
        self.body = body.to_string();
        self.header("content-type", "application/json")
    }

    pub(crate) fn body(mut self, body: &str) -> Self {
        body.clone_into(&mut self.body);
        self
    }

    pub(crate) async fn begin(self) -> Response<Incoming> {
        let stream = TcpStream::connect(self.gateway.address())
            .await
            .expect("listens");
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .expect("HTTP/1.1");
        tokio::spawn(connection);
        let request = self
            .request
            .body(Full::<Bytes>::from(self.body))
            .expect("a request");
        sender.send_request(request).await.expect("an answer")
    }

    pub(crate) async fn answer(self) -> Answer {
        let (parts, body) = self.begin().await.into_parts();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: body
                .collect()
                .await
                .expect("a whole body")
                .to_bytes()
                .to_vec(),
        }
    }
}
