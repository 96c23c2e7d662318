//! Every mutation leaves its entry in the log `logs/documents`.

use accord_proto::{
    documents::v1::{
        ActKind, DeleteDocumentRequest, Document, RetractActRequest, UndeleteDocumentRequest,
    },
    ledger::v1::{ChangeKind, ListEntriesRequest},
};
use prost::Message as _;

use crate::{
    register::on_each_engine,
    sample::{self, CUSTOMS, PARTNERSHIP},
};

#[tokio::test]
async fn each_mutation_is_one_entry_with_the_resource_as_it_became() {
    on_each_engine(async |register| {
        let document = register.with_document().await;
        let act = register
            .record(sample::act(CUSTOMS, "KZ", ActKind::Signature, "2021-12-06"))
            .await;
        let mut kz = register.kz.clone();
        let retract = RetractActRequest {
            name: act.name.clone(),
            reason: "wrong".to_owned(),
            ..RetractActRequest::default()
        };
        kz.acts.retract_act(retract).await.unwrap();
        let delete = DeleteDocumentRequest {
            name: CUSTOMS.to_owned(),
            ..DeleteDocumentRequest::default()
        };
        kz.documents.delete_document(delete).await.unwrap();
        let undelete = UndeleteDocumentRequest {
            name: CUSTOMS.to_owned(),
            ..UndeleteDocumentRequest::default()
        };
        kz.documents.undelete_document(undelete).await.unwrap();

        let request = ListEntriesRequest {
            parent: "logs/documents".to_owned(),
            ..ListEntriesRequest::default()
        };
        let entries = register
            .reader
            .clone()
            .ledger
            .list_entries(request)
            .await
            .unwrap()
            .into_inner()
            .entries;
        let told: Vec<_> = entries
            .iter()
            .map(|entry| (entry.resource.as_str(), entry.kind()))
            .collect();
        assert_eq!(
            told,
            [
                (PARTNERSHIP, ChangeKind::Created),
                (CUSTOMS, ChangeKind::Created),
                (act.name.as_str(), ChangeKind::Created),
                (act.name.as_str(), ChangeKind::StateChanged),
                (CUSTOMS, ChangeKind::Deleted),
                (CUSTOMS, ChangeKind::Undeleted),
            ]
        );
        assert_eq!(entries[1].resource_type, "documents.accord/Document");
        assert_eq!(
            entries[1].actor.as_ref().map(|actor| actor.agency.as_str()),
            Some("kz-mfa")
        );
        let state = entries[1].state.clone().unwrap();
        assert_eq!(Document::decode(state.value.as_slice()).unwrap(), document);
    })
    .await;
}
