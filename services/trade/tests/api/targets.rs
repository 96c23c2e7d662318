//! Targets, what supersedes them, and how far they have been reached.

use accord_proto::trade::v1::{
    self, Baseline, GetTargetProgressRequest, Measurement, MixedScopePolicy, SeriesWarning, Target,
    TargetOutcome, TargetProgress, TurnoverMethod,
    series_warning::Kind,
    target::{Indicator, State},
    target_outcome::Occasion,
};
use prost_types::FieldMask;
use tonic::{Code, Status};

use crate::{
    bureau::{Caller, PARENT, at, date, on_each_engine},
    errors::{assert_fault, assert_violations},
    figures::publish_all,
};

pub(crate) const FIRST: &str = "partnerships/uz-kz/targets/turnover-2026";
pub(crate) const SECOND: &str = "partnerships/uz-kz/targets/turnover-2030";

/// 10 billion dollars by the end of a year, by Uzbekistan's figures from 2021.
pub(crate) fn target(due: i32, adopted: (i32, i32, i32)) -> Target {
    Target {
        display_name: format!("Turnover of 10 billion dollars by {due}"),
        parties: vec!["UZ".to_owned(), "KZ".to_owned()],
        indicator: Indicator::Turnover as i32,
        value_cents: 1_000_000_000_000,
        due_date: Some(date(due, 12, 31)),
        baseline: Some(Baseline {
            year: 2021,
            value_cents: None,
        }),
        measurement: Some(measurement(TurnoverMethod::AsReportedBy, "UZ")),
        adopt_date: Some(date(adopted.0, adopted.1, adopted.2)),
        basis_document: "partnerships/uz-kz/documents/plan-2021".to_owned(),
        ..Target::default()
    }
}

pub(crate) fn measurement(method: TurnoverMethod, reporter: &str) -> Measurement {
    Measurement {
        turnover_method: method as i32,
        reporter: reporter.to_owned(),
    }
}

pub(crate) async fn create(caller: &Caller, id: &str, target: Target) -> Result<Target, Status> {
    let request = v1::CreateTargetRequest {
        parent: PARENT.to_owned(),
        target_id: id.to_owned(),
        target: Some(target),
        ..v1::CreateTargetRequest::default()
    };
    let answer = caller.targets.clone().create_target(request).await;
    answer.map(tonic::Response::into_inner)
}

async fn supersede(caller: &Caller, name: &str, id: &str, by: Target) -> Result<Target, Status> {
    let request = v1::SupersedeTargetRequest {
        name: name.to_owned(),
        successor_id: id.to_owned(),
        successor: Some(by),
        ..v1::SupersedeTargetRequest::default()
    };
    let answer = caller.targets.clone().supersede_target(request).await;
    answer.map(tonic::Response::into_inner)
}

async fn progress(
    caller: &Caller,
    request: GetTargetProgressRequest,
) -> Result<TargetProgress, Status> {
    let answer = caller.targets.clone().get_target_progress(request).await;
    answer.map(tonic::Response::into_inner)
}

fn of(name: &str) -> GetTargetProgressRequest {
    GetTargetProgressRequest {
        name: name.to_owned(),
        ..GetTargetProgressRequest::default()
    }
}

fn kinds(progress: &TargetProgress) -> Vec<Kind> {
    progress.warnings.iter().map(SeriesWarning::kind).collect()
}

pub(crate) async fn both_targets(caller: &Caller) {
    create(caller, "turnover-2026", target(2026, (2021, 12, 6)))
        .await
        .unwrap();
    supersede(caller, FIRST, "turnover-2030", target(2030, (2025, 3, 15)))
        .await
        .unwrap();
}

