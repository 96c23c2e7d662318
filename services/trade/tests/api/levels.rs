//! Which level of codes counts, whatever was published of it: breakdowns and series agree, and differences are of like
//! codes.

use std::{collections::BTreeMap, fmt::Write as _};

use accord_proto::trade::v1::{
    CommodityLevel, Coverage, Flow, Granularity, MissingReason, QueryBreakdownRequest,
    QuerySeriesRequest, Release, SeriesDimension, TurnoverMethod, Window, coverage::Completeness,
};
use proptest::{
    prelude::*,
    strategy::ValueTree as _,
    test_runner::{Config, TestRunner},
};

use crate::{
    bureau::{Caller, PARENT, date, on_each_engine},
    groups::{by_codes, by_level},
};

const LEVELS: [CommodityLevel; 4] = [
    CommodityLevel::Section,
    CommodityLevel::Chapter,
    CommodityLevel::Heading,
    CommodityLevel::Subheading,
];

/// Two chapters of one section down to subheadings.
const CODES: [&str; 9] = [
    "25", "27", "2701", "270111", "270112", "2709", "270900", "2711", "271111",
];

/// Which codes are published in which months, of exports or imports, by which of two releases; some as missing.
type Figures = BTreeMap<(usize, i32, bool, bool), Option<i64>>;

fn any_figures() -> impl Strategy<Value = Figures> {
    let cell = (
        0..CODES.len(),
        1..=12,
        any::<bool>(),
        prop::bool::weighted(0.2),
    );
    let value = prop::option::weighted(0.95, 1_i64..1_000);
    // A code mostly has many months.
    let dense = prop::collection::btree_map(cell, value, 5..150);
    let of_level = prop::sample::select(vec![2_usize, 4, 6, 0]);
    (dense, of_level).prop_map(|(mut figures, digits)| {
        figures.retain(|(code, ..), _| digits == 0 || CODES[*code].len() == digits);
        figures
    })
}

fn csv(figures: &Figures, later: bool) -> String {
    let mut csv = "flow,period,commodity,value_usd,status\n".to_owned();
    for ((code, month, is_import, is_later), value) in figures {
        if *is_later != later {
            continue;
        }
        let flow = if *is_import { "M" } else { "X" };
        let code = CODES[*code];
        match value {
            Some(value) => writeln!(csv, "{flow},2023-{month:02},{code},{value},A"),
            None => writeln!(csv, "{flow},2023-{month:02},{code},,M"),
        }
        .unwrap();
    }
    csv
}

/// Values with their qualifiers by code; nothing where there is no value.
type Values = BTreeMap<String, (i64, i32)>;

async fn broken_down(caller: &Caller, level: CommodityLevel, period: &str) -> Values {
    let request = QueryBreakdownRequest {
        parent: PARENT.to_owned(),
        period: period.to_owned(),
        turnover_method: TurnoverMethod::AsReportedBy as i32,
        reporter: "UZ".to_owned(),
        partner: "KZ".to_owned(),
        dimension: SeriesDimension::Commodity as i32,
        commodity_level: level as i32,
        top_count: 100,
        ..QueryBreakdownRequest::default()
    };
    let answer = caller.trade.clone().query_breakdown(request).await.unwrap();
    let rows = answer.into_inner().rows.into_iter();
    rows.map(|row| {
        let code = row.key.unwrap().commodity;
        (code, (row.value_cents.unwrap(), row.qualifier))
    })
    .collect()
}

/// The points of all groups, by their place.
async fn series(caller: &Caller, level: CommodityLevel, granularity: Granularity) -> Vec<Values> {
    let request = QuerySeriesRequest {
        partner: "KZ".to_owned(),
        start_year: 2023,
        end_year: 2023,
        ..by_level(granularity, level)
    };
    let answer = caller.query(request).await.unwrap();
    let places = answer.groups.first().map_or(0, |group| group.points.len());
    let mut points = vec![Values::new(); places];
    for group in answer.groups {
        let code = group.key.unwrap().commodity;
        for (place, point) in group.points.into_iter().enumerate() {
            if let Some(cents) = point.value_cents {
                points[place].insert(code.clone(), (cents, point.qualifier));
            }
        }
    }
    points
}

