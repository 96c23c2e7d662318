//! A side that has published subheadings in one edition and chapters only in another one.

use accord_proto::trade::v1::{
    CommodityLevel, Coverage, Flow, HsEdition, Qualifier, Release, Window, coverage::Completeness,
};

use super::{
    cells,
    cells::{by_code, complete},
};
use crate::bureau::{date, on_each_engine, release};

/// Exports of half a year, all of them.
fn half(edition: HsEdition, months: [i32; 2], day: i32) -> Release {
    Release {
        hs_edition: edition as i32,
        coverage: Some(Coverage {
            completeness: Completeness::Complete as i32,
            partners: vec!["KZ".to_owned()],
            flows: vec![Flow::Export as i32],
            windows: vec![Window::Month as i32],
            start_date: Some(date(2022, months[0], 1)),
            end_date: Some(date(2022, months[1], day)),
            by_commodity: true,
            by_region: false,
        }),
        ..release("UZ", "2023-02-01")
    }
}

#[tokio::test]
async fn chapters_of_the_other_edition_are_not_nothing() {
    on_each_engine(async |bureau| {
        let header = "flow,period,value_usd,commodity\n";
        let first = format!("{header}X,2022-03,50,270900\nX,2022-03,4,310100\n");
        let first_half = half(HsEdition::H5, [1, 6], 30);
        bureau.publish("first", first_half, &first).await;
        let second = format!("{header}X,2022-09,30,27\nX,2022-09,70,30\n");
        let second_half = half(HsEdition::H6, [7, 12], 31);
        bureau.publish("second", second_half, &second).await;
        let other =
            format!("{header}import,2022,80,270900\nimport,2022,75,300490\nimport,2022,4,310100\n");
        bureau
            .publish("kz", complete("KZ", HsEdition::H5), &other)
            .await;
        let answer = cells(&bureau.reader, by_code(CommodityLevel::Subheading)).await;
        let found: Vec<_> = answer
            .unwrap()
            .mirror_cells
            .iter()
            .filter(|row| row.exporter == "UZ")
            .map(|row| {
                let own = row.exports.as_ref().unwrap();
                let code = row.commodities.join("+");
                (code, own.value_cents, own.qualifier(), own.nothing_traded)
            })
            .collect();
        let told = |code: &str, cents, qualifier| (code.to_owned(), cents, qualifier, false);
        assert_eq!(
            found,
            [
                told("270900", Some(5_000), Qualifier::LowerBound),
                told("310100", Some(400), Qualifier::Exact),
                told("300490", None, Qualifier::Unspecified),
            ]
        );
    })
    .await;
}
