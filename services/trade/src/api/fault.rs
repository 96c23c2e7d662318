//! What failures of the domain mean to a caller.

use ::fault::Fault;
use aip::{Violation, Violations, etag};
use tonic::Code;

use crate::domain::{
    advantage::Missing,
    cell::{Flow, HsEdition, WORLD},
    classification::file,
    explanation,
    forecast::{History, Refusal},
    group::Level,
    import::{self, Import},
    release::{self, Release},
    target::{self, Target},
};

/// Types of resources, as the contracts name them.
pub(crate) const RELEASE: &str = "trade.accord/Release";
/// See [`RELEASE`].
pub(crate) const IMPORT: &str = "trade.accord/Import";
/// See [`RELEASE`].
pub(crate) const TARGET: &str = "trade.accord/Target";
/// See [`RELEASE`].
pub(crate) const EXPLANATION: &str = "trade.accord/MirrorExplanation";
/// See [`RELEASE`].
pub(crate) const CLASSIFICATION: &str = "trade.accord/Classification";
/// See [`RELEASE`].
pub(crate) const CLASSIFICATION_ITEM: &str = "trade.accord/ClassificationItem";

/// Says that a release cannot be changed, published or withdrawn.
pub(crate) fn release(release: &Release, error: release::Error) -> Fault {
    let name = release.name.as_str();
    let refuse = |reason, message: String| {
        Fault::failed_precondition(reason, message)
            .with_metadata("resource", name)
            .with_resource(RELEASE, name)
    };
    let state = |state| super::convert::enums::show_release_state(state).as_str_name();
    match error {
        release::Error::NotStaging(found) => refuse(
            "RELEASE_NOT_STAGING",
            format!("{name} is published or withdrawn already"),
        )
        .with_metadata("state", state(found)),
        release::Error::NotPublished(found) => refuse(
            "RELEASE_NOT_PUBLISHED",
            format!("{name} is not published, or withdrawn already"),
        )
        .with_metadata("state", state(found)),
        release::Error::PublishTimeMissing => refuse(
            "PUBLISH_TIME_REQUIRED",
            format!("{name} does not say when it was published; set publish_time"),
        ),
        release::Error::PublishTimeInFuture => refuse(
            "PUBLISH_TIME_IN_FUTURE",
            format!("the time of publication of {name} has not come"),
        ),
        release::Error::Empty => refuse(
            "RELEASE_EMPTY",
            format!("{name} has no figures; import some"),
        ),
        release::Error::WithdrawTime => Fault::invalid_field(
            "withdraw_time",
            "WITHDRAW_TIME_INVALID",
            "must be after publish_time and not later than now",
        ),
    }
}

/// Says that a release has figures that were checked against its coverage.
pub(crate) fn has_observations(release: &Release) -> Fault {
    let name = release.name.as_str();
    let message = format!("{name} has figures or an open import, so its coverage cannot change");
    Fault::failed_precondition("RELEASE_HAS_OBSERVATIONS", message)
        .with_metadata("resource", name)
        .with_resource(RELEASE, name)
}

/// Says that sums over the figures of a release might not fit.
pub(crate) fn too_large(release: &Release) -> Fault {
    let name = release.name.as_str();
    let message = format!(
        "the figures of {name} add up to more than 10^18 cents, grams or units of rounding"
    );
    Fault::failed_precondition("RELEASE_TOO_LARGE", message)
        .with_metadata("resource", name)
        .with_resource(RELEASE, name)
}

/// Says that another import of the release is open.
pub(crate) fn import_unfinished(open: &str) -> Fault {
    Fault::failed_precondition(
        "IMPORT_UNFINISHED",
        format!("{open} is not finished; resume it or cancel it"),
    )
    .with_metadata("import", open)
    .with_resource(IMPORT, open)
}

/// Says that an upload ended before its end.
pub(crate) fn import_broken(code: Code) -> Fault {
    Fault::new(code, "STREAM_BROKEN", "the upload broke off; resume it")
}

