//! Which figures count: none is dropped, and what is not known is neither nothing nor exact.

use accord_proto::trade::v1::{
    BreakdownRow, CommodityLevel, Coverage, ExplainFigureRequest, Flow, Granularity, GroupKey,
    HsEdition, Qualifier, QueryBreakdownRequest, QueryBreakdownResponse, QuerySeriesRequest,
    Release, SeriesDimension, SeriesPoint, SeriesWarning, TurnoverMethod, Window,
    breakdown_row::Change, coverage::Completeness, explain_figure_request::Question,
    series_warning::Kind,
};

use crate::{
    bureau::{Caller, PARENT, date, on_each_engine},
    groups::{by_codes, by_level, grouped},
};

/// A release that is complete by commodity in two years.
pub(crate) fn complete(window: Window, flows: &[Flow]) -> Release {
    Release {
        coverage: Some(Coverage {
            completeness: Completeness::Complete as i32,
            partners: vec!["KZ".to_owned()],
            flows: flows.iter().map(|flow| *flow as i32).collect(),
            windows: vec![window as i32],
            start_date: Some(date(2022, 1, 1)),
            end_date: Some(date(2023, 12, 31)),
            by_commodity: true,
            by_region: false,
        }),
        ..by_codes("2024-06-01")
    }
}

pub(crate) const BOTH: [Flow; 2] = [Flow::Export, Flow::Import];

pub(crate) fn breakdown(period: &str, level: CommodityLevel) -> QueryBreakdownRequest {
    QueryBreakdownRequest {
        parent: PARENT.to_owned(),
        period: period.to_owned(),
        turnover_method: TurnoverMethod::AsReportedBy as i32,
        reporter: "UZ".to_owned(),
        partner: "KZ".to_owned(),
        dimension: SeriesDimension::Commodity as i32,
        commodity_level: level as i32,
        ..QueryBreakdownRequest::default()
    }
}

pub(crate) async fn asked(
    caller: &Caller,
    request: &QueryBreakdownRequest,
) -> QueryBreakdownResponse {
    let mut trade = caller.trade.clone();
    let answer = trade.query_breakdown(request.clone()).await;
    answer.unwrap().into_inner()
}

pub(crate) fn row<'a>(answer: &'a QueryBreakdownResponse, code: &str) -> &'a BreakdownRow {
    let mut rows = answer.rows.iter().chain(&answer.losses);
    rows.find(|row| row.key.as_ref().is_some_and(|key| key.commodity == code))
        .unwrap()
}

pub(crate) fn dollars(row: &BreakdownRow) -> Option<i64> {
    row.value_cents.map(|cents| cents / 100)
}

pub(crate) fn value(row: Option<&BreakdownRow>) -> (Option<i64>, Qualifier) {
    let row = row.unwrap();
    (dollars(row), row.qualifier())
}

pub(crate) fn kinds(answer: &QueryBreakdownResponse) -> Vec<Kind> {
    answer.warnings.iter().map(SeriesWarning::kind).collect()
}

