//! `PartnershipService`.

use accord_proto::documents::v1::{
    DeleteDocumentRequest, Document, GetPartnershipRequest, ListPartnershipsRequest, Partnership,
    UndeleteDocumentRequest, UpdateDocumentRequest, UpdatePartnershipRequest,
};
use prost_types::FieldMask;
use tonic::Code;

use crate::{
    errors::{assert_fault, assert_violations},
    register::on_each_engine,
    sample::{self, CUSTOMS, PARTNERSHIP, english},
};

fn get() -> GetPartnershipRequest {
    GetPartnershipRequest {
        name: PARTNERSHIP.to_owned(),
    }
}

fn update(partnership: Partnership, paths: &[&str]) -> UpdatePartnershipRequest {
    let paths: Vec<_> = paths.iter().map(|path| (*path).to_owned()).collect();
    UpdatePartnershipRequest {
        partnership: Some(Partnership {
            name: PARTNERSHIP.to_owned(),
            ..partnership
        }),
        update_mask: (!paths.is_empty()).then_some(FieldMask { paths }),
        ..UpdatePartnershipRequest::default()
    }
}

#[tokio::test]
async fn create_then_get_answers_the_same_partnership() {
    on_each_engine(async |register| {
        let created = register.with_partnership().await;
        assert_eq!(created.name, PARTNERSHIP);
        assert_eq!(
            (created.registered_document_count, created.document_count),
            (0, 0)
        );
        assert!(created.etag.starts_with('"') && created.etag.ends_with('"'));
        let found = register
            .reader
            .clone()
            .partnerships
            .get_partnership(get())
            .await
            .unwrap();
        assert_eq!(found.into_inner(), created);
    })
    .await;
}

#[tokio::test]
async fn every_wrong_field_of_a_new_partnership_is_named() {
    on_each_engine(async |register| {
        let mut request = sample::partnership();
        request.partnership_id = "Uz".to_owned();
        request.request_id = "7".to_owned();
        let given = request.partnership.as_mut().unwrap();
        given.display_names = vec![];
        given.parties = vec!["UZ".to_owned(), "uz".to_owned(), "UZ".to_owned()];
        given.declared_document_count = Some(0);
        given.declared_document_count_source = None;
        given.founding_document = "documents/x".to_owned();
        assert_violations(
            register
                .uz
                .clone()
                .partnerships
                .create_partnership(request)
                .await,
            &[
                ("request_id", "REQUEST_ID_INVALID"),
                ("partnership_id", "ID_INVALID"),
                ("partnership.display_names", "FIELD_REQUIRED"),
                ("partnership.parties[1]", "COUNTRY_INVALID"),
                ("partnership.parties[2]", "DUPLICATE_VALUE"),
                ("partnership.founding_document", "NAME_INVALID"),
                ("partnership.declared_document_count", "FIELD_INVALID"),
                (
                    "partnership.declared_document_count_source",
                    "FIELD_REQUIRED",
                ),
            ],
        );
    })
    .await;
}

#[tokio::test]
async fn a_second_partnership_of_the_same_name_already_exists() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        let again = register
            .kz
            .clone()
            .partnerships
            .create_partnership(sample::partnership())
            .await;
        assert_fault(again, Code::AlreadyExists, "RESOURCE_ALREADY_EXISTS");
    })
    .await;
}

