//! Between the contracts and the domain, both ways: the only place that knows both.

pub(crate) mod advantage;
pub(crate) mod breakdown;
pub(crate) mod classification;
pub(crate) mod complementarity;
pub(crate) mod enums;
pub(crate) mod explanation;
pub(crate) mod figure;
pub(crate) mod forecast;
pub(crate) mod group;
pub(crate) mod import;
pub(crate) mod mirror;
pub(crate) mod observation;
pub(crate) mod outcome;
pub(crate) mod release;
pub(crate) mod series;
pub(crate) mod target;

use accord_proto::{convert, google::r#type::Date};
use aip::{Violation, Violations, text};
use jiff::{Timestamp, civil};

use crate::domain::cell::WORLD;

/// Shows an instant.
pub(crate) fn timestamp(time: Timestamp) -> prost_types::Timestamp {
    convert::from_timestamp(time)
}

/// Shows a date.
pub(crate) fn date(date: civil::Date) -> Date {
    convert::from_date(date)
}

/// The violation of an enum field that has no value where one is needed, or one that the contract does
/// not know.
pub(crate) fn bad_enum(field: &str, value: i32) -> Violation {
    if value == 0 {
        Violation::required(field)
    } else {
        Violation::new(
            field,
            "FIELD_INVALID",
            format!("{value} is not one of the values of the contract"),
        )
    }
}

/// Reads an enum field that must have a value.
pub(crate) fn needed<T>(
    field: &str,
    value: i32,
    read: fn(i32) -> Option<T>,
) -> Result<T, Violation> {
    read(value).ok_or_else(|| bad_enum(field, value))
}

/// Reads an enum field that may be left out.
pub(crate) fn optional<T>(
    field: &str,
    value: i32,
    read: fn(i32) -> Option<T>,
) -> Result<Option<T>, Violation> {
    if value == 0 {
        return Ok(None);
    }
    needed(field, value, read).map(Some)
}

/// Reads a country, or the world.
pub(crate) fn area(field: &str, value: &str) -> Result<String, Violation> {
    if value == WORLD {
        return Ok(value.to_owned());
    }
    text::country(field, value)
}

/// Reads a list whose members may each stand there once.
pub(crate) fn distinct<T: PartialEq, U>(
    field: &str,
    members: &[U],
    violations: &mut Violations,
    read: impl Fn(&str, &U) -> Result<T, Violation>,
) -> Vec<T> {
    let mut distinct: Vec<T> = Vec::new();
    for (index, member) in members.iter().enumerate() {
        let place = format!("{field}[{index}]");
        match violations.take(read(&place, member)) {
            Some(member) if distinct.contains(&member) => {
                violations.push(place, "DUPLICATE_VALUE", "stands there twice");
            }
            Some(member) => distinct.push(member),
            None => {}
        }
    }
    distinct
}
