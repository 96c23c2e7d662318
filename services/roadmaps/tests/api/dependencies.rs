//! What measures depend on: kept with the plan, checked, without cycles.

use accord_proto::roadmaps::v1::{
    BatchCreateMeasuresRequest, CreateMeasureRequest, DeleteMeasureRequest, Dependency,
    DependencyKind, GetMeasureRequest, LagUnit, ListMeasureEventsRequest, Measure,
    MeasureEventKind, UndeleteMeasureRequest, UpdateMeasureRequest,
};
use prost_types::FieldMask;
use tonic::Status;

use crate::world::{
    ROADMAP, World, create_measure, create_roadmap, details, each_engine, measure, refused, roadmap,
};

pub(crate) fn name(id: &str) -> String {
    format!("{ROADMAP}/measures/{id}")
}

/// A dependency on a measure of the roadmap: finish to start, without lag.
pub(crate) fn on(id: &str) -> Dependency {
    Dependency {
        predecessor: name(id),
        ..Dependency::default()
    }
}

/// A measure that depends on others.
pub(crate) fn after(title: &str, ids: &[&str]) -> Measure {
    Measure {
        dependencies: ids.iter().map(|id| on(id)).collect(),
        ..measure(title)
    }
}

async fn depend(world: &World, id: &str, dependencies: Vec<Dependency>) -> Result<Measure, Status> {
    let request = UpdateMeasureRequest {
        measure: Some(Measure {
            name: name(id),
            dependencies,
            ..Measure::default()
        }),
        update_mask: Some(FieldMask {
            paths: vec!["dependencies".to_owned()],
        }),
        ..UpdateMeasureRequest::default()
    };
    let answer = world.measures("KZ").update_measure(request).await?;
    Ok(answer.into_inner())
}

async fn delete(world: &World, id: &str, force: bool) -> Result<Measure, Status> {
    let request = DeleteMeasureRequest {
        name: name(id),
        force,
        ..DeleteMeasureRequest::default()
    };
    let answer = world.measures("UZ").delete_measure(request).await?;
    Ok(answer.into_inner())
}

async fn undelete(world: &World, id: &str) -> Result<Measure, Status> {
    let request = UndeleteMeasureRequest {
        name: name(id),
        ..UndeleteMeasureRequest::default()
    };
    let answer = world.measures("UZ").undelete_measure(request).await?;
    Ok(answer.into_inner())
}

async fn get(world: &World, id: &str) -> Measure {
    let request = GetMeasureRequest { name: name(id) };
    let answer = world.measures("UZ").get_measure(request).await.unwrap();
    answer.into_inner()
}

#[tokio::test]
async fn dependencies_are_read_back_with_their_defaults() {
    each_engine(async |world| {
        world.draft().await;
        world.measure("a", measure("A")).await;
        let lagging = Dependency {
            kind: DependencyKind::StartToFinish.into(),
            lag_days: -5,
            lag_unit: LagUnit::CalendarDays.into(),
            ..on("a")
        };
        let given = Measure {
            dependencies: vec![on("a"), lagging.clone()],
            working_days: 15,
            ..measure("B")
        };
        let created = world.measure("b", given).await;
        let plain = Dependency {
            kind: DependencyKind::FinishToStart.into(),
            lag_unit: LagUnit::WorkingDays.into(),
            ..on("a")
        };
        assert_eq!(created.dependencies, [plain, lagging]);
        assert_eq!(created.working_days, 15);
        assert_eq!(get(&world, "b").await, created);
        let freed = depend(&world, "b", Vec::new()).await.unwrap();
        assert!(freed.dependencies.is_empty());
        assert_eq!(freed.working_days, 15);
    })
    .await;
}

