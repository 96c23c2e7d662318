//! Whole years from the sums that are kept are broken down as from the groups, whatever was published.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use proptest::{
    prelude::*,
    strategy::ValueTree as _,
    test_runner::{Config, TestRunner},
};
use storage::Engine;

use super::*;
use crate::{
    domain::{
        cell::{Cell, Commodity, Flow, HsEdition},
        group::{Dimension, Level},
        name::PartnershipName,
        observation::{Observation, Precision, Qualifier, Status},
        period::Window,
        release::tests::{day, release},
        turnover::Method,
    },
    store::{
        key::Key,
        observations::{Batch, bulk, ensure_year},
        releases, standing,
    },
};

const CODES: [&str; 10] = [
    "TOTAL", "27", "2701", "27011", "270111", "270112", "270900", "8501", "850110", "850190",
];
/// The last one is no month.
const PERIODS: [&str; 6] = [
    "2022-01", "2022-02", "2023-01", "2023-02", "2023-12", "2023-Q1",
];
const REPORTERS: [[&str; 2]; 2] = [["UZ", "KZ"], ["KZ", "UZ"]];

/// Code, period, edition and flow.
type Spot = (usize, usize, bool, bool);

/// One publication.
#[derive(Clone, Debug)]
struct Plan {
    of_kz: bool,
    day: i64,
    coverage: Option<bool>,
    figures: BTreeMap<Spot, (i64, usize)>,
    withdrawn_after: Option<i64>,
    has_quarters: bool,
}

fn any_plan() -> impl Strategy<Value = Plan> {
    let spot = (
        0..CODES.len(),
        0..PERIODS.len(),
        proptest::bool::weighted(0.3),
        any::<bool>(),
    );
    let figures = proptest::collection::btree_map(spot, (0_i64..1_000, 0_usize..5), 1..60);
    (
        any::<bool>(),
        1_i64..12,
        proptest::option::of(any::<bool>()),
        figures,
        proptest::option::weighted(0.3, 1_i64..8),
        proptest::bool::weighted(0.1),
    )
        .prop_map(
            |(of_kz, day, coverage, figures, withdrawn_after, has_quarters)| Plan {
                of_kz,
                day,
                coverage,
                figures,
                withdrawn_after,
                has_quarters,
            },
        )
}

fn day_of(number: i64) -> Timestamp {
    day("2024-01-01") + SignedDuration::from_hours(24 * number)
}

fn figures(plan: &Plan) -> BTreeMap<Key, Observation> {
    let partner = if plan.of_kz { "UZ" } else { "KZ" };
    plan.figures
        .iter()
        .filter(|((_, period, ..), _)| plan.has_quarters || PERIODS[*period] != "2023-Q1")
        .map(|((code, period, is_older, is_export), (value, kind))| {
            let status = ['A', 'A', 'P', 'Q', 'E'][*kind];
            let qualifier = [Qualifier::Exact, Qualifier::Rounded, Qualifier::LowerBound];
            let qualifier = qualifier[usize::try_from(value % 7).unwrap().min(2)];
            let edition = HsEdition::new(6 - u8::from(*is_older));
            let cell = Cell {
                partner: partner.to_owned(),
                flow: if *is_export {
                    Flow::Export
                } else {
                    Flow::Import
                },
                commodity: Commodity::parse(CODES[*code], edition).unwrap(),
                region: String::new(),
                period: PERIODS[*period].parse().unwrap(),
            };
            let figure = Observation {
                column: 0,
                line: 2,
                value_cents: (status != 'Q').then_some(*value),
                net_weight_grams: (value % 3 == 0).then_some(value * 10),
                status: Status::try_from(status).unwrap(),
                precision: Precision {
                    qualifier,
                    unit_cents: if qualifier == Qualifier::Exact { 0 } else { 5 },
                },
                as_published: String::new(),
                cell,
            };
            (Key::of(&figure.cell), figure)
        })
        .collect()
}

