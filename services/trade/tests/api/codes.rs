//! The series of a code by itself and the group of this code tell the same.

use accord_proto::trade::v1::{
    CommodityLevel, Flow, Granularity, HsEdition, Qualifier, QuerySeriesRequest, SeriesPoint,
    TurnoverMethod, Window,
};

use crate::{
    bureau::{Caller, on_each_engine, release},
    counted::{BOTH, complete},
    explained::{explain, of_series},
    groups::{by_codes, by_level},
};

fn alone(code: &str, granularity: Granularity) -> QuerySeriesRequest {
    QuerySeriesRequest {
        partner: "KZ".to_owned(),
        commodity: code.to_owned(),
        hs_edition: HsEdition::H6 as i32,
        commodity_level: 0,
        group_by: Vec::new(),
        ..by_level(granularity, CommodityLevel::Chapter)
    }
}

fn told(point: &SeriesPoint) -> (Option<i64>, i32, Option<i64>, Option<i64>) {
    let growth = (point.growth_on_previous_ppm, point.growth_on_year_ppm);
    (point.value_cents, point.qualifier, growth.0, growth.1)
}

/// Compares both, and what explains them, and returns the values of the code.
async fn same(caller: &Caller, code: &str, granularity: Granularity) -> Vec<Option<i64>> {
    let level = match code.len() {
        2 => CommodityLevel::Chapter,
        4 => CommodityLevel::Heading,
        _ => CommodityLevel::Subheading,
    };
    let request = alone(code, granularity);
    let points = caller.query(request.clone()).await.unwrap().points;
    let grouped = QuerySeriesRequest {
        partner: "KZ".to_owned(),
        ..by_level(granularity, level)
    };
    let answer = caller.query(grouped).await.unwrap();
    let mut groups = answer.groups.iter();
    let group = groups.find(|group| group.key.as_ref().unwrap().commodity == code);
    let of_group: Vec<_> = group.unwrap().points.iter().map(told).collect();
    let own: Vec<_> = points.iter().map(told).collect();
    assert_eq!(own, of_group, "{code} by {granularity:?}");
    for point in &points {
        let period = crate::explained::text(point.period.as_ref().unwrap());
        let explained = explain(caller, &of_series(&request, &period, None)).await;
        assert_eq!(explained.value_cents, point.value_cents, "{code} {period}");
        assert_eq!(explained.warnings, point.warnings, "{code} {period}");
    }
    points.iter().map(|point| point.value_cents).collect()
}

#[tokio::test]
async fn a_code_alone_is_told_by_longer_codes_and_by_complete_releases_too() {
    on_each_engine(async |bureau| {
        let csv = "flow,period,commodity,value_usd\n\
            X,2022-02,2701,10\nX,2022-02,270900,5\nX,2022-03,27,20\nX,2023-02,270900,6\nM,2023-02,2709,4\n";
        let release = complete(Window::Month, &BOTH);
        bureau.publish("uz", release, csv).await;
        let caller = &bureau.reader;
        let year = Granularity::Year;
        let chapter = same(caller, "27", year).await;
        assert_eq!(chapter, [Some(3_500), Some(1_000)]);
        assert_eq!(same(caller, "2709", year).await[1], Some(1_000));
        for code in ["27", "2701", "2709", "270900"] {
            for granularity in [Granularity::Month, year, Granularity::RollingTwelveMonths] {
                same(caller, code, granularity).await;
            }
        }
        // A code of which nothing was published, though all was.
        let answer = caller.query(alone("2710", year)).await.unwrap();
        let values: Vec<_> = answer.points.iter().map(|own| own.value_cents).collect();
        assert_eq!(values, [None, Some(0)]);
    })
    .await;
}

#[tokio::test]
async fn a_code_of_which_one_flow_is_not_known_is_at_least_the_other() {
    on_each_engine(async |bureau| {
        let csv = "flow,period,commodity,value_usd\nX,2022,27,70\nM,2022,2709,3\nX,2023,27,80\n";
        bureau.publish("uz", by_codes("2024-02-01"), csv).await;
        let caller = &bureau.reader;
        let chapter = same(caller, "27", Granularity::Year).await;
        assert_eq!(chapter, [Some(7_300), Some(8_000)]);
    })
    .await;
}

