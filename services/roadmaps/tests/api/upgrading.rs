//! A database that an older version has left.

use accord_proto::roadmaps::v1::{ListBaselineMeasuresRequest, ListBaselinesRequest, MeasureState};
use storage::{Migrations, args, testing};

use crate::world::World;

/// The tables before plans were frozen.
static OLD: Migrations = storage::migrations! { component: "roadmaps", 1 => "init" };

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

#[tokio::test]
async fn a_plan_that_was_adopted_before_is_baseline_1() {
    for opened in testing::databases(roadmaps::SCHEMA, &[&ledger::MIGRATIONS, &OLD]).await {
        for text in WRITTEN {
            let written = opened.database.write(move |tx| {
                Box::pin(async move { tx.execute(text, args![]).await.map(drop) })
            });
            let written: Result<(), storage::Error> = written.await;
            written.unwrap();
        }
        let database = opened.reopen_with(roadmaps::MIGRATIONS).await.unwrap();
        let world = World::on(database.clone());
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
        drop(world);
        database.close().await;
        opened.remove().await;
    }
}
