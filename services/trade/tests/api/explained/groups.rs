//! Figures of groups and rows of breakdowns, each explained as it is answered.

use std::{collections::BTreeSet, fmt::Write as _};

use accord_proto::trade::v1::{
    BreakdownRow, CommodityLevel, Coverage, Flow, Granularity, GroupKey, HsEdition, MissingReason,
    QueryBreakdownRequest, QuerySeriesRequest, Release, SeriesDimension, TurnoverMethod, Window,
    coverage::Completeness, figure_step::Operation,
};

use super::{explain, explain_all, of_breakdown, of_series, text};
use crate::{
    bureau::{Caller, PARENT, at, date, on_each_engine, release},
    groups::{by_codes, by_level, grouped, revised},
};

const LEVELS: [CommodityLevel; 4] = [
    CommodityLevel::Section,
    CommodityLevel::Chapter,
    CommodityLevel::Heading,
    CommodityLevel::Subheading,
];

#[tokio::test]
async fn every_point_of_every_group_is_explained() {
    on_each_engine(async |bureau| {
        revised(&bureau).await;
        for known in ["2024-02-15", "2024-03-15", "2024-04-15"] {
            for (level, granularity) in LEVELS.into_iter().zip([
                Granularity::Quarter,
                Granularity::Year,
                Granularity::HalfYear,
                Granularity::RollingTwelveMonths,
            ]) {
                let mut question = by_level(granularity, level);
                question.known_time = Some(at(known));
                assert!(explain_all(&bureau.reader, &question, 3).await > 1);
                question.recorded_before = Some(at("2027-01-01"));
                explain_all(&bureau.reader, &question, 7).await;
            }
            let mut question = by_level(Granularity::Month, CommodityLevel::Chapter);
            question.group_by.push(SeriesDimension::Flow as i32);
            question.known_time = Some(at(known));
            explain_all(&bureau.reader, &question, 4).await;
        }
        let question = by_level(Granularity::Quarter, CommodityLevel::Chapter);
        let key = GroupKey {
            commodity: "85".to_owned(),
            hs_edition: HsEdition::H6 as i32,
            ..GroupKey::default()
        };
        // Before the complete release: March by itself, and what a partial revision says of January to March.
        let known = QuerySeriesRequest {
            known_time: Some(at("2024-03-15")),
            ..question.clone()
        };
        let found = explain(
            &bureau.reader,
            &of_series(&known, "2022-Q1", Some(key.clone())),
        )
        .await;
        let exports = &found.steps[1];
        assert_eq!(
            (exports.value_cents, &*exports.code_digits),
            (Some(4_400), &[2][..])
        );
        // Behind it nothing is left, and a complete release says so.
        let found = explain(&bureau.reader, &of_series(&question, "2023-Q2", Some(key))).await;
        assert_eq!(found.missing_reason(), MissingReason::Unspecified);
        assert_eq!(found.value_cents, Some(0));
        let step = found
            .steps
            .iter()
            .find(|step| step.operation() == Operation::Nothing);
        assert_eq!(step.unwrap().releases, ["partnerships/uz-kz/releases/c"]);
    })
    .await;
}

