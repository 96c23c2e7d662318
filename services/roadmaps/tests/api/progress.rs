//! The two numbers, as known at a moment.

mod many;

use accord_proto::roadmaps::v1::{
    Executors, GetRoadmapProgressRequest, ListMeasuresRequest, Measure, MeasureState,
    RoadmapProgress, RoadmapState, Tally, UpdateMeasureRequest,
};
use prost_types::Timestamp;

use crate::world::{ROADMAP, World, date, details, each_engine, measure, refused};

fn request() -> GetRoadmapProgressRequest {
    GetRoadmapProgressRequest {
        name: ROADMAP.to_owned(),
        ..GetRoadmapProgressRequest::default()
    }
}

async fn progress(world: &World, request: GetRoadmapProgressRequest) -> RoadmapProgress {
    world
        .roadmaps("KZ")
        .get_roadmap_progress(request)
        .await
        .unwrap()
        .into_inner()
}

fn now(world: &World) -> Option<Timestamp> {
    Some(accord_proto::convert::from_timestamp(world.clock.now()))
}

fn tally(count: i64, weight: i64) -> Option<Tally> {
    Some(Tally { count, weight })
}

/// An adopted roadmap with five measures of the weights 1, 2, 4, 8 and 16: one of each fate.
async fn five(world: &World) -> Vec<String> {
    world.draft().await;
    let mut names = Vec::new();
    for (id, section, weight) in [
        ("idle", "Transport", 1),
        ("waiting", "Transport", 2),
        ("returned", "Culture", 4),
        ("disputed", "Culture", 8),
        ("done", "", 16),
    ] {
        let given = Measure {
            section: section.to_owned(),
            weight,
            ..measure(id)
        };
        names.push(world.measure(id, given).await.name);
    }
    world.adopt(ROADMAP).await;
    names
}

#[tokio::test]
async fn what_sides_claim_and_what_both_confirmed_are_counted_apart() {
    each_engine(async |world| {
        let names = five(&world).await;
        for (name, party) in names[1..].iter().zip(["UZ", "KZ", "UZ", "KZ"]) {
            world.report(party, name).await.unwrap();
        }
        world.give_back("UZ", &names[2], 1).await.unwrap();
        world.dispute("KZ", &names[3], 1).await.unwrap();
        world.confirm("UZ", &names[4], 1).await.unwrap();

        let found = progress(&world, request()).await;
        let total = found.total.unwrap();
        assert_eq!(found.state, RoadmapState::Adopted as i32);
        assert_eq!(total.agreed, tally(5, 31));
        assert_eq!(total.activity, tally(4, 30));
        assert_eq!(total.attested, tally(1, 16));
        assert_eq!((total.planned, total.reported), (tally(1, 1), tally(1, 2)));
        assert_eq!((total.returned, total.disputed), (tally(1, 4), tally(1, 8)));
        assert_eq!(
            (total.overdue, total.late, total.cancelled),
            (tally(0, 0), tally(0, 0), tally(0, 0))
        );

        let [uz, kz] = found.sides.try_into().unwrap();
        assert_eq!(
            (uz.party.as_str(), uz.activity, uz.attested),
            ("UZ", tally(2, 10), tally(0, 0))
        );
        assert_eq!(
            (kz.party.as_str(), kz.activity, kz.attested),
            ("KZ", tally(2, 20), tally(1, 16))
        );
        assert_eq!(
            (uz.awaiting_answer, kz.awaiting_word),
            (tally(1, 8), tally(1, 2))
        );

        let sections: Vec<_> = found
            .sections
            .iter()
            .map(|section| section.section.as_str())
            .collect();
        assert_eq!(sections, ["", "Culture", "Transport"]);
        assert_eq!(found.sections[1].figures.unwrap().activity, tally(2, 12));
        assert_eq!(found.sections[1].figures.unwrap().attested, tally(0, 0));
    })
    .await;
}

