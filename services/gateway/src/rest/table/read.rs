//! JSON as messages.

use prost::Message as _;
use prost_reflect::DynamicMessage;
use serde_json::{Map, Value};

use super::{Field, Form, Index, Kind, Message, Odd, Tables, wire::put_varint};

impl Tables {
    /// Appends a message as it goes over the wire, with its fields in the order of their numbers. What was appended of one that is odd must
    /// not be used.
    pub(in crate::rest) fn read(
        &self,
        Index(index): Index,
        value: &Value,
        out: &mut Vec<u8>,
    ) -> Result<(), Odd> {
        self.read_message(index, value, out)
    }

    fn read_message(&self, index: usize, value: &Value, out: &mut Vec<u8>) -> Result<(), Odd> {
        let message = self.message(index)?;
        match (message.form, value) {
            (Form::Fields, Value::Object(object)) => self.read_fields(message, object, out),
            (Form::Fields, _) => Err(Odd),
            _ => reflected(message, value, out),
        }
    }

    fn read_fields(
        &self,
        message: &Message,
        object: &Map<String, Value>,
        out: &mut Vec<u8>,
    ) -> Result<(), Odd> {
        let mut given: Vec<(usize, &Value)> = Vec::with_capacity(object.len());
        for (name, value) in object {
            given.push((*message.by_name.get(name).ok_or(Odd)?, value));
        }
        given.sort_unstable_by_key(|(position, _)| *position);
        let mut oneofs = 0_u64;
        let mut last = None;
        for (position, value) in given {
            // By both of its names.
            if last == Some(position) {
                return Err(Odd);
            }
            last = Some(position);
            let field = message.fields.get(position).ok_or(Odd)?;
            if value.is_null() {
                // It is as if it was not given; but for a message that can be null.
                if matches!(&field.kind, Kind::Message(inner) if self.message(*inner)?.form == Form::Other)
                {
                    return Err(Odd);
                }
                continue;
            }
            field.is_first_of_its_oneof(&mut oneofs)?;
            match (field.is_list, value) {
                (false, value) => self.read_value(field, value, !field.has_presence, out)?,
                (true, Value::Array(items)) => self.read_list(field, items, out)?,
                (true, _) => return Err(Odd),
            }
        }
        Ok(())
    }

    fn read_list(&self, field: &Field, items: &[Value], out: &mut Vec<u8>) -> Result<(), Odd> {
        if !field.is_packed {
            return items
                .iter()
                .try_for_each(|item| self.read_value(field, item, false, out));
        }
        if items.is_empty() {
            return Ok(());
        }
        put_key(field, 2, out);
        framed(out, |out| {
            items
                .iter()
                .try_for_each(|item| varint(&field.kind, item).map(|value| put_varint(value, out)))
        })
    }

    /// Appends a value with its number; not the default one of a field that has no presence.
    fn read_value(
        &self,
        field: &Field,
        value: &Value,
        leaves_default: bool,
        out: &mut Vec<u8>,
    ) -> Result<(), Odd> {
        match (&field.kind, value) {
            (Kind::Message(_), Value::Null) => Err(Odd),
            (Kind::Message(index), value) => {
                put_key(field, 2, out);
                framed(out, |out| self.read_message(*index, value, out))
            }
            (Kind::String, Value::String(text)) => {
                if !(leaves_default && text.is_empty()) {
                    put_key(field, 2, out);
                    put_varint(u64::try_from(text.len()).map_err(|_| Odd)?, out);
                    out.extend_from_slice(text.as_bytes());
                }
                Ok(())
            }
            (kind, value) => {
                let value = varint(kind, value)?;
                if !(leaves_default && value == 0) {
                    put_key(field, 0, out);
                    put_varint(value, out);
                }
                Ok(())
            }
        }
    }
}

/// A value that is one varint.
fn varint(kind: &Kind, value: &Value) -> Result<u64, Odd> {
    let extended = |number: i64| number.cast_unsigned();
    match (kind, value) {
        (Kind::Bool, Value::Bool(value)) => Ok(u64::from(*value)),
        (Kind::Int32, Value::Number(number)) => {
            let number = number
                .as_i64()
                .and_then(|number| i32::try_from(number).ok());
            number.map(|number| extended(number.into())).ok_or(Odd)
        }
        (Kind::Int64, Value::Number(number)) => number.as_i64().map(extended).ok_or(Odd),
        (Kind::Int64, Value::String(text)) => text.parse().map(extended).map_err(|_| Odd),
        (Kind::Uint32, Value::Number(number)) => {
            let number = number
                .as_u64()
                .and_then(|number| u32::try_from(number).ok());
            number.map(u64::from).ok_or(Odd)
        }
        (Kind::Uint64, Value::Number(number)) => number.as_u64().ok_or(Odd),
        (Kind::Enum(values), Value::String(name)) => {
            let number = values.numbers.get(name).ok_or(Odd)?;
            Ok(extended((*number).into()))
        }
        _ => Err(Odd),
    }
}

fn put_key(field: &Field, wire: u64, out: &mut Vec<u8>) {
    put_varint(u64::from(field.number) << 3 | wire, out);
}

/// Appends what `fill` does, with its length before it.
fn framed(
    out: &mut Vec<u8>,
    fill: impl FnOnce(&mut Vec<u8>) -> Result<(), Odd>,
) -> Result<(), Odd> {
    let start = out.len();
    fill(out)?;
    let length = out.len() - start;
    let before = out.len();
    put_varint(u64::try_from(length).map_err(|_| Odd)?, out);
    let digits = out.len() - before;
    if let Some(framed) = out.get_mut(start..) {
        framed.rotate_right(digits);
    }
    Ok(())
}

fn reflected(message: &Message, value: &Value, out: &mut Vec<u8>) -> Result<(), Odd> {
    let message =
        DynamicMessage::deserialize(message.descriptor.clone(), value).map_err(|_| Odd)?;
    message.encode(out).map_err(|_| Odd)
}
