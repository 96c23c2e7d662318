//! The description of the REST surface for programs: OpenAPI 3.1, made of the contracts and their comments.

mod comments;
mod schema;

use std::collections::BTreeMap;

use http::Method;
use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};
use serde_json::{Map, Value, json};

use super::{
    request,
    routes::{Body, Routes, Rule},
    template::{Segment, Template},
};
use comments::Comments;
use schema::{Schemas, Use};

/// How deep the fields of messages are given by single parameters of a query.
const MAX_QUERY_DEPTH: usize = 3;

/// Describes every rule.
pub(super) fn document(routes: &Routes) -> Value {
    let comments = Comments::of(accord_proto::descriptors());
    let mut schemas = Schemas::new(&comments);
    let mut paths: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    let mut tags: Vec<Value> = Vec::new();
    for rule in routes.rules() {
        let service = rule.method.parent_service();
        if !tags.iter().any(|tag| tag["name"] == service.name()) {
            let text = comments.of_service(service);
            tags.push(json!({ "name": service.name(), "description": text }));
        }
        let (path, variables) = expanded(&rule.template);
        let operation = operation(rule, &variables, &comments, &mut schemas);
        let verb = rule.verb.as_str().to_lowercase();
        paths.entry(path).or_default().insert(verb, operation);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Accord",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "The shared, machine-readable record of an interstate partnership",
            "description": INTRODUCTION,
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "tags": tags,
        "security": [{ "bearer": [] }],
        "paths": paths,
        "components": {
            "schemas": schemas.finish(),
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "An access token of RFC 9068, as `accord token issue` or the agency's own issuer makes it.",
                },
            },
            "responses": { "Error": error() },
        },
    })
}

const INTRODUCTION: &str = "Every method of the gRPC contracts under a path of its own. Bodies and answers are canonical protobuf JSON: \
fields in lower camel case, 64-bit integers as strings, default values left out. Errors are those of AIP-193. \
Query parameters may be named as here or as the contracts name them; a day (`google.type.Date`) is `2021-12-06` in a query. \
Streams are a JSON object a line, or server-sent events with `Accept: text/event-stream`; an error ends them as the last line or event.";

/// The path with a parameter for each `*`, named after the collection before it, and those parameters with the field that they are part of.
fn expanded(template: &Template) -> (String, Vec<(String, String)>) {
    let mut path = String::new();
    let mut variables: Vec<(String, String)> = Vec::new();
    let mut before = "";
    for (index, segment) in template.segments.iter().enumerate() {
        path.push('/');
        if let Segment::Literal(text) = segment {
            path.push_str(text);
            before = text;
            continue;
        }
        let of = template
            .variables
            .iter()
            .find(|variable| (variable.first..variable.end).contains(&index));
        let field = of.map_or(String::new(), |variable| variable.field.clone());
        let mut name = singular(before);
        while variables.iter().any(|(known, _)| *known == name) {
            name.push('_');
        }
        path.push_str(&format!("{{{name}}}"));
        variables.push((name, field));
    }
    if let Some(verb) = &template.verb {
        path.push(':');
        path.push_str(verb);
    }
    (path, variables)
}

fn singular(collection: &str) -> String {
    match collection.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => collection
            .strip_suffix('s')
            .unwrap_or(collection)
            .to_owned(),
    }
}

fn operation(
    rule: &Rule,
    variables: &[(String, String)],
    comments: &Comments,
    schemas: &mut Schemas<'_>,
) -> Value {
    let method = &rule.method;
    let text = comments.of_method(method);
    let suffix = if rule.is_additional { "_2" } else { "" };
    let mut parameters: Vec<Value> = variables
        .iter()
        .map(|(name, field)| {
            json!({
                "name": name, "in": "path", "required": true,
                "description": format!("Part of `{field}`."),
                "schema": { "type": "string", "minLength": 1 },
            })
        })
        .collect();
    parameters.extend(queries(rule, comments));
    parameters.extend(headers(rule));
    let mut operation = json!({
        "operationId": format!("{}_{}{suffix}", method.parent_service().name(), method.name()),
        "tags": [method.parent_service().name()],
        "summary": summary(&text),
        "description": text,
        "parameters": parameters,
        "responses": responses(rule, schemas),
    });
    if let (Some(body), Some(operation)) = (body(rule, schemas), operation.as_object_mut()) {
        operation.insert("requestBody".to_owned(), body);
    }
    operation
}

/// The first sentence.
fn summary(text: &str) -> &str {
    text.split_inclusive(['.', ':'])
        .next()
        .unwrap_or_default()
        .trim_end_matches(['.', ':'])
}

fn of_path(rule: &Rule, name: &str) -> bool {
    rule.template
        .variables
        .iter()
        .any(|variable| variable.field == name)
}

/// What stands in the query: every field that neither path nor body gives.
fn queries(rule: &Rule, comments: &Comments) -> Vec<Value> {
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
        query_of(&field, "", MAX_QUERY_DEPTH, comments, &mut parameters);
    }
    parameters
}

