//! Comparative advantages: what they are, what they need, and what they leave open.

use accord_proto::trade::v1::{
    self, CommodityLevel, ComparativeAdvantage, Coverage, Flow, HsEdition,
    ListComparativeAdvantagesRequest, ListComparativeAdvantagesResponse, Qualifier, Release,
    SeriesWarning, Window, coverage::Completeness, series_warning::Kind, trade_total::Basis,
};
use tonic::{Code, Response, Status};

use crate::{
    bureau::{Caller, PARENT, at, date, on_each_engine, release},
    errors::{assert_fault, assert_violations},
};

/// A release of all yearly trade with the world by commodity, 2021 to 2023.
pub(crate) fn world(reporter: &str, edition: HsEdition, published: &str) -> Release {
    Release {
        source_uri: "https://example.org/world".to_owned(),
        hs_edition: edition as i32,
        coverage: Some(Coverage {
            completeness: Completeness::Complete as i32,
            partners: vec!["W0".to_owned()],
            flows: vec![Flow::Export as i32, Flow::Import as i32],
            windows: vec![Window::Year as i32],
            start_date: Some(date(2021, 1, 1)),
            end_date: Some(date(2023, 12, 31)),
            by_commodity: true,
            by_region: false,
        }),
        ..release(reporter, published)
    }
}

/// The same, of which more may be published elsewhere.
pub(crate) fn partly(reporter: &str, edition: HsEdition, published: &str) -> Release {
    let whole = world(reporter, edition, published);
    Release {
        coverage: Some(Coverage {
            completeness: Completeness::Partial as i32,
            partners: vec!["W0".to_owned()],
            ..Coverage::default()
        }),
        ..whole
    }
}

pub(crate) const UZ: &str = "flow,period,commodity,value_usd\n\
    X,2022,TOTAL,100\nX,2022,26,60\nX,2022,27,30\nX,2022,99,10\n";

pub(crate) const WORLD: &str = "flow,period,commodity,value_usd\n\
    X,2022,TOTAL,10000\nX,2022,26,1000\nX,2022,27,6000\nX,2022,85,3000\n";

pub(crate) fn asked(level: CommodityLevel) -> ListComparativeAdvantagesRequest {
    ListComparativeAdvantagesRequest {
        parent: PARENT.to_owned(),
        reporter: "UZ".to_owned(),
        period: "2022".to_owned(),
        commodity_level: level as i32,
        ..ListComparativeAdvantagesRequest::default()
    }
}

async fn list(
    caller: &Caller,
    request: ListComparativeAdvantagesRequest,
) -> Result<ListComparativeAdvantagesResponse, Status> {
    let answer = caller
        .trade
        .clone()
        .list_comparative_advantages(request)
        .await;
    answer.map(Response::into_inner)
}

fn shown(rows: &[ComparativeAdvantage]) -> Vec<(String, Option<i64>)> {
    rows.iter()
        .map(|row| (row.commodities.join("+"), row.comparative_advantage_ppm))
        .collect()
}

fn rows(expected: &[(&str, i64)]) -> Vec<(String, Option<i64>)> {
    expected
        .iter()
        .map(|(codes, ppm)| ((*codes).to_owned(), Some(*ppm)))
        .collect()
}

fn kinds(warnings: &[SeriesWarning]) -> Vec<Kind> {
    warnings.iter().map(SeriesWarning::kind).collect()
}

