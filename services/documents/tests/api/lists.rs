//! Pages, filters and orders of `ListDocuments` and `ListActs`.

use accord_proto::documents::v1::{
    ActKind, Document, DocumentLevel, DocumentType, ListActsRequest, ListDocumentsRequest,
    RetractActRequest, UpdateDocumentRequest,
};
use tonic::Code;

use crate::{
    errors::{assert_fault, assert_violations},
    register::{Register, on_each_engine},
    sample::{self, CUSTOMS, PARTNERSHIP, date, english},
};

/// How many documents the pages are cut from: more than one page at the smaller sizes.
const MANY: usize = 60;

fn list() -> ListDocumentsRequest {
    ListDocumentsRequest {
        parent: PARTNERSHIP.to_owned(),
        ..ListDocumentsRequest::default()
    }
}

async fn with_many(register: &Register) {
    register.with_partnership().await;
    let mut uz = register.uz.clone();
    for index in 0..MANY {
        let mut request = sample::document(&format!("n{index:02}"));
        let given = request.document.as_mut().unwrap();
        given.titles = english(&format!("Agreement number {index}, 100% \"_\" new"));
        // Many documents share a day, and every fifth has none.
        given.signature_date = if index % 5 == 0 {
            None
        } else {
            date(&format!("2021-12-{:02}", index % 4 + 1))
        };
        given.item_number = (index % 2 == 1).then(|| i32::try_from(index).unwrap());
        given.sectors = vec![if index % 3 == 0 { "customs" } else { "energy" }.to_owned()];
        if index % 4 == 0 {
            given.r#type = DocumentType::Treaty.into();
            given.level = DocumentLevel::Interstate.into();
        }
        uz.documents.create_document(request).await.unwrap();
    }
}

async fn pages(register: &Register, request: ListDocumentsRequest) -> Vec<Document> {
    let mut reader = register.reader.clone();
    let mut all = Vec::new();
    let mut request = request;
    loop {
        let page = reader
            .documents
            .list_documents(request.clone())
            .await
            .unwrap()
            .into_inner();
        if request.page_size > 0 {
            assert!(page.documents.len() <= usize::try_from(request.page_size).unwrap());
        }
        all.extend(page.documents);
        if page.next_page_token.is_empty() {
            return all;
        }
        request.page_token = page.next_page_token;
    }
}