#[tokio::test]
async fn ten_billion_by_2030_as_known_today() {
    on_each_engine(async |bureau| {
        publish_all(&bureau).await;
        both_targets(&bureau.kz).await;
        let found = progress(&bureau.reader, of(SECOND)).await.unwrap();
        assert_eq!(found.target.as_ref().unwrap().recorder, "kz-stat");
        assert_eq!(found.measured_year, 2025);
        assert_eq!(found.attained_cents, Some(497_000_000_000));
        assert_eq!(found.attained_share_ppm, Some(497_000));
        assert_eq!(found.remaining_cents, Some(503_000_000_000));
        assert_eq!(found.years_remaining, 5);
        assert_eq!(found.required_growth_ppm, Some(150_082));
        assert_eq!(found.baseline_cents, Some(392_055_675_000));
        assert_eq!(found.growth_so_far_ppm, Some(61_090));
        let releases: Vec<_> = found
            .releases
            .iter()
            .map(|used| used.release.as_str())
            .collect();
        assert_eq!(
            releases,
            [
                "partnerships/uz-kz/releases/uz-2025",
                "partnerships/uz-kz/releases/uz-tables"
            ]
        );
        assert_eq!(
            kinds(&found),
            [Kind::ComparedScope, Kind::ComparedValuation]
        );
        assert_eq!(found.target.unwrap().state(), State::Active);
    })
    .await;
}

#[tokio::test]
async fn a_superseded_target_answers_as_known_before_and_after() {
    on_each_engine(async |bureau| {
        publish_all(&bureau).await;
        both_targets(&bureau.uz).await;
        let before = GetTargetProgressRequest {
            known_time: Some(at("2025-01-01")),
            ..of(FIRST)
        };
        let found = progress(&bureau.reader, before).await.unwrap();
        assert_eq!(
            (found.measured_year, found.attained_cents),
            (2023, Some(448_559_850_000))
        );
        assert_eq!(found.years_remaining, 3);
        assert_eq!(kinds(&found), [Kind::LaterYearMissing]);
        assert_eq!(found.target.unwrap().state(), State::Active);
        let after = progress(&bureau.reader, of(FIRST)).await.unwrap();
        assert!(kinds(&after).contains(&Kind::TargetSuperseded));
        let target = after.target.unwrap();
        assert_eq!(
            (target.state(), target.successor.as_str()),
            (State::Superseded, SECOND)
        );
        let early = GetTargetProgressRequest {
            known_time: Some(at("2025-01-01")),
            ..of(SECOND)
        };
        let found = progress(&bureau.reader, early).await.unwrap();
        assert!(kinds(&found).contains(&Kind::TargetNotAdopted));
    })
    .await;
}

/// How far each earlier target was missed, measured as known on the day it was superseded, and when it fell due.
#[tokio::test]
async fn superseded_targets_keep_how_far_they_were_missed() {
    on_each_engine(async |bureau| {
        publish_all(&bureau).await;
        both_targets(&bureau.uz).await;
        let found = progress(&bureau.reader, of(SECOND)).await.unwrap();
        assert_eq!(found.outcomes, []);
        let [earlier] = found.earlier_targets.as_slice() else {
            panic!("{:?}", found.earlier_targets)
        };
        assert_eq!(earlier.target.as_ref().unwrap().name, FIRST);
        // On 15 March 2025 the tables up to 2023 were known, not yet the figure of 2025; 2026 has not passed.
        let superseded = TargetOutcome {
            occasion: Occasion::Superseded as i32,
            date: Some(date(2025, 3, 15)),
            measured_year: 2023,
            attained_cents: Some(448_559_850_000),
            attained_share_ppm: Some(448_560),
            missed_by_cents: Some(551_440_150_000),
            qualifier: v1::Qualifier::Rounded as i32,
        };
        assert_eq!(earlier.outcomes, [superseded]);
        let first = progress(&bureau.reader, of(FIRST)).await.unwrap();
        assert_eq!(first.outcomes, [superseded]);
        assert_eq!(first.earlier_targets, []);

        let later = GetTargetProgressRequest {
            known_time: Some(at("2027-01-01")),
            ..of(FIRST)
        };
        let later = progress(&bureau.reader, later).await.unwrap();
        let due = later.outcomes.last().unwrap();
        assert_eq!(due.occasion(), Occasion::Due);
        assert_eq!(
            (due.date, due.measured_year),
            (Some(date(2026, 12, 31)), 2026)
        );
        assert_eq!((due.attained_cents, due.missed_by_cents), (None, None));

        let before = GetTargetProgressRequest {
            known_time: Some(at("2025-03-14")),
            ..of(FIRST)
        };
        let before = progress(&bureau.reader, before).await.unwrap();
        assert_eq!(before.outcomes, []);
    })
    .await;
}

