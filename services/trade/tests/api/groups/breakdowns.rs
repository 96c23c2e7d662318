//! Breakdowns of one period, and questions about groups that are refused.

use accord_proto::trade::v1::{
    CommodityLevel, Coverage, Flow, Granularity, QueryBreakdownRequest, QuerySeriesRequest,
    Release, SeriesDimension, TurnoverMethod, Window, breakdown_row::Change,
    coverage::Completeness,
};

use super::{by_codes, grouped, months};
use crate::{
    bureau::{PARENT, at, date, on_each_engine},
    errors::assert_violations,
};

fn breakdown(period: &str, level: CommodityLevel) -> QueryBreakdownRequest {
    QueryBreakdownRequest {
        parent: PARENT.to_owned(),
        period: period.to_owned(),
        turnover_method: TurnoverMethod::AsReportedBy as i32,
        reporter: "UZ".to_owned(),
        dimension: SeriesDimension::Commodity as i32,
        commodity_level: level as i32,
        flow: Flow::Export as i32,
        top_count: 1,
        ..QueryBreakdownRequest::default()
    }
}

#[tokio::test]
async fn a_breakdown_has_the_largest_the_rest_and_what_is_new_or_gone() {
    on_each_engine(async |bureau| {
        let mut csv = months();
        csv.push_str("X,2023-05,010121,77,\nX,2022-05,010129,66,\n");
        let complete = Release {
            coverage: Some(Coverage {
                completeness: Completeness::Complete as i32,
                partners: vec!["KZ".to_owned()],
                flows: vec![Flow::Export as i32, Flow::Import as i32],
                windows: vec![Window::Month as i32],
                start_date: Some(date(2022, 1, 1)),
                end_date: Some(date(2023, 12, 31)),
                by_commodity: true,
                by_region: false,
            }),
            ..by_codes("2024-02-01")
        };
        bureau.publish("months", complete, &csv).await;
        let ask = async |request: QueryBreakdownRequest| {
            let answer = bureau.reader.trade.clone().query_breakdown(request).await;
            answer.unwrap().into_inner()
        };
        let answer = ask(breakdown("2023", CommodityLevel::Subheading)).await;
        let top = &answer.rows[0];
        let total = answer.total.clone().unwrap();
        assert_eq!(top.key.clone().unwrap().commodity, "270111");
        assert_eq!(
            (top.value_cents, top.compare_value_cents),
            (Some(127_800), Some(127_800))
        );
        assert_eq!(total.value_cents, Some(127_800 + 60_000 + 36_000 + 7_700));
        assert_eq!(total.growth_ppm, Some(121_609));
        let rest = answer.rest.unwrap();
        assert_eq!(rest.value_cents, Some(103_700));
        assert_eq!(
            (answer.group_count, answer.newcomer_count, answer.loss_count),
            (4, 1, 1)
        );
        let gone = &answer.losses[0];
        assert_eq!(gone.change(), Change::Gone);
        assert_eq!(gone.key.clone().unwrap().commodity, "010129");
        assert_eq!(answer.compare_period.map(|period| period.year), Some(2022));
        assert_eq!(answer.herfindahl_hirschman_ppm, Some(397_224));
        assert_eq!(answer.releases.len(), 1);

        // The same from months as from sums over years.
        let mut strict = breakdown("2023", CommodityLevel::Subheading);
        strict.recorded_before = Some(at("2027-01-01"));
        let strict = ask(strict).await;
        assert_eq!(strict.rows[0].value_cents, top.value_cents);
        assert_eq!(strict.total.unwrap().value_cents, total.value_cents);
        let chapters = ask(breakdown("2023-Q1", CommodityLevel::Chapter)).await;
        assert_eq!(chapters.rows[0].value_cents, Some(30_600 + 15_000));
        let headings = ask(breakdown("2023", CommodityLevel::Heading)).await;
        assert_eq!(headings.total.unwrap().value_cents, total.value_cents);
    })
    .await;
}

#[tokio::test]
async fn mistakes_in_questions_about_groups_are_reported() {
    on_each_engine(async |bureau| {
        let bad = QuerySeriesRequest {
            turnover_method: TurnoverMethod::ExportsOfBoth as i32,
            base_period: "2022-Q1".to_owned(),
            ..grouped(
                Granularity::Year,
                &[
                    SeriesDimension::Region,
                    SeriesDimension::Region,
                    SeriesDimension::Commodity,
                ],
            )
        };
        assert_violations(
            bureau.reader.query(bad).await,
            &[
                ("group_by[1]", "DUPLICATE_VALUE"),
                ("commodity_level", "FIELD_REQUIRED"),
                ("group_by", "FIELD_INVALID"),
                ("base_period", "FIELD_INVALID"),
            ],
        );
        let bad = QueryBreakdownRequest {
            period: "2023-H3".to_owned(),
            dimension: SeriesDimension::Flow as i32,
            commodity_level: 0,
            flow: Flow::Turnover as i32,
            top_count: 1_001,
            ..breakdown("2023", CommodityLevel::Chapter)
        };
        let answer = bureau.reader.trade.clone().query_breakdown(bad).await;
        assert_violations(
            answer,
            &[
                ("period", "FIELD_INVALID"),
                ("dimension", "FIELD_INVALID"),
                ("flow", "FIELD_INVALID"),
                ("top_count", "FIELD_INVALID"),
            ],
        );
    })
    .await;
}
