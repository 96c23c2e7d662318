//! Schedules through the contract. The clock stands on Monday, 2 May 2022.

mod asking;

use accord_proto::{
    google::r#type::Date,
    roadmaps::v1::{
        Deadline, Dependency, DependencyKind, DurationBasis, Executors, GetScheduleRequest,
        Measure, Schedule, ScheduleBasis, ScheduleProgress, ScheduleViolationKind,
        ScheduleWarningKind, ScheduledMeasure, WhatIf, deadline,
    },
};
use tonic::Status;

use crate::{
    dependencies::{after, name, on},
    world::{ROADMAP, World, date, details, each_engine, measure},
};

async fn ask(world: &World, request: GetScheduleRequest) -> Result<Schedule, Status> {
    let answer = world.roadmaps("KZ").get_schedule(request).await?;
    Ok(answer.into_inner())
}

fn plan() -> GetScheduleRequest {
    GetScheduleRequest {
        basis: ScheduleBasis::Plan.into(),
        ..actual()
    }
}

fn actual() -> GetScheduleRequest {
    GetScheduleRequest {
        name: ROADMAP.to_owned(),
        ..GetScheduleRequest::default()
    }
}

fn due(year: i32, month: i32, day: i32) -> Option<Deadline> {
    Some(Deadline {
        form: date(year, month, day).map(deadline::Form::Date),
        last_day: None,
    })
}

/// A measure of Uzbekistan that takes so many working days, due at the end of 2022.
fn lasting(days: i32, ids: &[&str]) -> Measure {
    Measure {
        working_days: days,
        deadline: due(2022, 12, 30),
        ..after("Lasting", ids)
    }
}

fn of<'a>(schedule: &'a Schedule, id: &str) -> &'a ScheduledMeasure {
    let mut measures = schedule.measures.iter();
    measures.find(|found| found.measure == name(id)).unwrap()
}

fn days(measure: &ScheduledMeasure) -> [Option<Date>; 4] {
    [
        measure.early_start_date,
        measure.early_finish_date,
        measure.late_start_date,
        measure.late_finish_date,
    ]
}

/// a (5 days) before b (10 days) and c (2 days); both before d (1 day).
async fn diamond(world: &World) {
    world.draft().await;
    let first = Measure {
        start_date: date(2022, 5, 2),
        ..lasting(5, &[])
    };
    world.measure("a", first).await;
    world.measure("b", lasting(10, &["a"])).await;
    world.measure("c", lasting(2, &["a"])).await;
    world.measure("d", lasting(1, &["b", "c"])).await;
}

#[tokio::test]
async fn early_and_late_days_are_counted_in_working_days_of_the_executing_state() {
    each_engine(async |world| {
        diamond(&world).await;
        let schedule = ask(&world, plan()).await.unwrap();
        // 2 to 4 May were off in Uzbekistan and Saturday 7 May was worked, 9 May is a holiday: 5, 6, 7, 10, 11.
        let a = of(&schedule, "a");
        assert_eq!(
            days(a),
            [
                date(2022, 5, 5),
                date(2022, 5, 11),
                date(2022, 5, 5),
                date(2022, 5, 11)
            ]
        );
        let c = of(&schedule, "c");
        assert_eq!(
            days(c),
            [
                date(2022, 5, 12),
                date(2022, 5, 13),
                date(2022, 5, 24),
                date(2022, 5, 25)
            ]
        );
        assert_eq!((c.total_slack_days, c.free_slack_days), (Some(8), Some(8)));
        assert_eq!(c.parties, ["UZ"]);
        assert_eq!(c.driving_predecessor, name("a"));
        assert_eq!(schedule.start_date, date(2022, 5, 5));
        assert_eq!(schedule.finish_date, date(2022, 5, 26));
        assert_eq!(schedule.critical_path, ["a", "b", "d"].map(name));
        let counts = (
            schedule.measure_count,
            schedule.dependency_count,
            schedule.critical_count,
        );
        assert_eq!(counts, (4, 4, 3));
        assert!(schedule.warnings.is_empty(), "{:?}", schedule.warnings);
        // All is due on 30 December: d may begin and end on that day.
        let d = of(&schedule, "d");
        assert_eq!(
            (d.must_start_date, d.must_finish_date),
            (date(2022, 12, 30), date(2022, 12, 30))
        );
        assert!(d.deadline_slack_days.unwrap() > 100);
        assert_eq!(d.duration_basis(), DurationBasis::Given);
    })
    .await;
}

