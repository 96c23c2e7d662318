//! Dates and instants between the contracts and jiff, with what is wrong about the ones that
//! cannot be taken.

use jiff::{Timestamp, civil};

use crate::google::r#type::Date;

/// The years that Accord takes: early enough for any treaty register, late enough for any term.
const YEARS: std::ops::RangeInclusive<i16> = 1500..=2500;

/// Converts a date of the contracts, which must be complete and lie in the years 1500 to 2500.
///
/// The error says what is wrong and what would be right, as the description of a field violation.
pub fn to_date(date: &Date) -> Result<civil::Date, String> {
    let Date { year, month, day } = *date;
    if year == 0 || month == 0 || day == 0 {
        return Err("must be a complete date: year, month and day".to_owned());
    }
    let Some(year) = i16::try_from(year).ok().filter(|y| YEARS.contains(y)) else {
        return Err(format!("the year must be 1500 to 2500, not {year}"));
    };
    let (Ok(month), Ok(day)) = (i8::try_from(month), i8::try_from(day)) else {
        return Err(format!(
            "{year:04}-{month}-{day} is not a day of the calendar"
        ));
    };
    civil::Date::new(year, month, day)
        .map_err(|_| format!("{year:04}-{month:02}-{day:02} is not a day of the calendar"))
}

/// Converts a date to the contracts.
#[must_use]
pub fn from_date(date: civil::Date) -> Date {
    Date {
        year: date.year().into(),
        month: date.month().into(),
        day: date.day().into(),
    }
}

/// Converts an instant of the contracts, which must lie in the years 1500 to 2500 and have 0 to
/// 999,999,999 nanoseconds; what is finer than a microsecond is cut off, as databases keep no more.
///
/// The error says what is wrong and what would be right, as the description of a field violation.
pub fn to_timestamp(timestamp: &prost_types::Timestamp) -> Result<Timestamp, String> {
    if !(0..=999_999_999).contains(&timestamp.nanos) {
        return Err(format!(
            "nanos must be 0 to 999999999, not {}",
            timestamp.nanos
        ));
    }
    Timestamp::new(timestamp.seconds, timestamp.nanos / 1_000 * 1_000)
        .ok()
        .filter(|instant| YEARS.contains(&instant.to_zoned(jiff::tz::TimeZone::UTC).year()))
        .ok_or_else(|| {
            format!(
                "must lie in the years 1500 to 2500; {} seconds since 1970 does not",
                timestamp.seconds
            )
        })
}

/// Converts an instant to the contracts.
#[must_use]
pub fn from_timestamp(instant: Timestamp) -> prost_types::Timestamp {
    let nanos = instant.as_nanosecond();
    let (seconds, nanos) = (nanos.div_euclid(NANOS), nanos.rem_euclid(NANOS));
    prost_types::Timestamp {
        seconds: i64::try_from(seconds).unwrap_or_default(),
        nanos: i32::try_from(nanos).unwrap_or_default(),
    }
}

/// Nanoseconds in a second.
const NANOS: i128 = 1_000_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn date(year: i32, month: i32, day: i32) -> Date {
        Date { year, month, day }
    }

    #[test]
    fn dates_round_trip() {
        for given in [
            date(2021, 12, 6),
            date(1500, 1, 1),
            date(2500, 12, 31),
            date(2024, 2, 29),
        ] {
            assert_eq!(from_date(to_date(&given).unwrap()), given);
        }
    }

    #[test]
    fn impossible_dates_say_what_is_wrong() {
        for (given, expected) in [
            (
                date(2021, 12, 0),
                "must be a complete date: year, month and day",
            ),
            (
                date(0, 12, 6),
                "must be a complete date: year, month and day",
            ),
            (date(2023, 2, 29), "2023-02-29 is not a day of the calendar"),
            (
                date(2023, 200, 1),
                "2023-200-1 is not a day of the calendar",
            ),
            (date(2023, -1, 1), "2023--1-01 is not a day of the calendar"),
            (
                date(1499, 12, 31),
                "the year must be 1500 to 2500, not 1499",
            ),
            (
                date(i32::MAX, 1, 1),
                "the year must be 1500 to 2500, not 2147483647",
            ),
        ] {
            assert_eq!(to_date(&given), Err(expected.to_owned()));
        }
    }

    #[test]
    fn instants_round_trip_in_microseconds() {
        for (seconds, nanos) in [(0, 0), (-1, 999_999_000), (1_638_748_800, 123_456_000)] {
            let given = prost_types::Timestamp { seconds, nanos };
            assert_eq!(from_timestamp(to_timestamp(&given).unwrap()), given);
        }
        let fine = prost_types::Timestamp {
            seconds: -1,
            nanos: 1_999,
        };
        assert_eq!(from_timestamp(to_timestamp(&fine).unwrap()).nanos, 1_000);
    }

    #[test]
    fn impossible_instants_are_refused() {
        for (seconds, nanos) in [
            (0, -1),
            (0, 1_000_000_000),
            (i64::MAX, 0),
            (-20_000_000_000, 0),
        ] {
            assert!(to_timestamp(&prost_types::Timestamp { seconds, nanos }).is_err());
        }
    }
}
