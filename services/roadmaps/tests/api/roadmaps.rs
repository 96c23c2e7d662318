//! Standard methods on roadmaps.

use accord_proto::roadmaps::v1::{
    DeleteRoadmapRequest, GetRoadmapRequest, Period, Roadmap, RoadmapState, Source,
    UndeleteRoadmapRequest, UpdateRoadmapRequest,
};
use prost_types::FieldMask;
use tonic::Code;

use crate::world::{
    ROADMAP, World, create_roadmap, date, details, each_engine, measure, refused, request_id,
    roadmap, text,
};

/// Reads a roadmap, without what only reading shows: its regions as of the day.
async fn get(world: &World, name: &str) -> Roadmap {
    let request = GetRoadmapRequest {
        name: name.to_owned(),
        ..GetRoadmapRequest::default()
    };
    let read = world.roadmaps("KZ").get_roadmap(request).await.unwrap();
    let mut roadmap = read.into_inner();
    for side in &mut roadmap.sides {
        side.effective_region_code.clear();
        side.effective_region_name.clear();
    }
    roadmap
}

fn update(roadmap: Roadmap, paths: &[&str]) -> UpdateRoadmapRequest {
    UpdateRoadmapRequest {
        roadmap: Some(roadmap),
        update_mask: Some(FieldMask {
            paths: paths.iter().map(ToString::to_string).collect(),
        }),
        ..UpdateRoadmapRequest::default()
    }
}

#[tokio::test]
async fn what_was_created_is_read_back_with_its_region_names() {
    each_engine(async |world| {
        let given = Roadmap {
            source_document: "partnerships/uz-kz/documents/roadmap".to_owned(),
            sources: vec![Source {
                uri: "https://president.uz/ru/lists/view/4809".to_owned(),
                note: String::new(),
            }],
            ..roadmap()
        };
        let created = world
            .roadmaps("UZ")
            .create_roadmap(create_roadmap("tashkent-nur-sultan", given.clone()))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(created.name, ROADMAP);
        assert_eq!(created.state(), RoadmapState::Draft);
        assert_eq!(
            (created.plan_revision, &created.sources),
            (1, &given.sources)
        );
        assert_eq!(created.source_document, given.source_document);
        assert_eq!(created.signing_date, date(2021, 12, 6));
        assert!(created.etag.starts_with('"') && created.create_time == created.update_time);
        assert_eq!(get(&world, ROADMAP).await, created);
    })
    .await;
}

#[tokio::test]
async fn a_name_is_given_once() {
    each_engine(async |world| {
        world.draft().await;
        let again = create_roadmap("tashkent-nur-sultan", roadmap());
        let error = world
            .roadmaps("KZ")
            .create_roadmap(again)
            .await
            .unwrap_err();
        assert_eq!(
            (error.code(), details(&error).reason.as_str()),
            (Code::AlreadyExists, "RESOURCE_ALREADY_EXISTS")
        );
    })
    .await;
}

#[tokio::test]
async fn a_mask_changes_what_it_names_and_nothing_else() {
    each_engine(async |world| {
        let before = world.draft().await;
        let patch = Roadmap {
            name: ROADMAP.to_owned(),
            titles: vec![
                text("ru", "Ташкент и Нур-Султан"),
                text("uz-latn", "Toshkent va Nur-Sulton"),
            ],
            source_document: "partnerships/uz-kz/documents/other".to_owned(),
            state: RoadmapState::Closed.into(),
            etag: before.etag.clone(),
            ..Roadmap::default()
        };
        let after = world
            .roadmaps("KZ")
            .update_roadmap(update(patch, &["titles", "state"]))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(after.titles[1], text("uz-Latn", "Toshkent va Nur-Sulton"));
        assert_eq!(after.source_document, "");
        assert_eq!(after.state(), RoadmapState::Draft);
        assert_eq!(after.plan_revision, before.plan_revision + 1);
        assert_eq!(
            (after.uid.as_str(), after.sides),
            (before.uid.as_str(), before.sides)
        );
        assert_ne!(after.etag, before.etag);
    })
    .await;
}

#[tokio::test]
async fn a_stale_etag_is_aborted() {
    each_engine(async |world| {
        let before = world.draft().await;
        let patch = Roadmap {
            titles: vec![text("en", "Changed")],
            ..before.clone()
        };
        world
            .roadmaps("UZ")
            .update_roadmap(update(patch.clone(), &["titles"]))
            .await
            .unwrap();
        let error = world
            .roadmaps("UZ")
            .update_roadmap(update(patch, &["titles"]))
            .await
            .unwrap_err();
        assert_eq!(
            (error.code(), details(&error).reason.as_str()),
            (Code::Aborted, "ETAG_MISMATCH")
        );
        let delete = DeleteRoadmapRequest {
            name: ROADMAP.to_owned(),
            etag: before.etag,
            ..DeleteRoadmapRequest::default()
        };
        assert_eq!(
            refused(world.roadmaps("UZ").delete_roadmap(delete).await),
            "ETAG_MISMATCH"
        );
    })
    .await;
}

