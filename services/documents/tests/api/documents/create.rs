//! `CreateDocument` and `GetDocument`.

use accord_proto::documents::v1::{
    AccessLevel, AfterLastNotification, AfterNotificationBy, CreateDocumentRequest, DateOffset,
    DocumentType, DurationRule, EffectivePeriod, GetDocumentRequest, LocalizedText, OnDate,
    Relation, RelationKind, RenewableTerm, SigningBody, WithDocument, date_offset::Length,
    document_service_client::DocumentServiceClient, duration_rule, entry_into_force::Rule,
};
use tonic::Code;

use crate::{
    errors::{assert_fault, assert_violations},
    register::on_each_engine,
    sample::{self, CUSTOMS, date, entry, source},
};

fn get(name: &str) -> GetDocumentRequest {
    GetDocumentRequest {
        name: name.to_owned(),
    }
}

#[tokio::test]
async fn create_then_get_answers_the_same_document() {
    on_each_engine(async |register| {
        let created = register.with_document().await;
        assert_eq!(created.name, CUSTOMS);
        assert_eq!(created.title_known, Some(true));
        assert_eq!(created.access_level, i32::from(AccessLevel::Public));
        assert_eq!(created.create_time, created.update_time);
        assert!(created.delete_time.is_none() && created.purge_time.is_none());
        let found = register
            .operator
            .clone()
            .documents
            .get_document(get(CUSTOMS))
            .await
            .unwrap();
        assert_eq!(found.into_inner(), created);
    })
    .await;
}

#[tokio::test]
async fn every_field_survives_the_way_into_the_database_and_back() {
    on_each_engine(async |register| {
        register.with_document().await;
        let mut request = sample::document("full");
        let given = request.document.as_mut().unwrap();
        given.titles.push(LocalizedText {
            language_code: "uz-Latn".to_owned(),
            text: "Bitim".to_owned(),
        });
        given.title_known = Some(false);
        given.signing_bodies = vec![SigningBody {
            party: "UZ".to_owned(),
            body: "Government".to_owned(),
            signatory: "A. Person".to_owned(),
        }];
        given.signature_place = "Nur-Sultan".to_owned();
        given.signature_date = date("2021-12-06");
        given.access_level = AccessLevel::Restricted.into();
        given.sources = source().into_iter().collect();
        given.relations = vec![
            Relation {
                kind: RelationKind::Implements.into(),
                target: CUSTOMS.to_owned(),
            },
            Relation {
                kind: RelationKind::RoadmapOf.into(),
                target: "partnerships/uz-kz/roadmaps/r".to_owned(),
            },
        ];
        let offset = Some(DateOffset {
            length: Some(Length::FirstDayOfMonth(2)),
        });
        let mut clause = entry(Rule::AfterLastNotification(AfterLastNotification {
            offset,
        }));
        clause.stated_date = date("2022-08-01");
        clause.stated_date_source = source();
        clause.clause = "Article 9".to_owned();
        given.entry_into_force = Some(clause);
        let term = RenewableTerm {
            initial_months: 60,
            renewal_months: 12,
            notice_months: 6,
        };
        given.duration = Some(DurationRule {
            rule: Some(duration_rule::Rule::Renewable(term)),
        });
        let expected = given.clone();
        let created = register
            .uz
            .clone()
            .documents
            .create_document(request)
            .await
            .unwrap()
            .into_inner();
        let mut found = register
            .kz
            .clone()
            .documents
            .get_document(get(&created.name))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(found, created);
        for field in [&mut found.name, &mut found.uid, &mut found.etag] {
            assert!(!std::mem::take(field).is_empty());
        }
        assert!(found.create_time.take().is_some() && found.update_time.take().is_some());
        assert_eq!(found, expected);
    })
    .await;
}

#[tokio::test]
async fn without_an_id_the_service_makes_one() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        let created = register
            .uz
            .clone()
            .documents
            .create_document(sample::document(""))
            .await
            .unwrap()
            .into_inner();
        assert!(created.name.starts_with("partnerships/uz-kz/documents/d-"));
        register
            .uz
            .clone()
            .documents
            .get_document(get(&created.name))
            .await
            .unwrap();
    })
    .await;
}

