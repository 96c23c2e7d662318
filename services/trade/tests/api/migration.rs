//! A database that an earlier version has filled.

use accord_proto::trade::v1::{Flow, ListObservationsRequest, TurnoverMethod, Window};
use storage::{Migrations, Sql, Step, Tx, testing};

use crate::{
    bureau::{Bureau, PARENT},
    series::year,
};

/// The tables of the first version.
static FIRST: Migrations = Migrations {
    component: "trade",
    steps: &[Step {
        version: 1,
        name: "init",
        sqlite: include_str!("../../migrations/sqlite/0001_init.sql"),
        postgres: include_str!("../../migrations/postgres/0001_init.sql"),
    }],
};

static BEFORE: &[&Migrations] = &[&ledger::MIGRATIONS, &FIRST];

/// The tables of the version that kept each sum in a row of its own.
static THIRD: Migrations = Migrations {
    component: "trade",
    steps: &[
        Step {
            version: 1,
            name: "init",
            sqlite: include_str!("../../migrations/sqlite/0001_init.sql"),
            postgres: include_str!("../../migrations/postgres/0001_init.sql"),
        },
        Step {
            version: 2,
            name: "standing",
            sqlite: include_str!("../../migrations/sqlite/0002_standing.sql"),
            postgres: include_str!("../../migrations/postgres/0002_standing.sql"),
        },
        Step {
            version: 3,
            name: "classifications",
            sqlite: include_str!("../../migrations/sqlite/0003_classifications.sql"),
            postgres: include_str!("../../migrations/postgres/0003_classifications.sql"),
        },
    ],
};

static WITH_ROWS: &[&Migrations] = &[&ledger::MIGRATIONS, &THIRD];

/// What that version worked out about the two releases: the second eclipses two figures of the first. The
/// sums are wrong, which shows if one of them is used.
const WORKED_OUT: &str = "
UPDATE releases SET settled = TRUE, first_year = 2021, last_year = 2023 WHERE uid = 'a';
UPDATE releases SET settled = TRUE, first_year = 2022, last_year = 2022 WHERE uid = 'b';
INSERT INTO eclipses (release, period_year, series, span, from_us, to_us, later)
SELECT 1, o.period_year, o.series, o.span, 1706745600000000, 9223372036854775807, 2
FROM observations o WHERE o.release = 1 AND o.span = 312;
INSERT INTO sums (release, level, period_year, series, span, marks, at_us, figures, value_cents,
    half_units, weighed, net_weight_grams, weighed_cents)
SELECT o.release, 2, o.period_year, o.series, o.span, o.marks, 0, 9, 9, 9, 9, 9, 9
FROM observations o
";

/// What the first version kept of two releases of Uzbekistan: the second is complete, and does not have
/// the figure of 2023 that the first has.
const ROWS: &str = "
INSERT INTO releases (uid, name, partnership, revision, state, display_name, reporter, publisher,
    publish_us, publish_basis, publish_time_note, source_uri, complete, partners, flows, windows,
    first_day, last_day, by_commodity, by_region, export_valuation, import_valuation, scope,
    hs_edition, note, observation_count, publish_record_us, withdraw_us, withdraw_record_us,
    withdraw_reason, create_us, update_us)
VALUES
('a', 'partnerships/uz-kz/releases/a', 'uz-kz', 3, 2, 'A', 'UZ', 'S', 1704067200000000, 1, '', '',
    FALSE, 'KZ', '', '', NULL, NULL, FALSE, FALSE, 1, 2, 1, NULL, '', 5, 1704067200000000, NULL, NULL,
    '', 1704067200000000, 1704067200000000),
('b', 'partnerships/uz-kz/releases/b', 'uz-kz', 3, 2, 'B', 'UZ', 'S', 1706745600000000, 1, '', '',
    TRUE, 'KZ', '5', '3', 18262, 20453, FALSE, FALSE, 1, 2, 1, NULL, '', 1, 1706745600000000, NULL,
    NULL, '', 1706745600000000, 1706745600000000);
INSERT INTO release_partners (release_uid, partnership, reporter, partner)
VALUES ('a', 'uz-kz', 'UZ', 'KZ'), ('b', 'uz-kz', 'UZ', 'KZ');
INSERT INTO imports (uid, name, release_uid, number, lease, state, skip_bad_rows, total_bytes,
    received_bytes, received_lines, column_names, accepted, skipped, create_us, update_us)
VALUES
('i', 'partnerships/uz-kz/releases/a/imports/all', 'a', 1, '', 2, FALSE, 1, 1, 6, 'flow', 5, 0, 0, 0),
('j', 'partnerships/uz-kz/releases/b/imports/all', 'b', 1, '', 2, FALSE, 1, 1, 2, 'flow', 1, 0, 0, 0);
INSERT INTO observations (release_uid, position, cell, partnership, reporter, partner, flow, commodity,
    hs_edition, region, period_window, period_year, period_month, value_cents, net_weight_grams, status,
    qualifier, unit_cents, as_published)
VALUES
('a', 1000000000002, 'c1', 'uz-kz', 'UZ', 'KZ', 5, 'TOTAL', -1, '', 3, 2022, 12, 1000, NULL, 'A', 1, 0, ''),
('a', 1000000000003, 'c2', 'uz-kz', 'UZ', 'KZ', 5, 'TOTAL', -1, '', 3, 2023, 12, 2000, NULL, 'A', 1, 0, ''),
('a', 1000000000004, 'c3', 'uz-kz', 'UZ', 'KZ', 1, '0101', 6, 'UZ-TK', 1, 2023, 4, NULL, 7, 'Q', 1, 0, 'x'),
('a', 1000000000005, 'c4', 'uz-kz', 'UZ', 'KZ', 2, '271600', 0, 'UZ-9', 4, 2021, 3, 5, NULL, 'P', 2, 10,
    'about 5'),
