//! The canonical protobuf JSON of an answer.

use std::io::{self, Write};

use prost_reflect::{DynamicMessage, ReflectMessage, Value};

/// An answer that can be written as canonical protobuf JSON.
#[derive(Debug, Clone)]
pub struct Answer {
    messages: Vec<DynamicMessage>,
    items: Option<&'static str>,
}

impl Answer {
    /// Takes one message; JSON lines hold the whole of it on one line.
    #[must_use]
    pub fn of<M: prost::Message + prost::Name>(message: &M) -> Self {
        Self::several(std::slice::from_ref(message))
    }

    /// Takes the answers of several calls; JSON is then one object after the other.
    #[must_use]
    pub fn several<M: prost::Message + prost::Name>(messages: &[M]) -> Self {
        Self {
            messages: messages.iter().filter_map(reflect).collect(),
            items: None,
        }
    }

    /// Takes the answer of a list method; JSON lines hold one item of field `items` each.
    #[must_use]
    pub fn list<M: prost::Message + prost::Name>(message: &M, items: &'static str) -> Self {
        Self {
            items: Some(items),
            ..Self::of(message)
        }
    }

    /// Writes the answer as one indented JSON object.
    pub fn write_whole(&self, out: &mut dyn Write) -> io::Result<()> {
        self.messages.iter().try_for_each(|message| {
            serde_json::to_writer_pretty(&mut *out, message).map_err(io::Error::from)?;
            out.write_all(b"\n")
        })
    }

    /// Writes one JSON object a line.
    pub fn write_lines(&self, out: &mut dyn Write) -> io::Result<()> {
        self.messages.iter().try_for_each(|message| {
            let field = self
                .items
                .and_then(|items| message.descriptor().get_field_by_name(items));
            let Some(field) = field else {
                return write_line(message, out);
            };
            match message.get_field(&field).as_ref() {
                Value::List(values) => values
                    .iter()
                    .filter_map(Value::as_message)
                    .try_for_each(|item| write_line(item, out)),
                _ => write_line(message, out),
            }
        })
    }
}

fn write_line(message: &DynamicMessage, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, message).map_err(io::Error::from)?;
    out.write_all(b"\n")
}

/// Reads a generated message by its descriptor. Nothing only for messages that are no part of the contracts.
fn reflect<M: prost::Message + prost::Name>(message: &M) -> Option<DynamicMessage> {
    let descriptor = accord_proto::descriptor_of::<M>()?;
    DynamicMessage::decode(descriptor, message.encode_to_vec().as_slice()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use accord_proto::google::rpc::{BadRequest, bad_request::FieldViolation};

    fn two_violations() -> BadRequest {
        let violation = |field: &str| FieldViolation {
            field: field.into(),
            ..FieldViolation::default()
        };
        BadRequest {
            field_violations: vec![violation("a"), violation("b")],
        }
    }

    #[test]
    fn names_are_in_lower_camel_case_and_defaults_are_left_out() {
        let mut out = Vec::new();
        Answer::of(&two_violations()).write_whole(&mut out).unwrap();
        let value: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(
            value,
            serde_json::json!({"fieldViolations": [{"field": "a"}, {"field": "b"}]})
        );
    }

    #[test]
    fn lines_hold_one_item_each() {
        let mut out = Vec::new();
        Answer::list(&two_violations(), "field_violations")
            .write_lines(&mut out)
            .unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "{\"field\":\"a\"}\n{\"field\":\"b\"}\n"
        );
    }
}
