//! Dependencies on measures that are superseded or carried over. The clock stands on Monday, 2 May 2022.

use accord_proto::roadmaps::v1::{
    AddMeasure, GetScheduleRequest, Measure, PlanChange, ReplanMeasure, Schedule, ScheduleBasis,
    ScheduleWarningKind, plan_change::Change,
};
use prost_types::FieldMask;

use crate::{
    dependencies::on,
    lives::NEXT,
    planning::{by, carry, name, remove, supersede},
    world::{ROADMAP, World, details, each_engine, measure, refused},
};

/// A measure that takes so many working days after others.
fn lasting(days: i32, after: &[&str]) -> Measure {
    Measure {
        working_days: days,
        deadline: by(2023, 12, 29),
        dependencies: after.iter().map(|id| on(id)).collect(),
        ..measure("Lasting")
    }
}

fn adding(id: &str, measure: Measure) -> PlanChange {
    PlanChange {
        change: Some(Change::Add(AddMeasure {
            measure_id: id.to_owned(),
            measure: Some(measure),
        })),
    }
}

/// Plans a measure with these predecessors only.
fn freeing(id: &str, after: &[&str]) -> PlanChange {
    let measure = Measure {
        name: name(id),
        dependencies: after.iter().map(|id| on(id)).collect(),
        ..Measure::default()
    };
    PlanChange {
        change: Some(Change::Replan(ReplanMeasure {
            measure: Some(measure),
            update_mask: Some(FieldMask {
                paths: vec!["dependencies".to_owned()],
            }),
        })),
    }
}

fn carrying(id: &str) -> PlanChange {
    let mut carried = carry(id, by(2025, 6, 30));
    NEXT.clone_into(&mut carried.roadmap);
    PlanChange {
        change: Some(Change::CarryOver(carried)),
    }
}

/// An adopted chain a, b, c of 10 working days each.
async fn chain(world: &World) {
    world.draft().await;
    world.measure("a", lasting(10, &[])).await;
    world.measure("b", lasting(10, &["a"])).await;
    world.measure("c", lasting(10, &["b"])).await;
    world.adopt(ROADMAP).await;
}

async fn schedule(world: &World) -> Schedule {
    let request = GetScheduleRequest {
        name: ROADMAP.to_owned(),
        basis: ScheduleBasis::Plan.into(),
        ..GetScheduleRequest::default()
    };
    let answer = world.roadmaps("KZ").get_schedule(request).await;
    answer.unwrap().into_inner()
}

/// What sets the early days of a measure.
fn driving<'a>(schedule: &'a Schedule, id: &str) -> &'a str {
    let mut measures = schedule.measures.iter();
    let found = measures.find(|found| found.measure == name(id)).unwrap();
    &found.driving_predecessor
}

#[tokio::test]
async fn what_depends_on_a_superseded_measure_waits_for_its_successors() {
    each_engine(async |world| {
        chain(&world).await;
        let before = schedule(&world).await;
        assert_eq!(driving(&before, "b"), name("a"));
        world
            .replan(vec![adding("a2", lasting(60, &[])), supersede("a", "a2")])
            .await;
        let once = schedule(&world).await;
        assert_eq!(driving(&once, "b"), name("a2"));
        assert_eq!(once.dependency_count, 2);
        assert_eq!(once.critical_path, ["a2", "b", "c"].map(name));
        assert!(once.warnings.is_empty(), "{:?}", once.warnings);
        world
            .replan(vec![adding("a3", lasting(90, &[])), supersede("a2", "a3")])
            .await;
        let twice = schedule(&world).await;
        assert_eq!(driving(&twice, "b"), name("a3"));
        // 50 and 30 working days more: in whole weeks at least 80 / 6 of them.
        let finish = |schedule: &Schedule| {
            let day = schedule.finish_date.unwrap();
            (day.year, day.month, day.day)
        };
        assert!(finish(&before) < finish(&once) && finish(&once) < finish(&twice));
        // The plan still says what was agreed.
        assert_eq!(
            world.get(&name("b")).await.dependencies[0].predecessor,
            name("a")
        );
    })
    .await;
}

#[tokio::test]
async fn a_successor_never_depends_on_what_it_supersedes() {
    each_engine(async |world| {
        chain(&world).await;
        let error = world.propose("UZ", vec![supersede("a", "b")]).await;
        let found = details(&error.unwrap_err());
        assert_eq!(found.reason, "DEPENDENCY_CYCLE");
        assert!(found.metadata["cycle"].contains("a, b"), "{found:?}");
        let error = world.propose("UZ", vec![supersede("a", "c")]).await;
        let found = details(&error.unwrap_err());
        assert_eq!(found.reason, "DEPENDENCY_CYCLE");
        for id in ["a", "b", "c"] {
            assert!(found.metadata["cycle"].contains(id), "{found:?}");
        }
        let later = vec![supersede("a", "a2"), adding("a2", lasting(5, &["c"]))];
        assert_eq!(
            refused(world.propose("UZ", later).await),
            "DEPENDENCY_CYCLE"
        );
        world
            .replan(vec![supersede("a", "b"), freeing("b", &[])])
            .await;
        assert_eq!(driving(&schedule(&world).await, "c"), name("b"));
    })
    .await;
}