#[tokio::test]
async fn the_published_turnover_of_a_code_stands() {
    on_each_engine(async |bureau| {
        let csv = "flow,period,commodity,value_usd\nturnover,2022,27,70\nX,2022,27,30\n";
        bureau.publish("uz", by_codes("2024-02-01"), csv).await;
        let request = alone("27", Granularity::Year);
        let answer = bureau.reader.query(request.clone()).await.unwrap();
        assert_eq!(answer.points[0].value_cents, Some(7_000));
        let explained = explain(&bureau.reader, &of_series(&request, "2022", None)).await;
        assert_eq!(explained.value_cents, Some(7_000));
        // Nor does a code of another party's release change anything.
        bureau
            .publish(
                "kz",
                release("KZ", "2024-02-01"),
                "flow,period,value_usd\nX,2022,9\n",
            )
            .await;
        let exports = QuerySeriesRequest {
            turnover_method: TurnoverMethod::ExportsOfBoth as i32,
            ..request
        };
        let answer = bureau.reader.query(exports).await.unwrap();
        assert_eq!(answer.points[0].value_cents, Some(3_000));
    })
    .await;
}

#[tokio::test]
async fn a_point_is_the_same_whatever_other_years_have_a_turnover() {
    on_each_engine(async |bureau| {
        let csv = "flow,period,commodity,value_usd\nturnover,2020,27,70\nX,2022,27,30\n\
            X,2021,2709,5\nM,2021,27,4\n";
        bureau.publish("uz", by_codes("2024-02-01"), csv).await;
        let caller = &bureau.reader;
        let of = async |start_year, base_period: &str| {
            let request = QuerySeriesRequest {
                start_year,
                end_year: 2022,
                base_period: base_period.to_owned(),
                ..alone("27", Granularity::Year)
            };
            let points = caller.query(request.clone()).await.unwrap().points;
            for point in &points {
                let period = crate::explained::text(point.period.as_ref().unwrap());
                let explained = explain(caller, &of_series(&request, &period, None)).await;
                assert_eq!(explained.value_cents, point.value_cents, "{period}");
                assert_eq!(explained.warnings, point.warnings, "{period}");
            }
            points
        };
        let (bound, exact) = (Qualifier::LowerBound as i32, Qualifier::Exact as i32);
        let whole = of(2020, "").await;
        let found: Vec<_> = whole
            .iter()
            .map(|point| (point.value_cents, point.qualifier))
            .collect();
        assert_eq!(found[0], (Some(7_000), exact));
        assert_eq!(
            found[1..],
            [(Some(900), exact), (Some(3_000), bound)],
            "{whole:?}"
        );
        // Flows by themselves do not grow on a turnover that was published.
        assert_eq!(told(&whole[1]).2, None);
        assert_eq!(told(&whole[2]).2, Some(2_333_333));
        for (year, base) in [(2021, ""), (2022, ""), (2022, "2020")] {
            let points = of(year, base).await;
            let own = &whole[usize::try_from(year - 2020).unwrap()..];
            let values = |points: &[SeriesPoint]| points.iter().map(told).collect::<Vec<_>>();
            assert_eq!(values(&points), values(own), "{year} {base}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_turnover_that_was_removed_hides_nothing() {
    on_each_engine(async |bureau| {
        let csv = "flow,period,commodity,value_usd\nturnover,2022,27,70\n";
        bureau.publish("old", by_codes("2024-02-01"), csv).await;
        let flows = [Flow::Export, Flow::Import, Flow::Turnover];
        let csv = "flow,period,commodity,value_usd\nX,2022,2709,30\nM,2022,2709,9\n";
        bureau
            .publish("new", complete(Window::Year, &flows), csv)
            .await;
        let chapter = same(&bureau.reader, "27", Granularity::Year).await;
        assert_eq!(chapter[0], Some(3_900));
    })
    .await;
}
