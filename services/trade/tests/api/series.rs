//! Turnover by every method, and what answers say about themselves.

use accord_proto::trade::v1::{
    Flow, Granularity, MissingReason, MixedScopePolicy, Qualifier, QuerySeriesRequest,
    QuerySeriesResponse, SeriesWarning, TurnoverMethod, series_warning::Kind,
};
use tonic::Code;

use crate::{
    bureau::{Bureau, PARENT, at, on_each_engine, release},
    errors::{assert_fault, assert_violations},
    figures::publish_all,
};

/// Asks for one year.
pub(crate) fn year(method: TurnoverMethod, reporter: &str, year: i32) -> QuerySeriesRequest {
    QuerySeriesRequest {
        parent: PARENT.to_owned(),
        granularity: Granularity::Year as i32,
        turnover_method: method as i32,
        reporter: reporter.to_owned(),
        start_year: year,
        end_year: year,
        ..QuerySeriesRequest::default()
    }
}

fn kinds(answer: &QuerySeriesResponse) -> Vec<Kind> {
    answer.points[0]
        .warnings
        .iter()
        .map(SeriesWarning::kind)
        .collect()
}

async fn cents(bureau: &Bureau, request: QuerySeriesRequest) -> Option<i64> {
    bureau.reader.query(request).await.unwrap().points[0].value_cents
}

#[tokio::test]
async fn the_four_honest_answers_for_2022() {
    on_each_engine(async |bureau| {
        publish_all(&bureau).await;
        for (method, reporter, expected) in [
            (TurnoverMethod::AsReportedBy, "UZ", 465_105_656_000),
            (TurnoverMethod::AsReportedBy, "KZ", 492_193_590_496),
            (TurnoverMethod::ExportsOfBoth, "", 504_336_920_289),
            (TurnoverMethod::ImportsOfBoth, "", 452_962_326_207),
        ] {
            let found = cents(&bureau, year(method, reporter, 2022)).await;
            assert_eq!(found, Some(expected), "{method:?} {reporter}");
        }
        let early = QuerySeriesRequest {
            known_time: Some(at("2024-01-01")),
            ..year(TurnoverMethod::AsReportedBy, "KZ", 2022)
        };
        let answer = bureau.reader.query(early).await.unwrap();
        let point = &answer.points[0];
        assert_eq!(point.value_cents, Some(500_000_000_000));
        assert_eq!(point.qualifier(), Qualifier::Rounded);
        assert_eq!(point.uncertainty_cents, 5_000_000_000);
        assert_eq!(
            point.releases,
            ["partnerships/uz-kz/releases/kz-2022-early"]
        );
        let words = &point.components[0].precision.as_ref().unwrap().as_published;
        assert_eq!(words, "$5.0bn (+29.8%)");
    })
    .await;
}

#[tokio::test]
async fn every_value_names_its_components_and_releases() {
    on_each_engine(async |bureau| {
        publish_all(&bureau).await;
        let request = year(TurnoverMethod::ExportsOfBoth, "", 2022);
        let answer = bureau.reader.query(request).await.unwrap();
        assert_eq!(
            (answer.reporter.as_str(), answer.partner.as_str()),
            ("KZ", "UZ")
        );
        let names: Vec<_> = answer
            .releases
            .iter()
            .map(|used| used.release.as_str())
            .collect();
        assert_eq!(
            names,
            [
                "partnerships/uz-kz/releases/kz-2023",
                "partnerships/uz-kz/releases/uz-tables"
            ]
        );
        let components: Vec<_> = answer.points[0]
            .components
            .iter()
            .map(|part| (part.reporter.as_str(), part.flow(), part.value_cents))
            .collect();
        assert_eq!(
            components,
            [
                ("KZ", Flow::Export, 363_582_170_289),
                ("UZ", Flow::Export, 140_754_750_000),
            ]
        );
        assert_eq!(answer.points[0].uncertainty_cents, 5_000);
    })
    .await;
}

#[tokio::test]
async fn without_a_method_the_error_lists_the_methods() {
    on_each_engine(async |bureau| {
        publish_all(&bureau).await;
        let request = year(TurnoverMethod::Unspecified, "UZ", 2022);
        let explained = assert_violations(
            bureau.reader.query(request).await,
            &[("turnover_method", "TURNOVER_METHOD_REQUIRED")],
        );
        assert_eq!(explained.reason, "TURNOVER_METHOD_REQUIRED");
        assert_eq!(
            explained.metadata["methods"],
            "TURNOVER_METHOD_AS_REPORTED_BY,TURNOVER_METHOD_EXPORTS_OF_BOTH,TURNOVER_METHOD_IMPORTS_OF_BOTH"
        );
    })
    .await;
}

