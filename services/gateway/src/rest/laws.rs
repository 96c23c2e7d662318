//! What holds for every request, whatever it says.

use http::{HeaderMap, HeaderValue, Method};
use proptest::prelude::*;
use prost::Message as _;
use prost_reflect::{DynamicMessage, ReflectMessage as _};
use serde_json::{Map, Value, json};

use super::{
    answer,
    chance::{Chance, filled},
    request,
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
            let _ = request::framed(rule, &path, Some(&query), &headers, &body);
        }
    }

    #[test]
    fn no_bytes_make_reading_json_fail(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = strict::parse(&bytes);
    }

    #[test]
    fn what_is_written_as_json_is_read_as_the_same_message(rule in any_rule(), seed in any::<u64>()) {
        for descriptor in [rule.method.input(), rule.method.output()] {
            let message = filled(&descriptor, &mut Chance::new(seed), 4);
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
