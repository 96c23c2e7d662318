//! Every reason that the service gives is in its contract.

use crate::world::{create_roadmap, details, each_engine, roadmap};

/// The reasons of the contract's enum.
fn reasons() -> Vec<String> {
    let name = "accord.roadmaps.v1.ErrorReason";
    let descriptor = accord_proto::descriptors().get_enum_by_name(name).unwrap();
    descriptor
        .values()
        .map(|value| value.name().to_owned())
        .collect()
}

/// What stands between quotes in upper case in the sources of this service and of the checks it uses.
fn given(source: &str) -> Vec<&str> {
    source
        .split('"')
        .skip(1)
        .step_by(2)
        .filter(|text| text.len() > 5 && text.contains('_'))
        .filter(|text| text.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
        .filter(|text| !text.starts_with("ROADMAP_STATE_") && !text.starts_with("MEASURE_STATE_P"))
        .collect()
}

#[test]
fn every_reason_in_the_sources_is_in_the_contract() {
    let reasons = reasons();
    for source in [
        include_str!("../../src/api/fault.rs"),
        include_str!("../../src/api/convert/roadmap.rs"),
        include_str!("../../src/api/convert/measure.rs"),
        include_str!("../../src/api/convert/titles.rs"),
        include_str!("../../src/api/convert/word.rs"),
        include_str!("../../src/api/roadmaps/progress.rs"),
        include_str!("../../src/api/roadmaps/batch_progress.rs"),
        include_str!("../../src/api/roadmaps/update.rs"),
    ] {
        let found = given(source);
        assert!(!found.is_empty());
        for reason in found {
            let is_state = ["IN_PROGRESS"].contains(&reason);
            assert!(
                is_state || reasons.iter().any(|known| known == reason),
                "{reason}"
            );
        }
    }
}

#[tokio::test]
async fn everything_wrong_with_a_roadmap_is_said_at_once_and_in_the_contract_s_words() {
    let reasons = reasons();
    each_engine(async |world| {
        let mut given = roadmap();
        given.titles.push(given.titles[0].clone());
        given.titles[0].text = "\u{7}".to_owned();
        given.titles[0].language_code = "english".to_owned();
        given.sides[0].party = "uz".to_owned();
        given.sides[1].region_code = "KZ-71".to_owned();
        given.period = None;
        given.signing_date = crate::world::date(2021, 13, 1);
        given.source_document = "partnerships/uz-tj/documents/plan".to_owned();
        given
            .sources
            .push(accord_proto::roadmaps::v1::Source::default());
        let mut request = create_roadmap("Upper", given);
        request.parent = "uz-kz".to_owned();
        request.request_id = "1".to_owned();
        let error = world
            .roadmaps("UZ")
            .create_roadmap(request)
            .await
            .unwrap_err();
        let found = details(&error);
        assert_eq!(found.reason, "INVALID_FIELD_VALUES");
        let fields: Vec<&str> = found
            .violations
            .iter()
            .map(|(field, _)| field.as_str())
            .collect();
        for field in [
            "request_id",
            "parent",
            "roadmap_id",
            "roadmap.titles[0].language_code",
            "roadmap.titles[0].text",
            "roadmap.period",
            "roadmap.signing_date",
            "roadmap.sides[0].party",
            "roadmap.source_document",
            "roadmap.sources[0].uri",
        ] {
            assert!(fields.contains(&field), "{field} is not in {fields:?}");
        }
        for (field, reason) in &found.violations {
            assert!(reasons.contains(reason), "{field}: {reason}");
        }
    })
    .await;
}
