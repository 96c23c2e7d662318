//! Adoption and the end of a roadmap: both need both sides.

use accord_proto::roadmaps::v1::{
    AdoptRoadmapRequest, CloseRoadmapRequest, DeleteRoadmapRequest, GetRoadmapRequest, Roadmap,
    RoadmapState, UpdateRoadmapRequest,
};
use tonic::Code;

use crate::planning::add;
use crate::world::{ROADMAP, create_measure, details, each_engine, measure, refused, text};

fn adopt(plan_revision: i64) -> AdoptRoadmapRequest {
    AdoptRoadmapRequest {
        name: ROADMAP.to_owned(),
        plan_revision,
        ..AdoptRoadmapRequest::default()
    }
}

fn close() -> CloseRoadmapRequest {
    CloseRoadmapRequest {
        name: ROADMAP.to_owned(),
        ..CloseRoadmapRequest::default()
    }
}

#[tokio::test]
async fn adopted_when_both_sides_adopted_and_not_before() {
    each_engine(async |world| {
        world.draft().await;
        let one = world
            .roadmaps("KZ")
            .adopt_roadmap(adopt(1))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(one.state(), RoadmapState::Draft);
        assert!(one.sides[0].adopt_time.is_none() && one.sides[1].adopt_time.is_some());
        assert_eq!(
            refused(world.roadmaps("KZ").adopt_roadmap(adopt(1)).await),
            "ALREADY_ADOPTED"
        );
        world.days_pass(3);
        let both = world
            .roadmaps("UZ")
            .adopt_roadmap(adopt(1))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(both.state(), RoadmapState::Adopted);
        assert_eq!(both.adopt_time, both.sides[0].adopt_time);
        assert_ne!(both.sides[0].adopt_time, both.sides[1].adopt_time);
        assert_eq!(
            refused(world.roadmaps("UZ").adopt_roadmap(adopt(1)).await),
            "ROADMAP_NOT_DRAFT"
        );
    })
    .await;
}

#[tokio::test]
async fn a_plan_changed_in_between_is_not_adopted_unread() {
    each_engine(async |world| {
        world.draft().await;
        world.roadmaps("UZ").adopt_roadmap(adopt(1)).await.unwrap();
        world
            .measures("UZ")
            .create_measure(create_measure("m", measure("M")))
            .await
            .unwrap();
        let error = world
            .roadmaps("KZ")
            .adopt_roadmap(adopt(1))
            .await
            .unwrap_err();
        let details = details(&error);
        assert_eq!(
            (details.code, details.reason.as_str()),
            (Code::FailedPrecondition, "PLAN_REVISION_CHANGED")
        );
        assert_eq!(
            (
                details.metadata["given_revision"].as_str(),
                details.metadata["current_revision"].as_str()
            ),
            ("1", "2")
        );
        let adopted = world
            .roadmaps("KZ")
            .adopt_roadmap(adopt(2))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(
            adopted.state(),
            RoadmapState::Draft,
            "the first side has to adopt the new plan too"
        );
        assert_eq!(adopted.sides[0].adopt_time, None);
        let adopted = world
            .roadmaps("UZ")
            .adopt_roadmap(adopt(2))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(adopted.state(), RoadmapState::Adopted);
    })
    .await;
}

#[tokio::test]
async fn an_adopted_plan_is_frozen() {
    each_engine(async |world| {
        let name = world.adopted_with_one().await;
        let update = UpdateRoadmapRequest {
            roadmap: Some(Roadmap {
                name: ROADMAP.to_owned(),
                titles: vec![text("en", "X")],
                ..Roadmap::default()
            }),
            ..UpdateRoadmapRequest::default()
        };
        assert_eq!(
            refused(world.roadmaps("UZ").update_roadmap(update).await),
            "ROADMAP_NOT_DRAFT"
        );
        let delete = DeleteRoadmapRequest {
            name: ROADMAP.to_owned(),
            ..DeleteRoadmapRequest::default()
        };
        assert_eq!(
            refused(world.roadmaps("UZ").delete_roadmap(delete).await),
            "ROADMAP_NOT_DRAFT"
        );
        let another = create_measure("another", measure("Another"));
        assert_eq!(
            refused(world.measures("UZ").create_measure(another).await),
            "ROADMAP_NOT_DRAFT"
        );
        let delete = accord_proto::roadmaps::v1::DeleteMeasureRequest {
            name,
            ..Default::default()
        };
        assert_eq!(
            refused(world.measures("UZ").delete_measure(delete).await),
            "ROADMAP_NOT_DRAFT"
        );
    })
    .await;
}

