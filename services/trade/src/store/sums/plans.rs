//! The plans of the questions about pages and figures, on tables with some rows in them.

use aip::{ListRequest, Listing, Schema, Sql};
use jiff::Timestamp;
use storage::{Database, Engine, Error, Tx, args};

use super::{
    MONTHS_OF_YEARS, NEVER, Pages, eclipsed::ECLIPSED, from, partial::BEHIND, whole::FIGURES,
};
use crate::{
    domain::{
        cell::{Commodity, Flow, HsEdition},
        group::Level,
        release::tests::release,
    },
    store::{
        explanations, exports, figures,
        groups::{Asked, Regions, figures_sql},
        key::Key,
        observations::{self, ensure_year, list_sql},
        releases::Counting,
        standing::stands,
    },
};

/// Forty thousand figures of ten releases, a tenth of them eclipsed, and some pages.
const FILL: [&str; 4] = [
    "INSERT INTO observations (release, period_year, series, span, position, marks, unit_cents) \
     WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 39999) \
     SELECT i % 10, 2023, i / 10 / 12 * 8, 101 + i / 10 % 12, i, 321, 0 FROM n",
    "INSERT INTO eclipses (release, period_year, series, span, from_us, to_us, later) \
     SELECT release, period_year, series, span, 1, 9, span FROM observations WHERE series % 80 = 0",
    "INSERT INTO sum_pages (release, level, period_year, series, at_us, last_span, body) \
     SELECT release, 2, period_year, series, span, 300, CAST('' AS BYTES) FROM observations WHERE release < 5",
    "INSERT INTO import_sums (release, level, period_year, series, import_number, before_batch, body) \
     SELECT release, 2, period_year, series, 1, span, CAST('' AS BYTES) FROM observations WHERE release < 5",
];

async fn fill(tx: &mut Tx) -> Result<(), Error> {
    let is_postgres = tx.engine() == Engine::Postgres;
    let bytes = if is_postgres { "BYTEA" } else { "BLOB" };
    for text in FILL {
        tx.execute(Sql::new(text.replace("BYTES", bytes)), Vec::new())
            .await?;
    }
    tx.execute(EXPLAIN, Vec::new()).await?;
    // PostgreSQL does this by itself, and SQLite never.
    if is_postgres {
        let analyze = "ANALYZE observations, eclipses, sum_pages, import_sums, explanations";
        tx.execute(analyze, Vec::new()).await?;
    }
    Ok(())
}

/// Returns the steps of a question's plan.
pub(in crate::store) async fn plan(database: &Database, mut sql: Sql) -> String {
    let engine = database.engine();
    let explain = match engine {
        Engine::Sqlite => "EXPLAIN QUERY PLAN ",
        Engine::Postgres => "EXPLAIN ",
    };
    sql.text.insert_str(0, explain);
    let lines: Result<Vec<String>, Error> = database
        .read(move |tx| {
            let sql = sql.clone();
            Box::pin(async move {
                Ok(match engine {
                    Engine::Sqlite => {
                        let rows = tx.all::<(i64, i64, i64, String)>(sql, Vec::new()).await?;
                        rows.into_iter().map(|(.., detail)| detail).collect()
                    }
                    Engine::Postgres => {
                        let rows = tx.all::<(String,)>(sql, Vec::new()).await?;
                        rows.into_iter().map(|(line,)| line).collect()
                    }
                })
            })
        })
        .await;
    lines.unwrap().join("\n")
}

/// Ten thousand explanations, each of another code.
const EXPLAIN: &str = "INSERT INTO explanations (uid, name, partnership, revision, state, party, agency, exporter, \
    importer, period, first_month, last_month, commodity, hs_edition, category, reason, document, source_uri, \
    releases, dispute_agency, dispute_reason, accept_agency, accept_reason, withdraw_agency, withdraw_reason, \
    create_us, update_us) WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999) \
    SELECT CAST(i AS TEXT), CAST(i AS TEXT), 'uz-kz', 1, 1, 'UZ', '', 'UZ', 'KZ', '', 24264 + i % 12, \
    24264 + i % 12, CAST(100000 + i AS TEXT), 6, 1, '', '', '', '', '', '', '', '', '', '', i, i FROM n";