#[tokio::test]
async fn only_an_editor_of_a_party_registers_a_partnership() {
    on_each_engine(async |register| {
        let request = sample::partnership;
        let stranger = register
            .kg
            .clone()
            .partnerships
            .create_partnership(request())
            .await;
        assert_fault(stranger, Code::PermissionDenied, "PARTY_MISMATCH");
        let reader = register
            .reader
            .clone()
            .partnerships
            .create_partnership(request())
            .await;
        assert_fault(reader, Code::PermissionDenied, "ROLE_REQUIRED");
        let operator = register
            .operator
            .clone()
            .partnerships
            .create_partnership(request())
            .await;
        assert_fault(operator, Code::PermissionDenied, "ROLE_REQUIRED");
        let missing = register
            .reader
            .clone()
            .partnerships
            .get_partnership(get())
            .await;
        assert_fault(missing, Code::NotFound, "RESOURCE_NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn update_follows_its_mask_and_the_etag() {
    on_each_engine(async |register| {
        let created = register.with_document().await;
        let mut kz = register.kz.clone();
        let before = kz
            .partnerships
            .get_partnership(get())
            .await
            .unwrap()
            .into_inner();
        assert_eq!(
            (before.registered_document_count, before.document_count),
            (1, 1)
        );

        let founding = Partnership {
            founding_document: created.name.clone(),
            ..Partnership::default()
        };
        let updated = kz
            .partnerships
            .update_partnership(update(founding, &[]))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(updated.founding_document, CUSTOMS);
        assert_eq!(updated.display_names, before.display_names);
        assert_ne!(updated.etag, before.etag);

        let stale = Partnership {
            display_names: english("Other"),
            etag: before.etag,
            ..Partnership::default()
        };
        let refused = kz
            .partnerships
            .update_partnership(update(stale, &["display_names"]))
            .await;
        assert_fault(refused, Code::Aborted, "ETAG_MISMATCH");
        let unknown = kz
            .partnerships
            .update_partnership(update(Partnership::default(), &["nome"]))
            .await;
        assert_violations(unknown, &[("update_mask", "MASK_INVALID")]);
    })
    .await;
}

#[tokio::test]
async fn a_party_of_documents_cannot_leave_and_a_new_one_can_join() {
    on_each_engine(async |register| {
        register.with_document().await;
        let mut uz = register.uz.clone();
        let parties = |codes: &[&str]| Partnership {
            parties: codes.iter().map(|code| (*code).to_owned()).collect(),
            ..Partnership::default()
        };
        let left = uz
            .partnerships
            .update_partnership(update(parties(&["UZ", "KG"]), &["parties"]))
            .await;
        assert_eq!(
            assert_fault(left, Code::FailedPrecondition, "PARTY_IN_USE").metadata["party"],
            "KZ"
        );
        let joined = uz
            .partnerships
            .update_partnership(update(parties(&["UZ", "KZ", "KG"]), &["parties"]))
            .await;
        assert_eq!(joined.unwrap().into_inner().parties, ["UZ", "KZ", "KG"]);
        let kg = register
            .kg
            .clone()
            .partnerships
            .update_partnership(update(parties(&["KG", "UZ", "KZ"]), &[]))
            .await;
        assert_eq!(kg.unwrap().into_inner().parties, ["KG", "UZ", "KZ"]);
    })
    .await;
}

#[tokio::test]
async fn the_counts_follow_the_documents() {
    on_each_engine(async |register| {
        let document = register.with_document().await;
        let mut kz = register.kz.clone();
        let counts = async || {
            let found = register
                .reader
                .clone()
                .partnerships
                .get_partnership(get())
                .await;
            let found = found.unwrap().into_inner();
            (found.document_count, found.registered_document_count)
        };
        kz.documents
            .create_document(sample::document("other"))
            .await
            .unwrap();
        assert_eq!(counts().await, (2, 1));
        let delete = DeleteDocumentRequest {
            name: CUSTOMS.to_owned(),
            ..DeleteDocumentRequest::default()
        };
        kz.documents.delete_document(delete).await.unwrap();
        assert_eq!(counts().await, (1, 0));
        let undelete = UndeleteDocumentRequest {
            name: CUSTOMS.to_owned(),
            ..UndeleteDocumentRequest::default()
        };
        kz.documents.undelete_document(undelete).await.unwrap();
        assert_eq!(counts().await, (2, 1));
        let unnumbered = UpdateDocumentRequest {
            document: Some(Document {
                name: document.name,
                ..Document::default()
            }),
            update_mask: Some(FieldMask {
                paths: vec!["item_number".to_owned()],
            }),
            ..UpdateDocumentRequest::default()
        };
        kz.documents.update_document(unnumbered).await.unwrap();
        assert_eq!(counts().await, (2, 0));
    })
    .await;
}

#[tokio::test]
async fn a_founding_document_must_be_registered() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        let founding = |name: &str| Partnership {
            founding_document: name.to_owned(),
            ..Partnership::default()
        };
        let mut uz = register.uz.clone();
        let missing = uz
            .partnerships
            .update_partnership(update(founding(CUSTOMS), &[]))
            .await;
        assert_violations(
            missing,
            &[("partnership.founding_document", "REFERENCE_NOT_FOUND")],
        );
        let foreign = founding("partnerships/other/documents/customs-energy");
        let foreign = uz
            .partnerships
            .update_partnership(update(foreign, &[]))
            .await;
        assert_violations(
            foreign,
            &[("partnership.founding_document", "FIELD_INVALID")],
        );
    })
    .await;
}

#[tokio::test]
async fn partnerships_are_listed_by_filter_and_order() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        let mut second = sample::partnership();
        second.partnership_id = "uz-tj".to_owned();
        second.partnership.as_mut().unwrap().parties = vec!["UZ".to_owned(), "TJ".to_owned()];
        register
            .uz
            .clone()
            .partnerships
            .create_partnership(second)
            .await
            .unwrap();
        let names = async |filter: &str, order_by: &str| {
            let request = ListPartnershipsRequest {
                filter: filter.to_owned(),
                order_by: order_by.to_owned(),
                ..ListPartnershipsRequest::default()
            };
            let listed = register
                .reader
                .clone()
                .partnerships
                .list_partnerships(request)
                .await
                .unwrap();
            listed
                .into_inner()
                .partnerships
                .into_iter()
                .map(|found| found.name)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            names("", "").await,
            ["partnerships/uz-kz", "partnerships/uz-tj"]
        );
        assert_eq!(
            names("", "partnership_id desc").await,
            ["partnerships/uz-tj", "partnerships/uz-kz"]
        );
        assert_eq!(names("parties:\"TJ\"", "").await, ["partnerships/uz-tj"]);
        assert_eq!(
            names(
                "display_names:\"Kazakhstan\" AND declared_document_count = 22",
                ""
            )
            .await
            .len(),
            2
        );
    })
    .await;
}
