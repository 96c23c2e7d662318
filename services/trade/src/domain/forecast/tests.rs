//! Forecasts.

use anofox_forecast::models::{
    exponential::{ETSSeasonalType as Seasonal, ETSSpec, ErrorType, TrendType},
    incremental::EtsState,
};
use proptest::prelude::*;

use super::*;
use crate::domain::observation::Qualifier;

/// Uzbekistan's exports and imports with Kazakhstan together, 2010 to 2023, in thousand dollars, by the
/// tables 1105 and 1176 of its statistics agency. <https://siat.stat.uz>
const THOUSANDS: [f64; 14] = [
    1_883_595.77,
    2_803_300.41,
    2_845_425.72,
    3_144_916.3,
    3_496_384.68,
    2_697_062.1,
    1_898_909.92,
    2_055_743.06,
    2_919_610.12,
    3_334_976.87,
    3_005_765.86,
    3_920_556.75,
    4_651_056.56,
    4_485_598.5,
];

const BILLION: i64 = 100_000_000_000;

fn figure(period: &str, cents: i64) -> Figure {
    Figure {
        period: period.parse().unwrap(),
        cents,
        qualifier: Qualifier::Exact,
        uncertainty_cents: 0,
    }
}

fn years(first: i16, cents: &[i64]) -> Vec<Figure> {
    (first..)
        .zip(cents)
        .map(|(year, cents)| figure(&year.to_string(), *cents))
        .collect()
}

fn published() -> History {
    let cents: Vec<i64> = THOUSANDS
        .iter()
        .map(|thousands| rounded(thousands * 1e5).unwrap())
        .collect();
    History::of(Window::Year, years(2010, &cents))
}

fn state(spec: ETSSpec, level: f64, trend: f64, seasonals: &[f64]) -> EtsState {
    EtsState {
        spec,
        seasonal_period: seasonals.len().max(1),
        alpha: 0.6,
        beta: Some(0.2),
        gamma: Some(0.2),
        phi: Some(0.9),
        level,
        trend,
        seasonals: seasonals.to_vec(),
        n: 20,
        sse: 0.0,
        sse_lik: 0.0,
        sum_log_fc: 0.0,
        optimize: false,
    }
}

#[track_caller]
fn assert_close(found: f64, expected: f64) {
    assert!(
        (found - expected).abs() <= expected.abs() * 1e-9,
        "{found} is not {expected}"
    );
}

/// Error, trend, last level, last slope, sigma^2; means and variances 1, 2 and 7 years ahead.
type Case = ((ErrorType, TrendType, f64, f64, f64), [f64; 3], [f64; 3]);

