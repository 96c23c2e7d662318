//! The two sides' words on a measure.

use accord_proto::roadmaps::v1::{
    AcceptMeasureCancellationRequest, ConfirmMeasureRequest, DeclineMeasureCancellationRequest,
    DisputeMeasureRequest, ListMeasureEventsRequest, Measure, MeasureEventKind, MeasureState,
    ProposeMeasureCancellationRequest, ReportMeasureRequest, ReturnMeasureRequest,
    StartMeasureRequest, VerdictKind, WithdrawMeasureReportRequest,
};
use tonic::{Code, Status};

use crate::world::{World, date, details, each_engine, evidence, measure, refused, request_id};

pub(crate) fn report(name: &str) -> ReportMeasureRequest {
    ReportMeasureRequest {
        name: name.to_owned(),
        evidence: evidence(),
        note: "Opened to traffic".to_owned(),
        ..ReportMeasureRequest::default()
    }
}

pub(crate) fn confirm(name: &str, report_revision: i64) -> ConfirmMeasureRequest {
    ConfirmMeasureRequest {
        name: name.to_owned(),
        report_revision,
        ..ConfirmMeasureRequest::default()
    }
}

pub(crate) fn give_back(name: &str, report_revision: i64) -> ReturnMeasureRequest {
    ReturnMeasureRequest {
        name: name.to_owned(),
        report_revision,
        reason: "The act lacks a stamp".to_owned(),
        ..ReturnMeasureRequest::default()
    }
}

pub(crate) fn dispute(name: &str, report_revision: i64) -> DisputeMeasureRequest {
    DisputeMeasureRequest {
        name: name.to_owned(),
        report_revision,
        reason: "The bridge is closed".to_owned(),
        ..DisputeMeasureRequest::default()
    }
}

fn withdraw(name: &str, report_revision: i64) -> WithdrawMeasureReportRequest {
    WithdrawMeasureReportRequest {
        name: name.to_owned(),
        report_revision,
        reason: "Filed too early".to_owned(),
        ..WithdrawMeasureReportRequest::default()
    }
}

fn propose(name: &str) -> ProposeMeasureCancellationRequest {
    ProposeMeasureCancellationRequest {
        name: name.to_owned(),
        reason: "No funds".to_owned(),
        ..ProposeMeasureCancellationRequest::default()
    }
}

fn accept(name: &str) -> AcceptMeasureCancellationRequest {
    AcceptMeasureCancellationRequest {
        name: name.to_owned(),
        ..AcceptMeasureCancellationRequest::default()
    }
}

fn decline(name: &str) -> DeclineMeasureCancellationRequest {
    DeclineMeasureCancellationRequest {
        name: name.to_owned(),
        reason: "Funds were found".to_owned(),
        ..DeclineMeasureCancellationRequest::default()
    }
}

async fn reported(world: &World, name: &str) -> Measure {
    world
        .measures("UZ")
        .report_measure(report(name))
        .await
        .unwrap()
        .into_inner()
}

#[tokio::test]
async fn reported_by_one_side_and_confirmed_by_the_other_is_complete() {
    each_engine(async |world| {
        let name = world.adopted_with_one().await;
        let start = StartMeasureRequest {
            name: name.clone(),
            ..StartMeasureRequest::default()
        };
        let started = world
            .measures("KZ")
            .start_measure(start.clone())
            .await
            .unwrap()
            .into_inner();
        assert_eq!(started.state(), MeasureState::InProgress);
        assert_eq!(
            refused(world.measures("UZ").start_measure(start).await),
            "MEASURE_STATE_MISMATCH"
        );

        let measure = reported(&world, &name).await;
        assert_eq!(measure.state(), MeasureState::Reported);
        let filed = measure.current_report.unwrap();
        assert_eq!(
            (filed.revision, filed.party.as_str(), filed.agency.as_str()),
            (1, "UZ", "uz-economy")
        );
        assert_eq!(
            (filed.completion_date, filed.evidence),
            (date(2022, 5, 2), evidence())
        );
        assert_eq!(measure.verdict, None);

        let measure = world
            .measures("KZ")
            .confirm_measure(confirm(&name, 1))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(measure.state(), MeasureState::Complete);
        let verdict = measure.verdict.unwrap();
        assert_eq!(
            (
                verdict.kind(),
                verdict.party.as_str(),
                verdict.report_revision
            ),
            (VerdictKind::Confirmed, "KZ", 1)
        );
        assert_eq!(
            refused(world.measures("UZ").report_measure(report(&name)).await),
            "MEASURE_STATE_MISMATCH"
        );
    })
    .await;
}