#[tokio::test]
async fn products_with_a_larger_share_than_in_the_world_have_an_advantage() {
    on_each_engine(async |bureau| {
        let own = world("UZ", HsEdition::H6, "2024-01-01");
        bureau.publish("uz-world", own, UZ).await;
        let all = world("W0", HsEdition::H6, "2024-02-01");
        bureau.publish("world", all, WORLD).await;
        let answer = list(&bureau.reader, asked(CommodityLevel::Chapter))
            .await
            .unwrap();
        assert_eq!(
            shown(&answer.comparative_advantages),
            rows(&[("26", 6_000_000), ("27", 500_000), ("85", 0)])
        );
        let [ores, fuels, machines] = answer.comparative_advantages.as_slice() else {
            panic!("{answer:?}");
        };
        let symmetric = [ores, fuels, machines].map(|row| row.symmetric_ppm);
        assert_eq!(symmetric, [Some(714_286), Some(-333_333), Some(-1_000_000)]);
        assert_eq!(ores.export_share_ppm, Some(600_000));
        assert_eq!(ores.reference_share_ppm, Some(100_000));
        assert_eq!((ores.least_ppm, ores.greatest_ppm), (None, None));
        assert_eq!(ores.hs_edition(), HsEdition::H6);
        let exports = ores.exports.as_ref().unwrap();
        assert_eq!(exports.value_cents, Some(6_000));
        assert_eq!(exports.releases, [format!("{PARENT}/releases/uz-world")]);
        // A complete release says that nothing was exported.
        assert!(machines.exports.as_ref().unwrap().nothing_traded);

        let total = answer.export_total.unwrap();
        assert_eq!((total.reporter.as_str(), total.value_cents), ("UZ", 10_000));
        assert_eq!(
            (total.basis(), total.classified_ppm),
            (Basis::Published, 900_000)
        );
        assert_eq!(answer.reference_totals[0].reporter, "W0");
        assert_eq!(kinds(&answer.warnings), [Kind::Unclassified]);
        assert!(answer.comparative_advantage_source.contains("Balassa"));
        assert!(answer.symmetric_source.contains("Dalum"));
        let used: Vec<_> = answer
            .releases
            .iter()
            .map(|used| used.reporter.as_str())
            .collect();
        assert_eq!(used, ["UZ", "W0"]);
        assert_eq!(answer.total_size, 3);

        let sections = list(&bureau.reader, asked(CommodityLevel::Section))
            .await
            .unwrap();
        // Ores and fuels are one section: 0.9 of 0.7.
        assert_eq!(
            shown(&sections.comparative_advantages),
            rows(&[("V", 1_285_714), ("XVI", 0)])
        );
        let one = ListComparativeAdvantagesRequest {
            commodity: "27".to_owned(),
            ..asked(CommodityLevel::Chapter)
        };
        let one = list(&bureau.reader, one).await.unwrap();
        assert_eq!(shown(&one.comparative_advantages), rows(&[("27", 500_000)]));
    })
    .await;
}

#[tokio::test]
async fn pages_follow_one_another_as_known_at_the_first() {
    on_each_engine(async |bureau| {
        bureau
            .publish("uz", world("UZ", HsEdition::H6, "2024-01-01"), UZ)
            .await;
        bureau
            .publish("w", world("W0", HsEdition::H6, "2024-02-01"), WORLD)
            .await;
        let whole = list(&bureau.reader, asked(CommodityLevel::Chapter))
            .await
            .unwrap();
        let mut request = ListComparativeAdvantagesRequest {
            page_size: 1,
            ..asked(CommodityLevel::Chapter)
        };
        let mut paged = Vec::new();
        loop {
            let page = list(&bureau.reader, request.clone()).await.unwrap();
            assert_eq!((page.total_size, page.known_time), (3, whole.known_time));
            paged.extend(page.comparative_advantages);
            request.page_token = page.next_page_token;
            if request.page_token.is_empty() {
                break;
            }
            // What is published between two pages does not move the products.
            bureau.clock.advance(std::time::Duration::from_hours(1));
            let id = format!("newer-{}", paged.len());
            let newer = world("W0", HsEdition::H6, "2026-11-23");
            let newer = Release {
                publish_time: Some(prost_types::Timestamp {
                    seconds: bureau.clock.now().as_second(),
                    nanos: 0,
                }),
                ..newer
            };
            let csv = "flow,period,commodity,value_usd\nX,2022,TOTAL,10\nX,2022,85,10\n";
            bureau.publish(&id, newer, csv).await;
        }
        assert_eq!(paged, whole.comparative_advantages);
        let first = ListComparativeAdvantagesRequest {
            page_size: 1,
            ..asked(CommodityLevel::Chapter)
        };
        let token = list(&bureau.reader, first).await.unwrap().next_page_token;
        let other = ListComparativeAdvantagesRequest {
            page_token: token,
            period: "2023".to_owned(),
            ..asked(CommodityLevel::Chapter)
        };
        let refused = list(&bureau.reader, other).await;
        assert_violations(refused, &[("page_token", "PAGE_TOKEN_INVALID")]);
    })
    .await;
}

