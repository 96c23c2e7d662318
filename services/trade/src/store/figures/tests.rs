//! How the figures behind a figure are read.

use super::*;
use crate::domain::{cell::Flow, cell::HsEdition, release::tests::release};

storage::row! {
    /// A line of SQLite's query plan.
    struct PlanRow {
        detail: String,
    }
}

fn node(code: &str) -> Node {
    Node {
        edition: HsEdition::new(6),
        commodity: code.to_owned(),
        region: String::new(),
        reporter: "UZ".to_owned(),
        flow: Flow::Export,
    }
}

fn page_text(strict: bool) -> Sql {
    let own = release("r", "UZ", "2024-01-01");
    let mut later = Counting::from(release("s", "UZ", "2024-02-01"));
    later.release.number = 2;
    let later = [&later];
    let range = |code: &str| Range {
        series: series_of(&node(code), "KZ", false),
        spans: vec![(6, 101), (4, 103)],
    };
    let batch = Batch {
        own: &own,
        later: strict.then_some(later.as_slice()),
        year: 2023,
        ranges: vec![range("84"), range("85")],
        standing: true,
        known: Timestamp::UNIX_EPOCH,
    };
    page_sql(&batch, (i64::MIN, 0), 51)
}

#[tokio::test]
async fn figures_are_read_in_their_order_by_the_primary_key() {
    storage::testing::each_engine(crate::SCHEMA, crate::MIGRATIONS, async |database| {
        if database.engine() != storage::Engine::Sqlite {
            // PostgreSQL reads tables this small from end to end, whatever the index.
            return;
        }
        for strict in [false, true] {
            let plan = plan_of(&database, page_text(strict)).await;
            let key = "SEARCH o USING PRIMARY KEY (release=? AND period_year=? AND ";
            assert!(plan.iter().any(|step| step.starts_with(key)), "{plan:?}");
            let bad = |step: &&String| step.contains("TEMP B-TREE") || step.starts_with("SCAN");
            assert_eq!(plan.iter().find(bad), None, "{strict}: {plan:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_same_cells_in_other_releases_are_found_by_the_primary_key() {
    storage::testing::each_engine(crate::SCHEMA, crate::MIGRATIONS, async |database| {
        if database.engine() != storage::Engine::Sqlite {
            // As above.
            return;
        }
        let keys = [101, 102].map(|span| Key {
            year: 2023,
            series: 5,
            span,
        });
        let plan = plan_of(&database, at_sql(&[1, 2, 3], &keys)).await;
        let key =
            "SEARCH o USING PRIMARY KEY (release=? AND period_year=? AND series=? AND span=?)";
        assert!(plan.iter().any(|step| step.starts_with(key)), "{plan:?}");
    })
    .await;
}

async fn plan_of(database: &storage::Database, mut sql: Sql) -> Vec<String> {
    sql.text.insert_str(0, "EXPLAIN QUERY PLAN ");
    let sql = std::sync::Arc::new(sql);
    let rows: Vec<PlanRow> = database
        .read(move |tx| {
            let sql = (*sql).clone();
            Box::pin(async move { tx.all::<PlanRow>(sql, Vec::new()).await })
        })
        .await
        .unwrap();
    rows.into_iter().map(|row| row.detail).collect()
}

#[test]
fn a_group_has_the_series_that_its_code_takes_in() {
    let (first, last) = series_of(&node("85"), "KZ", false);
    let of = |code: &str| {
        let commodity = Commodity::parse(code, HsEdition::new(6)).unwrap();
        key::series("KZ", "", Flow::Export, &commodity)
    };
    for code in ["85", "8501", "850110", "859999"] {
        assert!((first..=last).contains(&of(code)), "{code}");
    }
    for code in ["84", "849999", "86"] {
        assert!(!(first..=last).contains(&of(code)), "{code}");
    }
    assert_eq!(series_of(&node("85"), "KZ", true), (of("85"), of("85")));
}