#[tokio::test]
async fn regions_and_reporters_are_explained_too() {
    on_each_engine(async |bureau| {
        let csv = "flow,period,region,value_usd\nX,2023,,100\nX,2023,UZ-TK,60\nX,2023,UZ-NW,30\n\
            M,2023,,10\nM,2023,UZ-TK,10\nM,2023,UZ-NW,0\nX,2023-Q1,UZ-NW,4\n";
        bureau
            .publish("regions", release("UZ", "2024-02-01"), csv)
            .await;
        let csv = "flow,period,value_usd\nX,2023,7\nM,2023,95\n";
        bureau
            .publish("mirror", release("KZ", "2024-02-01"), csv)
            .await;
        for granularity in [Granularity::Year, Granularity::Quarter] {
            let question = grouped(granularity, &[SeriesDimension::Region]);
            explain_all(&bureau.reader, &question, 1).await;
            let question = QuerySeriesRequest {
                turnover_method: TurnoverMethod::ImportsOfBoth as i32,
                ..grouped(granularity, &[SeriesDimension::Reporter])
            };
            explain_all(&bureau.reader, &question, 1).await;
            let question = QuerySeriesRequest {
                turnover_method: TurnoverMethod::ExportsOfBoth as i32,
                ..grouped(granularity, &[SeriesDimension::Flow])
            };
            explain_all(&bureau.reader, &question, 1).await;
        }
        let question = QueryBreakdownRequest {
            parent: PARENT.to_owned(),
            period: "2023".to_owned(),
            turnover_method: TurnoverMethod::AsReportedBy as i32,
            reporter: "UZ".to_owned(),
            dimension: SeriesDimension::Region as i32,
            ..QueryBreakdownRequest::default()
        };
        explain_rows(&bureau.reader, &question).await;
    })
    .await;
}

/// Explains all rows of a breakdown in both periods; returns how many.
async fn explain_rows(caller: &Caller, question: &QueryBreakdownRequest) -> usize {
    let answer = caller.trade.clone().query_breakdown(question.clone()).await;
    let answer = answer.unwrap().into_inner();
    let (period, before) = (answer.period.unwrap(), answer.compare_period.unwrap());
    let rows: Vec<&BreakdownRow> = answer.rows.iter().chain(&answer.losses).collect();
    for row in &rows {
        let label = format!("{row:?} of {question:?}");
        let request = of_breakdown(question, "", row.key.clone());
        let found = explain(caller, &request).await;
        assert_eq!(found.value_cents, row.value_cents, "{label}");
        assert_eq!(found.qualifier, row.qualifier, "{label}");
        assert_eq!(found.uncertainty_cents, row.uncertainty_cents, "{label}");
        assert_eq!(found.net_weight_grams, row.net_weight_grams, "{label}");
        assert_eq!(found.period, Some(period));
        let request = of_breakdown(question, &text(&before), row.key.clone());
        let found = explain(caller, &request).await;
        assert_eq!(found.value_cents, row.compare_value_cents, "{label}");
        assert_eq!(found.period, Some(before));
    }
    rows.len()
}

#[tokio::test]
async fn every_row_of_a_breakdown_is_explained() {
    on_each_engine(async |bureau| {
        revised(&bureau).await;
        // Headings in one half of a year, and their parts in the other.
        let mut csv = "flow,period,commodity,value_usd\n".to_owned();
        for month in 1..=12 {
            let codes: &[&str] = if month > 6 {
                &["720110", "720120"]
            } else {
                &["7201"]
            };
            for code in codes {
                writeln!(csv, "X,2022-{month:02},{code},{month}").unwrap();
            }
        }
        bureau.publish("d", by_codes("2024-05-01"), &csv).await;
        for period in ["2023", "2022-Q1", "2022-06", "2022-04/2023-03"] {
            for level in LEVELS {
                for (known, strict) in [
                    ("2024-03-15", false),
                    ("2024-06-01", true),
                    ("2024-06-01", false),
                ] {
                    let question = QueryBreakdownRequest {
                        parent: PARENT.to_owned(),
                        period: period.to_owned(),
                        turnover_method: TurnoverMethod::AsReportedBy as i32,
                        reporter: "UZ".to_owned(),
                        dimension: SeriesDimension::Commodity as i32,
                        commodity_level: level as i32,
                        flow: if strict { Flow::Export as i32 } else { 0 },
                        known_time: Some(at(known)),
                        recorded_before: strict.then(|| at("2027-01-01")),
                        ..QueryBreakdownRequest::default()
                    };
                    explain_rows(&bureau.reader, &question).await;
                }
            }
        }
    })
    .await;
}

