//! Explanations of gaps: whose word they are, who answers them, and which figures they are of.

use std::time::Duration;

use accord_proto::{
    ledger::v1::{ChangeKind, ListEntriesRequest},
    trade::v1::{
        AcceptMirrorExplanationRequest, CreateMirrorExplanationRequest,
        DisputeMirrorExplanationRequest, GetMirrorExplanationRequest, HsEdition,
        ListMirrorExplanationsRequest, MirrorComponent, MirrorExplanation, MirrorRow,
        ReconcileMirrorRequest, WithdrawMirrorExplanationRequest, mirror_explanation::State,
        mirror_explanation_use::Currency,
    },
};
use prost::Message as _;
use tonic::{Code, Response, Status};

use crate::{
    bureau::{Bureau, Caller, PARENT, on_each_engine, release},
    errors::{assert_fault, assert_violations},
    figures::{KZ_FILE, publish_all},
    mirror::{reconcile, years},
};

const ID: &str = "4b4bdd1c-04b8-4b3b-9d1f-3d8f4f9d0a11";

const SERVICES: &str = "partnerships/uz-kz/mirrorExplanations/services";

/// That 300 million dollars of the gap of 2022 in Kazakhstan's exports are services.
fn services() -> MirrorExplanation {
    MirrorExplanation {
        exporter: "KZ".to_owned(),
        importer: "UZ".to_owned(),
        period: "2022".to_owned(),
        category: MirrorComponent::Scope as i32,
        text: "Our imports count services, which theirs leave out.".to_owned(),
        amount_cents: Some(-30_000_000_000),
        document: "partnerships/uz-kz/documents/plan-2021".to_owned(),
        ..MirrorExplanation::default()
    }
}

fn creation(id: &str, explanation: MirrorExplanation) -> CreateMirrorExplanationRequest {
    CreateMirrorExplanationRequest {
        parent: PARENT.to_owned(),
        mirror_explanation_id: id.to_owned(),
        mirror_explanation: Some(explanation),
        ..CreateMirrorExplanationRequest::default()
    }
}

async fn create(
    caller: &Caller,
    request: CreateMirrorExplanationRequest,
) -> Result<MirrorExplanation, Status> {
    let mut client = caller.reconciliation.clone();
    let answer = client.create_mirror_explanation(request).await;
    answer.map(Response::into_inner)
}

async fn accept(caller: &Caller, name: &str, etag: &str) -> Result<MirrorExplanation, Status> {
    let request = AcceptMirrorExplanationRequest {
        name: name.to_owned(),
        etag: etag.to_owned(),
        ..AcceptMirrorExplanationRequest::default()
    };
    let mut client = caller.reconciliation.clone();
    let answer = client.accept_mirror_explanation(request).await;
    answer.map(Response::into_inner)
}

async fn dispute(caller: &Caller, name: &str, reason: &str) -> Result<MirrorExplanation, Status> {
    let request = DisputeMirrorExplanationRequest {
        name: name.to_owned(),
        reason: reason.to_owned(),
        ..DisputeMirrorExplanationRequest::default()
    };
    let mut client = caller.reconciliation.clone();
    let answer = client.dispute_mirror_explanation(request).await;
    answer.map(Response::into_inner)
}

async fn withdraw(caller: &Caller, name: &str, reason: &str) -> Result<MirrorExplanation, Status> {
    let request = WithdrawMirrorExplanationRequest {
        name: name.to_owned(),
        reason: reason.to_owned(),
        ..WithdrawMirrorExplanationRequest::default()
    };
    let mut client = caller.reconciliation.clone();
    let answer = client.withdraw_mirror_explanation(request).await;
    answer.map(Response::into_inner)
}

async fn list(caller: &Caller, filter: &str) -> Vec<String> {
    let request = ListMirrorExplanationsRequest {
        parent: PARENT.to_owned(),
        filter: filter.to_owned(),
        ..ListMirrorExplanationsRequest::default()
    };
    let mut client = caller.reconciliation.clone();
    let answer = client.list_mirror_explanations(request).await.unwrap();
    let found = answer.into_inner().mirror_explanations.into_iter();
    found
        .map(|found| found.name.rsplit('/').next().unwrap().to_owned())
        .collect()
}

