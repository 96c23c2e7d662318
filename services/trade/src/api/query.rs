//! Questions for turnover: how one is read, and the vintages that answer it.

pub(super) mod advantage;
pub(super) mod breakdown;
mod code;
pub(super) mod compare;
pub(super) mod complementarity;
pub(super) mod editions;
pub(super) mod explain;
pub(super) mod groups;
pub(super) mod series;
pub(super) mod stream;
mod untold;
mod world;

use ::fault::Fault;
use aip::{Violation, Violations, text};
use storage::Tx;

use super::convert;
use crate::{
    domain::{
        period::YEARS,
        turnover::{Method, Point, Warning},
        vintage::Vintages,
    },
    store::{self, observations::Series},
};

/// The methods of turnover, as an error lists them.
const METHODS: &str = "TURNOVER_METHOD_AS_REPORTED_BY,TURNOVER_METHOD_EXPORTS_OF_BOTH,\
    TURNOVER_METHOD_IMPORTS_OF_BOTH";

/// Reads a method of turnover, which has no default.
pub(super) fn read_method(field: &str, value: i32) -> Result<Method, Violation> {
    if value == 0 {
        return Err(Violation::new(
            field,
            "TURNOVER_METHOD_REQUIRED",
            "turnover has no default: name TURNOVER_METHOD_AS_REPORTED_BY with a reporter, \
             TURNOVER_METHOD_EXPORTS_OF_BOTH or TURNOVER_METHOD_IMPORTS_OF_BOTH",
        ));
    }
    convert::needed(field, value, convert::enums::read_method)
}

/// Says what is wrong with a question; when the method is missing, with the methods there are.
pub(super) fn invalid(violations: Violations) -> Fault {
    let lacks_method = violations
        .iter()
        .any(|violation| violation.reason == "TURNOVER_METHOD_REQUIRED");
    let fault = Fault::invalid(violations);
    if lacks_method {
        fault.with_metadata("methods", METHODS)
    } else {
        fault
    }
}

/// Reads a reporter or partner that may be left out.
pub(super) fn read_party(field: &str, value: &str) -> Result<String, Violation> {
    if value.is_empty() {
        return Ok(String::new());
    }
    text::country(field, value)
}

/// Reads a calendar year; 0 is none.
pub(super) fn read_year(field: &str, value: i32) -> Result<Option<i16>, Violation> {
    if value == 0 {
        return Ok(None);
    }
    i16::try_from(value)
        .ok()
        .filter(|year| YEARS.contains(year))
        .map(Some)
        .ok_or_else(|| Violation::new(field, "FIELD_INVALID", "must be a year from 1900 to 2200"))
}

/// Reads whether unlike figures may be added, with a warning.
pub(super) fn read_policy(field: &str, value: i32) -> Result<bool, Violation> {
    use accord_proto::trade::v1::MixedScopePolicy;
    match MixedScopePolicy::try_from(value) {
        Ok(MixedScopePolicy::Unspecified | MixedScopePolicy::Warn) => Ok(true),
        Ok(MixedScopePolicy::Refuse) => Ok(false),
        Err(_) => Err(convert::bad_enum(field, value)),
    }
}

/// Refuses points at which unlike figures were added.
pub(super) fn refuse_mixtures<'a>(
    points: impl IntoIterator<Item = &'a Point<'a>>,
) -> Result<(), Fault> {
    let mut mixed: Vec<(String, &Warning)> = Vec::new();
    for point in points {
        let warnings = point.warnings.iter().filter(|warning| warning.is_mixture());
        mixed.extend(warnings.map(|warning| (point.period.to_string(), warning)));
    }
    refuse(mixed)
}

/// Refuses mixtures, each with its period, unless there are none.
fn refuse(mixed: Vec<(String, &Warning)>) -> Result<(), Fault> {
    if mixed.is_empty() {
        return Ok(());
    }
    let message = "figures of unlike scope or valuation would be added, which was to be refused";
    let fault = Fault::failed_precondition("UNLIKE_SERIES", message)
        .with_metadata("points", mixed.len().to_string());
    Err(mixed.into_iter().fold(fault, |fault, (period, warning)| {
        let description = convert::series::show_warning(warning).description;
        fault.with_precondition("UNLIKE_SERIES", period, description)
    }))
}

/// Reads the vintages that answer questions about a series.
pub(super) async fn vintages_in(tx: &mut Tx, series: &Series) -> Result<Vintages, Fault> {
    let reporters = [series.reporters[0].as_str(), series.reporters[1].as_str()];
    let releases = store::releases::counting(
        tx,
        &series.partnership,
        reporters,
        series.known,
        series.recorded_before,
    )
    .await?;
    let figures = store::observations::of_series(tx, series, &releases).await?;
    Ok(Vintages::as_known(
        releases
            .into_iter()
            .map(|counting| counting.release)
            .collect(),
        figures,
        series.known,
        series.recorded_before,
    ))
}

/// Returns whose figures a method needs: those of one party, or of both.
pub(super) fn reporters(method: Method, reporter: &str, partner: &str) -> [String; 2] {
    let other = match method {
        Method::AsReportedBy => reporter,
        Method::ExportsOfBoth | Method::ImportsOfBoth => partner,
    };
    [reporter.to_owned(), other.to_owned()]
}
