//! Bad input about clauses, dates, titles and languages: refused precisely, all at once, and nothing kept.

use accord_proto::{
    documents::v1::{
        ActKind, AfterNotificationBy, Document, DurationRule, FixedTerm, GetDocumentRequest,
        ListDocumentsRequest, LocalizedText, OnDate, OnSignature, RenewableTerm,
        UpdateDocumentRequest, WithDocument, duration_rule, entry_into_force::Rule,
        fixed_term::End,
    },
    google::r#type::Date,
};
use tonic::Status;

use crate::{
    errors::assert_violations,
    register::{Register, on_each_engine},
    sample::{self, CUSTOMS, PARTNERSHIP, date, entry},
};

/// Tries to register a document that `change` makes wrong.
async fn create(
    register: &Register,
    change: impl FnOnce(&mut Document),
) -> Result<Document, Status> {
    let mut request = sample::document("x");
    change(request.document.as_mut().unwrap());
    let created = register.uz.clone().documents.create_document(request).await;
    created.map(tonic::Response::into_inner)
}

fn until(day: &str) -> Option<DurationRule> {
    let end = date(day).map(End::EndDate);
    Some(DurationRule {
        rule: Some(duration_rule::Rule::Fixed(FixedTerm { end })),
    })
}

fn on_date(day: &str) -> Rule {
    Rule::OnDate(OnDate { date: date(day) })
}

async fn assert_nothing_kept(register: &Register) {
    let request = ListDocumentsRequest {
        parent: PARTNERSHIP.to_owned(),
        ..ListDocumentsRequest::default()
    };
    let listed = register.uz.clone().documents.list_documents(request).await;
    assert_eq!(listed.unwrap().into_inner().documents, []);
}

#[tokio::test]
async fn clauses_that_contradict_each_other_are_refused_each_by_its_field() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        let ends_first = create(&register, |document| {
            document.signature_date = date("2024-02-01");
            document.entry_into_force = Some(entry(on_date("2024-01-01")));
            document.duration = until("2023-12-31");
        });
        let field = "document.duration.fixed.end_date";
        assert_violations(
            ends_first.await,
            &[(field, "RULES_CONTRADICT"), (field, "RULES_CONTRADICT")],
        );
        let no_notice = create(&register, |document| {
            let rule = RenewableTerm {
                initial_months: 12,
                renewal_months: 12,
                notice_months: 13,
            };
            document.duration = Some(DurationRule {
                rule: Some(duration_rule::Rule::Renewable(rule)),
            });
        });
        let field = "document.duration.renewable.notice_months";
        assert_violations(no_notice.await, &[(field, "RULES_CONTRADICT")]);
        let itself = create(&register, |document| {
            document.entry_into_force = Some(entry(Rule::WithDocument(WithDocument {
                document: format!("{PARTNERSHIP}/documents/x"),
            })));
        });
        let field = "document.entry_into_force.with_document.document";
        assert_violations(itself.await, &[(field, "FIELD_INVALID")]);
        let stranger = create(&register, |document| {
            document.entry_into_force =
                Some(entry(Rule::AfterNotificationBy(AfterNotificationBy {
                    party: "KG".to_owned(),
                    offset: None,
                })));
        });
        let field = "document.entry_into_force.after_notification_by.party";
        assert_violations(stranger.await, &[(field, "NOT_A_PARTY")]);
        assert_nothing_kept(&register).await;
    })
    .await;
}

