//! What is wrong with the JSON of a request: every field of it, in words of the contract and not of a reader.
//!
//! It is asked only of a request that could not be read, so it may take its time.

use aip::Violations;
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, OneofDescriptor};
use serde_json::{Map, Value, json};

use super::query;

/// The reason of a field that cannot be read.
const REASON: &str = "MESSAGE_MALFORMED";

/// A name that is told is cut after so many characters: it may be as long as the body.
const MAX_NAME_CHARS: usize = 80;

/// Appends what is wrong with `value` as a message.
pub(super) fn tell(message: &MessageDescriptor, value: &Value, violations: &mut Violations) {
    let mut teller = Teller { violations };
    teller.message(message, value, "");
}

struct Teller<'a> {
    violations: &'a mut Violations,
}

impl Teller<'_> {
    fn push(&mut self, path: &str, description: &str) {
        self.violations.push(path, REASON, description);
    }

    fn message(&mut self, message: &MessageDescriptor, value: &Value, path: &str) {
        let Some(object) = value.as_object() else {
            self.push(path, "must be an object");
            return;
        };
        let mut given: Vec<OneofDescriptor> = Vec::new();
        for (name, value) in object {
            if self.violations.is_full() {
                return;
            }
            let cut: String = name.chars().take(MAX_NAME_CHARS).collect();
            let path = if path.is_empty() {
                cut
            } else {
                format!("{path}.{cut}")
            };
            let Some(field) = query::field(message, name) else {
                self.push(&path, "is no field that there is");
                continue;
            };
            if name != field.json_name() && object.contains_key(field.json_name()) {
                self.push(&path, "stands twice, by both of its names");
            }
            if value.is_null() {
                continue;
            }
            if let Some(oneof) = field.containing_oneof() {
                if given.contains(&oneof) {
                    self.push(
                        &path,
                        "is given beside another field in whose place it stands",
                    );
                }
                given.push(oneof);
            }
            self.field(message, &field, value, &path);
        }
    }

    fn field(
        &mut self,
        message: &MessageDescriptor,
        field: &FieldDescriptor,
        value: &Value,
        path: &str,
    ) {
        if field.is_map() {
            let Some(entries) = value.as_object() else {
                self.push(path, "must be an object");
                return;
            };
            for (key, value) in entries {
                if self.violations.is_full() {
                    return;
                }
                let entry = Value::Object(Map::from_iter([(key.clone(), value.clone())]));
                let cut: String = key.chars().take(MAX_NAME_CHARS).collect();
                if !is_read(message, field, entry) {
                    self.push(
                        &format!("{path}.{cut}"),
                        "is no entry that the field can have",
                    );
                }
            }
            return;
        }
        if !field.is_list() {
            self.one(message, field, value, path);
            return;
        }
        let Some(items) = value.as_array() else {
            self.push(path, "must be a list");
            return;
        };
        for (index, item) in items.iter().enumerate() {
            if self.violations.is_full() {
                return;
            }
            self.one(message, field, item, &format!("{path}[{index}]"));
        }
    }

    /// One value of a field.
    fn one(
        &mut self,
        message: &MessageDescriptor,
        field: &FieldDescriptor,
        value: &Value,
        path: &str,
    ) {
        if let Kind::Message(inner) = field.kind()
            && !inner.full_name().starts_with("google.protobuf.")
        {
            self.message(&inner, value, path);
            return;
        }
        let alone = if field.is_list() {
            json!([value])
        } else {
            value.clone()
        };
        if !is_read(message, field, alone) {
            self.push(path, &must_be(&field.kind()));
        }
    }
}

/// Whether a field can be read of this value.
fn is_read(message: &MessageDescriptor, field: &FieldDescriptor, value: Value) -> bool {
    let alone = Value::Object(Map::from_iter([(field.json_name().to_owned(), value)]));
    DynamicMessage::deserialize(message.clone(), alone).is_ok()
}

/// What a value must be that is none of its kind.
fn must_be(kind: &Kind) -> String {
    let text = match kind {
        Kind::Bool => "must be true or false",
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => "must be a whole number of 32 bits",
        Kind::Uint32 | Kind::Fixed32 => "must be a whole number of 32 bits without a sign",
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => {
            "must be a whole number of 64 bits, best as text"
        }
        Kind::Uint64 | Kind::Fixed64 => {
            "must be a whole number of 64 bits without a sign, best as text"
        }
        Kind::Float | Kind::Double => "must be a number",
        Kind::String => "must be text",
        Kind::Bytes => "must be base64",
        Kind::Enum(values) => return format!("must be a value of {}", values.full_name()),
        Kind::Message(message) => match message.full_name() {
            "google.protobuf.Timestamp" => "must be a time such as 2021-12-06T00:00:00Z",
            "google.protobuf.Duration" => "must be a length of time such as 1.5s",
            "google.protobuf.FieldMask" => "must be names of fields such as titles,signatureDate",
            name => return format!("must be a {name} as JSON has it"),
        },
    };
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> MessageDescriptor {
        accord_proto::descriptors()
            .get_message_by_name("accord.documents.v1.UpdateDocumentRequest")
            .unwrap()
    }

    fn told(value: &Value) -> Vec<(String, String)> {
        let mut violations = Violations::new();
        tell(&message(), value, &mut violations);
        let told = violations.iter();
        told.map(|one| (one.field.clone(), one.description.clone()))
            .collect()
    }

    #[test]
    fn every_wrong_field_is_told_where_it_stands() {
        let wrong = told(&json!({
            "colour": 1,
            "updateMask": 5,
            "allowMissing": "perhaps",
            "document": {
                "titles": [{ "text": 5 }, "x", { "text": "right", "tone": "dark" }],
                "parties": "UZ",
                "type": [],
                "signatureDate": { "year": 3_000_000_000_i64 },
                "signature_place": "Astana",
                "signaturePlace": "Tashkent",
                "createTime": "yesterday",
                "sources": null,
            },
        }));
        let fields: Vec<&str> = wrong.iter().map(|(field, _)| field.as_str()).collect();
        for field in [
            "colour",
            "updateMask",
            "document.titles[0].text",
            "document.titles[1]",
            "document.titles[2].tone",
            "document.parties",
            "document.type",
            "document.signatureDate.year",
            "document.signature_place",
            "document.createTime",
        ] {
            assert!(fields.contains(&field), "{field} in {wrong:?}");
        }
        let year = wrong
            .iter()
            .find(|(field, _)| field == "document.signatureDate.year");
        assert_eq!(year.unwrap().1, "must be a whole number of 32 bits");
    }

    #[test]
    fn nobody_looks_on_once_more_is_wrong_than_is_told() {
        let masses = json!({ "document": { "titles": vec![json!("x"); 100_000] } });
        let mut violations = Violations::new();
        tell(&message(), &masses, &mut violations);
        assert_eq!(violations.len(), 101);
    }

    #[test]
    fn nothing_is_told_of_what_is_right_and_long_names_are_cut() {
        let right = json!({
            "updateMask": "titles,signatureDate",
            "document": { "titles": [{ "text": "x" }], "type": 2, "sources": null, "parties": ["UZ"] },
        });
        assert_eq!(told(&right), []);
        let (field, _) = told(&json!({ "x".repeat(1_000): 1 })).remove(0);
        assert_eq!(field.len(), MAX_NAME_CHARS);
        assert_eq!(told(&json!([1]))[0].1, "must be an object");
    }
}
