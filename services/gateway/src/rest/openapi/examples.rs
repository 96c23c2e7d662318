//! Examples for the description: requests and answers of the sample `fictional`, whose parties, documents and figures are invented and say so.
//!
//! `examples.json` has what the sample sends to some methods, and what the demo with that sample answers, cut short. A request that it has
//! not is put together of what it says about the same fields elsewhere and of the names of its resources. What neither says is left out, or
//! where it must be there a placeholder that says nothing: nothing is made up. `tests/record_examples.py` makes the file anew.

use std::collections::{BTreeMap, HashMap};

use prost_reflect::{DescriptorPool, FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::schema::{self, Use};
use crate::rest::query;

/// What was recorded.
const RECORDED: &str = include_str!("examples.json");

/// How deep messages within messages are shown, unless they were recorded.
const MAX_DEPTH: usize = 4;

/// What stands for a text or an id that neither the sample nor the contracts give.
const PLACEHOLDER: &str = "placeholder";

/// A resource of the sample in each collection.
const IDS: [(&str, &str); 11] = [
    ("partnerships", "xa-xb"),
    ("documents", "treaty-two-lighthouses"),
    ("acts", "xa-signature"),
    ("roadmaps", "lantern-towns"),
    ("measures", "twin-lighthouses"),
    ("baselines", "b1"),
    ("releases", "xa-2024-02"),
    ("targets", "turnover-2025"),
    ("classifications", "h6"),
    ("logs", "documents"),
    ("entries", "1"),
];

/// What the sample gives an answer to, where a field of a request says less of itself.
const WORDS: [(&str, &str); 6] = [
    ("query", "lantern"),
    ("reporter", "XA"),
    ("partner", "XB"),
    ("period", "2024"),
    ("turnover_method", "TURNOVER_METHOD_EXPORTS_OF_BOTH"),
    ("earlier_release", "partnerships/xa-xb/releases/xa-2024-02"),
];

/// The file.
#[derive(Deserialize)]
struct Recorded {
    /// By full name of the method.
    requests: BTreeMap<String, Value>,
    /// By full name of the message.
    answers: BTreeMap<String, Value>,
}

/// What examples are made of.
pub(super) struct Examples {
    requests: BTreeMap<String, Value>,
    answers: BTreeMap<String, Value>,
    /// By full name of the field.
    values: HashMap<String, Value>,
    /// By type of the resource.
    names: HashMap<String, String>,
}

/// The id of a resource of the sample, or a placeholder where it has none.
pub(super) fn id(collection: &str) -> &'static str {
    let known = IDS.iter().find(|(known, _)| *known == collection);
    known.map_or(PLACEHOLDER, |(_, id)| id)
}

impl Examples {
    pub(super) fn of(pool: &DescriptorPool) -> Self {
        let recorded = serde_json::from_str(RECORDED);
        let Recorded { requests, answers } = recorded.unwrap_or(Recorded {
            requests: BTreeMap::new(),
            answers: BTreeMap::new(),
        });
        let mut examples = Self {
            requests,
            answers,
            values: HashMap::new(),
            names: names(pool),
        };
        let mut values = HashMap::new();
        for method in pool
            .services()
            .flat_map(|service| service.methods().collect::<Vec<_>>())
        {
            if let Some(request) = examples.requests.get(&key(&method)) {
                harvest(&method.input(), request, &mut values);
            }
        }
        for (name, answer) in &examples.answers {
            if let Some(message) = pool.get_message_by_name(name) {
                harvest(&message, answer, &mut values);
            }
        }
        examples.values = values;
        examples
    }

    /// The body of a request: all of it, or one of its fields.
    pub(super) fn body(
        &self,
        method: &MethodDescriptor,
        field: Option<&FieldDescriptor>,
        is_left_out: &dyn Fn(&str) -> bool,
    ) -> Option<Value> {
        let recorded = self.requests.get(&key(method));
        match field {
            Some(field) => recorded
                .and_then(|request| request.get(field.json_name()).cloned())
                .or_else(|| self.field(field, Use::Request, MAX_DEPTH)),
            None => {
                let request = recorded
                    .cloned()
                    .unwrap_or_else(|| self.message(&method.input(), Use::Request, MAX_DEPTH));
                let mut request = request.as_object()?.clone();
                let input = method.input();
                request.retain(|name, _| {
                    query::field(&input, name).is_some_and(|field| !is_left_out(field.name()))
                });
                Some(Value::Object(request))
            }
        }
    }

