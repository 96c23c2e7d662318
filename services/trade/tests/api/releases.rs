//! Releases from staging to withdrawal, and what callers may not do.

use accord_proto::trade::v1::{
    self, Coverage, PublishTimeBasis, Release, release::State,
    release_service_client::ReleaseServiceClient,
};
use prost_types::FieldMask;
use tonic::Code;

use crate::{
    bureau::{PARENT, at, header, on_each_engine, release},
    errors::{assert_fault, assert_violations, explain},
};

const CSV: &str = "flow,period,value_usd\nX,2022,1\n";

fn update(release: Release, paths: &[&str]) -> v1::UpdateReleaseRequest {
    v1::UpdateReleaseRequest {
        release: Some(release),
        update_mask: Some(FieldMask {
            paths: paths.iter().map(|path| (*path).to_owned()).collect(),
        }),
        ..v1::UpdateReleaseRequest::default()
    }
}

#[tokio::test]
async fn the_life_of_a_release() {
    on_each_engine(async |bureau| {
        let created = bureau
            .uz
            .create("bulletin", release("UZ", "2024-01-01"))
            .await
            .unwrap();
        assert_eq!(created.name, "partnerships/uz-kz/releases/bulletin");
        assert_eq!(created.state(), State::Staging);
        assert_eq!(created.publish_time, Some(at("2024-01-01")));
        assert_eq!(created.publish_record_time, None);
        assert_eq!(bureau.kz.get(&created.name).await.unwrap(), created);

        let renamed = Release {
            display_name: "Bulletin 1/2024".to_owned(),
            note: "ignored, not in the mask".to_owned(),
            ..created.clone()
        };
        let request = update(renamed, &["display_name"]);
        let updated = bureau
            .uz
            .releases
            .clone()
            .update_release(request)
            .await
            .unwrap()
            .into_inner();
        assert_eq!(updated.display_name, "Bulletin 1/2024");
        assert_eq!(updated.note, "");
        assert_ne!(updated.etag, created.etag);

        bureau
            .uz
            .upload(header(&created.name, "all"), CSV)
            .await
            .unwrap();
        let published = bureau.uz.publish(&created.name).await.unwrap();
        assert_eq!(published.state(), State::Published);
        let recorded = published.publish_record_time.unwrap();
        assert_eq!(recorded.seconds, bureau.clock.now().as_second());
        let withdrawn = bureau
            .uz
            .withdraw(&created.name, "2024-06-01")
            .await
            .unwrap();
        assert_eq!(withdrawn.state(), State::Withdrawn);
        assert_eq!(withdrawn.withdraw_time, Some(at("2024-06-01")));
        assert_eq!(withdrawn.withdraw_reason, "the file was the wrong one");
    })
    .await;
}

#[tokio::test]
async fn every_mistake_in_a_release_is_reported() {
    on_each_engine(async |bureau| {
        let bad = Release {
            reporter: "uz".to_owned(),
            publish_time: Some(at("2024-01-01")),
            source_uri: "ftp://stat.uz".to_owned(),
            scope: 8,
            note: "\u{7}".to_owned(),
            coverage: Some(Coverage {
                completeness: v1::coverage::Completeness::Complete as i32,
                partners: vec!["KZ".to_owned(), "KZ".to_owned(), "kg".to_owned()],
                flows: vec![0],
                start_date: Some(crate::bureau::date(2023, 2, 29)),
                ..Coverage::default()
            }),
            ..Release::default()
        };
        let request = v1::CreateReleaseRequest {
            parent: "uz-kz".to_owned(),
            release_id: "Bulletin".to_owned(),
            release: Some(bad),
            request_id: "again".to_owned(),
            ..v1::CreateReleaseRequest::default()
        };
        let result = bureau.uz.releases.clone().create_release(request).await;
        assert_violations(
            result,
            &[
                ("parent", "NAME_INVALID"),
                ("release_id", "ID_INVALID"),
                ("request_id", "REQUEST_ID_INVALID"),
                ("release.display_name", "FIELD_REQUIRED"),
                ("release.reporter", "COUNTRY_INVALID"),
                ("release.publisher", "FIELD_REQUIRED"),
                ("release.publish_time_basis", "FIELD_REQUIRED"),
                ("release.source_uri", "URI_INVALID"),
                ("release.scope", "FIELD_INVALID"),
                ("release.note", "TEXT_INVALID"),
                ("release.coverage.partners[1]", "DUPLICATE_VALUE"),
                ("release.coverage.partners[2]", "COUNTRY_INVALID"),
                ("release.coverage.flows[0]", "FIELD_REQUIRED"),
                ("release.coverage.windows", "FIELD_REQUIRED"),
                ("release.coverage.start_date", "DATE_INVALID"),
                ("release.coverage.end_date", "FIELD_REQUIRED"),
            ],
        );
        let missing = v1::CreateReleaseRequest {
            parent: PARENT.to_owned(),
            release_id: "bulletin".to_owned(),
            ..v1::CreateReleaseRequest::default()
        };
        let result = bureau.uz.releases.clone().create_release(missing).await;
        assert_violations(result, &[("release", "FIELD_REQUIRED")]);
        let undated = Release {
            publish_time_basis: PublishTimeBasis::FirstKnown as i32,
            ..release("UZ", "2024-01-01")
        };
        let result = bureau.uz.create("undated", undated).await;
        assert_violations(result, &[("release.publish_time_note", "FIELD_REQUIRED")]);
    })
    .await;
}

