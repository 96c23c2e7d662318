//! Targets and their progress in the contract and in the domain.

use accord_proto::trade::v1::{self, series_warning::Kind};
use aip::{Violations, convert, etag, text};
use jiff::Timestamp;

use super::{date, distinct, enums, needed, release::optional_uri, series, timestamp};
use crate::{
    api::query,
    domain::{
        decimal::MAX_CENTS,
        name::DocumentName,
        progress::{self, Notice, Progress},
        target::{Agreement, Baseline, Measurement, Target},
        turnover::{Method, Question},
    },
};

const MAX_NAME: usize = 500;
const MAX_NOTE: usize = 2_000;

/// Reads what was agreed; paths in violations begin below the target.
pub(crate) fn read(target: &v1::Target) -> Result<Agreement, Violations> {
    let mut violations = Violations::new();
    let display_name = text::required("display_name", &target.display_name, MAX_NAME);
    let display_name = violations.take(display_name);
    let parties = read_parties(&target.parties, &mut violations);
    violations.take(needed("indicator", target.indicator, read_indicator));
    check_cents("value_cents", target.value_cents, &mut violations);
    let due_date = violations.take(convert::date("due_date", target.due_date.as_ref()));
    let baseline = read_baseline(target.baseline.as_ref(), &mut violations);
    if let Some((due, baseline)) = due_date.zip(baseline)
        && baseline.year > due.year()
    {
        violations.push(
            "baseline.year",
            "FIELD_INVALID",
            "is after the year of due_date",
        );
    }
    let measurement = read_needed_measurement(target, &parties, &mut violations);
    let adopt_date = violations.take(convert::date("adopt_date", target.adopt_date.as_ref()));
    if !target.basis_document.is_empty() {
        violations.take(DocumentName::parse(
            "basis_document",
            &target.basis_document,
        ));
    }
    let basis_note = violations.take(text::lines("basis_note", &target.basis_note, MAX_NOTE));
    let source_uri = violations.take(optional_uri(&target.source_uri));
    match (
        display_name,
        due_date,
        baseline,
        measurement,
        adopt_date,
        basis_note,
        source_uri,
    ) {
        (
            Some(display_name),
            Some(due_date),
            Some(baseline),
            Some(measurement),
            Some(adopt_date),
            Some(basis_note),
            Some(source_uri),
        ) if violations.is_empty() => Ok(Agreement {
            display_name,
            parties,
            value_cents: target.value_cents,
            due_date,
            baseline,
            measurement,
            adopt_date,
            basis_document: target.basis_document.clone(),
            basis_note,
            source_uri,
        }),
        _ => Err(violations),
    }
}

/// Reads how a target is measured; paths in violations begin below the measurement.
pub(crate) fn read_measurement(measurement: &v1::Measurement) -> Result<Measurement, Violations> {
    let mut violations = Violations::new();
    let method = violations.take(query::read_method(
        "turnover_method",
        measurement.turnover_method,
    ));
    let reporter = violations.take(query::read_party("reporter", &measurement.reporter));
    match (method, measurement.reporter.is_empty()) {
        (Some(Method::AsReportedBy), true) => {
            let description = "must name whose figures are meant";
            violations.push("reporter", "REPORTER_REQUIRED", description);
        }
        (Some(Method::ExportsOfBoth | Method::ImportsOfBoth), false) => {
            let description = "goes only with TURNOVER_METHOD_AS_REPORTED_BY";
            violations.push("reporter", "FIELD_INVALID", description);
        }
        _ => {}
    }
    match (method, reporter) {
        (Some(method), Some(reporter)) if violations.is_empty() => {
            Ok(Measurement { method, reporter })
        }
        _ => Err(violations),
    }
}

fn read_needed_measurement(
    target: &v1::Target,
    parties: &[String],
    violations: &mut Violations,
) -> Option<Measurement> {
    let Some(measurement) = &target.measurement else {
        violations.push("measurement", "FIELD_REQUIRED", "must be set");
        return None;
    };
    let measurement = read_measurement(measurement)
        .map_err(|found| violations.merge_under("measurement", found))
        .ok()?;
    let reporter = &measurement.reporter;
    if !reporter.is_empty() && !parties.contains(reporter) {
        let description = "must be one of the parties";
        violations.push("measurement.reporter", "FIELD_INVALID", description);
    }
    Some(measurement)
}

fn read_parties(parties: &[String], violations: &mut Violations) -> Vec<String> {
    if parties.len() != 2 {
        let reason = if parties.is_empty() {
            "FIELD_REQUIRED"
        } else {
            "FIELD_INVALID"
        };
        violations.push("parties", reason, "must be exactly two");
    }
    distinct("parties", parties, violations, |field, party| {
        text::country(field, party)
    })
}

fn read_baseline(baseline: Option<&v1::Baseline>, violations: &mut Violations) -> Option<Baseline> {
    let Some(baseline) = baseline else {
        violations.push("baseline", "FIELD_REQUIRED", "must be set");
        return None;
    };
    if let Some(cents) = baseline.value_cents {
        check_cents("baseline.value_cents", cents, violations);
    }
    let year = violations.take(query::read_year("baseline.year", baseline.year))?;
    if year.is_none() {
        violations.push("baseline.year", "FIELD_REQUIRED", "must be set");
    }
    Some(Baseline {
        year: year?,
        value_cents: baseline.value_cents,
    })
}

