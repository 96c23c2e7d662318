//! Standard methods on measures.

mod refusals;

use accord_proto::roadmaps::v1::{
    Deadline, DeleteMeasureRequest, GetMeasureRequest, HalfYear, ListMeasureEventsRequest, Measure,
    MeasureEventKind, MeasureState, Quarter, UndeleteMeasureRequest, UpdateMeasureRequest,
    deadline,
};
use prost_types::FieldMask;

use crate::world::{
    ROADMAP, World, create_measure, date, details, each_engine, measure, refused, text,
};

async fn get(world: &World, name: &str) -> Measure {
    let request = GetMeasureRequest {
        name: name.to_owned(),
    };
    world
        .measures("KZ")
        .get_measure(request)
        .await
        .unwrap()
        .into_inner()
}

fn update(measure: Measure, paths: &[&str]) -> UpdateMeasureRequest {
    UpdateMeasureRequest {
        measure: Some(measure),
        update_mask: Some(FieldMask {
            paths: paths.iter().map(ToString::to_string).collect(),
        }),
        ..UpdateMeasureRequest::default()
    }
}

fn due(form: deadline::Form) -> Option<Deadline> {
    Some(Deadline {
        form: Some(form),
        last_day: None,
    })
}

#[tokio::test]
async fn what_was_created_is_read_back_with_its_defaults() {
    each_engine(async |world| {
        world.draft().await;
        let first = world.measure("first", measure("First")).await;
        assert_eq!((first.order_number, first.weight), (1, 1));
        assert_eq!(first.state(), MeasureState::Planned);
        assert_eq!(first.deadline.unwrap().last_day, date(2022, 6, 30));
        let given = Measure {
            section: "Transport".to_owned(),
            expected_result: "A bridge\nover the river".to_owned(),
            form_of_completion: "Act of acceptance".to_owned(),
            start_date: date(2022, 2, 1),
            weight: 5,
            ..measure("Second")
        };
        let second = world.measure("second", given.clone()).await;
        assert_eq!((second.order_number, second.weight), (2, 5));
        assert_eq!(second.executors, given.executors);
        assert_eq!(
            (&second.section, &second.expected_result),
            (&given.section, &given.expected_result)
        );
        assert_eq!(get(&world, &second.name).await, second);
    })
    .await;
}

#[tokio::test]
async fn after_the_last_place_comes_the_last_place() {
    each_engine(async |world| {
        world.draft().await;
        let last = Measure {
            order_number: 1_000_000,
            ..measure("Last")
        };
        world.measure("last", last).await;
        let after = world.measure("after", measure("After")).await;
        assert_eq!(after.order_number, 1_000_000);
        let renamed = Measure {
            section: "Roads".to_owned(),
            ..after
        };
        let mut client = world.measures("UZ");
        let renamed = client.update_measure(update(renamed, &["section"])).await;
        assert_eq!(renamed.unwrap().into_inner().section, "Roads");
    })
    .await;
}

#[tokio::test]
async fn a_quarter_or_half_year_means_its_last_day() {
    each_engine(async |world| {
        world.draft().await;
        let quarter = deadline::Form::Quarter(Quarter {
            year: 2022,
            quarter: 3,
        });
        let half_year = deadline::Form::HalfYear(HalfYear {
            year: 2023,
            half: 1,
        });
        for (id, form, last_day) in [
            ("q", quarter, date(2022, 9, 30)),
            ("h", half_year, date(2023, 6, 30)),
        ] {
            let created = world
                .measure(
                    id,
                    Measure {
                        deadline: due(form),
                        ..measure("M")
                    },
                )
                .await;
            assert_eq!(
                created.deadline,
                Some(Deadline {
                    form: Some(form),
                    last_day
                })
            );
        }
        let bad = Measure {
            deadline: due(deadline::Form::Quarter(Quarter {
                year: 2022,
                quarter: 5,
            })),
            ..measure("M")
        };
        assert_eq!(
            refused(
                world
                    .measures("UZ")
                    .create_measure(create_measure("m", bad))
                    .await
            ),
            "DATE_INVALID"
        );
    })
    .await;
}

#[tokio::test]
async fn dates_fit_each_other_and_the_period() {
    each_engine(async |world| {
        world.draft().await;
        let on = |year, month, day| due(deadline::Form::Date(date(year, month, day).unwrap()));
        for (given, field, reason) in [
            (
                Measure {
                    deadline: on(2024, 1, 1),
                    ..measure("M")
                },
                "measure.deadline",
                "OUTSIDE_PERIOD",
            ),
            (
                Measure {
                    start_date: date(2021, 12, 31),
                    ..measure("M")
                },
                "measure.start_date",
                "OUTSIDE_PERIOD",
            ),
            (
                Measure {
                    start_date: date(2022, 7, 1),
                    ..measure("M")
                },
                "measure.deadline",
                "DEADLINE_BEFORE_START",
            ),
            (
                Measure {
                    deadline: on(2023, 2, 29),
                    ..measure("M")
                },
                "measure.deadline.date",
                "DATE_INVALID",
            ),
            (
                Measure {
                    deadline: None,
                    ..measure("M")
                },
                "measure.deadline",
                "FIELD_REQUIRED",
            ),
        ] {
            let error = world
                .measures("UZ")
                .create_measure(create_measure("m", given))
                .await
                .unwrap_err();
            assert_eq!(
                details(&error).violations,
                [(field.to_owned(), reason.to_owned())]
            );
        }
    })
    .await;
}