#[tokio::test]
async fn every_mistake_in_a_question_is_reported() {
    on_each_engine(async |bureau| {
        let request = QuerySeriesRequest {
            parent: "partnerships/UZ".to_owned(),
            partner: "kz".to_owned(),
            start_year: 2023,
            end_year: 2022,
            commodity: "27".to_owned(),
            region: "KZ-61".to_owned(),
            known_time: Some(prost_types::Timestamp {
                seconds: 0,
                nanos: -1,
            }),
            mixed_scope_policy: 9,
            ..year(TurnoverMethod::ExportsOfBoth, "", 0)
        };
        let request = QuerySeriesRequest {
            granularity: 0,
            ..request
        };
        assert_violations(
            bureau.reader.query(request).await,
            &[
                ("parent", "NAME_INVALID"),
                ("granularity", "FIELD_REQUIRED"),
                ("reporter", "FIELD_REQUIRED"),
                ("partner", "COUNTRY_INVALID"),
                ("hs_edition", "FIELD_REQUIRED"),
                ("region", "FIELD_INVALID"),
                ("end_year", "FIELD_INVALID"),
                ("known_time", "TIME_INVALID"),
                ("mixed_scope_policy", "FIELD_INVALID"),
            ],
        );
        let backwards = QuerySeriesRequest {
            end_year: 2020,
            ..year(TurnoverMethod::AsReportedBy, "", 2022)
        };
        assert_violations(
            bureau.reader.query(backwards).await,
            &[
                ("reporter", "REPORTER_REQUIRED"),
                ("end_year", "FIELD_INVALID"),
            ],
        );
    })
    .await;
}

#[tokio::test]
async fn the_pair_must_be_named_unless_releases_tell_it() {
    on_each_engine(async |bureau| {
        let request = year(TurnoverMethod::ExportsOfBoth, "", 2022);
        let result = bureau.reader.query(request.clone()).await;
        assert_fault(result, Code::InvalidArgument, "PARTIES_REQUIRED");
        publish_all(&bureau).await;
        let mut of_three = release("KZ", "2024-01-01");
        of_three.coverage.as_mut().unwrap().partners = vec!["UZ".to_owned(), "KG".to_owned()];
        let csv = "partner,flow,period,value_usd\nKG,X,2022,5\n";
        bureau.publish("kz-kg", of_three, csv).await;
        let explained = assert_fault(
            bureau.reader.query(request.clone()).await,
            Code::InvalidArgument,
            "PARTIES_REQUIRED",
        );
        assert_eq!(explained.metadata["pairs"], "KG-KZ,KZ-UZ");
        let named = QuerySeriesRequest {
            reporter: "UZ".to_owned(),
            partner: "KZ".to_owned(),
            ..request
        };
        assert_eq!(cents(&bureau, named).await, Some(504_336_920_289));
    })
    .await;
}

#[tokio::test]
async fn unlike_series_are_added_with_a_warning_or_not_at_all() {
    on_each_engine(async |bureau| {
        publish_all(&bureau).await;
        let request = year(TurnoverMethod::ExportsOfBoth, "", 2022);
        let answer = bureau.reader.query(request.clone()).await.unwrap();
        assert!(
            kinds(&answer).contains(&Kind::MixedScope),
            "{:?}",
            kinds(&answer)
        );
        let strict = QuerySeriesRequest {
            mixed_scope_policy: MixedScopePolicy::Refuse as i32,
            ..request
        };
        let explained = assert_fault(
            bureau.reader.query(strict).await,
            Code::FailedPrecondition,
            "UNLIKE_SERIES",
        );
        assert_eq!(explained.preconditions, ["2022"]);
        let total = QuerySeriesRequest {
            mixed_scope_policy: MixedScopePolicy::Refuse as i32,
            ..year(TurnoverMethod::AsReportedBy, "KZ", 2022)
        };
        assert_eq!(cents(&bureau, total).await, Some(492_193_590_496));
    })
    .await;
}

