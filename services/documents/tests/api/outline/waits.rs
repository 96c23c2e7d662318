//! More documents wait for one than are brought up to date with it.

use accord_proto::documents::v1::{
    BatchCreateDocumentsRequest, ListPendingProceduresRequest, OnSignature, entry_into_force::Rule,
};

use super::{
    agreement,
    events::{between, events},
    with,
};
use crate::{
    register::{Register, on_each_engine},
    sample::PARTNERSHIP,
};

/// Directly, and through the first of them.
const WAITING: usize = 700;
const FURTHER: usize = 40;

async fn filled(register: &Register) {
    register.with_partnership().await;
    let mut target = agreement("target", Rule::OnSignature(OnSignature {}));
    target.document.as_mut().unwrap().signature_date = None;
    register.create(target).await;
    let mut requests: Vec<_> = (0..WAITING)
        .map(|index| with(&format!("w{index:03}"), "target"))
        .collect();
    requests.extend((0..FURTHER).map(|index| with(&format!("x{index:03}"), "w000")));
    for request in &mut requests {
        request.document.as_mut().unwrap().signature_date = None;
    }
    for requests in requests.chunks(400) {
        let request = BatchCreateDocumentsRequest {
            parent: PARTNERSHIP.to_owned(),
            requests: requests.to_vec(),
            ..BatchCreateDocumentsRequest::default()
        };
        let mut documents = register.uz.documents.clone();
        documents.batch_create_documents(request).await.unwrap();
    }
}

#[tokio::test]
async fn an_act_on_a_document_that_many_wait_for_reaches_all_of_them() {
    on_each_engine(async |register| {
        filled(&register).await;
        let year = || between("2022-01-01", "2022-12-31");
        assert_eq!(events(&register.uz, year()).await, []);
        // What waits must be signed itself: then only the target is missing.
        for id in ["w000", "w350", "w699", "x000", "x039"] {
            register.sign(id, "2022-02-01").await;
        }
        register.sign("target", "2022-03-01").await;
        let found = events(&register.uz, year()).await;
        let mut in_force: Vec<_> = found
            .iter()
            .map(|event| event.document.rsplit('/').next().unwrap())
            .collect();
        in_force.sort_unstable();
        assert_eq!(in_force, ["target", "w000", "w350", "w699", "x000", "x039"]);
    })
    .await;
}

#[tokio::test]
async fn pending_procedures_are_complete_whether_or_not_all_is_brought_up_to_date() {
    on_each_engine(async |register| {
        filled(&register).await;
        register.sign("target", "2022-03-01").await;
        let mut request = ListPendingProceduresRequest {
            parent: PARTNERSHIP.to_owned(),
            party: "UZ".to_owned(),
            page_size: 300,
            ..ListPendingProceduresRequest::default()
        };
        let mut found = Vec::new();
        loop {
            let mut documents = register.uz.documents.clone();
            let answer = documents.list_pending_procedures(request.clone()).await;
            let page = answer.unwrap().into_inner();
            found.extend(page.pending_procedures.into_iter().map(|one| one.document));
            if page.next_page_token.is_empty() {
                break;
            }
            request.page_token = page.next_page_token;
        }
        found.sort();
        found.dedup();
        assert_eq!(
            found.len(),
            WAITING + FURTHER,
            "the signatures of all that wait"
        );
    })
    .await;
}