#[tokio::test]
async fn closed_when_both_sides_closed_and_then_final() {
    each_engine(async |world| {
        world.draft().await;
        assert_eq!(
            refused(world.roadmaps("UZ").close_roadmap(close()).await),
            "ROADMAP_NOT_ADOPTED"
        );
        world.adopt(ROADMAP).await;
        let one = world
            .roadmaps("UZ")
            .close_roadmap(close())
            .await
            .unwrap()
            .into_inner();
        assert_eq!(one.state(), RoadmapState::Adopted);
        assert_eq!(
            refused(world.roadmaps("UZ").close_roadmap(close()).await),
            "ALREADY_CLOSED"
        );
        let both = world
            .roadmaps("KZ")
            .close_roadmap(close())
            .await
            .unwrap()
            .into_inner();
        assert_eq!(both.state(), RoadmapState::Closed);
        assert!(both.close_time.is_some());
        assert_eq!(
            refused(world.roadmaps("KZ").close_roadmap(close()).await),
            "ROADMAP_CLOSED"
        );
    })
    .await;
}

#[tokio::test]
async fn what_waits_for_a_word_comes_before_the_end_and_a_later_word_takes_back_the_word_to_close()
{
    each_engine(async |world| {
        let name = world.adopted_with_one().await;
        let closed = async |party| {
            let answer = world.roadmaps(party).close_roadmap(close()).await;
            answer.map(tonic::Response::into_inner)
        };
        closed("UZ").await.unwrap();
        world.report("UZ", &name).await.unwrap();
        let shown = world.roadmap(ROADMAP).await;
        let words = shown.sides.iter().filter(|it| it.close_time.is_some());
        assert_eq!(
            words.count(),
            0,
            "the word to close was of before the report"
        );
        for party in ["UZ", "KZ"] {
            let status = closed(party).await.unwrap_err();
            assert_eq!(status.code(), Code::FailedPrecondition);
            let details = details(&status);
            assert_eq!(details.reason, "REPORT_WAITS");
            assert_eq!(details.metadata["measure"], name);
        }
        world.give_back("KZ", &name, 1).await.unwrap();
        let proposed = world.propose("UZ", vec![add("another")]).await.unwrap();
        assert_eq!(refused(closed("KZ").await), "REBASELINE_OPEN");
        assert_eq!(refused(closed("UZ").await), "REBASELINE_OPEN");
        world.withdraw_plan("UZ", &proposed).await.unwrap();
        closed("KZ").await.unwrap();
        assert_eq!(closed("UZ").await.unwrap().state(), RoadmapState::Closed);
        assert_eq!(refused(world.report("UZ", &name).await), "ROADMAP_CLOSED");
    })
    .await;
}

#[tokio::test]
async fn only_the_two_parties_speak_and_only_their_editors() {
    each_engine(async |world| {
        world.draft().await;
        let error = world
            .roadmaps("TJ")
            .adopt_roadmap(adopt(1))
            .await
            .unwrap_err();
        assert_eq!(
            (error.code(), details(&error).reason.as_str()),
            (Code::PermissionDenied, "PARTY_MISMATCH")
        );
        let reader = world
            .roadmaps_as("UZ", identity::Role::Reader)
            .adopt_roadmap(adopt(1))
            .await;
        assert_eq!(refused(reader), "ROLE_REQUIRED");
        let get = GetRoadmapRequest {
            name: ROADMAP.to_owned(),
            ..GetRoadmapRequest::default()
        };
        let read = world
            .roadmaps_as("TJ", identity::Role::Reader)
            .get_roadmap(get.clone())
            .await;
        assert!(read.is_ok(), "any reader reads");
        assert_eq!(
            refused(world.nobody().get_roadmap(get).await),
            "TOKEN_MISSING"
        );
    })
    .await;
}