fn check_cents(field: &str, cents: i64, violations: &mut Violations) {
    if !(1..=MAX_CENTS).contains(&cents) {
        violations.push(field, "FIELD_INVALID", format!("must be 1 to {MAX_CENTS}"));
    }
}

fn read_indicator(value: i32) -> Option<()> {
    use v1::target::Indicator;
    match Indicator::try_from(value).ok()? {
        Indicator::Unspecified => None,
        Indicator::Turnover => Some(()),
    }
}

/// Shows a target.
pub(crate) fn show(target: &Target) -> v1::Target {
    let agreement = &target.agreement;
    let supersession = target.supersession.as_ref();
    let state = if supersession.is_some() {
        v1::target::State::Superseded
    } else {
        v1::target::State::Active
    };
    v1::Target {
        name: target.name.clone(),
        uid: target.uid.clone(),
        display_name: agreement.display_name.clone(),
        parties: agreement.parties.clone(),
        indicator: v1::target::Indicator::Turnover as i32,
        value_cents: agreement.value_cents,
        due_date: Some(date(agreement.due_date)),
        baseline: Some(v1::Baseline {
            year: agreement.baseline.year.into(),
            value_cents: agreement.baseline.value_cents,
        }),
        measurement: Some(show_measurement(
            agreement.measurement.method,
            &agreement.measurement.reporter,
        )),
        adopt_date: Some(date(agreement.adopt_date)),
        basis_document: agreement.basis_document.clone(),
        basis_note: agreement.basis_note.clone(),
        source_uri: agreement.source_uri.clone(),
        recorder: target.recorder.clone(),
        state: state as i32,
        predecessor: target.predecessor.clone(),
        successor: supersession.map_or_else(String::new, |found| found.successor.clone()),
        supersede_date: supersession.map(|found| date(found.date)),
        create_time: Some(timestamp(target.create_time)),
        update_time: Some(timestamp(target.update_time)),
        etag: etag::of(&target.uid, target.revision),
    }
}

/// Shows how turnover is measured.
pub(crate) fn show_measurement(method: Method, reporter: &str) -> v1::Measurement {
    v1::Measurement {
        turnover_method: enums::show_method(method),
        reporter: reporter.to_owned(),
    }
}

/// Shows how far a target has been reached.
pub(crate) fn show_progress(
    target: &Target,
    progress: &Progress<'_>,
    question: &Question,
    known: Timestamp,
) -> v1::TargetProgress {
    let reporter = match question.method {
        Method::AsReportedBy => question.reporter.as_str(),
        Method::ExportsOfBoth | Method::ImportsOfBoth => "",
    };
    let measured = progress.measured.as_ref();
    let points = measured.into_iter().chain(&progress.baseline);
    v1::TargetProgress {
        target: Some(show(target)),
        known_time: Some(timestamp(known)),
        measurement: Some(show_measurement(question.method, reporter)),
        measured_year: measured.map_or(0, |point| point.period.year().into()),
        attained_cents: progress.attained_cents,
        attained_share_ppm: progress.attained_share_ppm,
        remaining_cents: progress
            .attained_cents
            .map(|attained| target.agreement.value_cents - attained),
        years_remaining: progress.years_remaining,
        required_growth_ppm: progress.required_growth_ppm,
        baseline_cents: progress.baseline_cents,
        growth_so_far_ppm: progress.growth_so_far_ppm,
        measured_point: measured.map(series::show_point),
        baseline_point: progress.baseline.as_ref().map(series::show_point),
        releases: series::show_uses(points),
        warnings: progress.warnings.iter().map(show_notice).collect(),
        qualifier: measured
            .and_then(|point| point.amount.as_ref().ok())
            .map_or(0, |amount| enums::show_qualifier(amount.qualifier())),
        // What became of it is measured apart.
        outcomes: Vec::new(),
        earlier_targets: Vec::new(),
    }
}

/// Shows what to know about a target and the way in which it is measured.
pub(crate) fn show_notices(target: &Target, question: &Question) -> Vec<v1::SeriesWarning> {
    let notices = progress::notices(target, question);
    notices.iter().map(show_notice).collect()
}

fn show_notice(notice: &Notice) -> v1::SeriesWarning {
    let (kind, description) = match notice {
        Notice::Series(warning) => return series::show_warning(warning),
        Notice::NotAdopted(day) => (
            Kind::TargetNotAdopted,
            format!("the target was adopted on {day}"),
        ),
        Notice::Superseded(successor) => (
            Kind::TargetSuperseded,
            format!("{successor} has taken its place"),
        ),
        Notice::MethodOverridden => (
            Kind::MethodOverridden,
            "the measurement is not the one that the target defines".to_owned(),
        ),
        Notice::LaterYearMissing(year) => (
            Kind::LaterYearMissing,
            format!("nothing has been published about {year}, which has ended"),
        ),
    };
    v1::SeriesWarning {
        kind: kind as i32,
        description,
    }
}