/// Expected values by statsmodels 0.15.0 (Python): `ETSModel.smooth` of the published series with these
/// parameters, then `get_prediction`; last level and slope, mean and variance 1, 2 and 7 years ahead. With
/// multiplicative errors it draws the variance at random, so there it is from the second moments of the state,
/// `E[xx'] -> F E[xx'] F' + sigma^2 gg' (w' E[xx'] w)`, in numpy.
const CASES: [Case; 6] = [
    (
        (
            ErrorType::Additive,
            TrendType::None,
            4_377.410_593_092_565,
            0.0,
            438_710.596_992_901_06,
        ),
        [4_377.410_593_092_565; 3],
        [
            438_710.596_992_901_06,
            596_646.411_910_345_4,
            1_386_325.486_497_567_5,
        ],
    ),
    (
        (
            ErrorType::Additive,
            TrendType::Additive,
            4_598.533_901_875_582,
            362.608_639_128_219_6,
            466_174.480_191_162_73,
        ),
        [
            4_961.142_541_003_802,
            5_323.751_180_132_022,
            7_136.794_375_773_12,
        ],
        [
            466_174.480_191_162_73,
            764_526.147_513_506_9,
            5_519_505.845_463_366,
        ],
    ),
    (
        (
            ErrorType::Additive,
            TrendType::AdditiveDamped,
            4_564.493_165_488_991_5,
            311.648_381_932_293_66,
            432_516.651_130_589_1,
        ),
        [
            4_844.976_709_228_056,
            5_097.411_898_593_215,
            6_027.784_508_165_547,
        ],
        [
            432_516.651_130_589_1,
            695_659.781_678_439_4,
            3_908_388.537_542_666,
        ],
    ),
    (
        (
            ErrorType::Multiplicative,
            TrendType::None,
            4_377.410_593_092_565,
            0.0,
            0.062_752_598_464_715_84,
        ),
        [4_377.410_593_092_565; 3],
        [
            1_202_447.940_719_980_7,
            1_662_493.623_186_711_2,
            4_123_390.941_542_215_6,
        ],
    ),
    (
        (
            ErrorType::Multiplicative,
            TrendType::Additive,
            4_598.533_901_875_582,
            362.608_639_128_219_6,
            0.060_787_988_826_626_08,
        ),
        [
            4_961.142_541_003_802,
            5_323.751_180_132_022,
            7_136.794_375_773_12,
        ],
        [
            1_496_170.836_745_910_3,
            2_738_629.868_206_598,
            27_140_045.302_768_968,
        ],
    ),
    (
        (
            ErrorType::Multiplicative,
            TrendType::AdditiveDamped,
            4_564.493_165_488_991_5,
            311.648_381_932_293_66,
            0.060_444_040_025_245_845,
        ),
        [
            4_844.976_709_228_056,
            5_097.411_898_593_215,
            6_027.784_508_165_547,
        ],
        [
            1_418_851.265_217_281_9,
            2_485_960.410_435_233_3,
            17_969_946.043_891_92,
        ],
    ),
];

#[test]
fn means_and_variances_of_years_agree_with_another_implementation() {
    for ((error, trend, level, slope, sigma2), means, variances) in CASES {
        let spec = ETSSpec::new(error, trend, Seasonal::None);
        let model = Model::with(state(spec, level, slope, &[]), sigma2);
        for ((step, mean), variance) in [1, 2, 7].into_iter().zip(means).zip(variances) {
            let (found_mean, found_variance) = model.sum(step, step);
            assert_close(found_mean, mean);
            assert_close(found_variance, variance);
        }
    }
}

/// Expected values: the recursions of the model run in another language with a unit error at each step; the
/// squares of what each adds to the sum, times sigma^2 = 400.
#[test]
fn means_and_variances_of_sums_of_quarters_follow_from_the_recursions() {
    let cases = [
        (
            (TrendType::AdditiveDamped, 0.1, 20.0),
            [
                (1, 4, 4_162.882, 7_067.858_004),
                (3, 6, 4_268.734_42, 15_039.982_997_226),
                (7, 10, 4_423.924_652_962, 38_964.060_137_908),
            ],
        ),
        (
            (TrendType::None, 0.0, 0.0),
            [
                (1, 4, 4_000.0, 5_400.0),
                (3, 6, 4_000.0, 9_272.0),
                (7, 10, 4_000.0, 17_016.0),
            ],
        ),
        (
            (TrendType::Additive, 0.1, 20.0),
            [
                (1, 4, 4_200.0, 7_384.0),
                (3, 6, 4_360.0, 16_664.0),
                (7, 10, 4_680.0, 50_840.0),
            ],
        ),
    ];
    for ((trend, beta, slope), sums) in cases {
        let spec = ETSSpec::new(ErrorType::Additive, trend, Seasonal::Additive);
        let mut state = state(spec, 1_000.0, slope, &[-50.0, 10.0, 30.0, 10.0]);
        (state.alpha, state.beta) = (0.5, Some(beta));
        let model = Model::with(state, 400.0);
        for (first, last, mean, variance) in sums {
            let (found_mean, found_variance) = model.sum(first, last);
            assert_close(found_mean, mean);
            assert_close(found_variance, variance);
        }
    }
}

