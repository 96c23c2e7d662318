//! How a roadmap came to where it is.

use accord_proto::roadmaps::v1::{
    BurnupPoint, BurnupStep, GetRoadmapBurnupRequest, Measure, ReportMeasureRequest, RoadmapBurnup,
    Tally,
};

use crate::world::{ROADMAP, World, date, details, each_engine, evidence, measure, refused};

fn request() -> GetRoadmapBurnupRequest {
    GetRoadmapBurnupRequest {
        name: ROADMAP.to_owned(),
        ..GetRoadmapBurnupRequest::default()
    }
}

async fn burnup(world: &World, request: GetRoadmapBurnupRequest) -> RoadmapBurnup {
    let answer = world.roadmaps("KZ").get_roadmap_burnup(request).await;
    answer.unwrap().into_inner()
}

fn weights(points: &[BurnupPoint], of: fn(&BurnupPoint) -> Option<Tally>) -> Vec<i64> {
    let weight = |point| of(point).unwrap().weight;
    points.iter().map(weight).collect()
}

/// Two measures of the weights 1 and 4, adopted in May; the first one was done on 3 May and reported in July, the second one is cancelled in
/// September. It is 1 October.
async fn year(world: &World) {
    world.draft().await;
    let mut names = Vec::new();
    for (id, weight) in [("bridge", 1), ("fair", 4)] {
        let given = Measure {
            weight,
            ..measure(id)
        };
        names.push(world.measure(id, given).await.name);
    }
    world.adopt(ROADMAP).await;
    world.days_pass(70);
    let report = ReportMeasureRequest {
        name: names[0].clone(),
        evidence: evidence(),
        completion_date: date(2022, 5, 3),
        ..ReportMeasureRequest::default()
    };
    world.measures("UZ").report_measure(report).await.unwrap();
    world.days_pass(31);
    world.confirm("KZ", &names[0], 1).await.unwrap();
    world.days_pass(31);
    world.propose_cancellation("UZ", &names[1]).await.unwrap();
    world.accept_cancellation("KZ", &names[1]).await.unwrap();
    world.days_pass(20);
}

#[tokio::test]
async fn a_burnup_tells_what_was_known_then_and_what_is_known_now() {
    each_engine(async |world| {
        year(&world).await;
        let found = burnup(&world, request()).await;
        assert_eq!(found.step(), BurnupStep::Month);
        let points = found.points;
        // From the first day of the period to today.
        let (first, last) = (points.first().unwrap(), points.last().unwrap());
        assert_eq!(first.start_date, date(2022, 1, 1));
        assert_eq!(
            (last.start_date, last.end_date),
            (date(2022, 10, 1), date(2022, 10, 1))
        );
        assert_eq!(points.len(), 10);

        let then = |of: fn(&BurnupPoint) -> Option<Tally>| weights(&points[3..], of);
        assert_eq!(
            then(|point| point.as_known_then?.agreed),
            [0, 5, 5, 5, 5, 1, 1]
        );
        assert_eq!(
            then(|point| point.as_known_then?.due),
            [0, 0, 5, 5, 5, 1, 1]
        );
        assert_eq!(
            then(|point| point.as_known_then?.activity),
            [0, 0, 0, 1, 1, 1, 1]
        );
        assert_eq!(
            then(|point| point.as_known_then?.attested),
            [0, 0, 0, 0, 1, 1, 1]
        );
        assert_eq!(then(|point| point.as_known_now?.agreed), [1; 7]);
        assert_eq!(
            then(|point| point.as_known_now?.attested),
            [0, 1, 1, 1, 1, 1, 1]
        );
        assert_eq!(
            then(|point| point.scope_change?.added),
            [0, 5, 0, 0, 0, 0, 0]
        );
        assert_eq!(
            then(|point| point.scope_change?.removed),
            [0, 0, 0, 0, 0, 4, 0]
        );
    })
    .await;
}

#[tokio::test]
async fn a_burnup_knows_no_more_than_was_known() {
    each_engine(async |world| {
        year(&world).await;
        let known = GetRoadmapBurnupRequest {
            known_time: Some("2022-08-01T12:00:00Z".parse().unwrap()),
            step: BurnupStep::Quarter.into(),
            start_date: date(2022, 4, 1),
            ..request()
        };
        let points = burnup(&world, known).await.points;
        assert_eq!(points[1].end_date, date(2022, 8, 1));
        assert_eq!(weights(&points, |point| point.as_known_now?.agreed), [5, 5]);
        assert_eq!(
            weights(&points, |point| point.as_known_now?.activity),
            [1, 1]
        );
        assert_eq!(
            weights(&points, |point| point.as_known_now?.attested),
            [0, 0]
        );
        assert_eq!(
            weights(&points, |point| point.as_known_then?.activity),
            [0, 1]
        );
    })
    .await;
}

#[tokio::test]
async fn days_that_cannot_be_told_are_refused() {
    each_engine(async |world| {
        world.draft().await;
        let ask = async |request| {
            let answer = world.roadmaps("KZ").get_roadmap_burnup(request).await;
            details(&answer.unwrap_err()).violations
        };
        let violation = |field: &str, reason: &str| vec![(field.to_owned(), reason.to_owned())];
        let future = GetRoadmapBurnupRequest {
            end_date: date(2022, 5, 3),
            ..request()
        };
        assert_eq!(ask(future).await, violation("end_date", "DATE_IN_FUTURE"));
        let backwards = GetRoadmapBurnupRequest {
            start_date: date(2022, 5, 2),
            end_date: date(2022, 5, 1),
            ..request()
        };
        assert_eq!(
            ask(backwards).await,
            violation("end_date", "PERIOD_INVALID")
        );
        let long = GetRoadmapBurnupRequest {
            start_date: date(1990, 1, 1),
            step: BurnupStep::Week.into(),
            ..request()
        };
        assert_eq!(ask(long).await, violation("step", "VALUE_OUT_OF_RANGE"));
        let strange = GetRoadmapBurnupRequest {
            step: 9,
            ..request()
        };
        assert_eq!(ask(strange).await, violation("step", "VALUE_OUT_OF_RANGE"));
        let before = GetRoadmapBurnupRequest {
            known_time: Some("2022-05-01T00:00:00Z".parse().unwrap()),
            ..request()
        };
        let answer = world.roadmaps("KZ").get_roadmap_burnup(before).await;
        assert_eq!(refused(answer), "RESOURCE_NOT_FOUND");
    })
    .await;
}
