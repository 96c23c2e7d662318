//! How a question about a target is read and put to the series.

use ::fault::Fault;
use accord_proto::trade::v1;
use aip::{Violations, convert as values};
use jiff::{Timestamp, tz::TimeZone};

use crate::{
    api::{
        convert, fault,
        query::{read_policy, reporters},
    },
    domain::{
        cell::Commodity,
        name::TargetName,
        period::YEARS,
        target::{Measurement, Target},
        turnover::{Method, Question},
    },
    store::observations::Series,
};

/// What questions about a target have in common, as they come.
pub(super) struct Raw<'a> {
    pub(super) name: &'a str,
    pub(super) known_time: Option<&'a prost_types::Timestamp>,
    pub(super) recorded_before: Option<&'a prost_types::Timestamp>,
    pub(super) measurement: Option<&'a v1::Measurement>,
    pub(super) mixed_scope_policy: i32,
}

/// What questions about a target have in common, checked.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) name: TargetName,
    pub(super) known: Timestamp,
    pub(super) recorded_before: Option<Timestamp>,
    pub(super) measurement: Option<Measurement>,
    pub(super) allows_mixtures: bool,
}

/// Reads what questions have in common.
pub(super) fn read(raw: &Raw<'_>, now: Timestamp, violations: &mut Violations) -> Option<Asked> {
    let name = violations.take(TargetName::parse("name", raw.name));
    let known = values::optional_time("known_time", raw.known_time);
    let known = violations.take(known).flatten().unwrap_or(now);
    let recorded_before = values::optional_time("recorded_before", raw.recorded_before);
    let recorded_before = violations.take(recorded_before).flatten();
    let measurement = raw.measurement.and_then(|measurement| {
        convert::target::read_measurement(measurement)
            .map_err(|found| violations.merge_under("measurement", found))
            .ok()
    });
    let policy = read_policy("mixed_scope_policy", raw.mixed_scope_policy);
    let allows_mixtures = violations.take(policy);
    Some(Asked {
        name: name?,
        known,
        recorded_before,
        measurement,
        allows_mixtures: allows_mixtures?,
    })
}

impl Asked {
    /// Puts the question: turnover is measured between the two parties, from the reporter's side if there is
    /// one.
    pub(super) fn question(&self, target: &Target) -> Result<Question, Fault> {
        let own = &target.agreement.measurement;
        question(target, self.measurement.as_ref().unwrap_or(own), self.known)
    }

    /// Returns which figures answer a question.
    pub(super) fn series(&self, question: &Question) -> Series {
        self.series_known(question, self.known)
    }

    /// Returns which figures answer a question as known at another moment.
    pub(super) fn series_known(&self, question: &Question, known: Timestamp) -> Series {
        Series {
            partnership: self.name.partnership.clone(),
            commodity: Commodity::Total,
            region: String::new(),
            reporters: reporters(question.method, &question.reporter, &question.partner),
            partners: [question.reporter.clone(), question.partner.clone()],
            years: (*YEARS.start(), *YEARS.end()),
            known,
            recorded_before: self.recorded_before,
        }
    }
}

/// Puts the question for a target by a measurement, as known at a moment.
pub(super) fn question(
    target: &Target,
    measurement: &Measurement,
    known: Timestamp,
) -> Result<Question, Fault> {
    let [first, second] = target.agreement.parties.as_slice() else {
        let name = &target.name;
        return Err(Fault::internal(format!("{name} has not two parties")));
    };
    let (reporter, partner) = match (measurement.method, measurement.reporter.as_str()) {
        (Method::AsReportedBy, reporter) if reporter == second => (second, first),
        (Method::AsReportedBy, reporter) if reporter != first => {
            return Err(Fault::invalid_field(
                "measurement.reporter",
                "FIELD_INVALID",
                format!("must be {first} or {second}, between whom turnover is measured"),
            ));
        }
        _ => (first, second),
    };
    Ok(Question {
        method: measurement.method,
        reporter: reporter.clone(),
        partner: partner.clone(),
        today: known.to_zoned(TimeZone::UTC).date(),
    })
}

/// Says that a checked question lacks a part, which would be our mistake.
pub(super) fn complete<T>(asked: Option<T>) -> Result<T, Fault> {
    asked.ok_or_else(fault::unreported)
}