/// A search of the whole range of alpha and of the first level (numpy) finds the least AICc without constants for
/// ETS(A,N,N) at 223.739 and for ETS(M,N,N) at 226.376, both at alpha 0.9999; statsmodels 0.15.0 finds ETS(A,A,N) 7.489
/// behind the first.
#[test]
fn the_model_is_the_one_that_another_implementation_chooses() {
    let history = published();
    let (model, others) = model::choose(history.values(), 14, 1).unwrap();
    assert_eq!(model.name(), "ETS(A,N,N)");
    assert!(model.alpha() > 0.999, "{}", model.alpha());
    let order: Vec<&str> = others.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(order[0], "ETS(M,N,N)");
    assert_eq!(others.len(), 5);
    let distance = others[0].1 - model.aicc();
    assert!((distance - 2.637).abs() < 0.1, "{distance}");
    let trended = others
        .iter()
        .find(|(name, _)| name == "ETS(A,A,N)")
        .unwrap();
    let distance = trended.1 - model.aicc();
    assert!((distance - 7.489).abs() < 0.02, "{distance}");
}

#[test]
fn a_random_walk_leaves_ten_billion_by_2030_unlikely() {
    let forecast = Forecast::of(&published(), 2030, 10 * BILLION).unwrap();
    let years: Vec<i16> = forecast.points.iter().map(|point| point.year).collect();
    assert_eq!(years, [2024, 2025, 2026, 2027, 2028, 2029, 2030]);
    // alpha is as good as 1, so that the level is the last figure and the variance grows with each year.
    let due = forecast.points.last().unwrap();
    assert!((due.cents - 448_559_850_000).abs() < BILLION / 100);
    let first = &forecast.points[0];
    #[allow(clippy::cast_precision_loss)]
    let ratio = due.deviation_cents as f64 / first.deviation_cents as f64;
    assert!((ratio - 7_f64.sqrt()).abs() < 0.001, "{ratio}");
    // By scipy: the standard deviation is 1,670.846 million, and 0.000 482 814 of the distribution is above the target.
    assert!((due.deviation_cents - 167_084_600_000).abs() < 10_000_000);
    assert!(
        (482..=484).contains(&forecast.probability_ppm),
        "{}",
        forecast.probability_ppm
    );
    assert_eq!(due.intervals[0].0, 800_000);
    // 4,485.615 ± 1.959964 * 1,670.846.
    let (level, lower, upper) = due.intervals[1];
    assert_eq!(level, 950_000);
    assert!((lower - 121_081_600_000).abs() < 100_000_000, "{lower}");
    assert!((upper - 776_041_500_000).abs() < 100_000_000, "{upper}");
}

#[test]
fn probabilities_are_those_of_the_normal_distribution() {
    for (bound, expected) in [
        (-1.5, 933_193),
        (0.0, 500_000),
        (0.25, 401_294),
        (2.5, 6_210),
        (4.0, 32),
    ] {
        assert_eq!(exceedance_ppm(10.0 + bound * 2.0, 10.0, 2.0), expected);
    }
    assert_eq!(exceedance_ppm(1.0, 1.0, 0.0), ONE_PPM);
    assert_eq!(exceedance_ppm(1.1, 1.0, 0.0), 0);
}

#[test]
fn baselines_go_on_with_the_last_year_and_its_growth() {
    let naive = Baseline::SeasonalNaive.forecast(&[1.0, 2.0, 3.0], 1, 2);
    assert_eq!(naive, Some(vec![3.0, 3.0]));
    let growth = Baseline::LastGrowth.forecast(&[1.0, 2.0, 3.0], 1, 2);
    assert_eq!(growth, Some(vec![4.5, 6.75]));
    let quarters = [1.0, 2.0, 3.0, 4.0, 2.0, 4.0, 6.0, 8.0];
    let naive = Baseline::SeasonalNaive.forecast(&quarters, 4, 5);
    assert_eq!(naive, Some(vec![2.0, 4.0, 6.0, 8.0, 2.0]));
    let growth = Baseline::LastGrowth.forecast(&quarters, 4, 5);
    assert_eq!(growth, Some(vec![4.0, 8.0, 12.0, 16.0, 8.0]));
    assert_eq!(Baseline::LastGrowth.forecast(&[0.0, 1.0], 1, 1), None);
    assert_eq!(Baseline::LastGrowth.forecast(&[1.0], 1, 1), None);
}

