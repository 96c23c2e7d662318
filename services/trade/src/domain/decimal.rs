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
    /// The number is negative, which no amount of trade is.
    #[error("is negative; trade has no sign, its direction is the flow")]
    Negative,
    /// The number has separators between its digits, or a decimal comma.
    #[error(
        "has separators between its digits; write it like 1407547.5, with a point before decimals only"
    )]
    Separated,
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
        return Err(what_is_wrong(text));
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

/// Says which of the usual ways to write a number otherwise this is.
fn what_is_wrong(text: &str) -> Error {
    let unsigned = text
        .strip_prefix('-')
        .or_else(|| text.strip_prefix('\u{2212}'));
    let is_separator =
        |c: char| c.is_whitespace() || matches!(c, ',' | '.' | '\'' | '\u{2019}' | '_');
    let body = unsigned.unwrap_or(text);
    let is_number = body.starts_with(|c: char| c.is_ascii_digit())
        && body.ends_with(|c: char| c.is_ascii_digit())
        && body.chars().all(|c| c.is_ascii_digit() || is_separator(c));
    match (is_number, unsigned) {
        (true, Some(_)) => Error::Negative,
        (true, None) => Error::Separated,
        (false, _) => Error::Malformed,
    }
}

/// Reads a number as programs print what they keep in floating point, `1.2E7` and
/// `37214.49599999999` among them, as a whole number of units of 10^-`digits` after multiplying by
/// 10^`exponent`. What is finer than a unit is rounded, half away from zero; the second part of the answer
/// tells whether anything was.
pub fn parse_rounded(text: &str, exponent: u32, digits: u32) -> Result<(i64, bool), Error> {
    let (mantissa, power) = match text.split_once(['e', 'E']) {
        Some((mantissa, power)) => (
            mantissa,
            power.parse::<i32>().map_err(|_| Error::Malformed)?,
        ),
        None => (text, 0),
    };
    // Whether the mantissa is a number at all; its size is looked at below.
    match parse(mantissa, 0, 0) {
        Ok(_) | Err(Error::TooPrecise | Error::TooLarge) => {}
        Err(error) => return Err(error),
    }
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
    let places = i64::from(exponent) + i64::from(digits) + i64::from(power);
    let kept = i64::try_from(whole.len()).unwrap_or(i64::MAX) + places;
    let kept_digits = usize::try_from(kept.max(0)).unwrap_or(usize::MAX);
    let (units, rest) = all.split_at(kept_digits.min(all.len()));
    let zeros = kept_digits - units.len();
    let mut number = 0_i64;
    for byte in units {
        number = push_digit(number, *byte)?;
    }
    if number > 0 {
        for _ in 0..zeros {
            number = push_digit(number, b'0')?;
        }
    }
    let is_cut = rest.iter().any(|byte| *byte != b'0');
    let is_up = kept >= 0 && rest.first().is_some_and(|byte| *byte >= b'5');
    Ok((number + i64::from(is_up), is_cut))
}

fn push_digit(number: i64, digit: u8) -> Result<i64, Error> {
    number
        .checked_mul(10)
        .and_then(|number| number.checked_add(i64::from(digit - b'0')))
        .filter(|number| *number <= MAX_CENTS)
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
        for text in ["", ".", "1.", ".5", "+1", "1e3", " 1", "-", "--1", "١"] {
            assert_eq!(
                parse(text, 0, CENT_DIGITS),
                Err(Error::Malformed),
                "{text:?}"
            );
        }
        for text in ["-1", "-1.50", "-1 000", "\u{2212}5"] {
            assert_eq!(parse(text, 0, CENT_DIGITS), Err(Error::Negative), "{text}");
        }
        for text in [
            "1,5",
            "1 000",
            "1\u{a0}407\u{202f}547.5",
            "1'000",
            "1.2.3",
            "1,407,547.50",
        ] {
            assert_eq!(parse(text, 0, CENT_DIGITS), Err(Error::Separated), "{text}");
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

    #[test]
    fn printed_floats_are_rounded_to_the_unit() {
        for (text, cents, is_cut) in [
            ("37214.49599999999", 3_721_450, true),
            ("1.2E7", 1_200_000_000, false),
            ("1e-3", 0, true),
            ("5e-3", 1, true),
            ("4e-9", 0, true),
            ("0", 0, false),
            ("0e99", 0, false),
            ("12.5", 1_250, false),
            ("0.005", 1, true),
            ("1.0e+2", 10_000, false),
        ] {
            let read = parse_rounded(text, 0, CENT_DIGITS);
            assert_eq!(read, Ok((cents, is_cut)), "{text}");
        }
        for (text, error) in [
            ("1e99", Error::TooLarge),
            ("1e99999999999", Error::Malformed),
            ("-1.5", Error::Negative),
            ("NaN", Error::Malformed),
            ("1e", Error::Malformed),
        ] {
            assert_eq!(parse_rounded(text, 0, CENT_DIGITS), Err(error), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_exact_is_read_alike(units in 0..=MAX_CENTS, exponent in 0_u32..3) {
            let text = Decimal { units, digits: 3 }.to_string();
            let rounded = parse_rounded(&text, exponent, CENT_DIGITS);
            match parse(&text, exponent, CENT_DIGITS) {
                Ok(exact) => prop_assert_eq!(rounded, Ok((exact, false))),
                Err(Error::TooPrecise) => prop_assert!(matches!(rounded, Ok((_, true)))),
                Err(error) => prop_assert_eq!(rounded, Err(error)),
            }
        }

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
