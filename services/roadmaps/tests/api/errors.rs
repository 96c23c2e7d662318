//! Bad requests: everything that is wrong, at once.

use crate::world::{create_measure, create_roadmap, details, each_engine, measure, roadmap, text};

#[tokio::test]
async fn everything_wrong_with_a_roadmap_is_said_at_once() {
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
    })
    .await;
}

#[tokio::test]
async fn no_more_of_a_list_is_looked_at_than_it_may_have() {
    each_engine(async |world| {
        world.draft().await;
        let mut given = measure("Measure");
        given.titles = vec![text("not a language", "A"); 30];
        let request = create_measure("a", given);
        let error = world.measures("UZ").create_measure(request).await;
        let found = details(&error.unwrap_err());
        let fields: Vec<&str> = found
            .violations
            .iter()
            .map(|(field, _)| field.as_str())
            .collect();
        assert!(fields.contains(&"measure.titles"), "{fields:?}");
        let is_looked_at = |index: usize| {
            let field = format!("measure.titles[{index}].language_code");
            fields.contains(&field.as_str())
        };
        assert!(is_looked_at(19), "{fields:?}");
        assert!(!is_looked_at(20), "{fields:?}");
    })
    .await;
}