#[tokio::test]
async fn no_side_gives_the_word_on_its_own_report() {
    each_engine(async |world| {
        let name = world.adopted_with_one().await;
        reported(&world, &name).await;
        let error = world
            .measures("UZ")
            .confirm_measure(confirm(&name, 1))
            .await
            .unwrap_err();
        let found = details(&error);
        assert_eq!(
            (found.code, found.reason.as_str()),
            (Code::FailedPrecondition, "OWN_REPORT")
        );
        assert_eq!(
            (found.metadata["party"].as_str(), found.domain.as_str()),
            ("UZ", "accord.roadmaps.v1")
        );
        assert_eq!(
            refused(
                world
                    .measures("UZ")
                    .return_measure(give_back(&name, 1))
                    .await
            ),
            "OWN_REPORT"
        );
        assert_eq!(
            refused(
                world
                    .measures("UZ")
                    .dispute_measure(dispute(&name, 1))
                    .await
            ),
            "OWN_REPORT"
        );
        assert_eq!(
            refused(world.measures("KZ").report_measure(report(&name)).await),
            "REPORT_PENDING"
        );
        assert_eq!(
            refused(
                world
                    .measures("KZ")
                    .withdraw_measure_report(withdraw(&name, 1))
                    .await
            ),
            "NOT_OWN_REPORT"
        );
    })
    .await;
}

#[tokio::test]
async fn nobody_else_gives_a_word() {
    each_engine(async |world| {
        let name = world.adopted_with_one().await;
        reported(&world, &name).await;
        let stranger = world
            .measures("TJ")
            .confirm_measure(confirm(&name, 1))
            .await
            .unwrap_err();
        assert_eq!(
            (stranger.code(), details(&stranger).reason.as_str()),
            (Code::PermissionDenied, "PARTY_MISMATCH")
        );
        let reader = world.measures_as("KZ", identity::Role::Reader);
        assert_eq!(
            refused(reader.clone().confirm_measure(confirm(&name, 1)).await),
            "ROLE_REQUIRED"
        );
        assert_eq!(
            refused(world.operator().confirm_measure(confirm(&name, 1)).await),
            "ROLE_REQUIRED"
        );
    })
    .await;
}

