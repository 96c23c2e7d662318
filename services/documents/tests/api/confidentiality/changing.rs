//! What those learn who try to change what they may not read: no more than that the document exists.

use accord_proto::documents::v1::{
    ActKind, DeleteDocumentRequest, Document, RetractActRequest, UndeleteDocumentRequest,
    UpdateDocumentRequest,
};
use tonic::{Code, Status};

use super::{asking::bytes_of, finds, name, register_documents};
use crate::{
    errors::explain,
    register::{Caller, on_each_engine},
    sample,
};

const STALE: &str = "\"stale\"";

/// The reasons with which a caller of another state is refused, of an update, a deletion, an undeletion, an act, the
/// retraction of an act, and of one that there is not.
async fn refusals(caller: &Caller, id: &str) -> Vec<Status> {
    let update = UpdateDocumentRequest {
        document: Some(Document {
            name: name(id),
            etag: STALE.to_owned(),
            titles: sample::english("Other"),
            ..Document::default()
        }),
        ..UpdateDocumentRequest::default()
    };
    let delete = DeleteDocumentRequest {
        name: name(id),
        etag: STALE.to_owned(),
        ..DeleteDocumentRequest::default()
    };
    let undelete = UndeleteDocumentRequest {
        name: name(id),
        etag: STALE.to_owned(),
        ..UndeleteDocumentRequest::default()
    };
    // Whether Kazakhstan is a party would be told by the violations.
    let mut act = sample::act(&name(id), "KG", ActKind::NotificationReceived, "2021-12-06");
    if let Some(act) = &mut act.act {
        act.notifying_party = "KZ".to_owned();
    }
    let retract = |act: &str| RetractActRequest {
        name: format!("{}/acts/{act}", name(id)),
        reason: "wrong".to_owned(),
        ..RetractActRequest::default()
    };
    let mut documents = caller.documents.clone();
    let mut acts = caller.acts.clone();
    vec![
        documents.update_document(update).await.unwrap_err(),
        documents.delete_document(delete).await.unwrap_err(),
        documents.undelete_document(undelete).await.unwrap_err(),
        acts.create_act(act).await.unwrap_err(),
        acts.retract_act(retract("signature")).await.unwrap_err(),
        acts.retract_act(retract("none")).await.unwrap_err(),
    ]
}

#[tokio::test]
async fn a_refused_change_tells_no_more_than_that_the_document_exists() {
    on_each_engine(async |register| {
        register_documents(&register).await;
        for (id, word) in [("official", "zqxofficial"), ("restricted", "zqxrestricted")] {
            let refusals = refusals(&register.kg, id).await;
            let reasons: Vec<_> = refusals
                .iter()
                .map(|refusal| explain(refusal).reason)
                .collect();
            assert_eq!(
                reasons,
                [
                    "PARTY_MISMATCH",
                    "PARTY_MISMATCH",
                    "PARTY_MISMATCH",
                    "ACCESS_LEVEL_REQUIRED",
                    "ACCESS_LEVEL_REQUIRED",
                    "ACCESS_LEVEL_REQUIRED",
                ]
            );
            for refusal in refusals {
                assert_eq!(refusal.code(), Code::PermissionDenied);
                for told in [word, "UZ", "KZ"] {
                    assert!(!finds(&bytes_of(&refusal), told), "{told} in {refusal:?}");
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_refused_change_of_a_public_document_names_its_parties() {
    on_each_engine(async |register| {
        register_documents(&register).await;
        let refusals = refusals(&register.kg, "public").await;
        let explained = explain(&refusals[0]);
        assert_eq!(explained.reason, "PARTY_MISMATCH");
        assert_eq!(explained.metadata["parties"], "UZ,KZ");
    })
    .await;
}
