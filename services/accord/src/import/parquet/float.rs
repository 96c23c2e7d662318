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

/// Writes a number of single precision with its six digits that all decimals keep.
pub(super) fn shortest(value: f32) -> String {
    if value.fract() == 0.0 {
        return value.to_string();
    }
    let told: f32 = format!("{value:.5e}").parse().unwrap_or(value);
    told.to_string()
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
        assert_eq!(shortest(0.1 + 0.2), "0.3");
        assert_eq!(shortest(16_777_216.0), "16777216");
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
