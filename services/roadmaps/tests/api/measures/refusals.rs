//! What is refused of measures, and calls that are repeated or only tried.

use accord_proto::roadmaps::v1::{Executors, Measure, UpdateMeasureRequest};

use crate::world::{
    ROADMAP, create_measure, date, details, each_engine, measure, refused, request_id,
};

#[tokio::test]
async fn retries_and_validate_only_hold_for_measures_too() {
    each_engine(async |world| {
        world.draft().await;
        let mut request = create_measure("m", measure("M"));
        request.validate_only = true;
        world
            .measures("UZ")
            .create_measure(request.clone())
            .await
            .unwrap();
        request.validate_only = false;
        request.request_id = request_id();
        let first = world
            .measures("UZ")
            .create_measure(request.clone())
            .await
            .unwrap()
            .into_inner();
        let again = world
            .measures("UZ")
            .create_measure(request.clone())
            .await
            .unwrap()
            .into_inner();
        assert_eq!(first, again);
        request.measure_id = "n".to_owned();
        assert_eq!(
            refused(world.measures("UZ").create_measure(request).await),
            "REQUEST_ID_REUSED"
        );
    })
    .await;
}

#[tokio::test]
async fn a_measure_of_a_missing_roadmap_is_not_found() {
    each_engine(async |world| {
        let request = create_measure("m", measure("M"));
        assert_eq!(
            refused(world.measures("UZ").create_measure(request).await),
            "RESOURCE_NOT_FOUND"
        );
    })
    .await;
}

#[tokio::test]
async fn everything_that_is_wrong_is_told_at_once() {
    each_engine(async |world| {
        world.draft().await;
        let wrong = || Measure {
            titles: vec![crate::world::text("en", &"x".repeat(3_000))],
            executors: vec![Executors {
                party: "KG".to_owned(),
                lead_body: "A third party's body".to_owned(),
                ..Executors::default()
            }],
            start_date: date(2021, 1, 1),
            deadline: crate::planning::by(2031, 1, 1),
            ..measure("Wrong")
        };
        let expected = |place: &str| -> std::collections::BTreeSet<(String, String)> {
            [
                ("titles[0].text", "TEXT_TOO_LONG"),
                ("executors[0].party", "PARTY_NOT_A_SIDE"),
                ("start_date", "OUTSIDE_PERIOD"),
                ("deadline", "OUTSIDE_PERIOD"),
            ]
            .map(|(field, reason)| (format!("{place}.{field}"), reason.to_owned()))
            .into()
        };
        let told = |error: &tonic::Status| -> std::collections::BTreeSet<(String, String)> {
            details(error).violations.into_iter().collect()
        };
        let mut client = world.measures("UZ");
        let created = client.create_measure(create_measure("a", wrong())).await;
        assert_eq!(told(&created.unwrap_err()), expected("measure"));
        world.measure("a", measure("A")).await;
        let update = UpdateMeasureRequest {
            measure: Some(Measure {
                name: crate::planning::name("a"),
                ..wrong()
            }),
            ..UpdateMeasureRequest::default()
        };
        let updated = client.update_measure(update).await;
        assert_eq!(told(&updated.unwrap_err()), expected("measure"));
        let batch = accord_proto::roadmaps::v1::BatchCreateMeasuresRequest {
            parent: ROADMAP.to_owned(),
            requests: vec![create_measure("b", wrong())],
            ..Default::default()
        };
        let batch = client.batch_create_measures(batch).await;
        assert_eq!(told(&batch.unwrap_err()), expected("requests[0].measure"));
        world.adopt(ROADMAP).await;
        let mut change = crate::planning::add("new");
        if let Some(accord_proto::roadmaps::v1::plan_change::Change::Add(add)) = &mut change.change
        {
            add.measure = Some(wrong());
        }
        let proposed = world.propose("UZ", vec![change]).await;
        assert_eq!(
            told(&proposed.unwrap_err()),
            expected("changes[0].add.measure")
        );
    })
    .await;
}