#[tokio::test]
async fn every_wrong_field_of_a_new_document_is_named() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        let mut request = sample::document("1st");
        request.parent = "partnership/uz-kz".to_owned();
        let given = request.document.as_mut().unwrap();
        given.titles = vec![
            LocalizedText {
                language_code: "uzbek!".to_owned(),
                text: "x".repeat(2_001),
            },
            LocalizedText {
                language_code: "en".to_owned(),
                text: "bell\u{7}".to_owned(),
            },
        ];
        given.item_number = Some(0);
        given.r#type = 99;
        given.level = 0;
        given.sectors = vec!["Customs".to_owned()];
        given.parties = vec!["UZ".to_owned()];
        given.signing_bodies = vec![SigningBody {
            party: "KZ".to_owned(),
            ..SigningBody::default()
        }];
        given.signature_date = Some(accord_proto::google::r#type::Date {
            year: 2023,
            month: 2,
            day: 29,
        });
        given.access_level = 9;
        given.relations = vec![Relation {
            kind: 0,
            target: "roadmaps/x".to_owned(),
        }];
        given.sources = vec![accord_proto::documents::v1::Source {
            uri: "lex.uz".to_owned(),
            note: String::new(),
        }];
        let rule = AfterNotificationBy {
            party: "KZ".to_owned(),
            offset: Some(DateOffset {
                length: Some(Length::Days(0)),
            }),
        };
        given.entry_into_force = Some(entry(Rule::AfterNotificationBy(rule)));
        given.duration = Some(DurationRule { rule: None });
        assert_violations(
            register.uz.clone().documents.create_document(request).await,
            &[
                ("parent", "NAME_INVALID"),
                ("document_id", "ID_INVALID"),
                ("document.titles[0].language_code", "LANGUAGE_TAG_INVALID"),
                ("document.titles[0].text", "TEXT_TOO_LONG"),
                ("document.titles[1].text", "TEXT_INVALID"),
                ("document.item_number", "FIELD_INVALID"),
                ("document.type", "FIELD_INVALID"),
                ("document.level", "FIELD_REQUIRED"),
                ("document.sectors[0]", "ID_INVALID"),
                ("document.parties", "FIELD_INVALID"),
                ("document.signing_bodies[0].party", "NOT_A_PARTY"),
                ("document.signing_bodies[0].body", "FIELD_REQUIRED"),
                ("document.signature_date", "DATE_INVALID"),
                ("document.access_level", "FIELD_INVALID"),
                ("document.relations[0].kind", "FIELD_REQUIRED"),
                ("document.relations[0].target", "NAME_INVALID"),
                ("document.sources[0].uri", "URI_INVALID"),
                (
                    "document.entry_into_force.after_notification_by.party",
                    "NOT_A_PARTY",
                ),
                (
                    "document.entry_into_force.after_notification_by.offset.days",
                    "FIELD_INVALID",
                ),
                ("document.duration.rule", "FIELD_REQUIRED"),
            ],
        );
        let empty = CreateDocumentRequest::default();
        assert_violations(
            register.uz.clone().documents.create_document(empty).await,
            &[("parent", "FIELD_REQUIRED"), ("document", "FIELD_REQUIRED")],
        );
    })
    .await;
}

