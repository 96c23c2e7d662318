//! What is wrong with the announcement of a file.

use accord_proto::documents::v1::{CreateUploadRequest, Upload};
use tonic::Code;

use super::{RU, announce};
use crate::{
    errors::{assert_fault, assert_violations},
    register::on_each_engine,
    sample::CUSTOMS,
};

#[tokio::test]
async fn every_wrong_field_of_an_announcement_is_told_at_once() {
    on_each_engine(async |register| {
        register.with_text().await;
        let wrong = CreateUploadRequest {
            parent: CUSTOMS.to_owned(),
            upload_id: "Über".to_owned(),
            upload: Some(Upload {
                text: "partnerships/uz-kz/documents/other/texts/ru".to_owned(),
                media_type: "pdf".to_owned(),
                size_bytes: 20 * 1024 * 1024 + 1,
                sha256: "AB".repeat(32),
                party: "uz".to_owned(),
                source: Some(accord_proto::documents::v1::Source {
                    uri: "x".to_owned(),
                    note: String::new(),
                }),
                ..Upload::default()
            }),
            ..CreateUploadRequest::default()
        };
        assert_violations(
            register.uz.begin(wrong).await,
            &[
                ("upload_id", "ID_INVALID"),
                ("upload.media_type", "MEDIA_TYPE_INVALID"),
                ("upload.size_bytes", "FIELD_INVALID"),
                ("upload.sha256", "SHA256_INVALID"),
                ("upload.party", "COUNTRY_INVALID"),
                ("upload.source.uri", "URI_INVALID"),
            ],
        );
        let mut unknown = announce("one", b"x");
        let upload = unknown.upload.as_mut().unwrap();
        upload.text = RU.replace("/ru", "/kk");
        upload.party = "KG".to_owned();
        assert_violations(
            register.uz.begin(unknown).await,
            &[
                ("upload.text", "REFERENCE_NOT_FOUND"),
                ("upload.party", "NOT_A_PARTY"),
            ],
        );
        let mut others = announce("one", b"x");
        others.upload.as_mut().unwrap().party = "KZ".to_owned();
        assert_fault(
            register.uz.begin(others).await,
            Code::PermissionDenied,
            "PARTY_MISMATCH",
        );
        let mut elsewhere = announce("one", b"x");
        elsewhere.upload.as_mut().unwrap().text =
            "partnerships/uz-kz/documents/other/texts/ru".to_owned();
        assert_violations(
            register.uz.begin(elsewhere).await,
            &[("upload.text", "FIELD_INVALID")],
        );
        register.uz.begin(announce("one", b"x")).await.unwrap();
        assert_fault(
            register.kz.begin(announce("one", b"y")).await,
            Code::AlreadyExists,
            "RESOURCE_ALREADY_EXISTS",
        );
    })
    .await;
}
