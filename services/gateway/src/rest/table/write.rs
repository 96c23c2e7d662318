//! Messages as JSON.

use std::io::Write as _;

use prost::Message as _;
use prost_reflect::DynamicMessage;

use super::{
    Field, Form, Index, Kind, Message, Odd, Tables,
    wire::{Reader, WireType},
};
use crate::rest::answer;

/// How deep messages may be within messages; `prost` reads a hundred.
const MAX_DEPTH: usize = 64;

/// The seconds of the years 1 to 9999, which JSON has.
const SECONDS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

impl Tables {
    /// Appends a message as JSON. What was appended of one that is odd must not be used.
    pub(in crate::rest) fn write(
        &self,
        Index(index): Index,
        bytes: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), Odd> {
        self.write_message(index, bytes, out, 0)
    }

    /// The text of a field of a message itself, empty if it has none.
    pub(in crate::rest) fn text<'a>(
        &self,
        Index(index): Index,
        bytes: &'a [u8],
        name: &str,
    ) -> Result<&'a str, Odd> {
        let message = self.message(index)?;
        let field = message.by_name.get(name);
        let Some(field) = field.and_then(|position| message.fields.get(*position)) else {
            return Ok("");
        };
        if field.is_list || !matches!(field.kind, Kind::String) {
            return Ok("");
        }
        let mut reader = Reader::new(bytes);
        let mut text = "";
        while !reader.is_empty() {
            let (number, kind) = reader.key()?;
            if number == field.number && kind == WireType::Bytes {
                text = std::str::from_utf8(reader.bytes()?).map_err(|_| Odd)?;
            } else {
                reader.skip(kind)?;
            }
        }
        Ok(text)
    }

    fn write_message(
        &self,
        index: usize,
        bytes: &[u8],
        out: &mut Vec<u8>,
        depth: usize,
    ) -> Result<(), Odd> {
        let message = self.message(index)?;
        match message.form {
            Form::Fields if depth > MAX_DEPTH => Err(Odd),
            Form::Fields => {
                out.push(b'{');
                self.write_fields(message, bytes, out, true, depth)?;
                out.push(b'}');
                Ok(())
            }
            Form::Timestamp => write_timestamp(bytes, out),
            Form::Duration => write_duration(bytes, out),
            Form::Any => self.write_any(bytes, out, depth),
            Form::Other => reflected(message, bytes, out),
        }
    }

    /// Appends the fields of a message; with a comma before each but the first of an object.
    fn write_fields(
        &self,
        message: &Message,
        bytes: &[u8],
        out: &mut Vec<u8>,
        mut is_first: bool,
        depth: usize,
    ) -> Result<(), Odd> {
        let mut reader = Reader::new(bytes);
        let mut near = 0;
        let mut last = None;
        let mut is_open = false;
        let mut oneofs = 0_u64;
        while !reader.is_empty() {
            let (number, wire) = reader.key()?;
            let Some(position) = message.find(number, near) else {
                reader.skip(wire)?;
                continue;
            };
            let field = message.fields.get(position).ok_or(Odd)?;
            near = position;
            if last != Some(position) && is_open {
                out.push(b']');
                is_open = false;
            }
            if last.is_some_and(|last| position < last || (position == last && !field.is_list)) {
                return Err(Odd);
            }
            last = Some(position);
            field.is_first_of_its_oneof(&mut oneofs)?;
            if field.is_list {
                let mut begin = |out: &mut Vec<u8>| {
                    if is_open {
                        out.push(b',');
                        return;
                    }
                    name(field, out, &mut is_first);
                    out.push(b'[');
                    is_open = true;
                };
                if wire == WireType::Bytes && field.kind.is_packable() {
                    let mut packed = Reader::new(reader.bytes()?);
                    while !packed.is_empty() {
                        begin(out);
                        self.write_value(field, field.kind.wire(), &mut packed, out, depth)?;
                    }
                } else {
                    begin(out);
                    self.write_value(field, wire, &mut reader, out, depth)?;
                }
                continue;
            }
            let before = (out.len(), is_first);
            name(field, out, &mut is_first);
            let is_default = self.write_value(field, wire, &mut reader, out, depth)?;
            if is_default && !field.has_presence {
                (_, is_first) = before;
                out.truncate(before.0);
            }
        }
        if is_open {
            out.push(b']');
        }
        Ok(())
    }

    /// Appends a value; returns whether it is the default one of its type.
    fn write_value(
        &self,
        field: &Field,
        wire: WireType,
        reader: &mut Reader<'_>,
        out: &mut Vec<u8>,
        depth: usize,
    ) -> Result<bool, Odd> {
        if wire != field.kind.wire() {
            return Err(Odd);
        }
        Ok(match &field.kind {
            Kind::Bool => {
                let value = reader.varint()? != 0;
                out.extend_from_slice(if value { b"true" } else { b"false" });
                !value
            }
            Kind::Int32 => number(low(reader.varint()?).cast_signed(), out)?,
            Kind::Uint32 => number(low(reader.varint()?), out)?,
            Kind::Int64 => quoted(reader.varint()?.cast_signed(), out)?,
            Kind::Uint64 => quoted(reader.varint()?, out)?,
            Kind::Double => {
                let value = f64::from_le_bytes(reader.fixed64()?);
                if !value.is_finite() || value == 0.0 && value.is_sign_negative() {
                    return Err(Odd);
                }
                json(&value, out)?;
                value == 0.0
            }
            Kind::String => {
                let text = std::str::from_utf8(reader.bytes()?).map_err(|_| Odd)?;
                json(text, out)?;
                text.is_empty()
            }
            Kind::Bytes => {
                use base64::{display::Base64Display, prelude::BASE64_STANDARD};
                let bytes = reader.bytes()?;
                let text = Base64Display::new(bytes, &BASE64_STANDARD);
                write!(out, "\"{text}\"").map_err(|_| Odd)?;
                bytes.is_empty()
            }
            Kind::Enum(values) => {
                let value = low(reader.varint()?).cast_signed();
                match values.names.get(&value) {
                    Some(name) => out.extend_from_slice(name.as_bytes()),
                    None => json(&value, out)?,
                }
                value == 0
            }
            Kind::Message(index) => {
                self.write_message(*index, reader.bytes()?, out, depth + 1)?;
                false
            }
            Kind::Rare => return Err(Odd),
        })
    }

    fn write_any(&self, bytes: &[u8], out: &mut Vec<u8>, depth: usize) -> Result<(), Odd> {
        let any = prost_types::Any::decode(bytes).map_err(|_| Odd)?;
        let (_, name) = any.type_url.rsplit_once('/').ok_or(Odd)?;
        let index = self.by_name.get(name).ok_or(Odd)?;
        let message = self.message(*index)?;
        if message.form != Form::Fields || depth > MAX_DEPTH {
            return Err(Odd);
        }
        out.extend_from_slice(b"{\"@type\":");
        json(any.type_url.as_str(), out)?;
        self.write_fields(message, &any.value, out, false, depth + 1)?;
        out.push(b'}');
        Ok(())
    }
}

