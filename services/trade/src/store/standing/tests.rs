//! Whatever the order in which Accord learns of publications and withdrawals, what stands is what follows
//! from all of them together, and sums are the sums over what stands.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use proptest::{
    prelude::*,
    strategy::ValueTree as _,
    test_runner::{Config, TestRunner},
};
use storage::Database;

use super::*;
use crate::{
    domain::{
        cell::{Cell, Commodity, Flow, HsEdition},
        observation::{Observation, Precision, Qualifier, Status},
        period::Window,
        release::tests::{day, release},
    },
    store::{
        key::{Key, marks},
        observations::{Batch, bulk, ensure_year},
        sums::{self, CHAPTERS, MONTHS_OF_YEARS, Pages, YEAR_OF_MONTHS},
    },
};

/// How many histories are tried.
const CASES: [(storage::Engine, usize); 2] = [
    (storage::Engine::Sqlite, 60),
    (storage::Engine::Postgres, 15),
];

/// One publication: day of January 2024, whether complete, by commodity too, its figures, and how many
/// days later it is withdrawn.
#[derive(Clone, Debug)]
struct Plan {
    day: i64,
    complete: bool,
    by_commodity: bool,
    figures: BTreeMap<(usize, usize), (i64, usize)>,
    withdrawn_after: Option<i64>,
}

const CODES: [&str; 6] = ["TOTAL", "27", "2701", "270111", "270900", "2801"];
const PERIODS: [&str; 5] = [
    "2023-01",
    "2023-02",
    "2023-Q1",
    "2023-01/2023-02",
    "2022-12",
];

fn any_plan() -> impl Strategy<Value = Plan> {
    let figure = (0..CODES.len(), 0..PERIODS.len());
    (
        1_i64..15,
        any::<bool>(),
        any::<bool>(),
        proptest::collection::btree_map(figure, (0_i64..9, 0_usize..4), 1..14),
        proptest::option::of(1_i64..8),
    )
        .prop_map(
            |(day, complete, by_commodity, figures, withdrawn_after)| Plan {
                day,
                complete,
                by_commodity,
                figures,
                withdrawn_after,
            },
        )
}

/// Publications, and the order in which they and the withdrawals are learnt of.
fn any_history() -> impl Strategy<Value = (Vec<Plan>, Vec<usize>)> {
    proptest::collection::vec(any_plan(), 1..6).prop_flat_map(|plans| {
        let steps: Vec<usize> = (0..plans.len() * 2).map(|step| step / 2).collect();
        (Just(plans), Just(steps).prop_shuffle())
    })
}

fn day_of(number: i64) -> Timestamp {
    day("2024-01-01") + SignedDuration::from_hours(24 * number)
}

fn figures(plan: &Plan) -> Vec<Observation> {
    let figure = |((code, period), (value, kind)): (&(usize, usize), &(i64, usize))| {
        let status = ['A', 'A', 'P', 'Q'][*kind];
        let rounded = *kind == 1;
        Observation {
            line: i64::try_from(code * 10 + period).unwrap() + 2,
            column: 0,
            cell: Cell {
                partner: "KZ".to_owned(),
                flow: Flow::Export,
                commodity: Commodity::parse(CODES[*code], HsEdition::new(6)).unwrap(),
                region: String::new(),
                period: PERIODS[*period].parse().unwrap(),
            },
            value_cents: (status != 'Q').then_some(*value),
            net_weight_grams: (*value % 2 == 0).then_some(*value * 10),
            status: Status::try_from(status).unwrap(),
            precision: Precision {
                qualifier: if rounded {
                    Qualifier::Rounded
                } else {
                    Qualifier::Exact
                },
                unit_cents: if rounded { 5 } else { 0 },
            },
            as_published: String::new(),
        }
    };
    plan.figures.iter().map(figure).collect()
}

/// The release of a plan before it is published.
fn staged(plan: &Plan, partnership: &str, id: &str, number: i64) -> Release {
    let mut release = release(id, "UZ", "2024-01-01");
    release.name = format!("partnerships/{partnership}/releases/{id}");
    release.number = number;
    release.publish_record_time = None;
    release.observation_count = i64::try_from(plan.figures.len()).unwrap();
    if let Some((time, _)) = &mut release.publication.published {
        *time = day_of(plan.day);
    }
    let coverage = &mut release.publication.coverage;
    coverage.complete = plan.complete;
    coverage.by_commodity = plan.by_commodity;
    if plan.complete {
        coverage.flows = vec![Flow::Export];
        coverage.windows = vec![Window::Month, Window::JanuaryToMonth, Window::Quarter];
        coverage.first_day = Some(jiff::civil::date(2023, 1, 1));
        coverage.last_day = Some(jiff::civil::date(2023, 2, 28));
    }
    release
}

