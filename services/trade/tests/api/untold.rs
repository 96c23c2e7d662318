//! Goods that were published by a shorter code only: groups of longer codes that have none are not known, and not nothing.

use accord_proto::trade::v1::{
    CommodityLevel, Flow, Granularity, GroupKey, HsEdition, MissingReason, Qualifier,
    QuerySeriesRequest, SeriesWarning, Window, breakdown_row::Change, series_warning::Kind,
};

use crate::{
    bureau::{Caller, on_each_engine},
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
