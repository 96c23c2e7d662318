//! Measures that go on in a following roadmap, and their whole lives.

use accord_proto::roadmaps::v1::{
    DeleteMeasureRequest, DeleteRoadmapRequest, GetRoadmapProgressRequest, ListMeasureLifeRequest,
    ListMeasureLifeResponse, Measure, MeasureState, Period, Roadmap, RoadmapState,
};

use crate::{
    planning::{by, carry, name, supersede},
    world::{
        ROADMAP, World, create_roadmap, date, details, each_engine, measure, refused, roadmap, side,
    },
};

pub(crate) const NEXT: &str = "partnerships/uz-kz/roadmaps/next";

impl World {
    /// Writes the roadmap that follows, as a draft.
    pub(crate) async fn next(&self) -> Roadmap {
        self.next_with(roadmap()).await
    }

    async fn next_with(&self, given: Roadmap) -> Roadmap {
        let given = Roadmap {
            period: Some(Period {
                start_date: date(2024, 1, 1),
                end_date: date(2025, 12, 31),
            }),
            ..given
        };
        let mut client = self.roadmaps("KZ");
        let created = client.create_roadmap(create_roadmap("next", given)).await;
        created.unwrap().into_inner()
    }

    async fn life(&self, name: &str, page_size: i32) -> ListMeasureLifeResponse {
        let mut whole = ListMeasureLifeResponse::default();
        loop {
            let request = ListMeasureLifeRequest {
                parent: name.to_owned(),
                page_size,
                page_token: whole.next_page_token.clone(),
            };
            let page = self.plans("UZ").list_measure_life(request).await.unwrap();
            let page = page.into_inner();
            whole.stations = page.stations;
            whole.events.extend(page.events);
            whole.next_page_token = page.next_page_token;
            if whole.next_page_token.is_empty() {
                return whole;
            }
        }
    }
}

#[tokio::test]
async fn a_measure_goes_on_in_the_following_roadmap_when_both_agree() {
    each_engine(async |world| {
        world.adopted_with(&["bridge", "road"]).await;
        world.report("UZ", &name("bridge")).await.unwrap();
        world.dispute("KZ", &name("bridge"), 1).await.unwrap();
        let next = world.next().await;
        let proposed = world
            .carry_over("UZ", NEXT, vec![carry("bridge", by(2024, 6, 30))])
            .await
            .unwrap();
        assert_eq!(
            world.get(&name("bridge")).await.state(),
            MeasureState::Disputed
        );
        let accepted = world.accept_plan("KZ", &proposed).await.unwrap();
        let there = format!("{NEXT}/measures/bridge");
        let here = world.get(&name("bridge")).await;
        assert_eq!(here.state(), MeasureState::CarriedOver);
        assert_eq!(here.successor, there);
        let goes_on = world.get(&there).await;
        assert_eq!(goes_on.state(), MeasureState::Planned);
        assert_eq!(goes_on.predecessors, [name("bridge")]);
        assert_eq!(goes_on.deadline.unwrap().last_day, date(2024, 6, 30));
        assert_eq!(
            (goes_on.titles, goes_on.current_report),
            (here.titles, None)
        );
        let draft = world.roadmap(NEXT).await;
        assert_eq!(draft.state(), RoadmapState::Draft);
        assert_eq!(draft.plan_revision, next.plan_revision + 1);
        assert_eq!(accepted.baseline, format!("{ROADMAP}/baselines/b2"));
        let request = GetRoadmapProgressRequest {
            name: ROADMAP.to_owned(),
            ..GetRoadmapProgressRequest::default()
        };
        let progress = world.roadmaps("UZ").get_roadmap_progress(request).await;
        let total = progress.unwrap().into_inner().total.unwrap();
        assert_eq!(
            total.agreed.unwrap().count,
            2,
            "it was agreed here and not done here"
        );
        assert_eq!(total.carried_over.unwrap().count, 1);
        assert_eq!(total.attested.unwrap().count, 0);
        assert!(world.adopt(NEXT).await.adopt_time.is_some());
    })
    .await;
}

