//! `ListRelations`, cycles of relations, and the deletion of documents that others refer to.

mod deletion;

use accord_proto::documents::v1::{
    AccessLevel, BatchCreateDocumentsRequest, DeleteDocumentRequest, Document, DocumentRelation,
    ListRelationsRequest, LocalizedText, Partnership, Relation, RelationDirection, RelationKind,
    UndeleteDocumentRequest, UpdateDocumentRequest, UpdatePartnershipRequest, WithDocument,
    entry_into_force::Rule,
};
use prost::Message as _;
use tonic::Code;

use crate::{
    errors::{assert_fault, assert_violations},
    peers::ROADMAP,
    register::{Caller, Register, on_each_engine},
    sample::{self, PARTNERSHIP, entry},
};

fn name(id: &str) -> String {
    format!("{PARTNERSHIP}/documents/{id}")
}

fn relation(kind: RelationKind, target: &str) -> Relation {
    Relation {
        kind: kind.into(),
        target: target.to_owned(),
    }
}

/// Registers a document with relations to others by their ids.
async fn create(register: &Register, id: &str, relations: &[(RelationKind, &str)]) -> Document {
    let mut request = sample::document(id);
    request.document.as_mut().unwrap().relations = relations
        .iter()
        .map(|(kind, target)| relation(*kind, &name(target)))
        .collect();
    let mut uz = register.uz.clone();
    uz.documents
        .create_document(request)
        .await
        .unwrap()
        .into_inner()
}

/// The request that gives a document these relations and no others.
fn relate(id: &str, relations: Vec<Relation>) -> UpdateDocumentRequest {
    UpdateDocumentRequest {
        document: Some(Document {
            name: name(id),
            relations,
            ..Document::default()
        }),
        update_mask: Some(prost_types::FieldMask {
            paths: vec!["relations".to_owned()],
        }),
        ..UpdateDocumentRequest::default()
    }
}

fn delete(id: &str, force: bool) -> DeleteDocumentRequest {
    DeleteDocumentRequest {
        name: name(id),
        force,
        ..DeleteDocumentRequest::default()
    }
}

fn ask(id: &str) -> ListRelationsRequest {
    ListRelationsRequest {
        parent: name(id),
        ..ListRelationsRequest::default()
    }
}

/// Reads all relations, some at a time.
async fn listed(caller: &Caller, id: &str, page_size: i32) -> Vec<DocumentRelation> {
    let mut request = ask(id);
    request.page_size = page_size;
    let mut relations = Vec::new();
    loop {
        let mut client = caller.documents.clone();
        let page = client.list_relations(request.clone()).await.unwrap();
        let page = page.into_inner();
        assert!(page.relations.len() <= usize::try_from(page_size).unwrap());
        relations.extend(page.relations);
        if page.next_page_token.is_empty() {
            return relations;
        }
        request.page_token = page.next_page_token;
    }
}

/// Direction, kind and last word of each relation, in few words.
fn told(relations: &[DocumentRelation]) -> Vec<String> {
    let words = relations.iter().map(|relation| {
        let sign = match relation.direction() {
            RelationDirection::Outgoing => ">",
            RelationDirection::Incoming => "<",
            RelationDirection::Unspecified => "?",
        };
        let kind = relation.kind().as_str_name();
        let kind = kind.strip_prefix("RELATION_KIND_").unwrap();
        let id = relation.resource.rsplit('/').next().unwrap();
        format!("{sign}{kind} {id}")
    });
    words.collect()
}

