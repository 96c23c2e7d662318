//! How pages of an export are read.

use aip::{Field, Kind, Schema};
use jiff::Timestamp;

use super::*;
use crate::{domain::release::tests::release, store::texts};

/// Fields of filters, as the service has them.
static SCHEMA: Schema = Schema {
    fields: &[
        field("region", Kind::Text, texts::REGION.sqlite),
        field("value_cents", Kind::Int, "o.value_cents"),
    ],
};

const fn field(path: &'static str, kind: Kind, column: &'static str) -> Field {
    Field {
        path,
        kind,
        column,
        sortable: false,
    }
}

storage::row! {
    /// A line of SQLite's query plan.
    struct PlanRow {
        detail: String,
    }
}

fn wanted(filter: &str) -> Wanted {
    Wanted {
        partnership: "uz-kz".to_owned(),
        reporter: String::new(),
        partner: "KZ".to_owned(),
        flows: vec![Flow::Export],
        years: (2020, 2024),
        windows: vec![Window::Month],
        commodity: "27".to_owned(),
        region: "UZ-TK".to_owned(),
        release: None,
        filter: aip::filter::parse(filter, &SCHEMA).unwrap(),
        known: Timestamp::UNIX_EPOCH,
        recorded_before: None,
    }
}

/// The plan of one page; in the strict reading beside a later release.
async fn plan(database: &storage::Database, filter: &'static str, is_past: bool) -> Vec<String> {
    let rows: Vec<PlanRow> = database
        .read(move |tx| {
            Box::pin(async move {
                let own = Counting {
                    settled: true,
                    ..Counting::from(release("r", "UZ", "2024-01-01"))
                };
                let mut later = Counting::from(release("s", "UZ", "2024-02-01"));
                later.release.number = own.release.number + 1;
                let range = Range {
                    own: &own,
                    after: Key {
                        year: 2023,
                        series: 5,
                        span: 101,
                    },
                    limit: 1_000,
                    is_past,
                };
                let mut sql = page_sql(&wanted(filter), &[own.clone(), later], range);
                sql.text.insert_str(0, "EXPLAIN QUERY PLAN ");
                tx.all::<PlanRow>(sql, Vec::new()).await
            })
        })
        .await
        .unwrap();
    rows.into_iter().map(|row| row.detail).collect()
}

#[tokio::test]
async fn a_page_is_read_in_its_order_by_the_primary_key() {
    storage::testing::each_engine(crate::SCHEMA, crate::MIGRATIONS, async |database| {
        if database.engine() != storage::Engine::Sqlite {
            // PostgreSQL reads tables this small from end to end, whatever the index.
            return;
        }
        for is_past in [false, true] {
            for filter in ["", "region = \"UZ-TK\" AND value_cents > 5"] {
                let plan = plan(&database, filter, is_past).await;
                let key = "SEARCH o USING PRIMARY KEY (release=? AND period_year=? AND ";
                assert!(plan.iter().any(|step| step.starts_with(key)), "{plan:?}");
                let bad = |step: &&String| step.contains("TEMP B-TREE") || step.starts_with("SCAN");
                assert_eq!(plan.iter().find(bad), None, "{filter} {is_past}: {plan:?}");
            }
        }
    })
    .await;
}

/// The texts of filters and of the options of an export say the same about a series.
#[test]
fn texts_of_filters_use_the_same_bits_as_the_options() {
    let region = format!("(o.series >> {}) & {}", key::REGION_SHIFT, key::REGION_MASK);
    for text in [texts::REGION.sqlite, texts::REGION.postgres] {
        assert!(text.contains(&region), "{text}");
    }
}

#[tokio::test]
async fn the_figures_of_a_release_go_on_by_the_primary_key() {
    storage::testing::each_engine(crate::SCHEMA, crate::MIGRATIONS, async |database| {
        if database.engine() != storage::Engine::Sqlite {
            // PostgreSQL reads tables this small from end to end, whatever the index.
            return;
        }
        let rows: Vec<PlanRow> = database
            .read(|tx| {
                Box::pin(async move {
                    let after = Key {
                        year: 2022,
                        series: 7,
                        span: 312,
                    };
                    let mut sql = of_release_sql(1, Some(after), 10);
                    sql.text.insert_str(0, "EXPLAIN QUERY PLAN ");
                    tx.all::<PlanRow>(sql, Vec::new()).await
                })
            })
            .await
            .unwrap();
        let plan: Vec<String> = rows.into_iter().map(|row| row.detail).collect();
        let key = "USING PRIMARY KEY (release=? AND (period_year,series,span)>(?,?,?))";
        assert!(plan.iter().any(|step| step.contains(key)), "{plan:?}");
        assert!(
            !plan.iter().any(|step| step.contains("TEMP B-TREE")),
            "{plan:?}"
        );
    })
    .await;
}