#[tokio::test]
async fn another_measurement_and_another_year_can_be_asked_for() {
    on_each_engine(async |bureau| {
        publish_all(&bureau).await;
        both_targets(&bureau.uz).await;
        let by_kz = GetTargetProgressRequest {
            measurement: Some(measurement(TurnoverMethod::AsReportedBy, "KZ")),
            measured_year: 2022,
            ..of(SECOND)
        };
        let found = progress(&bureau.reader, by_kz).await.unwrap();
        assert_eq!(found.attained_share_ppm, Some(492_194));
        assert_eq!(found.growth_so_far_ppm, None);
        assert_eq!(kinds(&found), [Kind::MethodOverridden]);
        let exports = GetTargetProgressRequest {
            measurement: Some(measurement(TurnoverMethod::ExportsOfBoth, "")),
            measured_year: 2022,
            ..of(SECOND)
        };
        let found = progress(&bureau.reader, exports.clone()).await.unwrap();
        assert_eq!(found.attained_cents, Some(504_336_920_289));
        let strict = GetTargetProgressRequest {
            mixed_scope_policy: MixedScopePolicy::Refuse as i32,
            ..exports
        };
        let result = progress(&bureau.reader, strict).await;
        assert_fault(result, Code::FailedPrecondition, "UNLIKE_SERIES");
        let unknown = GetTargetProgressRequest {
            measured_year: 2024,
            ..of(SECOND)
        };
        let found = progress(&bureau.reader, unknown).await.unwrap();
        assert_eq!((found.measured_year, found.attained_cents), (2024, None));
    })
    .await;
}

#[tokio::test]
async fn bad_questions_about_targets_are_refused() {
    on_each_engine(async |bureau| {
        both_targets(&bureau.uz).await;
        let bad = GetTargetProgressRequest {
            measurement: Some(measurement(TurnoverMethod::Unspecified, "uz")),
            measured_year: 1,
            ..of("targets/x")
        };
        let result = progress(&bureau.reader, bad).await;
        let explained = assert_violations(
            result,
            &[
                ("name", "NAME_INVALID"),
                ("measurement.turnover_method", "TURNOVER_METHOD_REQUIRED"),
                ("measurement.reporter", "COUNTRY_INVALID"),
                ("measured_year", "FIELD_INVALID"),
            ],
        );
        assert!(explained.metadata.contains_key("methods"));
        let outsider = GetTargetProgressRequest {
            measurement: Some(measurement(TurnoverMethod::AsReportedBy, "KG")),
            ..of(SECOND)
        };
        let result = progress(&bureau.reader, outsider).await;
        assert_violations(result, &[("measurement.reporter", "FIELD_INVALID")]);
        let empty = progress(&bureau.reader, of(SECOND)).await.unwrap();
        assert_eq!((empty.measured_year, empty.attained_cents), (0, None));
    })
    .await;
}

#[tokio::test]
async fn targets_are_recorded_by_their_parties_and_keep_what_was_agreed() {
    on_each_engine(async |bureau| {
        for (caller, reason) in [
            (&bureau.kg, "PARTY_MISMATCH"),
            (&bureau.reader, "ROLE_REQUIRED"),
            (&bureau.operator, "ROLE_REQUIRED"),
        ] {
            let result = create(caller, "foreign", target(2026, (2021, 12, 6))).await;
            assert_fault(result, Code::PermissionDenied, reason);
        }
        let created = create(&bureau.kz, "turnover-2026", target(2026, (2021, 12, 6)))
            .await
            .unwrap();
        assert_eq!(
            (created.name.as_str(), created.state()),
            (FIRST, State::Active)
        );
        let again = create(&bureau.uz, "turnover-2026", target(2026, (2021, 12, 6))).await;
        assert_fault(again, Code::AlreadyExists, "RESOURCE_ALREADY_EXISTS");

        let lowered = Target {
            value_cents: 500,
            ..created.clone()
        };
        let mut request = v1::UpdateTargetRequest {
            target: Some(lowered),
            update_mask: Some(FieldMask {
                paths: vec!["value_cents".to_owned()],
            }),
            ..v1::UpdateTargetRequest::default()
        };
        let result = bureau
            .uz
            .targets
            .clone()
            .update_target(request.clone())
            .await;
        assert_fault(result, Code::InvalidArgument, "IMMUTABLE_FIELD");
        request.target = Some(Target {
            basis_note: "In the next five years".to_owned(),
            ..created
        });
        request.update_mask = Some(FieldMask {
            paths: vec!["basis_note".to_owned()],
        });
        let updated = bureau
            .uz
            .targets
            .clone()
            .update_target(request.clone())
            .await
            .unwrap();
        assert_eq!(updated.into_inner().basis_note, "In the next five years");
        let stale = bureau.uz.targets.clone().update_target(request).await;
        assert_fault(stale, Code::Aborted, "ETAG_MISMATCH");
    })
    .await;
}

