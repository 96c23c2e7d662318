//! What a request says beside path and body: parameters of the query, and headers that stand for fields.

use http::Method;
use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};
use serde_json::{Value, json};

use super::{
    Parts, of_path,
    schema::{self, Use},
};
use crate::rest::{
    request,
    routes::{Body, Rule},
};

/// How deep the fields of messages are given by single parameters of a query.
const MAX_QUERY_DEPTH: usize = 3;

/// What stands in the query: every field that neither path nor body gives.
pub(super) fn queries(rule: &Rule, parts: &Parts<'_>) -> Vec<Value> {
    let mut parameters = Vec::new();
    let of_body = match &rule.body {
        Body::Whole => return parameters,
        Body::Field(field) => Some(field.clone()),
        Body::None => None,
    };
    let input = rule.method.input();
    let fields = input
        .fields()
        .filter(|field| Some(field) != of_body.as_ref());
    for field in fields.filter(|field| !of_path(rule, field.name())) {
        query_of(&field, "", MAX_QUERY_DEPTH, parts, &mut parameters);
    }
    parameters
}

fn query_of(
    field: &FieldDescriptor,
    prefix: &str,
    depth: usize,
    parts: &Parts<'_>,
    parameters: &mut Vec<Value>,
) {
    let name = format!("{prefix}{}", field.json_name());
    if field.is_map() {
        return;
    }
    let Some(one) = schema::of_query(&field.kind()) else {
        if let Kind::Message(message) = field.kind()
            && !field.is_list()
            && depth > 1
        {
            for inner in message.fields() {
                query_of(&inner, &format!("{name}."), depth - 1, parts, parameters);
            }
        }
        return;
    };
    let schema = if field.is_list() {
        json!({ "type": "array", "items": one })
    } else {
        one
    };
    let required = prefix.is_empty() && schema::has_behavior(field, schema::REQUIRED);
    let mut parameter = json!({
        "name": name, "in": "query", "required": required,
        "description": parts.comments.of_field(field),
        "schema": schema,
    });
    // Of the others an example would ask for less than all: it stands in their words.
    if required
        && let (Some(example), Some(parameter)) = (
            parts.examples.field(field, Use::Request, 0),
            parameter.as_object_mut(),
        )
    {
        parameter.insert("example".to_owned(), of_query(field, example));
    }
    parameters.push(parameter);
}

/// An example as a query has it: days are text.
fn of_query(field: &FieldDescriptor, example: Value) -> Value {
    let is_day =
        matches!(field.kind(), Kind::Message(message) if message.full_name() == "google.type.Date");
    if !is_day {
        return example;
    }
    let part = |name: &str| example[name].as_u64().unwrap_or_default();
    json!(format!(
        "{:04}-{:02}-{:02}",
        part("year"),
        part("month"),
        part("day")
    ))
}

/// What headers stand for fields of the request.
pub(super) fn headers(rule: &Rule) -> Vec<Value> {
    let input = rule.method.input();
    let has = |message: &MessageDescriptor, name: &str| message.get_field_by_name(name).is_some();
    let mut parameters = Vec::new();
    let mut push = |name: &str, text: &str| {
        parameters.push(json!({
            "name": name, "in": "header", "required": false, "description": text, "schema": { "type": "string" },
        }));
    };
    if has(&input, "request_id") {
        push(
            "Idempotency-Key",
            "A UUID4, as `requestId`: a retry within 24 hours has one effect.",
        );
    }
    if request::etag_place(rule).is_some() {
        push(
            "If-Match",
            "The one etag that must be the current one, or `*`: 412 if it is not.",
        );
    }
    if rule.method.is_server_streaming() && has(&input, "resume_token") {
        push(
            "Last-Event-ID",
            "Where to take up a stream again, as `resumeToken`, before which it goes: browsers send the last `id` of themselves.",
        );
    }
    if rule.verb == Method::GET && has(&rule.method.output(), "etag") {
        push(
            "If-None-Match",
            "The etag that is known: 304 if it is the current one.",
        );
    }
    parameters
}