('a', 1000000000006, 'c5', 'uz-kz', 'UZ', 'KZ', 4, '27', 5, 'UZ-A9Z', 2, 2021, 9, 6, NULL, 'A', 3, 1, ''),
('b', 1000000000002, 'c1', 'uz-kz', 'UZ', 'KZ', 5, 'TOTAL', -1, '', 3, 2022, 12, 1100, NULL, 'A', 1, 0, '')
";

async fn fill(tx: &mut Tx, rows: &str) -> Result<(), storage::Error> {
    for text in rows.split(';') {
        let (text, args) = (text.to_owned(), Vec::new());
        tx.execute(Sql { text, args }, Vec::new()).await?;
    }
    Ok(())
}

#[tokio::test]
async fn what_the_first_version_kept_is_answered_as_before() {
    for opened in testing::databases(trade::SCHEMA, BEFORE).await {
        eprintln!("on {:?}", opened.engine());
        let filled = opened.database.write(|tx| Box::pin(fill(tx, ROWS))).await;
        filled.unwrap();
        let database = opened.reopen_with(trade::MIGRATIONS).await.unwrap();
        let bureau = Bureau::new(database);

        let request = ListObservationsRequest {
            parent: format!("{PARENT}/releases/a"),
            ..ListObservationsRequest::default()
        };
        let answer = bureau
            .uz
            .releases
            .clone()
            .list_observations(request)
            .await
            .unwrap();
        let mut figures = answer.into_inner().observations;
        figures.sort_by_key(|figure| figure.line);
        let lines: Vec<i64> = figures.iter().map(|figure| figure.line).collect();
        assert_eq!(lines, [2, 3, 4, 5, 6]);
        let [_, _, horses, power, fuels] = figures.as_slice() else {
            panic!("{figures:?}");
        };
        assert_eq!(
            (horses.commodity.as_str(), horses.region.as_str()),
            ("0101", "UZ-TK")
        );
        assert_eq!(
            (horses.value_cents, horses.net_weight_grams),
            (None, Some(7))
        );
        assert_eq!(
            (power.flow(), power.region.as_str()),
            (Flow::Import, "UZ-9")
        );
        let period = power.period.unwrap();
        assert_eq!((period.window(), period.month), (Window::JanuaryToMonth, 3));
        let precision = power.precision.clone().unwrap();
        assert_eq!(
            (precision.unit_cents, precision.as_published.as_str()),
            (10, "about 5")
        );
        assert_eq!(
            (fuels.commodity.as_str(), fuels.region.as_str()),
            ("27", "UZ-A9Z")
        );

        years_are_as_before(&bureau).await;

        // What comes in now goes beside it.
        let next = crate::bureau::release("UZ", "2024-03-01");
        let csv = "flow,period,value_usd\nturnover,2023,30\nturnover,2019,1\n";
        bureau.publish("c", next, csv).await;
        let asked = year(TurnoverMethod::AsReportedBy, "UZ", 2023);
        let points = bureau.reader.query(asked).await.unwrap().points;
        assert_eq!(points[0].value_cents, Some(3_000));
        opened.remove().await;
    }
}

/// What the series of Uzbekistan's turnover is before and after the second release.
async fn years_are_as_before(bureau: &Bureau) {
    for (known, of, expected) in [
        ("2024-01-31", 2022, Some(1_000)),
        ("2024-01-31", 2023, Some(2_000)),
        ("2024-02-01", 2022, Some(1_100)),
        ("2024-02-01", 2023, None),
    ] {
        let asked = accord_proto::trade::v1::QuerySeriesRequest {
            partner: "KZ".to_owned(),
            known_time: Some(crate::bureau::at(known)),
            ..year(TurnoverMethod::AsReportedBy, "UZ", of)
        };
        let points = bureau.reader.query(asked).await.unwrap().points;
        assert_eq!(points[0].value_cents, expected, "{of} as known on {known}");
    }
}

storage::row! {
    struct State {
        unsettled: i64,
        eclipsed: i64,
        pages: i64,
    }
}

#[tokio::test]
async fn what_the_third_version_worked_out_is_worked_out_anew() {
    for opened in testing::databases(trade::SCHEMA, BEFORE).await {
        eprintln!("on {:?}", opened.engine());
        let filled = opened.database.write(|tx| Box::pin(fill(tx, ROWS))).await;
        filled.unwrap();
        let database = opened.reopen_with(WITH_ROWS).await.unwrap();
        let worked_out = database.write(|tx| Box::pin(fill(tx, WORKED_OUT))).await;
        worked_out.unwrap();
        database.close().await;
        let database = opened.reopen_with(trade::MIGRATIONS).await.unwrap();
        let bureau = Bureau::new(database.clone());
        years_are_as_before(&bureau).await;

        // Publishing works out what stands of all releases.
        let next = crate::bureau::release("UZ", "2024-03-01");
        bureau
            .publish("c", next, "flow,period,value_usd\nturnover,2019,1\n")
            .await;
        years_are_as_before(&bureau).await;
        let state: Result<State, storage::Error> = database
            .read(|tx| {
                Box::pin(async move {
                    let text = "SELECT (SELECT count(*) FROM releases WHERE NOT settled) AS unsettled, \
                        (SELECT count(*) FROM eclipses) AS eclipsed, \
                        (SELECT count(*) FROM sum_pages WHERE release = 1) AS pages";
                    tx.one(text, Vec::new()).await
                })
            })
            .await;
        let state = state.unwrap();
        // Three figures about codes, in two years and three regions.
        assert_eq!((state.unsettled, state.eclipsed, state.pages), (0, 2, 4));
        opened.remove().await;
    }
}