#[tokio::test]
async fn a_start_that_is_over_stays_behind_when_a_measure_goes_on() {
    each_engine(async |world| {
        world.draft().await;
        for id in ["bridge", "road"] {
            let started = Measure {
                start_date: date(2022, 3, 1),
                ..measure(id)
            };
            world.measure(id, started).await;
        }
        world.adopt(ROADMAP).await;
        world.next().await;
        let mut given_anew = carry("road", by(2024, 6, 30));
        if let Some(measure) = &mut given_anew.measure {
            measure.start_date = date(2024, 2, 1);
        }
        let proposed = world
            .carry_over(
                "UZ",
                NEXT,
                vec![carry("bridge", by(2024, 6, 30)), given_anew],
            )
            .await
            .unwrap();
        world.accept_plan("KZ", &proposed).await.unwrap();
        let start = async |id: &str| {
            let there = world.get(&format!("{NEXT}/measures/{id}")).await;
            there.start_date
        };
        assert_eq!(start("bridge").await, None);
        assert_eq!(start("road").await, date(2024, 2, 1));
    })
    .await;
}

#[tokio::test]
async fn the_word_is_of_the_party_that_gave_it_though_the_sides_stand_the_other_way_round() {
    each_engine(async |world| {
        world.adopted_with(&["bridge"]).await;
        let mut sides = roadmap().sides;
        sides.reverse();
        world.next_with(Roadmap { sides, ..roadmap() }).await;
        let proposed = world
            .carry_over("UZ", NEXT, vec![carry("bridge", by(2024, 6, 30))])
            .await;
        world.accept_plan("KZ", &proposed.unwrap()).await.unwrap();
        let life = world.life(&format!("{NEXT}/measures/bridge"), 100).await;
        for event in life.events {
            let event = event.event.unwrap();
            let agency = format!("{}-economy", event.party.to_lowercase());
            assert_eq!(event.agency, agency);
        }
    })
    .await;
}

#[tokio::test]
async fn a_whole_life_is_read_from_any_of_its_stations() {
    each_engine(async |world| {
        world.adopted_with(&["bridge", "road"]).await;
        world.start("UZ", &name("road")).await.unwrap();
        world.days_pass(1);
        world.replan(vec![supersede("road", "bridge")]).await;
        world.next().await;
        world.days_pass(1);
        let proposed = world
            .carry_over("UZ", NEXT, vec![carry("bridge", by(2024, 6, 30))])
            .await
            .unwrap();
        world.accept_plan("KZ", &proposed).await.unwrap();
        world.adopt(NEXT).await;
        let there = format!("{NEXT}/measures/bridge");
        world.days_pass(700);
        world.report("KZ", &there).await.unwrap();
        world.confirm("UZ", &there, 1).await.unwrap();
        let whole = world.life(&there, 50).await;
        let stations: Vec<_> = whole
            .stations
            .iter()
            .map(|station| {
                (
                    station.measure.clone(),
                    station.state(),
                    station.successor.clone(),
                )
            })
            .collect();
        assert_eq!(
            stations,
            [
                (name("bridge"), MeasureState::CarriedOver, there.clone()),
                (name("road"), MeasureState::Superseded, name("bridge")),
                (there.clone(), MeasureState::Complete, String::new()),
            ]
        );
        assert_eq!(whole.events.len(), 2 + 3 + 3);
        for start in [name("road"), there.clone()] {
            for page_size in [1, 3, 50] {
                assert_eq!(
                    world.life(&start, page_size).await,
                    whole,
                    "{start} {page_size}"
                );
            }
        }
        let times: Vec<_> = whole
            .events
            .iter()
            .map(|one| one.event.clone().unwrap().record_time.unwrap())
            .map(|time| (time.seconds, time.nanos))
            .collect();
        assert!(times.is_sorted(), "{times:?}");
    })
    .await;
}

