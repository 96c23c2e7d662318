//! Every mutation appends its entries to the log, with the new resource.

use accord_proto::{
    ledger::v1::{ChangeKind, Entry, ListEntriesRequest},
    roadmaps::v1::{
        DeleteMeasureRequest, DeleteRoadmapRequest, Measure, MeasureState, PlanChange, Roadmap,
        UndeleteMeasureRequest, UndeleteRoadmapRequest, plan_change::Change,
    },
};
use prost::Message as _;

use crate::{
    lives::NEXT,
    planning::{add, by, carry, delay, name, remove, supersede},
    world::{ROADMAP, World, create_measure, each_engine, measure},
};

async fn entries(world: &World) -> Vec<Entry> {
    let request = ListEntriesRequest {
        parent: "logs/roadmaps".to_owned(),
        page_size: 1_000,
        ..ListEntriesRequest::default()
    };
    world
        .ledger()
        .list_entries(request)
        .await
        .unwrap()
        .into_inner()
        .entries
}

#[tokio::test]
async fn an_accepted_proposal_records_which_measures_got_another_state() {
    each_engine(async |world| {
        world.adopted_with(&["a", "b", "c", "d"]).await;
        world.next().await;
        let mut carried = carry("d", by(2024, 6, 30));
        NEXT.clone_into(&mut carried.roadmap);
        let carried = PlanChange {
            change: Some(Change::CarryOver(carried)),
        };
        let before = entries(&world).await.len();
        world
            .replan(vec![
                add("new"),
                delay("a", by(2022, 9, 30)),
                remove("b"),
                supersede("c", "new"),
                carried,
            ])
            .await;
        let kinds: std::collections::BTreeMap<String, ChangeKind> = entries(&world)
            .await
            .into_iter()
            .skip(before)
            .map(|entry| (entry.resource.clone(), entry.kind()))
            .collect();
        for (id, kind) in [
            ("a", ChangeKind::Updated),
            ("b", ChangeKind::StateChanged),
            ("c", ChangeKind::StateChanged),
            ("d", ChangeKind::StateChanged),
            ("new", ChangeKind::Created),
        ] {
            assert_eq!(kinds[&name(id)], kind, "{id}");
        }
        assert_eq!(kinds[&format!("{NEXT}/measures/d")], ChangeKind::Created);
    })
    .await;
}

#[tokio::test]
async fn each_mutation_has_its_entries() {
    each_engine(async |world| {
        world.draft().await;
        let name = world.measure("bridge", measure("Bridge")).await.name;
        let delete = DeleteMeasureRequest {
            name: name.clone(),
            ..DeleteMeasureRequest::default()
        };
        world.measures("KZ").delete_measure(delete).await.unwrap();
        let undelete = UndeleteMeasureRequest {
            name: name.clone(),
            ..UndeleteMeasureRequest::default()
        };
        world
            .measures("KZ")
            .undelete_measure(undelete)
            .await
            .unwrap();
        let delete = DeleteRoadmapRequest {
            name: ROADMAP.to_owned(),
            ..DeleteRoadmapRequest::default()
        };
        world.roadmaps("UZ").delete_roadmap(delete).await.unwrap();
        let undelete = UndeleteRoadmapRequest {
            name: ROADMAP.to_owned(),
            ..UndeleteRoadmapRequest::default()
        };
        world
            .roadmaps("UZ")
            .undelete_roadmap(undelete)
            .await
            .unwrap();
        world.adopt(ROADMAP).await;
        world.report("UZ", &name).await.unwrap();
        let confirmed = world.confirm("KZ", &name, 1).await.unwrap();

        let found = entries(&world).await;
        let told: Vec<(bool, ChangeKind, &str)> = found
            .iter()
            .map(|entry| {
                (
                    entry.resource == name,
                    entry.kind(),
                    entry.actor.as_ref().unwrap().party.as_str(),
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                (false, ChangeKind::Created, "UZ"),
                (true, ChangeKind::Created, "UZ"),
                (false, ChangeKind::Updated, "UZ"),
                (true, ChangeKind::Deleted, "KZ"),
                (false, ChangeKind::Updated, "KZ"),
                (true, ChangeKind::Undeleted, "KZ"),
                (false, ChangeKind::Updated, "KZ"),
                (false, ChangeKind::Deleted, "UZ"),
                (false, ChangeKind::Undeleted, "UZ"),
                (false, ChangeKind::StateChanged, "UZ"),
                (false, ChangeKind::StateChanged, "KZ"),
                (false, ChangeKind::Created, "KZ"), // baseline 1
                (true, ChangeKind::StateChanged, "UZ"),
                (true, ChangeKind::StateChanged, "KZ"),
            ]
        );
        let last = found.last().unwrap();
        assert_eq!(
            last.method,
            "accord.roadmaps.v1.MeasureService/ConfirmMeasure"
        );
        let state = Measure::decode(last.state.as_ref().unwrap().value.as_slice()).unwrap();
        assert_eq!(state, confirmed);
        assert_eq!(state.state(), MeasureState::Complete);
        let state = found[10].state.as_ref().unwrap();
        assert_eq!(
            state.type_url,
            "type.googleapis.com/accord.roadmaps.v1.Roadmap"
        );
        assert!(
            Roadmap::decode(state.value.as_slice())
                .unwrap()
                .adopt_time
                .is_some()
        );
    })
    .await;
}

#[tokio::test]
async fn what_is_derived_is_not_recorded() {
    each_engine(async |world| {
        let name = world.adopted_with_one().await;
        world.days_pass(100);
        let answer = world.report("UZ", &name).await.unwrap();
        assert!(answer.overdue);
        let last = entries(&world).await.pop().unwrap();
        assert!(
            !Measure::decode(last.state.unwrap().value.as_slice())
                .unwrap()
                .overdue
        );
    })
    .await;
}

#[tokio::test]
async fn what_was_refused_or_only_checked_leaves_no_entry() {
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
        world
            .measures("TJ")
            .create_measure(request)
            .await
            .unwrap_err();
        assert_eq!(entries(&world).await.len(), 1);
    })
    .await;
}
