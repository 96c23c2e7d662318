//! Several measures at once.

use accord_proto::roadmaps::v1::{
    BatchCreateMeasuresRequest, Commitment, CreateMeasureRequest, DeleteMeasureRequest, Dependency,
    DependencyKind, GetRoadmapRequest, ListMeasuresRequest, Measure,
};

use crate::peers::DOCUMENT;
use crate::world::{
    ROADMAP, World, create_measure, date, details, each_engine, measure, refused, request_id,
};

fn batch(requests: Vec<CreateMeasureRequest>) -> BatchCreateMeasuresRequest {
    BatchCreateMeasuresRequest {
        parent: ROADMAP.to_owned(),
        requests,
        ..BatchCreateMeasuresRequest::default()
    }
}

fn some(count: usize) -> Vec<CreateMeasureRequest> {
    (1..=count)
        .map(|number| {
            create_measure(
                &format!("m-{number}"),
                measure(&format!("Measure {number}")),
            )
        })
        .collect()
}

async fn listed(world: &World) -> Vec<Measure> {
    let request = ListMeasuresRequest {
        parent: ROADMAP.to_owned(),
        page_size: 1_000,
        ..ListMeasuresRequest::default()
    };
    let answer = world.measures("KZ").list_measures(request).await.unwrap();
    answer.into_inner().measures
}

async fn plan_revision(world: &World) -> i64 {
    let request = GetRoadmapRequest {
        name: ROADMAP.to_owned(),
        ..GetRoadmapRequest::default()
    };
    let answer = world.roadmaps("KZ").get_roadmap(request).await.unwrap();
    answer.into_inner().plan_revision
}

#[tokio::test]
async fn a_batch_enters_its_measures_in_order_with_one_revision_of_the_plan() {
    each_engine(async |world| {
        world.draft().await;
        world.measure("zero", measure("Zero")).await;
        let before = plan_revision(&world).await;
        let mut requests = some(5);
        requests[2].parent.clear();
        requests[3].measure.as_mut().unwrap().order_number = 40;
        let request = BatchCreateMeasuresRequest {
            request_id: request_id(),
            ..batch(requests)
        };
        let mut client = world.measures("UZ");
        let answer = client
            .batch_create_measures(request.clone())
            .await
            .unwrap()
            .into_inner();
        let numbers: Vec<i32> = answer.measures.iter().map(|one| one.order_number).collect();
        assert_eq!(numbers, [2, 3, 4, 40, 41]);
        assert_eq!(plan_revision(&world).await, before + 1);
        let again = client
            .batch_create_measures(request)
            .await
            .unwrap()
            .into_inner();
        assert_eq!(again, answer);
        assert_eq!(listed(&world).await[1..], answer.measures);
    })
    .await;
}

#[tokio::test]
async fn a_batch_is_refused_with_every_violation_and_leaves_nothing() {
    each_engine(async |world| {
        world.draft().await;
        let mut requests = some(6);
        requests[0].measure.as_mut().unwrap().titles.clear();
        requests[1].measure.as_mut().unwrap().deadline = None;
        requests[2].measure_id = "m-1".to_owned();
        requests[3].request_id = request_id();
        requests[4].parent = "partnerships/uz-kz/roadmaps/other".to_owned();
        let answer = world
            .measures("UZ")
            .batch_create_measures(batch(requests))
            .await;
        let found = details(&answer.unwrap_err());
        let expected = [
            ("requests[0].measure.titles", "FIELD_REQUIRED"),
            ("requests[1].measure.deadline", "FIELD_REQUIRED"),
            ("requests[2].measure_id", "VALUE_REPEATED"),
            ("requests[3].request_id", "VALUE_OUT_OF_RANGE"),
            ("requests[4].parent", "NAME_INVALID"),
        ];
        let expected = expected.map(|(field, reason)| (field.to_owned(), reason.to_owned()));
        assert_eq!(found.violations, expected);
        assert_eq!(listed(&world).await, []);

        // What only the roadmap tells is told of each measure too.
        let mut requests = some(3);
        requests[1].measure.as_mut().unwrap().start_date = date(2019, 1, 1);
        requests[2].measure.as_mut().unwrap().executors[0].party = "KG".to_owned();
        let answer = world
            .measures("UZ")
            .batch_create_measures(batch(requests))
            .await;
        let found = details(&answer.unwrap_err());
        let expected = [
            ("requests[1].measure.start_date", "OUTSIDE_PERIOD"),
            ("requests[2].measure.executors[0].party", "PARTY_NOT_A_SIDE"),
        ];
        let expected = expected.map(|(field, reason)| (field.to_owned(), reason.to_owned()));
        assert_eq!(found.violations, expected);
        assert_eq!(listed(&world).await, []);
    })
    .await;
}