#[tokio::test]
async fn what_goes_on_is_not_deleted_by_one_side() {
    each_engine(async |world| {
        world.adopted_with(&["bridge"]).await;
        world.next().await;
        let proposed = world
            .carry_over("UZ", NEXT, vec![carry("bridge", by(2024, 6, 30))])
            .await
            .unwrap();
        world.accept_plan("KZ", &proposed).await.unwrap();
        let request = DeleteMeasureRequest {
            name: format!("{NEXT}/measures/bridge"),
            ..DeleteMeasureRequest::default()
        };
        let deleted = world.measures("UZ").delete_measure(request).await;
        assert_eq!(refused(deleted), "MEASURE_CARRIED_OVER");
        let request = DeleteRoadmapRequest {
            name: NEXT.to_owned(),
            ..DeleteRoadmapRequest::default()
        };
        let deleted = world.roadmaps("UZ").delete_roadmap(request).await;
        assert_eq!(refused(deleted), "MEASURE_CARRIED_OVER");
    })
    .await;
}

#[tokio::test]
async fn nothing_is_carried_where_it_does_not_fit() {
    each_engine(async |world| {
        world.adopted_with(&["bridge", "done"]).await;
        world.report("UZ", &name("done")).await.unwrap();
        world.confirm("KZ", &name("done"), 1).await.unwrap();
        let given = carry("bridge", by(2024, 6, 30));
        let missing = world.carry_over("UZ", NEXT, vec![given.clone()]).await;
        assert_eq!(refused(missing), "RESOURCE_NOT_FOUND");
        world.next().await;
        let same_days = world
            .carry_over("UZ", NEXT, vec![carry("bridge", None)])
            .await;
        let found = details(&same_days.unwrap_err());
        let field = "measures[0].measure.deadline".to_owned();
        assert_eq!(found.violations, [(field, "OUTSIDE_PERIOD".to_owned())]);
        let here = world.carry_over("UZ", ROADMAP, vec![given.clone()]).await;
        assert_eq!(refused(here), "SIDES_DIFFER");
        let done = world
            .carry_over("UZ", NEXT, vec![carry("done", by(2024, 6, 30))])
            .await;
        assert_eq!(refused(done), "MEASURE_STATE_MISMATCH");
        let others = Roadmap {
            sides: vec![side("UZ", "UZ-TK"), side("XA", "XA-1")],
            period: Some(Period {
                start_date: date(2024, 1, 1),
                end_date: date(2025, 12, 31),
            }),
            ..roadmap()
        };
        let mut request = create_roadmap("others", others);
        let sides = &mut request.roadmap.as_mut().unwrap().sides;
        sides[1].region_name = "Far Shore".to_owned();
        world.roadmaps("UZ").create_roadmap(request).await.unwrap();
        let others = "partnerships/uz-kz/roadmaps/others";
        let call = world.carry_over("UZ", others, vec![given.clone()]).await;
        assert_eq!(refused(call), "SIDES_DIFFER");
        let proposed = world.carry_over("UZ", NEXT, vec![given]).await.unwrap();
        world.adopt(NEXT).await;
        let late = world.accept_plan("KZ", &proposed).await;
        assert_eq!(refused(late), "ROADMAP_NOT_DRAFT");
        assert_eq!(
            world.get(&name("bridge")).await.state(),
            MeasureState::Planned
        );
    })
    .await;
}

#[tokio::test]
async fn measures_do_not_go_on_in_the_past() {
    each_engine(async |world| {
        world.adopted_with(&["bridge"]).await;
        for (id, start, end) in [
            ("past", date(2020, 1, 1), date(2021, 12, 31)),
            ("within", date(2022, 6, 1), date(2022, 12, 31)),
            ("same", date(2022, 1, 1), date(2023, 12, 31)),
        ] {
            let given = Roadmap {
                period: Some(Period {
                    start_date: start,
                    end_date: end,
                }),
                ..roadmap()
            };
            let mut client = world.roadmaps("KZ");
            let created = client.create_roadmap(create_roadmap(id, given)).await;
            let there = created.unwrap().into_inner().name;
            let carried = vec![carry("bridge", by(2022, 6, 30))];
            let error = world.carry_over("UZ", &there, carried).await.unwrap_err();
            let found = details(&error);
            assert_eq!(found.reason, "ROADMAP_NOT_FOLLOWING", "{id}");
            assert_eq!(found.metadata["resource"], there);
            assert_eq!(found.metadata["roadmap"], ROADMAP);
        }
    })
    .await;
}
