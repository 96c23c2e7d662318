//! Months told by January-to-month figures, where the edition changes within a year.

use accord_proto::trade::v1::{CommodityLevel, HsEdition, QueryBreakdownRequest, Release};

use crate::{
    bureau::on_each_engine,
    counted::{asked, breakdown},
    explained::{explain, of_breakdown},
    groups::by_codes,
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
