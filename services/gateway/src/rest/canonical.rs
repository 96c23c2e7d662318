//! JSON by tables is JSON by reflection, for every kind of field there is: canonical, both ways.

use proptest::prelude::*;
use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor};
use serde_json::{Value, json};

use super::{
    answer,
    chance::{Chance, filled},
    table::{Odd, Tables},
};

fn pool() -> &'static DescriptorPool {
    static POOL: std::sync::LazyLock<DescriptorPool> = std::sync::LazyLock::new(|| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/rest");
        let files = protox::compile(["kinds.proto"], [folder]).unwrap();
        DescriptorPool::from_file_descriptor_set(files).unwrap()
    });
    &POOL
}

fn tables() -> &'static Tables {
    static TABLES: std::sync::LazyLock<Tables> = std::sync::LazyLock::new(|| Tables::of(pool()));
    &TABLES
}

fn all() -> MessageDescriptor {
    pool().get_message_by_name("kinds.All").unwrap()
}

fn usual() -> MessageDescriptor {
    pool().get_message_by_name("kinds.Usual").unwrap()
}

/// What tables write, or that they leave it to reflection.
fn written(tables: &Tables, descriptor: &MessageDescriptor, bytes: &[u8]) -> Result<String, Odd> {
    let mut text = Vec::new();
    tables.write(tables.index(descriptor).unwrap(), bytes, &mut text)?;
    Ok(String::from_utf8(text).unwrap())
}

fn read(tables: &Tables, descriptor: &MessageDescriptor, value: &Value) -> Result<Vec<u8>, Odd> {
    let mut bytes = Vec::new();
    tables.read(tables.index(descriptor).unwrap(), value, &mut bytes)?;
    Ok(bytes)
}

/// Leaves out the fields of `Usual` that tables leave to reflection when they read.
fn leave_out_uncommon(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for name in ["aUint64", "aDouble", "doubles", "someBytes", "value"] {
                fields.remove(name);
            }
            fields.values_mut().for_each(leave_out_uncommon);
        }
        Value::Array(items) => items.iter_mut().for_each(leave_out_uncommon),
        _ => {}
    }
}

/// What is read and written again, by reflection; and that tables say the same if they say anything.
fn canonical(value: &Value) -> Result<Value, String> {
    let _ = checked(&usual(), value);
    checked(&all(), value)
}

fn checked(descriptor: &MessageDescriptor, value: &Value) -> Result<Value, String> {
    let by_table = read(tables(), descriptor, value);
    let message = match DynamicMessage::deserialize(descriptor.clone(), value.clone()) {
        Ok(message) => message,
        Err(error) => {
            assert_eq!(by_table, Err(Odd), "{value} is refused: {error}");
            return Err(error.to_string());
        }
    };
    let bytes = message.encode_to_vec();
    if let Ok(by_table) = by_table {
        assert_eq!(by_table, bytes, "{value}");
    }
    let text = answer::text(&message).unwrap();
    if let Ok(by_table) = written(tables(), descriptor, &bytes) {
        assert_eq!(by_table.as_bytes(), text, "{value}");
    }
    Ok(serde_json::from_slice(&text).unwrap())
}

