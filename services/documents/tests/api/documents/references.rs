//! References to resources of other services.

use accord_proto::documents::v1::{
    CreateDocumentRequest, Document, GetDocumentRequest, Relation, RelationKind,
    UpdateDocumentRequest,
};
use tonic::{Code, Request};

use crate::{
    errors::{assert_fault, assert_violations},
    peers::{Mood, ROADMAP},
    register::{Register, on_each_engine, on_each_engine_without_peers},
    sample::{self, PARTNERSHIP},
};

/// A document that refers to these resources.
fn referring(id: &str, targets: &[&str]) -> CreateDocumentRequest {
    let mut request = sample::document(id);
    request.document.as_mut().unwrap().relations = relations(targets);
    request
}

fn relations(targets: &[&str]) -> Vec<Relation> {
    let relation = |target: &&str| Relation {
        kind: RelationKind::Regulates.into(),
        target: (*target).to_owned(),
    };
    targets.iter().map(relation).collect()
}

async fn assert_not_registered(register: &Register, id: &str) {
    let name = format!("{PARTNERSHIP}/documents/{id}");
    let mut client = register.reader.documents.clone();
    let missing = client.get_document(GetDocumentRequest { name }).await;
    assert_fault(missing, Code::NotFound, "RESOURCE_NOT_FOUND");
}

#[tokio::test]
async fn each_kind_of_resource_is_asked_for_in_the_callers_name() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        let targets = [
            ROADMAP,
            "partnerships/uz-kz/releases/r",
            "partnerships/uz-kz/roadmaps/r/measures/m",
            "partnerships/uz-kz/targets/t",
        ];
        for target in targets {
            register.peers.add(target);
        }
        let mut uz = register.uz.clone();
        uz.documents
            .create_document(referring("all", &targets))
            .await
            .unwrap();
        let mut expected = targets.map(str::to_owned);
        expected.sort();
        assert_eq!(register.peers.asked(), expected);
        uz.documents
            .create_document(referring("one", &[ROADMAP]))
            .await
            .unwrap();
        assert_eq!(
            register.peers.callers().into_iter().collect::<Vec<_>>(),
            ["uz-mfa"]
        );
    })
    .await;
}

#[tokio::test]
async fn what_is_missing_anywhere_is_told_at_once() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        let request = referring(
            "it",
            &[
                ROADMAP,
                "partnerships/uz-kz/roadmaps/none",
                "partnerships/uz-kz/documents/none",
                "partnerships/uz-kz/targets/none",
            ],
        );
        let refused = register.uz.clone().documents.create_document(request).await;
        assert_violations(
            refused,
            &[
                ("document.relations[1].target", "REFERENCE_NOT_FOUND"),
                ("document.relations[2].target", "REFERENCE_NOT_FOUND"),
                ("document.relations[3].target", "REFERENCE_NOT_FOUND"),
            ],
        );
        assert_not_registered(&register, "it").await;
    })
    .await;
}

#[tokio::test]
async fn a_name_that_no_service_keeps_is_malformed() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        let request = referring(
            "it",
            &[
                "partnerships/uz-kz/ships/s",
                "partnerships/uz-kz/roadmaps/r/sections/s",
                "partnerships/uz-kz",
            ],
        );
        let refused = register.uz.clone().documents.create_document(request).await;
        assert_violations(
            refused,
            &[
                ("document.relations[0].target", "NAME_INVALID"),
                ("document.relations[1].target", "NAME_INVALID"),
                ("document.relations[2].target", "NAME_INVALID"),
            ],
        );
        assert!(register.peers.asked().is_empty());
    })
    .await;
}

