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

/// Reads when something was published: as [`moment`], but of a day that has not ended yet what is over of it.
///
/// Nothing can be published at the end of today before the day is over.
pub fn publication(text: &str) -> Result<prost_types::Timestamp, String> {
    published(text, Timestamp::now()).map(accord_proto::convert::from_timestamp)
}

fn published(text: &str, now: Timestamp) -> Result<Timestamp, String> {
    let Ok(day) = parse_day(text) else {
        return text.parse().map_err(|_| {
            format!("\"{text}\" is neither a day such as 2023-01-31 nor an instant such as 2023-01-31T12:00:00Z")
        });
    };
    let begin = day
        .to_zoned(jiff::tz::TimeZone::UTC)
        .map_err(|error| error.to_string())?
        .timestamp();
    let end = end_of(day)?;
    if (begin..=end).contains(&now) {
        // Whole seconds: a fraction says nothing about when the source appeared.
        return now
            .round(
                jiff::TimestampRound::new()
                    .smallest(jiff::Unit::Second)
                    .mode(jiff::RoundMode::Floor),
            )
            .map_err(|error| error.to_string());
    }
    Ok(end)
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
    fn what_is_published_today_is_published_by_now() {
        let now: Timestamp = "2026-11-30T17:12:03.5Z".parse().unwrap();
        let at = |text: &str| published(text, now).map(|at| at.to_string());
        assert_eq!(at("2026-11-30").unwrap(), "2026-11-30T17:12:03Z");
        assert_eq!(at("2026-11-29").unwrap(), "2026-11-29T23:59:59.999999Z");
        assert_eq!(at("2026-12-01").unwrap(), "2026-12-01T23:59:59.999999Z");
        assert_eq!(at("2026-11-30T09:00:00Z").unwrap(), "2026-11-30T09:00:00Z");
        assert!(at("today").is_err());
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