#[tokio::test]
async fn progress_is_answered_as_it_was_known() {
    each_engine(async |world| {
        let names = five(&world).await;
        let planned = now(&world);
        world.days_pass(1);
        world.report("UZ", &names[4]).await.unwrap();
        let reported = now(&world);
        world.days_pass(1);
        world.confirm("KZ", &names[4], 1).await.unwrap();
        for (known_time, activity, attested) in [
            (planned, tally(0, 0), tally(0, 0)),
            (reported, tally(1, 16), tally(0, 0)),
            (None, tally(1, 16), tally(1, 16)),
        ] {
            let found = progress(
                &world,
                GetRoadmapProgressRequest {
                    known_time,
                    ..request()
                },
            )
            .await;
            let total = found.total.unwrap();
            assert_eq!(
                (total.activity, total.attested, total.agreed),
                (activity, attested, tally(5, 31))
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_plan_changed_later_is_not_known_earlier() {
    each_engine(async |world| {
        world.draft().await;
        let before = world
            .measure(
                "m",
                Measure {
                    weight: 3,
                    ..measure("M")
                },
            )
            .await;
        let draft = now(&world);
        world.days_pass(1);
        let patch = Measure {
            weight: 7,
            name: before.name.clone(),
            ..Measure::default()
        };
        let update = accord_proto::roadmaps::v1::UpdateMeasureRequest {
            measure: Some(patch),
            ..Default::default()
        };
        world.measures("KZ").update_measure(update).await.unwrap();
        world.adopt(ROADMAP).await;
        let then = progress(
            &world,
            GetRoadmapProgressRequest {
                known_time: draft,
                ..request()
            },
        )
        .await;
        assert_eq!(
            (then.state, then.total.unwrap().agreed),
            (RoadmapState::Draft as i32, tally(1, 3))
        );
        let today = progress(&world, request()).await;
        assert_eq!(
            (today.state, today.total.unwrap().agreed),
            (RoadmapState::Adopted as i32, tally(1, 7))
        );
    })
    .await;
}

#[tokio::test]
async fn overdue_is_counted_against_the_day_asked_for_and_late_against_the_deadline() {
    each_engine(async |world| {
        let names = five(&world).await;
        let on = |day| GetRoadmapProgressRequest {
            effective_date: day,
            ..request()
        };
        assert_eq!(
            progress(&world, on(date(2022, 6, 30)))
                .await
                .total
                .unwrap()
                .overdue,
            tally(0, 0)
        );
        assert_eq!(
            progress(&world, on(date(2022, 7, 1)))
                .await
                .total
                .unwrap()
                .overdue,
            tally(5, 31)
        );
        world.days_pass(60);
        world.report("UZ", &names[4]).await.unwrap();
        world.confirm("KZ", &names[4], 1).await.unwrap();
        let total = progress(&world, request()).await.total.unwrap();
        assert_eq!((total.overdue, total.late), (tally(4, 15), tally(1, 16)));
        let list = ListMeasuresRequest {
            parent: ROADMAP.to_owned(),
            ..ListMeasuresRequest::default()
        };
        let measures = world
            .measures("UZ")
            .list_measures(list)
            .await
            .unwrap()
            .into_inner()
            .measures;
        assert!(
            measures
                .iter()
                .all(|measure| measure.overdue == (measure.state() != MeasureState::Complete))
        );
    })
    .await;
}

#[tokio::test]
async fn times_and_names_are_checked() {
    each_engine(async |world| {
        let early = now(&world);
        world.days_pass(1);
        assert_eq!(
            refused(world.roadmaps("UZ").get_roadmap_progress(request()).await),
            "RESOURCE_NOT_FOUND"
        );
        world.draft().await;
        let then = GetRoadmapProgressRequest {
            known_time: early,
            ..request()
        };
        assert_eq!(
            refused(world.roadmaps("UZ").get_roadmap_progress(then).await),
            "RESOURCE_NOT_FOUND"
        );
        let mut future = now(&world);
        if let Some(time) = &mut future {
            time.seconds += 1;
        }
        let bad = GetRoadmapProgressRequest {
            known_time: future,
            name: "roadmaps/x".to_owned(),
            ..request()
        };
        let error = world
            .roadmaps("UZ")
            .get_roadmap_progress(bad)
            .await
            .unwrap_err();
        let expected = [("name", "NAME_INVALID"), ("known_time", "DATE_IN_FUTURE")];
        assert_eq!(
            details(&error).violations,
            expected.map(|(field, reason)| (field.to_owned(), reason.to_owned()))
        );
    })
    .await;
}

#[tokio::test]
async fn bodies_and_regions_have_the_figures_of_what_they_carry_out() {
    each_engine(async |world| {
        world.draft().await;
        let executors = |party: &str, lead: &str, others: &[&str]| Executors {
            party: party.to_owned(),
            lead_body: lead.to_owned(),
            co_executing_bodies: others.iter().map(|body| (*body).to_owned()).collect(),
        };
        let mut names = Vec::new();
        for (id, weight, given) in [
            (
                "bridge",
                1,
                vec![
                    executors("UZ", "Roads", &["Transport"]),
                    executors("KZ", "Roads", &[]),
                ],
            ),
            ("fair", 2, vec![executors("UZ", "Transport", &["Roads"])]),
            ("archive", 4, vec![]),
        ] {
            let given = Measure {
                weight,
                executors: given,
                ..measure(id)
            };
            names.push(world.measure(id, given).await.name);
        }
        let drafted = now(&world);
        world.days_pass(1);
        let moved = UpdateMeasureRequest {
            measure: Some(Measure {
                name: names[1].clone(),
                executors: vec![executors("KZ", "Trade", &[])],
                ..Measure::default()
            }),
            ..UpdateMeasureRequest::default()
        };
        world.measures("UZ").update_measure(moved).await.unwrap();
        world.adopt(ROADMAP).await;
        world.report("KZ", &names[0]).await.unwrap();
        world.confirm("UZ", &names[0], 1).await.unwrap();

        let weights = |found: &RoadmapProgress| -> Vec<(String, i64, i64, i64)> {
            let bodies = found.bodies.iter().map(|body| {
                let (leads, helps) = (body.leading.unwrap(), body.co_executing.unwrap());
                (
                    format!("{} {}", body.party, body.body),
                    leads.agreed.unwrap().weight,
                    helps.agreed.unwrap().weight,
                    leads.attested.unwrap().weight,
                )
            });
            bodies.collect()
        };
        let found = progress(&world, request()).await;
        assert_eq!(
            weights(&found),
            [
                ("KZ Roads".to_owned(), 1, 0, 1),
                ("KZ Trade".to_owned(), 2, 0, 0),
                ("UZ Roads".to_owned(), 1, 0, 1),
                ("UZ Transport".to_owned(), 0, 1, 0),
            ]
        );
        let regions: Vec<_> = found
            .regions
            .iter()
            .map(|region| (region.region_code.as_str(), region.figures.unwrap().agreed))
            .collect();
        assert_eq!(regions, [("UZ-TK", tally(1, 1)), ("KZ-AST", tally(2, 3))]);
        assert_eq!(found.omitted_body_count, 0);

        let then = GetRoadmapProgressRequest {
            known_time: drafted,
            ..request()
        };
        let then = progress(&world, then).await;
        assert_eq!(
            weights(&then),
            [
                ("KZ Roads".to_owned(), 1, 0, 0),
                ("UZ Roads".to_owned(), 1, 2, 0),
                ("UZ Transport".to_owned(), 2, 1, 0),
            ]
        );
    })
    .await;
}