impl Kind {
    fn wire(&self) -> WireType {
        match self {
            Self::Bool
            | Self::Int32
            | Self::Int64
            | Self::Uint32
            | Self::Uint64
            | Self::Enum(_) => WireType::Varint,
            Self::Double => WireType::Fixed64,
            Self::String | Self::Bytes | Self::Message(_) | Self::Rare => WireType::Bytes,
        }
    }

    fn is_packable(&self) -> bool {
        self.wire() != WireType::Bytes
    }
}

/// Appends the name of a field.
fn name(field: &Field, out: &mut Vec<u8>, is_first: &mut bool) {
    if !*is_first {
        out.push(b',');
    }
    *is_first = false;
    out.extend_from_slice(&field.key);
}

/// The low half, which is all that a field of 32 bits takes of a varint.
fn low(value: u64) -> u32 {
    let [a, b, c, d, ..] = value.to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}

fn json<T: serde::Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) -> Result<(), Odd> {
    serde_json::to_writer(out, value).map_err(|_| Odd)
}

fn number<T: serde::Serialize + Default + PartialEq>(
    value: T,
    out: &mut Vec<u8>,
) -> Result<bool, Odd> {
    json(&value, out)?;
    Ok(value == T::default())
}

fn quoted<T: serde::Serialize + Default + PartialEq>(
    value: T,
    out: &mut Vec<u8>,
) -> Result<bool, Odd> {
    out.push(b'"');
    let is_default = number(value, out)?;
    out.push(b'"');
    Ok(is_default)
}

fn write_timestamp(bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Odd> {
    let time = prost_types::Timestamp::decode(bytes).map_err(|_| Odd)?;
    if !SECONDS.contains(&time.seconds) || !(0..1_000_000_000).contains(&time.nanos) {
        return Err(Odd);
    }
    write!(out, "\"{time}\"").map_err(|_| Odd)
}

fn write_duration(bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Odd> {
    let duration = prost_types::Duration::decode(bytes).map_err(|_| Odd)?;
    let is_usual = (0..=315_576_000_000).contains(&duration.seconds)
        && (0..1_000_000_000).contains(&duration.nanos);
    if !is_usual {
        return Err(Odd);
    }
    write!(out, "\"{duration}\"").map_err(|_| Odd)
}

fn reflected(message: &Message, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Odd> {
    let message = DynamicMessage::decode(message.descriptor.clone(), bytes).map_err(|_| Odd)?;
    out.extend(answer::text(&message).map_err(|_| Odd)?);
    Ok(())
}
