//! A database that an older version has left.

use accord_proto::{
    ledger::v1::ListEntriesRequest,
    roadmaps::v1::{
        GetRoadmapProgressRequest, GetScheduleRequest, ListBaselineMeasuresRequest,
        ListBaselinesRequest, ListDeadlinesRequest, MeasureState, ScheduleBasis,
    },
};
use roadmaps::Reminders;
use storage::{Migrations, args, testing};

use crate::world::{World, date};

/// The tables before plans were frozen.
static OLD: Migrations = roadmaps::TABLES.up_to(1);

/// An adopted roadmap with a measure and a deleted one, as that version wrote them.
const WRITTEN: [&str; 4] = [
    "INSERT INTO roadmaps (uid, name, partnership, titles, period_start_day, period_end_day, sources, \
     plan_revision, state, revision, created_us, updated_us) \
     VALUES ('0190a5a0-0000-7000-8000-000000000001', 'partnerships/p/roadmaps/r', 'p', \
     '[{\"language_code\":\"en\",\"text\":\"R\"}]', 18993, 19722, '[]', 3, 2, 5, 1000000, 3000000)",
    "INSERT INTO roadmap_sides (roadmap_uid, position, party, region_code, region_name, signing_body, adopted_us) \
     VALUES ('0190a5a0-0000-7000-8000-000000000001', 0, 'UZ', 'UZ-TK', 'Toshkent', '', 2000000), \
     ('0190a5a0-0000-7000-8000-000000000001', 1, 'KZ', 'KZ-AST', 'Nur-Sultan', '', 3000000)",
    "INSERT INTO measures (uid, name, roadmap_uid, partnership, titles, section, order_number, expected_result, \
     form_of_completion, executors, deadline_form, deadline_day, weight, state, reports, words, events, revision, \
     created_us, updated_us) \
     VALUES ('0190a5a0-0000-7000-8000-000000000002', 'partnerships/p/roadmaps/r/measures/a', \
     '0190a5a0-0000-7000-8000-000000000001', 'p', '[{\"language_code\":\"en\",\"text\":\"A\"}]', 'S', 1, '', '', '[]', \
     2, 19173, 7, 2, 0, '{\"report\":null,\"verdict\":null,\"proposal\":null}', 2, 2, 1000000, 4000000)",
    "INSERT INTO measures (uid, name, roadmap_uid, partnership, titles, section, order_number, expected_result, \
     form_of_completion, executors, deadline_form, deadline_day, weight, state, reports, words, events, revision, \
     created_us, updated_us, deleted_us) \
     VALUES ('0190a5a0-0000-7000-8000-000000000003', 'partnerships/p/roadmaps/r/measures/gone', \
     '0190a5a0-0000-7000-8000-000000000001', 'p', '[{\"language_code\":\"en\",\"text\":\"G\"}]', 'S', 2, '', '', '[]', \
     1, 19173, 1, 1, 0, '{\"report\":null,\"verdict\":null,\"proposal\":null}', 2, 2, 1000000, 1500000, 1500000)",
];

/// What carried the measure out by then, and what had happened to it: entered, and entered anew with another deadline.
const HAPPENED: [&str; 3] = [
    "UPDATE measures SET starts_day = 19083, executors = \
     '[{\"party\":\"UZ\",\"lead_body\":\"Roads\",\"co_executing_bodies\":[\"Transport\"]}]' \
     WHERE name = 'partnerships/p/roadmaps/r/measures/a'",
    "INSERT INTO measure_bodies (measure_uid, party, body, leads) \
     VALUES ('0190a5a0-0000-7000-8000-000000000002', 'UZ', 'Roads', TRUE), \
     ('0190a5a0-0000-7000-8000-000000000002', 'UZ', 'Transport', FALSE)",
    "INSERT INTO measure_events (measure_uid, number, roadmap_uid, recorded_us, kind, side, agency, reason, state, \
     section, weight, deadline_day) \
     VALUES ('0190a5a0-0000-7000-8000-000000000002', 1, '0190a5a0-0000-7000-8000-000000000001', 1000000, 1, 0, \
     'uz-economy', '', 1, 'S', 5, 19100), \
     ('0190a5a0-0000-7000-8000-000000000002', 2, '0190a5a0-0000-7000-8000-000000000001', 1500000, 2, 0, \
     'uz-economy', '', 1, 'S', 7, 19173), \
     ('0190a5a0-0000-7000-8000-000000000002', 3, '0190a5a0-0000-7000-8000-000000000001', 4000000, 5, 0, \
     'uz-economy', '', 2, NULL, NULL, NULL)",
];

