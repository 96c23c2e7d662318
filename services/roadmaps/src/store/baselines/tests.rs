//! How baselines are read.

use super::*;
use crate::store::plan;

#[tokio::test]
async fn what_changes_start_from_is_read_by_the_keys_of_baselines() {
    let name = MeasureName::new("p", "r", "m".to_owned());
    let keys = [1, 2].map(|baseline| (Uuid::nil(), baseline, name.clone()));
    for sql in [
        before_sql(Uuid::nil(), 2, [name.to_string()].into_iter()),
        plans_of_sql(&keys.iter().collect()),
    ] {
        let plan = plan::of(sql).await;
        let step = "SEARCH f USING INDEX sqlite_autoindex_baseline_measures_1 (roadmap_uid=? AND baseline=? AND name=?)";
        assert!(plan.iter().any(|found| found == step), "{plan:?}");
    }
}

#[tokio::test]
async fn where_rebaselines_led_is_read_by_the_roadmap() {
    let asked = BTreeSet::from([(Uuid::nil(), 1), (Uuid::max(), 2)]);
    let plan = plan::of(keyed(&asked, queries::LED_TO)).await;
    let step = "SEARCH b USING INDEX sqlite_autoindex_baselines_1 (roadmap_uid=?)";
    assert!(plan.iter().any(|found| found == step), "{plan:?}");
}

#[tokio::test]
async fn the_measures_of_a_baseline_are_read_in_order_by_its_key() {
    let plan = plan::of(all_measures_sql(Uuid::nil(), 1)).await;
    assert_eq!(plan.len(), 1, "{plan:?}");
    assert!(plan[0].starts_with("SEARCH f USING INDEX"), "{plan:?}");
}

#[tokio::test]
async fn states_are_read_by_the_events_of_the_roadmap() {
    let mut sql = Sql::new(queries::STATES);
    sql.args.push(Uuid::nil().into());
    sql.args.push(0_i64.into());
    let plan = plan::of(sql).await;
    let uses = |step: &str| plan.iter().any(|found| found.contains(step));
    assert!(uses("measure_events_of_roadmap"), "{plan:?}");
    assert!(!uses("SCAN e") && !uses("SCAN m "), "{plan:?}");
}
