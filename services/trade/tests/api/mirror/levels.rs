//! Both sides' figures where they have published codes of unlike length.

use accord_proto::trade::v1::{
    CommodityLevel, HsEdition, ListMirrorCellsRequest, ListMirrorCellsResponse, Release,
    series_warning::Kind,
};

use super::{
    cells,
    cells::{by_code, complete},
    kinds,
};
use crate::bureau::{Bureau, on_each_engine, release};

/// The codes, both figures and the gap, in dollars.
type Row = (String, Option<i64>, Option<i64>, Option<i64>);

/// Rows of what Uzbekistan exports: the codes, both figures and the gap, in dollars.
fn of_uz(answer: &ListMirrorCellsResponse) -> Vec<Row> {
    let dollars = |cents: Option<i64>| cents.map(|cents| cents / 100);
    let mut rows: Vec<_> = answer
        .mirror_cells
        .iter()
        .filter(|row| row.exporter == "UZ")
        .map(|row| {
            let [exports, imports] = [&row.exports, &row.imports].map(|side| {
                let side = side.as_ref().unwrap();
                assert!(!side.nothing_traded, "{row:?}");
                dollars(side.value_cents)
            });
            (
                row.commodities.join("+"),
                exports,
                imports,
                dollars(row.gap_cents),
            )
        })
        .collect();
    rows.sort();
    rows
}

fn row(code: &str, exports: i64, imports: i64) -> Row {
    let gap = Some(exports - imports);
    (code.to_owned(), Some(exports), Some(imports), gap)
}

async fn publish(bureau: &Bureau, id: &str, release: Release, flow: &str, codes: &[(&str, i64)]) {
    let rows = codes
        .iter()
        .map(|(code, dollars)| format!("{flow},2022,{dollars},{code}\n"));
    let csv = format!(
        "flow,period,value_usd,commodity\n{}",
        rows.collect::<String>()
    );
    bureau.publish(id, release, &csv).await;
}

async fn at(bureau: &Bureau, level: CommodityLevel) -> ListMirrorCellsResponse {
    cells(&bureau.reader, by_code(level)).await.unwrap()
}

#[tokio::test]
async fn codes_of_unlike_length_meet_in_the_shorter_one() {
    on_each_engine(async |bureau| {
        let own = complete("UZ", HsEdition::H6);
        publish(
            &bureau,
            "uz",
            own,
            "export",
            &[("2008", 80), ("02", 10), ("310100", 5)],
        )
        .await;
        let other = complete("KZ", HsEdition::H6);
        let codes = [("200819", 75), ("0202", 9), ("310100", 4)];
        publish(&bureau, "kz", other, "import", &codes).await;
        let headings = at(&bureau, CommodityLevel::Heading).await;
        assert_eq!(
            of_uz(&headings),
            [row("02", 10, 9), row("2008", 80, 75), row("3101", 5, 4)]
        );
        let subheadings = at(&bureau, CommodityLevel::Subheading).await;
        assert_eq!(
            of_uz(&subheadings),
            [row("02", 10, 9), row("2008", 80, 75), row("310100", 5, 4)]
        );
        for own in &subheadings.mirror_cells {
            let is_coarser = own.commodities[0].len() < 6;
            assert_eq!(
                kinds(own).contains(&Kind::CoarserCode),
                is_coarser,
                "{own:?}"
            );
        }
        // A question below the coarser code finds it.
        for (level, code) in [
            (CommodityLevel::Subheading, "200819"),
            (CommodityLevel::Heading, "2008"),
        ] {
            let request = ListMirrorCellsRequest {
                commodity: code.to_owned(),
                ..by_code(level)
            };
            let found = cells(&bureau.reader, request).await.unwrap();
            assert_eq!(of_uz(&found), [row("2008", 80, 75)]);
        }
    })
    .await;
}

#[tokio::test]
async fn a_code_of_which_only_a_part_is_finer_is_compared_as_a_whole() {
    on_each_engine(async |bureau| {
        let own = complete("UZ", HsEdition::H6);
        let codes = [("2008", 80), ("200819", 50), ("2701", 9), ("270112", 9)];
        publish(&bureau, "uz", own, "export", &codes).await;
        let other = complete("KZ", HsEdition::H6);
        let codes = [("200819", 45), ("200899", 30), ("270112", 8), ("270119", 2)];
        publish(&bureau, "kz", other, "import", &codes).await;
        let answer = at(&bureau, CommodityLevel::Subheading).await;
        // All of 2701 is told by its subheading, so that there is nothing else in it.
        let found: Vec<_> = answer
            .mirror_cells
            .iter()
            .map(|row| (row.commodities.join("+"), row.gap_cents))
            .collect();
        assert_eq!(
            found,
            [
                ("2008".to_owned(), Some(500)),
                ("270119".to_owned(), Some(-200)),
                ("270112".to_owned(), Some(100)),
            ]
        );
        assert!(
            answer.mirror_cells[1]
                .exports
                .as_ref()
                .unwrap()
                .nothing_traded
        );
    })
    .await;
}

