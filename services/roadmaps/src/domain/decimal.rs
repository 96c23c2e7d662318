//! Exact decimals: values of indicators, never floating point.

use std::{fmt, str::FromStr};

/// How many digits may stand after the point.
const FRACTION_DIGITS: usize = 6;
/// How many digits may stand before it.
const WHOLE_DIGITS: usize = 12;
const UNIT: i64 = 1_000_000;

/// An exact decimal, kept in millionths.
///
/// At most 12 digits before and 6 after the point, so that the difference of any two fits as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal {
    millionths: i64,
}

/// The text is not a decimal that can be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not a decimal of at most 12 digits before and 6 after the point")]
pub struct NotDecimal;

impl Decimal {
    /// Returns the decimal of so many millionths.
    #[must_use]
    pub fn from_millionths(millionths: i64) -> Self {
        Self { millionths }
    }

    /// Returns a whole number.
    #[must_use]
    pub fn whole(number: i64) -> Option<Self> {
        number.checked_mul(UNIT).map(Self::from_millionths)
    }

    /// Returns how many millionths it is.
    #[must_use]
    pub fn millionths(self) -> i64 {
        self.millionths
    }

    /// Returns this less the other.
    #[must_use]
    pub fn less(self, other: Self) -> Self {
        Self::from_millionths(self.millionths.saturating_sub(other.millionths))
    }
}

impl FromStr for Decimal {
    type Err = NotDecimal;

    fn from_str(text: &str) -> Result<Self, NotDecimal> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => (-1, digits),
            None => (1, text),
        };
        let (whole, fraction) = match digits.split_once('.') {
            Some((_, "")) => return Err(NotDecimal),
            Some(parts) => parts,
            None => (digits, ""),
        };
        let are_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let fits = (1..=WHOLE_DIGITS).contains(&whole.len()) && fraction.len() <= FRACTION_DIGITS;
        if !fits || !are_digits(whole) || !are_digits(fraction) {
            return Err(NotDecimal);
        }
        let padded = format!("{whole}{fraction:0<FRACTION_DIGITS$}");
        let millionths: i64 = padded.parse().map_err(|_| NotDecimal)?;
        Ok(Self::from_millionths(sign * millionths))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.millionths < 0 { "-" } else { "" };
        let unit = UNIT.unsigned_abs();
        let magnitude = self.millionths.unsigned_abs();
        let (whole, fraction) = (magnitude / unit, magnitude % unit);
        let fraction = format!("{fraction:0FRACTION_DIGITS$}");
        match fraction.trim_end_matches('0') {
            "" => write!(f, "{sign}{whole}"),
            fraction => write!(f, "{sign}{whole}.{fraction}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_plain_decimals_that_fit_are_read() {
        for text in [
            "",
            "-",
            ".5",
            "5.",
            "+1",
            "1e3",
            "1,5",
            "1.2.3",
            "0.1234567",
            "1234567890123",
            "٣",
        ] {
            assert_eq!(text.parse::<Decimal>(), Err(NotDecimal), "{text}");
        }
    }

    #[test]
    fn zeros_that_say_nothing_are_not_written() {
        for (text, written) in [
            ("0", "0"),
            ("-0", "0"),
            ("007.500", "7.5"),
            ("-0.000001", "-0.000001"),
            ("999999999999.999999", "999999999999.999999"),
        ] {
            assert_eq!(text.parse::<Decimal>().unwrap().to_string(), written);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(millionths in -999_999_999_999_999_999_i64..=999_999_999_999_999_999) {
            let decimal = Decimal::from_millionths(millionths);
            prop_assert_eq!(decimal.to_string().parse(), Ok(decimal));
        }

        #[test]
        fn a_difference_added_again_gives_the_value(a in -1_000_000_000_i64..1_000_000_000, b in -1_000_000_000_i64..1_000_000_000) {
            let (a, b) = (Decimal::from_millionths(a), Decimal::from_millionths(b));
            prop_assert_eq!(a.less(b).millionths() + b.millionths(), a.millionths());
        }
    }
}