async fn ids(register: &Register, filter: &str, order_by: &str) -> Vec<String> {
    let request = ListDocumentsRequest {
        filter: filter.to_owned(),
        order_by: order_by.to_owned(),
        ..list()
    };
    let all = pages(register, request).await;
    all.into_iter()
        .map(|found| found.name.rsplit('/').next().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn pages_of_every_size_give_the_same_documents_in_the_same_order() {
    on_each_engine(async |register| {
        with_many(&register).await;
        for order_by in [
            "",
            "signature_date desc",
            "item_number, type desc",
            "create_time",
            "level,document_id desc",
        ] {
            let request = |page_size| ListDocumentsRequest {
                page_size,
                order_by: order_by.to_owned(),
                ..list()
            };
            let whole = pages(&register, request(1_000)).await;
            assert_eq!(whole.len(), MANY);
            for page_size in [1, 5, 16, 53, 100] {
                assert_eq!(
                    pages(&register, request(page_size)).await,
                    whole,
                    "{order_by} by {page_size}"
                );
            }
        }
    })
    .await;
}

#[tokio::test]
async fn documents_of_a_sector_or_party_come_in_the_order_of_their_dates() {
    on_each_engine(async |register| {
        with_many(&register).await;
        let moved = UpdateDocumentRequest {
            document: Some(Document {
                name: format!("{PARTNERSHIP}/documents/n03"),
                signature_date: date("2021-12-30"),
                ..Document::default()
            }),
            ..UpdateDocumentRequest::default()
        };
        let mut uz = register.uz.clone();
        uz.documents.update_document(moved).await.unwrap();
        for order_by in ["signature_date", "signature_date desc"] {
            let request = |filter: &str, page_size| ListDocumentsRequest {
                filter: filter.to_owned(),
                order_by: order_by.to_owned(),
                page_size,
                ..list()
            };
            let all = pages(&register, request("", 1_000)).await;
            let since = date("2021-12-03").unwrap();
            let is_since = |found: &Document| {
                let day = found.signature_date.as_ref();
                day.is_some_and(|day| {
                    (day.year, day.month, day.day) >= (2021, since.month, since.day)
                })
            };
            let in_sector = |found: &&Document| found.sectors == ["customs"];
            let customs: Vec<Document> = all.iter().filter(in_sector).cloned().collect();
            assert_eq!(customs.len(), MANY / 3);
            let late: Vec<Document> = customs
                .iter()
                .filter(|one| is_since(one))
                .cloned()
                .collect();
            assert!(late.len() > 2 && late.len() < customs.len());
            for page_size in [1, 7, 50] {
                for (filter, expected) in [
                    ("sectors:customs", &customs),
                    ("parties:UZ", &all),
                    ("sectors:customs AND parties:KZ", &customs),
                    ("sectors:customs AND signature_date >= 2021-12-03", &late),
                ] {
                    let found = pages(&register, request(filter, page_size)).await;
                    assert_eq!(found, *expected, "{filter} by {order_by}, {page_size}");
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn documents_are_found_by_every_documented_field() {
    on_each_engine(async |register| {
        with_many(&register).await;
        let count = async |filter: &str| ids(&register, filter, "").await.len();
        assert_eq!(count("type = DOCUMENT_TYPE_TREATY").await, 15);
        assert_eq!(
            count("type = DOCUMENT_TYPE_TREATY AND NOT level = DOCUMENT_LEVEL_INTERSTATE").await,
            0
        );
        assert_eq!(count("sectors:\"customs\"").await, 20);
        assert_eq!(
            count("sectors:\"customs\" OR sectors:\"energy\"").await,
            MANY
        );
        assert_eq!(count("parties:\"KZ\"").await, MANY);
        assert_eq!(count("parties:\"KG\"").await, 0);
        assert_eq!(count("titles:\"number 7,\"").await, 1);
        assert_eq!(count("titles:\"100% \\\"_\\\" new\"").await, MANY);
        assert_eq!(count("document_id = \"n07\"").await, 1);
        assert_eq!(count("item_number = 7").await, 1);
        assert_eq!(count("item_number >= 51").await, 5);
        assert_eq!(count("signature_date = 2021-12-02").await, 12);
        assert_eq!(
            count("signature_date > 2021-12-02 AND signature_date <= 2021-12-04").await,
            24
        );
        assert_eq!(count("signature_date:*").await, MANY - 12);
        assert_eq!(count("NOT signature_date:*").await, 12);
        assert_eq!(count("item_number:*").await, MANY / 2);
        assert_eq!(count("-item_number:* AND type:*").await, MANY / 2);
        assert_eq!(count("signature_place:*").await, 0);
        assert_eq!(count("title_known = true").await, MANY);
        assert_eq!(count("access_level = ACCESS_LEVEL_RESTRICTED").await, 0);
        assert_eq!(count("signature_place = \"\"").await, MANY);
        assert_eq!(count("create_time <= \"2024-06-01T12:00:00Z\"").await, MANY);
        assert_eq!(count("update_time > \"2024-06-01T12:00:00Z\"").await, 0);
        assert_eq!(
            ids(&register, "item_number > 0", "item_number desc").await[0],
            "n59"
        );
        assert_eq!(
            ids(&register, "", "signature_date, item_number").await[0],
            "n00"
        );
    })
    .await;
}

#[tokio::test]
async fn bad_list_requests_are_named_all_at_once() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        let request = ListDocumentsRequest {
            parent: "x".to_owned(),
            page_size: -1,
            filter: "tytle = 1".to_owned(),
            order_by: "tytle".to_owned(),
            ..ListDocumentsRequest::default()
        };
        assert_violations(
            register
                .reader
                .clone()
                .documents
                .list_documents(request)
                .await,
            &[
                ("parent", "NAME_INVALID"),
                ("page_size", "PAGE_SIZE_INVALID"),
                ("filter", "FILTER_INVALID"),
                ("order_by", "ORDER_BY_INVALID"),
            ],
        );
        let missing = ListDocumentsRequest {
            parent: "partnerships/none".to_owned(),
            ..list()
        };
        let missing = register
            .reader
            .clone()
            .documents
            .list_documents(missing)
            .await;
        assert_fault(missing, Code::NotFound, "RESOURCE_NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn a_page_token_belongs_to_its_request() {
    on_each_engine(async |register| {
        with_many(&register).await;
        let mut reader = register.reader.clone();
        let first = ListDocumentsRequest {
            page_size: 5,
            ..list()
        };
        let token = reader
            .documents
            .list_documents(first.clone())
            .await
            .unwrap()
            .into_inner()
            .next_page_token;
        for request in [
            ListDocumentsRequest {
                show_deleted: true,
                ..first.clone()
            },
            ListDocumentsRequest {
                filter: "item_number > 0".to_owned(),
                ..first.clone()
            },
            ListDocumentsRequest {
                order_by: "level".to_owned(),
                ..first.clone()
            },
        ] {
            let request = ListDocumentsRequest {
                page_token: token.clone(),
                ..request
            };
            let refused = reader.documents.list_documents(request).await;
            assert_violations(refused, &[("page_token", "PAGE_TOKEN_INVALID")]);
        }
        let tampered = ListDocumentsRequest {
            page_token: format!("{token}x"),
            ..first
        };
        let refused = reader.documents.list_documents(tampered).await;
        assert_violations(refused, &[("page_token", "PAGE_TOKEN_INVALID")]);
    })
    .await;
}

#[tokio::test]
async fn acts_are_listed_by_date_and_found_by_their_fields() {
    on_each_engine(async |register| {
        register.with_document().await;
        for (party, kind, on) in [
            ("KZ", ActKind::Ratification, "2023-10-19"),
            ("UZ", ActKind::Signature, "2021-12-06"),
            ("KZ", ActKind::Signature, "2021-12-06"),
            ("UZ", ActKind::DomesticApproval, "2022-05-06"),
        ] {
            let mut request = sample::act(CUSTOMS, party, kind, on);
            request.act_id = format!("{}-{}", party.to_lowercase(), i32::from(kind));
            register.record(request).await;
        }
        let retract = RetractActRequest {
            name: format!("{CUSTOMS}/acts/uz-4"),
            reason: "x".to_owned(),
            ..RetractActRequest::default()
        };
        register.uz.clone().acts.retract_act(retract).await.unwrap();
        let ids = async |filter: &str, order_by: &str, page_size: i32| {
            let mut request = ListActsRequest {
                parent: CUSTOMS.to_owned(),
                filter: filter.to_owned(),
                order_by: order_by.to_owned(),
                page_size,
                ..ListActsRequest::default()
            };
            let mut ids = Vec::new();
            loop {
                let page = register
                    .reader
                    .clone()
                    .acts
                    .list_acts(request.clone())
                    .await
                    .unwrap()
                    .into_inner();
                ids.extend(
                    page.acts
                        .into_iter()
                        .map(|act| act.name.rsplit('/').next().unwrap().to_owned()),
                );
                request.page_token = page.next_page_token;
                if request.page_token.is_empty() {
                    return ids;
                }
            }
        };
        for page_size in [1, 5, 16, 53, 100] {
            assert_eq!(
                ids("", "", page_size).await,
                ["kz-3", "uz-3", "uz-4", "kz-5"]
            );
            assert_eq!(
                ids("", "party desc, kind", page_size).await,
                ["uz-3", "uz-4", "kz-3", "kz-5"]
            );
        }
        assert_eq!(
            ids("party = \"UZ\" AND retracted = false", "", 0).await,
            ["uz-3"]
        );
        assert_eq!(
            ids("kind = ACT_KIND_RATIFICATION AND date > 2022-01-01", "", 0).await,
            ["kz-5"]
        );
        assert_eq!(
            ids("recorder = \"kz-mfa\"", "act_id desc", 0).await,
            ["kz-5", "kz-3"]
        );
    })
    .await;
}