#[tokio::test]
async fn codes_of_unlike_length_and_edition_are_compared_by_their_digits() {
    on_each_engine(async |bureau| {
        bureau.import_concordance().await;
        let own = complete("UZ", HsEdition::H5);
        publish(
            &bureau,
            "uz",
            own,
            "export",
            &[("270900", 80), ("010110", 10), ("2710", 40)],
        )
        .await;
        let other = complete("KZ", HsEdition::H6);
        publish(
            &bureau,
            "kz",
            other,
            "import",
            &[("270900", 75), ("0101", 9), ("271000", 33)],
        )
        .await;
        let chapters = at(&bureau, CommodityLevel::Chapter).await;
        assert_eq!(of_uz(&chapters), [row("01", 10, 9), row("27", 120, 108)]);
        let headings = at(&bureau, CommodityLevel::Heading).await;
        // Goods of 2709 cannot be told from those of 2710 by conversion, but 2710 is compared by its digits.
        let expected = [row("0101", 10, 9), row("2709", 80, 75), row("2710", 40, 33)];
        assert_eq!(of_uz(&headings), expected);
        let by_digits: Vec<bool> = headings
            .mirror_cells
            .iter()
            .map(|row| kinds(row).contains(&Kind::ComparedByDigits))
            .collect();
        assert_eq!(
            by_digits.iter().filter(|own| **own).count(),
            3,
            "{headings:?}"
        );
        let subheadings = at(&bureau, CommodityLevel::Subheading).await;
        assert_eq!(
            of_uz(&subheadings),
            [
                row("0101", 10, 9),
                row("270900", 80, 75),
                row("2710", 40, 33)
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn chapters_that_both_sides_name_are_compared_as_such() {
    on_each_engine(async |bureau| {
        bureau.import_concordance().await;
        // Goods of a heading of one chapter went to another, so a conversion would take both together.
        let own = complete("UZ", HsEdition::H5);
        publish(
            &bureau,
            "uz",
            own,
            "export",
            &[("01", 10), ("27", 20), ("30", 7), ("90", 3)],
        )
        .await;
        let other = complete("KZ", HsEdition::H6);
        let codes = [("010121", 9), ("270900", 18), ("300640", 5), ("90", 2)];
        publish(&bureau, "kz", other, "import", &codes).await;
        let chapters = at(&bureau, CommodityLevel::Chapter).await;
        let expected = [
            row("01", 10, 9),
            row("27", 20, 18),
            row("30", 7, 5),
            row("90", 3, 2),
        ];
        assert_eq!(of_uz(&chapters), expected);
        for own in &chapters.mirror_cells {
            assert!(kinds(own).contains(&Kind::ComparedByDigits), "{own:?}");
        }
        let sections = at(&bureau, CommodityLevel::Section).await;
        assert_eq!(
            of_uz(&sections),
            [
                row("I", 10, 9),
                row("V", 20, 18),
                row("VI", 7, 5),
                row("XVIII", 3, 2)
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn what_is_published_above_by_a_partial_release_is_not_nothing() {
    on_each_engine(async |bureau| {
        let partial = Release {
            hs_edition: HsEdition::H6 as i32,
            ..release("UZ", "2024-01-01")
        };
        publish(&bureau, "uz", partial, "export", &[("20", 80)]).await;
        let other = complete("KZ", HsEdition::H6);
        publish(&bureau, "kz", other, "import", &[("200819", 75)]).await;
        let answer = at(&bureau, CommodityLevel::Subheading).await;
        assert_eq!(of_uz(&answer), [row("20", 80, 75)]);
    })
    .await;
}

#[tokio::test]
async fn chapters_of_two_editions_need_no_concordance() {
    on_each_engine(async |bureau| {
        let own = complete("UZ", HsEdition::H5);
        publish(&bureau, "uz", own, "export", &[("27", 20)]).await;
        let other = complete("KZ", HsEdition::H6);
        publish(&bureau, "kz", other, "import", &[("27", 18)]).await;
        for level in [CommodityLevel::Chapter, CommodityLevel::Subheading] {
            let answer = at(&bureau, level).await;
            assert_eq!(of_uz(&answer), [row("27", 20, 18)]);
            assert!(kinds(&answer.mirror_cells[0]).contains(&Kind::ComparedByDigits));
        }
    })
    .await;
}

#[tokio::test]
async fn cells_that_were_kept_are_worked_out_anew_when_something_is_published() {
    on_each_engine(async |bureau| {
        let own = complete("UZ", HsEdition::H6);
        publish(&bureau, "uz", own, "export", &[("2008", 80)]).await;
        let other = complete("KZ", HsEdition::H6);
        publish(&bureau, "kz", other, "import", &[("2008", 75)]).await;
        let first = at(&bureau, CommodityLevel::Heading).await;
        let again = ListMirrorCellsRequest {
            known_time: first.known_time,
            ..by_code(CommodityLevel::Heading)
        };
        let same = cells(&bureau.reader, again.clone()).await.unwrap();
        assert_eq!(same, first);
        let revised = Release {
            publish_time: Some(crate::bureau::at("2024-03-01")),
            ..complete("KZ", HsEdition::H6)
        };
        publish(&bureau, "kz-revised", revised, "import", &[("2008", 79)]).await;
        let revised = cells(&bureau.reader, again).await.unwrap();
        assert_eq!(of_uz(&revised), [row("2008", 80, 79)]);
    })
    .await;
}

#[tokio::test]
async fn a_side_that_has_published_a_total_and_no_codes_has_not_nothing() {
    on_each_engine(async |bureau| {
        let own = complete("UZ", HsEdition::H6);
        publish(&bureau, "uz", own, "export", &[("TOTAL", 80)]).await;
        let other = complete("KZ", HsEdition::H6);
        publish(
            &bureau,
            "kz",
            other,
            "import",
            &[("TOTAL", 75), ("200819", 75)],
        )
        .await;
        let answer = at(&bureau, CommodityLevel::Chapter).await;
        let rows = of_uz(&answer);
        assert_eq!(rows, [("20".to_owned(), None, Some(75), None)]);
        let below = ListMirrorCellsRequest {
            commodity: "20".to_owned(),
            ..by_code(CommodityLevel::Heading)
        };
        let below = cells(&bureau.reader, below).await.unwrap();
        assert_eq!(of_uz(&below), [("2008".to_owned(), None, Some(75), None)]);
    })
    .await;
}
