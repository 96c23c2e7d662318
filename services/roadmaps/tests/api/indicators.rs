//! Both sides' words on the values of indicators.

use accord_proto::ledger::v1::ListEntriesRequest;
use accord_proto::roadmaps::v1::{
    GetIndicatorReportsRequest, GetIndicatorReportsResponse, Indicator, IndicatorActual,
    ListIndicatorActualsRequest, Measure, RecordIndicatorActualRequest, Source, TradeFigure,
    TradeReading,
};
use prost_types::Timestamp;
use tonic::{Code, Status};

use crate::{
    peers::TARGET,
    world::{ROADMAP, World, date, details, each_engine, measure, refused, request_id, text},
};

const ROAD: &str = "partnerships/uz-kz/roadmaps/tashkent-nur-sultan/measures/road";

fn indicators() -> Vec<Indicator> {
    let indicator = |id: &str| Indicator {
        indicator_id: id.to_owned(),
        titles: vec![text("en", id)],
        unit: "km".to_owned(),
        target: "12.5".to_owned(),
        ..Indicator::default()
    };
    vec![
        indicator("length"),
        Indicator {
            unit: String::new(),
            trade_reading: Some(TradeReading {
                target: TARGET.to_owned(),
                figure: TradeFigure::Attained.into(),
            }),
            ..indicator("turnover")
        },
    ]
}

fn record(value: &str) -> RecordIndicatorActualRequest {
    RecordIndicatorActualRequest {
        measure: ROAD.to_owned(),
        indicator_id: "length".to_owned(),
        period_start_date: date(2022, 1, 1),
        period_end_date: date(2022, 3, 31),
        value: value.to_owned(),
        source: Some(Source {
            uri: "https://example.org/q1".to_owned(),
            note: "Table 2".to_owned(),
        }),
        ..RecordIndicatorActualRequest::default()
    }
}

impl World {
    async fn with_road(&self) {
        self.draft().await;
        let given = Measure {
            indicators: indicators(),
            ..measure("Road")
        };
        self.measure("road", given).await;
        self.adopt(ROADMAP).await;
    }

    async fn record(
        &self,
        party: &str,
        request: RecordIndicatorActualRequest,
    ) -> Result<IndicatorActual, Status> {
        let mut client = self.indicators(party);
        let answer = client.record_indicator_actual(request).await;
        answer.map(tonic::Response::into_inner)
    }

    async fn reports(
        &self,
        known_time: Option<Timestamp>,
    ) -> Result<GetIndicatorReportsResponse, Status> {
        let request = GetIndicatorReportsRequest {
            measure: ROAD.to_owned(),
            known_time,
        };
        let mut client = self.indicators("KZ");
        let answer = client.get_indicator_reports(request).await;
        answer.map(tonic::Response::into_inner)
    }
}

#[tokio::test]
async fn both_sides_values_stand_side_by_side_and_the_newest_of_each_counts() {
    each_engine(async |world| {
        world.with_road().await;
        world.record("UZ", record("10")).await.unwrap();
        world.record("KZ", record("7.25")).await.unwrap();
        let before = world.reports(None).await.unwrap();
        let known_then = world.clock.now();
        world.days_pass(1);
        let revised = world.record("UZ", record("9.5")).await.unwrap();
        assert_eq!(revised.revision, 2);
        let now = world.reports(None).await.unwrap();
        let period = &now.indicator_reports[0].periods[0];
        let values: Vec<_> = period
            .actuals
            .iter()
            .map(|actual| (actual.party.as_str(), actual.value.as_str()))
            .collect();
        assert_eq!(values, [("UZ", "9.5"), ("KZ", "7.25")]);
        assert_eq!(period.difference, "2.25");
        let then = accord_proto::convert::from_timestamp(known_then);
        assert_eq!(world.reports(Some(then)).await.unwrap(), before);
        assert_eq!(before.indicator_reports[0].periods[0].difference, "2.75");
    })
    .await;
}