#[tokio::test]
async fn relations_are_read_from_either_end_in_order_and_page_by_page() {
    use RelationKind::{Amends, AnnexOf, Implements, Regulates, RoadmapOf};
    on_each_engine(async |register| {
        register.with_partnership().await;
        create(&register, "plan", &[]).await;
        create(&register, "treaty", &[]).await;
        create(
            &register,
            "middle",
            &[(AnnexOf, "treaty"), (Implements, "plan")],
        )
        .await;
        create(&register, "b", &[(Amends, "middle"), (Regulates, "middle")]).await;
        create(&register, "a", &[(Amends, "middle")]).await;
        let mut uz = register.uz.clone();
        let request = relate(
            "middle",
            vec![
                relation(RoadmapOf, ROADMAP),
                relation(Implements, &name("plan")),
                relation(Implements, &name("treaty")),
            ],
        );
        uz.documents.update_document(request).await.unwrap();
        let expected = [
            ">IMPLEMENTS plan",
            ">IMPLEMENTS treaty",
            ">ROADMAP_OF r",
            "<REGULATES b",
            "<AMENDS a",
            "<AMENDS b",
        ];
        for page_size in [1, 2, 3, 4, 5, 6, 100] {
            let relations = listed(&register.reader, "middle", page_size).await;
            assert_eq!(told(&relations), expected, "{page_size}");
        }
        let relations = listed(&register.reader, "middle", 100).await;
        let documents: Vec<_> = relations
            .iter()
            .map(|relation| relation.document.as_ref().map(|found| found.name.as_str()))
            .collect();
        let (plan, b) = (name("plan"), name("b"));
        assert_eq!(documents[0], Some(plan.as_str()));
        assert_eq!(documents[2], None, "a roadmap is no document");
        assert_eq!(documents[3], Some(b.as_str()));
        let gone = listed(&register.reader, "treaty", 100).await;
        assert_eq!(told(&gone), ["<IMPLEMENTS middle"]);

        for (direction, expected) in [
            (RelationDirection::Outgoing, &expected[..3]),
            (RelationDirection::Incoming, &expected[3..]),
        ] {
            let mut request = ask("middle");
            request.direction = direction.into();
            let page = uz.documents.list_relations(request).await.unwrap();
            assert_eq!(told(&page.into_inner().relations), expected);
        }
    })
    .await;
}

