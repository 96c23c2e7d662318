//! Both sides' figures by code.

use accord_proto::trade::v1::{
    CommodityLevel, Coverage, Flow, HsEdition, ListMirrorCellsRequest, ListMirrorCellsResponse,
    Release, Valuation, Window, coverage::Completeness, series_warning::Kind,
};
use tonic::Code;

use super::{amounts, cells, kinds};
use crate::{
    bureau::{PARENT, at, date, on_each_engine, release},
    errors::assert_fault,
};

/// A release of all flows by commodity of 2022.
pub(super) fn complete(reporter: &str, edition: HsEdition) -> Release {
    let partner = if reporter == "UZ" { "KZ" } else { "UZ" };
    Release {
        hs_edition: edition as i32,
        import_valuation: Valuation::Fob as i32,
        coverage: Some(Coverage {
            completeness: Completeness::Complete as i32,
            partners: vec![partner.to_owned()],
            flows: vec![Flow::Export as i32, Flow::Import as i32],
            windows: vec![Window::Year as i32],
            start_date: Some(date(2022, 1, 1)),
            end_date: Some(date(2022, 12, 31)),
            by_commodity: true,
            by_region: false,
        }),
        ..release(reporter, "2024-01-01")
    }
}

pub(super) fn by_code(level: CommodityLevel) -> ListMirrorCellsRequest {
    ListMirrorCellsRequest {
        parent: PARENT.to_owned(),
        period: "2022".to_owned(),
        commodity_level: level as i32,
        ..ListMirrorCellsRequest::default()
    }
}

fn shown(answer: &ListMirrorCellsResponse) -> Vec<(&str, String, Option<i64>, Vec<i64>)> {
    answer
        .mirror_cells
        .iter()
        .map(|row| {
            (
                row.exporter.as_str(),
                row.commodities.join("+"),
                row.gap_cents,
                amounts(row),
            )
        })
        .collect()
}

#[tokio::test]
async fn cells_tell_classification_from_what_only_one_side_has() {
    on_each_engine(async |bureau| {
        let exports = "flow,period,commodity,value_usd\nX,2022,270112,100\nX,2022,270119,20\nX,2022,310100,7\n";
        let imports = "flow,period,commodity,value_usd\nM,2022,270112,30\nM,2022,270119,50\nM,2022,850110,4\n";
        bureau
            .publish("kz", complete("KZ", HsEdition::H6), exports)
            .await;
        bureau
            .publish("uz", complete("UZ", HsEdition::H6), imports)
            .await;
        let answer = cells(&bureau.reader, by_code(CommodityLevel::Subheading))
            .await
            .unwrap();
        assert_eq!(
            shown(&answer),
            [
                ("KZ", "270112".to_owned(), Some(7_000), vec![0, 0, 0, 3_000, 0, 4_000]),
                ("KZ", "270119".to_owned(), Some(-3_000), vec![0, 0, 0, -3_000, 0, 0]),
                ("KZ", "310100".to_owned(), Some(700), vec![0, 0, 0, 0, 700, 0]),
                ("KZ", "850110".to_owned(), Some(-400), vec![0, 0, 0, 0, -400, 0]),
            ]
        );
        assert_eq!(answer.total_size, 4);
        let only = answer.mirror_cells[2].imports.as_ref().unwrap();
        assert!(only.nothing_traded && only.value_cents.is_none());
        let chapters = cells(&bureau.reader, by_code(CommodityLevel::Chapter))
            .await
            .unwrap();
        let gaps: Vec<_> = chapters
            .mirror_cells
            .iter()
            .map(|row| (row.commodities.join("+"), row.gap_cents))
            .collect();
        assert_eq!(
            gaps,
            [
                ("27".to_owned(), Some(4_000)),
                ("31".to_owned(), Some(700)),
                ("85".to_owned(), Some(-400)),
            ]
        );
        let one = ListMirrorCellsRequest {
            commodity: "27".to_owned(),
            ..by_code(CommodityLevel::Heading)
        };
        let one = cells(&bureau.reader, one).await.unwrap();
        assert_eq!(one.total_size, 1);
        assert_eq!(one.mirror_cells[0].commodities, ["2701"]);

        let mut paged = Vec::new();
        let mut request = ListMirrorCellsRequest {
            page_size: 1,
            ..by_code(CommodityLevel::Subheading)
        };
        loop {
            let page = cells(&bureau.reader, request.clone()).await.unwrap();
            paged.extend(page.mirror_cells);
            if page.next_page_token.is_empty() {
                break;
            }
            request.page_token = page.next_page_token;
        }
        assert_eq!(paged, answer.mirror_cells);
    })
    .await;
}

