//! Sums that batches brought are those over the figures, however these were cut and in whatever order they
//! came.

use std::collections::BTreeMap;

use aip::Sql;
use proptest::{
    prelude::*,
    strategy::ValueTree as _,
    test_runner::{Config, TestRunner},
};
use storage::Engine;

use super::{
    page::tests::decode,
    partial::{clear, merge},
    whole::scan,
    *,
};
use crate::{
    domain::{
        cell::{Cell, Commodity, Flow, HsEdition},
        import::State,
        observation::{Precision, Status},
        release::tests::release,
    },
    store::{
        codes::Coded as _,
        observations::{Batch, bulk, ensure_year},
        releases,
    },
};

const CODES: [&str; 9] = [
    "TOTAL", "27", "270", "2701", "270111", "270119", "28", "280110", "970600",
];
const PERIODS: [&str; 6] = [
    "2022-12",
    "2023-01",
    "2023-02",
    "2023-Q1",
    "2023",
    "2023-01/2023-02",
];
const REGIONS: [&str; 3] = ["", "UZ-NW", "UZ-TK"];

type Spot = (usize, usize, usize, bool, bool);

/// Figures, each in one of some batches.
fn any_figures() -> impl Strategy<Value = BTreeMap<Spot, (i64, usize, usize)>> {
    let spot = (
        0..CODES.len(),
        0..PERIODS.len(),
        0..REGIONS.len(),
        any::<bool>(),
        any::<bool>(),
    );
    let figure = (0..1_000_000_i64, 0..5_usize, 0..4_usize);
    proptest::collection::btree_map(spot, figure, 1..150).prop_map(|mut figures| {
        // All commodities together have no edition.
        figures.retain(|(code, .., is_new), _| *code > 0 || !is_new);
        figures
    })
}

fn figure(
    (code, period, region, is_export, is_new): &Spot,
    value: i64,
    kind: usize,
) -> Observation {
    let status = ['A', 'A', 'P', 'Q', 'A'][kind];
    Observation {
        column: 0,
        line: 2,
        cell: Cell {
            partner: "KZ".to_owned(),
            flow: if *is_export {
                Flow::Export
            } else {
                Flow::Import
            },
            commodity: Commodity::parse(CODES[*code], HsEdition::new(5 + u8::from(*is_new)))
                .unwrap(),
            region: REGIONS[*region].to_owned(),
            period: PERIODS[*period].parse().unwrap(),
        },
        value_cents: (status != 'Q').then_some(value),
        net_weight_grams: (value % 3 > 0).then_some(value / 2),
        status: Status::try_from(status).unwrap(),
        precision: Precision {
            qualifier: if kind == 4 {
                Qualifier::Rounded
            } else {
                Qualifier::Exact
            },
            unit_cents: if kind == 4 { 5 } else { 0 },
        },
        as_published: String::new(),
    }
}

/// Inserts an import that is finished, whose figures are still to come; returns its uid.
async fn import(tx: &mut Tx, release_uid: &str, number: i64) -> String {
    let uid = format!("{release_uid}-{number}");
    let sql = Sql {
        text: "INSERT INTO imports (uid, name, release_uid, number, lease, state, skip_bad_rows, \
            total_bytes, received_bytes, received_lines, column_names, accepted, skipped, create_us, \
            update_us) VALUES ($1, $1, $2, $3, '', $4, FALSE, 1, 1, 1, '', 0, 0, 0, 0)"
            .to_owned(),
        args: args![&uid, release_uid, number, State::Done.code()],
    };
    tx.execute(sql, Vec::new()).await.unwrap();
    uid
}

/// Every sum of a release, and how many pages there are.
async fn all_of(tx: &mut Tx, release: i64) -> (Vec<(i64, i64, Entry)>, usize) {
    let mut found = Vec::new();
    let mut count = 0;
    for level in LEVELS {
        let pages = Pages {
            level,
            releases: vec![release],
            years: (2020..2030).collect(),
            series: (0, i64::MAX),
            at_us: NEVER,
        };
        for page in read(tx, &pages).await.unwrap() {
            count += 1;
            let place = page.series >> key::REGION_SHIFT;
            page.each(|entry| {
                assert_eq!(entry.series >> key::REGION_SHIFT, place);
                found.push((level, page.period_year, entry));
            })
            .unwrap();
        }
    }
    found.sort_by_key(|(level, year, entry)| (*level, *year, entry.key()));
    (found, count)
}