#[tokio::test]
async fn an_edition_goes_only_with_a_code() {
    on_each_engine(async |bureau| {
        for commodity in ["", "TOTAL"] {
            let request = QuerySeriesRequest {
                commodity: commodity.to_owned(),
                hs_edition: accord_proto::trade::v1::HsEdition::H6 as i32,
                ..year(TurnoverMethod::AsReportedBy, "UZ", 2022)
            };
            assert_violations(
                bureau.reader.query(request).await,
                &[("hs_edition", "FIELD_INVALID")],
            );
        }
    })
    .await;
}

#[tokio::test]
async fn missing_years_are_missing_and_growth_is_on_known_years() {
    on_each_engine(async |bureau| {
        publish_all(&bureau).await;
        let request = QuerySeriesRequest {
            start_year: 0,
            end_year: 0,
            ..year(TurnoverMethod::AsReportedBy, "UZ", 0)
        };
        let answer = bureau.reader.query(request).await.unwrap();
        let found: Vec<_> = answer
            .points
            .iter()
            .map(|point| {
                let year = point.period.unwrap().year;
                (
                    year,
                    point.value_cents,
                    point.growth_on_year_ppm,
                    point.missing_reason(),
                )
            })
            .collect();
        let known = MissingReason::Unspecified;
        assert_eq!(
            found,
            [
                (2021, Some(392_055_675_000), None, known),
                (2022, Some(465_105_656_000), Some(186_326), known),
                (2023, Some(448_559_850_000), Some(-35_574), known),
                (2024, None, None, MissingReason::NotPublished),
                (2025, Some(497_000_000_000), None, known),
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn months_are_decumulated_inside_one_release_only() {
    on_each_engine(async |bureau| {
        let csv = "flow,period,value_usd\n";
        let january_to =
            |month: i32, value: i64| format!("turnover,2024-01/2024-{month:02},{value}\n");
        let may = format!("{csv}{}{}", january_to(4, 40), january_to(5, 55));
        let june = format!("{csv}{}", january_to(6, 80));
        bureau
            .publish("may", release("UZ", "2024-06-20"), &may)
            .await;
        bureau
            .publish("june", release("UZ", "2024-07-20"), &june)
            .await;
        let request = QuerySeriesRequest {
            granularity: Granularity::Month as i32,
            ..year(TurnoverMethod::AsReportedBy, "UZ", 2024)
        };
        let answer = bureau.reader.query(request).await.unwrap();
        assert_eq!(answer.points.len(), 12);
        let may = &answer.points[4];
        assert_eq!(may.value_cents, Some(1_500));
        let signs: Vec<_> = may
            .components
            .iter()
            .map(|part| (part.value_cents, part.subtracted))
            .collect();
        assert_eq!(signs, [(5_500, false), (4_000, true)]);
        assert_eq!(may.releases, ["partnerships/uz-kz/releases/may"]);
        let june = &answer.points[5];
        assert_eq!(june.value_cents, None);
        assert_eq!(june.missing_reason(), MissingReason::NotDecumulable);
        assert_eq!(
            answer.points[6].missing_reason(),
            MissingReason::NotPublished
        );
    })
    .await;
}

#[tokio::test]
async fn commodities_and_regions_are_series_of_their_own() {
    on_each_engine(async |bureau| {
        let csv = "flow,period,commodity,hs_edition,region,value_usd\n\
                   X,2022,,,,100\nM,2022,,,,50\nX,2022,1001,H6,,7\nM,2022,1001,H6,,2\n\
                   X,2022,,,UZ-TK,30\nM,2022,,,UZ-TK,1\n";
        bureau
            .publish("all", release("UZ", "2024-01-01"), csv)
            .await;
        let total = year(TurnoverMethod::AsReportedBy, "UZ", 2022);
        let wheat = QuerySeriesRequest {
            commodity: "1001".to_owned(),
            hs_edition: accord_proto::trade::v1::HsEdition::H6 as i32,
            ..total.clone()
        };
        let tashkent = QuerySeriesRequest {
            region: "UZ-TK".to_owned(),
            ..total.clone()
        };
        assert_eq!(cents(&bureau, total).await, Some(15_000));
        assert_eq!(cents(&bureau, wheat).await, Some(900));
        assert_eq!(cents(&bureau, tashkent).await, Some(3_100));
    })
    .await;
}
