//! Goods that were published by a shorter code only: groups of longer codes that have none are not known, and not nothing.

use accord_proto::trade::v1::{
    CommodityLevel, Flow, Granularity, GroupKey, HsEdition, ListComparativeAdvantagesRequest,
    MissingReason, Qualifier, QueryComplementarityRequest, QuerySeriesRequest, SeriesWarning,
    Window, breakdown_row::Change, series_warning::Kind, trade_total::Basis,
};

use crate::{
    advantage::{self, world},
    bureau::{Caller, PARENT, on_each_engine},
    counted::{BOTH, asked, breakdown, complete, kinds, row, value},
    explained::{explain, of_breakdown, of_series},
    groups::by_level,
};

fn headings(granularity: Granularity) -> QuerySeriesRequest {
    QuerySeriesRequest {
        partner: "KZ".to_owned(),
        ..by_level(granularity, CommodityLevel::Heading)
    }
}

fn key(code: &str) -> GroupKey {
    GroupKey {
        commodity: code.to_owned(),
        hs_edition: HsEdition::H6 as i32,
        ..GroupKey::default()
    }
}

/// The last value of a group of a series in cents, why there is none, and what is said about it.
async fn last(
    caller: &Caller,
    request: &QuerySeriesRequest,
    code: &str,
) -> (Option<i64>, MissingReason, Vec<Kind>) {
    let answer = caller.query(request.clone()).await.unwrap();
    let mut groups = answer.groups.iter();
    let group = groups.find(|group| group.key.as_ref().unwrap().commodity == code);
    let point = group.unwrap().points.last().unwrap();
    let kinds = point.warnings.iter().map(SeriesWarning::kind).collect();
    (point.value_cents, point.missing_reason(), kinds)
}

#[tokio::test]
async fn what_a_shorter_code_takes_in_is_not_nothing_in_any_answer() {
    on_each_engine(async |bureau| {
        let csv = "flow,period,commodity,value_usd\n\
            X,2022,2005,300\nX,2022,2709,50\nX,2022,2710,5\nX,2023,20,310\nX,2023,2709,60\n";
        let release = complete(Window::Year, &BOTH);
        bureau.publish("uz", release, csv).await;
        let reader = &bureau.reader;
        let series = headings(Granularity::Year);
        let not_published = MissingReason::NotPublished;
        let found = last(reader, &series, "2005").await;
        assert_eq!((found.0, found.1), (None, not_published));
        // A chapter of which headings tell all is as it was; the groups are not all that there is.
        let found = last(reader, &series, "2710").await;
        assert_eq!(found.0, Some(0));
        assert!(found.2.contains(&Kind::PartialWhole), "{found:?}");

        let question = breakdown("2023", CommodityLevel::Heading);
        let found = asked(reader, &question).await;
        assert_eq!(row(&found, "2005").value_cents, None);
        assert_eq!(row(&found, "2710").value_cents, Some(0));
        assert_eq!(row(&found, "2710").change(), Change::Gone);
        assert_eq!(
            value(found.total.as_ref()),
            (Some(60), Qualifier::LowerBound)
        );

        for (code, expected) in [("2005", None), ("2710", Some(0))] {
            let request = of_series(&series, "2023", Some(key(code)));
            assert_eq!(explain(reader, &request).await.value_cents, expected);
            let request = of_breakdown(&question, "", Some(key(code)));
            assert_eq!(explain(reader, &request).await.value_cents, expected);
        }
        // A code by itself, by flow, is the same group.
        let by_flow = QuerySeriesRequest {
            commodity: "2005".to_owned(),
            hs_edition: HsEdition::H6 as i32,
            commodity_level: 0,
            group_by: vec![accord_proto::trade::v1::SeriesDimension::Flow as i32],
            ..series
        };
        let found = last(reader, &by_flow, "").await;
        assert_eq!(found.0, None);
    })
    .await;
}

#[tokio::test]
async fn nothing_is_subtracted_for_what_a_shorter_code_takes_in() {
    on_each_engine(async |bureau| {
        let csv = "flow,period,commodity,value_usd\n\
            X,2023-01/2023-02,20,200\nX,2023-01/2023-03,2005,300\n";
        let release = complete(Window::JanuaryToMonth, &[Flow::Export]);
        bureau.publish("uz", release, csv).await;
        let series = headings(Granularity::Month);
        let answer = bureau.reader.query(series).await.unwrap();
        let march = &answer.groups[0].points[14];
        assert_eq!((march.period.unwrap().month, march.value_cents), (3, None));
    })
    .await;
}

#[tokio::test]
async fn cents_that_were_cut_off_leave_no_rest() {
    on_each_engine(async |bureau| {
        let csv = "flow,period,commodity,value_usd\n\
            X,2022,27,90\nX,2022,2709,50\nX,2023,27,100.99\nX,2023,2709,60\nX,2023,2710,40\n";
        let release = complete(Window::Year, &BOTH);
        bureau.publish("uz", release, csv).await;
        let question = breakdown("2023", CommodityLevel::Heading);
        let found = asked(&bureau.reader, &question).await;
        assert_eq!(value(found.total.as_ref()), (Some(100), Qualifier::Exact));
        assert!(!kinds(&found).contains(&Kind::Partial));
        // Of the year before a part is not divided.
        assert_eq!(row(&found, "2710").compare_value_cents, None);
        assert_eq!(row(&found, "2710").change(), Change::Unspecified);
    })
    .await;
}

