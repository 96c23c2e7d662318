//! What is asked for: the request, checked.

use accord_proto::{convert, overview::v1::GetOverviewRequest};
use aip::{Violations, text};
use clock::Clock;
use fault::Fault;
use jiff::{Timestamp, civil::Date, tz::TimeZone};

aip::resource_name! {
    /// Name of an overview.
    pub struct OverviewName = "partnerships/{partnership}/overview";
}

/// One checked request.
#[derive(Clone, Debug)]
pub(super) struct Question {
    /// The overview.
    pub(super) name: OverviewName,
    /// The day for legal states and deadlines.
    pub(super) day: Date,
    /// The moment as of which facts count as known.
    pub(super) known_time: Timestamp,
    /// Whether the caller chose that moment; otherwise it is now.
    pub(super) known_time_is_chosen: bool,
    /// The preferred language of texts.
    pub(super) language: String,
}

impl Question {
    /// Checks a request; `clock` says what now and today are.
    pub(super) fn parse(request: &GetOverviewRequest, clock: &Clock) -> Result<Self, Fault> {
        let now = clock.now();
        let mut violations = Violations::new();
        let name = violations.take(OverviewName::parse("name", &request.name));
        let chosen = violations
            .take(aip::convert::optional_time(
                "known_time",
                request.known_time.as_ref(),
            ))
            .flatten();
        if chosen.is_some_and(|chosen| chosen > now) {
            violations.push("known_time", "TIME_INVALID", "must not lie in the future");
        }
        let day = violations
            .take(aip::convert::optional_date(
                "effective_date",
                request.effective_date.as_ref(),
            ))
            .flatten();
        let language = if request.language_code.is_empty() {
            Some("en".to_owned())
        } else {
            violations.take(text::language_tag("language_code", &request.language_code))
        };
        let (Some(name), Some(language), true) = (name, language, violations.is_empty()) else {
            return Err(violations.into());
        };
        let known_time = chosen.unwrap_or(now);
        Ok(Self {
            name,
            day: day.unwrap_or_else(|| date_of(known_time)),
            known_time,
            known_time_is_chosen: chosen.is_some(),
            language,
        })
    }

    /// The name of the partnership asked about.
    pub(super) fn partnership(&self) -> String {
        format!("partnerships/{}", self.name.partnership)
    }

    /// The day of `known_time`, in UTC.
    pub(super) fn known_day(&self) -> Date {
        date_of(self.known_time)
    }

    /// The moment to ask a service about: nothing for now, so that clocks which differ a little
    /// do not make it the future.
    pub(super) fn known_time_to_ask(&self) -> Option<prost_types::Timestamp> {
        self.known_time_is_chosen
            .then(|| convert::from_timestamp(self.known_time))
    }
}

/// The day of `instant`, in UTC.
fn date_of(instant: Timestamp) -> Date {
    instant.to_zoned(TimeZone::UTC).date()
}

#[cfg(test)]
mod tests {
    use tonic::Code;

    use super::*;

    const NAME: &str = "partnerships/uz-kz/overview";

    fn clock() -> Clock {
        Clock::fixed("2026-11-23T09:00:00Z".parse().expect("instant"))
    }

    fn request() -> GetOverviewRequest {
        GetOverviewRequest {
            name: NAME.to_owned(),
            ..GetOverviewRequest::default()
        }
    }

    #[test]
    fn now_today_and_english_are_the_defaults() {
        let question = Question::parse(&request(), &clock()).expect("valid");
        assert_eq!(question.partnership(), "partnerships/uz-kz");
        assert_eq!(question.known_time, clock().now());
        assert_eq!(question.day, clock().today());
        assert_eq!(question.language, "en");
        assert_eq!(question.known_time_to_ask(), None);
    }

    #[test]
    fn day_defaults_to_the_day_of_the_known_time() {
        let known: Timestamp = "2023-01-01T23:59:59Z".parse().expect("instant");
        let request = GetOverviewRequest {
            known_time: Some(convert::from_timestamp(known)),
            ..request()
        };
        let question = Question::parse(&request, &clock()).expect("valid");
        assert_eq!(question.day, jiff::civil::date(2023, 1, 1));
        assert!(question.known_time_to_ask().is_some());
    }

    #[test]
    fn every_violation_is_reported_at_once() {
        let request = GetOverviewRequest {
            name: "partnerships/UZ/overview".to_owned(),
            effective_date: Some(accord_proto::google::r#type::Date {
                year: 2023,
                month: 2,
                day: 29,
            }),
            known_time: Some(convert::from_timestamp(
                "2026-11-24T09:00:00Z".parse().expect("instant"),
            )),
            language_code: "en_US".to_owned(),
        };
        let fault = Question::parse(&request, &clock()).expect_err("invalid");
        assert_eq!(fault.code(), Code::InvalidArgument);
        assert_eq!(fault.reason(), "INVALID_FIELD_VALUES");
    }
}