fn query_of(
    field: &FieldDescriptor,
    prefix: &str,
    depth: usize,
    comments: &Comments,
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
                query_of(&inner, &format!("{name}."), depth - 1, comments, parameters);
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
    parameters.push(json!({
        "name": name, "in": "query", "required": required,
        "description": comments.of_field(field),
        "schema": schema,
    }));
}

/// What headers stand for fields of the request.
fn headers(rule: &Rule) -> Vec<Value> {
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
        push("If-Match", "The etag that must be the current one.");
    }
    if rule.verb == Method::GET && has(&rule.method.output(), "etag") {
        push(
            "If-None-Match",
            "The etag that is known: 304 if it is the current one.",
        );
    }
    parameters
}

fn body(rule: &Rule, schemas: &mut Schemas<'_>) -> Option<Value> {
    let schema = match &rule.body {
        Body::None => return None,
        Body::Field(field) => schemas.of_field_alone(field, Use::Request),
        Body::Whole => schemas.without(&rule.method.input(), &|name| of_path(rule, name)),
    };
    let required = matches!(rule.body, Body::Field(_));
    Some(json!({ "required": required, "content": { "application/json": { "schema": schema } } }))
}

fn responses(rule: &Rule, schemas: &mut Schemas<'_>) -> Value {
    let (method, output) = (&rule.method, rule.method.output());
    if output.full_name() == "google.api.HttpBody" {
        return json!({
            "200": { "description": "The file.", "content": { "*/*": { "schema": { "type": "string" } } } },
            "default": { "$ref": "#/components/responses/Error" },
        });
    }
    let schema = schemas.of_message(&output, Use::Answer);
    let content = if method.is_server_streaming() {
        json!({
            "application/x-ndjson": { "schema": schema.clone() },
            "text/event-stream": { "schema": { "type": "string" } },
        })
    } else {
        json!({ "application/json": { "schema": schema } })
    };
    let mut responses = json!({
        "200": { "description": "The answer.", "content": content },
        "default": { "$ref": "#/components/responses/Error" },
    });
    if rule.verb == Method::GET
        && output.get_field_by_name("etag").is_some()
        && let Some(responses) = responses.as_object_mut()
    {
        responses.insert(
            "304".to_owned(),
            json!({ "description": "The caller has the current one." }),
        );
    }
    responses
}

/// An error (AIP-193).
fn error() -> Value {
    let detail = json!({
        "type": "object",
        "properties": { "@type": { "type": "string", "description": "Such as `type.googleapis.com/google.rpc.ErrorInfo`." } },
        "required": ["@type"],
    });
    json!({
        "description": "The call failed. `details` has a `google.rpc.ErrorInfo` with a stable reason, and for bad input a `google.rpc.BadRequest` with every violation.",
        "content": { "application/json": { "schema": {
            "type": "object",
            "properties": { "error": {
                "type": "object",
                "properties": {
                    "code": { "type": "integer", "description": "The HTTP status." },
                    "message": { "type": "string" },
                    "status": { "type": "string", "description": "The name of the `google.rpc.Code`." },
                    "details": { "type": "array", "items": detail },
                },
                "required": ["code", "message", "status", "details"],
            } },
            "required": ["error"],
        } } },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described() -> Value {
        let routes = Routes::of(accord_proto::descriptors(), |name| {
            name.starts_with("accord.")
        });
        document(&routes)
    }

    #[test]
    fn an_operation_has_its_parameters_body_and_answer() {
        let document = described();
        let update = &document["paths"]["/documents/v1/partnerships/{partnership}/documents/{document}"]
            ["patch"];
        assert_eq!(update["operationId"], "DocumentService_UpdateDocument");
        assert_eq!(
            update["requestBody"]["content"]["application/json"]["schema"]["$ref"],
            "#/components/schemas/accord.documents.v1.Document.Request"
        );
        let names: Vec<&str> = update["parameters"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["name"].as_str().unwrap())
            .collect();
        for name in [
            "partnership",
            "document",
            "updateMask",
            "Idempotency-Key",
            "If-Match",
        ] {
            assert!(names.contains(&name), "{name} in {names:?}");
        }
        let answer = &update["responses"]["200"]["content"]["application/json"]["schema"]["$ref"];
        assert_eq!(answer, "#/components/schemas/accord.documents.v1.Document");
    }

    #[test]
    fn every_reference_leads_somewhere_and_every_schema_is_described() {
        let document = described();
        let mut references = Vec::new();
        collect(&document, &mut references);
        assert!(references.len() > 100);
        for reference in references {
            let pointer = reference.trim_start_matches('#');
            assert!(
                document.pointer(pointer).is_some(),
                "{reference} leads nowhere"
            );
        }
        for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
            if name.starts_with("accord.") {
                let text = schema["description"].as_str().unwrap_or_default();
                assert!(!text.is_empty(), "{name} has no description");
            }
        }
    }

    fn collect<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(map) => {
                for (name, value) in map {
                    match (name.as_str(), value) {
                        ("$ref", Value::String(reference)) => found.push(reference),
                        _ => collect(value, found),
                    }
                }
            }
            Value::Array(list) => list.iter().for_each(|value| collect(value, found)),
            _ => {}
        }
    }
}