/// Release 1, about which all is worked out.
fn counting() -> Counting {
    let mut counting = Counting::from(release("r", "UZ", "2024-01-01"));
    counting.release.number = 1;
    counting.settled = true;
    counting.years = Some((2023, 2023));
    counting
}

/// All subheadings of a year, as cells of both sides are read.
fn cells() -> Sql {
    let asked = Asked {
        partnership: "uz-kz".to_owned(),
        sides: vec![("UZ".to_owned(), "AA".to_owned())],
        flows: vec![Flow::Export, Flow::Import],
        commodity: Commodity::Total,
        edition: None,
        level: Some(Level::Subheading),
        deepness: None,
        regions: Regions::One(String::new()),
        years: (2023, 2023),
        whole_years: false,
        known: Timestamp::UNIX_EPOCH,
        recorded_before: None,
    };
    let text = figures_sql(&asked, "AA", &counting(), &stands(1, None), "");
    Sql {
        text,
        args: args![9],
    }
}

/// The totals of two parties.
fn totals() -> Sql {
    let parties = ["UZ".to_owned(), "KZ".to_owned()];
    let series = observations::Series {
        partnership: "uz-kz".to_owned(),
        commodity: Commodity::Total,
        region: String::new(),
        reporters: parties.clone(),
        partners: parties,
        years: (2023, 2023),
        known: Timestamp::UNIX_EPOCH,
        recorded_before: None,
    };
    observations::series_sql(&series, &[counting()])
}

/// One page of all figures.
fn exported() -> Sql {
    let wanted = exports::Wanted {
        partnership: "uz-kz".to_owned(),
        reporter: String::new(),
        partner: String::new(),
        flows: Vec::new(),
        years: (2023, 2023),
        windows: Vec::new(),
        commodity: String::new(),
        region: String::new(),
        release: None,
        filter: aip::filter::parse("", &SCHEMA).unwrap(),
        known: Timestamp::UNIX_EPOCH,
        recorded_before: None,
    };
    let own = counting();
    let range = exports::Range {
        own: &own,
        after: KEY,
        limit: 1_000,
        is_past: false,
    };
    exports::page_sql(&wanted, std::slice::from_ref(&own), range)
}

/// The figures behind a figure, in one release, and where a window of them ends; `strict` works out what stands from a
/// later one.
fn behind(strict: bool) -> [Sql; 2] {
    let mut later = counting();
    later.release.number = 2;
    let later = [&later];
    let own = counting().release;
    let batch = figures::Batch {
        own: &own,
        later: strict.then_some(later.as_slice()),
        year: 2023,
        ranges: Vec::new(),
        standing: true,
        known: Timestamp::UNIX_EPOCH,
    };
    let range = figures::Range {
        series: (80, 26_000),
        spans: vec![(0, 101), (0, 103)],
    };
    let after = (i64::MIN, 0);
    [
        figures::page_sql(&batch, &range, after, 51),
        figures::end_sql(&batch, &range, after),
    ]
}

/// What other releases say about the same cells.
fn others() -> Sql {
    let keys = [101, 102].map(|span| Key { span, ..KEY });
    figures::at_sql(&[1, 2, 3], &keys)
}

/// What could have served where a figure is missing.
fn candidates() -> Sql {
    let asked = figures::Candidates {
        releases: &[1, 2, 3],
        reporter: "UZ",
        series: (80, 800),
        periods: &["2023-03".parse().unwrap()],
    };
    figures::candidates_sql(&asked, 20)
}

/// The explanations of some cells.
fn explained() -> Sql {
    explanations::rows_sql(&explanations::Wanted {
        partnership: "uz-kz",
        exporter: "UZ",
        importer: "KZ",
        periods: &["2022-03".parse().unwrap()],
        codes: &["100002", "100014", "101000"],
        edition: HsEdition::new(6),
        known: Timestamp::UNIX_EPOCH,
    })
}

static SCHEMA: Schema = Schema { fields: &[] };

const KEY: Key = Key {
    year: 2023,
    series: 80,
    span: 101,
};

