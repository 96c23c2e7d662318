//! Single values for people: money, percentages, dates, instants, names and enumeration values.

use accord_proto::google::r#type::Date;

/// Shows whole US cents as million dollars with one decimal, thousands apart: `4,651.1`.
///
/// Rounds half away from zero, as published tables do.
#[must_use]
pub fn million_dollars(cents: i64) -> String {
    /// Cents in a tenth of a million dollars.
    const TENTH: u64 = 10_000_000;
    let tenths = (cents.unsigned_abs() + TENTH / 2) / TENTH;
    let sign = if cents < 0 && tenths > 0 { "-" } else { "" };
    format!("{sign}{}.{}", thousands(tenths / 10), tenths % 10)
}

/// Shows whole US cents as whole dollars, thousands apart: `1,234`. Rounds half away from zero.
#[must_use]
pub fn dollars(cents: i64) -> String {
    let dollars = (cents.unsigned_abs() + 50) / 100;
    let sign = if cents < 0 && dollars > 0 { "-" } else { "" };
    format!("{sign}{}", thousands(dollars))
}

/// Shows US cents as they are, thousands apart: `1,234.50`.
#[must_use]
pub fn exact_dollars(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let amount = cents.unsigned_abs();
    format!("{sign}{}.{:02}", thousands(amount / 100), amount % 100)
}

/// Separates thousands by commas.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Shows a share or growth in parts per million as per cent with one decimal: `150_300` is `15.0 %`.
#[must_use]
pub fn percent(ppm: i64) -> String {
    let tenths = (ppm.unsigned_abs() + 500) / 1000;
    let sign = if ppm < 0 && tenths > 0 { "-" } else { "" };
    format!("{sign}{}.{} %", tenths / 10, tenths % 10)
}

/// Shows a civil date as `2021-12-06`; an absent one as nothing.
#[must_use]
pub fn date(date: Option<&Date>) -> String {
    date.map_or_else(String::new, |date| match (date.month, date.day) {
        (0, _) => format!("{:04}", date.year),
        (month, 0) => format!("{:04}-{month:02}", date.year),
        (month, day) => format!("{:04}-{month:02}-{day:02}", date.year),
    })
}

/// Shows an instant in UTC to the second: `2024-07-25 00:00:00Z`; an absent one as nothing.
#[must_use]
pub fn instant(instant: Option<&prost_types::Timestamp>) -> String {
    instant
        .and_then(|at| jiff::Timestamp::from_second(at.seconds).ok())
        .map_or_else(String::new, |at| {
            at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
        })
}

/// Shows the value of an enumeration in words: `LEGAL_STATE_IN_FORCE` with prefix `LEGAL_STATE_` is `in force`.
#[must_use]
pub fn words(name: &str, prefix: &str) -> String {
    match name.strip_prefix(prefix).unwrap_or(name) {
        "UNSPECIFIED" => String::new(),
        rest => rest.to_lowercase().replace('_', " "),
    }
}

/// The last segment of a resource name: its id.
#[must_use]
pub fn id(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_rounded_once_and_grouped() {
        assert_eq!(million_dollars(465_110_000_000), "4,651.1");
        assert_eq!(million_dollars(1_000_000_000_000), "10,000.0");
        assert_eq!(million_dollars(5_000_000), "0.1");
        assert_eq!(million_dollars(-4_999_999), "0.0");
        assert_eq!(million_dollars(-150_000_000), "-1.5");
        assert_eq!(million_dollars(i64::MIN), "-92,233,720,368.5");
        assert_eq!(dollars(123_450), "1,235");
        assert_eq!(dollars(-49), "0");
        assert_eq!(exact_dollars(-123_450), "-1,234.50");
    }

    #[test]
    fn shares_show_one_decimal() {
        assert_eq!(percent(150_300), "15.0 %");
        assert_eq!(percent(497_000), "49.7 %");
        assert_eq!(percent(-400), "0.0 %");
        assert_eq!(percent(-25_000), "-2.5 %");
    }

    #[test]
    fn partial_dates_show_what_they_have() {
        let whole = Date {
            year: 2021,
            month: 12,
            day: 6,
        };
        assert_eq!(date(Some(&whole)), "2021-12-06");
        assert_eq!(date(Some(&Date { day: 0, ..whole })), "2021-12");
        assert_eq!(date(None), "");
    }

    #[test]
    fn enumeration_values_read_as_words() {
        assert_eq!(words("LEGAL_STATE_IN_FORCE", "LEGAL_STATE_"), "in force");
        assert_eq!(words("LEGAL_STATE_UNSPECIFIED", "LEGAL_STATE_"), "");
    }
}
