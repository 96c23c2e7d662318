//! Months told by January-to-month figures, where the edition changes within a year.

use accord_proto::trade::v1::{
    CommodityLevel, Granularity, HsEdition, QueryBreakdownRequest, QuerySeriesRequest, Release,
};

use crate::{
    bureau::on_each_engine,
    counted::{asked, breakdown},
    explained::{explain, of_breakdown},
    groups::{by_codes, by_level},
};

fn of(edition: HsEdition, published: &str) -> Release {
    Release {
        hs_edition: edition as i32,
        ..by_codes(published)
    }
}

#[tokio::test]
async fn months_that_are_differences_count_in_their_edition() {
    on_each_engine(async |bureau| {
        // January to August from January on, ten dollars a month; then months.
        let mut old = "flow,period,commodity,value_usd\n".to_owned();
        for month in 1..=8 {
            old.push_str(&format!(
                "X,2022-01/2022-{month:02},270900,{}\n",
                month * 10
            ));
            old.push_str(&format!("M,2022-01/2022-{month:02},270900,{month}\n"));
        }
        bureau
            .publish("old", of(HsEdition::H5, "2022-10-01"), &old)
            .await;
        let mut new = "flow,period,commodity,value_usd\n".to_owned();
        for month in 8..=12 {
            new.push_str(&format!(
                "X,2022-{month:02},270900,10\nM,2022-{month:02},270900,1\n"
            ));
        }
        bureau
            .publish("new", of(HsEdition::H6, "2023-02-01"), &new)
            .await;
        for level in [CommodityLevel::Chapter, CommodityLevel::Subheading] {
            let question = QueryBreakdownRequest {
                compare_period: "2021".to_owned(),
                ..breakdown("2022", level)
            };
            let found = asked(&bureau.reader, &question).await;
            let values: Vec<_> = found.rows.iter().map(|row| row.value_cents).collect();
            // Seven months in H5 and five in H6, of which August is told last.
            assert_eq!(values, [Some(7_700), Some(5_500)], "{level:?}");
            assert_eq!(found.total.unwrap().value_cents, Some(13_200));
            for row in &found.rows {
                let request = of_breakdown(&question, "2022", row.key.clone());
                let explained = explain(&bureau.reader, &request).await;
                assert_eq!(explained.value_cents, row.value_cents);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_month_is_taken_from_the_last_release_whichever_january_it_has() {
    on_each_engine(async |bureau| {
        // The first says January as a period from January on, the second as a month.
        let first = "flow,period,commodity,value_usd\n\
            X,2024-01/2024-01,TOTAL,10\nX,2024-01/2024-02,TOTAL,30\n\
            X,2024-01/2024-01,27,10\nX,2024-01/2024-02,27,30\n\
            M,2024-01/2024-01,TOTAL,1\nM,2024-01/2024-02,TOTAL,2\n\
            M,2024-01/2024-01,27,1\nM,2024-01/2024-02,27,2\n";
        let first_release = of(HsEdition::H6, "2024-03-01");
        bureau.publish("first", first_release, first).await;
        let second = "flow,period,commodity,value_usd\n\
            X,2024-01,TOTAL,11\nX,2024-01/2024-02,TOTAL,35\n\
            X,2024-01,27,11\nX,2024-01/2024-02,27,35\n";
        let second_release = of(HsEdition::H6, "2024-05-01");
        bureau.publish("second", second_release, second).await;
        let request = QuerySeriesRequest {
            partner: "KZ".to_owned(),
            start_year: 2024,
            end_year: 2024,
            ..by_level(Granularity::Month, CommodityLevel::Chapter)
        };
        let answer = bureau.reader.query(request).await.unwrap();
        let february = &answer.points[1];
        assert_eq!(february.value_cents, Some(2_500));
        assert_eq!(answer.groups[0].points[1].value_cents, Some(2_500));
    })
    .await;
}
