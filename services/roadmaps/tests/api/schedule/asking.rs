//! How schedules are asked for: cancelled measures, pages, filters and what is refused.

use accord_proto::roadmaps::v1::{
    BatchCreateMeasuresRequest, GetScheduleRequest, Measure, ScheduleWarningKind, WhatIf,
};

use super::{actual, ask, diamond, lasting, plan};
use crate::{
    dependencies::name,
    world::{ROADMAP, create_measure, date, details, each_engine, measure},
};

#[tokio::test]
async fn cancelled_measures_bind_nobody_and_cannot_slip() {
    each_engine(async |world| {
        diamond(&world).await;
        world.adopt(ROADMAP).await;
        world.propose_cancellation("UZ", &name("b")).await.unwrap();
        world.accept_cancellation("KZ", &name("b")).await.unwrap();
        let schedule = ask(&world, actual()).await.unwrap();
        assert_eq!((schedule.measure_count, schedule.dependency_count), (3, 2));
        assert_eq!(schedule.critical_path, ["a", "c", "d"].map(name));
        let kinds: Vec<_> = schedule
            .warnings
            .iter()
            .map(accord_proto::roadmaps::v1::ScheduleWarning::kind)
            .collect();
        assert_eq!(kinds, [ScheduleWarningKind::PredecessorsCancelled]);
        let slip = GetScheduleRequest {
            what_if: Some(WhatIf {
                measure: name("b"),
                slip_days: 1,
            }),
            ..actual()
        };
        let error = ask(&world, slip).await.unwrap_err();
        assert_eq!(details(&error).reason, "MEASURE_STATE_MISMATCH");
    })
    .await;
}

#[tokio::test]
async fn pages_of_any_size_have_every_measure_once_in_order() {
    each_engine(async |world| {
        world.draft().await;
        for number in 0..7 {
            let measure = Measure {
                order_number: 1 + number / 2,
                ..measure("Some")
            };
            world.measure(&format!("m-{number}"), measure).await;
        }
        let whole: Vec<String> = (0..7).map(|number| name(&format!("m-{number}"))).collect();
        for page_size in [1, 2, 3, 7, 50] {
            let (mut found, mut page_token) = (Vec::new(), String::new());
            loop {
                let request = GetScheduleRequest {
                    page_size,
                    page_token,
                    ..plan()
                };
                let page = ask(&world, request).await.unwrap();
                assert_eq!(page.measure_count, 7);
                found.extend(page.measures.into_iter().map(|measure| measure.measure));
                page_token = page.next_page_token;
                if page_token.is_empty() {
                    break;
                }
            }
            assert_eq!(found, whole);
        }
        let request = GetScheduleRequest {
            page_size: 1,
            ..plan()
        };
        let page_token = ask(&world, request).await.unwrap().next_page_token;
        let other = GetScheduleRequest {
            page_token,
            ..actual()
        };
        let error = ask(&world, other).await.unwrap_err();
        assert_eq!(details(&error).reason, "PAGE_TOKEN_INVALID");
    })
    .await;
}

#[tokio::test]
async fn bad_and_unknown_requests_are_refused() {
    each_engine(async |world| {
        world.draft().await;
        let empty = ask(&world, actual()).await.unwrap();
        assert_eq!((empty.measure_count, empty.finish_date), (0, None));
        let bad = GetScheduleRequest {
            basis: 9,
            page_size: -1,
            filter: "colour = 1".to_owned(),
            what_if: Some(WhatIf::default()),
            effective_date: date(2022, 13, 1),
            ..actual()
        };
        let found = details(&ask(&world, bad).await.unwrap_err()).violations;
        let fields: Vec<&str> = found.iter().map(|(field, _)| field.as_str()).collect();
        for field in [
            "effective_date",
            "basis",
            "what_if.measure",
            "what_if.slip_days",
            "page_size",
            "filter",
        ] {
            assert!(fields.contains(&field), "{field} is not in {fields:?}");
        }
        let missing = GetScheduleRequest {
            name: format!("{ROADMAP}-2"),
            ..actual()
        };
        let error = ask(&world, missing).await.unwrap_err();
        assert_eq!(details(&error).reason, "RESOURCE_NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn a_schedule_beyond_the_years_is_refused() {
    each_engine(async |world| {
        world.draft().await;
        let ids: Vec<String> = (0..230).map(|number| format!("m-{number}")).collect();
        let requests = ids.iter().enumerate().map(|(index, id)| {
            let before: Vec<&str> = ids[..index]
                .last()
                .map(String::as_str)
                .into_iter()
                .collect();
            create_measure(id, lasting(10_000, &before))
        });
        let request = BatchCreateMeasuresRequest {
            parent: ROADMAP.to_owned(),
            requests: requests.collect(),
            ..BatchCreateMeasuresRequest::default()
        };
        let mut measures = world.measures("UZ");
        measures.batch_create_measures(request).await.unwrap();
        let error = ask(&world, plan()).await.unwrap_err();
        assert_eq!(details(&error).reason, "SCHEDULE_OUT_OF_RANGE");
    })
    .await;
}