/// Numbers that look random, the same for each seed (the multiplier of Knuth's MMIX).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// A release with figures in all kinds of windows and codes of all lengths.
fn any_release(dice: &mut Dice, place: u32) -> (Release, String) {
    let mut published = by_codes(&format!("2024-{:02}-01", place + 1));
    if dice.roll(3) == 0 {
        published.coverage = Some(Coverage {
            completeness: Completeness::Complete as i32,
            partners: vec!["KZ".to_owned()],
            flows: vec![Flow::Export as i32, Flow::Import as i32],
            windows: vec![Window::Month as i32, Window::JanuaryToMonth as i32],
            start_date: Some(date(2023, 1, 1)),
            end_date: Some(date(2023, 12, 31)),
            by_commodity: dice.roll(2) == 0,
            ..Coverage::default()
        });
    }
    let is_complete = published.coverage.as_ref().unwrap().completeness() == Completeness::Complete;
    let mut csv = "flow,period,commodity,value_usd,status,net_weight_kg,qualifier,rounded_to_usd\n"
        .to_owned();
    let mut seen = BTreeSet::new();
    for _ in 0..160 {
        let year = if is_complete {
            2023
        } else {
            2022 + dice.roll(2)
        };
        let month = 1 + dice.roll(12);
        let windows = if is_complete { 2 } else { 4 };
        let period = match dice.roll(windows) {
            0 => format!("{year}-{month:02}"),
            1 => format!("{year}-01/{year}-{month:02}"),
            2 => format!("{year}-Q{}", month.div_ceil(3)),
            _ => year.to_string(),
        };
        let codes = [
            "TOTAL", "27", "2701", "270111", "270112", "2709", "270900", "2601",
        ];
        let code = codes[usize::try_from(dice.roll(8)).unwrap()];
        let flow = if dice.roll(2) == 0 { "X" } else { "M" };
        let value = month * 10 + dice.roll(9);
        let rest = match dice.roll(8) {
            0 => ",Q,,,".to_owned(),
            1 => format!("{value},P,{value},,"),
            2 => format!("{value},A,,rounded,10"),
            3 => format!("{value},A,,lower_bound,10"),
            _ => format!("{value},A,,,"),
        };
        if seen.insert((flow, period.clone(), code)) {
            writeln!(csv, "{flow},{period},{code},{rest}").unwrap();
        }
    }
    (published, csv)
}

/// Whatever is published, in whatever windows and codes: every figure is explained as it is answered.
#[tokio::test]
async fn whatever_is_published_every_figure_is_explained() {
    for seed in 1..=3 {
        on_each_engine(async |bureau| {
            let mut dice = Dice(seed);
            for place in 0..4 {
                let (published, csv) = any_release(&mut dice, place);
                let release = bureau.publish(&format!("r{place}"), published, &csv).await;
                if place == 1 {
                    bureau
                        .uz
                        .withdraw(&release.name, "2024-04-15")
                        .await
                        .unwrap();
                }
            }
            for known in ["2024-03-20", "2024-06-01"] {
                for (granularity, level) in [
                    (Granularity::Month, CommodityLevel::Chapter),
                    (Granularity::Year, CommodityLevel::Heading),
                    (Granularity::Quarter, CommodityLevel::Section),
                    (Granularity::RollingTwelveMonths, CommodityLevel::Subheading),
                    (Granularity::YearToDate, CommodityLevel::Heading),
                ] {
                    let mut question = by_level(granularity, level);
                    question.known_time = Some(at(known));
                    explain_all(&bureau.reader, &question, 5).await;
                }
                let question = QueryBreakdownRequest {
                    parent: PARENT.to_owned(),
                    period: "2023".to_owned(),
                    turnover_method: TurnoverMethod::AsReportedBy as i32,
                    reporter: "UZ".to_owned(),
                    dimension: SeriesDimension::Commodity as i32,
                    commodity_level: CommodityLevel::Heading as i32,
                    known_time: Some(at(known)),
                    ..QueryBreakdownRequest::default()
                };
                explain_rows(&bureau.reader, &question).await;
            }
        })
        .await;
    }
}
