//! Days and moments as people type them.

use accord_proto::google::r#type::Date;
use jiff::{Timestamp, civil};

/// Reads a day: `2023-01-01`.
pub fn day(text: &str) -> Result<Date, String> {
    parse_day(text).map(accord_proto::convert::from_date)
}

/// Reads a moment: a day, which means its end in UTC, or an instant such as `2024-01-01T12:00:00Z`.
///
/// "As known on" a day includes what was published on that day.
pub fn moment(text: &str) -> Result<prost_types::Timestamp, String> {
    let at = match parse_day(text) {
        Ok(day) => end_of(day)?,
        Err(wrong) => text.parse::<Timestamp>().map_err(|_| wrong)?,
    };
    Ok(accord_proto::convert::from_timestamp(at))
}

fn parse_day(text: &str) -> Result<civil::Date, String> {
    text.parse().map_err(|_| {
        format!("\"{text}\" is not a day; write it as 2023-01-31 (or, for a moment, 2023-01-31T12:00:00Z)")
    })
}

/// The last microsecond of a day, in UTC.
fn end_of(day: civil::Date) -> Result<Timestamp, String> {
    day.at(23, 59, 59, 999_999_000)
        .to_zoned(jiff::tz::TimeZone::UTC)
        .map(|zoned| zoned.timestamp())
        .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_means_its_end() {
        let moment = moment("2024-01-01").unwrap();
        assert_eq!((moment.seconds, moment.nanos), (1_704_153_599, 999_999_000));
    }

    #[test]
    fn an_instant_is_taken_as_it_is() {
        assert_eq!(
            moment("2024-01-01T00:00:00Z").unwrap().seconds,
            1_704_067_200
        );
        assert!(moment("yesterday").is_err());
        assert!(day("2024-02-30").is_err());
    }
}