#[test]
fn json_is_canonical() {
    for (given, canon) in [
        (
            json!({"an_int64": 5, "aUint64": "18446744073709551615"}),
            json!({"anInt64": "5", "aUint64": "18446744073709551615"}),
        ),
        (
            json!({"anInt64": "-9223372036854775808"}),
            json!({"anInt64": "-9223372036854775808"}),
        ),
        (
            json!({"anInt32": "7", "aUint32": 1.0, "aSint32": -1}),
            json!({"anInt32": 7, "aUint32": 1, "aSint32": -1}),
        ),
        (
            json!({"anInt32": 0, "aString": "", "aBool": false, "colour": 0, "int32s": []}),
            json!({}),
        ),
        (
            json!({"anInt32": null, "inner": null, "strings": null}),
            json!({}),
        ),
        (
            json!({"maybeInt64": 0, "maybeString": "", "maybeColour": 0}),
            json!({"maybeInt64": "0", "maybeString": "", "maybeColour": "COLOUR_UNSPECIFIED"}),
        ),
        (
            json!({"aDouble": "NaN", "aFloat": "-Infinity"}),
            json!({"aDouble": "NaN", "aFloat": "-Infinity"}),
        ),
        (
            json!({"aDouble": "Infinity", "doubles": [1, "1.5", 1e3]}),
            json!({"aDouble": "Infinity", "doubles": [1.0, 1.5, 1000.0]}),
        ),
        (json!({"someBytes": "-_8="}), json!({"someBytes": "+/8="})),
        (json!({"someBytes": "+/8"}), json!({"someBytes": "+/8="})),
        (
            json!({"colour": 7, "colours": ["COLOUR_RED", 1, 99]}),
            json!({"colour": "COLOUR_BLUE", "colours": ["COLOUR_RED", "COLOUR_RED", 99]}),
        ),
        (
            json!({"time": "2021-12-06T05:00:00+05:00"}),
            json!({"time": "2021-12-06T00:00:00Z"}),
        ),
        (
            json!({"time": "2021-12-06T00:00:00.5Z", "times": ["1970-01-01T00:00:00.000001Z"]}),
            json!({"time": "2021-12-06T00:00:00.500Z", "times": ["1970-01-01T00:00:00.000001Z"]}),
        ),
        (
            json!({"time": "0001-01-01T00:00:00Z"}),
            json!({"time": "0001-01-01T00:00:00Z"}),
        ),
        (json!({"duration": "1.5s"}), json!({"duration": "1.500s"})),
        (json!({"duration": "-0.5s"}), json!({"duration": "-0.500s"})),
        (
            json!({"mask": "aBool,inner.anInt64"}),
            json!({"mask": "aBool,inner.anInt64"}),
        ),
        (json!({"name": ""}), json!({"name": ""})),
        (json!({"number": 0}), json!({"number": "0"})),
        (json!({"small": {}}), json!({"small": {}})),
        (json!({"name": null, "number": 3}), json!({"number": "3"})),
        (
            json!({"inner": {"inner": {"aBool": true}}, "inners": [{}, {"anInt32": 1}]}),
            json!({"inner": {"inner": {"aBool": true}}, "inners": [{}, {"anInt32": 1}]}),
        ),
        (
            json!({"byName": {"a": 1}, "byNumber": {"-1": {"size": 2}}}),
            json!({"byName": {"a": "1"}, "byNumber": {"-1": {"size": 2}}}),
        ),
        (
            json!({"wrapped": "0", "wrappedString": ""}),
            json!({"wrapped": "0", "wrappedString": ""}),
        ),
        (
            json!({"structure": {"a": [1, null, {"b": true}]}, "value": null}),
            json!({"structure": {"a": [1.0, null, {"b": true}]}, "value": null}),
        ),
        (
            json!({"any": {"@type": "type.googleapis.com/kinds.Small", "size": 3}}),
            json!({"any": {"@type": "type.googleapis.com/kinds.Small", "size": 3}}),
        ),
        (
            json!({"any": {"@type": "type.googleapis.com/google.protobuf.Duration", "value": "1s"}}),
            json!({"any": {"@type": "type.googleapis.com/google.protobuf.Duration", "value": "1s"}}),
        ),
        (
            json!({"aString": "\u{1f600}\u{0}\"\\\n\u{2028}"}),
            json!({"aString": "\u{1f600}\u{0}\"\\\n\u{2028}"}),
        ),
    ] {
        assert_eq!(canonical(&given), Ok(canon), "{given}");
    }
}

