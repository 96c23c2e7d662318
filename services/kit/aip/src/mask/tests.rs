//! The laws of masks, on a contract of their own; messages are written as JSON.

use std::sync::LazyLock;

use proptest::prelude::*;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor};
use prost_types::FieldMask;
use serde_json::{Map, Value as Json, json};

use super::merge::merge;
use crate::Violations;

static SAMPLE: LazyLock<MessageDescriptor> = LazyLock::new(|| {
    let here = env!("CARGO_MANIFEST_DIR");
    let roots = [
        format!("{here}/src/mask/testdata"),
        format!("{here}/../../../proto"),
    ];
    let mut compiler = protox::Compiler::new(roots).unwrap();
    compiler
        .include_imports(true)
        .open_file("sample.proto")
        .unwrap();
    let set = compiler.encode_file_descriptor_set();
    DescriptorPool::decode(set.as_slice())
        .unwrap()
        .get_message_by_name("accord.aip.testing.Sample")
        .unwrap()
});

fn message(json: &Json) -> DynamicMessage {
    DynamicMessage::deserialize(SAMPLE.clone(), json).unwrap()
}

/// Merges as an Update method does that has the resource as `sample` in its request.
fn update(base: &Json, patch: &Json, paths: &[&str]) -> Result<Json, Violations> {
    let mask = FieldMask {
        paths: paths.iter().map(|path| (*path).to_owned()).collect(),
    };
    merge(message(base), &message(patch), Some(&mask), "sample").map(|merged| to_json(&merged))
}

fn update_without_mask(base: &Json, patch: &Json) -> Result<Json, Violations> {
    merge(message(base), &message(patch), None, "sample").map(|merged| to_json(&merged))
}

fn to_json(message: &DynamicMessage) -> Json {
    serde_json::to_value(message).unwrap()
}

fn base() -> Json {
    json!({
        "name": "samples/a",
        "uid": "1",
        "title": "old",
        "party": "UZ",
        "pages": 3,
        "sectors": ["energy"],
        "place": {"city": "Tashkent", "countryName": "Uzbekistan", "country": "UZ"},
        "afterDays": 30,
    })
}

/// `base()` with some fields changed, or left out where they are null.
fn base_with(changes: &Json) -> Json {
    let mut all = base();
    for (name, value) in changes.as_object().unwrap() {
        all[name] = value.clone();
    }
    to_json(&message(&all))
}

fn reasons(result: Result<Json, Violations>) -> Vec<(String, &'static str)> {
    let violations = result.unwrap_err().into_iter();
    violations
        .map(|violation| (violation.field, violation.reason))
        .collect()
}

#[test]
fn without_a_mask_populated_fields_are_taken() {
    let patch = json!({"title": "new", "uid": "9", "pages": 0});
    let expected = base_with(&json!({"title": "new", "pages": 0}));
    assert_eq!(update_without_mask(&base(), &patch), Ok(expected.clone()));
    assert_eq!(update(&base(), &patch, &[]), Ok(expected));
}

#[test]
fn named_fields_are_taken_even_when_empty() {
    let expected = base_with(&json!({"title": null, "pages": null, "sectors": null}));
    let paths = ["title", "pages", "sectors"];
    assert_eq!(update(&base(), &json!({}), &paths), Ok(expected));
}

#[test]
fn a_path_leads_into_a_message() {
    let patch = json!({"place": {"city": "Navoi", "region": "UZ-NW"}});
    let place = json!({"city": "Navoi", "countryName": "Uzbekistan", "country": "UZ"});
    let expected = base_with(&json!({"place": place}));
    assert_eq!(update(&base(), &patch, &["place.city"]), Ok(expected));
}

#[test]
fn a_path_into_an_absent_message_creates_it_only_for_a_value() {
    let patch = json!({"place": {"city": "Navoi"}});
    assert_eq!(update(&json!({}), &patch, &["place.city"]), Ok(patch));
    assert_eq!(
        update(&json!({}), &json!({}), &["place.city"]),
        Ok(json!({}))
    );
}

#[test]
fn output_only_fields_stay_wherever_they_are() {
    let patch = json!({
        "name": "samples/b",
        "uid": "2",
        "place": {"city": "Navoi", "countryName": "Nowhere"},
    });
    let place = json!({"city": "Navoi", "countryName": "Uzbekistan", "country": "UZ"});
    let expected = base_with(&json!({"place": place}));
    let paths = ["name", "uid", "place", "place.country_name"];
    assert_eq!(update(&base(), &patch, &paths), Ok(expected));
}