#[tokio::test]
async fn goods_that_are_part_of_no_shorter_code_count() {
    on_each_engine(async |bureau| {
        let csv = "flow,period,commodity,value_usd\n\
            export,2023,2005,300\nexport,2023,200510,200\nexport,2023,200799,10\nexport,2023,0202,50\n";
        let release = complete(Window::Year, &[Flow::Export, Flow::Import]);
        bureau.publish("uz", release, csv).await;
        let reader = &bureau.reader;
        let exact = Qualifier::Exact;
        let found = asked(reader, &breakdown("2023", CommodityLevel::Chapter)).await;
        assert_eq!(dollars(row(&found, "20")), Some(310));
        assert_eq!(value(found.total.as_ref()), (Some(360), exact));
        let found = asked(reader, &breakdown("2023", CommodityLevel::Heading)).await;
        assert_eq!(value(found.total.as_ref()), (Some(360), exact));
        // Of 2005 a part is not divided into subheadings, and 0202 not at all.
        let found = asked(reader, &breakdown("2023", CommodityLevel::Subheading)).await;
        assert_eq!(
            value(found.total.as_ref()),
            (Some(210), Qualifier::LowerBound)
        );
        assert!(kinds(&found).contains(&Kind::Partial));
        let request = ExplainFigureRequest {
            parent: PARENT.to_owned(),
            question: Some(Question::Breakdown(breakdown(
                "2023",
                CommodityLevel::Chapter,
            ))),
            group: Some(GroupKey {
                commodity: "20".to_owned(),
                hs_edition: HsEdition::H6 as i32,
                ..GroupKey::default()
            }),
            ..ExplainFigureRequest::default()
        };
        let found = reader.trade.clone().explain_figure(request).await;
        let found = found.unwrap().into_inner();
        assert_eq!(found.value_cents, Some(31_000));
        let codes = found.cells.iter().map(|cell| {
            let figure = cell.observation.as_ref().unwrap();
            figure.commodity.as_str()
        });
        assert_eq!(codes.collect::<Vec<_>>(), ["2005", "200799"]);
    })
    .await;
}