/// Says that an import cannot go on.
pub(crate) fn import(name: &str, error: import::Error) -> Fault {
    let fault = match error {
        import::Error::Reused => Fault::invalid_field(
            "header.import_id",
            "IMPORT_ID_REUSED",
            "was used in this release with other options",
        ),
        import::Error::Offset { received_bytes } => Fault::invalid_field(
            "header.offset_bytes",
            "IMPORT_OFFSET_MISMATCH",
            format!("must be {received_bytes}, where the durable part ends"),
        )
        .with_metadata("received_bytes", received_bytes.to_string()),
        import::Error::Cancelled => {
            Fault::failed_precondition("IMPORT_CANCELLED", format!("{name} was cancelled"))
        }
        import::Error::Finished(state) => {
            let state = super::convert::enums::show_import_state(state).as_str_name();
            Fault::failed_precondition("IMPORT_FINISHED", format!("{name} is finished"))
                .with_metadata("state", state)
        }
        import::Error::Content => Fault::invalid_field(
            "header.sha256",
            "IMPORT_CONTENT_MISMATCH",
            "is not the digest of the bytes that have come; cancel the import and send the file anew",
        ),
        import::Error::TakenOver => Fault::new(
            Code::Aborted,
            "IMPORT_TAKEN_OVER",
            format!("another stream has gone on with {name}"),
        ),
    };
    fault
        .with_metadata("import", name)
        .with_resource(IMPORT, name)
}

/// Says that a file was refused, and for which rows: for as many of the problems that `GetImport`
/// lists as an error can carry.
pub(crate) fn refused(import: &Import) -> Fault {
    if import.is_beside_the_point() {
        return nothing_taken(import);
    }
    let problems = &import.intake.problems;
    let violations: Violations = problems
        .iter()
        .map(|problem| {
            let mut place = format!("line {}", problem.line);
            if problem.column > 0 {
                place = format!(
                    "{place}, column {} ({})",
                    problem.column, problem.column_name
                );
            }
            Violation::new(place, problem.reason.as_str(), problem.description.as_str())
        })
        .collect();
    let first = problems
        .first()
        .map(ToString::to_string)
        .unwrap_or_default();
    let (reason, message) = if import.intake.columns.is_empty() {
        (
            "IMPORT_COLUMNS_INVALID",
            format!("the file cannot be read: {first}"),
        )
    } else {
        (
            "IMPORT_ROWS_INVALID",
            format!(
                "{} rows are bad, so nothing was taken; the first: {first}",
                import.intake.skipped
            ),
        )
    };
    Fault::invalid(violations)
        .with_reason(reason, message)
        .with_metadata("import", &import.name)
        .with_metadata("accepted_rows", import.intake.accepted.to_string())
        .with_metadata("bad_rows", import.intake.skipped.to_string())
}

/// Says that no row of a file is for the release, and why.
fn nothing_taken(import: &Import) -> Fault {
    let counted: Vec<String> = import
        .intake
        .left_out
        .iter()
        .map(|(reason, tally)| format!("{} {}", tally.count, reason.as_str()))
        .collect();
    let message = format!(
        "no row of the file is for the release: {}",
        counted.join(", ")
    );
    let mut fault = Fault::new(Code::InvalidArgument, "IMPORT_NOTHING_TAKEN", message)
        .with_metadata("import", &import.name);
    for (reason, tally) in import.intake.left_out.iter() {
        fault = fault.with_metadata(reason.as_str(), tally.count.to_string());
    }
    fault
}

/// Says that a target cannot be superseded.
pub(crate) fn target(target: &Target, error: target::Error) -> Fault {
    match error {
        target::Error::Superseded { successor } => Fault::failed_precondition(
            "TARGET_SUPERSEDED",
            format!("{} has been superseded by {successor}", target.name),
        )
        .with_metadata("resource", &target.name)
        .with_metadata("successor", successor)
        .with_resource(TARGET, &target.name),
        target::Error::AdoptDate { adopted } => Fault::invalid_field(
            "successor.adopt_date",
            "ADOPT_DATE_INVALID",
            format!("must be after {adopted}, when the other was adopted"),
        ),
        target::Error::Parties => Fault::invalid_field(
            "successor.parties",
            "PARTIES_DIFFER",
            "must be those of the target that is superseded",
        ),
    }
}

/// Says that a target cannot be forecast, and what data there is.
pub(crate) fn forecast(name: &str, history: &History, refusal: Refusal) -> Fault {
    use accord_proto::trade::v1::Granularity;
    let granularity = super::convert::enums::show_granularity(history.window());
    let granularity = Granularity::try_from(granularity).unwrap_or_default();
    let period = |period: Option<crate::domain::period::Period>| {
        period.map_or_else(String::new, |period| period.to_string())
    };
    Fault::failed_precondition(
        "FORECAST_NOT_POSSIBLE",
        format!("{name} cannot be forecast: {refusal}"),
    )
    .with_metadata("cause", refusal.cause())
    .with_metadata("granularity", granularity.as_str_name())
    .with_metadata("observations", history.observed().to_string())
    .with_metadata("observations_needed", history.needed().to_string())
    .with_metadata("first_period", period(history.first()))
    .with_metadata("last_period", period(history.last()))
    .with_resource(TARGET, name)
}