#[test]
fn what_is_no_value_of_a_field_is_refused() {
    for wrong in [
        json!({"anInt32": 2_147_483_648_u64}),
        json!({"anInt32": 1.5}),
        json!({"aUint32": -1}),
        json!({"anInt64": "9223372036854775808"}),
        json!({"anInt64": true}),
        json!({"aBool": "true"}),
        json!({"aBool": 1}),
        json!({"aString": 1}),
        json!({"aFloat": 1e39}),
        json!({"someBytes": "*"}),
        json!({"colour": "COLOUR_GREEN"}),
        json!({"colour": 1.5}),
        json!({"time": "2021-12-06"}),
        json!({"time": "10000-01-01T00:00:00Z"}),
        json!({"duration": "1"}),
        json!({"name": "a", "number": 1}),
        json!({"strings": "a"}),
        json!({"strings": [null]}),
        json!({"strings": {"0": "a"}}),
        json!({"inner": []}),
        json!({"inners": [null]}),
        json!({"byName": {"a": null}}),
        json!({"byNumber": {"x": {}}}),
        json!({"nothing": 1}),
        json!({"any": {"@type": "type.googleapis.com/kinds.Nothing"}}),
    ] {
        assert!(canonical(&wrong).is_err(), "{wrong}");
    }
}

#[test]
fn numbers_are_read_to_their_last_bit() {
    // Without the feature `float_roundtrip` of serde_json it is read as the number before it.
    let number: f64 = 218_442_125.666_666_66;
    let text = format!("{{\"aDouble\":{number}}}");
    let value = super::strict::parse(text.as_bytes()).unwrap();
    let message = DynamicMessage::deserialize(usual(), value).unwrap();
    let read = message.get_field_by_name("a_double").unwrap();
    assert_eq!(read.as_f64().map(f64::to_bits), Some(number.to_bits()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn tables_write_what_reflection_writes(seed in any::<u64>()) {
        let message = filled(&usual(), &mut Chance::new(seed), 3);
        let bytes = message.encode_to_vec();
        let text = String::from_utf8(answer::text(&message).unwrap()).unwrap();
        prop_assert_eq!(written(tables(), &usual(), &bytes), Ok(text));
    }

    #[test]
    fn tables_read_what_reflection_reads(seed in any::<u64>()) {
        let message = filled(&usual(), &mut Chance::new(seed), 3);
        let mut value = answer::json(&message).unwrap();
        let by_reflection = |value: &Value| {
            let again = DynamicMessage::deserialize(usual(), value.clone());
            Ok(again.unwrap().encode_to_vec())
        };
        let by_table = read(tables(), &usual(), &value);
        prop_assert!(by_table == Err(Odd) || by_table == by_reflection(&value), "{}", value);
        leave_out_uncommon(&mut value);
        prop_assert_eq!(read(tables(), &usual(), &value), by_reflection(&value), "{}", value);
    }

    /// Every message of the contracts, as they are: tables leave none of them to reflection but errors with their maps.
    #[test]
    fn tables_do_the_contracts(index in any::<prop::sample::Index>(), seed in any::<u64>()) {
        let contracts: Vec<MessageDescriptor> = accord_proto::descriptors()
            .all_messages()
            .filter(|message| message.full_name().starts_with("accord.") && !message.is_map_entry())
            .collect();
        let descriptor = index.get(&contracts);
        let message = filled(descriptor, &mut Chance::new(seed), 4);
        let text = String::from_utf8(answer::text(&message).unwrap()).unwrap();
        let by_table = written(super::table::tables(), descriptor, &message.encode_to_vec());
        prop_assert_eq!(by_table, Ok(text), "{}", descriptor.full_name());
    }

    #[test]
    fn tables_agree_with_reflection_on_broken_bytes(
        seed in any::<u64>(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = filled(&usual(), &mut Chance::new(seed), 2).encode_to_vec();
        prop_assume!(!bytes.is_empty());
        for (at, byte) in flips {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if seed % 2 == 0 {
            bytes.truncate(cut.index(bytes.len()) + 1);
        }
        if let Ok(by_table) = written(tables(), &usual(), &bytes) {
            let message = DynamicMessage::decode(usual(), bytes.as_slice());
            let message = message.map_err(|error| error.to_string());
            prop_assert!(message.is_ok(), "{:?} reads {}", message, by_table);
            let text = answer::text(&message.unwrap()).unwrap();
            prop_assert_eq!(by_table, String::from_utf8(text).unwrap());
        }
    }
}