#[tokio::test]
async fn a_measure_that_exists_stops_the_batch_and_so_does_an_adopted_plan() {
    each_engine(async |world| {
        world.draft().await;
        world.measure("m-3", measure("There")).await;
        let answer = world
            .measures("UZ")
            .batch_create_measures(batch(some(4)))
            .await;
        assert_eq!(refused(answer), "RESOURCE_ALREADY_EXISTS");
        assert_eq!(listed(&world).await.len(), 1);
        let rehearsal = BatchCreateMeasuresRequest {
            validate_only: true,
            ..batch(some(2))
        };
        let answer = world
            .measures("KZ")
            .batch_create_measures(rehearsal)
            .await
            .unwrap();
        assert_eq!(answer.into_inner().measures.len(), 2);
        assert_eq!(listed(&world).await.len(), 1);
        world.adopt(ROADMAP).await;
        let answer = world
            .measures("UZ")
            .batch_create_measures(batch(some(1)))
            .await;
        assert_eq!(refused(answer), "ROADMAP_NOT_DRAFT");
    })
    .await;
}

#[tokio::test]
async fn measures_of_a_batch_depend_on_each_other_and_never_on_themselves() {
    each_engine(async |world| {
        world.draft().await;
        let on = |requests: &mut Vec<CreateMeasureRequest>, of: usize, on: &str| {
            let dependency = Dependency {
                predecessor: format!("{ROADMAP}/measures/{on}"),
                kind: DependencyKind::FinishToStart.into(),
                ..Dependency::default()
            };
            let measure = requests[of].measure.as_mut().unwrap();
            measure.dependencies.push(dependency);
        };
        let mut round = some(3);
        on(&mut round, 0, "m-3");
        on(&mut round, 1, "m-1");
        on(&mut round, 2, "m-2");
        let answer = world
            .measures("UZ")
            .batch_create_measures(batch(round))
            .await;
        let found = details(&answer.unwrap_err());
        assert_eq!(found.reason, "DEPENDENCY_CYCLE");
        assert_eq!(found.metadata["cycle"].split(", ").count(), 4);
        let mut lost = some(2);
        on(&mut lost, 1, "m-9");
        let answer = world
            .measures("UZ")
            .batch_create_measures(batch(lost))
            .await;
        let found = details(&answer.unwrap_err());
        let field = "requests[1].measure.dependencies[0].predecessor".to_owned();
        assert_eq!(
            found.violations,
            [(field, "PREDECESSOR_NOT_FOUND".to_owned())]
        );
        assert_eq!(listed(&world).await, []);

        let mut good = some(3);
        on(&mut good, 0, "m-3");
        on(&mut good, 1, "m-1");
        let answer = world
            .measures("UZ")
            .batch_create_measures(batch(good))
            .await;
        assert_eq!(answer.unwrap().into_inner().measures, listed(&world).await);
        // They are dependencies as any: what others depend on is not taken away.
        let delete = DeleteMeasureRequest {
            name: format!("{ROADMAP}/measures/m-3"),
            ..DeleteMeasureRequest::default()
        };
        let answer = world.measures("UZ").delete_measure(delete).await;
        assert_eq!(refused(answer), "MEASURE_HAS_DEPENDENTS");
    })
    .await;
}

#[tokio::test]
async fn a_batch_has_a_thousand_measures_at_most() {
    each_engine(async |world| {
        world.draft().await;
        for requests in [Vec::new(), some(1_001)] {
            let answer = world
                .measures("UZ")
                .batch_create_measures(batch(requests))
                .await;
            let found = details(&answer.unwrap_err());
            assert_eq!(found.violations[0].0, "requests");
        }
        let answer = world
            .measures("UZ")
            .batch_create_measures(batch(some(1_000)))
            .await;
        assert_eq!(answer.unwrap().into_inner().measures.len(), 1_000);
        assert_eq!(listed(&world).await.len(), 1_000);
    })
    .await;
}

#[tokio::test]
async fn references_of_a_batch_are_asked_of_their_services() {
    each_engine(async |world| {
        world.draft().await;
        let referring = |id: &str, document: &str| CreateMeasureRequest {
            measure: Some(Measure {
                commitments: vec![Commitment {
                    document: document.to_owned(),
                    provision: String::new(),
                }],
                ..measure(id)
            }),
            measure_id: id.to_owned(),
            ..CreateMeasureRequest::default()
        };
        let none = "partnerships/uz-kz/documents/none";
        let request = BatchCreateMeasuresRequest {
            parent: ROADMAP.to_owned(),
            requests: vec![referring("a", DOCUMENT), referring("b", none)],
            ..BatchCreateMeasuresRequest::default()
        };
        let mut client = world.measures("UZ");
        let error = client.batch_create_measures(request).await.unwrap_err();
        let field = "requests[1].measure.commitments[0].document".to_owned();
        let expected = (field, "REFERENCE_NOT_FOUND".to_owned());
        assert_eq!(details(&error).violations, [expected]);
        assert_eq!(world.peers.asked(), [none, DOCUMENT]);
    })
    .await;
}
