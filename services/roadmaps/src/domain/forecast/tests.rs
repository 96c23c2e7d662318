//! What forecasts promise.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;

/// Monday, 3 January 2022: the roadmap was adopted in the week before.
const FIRST: Date = date(2022, 1, 3);

/// A roadmap that had these numbers of measures attested in the weeks from [`FIRST`] on.
fn known(weekly: &[i64], remaining: i64) -> Known {
    let mut attested = Vec::new();
    for (week, count) in weekly.iter().enumerate() {
        for number in 0..*count {
            let day = FIRST.saturating_add(weeks(week));
            attested.push(day.saturating_add((number % 7).days()));
        }
    }
    Known {
        adopted: date(2021, 12, 30),
        today: FIRST
            .saturating_add(weeks(weekly.len()))
            .saturating_add(2.days()),
        period_end: date(2023, 12, 31),
        attested,
        remaining,
    }
}

#[test]
fn a_steady_past_leaves_no_doubt() {
    let forecast = Forecast::of(&known(&[2; 12], 9), 26).unwrap();
    assert_eq!(forecast.weekly, [2; 12]);
    assert_eq!(forecast.history_start, FIRST);
    assert_eq!(forecast.history_end, date(2022, 3, 27));
    assert_eq!(forecast.weeks, [Some(5); 3]);
    assert_eq!(forecast.end_of_week(5), date(2022, 5, 1));
    assert_eq!(forecast.by_period_end_ppm, 1_000_000);
    let backtest = forecast.backtest.unwrap();
    assert_eq!(backtest.absolute_error_milli, 0);
    assert_eq!(backtest.coverage_ppm, 1_000_000);
}

#[test]
fn too_thin_a_past_is_refused_with_what_there_is() {
    let thin = |weekly: &[i64]| Forecast::of(&known(weekly, 5), 26).unwrap_err();
    let found = thin(&[5, 5, 5, 5, 5, 5, 5]);
    assert_eq!(
        (found.weeks, found.attested, found.active_weeks),
        (7, 35, 7)
    );
    let found = thin(&[1, 1, 1, 1, 1, 1, 1, 1, 1]);
    assert_eq!((found.weeks, found.attested, found.active_weeks), (9, 9, 9));
    let found = thin(&[9, 9, 9, 0, 0, 0, 0, 0, 0]);
    assert_eq!(
        (found.weeks, found.attested, found.active_weeks),
        (9, 27, 3)
    );
    assert!(Forecast::of(&known(&[3, 3, 3, 1, 0, 0, 0, 0], 5), 26).is_ok());
}

#[test]
fn only_the_latest_weeks_are_drawn_from() {
    let weekly = [[9; 10].as_slice(), &[1, 2, 1, 2, 1, 2, 1, 2]].concat();
    let forecast = Forecast::of(&known(&weekly, 12), 8).unwrap();
    assert_eq!(forecast.weekly, [1, 2, 1, 2, 1, 2, 1, 2]);
    assert_eq!(forecast.history_start, date(2022, 3, 14));
    // Three measures in two weeks are eight weeks for twelve.
    assert_eq!(forecast.weeks[0], Some(8));
}

#[test]
fn what_is_beyond_the_horizon_is_not_told() {
    let forecast = Forecast::of(&known(&[4, 3, 2, 1, 0, 0, 0, 0], 100_000), 26).unwrap();
    assert_eq!(forecast.weeks, [None; 3]);
    assert_eq!(forecast.by_period_end_ppm, 0);
}

#[test]
fn what_was_attested_in_the_week_of_the_adoption_and_in_the_running_week_is_not_drawn() {
    let mut known = known(&[2; 8], 5);
    known.attested.extend([date(2022, 1, 1), known.today]);
    assert_eq!(Forecast::of(&known, 26).unwrap().weekly, [2; 8]);
}

#[test]
fn a_short_past_is_less_sure_than_a_long_one_of_the_same_kind() {
    let spread = |weekly: &[i64]| {
        let forecast = Forecast::of(&known(weekly, 60), 260).unwrap();
        let [median, _, late] = forecast.weeks;
        late.unwrap() - median.unwrap()
    };
    let long = [0, 1, 2, 3].repeat(20);
    assert!(spread(&[0, 1, 2, 3].repeat(2)) > spread(&long));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn forecasts_are_repeatable_and_their_quantiles_in_order(
        weekly in prop::collection::vec(0..5_i64, 8..40), remaining in 1..60_i64,
    ) {
        let known = known(&weekly, remaining);
        let forecast = Forecast::of(&known, 26);
        prop_assert_eq!(&forecast, &Forecast::of(&known, 26));
        if let Ok(forecast) = forecast {
            let [half, most, nearly_all] = forecast.weeks.map(|weeks| weeks.unwrap_or(HORIZON_WEEKS + 1));
            prop_assert!(1 <= half && half <= most && most <= nearly_all);
            let best = weekly.iter().max().copied().unwrap_or(1);
            prop_assert!(i64::try_from(half).unwrap() * best >= remaining);
            prop_assert!((0..=1_000_000).contains(&forecast.by_period_end_ppm));
            if let Some(backtest) = forecast.backtest {
                prop_assert!(backtest.error_milli.abs() <= backtest.absolute_error_milli);
            }
        }
    }
}
