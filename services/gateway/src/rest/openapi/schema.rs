//! Messages as JSON Schema (2020-12), which OpenAPI 3.1 uses.

use std::collections::{BTreeMap, BTreeSet};

use prost_reflect::{EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor, Value as Field};
use serde_json::{Map, Value, json};

use super::comments::Comments;

/// Numbers of `google.api.FieldBehavior`.
pub(super) const REQUIRED: i32 = 2;
pub(super) const OUTPUT_ONLY: i32 = 3;

/// What a message is used for: a request has required fields and none that only answers have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Use {
    Request,
    Answer,
}

/// The schemas that the description needs.
pub(super) struct Schemas<'a> {
    comments: &'a Comments,
    made: BTreeMap<String, Value>,
}

impl<'a> Schemas<'a> {
    pub(super) fn new(comments: &'a Comments) -> Self {
        Self {
            comments,
            made: BTreeMap::new(),
        }
    }

    pub(super) fn finish(self) -> BTreeMap<String, Value> {
        self.made
    }

    /// A reference to a message, or the schema of one that stands for a value.
    pub(super) fn of_message(&mut self, message: &MessageDescriptor, usage: Use) -> Value {
        if let Some(schema) = well_known(message) {
            return schema;
        }
        let name = match usage {
            Use::Request => format!("{}.Request", message.full_name()),
            Use::Answer => message.full_name().to_owned(),
        };
        let reference = json!({ "$ref": format!("#/components/schemas/{name}") });
        if !self.made.contains_key(&name) {
            // A message that has itself within finds its name taken.
            self.made.insert(name.clone(), Value::Null);
            let schema = self.object(message, usage, &|_| false);
            self.made.insert(name, schema);
        }
        reference
    }

    /// The schema of a request without the fields that its path gives.
    pub(super) fn without(
        &mut self,
        message: &MessageDescriptor,
        is_left_out: &dyn Fn(&str) -> bool,
    ) -> Value {
        self.object(message, Use::Request, is_left_out)
    }

    /// The schema of a field that is a body.
    pub(super) fn of_field_alone(&mut self, field: &FieldDescriptor, usage: Use) -> Value {
        match field.kind() {
            Kind::Message(message) if !field.is_list() => self.of_message(&message, usage),
            _ => self.of_field(field, usage),
        }
    }

    fn object(
        &mut self,
        message: &MessageDescriptor,
        usage: Use,
        is_left_out: &dyn Fn(&str) -> bool,
    ) -> Value {
        let mut properties = Map::new();
        let mut required = BTreeSet::new();
        for field in message.fields() {
            let is_answer = has_behavior(&field, OUTPUT_ONLY);
            if is_left_out(field.name()) || (usage == Use::Request && is_answer) {
                continue;
            }
            if usage == Use::Request && has_behavior(&field, REQUIRED) {
                required.insert(field.json_name().to_owned());
            }
            properties.insert(field.json_name().to_owned(), self.of_field(&field, usage));
        }
        let mut text = self.comments.of_message(message);
        for oneof in message.oneofs().filter(|oneof| !oneof.is_synthetic()) {
            let names: Vec<String> = oneof
                .fields()
                .map(|field| format!("`{}`", field.json_name()))
                .collect();
            text.push_str(&format!("\n\nAt most one of {}.", names.join(", ")));
        }
        let mut schema = json!({ "type": "object", "description": text, "properties": properties });
        if !required.is_empty()
            && let Some(schema) = schema.as_object_mut()
        {
            schema.insert("required".to_owned(), json!(required));
        }
        schema
    }

    fn of_field(&mut self, field: &FieldDescriptor, usage: Use) -> Value {
        let text = self.comments.of_field(field);
        let mut schema = match field.kind() {
            Kind::Message(entry) if field.is_map() => {
                let value = entry.get_field_by_name("value");
                let value =
                    value.map_or_else(|| json!({}), |value| self.of_kind(&value.kind(), usage));
                json!({ "type": "object", "additionalProperties": value })
            }
            kind if field.is_list() => {
                json!({ "type": "array", "items": self.of_kind(&kind, usage) })
            }
            kind => self.of_kind(&kind, usage),
        };
        if let Some(schema) = schema.as_object_mut() {
            // The words about a type stay with the type; the field's own stand here.
            schema.insert("description".to_owned(), json!(text));
            if has_behavior(field, OUTPUT_ONLY) {
                schema.insert("readOnly".to_owned(), json!(true));
            }
        }
        schema
    }