#[tokio::test]
async fn executors_belong_to_the_two_sides() {
    each_engine(async |world| {
        world.draft().await;
        let mut given = measure("M");
        given.executors[0].party = "TJ".to_owned();
        let error = world
            .measures("UZ")
            .create_measure(create_measure("m", given))
            .await
            .unwrap_err();
        let expected = (
            "measure.executors[0].party".to_owned(),
            "PARTY_NOT_A_SIDE".to_owned(),
        );
        assert_eq!(details(&error).violations, [expected]);
        let mut given = measure("M");
        let lead = given.executors[0].lead_body.clone();
        given.executors[0].co_executing_bodies.push(lead);
        given.executors.push(given.executors[0].clone());
        let error = world
            .measures("UZ")
            .create_measure(create_measure("m", given))
            .await
            .unwrap_err();
        let reasons: Vec<String> = details(&error)
            .violations
            .into_iter()
            .map(|(_, reason)| reason)
            .collect();
        assert_eq!(reasons, ["VALUE_REPEATED"; 3]);
    })
    .await;
}

#[tokio::test]
async fn either_side_changes_a_draft_and_the_plan_gets_a_new_revision() {
    each_engine(async |world| {
        world.draft().await;
        let before = world.measure("m", measure("M")).await;
        let patch = Measure {
            name: before.name.clone(),
            titles: vec![text("kk", "Көпір")],
            weight: 9,
            state: MeasureState::Complete.into(),
            etag: before.etag.clone(),
            ..Measure::default()
        };
        let after = world
            .measures("KZ")
            .update_measure(update(patch.clone(), &["titles", "state"]))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(after.titles, patch.titles);
        assert_eq!((after.weight, after.state()), (1, MeasureState::Planned));
        assert_eq!(
            refused(
                world
                    .measures("KZ")
                    .update_measure(update(patch, &["weight"]))
                    .await
            ),
            "ETAG_MISMATCH"
        );
        let roadmap = accord_proto::roadmaps::v1::GetRoadmapRequest {
            name: ROADMAP.to_owned(),
            ..accord_proto::roadmaps::v1::GetRoadmapRequest::default()
        };
        let roadmap = world
            .roadmaps("UZ")
            .get_roadmap(roadmap)
            .await
            .unwrap()
            .into_inner();
        assert_eq!(roadmap.plan_revision, 3);
    })
    .await;
}

#[tokio::test]
async fn a_deleted_measure_can_be_restored_while_the_roadmap_is_a_draft() {
    each_engine(async |world| {
        world.draft().await;
        let name = world.measure("m", measure("M")).await.name;
        let delete = DeleteMeasureRequest {
            name: name.clone(),
            ..DeleteMeasureRequest::default()
        };
        let deleted = world
            .measures("UZ")
            .delete_measure(delete.clone())
            .await
            .unwrap()
            .into_inner();
        assert!(deleted.delete_time.is_some() && deleted.purge_time.is_some());
        assert_eq!(
            refused(world.measures("UZ").delete_measure(delete).await),
            "RESOURCE_NOT_FOUND"
        );
        assert_eq!(
            refused(
                world
                    .measures("UZ")
                    .create_measure(create_measure("m", measure("M")))
                    .await
            ),
            "RESOURCE_ALREADY_EXISTS"
        );
        let undelete = UndeleteMeasureRequest {
            name: name.clone(),
            ..UndeleteMeasureRequest::default()
        };
        let restored = world
            .measures("KZ")
            .undelete_measure(undelete.clone())
            .await
            .unwrap()
            .into_inner();
        assert_eq!(restored.delete_time, None);
        assert_eq!(
            refused(world.measures("KZ").undelete_measure(undelete).await),
            "RESOURCE_ALREADY_EXISTS"
        );
        let events = ListMeasureEventsRequest {
            parent: name,
            ..ListMeasureEventsRequest::default()
        };
        let events = world
            .measures("UZ")
            .list_measure_events(events)
            .await
            .unwrap()
            .into_inner()
            .events;
        let kinds: Vec<MeasureEventKind> = events
            .iter()
            .map(accord_proto::roadmaps::v1::MeasureEvent::kind)
            .collect();
        assert_eq!(
            kinds,
            [
                MeasureEventKind::Created,
                MeasureEventKind::Deleted,
                MeasureEventKind::Undeleted
            ]
        );
        assert_eq!(
            (events[2].party.as_str(), events[2].agency.as_str()),
            ("KZ", "kz-economy")
        );
    })
    .await;
}

#[tokio::test]
async fn only_an_adopted_roadmap_has_overdue_measures() {
    each_engine(async |world| {
        world.draft().await;
        let name = world.measure("bridge", measure("Bridge")).await.name;
        world.days_pass(90);
        let overdue = async || {
            let request = accord_proto::roadmaps::v1::GetRoadmapProgressRequest {
                name: ROADMAP.to_owned(),
                ..Default::default()
            };
            let answer = world.roadmaps("UZ").get_roadmap_progress(request).await;
            let total = answer.unwrap().into_inner().total.unwrap();
            (world.get(&name).await.overdue, total.overdue.unwrap().count)
        };
        assert_eq!(overdue().await, (false, 0), "a draft binds nobody");
        world.adopt(ROADMAP).await;
        assert_eq!(overdue().await, (true, 1));
        for party in ["UZ", "KZ"] {
            let close = accord_proto::roadmaps::v1::CloseRoadmapRequest {
                name: ROADMAP.to_owned(),
                ..Default::default()
            };
            world.roadmaps(party).close_roadmap(close).await.unwrap();
        }
        assert_eq!(
            overdue().await,
            (false, 1),
            "what was left undone is counted"
        );
    })
    .await;
}