#[tokio::test]
async fn every_word_stays_in_the_list_and_in_the_ledger() {
    each_engine(async |world| {
        world.with_road().await;
        for (party, value) in [("UZ", "1"), ("KZ", "2"), ("UZ", "3")] {
            world.record(party, record(value)).await.unwrap();
        }
        let mut values = Vec::new();
        let mut page_token = String::new();
        loop {
            let request = ListIndicatorActualsRequest {
                parent: ROAD.to_owned(),
                page_size: 2,
                page_token,
            };
            let mut client = world.indicators("UZ");
            let page = client.list_indicator_actuals(request).await.unwrap();
            let page = page.into_inner();
            let words = page.indicator_actuals.into_iter();
            values.extend(words.map(|actual| (actual.party, actual.value, actual.revision)));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        let expected = [("UZ", "1", 1), ("KZ", "2", 1), ("UZ", "3", 2)]
            .map(|(party, value, revision)| (party.to_owned(), value.to_owned(), revision));
        assert_eq!(values, expected);
        let entries = ListEntriesRequest {
            parent: "logs/roadmaps".to_owned(),
            filter: "resource_type = \"roadmaps.accord/IndicatorActual\"".to_owned(),
            ..ListEntriesRequest::default()
        };
        let entries = world.ledger().list_entries(entries).await.unwrap();
        let names = entries.into_inner().entries.into_iter();
        let names: Vec<String> = names.map(|entry| entry.resource).collect();
        let expected = [1, 2, 3].map(|number| format!("{ROAD}/indicatorActuals/{number}"));
        assert_eq!(names, expected);
    })
    .await;
}

#[tokio::test]
async fn a_retry_records_once_and_a_check_records_nothing() {
    each_engine(async |world| {
        world.with_road().await;
        let mut request = record("1");
        request.validate_only = true;
        assert_eq!(
            world.record("UZ", request.clone()).await.unwrap().revision,
            1
        );
        request.validate_only = false;
        request.request_id = request_id();
        for _ in 0..2 {
            let recorded = world.record("UZ", request.clone()).await.unwrap();
            assert_eq!(recorded.revision, 1);
        }
        let reports = world.reports(None).await.unwrap();
        assert_eq!(reports.indicator_reports[0].periods[0].actuals.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn values_come_after_adoption_and_only_for_what_is_recorded() {
    each_engine(async |world| {
        world.draft().await;
        let given = Measure {
            indicators: indicators(),
            ..measure("Road")
        };
        world.measure("road", given).await;
        let early = world.record("UZ", record("1")).await;
        assert_eq!(refused(early), "ROADMAP_NOT_ADOPTED");
        world.adopt(ROADMAP).await;
        for (id, reason) in [
            ("width", "INDICATOR_UNKNOWN"),
            ("turnover", "INDICATOR_LIVE"),
        ] {
            let mut request = record("1");
            request.indicator_id = id.to_owned();
            assert_eq!(refused(world.record("UZ", request).await), reason);
        }
        assert_eq!(
            refused(world.record("KG", record("1")).await),
            "PARTY_MISMATCH"
        );
    })
    .await;
}

#[tokio::test]
async fn every_bad_field_of_a_value_is_told() {
    each_engine(async |world| {
        world.with_road().await;
        let mut request = record("much");
        request.period_start_date = date(2022, 12, 1);
        request.period_end_date = date(2022, 11, 30);
        request.source = None;
        let error = world.record("UZ", request).await.unwrap_err();
        let expected = [
            ("period_end_date", "PERIOD_INVALID"),
            ("period_end_date", "DATE_IN_FUTURE"),
            ("value", "DECIMAL_INVALID"),
            ("source", "FIELD_REQUIRED"),
        ]
        .map(|(field, reason)| (field.to_owned(), reason.to_owned()));
        assert_eq!(details(&error).violations, expected);
    })
    .await;
}

#[tokio::test]
async fn a_live_indicator_is_read_from_the_trade_service_when_asked() {
    each_engine(async |world| {
        world.with_road().await;
        let live = |answer: GetIndicatorReportsResponse| {
            let report = answer.indicator_reports[1].clone();
            assert!(report.periods.is_empty());
            report.trade_value.unwrap()
        };
        assert_eq!(live(world.reports(None).await.unwrap()).value, "");
        world.peers.attain(391_000_000_000);
        let value = live(world.reports(None).await.unwrap());
        assert_eq!(
            (value.value.as_str(), value.measured_year),
            ("391000000000", 2021)
        );
        world.peers.fail(Code::Unavailable);
        let error = world.reports(None).await.unwrap_err();
        assert_eq!(error.code(), Code::Unavailable);
        assert_eq!(details(&error).reason, "PEER_UNAVAILABLE");
    })
    .await;
}
