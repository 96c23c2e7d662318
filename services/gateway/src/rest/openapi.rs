//! The description of the REST surface for programs: OpenAPI 3.1, made of the contracts and their comments.

mod comments;
mod errors;
mod examples;
mod parameters;
mod schema;

use std::collections::BTreeMap;

use http::Method;
use serde_json::{Map, Value, json};

use super::{
    routes::{Body, Routes, Rule},
    template::{Segment, Template},
};
use comments::Comments;
use examples::Examples;
use schema::{Schemas, Use};

/// Describes every rule.
pub(super) fn document(routes: &Routes) -> Value {
    let comments = Comments::of(accord_proto::descriptors());
    let parts = Parts {
        comments: &comments,
        examples: Examples::of(accord_proto::descriptors()),
    };
    let mut schemas = Schemas::new(&comments);
    let error = errors::response(&mut schemas);
    let mut paths: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    let mut tags: Vec<Value> = Vec::new();
    for rule in routes.rules() {
        let service = rule.method.parent_service();
        if !tags.iter().any(|tag| tag["name"] == service.name()) {
            let text = comments.of_service(service);
            tags.push(json!({ "name": service.name(), "description": text }));
        }
        let (path, variables) = expanded(&rule.template);
        let operation = operation(rule, &variables, &parts, &mut schemas);
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
            "responses": { "Error": error },
            "headers": answer_headers(),
        },
    })
}

const INTRODUCTION: &str = "Every method of the gRPC contracts under a path of its own. Bodies and answers are canonical protobuf JSON: \
fields in lower camel case, 64-bit integers as strings, default values left out. Errors are those of AIP-193. \
Query parameters may be named as here or as the contracts name them; a day (`google.type.Date`) is `2021-12-06` in a query. \
Streams are a JSON object a line, or server-sent events with `Accept: text/event-stream`; an error ends them as the last line or event.";

/// What operations are described from.
struct Parts<'a> {
    comments: &'a Comments,
    examples: Examples,
}

/// The path with a parameter for each `*`, named after the collection before it, and those parameters with the field that they are part of.
fn expanded(template: &Template) -> (String, Vec<Variable>) {
    let mut path = String::new();
    let mut variables: Vec<Variable> = Vec::new();
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
        while variables.iter().any(|known| known.name == name) {
            name.push('_');
        }
        path.push_str(&format!("{{{name}}}"));
        let example = examples::id(before);
        variables.push(Variable {
            name,
            field,
            example,
        });
    }
    if let Some(verb) = &template.verb {
        path.push(':');
        path.push_str(verb);
    }
    (path, variables)
}