#[tokio::test]
async fn a_side_that_is_not_complete_leaves_no_gap() {
    on_each_engine(async |bureau| {
        let exports = "flow,period,commodity,value_usd\nX,2022,270112,100\n";
        let imports = "flow,period,commodity,value_usd\nM,2022,850110,4\n";
        bureau
            .publish("kz", complete("KZ", HsEdition::H6), exports)
            .await;
        let partial = Release {
            hs_edition: HsEdition::H6 as i32,
            ..release("UZ", "2024-01-01")
        };
        bureau.publish("uz", partial, imports).await;
        let answer = cells(&bureau.reader, by_code(CommodityLevel::Chapter))
            .await
            .unwrap();
        // What Uzbekistan imports Kazakhstan does not have, by a complete release; the other way nobody knows.
        assert_eq!(
            shown(&answer),
            [
                ("KZ", "85".to_owned(), Some(-400), vec![0, 0, 0, 0, -400, 0]),
                ("KZ", "27".to_owned(), None, vec![]),
            ]
        );
        let imports = answer.mirror_cells[1].imports.as_ref().unwrap();
        assert!(!imports.nothing_traded && imports.value_cents.is_none());
    })
    .await;
}

#[tokio::test]
async fn different_editions_are_brought_to_their_common_level() {
    on_each_engine(async |bureau| {
        let exports = "flow,period,commodity,value_usd\nX,2022,010110,100\nX,2022,270900,9\nX,2022,271000,1\n";
        let imports = "flow,period,commodity,value_usd\nM,2022,010121,60\nM,2022,010129,30\nM,2022,270900,8\n";
        bureau
            .publish("kz", complete("KZ", HsEdition::H5), exports)
            .await;
        bureau
            .publish("uz", complete("UZ", HsEdition::H6), imports)
            .await;
        let asked = by_code(CommodityLevel::Subheading);
        let refused = cells(&bureau.reader, asked.clone()).await;
        assert_fault(refused, Code::FailedPrecondition, "CONCORDANCE_MISSING");
        bureau.import_concordance().await;
        let answer = cells(&bureau.reader, asked).await.unwrap();
        assert_eq!(
            shown(&answer),
            [
                ("KZ", "010110".to_owned(), Some(1_000), vec![0, 0, 0, 0, 0, 1_000]),
                ("KZ", "270900+271000".to_owned(), Some(200), vec![0, 0, 0, 0, 0, 200]),
            ]
        );
        let merged = &answer.mirror_cells[1];
        assert_eq!(merged.hs_edition(), HsEdition::H5);
        assert!(kinds(merged).contains(&Kind::EditionsMerged));
        // The concordance was not there yet at a moment before it was imported.
        let request = ListMirrorCellsRequest {
            known_time: Some(at("2024-06-01")),
            ..by_code(CommodityLevel::Subheading)
        };
        let early = cells(&bureau.reader, request).await.unwrap();
        for (early, now) in early.mirror_cells.iter().zip(&answer.mirror_cells) {
            assert!(kinds(early).contains(&Kind::LaterConcordance));
            assert!(!kinds(now).contains(&Kind::LaterConcordance));
        }
        // At chapters nothing is ambiguous any more.
        let chapters = cells(&bureau.reader, by_code(CommodityLevel::Chapter))
            .await
            .unwrap();
        let codes: Vec<_> = chapters
            .mirror_cells
            .iter()
            .map(|row| (row.commodities.join("+"), row.gap_cents))
            .collect();
        assert_eq!(
            codes,
            [
                ("01".to_owned(), Some(1_000)),
                ("27".to_owned(), Some(200))
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn cells_below_a_code_are_as_among_all() {
    on_each_engine(async |bureau| {
        bureau.import_concordance().await;
        let exports = "flow,period,commodity,value_usd\nX,2022,270112,100\nX,2022,270119,20\n\
            X,2022,270210,7\nX,2022,270900,9\nX,2022,310100,7\n";
        let imports = "flow,period,commodity,value_usd\nM,2022,270112,30\nM,2022,270119,50\n\
            M,2022,270220,8\nM,2022,270900,8\nM,2022,850110,4\n";
        bureau
            .publish("kz", complete("KZ", HsEdition::H6), exports)
            .await;
        // First of the same edition, then of another.
        for (id, edition) in [("uz", HsEdition::H6), ("uz-new", HsEdition::H5)] {
            let release = complete("UZ", edition);
            let imports = if edition == HsEdition::H5 {
                imports.replace("270900", "271000")
            } else {
                imports.to_owned()
            };
            bureau.publish(id, release, &imports).await;
            for level in [CommodityLevel::Heading, CommodityLevel::Subheading] {
                let whole = cells(&bureau.reader, by_code(level)).await.unwrap();
                for code in ["27", "270", "2701", "27011", "270112"] {
                    if level == CommodityLevel::Heading && code.len() > 4 {
                        continue;
                    }
                    let request = ListMirrorCellsRequest {
                        commodity: code.to_owned(),
                        ..by_code(level)
                    };
                    let found = cells(&bureau.reader, request).await.unwrap();
                    let mut expected = whole.mirror_cells.clone();
                    expected.retain(|row| row.commodities.iter().any(|own| own.starts_with(code)));
                    assert!(!expected.is_empty());
                    assert_eq!(found.mirror_cells, expected, "{level:?} {code}");
                }
            }
        }
    })
    .await;
}
