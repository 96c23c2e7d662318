//! The two sides' words on a measure, and what they come to.

mod events;

use accord_proto::roadmaps::v1::{
    CloseRoadmapRequest, Evidence, MeasureState, ReportMeasureRequest, VerdictKind,
};
use identity::Role;
use tonic::Code;

use crate::{
    speaking::{Said, confirm, dispute, report},
    world::{ROADMAP, date, details, each_engine, evidence, measure, refused, request_id},
};

#[tokio::test]
async fn reported_by_one_side_and_confirmed_by_the_other_is_complete() {
    each_engine(async |world| {
        let name = world.adopted_with_one().await;
        let started = world.start("KZ", &name).await.unwrap();
        assert_eq!(started.state(), MeasureState::InProgress);
        let again = world.start("UZ", &name).await;
        assert_eq!(refused(again), "MEASURE_STATE_MISMATCH");

        let measure = world.report("UZ", &name).await.unwrap();
        assert_eq!(measure.state(), MeasureState::Reported);
        assert_eq!(measure.verdict, None);
        let filed = measure.current_report.unwrap();
        assert_eq!((filed.revision, filed.party.as_str()), (1, "UZ"));
        assert_eq!(filed.agency, "uz-economy");
        assert_eq!(filed.completion_date, date(2022, 5, 2));
        assert_eq!(filed.evidence, evidence());

        let measure = world.confirm("KZ", &name, 1).await.unwrap();
        assert_eq!(measure.state(), MeasureState::Complete);
        let verdict = measure.verdict.unwrap();
        assert_eq!(verdict.kind(), VerdictKind::Confirmed);
        assert_eq!((verdict.party.as_str(), verdict.report_revision), ("KZ", 1));
        let again = world.report("UZ", &name).await;
        assert_eq!(refused(again), "MEASURE_STATE_MISMATCH");
    })
    .await;
}

#[tokio::test]
async fn no_side_gives_the_word_on_its_own_report() {
    each_engine(async |world| {
        let name = world.adopted_with_one().await;
        world.report("UZ", &name).await.unwrap();
        let found = details(&world.confirm("UZ", &name, 1).await.unwrap_err());
        assert_eq!(found.code, Code::FailedPrecondition);
        assert_eq!(found.reason, "OWN_REPORT");
        assert_eq!(found.metadata["party"], "UZ");
        assert_eq!(found.domain, "accord.roadmaps.v1");
        assert_eq!(refused(world.give_back("UZ", &name, 1).await), "OWN_REPORT");
        assert_eq!(refused(world.dispute("UZ", &name, 1).await), "OWN_REPORT");
        assert_eq!(refused(world.report("KZ", &name).await), "REPORT_PENDING");
        assert_eq!(
            refused(world.withdraw("KZ", &name, 1).await),
            "NOT_OWN_REPORT"
        );
    })
    .await;
}

#[tokio::test]
async fn nobody_else_gives_a_word() {
    each_engine(async |world| {
        let name = world.adopted_with_one().await;
        world.report("UZ", &name).await.unwrap();
        let found = details(&world.confirm("TJ", &name, 1).await.unwrap_err());
        assert_eq!(found.code, Code::PermissionDenied);
        assert_eq!(found.reason, "PARTY_MISMATCH");
        let mut reader = world.measures_as("KZ", Role::Reader);
        let word = reader.confirm_measure(confirm(&name, 1)).await;
        assert_eq!(refused(word), "ROLE_REQUIRED");
        let word = world.operator().confirm_measure(confirm(&name, 1)).await;
        assert_eq!(refused(word), "ROLE_REQUIRED");
    })
    .await;
}