/// Publishes a plan, and withdraws it if that is planned.
async fn publish(tx: &mut Tx, partnership: &str, plan: &Plan) {
    let figures = figures(plan);
    if figures.is_empty() {
        return;
    }
    let number = releases::next_number(tx).await.unwrap();
    let [reporter, partner] = REPORTERS[usize::from(plan.of_kz)];
    let mut own = release(&format!("r{number}"), reporter, "2024-01-01");
    own.name = format!("partnerships/{partnership}/releases/r{number}");
    own.number = number;
    own.publish_record_time = None;
    own.observation_count = i64::try_from(figures.len()).unwrap();
    if let Some((time, _)) = &mut own.publication.published {
        *time = day_of(plan.day);
    }
    let coverage = &mut own.publication.coverage;
    coverage.partners = vec![partner.to_owned()];
    if let Some(by_commodity) = plan.coverage {
        coverage.complete = true;
        coverage.by_commodity = by_commodity;
        coverage.flows = vec![Flow::Export];
        coverage.windows = vec![Window::Month];
        coverage.first_day = Some(jiff::civil::date(2023, 1, 1));
        coverage.last_day = Some(jiff::civil::date(2023, 12, 31));
    }
    releases::insert(tx, partnership, &own).await.unwrap();
    let batch = Batch {
        release: number,
        import: 1,
    };
    let keyed = figures.iter().map(|(key, figure)| (*key, figure));
    tx.load(&bulk(tx.engine(), batch, keyed)).await.unwrap();
    let revision = own.revision;
    own.publish(day("2025-01-01")).unwrap();
    releases::update_from(tx, partnership, &own, revision)
        .await
        .unwrap();
    standing::settle(tx).await.unwrap();
    if let Some(after) = plan.withdrawn_after {
        let revision = own.revision;
        own.withdraw(
            day_of(plan.day + after),
            "wrong".to_owned(),
            day("2025-01-01"),
        )
        .unwrap();
        releases::update_from(tx, partnership, &own, revision)
            .await
            .unwrap();
        standing::withdraw(tx, partnership, &own).await.unwrap();
    }
}

/// Every kind of question about a partnership.
fn questions(partnership: &str) -> Vec<Asked> {
    let mut questions = Vec::new();
    for (method, flow, level, part, known, top) in [
        (Method::AsReportedBy, None, Level::Subheading, false, 25, 2),
        (Method::AsReportedBy, None, Level::Heading, false, 25, 1),
        (
            Method::AsReportedBy,
            Some(Flow::Import),
            Level::Heading,
            false,
            7,
            20,
        ),
        (Method::AsReportedBy, None, Level::Subheading, true, 7, 20),
        (Method::ExportsOfBoth, None, Level::Subheading, false, 9, 3),
        (
            Method::ImportsOfBoth,
            Some(Flow::Import),
            Level::Heading,
            true,
            4,
            1,
        ),
    ] {
        let edition = HsEdition::new(6).filter(|_| part);
        questions.push(Asked {
            parent: PartnershipName {
                partnership: partnership.to_owned(),
            },
            period: "2023".parse().unwrap(),
            compare: "2022".parse().unwrap(),
            method,
            reporter: "UZ".to_owned(),
            partner: "KZ".to_owned(),
            dimension: Dimension::Commodity,
            level: Some(level),
            flow,
            commodity: Commodity::parse(if part { "27" } else { "" }, edition).unwrap(),
            edition,
            region: String::new(),
            top,
            known: day_of(known),
            recorded_before: None,
            allows_mixtures: true,
        });
    }
    questions
}