#[tokio::test]
async fn parties_never_change_and_unknown_paths_are_refused() {
    each_engine(async |world| {
        let mut patch = world.draft().await;
        patch.sides[1] = crate::world::side("TJ", "TJ-SU");
        patch.sides[1].region_name = "Sughd".to_owned();
        assert_eq!(
            refused(
                world
                    .roadmaps("UZ")
                    .update_roadmap(update(patch.clone(), &["sides"]))
                    .await
            ),
            "IMMUTABLE_FIELD"
        );
        assert_eq!(
            refused(
                world
                    .roadmaps("UZ")
                    .update_roadmap(update(patch, &["colour"]))
                    .await
            ),
            "MASK_INVALID"
        );
    })
    .await;
}

#[tokio::test]
async fn a_period_that_would_leave_a_measure_out_is_refused_with_the_measure() {
    each_engine(async |world| {
        let mut patch = world.draft().await;
        patch.etag = String::new();
        let name = world.measure("bridge", measure("Bridge")).await.name;
        patch.period = Some(Period {
            start_date: date(2022, 1, 1),
            end_date: date(2022, 6, 29),
        });
        let error = world
            .roadmaps("UZ")
            .update_roadmap(update(patch, &["period"]))
            .await
            .unwrap_err();
        let details = details(&error);
        assert_eq!(
            (details.code, details.reason.as_str()),
            (Code::FailedPrecondition, "MEASURES_OUTSIDE_PERIOD")
        );
        assert_eq!(details.metadata["measure"], name);
    })
    .await;
}

#[tokio::test]
async fn a_deleted_draft_can_be_restored_and_its_measures_with_it() {
    each_engine(async |world| {
        world.draft().await;
        world.measure("bridge", measure("Bridge")).await;
        let delete = DeleteRoadmapRequest {
            name: ROADMAP.to_owned(),
            ..DeleteRoadmapRequest::default()
        };
        let deleted = world
            .roadmaps("UZ")
            .delete_roadmap(delete.clone())
            .await
            .unwrap()
            .into_inner();
        let days = deleted.purge_time.unwrap().seconds - deleted.delete_time.unwrap().seconds;
        assert_eq!(days, 30 * 86_400);
        assert_eq!(get(&world, ROADMAP).await, deleted);
        assert_eq!(
            refused(world.roadmaps("UZ").delete_roadmap(delete).await),
            "RESOURCE_NOT_FOUND"
        );
        let all = || accord_proto::roadmaps::v1::ListMeasuresRequest {
            parent: "partnerships/uz-kz/roadmaps/-".to_owned(),
            ..Default::default()
        };
        let listed = world
            .measures("UZ")
            .list_measures(all())
            .await
            .unwrap()
            .into_inner();
        assert_eq!(listed.measures.len(), 0);
        let undelete = UndeleteRoadmapRequest {
            name: ROADMAP.to_owned(),
            ..UndeleteRoadmapRequest::default()
        };
        let restored = world
            .roadmaps("KZ")
            .undelete_roadmap(undelete.clone())
            .await
            .unwrap()
            .into_inner();
        assert_eq!((restored.delete_time, restored.purge_time), (None, None));
        assert_eq!(
            refused(world.roadmaps("KZ").undelete_roadmap(undelete).await),
            "RESOURCE_ALREADY_EXISTS"
        );
        let listed = world
            .measures("UZ")
            .list_measures(all())
            .await
            .unwrap()
            .into_inner();
        assert_eq!(listed.measures.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_retry_gets_the_first_answer_and_another_request_with_its_id_is_refused() {
    each_engine(async |world| {
        let mut request = create_roadmap("tashkent-nur-sultan", roadmap());
        request.request_id = request_id();
        let first = world
            .roadmaps("UZ")
            .create_roadmap(request.clone())
            .await
            .unwrap()
            .into_inner();
        let again = world
            .roadmaps("UZ")
            .create_roadmap(request.clone())
            .await
            .unwrap()
            .into_inner();
        assert_eq!(first, again);
        request.roadmap_id = "another".to_owned();
        assert_eq!(
            refused(world.roadmaps("UZ").create_roadmap(request).await),
            "REQUEST_ID_REUSED"
        );
    })
    .await;
}

#[tokio::test]
async fn validate_only_checks_and_changes_nothing() {
    each_engine(async |world| {
        let mut request = create_roadmap("tashkent-nur-sultan", roadmap());
        request.validate_only = true;
        let answer = world
            .roadmaps("UZ")
            .create_roadmap(request.clone())
            .await
            .unwrap()
            .into_inner();
        assert_eq!(answer.name, ROADMAP);
        let get = GetRoadmapRequest {
            name: ROADMAP.to_owned(),
            ..GetRoadmapRequest::default()
        };
        assert_eq!(
            refused(world.roadmaps("UZ").get_roadmap(get).await),
            "RESOURCE_NOT_FOUND"
        );
        world.draft().await;
        assert_eq!(
            refused(world.roadmaps("UZ").create_roadmap(request).await),
            "RESOURCE_ALREADY_EXISTS"
        );
    })
    .await;
}