/// Loads figures in batches of two imports, a third of which is given up, and compares.
async fn try_case(tx: &mut Tx, case: usize, figures: &BTreeMap<Spot, (i64, usize, usize)>) {
    let number = releases::next_number(tx).await.unwrap();
    let mut own = release(&format!("c{case}"), "UZ", "2024-01-01");
    own.number = number;
    own.observation_count = i64::try_from(figures.len()).unwrap();
    releases::insert(tx, "uz-kz", &own).await.unwrap();
    for import_number in [1, 2, 3] {
        let uid = import(tx, &own.uid, import_number).await;
        let mut before = 0;
        let batch = Batch {
            release: number,
            import: import_number,
        };
        for part in 0..4 {
            let is_in = |of: usize| of == part && (import_number != 1 || of < 2);
            let is_in = |of: usize| is_in(of) && (import_number != 2 || of >= 2);
            let mut some: Vec<(Key, Observation)> = figures
                .iter()
                .filter(|(_, (_, _, of))| is_in(*of))
                .map(|(spot, (value, kind, _))| figure(spot, *value, *kind))
                .map(|figure| (Key::of(&figure.cell), figure))
                .collect();
            some.sort_by_key(|(key, _)| *key);
            let keyed = some.iter().map(|(key, figure)| (*key, figure));
            Partial::of(keyed.clone())
                .keep(tx, batch, &uid, before)
                .await
                .unwrap();
            if import_number < 3 {
                tx.load(&bulk(tx.engine(), batch, keyed)).await.unwrap();
            }
            before += i64::try_from(some.len()).unwrap();
        }
        if import_number == 3 {
            forget(tx, number, 3).await.unwrap();
            let cancelled = args![&uid, State::Cancelled.code()];
            tx.execute("UPDATE imports SET state = $2 WHERE uid = $1", cancelled)
                .await
                .unwrap();
        }
    }
    assert!(!is_too_large(tx, &own).await.unwrap());
    merge(tx, number).await.unwrap();
    let merged = all_of(tx, number).await;
    tx.execute("DELETE FROM sum_pages WHERE release = $1", args![number])
        .await
        .unwrap();
    let years = scan(tx, number).await.unwrap();
    assert_eq!(merged, all_of(tx, number).await);
    tx.execute("DELETE FROM sum_pages WHERE release = $1", args![number])
        .await
        .unwrap();
    assert_eq!(add_whole(tx, &own).await.unwrap(), years);
    assert_eq!(merged, all_of(tx, number).await);
    clear(tx, number).await.unwrap();
}

#[tokio::test]
async fn sums_of_batches_are_the_sums_over_the_figures() {
    storage::testing::each_engine(crate::SCHEMA, crate::MIGRATIONS, async |database| {
        for year in [2022, 2023] {
            database
                .write(move |tx| Box::pin(ensure_year(tx, year)))
                .await
                .unwrap();
        }
        let cases = if database.engine() == Engine::Sqlite {
            60
        } else {
            20
        };
        let mut runner = TestRunner::new(Config::default());
        for case in 0..cases {
            let figures = any_figures().new_tree(&mut runner).unwrap().current();
            eprintln!("{figures:?}");
            database
                .write(move |tx| {
                    let figures = figures.clone();
                    Box::pin(async move {
                        try_case(tx, case, &figures).await;
                        Ok::<_, Error>(())
                    })
                })
                .await
                .unwrap();
        }
    })
    .await;
}

fn entry(series: i64, cents: i64) -> Entry {
    Entry {
        series,
        span: YEAR_OF_MONTHS,
        marks: 321,
        measures: Measures {
            figures: 1,
            cents,
            ..Measures::default()
        },
    }
}

#[test]
fn pages_are_of_one_year_and_region_and_never_much_too_full() {
    let mut adder = adder::Adder::new(MONTHS_OF_YEARS);
    let region = 1 << key::REGION_SHIFT;
    for year in [2022, 2023] {
        for index in 0..20_000 {
            adder.add(year, entry(region + index * 8, 1));
            adder.add(year, entry(region + index * 8, 2));
        }
        adder.add(year, entry(2 * region, 7));
    }
    adder.close();
    let sizes: Vec<_> = adder
        .full
        .iter()
        .map(|page| {
            let entries = decode(page.series, &page.body).unwrap();
            assert!(entries.iter().all(|entry| entry.measures.cents != 1));
            (page.year, entries.len())
        })
        .collect();
    assert_eq!(
        sizes,
        [
            (2022, 8_192),
            (2022, 8_192),
            (2022, 3_616),
            (2022, 1),
            (2023, 8_192),
            (2023, 8_192),
            (2023, 3_616),
            (2023, 1)
        ]
    );
}

#[test]
fn what_is_taken_out_and_brought_back_at_once_leaves_nothing() {
    let mut adder = adder::Adder::new(MONTHS_OF_YEARS);
    adder.add(2023, entry(8, 5));
    let mut back = entry(8, -5);
    back.measures.figures = -1;
    adder.add(2023, back);
    adder.close();
    assert_eq!(adder.full, []);
}

storage::row! {
    struct Counter { summed: i64, magnitude: i64 }
}

#[tokio::test]
async fn figures_too_large_to_add_up_are_noticed_without_adding_them() {
    storage::testing::each_engine(crate::SCHEMA, crate::MIGRATIONS, async |database| {
        database
            .write(|tx| {
                Box::pin(async move {
                    let mut own = release("large", "UZ", "2024-01-01");
                    own.number = 1;
                    own.observation_count = 30;
                    releases::insert(tx, "uz-kz", &own).await?;
                    let uid = import(tx, &own.uid, 1).await;
                    let batch = Batch {
                        release: 1,
                        import: 1,
                    };
                    for part in 0..3 {
                        let figures: Vec<_> = (0..10)
                            .map(|_| figure(&(1, part, 0, true, true), i64::MAX / 20, 0))
                            .map(|figure| (Key::of(&figure.cell), figure))
                            .collect();
                        let keyed = figures.iter().map(|(key, figure)| (*key, figure));
                        let before = i64::try_from(part * 10).unwrap();
                        Partial::of(keyed).keep(tx, batch, &uid, before).await?;
                    }
                    let counter: Counter = tx
                        .one("SELECT summed, magnitude FROM imports", Vec::new())
                        .await?;
                    assert_eq!(counter.summed, 30);
                    assert_eq!(counter.magnitude, 2_000_000_000_000_000_000);
                    assert!(is_too_large(tx, &own).await?);
                    Ok::<_, Error>(())
                })
            })
            .await
            .unwrap();
    })
    .await;
}