#[tokio::test]
async fn a_target_is_superseded_once_by_a_later_one_of_the_same_parties() {
    on_each_engine(async |bureau| {
        create(&bureau.uz, "turnover-2026", target(2026, (2021, 12, 6)))
            .await
            .unwrap();
        let sooner = target(2030, (2021, 12, 6));
        let result = supersede(&bureau.uz, FIRST, "turnover-2030", sooner).await;
        assert_violations(result, &[("successor.adopt_date", "ADOPT_DATE_INVALID")]);
        let mut others = target(2030, (2025, 3, 15));
        others.parties[1] = "KG".to_owned();
        let result = supersede(&bureau.uz, FIRST, "turnover-2030", others).await;
        assert_violations(result, &[("successor.parties", "PARTIES_DIFFER")]);
        let next = target(2030, (2025, 3, 15));
        let result = supersede(&bureau.uz, FIRST, "turnover-2026", next.clone()).await;
        assert_fault(result, Code::AlreadyExists, "RESOURCE_ALREADY_EXISTS");
        let successor = supersede(&bureau.kz, FIRST, "turnover-2030", next.clone())
            .await
            .unwrap();
        assert_eq!(
            (successor.name.as_str(), successor.predecessor.as_str()),
            (SECOND, FIRST)
        );
        let result = supersede(&bureau.uz, FIRST, "turnover-2035", next).await;
        let explained = assert_fault(result, Code::FailedPrecondition, "TARGET_SUPERSEDED");
        assert_eq!(explained.metadata["successor"], SECOND);

        let request = v1::ListTargetsRequest {
            parent: PARENT.to_owned(),
            filter: "state = STATE_ACTIVE AND due_date > 2029-01-01".to_owned(),
            ..v1::ListTargetsRequest::default()
        };
        let listed = bureau
            .reader
            .targets
            .clone()
            .list_targets(request)
            .await
            .unwrap()
            .into_inner();
        assert_eq!(listed.targets, [successor]);
        let name = FIRST.to_owned();
        let first = bureau
            .reader
            .targets
            .clone()
            .get_target(v1::GetTargetRequest { name })
            .await;
        let first = first.unwrap().into_inner();
        assert_eq!(
            (first.state(), first.successor.as_str()),
            (State::Superseded, SECOND)
        );
        assert_eq!(first.supersede_date, Some(date(2025, 3, 15)));
    })
    .await;
}

#[tokio::test]
async fn every_mistake_in_a_target_is_reported() {
    on_each_engine(async |bureau| {
        let bad = Target {
            parties: ["UZ", "KZ", "KG"].map(str::to_owned).to_vec(),
            indicator: 0,
            value_cents: 0,
            due_date: Some(date(2030, 2, 30)),
            baseline: Some(Baseline {
                year: 0,
                value_cents: Some(0),
            }),
            measurement: Some(measurement(TurnoverMethod::AsReportedBy, "")),
            adopt_date: None,
            basis_document: "the plan".to_owned(),
            source_uri: "president.uz".to_owned(),
            ..Target::default()
        };
        assert_violations(
            create(&bureau.uz, "bad", bad).await,
            &[
                ("target.display_name", "FIELD_REQUIRED"),
                ("target.parties", "FIELD_INVALID"),
                ("target.indicator", "FIELD_REQUIRED"),
                ("target.value_cents", "FIELD_INVALID"),
                ("target.due_date", "DATE_INVALID"),
                ("target.baseline.year", "FIELD_REQUIRED"),
                ("target.baseline.value_cents", "FIELD_INVALID"),
                ("target.measurement.reporter", "REPORTER_REQUIRED"),
                ("target.adopt_date", "FIELD_REQUIRED"),
                ("target.basis_document", "NAME_INVALID"),
                ("target.source_uri", "URI_INVALID"),
            ],
        );
    })
    .await;
}