#[tokio::test]
async fn only_the_reporters_own_editors_act() {
    on_each_engine(async |bureau| {
        for (caller, reason) in [
            (&bureau.kz, "PARTY_MISMATCH"),
            (&bureau.kg, "PARTY_MISMATCH"),
            (&bureau.reader, "ROLE_REQUIRED"),
            (&bureau.operator, "ROLE_REQUIRED"),
        ] {
            let result = caller.create("foreign", release("UZ", "2024-01-01")).await;
            assert_fault(result, Code::PermissionDenied, reason);
        }
        let created = bureau
            .uz
            .create("own", release("UZ", "2024-01-01"))
            .await
            .unwrap();
        bureau
            .uz
            .upload(header(&created.name, "all"), CSV)
            .await
            .unwrap();
        let result = bureau.kz.publish(&created.name).await;
        assert_fault(result, Code::PermissionDenied, "PARTY_MISMATCH");
        let request = update(created.clone(), &["note"]);
        let result = bureau.kz.releases.clone().update_release(request).await;
        assert_fault(result, Code::PermissionDenied, "PARTY_MISMATCH");
        bureau.uz.publish(&created.name).await.unwrap();
        let result = bureau.kz.withdraw(&created.name, "2024-06-01").await;
        assert_fault(result, Code::PermissionDenied, "PARTY_MISMATCH");
        let mut nobody = ReleaseServiceClient::new(bureau.nobody.clone());
        let name = created.name.clone();
        let status = nobody
            .get_release(v1::GetReleaseRequest { name })
            .await
            .unwrap_err();
        assert_eq!(explain(&status).reason, "TOKEN_MISSING");
        assert_eq!(status.code(), Code::Unauthenticated);
    })
    .await;
}