/// Which figure stands as known at a moment: by release and key.
fn standing(published: &[(Release, Vec<Observation>)], known: Timestamp) -> Standing {
    let mut counting: Vec<_> = published
        .iter()
        .filter(|(release, _)| release.counts(known, None))
        .collect();
    counting.sort_by(|a, b| b.0.vintage().cmp(&a.0.vintage()));
    let mut standing = Standing::new();
    for (place, (release, figures)) in counting.iter().enumerate() {
        for figure in figures {
            let is_superseded = counting[..place].iter().any(|(later, others)| {
                later.publication.coverage.exhausts(&figure.cell)
                    || others.iter().any(|other| other.cell == figure.cell)
            });
            if !is_superseded {
                standing.insert((release.number, Key::of(&figure.cell)), figure.clone());
            }
        }
    }
    standing
}

type Standing = BTreeMap<(i64, Key), Observation>;

/// Level, year, series, span and marks of a sum, and its measures.
type Sums = BTreeMap<[i64; 5], [i64; 6]>;

fn sums_over(standing: &Standing) -> Sums {
    let mut sums = Sums::new();
    for ((_, key), figure) in standing {
        let precision = figure.precision;
        let marks = marks(figure.status, precision.qualifier);
        let code = figure.cell.commodity.code();
        let mut nodes = Vec::new();
        if figure.cell.commodity != Commodity::Total {
            let chapter = crate::store::key::commodity_code(&format!("{:0<6}", &code[..2]));
            let digits = i64::try_from(code.len()).unwrap();
            let series = key.series >> 23 << 23 | (chapter - 6 + digits);
            nodes.push([CHAPTERS, key.year, series, key.span, marks]);
        }
        if figure.cell.period.window() == Window::Month {
            nodes.push([MONTHS_OF_YEARS, key.year, key.series, YEAR_OF_MONTHS, marks]);
        }
        for node in nodes {
            let sum = sums.entry(node).or_default();
            let (value, weight) = (figure.value_cents.unwrap_or(0), figure.net_weight_grams);
            let rounded = precision.qualifier == Qualifier::Rounded;
            let half = if rounded {
                (precision.unit_cents + 1) / 2
            } else {
                0
            };
            let weighed = i64::from(weight.is_some());
            let measures = [
                1,
                value,
                half,
                weighed,
                weight.unwrap_or(0),
                weighed * value,
            ];
            for (total, measure) in sum.iter_mut().zip(measures) {
                *total += measure;
            }
        }
    }
    sums
}

/// The sums that are kept of releases as of a moment.
async fn kept(tx: &mut Tx, releases: &[i64], at_us: i64) -> Sums {
    let mut kept = Sums::new();
    for level in [CHAPTERS, MONTHS_OF_YEARS] {
        let pages = Pages {
            level,
            releases: releases.to_vec(),
            years: (2020..2030).collect(),
            series: (0, i64::MAX),
            at_us,
        };
        for page in sums::read(tx, &pages).await.unwrap() {
            page.each(|entry| {
                let measures = entry.measures;
                let node = [
                    level,
                    page.period_year,
                    entry.series,
                    entry.span,
                    entry.marks,
                ];
                let numbers = [
                    measures.figures,
                    measures.cents,
                    measures.half_units,
                    measures.weighed,
                    measures.grams,
                    measures.weighed_cents,
                ];
                let sum = kept.entry(node).or_default();
                for (total, number) in sum.iter_mut().zip(numbers) {
                    *total += number;
                }
            })
            .unwrap();
        }
    }
    kept.retain(|_, sum| *sum != [0; 6]);
    kept
}

const STANDING: &str = "SELECT o.release, o.period_year, o.series, o.span FROM observations o \
    WHERE o.release IN ({}) AND NOT EXISTS (SELECT 1 FROM eclipses e WHERE e.release = o.release \
    AND e.period_year = o.period_year AND e.series = o.series AND e.span = o.span \
    AND e.from_us <= $1 AND e.to_us > $1)";

