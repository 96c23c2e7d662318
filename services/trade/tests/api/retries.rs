//! Retries and rehearsals of mutating calls.

use accord_proto::trade::v1::{self, release::State};
use tonic::Code;

use crate::{
    bureau::{PARENT, header, on_each_engine, release},
    errors::assert_fault,
};

const ID: &str = "4b4bdd1c-04b8-4b3b-9d1f-3d8f4f9d0a11";

fn create(id: &str) -> v1::CreateReleaseRequest {
    v1::CreateReleaseRequest {
        parent: PARENT.to_owned(),
        release_id: id.to_owned(),
        release: Some(release("UZ", "2024-01-01")),
        request_id: ID.to_owned(),
        ..v1::CreateReleaseRequest::default()
    }
}

#[tokio::test]
async fn a_retry_gets_the_first_answer_and_has_no_second_effect() {
    on_each_engine(async |bureau| {
        let mut releases = bureau.uz.releases.clone();
        let first = releases
            .create_release(create("one"))
            .await
            .unwrap()
            .into_inner();
        let again = releases
            .create_release(create("one"))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(first, again);
        let other = releases.create_release(create("two")).await;
        assert_fault(other, Code::InvalidArgument, "REQUEST_ID_REUSED");

        bureau
            .uz
            .upload(
                header(&first.name, "all"),
                "flow,period,value_usd\nX,2022,1\n",
            )
            .await
            .unwrap();
        let publish = v1::PublishReleaseRequest {
            name: first.name.clone(),
            request_id: ID.replace("4b4b", "5c5c"),
            ..v1::PublishReleaseRequest::default()
        };
        let published = releases
            .publish_release(publish.clone())
            .await
            .unwrap()
            .into_inner();
        let again = releases
            .publish_release(publish)
            .await
            .unwrap()
            .into_inner();
        assert_eq!(published, again);
        assert_eq!(again.state(), State::Published);
    })
    .await;
}

#[tokio::test]
async fn a_rehearsal_checks_everything_and_changes_nothing() {
    on_each_engine(async |bureau| {
        let mut releases = bureau.uz.releases.clone();
        let rehearsal = v1::CreateReleaseRequest {
            validate_only: true,
            ..create("one")
        };
        let shown = releases
            .create_release(rehearsal.clone())
            .await
            .unwrap()
            .into_inner();
        assert_eq!(shown.name, "partnerships/uz-kz/releases/one");
        let none = bureau.uz.get(&shown.name).await;
        assert_fault(none, Code::NotFound, "RESOURCE_NOT_FOUND");
        releases.create_release(create("one")).await.unwrap();
        let taken = v1::CreateReleaseRequest {
            request_id: String::new(),
            ..rehearsal
        };
        let result = releases.create_release(taken).await;
        assert_fault(result, Code::AlreadyExists, "RESOURCE_ALREADY_EXISTS");
        let publish = v1::PublishReleaseRequest {
            name: shown.name.clone(),
            validate_only: true,
            ..v1::PublishReleaseRequest::default()
        };
        let result = releases.publish_release(publish.clone()).await;
        assert_fault(result, Code::FailedPrecondition, "RELEASE_EMPTY");
        bureau
            .uz
            .upload(
                header(&shown.name, "all"),
                "flow,period,value_usd\nX,2022,1\n",
            )
            .await
            .unwrap();
        let would_be = releases
            .publish_release(publish)
            .await
            .unwrap()
            .into_inner();
        assert_eq!(would_be.state(), State::Published);
        assert_eq!(
            bureau.uz.get(&shown.name).await.unwrap().state(),
            State::Staging
        );
    })
    .await;
}
