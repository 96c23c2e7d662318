//! What one reporter has published of the same months in two editions is counted once, whoever asks.

use accord_proto::trade::v1::{
    CommodityLevel, Flow, Granularity, GroupKey, HsEdition, ListComparativeAdvantagesRequest,
    ListMirrorCellsRequest, QueryBreakdownRequest, QueryBreakdownResponse, QuerySeriesRequest,
    Release, SeriesDimension, SeriesWarning, TurnoverMethod, series_warning::Kind,
};

use crate::{
    advantage::partly,
    bureau::{Bureau, Caller, PARENT, on_each_engine, release},
    explained::{explain, of_breakdown},
    groups::by_level,
};

fn partial(reporter: &str, edition: HsEdition, published: &str) -> Release {
    Release {
        hs_edition: edition as i32,
        ..release(reporter, published)
    }
}

/// Kazakhstan publishes exports of 2022 in H5, then again in H6, by partial releases; Uzbekistan imports in H6.
async fn published_twice(bureau: &Bureau) {
    bureau.import_concordance().await;
    for (id, release, csv) in [
        (
            "kz-old",
            partial("KZ", HsEdition::H5, "2023-02-01"),
            "flow,period,commodity,value_usd\nX,2022,010110,100\nX,2022,270900,50\n",
        ),
        (
            "kz-new",
            partial("KZ", HsEdition::H6, "2023-03-01"),
            "flow,period,commodity,value_usd\nX,2022,010121,60\nX,2022,010129,35\nX,2022,270900,40\n",
        ),
        (
            "uz",
            partial("UZ", HsEdition::H6, "2023-03-01"),
            "flow,period,commodity,value_usd\nM,2022,010121,60\nM,2022,010129,30\nM,2022,270900,40\n",
        ),
    ] {
        bureau.publish(id, release, csv).await;
    }
}

fn breakdown(level: CommodityLevel, period: &str) -> QueryBreakdownRequest {
    QueryBreakdownRequest {
        parent: PARENT.to_owned(),
        period: period.to_owned(),
        turnover_method: TurnoverMethod::AsReportedBy as i32,
        reporter: "KZ".to_owned(),
        dimension: SeriesDimension::Commodity as i32,
        commodity_level: level as i32,
        flow: Flow::Export as i32,
        ..QueryBreakdownRequest::default()
    }
}

async fn break_down(caller: &Caller, request: QueryBreakdownRequest) -> QueryBreakdownResponse {
    let answer = caller.trade.clone().query_breakdown(request).await;
    answer.unwrap().into_inner()
}

fn rows(answer: &QueryBreakdownResponse) -> Vec<(String, HsEdition, Option<i64>)> {
    let rows = answer.rows.iter();
    rows.map(|row| {
        let key = row.key.clone().unwrap();
        (key.commodity.clone(), key.hs_edition(), row.value_cents)
    })
    .collect()
}

fn names_it(warnings: &[SeriesWarning]) -> bool {
    let mut warnings = warnings.iter();
    warnings.any(|warning| {
        warning.kind() == Kind::OtherEdition
            && warning.description.contains("those of H6 count")
            && warning.description.contains("those of H5")
    })
}

