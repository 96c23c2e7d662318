//! Pages of explanations, and questions that have no such figure.

use accord_proto::trade::v1::{
    CommodityLevel, ExplainFigureRequest, Flow, Granularity, GroupKey, HsEdition, MissingReason,
    QueryBreakdownRequest, QuerySeriesRequest, SeriesDimension, TurnoverMethod,
    trade_service_client::TradeServiceClient,
};
use tonic::Code;

use super::{explain, of_breakdown, of_series, page};
use crate::{
    bureau::{PARENT, on_each_engine},
    errors::{assert_fault, assert_violations},
    figures::{UZ_TABLES, uz_tables},
    groups::{by_codes, by_level, grouped, revised},
    series::year,
};

#[tokio::test]
async fn pages_of_any_size_have_the_same_figures() {
    on_each_engine(async |bureau| {
        revised(&bureau).await;
        let question = by_level(Granularity::Year, CommodityLevel::Section);
        let key = GroupKey {
            commodity: "V".to_owned(),
            hs_edition: HsEdition::H6 as i32,
            ..GroupKey::default()
        };
        let mut request = of_series(&question, "2022", Some(key.clone()));
        let whole = explain(&bureau.reader, &request).await;
        assert_eq!(whole.total_size, 36);
        for size in [1, 5, 16] {
            request.page_size = size;
            let found = explain(&bureau.reader, &request).await;
            assert_eq!(found.cells, whole.cells, "{size}");
        }
        request.page_size = 5;
        let first = page(&bureau.reader, &request).await.unwrap();
        assert_eq!(first.cells.len(), 5);
        let next = ExplainFigureRequest {
            page_token: first.next_page_token.clone(),
            ..request.clone()
        };
        let other = ExplainFigureRequest {
            period: "2023".to_owned(),
            ..next.clone()
        };
        let refused = page(&bureau.reader, &other).await;
        assert_violations(refused, &[("page_token", "PAGE_TOKEN_INVALID")]);
        // Without a moment the other pages stand as of the first: what is published later changes nothing,
        // and what was published earlier is noticed.
        let csv = "flow,period,commodity,value_usd\nX,2022-01,270111,5\n";
        bureau.publish("late", by_codes("2024-03-02"), csv).await;
        let refused = page(&bureau.reader, &next).await;
        assert_fault(refused, Code::Aborted, "FIGURE_CHANGED");

        let whole = year(TurnoverMethod::AsReportedBy, "UZ", 2022);
        let mut request = of_series(&whole, "2022", None);
        let all = explain(&bureau.reader, &request).await;
        assert_eq!(all.total_size, 24);
        request.page_size = 7;
        assert_eq!(explain(&bureau.reader, &request).await.cells, all.cells);
    })
    .await;
}

#[tokio::test]
async fn a_question_that_has_no_such_figure_is_refused() {
    on_each_engine(async |bureau| {
        bureau.publish("uz-tables", uz_tables(), UZ_TABLES).await;
        let question = year(TurnoverMethod::AsReportedBy, "UZ", 2022);
        let refuse = async |request: ExplainFigureRequest, expected: &[(&str, &str)]| {
            assert_violations(page(&bureau.reader, &request).await, expected);
        };
        let empty = ExplainFigureRequest {
            parent: PARENT.to_owned(),
            page_size: -1,
            ..ExplainFigureRequest::default()
        };
        let expected = [
            ("page_size", "PAGE_SIZE_INVALID"),
            ("question", "FIELD_REQUIRED"),
        ];
        refuse(empty, &expected).await;
        let bad = QuerySeriesRequest {
            parent: "partnerships/other".to_owned(),
            turnover_method: 0,
            region: "x".to_owned(),
            ..question.clone()
        };
        let explained = assert_violations(
            page(&bureau.reader, &of_series(&bad, "2022-13", None)).await,
            &[
                ("series.parent", "FIELD_INVALID"),
                ("series.turnover_method", "TURNOVER_METHOD_REQUIRED"),
                ("series.region", "REGION_INVALID"),
                ("period", "FIELD_INVALID"),
            ],
        );
        assert!(explained.metadata.contains_key("methods"));
        let expected = [("period", "FIELD_INVALID")];
        refuse(of_series(&question, "2022-Q1", None), &expected).await;
        let flow = GroupKey {
            flow: Flow::Export as i32,
            ..GroupKey::default()
        };
        let expected = [("group.flow", "FIELD_INVALID")];
        refuse(of_series(&question, "2022", Some(flow)), &expected).await;
        let by_chapter = by_level(Granularity::Year, CommodityLevel::Chapter);
        let code = |code: &str| {
            Some(GroupKey {
                commodity: code.to_owned(),
                hs_edition: HsEdition::H6 as i32,
                ..GroupKey::default()
            })
        };
        let expected = [("group.commodity", "FIELD_INVALID")];
        refuse(of_series(&by_chapter, "2022", code("2701")), &expected).await;
        let reporter = GroupKey {
            reporter: "KZ".to_owned(),
            ..GroupKey::default()
        };
        let by_reporter = grouped(Granularity::Year, &[SeriesDimension::Reporter]);
        let expected = [("group.reporter", "FIELD_INVALID")];
        refuse(of_series(&by_reporter, "2022", Some(reporter)), &expected).await;
        let breakdown = QueryBreakdownRequest {
            period: "2022".to_owned(),
            turnover_method: TurnoverMethod::AsReportedBy as i32,
            reporter: "UZ".to_owned(),
            dimension: SeriesDimension::Commodity as i32,
            commodity_level: CommodityLevel::Chapter as i32,
            ..QueryBreakdownRequest::default()
        };
        let expected = [("group", "FIELD_REQUIRED")];
        refuse(of_breakdown(&breakdown, "", None), &expected).await;
        let expected = [("period", "FIELD_INVALID")];
        refuse(of_breakdown(&breakdown, "2020", code("27")), &expected).await;
        // A group of which nothing was ever published is missing, not wrong.
        let found = explain(&bureau.reader, &of_breakdown(&breakdown, "", code("27"))).await;
        assert_eq!(found.missing_reason(), MissingReason::NotPublished);
        let answer = bureau.nobody.clone();
        let mut nobody = TradeServiceClient::new(answer);
        let refused = nobody
            .explain_figure(of_series(&question, "2022", None))
            .await;
        assert_fault(refused, Code::Unauthenticated, "TOKEN_MISSING");
    })
    .await;
}