/// Says that a file of a classification cannot be taken.
pub(crate) fn classification_file(error: file::Error) -> Fault {
    Fault::invalid_field("file", "CLASSIFICATION_FILE_INVALID", error.to_string())
}

/// Says that editions have no concordance with the ones after them.
pub(crate) fn concordance_missing(earlier: &[HsEdition]) -> Fault {
    let editions: Vec<String> = earlier
        .iter()
        .map(|edition| {
            let next = edition
                .next()
                .map_or_else(String::new, |next| next.to_string());
            format!("{edition},{next}")
        })
        .collect();
    let editions = editions.join("; ");
    Fault::failed_precondition(
        "CONCORDANCE_MISSING",
        format!("no concordance was imported of {editions}"),
    )
    .with_metadata("editions", editions)
}

/// Says that something cannot be said of an explanation any more.
pub(crate) fn explanation(name: &str, error: explanation::Error) -> Fault {
    let state = super::convert::explanation::show_state(error.0).as_str_name();
    Fault::failed_precondition(
        "EXPLANATION_STATE_INVALID",
        format!("{name} was answered or withdrawn before: {state}"),
    )
    .with_metadata("resource", name)
    .with_metadata("state", state)
    .with_resource(EXPLANATION, name)
}

/// Says that there is nothing to explain.
pub(crate) fn mirror_figures_missing(subject: &explanation::Subject) -> Fault {
    let period = subject.period.to_string();
    let message = format!(
        "neither {} nor {} has a figure for exports of the one to the other in {period}",
        subject.exporter, subject.importer
    );
    Fault::failed_precondition("MIRROR_FIGURES_MISSING", message)
        .with_metadata("exporter", &subject.exporter)
        .with_metadata("importer", &subject.importer)
        .with_metadata("period", period)
        .with_metadata("commodity", subject.commodity.code())
}

/// Says that a gap has as many explanations as it can have.
pub(crate) fn explanations_too_many() -> Fault {
    let max = explanation::MAX_OPEN.to_string();
    let message = format!("the gap has {max} explanations that are not withdrawn already");
    Fault::failed_precondition("EXPLANATIONS_TOO_MANY", message)
        .with_metadata("max_explanations", max)
}

/// Says which totals of trade with the world are not there.
pub(crate) fn trade_totals_missing(missing: &[Missing]) -> Fault {
    let level = |missing: &Missing| match missing.level {
        None => ("TOTAL", "for all commodities together"),
        Some(Level::Section) => ("SECTION", "by section"),
        Some(Level::Chapter) => ("CHAPTER", "by chapter"),
        Some(Level::Heading) => ("HEADING", "by heading"),
        Some(Level::Subheading) => ("SUBHEADING", "by subheading"),
    };
    let key = |own: &Missing| {
        let (word, _) = level(own);
        let flow = own.flow.as_str();
        format!("{}/{flow}/{WORLD}/{word}/{}", own.reporter, own.period)
    };
    let keys: Vec<String> = missing.iter().map(key).collect();
    let message = "totals of trade with the world (partner W0) are missing; nothing is estimated in their place";
    let fault = Fault::failed_precondition("TRADE_TOTALS_MISSING", message)
        .with_metadata("missing", keys.join(","));
    missing.iter().fold(fault, |fault, own| {
        let (_, by) = level(own);
        let whose = if own.reporter == WORLD {
            "the world (reporter W0)"
        } else {
            own.reporter.as_str()
        };
        let trade = match own.flow {
            Flow::Import => "imports from the world",
            _ => "exports to the world",
        };
        let description = format!(
            "no release that counts has figures of {trade} of {whose} {by} that tell about {}",
            own.period
        );
        fault.with_precondition("TRADE_TOTALS_MISSING", key(own), description)
    })
}

/// Compares the etag of a request with the current one.
pub(crate) fn check_etag(name: &str, given: &str, uid: &str, revision: i64) -> Result<(), Fault> {
    etag::check(given, &etag::of(uid, revision))
        .map_err(|mismatch| Fault::etag_mismatch(name, &mismatch.given, &mismatch.current))
}

/// Says that the row changed although the log's lock is held: somebody writes past the service.
pub(crate) fn lost_update(name: &str) -> Fault {
    Fault::internal(format!("{name} changed under the lock of the log"))
}

/// Says that a part of a request is missing and no check has reported it, which would be our mistake.
pub(crate) fn unreported() -> Fault {
    Fault::internal("a missing part of the request was not reported")
}