/// By hand: from 6, 7 and 8 known years of 1, 2, 4, 4, 4, 8, 10, 5, 10 (in 10 million dollars) the naive errors a year ahead
/// are 2, 5, 5 of 10, 5, 10 and, two years ahead, 3 of 5 and 0 of 10. The mean changes within the parts known are
/// (1 + 2 + 0 + 0 + 4) / 5 = 7/5, (7 + 2) / 6 = 3/2 and (9 + 5) / 7 = 2.
#[test]
fn errors_are_the_mean_percentage_and_the_mean_scaled_error() {
    let cents: Vec<i64> = [1, 2, 4, 4, 4, 8, 10, 5, 10]
        .map(|value| value * 1_000_000_000)
        .to_vec();
    let history = History::of(Window::Year, years(2001, &cents));
    let naive = |known: &[f64], steps| {
        Some(Forecasted {
            values: Baseline::SeasonalNaive.forecast(known, 1, steps)?,
            // Of 2 or 5 a year ahead, and 3 or 0 two years ahead, in 10 million dollars, 1.28 times this holds the least.
            deviations: vec![30.0; steps],
        })
    };
    let errors = backtest::errors(&history, 2, naive);
    let expected = [
        Errors {
            years_ahead: 1,
            count: 3,
            // (2/10 + 5/5 + 5/10) / 3
            mape_ppm: Some(566_667),
            // (2/(7/5) + 5/(3/2) + 5/2) / 3
            mase_ppm: Some(2_420_635),
            inside: vec![(800_000, 1), (950_000, 3)],
        },
        Errors {
            years_ahead: 2,
            count: 2,
            // (3/5 + 0) / 2
            mape_ppm: Some(300_000),
            // (3/(7/5) + 0) / 2
            mase_ppm: Some(1_071_429),
            inside: vec![(800_000, 2), (950_000, 2)],
        },
    ];
    assert_eq!(errors, expected);
}

#[test]
fn a_single_missing_year_is_filled_and_neither_an_origin_nor_compared() {
    let mut figures = years(2001, &[BILLION; 12]);
    figures[9].cents = 4 * BILLION;
    figures.remove(10);
    let history = History::of(Window::Year, figures);
    assert_eq!((history.observed(), history.values().len()), (11, 12));
    assert_eq!(history.filled_periods(), ["2011".parse().unwrap()]);
    assert_close(history.values()[10], 2_000.0);
    assert!(!history.is_shortened());
    let naive = |known: &[f64], steps| {
        Some(Forecasted {
            values: Baseline::SeasonalNaive.forecast(known, 1, steps)?,
            // Of 2 or 5 a year ahead, and 3 or 0 two years ahead, in 10 million dollars, 1.28 times this holds the least.
            deviations: vec![30.0; steps],
        })
    };
    let errors = backtest::errors(&history, 1, naive);
    // From 2006 to 2009 and not from 2010, whose next year is filled, nor from 2011.
    assert_eq!(errors[0].count, 4);
}

#[test]
fn longer_and_frequent_gaps_begin_the_series_anew() {
    let mut figures = years(2001, &[BILLION; 20]);
    figures.drain(5..7);
    let history = History::of(Window::Year, figures.clone());
    assert_eq!(history.first(), Some("2008".parse().unwrap()));
    assert!(history.is_shortened());
    // 2017 is filled, so 2015 is not.
    figures.retain(|figure| !matches!(figure.period.year(), 2015 | 2017));
    let history = History::of(Window::Year, figures);
    assert_eq!(history.first(), Some("2016".parse().unwrap()));
    assert_eq!(history.filled_periods(), ["2017".parse().unwrap()]);
}