    /// The answer of a method.
    pub(super) fn answer(&self, message: &MessageDescriptor) -> Value {
        self.message(message, Use::Answer, MAX_DEPTH)
    }

    fn message(&self, message: &MessageDescriptor, usage: Use, depth: usize) -> Value {
        if usage == Use::Answer
            && let Some(recorded) = self.answers.get(message.full_name())
        {
            return recorded.clone();
        }
        let mut object = Map::new();
        for field in message.fields() {
            let is_second = field.containing_oneof().is_some_and(|oneof| {
                !oneof.is_synthetic()
                    && oneof
                        .fields()
                        .any(|other| object.contains_key(other.json_name()))
            });
            let is_of_answer = schema::has_behavior(&field, schema::OUTPUT_ONLY);
            if is_second || (usage == Use::Request && is_of_answer) {
                continue;
            }
            if let Some(value) = self.field(&field, usage, depth) {
                object.insert(field.json_name().to_owned(), value);
            }
        }
        Value::Object(object)
    }

    /// An example of a field, if anything is known of it; where it must be there, at least a placeholder.
    pub(super) fn field(&self, field: &FieldDescriptor, usage: Use, depth: usize) -> Option<Value> {
        if let Some(known) = self.known(field) {
            return Some(known);
        }
        let is_required = schema::has_behavior(field, schema::REQUIRED);
        let Kind::Message(inner) = field.kind() else {
            return is_required.then(|| listed(field, simple(&field.kind())));
        };
        if let Some(value) = well_known(&inner) {
            return is_required.then(|| listed(field, value));
        }
        if field.is_map() || depth == 0 {
            return None;
        }
        let value = self.message(&inner, usage, depth - 1);
        let is_empty = value.as_object().is_some_and(Map::is_empty);
        (is_required || !is_empty).then(|| listed(field, value))
    }

    /// What the sample or the contract's names say of a field.
    fn known(&self, field: &FieldDescriptor) -> Option<Value> {
        if let Some(value) = self
            .reference(field)
            .or_else(|| self.values.get(field.full_name()).cloned())
        {
            return Some(value);
        }
        match (field.name(), field.kind()) {
            // Who sends it makes one; what a resource had a moment ago is not to be copied from here.
            ("request_id" | "etag" | "page_token" | "resume_token" | "validate_only", _) => None,
            (name, Kind::String | Kind::Enum(_)) if word(name).is_some() => {
                word(name).map(|word| json!(word))
            }
            ("language_code", Kind::String) => Some(json!("en")),
            _ => None,
        }
    }

    /// The name of a resource of the type that a field refers to, or is.
    fn reference(&self, field: &FieldDescriptor) -> Option<Value> {
        let text = |kind: &str| {
            let options = field.options();
            let extension = field
                .parent_pool()
                .get_extension_by_name("google.api.resource_reference")?;
            if !options.has_extension(&extension) {
                return None;
            }
            let value = options.get_extension(&extension);
            let value = value
                .as_message()?
                .get_field_by_name(kind)?
                .as_str()?
                .to_owned();
            (!value.is_empty()).then_some(value)
        };
        let name = if let Some(kind) = text("type") {
            self.names.get(&kind)?.clone()
        } else if let Some(child) = text("child_type") {
            parent(self.names.get(&child)?)?
        } else if field.name() == "name" {
            self.names
                .get(&resource(field.parent_message())?.0)?
                .clone()
        } else {
            return None;
        };
        Some(listed(field, json!(name)))
    }
}

fn word(name: &str) -> Option<&'static str> {
    let known = WORDS.iter().find(|(known, _)| *known == name);
    known.map(|(_, word)| *word)
}

fn key(method: &MethodDescriptor) -> String {
    format!("{}/{}", method.parent_service().full_name(), method.name())
}

fn listed(field: &FieldDescriptor, value: Value) -> Value {
    if field.is_list() {
        json!([value])
    } else {
        value
    }
}

/// The names of a resource of each type.
fn names(pool: &DescriptorPool) -> HashMap<String, String> {
    let of = |message: MessageDescriptor| {
        let (kind, pattern) = resource(&message)?;
        let mut name = String::new();
        let mut collection = "";
        for segment in pattern.split('/') {
            if !name.is_empty() {
                name.push('/');
            }
            if segment.starts_with('{') {
                name.push_str(id(collection));
            } else {
                name.push_str(segment);
                collection = segment;
            }
        }
        Some((kind, name))
    };
    pool.all_messages().filter_map(of).collect()
}