#[tokio::test]
async fn a_measure_of_both_sides_works_when_both_states_do() {
    each_engine(async |world| {
        world.draft().await;
        let mut joint = Measure {
            start_date: date(2022, 5, 4),
            ..lasting(3, &[])
        };
        joint.executors.push(Executors {
            party: "KZ".to_owned(),
            lead_body: "Akimat".to_owned(),
            co_executing_bodies: Vec::new(),
        });
        world.measure("joint", joint).await;
        let schedule = ask(&world, plan()).await.unwrap();
        // 4 May is off in Uzbekistan, 7 in Kazakhstan, 9 in both, 10 in Kazakhstan: 5, 6, 11.
        let joint = of(&schedule, "joint");
        assert_eq!(
            (joint.early_start_date, joint.early_finish_date),
            (date(2022, 5, 5), date(2022, 5, 11))
        );
        assert_eq!(joint.parties, ["UZ", "KZ"]);
    })
    .await;
}

#[tokio::test]
async fn durations_follow_from_dates_or_are_assumed_and_said_to_be() {
    each_engine(async |world| {
        world.draft().await;
        let dated = Measure {
            start_date: date(2022, 6, 1),
            ..measure("1 to 30 June")
        };
        world.measure("dated", dated).await;
        world.measure("due", measure("Due on 30 June")).await;
        let schedule = ask(&world, plan()).await.unwrap();
        let dated = of(&schedule, "dated");
        assert_eq!(
            (dated.duration_days, dated.duration_basis()),
            (22, DurationBasis::PlannedDates)
        );
        let due = of(&schedule, "due");
        assert_eq!(
            (due.duration_days, due.duration_basis()),
            (1, DurationBasis::Assumed)
        );
        assert_eq!(due.must_start_date, date(2022, 6, 30));
        let [warning] = schedule.warnings.as_slice() else {
            panic!("{:?}", schedule.warnings);
        };
        assert_eq!(warning.kind(), ScheduleWarningKind::DurationsAssumed);
        assert_eq!(warning.measure_count, 1);
    })
    .await;
}

#[tokio::test]
async fn only_what_both_sides_confirmed_is_done_unless_claims_are_asked_for() {
    each_engine(async |world| {
        diamond(&world).await;
        world.adopt(ROADMAP).await;
        world.days_pass(20);
        // Sunday 22 May: a side reports `a`, as done on that day.
        let before = ask(&world, actual()).await.unwrap();
        assert_eq!(of(&before, "a").progress(), ScheduleProgress::NotStarted);
        assert!(of(&before, "a").start_overdue);
        assert_eq!(of(&before, "a").early_start_date, date(2022, 5, 23));
        world.clock.advance(std::time::Duration::from_secs(60));
        world.report("UZ", &name("a")).await.unwrap();
        let attested = ask(&world, actual()).await.unwrap();
        assert_eq!(of(&attested, "a").progress(), ScheduleProgress::Started);
        let claims = GetScheduleRequest {
            basis: ScheduleBasis::Claimed.into(),
            ..actual()
        };
        let claimed = ask(&world, claims).await.unwrap();
        let a = of(&claimed, "a");
        assert_eq!(a.progress(), ScheduleProgress::Finished);
        assert_eq!((a.total_slack_days, a.late_finish_date), (None, None));
        assert_eq!(of(&claimed, "b").early_start_date, date(2022, 5, 23));
        assert!(of(&attested, "b").early_start_date != date(2022, 5, 23));
        world.confirm("KZ", &name("a"), 1).await.unwrap();
        let confirmed = ask(&world, actual()).await.unwrap();
        assert_eq!(of(&confirmed, "a").progress(), ScheduleProgress::Finished);
        assert_eq!(of(&confirmed, "b").early_start_date, date(2022, 5, 23));
        // As known before, nothing had begun.
        let known = GetScheduleRequest {
            known_time: before.known_time,
            ..actual()
        };
        assert_eq!(ask(&world, known).await.unwrap(), before);
    })
    .await;
}

#[tokio::test]
async fn what_has_begun_keeps_its_first_day_and_ends_not_before_the_data_date() {
    each_engine(async |world| {
        diamond(&world).await;
        world.adopt(ROADMAP).await;
        world.days_pass(3);
        // Thursday 5 May: `b` begins before `a`, which it should follow.
        world.start("KZ", &name("b")).await.unwrap();
        let schedule = ask(&world, actual()).await.unwrap();
        let b = of(&schedule, "b");
        // 5, 6, 7, 10, 11, 12, 13, 16, 17, 18 May.
        assert_eq!(
            (b.early_start_date, b.early_finish_date),
            (date(2022, 5, 5), date(2022, 5, 18))
        );
        assert_eq!(
            (b.late_start_date, b.progress()),
            (None, ScheduleProgress::Started)
        );
        let later = GetScheduleRequest {
            effective_date: date(2022, 8, 1),
            ..actual()
        };
        let schedule = ask(&world, later).await.unwrap();
        assert_eq!(of(&schedule, "b").early_finish_date, date(2022, 8, 1));
        assert_eq!(of(&schedule, "a").early_start_date, date(2022, 8, 1));
    })
    .await;
}