#[tokio::test]
async fn a_word_on_another_revision_is_refused_with_both() {
    each_engine(async |world| {
        let name = world.adopted_with_one().await;
        reported(&world, &name).await;
        reported(&world, &name).await;
        let words: [Result<_, Status>; 4] = [
            world
                .measures("KZ")
                .confirm_measure(confirm(&name, 1))
                .await,
            world
                .measures("KZ")
                .return_measure(give_back(&name, 1))
                .await,
            world
                .measures("KZ")
                .dispute_measure(dispute(&name, 3))
                .await,
            world
                .measures("UZ")
                .withdraw_measure_report(withdraw(&name, 1))
                .await,
        ];
        for (word, given) in words.into_iter().zip(["1", "1", "3", "1"]) {
            let found = details(&word.unwrap_err());
            assert_eq!(
                (found.code, found.reason.as_str()),
                (Code::FailedPrecondition, "REPORT_REVISION_CHANGED")
            );
            assert_eq!(
                (
                    found.metadata["given_revision"].as_str(),
                    found.metadata["current_revision"].as_str()
                ),
                (given, "2")
            );
        }
        world
            .measures("KZ")
            .confirm_measure(confirm(&name, 2))
            .await
            .unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_returned_report_is_answered_by_a_new_revision() {
    each_engine(async |world| {
        let name = world.adopted_with_one().await;
        reported(&world, &name).await;
        let returned = world
            .measures("KZ")
            .return_measure(give_back(&name, 1))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(returned.state(), MeasureState::Returned);
        assert_eq!(returned.verdict.unwrap().reason, "The act lacks a stamp");
        let again = reported(&world, &name).await;
        assert_eq!(
            (again.state(), again.verdict),
            (MeasureState::Reported, None)
        );
        assert_eq!(again.current_report.unwrap().revision, 2);
        let done = world
            .measures("KZ")
            .confirm_measure(confirm(&name, 2))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(done.state(), MeasureState::Complete);
    })
    .await;
}

#[tokio::test]
async fn a_dispute_has_its_ways_out() {
    each_engine(async |world| {
        world.draft().await;
        let mut names = Vec::new();
        for id in ["revised", "withdrawn", "confirmed", "cancelled"] {
            names.push(world.measure(id, measure(id)).await.name);
        }
        world.adopt(crate::world::ROADMAP).await;
        for name in &names {
            reported(&world, name).await;
            let disputed = world
                .measures("KZ")
                .dispute_measure(dispute(name, 1))
                .await
                .unwrap()
                .into_inner();
            assert_eq!(disputed.state(), MeasureState::Disputed);
        }
        let revised = reported(&world, &names[0]).await;
        assert_eq!(revised.state(), MeasureState::Reported);
        let withdrawn = world
            .measures("UZ")
            .withdraw_measure_report(withdraw(&names[1], 1))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(
            (withdrawn.state(), withdrawn.current_report),
            (MeasureState::InProgress, None)
        );
        let confirmed = world
            .measures("KZ")
            .confirm_measure(confirm(&names[2], 1))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(confirmed.state(), MeasureState::Complete);
        world
            .measures("UZ")
            .propose_measure_cancellation(propose(&names[3]))
            .await
            .unwrap();
        let cancelled = world
            .measures("KZ")
            .accept_measure_cancellation(accept(&names[3]))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(cancelled.state(), MeasureState::Cancelled);
        // The other side may report what was withdrawn, and the first confirm it.
        let by_other = world
            .measures("KZ")
            .report_measure(report(&names[1]))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(by_other.current_report.unwrap().revision, 2);
        world
            .measures("UZ")
            .confirm_measure(confirm(&names[1], 2))
            .await
            .unwrap();
    })
    .await;
}

#[tokio::test]
async fn cancellation_needs_both_sides() {
    each_engine(async |world| {
        let name = world.adopted_with_one().await;
        assert_eq!(
            refused(
                world
                    .measures("UZ")
                    .accept_measure_cancellation(accept(&name))
                    .await
            ),
            "CANCELLATION_NOT_PROPOSED"
        );
        let proposed = world
            .measures("UZ")
            .propose_measure_cancellation(propose(&name))
            .await
            .unwrap()
            .into_inner();
        let proposal = proposed.cancellation_proposal.clone().unwrap();
        assert_eq!(
            (
                proposed.state(),
                proposal.party.as_str(),
                proposal.reason.as_str()
            ),
            (MeasureState::Planned, "UZ", "No funds")
        );
        assert_eq!(
            refused(
                world
                    .measures("UZ")
                    .accept_measure_cancellation(accept(&name))
                    .await
            ),
            "OWN_PROPOSAL"
        );
        assert_eq!(
            refused(
                world
                    .measures("KZ")
                    .propose_measure_cancellation(propose(&name))
                    .await
            ),
            "CANCELLATION_ALREADY_PROPOSED"
        );
        let declined = world
            .measures("KZ")
            .decline_measure_cancellation(decline(&name))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(declined.cancellation_proposal, None);
        world
            .measures("KZ")
            .propose_measure_cancellation(propose(&name))
            .await
            .unwrap();
        let cancelled = world
            .measures("UZ")
            .accept_measure_cancellation(accept(&name))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(cancelled.state(), MeasureState::Cancelled);
        assert_eq!(cancelled.cancellation_proposal.unwrap().party, "KZ");
        assert_eq!(
            refused(world.measures("UZ").report_measure(report(&name)).await),
            "MEASURE_STATE_MISMATCH"
        );
    })
    .await;
}

#[tokio::test]
async fn words_wait_for_adoption_and_end_with_the_roadmap() {
    each_engine(async |world| {
        world.draft().await;
        let name = world.measure("m", measure("M")).await.name;
        assert_eq!(
            refused(world.measures("UZ").report_measure(report(&name)).await),
            "ROADMAP_NOT_ADOPTED"
        );
        world.adopt(crate::world::ROADMAP).await;
        reported(&world, &name).await;
        for party in ["UZ", "KZ"] {
            let close = accord_proto::roadmaps::v1::CloseRoadmapRequest {
                name: crate::world::ROADMAP.to_owned(),
                ..Default::default()
            };
            world.roadmaps(party).close_roadmap(close).await.unwrap();
        }
        assert_eq!(
            refused(
                world
                    .measures("KZ")
                    .confirm_measure(confirm(&name, 1))
                    .await
            ),
            "ROADMAP_CLOSED"
        );
    })
    .await;
}

#[tokio::test]
async fn reports_are_checked_field_by_field() {
    each_engine(async |world| {
        let name = world.adopted_with_one().await;
        let mut bad = report(&name);
        bad.evidence.push(bad.evidence[0].clone());
        bad.evidence[1].uri = "ftp://example.org".to_owned();
        bad.evidence.push(Default::default());
        bad.completion_date = date(2022, 5, 3);
        bad.request_id = "retry".to_owned();
        let error = world.measures("UZ").report_measure(bad).await.unwrap_err();
        let found = details(&error);
        assert_eq!(
            (found.code, found.reason.as_str()),
            (Code::InvalidArgument, "INVALID_FIELD_VALUES")
        );
        let expected = [
            ("request_id", "REQUEST_ID_INVALID"),
            ("evidence[1].uri", "URI_INVALID"),
            ("evidence[1].sha256", "VALUE_REPEATED"),
            ("evidence[2].sha256", "FIELD_REQUIRED"),
            ("completion_date", "DATE_IN_FUTURE"),
        ];
        let expected = expected.map(|(field, reason)| (field.to_owned(), reason.to_owned()));
        assert_eq!(found.violations, expected);
        let without = ReportMeasureRequest {
            evidence: Vec::new(),
            ..report(&name)
        };
        assert_eq!(
            refused(world.measures("UZ").report_measure(without).await),
            "FIELD_REQUIRED"
        );
        let mut dispute = dispute(&name, 0);
        dispute.reason = " ".to_owned();
        let error = world
            .measures("KZ")
            .dispute_measure(dispute)
            .await
            .unwrap_err();
        assert_eq!(details(&error).violations.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_word_is_retried_without_a_second_effect_and_can_be_tried_without_any() {
    each_engine(async |world| {
        let name = world.adopted_with_one().await;
        let mut request = report(&name);
        request.validate_only = true;
        let tried = world
            .measures("UZ")
            .report_measure(request.clone())
            .await
            .unwrap()
            .into_inner();
        assert_eq!(tried.state(), MeasureState::Reported);
        request.validate_only = false;
        request.request_id = request_id();
        for _ in 0..2 {
            let done = world
                .measures("UZ")
                .report_measure(request.clone())
                .await
                .unwrap()
                .into_inner();
            assert_eq!(done.current_report.unwrap().revision, 1);
        }
        let mut confirm = confirm(&name, 1);
        confirm.etag = "\"stale\"".to_owned();
        assert_eq!(
            refused(world.measures("KZ").confirm_measure(confirm).await),
            "ETAG_MISMATCH"
        );
    })
    .await;
}

#[tokio::test]
async fn the_events_tell_the_whole_life() {
    each_engine(async |world| {
        let name = world.adopted_with_one().await;
        reported(&world, &name).await;
        world
            .measures("KZ")
            .return_measure(give_back(&name, 1))
            .await
            .unwrap();
        world.days_pass(1);
        reported(&world, &name).await;
        world
            .measures("KZ")
            .confirm_measure(confirm(&name, 2))
            .await
            .unwrap();
        let mut request = ListMeasureEventsRequest {
            parent: name,
            page_size: 2,
            ..ListMeasureEventsRequest::default()
        };
        let mut events = Vec::new();
        loop {
            let page = world
                .measures("UZ")
                .list_measure_events(request.clone())
                .await
                .unwrap()
                .into_inner();
            events.extend(page.events);
            request.page_token = page.next_page_token;
            if request.page_token.is_empty() {
                break;
            }
        }
        let told: Vec<_> = events
            .iter()
            .map(|event| {
                (
                    event.number,
                    event.kind(),
                    event.party.as_str(),
                    event.report_revision,
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                (1, MeasureEventKind::Created, "UZ", 0),
                (2, MeasureEventKind::Reported, "UZ", 1),
                (3, MeasureEventKind::Returned, "KZ", 1),
                (4, MeasureEventKind::Reported, "UZ", 2),
                (5, MeasureEventKind::Confirmed, "KZ", 2),
            ]
        );
        assert_eq!(events[2].reason, "The act lacks a stamp");
        assert_eq!(events[3].report.as_ref().unwrap().evidence, evidence());
        assert_eq!(events[4].state(), MeasureState::Complete);
        let times: Vec<_> = events
            .iter()
            .map(|event| event.record_time.unwrap().seconds)
            .collect();
        assert!(times.is_sorted());
    })
    .await;
}
