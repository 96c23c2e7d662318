//! A REST request as the message of its method: canonical protobuf JSON, query parameters and what the path says.

use aip::Violations;
use bytes::Bytes;
use fault::Fault;
use http::{HeaderMap, Method, header};
use prost::Message as _;
use prost_reflect::{
    DeserializeOptions, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor,
    ReflectMessage as _, Value as Field,
};
use serde_json::{Map, Value};
use tonic::Code;

use super::{
    answer, query,
    routes::{Body, Rule},
    strict,
    table::tables,
    wrong,
};

/// The reason of what cannot be read.
const REASON: &str = "MESSAGE_MALFORMED";

/// The bytes before a message: a flag and a length.
const PREFIX: usize = 5;

/// Makes the message of a method, framed as gRPC has it.
pub(super) fn framed(
    rule: &Rule,
    path: &[(&str, String)],
    given: Option<&str>,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Bytes, Fault> {
    let request = json(rule, path, given, body)?;
    let mut framed = vec![0; PREFIX];
    let is_read = !has_conditions(headers)
        && rule
            .input
            .is_some_and(|index| tables().read(index, &request, &mut framed).is_ok());
    if !is_read {
        framed.truncate(PREFIX);
        let mut message = read(rule.method.input(), &request)?;
        conditions(rule, &mut message, headers)?;
        framed.extend(message.encode_to_vec());
    }
    let length = u32::try_from(framed.len() - PREFIX).unwrap_or(u32::MAX);
    if let Some(prefix) = framed.get_mut(1..PREFIX) {
        prefix.copy_from_slice(&length.to_be_bytes());
    }
    Ok(framed.into())
}

/// Puts together the JSON of a request: of its path, its query and its body.
pub(super) fn json(
    rule: &Rule,
    path: &[(&str, String)],
    given: Option<&str>,
    body: &[u8],
) -> Result<Value, Fault> {
    let input = rule.method.input();
    let mut violations = Violations::new();
    let mut request = match &rule.body {
        Body::Whole | Body::None if body.is_empty() => Map::new(),
        Body::Whole => object(strict::parse(body).map_err(|error| not_json(&error))?)?,
        Body::Field(field) => {
            let value = strict::parse(body).map_err(|error| not_json(&error))?;
            let value = if is_object(field) {
                Value::Object(object(value)?)
            } else {
                value
            };
            Map::from_iter([(field.json_name().to_owned(), value)])
        }
        Body::None => return Err(malformed("this method takes no body".to_owned())),
    };
    let of_body = match &rule.body {
        Body::Field(field) => field.name().to_owned(),
        Body::Whole | Body::None => String::new(),
    };
    if let Some(query) = given {
        if rule.body == Body::Whole && !query.is_empty() {
            violations.push(
                "query",
                REASON,
                "all fields of this method stand in the body",
            );
        } else {
            let of_path = |name: &str| path.iter().any(|(field, _)| *field == name);
            let is_taken = |name: &str| of_path(name) || name == of_body;
            query::put(&mut request, &input, query, is_taken, &mut violations);
        }
    }
    for (field, value) in path {
        // The path says which resource is meant; a body may say it too, but no other.
        if let Some(other) = remove(&mut request, &input, field)
            && !matches!(&other, Value::Null)
            && other != value.as_str()
            && other != ""
        {
            violations.push(*field, REASON, "is another one than the path names");
        }
        if let Err(why) = query::put_one(&mut request, &input, field, value) {
            violations.push(*field, REASON, why);
        }
    }
    let request = Value::Object(request);
    if !violations.is_empty() {
        wrong::tell(&input, &request, &mut violations);
        return Err(Fault::invalid(violations));
    }
    Ok(request)
}

/// Whether headers say something of the message.
fn has_conditions(headers: &HeaderMap) -> bool {
    headers.contains_key("last-event-id")
        || headers.contains_key("idempotency-key")
        || headers.contains_key(header::IF_MATCH)
}

/// Reads a message by reflection; the error names every field that is wrong.
pub(super) fn read(descriptor: MessageDescriptor, value: &Value) -> Result<DynamicMessage, Fault> {
    let mut track = serde_path_to_error::Track::new();
    if !is_named_twice(&descriptor, value) {
        let reader = serde_path_to_error::Deserializer::new(value, &mut track);
        let options = DeserializeOptions::new();
        let read = DynamicMessage::deserialize_with_options(descriptor.clone(), reader, &options);
        if let Ok(message) = read {
            return Ok(message);
        }
    }
    let mut violations = Violations::new();
    wrong::tell(&descriptor, value, &mut violations);
    if violations.is_empty() {
        let path = track.path().to_string();
        violations.push(path, REASON, "cannot be read as what the contract says");
    }
    Err(Fault::invalid(violations))
}

/// Whether an object has a field by both of its names, `signaturePlace` and `signature_place`.
fn is_named_twice(message: &MessageDescriptor, value: &Value) -> bool {
    let Some(object) = value.as_object() else {
        return false;
    };
    object.iter().any(|(name, value)| {
        let Some(field) = query::field(message, name) else {
            return false;
        };
        if name != field.json_name() && object.contains_key(field.json_name()) {
            return true;
        }
        let Kind::Message(inner) = field.kind() else {
            return false;
        };
        match value {
            Value::Array(items) => items.iter().any(|item| is_named_twice(&inner, item)),
            // The names of a map are its own.
            value => !field.is_map() && is_named_twice(&inner, value),
        }
    })
}

/// Whether a field is an object in JSON, with the fields of a message.
fn is_object(field: &FieldDescriptor) -> bool {
    let is_plain =
        |message: &MessageDescriptor| !message.full_name().starts_with("google.protobuf.");
    !field.is_list() && field.kind().as_message().is_some_and(is_plain)
}

fn object(value: Value) -> Result<Map<String, Value>, Fault> {
    match value {
        Value::Object(map) => Ok(map),
        _ => Err(malformed("the body must be a JSON object".to_owned())),
    }
}

/// Takes a field out, whatever name a body has for it. Of one that stands twice, the second is left: that is told elsewhere.
fn remove(
    request: &mut Map<String, Value>,
    message: &MessageDescriptor,
    path: &str,
) -> Option<Value> {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    let field = query::field(message, first)?;
    let names = [field.json_name(), field.name()];
    let name = names.into_iter().find(|name| request.contains_key(*name))?;
    if rest.is_empty() {
        return request.remove(name);
    }
    match (request.get_mut(name)?, field.kind()) {
        (Value::Object(inner), Kind::Message(message)) => remove(inner, &message, rest),
        _ => None,
    }
}

/// Where an etag stands in a request.
#[derive(Clone, Debug)]
pub(super) enum EtagPlace {
    /// In the request itself.
    Request,
    /// In the resource that a change sends back.
    Resource(FieldDescriptor),
}

/// Where the etag of a rule's request stands, if it takes one.
pub(super) fn etag_place(rule: &Rule) -> Option<EtagPlace> {
    if text_field(&rule.method.input(), "etag").is_some() {
        return Some(EtagPlace::Request);
    }
    match &rule.body {
        Body::Field(field) if rule.verb == Method::PATCH => {
            let message = field.kind();
            let has = message
                .as_message()
                .and_then(|message| text_field(message, "etag"));
            has.map(|_| EtagPlace::Resource(field.clone()))
        }
        Body::Field(_) | Body::Whole | Body::None => None,
    }
}

/// Takes what headers say of the request: `If-Match` as its etag, `Idempotency-Key` as its `request_id`, and `Last-Event-ID`, which a
/// browser sends of itself when it takes up a stream again, as its `resume_token`, in the place of an older one.
fn conditions(rule: &Rule, message: &mut DynamicMessage, headers: &HeaderMap) -> Result<(), Fault> {
    if let Some(id) = text(headers, "last-event-id")?
        && rule.method.is_server_streaming()
        && let Some(field) = text_field(&rule.method.input(), "resume_token")
    {
        message.set_field(&field, Field::String(id.to_owned()));
    }
    if let Some(key) = text(headers, "idempotency-key")? {
        // Some clients quote it, as the draft of the header asks for.
        let key = key.trim_matches('"');
        let Some(field) = text_field(&rule.method.input(), "request_id") else {
            return Err(malformed(
                "Idempotency-Key: this method takes none".to_owned(),
            ));
        };
        agree(message, &field, key, "Idempotency-Key")?;
    }
    let Some(tag) = text(headers, "if-match")? else {
        return Ok(());
    };
    let Some(place) = etag_place(rule) else {
        return Err(malformed("If-Match: this method takes no etag".to_owned()));
    };
    if tag == "*" {
        return Ok(());
    }
    if !is_etag(tag) {
        return Err(malformed(
            "If-Match: one etag, in quotes, or * is what it takes here".to_owned(),
        ));
    }
    let etag = answer::etag_of(tag);
    let holder = match &place {
        EtagPlace::Request => message,
        EtagPlace::Resource(field) => match message.get_field_mut(field) {
            Field::Message(resource) => resource,
            _ => return Ok(()),
        },
    };
    match text_field(&holder.descriptor(), "etag") {
        Some(field) => agree(holder, &field, &etag, "If-Match"),
        None => Ok(()),
    }
}

/// A field of one text.
fn text_field(message: &MessageDescriptor, name: &str) -> Option<FieldDescriptor> {
    let field = message.get_field_by_name(name)?;
    (!field.is_list() && field.kind() == Kind::String).then_some(field)
}

/// Sets a field to what a header says; a request that says something else in the field is refused.
fn agree(
    message: &mut DynamicMessage,
    field: &FieldDescriptor,
    value: &str,
    header: &str,
) -> Result<(), Fault> {
    let is_other = message.has_field(field) && message.get_field(field).as_str() != Some(value);
    if is_other {
        let name = field.json_name();
        return Err(malformed(format!(
            "{header} and the field {name} say different things"
        )));
    }
    message.set_field(field, Field::String(value.to_owned()));
    Ok(())
}

/// Whether a text is one entity tag, strong or weak (RFC 9110 section 8.8.3), and no list of them.
fn is_etag(text: &str) -> bool {
    let strong = text.strip_prefix("W/").unwrap_or(text);
    let inner = strong
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    inner.is_some_and(|inner| {
        inner
            .bytes()
            .all(|byte| byte != b'"' && byte.is_ascii_graphic())
    })
}

/// The value of a header that stands once, if it does.
fn text<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, Fault> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(malformed(format!("{name}: the header is given twice")));
    }
    match value.to_str() {
        Ok(text) => Ok(Some(text)),
        Err(_) => Err(malformed(format!("{name}: the header is no visible ASCII"))),
    }
}

fn not_json(error: &str) -> Fault {
    malformed(format!("the body is not JSON: {error}"))
}

pub(super) fn malformed(message: String) -> Fault {
    Fault::new(Code::InvalidArgument, REASON, message)
}