#[tokio::test]
async fn what_others_wait_for_is_not_carried_over_alone() {
    each_engine(async |world| {
        chain(&world).await;
        world.next().await;
        let error = world.propose("UZ", vec![carrying("a")]).await;
        let found = details(&error.unwrap_err());
        assert_eq!(found.reason, "MEASURE_HAS_DEPENDENTS");
        assert_eq!(found.metadata["resource"], name("a"));
        assert_eq!(found.metadata["dependent"], name("b"));
        // Planned anew, but still after it.
        let error = world
            .propose("UZ", vec![carrying("a"), freeing("b", &["a"])])
            .await;
        let field = "changes[1].replan.measure.dependencies[0].predecessor".to_owned();
        assert_eq!(
            details(&error.unwrap_err()).violations,
            [(field, "PREDECESSOR_NOT_FOUND".to_owned())]
        );
        for changes in [
            vec![carrying("a"), freeing("b", &[])],
            vec![carrying("a"), carrying("b"), carrying("c")],
            vec![
                carrying("a"),
                supersede("b", "b2"),
                adding("b2", lasting(5, &[])),
            ],
            vec![carrying("a"), remove("b"), remove("c")],
        ] {
            world.propose("UZ", changes).await.unwrap();
        }
        let proposed = world
            .propose("UZ", vec![carrying("a"), freeing("b", &[])])
            .await;
        world.accept_plan("KZ", &proposed.unwrap()).await.unwrap();
        let left = schedule(&world).await;
        assert_eq!((driving(&left, "b"), left.measure_count), ("", 2));
        assert!(left.warnings.is_empty(), "{:?}", left.warnings);
    })
    .await;
}

#[tokio::test]
async fn neither_is_the_successor_of_what_they_wait_for() {
    each_engine(async |world| {
        chain(&world).await;
        world.next().await;
        world
            .replan(vec![adding("a2", lasting(60, &[])), supersede("a", "a2")])
            .await;
        for change in [carrying("a2"), remove("a2")] {
            let error = world.propose("UZ", vec![change]).await;
            let found = details(&error.unwrap_err());
            assert_eq!(found.reason, "MEASURE_HAS_DEPENDENTS");
            assert_eq!(found.metadata["dependent"], name("b"));
        }
        // What is done or has ended waits for nothing.
        world
            .replan(vec![supersede("b", "c"), freeing("c", &[])])
            .await;
        world.replan(vec![carrying("a2")]).await;
    })
    .await;
}

#[tokio::test]
async fn a_cancellation_by_words_leaves_dependents_that_a_warning_counts() {
    each_engine(async |world| {
        chain(&world).await;
        world.propose_cancellation("UZ", &name("a")).await.unwrap();
        world.accept_cancellation("KZ", &name("a")).await.unwrap();
        let left = schedule(&world).await;
        let warned: Vec<_> = left
            .warnings
            .iter()
            .map(|one| (one.kind(), one.measure_count))
            .collect();
        assert_eq!(warned, [(ScheduleWarningKind::PredecessorsCancelled, 1)]);
    })
    .await;
}

/// What an older version accepted: `b` took the place of `a` and still depends on it, as `d` does.
const CIRCLE: [&str; 2] = [
    "INSERT INTO measure_dependencies (measure_uid, predecessor_uid, roadmap_uid) \
     SELECT b.uid, a.uid, b.roadmap_uid FROM measures a JOIN measures b ON b.roadmap_uid = a.roadmap_uid \
     WHERE a.name LIKE '%/measures/a' AND b.name LIKE '%/measures/b'",
    "UPDATE measures SET dependencies = (SELECT d.dependencies FROM measures d WHERE d.name LIKE '%/measures/d') \
     WHERE name LIKE '%/measures/b'",
];

#[tokio::test]
async fn an_old_circle_stands_in_the_way_of_no_proposal_and_a_new_one_is_refused() {
    each_engine(async |world| {
        world.draft().await;
        world.measure("a", lasting(10, &[])).await;
        world.measure("b", lasting(10, &[])).await;
        world.measure("c", lasting(10, &["b"])).await;
        world.measure("d", lasting(10, &["a"])).await;
        world.adopt(ROADMAP).await;
        world.replan(vec![supersede("a", "b")]).await;
        let written: Result<(), storage::Error> = world
            .database
            .write(|tx| {
                Box::pin(async move {
                    for text in CIRCLE {
                        tx.execute(text, Vec::new()).await?;
                    }
                    Ok(())
                })
            })
            .await;
        written.unwrap();
        assert_eq!(world.get(&name("b")).await.dependencies.len(), 1);
        // What is complete is not planned anew, so that nobody can open the circle.
        world.report("UZ", &name("b")).await.unwrap();
        world.confirm("KZ", &name("b"), 1).await.unwrap();
        for changes in [
            vec![adding("e", lasting(5, &["c"]))],
            vec![freeing("c", &["d"])],
            vec![adding("d2", lasting(5, &[])), supersede("d", "d2")],
            vec![adding("f", lasting(5, &["a", "b"]))],
        ] {
            world.replan(changes).await;
        }
        let new = vec![adding("c2", lasting(5, &["c"])), supersede("c", "c2")];
        let found = details(&world.propose("UZ", new).await.unwrap_err());
        assert_eq!(found.reason, "DEPENDENCY_CYCLE");
        assert_eq!(found.metadata["cycle"], "c2, c, c2");
        schedule(&world).await;
    })
    .await;
}
