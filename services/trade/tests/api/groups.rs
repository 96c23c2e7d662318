//! Series of groups; breakdowns, exports and comparisons below.

mod breakdowns;
mod compared;
mod exports;

use std::fmt::Write as _;

use accord_proto::trade::v1::{
    CommodityLevel, Coverage, Flow, Granularity, HsEdition, Qualifier, QuerySeriesRequest,
    QuerySeriesResponse, Release, SeriesDimension, SeriesGroup, SeriesPoint, TurnoverMethod,
    Window, coverage::Completeness, series_warning::Kind,
};

use crate::bureau::{Bureau, Caller, PARENT, at, date, on_each_engine, release};

/// Two years of months: two subheadings of one chapter, one of another, and a total. Values grow by the
/// month, weights are ten kilograms a dollar.
fn months() -> String {
    let mut csv = "flow,period,commodity,value_usd,net_weight_kg\n".to_owned();
    for year in [2022, 2023] {
        for month in 1..=12 {
            for (flow, code, dollars) in [
                ("X", "270111", 100 + month),
                ("X", "270900", 50),
                ("X", "850110", if year == 2022 { 10 } else { 30 }),
                ("M", "270111", 5),
                ("X", "TOTAL", 200),
                ("M", "TOTAL", 40),
            ] {
                writeln!(
                    csv,
                    "{flow},{year}-{month:02},{code},{dollars},{}",
                    dollars * 10
                )
                .unwrap();
            }
        }
    }
    csv
}

pub(crate) fn by_codes(published: &str) -> Release {
    Release {
        hs_edition: HsEdition::H6 as i32,
        ..release("UZ", published)
    }
}

pub(crate) fn grouped(
    granularity: Granularity,
    dimensions: &[SeriesDimension],
) -> QuerySeriesRequest {
    QuerySeriesRequest {
        parent: PARENT.to_owned(),
        granularity: granularity as i32,
        turnover_method: TurnoverMethod::AsReportedBy as i32,
        reporter: "UZ".to_owned(),
        start_year: 2022,
        end_year: 2023,
        group_by: dimensions
            .iter()
            .map(|dimension| *dimension as i32)
            .collect(),
        ..QuerySeriesRequest::default()
    }
}

pub(crate) fn by_level(granularity: Granularity, level: CommodityLevel) -> QuerySeriesRequest {
    QuerySeriesRequest {
        commodity_level: level as i32,
        ..grouped(granularity, &[SeriesDimension::Commodity])
    }
}

/// The points of the group with this code.
fn of_code<'a>(answer: &'a QuerySeriesResponse, code: &str) -> &'a [SeriesPoint] {
    let is = |group: &&SeriesGroup| group.key.as_ref().is_some_and(|key| key.commodity == code);
    &answer.groups.iter().find(is).unwrap().points
}

fn cents(points: &[SeriesPoint]) -> Vec<Option<i64>> {
    points.iter().map(|point| point.value_cents).collect()
}

async fn asked(caller: &Caller, request: &QuerySeriesRequest) -> QuerySeriesResponse {
    caller.query(request.clone()).await.unwrap()
}