#[test]
fn clearing_a_message_keeps_what_is_not_the_callers() {
    let place = json!({"countryName": "Uzbekistan", "country": "UZ"});
    let expected = base_with(&json!({"place": place}));
    assert_eq!(update(&base(), &json!({}), &["place"]), Ok(expected));
    let own = json!({"place": {"city": "Tashkent"}});
    assert_eq!(update(&own, &json!({}), &["place"]), Ok(json!({})));
}

#[test]
fn immutable_fields_refuse_change() {
    let same = json!({"party": "UZ", "title": "new"});
    let expected = base_with(&json!({"title": "new"}));
    assert_eq!(
        update(&base(), &same, &["party", "title"]),
        Ok(expected.clone())
    );
    assert_eq!(update_without_mask(&base(), &same), Ok(expected));

    let other = json!({"party": "KZ", "place": {"country": "KZ"}});
    let both = [
        ("sample.party".to_owned(), "IMMUTABLE_FIELD"),
        ("sample.place.country".to_owned(), "IMMUTABLE_FIELD"),
    ];
    assert_eq!(reasons(update_without_mask(&base(), &other)), both);
    assert_eq!(reasons(update(&base(), &other, &["*"])), both);
    let paths = ["party", "place.country"];
    assert_eq!(reasons(update(&base(), &other, &paths)), both);
}

#[test]
fn an_immutable_field_can_be_left_out_but_not_cleared() {
    let updated = update(&base(), &json!({"title": "new"}), &["*"]).unwrap();
    assert_eq!(updated["party"], "UZ");
    let cleared = update(&base(), &json!({}), &["party"]);
    assert_eq!(
        reasons(cleared),
        [("sample.party".to_owned(), "IMMUTABLE_FIELD")]
    );
}

#[test]
fn unknown_paths_are_all_named() {
    let paths = [
        "tytle",
        "place.town",
        "title.x",
        "sectors.0",
        "*",
        "place.*",
        "",
        "labels.a",
        "afterDays",
    ];
    let violations = update(&base(), &base(), &paths).unwrap_err();
    let descriptions: Vec<_> = violations.iter().map(|v| v.description.as_str()).collect();
    assert_eq!(
        descriptions,
        [
            "Sample has no field `tytle`",
            "Place has no field `town`",
            "`title` is not a message, so it has no `x`",
            "`sectors` is not a message, so it has no `0`",
            "`*` must be the only path and stand alone",
            "`*` must be the only path and stand alone",
            "Sample has no field ``",
            "`labels` is not a message, so it has no `a`",
            "Sample has no field `afterDays`",
        ]
    );
    assert!(
        violations
            .iter()
            .all(|v| v.field == "update_mask" && v.reason == "MASK_INVALID")
    );
}

#[test]
fn a_mask_with_too_many_paths_is_refused_as_a_whole() {
    let mask = |count| vec!["tytle"; count];
    let found = update(&base(), &base(), &mask(1_000)).unwrap_err();
    assert_eq!((found.len(), found.left_out()), (1_000, 900));
    let violations = update(&base(), &base(), &mask(1_001)).unwrap_err();
    let descriptions: Vec<_> = violations.iter().map(|v| v.description.as_str()).collect();
    assert_eq!(descriptions, ["must have at most 1000 paths, not 1001"]);
    let title = vec!["title"; 1_001];
    assert!(update(&base(), &json!({"title": "new"}), &title).is_err());
}

#[test]
fn one_choice_replaces_the_other() {
    let patch = json!({"onEvent": "ratification"});
    let masks: [&[&str]; 4] = [
        &["on_event"],
        &["after_days", "on_event"],
        &["on_event", "after_days"],
        &[],
    ];
    let expected = base_with(&json!({"afterDays": null, "onEvent": "ratification"}));
    for paths in masks {
        let updated = update(&base(), &patch, paths);
        assert_eq!(updated.as_ref(), Ok(&expected), "{paths:?}");
    }
}

#[test]
fn contracts_are_found_by_their_name() {
    let base = accord_proto::google::r#type::Date {
        year: 2021,
        month: 12,
        day: 6,
    };
    let patch = accord_proto::google::r#type::Date {
        year: 2022,
        ..Default::default()
    };
    let merged = super::merge(&base, &patch, None, "date").unwrap();
    assert_eq!((merged.year, merged.month, merged.day), (2022, 12, 6));
}