#[tokio::test]
async fn clauses_that_only_look_odd_are_taken() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        let odd = create(&register, |document| {
            document.signature_date = date("2024-02-01");
            let mut clause = entry(on_date("2024-01-01"));
            clause.stated_date = date("2023-01-01");
            clause.stated_date_source = sample::source();
            document.entry_into_force = Some(clause);
            document.duration = until("2024-02-01");
        });
        assert!(odd.await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn a_change_that_brings_a_contradiction_is_refused_and_changes_nothing() {
    on_each_engine(async |register| {
        let before = register.with_document().await;
        let request = UpdateDocumentRequest {
            document: Some(Document {
                name: CUSTOMS.to_owned(),
                entry_into_force: Some(entry(Rule::OnSignature(OnSignature {}))),
                duration: until("2021-12-05"),
                ..Document::default()
            }),
            ..UpdateDocumentRequest::default()
        };
        let refused = register.uz.clone().documents.update_document(request).await;
        let field = "document.duration.fixed.end_date";
        assert_violations(refused, &[(field, "RULES_CONTRADICT")]);
        let request = GetDocumentRequest {
            name: CUSTOMS.to_owned(),
        };
        let after = register.uz.clone().documents.get_document(request).await;
        assert_eq!(after.unwrap().into_inner(), before);
    })
    .await;
}

#[tokio::test]
async fn dates_outside_1500_to_2500_are_refused_wherever_they_stand() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        let year = |year| {
            Some(Date {
                year,
                month: 1,
                day: 1,
            })
        };
        let wrong = create(&register, |document| {
            document.signature_date = year(1499);
            let rule = Rule::OnDate(OnDate { date: year(2501) });
            let mut clause = entry(rule);
            clause.stated_date = year(0);
            clause.stated_date_source = sample::source();
            document.entry_into_force = Some(clause);
            let end = year(-1).map(End::EndDate);
            document.duration = Some(DurationRule {
                rule: Some(duration_rule::Rule::Fixed(FixedTerm { end })),
            });
        });
        assert_violations(
            wrong.await,
            &[
                ("document.signature_date", "DATE_INVALID"),
                ("document.entry_into_force.on_date.date", "DATE_INVALID"),
                ("document.entry_into_force.stated_date", "DATE_INVALID"),
                ("document.duration.fixed.end_date", "DATE_INVALID"),
            ],
        );
        assert_nothing_kept(&register).await;
        let edges = create(&register, |document| {
            document.signature_date = date("1500-01-01");
            document.entry_into_force = Some(entry(on_date("2500-12-31")));
        });
        assert!(edges.await.is_ok());

        let mut request = sample::act(
            &format!("{PARTNERSHIP}/documents/x"),
            "UZ",
            ActKind::NotificationSent,
            "2021-12-06",
        );
        let given = request.act.as_mut().unwrap();
        given.date = year(1499);
        given.receipt_date = year(2501);
        given.publication_date = year(1);
        assert_violations(
            register.uz.clone().acts.create_act(request).await,
            &[
                ("act.date", "DATE_INVALID"),
                ("act.receipt_date", "DATE_INVALID"),
                ("act.publication_date", "DATE_INVALID"),
            ],
        );
    })
    .await;
}

#[tokio::test]
async fn an_act_of_a_state_that_is_no_party_is_refused() {
    on_each_engine(async |register| {
        register.with_document().await;
        let request = sample::act(CUSTOMS, "KG", ActKind::Signature, "2021-12-06");
        let refused = register.kg.clone().acts.create_act(request).await;
        assert_violations(refused, &[("act.party", "NOT_A_PARTY")]);
    })
    .await;
}

#[tokio::test]
async fn titles_over_2000_characters_and_wrong_language_tags_are_refused() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        let titles = |tags: &[&str], text: &str| {
            let title = |tag: &&str| LocalizedText {
                language_code: (*tag).to_owned(),
                text: text.to_owned(),
            };
            tags.iter().map(title).collect::<Vec<_>>()
        };
        let too_long = create(&register, |document| {
            document.titles = titles(&["uz-Cyrl"], &"ў".repeat(2_001));
        });
        assert_violations(
            too_long.await,
            &[("document.titles[0].text", "TEXT_TOO_LONG")],
        );
        let long_tag = "a".repeat(100);
        let wrong = [
            "xx-Foo",
            "ru_RU",
            "russian",
            "u",
            "uz-Latn-Cyrl",
            "uz-Latn-UZ-UZ",
            "-ru",
            "ru-",
            "r1",
            "ру",
            " ru",
            &long_tag,
            "i-klingon",
            "x-private",
            "en-1",
            "en-12345",
        ];
        let refused = create(&register, |document| {
            document.titles = titles(&wrong, "t");
            document.titles.push(LocalizedText {
                language_code: String::new(),
                text: "t".to_owned(),
            });
        });
        let fields: Vec<_> = (0..=wrong.len())
            .map(|index| format!("document.titles[{index}].language_code"))
            .collect();
        let mut expected: Vec<_> = fields
            .iter()
            .map(|field| (field.as_str(), "LANGUAGE_TAG_INVALID"))
            .collect();
        expected.last_mut().unwrap().1 = "FIELD_REQUIRED";
        assert_violations(refused.await, &expected);
        assert_nothing_kept(&register).await;

        let taken = create(&register, |document| {
            document.titles = titles(
                &["UZ-LATN", "kk-cyrl-kz", "Ru", "es-419"],
                &"ў".repeat(2_000),
            );
        });
        let document = taken.await.unwrap();
        let tags = document
            .titles
            .iter()
            .map(|title| title.language_code.as_str());
        assert_eq!(
            tags.collect::<Vec<_>>(),
            ["uz-Latn", "kk-Cyrl-KZ", "ru", "es-419"]
        );
    })
    .await;
}