#[tokio::test]
async fn totals_that_are_missing_are_named_one_by_one() {
    on_each_engine(async |bureau| {
        let refused = list(&bureau.reader, asked(CommodityLevel::Chapter)).await;
        let explained = assert_fault(refused, Code::FailedPrecondition, "TRADE_TOTALS_MISSING");
        assert_eq!(
            explained.preconditions,
            [
                "UZ/EXPORT/W0/CHAPTER/2022",
                "UZ/EXPORT/W0/TOTAL/2022",
                "W0/EXPORT/W0/CHAPTER/2022",
                "W0/EXPORT/W0/TOTAL/2022",
            ]
        );
        // Trade with one partner is no trade with the world.
        let bilateral =
            "flow,period,commodity,value_usd,hs_edition\nX,2022,TOTAL,9,\nX,2022,26,9,H6\n";
        bureau
            .publish("kz", release("UZ", "2024-01-01"), bilateral)
            .await;
        // Products without a total, by a release that need not have all of them.
        let partial = partly("UZ", HsEdition::H6, "2024-01-01");
        let csv = "flow,period,commodity,value_usd\nX,2022,26,60\n";
        bureau.publish("uz", partial, csv).await;
        bureau
            .publish("w", world("W0", HsEdition::H6, "2024-02-01"), WORLD)
            .await;
        let refused = list(&bureau.reader, asked(CommodityLevel::Chapter)).await;
        let explained = assert_fault(refused, Code::FailedPrecondition, "TRADE_TOTALS_MISSING");
        assert_eq!(explained.metadata["missing"], "UZ/EXPORT/W0/TOTAL/2022");
        // A code of two digits is no heading.
        let refused = list(&bureau.reader, asked(CommodityLevel::Heading)).await;
        let explained = assert_fault(refused, Code::FailedPrecondition, "TRADE_TOTALS_MISSING");
        assert_eq!(
            explained.metadata["missing"],
            "UZ/EXPORT/W0/HEADING/2022,UZ/EXPORT/W0/TOTAL/2022,W0/EXPORT/W0/HEADING/2022"
        );
        // Before the world's figures were published they were not known.
        let total = partly("UZ", HsEdition::H6, "2024-01-01");
        let csv = "flow,period,commodity,value_usd\nX,2022,TOTAL,100\n";
        bureau.publish("uz-total", total, csv).await;
        let early = ListComparativeAdvantagesRequest {
            known_time: Some(at("2024-01-15")),
            ..asked(CommodityLevel::Chapter)
        };
        let refused = list(&bureau.reader, early).await;
        let explained = assert_fault(refused, Code::FailedPrecondition, "TRADE_TOTALS_MISSING");
        assert_eq!(
            explained.metadata["missing"],
            "W0/EXPORT/W0/CHAPTER/2022,W0/EXPORT/W0/TOTAL/2022"
        );
        let found = list(&bureau.reader, asked(CommodityLevel::Chapter))
            .await
            .unwrap();
        // Of what a partial release does not have nothing is known, so it is no product.
        assert_eq!(
            shown(&found.comparative_advantages),
            rows(&[("26", 6_000_000)])
        );
    })
    .await;
}

#[tokio::test]
async fn a_complete_release_without_a_total_has_the_sum_of_its_products() {
    on_each_engine(async |bureau| {
        let csv = "flow,period,commodity,value_usd\nX,2022,26,60\nX,2022,27,40\n";
        bureau
            .publish("uz", world("UZ", HsEdition::H6, "2024-01-01"), csv)
            .await;
        // Less in all than by product: that total cannot be.
        let csv = "flow,period,commodity,value_usd\nX,2022,TOTAL,90\nX,2022,26,10\nX,2022,27,90\n";
        bureau
            .publish("w", world("W0", HsEdition::H6, "2024-02-01"), csv)
            .await;
        let answer = list(&bureau.reader, asked(CommodityLevel::Chapter))
            .await
            .unwrap();
        let own = answer.export_total.unwrap();
        assert_eq!(
            (own.basis(), own.value_cents),
            (Basis::SumOfProducts, 10_000)
        );
        let reference = &answer.reference_totals[0];
        assert_eq!(
            (reference.basis(), reference.value_cents),
            (Basis::SumOfProducts, 10_000)
        );
        assert_eq!(kinds(&answer.warnings), [Kind::TotalBelowProducts]);
        assert_eq!(
            shown(&answer.comparative_advantages),
            rows(&[("26", 6_000_000), ("27", 444_444)])
        );
    })
    .await;
}

