//! The same months told by several figures that do not agree.

use accord_proto::trade::v1::{
    CommodityLevel, Granularity, QuerySeriesRequest, SeriesPoint, SeriesWarning, TurnoverMethod,
    series_warning::Kind,
};

use crate::{
    bureau::{on_each_engine, release},
    explained::{explain, of_series},
    groups::{by_codes, by_level},
};

/// Exports and imports of years.
fn years() -> QuerySeriesRequest {
    QuerySeriesRequest {
        partner: "KZ".to_owned(),
        commodity_level: 0,
        group_by: Vec::new(),
        ..by_level(Granularity::Year, CommodityLevel::Chapter)
    }
}

fn said(point: &SeriesPoint) -> Vec<&str> {
    let warnings = point.warnings.iter();
    let own = warnings.filter(|own: &&SeriesWarning| own.kind() == Kind::ToldOtherwise);
    own.map(|own| own.description.as_str()).collect()
}

#[tokio::test]
async fn a_year_beside_another_sum_from_january_to_december_is_told() {
    on_each_engine(async |bureau| {
        let csv = "flow,period,value_usd\nX,2022,100\nX,2022-01/2022-12,95\nM,2022,7\nM,2022-01/2022-12,7.4\n\
            X,2023,50\nM,2023,5\n";
        bureau.publish("uz", by_codes("2024-02-01"), csv).await;
        let answer = bureau.reader.query(years()).await.unwrap();
        // Of one release the one from January on counts; cents may be cut off.
        assert_eq!(answer.points[0].value_cents, Some(10_240));
        assert_eq!(
            said(&answer.points[0]),
            ["the export figure of UZ for 2022-01/2022-12 counts, 95.00 dollars, but that for 2022 is 100.00 dollars"]
        );
        assert!(said(&answer.points[1]).is_empty());
        let explained = explain(&bureau.reader, &of_series(&years(), "2022", None)).await;
        assert_eq!(explained.warnings, answer.points[0].warnings);
        let others = &explained.cells[0].other_figures;
        let values: Vec<_> = others
            .iter()
            .map(|other| other.observation.as_ref().unwrap().value_cents)
            .collect();
        assert_eq!(values, [Some(10_000)]);
    })
    .await;
}

#[tokio::test]
async fn months_that_do_not_add_up_to_their_year_are_told_of_groups_too() {
    on_each_engine(async |bureau| {
        let mut csv = "flow,period,commodity,value_usd\nX,2022,27,100\nX,2022,85,100\nX,2022,90,100\n".to_owned();
        for month in 1..=12 {
            csv.push_str(&format!("X,2022-{month:02},27,7\n"));
            // 85 lacks months, and those of 90 are more than the year.
            if month < 6 {
                csv.push_str(&format!("X,2022-{month:02},85,8\nX,2022-{month:02},90,30\n"));
            }
        }
        bureau.publish("uz", by_codes("2024-02-01"), &csv).await;
        let request = QuerySeriesRequest {
            partner: "KZ".to_owned(),
            start_year: 2022,
            end_year: 2022,
            ..by_level(Granularity::Year, CommodityLevel::Chapter)
        };
        let answer = bureau.reader.query(request).await.unwrap();
        let found: Vec<_> = answer
            .groups
            .iter()
            .map(|group| (group.points[0].value_cents, said(&group.points[0])))
            .collect();
        assert_eq!(
            found,
            [
                (
                    Some(10_000),
                    vec!["the export figure of UZ for 2022 counts, 100.00 dollars, but 12 months in it add up to 84.00 dollars"]
                ),
                (Some(10_000), vec![]),
                (
                    Some(10_000),
                    vec!["the export figure of UZ for 2022 counts, 100.00 dollars, but 5 months in it add up to 150.00 dollars"]
                ),
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn a_year_of_one_code_does_not_hide_months_of_its_chapter() {
    on_each_engine(async |bureau| {
        let months: String = (1..=12)
            .map(|month| format!("X,2022-{month:02},27,100\nM,2022-{month:02},27,1\n"))
            .collect();
        let csv = format!("flow,period,commodity,value_usd\n{months}");
        bureau.publish("months", by_codes("2023-02-01"), &csv).await;
        for (id, published, codes) in [
            ("one", "2023-03-01", "X,2022,2701,300\n"),
            ("two", "2023-04-01", "X,2022,270900,40\n"),
        ] {
            let csv = format!("flow,period,commodity,value_usd\n{codes}");
            bureau.publish(id, by_codes(published), &csv).await;
            let request = QuerySeriesRequest {
                partner: "KZ".to_owned(),
                start_year: 2022,
                end_year: 2022,
                ..by_level(Granularity::Year, CommodityLevel::Chapter)
            };
            let answer = bureau.reader.query(request.clone()).await.unwrap();
            let group = &answer.groups[0];
            assert_eq!(group.points[0].value_cents, Some(121_200), "{id}");
            let request = of_series(&request, "2022", group.key.clone());
            let explained = explain(&bureau.reader, &request).await;
            assert_eq!(explained.value_cents, Some(121_200), "{id}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_one_side_subtracts_does_not_silence_the_other() {
    on_each_engine(async |bureau| {
        let own = "flow,period,value_usd\nX,2022-01/2022-03,10\nX,2022-01/2022-06,30\n";
        bureau.publish("uz", release("UZ", "2024-02-01"), own).await;
        let other = "flow,period,value_usd\nX,2022-Q2,100\nX,2022-04,30\nX,2022-05,30\nX,2022-06,30\n";
        bureau.publish("kz", release("KZ", "2024-02-01"), other).await;
        let request = QuerySeriesRequest {
            granularity: Granularity::Quarter as i32,
            turnover_method: TurnoverMethod::ExportsOfBoth as i32,
            start_year: 2022,
            end_year: 2022,
            ..years()
        };
        let answer = bureau.reader.query(request).await.unwrap();
        let second = &answer.points[1];
        assert_eq!(second.value_cents, Some(12_000));
        assert_eq!(
            said(second),
            ["the export figure of KZ for 2022-Q2 counts, 100.00 dollars, but 3 months in it add up to 90.00 dollars"]
        );
    })
    .await;
}