/// A measure without an end.
const PERMANENT: [&str; 1] = [
    "INSERT INTO measures (uid, name, roadmap_uid, partnership, titles, section, order_number, expected_result, \
     form_of_completion, executors, deadline_form, deadline_day, weight, state, reports, words, events, revision, \
     created_us, updated_us) \
     VALUES ('0190a5a0-0000-7000-8000-000000000004', 'partnerships/p/roadmaps/r/measures/always', \
     '0190a5a0-0000-7000-8000-000000000001', 'p', '[{\"language_code\":\"en\",\"text\":\"P\"}]', 'S', 3, '', '', '[]', \
     5, 2932896, 1, 2, 0, '{\"report\":null,\"verdict\":null,\"proposal\":null}', 2, 2, 1000000, 4000000)",
];

#[tokio::test]
async fn what_is_permanent_is_due_on_no_day_also_after_an_upgrade() {
    upgraded(&PERMANENT, async |world| {
        let request = ListDeadlinesRequest {
            parent: "partnerships/p".to_owned(),
            ..ListDeadlinesRequest::default()
        };
        let listed = world.measures("UZ").list_deadlines(request).await;
        let due = listed.unwrap().into_inner().deadlines;
        let names: Vec<_> = due.iter().map(|it| it.measure.as_str()).collect();
        assert_eq!(names, ["partnerships/p/roadmaps/r/measures/a"]);
    })
    .await;
}

#[tokio::test]
async fn what_carried_a_measure_out_before_is_found_in_lists_progress_and_schedules() {
    upgraded(&HAPPENED, async |world| {
        let request = ListDeadlinesRequest {
            parent: "partnerships/p".to_owned(),
            body: "Transport".to_owned(),
            ..ListDeadlinesRequest::default()
        };
        let listed = world.measures("UZ").list_deadlines(request).await;
        let [due] = listed.unwrap().into_inner().deadlines.try_into().unwrap();
        assert_eq!(due.measure, "partnerships/p/roadmaps/r/measures/a");
        let request = GetRoadmapProgressRequest {
            name: "partnerships/p/roadmaps/r".to_owned(),
            ..GetRoadmapProgressRequest::default()
        };
        let progress = world.roadmaps("UZ").get_roadmap_progress(request).await;
        let bodies: Vec<_> = progress
            .unwrap()
            .into_inner()
            .bodies
            .into_iter()
            .map(|body| (body.party, body.body))
            .collect();
        let of = |body: &str| ("UZ".to_owned(), body.to_owned());
        assert_eq!(bodies, [of("Roads"), of("Transport")]);
        let request = GetScheduleRequest {
            name: "partnerships/p/roadmaps/r".to_owned(),
            basis: ScheduleBasis::Plan.into(),
            ..GetScheduleRequest::default()
        };
        let schedule = world.roadmaps("UZ").get_schedule(request).await.unwrap();
        let [planned] = schedule.into_inner().measures.try_into().unwrap();
        // 1 April 2022 is the day 19,083.
        assert_eq!(planned.early_start_date, date(2022, 4, 1));
    })
    .await;
}

/// The tables before past bodies were known.
static WITH_RULES: Migrations = roadmaps::TABLES.up_to(7);

/// Bodies of the measure before, by its event and by the frozen plan.
const BEFORE: [&str; 2] = [
    "INSERT INTO measure_events (measure_uid, number, roadmap_uid, recorded_us, kind, side, agency, reason, state, \
     section, weight, deadline_day, executors) \
     VALUES ('0190a5a0-0000-7000-8000-000000000002', 1, '0190a5a0-0000-7000-8000-000000000001', 1000000, 1, 0, \
     'uz-economy', '', 1, 'S', 5, 19100, \
     '[{\"party\":\"UZ\",\"lead_body\":\"First Office\",\"co_executing_bodies\":[\"Second Office\"]}]')",
    "INSERT INTO baseline_measures (roadmap_uid, baseline, name, measure_uid, titles, section, order_number, \
     expected_result, form_of_completion, executors, deadline_form, deadline_day, weight, details, dependencies, state) \
     VALUES ('0190a5a0-0000-7000-8000-000000000001', 1, 'partnerships/p/roadmaps/r/measures/a', \
     '0190a5a0-0000-7000-8000-000000000002', '[]', 'S', 1, '', '', \
     '[{\"party\":\"KZ\",\"lead_body\":\"Third Office\",\"co_executing_bodies\":[\"Fourth Office\"]}]', \
     2, 19173, 7, '{}', '[]', 1)",
];

