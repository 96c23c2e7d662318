//! Numbers that a program kept in floating point, as decimals.

/// Writes a number of double precision with the fifteen digits that all decimals keep in it, so that `0.1 + 0.2`, which is
/// 0.30000000000000004 there, is 0.3.
pub(super) fn plain(value: f64) -> String {
    // Larger whole numbers are exact, though they have more digits.
    if value.fract() == 0.0 {
        return value.to_string();
    }
    let told: f64 = format!("{value:.14e}").parse().unwrap_or(value);
    told.to_string()
}

/// Writes a number of single precision with the digits that tell it from its neighbours.
pub(super) fn shortest(value: f32) -> String {
    value.to_string()
}

/// Writes an amount with so many places as the decimal that it was made from: the one of that many places that is as
/// near as arithmetic is exact, and otherwise what it says; nothing where numbers so large are further apart, so that
/// many decimals are the same number.
pub(super) fn single(value: f32, places: usize) -> Option<String> {
    let size = value.abs();
    let apart = f64::from(size.next_up()) - f64::from(size);
    let value_told = f64::from(value);
    keeps(value_told, apart, places)
        .then(|| near(value_told, apart, places).unwrap_or_else(|| shortest(value)))
}

/// The same of double precision.
pub(super) fn double(value: f64, places: usize) -> Option<String> {
    let apart = value.abs().next_up() - value.abs();
    keeps(value, apart, places).then(|| near(value, apart, places).unwrap_or_else(|| plain(value)))
}

/// Tells whether decimals of some places are different numbers, where numbers are `apart`.
fn keeps(value: f64, apart: f64, places: usize) -> bool {
    let unit: f64 = format!("1e-{places}").parse().unwrap_or(0.0);
    !value.is_finite() || value == 0.0 || apart < unit
}

/// The decimal of some places that is as near to a number as arithmetic is exact, if one is.
fn near(value: f64, apart: f64, places: usize) -> Option<String> {
    let text = format!("{value:.places$}");
    let told: f64 = text.parse().ok()?;
    let text = match text.split_once('.') {
        Some(_) => text.trim_end_matches('0').trim_end_matches('.'),
        None => &text,
    };
    ((told - value).abs() <= 2.0 * apart).then(|| text.to_owned())
}

/// Rounds a plain decimal to some places, half away from zero; none if it has no more of them, or is no number.
pub(super) fn rounded(text: &str, places: usize) -> Option<String> {
    let (whole, fraction) = text.split_once('.')?;
    let (kept, rest) = fraction.split_at_checked(places)?;
    let is_more = rest.bytes().any(|digit| digit != b'0');
    if !is_more
        || !whole
            .trim_start_matches('-')
            .bytes()
            .chain(fraction.bytes())
            .all(|digit| digit.is_ascii_digit())
    {
        return None;
    }
    let (sign, digits) = whole
        .strip_prefix('-')
        .map_or(("", whole), |digits| ("-", digits));
    let mut number: u128 = format!("{digits}{kept}").parse().ok()?;
    if rest.as_bytes().first().is_some_and(|digit| *digit >= b'5') {
        number += 1;
    }
    let text = format!("{number:0width$}", width = places + 1);
    let (whole, fraction) = text.split_at(text.len() - places);
    let point = if places == 0 { "" } else { "." };
    Some(format!("{sign}{whole}{point}{fraction}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_cut_off_and_numbers_stay() {
        assert_eq!(plain(0.1 + 0.2), "0.3");
        assert_eq!(plain(1.1 + 2.2), "3.3");
        assert_eq!(plain(37_214.495_999_999_99), "37214.496");
        assert_eq!(plain(1_407_547_500.05), "1407547500.05");
        assert_eq!(plain(2022.0), "2022");
        assert_eq!(shortest(16_777_216.0), "16777216");
    }

    #[test]
    fn an_amount_is_the_decimal_that_was_written_or_nothing() {
        let told = |value, places| single(value, places).unwrap();
        assert_eq!(told(0.1 + 0.2, 2), "0.3");
        assert_eq!(told(99_999.99, 2), "99999.99");
        assert_eq!(told(1_234.567, 2), "1234.567");
        assert_eq!(told(0.0, 2), "0");
        assert_eq!(told(-12.5, 2), "-12.5");
        // From 131,072 on these numbers are a 64th apart, and of thousands of dollars they keep no cents before.
        assert_eq!(single(1_234_567.9, 2), None);
        assert_eq!(single(16_777_216.0, 2), None);
        assert_eq!(single(1_407.5, 5), None);
        let told = |value, places| double(value, places).unwrap();
        assert_eq!(told(0.1 + 0.2, 2), "0.3");
        assert_eq!(told(37_214.495_999_999_99, 2), "37214.496");
        // Sixteen digits.
        assert_eq!(told(12_345_678_901_234.56, 2), "12345678901234.56");
        assert_eq!(double(123_456_789_012_345_680.0, 2), None);
    }

    #[test]
    fn what_is_finer_is_rounded_half_away_from_zero() {
        assert_eq!(rounded("1.005", 2).as_deref(), Some("1.01"));
        assert_eq!(rounded("0.0004", 3).as_deref(), Some("0.000"));
        assert_eq!(rounded("9.999", 2).as_deref(), Some("10.00"));
        assert_eq!(rounded("-1.239", 2).as_deref(), Some("-1.24"));
        assert_eq!(rounded("1.5", 0).as_deref(), Some("2"));
        for exact in ["1.5", "1.50", "1.500", "7", "inf", "1e5"] {
            assert_eq!(rounded(exact, 2), None, "{exact}");
        }
    }
}
