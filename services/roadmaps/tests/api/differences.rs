//! What a re-planning changes, field by field: for who is asked, in comparisons, and in the measure's life.

use accord_proto::roadmaps::v1::{
    Executors, GetRebaselineRequest, GetRoadmapVarianceRequest, Indicator,
    ListMeasureEventsRequest, ListMeasureLifeRequest, Measure, MeasureEventKind as Kind,
    PlanChange, Rebaseline, ReplanMeasure, plan_change::Change,
};

use crate::{
    lives::NEXT,
    planning::{add, by, carry, name, remove, supersede},
    world::{ROADMAP, World, date, each_engine, measure, text},
};

fn indicator(target: &str) -> Indicator {
    Indicator {
        indicator_id: "km".to_owned(),
        titles: vec![text("en", "Road built")],
        unit: "km".to_owned(),
        baseline: "0".to_owned(),
        target: target.to_owned(),
        ..Indicator::default()
    }
}

fn road() -> Measure {
    Measure {
        expected_result: "100 km of road".to_owned(),
        indicators: vec![indicator("100")],
        ..measure("Road")
    }
}

/// 100 km become 1 km, by a body less.
fn smaller() -> PlanChange {
    let measure = Measure {
        name: name("road"),
        expected_result: "1 km of road".to_owned(),
        indicators: vec![indicator("1")],
        executors: vec![Executors {
            party: "KZ".to_owned(),
            lead_body: "Akimat".to_owned(),
            ..Executors::default()
        }],
        weight: 3,
        ..Measure::default()
    };
    PlanChange {
        change: Some(Change::Replan(ReplanMeasure {
            measure: Some(measure),
            update_mask: None,
        })),
    }
}

const FIELDS: [&str; 4] = ["expected_result", "executors", "weight", "indicators"];

async fn adopted(world: &World) {
    world.draft().await;
    world.measure("road", road()).await;
    world.measure("b", measure("B")).await;
    world.measure("c", measure("C")).await;
    world.adopt(ROADMAP).await;
}

async fn read(world: &World, name: &str) -> Rebaseline {
    let request = GetRebaselineRequest {
        name: name.to_owned(),
    };
    let answer = world.plans("KZ").get_rebaseline(request).await;
    answer.unwrap().into_inner()
}

#[tokio::test]
async fn who_is_asked_sees_old_and_new_of_every_field() {
    each_engine(async |world| {
        adopted(&world).await;
        let proposed = world
            .propose(
                "UZ",
                vec![smaller(), add("new"), remove("b"), supersede("c", "new")],
            )
            .await
            .unwrap();
        let [planned, added, removed, superseded] = proposed.differences.as_slice() else {
            panic!("{proposed:?}")
        };
        assert_eq!(planned.measure, name("road"));
        assert_eq!(planned.changed_fields, FIELDS);
        let (from, to) = (planned.from.clone().unwrap(), planned.to.clone().unwrap());
        assert_eq!(from.expected_result, "100 km of road");
        assert_eq!(to.expected_result, "1 km of road");
        assert_eq!((from.weight, to.weight), (1, 3));
        assert_eq!(
            (&*from.indicators[0].target, &*to.indicators[0].target),
            ("100", "1")
        );
        assert_eq!(
            (&*from.executors[0].party, &*to.executors[0].party),
            ("UZ", "KZ")
        );
        assert!(
            from.titles.is_empty() && from.deadline.is_none(),
            "they do not differ"
        );
        assert_eq!((added.from.clone(), added.to.clone()), (None, None));
        for (ended, title) in [(removed, "B"), (superseded, "C")] {
            assert_eq!(ended.from.clone().unwrap().titles[0].text, title);
            assert!(ended.to.is_none() && ended.changed_fields.is_empty());
        }
        assert_eq!(read(&world, &proposed.name).await, proposed);
        // What was agreed to is told as before when the plan has changed since, twice.
        let accepted = world.accept_plan("KZ", &proposed).await.unwrap();
        assert_eq!(accepted.differences, proposed.differences);
        world.replan(vec![remove("road")]).await;
        assert_eq!(read(&world, &proposed.name).await, accepted);
    })
    .await;
}