#[tokio::test]
async fn a_group_of_countries_can_be_the_reference() {
    on_each_engine(async |bureau| {
        bureau
            .publish("uz", world("UZ", HsEdition::H6, "2024-01-01"), UZ)
            .await;
        let kz = "flow,period,commodity,value_usd\nX,2022,TOTAL,300\nX,2022,27,300\n";
        let release = partly("KZ", HsEdition::H6, "2024-01-01");
        bureau.publish("kz", release, kz).await;
        let group = ListComparativeAdvantagesRequest {
            reference_reporters: vec!["UZ".to_owned(), "KZ".to_owned()],
            ..asked(CommodityLevel::Chapter)
        };
        let answer = list(&bureau.reader, group.clone()).await.unwrap();
        // Ores 60 of 100 beside at least 60 of 400, fuels 30 of 100 beside 330 of 400.
        assert_eq!(
            shown(&answer.comparative_advantages),
            rows(&[("26", 4_000_000), ("27", 363_636)])
        );
        let [ores, fuels] = answer.comparative_advantages.as_slice() else {
            panic!("{answer:?}");
        };
        // Kazakhstan's release need not have ores.
        let reference = ores.reference_exports.as_ref().unwrap();
        assert_eq!(reference.qualifier(), Qualifier::LowerBound);
        assert_eq!(
            (ores.least_ppm, ores.greatest_ppm),
            (Some(600_000), Some(4_000_000))
        );
        assert!(kinds(&ores.warnings).contains(&Kind::Partial));
        assert_eq!(fuels.least_ppm, None);
        let totals: Vec<_> = answer
            .reference_totals
            .iter()
            .map(|total| (total.reporter.as_str(), total.value_cents))
            .collect();
        assert_eq!(totals, [("UZ", 10_000), ("KZ", 30_000)]);
        let lacking = ListComparativeAdvantagesRequest {
            reference_reporters: vec!["KZ".to_owned(), "KG".to_owned()],
            ..group
        };
        let refused = list(&bureau.reader, lacking).await;
        let explained = assert_fault(refused, Code::FailedPrecondition, "TRADE_TOTALS_MISSING");
        assert_eq!(
            explained.metadata["missing"],
            "KG/EXPORT/W0/CHAPTER/2022,KG/EXPORT/W0/TOTAL/2022"
        );
    })
    .await;
}

#[tokio::test]
async fn rounded_figures_and_unlike_scopes_are_told() {
    on_each_engine(async |bureau| {
        let csv = "flow,period,commodity,value_usd,qualifier,rounded_to_usd\n\
            X,2022,TOTAL,100,rounded,2\nX,2022,26,60,rounded,2\nX,2022,27,40,rounded,2\n";
        let own = Release {
            scope: v1::Scope::GoodsAndServices as i32,
            export_valuation: v1::Valuation::NotStated as i32,
            ..world("UZ", HsEdition::H6, "2024-01-01")
        };
        bureau.publish("uz", own, csv).await;
        bureau
            .publish("w", world("W0", HsEdition::H6, "2024-02-01"), WORLD)
            .await;
        let answer = list(&bureau.reader, asked(CommodityLevel::Chapter))
            .await
            .unwrap();
        assert_eq!(
            kinds(&answer.warnings),
            [Kind::SharesUnlikeScope, Kind::SharesUnlikeValuation]
        );
        let ores = &answer.comparative_advantages[0];
        assert_eq!(ores.comparative_advantage_ppm, Some(6_000_000));
        // 59 of 101 and 61 of 99, beside a tenth.
        assert_eq!(
            (ores.least_ppm, ores.greatest_ppm),
            (Some(5_841_584), Some(6_161_617))
        );
    })
    .await;
}

#[tokio::test]
async fn editions_are_brought_to_common_products_and_never_counted_twice() {
    on_each_engine(async |bureau| {
        let csv = "flow,period,commodity,value_usd\nX,2022,TOTAL,100\nX,2022,010110,80\nX,2022,271000,20\n";
        bureau
            .publish("uz", partly("UZ", HsEdition::H5, "2024-01-01"), csv)
            .await;
        let csv = "flow,period,commodity,value_usd\nX,2022,TOTAL,1000\nX,2022,010121,100\n\
            X,2022,010129,100\nX,2022,270900,800\n";
        bureau
            .publish("w", world("W0", HsEdition::H6, "2024-02-01"), csv)
            .await;
        let request = asked(CommodityLevel::Subheading);
        let refused = list(&bureau.reader, request.clone()).await;
        assert_fault(refused, Code::FailedPrecondition, "CONCORDANCE_MISSING");
        bureau.import_concordance().await;
        let answer = list(&bureau.reader, request.clone()).await.unwrap();
        assert_eq!(
            shown(&answer.comparative_advantages),
            rows(&[("010110", 4_000_000), ("270900+271000", 250_000)])
        );
        let merged = &answer.comparative_advantages[1];
        assert_eq!(merged.hs_edition(), HsEdition::H5);
        assert_eq!(kinds(&merged.warnings), [Kind::EditionsMerged]);
        assert!(!kinds(&answer.warnings).contains(&Kind::LaterConcordance));
        let early = ListComparativeAdvantagesRequest {
            known_time: Some(at("2024-06-01")),
            ..request.clone()
        };
        let early = list(&bureau.reader, early).await.unwrap();
        assert!(kinds(&early.warnings).contains(&Kind::LaterConcordance));
        let chapters = list(&bureau.reader, asked(CommodityLevel::Chapter)).await.unwrap();
        assert_eq!(
            shown(&chapters.comparative_advantages),
            rows(&[("01", 4_000_000), ("27", 250_000)])
        );
        // The same year once more in the later edition: both stand, and the last vintage is taken.
        let csv = "flow,period,commodity,value_usd\nX,2022,010121,40\nX,2022,270900,60\n";
        bureau
            .publish("uz-again", partly("UZ", HsEdition::H6, "2024-03-01"), csv)
            .await;
        let answer = list(&bureau.reader, request).await.unwrap();
        assert_eq!(
            shown(&answer.comparative_advantages),
            rows(&[("010121", 4_000_000), ("270900", 750_000)])
        );
    })
    .await;
}

