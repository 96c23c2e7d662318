//! What holds for every request, whatever it says.

use http::{HeaderMap, HeaderValue, Method};
use proptest::prelude::*;
use prost::Message as _;
use prost_reflect::{DynamicMessage, Kind, MessageDescriptor, ReflectMessage as _, Value as Field};
use serde_json::{Map, Value, json};

use super::{
    answer, request,
    routes::{Found, Routes, Rule},
    strict,
};

fn routes() -> &'static Routes {
    static ROUTES: std::sync::LazyLock<Routes> = std::sync::LazyLock::new(|| {
        Routes::of(accord_proto::descriptors(), |name| {
            name.starts_with("accord.")
        })
    });
    &ROUTES
}

fn any_rule() -> impl Strategy<Value = &'static Rule> {
    (0..routes().rules().len()).prop_map(|index| &*routes().rules()[index])
}

/// JSON of any shape, with names that the contracts have among others.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        "[ -~]{0,12}".prop_map(Value::from),
        "20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?Z"
            .prop_map(Value::from),
    ];
    let name = prop_oneof![
        Just("name".to_owned()),
        Just("titles".to_owned()),
        Just("sources".to_owned()),
        Just("effectiveDate".to_owned()),
        Just("pageSize".to_owned()),
        "[a-zA-Z_]{1,8}",
    ];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..4)
                .prop_map(|entries| Value::Object(entries.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// Numbers that look drawn, from a seed.
struct Chance(u64);

impl Chance {
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
fn filled(descriptor: &MessageDescriptor, chance: &mut Chance, depth: usize) -> DynamicMessage {
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
        _ => {}
    }
    for field in descriptor.fields() {
        if depth == 0 || chance.below(2) == 0 || field.is_map() {
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn no_path_makes_it_fail(path in "[/a-z%:*{}0-9. \\\\-]{0,60}") {
        let _ = routes().find(&Method::GET, &path);
        let _ = routes().find(&Method::POST, &format!("/{path}"));
    }

    #[test]
    fn no_request_makes_it_fail(
        rule in any_rule(),
        query in "[a-z_.=&%0-9A-F+-]{0,60}",
        body in any_json(),
        etag in "[ -~]{0,20}",
    ) {
        let mut headers = HeaderMap::new();
        if let Ok(value) = HeaderValue::from_str(&etag) {
            headers.insert(http::header::IF_MATCH, value.clone());
            headers.insert("idempotency-key", value.clone());
            headers.insert("last-event-id", value);
        }
        let path = [("name", "partnerships/a".to_owned())];
        for body in [body.to_string().into_bytes(), Vec::new(), etag.into_bytes()] {
            let _ = request::message(rule, &path, Some(&query), &headers, &body);
        }
    }

    #[test]
    fn no_bytes_make_reading_json_fail(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = strict::parse(&bytes);
    }

    #[test]
    fn what_is_written_as_json_is_read_as_the_same_message(rule in any_rule(), seed in any::<u64>()) {
        for descriptor in [rule.method.input(), rule.method.output()] {
            let message = filled(&descriptor, &mut Chance(seed | 1), 4);
            let text = answer::text(&message).expect("JSON");
            let value = strict::parse(&text).expect("each name once");
            let again = DynamicMessage::deserialize(descriptor.clone(), value);
            let again = again.map_err(|error| format!("{}: {error}", descriptor.full_name()));
            // By their bytes: a value that is a default is there or not, which says the same.
            let (again, message) = (again.map(|again| again.encode_to_vec()), message.encode_to_vec());
            prop_assert_eq!(again, Ok(message), "{}", descriptor.full_name());
        }
    }

    #[test]
    fn no_bytes_of_an_answer_make_it_fail(
        rule in any_rule(),
        bytes in prop::collection::vec(any::<u8>(), 0..80),
        cut in 1_usize..9,
    ) {
        let mut messages = answer::Messages::default();
        for part in bytes.chunks(cut) {
            messages.push(part);
            while let Ok(Some(message)) = messages.next() {
                if let Ok(message) = DynamicMessage::decode(rule.method.output(), message) {
                    let _ = answer::json(&message);
                    let _ = message.descriptor();
                }
            }
        }
    }
}

#[test]
fn every_method_is_found_by_a_path_made_of_its_template() {
    for rule in routes().rules() {
        let mut path = String::new();
        for segment in &rule.template.segments {
            path.push('/');
            path.push_str(match segment {
                super::template::Segment::Literal(text) => text,
                super::template::Segment::One | super::template::Segment::Rest => "x",
            });
        }
        if let Some(verb) = &rule.template.verb {
            path.push(':');
            path.push_str(verb);
        }
        let Found::Rule(found, _) = routes().find(&rule.verb, &path) else {
            panic!("{path} is not found");
        };
        assert_eq!(found.method, rule.method, "{path}");
    }
}