#[test]
fn what_cannot_be_forecast_says_why() {
    let refusal = |history: &History, due| Forecast::of(history, due, BILLION).unwrap_err();
    let short = History::of(Window::Year, years(2017, &[BILLION; 7]));
    let too_few = Refusal::TooFew {
        observed: 7,
        needed: 8,
    };
    assert_eq!(refusal(&short, 2030), too_few);
    let none = History::of(Window::Year, Vec::new());
    assert_eq!(refusal(&none, 2030).cause(), "TOO_FEW_OBSERVATIONS");
    assert_eq!(refusal(&published(), 2023), Refusal::DueYearKnown);
    assert_eq!(refusal(&published(), 2038), Refusal::TooFar);
    assert!(Forecast::of(&published(), 2037, BILLION).is_ok());
}

/// Quarters with a season: 5 years and the first quarter of the sixth.
fn quarters() -> History {
    let figures = (0..21_i16)
        .map(|quarter| {
            let (year, place) = (2020 + quarter / 4, quarter % 4);
            let noise = [3, -2, 1, -3, 2, 0, -1][usize::try_from(quarter % 7).unwrap()];
            let value =
                1_000 + 25 * quarter + [-150, 0, 50, 100][usize::try_from(place).unwrap()] + noise;
            figure(
                &format!("{year}-Q{}", place + 1),
                i64::from(value) * 100_000_000,
            )
        })
        .collect();
    History::of(Window::Quarter, figures)
}

#[test]
fn quarters_of_the_year_that_are_known_enter_as_they_are() {
    let forecast = Forecast::of(&quarters(), 2026, 6 * BILLION).unwrap();
    assert!(
        forecast.model.name().ends_with(",A)"),
        "{}",
        forecast.model.name()
    );
    let years: Vec<i16> = forecast.points.iter().map(|point| point.year).collect();
    assert_eq!(years, [2025, 2026]);
    // The line that the figures follow: 4 * 1000 + 25 * (20 + 21 + 22 + 23), and 400 more a year later.
    for (point, expected) in forecast.points.iter().zip([6_150, 6_550]) {
        let distance = (point.cents - expected * 100_000_000).abs();
        assert!(
            distance < 3_000_000_000,
            "{} is not {expected}",
            point.cents
        );
    }
    assert!(forecast.points[0].deviation_cents < forecast.points[1].deviation_cents);
    assert_eq!(forecast.probability_ppm, ONE_PPM);
    // From the first quarters of 2023 and 2024, which leave 13 and 17 quarters to learn from.
    assert_eq!(forecast.errors[0].count, 2);
    assert!(forecast.errors[0].mape_ppm < Some(20_000));
    assert_eq!(quarters().first_place(), 0);
    let naive = &forecast.baselines[0];
    let last_four: i64 = quarters().figures()[17..]
        .iter()
        .map(|figure| figure.cents)
        .sum();
    assert_eq!(naive.cents, Some(last_four));
    assert_eq!(forecast.better_baseline(), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_series_is_forecast_or_refused(
        cents in prop::collection::vec(0_i64..=MAX_CENTS / 100, 0..16),
        due in 2000_i16..2040,
    ) {
        let history = History::of(Window::Year, years(2001, &cents));
        if let Ok(forecast) = Forecast::of(&history, due, BILLION) {
            prop_assert!((0..=ONE_PPM).contains(&forecast.probability_ppm));
            for point in &forecast.points {
                let [inner, outer] = point.intervals.as_slice() else { panic!() };
                prop_assert!(0 <= outer.1 && outer.1 <= inner.1 && inner.1 <= point.cents);
                prop_assert!(point.cents <= inner.2 && inner.2 <= outer.2);
            }
        }
    }

    #[test]
    fn a_forecast_does_not_depend_on_the_unit_of_money(factor in 1_i64..1_000) {
        let base: Vec<i64> = published().figures().iter().map(|figure| figure.cents).collect();
        let scaled: Vec<i64> = base.iter().map(|cents| cents * factor).collect();
        let forecast = |cents: &[i64], target| {
            Forecast::of(&History::of(Window::Year, years(2010, cents)), 2026, target).unwrap()
        };
        let (one, other) = (forecast(&base, 5 * BILLION), forecast(&scaled, 5 * BILLION * factor));
        prop_assert_eq!(one.model.name(), other.model.name());
        prop_assert!((one.probability_ppm - other.probability_ppm).abs() < 1_000);
    }
}