/// The row of Kazakhstan's exports in 2022.
async fn row(bureau: &Bureau, known_time: Option<prost_types::Timestamp>) -> MirrorRow {
    let request = ReconcileMirrorRequest {
        known_time,
        ..years(2022, 2022)
    };
    let answer = reconcile(&bureau.reader, request).await.unwrap();
    answer.rows.into_iter().next().unwrap()
}

#[tokio::test]
async fn one_side_explains_and_only_the_other_answers() {
    on_each_engine(async |bureau| {
        publish_all(&bureau).await;
        let given = create(&bureau.uz, creation("services", services()))
            .await
            .unwrap();
        assert_eq!(given.name, SERVICES);
        assert_eq!(
            (given.party.as_str(), given.agency.as_str()),
            ("UZ", "uz-stat")
        );
        assert_eq!(given.state(), State::Proposed);
        assert_eq!(given.export_cents, Some(363_582_170_289));
        assert_eq!(given.import_cents, Some(324_350_906_000));
        assert_eq!(given.commodity, "TOTAL");
        assert_eq!(
            given.releases,
            [
                "partnerships/uz-kz/releases/kz-2023",
                "partnerships/uz-kz/releases/uz-tables"
            ]
        );
        for caller in [&bureau.uz, &bureau.kg] {
            let refused = accept(caller, SERVICES, "").await;
            let fault = assert_fault(refused, Code::PermissionDenied, "PARTY_MISMATCH");
            assert_eq!(fault.metadata["party"], "KZ");
            let refused = dispute(caller, SERVICES, "no").await;
            assert_fault(refused, Code::PermissionDenied, "PARTY_MISMATCH");
        }
        for caller in [&bureau.kz, &bureau.kg] {
            let refused = withdraw(caller, SERVICES, "no").await;
            assert_fault(refused, Code::PermissionDenied, "PARTY_MISMATCH");
        }
        for caller in [&bureau.reader, &bureau.operator] {
            let refused = accept(caller, SERVICES, "").await;
            assert_fault(refused, Code::PermissionDenied, "ROLE_REQUIRED");
            let refused = create(caller, creation("other", services())).await;
            assert_fault(refused, Code::PermissionDenied, "ROLE_REQUIRED");
        }
        let refused = create(&bureau.kg, creation("other", services())).await;
        assert_fault(refused, Code::PermissionDenied, "PARTY_MISMATCH");

        let disputed = dispute(&bureau.kz, SERVICES, "which services?")
            .await
            .unwrap();
        assert_eq!(disputed.state(), State::Disputed);
        let said = disputed.dispute.as_ref().unwrap();
        assert_eq!(
            (
                said.party.as_str(),
                said.agency.as_str(),
                said.reason.as_str()
            ),
            ("KZ", "kz-stat", "which services?")
        );
        let stale = accept(&bureau.kz, SERVICES, &given.etag).await;
        assert_fault(stale, Code::Aborted, "ETAG_MISMATCH");
        let accepted = accept(&bureau.kz, SERVICES, &disputed.etag).await.unwrap();
        assert_eq!(accepted.state(), State::Accepted);
        let again = dispute(&bureau.kz, SERVICES, "after all").await;
        let fault = assert_fault(again, Code::FailedPrecondition, "EXPLANATION_STATE_INVALID");
        assert_eq!(fault.metadata["state"], "STATE_ACCEPTED");
        let withdrawn = withdraw(&bureau.uz, SERVICES, "superseded").await.unwrap();
        assert_eq!(withdrawn.state(), State::Withdrawn);
        assert!(withdrawn.dispute.is_some() && withdrawn.acceptance.is_some());
        let late = accept(&bureau.kz, SERVICES, "").await;
        assert_fault(late, Code::FailedPrecondition, "EXPLANATION_STATE_INVALID");
        let request = GetMirrorExplanationRequest {
            name: SERVICES.to_owned(),
        };
        let mut client = bureau.reader.reconciliation.clone();
        let got = client.get_mirror_explanation(request).await.unwrap();
        assert_eq!(got.into_inner(), withdrawn);
    })
    .await;
}

