//! Dates and instants of requests, with their violations.

use accord_proto::{convert, google::r#type::Date};
use jiff::{Timestamp, civil};

use crate::Violation;

/// Converts a date that must be set; the reason is `FIELD_REQUIRED` or `DATE_INVALID`.
pub fn date(field: &str, value: Option<&Date>) -> Result<civil::Date, Violation> {
    optional_date(field, value)?.ok_or_else(|| Violation::required(field))
}

/// Converts a date that may be left out; the reason is `DATE_INVALID`.
pub fn optional_date(field: &str, value: Option<&Date>) -> Result<Option<civil::Date>, Violation> {
    value
        .map(convert::to_date)
        .transpose()
        .map_err(|description| Violation::new(field, "DATE_INVALID", description))
}

/// Converts an instant that must be set; the reason is `FIELD_REQUIRED` or `TIME_INVALID`.
pub fn time(field: &str, value: Option<&prost_types::Timestamp>) -> Result<Timestamp, Violation> {
    optional_time(field, value)?.ok_or_else(|| Violation::required(field))
}

/// Converts an instant that may be left out; the reason is `TIME_INVALID`.
pub fn optional_time(
    field: &str,
    value: Option<&prost_types::Timestamp>,
) -> Result<Option<Timestamp>, Violation> {
    value
        .map(convert::to_timestamp)
        .transpose()
        .map_err(|description| Violation::new(field, "TIME_INVALID", description))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_and_what_is_wrong_are_told_apart() {
        assert_eq!(date("d", None).unwrap_err().reason, "FIELD_REQUIRED");
        assert_eq!(optional_date("d", None), Ok(None));
        let impossible = Date {
            year: 2023,
            month: 2,
            day: 29,
        };
        assert_eq!(
            date("d", Some(&impossible)).unwrap_err().reason,
            "DATE_INVALID"
        );
        assert_eq!(time("t", None).unwrap_err().reason, "FIELD_REQUIRED");
        let impossible = prost_types::Timestamp {
            seconds: 0,
            nanos: -1,
        };
        assert_eq!(
            optional_time("t", Some(&impossible)).unwrap_err().reason,
            "TIME_INVALID"
        );
    }
}