#[tokio::test]
async fn plans_that_contradict_themselves_or_cannot_be_kept_are_told() {
    each_engine(async |world| {
        world.draft().await;
        let first = Measure {
            start_date: date(2022, 6, 1),
            deadline: due(2022, 6, 30),
            ..measure("June")
        };
        world.measure("june", first).await;
        let early = Measure {
            start_date: date(2022, 6, 20),
            deadline: due(2022, 7, 29),
            ..after("Too early", &["june"])
        };
        world.measure("early", early).await;
        let long = Measure {
            deadline: due(2022, 7, 1),
            working_days: 5,
            dependencies: vec![Dependency {
                kind: DependencyKind::StartToStart.into(),
                lag_days: 20,
                ..on("june")
            }],
            ..measure("Too long")
        };
        world.measure("long", long).await;
        let sooner = Measure {
            deadline: due(2022, 6, 15),
            ..after("Due before what it follows", &["june"])
        };
        world.measure("sooner", sooner).await;
        let schedule = ask(&world, plan()).await.unwrap();
        let early = of(&schedule, "early");
        let found = &early.violations[0];
        assert_eq!(found.kind(), ScheduleViolationKind::PlannedDates);
        assert_eq!(found.predecessor, name("june"));
        assert_eq!(found.dependency_kind(), DependencyKind::FinishToStart);
        assert_eq!(
            (found.planned_date, found.required_date),
            (date(2022, 6, 20), date(2022, 7, 1))
        );
        // From 20 June to 29 July there are 29 working days; from 1 July they end on 11 August.
        let unreachable = early
            .violations
            .iter()
            .find(|violation| violation.kind() == ScheduleViolationKind::DeadlineUnreachable);
        assert!(unreachable.is_some() && early.deadline_slack_days.unwrap() < 0);
        let long = of(&schedule, "long");
        let kinds: Vec<_> = long
            .violations
            .iter()
            .map(accord_proto::roadmaps::v1::ScheduleViolation::kind)
            .collect();
        assert_eq!(kinds, [ScheduleViolationKind::DeadlineUnreachable]);
        let sooner = &of(&schedule, "sooner").violations[0];
        assert_eq!(sooner.kind(), ScheduleViolationKind::PlannedDates);
        assert_eq!(
            (sooner.planned_date, sooner.required_date),
            (date(2022, 6, 15), date(2022, 6, 30))
        );
        assert_eq!(schedule.violated_count, 3);
        let filtered = GetScheduleRequest {
            filter: "violated = true AND deadline_slack_days < 0".to_owned(),
            ..plan()
        };
        assert_eq!(ask(&world, filtered).await.unwrap().measures.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn what_slips_with_a_measure_is_what_its_slack_does_not_hold() {
    each_engine(async |world| {
        diamond(&world).await;
        let slip = |id: &str, slip_days| GetScheduleRequest {
            what_if: Some(WhatIf {
                measure: name(id),
                slip_days,
            }),
            ..plan()
        };
        let within = ask(&world, slip("c", 8)).await.unwrap();
        assert_eq!(within.measures.len(), 1);
        assert_eq!(within.what_if.clone().unwrap().finish_delay_days, 0);
        let beyond = ask(&world, slip("c", 10)).await.unwrap();
        let slips: Vec<(&str, i32)> = beyond
            .measures
            .iter()
            .map(|found| (found.measure.as_str(), found.slip.unwrap().slip_days))
            .collect();
        assert_eq!(slips, [(name("c").as_str(), 10), (name("d").as_str(), 2)]);
        let outcome = beyond.what_if.unwrap();
        assert_eq!(
            (outcome.slipped_count, outcome.missed_deadline_count),
            (2, 0)
        );
        // From Thursday 26 to Monday 30 May.
        assert_eq!(
            (outcome.finish_date, outcome.finish_delay_days),
            (date(2022, 5, 30), 4)
        );
        let ruin = ask(&world, slip("a", 3_650)).await.unwrap();
        assert_eq!(ruin.what_if.unwrap().missed_deadline_count, 4);
        assert!(
            ruin.measures
                .iter()
                .all(|found| found.slip.unwrap().misses_deadline)
        );
        let unknown = ask(&world, slip("z", 1)).await.unwrap_err();
        assert_eq!(details(&unknown).reason, "RESOURCE_NOT_FOUND");
        let none = ask(&world, slip("a", 0)).await.unwrap_err();
        assert_eq!(details(&none).reason, "VALUE_OUT_OF_RANGE");
    })
    .await;
}
