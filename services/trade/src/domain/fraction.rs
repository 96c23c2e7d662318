//! Exact ratios of products of amounts, in parts per million.

/// How a ratio is rounded that lies between two parts per million.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// To the nearer one, a half away from zero.
    Nearest,
    /// To the smaller one.
    Down,
    /// To the greater one.
    Up,
}

/// Decimal places of one part per million.
const PLACES: u32 = 6;

/// Returns `value / whole` in parts per million; none when `whole` is 0 or the result does not fit.
///
/// The division goes place by place, so that nothing is lost as long as `whole` is less than 3 * 10^37, the product
/// of two amounts of 5 * 10^18; beyond that it is none.
#[must_use]
pub fn ppm(value: u128, whole: u128, rounding: Rounding) -> Option<i64> {
    let mut quotient = value.checked_div(whole)?;
    let mut rest = value.checked_rem(whole)?;
    for _ in 0..PLACES {
        rest = rest.checked_mul(10)?;
        quotient = quotient.checked_mul(10)?.checked_add(rest / whole)?;
        rest %= whole;
    }
    let up = match rounding {
        Rounding::Nearest => rest >= whole - rest,
        Rounding::Down => false,
        Rounding::Up => rest > 0,
    };
    i64::try_from(quotient.checked_add(u128::from(up))?).ok()
}

/// Returns the product of two amounts, which always fits.
#[must_use]
pub fn times(one: u64, other: u64) -> u128 {
    u128::from(one) * u128::from(other)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn halves_go_up_and_what_does_not_fit_is_none() {
        assert_eq!(ppm(1, 2_000_000, Rounding::Nearest), Some(1));
        assert_eq!(ppm(1, 2_000_000, Rounding::Down), Some(0));
        assert_eq!(ppm(1, 3, Rounding::Nearest), Some(333_333));
        assert_eq!(ppm(1, 3, Rounding::Up), Some(333_334));
        assert_eq!(ppm(1, 0, Rounding::Nearest), None);
        assert_eq!(ppm(u128::MAX, 1, Rounding::Nearest), None);
        assert_eq!(ppm(u128::MAX - 1, u128::MAX, Rounding::Down), None);
    }

    proptest! {
        #[test]
        fn ratios_are_those_of_long_division(value in 0..1_u128 << 100, whole in 1..1_u128 << 100) {
            let value = value % (whole << 40);
            let scaled = value * 1_000_000;
            let (down, rest) = (scaled / whole, scaled % whole);
            let of = |rounding| ppm(value, whole, rounding).map(|ppm| u128::try_from(ppm).unwrap());
            if i64::try_from(down + 1).is_ok() {
                prop_assert_eq!(of(Rounding::Down), Some(down));
                prop_assert_eq!(of(Rounding::Up), Some(down + u128::from(rest > 0)));
                prop_assert_eq!(of(Rounding::Nearest), Some(down + u128::from(rest * 2 >= whole)));
            }
        }

        #[test]
        fn products_of_large_amounts_are_exact(
            one in 1..1_000_000_000_000_000_000_u64,
            other in 1..1_000_000_000_000_000_000_u64,
        ) {
            let whole = times(one, other);
            prop_assert_eq!(ppm(whole, whole, Rounding::Down), Some(1_000_000));
            prop_assert_eq!(ppm(whole - 1, whole, Rounding::Up), Some(1_000_000));
        }
    }
}
