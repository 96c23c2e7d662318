//! How the description tells of errors: the JSON of AIP-193 with its typed details.

use fault::Fault;
use http::StatusCode;
use serde_json::{Value, json};

use super::{
    examples,
    schema::{Schemas, Use},
};
use crate::rest::status;

/// The details that errors can have.
const DETAILS: [&str; 7] = [
    "google.rpc.ErrorInfo",
    "google.rpc.BadRequest",
    "google.rpc.PreconditionFailure",
    "google.rpc.ResourceInfo",
    "google.rpc.RetryInfo",
    "google.rpc.RequestInfo",
    "google.rpc.QuotaFailure",
];

/// The answer of every call that failed.
pub(super) fn response(schemas: &mut Schemas<'_>) -> Value {
    let pool = accord_proto::descriptors();
    let known = DETAILS
        .iter()
        .filter_map(|name| pool.get_message_by_name(name));
    let mut details: Vec<Value> = known
        .map(|message| {
            let url = format!("type.googleapis.com/{}", message.full_name());
            json!({ "allOf": [
                schemas.of_message(&message, Use::Answer),
                { "type": "object", "properties": { "@type": { "const": url } }, "required": ["@type"] },
            ] })
        })
        .collect();
    details.push(json!({
        "type": "object",
        "description": "Another one, by its `@type`.",
        "properties": { "@type": { "type": "string" } },
        "required": ["@type"],
    }));
    let header = |name: &str| json!({ "$ref": format!("#/components/headers/{name}") });
    json!({
        "description": "The call failed. `details` has a `google.rpc.ErrorInfo` with a stable reason, and for bad input a `google.rpc.BadRequest` with every violation.",
        "headers": {
            "X-Request-Id": header("X-Request-Id"),
            "Retry-After": header("Retry-After"),
            "RateLimit": header("RateLimit"),
            "RateLimit-Policy": header("RateLimit-Policy"),
            "WWW-Authenticate": header("WWW-Authenticate"),
        },
        "content": { "application/json": { "example": example(), "schema": {
            "type": "object",
            "properties": { "error": {
                "type": "object",
                "properties": {
                    "code": { "type": "integer", "minimum": 400, "maximum": 599, "description": "The HTTP status." },
                    "message": { "type": "string", "description": "What is wrong, in English, for people." },
                    "status": { "type": "string", "description": "The name of the `google.rpc.Code`." },
                    "details": { "type": "array", "items": { "anyOf": details } },
                },
                "required": ["code", "message", "status", "details"],
            } },
            "required": ["error"],
        } } },
    })
}

/// What the documents service says of a document that is not there.
fn example() -> Value {
    let name = format!(
        "partnerships/{}/documents/no-such-document",
        examples::id("partnerships")
    );
    let fault = Fault::not_found("documents.accord/Document", &name);
    status::body(
        StatusCode::NOT_FOUND,
        &fault.into_status("accord.documents.v1"),
    )
}