    fn of_kind(&mut self, kind: &Kind, usage: Use) -> Value {
        match kind {
            Kind::Message(message) => self.of_message(message, usage),
            Kind::Enum(kind) => self.of_enum(kind),
            simple => of_simple(simple),
        }
    }

    fn of_enum(&mut self, kind: &EnumDescriptor) -> Value {
        let name = kind.full_name().to_owned();
        if !self.made.contains_key(&name) {
            let mut text = self.comments.of_enum(kind);
            for value in kind.values() {
                text.push_str(&format!(
                    "\n\n- `{}`: {}",
                    value.name(),
                    self.comments.of_value(&value)
                ));
            }
            let names: Vec<String> = kind.values().map(|value| value.name().to_owned()).collect();
            let schema = json!({ "type": "string", "description": text, "enum": names });
            self.made.insert(name.clone(), schema);
        }
        json!({ "$ref": format!("#/components/schemas/{name}") })
    }
}

/// The schema of one value of a query; nothing for a message whose fields are given one by one.
pub(super) fn of_query(kind: &Kind) -> Option<Value> {
    match kind {
        Kind::Message(message) if message.full_name() == "google.type.Date" => Some(
            json!({ "type": "string", "pattern": "^[0-9]{4}(-[0-9]{2}){0,2}$", "examples": ["2021-12-06"] }),
        ),
        Kind::Message(message) => well_known(message),
        Kind::Enum(kind) => {
            let names: Vec<String> = kind.values().map(|value| value.name().to_owned()).collect();
            Some(json!({ "type": "string", "enum": names }))
        }
        simple => Some(of_simple(simple)),
    }
}

fn of_simple(kind: &Kind) -> Value {
    match kind {
        Kind::Bool => json!({ "type": "boolean" }),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => {
            json!({ "type": "integer", "format": "int32" })
        }
        Kind::Uint32 | Kind::Fixed32 => {
            json!({ "type": "integer", "format": "int64", "minimum": 0 })
        }
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => {
            json!({ "type": "string", "format": "int64", "pattern": "^-?[0-9]{1,19}$" })
        }
        Kind::Uint64 | Kind::Fixed64 => {
            json!({ "type": "string", "format": "uint64", "pattern": "^[0-9]{1,20}$" })
        }
        Kind::Float | Kind::Double => {
            json!({ "anyOf": [{ "type": "number" }, { "enum": ["NaN", "Infinity", "-Infinity"] }] })
        }
        Kind::Bytes => json!({ "type": "string", "contentEncoding": "base64" }),
        Kind::String | Kind::Message(_) | Kind::Enum(_) => json!({ "type": "string" }),
    }
}

/// Messages that JSON has as one value.
fn well_known(message: &MessageDescriptor) -> Option<Value> {
    Some(match message.full_name() {
        "google.protobuf.Timestamp" => {
            json!({ "type": "string", "format": "date-time", "examples": ["2021-12-06T00:00:00Z"] })
        }
        "google.protobuf.Duration" => {
            json!({ "type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?s$", "examples": ["1.5s"] })
        }
        "google.protobuf.FieldMask" => {
            json!({ "type": "string", "examples": ["oneField,another.inner"] })
        }
        "google.protobuf.Struct" | "google.protobuf.Any" | "google.protobuf.Empty" => {
            json!({ "type": "object" })
        }
        "google.protobuf.Value" => json!({}),
        "google.protobuf.ListValue" => json!({ "type": "array" }),
        name if name.starts_with("google.protobuf.") && name.ends_with("Value") => {
            let inner = message.get_field_by_name("value")?;
            of_simple(&inner.kind())
        }
        _ => return None,
    })
}

/// Whether a field has a behaviour of AIP-203.
pub(super) fn has_behavior(field: &FieldDescriptor, behavior: i32) -> bool {
    let pool = field.parent_pool();
    let Some(extension) = pool.get_extension_by_name("google.api.field_behavior") else {
        return false;
    };
    let options = field.options();
    let value = options.get_extension(&extension);
    let list = value.as_list().unwrap_or_default();
    list.iter().any(|one| *one == Field::EnumNumber(behavior))
}