#[tokio::test]
async fn bodies_that_a_measure_named_before_it_was_planned_anew_are_known() {
    upgraded_from(&WITH_RULES, &BEFORE, async |world| {
        for (party, body) in [
            ("UZ", "First Office"),
            ("UZ", "Second Office"),
            ("KZ", "Third Office"),
            ("KZ", "Fourth Office"),
        ] {
            let request = ListDeadlinesRequest {
                parent: "partnerships/p".to_owned(),
                party: party.to_owned(),
                body: body.to_owned(),
                ..ListDeadlinesRequest::default()
            };
            let listed = world.measures("UZ").list_deadlines(request).await;
            assert!(listed.unwrap().into_inner().deadlines.is_empty(), "{body}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_deadline_that_was_there_before_is_reminded_of() {
    upgraded(&HAPPENED, async |world| {
        // 30 June 2022 is 59 days away.
        world.days_pass(29);
        let leads = "30".parse().unwrap();
        let reminders = Reminders::beside(world.database.clone(), world.clock.clone(), leads);
        reminders.record_due().await.unwrap();
        let request = ListEntriesRequest {
            parent: "logs/roadmaps".to_owned(),
            ..ListEntriesRequest::default()
        };
        let listed = world.ledger().list_entries(request).await;
        let [entry] = listed.unwrap().into_inner().entries.try_into().unwrap();
        let name = "partnerships/p/roadmaps/r/measures/a/reminders/d1-30";
        assert_eq!(entry.resource, name);
    })
    .await;
}

#[tokio::test]
async fn a_plan_that_was_adopted_before_is_baseline_1() {
    upgraded(&[], async |world| {
        let request = ListBaselinesRequest {
            parent: "partnerships/p/roadmaps/r".to_owned(),
            ..ListBaselinesRequest::default()
        };
        let listed = world.plans("UZ").list_baselines(request).await.unwrap();
        let [baseline] = listed.into_inner().baselines.try_into().unwrap();
        assert_eq!(
            (
                baseline.plan_revision,
                baseline.measure_count,
                baseline.total_weight
            ),
            (3, 1, 7)
        );
        assert_eq!(baseline.freeze_time.unwrap().seconds, 3, "the later word");
        let request = ListBaselineMeasuresRequest {
            parent: baseline.name,
            ..ListBaselineMeasuresRequest::default()
        };
        let listed = world.plans("UZ").list_baseline_measures(request).await;
        let [frozen] = listed
            .unwrap()
            .into_inner()
            .baseline_measures
            .try_into()
            .unwrap();
        let measure = frozen.measure.unwrap();
        assert_eq!(measure.state(), MeasureState::Planned, "as at its adoption");
        assert_eq!((measure.weight, measure.section.as_str()), (7, "S"));
    })
    .await;
}

/// Fills the tables of that version on each engine, and runs `test` on the service of today over them.
async fn upgraded(more: &[&'static str], test: impl AsyncFn(&World)) {
    upgraded_from(&OLD, more, test).await;
}

/// The same with the tables of another version.
async fn upgraded_from(
    old: &'static Migrations,
    more: &[&'static str],
    test: impl AsyncFn(&World),
) {
    for opened in testing::databases(roadmaps::SCHEMA, &[&ledger::MIGRATIONS, old]).await {
        for text in WRITTEN.iter().chain(more).copied() {
            let written = opened.database.write(move |tx| {
                Box::pin(async move { tx.execute(text, args![]).await.map(drop) })
            });
            let written: Result<(), storage::Error> = written.await;
            written.unwrap();
        }
        let database = opened.reopen_with(roadmaps::MIGRATIONS).await.unwrap();
        let world = World::on(database.clone());
        test(&world).await;
        drop(world);
        database.close().await;
        opened.remove().await;
    }
}
