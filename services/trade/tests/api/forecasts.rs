//! Forecasts of targets.

use std::fmt::Write as _;

use accord_proto::trade::v1::{
    ForecastBaseline, ForecastTargetRequest, Granularity, SeriesWarning, TargetForecast,
    TurnoverMethod, forecast_baseline::Method, series_warning::Kind,
};
use tonic::{Code, Status};

use crate::{
    bureau::{Bureau, Caller, at, on_each_engine, release},
    errors::{assert_fault, assert_violations},
    figures::{UZ_2025, press, uz_tables},
    targets::{SECOND, both_targets, create, measurement, target},
};

/// Uzbekistan's tables from 2010 to 2023, as in [`crate::figures::UZ_TABLES`].
const UZ_LONG: &str = "\
flow,period,value_usd,unit_mult,qualifier,rounded_to_usd
export,2010,886465.5,3,rounded,100
export,2011,1673253.4,3,rounded,100
export,2012,1676832.3,3,rounded,100
export,2013,2083419.0,3,rounded,100
export,2014,2487689.5,3,rounded,100
export,2015,1849388.2,3,rounded,100
export,2016,945023.7,3,rounded,100
export,2017,1057579.0,3,rounded,100
export,2018,1352167.8,3,rounded,100
export,2019,1392964.9,3,rounded,100
export,2020,908419.8,3,rounded,100
export,2021,1178376.7,3,rounded,100
export,2022,1407547.5,3,rounded,100
export,2023,1417053.6,3,rounded,100
import,2010,997130.27,3,rounded,10
import,2011,1130047.01,3,rounded,10
import,2012,1168593.42,3,rounded,10
import,2013,1061497.3,3,rounded,10
import,2014,1008695.18,3,rounded,10
import,2015,847673.9,3,rounded,10
import,2016,953886.22,3,rounded,10
import,2017,998164.06,3,rounded,10
import,2018,1567442.32,3,rounded,10
import,2019,1942011.97,3,rounded,10
import,2020,2097346.06,3,rounded,10
import,2021,2742180.05,3,rounded,10
import,2022,3243509.06,3,rounded,10
import,2023,3068544.9,3,rounded,10
";

fn of(name: &str) -> ForecastTargetRequest {
    ForecastTargetRequest {
        name: name.to_owned(),
        ..ForecastTargetRequest::default()
    }
}

async fn forecast(
    caller: &Caller,
    request: ForecastTargetRequest,
) -> Result<TargetForecast, Status> {
    let answer = caller.targets.clone().forecast_target(request).await;
    answer.map(tonic::Response::into_inner)
}

fn kinds(forecast: &TargetForecast) -> Vec<Kind> {
    forecast.warnings.iter().map(SeriesWarning::kind).collect()
}

async fn published(bureau: &Bureau) {
    bureau.publish("uz-long", uz_tables(), UZ_LONG).await;
    bureau
        .publish("uz-2025", press("UZ", "2026-02-01"), UZ_2025)
        .await;
    both_targets(&bureau.uz).await;
}