#[tokio::test]
async fn everything_wrong_with_dependencies_is_said_at_once() {
    each_engine(async |world| {
        world.draft().await;
        let elsewhere = create_roadmap("elsewhere", roadmap());
        world
            .roadmaps("UZ")
            .create_roadmap(elsewhere)
            .await
            .unwrap();
        world.measure("a", measure("A")).await;
        let given = Measure {
            working_days: -1,
            dependencies: vec![
                Dependency::default(),
                on("a"),
                on("a"),
                Dependency {
                    kind: 9,
                    lag_days: 3_651,
                    lag_unit: 9,
                    ..on("a")
                },
            ],
            ..measure("B")
        };
        let error = world
            .measures("UZ")
            .create_measure(create_measure("b", given))
            .await
            .unwrap_err();
        let expected = [
            ("measure.working_days", "VALUE_OUT_OF_RANGE"),
            ("measure.dependencies[0].predecessor", "FIELD_REQUIRED"),
            ("measure.dependencies[2].predecessor", "VALUE_REPEATED"),
            ("measure.dependencies[3].kind", "VALUE_OUT_OF_RANGE"),
            ("measure.dependencies[3].lag_days", "VALUE_OUT_OF_RANGE"),
            ("measure.dependencies[3].lag_unit", "VALUE_OUT_OF_RANGE"),
        ];
        let found = details(&error).violations;
        for (field, reason) in expected {
            let wanted = (field.to_owned(), reason.to_owned());
            assert!(found.contains(&wanted), "{wanted:?} is not in {found:?}");
        }
        let many = vec![on("a"); 101];
        let error = depend(&world, "a", many).await.unwrap_err();
        assert_eq!(details(&error).reason, "VALUE_OUT_OF_RANGE");
        let other = Dependency {
            predecessor: "partnerships/uz-kz/roadmaps/elsewhere/measures/a".to_owned(),
            ..Dependency::default()
        };
        for (dependency, reason) in [
            (on("missing"), "PREDECESSOR_NOT_FOUND"),
            (other, "PREDECESSOR_NOT_FOUND"),
            (on("a"), "DEPENDENCY_CYCLE"),
        ] {
            let error = depend(&world, "a", vec![dependency]).await.unwrap_err();
            let details = details(&error);
            assert_eq!(details.code, tonic::Code::InvalidArgument);
            let field = "measure.dependencies[0].predecessor".to_owned();
            assert_eq!(details.violations, [(field, reason.to_owned())]);
        }
        assert!(get(&world, "a").await.dependencies.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_cycle_is_refused_and_named() {
    each_engine(async |world| {
        world.draft().await;
        world.measure("a", measure("A")).await;
        world.measure("b", after("B", &["a"])).await;
        world.measure("c", after("C", &["b"])).await;
        world.measure("d", after("D", &["a"])).await;
        let error = depend(&world, "a", vec![on("c")]).await.unwrap_err();
        let found = details(&error);
        assert_eq!(found.code, tonic::Code::FailedPrecondition);
        assert_eq!(found.reason, "DEPENDENCY_CYCLE");
        assert_eq!(found.metadata["cycle"], "a, b, c, a");
        assert!(get(&world, "a").await.dependencies.is_empty());
        // What closes no cycle is taken, also by measures that others depend on.
        depend(&world, "b", vec![on("a"), on("d")]).await.unwrap();
        let error = depend(&world, "d", vec![on("b")]).await.unwrap_err();
        assert_eq!(details(&error).metadata["cycle"], "d, b, d");
        depend(&world, "b", vec![on("a")]).await.unwrap();
        depend(&world, "d", vec![on("b")]).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_changes_that_close_a_cycle_together_one_is_refused() {
    each_engine(async |world| {
        world.draft().await;
        for round in 0..6 {
            let (a, b) = (format!("a-{round}"), format!("b-{round}"));
            world.measure(&a, measure("A")).await;
            world.measure(&b, measure("B")).await;
            let (first, second) = tokio::join!(
                depend(&world, &a, vec![on(&b)]),
                depend(&world, &b, vec![on(&a)])
            );
            let taken = usize::from(first.is_ok()) + usize::from(second.is_ok());
            assert_eq!(taken, 1, "{first:?} {second:?}");
            let error = first.err().or(second.err()).unwrap();
            assert_eq!(details(&error).reason, "DEPENDENCY_CYCLE");
        }
    })
    .await;
}

#[tokio::test]
async fn what_others_depend_on_is_deleted_only_by_force_and_with_the_dependency() {
    each_engine(async |world| {
        world.draft().await;
        for id in ["a", "x"] {
            world.measure(id, measure(id)).await;
        }
        world.measure("b", after("B", &["a", "x"])).await;
        world.measure("c", after("C", &["a"])).await;
        let error = delete(&world, "a", false).await.unwrap_err();
        let found = details(&error);
        assert_eq!(found.reason, "MEASURE_HAS_DEPENDENTS");
        assert_eq!(found.metadata["dependent"], name("b"));
        assert_eq!(found.metadata["dependents"], "2");
        delete(&world, "a", true).await.unwrap();
        let left = get(&world, "b").await.dependencies;
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].predecessor, name("x"));
        assert!(get(&world, "c").await.dependencies.is_empty());
        let events = ListMeasureEventsRequest {
            parent: name("c"),
            ..ListMeasureEventsRequest::default()
        };
        let events = world.measures("UZ").list_measure_events(events).await;
        let kinds = events.unwrap().into_inner().events;
        let kinds: Vec<_> = kinds.iter().map(|event| event.kind()).collect();
        assert_eq!(
            kinds,
            [MeasureEventKind::Created, MeasureEventKind::Updated]
        );
        // What depended on it no more does not come back with it.
        undelete(&world, "a").await.unwrap();
        assert!(get(&world, "c").await.dependencies.is_empty());
        // `x` still holds `b`; `c` holds nothing.
        assert_eq!(
            refused(delete(&world, "x", false).await),
            "MEASURE_HAS_DEPENDENTS"
        );
        delete(&world, "c", false).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_measure_comes_back_only_after_what_it_depends_on() {
    each_engine(async |world| {
        world.draft().await;
        world.measure("a", measure("A")).await;
        world.measure("b", after("B", &["a"])).await;
        delete(&world, "b", false).await.unwrap();
        delete(&world, "a", false).await.unwrap();
        let error = undelete(&world, "b").await.unwrap_err();
        let found = details(&error);
        assert_eq!(found.code, tonic::Code::FailedPrecondition);
        assert_eq!(found.reason, "PREDECESSOR_NOT_FOUND");
        assert_eq!(found.metadata["predecessor"], name("a"));
        let error = depend(&world, "a", vec![]).await.unwrap_err();
        assert_eq!(details(&error).reason, "RESOURCE_NOT_FOUND");
        undelete(&world, "a").await.unwrap();
        let back = undelete(&world, "b").await.unwrap();
        assert_eq!(back.dependencies.len(), 1);
    })
    .await;
}

async fn batch(world: &World, measures: Vec<(&str, Measure)>) -> Result<Vec<Measure>, Status> {
    let requests = measures
        .into_iter()
        .map(|(id, measure)| CreateMeasureRequest {
            measure_id: id.to_owned(),
            measure: Some(measure),
            ..CreateMeasureRequest::default()
        });
    let request = BatchCreateMeasuresRequest {
        parent: ROADMAP.to_owned(),
        requests: requests.collect(),
        ..BatchCreateMeasuresRequest::default()
    };
    let answer = world.measures("UZ").batch_create_measures(request).await?;
    Ok(answer.into_inner().measures)
}

#[tokio::test]
async fn measures_of_a_batch_depend_on_each_other_in_any_order_but_not_in_a_circle() {
    each_engine(async |world| {
        world.draft().await;
        world.measure("first", measure("First")).await;
        let given = vec![
            ("c", after("C", &["b", "first"])),
            ("b", after("B", &["a"])),
            ("a", measure("A")),
        ];
        batch(&world, given).await.unwrap();
        assert_eq!(get(&world, "c").await.dependencies.len(), 2);
        let error = depend(&world, "a", vec![on("c")]).await.unwrap_err();
        assert_eq!(details(&error).metadata["cycle"], "a, b, c, a");
        let circle = vec![("x", after("X", &["y"])), ("y", after("Y", &["x"]))];
        let error = batch(&world, circle).await.unwrap_err();
        assert_eq!(details(&error).reason, "DEPENDENCY_CYCLE");
        let gone = vec![("x", measure("X")), ("y", after("Y", &["x", "z"]))];
        let error = batch(&world, gone).await.unwrap_err();
        let field = "requests[1].measure.dependencies[1].predecessor".to_owned();
        let expected = [(field, "PREDECESSOR_NOT_FOUND".to_owned())];
        assert_eq!(details(&error).violations, expected);
        let request = GetMeasureRequest { name: name("x") };
        let none = world.measures("UZ").get_measure(request).await;
        assert_eq!(refused(none), "RESOURCE_NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn dependencies_of_an_adopted_plan_are_frozen() {
    each_engine(async |world| {
        world.draft().await;
        world.measure("a", measure("A")).await;
        world.measure("b", after("B", &["a"])).await;
        world.adopt(ROADMAP).await;
        assert_eq!(
            refused(depend(&world, "b", Vec::new()).await),
            "ROADMAP_NOT_DRAFT"
        );
        assert_eq!(
            refused(delete(&world, "a", true).await),
            "ROADMAP_NOT_DRAFT"
        );
    })
    .await;
}