#[tokio::test]
async fn while_a_peer_says_nothing_nothing_is_stored_and_a_retry_gets_its_first_answer() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        let mut uz = register.uz.clone();
        let mut done = referring("done", &[ROADMAP]);
        done.request_id = "11111111-1111-4111-8111-111111111111".to_owned();
        let first = uz.documents.create_document(done.clone()).await.unwrap();
        for code in [
            Code::Unavailable,
            Code::Internal,
            Code::Unimplemented,
            Code::PermissionDenied,
        ] {
            register.peers.become_(Mood::Failing(code));
            let refused = uz
                .documents
                .create_document(referring("it", &[ROADMAP]))
                .await;
            let status = refused.as_ref().unwrap_err().clone();
            let fault = assert_fault(refused, Code::Unavailable, "PEER_UNAVAILABLE");
            assert_eq!(fault.metadata["service"], "roadmaps");
            assert_eq!(fault.metadata["resource"], ROADMAP);
            let details = String::from_utf8_lossy(status.details());
            assert!(details.contains("google.rpc.RetryInfo"), "{details}");
        }
        assert_not_registered(&register, "it").await;
        let again = uz.documents.create_document(done.clone()).await.unwrap();
        assert_eq!(again.into_inner(), first.into_inner());
        done.document_id = "other".to_owned();
        let reused = uz.documents.create_document(done).await;
        assert_fault(reused, Code::InvalidArgument, "REQUEST_ID_REUSED");
        register.peers.become_(Mood::Up);
        uz.documents
            .create_document(referring("it", &[ROADMAP]))
            .await
            .unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_peer_that_is_stuck_is_given_up_after_five_seconds_or_at_the_callers_deadline() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        register.peers.become_(Mood::Stuck);
        let mut uz = register.uz.clone();
        let began = std::time::Instant::now();
        let refused = uz
            .documents
            .create_document(referring("it", &[ROADMAP]))
            .await;
        assert_fault(refused, Code::Unavailable, "PEER_UNAVAILABLE");
        let waited = began.elapsed().as_secs_f64();
        assert!((4.5..9.0).contains(&waited), "{waited}");
        let began = std::time::Instant::now();
        let mut hurried = Request::new(referring("it", &[ROADMAP]));
        hurried.set_timeout(std::time::Duration::from_millis(300));
        uz.documents.create_document(hurried).await.unwrap_err();
        assert!(began.elapsed().as_secs_f64() < 3.0);
        assert_not_registered(&register, "it").await;
    })
    .await;
}

#[tokio::test]
async fn an_update_asks_for_the_references_that_it_adds() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        let target = "partnerships/uz-kz/targets/t";
        register.peers.add(target);
        let mut uz = register.uz.clone();
        let created = uz
            .documents
            .create_document(referring("it", &[ROADMAP]))
            .await;
        let name = created.unwrap().into_inner().name;
        register.peers.asked();
        let update = |targets: &[&str], mask: &str| UpdateDocumentRequest {
            document: Some(Document {
                name: name.clone(),
                signature_place: "Nur-Sultan".to_owned(),
                relations: relations(targets),
                ..Document::default()
            }),
            update_mask: Some(prost_types::FieldMask {
                paths: vec![mask.to_owned()],
            }),
            ..UpdateDocumentRequest::default()
        };
        register.peers.become_(Mood::Failing(Code::Unavailable));
        for (targets, mask) in [
            (&[ROADMAP][..], "relations"),
            (&[target], "signature_place"),
        ] {
            let request = update(targets, mask);
            uz.documents.update_document(request).await.unwrap();
            assert!(register.peers.asked().is_empty(), "{mask}");
        }
        let both = || update(&[ROADMAP, target], "relations");
        let refused = uz.documents.update_document(both()).await;
        assert_fault(refused, Code::Unavailable, "PEER_UNAVAILABLE");
        register.peers.become_(Mood::Up);
        register.peers.asked();
        uz.documents.update_document(both()).await.unwrap();
        assert_eq!(register.peers.asked(), [target]);
        let request = update(
            &[ROADMAP, target, "partnerships/uz-kz/roadmaps/x"],
            "relations",
        );
        assert_violations(
            uz.documents.update_document(request).await,
            &[("document.relations[2].target", "REFERENCE_NOT_FOUND")],
        );
    })
    .await;
}

#[tokio::test]
async fn without_the_peers_address_its_resources_cannot_be_referred_to() {
    on_each_engine_without_peers(async |register| {
        register.with_partnership().await;
        let mut uz = register.uz.clone();
        let refused = uz
            .documents
            .create_document(referring("it", &[ROADMAP]))
            .await;
        let message = refused.as_ref().unwrap_err().message().to_owned();
        let fault = assert_fault(refused, Code::FailedPrecondition, "PEER_NOT_CONFIGURED");
        assert_eq!(fault.metadata["service"], "roadmaps");
        assert!(
            message.contains("--peer roadmaps=URL (ACCORD_PEER)"),
            "{message}"
        );
        assert_not_registered(&register, "it").await;
    })
    .await;
}
