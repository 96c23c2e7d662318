//! The deletion of documents that others refer to.

use super::*;

#[tokio::test]
async fn a_document_that_others_refer_to_is_deleted_by_force_only() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        create(&register, "old", &[]).await;
        for index in 0..12 {
            let id = format!("n{index:02}");
            create(&register, &id, &[(RelationKind::Amends, "old")]).await;
        }
        let mut waiting = sample::document("waiting");
        let given = waiting.document.as_mut().unwrap();
        given.entry_into_force = Some(entry(Rule::WithDocument(WithDocument {
            document: name("old"),
        })));
        let mut uz = register.uz.clone();
        uz.documents.create_document(waiting).await.unwrap();
        let refused = uz.documents.delete_document(delete("old", false)).await;
        let fault = assert_fault(refused, Code::FailedPrecondition, "DOCUMENT_REFERENCED");
        assert_eq!(fault.metadata["referrer_count"], "13");
        let named: Vec<_> = fault.metadata["referrers"].split(' ').collect();
        assert_eq!(named.len(), 10);
        assert_eq!(named[0], name("n00"));
        let mut checked = delete("old", false);
        checked.validate_only = true;
        let refused = uz.documents.delete_document(checked).await;
        assert_fault(refused, Code::FailedPrecondition, "DOCUMENT_REFERENCED");
        for index in 0..12 {
            let request = delete(&format!("n{index:02}"), false);
            uz.documents.delete_document(request).await.unwrap();
        }
        let refused = uz.documents.delete_document(delete("old", false)).await;
        let fault = assert_fault(refused, Code::FailedPrecondition, "DOCUMENT_REFERENCED");
        assert_eq!(fault.metadata["referrers"], name("waiting"));
        uz.documents
            .delete_document(delete("old", true))
            .await
            .unwrap();
    })
    .await;
}

#[tokio::test]
async fn the_founding_document_is_deleted_by_force_only() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        create(&register, "founding", &[]).await;
        let mut uz = register.uz.clone();
        let request = UpdatePartnershipRequest {
            partnership: Some(Partnership {
                name: PARTNERSHIP.to_owned(),
                founding_document: name("founding"),
                ..Partnership::default()
            }),
            ..UpdatePartnershipRequest::default()
        };
        uz.partnerships.update_partnership(request).await.unwrap();
        let refused = uz
            .documents
            .delete_document(delete("founding", false))
            .await;
        let fault = assert_fault(refused, Code::FailedPrecondition, "DOCUMENT_REFERENCED");
        assert_eq!(fault.metadata["referrers"], PARTNERSHIP);
        uz.documents
            .delete_document(delete("founding", true))
            .await
            .unwrap();
    })
    .await;
}
