//! Ratios and growth rates in parts per million.

/// One in parts per million.
pub const ONE_PPM: i64 = 1_000_000;

/// Returns `value / whole` in parts per million, exactly, rounded half away from zero; none when
/// `whole` is not positive or the result does not fit.
#[must_use]
pub fn share_ppm(value: i64, whole: i64) -> Option<i64> {
    if whole <= 0 {
        return None;
    }
    ratio(i128::from(value) * i128::from(ONE_PPM), i128::from(whole))
}

/// Returns `value / whole`, exactly, rounded half away from zero; none when `whole` is not positive or the
/// result does not fit.
#[must_use]
pub fn ratio(value: i128, whole: i128) -> Option<i64> {
    if whole <= 0 {
        return None;
    }
    let doubled = value.checked_mul(2)?;
    let rounded = (doubled + whole * doubled.signum()) / (whole * 2);
    i64::try_from(rounded).ok()
}

/// Returns the growth from `before` to `value` in parts per million, exactly, rounded half away from
/// zero; none when `before` is not positive.
#[must_use]
pub fn growth_ppm(value: i64, before: i64) -> Option<i64> {
    share_ppm(value.checked_sub(before)?, before)
}

/// Returns the compound growth a year that leads from `from` to `to` in `years` years, in parts per
/// million: (to / from)^(1 / years) - 1.
///
/// Computed in double precision, whose error is far below one part per million, and rounded half away
/// from zero; none when no year lies between, when `from` is not positive or `to` is negative.
#[must_use]
pub fn compound_growth_ppm(from: i64, to: i64, years: i32) -> Option<i64> {
    if from <= 0 || to < 0 || years <= 0 {
        return None;
    }
    #[allow(
        clippy::cast_precision_loss,
        reason = "amounts are at most 10^17 cents: the ratio is exact to fifteen digits"
    )]
    let ratio = to as f64 / from as f64;
    let growth = (ratio.powf(1.0 / f64::from(years)) - 1.0) * 1e6;
    #[allow(
        clippy::cast_possible_truncation,
        reason = "checked to lie far inside of 64 bits"
    )]
    (growth.abs() < 1e18).then(|| growth.round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BILLION: i64 = 100_000_000_000;

    #[test]
    fn the_target_of_ten_billion_by_2030() {
        let attained = 497 * BILLION / 100;
        assert_eq!(share_ppm(attained, 10 * BILLION), Some(497_000));
        assert_eq!(
            compound_growth_ppm(attained, 10 * BILLION, 5),
            Some(150_082)
        );
        assert_eq!(
            compound_growth_ppm(392_055_675_000, attained, 4),
            Some(61_090)
        );
    }

    #[test]
    fn halves_are_rounded_away_from_zero() {
        assert_eq!(share_ppm(1, 2_000_000), Some(1));
        assert_eq!(growth_ppm(1_999_999, 2_000_000), Some(-1));
        assert_eq!(share_ppm(1, 2_000_001), Some(0));
    }

    #[test]
    fn what_has_no_growth_rate_gets_none() {
        assert_eq!(growth_ppm(1, 0), None);
        assert_eq!(compound_growth_ppm(0, 1, 1), None);
        assert_eq!(compound_growth_ppm(1, 1, 0), None);
        assert_eq!(compound_growth_ppm(1, 0, 3), Some(-1_000_000));
    }

    proptest! {
        #[test]
        fn shares_lie_within_half_a_part(value in 0..=10 * BILLION, whole in 1..=10 * BILLION) {
            let share = i128::from(share_ppm(value, whole).unwrap());
            let error = share * i128::from(whole) - i128::from(value) * 1_000_000;
            prop_assert!(error.abs() * 2 <= i128::from(whole));
        }

        #[test]
        fn growth_of_one_year_agrees_with_the_exact_one(
            from in 1_000_000..=BILLION,
            to in 1_000_000..=BILLION,
        ) {
            let exact = growth_ppm(to, from).unwrap();
            let compound = compound_growth_ppm(from, to, 1).unwrap();
            prop_assert!((exact - compound).abs() <= 1);
        }
    }
}