/// The type and the pattern of a resource.
fn resource(message: &MessageDescriptor) -> Option<(String, String)> {
    let extension = message
        .parent_pool()
        .get_extension_by_name("google.api.resource")?;
    let options = message.options();
    if !options.has_extension(&extension) {
        return None;
    }
    let value = options.get_extension(&extension);
    let value = value.as_message()?;
    let kind = value.get_field_by_name("type")?.as_str()?.to_owned();
    let patterns = value.get_field_by_name("pattern")?;
    let pattern = patterns.as_list()?.first()?.as_str()?.to_owned();
    Some((kind, pattern))
}

fn parent(name: &str) -> Option<String> {
    let (above, _) = name.rsplit_once('/')?;
    Some(above.rsplit_once('/')?.0.to_owned())
}

/// Takes in what JSON says of single fields, wherever they stand.
fn harvest(message: &MessageDescriptor, value: &Value, values: &mut HashMap<String, Value>) {
    let Some(object) = value.as_object() else {
        return;
    };
    for (name, value) in object {
        let Some(field) = query::field(message, name) else {
            continue;
        };
        match field.kind() {
            Kind::Message(inner) if !field.is_map() && well_known(&inner).is_none() => {
                match value {
                    Value::Array(items) => {
                        for item in items {
                            harvest(&inner, item, values);
                        }
                    }
                    one => harvest(&inner, one, values),
                }
            }
            _ if ["etag", "next_page_token", "resume_token"].contains(&field.name()) => {}
            _ => {
                values
                    .entry(field.full_name().to_owned())
                    .or_insert_with(|| value.clone());
            }
        }
    }
}

/// A day and a moment of the sample; a duration and a mask that say nothing.
fn well_known(message: &MessageDescriptor) -> Option<Value> {
    Some(match message.full_name() {
        "google.type.Date" => json!({ "year": 2024, "month": 1, "day": 1 }),
        "google.protobuf.Timestamp" => json!("2024-02-15T09:00:00Z"),
        "google.protobuf.Duration" => json!("0s"),
        "google.protobuf.FieldMask" => json!(""),
        _ => return None,
    })
}

/// A value that says nothing.
fn simple(kind: &Kind) -> Value {
    match kind {
        Kind::Bool => json!(false),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 | Kind::Uint64 | Kind::Fixed64 => json!("0"),
        Kind::Enum(kind) => json!(kind.default_value().name()),
        Kind::String | Kind::Message(_) => json!(PLACEHOLDER),
        Kind::Bytes => json!(""),
        _ => json!(0),
    }
}

#[cfg(test)]
mod tests {
    use prost_reflect::DynamicMessage;

    use super::*;

    #[test]
    fn what_was_recorded_is_what_the_contracts_have_today() {
        let pool = accord_proto::descriptors();
        let Recorded { requests, answers } = serde_json::from_str(RECORDED).unwrap();
        assert!(
            requests.len() > 10 && answers.len() > 20,
            "{}",
            answers.len()
        );
        for (key, request) in requests {
            let (service, method) = key.split_once('/').unwrap();
            let service = pool.get_service_by_name(service).unwrap();
            let method = service.methods().find(|known| known.name() == method);
            let message = DynamicMessage::deserialize(method.unwrap().input(), request);
            assert!(message.is_ok(), "{key}: {message:?}");
        }
        for (name, answer) in answers {
            let descriptor = pool.get_message_by_name(&name).unwrap();
            let message = DynamicMessage::deserialize(descriptor, answer);
            assert!(message.is_ok(), "{name}: {message:?}");
        }
    }

    fn has(value: &Value, wanted: &Value) -> bool {
        value == wanted
            || match value {
                Value::Array(items) => items.iter().any(|item| has(item, wanted)),
                Value::Object(fields) => fields.values().any(|field| has(field, wanted)),
                _ => false,
            }
    }

    #[test]
    fn ids_are_of_the_sample() {
        for (collection, id) in IDS {
            assert!(
                RECORDED.contains(&format!("{collection}/{id}")),
                "{collection}/{id}"
            );
        }
    }

    #[test]
    fn days_and_moments_are_of_the_sample() {
        let recorded: Value = serde_json::from_str(RECORDED).unwrap();
        for name in ["google.type.Date", "google.protobuf.Timestamp"] {
            let message = accord_proto::descriptors().get_message_by_name(name);
            let example = well_known(&message.unwrap()).unwrap();
            assert!(has(&recorded, &example), "{example}");
        }
    }
}