#[tokio::test]
async fn publishing_and_withdrawing_have_their_conditions() {
    on_each_engine(async |bureau| {
        let refused = Code::FailedPrecondition;
        let empty = bureau
            .uz
            .create("empty", release("UZ", "2024-01-01"))
            .await
            .unwrap();
        assert_fault(
            bureau.uz.publish(&empty.name).await,
            refused,
            "RELEASE_EMPTY",
        );
        let withdrawn = bureau.uz.withdraw(&empty.name, "2024-06-01").await;
        assert_fault(withdrawn, refused, "RELEASE_NOT_PUBLISHED");

        let timeless = Release {
            publish_time: None,
            publish_time_basis: 0,
            ..release("UZ", "2024-01-01")
        };
        let timeless = bureau.uz.create("timeless", timeless).await.unwrap();
        bureau
            .uz
            .upload(header(&timeless.name, "all"), CSV)
            .await
            .unwrap();
        assert_fault(
            bureau.uz.publish(&timeless.name).await,
            refused,
            "PUBLISH_TIME_REQUIRED",
        );
        let future = bureau
            .uz
            .create("future", release("UZ", "2030-01-01"))
            .await
            .unwrap();
        bureau
            .uz
            .upload(header(&future.name, "all"), CSV)
            .await
            .unwrap();
        assert_fault(
            bureau.uz.publish(&future.name).await,
            refused,
            "PUBLISH_TIME_IN_FUTURE",
        );

        let good = bureau
            .publish("good", release("UZ", "2024-01-01"), CSV)
            .await;
        let again = bureau.uz.publish(&good.name).await;
        let explained = assert_fault(again, refused, "RELEASE_NOT_STAGING");
        assert_eq!(explained.metadata["state"], "STATE_PUBLISHED");
        let result = bureau
            .uz
            .releases
            .clone()
            .update_release(update(good.clone(), &["note"]))
            .await;
        assert_fault(result, refused, "RELEASE_NOT_STAGING");
        for day in ["2024-01-01", "2027-01-01"] {
            let result = bureau.uz.withdraw(&good.name, day).await;
            assert_fault(result, Code::InvalidArgument, "WITHDRAW_TIME_INVALID");
        }
        bureau.uz.withdraw(&good.name, "2024-02-01").await.unwrap();
        let again = bureau.uz.withdraw(&good.name, "2024-02-01").await;
        assert_fault(again, refused, "RELEASE_NOT_PUBLISHED");
    })
    .await;
}

#[tokio::test]
async fn updates_keep_to_the_mask_the_etag_and_the_imported_figures() {
    on_each_engine(async |bureau| {
        let created = bureau
            .uz
            .create("bulletin", release("UZ", "2024-01-01"))
            .await
            .unwrap();
        let mut releases = bureau.uz.releases.clone();
        let result = releases
            .update_release(update(created.clone(), &["publishr"]))
            .await;
        assert_violations(result, &[("update_mask", "MASK_INVALID")]);
        let moved = Release {
            reporter: "KZ".to_owned(),
            ..created.clone()
        };
        let result = releases.update_release(update(moved, &["reporter"])).await;
        assert_fault(result, Code::InvalidArgument, "IMMUTABLE_FIELD");
        let nameless = Release {
            display_name: String::new(),
            ..created.clone()
        };
        let result = releases
            .update_release(update(nameless, &["display_name"]))
            .await;
        assert_violations(result, &[("release.display_name", "FIELD_REQUIRED")]);

        let noted = Release {
            note: "first".to_owned(),
            ..created.clone()
        };
        releases
            .update_release(update(noted.clone(), &["note"]))
            .await
            .unwrap();
        let result = releases.update_release(update(noted, &["note"])).await;
        assert_fault(result, Code::Aborted, "ETAG_MISMATCH");

        bureau
            .uz
            .upload(header(&created.name, "all"), CSV)
            .await
            .unwrap();
        let mut wider = bureau.uz.get(&created.name).await.unwrap();
        wider
            .coverage
            .as_mut()
            .unwrap()
            .partners
            .push("KG".to_owned());
        let result = releases.update_release(update(wider, &["coverage"])).await;
        assert_fault(result, Code::FailedPrecondition, "RELEASE_HAS_OBSERVATIONS");
        let unknown = Release {
            name: "partnerships/uz-kz/releases/none".to_owned(),
            ..created
        };
        let result = releases.update_release(update(unknown, &["note"])).await;
        assert_fault(result, Code::NotFound, "RESOURCE_NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn names_are_taken_once_and_unknown_ones_are_not_found() {
    on_each_engine(async |bureau| {
        let created = bureau
            .uz
            .create("one", release("UZ", "2024-01-01"))
            .await
            .unwrap();
        let again = bureau.uz.create("one", release("UZ", "2024-01-01")).await;
        let explained = assert_fault(again, Code::AlreadyExists, "RESOURCE_ALREADY_EXISTS");
        assert_eq!(explained.metadata["resource"], created.name);
        let none = bureau.uz.get("partnerships/uz-kz/releases/none").await;
        assert_fault(none, Code::NotFound, "RESOURCE_NOT_FOUND");
        let malformed = bureau.uz.get("partnerships/uz-kz/release/one").await;
        assert_violations(malformed, &[("name", "NAME_INVALID")]);
    })
    .await;
}
