//! Decimal numbers as statistics print them, kept as whole numbers of their smallest unit.
//!
//! Money is US cents and weight is grams: nothing here or above passes through floating point.

use std::fmt;

/// The largest amount of money: 10^17 cents, a thousand times the world's yearly trade. Sums of a few
/// dozen such amounts still fit in 64 bits.
pub const MAX_CENTS: i64 = 100_000_000_000_000_000;

/// Digits after the point of an amount in dollars.
pub const CENT_DIGITS: u32 = 2;

/// Digits after the point of a weight in kilograms.
pub const GRAM_DIGITS: u32 = 3;

/// Why a text is not a decimal number that can be kept exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The text is not digits with at most one point between digits.
    #[error("is not a decimal number such as 1407547.5, without sign, spaces or separators")]
    Malformed,
    /// The number has more places than the unit.
    #[error("has more decimal places than can be kept exactly")]
    TooPrecise,
    /// The number is larger than [`MAX_CENTS`] of its unit.
    #[error("is too large")]
    TooLarge,
}

/// Reads a decimal number times 10^`exponent` as a whole number of units of 10^-`digits`.
///
/// `parse("1407547.5", 3, CENT_DIGITS)` reads 1,407,547.5 thousand dollars as 140,754,750,000 cents.
pub fn parse(text: &str, exponent: u32, digits: u32) -> Result<i64, Error> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits_only = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let pointed = text.contains('.');
    if whole.is_empty()
        || (pointed && fraction.is_empty())
        || !digits_only(whole)
        || !digits_only(fraction)
    {
        return Err(Error::Malformed);
    }
    let places = (exponent + digits) as usize;
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > places {
        return Err(Error::TooPrecise);
    }
    whole
        .bytes()
        .chain(fraction.bytes())
        .chain(std::iter::repeat_n(b'0', places - fraction.len()))
        .try_fold(0_i64, |units, byte| {
            units
                .checked_mul(10)?
                .checked_add(i64::from(byte - b'0'))
                .filter(|units| *units <= MAX_CENTS)
        })
        .ok_or(Error::TooLarge)
}

/// Shows a whole number of units of 10^-`digits` as a decimal number, with all its places.
#[derive(Clone, Copy, Debug)]
pub struct Decimal {
    /// The whole number of units.
    pub units: i64,
    /// How many places a unit has.
    pub digits: u32,
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = 10_u64.pow(self.digits);
        let sign = if self.units < 0 { "-" } else { "" };
        let (whole, rest) = (
            self.units.unsigned_abs() / scale,
            self.units.unsigned_abs() % scale,
        );
        if self.digits == 0 {
            return write!(f, "{sign}{whole}");
        }
        write!(
            f,
            "{sign}{whole}.{rest:0width$}",
            width = self.digits as usize
        )
    }
}

/// Shows an amount in dollars and cents, for sentences.
#[must_use]
pub fn dollars(cents: i64) -> Decimal {
    Decimal {
        units: cents,
        digits: CENT_DIGITS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn published_figures_are_read_exactly() {
        for (text, exponent, cents) in [
            ("1407547.5", 3, 140_754_750_000),
            ("4921935.90496", 3, 492_193_590_496),
            ("4.97", 9, 497_000_000_000),
            ("886465500", 0, 88_646_550_000),
            ("0", 0, 0),
            ("007.10", 0, 710),
            ("0.0100", 0, 1),
        ] {
            assert_eq!(parse(text, exponent, CENT_DIGITS), Ok(cents), "{text}");
        }
    }

    #[test]
    fn what_is_no_decimal_number_is_refused() {
        for text in [
            "", ".", "1.", ".5", "1,5", "-1", "+1", "1e3", " 1", "1.2.3", "١",
        ] {
            assert_eq!(
                parse(text, 0, CENT_DIGITS),
                Err(Error::Malformed),
                "{text:?}"
            );
        }
        assert_eq!(parse("0.001", 0, CENT_DIGITS), Err(Error::TooPrecise));
        assert_eq!(parse("1.234567", 3, CENT_DIGITS), Err(Error::TooPrecise));
        assert_eq!(parse("1000000000000000", 0, CENT_DIGITS), Ok(MAX_CENTS));
        assert_eq!(
            parse("1000000000000000.01", 0, CENT_DIGITS),
            Err(Error::TooLarge)
        );
        assert_eq!(
            parse(&"9".repeat(400), 0, CENT_DIGITS),
            Err(Error::TooLarge)
        );
    }

    proptest! {
        #[test]
        fn formatting_and_parsing_round_trip(units in 0..=MAX_CENTS, digits in 0_u32..=3) {
            let text = Decimal { units, digits }.to_string();
            prop_assert_eq!(parse(&text, 0, digits), Ok(units));
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,40}", exponent in 0_u32..=9) {
            if let Ok(units) = parse(&text, exponent, CENT_DIGITS) {
                prop_assert!((0..=MAX_CENTS).contains(&units));
            }
        }
    }
}
