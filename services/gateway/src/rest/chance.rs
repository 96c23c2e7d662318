//! Messages that look drawn, for tests of what holds for all of them.

use prost::Message as _;
use prost_reflect::{DynamicMessage, Kind, MessageDescriptor, Value as Field};

/// Numbers that look drawn, from a seed.
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}

/// A message with about half of its fields filled.
pub(super) fn filled(
    descriptor: &MessageDescriptor,
    chance: &mut Chance,
    depth: usize,
) -> DynamicMessage {
    let mut message = DynamicMessage::new(descriptor.clone());
    match descriptor.full_name() {
        "google.protobuf.Timestamp" => {
            // The years 1 to 9999, which JSON has.
            let seconds = i64::try_from(chance.below(315_537_897_599)).unwrap() - 62_135_596_800;
            message.set_field_by_name("seconds", Field::I64(seconds));
            message.set_field_by_name(
                "nanos",
                Field::I32(i32::try_from(chance.below(1_000_000_000)).unwrap()),
            );
            return message;
        }
        "google.protobuf.Duration" => {
            message.set_field_by_name(
                "seconds",
                Field::I64(i64::try_from(chance.below(1_000_000)).unwrap()),
            );
            return message;
        }
        "google.protobuf.FieldMask" => {
            let paths = vec![
                Field::String("titles".into()),
                Field::String("signature_date.year".into()),
            ];
            message.set_field_by_name("paths", Field::List(paths));
            return message;
        }
        "google.protobuf.Any" => {
            let day = accord_proto::google::r#type::Date {
                year: 2021,
                month: 12,
                day: 6,
            };
            let url = "type.googleapis.com/google.type.Date".to_owned();
            message.set_field_by_name("type_url", Field::String(url));
            message.set_field_by_name("value", Field::Bytes(day.encode_to_vec().into()));
            return message;
        }
        // Their JSON is a value of its own; a number in one must be finite.
        "google.protobuf.Struct" | "google.protobuf.Value" => return message,
        _ => {}
    }
    for field in descriptor.fields() {
        let is_taken = field.containing_oneof().is_some_and(|oneof| {
            !oneof.is_synthetic() && oneof.fields().any(|other| message.has_field(&other))
        });
        let is_any = matches!(field.kind(), Kind::Message(inner) if inner.full_name() == "google.protobuf.Any");
        let is_odd = is_any
            && descriptor
                .parent_pool()
                .get_message_by_name("google.type.Date")
                .is_none();
        if depth == 0 || chance.below(2) == 0 || field.is_map() || is_taken || is_odd {
            continue;
        }
        let count = if field.is_list() { chance.below(3) } else { 1 };
        let mut values: Vec<Field> = (0..count)
            .map(|_| value(&field.kind(), chance, depth))
            .collect();
        if field.is_list() {
            message.set_field(&field, Field::List(values));
        } else if let Some(value) = values.pop() {
            // A default value of a field without presence is not written, and is not there either.
            message.set_field(&field, value);
        }
    }
    message
}

fn value(kind: &Kind, chance: &mut Chance, depth: usize) -> Field {
    let number = chance.next();
    let bits = number.to_le_bytes();
    let low = u32::from_le_bytes([bits[0], bits[1], bits[2], bits[3]]);
    match kind {
        Kind::Bool => Field::Bool(number.is_multiple_of(2)),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Field::I32(low.cast_signed()),
        Kind::Uint32 | Kind::Fixed32 => Field::U32(low),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Field::I64(number.cast_signed()),
        Kind::Uint64 | Kind::Fixed64 => Field::U64(number),
        Kind::Float => Field::F32(f32::from(bits[0]) / 8.0),
        Kind::Double => Field::F64(f64::from(low) / 3.0),
        Kind::String => Field::String(
            ["", "x", "\"\\\n", "Ўзбекистон", "\u{1f600}"][usize::from(bits[0] % 5)].to_owned(),
        ),
        Kind::Bytes => Field::Bytes(bits.to_vec().into()),
        Kind::Enum(kind) => {
            let numbers: Vec<i32> = kind.values().map(|value| value.number()).collect();
            Field::EnumNumber(numbers[usize::from(bits[0]) % numbers.len()])
        }
        Kind::Message(message) => Field::Message(filled(message, chance, depth - 1)),
    }
}