#[tokio::test]
async fn months_of_a_window_add_up() {
    on_each_engine(async |bureau| {
        let months = |values: [i32; 2]| {
            let [ores, fuels] = values;
            let mut csv = "flow,period,commodity,value_usd\n".to_owned();
            for month in 1..=3 {
                csv.push_str(&format!(
                    "X,2022-0{month},TOTAL,{}\nX,2022-0{month},2601,{ores}\nX,2022-0{month},2701,{fuels}\n",
                    ores + fuels
                ));
            }
            csv
        };
        bureau
            .publish("uz", partly("UZ", HsEdition::H6, "2024-01-01"), &months([30, 10]))
            .await;
        bureau
            .publish("w", partly("W0", HsEdition::H6, "2024-01-01"), &months([100, 300]))
            .await;
        for period in ["2022-Q1", "2022-02", "2022-01/2022-03"] {
            let request = ListComparativeAdvantagesRequest {
                period: period.to_owned(),
                ..asked(CommodityLevel::Heading)
            };
            let answer = list(&bureau.reader, request).await.unwrap();
            assert_eq!(
                shown(&answer.comparative_advantages),
                rows(&[("2601", 3_000_000), ("2701", 333_333)]),
                "{period}"
            );
        }
        // Of a year nine months are not known: it is no total.
        let year = list(&bureau.reader, asked(CommodityLevel::Heading)).await;
        let explained = assert_fault(year, Code::FailedPrecondition, "TRADE_TOTALS_MISSING");
        assert_eq!(
            explained.metadata["missing"],
            "UZ/EXPORT/W0/TOTAL/2022,W0/EXPORT/W0/TOTAL/2022"
        );
    })
    .await;
}

#[tokio::test]
async fn bad_questions_are_refused_with_all_that_is_wrong() {
    on_each_engine(async |bureau| {
        let bad = ListComparativeAdvantagesRequest {
            parent: "uz-kz".to_owned(),
            reporter: "W0".to_owned(),
            period: "2022-13".to_owned(),
            commodity_level: 0,
            reference_reporters: vec!["KZ".to_owned(), "kz".to_owned()],
            commodity: "x".to_owned(),
            page_size: -1,
            ..ListComparativeAdvantagesRequest::default()
        };
        assert_violations(
            list(&bureau.reader, bad).await,
            &[
                ("parent", "NAME_INVALID"),
                ("reporter", "COUNTRY_INVALID"),
                ("period", "FIELD_INVALID"),
                ("commodity_level", "FIELD_REQUIRED"),
                ("reference_reporters[1]", "COUNTRY_INVALID"),
                ("commodity", "FIELD_INVALID"),
                ("page_size", "PAGE_SIZE_INVALID"),
            ],
        );
        let many = ListComparativeAdvantagesRequest {
            reference_reporters: ('A'..='U').map(|letter| format!("A{letter}")).collect(),
            ..asked(CommodityLevel::Chapter)
        };
        let refused = list(&bureau.reader, many).await;
        assert_violations(refused, &[("reference_reporters", "FIELD_INVALID")]);
        let mut nobody = v1::trade_service_client::TradeServiceClient::new(bureau.nobody.clone());
        let refused = nobody
            .list_comparative_advantages(asked(CommodityLevel::Chapter))
            .await;
        assert_fault(refused, Code::Unauthenticated, "TOKEN_MISSING");
    })
    .await;
}
