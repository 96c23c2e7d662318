//! The description of the REST surface for people: Swagger UI, from the program itself, so that it works without a network.

use std::{
    io::{Cursor, Read as _},
    sync::LazyLock,
};

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;
use zip::ZipArchive;

use super::answer;

/// Where the page is.
const PAGE: &str = "/docs/";

const HTML: &str = r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Accord: REST</title>
<link rel="stylesheet" href="swagger-ui.css">
<link rel="icon" type="image/png" href="favicon-32x32.png">
</head>
<body>
<div id="ui"></div>
<script src="swagger-ui-bundle.js"></script>
<script src="start.js"></script>
</body>
</html>
"#;

/// Authorisation is kept by the page for as long as it is open, and sent to the gateway alone.
const START: &str = r##"window.ui = SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#ui",
  deepLinking: true,
  docExpansion: "none",
  filter: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
});
"##;

/// What the page is made of, from the archive.
const FILES: [(&str, &str); 3] = [
    ("swagger-ui.css", "text/css; charset=utf-8"),
    ("swagger-ui-bundle.js", "text/javascript; charset=utf-8"),
    ("favicon-32x32.png", "image/png"),
];

/// Scripts and styles of the gateway itself, and calls of it; Swagger UI sets styles by script and draws its icons as data.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

static UNPACKED: LazyLock<Vec<File>> = LazyLock::new(unpack);

/// A file of the page.
#[derive(Clone)]
struct File {
    name: &'static str,
    kind: &'static str,
    bytes: Bytes,
    tag: Option<HeaderValue>,
}

impl File {
    fn new(name: &'static str, kind: &'static str, bytes: Bytes) -> Self {
        Self {
            name,
            kind,
            tag: answer::tag_of(&bytes),
            bytes,
        }
    }
}

/// Takes the files out of the archive. One that is not there is not served.
fn unpack() -> Vec<File> {
    let Ok(mut archive) = ZipArchive::new(Cursor::new(SWAGGER_UI_VENDORED)) else {
        return Vec::new();
    };
    let mut files = Vec::new();
    for (name, kind) in FILES {
        let end = format!("/dist/{name}");
        let found = archive
            .file_names()
            .filter_map(Result::ok)
            .find(|path| path.ends_with(&end) && path.matches('/').count() == 2)
            .map(std::borrow::Cow::into_owned);
        let Some(path) = found else { continue };
        let mut bytes = Vec::new();
        let read = archive
            .by_name(&path)
            .is_ok_and(|mut file| file.read_to_end(&mut bytes).is_ok());
        if read {
            files.push(File::new(name, kind, bytes.into()));
        }
    }
    files
}

/// Whether a path is one of the page.
pub(super) fn has(path: &str) -> bool {
    path == "/"
        || path == "/docs"
        || path
            .strip_prefix(PAGE)
            .is_some_and(|name| file(name).is_some())
}

/// Answers a path of the page; what is none leads to it.
pub(super) fn answer(path: &str) -> Response<Bytes> {
    let Some(file) = path.strip_prefix(PAGE).and_then(file) else {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::SEE_OTHER;
        response
            .headers_mut()
            .insert(header::LOCATION, HeaderValue::from_static(PAGE));
        return response;
    };
    let mut response = Response::new(file.bytes);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.kind));
    if let Some(tag) = file.tag {
        headers.insert(header::ETAG, tag);
    }
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(POLICY),
    );
    response
}

/// A file of the page.
fn file(name: &str) -> Option<File> {
    let of_text = |name, kind, text: &'static str| {
        Some(File::new(name, kind, Bytes::from_static(text.as_bytes())))
    };
    match name {
        "" => of_text("", "text/html; charset=utf-8", HTML),
        "start.js" => of_text("start.js", "text/javascript; charset=utf-8", START),
        name => UNPACKED.iter().find(|file| file.name == name).cloned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_and_all_that_it_asks_for_are_in_the_program() {
        for path in [
            "/docs/",
            "/docs/start.js",
            "/docs/swagger-ui.css",
            "/docs/swagger-ui-bundle.js",
            "/docs/favicon-32x32.png",
        ] {
            assert!(has(path), "{path}");
            let response = answer(path);
            assert!(response.body().len() > 100, "{path}");
        }
        assert!(has("/docs"));
        assert_eq!(answer("/docs").headers()[header::LOCATION], "/docs/");
        assert!(!has("/docs/../Cargo.toml"));
        assert!(!has("/other"));
    }
}