/// Checks what the database says about one partnership as known on each day.
async fn check(tx: &mut Tx, partnership: &str, published: &[(Release, Vec<Observation>)]) {
    let settled = releases::settled(tx, partnership, "UZ").await.unwrap();
    for number in 0..26 {
        let known = day_of(number);
        let counting: Vec<&Counting> = settled
            .iter()
            .filter(|counting| counting.release.counts(known, None))
            .collect();
        if counting.is_empty() {
            continue;
        }
        let expected = standing(published, known);
        let numbers = list_of(counting.iter().map(|counting| counting.release.number));
        let at = clock::to_micros(known);
        let sql = |text: &str| Sql {
            text: text.replace("{}", &numbers),
            args: args![at],
        };
        let rows: Vec<(i64, i64, i64, i64)> = tx.all(sql(STANDING), Vec::new()).await.unwrap();
        let found: BTreeSet<_> = rows
            .into_iter()
            .map(|(release, year, series, span)| (release, Key { year, series, span }))
            .collect();
        assert_eq!(
            found,
            expected.keys().copied().collect(),
            "standing on {known}"
        );

        let numbers: Vec<i64> = counting
            .iter()
            .map(|counting| counting.release.number)
            .collect();
        let sums = kept(tx, &numbers, at).await;
        assert_eq!(sums, sums_over(&expected), "sums on {known}");

        for counting in counting {
            let stands = expected
                .keys()
                .any(|(release, _)| *release == counting.release.number);
            assert!(!(stands && counting.is_hidden(known)), "hidden on {known}");
        }
    }
}

/// Plays a history and checks every step of it.
async fn play(tx: &mut Tx, case: usize, plans: &[Plan], steps: &[usize]) {
    let partnership = format!("p{case}");
    let mut published: BTreeMap<usize, (Release, Vec<Observation>)> = BTreeMap::new();
    for (step, &which) in steps.iter().enumerate() {
        let plan = &plans[which];
        let recorded = day("2025-01-01") + SignedDuration::from_hours(i64::try_from(step).unwrap());
        if let Some((release, _)) = published.get_mut(&which) {
            let Some(after) = plan.withdrawn_after else {
                continue;
            };
            let revision = release.revision;
            release
                .withdraw(day_of(plan.day + after), "wrong".to_owned(), recorded)
                .unwrap();
            releases::update_from(tx, &partnership, release, revision)
                .await
                .unwrap();
            withdraw(tx, &partnership, release).await.unwrap();
        } else {
            let number = releases::next_number(tx).await.unwrap();
            let mut release = staged(plan, &partnership, &format!("c{case}-{which}"), number);
            releases::insert(tx, &partnership, &release).await.unwrap();
            let figures = figures(plan);
            let batch = Batch {
                release: number,
                import: 1,
            };
            let keyed = figures.iter().map(|figure| (Key::of(&figure.cell), figure));
            tx.load(&bulk(tx.engine(), batch, keyed)).await.unwrap();
            let revision = release.revision;
            release.publish(recorded).unwrap();
            releases::update_from(tx, &partnership, &release, revision)
                .await
                .unwrap();
            settle(tx).await.unwrap();
            published.insert(which, (release, figures));
        }
        let published: Vec<_> = published.values().cloned().collect();
        check(tx, &partnership, &published).await;
    }
}

async fn try_histories(database: &Database, cases: usize) {
    let mut runner = TestRunner::new(Config::default());
    for year in [2022, 2023] {
        database
            .write(move |tx| Box::pin(ensure_year(tx, year)))
            .await
            .unwrap();
    }
    for case in 0..cases {
        let history = any_history().new_tree(&mut runner).unwrap().current();
        eprintln!("{history:?}");
        database
            .write(move |tx| {
                let (plans, steps) = history.clone();
                Box::pin(async move {
                    play(tx, case, &plans, &steps).await;
                    Ok::<_, Error>(())
                })
            })
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn any_history_gives_what_follows_from_all_of_it() {
    storage::testing::each_engine(crate::SCHEMA, crate::MIGRATIONS, async |database| {
        let cases = CASES
            .iter()
            .find(|(engine, _)| *engine == database.engine());
        try_histories(&database, cases.unwrap().1).await;
    })
    .await;
}