#[tokio::test]
async fn carrying_over_tells_what_is_otherwise_there() {
    each_engine(async |world| {
        adopted(&world).await;
        world.next().await;
        let proposed = world
            .carry_over("UZ", NEXT, vec![carry("road", by(2024, 6, 30))])
            .await
            .unwrap();
        let [there] = proposed.differences.as_slice() else {
            panic!("{proposed:?}")
        };
        assert_eq!(there.changed_fields, ["deadline"]);
        let day = |snapshot: &Option<accord_proto::roadmaps::v1::MeasureSnapshot>| {
            snapshot.clone().unwrap().deadline.unwrap().last_day
        };
        assert_eq!(
            (day(&there.from), day(&there.to)),
            (date(2022, 6, 30), date(2024, 6, 30))
        );
    })
    .await;
}

#[tokio::test]
async fn a_comparison_names_every_field_and_shows_it() {
    each_engine(async |world| {
        adopted(&world).await;
        world.replan(vec![smaller(), add("new")]).await;
        let request = GetRoadmapVarianceRequest {
            name: ROADMAP.to_owned(),
            ..GetRoadmapVarianceRequest::default()
        };
        let found = world.plans("KZ").get_roadmap_variance(request).await;
        let found = found.unwrap().into_inner();
        let [added, road] = found.measures.as_slice() else {
            panic!("{found:?}")
        };
        assert_eq!(road.changed_fields, FIELDS);
        let (from, to) = (road.from.clone().unwrap(), road.to.clone().unwrap());
        assert_eq!(
            (&*from.indicators[0].target, &*to.indicators[0].target),
            ("100", "1")
        );
        assert_eq!(from.titles[0].text, "Road", "always there");
        assert_eq!(from.order_number, 0, "not what is the same");
        let whole = added.to.clone().unwrap();
        assert_eq!((whole.order_number, whole.executors.len()), (4, 1));
    })
    .await;
}

#[tokio::test]
async fn a_life_tells_what_a_replanning_changed_and_who_proposed_it() {
    each_engine(async |world| {
        adopted(&world).await;
        let accepted = world.replan(vec![smaller()]).await;
        let request = ListMeasureEventsRequest {
            parent: name("road"),
            ..ListMeasureEventsRequest::default()
        };
        let listed = world.measures("UZ").list_measure_events(request).await;
        let events = listed.unwrap().into_inner().events;
        let [created, planned] = events.as_slice() else {
            panic!("{events:?}")
        };
        assert_eq!(
            (created.proposing_party.as_str(), created.difference.clone()),
            ("", None)
        );
        assert_eq!(planned.kind(), Kind::Replanned);
        assert_eq!(
            (planned.party.as_str(), planned.agency.as_str()),
            ("KZ", "kz-economy")
        );
        assert_eq!(
            (
                planned.proposing_party.as_str(),
                planned.proposing_agency.as_str()
            ),
            ("UZ", "uz-economy")
        );
        assert_eq!(planned.difference, accepted.differences.first().cloned());
        world.replan(vec![remove("road")]).await;
        let request = ListMeasureLifeRequest {
            parent: name("road"),
            ..ListMeasureLifeRequest::default()
        };
        let life = world.plans("UZ").list_measure_life(request).await.unwrap();
        let life: Vec<_> = life
            .into_inner()
            .events
            .into_iter()
            .filter_map(|one| one.event)
            .collect();
        assert_eq!(life[1], *planned);
        assert_eq!(life[2].kind(), Kind::Removed);
        assert_eq!(
            (life[2].proposing_party.as_str(), life[2].difference.clone()),
            ("UZ", None)
        );
    })
    .await;
}