#[tokio::test]
async fn a_breakdown_adds_up_one_edition_and_says_which() {
    on_each_engine(async |bureau| {
        published_twice(&bureau).await;
        let question = breakdown(CommodityLevel::Subheading, "2022");
        let answer = break_down(&bureau.reader, question.clone()).await;
        assert_eq!(
            rows(&answer),
            [
                ("010121".to_owned(), HsEdition::H6, Some(6_000)),
                ("270900".to_owned(), HsEdition::H6, Some(4_000)),
                ("010129".to_owned(), HsEdition::H6, Some(3_500)),
            ]
        );
        assert_eq!(answer.total.as_ref().unwrap().value_cents, Some(13_500));
        assert!(names_it(&answer.warnings), "{:?}", answer.warnings);
        let chapters = break_down(
            &bureau.reader,
            breakdown(CommodityLevel::Chapter, "2022-01/2022-12"),
        )
        .await;
        assert_eq!(chapters.total.unwrap().value_cents, Some(13_500));
        let strict = QueryBreakdownRequest {
            recorded_before: Some(crate::bureau::at("2027-01-01")),
            ..question.clone()
        };
        assert_eq!(
            rows(&break_down(&bureau.reader, strict).await),
            rows(&answer)
        );

        // Who names an edition gets that one, and nothing is left out.
        let old = QueryBreakdownRequest {
            hs_edition: HsEdition::H5 as i32,
            ..question.clone()
        };
        let old = break_down(&bureau.reader, old).await;
        assert_eq!(old.total.unwrap().value_cents, Some(15_000));
        assert!(old.warnings.is_empty());

        // A row that is not there is explained as such.
        let key = |edition| GroupKey {
            commodity: "270900".to_owned(),
            hs_edition: edition as i32,
            ..GroupKey::default()
        };
        let request = of_breakdown(&question, "2022", Some(key(HsEdition::H6)));
        let counted = explain(&bureau.reader, &request).await;
        assert_eq!(counted.value_cents, Some(4_000));
        let request = of_breakdown(&question, "2022", Some(key(HsEdition::H5)));
        let left_out = explain(&bureau.reader, &request).await;
        assert_eq!(left_out.value_cents, None);
        assert!(names_it(&left_out.warnings), "{:?}", left_out.warnings);
    })
    .await;
}

#[tokio::test]
async fn months_count_in_the_edition_that_is_last_in_each() {
    on_each_engine(async |bureau| {
        let months = |code: &str, months: std::ops::RangeInclusive<i32>| -> String {
            let rows = months.map(|month| format!("X,2022-{month:02},{code},10\n"));
            std::iter::once("flow,period,commodity,value_usd\n".to_owned())
                .chain(rows)
                .collect()
        };
        let old = partial("KZ", HsEdition::H5, "2022-10-01");
        bureau
            .publish("kz-old", old, &months("010110", 1..=8))
            .await;
        let new = partial("KZ", HsEdition::H6, "2023-02-01");
        bureau
            .publish("kz-new", new, &months("010121", 8..=12))
            .await;
        for level in [CommodityLevel::Chapter, CommodityLevel::Subheading] {
            let answer = break_down(&bureau.reader, breakdown(level, "2022")).await;
            let cents: Vec<_> = answer.rows.iter().map(|row| row.value_cents).collect();
            assert_eq!(cents, [Some(7_000), Some(5_000)]);
            assert_eq!(answer.total.unwrap().value_cents, Some(12_000));
            let mut kinds = answer.warnings.iter().map(SeriesWarning::kind);
            assert!(kinds.any(|kind| kind == Kind::OtherEdition));
            let key = answer.rows[0].key.clone();
            let request = of_breakdown(&breakdown(level, "2022"), "2022", key);
            let explained = explain(&bureau.reader, &request).await;
            assert_eq!(explained.value_cents, Some(7_000));
        }
    })
    .await;
}

#[tokio::test]
async fn shares_of_groups_are_of_one_edition() {
    on_each_engine(async |bureau| {
        published_twice(&bureau).await;
        let question = QuerySeriesRequest {
            reporter: "KZ".to_owned(),
            start_year: 2022,
            end_year: 2022,
            ..by_level(Granularity::Year, CommodityLevel::Subheading)
        };
        let answer = bureau.reader.query(question).await.unwrap();
        let found: Vec<_> = answer
            .groups
            .iter()
            .map(|group| {
                let (key, point) = (group.key.clone().unwrap(), &group.points[0]);
                (
                    key.hs_edition(),
                    point.value_cents,
                    names_it(&point.warnings),
                )
            })
            .collect();
        // Each edition has its own values, and what is not in their sum says so.
        assert_eq!(
            found,
            [
                (HsEdition::H5, Some(10_000), true),
                (HsEdition::H5, Some(5_000), true),
                (HsEdition::H6, Some(6_000), false),
                (HsEdition::H6, Some(3_500), false),
                (HsEdition::H6, Some(4_000), false),
            ]
        );
        let shares = answer.groups.iter().filter_map(|group| {
            let is_new = group.key.as_ref()?.hs_edition() == HsEdition::H6;
            group.points[0].share_ppm.filter(|_| is_new)
        });
        // Each is rounded.
        assert!((shares.sum::<i64>() - 1_000_000).abs() < 3);
    })
    .await;
}

