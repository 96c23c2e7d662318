//! `UpdateDocument`.

use std::time::Duration;

use accord_proto::documents::v1::{ActKind, Document, UpdateDocumentRequest};
use prost_types::FieldMask;
use tonic::Code;

use crate::{
    errors::{assert_fault, assert_violations},
    register::on_each_engine,
    sample::{self, CUSTOMS, english},
};

fn update(document: Document, paths: &[&str]) -> UpdateDocumentRequest {
    let paths: Vec<_> = paths.iter().map(|path| (*path).to_owned()).collect();
    UpdateDocumentRequest {
        document: Some(Document {
            name: CUSTOMS.to_owned(),
            ..document
        }),
        update_mask: (!paths.is_empty()).then_some(FieldMask { paths }),
        ..UpdateDocumentRequest::default()
    }
}

#[tokio::test]
async fn a_mask_takes_what_it_names_and_no_mask_what_is_populated() {
    on_each_engine(async |register| {
        let before = register.with_document().await;
        register.clock.advance(Duration::from_secs(60));
        let mut uz = register.uz.clone();
        let place = Document {
            signature_place: "Nur-Sultan".to_owned(),
            ..Document::default()
        };
        let placed = uz
            .documents
            .update_document(update(place, &[]))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(placed.signature_place, "Nur-Sultan");
        assert_eq!(
            (&placed.titles, &placed.sectors),
            (&before.titles, &before.sectors)
        );
        assert_eq!(placed.create_time, before.create_time);
        assert!(placed.update_time != before.update_time && placed.etag != before.etag);

        let cleared = update(Document::default(), &["signature_place", "sectors"]);
        let cleared = uz
            .documents
            .update_document(cleared)
            .await
            .unwrap()
            .into_inner();
        assert!(cleared.signature_place.is_empty() && cleared.sectors.is_empty());
        assert_eq!(cleared.titles, before.titles);

        let whole = Document {
            titles: english("New"),
            item_number: None,
            ..before.clone()
        };
        let whole = uz
            .documents
            .update_document(update(
                Document {
                    etag: String::new(),
                    ..whole
                },
                &["*"],
            ))
            .await;
        let whole = whole.unwrap().into_inner();
        assert_eq!((whole.titles, whole.item_number), (english("New"), None));
        assert_eq!(whole.uid, before.uid);
    })
    .await;
}

#[tokio::test]
async fn update_with_a_stale_etag_is_aborted() {
    on_each_engine(async |register| {
        let before = register.with_document().await;
        let mut uz = register.uz.clone();
        let change = |etag: &str| {
            let patch = Document {
                signature_place: "X".to_owned(),
                etag: etag.to_owned(),
                ..Document::default()
            };
            update(patch, &["signature_place"])
        };
        uz.documents
            .update_document(change(&before.etag))
            .await
            .unwrap();
        let stale = uz.documents.update_document(change(&before.etag)).await;
        let explained = assert_fault(stale, Code::Aborted, "ETAG_MISMATCH");
        assert_eq!(explained.metadata["resource"], CUSTOMS);
        uz.documents.update_document(change("")).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn bad_masks_and_values_are_named() {
    on_each_engine(async |register| {
        register.with_document().await;
        let mut uz = register.uz.clone();
        let mask = uz
            .documents
            .update_document(update(Document::default(), &["tytles"]))
            .await;
        assert_violations(mask, &[("update_mask", "MASK_INVALID")]);
        let emptied = uz
            .documents
            .update_document(update(Document::default(), &["titles", "parties"]))
            .await;
        assert_violations(
            emptied,
            &[
                ("document.titles", "FIELD_REQUIRED"),
                ("document.parties", "FIELD_REQUIRED"),
            ],
        );
        let nothing = uz
            .documents
            .update_document(UpdateDocumentRequest::default())
            .await;
        assert_violations(nothing, &[("document", "FIELD_REQUIRED")]);
    })
    .await;
}

#[tokio::test]
async fn allow_missing_registers_what_is_not_there() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        let mut given = sample::document("").document.unwrap();
        given.name = CUSTOMS.to_owned();
        let request = |allow_missing| UpdateDocumentRequest {
            document: Some(given.clone()),
            allow_missing,
            ..UpdateDocumentRequest::default()
        };
        let missing = register
            .uz
            .clone()
            .documents
            .update_document(request(false))
            .await;
        assert_fault(missing, Code::NotFound, "RESOURCE_NOT_FOUND");
        let stranger = register
            .kg
            .clone()
            .documents
            .update_document(request(true))
            .await;
        assert_fault(stranger, Code::PermissionDenied, "PARTY_MISMATCH");
        let made = register
            .uz
            .clone()
            .documents
            .update_document(request(true))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(made.name, CUSTOMS);
    })
    .await;
}

#[tokio::test]
async fn a_party_that_has_recorded_acts_cannot_be_taken_out() {
    on_each_engine(async |register| {
        register.with_document().await;
        let mut more = sample::partnership().partnership.unwrap();
        more.name = sample::PARTNERSHIP.to_owned();
        more.parties.push("KG".to_owned());
        let more = accord_proto::documents::v1::UpdatePartnershipRequest {
            partnership: Some(more),
            ..accord_proto::documents::v1::UpdatePartnershipRequest::default()
        };
        register
            .uz
            .clone()
            .partnerships
            .update_partnership(more)
            .await
            .unwrap();
        register
            .record(sample::act(CUSTOMS, "KZ", ActKind::Signature, "2021-12-06"))
            .await;
        let parties = |codes: [&str; 2]| Document {
            parties: codes.map(str::to_owned).to_vec(),
            ..Document::default()
        };
        let mut uz = register.uz.clone();
        let refused = uz
            .documents
            .update_document(update(parties(["UZ", "KG"]), &["parties"]))
            .await;
        assert_fault(refused, Code::FailedPrecondition, "PARTY_IN_USE");
        let of_others = uz
            .documents
            .update_document(update(parties(["KG", "KZ"]), &["parties"]))
            .await;
        assert_fault(of_others, Code::PermissionDenied, "PARTY_MISMATCH");
        let allowed = register
            .kz
            .clone()
            .documents
            .update_document(update(parties(["KG", "KZ"]), &["parties"]))
            .await;
        assert_eq!(allowed.unwrap().into_inner().parties, ["KG", "KZ"]);
        let no_longer = uz
            .documents
            .update_document(update(parties(["UZ", "KZ"]), &["parties"]))
            .await;
        assert_fault(no_longer, Code::PermissionDenied, "PARTY_MISMATCH");
    })
    .await;
}