#[tokio::test]
async fn breakdowns_and_series_agree_whatever_level_is_published_in_which_month() {
    let mut runner = TestRunner::new(Config::default());
    let cases: Vec<Figures> = (0..4)
        .map(|_| any_figures().new_tree(&mut runner).unwrap().current())
        .collect();
    for figures in cases {
        on_each_engine(async |bureau| {
            eprintln!("{figures:?}");
            for (id, published, later) in [
                ("first", "2024-02-01", false),
                ("second", "2024-03-01", true),
            ] {
                let csv = csv(&figures, later);
                if csv.lines().count() > 1 {
                    bureau.publish(id, by_codes(published), &csv).await;
                }
            }
            for level in LEVELS {
                let months = series(&bureau.reader, level, Granularity::Month).await;
                let quarters = series(&bureau.reader, level, Granularity::Quarter).await;
                let years = series(&bureau.reader, level, Granularity::Year).await;
                let periods = [("2023", years.first()), ("2023-Q2", quarters.get(1))];
                let periods = periods.into_iter().chain([("2023-07", months.get(6))]);
                for (period, expected) in periods {
                    let found = broken_down(&bureau.reader, level, period).await;
                    assert_eq!(
                        found,
                        expected.cloned().unwrap_or_default(),
                        "{level:?} {period}"
                    );
                }
                // Months are all that there is, so they add up to the year.
                let mut sums: BTreeMap<String, i64> = BTreeMap::new();
                for (code, (cents, _)) in months.into_iter().flatten() {
                    *sums.entry(code).or_default() += cents;
                }
                let years = years.into_iter().flatten();
                let years: BTreeMap<_, _> = years.map(|(code, (cents, _))| (code, cents)).collect();
                assert_eq!(sums, years, "{level:?}");
            }
        })
        .await;
    }
}

#[tokio::test]
async fn a_difference_is_of_codes_of_one_length_or_missing() {
    on_each_engine(async |bureau| {
        // Coal has chapters in both; oils only later, and what is secret in headings is in them.
        let csv = "flow,period,commodity,value_usd\n\
            X,2023-01/2023-05,25,50\nX,2023-01/2023-06,25,60\n\
            X,2023-01/2023-05,2701,80\nX,2023-01/2023-06,2701,90\nX,2023-01/2023-06,27,150\n";
        bureau.publish("uz", by_codes("2024-02-01"), csv).await;
        let ask = async |level: CommodityLevel| {
            let request = QuerySeriesRequest {
                start_year: 2023,
                end_year: 2023,
                ..by_level(Granularity::Month, level)
            };
            let answer = bureau.reader.query(request).await.unwrap();
            let groups = answer.groups.into_iter();
            groups
                .map(|group| {
                    let point = &group.points[5];
                    let code = group.key.unwrap().commodity;
                    (code, point.value_cents, point.missing_reason())
                })
                .collect::<Vec<_>>()
        };
        let none = MissingReason::Unspecified;
        let differ = MissingReason::LengthsDiffer;
        assert_eq!(
            ask(CommodityLevel::Chapter).await,
            [
                ("25".to_owned(), Some(1_000), none),
                ("27".to_owned(), None, differ),
            ]
        );
        assert_eq!(
            ask(CommodityLevel::Section).await,
            [("V".to_owned(), None, differ)]
        );
        assert_eq!(
            ask(CommodityLevel::Heading).await,
            [("2701".to_owned(), Some(1_000), none)]
        );
    })
    .await;
}

#[tokio::test]
async fn what_was_published_as_missing_is_not_nothing() {
    on_each_engine(async |bureau| {
        let complete = Release {
            coverage: Some(Coverage {
                completeness: Completeness::Complete as i32,
                partners: vec!["KZ".to_owned()],
                flows: vec![Flow::Export as i32],
                windows: vec![Window::Month as i32],
                start_date: Some(date(2023, 1, 1)),
                end_date: Some(date(2023, 12, 31)),
                by_commodity: true,
                by_region: false,
            }),
            ..by_codes("2024-02-01")
        };
        let csv = "flow,period,commodity,value_usd,status,net_weight_kg\n\
            X,2023-01,270900,50,A,5\nX,2023-02,270900,,M,7\n";
        bureau.publish("uz", complete, csv).await;
        let request = QuerySeriesRequest {
            start_year: 2023,
            end_year: 2023,
            group_by: vec![
                SeriesDimension::Commodity as i32,
                SeriesDimension::Flow as i32,
            ],
            ..by_level(Granularity::Year, CommodityLevel::Subheading)
        };
        let answer = bureau.reader.query(request).await.unwrap();
        let point = &answer.groups[0].points[0];
        assert_eq!(point.value_cents, Some(5_000));
        assert_eq!(
            point.qualifier(),
            accord_proto::trade::v1::Qualifier::LowerBound
        );
        // A figure without a value has no part in the value of a tonne.
        assert_eq!(point.net_weight_grams, Some(5_000));
        assert_eq!(point.unit_value_cents_per_tonne, Some(1_000_000));
    })
    .await;
}