#[tokio::test]
async fn a_word_on_another_revision_is_refused_with_both() {
    each_engine(async |world| {
        let name = world.adopted_with_one().await;
        world.report("UZ", &name).await.unwrap();
        world.report("UZ", &name).await.unwrap();
        let words: [(Said, &str); 4] = [
            (world.confirm("KZ", &name, 1).await, "1"),
            (world.give_back("KZ", &name, 1).await, "1"),
            (world.dispute("KZ", &name, 3).await, "3"),
            (world.withdraw("UZ", &name, 1).await, "1"),
        ];
        for (word, given) in words {
            let found = details(&word.unwrap_err());
            assert_eq!(found.code, Code::FailedPrecondition);
            assert_eq!(found.reason, "REPORT_REVISION_CHANGED");
            assert_eq!(found.metadata["given_revision"], given);
            assert_eq!(found.metadata["current_revision"], "2");
        }
        world.confirm("KZ", &name, 2).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_returned_report_is_answered_by_a_new_revision() {
    each_engine(async |world| {
        let name = world.adopted_with_one().await;
        world.report("UZ", &name).await.unwrap();
        let returned = world.give_back("KZ", &name, 1).await.unwrap();
        assert_eq!(returned.state(), MeasureState::Returned);
        assert_eq!(returned.verdict.unwrap().reason, "The act lacks a stamp");
        let again = world.report("UZ", &name).await.unwrap();
        assert_eq!(
            (again.state(), again.verdict),
            (MeasureState::Reported, None)
        );
        assert_eq!(again.current_report.unwrap().revision, 2);
        let done = world.confirm("KZ", &name, 2).await.unwrap();
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
        world.adopt(ROADMAP).await;
        for name in &names {
            world.report("UZ", name).await.unwrap();
            let disputed = world.dispute("KZ", name, 1).await.unwrap();
            assert_eq!(disputed.state(), MeasureState::Disputed);
        }
        let revised = world.report("UZ", &names[0]).await.unwrap();
        assert_eq!(revised.state(), MeasureState::Reported);
        let withdrawn = world.withdraw("UZ", &names[1], 1).await.unwrap();
        assert_eq!(withdrawn.state(), MeasureState::InProgress);
        assert_eq!(withdrawn.current_report, None);
        let confirmed = world.confirm("KZ", &names[2], 1).await.unwrap();
        assert_eq!(confirmed.state(), MeasureState::Complete);
        world.propose_cancellation("UZ", &names[3]).await.unwrap();
        let cancelled = world.accept_cancellation("KZ", &names[3]).await.unwrap();
        assert_eq!(cancelled.state(), MeasureState::Cancelled);

        // What one side withdrew the other may report, and the first confirm.
        let by_other = world.report("KZ", &names[1]).await.unwrap();
        assert_eq!(by_other.current_report.unwrap().revision, 2);
        world.confirm("UZ", &names[1], 2).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn cancellation_needs_both_sides() {
    each_engine(async |world| {
        let name = world.adopted_with_one().await;
        let word = world.accept_cancellation("UZ", &name).await;
        assert_eq!(refused(word), "CANCELLATION_NOT_PROPOSED");
        let proposed = world.propose_cancellation("UZ", &name).await.unwrap();
        assert_eq!(proposed.state(), MeasureState::Planned);
        let proposal = proposed.cancellation_proposal.unwrap();
        assert_eq!(
            (proposal.party.as_str(), proposal.reason.as_str()),
            ("UZ", "No funds")
        );
        let word = world.accept_cancellation("UZ", &name).await;
        assert_eq!(refused(word), "OWN_PROPOSAL");
        let word = world.propose_cancellation("KZ", &name).await;
        assert_eq!(refused(word), "CANCELLATION_ALREADY_PROPOSED");
        let declined = world.decline_cancellation("KZ", &name).await.unwrap();
        assert_eq!(declined.cancellation_proposal, None);
        world.propose_cancellation("KZ", &name).await.unwrap();
        let cancelled = world.accept_cancellation("UZ", &name).await.unwrap();
        assert_eq!(cancelled.state(), MeasureState::Cancelled);
        assert_eq!(cancelled.cancellation_proposal.unwrap().party, "KZ");
        let word = world.report("UZ", &name).await;
        assert_eq!(refused(word), "MEASURE_STATE_MISMATCH");
    })
    .await;
}

#[tokio::test]
async fn words_wait_for_adoption_and_end_with_the_roadmap() {
    each_engine(async |world| {
        world.draft().await;
        let name = world.measure("m", measure("M")).await.name;
        assert_eq!(
            refused(world.report("UZ", &name).await),
            "ROADMAP_NOT_ADOPTED"
        );
        world.adopt(ROADMAP).await;
        world.report("UZ", &name).await.unwrap();
        world.dispute("KZ", &name, 1).await.unwrap();
        for party in ["UZ", "KZ"] {
            let close = CloseRoadmapRequest {
                name: ROADMAP.to_owned(),
                ..CloseRoadmapRequest::default()
            };
            world.roadmaps(party).close_roadmap(close).await.unwrap();
        }
        assert_eq!(
            refused(world.confirm("KZ", &name, 1).await),
            "ROADMAP_CLOSED"
        );
    })
    .await;
}

#[tokio::test]
async fn tomorrow_in_utc_is_today_in_the_east() {
    each_engine(async |world| {
        let name = world.adopted_with_one().await;
        let done = ReportMeasureRequest {
            completion_date: date(2022, 5, 3),
            ..report(&name)
        };
        let measure = world.measures("UZ").report_measure(done).await.unwrap();
        let filed = measure.into_inner().current_report.unwrap();
        assert_eq!(filed.completion_date, date(2022, 5, 3));
    })
    .await;
}

#[tokio::test]
async fn nothing_is_reported_as_done_before_the_roadmap_was_signed() {
    each_engine(async |world| {
        let name = world.adopted_with_one().await;
        let on = async |day| {
            let done = ReportMeasureRequest {
                completion_date: day,
                ..report(&name)
            };
            world.measures("UZ").report_measure(done).await
        };
        // The period begins on 1 January 2022; it was signed on 6 December 2021.
        let found = details(&on(date(2021, 12, 5)).await.unwrap_err());
        assert_eq!(found.code, Code::InvalidArgument);
        let field = ("completion_date".to_owned(), "OUTSIDE_PERIOD".to_owned());
        assert_eq!(found.violations, [field]);
        on(date(2021, 12, 6)).await.unwrap();
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
        bad.evidence.push(Evidence::default());
        bad.completion_date = date(2022, 5, 4);
        bad.request_id = "retry".to_owned();
        let found = details(&world.measures("UZ").report_measure(bad).await.unwrap_err());
        assert_eq!(found.code, Code::InvalidArgument);
        assert_eq!(found.reason, "INVALID_FIELD_VALUES");
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
        let word = world.measures("UZ").report_measure(without).await;
        assert_eq!(refused(word), "FIELD_REQUIRED");
        let mut silent = dispute(&name, 0);
        silent.reason = " ".to_owned();
        let error = world
            .measures("KZ")
            .dispute_measure(silent)
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
        let tried = world.measures("UZ").report_measure(request.clone()).await;
        assert_eq!(tried.unwrap().into_inner().state(), MeasureState::Reported);
        request.validate_only = false;
        request.request_id = request_id();
        for _ in 0..2 {
            let done = world.measures("UZ").report_measure(request.clone()).await;
            let filed = done.unwrap().into_inner().current_report.unwrap();
            assert_eq!(filed.revision, 1);
        }
        let mut confirm = confirm(&name, 1);
        confirm.etag = "\"stale\"".to_owned();
        let word = world.measures("KZ").confirm_measure(confirm).await;
        assert_eq!(refused(word), "ETAG_MISMATCH");
    })
    .await;
}