#[tokio::test]
async fn a_bad_question_about_relations_tells_every_violation() {
    on_each_engine(async |register| {
        register.with_document().await;
        let mut uz = register.uz.clone();
        let request = ListRelationsRequest {
            parent: "documents/x".to_owned(),
            page_size: -1,
            page_token: "x".to_owned(),
            direction: 9,
        };
        assert_violations(
            uz.documents.list_relations(request).await,
            &[
                ("parent", "NAME_INVALID"),
                ("page_size", "PAGE_SIZE_INVALID"),
                ("page_token", "PAGE_TOKEN_INVALID"),
                ("direction", "FIELD_INVALID"),
            ],
        );
        let unknown = uz.documents.list_relations(ask("nowhere")).await;
        assert_fault(unknown, Code::NotFound, "RESOURCE_NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn who_may_not_read_a_document_learns_of_no_relation_of_it() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        create(&register, "open", &[]).await;
        let mut hidden = sample::document("hidden");
        let given = hidden.document.as_mut().unwrap();
        given.access_level = AccessLevel::Restricted.into();
        given.relations = vec![relation(RelationKind::Amends, &name("open"))];
        let mut uz = register.uz.clone();
        uz.documents.create_document(hidden).await.unwrap();
        create(&register, "other", &[(RelationKind::Implements, "hidden")]).await;

        let (reader, editor) = (&register.reader, &register.uz);
        assert_eq!(told(&listed(editor, "open", 9).await), ["<AMENDS hidden"]);
        assert!(listed(reader, "open", 9).await.is_empty());
        let refused = reader.clone().documents.list_relations(ask("hidden")).await;
        assert_fault(refused, Code::PermissionDenied, "ACCESS_LEVEL_REQUIRED");
        let outgoing = listed(reader, "other", 9).await;
        let shown = outgoing[0].document.as_ref().unwrap();
        assert!(shown.redacted && shown.titles.is_empty());
        let outgoing = listed(editor, "other", 9).await;
        assert!(!outgoing[0].document.as_ref().unwrap().redacted);
    })
    .await;
}

#[tokio::test]
async fn a_relation_that_would_close_a_circle_is_refused_and_tells_the_way() {
    use RelationKind::{Amends, AnnexOf, Implements, Regulates, Supersedes};
    on_each_engine(async |register| {
        register.with_partnership().await;
        let mut uz = register.uz.clone();
        for kind in [Implements, Amends, Supersedes, AnnexOf] {
            let id = |letter: &str| format!("{letter}{}", kind as i32);
            let (a, b, c) = (id("a"), id("b"), id("c"));
            create(&register, &a, &[]).await;
            create(&register, &b, &[(kind, &a)]).await;
            create(&register, &c, &[(kind, &b)]).await;
            let mut request = relate(&a, vec![relation(kind, &name(&c))]);
            request.validate_only = true;
            let refused = uz.documents.update_document(request.clone()).await;
            assert_fault(refused, Code::FailedPrecondition, "RELATION_CYCLE");
            request.validate_only = false;
            let refused = uz.documents.update_document(request).await;
            let fault = assert_fault(refused, Code::FailedPrecondition, "RELATION_CYCLE");
            assert_eq!(fault.metadata["kind"], kind.as_str_name());
            let way = [&a, &c, &b, &a].map(|id| name(id)).join(" ");
            assert_eq!(fault.metadata["cycle"], way);
            assert_eq!(
                told(&listed(&register.uz, &a, 9).await).len(),
                1,
                "nothing changed"
            );
        }
        // Kind by kind: what regulates may be regulated, and other kinds lead back.
        let request = relate("a3", vec![relation(Regulates, &name("c3"))]);
        uz.documents.update_document(request).await.unwrap();
        let request = relate("a1", vec![relation(Amends, &name("c1"))]);
        uz.documents.update_document(request).await.unwrap();
    })
    .await;
}

/// Registers a restricted document of Uzbekistan and Kazakhstan that relates to another.
async fn create_hidden(register: &Register, id: &str, kind: RelationKind, target: &str) {
    let mut request = sample::document(id);
    let given = request.document.as_mut().unwrap();
    given.access_level = AccessLevel::Restricted.into();
    given.relations = vec![relation(kind, &name(target))];
    let mut uz = register.uz.clone();
    uz.documents.create_document(request).await.unwrap();
}

/// Makes the partnership one of three states, with a document of Uzbekistan and Kyrgyzstan.
async fn with_shared(register: &Register) {
    let mut request = sample::partnership();
    let given = request.partnership.as_mut().unwrap();
    given.parties.push("KG".to_owned());
    let mut uz = register.uz.clone();
    uz.partnerships.create_partnership(request).await.unwrap();
    let mut shared = sample::document("shared");
    shared.document.as_mut().unwrap().parties = vec!["UZ".to_owned(), "KG".to_owned()];
    uz.documents.create_document(shared).await.unwrap();
}

/// Everything in an error that a caller could read.
fn told_by(status: &tonic::Status) -> String {
    let details = String::from_utf8_lossy(status.details()).into_owned();
    format!("{} {details}", status.message())
}

#[tokio::test]
async fn a_circle_through_what_the_caller_may_not_read_is_refused_and_tells_nothing_of_it() {
    use RelationKind::Amends;
    on_each_engine(async |register| {
        with_shared(&register).await;
        let mut uz = register.uz.clone();
        create_hidden(&register, "first", Amends, "shared").await;
        create_hidden(&register, "second", Amends, "first").await;

        let close = relate("shared", vec![relation(Amends, &name("second"))]);
        let mut kg = register.kg.clone();
        let refused = kg.documents.update_document(close.clone()).await;
        let told = told_by(refused.as_ref().unwrap_err());
        let fault = assert_fault(refused, Code::FailedPrecondition, "RELATION_CYCLE");
        assert_eq!(fault.metadata["cycle"], "");
        assert_eq!(fault.metadata["kind"], "RELATION_KIND_AMENDS");
        for hidden in ["first", "second", "not disclosed"] {
            assert!(!told.contains(hidden), "{told}");
        }
        let refused = uz.documents.update_document(close).await;
        let fault = assert_fault(refused, Code::FailedPrecondition, "RELATION_CYCLE");
        let way = ["shared", "second", "first", "shared"].map(name).join(" ");
        assert_eq!(fault.metadata["cycle"], way);
    })
    .await;
}

#[tokio::test]
async fn a_deletion_does_not_count_or_name_what_the_caller_may_not_read() {
    use RelationKind::{Amends, Implements};
    on_each_engine(async |register| {
        with_shared(&register).await;
        let mut uz = register.uz.clone();
        create_hidden(&register, "first", Amends, "shared").await;
        create_hidden(&register, "second", Implements, "shared").await;

        let mut kg = register.kg.clone();
        let refused = kg.documents.delete_document(delete("shared", false)).await;
        let told = told_by(refused.as_ref().unwrap_err());
        let fault = assert_fault(refused, Code::FailedPrecondition, "DOCUMENT_REFERENCED");
        assert_eq!(fault.metadata["referrer_count"], "0");
        assert_eq!(fault.metadata["referrers"], "");
        assert!(
            !told.contains("first") && !told.contains("second"),
            "{told}"
        );

        create(&register, "open", &[(Amends, "shared")]).await;
        let refused = kg.documents.delete_document(delete("shared", false)).await;
        let told = told_by(refused.as_ref().unwrap_err());
        let fault = assert_fault(refused, Code::FailedPrecondition, "DOCUMENT_REFERENCED");
        assert_eq!(fault.metadata["referrer_count"], "1");
        assert_eq!(fault.metadata["referrers"], name("open"));
        assert!(!told.contains("may not read"), "{told}");
        let refused = uz.documents.delete_document(delete("shared", false)).await;
        let fault = assert_fault(refused, Code::FailedPrecondition, "DOCUMENT_REFERENCED");
        assert_eq!(fault.metadata["referrer_count"], "3");
        kg.documents
            .delete_document(delete("shared", true))
            .await
            .unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_deleted_document_is_on_no_circle_and_does_not_come_back_into_one() {
    use RelationKind::Amends;
    on_each_engine(async |register| {
        register.with_partnership().await;
        create(&register, "a", &[]).await;
        create(&register, "b", &[(Amends, "a")]).await;
        let mut uz = register.uz.clone();
        uz.documents
            .delete_document(delete("b", false))
            .await
            .unwrap();
        let shown = listed(&register.reader, "a", 9).await;
        assert_eq!(told(&shown), ["<AMENDS b"]);
        assert!(shown[0].document.as_ref().unwrap().delete_time.is_some());
        let request = relate("a", vec![relation(Amends, &name("b"))]);
        uz.documents.update_document(request).await.unwrap();
        let back = UndeleteDocumentRequest {
            name: name("b"),
            ..UndeleteDocumentRequest::default()
        };
        let refused = uz.documents.undelete_document(back.clone()).await;
        assert_fault(refused, Code::FailedPrecondition, "RELATION_CYCLE");
        uz.documents
            .update_document(relate("a", vec![]))
            .await
            .unwrap();
        uz.documents.undelete_document(back).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_batch_keeps_its_relations_and_asks_for_each_foreign_name_once() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        let mut requests = Vec::new();
        for index in 0..5 {
            let mut request = sample::document(&format!("n{index}"));
            let given = request.document.as_mut().unwrap();
            given.relations = vec![relation(RelationKind::RoadmapOf, ROADMAP)];
            if index > 0 {
                let before = name(&format!("n{}", index - 1));
                given
                    .relations
                    .push(relation(RelationKind::Amends, &before));
            }
            requests.push(request);
        }
        let batch = BatchCreateDocumentsRequest {
            parent: PARTNERSHIP.to_owned(),
            requests,
            ..BatchCreateDocumentsRequest::default()
        };
        let mut uz = register.uz.clone();
        uz.documents.batch_create_documents(batch).await.unwrap();
        assert_eq!(register.peers.asked(), [ROADMAP]);
        let relations = listed(&register.reader, "n2", 9).await;
        assert_eq!(
            told(&relations),
            [">AMENDS n1", ">ROADMAP_OF r", "<AMENDS n3"]
        );
    })
    .await;
}

#[tokio::test]
async fn a_page_of_relations_ends_where_its_documents_would_outgrow_a_message() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        create(&register, "base", &[]).await;
        let mut uz = register.uz.clone();
        // Two bytes a letter, twenty titles each: 60 of them weigh more than 4 MiB.
        let languages = ["en", "ru", "kk", "uz", "ky", "tg", "tk", "de", "fr", "es"];
        let titles: Vec<_> = (0..20)
            .map(|index| LocalizedText {
                language_code: format!("{}-{}", languages[index % 10], ["KZ", "UZ"][index / 10]),
                text: "ж".repeat(2_000),
            })
            .collect();
        for part in 0..3 {
            let requests = (0..20).map(|index| {
                let mut request = sample::document(&format!("n{part}{index:02}"));
                let given = request.document.as_mut().unwrap();
                given.titles = titles.clone();
                given.relations = vec![relation(RelationKind::Amends, &name("base"))];
                request
            });
            let batch = BatchCreateDocumentsRequest {
                parent: PARTNERSHIP.to_owned(),
                requests: requests.collect(),
                ..BatchCreateDocumentsRequest::default()
            };
            uz.documents.batch_create_documents(batch).await.unwrap();
        }
        let mut request = ListRelationsRequest {
            parent: name("base"),
            page_size: 1_000,
            ..ListRelationsRequest::default()
        };
        let (mut found, mut pages) = (Vec::new(), 0);
        loop {
            let page = uz.documents.list_relations(request.clone()).await;
            let page = page.unwrap().into_inner();
            assert!(page.encoded_len() <= 3 << 20);
            found.extend(page.relations.into_iter().map(|relation| relation.resource));
            pages += 1;
            if page.next_page_token.is_empty() {
                break;
            }
            request.page_token = page.next_page_token;
        }
        assert_eq!((found.len(), pages), (60, 2));
        assert!(found.is_sorted());
    })
    .await;
}