#[tokio::test]
async fn chapters_have_values_growth_shares_contributions_and_unit_values() {
    on_each_engine(async |bureau| {
        bureau
            .publish("months", by_codes("2024-02-01"), &months())
            .await;
        let mut request = by_level(Granularity::Year, CommodityLevel::Chapter);
        request.base_period = "2022".to_owned();
        let answer = asked(&bureau.reader, &request).await;
        // Exports 1,878 and imports 60 a year in chapter 27; exports 120, then 360 in chapter 85.
        assert_eq!(
            cents(of_code(&answer, "27")),
            [Some(193_800), Some(193_800)]
        );
        let machines = of_code(&answer, "85");
        assert_eq!(cents(machines), [Some(12_000), Some(36_000)]);
        let last = &machines[1];
        assert_eq!(last.growth_on_year_ppm, Some(2_000_000));
        assert_eq!(last.index_ppm, Some(3_000_000));
        // The whole is the published total of 2,880 a year.
        assert_eq!(answer.points[1].value_cents, Some(288_000));
        assert_eq!(last.share_ppm, Some(125_000));
        assert_eq!(last.contribution_on_year_ppm, Some(83_333));
        assert_eq!(last.net_weight_grams, Some(3_600_000));
        assert_eq!(last.unit_value_cents_per_tonne, Some(10_000));
        // Nothing says that there are no imports.
        assert_eq!(last.qualifier(), Qualifier::LowerBound);
        assert!(
            last.warnings
                .iter()
                .any(|warning| warning.kind() == Kind::Partial)
        );
        let fuels = &of_code(&answer, "27")[1];
        assert_eq!(fuels.qualifier(), Qualifier::Exact);
        assert_eq!(answer.releases.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn groups_of_every_kind_add_up() {
    on_each_engine(async |bureau| {
        bureau
            .publish("months", by_codes("2024-02-01"), &months())
            .await;
        let caller = &bureau.reader;
        let answer = asked(
            caller,
            &by_level(Granularity::Year, CommodityLevel::Section),
        )
        .await;
        assert_eq!(cents(of_code(&answer, "V")), [Some(193_800), Some(193_800)]);
        assert_eq!(cents(of_code(&answer, "XVI")), [Some(12_000), Some(36_000)]);
        let answer = asked(
            caller,
            &by_level(Granularity::Quarter, CommodityLevel::Heading),
        )
        .await;
        assert_eq!(cents(of_code(&answer, "2709"))[0], Some(15_000));
        let mut request = by_level(Granularity::Month, CommodityLevel::Subheading);
        request.commodity = "27".to_owned();
        request.hs_edition = HsEdition::H6 as i32;
        let answer = asked(caller, &request).await;
        let codes: Vec<_> = answer
            .groups
            .iter()
            .map(|group| group.key.clone().unwrap().commodity)
            .collect();
        assert_eq!(codes, ["270111", "270900"]);
        assert_eq!(cents(of_code(&answer, "270111"))[1], Some(10_700));

        let by_flow = grouped(Granularity::HalfYear, &[SeriesDimension::Flow]);
        let answer = asked(caller, &by_flow).await;
        let flows: Vec<_> = answer
            .groups
            .iter()
            .map(|group| group.key.clone().unwrap().flow())
            .collect();
        assert_eq!(flows, [Flow::Export, Flow::Import]);
        assert_eq!(cents(&answer.groups[0].points), [Some(120_000); 4]);
        assert_eq!(cents(&answer.points), [Some(144_000); 4]);
        let period = answer.points[3].period.unwrap();
        assert_eq!(
            (period.window(), period.year, period.month),
            (Window::HalfYear, 2023, 12)
        );

        let rolling = by_level(Granularity::RollingTwelveMonths, CommodityLevel::Chapter);
        let answer = asked(caller, &rolling).await;
        let machines = cents(of_code(&answer, "85"));
        // Before December 2022 the twelve months are not all there.
        assert_eq!(
            (machines[11], machines[12], machines[23]),
            (Some(12_000), Some(14_000), Some(36_000))
        );
        assert_eq!(answer.points[10].value_cents, None);
        assert_eq!(answer.points[12].value_cents, Some(288_000));
        let to_date = by_level(Granularity::YearToDate, CommodityLevel::Chapter);
        let answer = asked(caller, &to_date).await;
        assert_eq!(
            cents(of_code(&answer, "85"))[..4],
            [Some(1_000), Some(2_000), Some(3_000), Some(4_000)]
        );
        assert_eq!(answer.points[1].value_cents, Some(48_000));
    })
    .await;
}

#[tokio::test]
async fn regions_and_reporters_are_groups_too() {
    on_each_engine(async |bureau| {
        let csv = "flow,period,region,value_usd\nX,2023,,100\nX,2023,UZ-TK,60\nX,2023,UZ-NW,30\n\
            M,2023,,10\nM,2023,UZ-TK,10\nM,2023,UZ-NW,0\n";
        bureau
            .publish("regions", release("UZ", "2024-02-01"), csv)
            .await;
        let csv = "flow,period,value_usd\nX,2023,7\nM,2023,95\n";
        bureau
            .publish("mirror", release("KZ", "2024-02-01"), csv)
            .await;
        let mut request = grouped(Granularity::Year, &[SeriesDimension::Region]);
        request.partner = "KZ".to_owned();
        request.start_year = 2023;
        let answer = asked(&bureau.reader, &request).await;
        let found: Vec<_> = answer
            .groups
            .iter()
            .map(|group| {
                (
                    group.key.clone().unwrap().region,
                    group.points[0].value_cents,
                )
            })
            .collect();
        let expected = [
            ("UZ-NW".to_owned(), Some(3_000)),
            ("UZ-TK".to_owned(), Some(7_000)),
        ];
        assert_eq!(found, expected);
        assert_eq!(answer.groups[1].points[0].share_ppm, Some(636_364));

        request.group_by = vec![SeriesDimension::Reporter as i32];
        request.turnover_method = TurnoverMethod::ExportsOfBoth as i32;
        let answer = asked(&bureau.reader, &request).await;
        let found: Vec<_> = answer
            .groups
            .iter()
            .map(|group| {
                (
                    group.key.clone().unwrap().reporter,
                    group.points[0].value_cents,
                )
            })
            .collect();
        assert_eq!(
            found,
            [
                ("KZ".to_owned(), Some(700)),
                ("UZ".to_owned(), Some(10_000))
            ]
        );
        assert_eq!(answer.points[0].value_cents, Some(10_700));
    })
    .await;
}

/// A complete release by commodity of months of 2023.
fn complete(published: &str) -> Release {
    let release = by_codes(published);
    Release {
        coverage: Some(Coverage {
            completeness: Completeness::Complete as i32,
            partners: vec!["KZ".to_owned()],
            flows: vec![Flow::Export as i32, Flow::Import as i32],
            windows: vec![Window::Month as i32],
            start_date: Some(date(2023, 1, 1)),
            end_date: Some(date(2023, 12, 31)),
            by_commodity: true,
            ..Coverage::default()
        }),
        ..release
    }
}

/// Months, a partial revision, and a complete release that has only one heading left.
pub(crate) async fn revised(bureau: &Bureau) {
    bureau.publish("a", by_codes("2024-02-01"), &months()).await;
    let partial = "flow,period,commodity,value_usd\nX,2023-01,270111,1000\nX,2023-02,850110,1\n\
        X,2023-Q1,27,7\nX,2022-01/2022-03,85,44\nX,2022-01/2022-02,85,12\n";
    bureau.publish("b", by_codes("2024-03-01"), partial).await;
    let last = "flow,period,commodity,value_usd\nX,2023-01,270111,9\nX,2023-03,TOTAL,9\n";
    bureau.publish("c", complete("2024-04-01"), last).await;
}

#[tokio::test]
async fn groups_are_as_known_and_the_strict_reading_agrees() {
    on_each_engine(async |bureau| {
        revised(&bureau).await;
        let request = by_level(Granularity::Month, CommodityLevel::Chapter);
        for (known, january, february) in [
            ("2024-02-15", Some(15_100 + 500), Some(15_200 + 500)),
            ("2024-03-15", Some(105_000 + 500), Some(15_200 + 500)),
            // The last release is complete and has nothing about February.
            ("2024-04-15", Some(900), Some(0)),
        ] {
            let mut request = request.clone();
            request.known_time = Some(at(known));
            let answer = asked(&bureau.reader, &request).await;
            let fuels = cents(of_code(&answer, "27"));
            assert_eq!(
                (fuels[12], fuels[13]),
                (january, february),
                "known on {known}"
            );
        }
        // What a complete release does not have is nothing, not a gap.
        let answer = asked(&bureau.reader, &request).await;
        assert_eq!(of_code(&answer, "27")[12].qualifier(), Qualifier::Exact);

        let levels = [
            CommodityLevel::Section,
            CommodityLevel::Chapter,
            CommodityLevel::Heading,
            CommodityLevel::Subheading,
        ];
        for known in ["2024-01-01", "2024-02-15", "2024-03-15", "2024-04-15"] {
            for level in levels {
                let mut request = by_level(Granularity::Quarter, level);
                request.known_time = Some(at(known));
                let mut strict = request.clone();
                strict.recorded_before = Some(at("2027-01-01"));
                let (kept, worked_out) = (
                    asked(&bureau.reader, &request).await,
                    asked(&bureau.reader, &strict).await,
                );
                assert_eq!(
                    values(&kept),
                    values(&worked_out),
                    "{level:?} known on {known}"
                );
            }
        }
    })
    .await;
}

/// The values of all groups that have any.
fn values(answer: &QuerySeriesResponse) -> Vec<(String, Vec<Option<i64>>)> {
    let groups = answer.groups.iter();
    groups
        .map(|group| (group.key.clone().unwrap().commodity, cents(&group.points)))
        .filter(|(_, points)| points.iter().any(Option::is_some))
        .collect()
}