#[tokio::test]
async fn the_forecast_of_ten_billion_stands_as_known_on_any_day() {
    on_each_engine(async |bureau| {
        published(&bureau).await;
        let early = ForecastTargetRequest {
            known_time: Some(at("2025-06-01")),
            ..of(SECOND)
        };
        let early = forecast(&bureau.reader, early).await.unwrap();
        assert_eq!(early.granularity(), Granularity::Year);
        assert_eq!(
            (early.observation_count, early.filled_periods.len()),
            (14, 0)
        );
        let model = early.model.as_ref().unwrap();
        assert_eq!(model.name, "ETS(A,N,N)");
        assert!(model.alpha_ppm > 999_000 && model.beta_ppm.is_none());
        assert_eq!(model.candidates.len(), 5);
        let years: Vec<i32> = early.points.iter().map(|point| point.year).collect();
        assert_eq!(years, [2024, 2025, 2026, 2027, 2028, 2029, 2030]);
        // By scipy 0.000 482 814, from the published figures alone.
        assert!((482..=484).contains(&early.attainment_probability_ppm));
        let due = early.points.last().unwrap();
        let levels: Vec<i32> = due.intervals.iter().map(|range| range.level_ppm).collect();
        assert_eq!(levels, [800_000, 950_000]);
        assert!(due.intervals[0].lower_cents > due.intervals[1].lower_cents);
        assert!(due.intervals[0].upper_cents < due.intervals[1].upper_cents);
        let methods: Vec<Method> = early
            .baselines
            .iter()
            .map(ForecastBaseline::method)
            .collect();
        assert_eq!(methods, [Method::SeasonalNaive, Method::LastGrowth]);
        assert_eq!(early.baselines[0].value_cents, Some(448_559_850_000));
        // 4,485.5985 * (4,485.5985 / 4,651.05656)^7.
        let growth = early.baselines[1].value_cents.unwrap();
        assert!((growth - 348_098_247_532).abs() < 1_000, "{growth}");
        // Origins from 2015 to 2022 have at least 6 years and one to compare with.
        assert_eq!(early.errors[0].forecast_count, 8);
        assert_eq!(early.baselines[0].errors[0].forecast_count, 8);
        assert!(early.errors[0].mape_ppm.unwrap() > 0 && early.errors[0].mase_ppm.unwrap() > 0);
        assert!(kinds(&early).contains(&Kind::ForecastRounded));

        let now = forecast(&bureau.reader, of(SECOND)).await.unwrap();
        assert_eq!(now.observation_count, 15);
        let filled: Vec<i32> = now
            .filled_periods
            .iter()
            .map(|period| period.year)
            .collect();
        assert_eq!(filled, [2024]);
        assert_eq!(now.points.len(), 5);
        // By scipy, of the 15 figures and the filled one: nearer, but with fewer years to move in.
        assert!(
            (124..=126).contains(&now.attainment_probability_ppm),
            "{}",
            now.attainment_probability_ppm
        );
        for kind in [
            Kind::ForecastFilled,
            Kind::ComparedScope,
            Kind::ComparedValuation,
        ] {
            assert!(kinds(&now).contains(&kind), "{kind:?}");
        }
        assert_eq!(now.releases.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_forecast_is_refused_with_what_there_is() {
    on_each_engine(async |bureau| {
        both_targets(&bureau.uz).await;
        let result = forecast(&bureau.reader, of(SECOND)).await;
        let none = assert_fault(result, Code::FailedPrecondition, "FORECAST_NOT_POSSIBLE");
        assert_eq!(none.metadata["observations"], "0");
        bureau.publish("uz-long", uz_tables(), UZ_LONG).await;
        let by_kz = ForecastTargetRequest {
            measurement: Some(measurement(TurnoverMethod::AsReportedBy, "KZ")),
            ..of(SECOND)
        };
        let csv = "flow,period,value_usd\nturnover,2021,1\nturnover,2022,2\nturnover,2023,3\n";
        bureau.publish("kz", release("KZ", "2024-07-25"), csv).await;
        let result = forecast(&bureau.reader, by_kz).await;
        let few = assert_fault(result, Code::FailedPrecondition, "FORECAST_NOT_POSSIBLE");
        for (key, value) in [
            ("cause", "TOO_FEW_OBSERVATIONS"),
            ("granularity", "GRANULARITY_YEAR"),
            ("observations", "3"),
            ("observations_needed", "8"),
            ("first_period", "2021"),
            ("last_period", "2023"),
        ] {
            assert_eq!(few.metadata[key], value, "{key}");
        }
        create(&bureau.uz, "past", target(2023, (2021, 12, 6)))
            .await
            .unwrap();
        let result = forecast(&bureau.reader, of("partnerships/uz-kz/targets/past")).await;
        let known = assert_fault(result, Code::FailedPrecondition, "FORECAST_NOT_POSSIBLE");
        assert_eq!(known.metadata["cause"], "DUE_YEAR_KNOWN");

        let bad = ForecastTargetRequest {
            granularity: Granularity::Month as i32,
            ..of("targets/x")
        };
        let result = forecast(&bureau.reader, bad).await;
        assert_violations(
            result,
            &[("name", "NAME_INVALID"), ("granularity", "FIELD_INVALID")],
        );
        let absent = of("partnerships/uz-kz/targets/absent");
        let result = forecast(&bureau.reader, absent).await;
        assert_fault(result, Code::NotFound, "RESOURCE_NOT_FOUND");
    })
    .await;
}

/// Months make quarters, which are forecast with their season; the quarter of the due year that is known enters as it is.
#[tokio::test]
async fn quarters_are_taken_when_there_are_enough_of_them() {
    on_each_engine(async |bureau| {
        let mut csv = "flow,period,value_usd,qualifier,rounded_to_usd\n".to_owned();
        for month in 0..66_i32 {
            let (year, place) = (2021 + month / 12, month % 12);
            let value = 300_000_000 + 2_000_000 * month + 20_000_000 * (place % 4);
            let bound = if month == 30 {
                "lower_bound,1000000"
            } else {
                ","
            };
            writeln!(csv, "turnover,{year}-{:02},{value},{bound}", place + 1).unwrap();
        }
        bureau
            .publish("months", release("UZ", "2026-08-01"), &csv)
            .await;
        both_targets(&bureau.uz).await;
        let found = forecast(&bureau.reader, of(SECOND)).await.unwrap();
        assert_eq!(found.granularity(), Granularity::Quarter);
        assert_eq!(found.observation_count, 22);
        let last = found.last_period.unwrap();
        assert_eq!((last.year, last.month), (2026, 6));
        let model = found.model.as_ref().unwrap();
        assert!(!model.name.starts_with("ETS(M"), "{}", model.name);
        assert!(matches!(model.season_cents.len(), 0 | 4));
        let years: Vec<i32> = found.points.iter().map(|point| point.year).collect();
        assert_eq!(years, [2026, 2027, 2028, 2029, 2030]);
        let deviations: Vec<i64> = found
            .points
            .iter()
            .map(|point| point.standard_deviation_cents)
            .collect();
        assert!(deviations.is_sorted(), "{deviations:?}");
        assert!(kinds(&found).contains(&Kind::ForecastLowerBound));
        let by_year = ForecastTargetRequest {
            granularity: Granularity::Year as i32,
            ..of(SECOND)
        };
        let result = forecast(&bureau.reader, by_year).await;
        let few = assert_fault(result, Code::FailedPrecondition, "FORECAST_NOT_POSSIBLE");
        assert_eq!(few.metadata["observations"], "5");
    })
    .await;
}

#[tokio::test]
async fn intervals_that_held_too_few_published_values_are_called_narrow() {
    on_each_engine(async |bureau| {
        let values = [
            100, 101, 100, 101, 100, 101, 130, 100, 150, 100, 190, 120, 240, 150, 320, 400,
        ];
        let mut csv = "flow,period,value_usd,unit_mult\n".to_owned();
        for (year, value) in (2010..).zip(values) {
            writeln!(csv, "export,{year},{value},6\nimport,{year},{value},6").unwrap();
        }
        bureau
            .publish("uz-long", release("UZ", "2026-02-01"), &csv)
            .await;
        both_targets(&bureau.uz).await;
        let found = forecast(&bureau.reader, of(SECOND)).await.unwrap();
        let first = &found.errors[0];
        let inside = |level| {
            let mut own = first.coverages.iter();
            own.find(|own| own.level_ppm == level).unwrap().inside_count
        };
        assert_eq!(first.forecast_count, 10);
        assert!(inside(800_000) <= inside(950_000) && inside(950_000) <= 10);
        assert!(found.baselines[0].errors[0].coverages.is_empty());
        let mut warnings = found.warnings.iter();
        let narrow = warnings
            .find(|own| own.kind() == Kind::ForecastIntervalsNarrow)
            .unwrap();
        let text = format!(
            "a year ahead {} of 10 published values lay inside of those of 80 %",
            inside(800_000)
        );
        assert!(narrow.description.contains(&text), "{}", narrow.description);
    })
    .await;
}
