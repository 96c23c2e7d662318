//! `ActService`.

use accord_proto::documents::v1::{
    Act, ActKind, CreateActRequest, GetActRequest, ListActsRequest, RetractActRequest, Source,
};
use tonic::Code;

use crate::{
    errors::{assert_fault, assert_violations},
    register::on_each_engine,
    sample::{self, CUSTOMS, date},
};

fn retract(act: &Act, reason: &str, etag: &str) -> RetractActRequest {
    RetractActRequest {
        name: act.name.clone(),
        reason: reason.to_owned(),
        etag: etag.to_owned(),
        ..RetractActRequest::default()
    }
}

fn signature(party: &str) -> CreateActRequest {
    sample::act(CUSTOMS, party, ActKind::Signature, "2021-12-06")
}

#[tokio::test]
async fn an_act_is_recorded_by_its_own_party_and_read_by_all() {
    on_each_engine(async |register| {
        register.with_document().await;
        let mut request = signature("KZ");
        request.act_id = "kz-signature".to_owned();
        let given = request.act.as_mut().unwrap();
        given.reference = "Note 1".to_owned();
        given.publication_date = date("2021-12-07");
        let recorded = register.record(request).await;
        assert_eq!(recorded.name, format!("{CUSTOMS}/acts/kz-signature"));
        assert_eq!(recorded.recorder, "kz-mfa");
        let found = register
            .reader
            .clone()
            .acts
            .get_act(GetActRequest {
                name: recorded.name.clone(),
            })
            .await;
        assert_eq!(found.unwrap().into_inner(), recorded);
        let named_by_service = register.record(signature("UZ")).await;
        assert!(
            named_by_service
                .name
                .starts_with(&format!("{CUSTOMS}/acts/a-"))
        );
    })
    .await;
}

#[tokio::test]
async fn a_partys_word_is_refused_to_the_other_side() {
    on_each_engine(async |register| {
        register.with_document().await;
        let other = register.uz.clone().acts.create_act(signature("KZ")).await;
        assert_eq!(
            assert_fault(other, Code::PermissionDenied, "PARTY_MISMATCH").metadata["party"],
            "KZ"
        );
        let operator = register
            .operator
            .clone()
            .acts
            .create_act(signature("KZ"))
            .await;
        assert_fault(operator, Code::PermissionDenied, "ROLE_REQUIRED");
        let reader = register
            .reader
            .clone()
            .acts
            .create_act(signature("UZ"))
            .await;
        assert_fault(reader, Code::PermissionDenied, "ROLE_REQUIRED");
        let recorded = register.record(signature("KZ")).await;
        let retracted = register
            .uz
            .clone()
            .acts
            .retract_act(retract(&recorded, "not ours", ""))
            .await;
        assert_fault(retracted, Code::PermissionDenied, "PARTY_MISMATCH");
        let stranger = register.kg.clone().acts.create_act(signature("KG")).await;
        assert_violations(stranger, &[("act.party", "NOT_A_PARTY")]);
    })
    .await;
}

#[tokio::test]
async fn every_wrong_field_of_a_new_act_is_named() {
    on_each_engine(async |register| {
        register.with_document().await;
        let request = CreateActRequest {
            parent: "partnerships/uz-kz".to_owned(),
            act_id: "-".to_owned(),
            act: Some(Act {
                party: "Uzbekistan".to_owned(),
                kind: ActKind::Ratification.into(),
                date: date("2024-06-03"),
                receipt_date: date("2024-06-02"),
                effective_date: date("2024-06-02"),
                notifying_party: "KZ".to_owned(),
                reference: "x".repeat(201),
                source: Some(Source {
                    uri: "ftp://x".to_owned(),
                    note: String::new(),
                }),
                publication_date: Some(accord_proto::google::r#type::Date {
                    year: 1499,
                    month: 1,
                    day: 1,
                }),
                ..Act::default()
            }),
            ..CreateActRequest::default()
        };
        assert_violations(
            register.uz.clone().acts.create_act(request).await,
            &[
                ("parent", "NAME_INVALID"),
                ("act_id", "ID_INVALID"),
                ("act.party", "COUNTRY_INVALID"),
                ("act.date", "DATE_IN_FUTURE"),
                ("act.receipt_date", "DATE_INVALID"),
                ("act.receipt_date", "NOT_APPLICABLE"),
                ("act.effective_date", "DATE_INVALID"),
                ("act.effective_date", "NOT_APPLICABLE"),
                ("act.notifying_party", "NOT_APPLICABLE"),
                ("act.reference", "TEXT_TOO_LONG"),
                ("act.source.uri", "URI_INVALID"),
                ("act.publication_date", "DATE_INVALID"),
            ],
        );
        let empty = CreateActRequest {
            parent: CUSTOMS.to_owned(),
            act: Some(Act::default()),
            ..CreateActRequest::default()
        };
        assert_violations(
            register.uz.clone().acts.create_act(empty).await,
            &[
                ("act.party", "FIELD_REQUIRED"),
                ("act.kind", "FIELD_REQUIRED"),
                ("act.date", "FIELD_REQUIRED"),
                ("act.source", "FIELD_REQUIRED"),
            ],
        );
    })
    .await;
}