#[tokio::test]
async fn a_reconciliation_counts_each_side_once() {
    on_each_engine(async |bureau| {
        published_twice(&bureau).await;
        let ask = async |level: CommodityLevel| {
            let request = ListMirrorCellsRequest {
                parent: PARENT.to_owned(),
                period: "2022".to_owned(),
                commodity_level: level as i32,
                ..ListMirrorCellsRequest::default()
            };
            let mut caller = bureau.reader.reconciliation.clone();
            let answer = caller.list_mirror_cells(request).await.unwrap();
            answer.into_inner().mirror_cells
        };
        let cells = ask(CommodityLevel::Subheading).await;
        let found: Vec<_> = cells
            .iter()
            .map(|row| {
                let (own, other) = (row.exports.clone().unwrap(), row.imports.clone().unwrap());
                (
                    row.commodities.join("+"),
                    own.value_cents,
                    other.value_cents,
                )
            })
            .collect();
        // Both sides count in H6, so nothing has to be brought to H5.
        assert_eq!(
            found,
            [
                ("010129".to_owned(), Some(3_500), Some(3_000)),
                ("010121".to_owned(), Some(6_000), Some(6_000)),
                ("270900".to_owned(), Some(4_000), Some(4_000)),
            ]
        );
        let chapters = ask(CommodityLevel::Chapter).await;
        let gaps: Vec<_> = chapters.iter().map(|row| row.gap_cents).collect();
        assert_eq!(gaps, [Some(500), Some(0)]);
        assert!(chapters.iter().all(|row| {
            names_it(&row.warnings)
                || row
                    .exports
                    .as_ref()
                    .is_some_and(|own| own.releases.len() == 1)
        }));
    })
    .await;
}

#[tokio::test]
async fn shares_in_trade_with_the_world_are_of_one_edition() {
    on_each_engine(async |bureau| {
        let csv = "flow,period,commodity,value_usd\nX,2022,TOTAL,100\nX,2022,26,60\nX,2022,27,40\n";
        for (id, reporter, edition, published) in [
            ("old", "UZ", HsEdition::H5, "2023-02-01"),
            ("new", "UZ", HsEdition::H6, "2023-03-01"),
            ("kz", "KZ", HsEdition::H6, "2023-03-01"),
        ] {
            bureau
                .publish(id, partly(reporter, edition, published), csv)
                .await;
        }
        let request = ListComparativeAdvantagesRequest {
            parent: PARENT.to_owned(),
            reporter: "UZ".to_owned(),
            period: "2022".to_owned(),
            commodity_level: CommodityLevel::Chapter as i32,
            reference_reporters: vec!["KZ".to_owned()],
            ..ListComparativeAdvantagesRequest::default()
        };
        let mut caller = bureau.reader.trade.clone();
        let answer = caller.list_comparative_advantages(request).await.unwrap();
        let answer = answer.into_inner();
        let shares: Vec<_> = answer
            .comparative_advantages
            .iter()
            .map(|own| own.export_share_ppm.unwrap())
            .collect();
        assert_eq!(shares.iter().sum::<i64>(), 1_000_000);
        assert!(names_it(&answer.warnings), "{:?}", answer.warnings);
    })
    .await;
}