#[tokio::test]
async fn pages_and_figures_are_read_by_their_keys_and_not_sorted() {
    storage::testing::each_engine(crate::SCHEMA, crate::MIGRATIONS, async |database| {
        database
            .write(|tx| Box::pin(ensure_year(tx, 2023)))
            .await
            .unwrap();
        database.write(|tx| Box::pin(fill(tx))).await.unwrap();
        let pages = Pages {
            level: MONTHS_OF_YEARS,
            releases: vec![1, 3],
            years: vec![2022, 2023],
            series: (0, 100),
            at_us: NEVER,
        };
        let listing = Listing::parse(&SCHEMA, &ListRequest::default()).unwrap();
        let limited = |text: &str| format!("{text} LIMIT 100");
        for (name, text, args, keys) in [
            (
                "pages",
                format!("SELECT body{}", from(&pages)),
                args![NEVER],
                ["sqlite_autoindex_sum_pages_1", "sum_pages_pkey"],
            ),
            (
                "partial pages",
                limited(BEHIND),
                args![1, 2, 2023, 80, 1, 0],
                ["sqlite_autoindex_import_sums_1", "import_sums_pkey"],
            ),
            (
                "figures",
                limited(FIGURES),
                args![1, 2023, 80, 101],
                ["PRIMARY KEY", "observations_2023_pkey"],
            ),
            (
                "listed figures",
                list_sql(1, &listing, Some(KEY)).text,
                Vec::new(),
                ["PRIMARY KEY", "observations_2023_pkey"],
            ),
            (
                "eclipsed",
                limited(ECLIPSED),
                args![1, 2023, 80, 101, 0],
                ["PRIMARY KEY", "eclipses_pkey"],
            ),
        ] {
            let plan = plan(&database, Sql { text, args }).await;
            let key = match database.engine() {
                Engine::Sqlite => keys[0],
                Engine::Postgres => keys[1],
            };
            assert!(plan.contains(key), "{name}: {plan}");
            for bad in ["Seq Scan", "SCAN", "Sort", "TEMP B-TREE"] {
                assert!(!plan.contains(bad), "{name}: {plan}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn exports_and_reconciliations_are_read_by_keys_and_ask_for_eclipses_one_by_one() {
    storage::testing::each_engine(crate::SCHEMA, crate::MIGRATIONS, async |database| {
        database
            .write(|tx| Box::pin(ensure_year(tx, 2023)))
            .await
            .unwrap();
        database.write(|tx| Box::pin(fill(tx))).await.unwrap();
        let observations = ["PRIMARY KEY", "observations_2023_pkey"];
        let eclipses = ["PRIMARY KEY", "eclipses_pkey"];
        let cell = ["explanations_of_cell"; 2];
        let ([behind_now, end], [behind_strictly, _]) = (behind(false), behind(true));
        for (name, sql, keys, bad) in [
            (
                "exported",
                exported(),
                [observations, eclipses],
                ["Sort", "Join"],
            ),
            (
                "cells",
                cells(),
                [observations, eclipses],
                ["Seq Scan", "Join"],
            ),
            (
                "totals",
                totals(),
                [observations, observations],
                ["Seq Scan", "Join"],
            ),
            ("explained", explained(), [cell, cell], ["Seq Scan", "Join"]),
            (
                "behind",
                behind_now,
                [observations, eclipses],
                ["Seq Scan", "Sort"],
            ),
            (
                "behind, strictly",
                behind_strictly,
                [observations, observations],
                ["Seq Scan", "Sort"],
            ),
            (
                "end",
                end,
                [observations, observations],
                ["Seq Scan", "Sort"],
            ),
            (
                "others",
                others(),
                [observations, observations],
                ["Seq Scan", "Hash"],
            ),
            (
                "candidates",
                candidates(),
                [observations, observations],
                ["Seq Scan", "Bitmap"],
            ),
        ] {
            let plan = plan(&database, sql).await;
            for key in keys {
                let key = key[usize::from(database.engine() == Engine::Postgres)];
                assert!(plan.contains(key), "{name}: {plan}");
            }
            for bad in bad {
                assert!(!plan.contains(bad), "{name}: {plan}");
            }
            // SQLite says of the rows of VALUES and of subqueries, too, that it scans them.
            let is_table = |line: &&str| {
                let what = line.strip_prefix("SCAN ").unwrap_or_default();
                let is_part = plan.contains(&format!("CO-ROUTINE {what}"));
                !what.is_empty() && !is_part && !what.contains("VALUES")
            };
            let scan = plan.lines().find(is_table);
            assert_eq!(scan, None, "{name}: {plan}");
        }
    })
    .await;
}