#[tokio::test]
async fn tomorrow_in_utc_is_today_in_the_east() {
    on_each_engine(async |register| {
        register.with_document().await;
        register
            .record(sample::act(CUSTOMS, "KZ", ActKind::Signature, "2024-06-02"))
            .await;
    })
    .await;
}

#[tokio::test]
async fn between_two_parties_the_notifying_one_is_filled_in() {
    on_each_engine(async |register| {
        register.with_document().await;
        let request = sample::act(CUSTOMS, "KZ", ActKind::NotificationReceived, "2022-05-20");
        assert_eq!(register.record(request.clone()).await.notifying_party, "UZ");
        let mut own = request;
        own.act.as_mut().unwrap().notifying_party = "KZ".to_owned();
        let own = register.kz.clone().acts.create_act(own).await;
        assert_violations(own, &[("act.notifying_party", "FIELD_INVALID")]);
    })
    .await;
}

#[tokio::test]
async fn a_retracted_act_stays_readable_with_its_reason() {
    on_each_engine(async |register| {
        register.with_document().await;
        let recorded = register.record(signature("KZ")).await;
        let mut kz = register.kz.clone();
        let no_reason = kz.acts.retract_act(retract(&recorded, " ", "")).await;
        assert_violations(no_reason, &[("reason", "FIELD_REQUIRED")]);
        let stale = kz
            .acts
            .retract_act(retract(&recorded, "wrong day", "\"old\""))
            .await;
        assert_fault(stale, Code::Aborted, "ETAG_MISMATCH");
        let retracted = kz
            .acts
            .retract_act(retract(&recorded, "wrong day", &recorded.etag))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(retracted.retraction_reason, "wrong day");
        assert_eq!(retracted.retractor, "kz-mfa");
        assert!(retracted.retract_time.is_some());
        let found = kz
            .acts
            .get_act(GetActRequest {
                name: recorded.name.clone(),
            })
            .await
            .unwrap()
            .into_inner();
        assert_eq!(found, retracted);
        let again = kz
            .acts
            .retract_act(retract(&recorded, "once more", ""))
            .await;
        assert_fault(again, Code::FailedPrecondition, "ACT_RETRACTED");
    })
    .await;
}

#[tokio::test]
async fn unknown_names_are_not_found() {
    on_each_engine(async |register| {
        register.with_document().await;
        let mut kz = register.kz.clone();
        let orphan = sample::act(
            "partnerships/uz-kz/documents/none",
            "KZ",
            ActKind::Signature,
            "2021-12-06",
        );
        assert_fault(
            kz.acts.create_act(orphan).await,
            Code::NotFound,
            "RESOURCE_NOT_FOUND",
        );
        let act = Act {
            name: format!("{CUSTOMS}/acts/none"),
            ..Act::default()
        };
        assert_fault(
            kz.acts.retract_act(retract(&act, "x", "")).await,
            Code::NotFound,
            "RESOURCE_NOT_FOUND",
        );
        assert_fault(
            kz.acts.get_act(GetActRequest { name: act.name }).await,
            Code::NotFound,
            "RESOURCE_NOT_FOUND",
        );
        let list = ListActsRequest {
            parent: "partnerships/uz-kz/documents/none".to_owned(),
            ..ListActsRequest::default()
        };
        assert_fault(
            kz.acts.list_acts(list).await,
            Code::NotFound,
            "RESOURCE_NOT_FOUND",
        );
        let mut twice = signature("KZ");
        twice.act_id = "one".to_owned();
        register.record(twice.clone()).await;
        assert_fault(
            kz.acts.create_act(twice).await,
            Code::AlreadyExists,
            "RESOURCE_ALREADY_EXISTS",
        );
    })
    .await;
}