/// A part of a path that the caller gives.
struct Variable {
    name: String,
    /// The field that it is part of.
    field: String,
    example: &'static str,
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
    variables: &[Variable],
    parts: &Parts<'_>,
    schemas: &mut Schemas<'_>,
) -> Value {
    let method = &rule.method;
    let text = parts.comments.of_method(method);
    let suffix = if rule.is_additional { "_2" } else { "" };
    let mut parameters: Vec<Value> = variables
        .iter()
        .map(|variable| {
            json!({
                "name": variable.name, "in": "path", "required": true,
                "description": format!("Part of `{}`.", variable.field),
                "schema": { "type": "string", "minLength": 1 },
                "example": variable.example,
            })
        })
        .collect();
    parameters.extend(parameters::queries(rule, parts));
    parameters.extend(parameters::headers(rule));
    let mut operation = json!({
        "operationId": format!("{}_{}{suffix}", method.parent_service().name(), method.name()),
        "tags": [method.parent_service().name()],
        "summary": summary(&text),
        "description": text,
        "parameters": parameters,
        "responses": responses(rule, parts, schemas),
    });
    if let Some(operation) = operation.as_object_mut() {
        if let Some(body) = body(rule, parts, schemas) {
            operation.insert("requestBody".to_owned(), body);
        }
        if accord_proto::OPEN_METHODS.contains(&rule.path.path()) {
            // No token: none of the schemes that hold for the others.
            operation.insert("security".to_owned(), json!([]));
        }
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

fn body(rule: &Rule, parts: &Parts<'_>, schemas: &mut Schemas<'_>) -> Option<Value> {
    let of_path = |name: &str| of_path(rule, name);
    let (schema, field) = match &rule.body {
        Body::None => return None,
        Body::Field(field) => (schemas.of_field_alone(field, Use::Request), Some(field)),
        Body::Whole => (schemas.without(&rule.method.input(), &of_path), None),
    };
    let required = field.is_some() || schema.get("required").is_some();
    let mut content = json!({ "schema": schema });
    if let (Some(example), Some(content)) = (
        parts.examples.body(&rule.method, field, &of_path),
        content.as_object_mut(),
    ) {
        content.insert("example".to_owned(), example);
    }
    Some(json!({ "required": required, "content": { "application/json": content } }))
}

fn responses(rule: &Rule, parts: &Parts<'_>, schemas: &mut Schemas<'_>) -> Value {
    let (method, output) = (&rule.method, rule.method.output());
    let has = |name: &str| output.get_field_by_name(name).is_some();
    let header = |name: &str| json!({ "$ref": format!("#/components/headers/{name}") });
    let mut headers = json!({
        "X-Request-Id": header("X-Request-Id"),
        "RateLimit": header("RateLimit"),
        "RateLimit-Policy": header("RateLimit-Policy"),
    });
    let not_modified = || json!({ "description": "The caller has the current one." });
    if output.full_name() == "google.api.HttpBody" {
        let mut file = json!({
            "200": { "description": "The file.", "headers": headers, "content": { "*/*": { "schema": { "type": "string" } } } },
            "default": { "$ref": "#/components/responses/Error" },
        });
        if rule.verb == Method::GET && !method.is_server_streaming() {
            file["200"]["headers"]["ETag"] = header("ETag");
            file["304"] = not_modified();
        }
        return file;
    }
    if let Some(headers) = headers.as_object_mut() {
        for (field, name) in [("etag", "ETag"), ("next_page_token", "Link")] {
            if has(field) && !method.is_server_streaming() {
                headers.insert(name.to_owned(), header(name));
            }
        }
    }
    let schema = schemas.of_message(&output, Use::Answer);
    let example = parts.examples.answer(&output);
    let content = if method.is_server_streaming() {
        json!({
            "application/x-ndjson": { "schema": schema.clone(), "example": example.clone() },
            "text/event-stream": { "schema": { "type": "string" }, "example": format!("data: {example}\n\n") },
        })
    } else {
        json!({ "application/json": { "schema": schema, "example": example } })
    };
    let mut responses = json!({
        "200": { "description": "The answer.", "headers": headers, "content": content },
        "default": { "$ref": "#/components/responses/Error" },
    });
    if rule.verb == Method::GET
        && has("etag")
        && let Some(responses) = responses.as_object_mut()
    {
        responses.insert("304".to_owned(), not_modified());
    }
    responses
}

/// The headers that answers have.
fn answer_headers() -> Value {
    let header = |text: &str| json!({ "description": text, "schema": { "type": "string" } });
    json!({
        "X-Request-Id": header("The id of the call in logs: the caller's own, or a new one."),
        "ETag": header("The etag of this answer, for `If-None-Match` and `If-Match`."),
        "Link": header("The address of the next page, with `rel=\"next\"`; absent on the last."),
        "Retry-After": header("After how many seconds the call may be repeated."),
        "RateLimit": header("How many calls are left and for how many seconds, such as `\"agency\";r=399;t=1`; absent where there is no rate."),
        "RateLimit-Policy": header("The rate that holds, such as `\"agency\";q=400;w=2`; absent where there is none."),
        "WWW-Authenticate": header("`Bearer`, where a token is missing or no longer good."),
    })
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use prost_reflect::DynamicMessage;
    use url::form_urlencoded;

    use super::*;
    use crate::rest::request;

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
        for name in ["RateLimit", "RateLimit-Policy", "ETag"] {
            let header = &update["responses"]["200"]["headers"][name];
            assert!(header.is_object(), "{name}");
        }
        let watch = &document["paths"]["/ledger/v1/logs/{log}:watchChanges"]["get"]["parameters"];
        let mut watched = watch.as_array().unwrap().iter();
        assert!(watched.any(|one| one["name"] == "Last-Event-ID"), "{watch}");
        let answer = &update["responses"]["200"]["content"]["application/json"]["schema"]["$ref"];
        assert_eq!(answer, "#/components/schemas/accord.documents.v1.Document");
    }

    #[test]
    fn a_file_has_an_etag_and_a_method_without_a_token_says_so() {
        let document = described();
        let feed = &document["paths"]["/roadmaps/v1/deadlines.ics"]["get"];
        assert_eq!(feed["security"], json!([]));
        assert!(feed["responses"]["304"].is_object());
        assert!(feed["responses"]["200"]["headers"]["ETag"].is_object());
        assert_eq!(feed["parameters"][0]["name"], "secret");
        assert!(!feed["description"].as_str().unwrap_or_default().is_empty());
        let other = &document["paths"]["/roadmaps/v1/partnerships/{partnership}/deadlineCalendar"];
        assert!(other["get"].get("security").is_none());
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

    #[test]
    fn every_body_and_every_answer_has_an_example_that_is_one() {
        let routes = Routes::of(accord_proto::descriptors(), |name| {
            name.starts_with("accord.")
        });
        let document = document(&routes);
        for rule in routes.rules() {
            let (path, given) = expanded(&rule.template);
            let verb = rule.verb.as_str().to_lowercase();
            let operation = &document["paths"][&path][&verb];
            let answer = &operation["responses"]["200"]["content"]["application/json"]["example"];
            if answer.is_object() {
                let read = DynamicMessage::deserialize(rule.method.output(), answer);
                assert!(read.is_ok(), "{path}: {read:?}");
            }
            let parameters = operation["parameters"].as_array().unwrap();
            for required in parameters.iter().filter(|one| one["required"] == true) {
                assert!(!required["example"].is_null(), "{path}: {required}");
            }
            let query: String = parameters
                .iter()
                .filter(|one| one["in"] == "query" && !one["example"].is_null())
                .flat_map(|one| match &one["example"] {
                    Value::Array(items) => items.iter().map(|item| (one, item)).collect(),
                    item => vec![(one, item)],
                })
                .map(|(one, item)| {
                    let text = item.as_str().map_or(item.to_string(), str::to_owned);
                    let text: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
                    format!("{}={text}&", one["name"].as_str().unwrap())
                })
                .collect();
            let body = &operation["requestBody"]["content"]["application/json"]["example"];
            assert_eq!(body.is_null(), rule.body == Body::None, "{path}");
            let body = if body.is_null() {
                String::new()
            } else {
                body.to_string()
            };
            let values: Vec<(&str, String)> = rule
                .template
                .variables
                .iter()
                .map(|variable| {
                    let mut examples = given.iter().filter(|one| one.field == variable.field);
                    let end = variable.end.min(rule.template.segments.len());
                    let parts = rule.template.segments[variable.first..end].iter();
                    let parts: Vec<&str> = parts
                        .map(|segment| match segment {
                            Segment::Literal(text) => text.as_str(),
                            Segment::One | Segment::Rest => examples.next().unwrap().example,
                        })
                        .collect();
                    (variable.field.as_str(), parts.join("/"))
                })
                .collect();
            let query = Some(query.trim_end_matches('&'));
            let read = request::framed(rule, &values, query, &HeaderMap::new(), body.as_bytes());
            assert!(read.is_ok(), "{verb} {path}: {body} {read:?}");
        }
    }

    #[test]
    fn no_example_says_something_of_what_is_no_fiction() {
        let document = described();
        let mut pending = vec![&document];
        let mut examples = 0;
        while let Some(value) = pending.pop() {
            match value {
                Value::Object(map) => {
                    if let Some(example) = map.get("example") {
                        let text = example.to_string();
                        for real in [
                            "\"UZ\"",
                            "\"KZ\"",
                            "uz-",
                            "KZ-",
                            "kz-",
                            "Nur-Sultan",
                            "Law 35",
                        ] {
                            assert!(!text.contains(real), "{text} has {real}");
                        }
                        examples += 1;
                    }
                    pending.extend(map.values());
                }
                Value::Array(items) => pending.extend(items),
                _ => {}
            }
        }
        assert!(examples > 100, "{examples}");
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