#[tokio::test]
async fn the_log_tells_what_was_said_and_answered() {
    on_each_engine(async |bureau| {
        publish_all(&bureau).await;
        create(&bureau.uz, creation("services", services()))
            .await
            .unwrap();
        dispute(&bureau.kz, SERVICES, "which?").await.unwrap();
        accept(&bureau.kz, SERVICES, "").await.unwrap();
        withdraw(&bureau.uz, SERVICES, "enough").await.unwrap();
        let request = ListEntriesRequest {
            parent: "logs/trade".to_owned(),
            filter: format!("resource = \"{SERVICES}\""),
            ..ListEntriesRequest::default()
        };
        let mut log = bureau.reader.ledger.clone();
        let entries = log
            .list_entries(request)
            .await
            .unwrap()
            .into_inner()
            .entries;
        let found: Vec<_> = entries
            .iter()
            .map(|entry| {
                let state = entry.state.as_ref().unwrap();
                let state = MirrorExplanation::decode(state.value.as_slice()).unwrap();
                let actor = entry.actor.as_ref().unwrap();
                (entry.kind(), state.state(), actor.party.clone())
            })
            .collect();
        let (uz, kz) = ("UZ".to_owned(), "KZ".to_owned());
        assert_eq!(
            found,
            [
                (ChangeKind::Created, State::Proposed, uz.clone()),
                (ChangeKind::StateChanged, State::Disputed, kz.clone()),
                (ChangeKind::StateChanged, State::Accepted, kz),
                (ChangeKind::StateChanged, State::Withdrawn, uz),
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn a_gap_shows_what_was_said_about_it_and_how_much_was_accepted() {
    on_each_engine(async |bureau| {
        publish_all(&bureau).await;
        let services = MirrorExplanation {
            amount_cents: Some(9_807_816_072),
            ..services()
        };
        create(&bureau.uz, creation("services", services.clone()))
            .await
            .unwrap();
        let other_year = MirrorExplanation {
            period: "2023".to_owned(),
            ..services
        };
        create(&bureau.kz, creation("other-year", other_year))
            .await
            .unwrap();
        let proposed = row(&bureau, None).await;
        assert_eq!(proposed.explanations.len(), 1);
        assert_eq!(proposed.explanations[0].currency(), Currency::Current);
        assert_eq!(proposed.accepted_cents, None);
        let before = bureau.clock.now();
        bureau.clock.advance(Duration::from_mins(1));
        accept(&bureau.kz, SERVICES, "").await.unwrap();
        let accepted = row(&bureau, None).await;
        assert_eq!(accepted.accepted_cents, Some(9_807_816_072));
        assert_eq!(accepted.accepted_ppm, Some(250_000));
        let explanation = accepted.explanations[0].explanation.as_ref().unwrap();
        assert_eq!(explanation.state(), State::Accepted);
        // The parts are what they were: an accepted word is no computed part.
        assert_eq!(accepted.parts, proposed.parts);
        let known = |time: jiff::Timestamp| {
            Some(prost_types::Timestamp {
                seconds: time.as_second(),
                nanos: 0,
            })
        };
        let then = row(&bureau, known(before)).await;
        let explanation = then.explanations[0].explanation.as_ref().unwrap();
        assert_eq!(explanation.state(), State::Proposed);
        assert_eq!(then.accepted_cents, None);
        bureau.clock.advance(Duration::from_mins(1));
        let standing = bureau.clock.now();
        bureau.clock.advance(Duration::from_mins(1));
        withdraw(&bureau.uz, SERVICES, "wrong amount")
            .await
            .unwrap();
        assert!(row(&bureau, None).await.explanations.is_empty());
        assert_eq!(row(&bureau, known(standing)).await.explanations.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_explanation_of_older_figures_says_so_and_counts_no_more() {
    on_each_engine(async |bureau| {
        publish_all(&bureau).await;
        create(&bureau.uz, creation("services", services()))
            .await
            .unwrap();
        accept(&bureau.kz, SERVICES, "").await.unwrap();
        bureau
            .publish("kz-again", release("KZ", "2025-01-01"), KZ_FILE)
            .await;
        let reissued = row(&bureau, None).await;
        assert_eq!(reissued.explanations[0].currency(), Currency::Reissued);
        assert_eq!(reissued.accepted_cents, Some(-30_000_000_000));
        let revised = "flow,period,value_usd\nX,2022,3600000000\n";
        bureau
            .publish("kz-revised", release("KZ", "2026-01-01"), revised)
            .await;
        let older = row(&bureau, None).await;
        assert_eq!(older.explanations[0].currency(), Currency::OlderFigures);
        assert_eq!(older.accepted_cents, None);
    })
    .await;
}

#[tokio::test]
async fn retries_have_one_effect_and_rehearsals_none() {
    on_each_engine(async |bureau| {
        publish_all(&bureau).await;
        let rehearsal = CreateMirrorExplanationRequest {
            validate_only: true,
            ..creation("services", services())
        };
        create(&bureau.uz, rehearsal).await.unwrap();
        assert!(list(&bureau.reader, "").await.is_empty());
        let request = CreateMirrorExplanationRequest {
            request_id: ID.to_owned(),
            ..creation("services", services())
        };
        let first = create(&bureau.uz, request.clone()).await.unwrap();
        assert_eq!(create(&bureau.uz, request.clone()).await.unwrap(), first);
        let reused = CreateMirrorExplanationRequest {
            mirror_explanation_id: "other".to_owned(),
            ..request
        };
        let reused = create(&bureau.uz, reused).await;
        assert_fault(reused, Code::InvalidArgument, "REQUEST_ID_REUSED");
        let taken = create(&bureau.uz, creation("services", services())).await;
        assert_fault(taken, Code::AlreadyExists, "RESOURCE_ALREADY_EXISTS");
        let request = DisputeMirrorExplanationRequest {
            name: SERVICES.to_owned(),
            reason: "which?".to_owned(),
            request_id: ID.replace("4b4b", "5c5c"),
            ..DisputeMirrorExplanationRequest::default()
        };
        let mut kz = bureau.kz.reconciliation.clone();
        let once = kz
            .dispute_mirror_explanation(request.clone())
            .await
            .unwrap();
        let twice = kz.dispute_mirror_explanation(request).await.unwrap();
        assert_eq!(once.into_inner(), twice.into_inner());
        assert_eq!(list(&bureau.reader, "").await, ["services"]);
    })
    .await;
}

#[tokio::test]
async fn explanations_are_found_by_what_they_say() {
    on_each_engine(async |bureau| {
        publish_all(&bureau).await;
        create(&bureau.uz, creation("services", services()))
            .await
            .unwrap();
        let freight = MirrorExplanation {
            category: MirrorComponent::Valuation as i32,
            amount_cents: None,
            period: "2023".to_owned(),
            ..services()
        };
        create(&bureau.kz, creation("freight", freight))
            .await
            .unwrap();
        accept(&bureau.kz, SERVICES, "").await.unwrap();
        for (filter, expected) in [
            ("", &["freight", "services"][..]),
            ("state = STATE_ACCEPTED", &["services"]),
            ("category = MIRROR_COMPONENT_VALUATION", &["freight"]),
            ("party = \"KZ\" AND period = \"2023\"", &["freight"]),
            ("amount_cents < 0", &["services"]),
        ] {
            assert_eq!(list(&bureau.reader, filter).await, expected, "{filter}");
        }
        let bad = ListMirrorExplanationsRequest {
            parent: PARENT.to_owned(),
            filter: "text = \"x\"".to_owned(),
            order_by: "state".to_owned(),
            ..ListMirrorExplanationsRequest::default()
        };
        let mut client = bureau.reader.reconciliation.clone();
        assert_violations(
            client.list_mirror_explanations(bad).await,
            &[
                ("filter", "FILTER_INVALID"),
                ("order_by", "ORDER_BY_INVALID"),
            ],
        );
    })
    .await;
}

#[tokio::test]
async fn bad_explanations_are_refused_with_all_that_is_wrong() {
    on_each_engine(async |bureau| {
        publish_all(&bureau).await;
        let bad = MirrorExplanation {
            exporter: "UZ".to_owned(),
            importer: "UZ".to_owned(),
            period: "22".to_owned(),
            commodity: "27091".to_owned(),
            hs_edition: HsEdition::H6 as i32,
            category: 99,
            text: " ".to_owned(),
            amount_cents: Some(i64::MIN),
            document: "plan".to_owned(),
            source_uri: "plan".to_owned(),
            ..MirrorExplanation::default()
        };
        let at = |field: &str| format!("mirror_explanation.{field}");
        let fields = [
            "importer",
            "period",
            "commodity",
            "category",
            "text",
            "amount_cents",
            "document",
            "source_uri",
        ]
        .map(at);
        let reasons = [
            "FIELD_INVALID",
            "FIELD_INVALID",
            "FIELD_INVALID",
            "FIELD_INVALID",
            "FIELD_REQUIRED",
            "FIELD_INVALID",
            "NAME_INVALID",
            "URI_INVALID",
        ];
        let mut expected = vec![("mirror_explanation_id", "ID_INVALID")];
        expected.extend(fields.iter().map(String::as_str).zip(reasons));
        assert_violations(create(&bureau.uz, creation("Bad", bad)).await, &expected);
        let nothing = CreateMirrorExplanationRequest {
            mirror_explanation: None,
            ..creation("x", services())
        };
        let refused = create(&bureau.uz, nothing).await;
        assert_violations(refused, &[("mirror_explanation", "FIELD_REQUIRED")]);
        let future = MirrorExplanation {
            period: "2031".to_owned(),
            ..services()
        };
        let refused = create(&bureau.uz, creation("x", future)).await;
        assert_fault(refused, Code::FailedPrecondition, "MIRROR_FIGURES_MISSING");
        let missing = dispute(&bureau.kz, SERVICES, "x").await;
        assert_fault(missing, Code::NotFound, "RESOURCE_NOT_FOUND");
        let refused = dispute(&bureau.kz, SERVICES, "").await;
        assert_violations(refused, &[("reason", "FIELD_REQUIRED")]);
    })
    .await;
}

#[tokio::test]
async fn a_gap_has_at_most_twenty_explanations_that_stand() {
    on_each_engine(async |bureau| {
        publish_all(&bureau).await;
        for number in 0..20 {
            let id = format!("x{number}");
            create(&bureau.uz, creation(&id, services())).await.unwrap();
        }
        let refused = create(&bureau.kz, creation("more", services())).await;
        assert_fault(refused, Code::FailedPrecondition, "EXPLANATIONS_TOO_MANY");
        let first = "partnerships/uz-kz/mirrorExplanations/x0";
        withdraw(&bureau.uz, first, "room for others")
            .await
            .unwrap();
        create(&bureau.kz, creation("more", services()))
            .await
            .unwrap();
        assert_eq!(row(&bureau, None).await.explanations.len(), 20);
    })
    .await;
}

#[tokio::test]
async fn a_cell_is_explained_by_its_code() {
    on_each_engine(async |bureau| {
        let csv = "flow,period,commodity,hs_edition,value_usd\nX,2022,270900,H6,100\n";
        bureau.publish("kz", release("KZ", "2024-01-01"), csv).await;
        let oil = |code: &str, edition: HsEdition| MirrorExplanation {
            commodity: code.to_owned(),
            hs_edition: edition as i32,
            ..services()
        };
        let given = create(&bureau.uz, creation("oil", oil("27", HsEdition::H6)))
            .await
            .unwrap();
        assert_eq!(
            (given.export_cents, given.import_cents),
            (Some(10_000), None)
        );
        for other in [oil("85", HsEdition::H6), oil("27", HsEdition::H5)] {
            let refused = create(&bureau.uz, creation("other", other)).await;
            assert_fault(refused, Code::FailedPrecondition, "MIRROR_FIGURES_MISSING");
        }
        let request = accord_proto::trade::v1::ListMirrorCellsRequest {
            parent: PARENT.to_owned(),
            period: "2022".to_owned(),
            commodity_level: accord_proto::trade::v1::CommodityLevel::Chapter as i32,
            ..accord_proto::trade::v1::ListMirrorCellsRequest::default()
        };
        let mut client = bureau.reader.reconciliation.clone();
        let answer = client
            .list_mirror_cells(request)
            .await
            .unwrap()
            .into_inner();
        let found = &answer.mirror_cells[0].explanations;
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].currency(), Currency::Current);
    })
    .await;
}