/// Compares both ways to an answer; returns how often both ways went.
async fn compare(tx: &mut Tx, partnership: &str) -> usize {
    let mut both = 0;
    for asked in questions(partnership) {
        let question = Question {
            method: asked.method,
            reporter: asked.reporter.clone(),
            partner: asked.partner.clone(),
            today: jiff::civil::date(2025, 1, 1),
        };
        let grouping = Grouping {
            dimensions: vec![asked.dimension],
            level: asked.level,
        };
        let wanted = group_asked(&asked, &grouping, &question);
        let scene = Scene {
            asked,
            grouping,
            question,
            wanted,
        };
        let found = scene.find(tx).await.unwrap();
        // Month by month, as series are added up.
        let by_month = store::groups::Asked {
            whole_years: false,
            ..scene.wanted.clone()
        };
        let grouped = store::groups::read(tx, &by_month).await.unwrap();
        let several = Several::read(tx, &by_month, Some(&grouped)).await.unwrap();
        let all = Untolds::default();
        let asked = &scene.asked;
        let expected = of_groups((&grouped, &several), &scene, &all, None);
        assert_eq!(found.releases(), grouped.releases);
        let own = found.break_down(&scene, &all, None);
        let whole = |own: &Breakdown| {
            let rows = [&own.top, &own.losses].map(Clone::clone);
            let counts = (own.groups, own.newcomers, own.gone);
            let totals = (own.rest.clone(), own.total.clone());
            (rows, totals, counts, own.herfindahl_hirschman_ppm)
        };
        assert_eq!(whole(&own), whole(&expected), "{asked:?}");
        // Month by month a release is not named of which all figures of a month were published as missing.
        assert!(own.ranks().is_superset(&expected.ranks()), "{asked:?}");
        both += usize::from(matches!(found, Found::Years(_)) && expected.groups > 0);
    }
    both
}

#[tokio::test]
async fn sums_over_years_and_groups_are_broken_down_alike() {
    storage::testing::each_engine(crate::SCHEMA, crate::MIGRATIONS, async |database| {
        for year in [2022, 2023] {
            database
                .write(move |tx| Box::pin(ensure_year(tx, year)))
                .await
                .unwrap();
        }
        let cases = if database.engine() == Engine::Sqlite {
            40
        } else {
            10
        };
        let mut runner = TestRunner::new(Config::default());
        let mut both = 0;
        for case in 0..cases {
            let plans = proptest::collection::vec(any_plan(), 1..7);
            let mut plans = plans.new_tree(&mut runner).unwrap().current();
            // What the sums cannot tell month by month is left to the groups: not of one level and edition.
            if case % 4 > 0 {
                for plan in &mut plans {
                    plan.figures
                        .retain(|(code, _, second, _), _| CODES[*code].len() == 6 && !second);
                }
            }
            eprintln!("{plans:?}");
            both += database
                .write(move |tx| {
                    let plans = plans.clone();
                    Box::pin(async move {
                        let partnership = format!("p{case}");
                        for plan in &plans {
                            publish(tx, &partnership, plan).await;
                        }
                        Ok::<_, Error>(compare(tx, &partnership).await)
                    })
                })
                .await
                .unwrap();
        }
        // Both ways are often gone; how often is chance.
        assert!(2 * both > cases, "{both} answers in {cases} cases");
    })
    .await;
}

#[tokio::test]
async fn headings_that_tell_all_of_their_chapters_are_not_read_code_by_code() {
    storage::testing::each_engine(crate::SCHEMA, crate::MIGRATIONS, async |database| {
        let found = database
            .write(|tx| {
                Box::pin(async move {
                    ensure_year(tx, 2022).await?;
                    // The chapter, its only heading, and one of two subheadings.
                    let spot = |code: usize, value| ((code, 0, false, true), (value, 0));
                    let plan = Plan {
                        of_kz: false,
                        day: 1,
                        coverage: Some(true),
                        figures: [spot(1, 70_000), spot(2, 70_000), spot(4, 40_000)].into(),
                        withdrawn_after: None,
                        has_quarters: false,
                    };
                    publish(tx, "p", &plan).await;
                    // Code by code there would be less.
                    let spoil = "UPDATE observations SET value_cents = 1";
                    tx.execute(spoil, Vec::new()).await?;
                    let wanted = store::groups::Asked {
                        partnership: "p".to_owned(),
                        sides: vec![("UZ".to_owned(), "KZ".to_owned())],
                        flows: vec![Flow::Export],
                        commodity: Commodity::Total,
                        edition: HsEdition::new(6),
                        level: Some(Level::Heading),
                        deepness: None,
                        regions: Regions::One(String::new()),
                        years: (2022, 2022),
                        whole_years: false,
                        known: day_of(25),
                        recorded_before: None,
                    };
                    let untolds = Untolds::read(tx, &wanted).await?;
                    let across = Several::across(tx, &wanted, &Several::default()).await?;
                    Ok::<_, Error>(untolds.is_empty() && across.is_empty())
                })
            })
            .await;
        assert!(found.unwrap());
    })
    .await;
}