#[tokio::test]
async fn rules_that_contradict_the_type_are_refused() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        let create =
            async |kind: DocumentType, rule: Option<Rule>, period: Option<EffectivePeriod>| {
                let mut request = sample::document("x");
                let given = request.document.as_mut().unwrap();
                given.r#type = kind.into();
                given.entry_into_force = rule.map(entry);
                given.effective_period = period;
                register.uz.clone().documents.create_document(request).await
            };
        let on_date = || {
            Some(Rule::OnDate(OnDate {
                date: date("2022-01-01"),
            }))
        };
        let period = |start: &str, end: &str| {
            Some(EffectivePeriod {
                start_date: date(start),
                end_date: date(end),
            })
        };
        assert_violations(
            create(DocumentType::Declaration, on_date(), None).await,
            &[("document.entry_into_force", "NOT_APPLICABLE")],
        );
        assert_violations(
            create(
                DocumentType::Treaty,
                None,
                period("2022-01-01", "2023-01-01"),
            )
            .await,
            &[("document.effective_period", "NOT_APPLICABLE")],
        );
        assert_violations(
            create(
                DocumentType::Memorandum,
                on_date(),
                period("2022-01-01", "2023-01-01"),
            )
            .await,
            &[("document.entry_into_force", "NOT_APPLICABLE")],
        );
        assert_violations(
            create(
                DocumentType::Roadmap,
                None,
                period("2022-01-02", "2022-01-01"),
            )
            .await,
            &[("document.effective_period.end_date", "DATE_INVALID")],
        );
        let waits_for_itself = WithDocument {
            document: "partnerships/uz-kz/documents/x".to_owned(),
        };
        assert_violations(
            create(
                DocumentType::Treaty,
                Some(Rule::WithDocument(waits_for_itself)),
                None,
            )
            .await,
            &[(
                "document.entry_into_force.with_document.document",
                "FIELD_INVALID",
            )],
        );
    })
    .await;
}

#[tokio::test]
async fn what_a_document_refers_to_must_be_registered() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        let mut request = sample::document("x");
        let given = request.document.as_mut().unwrap();
        given.parties = vec!["UZ".to_owned(), "TJ".to_owned()];
        given.relations = vec![Relation {
            kind: RelationKind::Amends.into(),
            target: CUSTOMS.to_owned(),
        }];
        let other = WithDocument {
            document: "partnerships/none/documents/y".to_owned(),
        };
        given.entry_into_force = Some(entry(Rule::WithDocument(other)));
        assert_violations(
            register.uz.clone().documents.create_document(request).await,
            &[
                ("document.parties[1]", "NOT_A_PARTY"),
                ("document.relations[0].target", "REFERENCE_NOT_FOUND"),
                (
                    "document.entry_into_force.with_document.document",
                    "REFERENCE_NOT_FOUND",
                ),
            ],
        );
    })
    .await;
}

#[tokio::test]
async fn names_and_item_numbers_are_unique() {
    on_each_engine(async |register| {
        register.with_document().await;
        let mut uz = register.uz.clone();
        let again = uz
            .documents
            .create_document(sample::document("customs-energy"))
            .await;
        assert_fault(again, Code::AlreadyExists, "RESOURCE_ALREADY_EXISTS");
        let mut taken = sample::document("other");
        taken.document.as_mut().unwrap().item_number = Some(3);
        let taken = uz.documents.create_document(taken).await;
        assert_eq!(
            assert_fault(taken, Code::AlreadyExists, "ITEM_NUMBER_TAKEN").metadata["taken_by"],
            CUSTOMS
        );
        let mut orphan = sample::document("other");
        orphan.parent = "partnerships/none".to_owned();
        let orphan = uz.documents.create_document(orphan).await;
        assert_fault(orphan, Code::NotFound, "RESOURCE_NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn who_may_not_is_refused() {
    on_each_engine(async |register| {
        register.with_document().await;
        let stranger = register
            .kg
            .clone()
            .documents
            .create_document(sample::document("x"))
            .await;
        assert_fault(stranger, Code::PermissionDenied, "PARTY_MISMATCH");
        let reader = register
            .reader
            .clone()
            .documents
            .create_document(sample::document("x"))
            .await;
        assert_fault(reader, Code::PermissionDenied, "ROLE_REQUIRED");
        let nobody = DocumentServiceClient::new(register.nobody.clone())
            .get_document(get(CUSTOMS))
            .await;
        assert_fault(nobody, Code::Unauthenticated, "TOKEN_MISSING");
        let missing = register
            .reader
            .clone()
            .documents
            .get_document(get("partnerships/uz-kz/documents/no"))
            .await;
        assert_fault(missing, Code::NotFound, "RESOURCE_NOT_FOUND");
        let malformed = register
            .reader
            .clone()
            .documents
            .get_document(get("documents/no"))
            .await;
        assert_violations(malformed, &[("name", "NAME_INVALID")]);
    })
    .await;
}
