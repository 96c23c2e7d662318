//! Countries by the codes that foreign files use: ISO 3166-1 in two letters, three letters or digits.

use std::{collections::HashMap, sync::LazyLock};

use super::cell::is_country;

/// The table that this service ships, with its source at the top.
const SHIPPED: &str = include_str!("../../data/countries.csv");

static COUNTRIES: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
    let mut codes = HashMap::new();
    let rows = SHIPPED.lines().filter(|line| !line.starts_with('#'));
    for line in rows.skip(1) {
        if let [two, three, digits] = line.split(',').collect::<Vec<_>>()[..] {
            codes.insert(three, two);
            codes.insert(digits, two);
        }
    }
    codes.remove("");
    codes
});

/// Returns the two letters of a country by its code of two letters, three letters or digits; zeros that
/// spreadsheets drop before digits may be missing. Two letters are taken as they stand.
#[must_use]
pub fn alpha_2(code: &str) -> Option<String> {
    if is_country(code) {
        return Some(code.to_owned());
    }
    let is_short_number = (1..=3).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_digit());
    let filled = if is_short_number {
        format!("{code:0>3}")
    } else {
        code.to_owned()
    };
    COUNTRIES
        .get(filled.as_str())
        .map(|letters| (*letters).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_are_known_by_letters_and_digits() {
        for (code, country) in [
            ("UZ", "UZ"),
            ("UZB", "UZ"),
            ("860", "UZ"),
            ("398", "KZ"),
            ("004", "AF"),
            ("4", "AF"),
            ("842", "US"),
            ("840", "US"),
        ] {
            assert_eq!(alpha_2(code).as_deref(), Some(country), "{code}");
        }
    }

    #[test]
    fn the_world_and_groups_are_no_countries() {
        for code in ["0", "000", "W00", "899", "97", "", "uz", "1700", "numeric"] {
            assert_eq!(alpha_2(code), None, "{code}");
        }
    }
}