/// Samples with any of their fields set; what is immutable is always the same.
fn any_sample() -> impl Strategy<Value = Json> {
    let some = || prop::option::of("[a-c]{0,2}");
    let place = (some(), some(), some()).prop_map(|(city, region, country_name)| {
        object([
            ("city", city.into()),
            ("region", region.into()),
            ("countryName", country_name.into()),
        ])
    });
    let labels = prop::collection::btree_map("[a-b]", "[a-b]", 0..2);
    let sectors = prop::collection::vec("[a-c]", 0..3);
    (
        some(),
        some(),
        prop::option::of(0..3),
        sectors,
        labels,
        prop::option::of(place),
        prop::option::of(0..2),
    )
        .prop_map(|(uid, title, pages, sectors, labels, place, after_days)| {
            let sample = object([
                ("party", "UZ".into()),
                ("uid", uid.into()),
                ("title", title.into()),
                ("pages", pages.into()),
                ("sectors", sectors.into()),
                ("labels", json!(labels)),
                ("place", place.into()),
                ("afterDays", after_days.into()),
            ]);
            // In canonical form, without fields that only look set.
            to_json(&message(&sample))
        })
}

fn object<const N: usize>(fields: [(&str, Json); N]) -> Json {
    let fields = fields.into_iter().filter(|(_, value)| !value.is_null());
    Json::Object(
        fields
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}

/// Masks of mutable fields.
fn any_paths() -> impl Strategy<Value = Vec<&'static str>> {
    let all = vec![
        "title",
        "pages",
        "sectors",
        "labels",
        "place.city",
        "place.region",
        "after_days",
    ];
    prop::sample::subsequence(all, 0..=7)
}

/// `sample` without what an update never takes, and without a message that then is empty.
fn mutable_part(sample: &Json) -> Json {
    let mut sample = sample.clone();
    let remove = |object: &mut Map<String, Json>, name: &str| object.remove(name).is_some();
    let fields = sample.as_object_mut().unwrap();
    remove(fields, "uid");
    if let Some(place) = fields.get_mut("place").and_then(Json::as_object_mut) {
        remove(place, "countryName");
        if place.is_empty() {
            remove(fields, "place");
        }
    }
    sample
}

proptest! {
    #[test]
    fn a_star_gives_the_mutable_fields_of_the_patch(base in any_sample(), patch in any_sample()) {
        let updated = update(&base, &patch, &["*"]).unwrap();
        prop_assert_eq!(mutable_part(&updated), mutable_part(&patch));
        prop_assert_eq!(&updated["uid"], &base["uid"]);
        prop_assert_eq!(
            updated["place"].get("countryName"),
            base["place"].get("countryName")
        );
    }

    #[test]
    fn an_empty_patch_without_a_mask_changes_nothing(base in any_sample()) {
        prop_assert_eq!(update_without_mask(&base, &json!({})), Ok(base));
    }

    #[test]
    fn a_patch_with_itself_changes_nothing(base in any_sample(), paths in any_paths()) {
        prop_assert_eq!(update(&base, &base, &paths), Ok(base.clone()));
        prop_assert_eq!(update(&base, &base, &["*"]), Ok(base));
    }

    #[test]
    fn doing_it_twice_is_doing_it_once(
        base in any_sample(),
        patch in any_sample(),
        paths in any_paths(),
    ) {
        let once = update(&base, &patch, &paths).unwrap();
        prop_assert_eq!(update(&once, &patch, &paths), Ok(once));
    }

    #[test]
    fn masks_without_a_common_field_commute(
        base in any_sample(),
        first in any_sample(),
        second in any_sample(),
        paths in any_paths().prop_shuffle(),
        at: prop::sample::Index,
    ) {
        let (left, right) = paths.split_at(at.index(paths.len() + 1));
        // An empty mask would mean the populated fields.
        prop_assume!(!left.is_empty() && !right.is_empty());
        let one_way = update(&update(&base, &first, left).unwrap(), &second, right);
        let other_way = update(&update(&base, &second, right).unwrap(), &first, left);
        prop_assert_eq!(one_way, other_way);
    }

    #[test]
    fn arbitrary_paths_never_panic(path: String) {
        let _ = update(&base(), &base(), &[path.as_str()]);
    }
}