#[tokio::test]
async fn months_with_codes_of_unlike_lengths_are_added_up_whole() {
    on_each_engine(async |bureau| {
        let csv = "flow,period,commodity,value_usd\n\
            export,2023-01,2709,5\nexport,2023-01,271019,7\n\
            export,2023-02,270900,11\nexport,2023-02,271019,13\n";
        bureau.publish("uz", by_codes("2024-06-01"), csv).await;
        let request = QueryBreakdownRequest {
            flow: Flow::Export as i32,
            ..breakdown("2023", CommodityLevel::Chapter)
        };
        let found = asked(&bureau.reader, &request).await;
        assert_eq!(dollars(row(&found, "27")), Some(36));
        for (month, expected) in [("2023-01", 12), ("2023-02", 24)] {
            let request = QueryBreakdownRequest {
                period: month.to_owned(),
                ..request.clone()
            };
            let found = asked(&bureau.reader, &request).await;
            assert_eq!(dollars(row(&found, "27")), Some(expected));
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_suppressed_is_neither_gone_nor_new() {
    for (window, former, period) in [
        (Window::Year, "2022", "2023"),
        (Window::Month, "2022-05", "2023-05"),
        (Window::Quarter, "2022-Q2", "2023-Q2"),
    ] {
        on_each_engine(async |bureau| {
            let csv = format!(
                "flow,period,commodity,value_usd,status\n\
                export,{former},27,1000000,A\nexport,{former},10,500000,A\nexport,{former},11,,Q\n\
                export,{period},27,1000000,A\nexport,{period},10,,Q\nexport,{period},11,7,A\n"
            );
            bureau.publish("uz", complete(window, &BOTH), &csv).await;
            let request = breakdown(period, CommodityLevel::Chapter);
            let found = asked(&bureau.reader, &request).await;
            assert_eq!(
                value(found.total.as_ref()),
                (Some(1_000_007), Qualifier::LowerBound)
            );
            assert_eq!((found.newcomer_count, found.loss_count), (0, 0));
            let lost = row(&found, "10");
            assert_eq!(
                (lost.change(), lost.contribution_ppm),
                (Change::Unspecified, None)
            );
            assert_eq!(row(&found, "11").change(), Change::Unspecified);
            let kinds = kinds(&found);
            assert!(kinds.contains(&Kind::Partial), "{kinds:?}");
            assert!(kinds.contains(&Kind::ComparedLowerBound), "{kinds:?}");
        })
        .await;
    }
}

#[tokio::test]
async fn a_heading_below_a_suppressed_chapter_is_a_lower_bound_of_it() {
    on_each_engine(async |bureau| {
        let csv = "flow,period,commodity,value_usd,status\n\
            export,2023,27,,Q\nexport,2023,2709,50,A\n";
        bureau
            .publish("uz", complete(Window::Year, &BOTH), csv)
            .await;
        let request = breakdown("2023", CommodityLevel::Chapter);
        let found = asked(&bureau.reader, &request).await;
        assert_eq!(value(found.rows.first()), (Some(50), Qualifier::LowerBound));
    })
    .await;
}

#[tokio::test]
async fn what_a_partial_release_leaves_out_is_not_known() {
    on_each_engine(async |bureau| {
        let csv = "flow,period,commodity,value_usd\n\
            export,2022,27,100\nexport,2022,10,50\nexport,2023,27,100\nexport,2023,11,5\n";
        bureau.publish("uz", by_codes("2024-06-01"), csv).await;
        let request = QueryBreakdownRequest {
            flow: Flow::Export as i32,
            ..breakdown("2023", CommodityLevel::Chapter)
        };
        let found = asked(&bureau.reader, &request).await;
        assert_eq!((found.newcomer_count, found.loss_count), (0, 0));
        assert_eq!(
            value(found.total.as_ref()),
            (Some(105), Qualifier::LowerBound)
        );
        assert_eq!(row(&found, "10").change(), Change::Unspecified);
        assert_eq!(row(&found, "11").change(), Change::Unspecified);
    })
    .await;
}

#[tokio::test]
async fn newcomers_are_told_by_their_values() {
    on_each_engine(async |bureau| {
        let csv = "flow,period,commodity,value_usd\n\
            export,2022,27,100\nexport,2023,27,100\n\
            export,2022,10,0\nexport,2023,10,200\nexport,2023,11,0\n";
        bureau
            .publish("uz", complete(Window::Year, &BOTH), csv)
            .await;
        let request = breakdown("2023", CommodityLevel::Chapter);
        let found = asked(&bureau.reader, &request).await;
        assert_eq!(found.newcomer_count, 1);
        assert_eq!(row(&found, "10").change(), Change::New);
        assert_eq!(row(&found, "11").change(), Change::Continuing);
    })
    .await;
}

#[tokio::test]
async fn products_that_appear_after_january_are_in_their_month() {
    on_each_engine(async |bureau| {
        let csv = "flow,period,commodity,value_usd\n\
            export,2023-01/2023-01,TOTAL,5\nexport,2023-01/2023-01,10,5\n\
            export,2023-01/2023-02,TOTAL,47\nexport,2023-01/2023-02,10,7\n\
            export,2023-01/2023-02,27,40\n";
        let release = complete(Window::JanuaryToMonth, &BOTH);
        bureau.publish("uz", release, csv).await;
        let request = QueryBreakdownRequest {
            compare_period: "2023-01".to_owned(),
            ..breakdown("2023-02", CommodityLevel::Chapter)
        };
        let found = asked(&bureau.reader, &request).await;
        assert_eq!(value(found.total.as_ref()), (Some(42), Qualifier::Exact));
        assert_eq!(dollars(row(&found, "27")), Some(40));
        assert_eq!(row(&found, "27").change(), Change::New);
    })
    .await;
    on_each_engine(async |bureau| {
        let csv = "flow,period,commodity,value_usd\n\
            export,2023-01/2023-01,10,5\nexport,2023-01/2023-02,10,7\n\
            export,2023-01/2023-02,27,40\n";
        bureau.publish("uz", by_codes("2024-06-01"), csv).await;
        let request = QueryBreakdownRequest {
            flow: Flow::Export as i32,
            ..breakdown("2023-02", CommodityLevel::Chapter)
        };
        let found = asked(&bureau.reader, &request).await;
        assert_eq!(
            value(found.total.as_ref()),
            (Some(2), Qualifier::LowerBound)
        );
    })
    .await;
}

/// The first value of a series that has one.
fn first(points: &[SeriesPoint]) -> Option<i64> {
    points.iter().find_map(|point| point.value_cents)
}

#[tokio::test]
async fn a_quarter_is_the_sum_of_its_months_also_of_those_by_difference() {
    on_each_engine(async |bureau| {
        let csv = "flow,period,commodity,value_usd\n\
            export,2023-01,TOTAL,10\nexport,2023-01/2023-02,TOTAL,30\nexport,2023-03,TOTAL,50\n\
            import,2023-01,TOTAL,1\nimport,2023-02,TOTAL,1\nimport,2023-03,TOTAL,1\n\
            export,2023-01,27,10\nexport,2023-01/2023-02,27,30\nexport,2023-03,27,50\n";
        bureau.publish("uz", by_codes("2024-06-01"), csv).await;
        let request = QuerySeriesRequest {
            start_year: 2023,
            end_year: 2023,
            ..grouped(Granularity::Quarter, &[])
        };
        let found = bureau.reader.query(request).await.unwrap();
        assert_eq!(found.points[0].value_cents, Some(8_300));
        let request = QuerySeriesRequest {
            start_year: 2023,
            end_year: 2023,
            ..by_level(Granularity::Quarter, CommodityLevel::Chapter)
        };
        let found = bureau.reader.query(request).await.unwrap();
        assert_eq!(first(&found.groups[0].points), Some(8_000));
    })
    .await;
}

#[tokio::test]
async fn nothing_and_nothing_is_nothing() {
    on_each_engine(async |bureau| {
        let csv = "flow,period,commodity,value_usd\nexport,2022,27,100\n";
        bureau
            .publish("uz", complete(Window::Year, &BOTH), csv)
            .await;
        let request = by_level(Granularity::Year, CommodityLevel::Chapter);
        let found = bureau.reader.query(request).await.unwrap();
        let last = &found.groups[0].points[1];
        assert_eq!(last.value_cents, Some(0));
        assert_eq!(last.qualifier(), Qualifier::Exact);
        assert_eq!(last.growth_on_year_ppm, Some(-1_000_000));
    })
    .await;
}

#[tokio::test]
async fn regions_with_one_code_take_in_longer_ones_and_years_come_from_groups_too() {
    on_each_engine(async |bureau| {
        let csv = "flow,period,commodity,region,value_usd\n\
            export,2023,27,UZ-TK,60\nexport,2023,2709,UZ-AN,50\n";
        bureau.publish("uz", by_codes("2024-06-01"), csv).await;
        let request = QueryBreakdownRequest {
            dimension: SeriesDimension::Region as i32,
            commodity_level: 0,
            commodity: "27".to_owned(),
            hs_edition: HsEdition::H6 as i32,
            flow: Flow::Export as i32,
            ..breakdown("2023", CommodityLevel::Unspecified)
        };
        let found = asked(&bureau.reader, &request).await;
        let values: Vec<_> = found.rows.iter().map(dollars).collect();
        assert_eq!(values, [Some(60), Some(50)]);
        let request = QuerySeriesRequest {
            commodity: "27".to_owned(),
            hs_edition: HsEdition::H6 as i32,
            start_year: 0,
            end_year: 0,
            ..grouped(Granularity::Year, &[SeriesDimension::Region])
        };
        let found = bureau.reader.query(request).await.unwrap();
        let values = found.groups.iter().map(|group| first(&group.points));
        assert_eq!(values.collect::<Vec<_>>(), [Some(5_000), Some(6_000)]);
        let warnings = &found.groups[0].points[0].warnings;
        let mut warnings = warnings.iter();
        let partial = warnings.find(|own| own.kind() == Kind::PartialWhole);
        // Imports of no region were published.
        let cause = "of which parts are missing: a group is a lower bound";
        assert!(partial.unwrap().description.ends_with(cause), "{partial:?}");
    })
    .await;
}
