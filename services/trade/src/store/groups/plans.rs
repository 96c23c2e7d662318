//! The plan of the question about figures of trade with the world, beside figures of trade with one partner.

use aip::Sql;
use storage::{Database, Engine, Error, Tx, args};

use super::*;
use crate::{
    domain::{cell::WORLD, release::tests::release},
    store::{observations::ensure_year, sums::plans::plan},
};

/// Forty thousand yearly figures of ten releases, every fourth of them about the world.
const FILL: &str = "INSERT INTO observations (release, period_year, series, span, position, marks, unit_cents) \
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 39999) \
    SELECT i % 10, 2023, (CASE WHEN i / 10 % 4 = 0 THEN 676 ELSE 270 END) * 35184372088832 + 67108864 + 58720256 \
    + (100000 + i) * 8 + 6, 312, i, 321, 0 FROM n";

async fn fill(tx: &mut Tx) -> Result<(), Error> {
    tx.execute(Sql::new(FILL), Vec::new()).await?;
    // PostgreSQL does this by itself, and SQLite never.
    if tx.engine() == Engine::Postgres {
        tx.execute("ANALYZE observations", Vec::new()).await?;
    }
    Ok(())
}

fn asked() -> Asked {
    Asked {
        partnership: "uz-kz".to_owned(),
        sides: vec![("UZ".to_owned(), WORLD.to_owned())],
        flows: vec![Flow::Export],
        commodity: Commodity::Total,
        edition: None,
        level: Some(Level::Subheading),
        deepness: None,
        regions: Regions::One(String::new()),
        years: (2023, 2023),
        whole_years: true,
        known: Timestamp::UNIX_EPOCH,
        recorded_before: None,
    }
}

/// The plan of the question about the figures of one release.
async fn plan_of(database: &Database, asked: &Asked, spans: &str) -> (String, String) {
    database
        .write(|tx| Box::pin(ensure_year(tx, 2023)))
        .await
        .unwrap();
    database.write(|tx| Box::pin(fill(tx))).await.unwrap();
    let mut counting = Counting::from(release("r", "UZ", "2024-01-01"));
    counting.release.number = 3;
    counting.settled = true;
    counting.years = Some((2023, 2023));
    let stands = stands(3, None);
    let text = figures_sql(asked, WORLD, &counting, &stands, spans);
    let args = args![0_i64];
    let sql = Sql {
        text: text.clone(),
        args,
    };
    (plan(database, sql).await, text)
}

#[tokio::test]
async fn two_flows_of_one_code_are_read_without_the_codes_between() {
    storage::testing::each_engine(crate::SCHEMA, crate::MIGRATIONS, async |database| {
        let asked = Asked {
            flows: vec![Flow::Export, Flow::Import],
            commodity: Commodity::parse("27", HsEdition::new(6)).unwrap(),
            edition: HsEdition::new(6),
            level: Some(Level::Chapter),
            whole_years: false,
            ..asked()
        };
        let (plan, text) = plan_of(&database, &asked, "").await;
        let key = match database.engine() {
            Engine::Sqlite => {
                "USING PRIMARY KEY (release=? AND period_year=? AND series>? AND series<?)"
            }
            Engine::Postgres => "observations_2023_pkey",
        };
        assert_eq!(plan.matches(key).count(), 2, "{plan}");
        let ranges = text.split("o.series BETWEEN ").skip(1);
        let widths = ranges.map(|range| {
            let mut ends = range.split(' ').step_by(2);
            let mut end = || ends.next().unwrap().parse::<i64>().unwrap();
            let first = end();
            end() - first
        });
        let widths: Vec<i64> = widths.collect();
        assert_eq!(widths.len(), 2, "{text}");
        // A chapter is this wide.
        assert!(widths.iter().all(|width| *width < 80_000), "{widths:?}");
    })
    .await;
}

#[tokio::test]
async fn products_of_trade_with_the_world_are_read_by_the_primary_key() {
    storage::testing::each_engine(crate::SCHEMA, crate::MIGRATIONS, async |database| {
        let (plan, _) = plan_of(&database, &asked(), " AND o.span > 112").await;
        let key = match database.engine() {
            Engine::Sqlite => {
                "USING PRIMARY KEY (release=? AND period_year=? AND series>? AND series<?)"
            }
            Engine::Postgres => "observations_2023_pkey",
        };
        assert!(plan.contains(key), "{plan}");
        for bad in ["Seq Scan on observations", "SCAN o"] {
            assert!(!plan.contains(bad), "{plan}");
        }
    })
    .await;
}