#[tokio::test]
async fn trade_with_the_world_has_what_shorter_codes_tell_in_its_total_and_not_in_its_products() {
    on_each_engine(async |bureau| {
        let publish = async |id: &str, release, csv: &str| bureau.publish(id, release, csv).await;
        let csv = "flow,period,commodity,value_usd\nX,2023,20,300\nX,2023,2709,50\n";
        publish("uz", world("UZ", HsEdition::H6, "2024-01-01"), csv).await;
        let csv = "flow,period,commodity,value_usd\n\
            X,2023,TOTAL,1000\nX,2023,2005,400\nX,2023,2709,400\nX,2023,8703,200\n";
        publish("world", world("W0", HsEdition::H6, "2024-02-01"), csv).await;
        let csv = "flow,period,commodity,value_usd\n\
            M,2023,TOTAL,100\nM,2023,2005,60\nM,2023,2709,40\n";
        publish("kz", world("KZ", HsEdition::H6, "2024-02-01"), csv).await;

        let request = ListComparativeAdvantagesRequest {
            period: "2023".to_owned(),
            ..advantage::asked(CommodityLevel::Heading)
        };
        let mut trade = bureau.reader.trade.clone();
        let found = trade.list_comparative_advantages(request).await;
        let found = found.unwrap().into_inner();
        let total = found.export_total.unwrap();
        assert_eq!(
            (total.value_cents, total.qualifier(), total.classified_ppm),
            (35_000, Qualifier::Exact, 142_857)
        );
        assert_eq!(total.basis(), Basis::SumOfProducts);
        let kinds: Vec<Kind> = found.warnings.iter().map(SeriesWarning::kind).collect();
        assert!(kinds.contains(&Kind::Unclassified), "{kinds:?}");
        // Of 2005 nothing is known, and of 8703 that there is nothing.
        let rows = found.comparative_advantages.iter();
        let rows: Vec<_> = rows
            .map(|row| (row.commodities.concat(), row.comparative_advantage_ppm))
            .collect();
        let expected = [("2709", 357_143), ("8703", 0)];
        assert_eq!(
            rows,
            expected.map(|(code, ppm)| (code.to_owned(), Some(ppm)))
        );

        let request = QueryComplementarityRequest {
            parent: PARENT.to_owned(),
            reporter: "UZ".to_owned(),
            partner: "KZ".to_owned(),
            exporter: "UZ".to_owned(),
            period: "2023".to_owned(),
            commodity_level: CommodityLevel::Heading as i32,
            ..QueryComplementarityRequest::default()
        };
        let found = trade.query_complementarity(request).await;
        let found = found.unwrap().into_inner();
        let found = &found.complementarities[0];
        // A seventh of the exports meets 0.4 of the imports; the rest may meet the 0.6.
        assert_eq!(found.complementarity_ppm, Some(142_857));
        assert_eq!(found.export_total.as_ref().unwrap().value_cents, 35_000);
        assert_eq!(found.least_ppm, Some(142_857));
        assert!(found.greatest_ppm > Some(700_000), "{found:?}");
        let potatoes = found.mismatches.iter();
        assert!(potatoes.clone().all(|own| own.commodities != ["2005"]));
    })
    .await;
}

#[tokio::test]
async fn a_side_whose_codes_all_are_divided_has_nothing_in_other_products() {
    on_each_engine(async |bureau| {
        let csv = "flow,period,commodity,value_usd\n\
            X,2023,27,50\nX,2023,2709,50\nX,2022,20,300\nX,2022,2709,40\n";
        let own = world("UZ", HsEdition::H6, "2024-01-01");
        bureau.publish("uz", own, csv).await;
        let csv = "flow,period,commodity,value_usd\nX,2023,2005,400\nX,2023,2709,400\n";
        let all = world("W0", HsEdition::H6, "2024-02-01");
        bureau.publish("world", all, csv).await;
        let request = ListComparativeAdvantagesRequest {
            period: "2023".to_owned(),
            ..advantage::asked(CommodityLevel::Heading)
        };
        let mut trade = bureau.reader.trade.clone();
        let found = trade.list_comparative_advantages(request).await;
        let found = found.unwrap().into_inner();
        let total = found.export_total.unwrap();
        assert_eq!(
            (total.value_cents, total.qualifier(), total.classified_ppm),
            (5_000, Qualifier::Exact, 1_000_000)
        );
        let rows = found.comparative_advantages.iter();
        let rows: Vec<_> = rows.map(|row| row.comparative_advantage_ppm).collect();
        assert_eq!(rows, [Some(2_000_000), Some(0)]);
    })
    .await;
}
