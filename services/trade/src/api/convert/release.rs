//! Releases in the contract and in the domain.

use std::collections::{BTreeMap, BTreeSet};

use accord_proto::trade::v1;
use aip::{Violation, Violations, convert, etag, text};
use jiff::Timestamp;

use super::{area, date, distinct, enums, needed, optional, timestamp};
use crate::domain::{
    cell::WORLD,
    release::{Coverage, Publication, PublishBasis, Release, Scope, Valuation},
};

const MAX_NAME: usize = 500;
const MAX_PUBLISHER: usize = 300;
const MAX_NOTE: usize = 2_000;
const MAX_TIME_NOTE: usize = 1_000;
const MAX_PARTNERS: usize = 50;

/// Reads what a release says about its publication; paths in violations begin below the release.
pub(crate) fn read(release: &v1::Release) -> Result<Publication, Violations> {
    let mut violations = Violations::new();
    let display_name = text::required("display_name", &release.display_name, MAX_NAME);
    let display_name = violations.take(display_name);
    let reporter = violations.take(area("reporter", &release.reporter));
    let publisher = violations.take(text::required(
        "publisher",
        &release.publisher,
        MAX_PUBLISHER,
    ));
    let appeared = violations.take(read_published(release)).flatten();
    let note = &release.publish_time_note;
    let publish_time_note = violations.take(text::lines("publish_time_note", note, MAX_TIME_NOTE));
    if appeared.is_some_and(|(_, basis)| basis == PublishBasis::FirstKnown) && note.is_empty() {
        let field = "publish_time_note";
        violations.push(
            field,
            "FIELD_REQUIRED",
            "must say how the time was established",
        );
    }
    let source_uri = violations.take(optional_uri(&release.source_uri));
    if release.reporter == WORLD && release.source_uri.is_empty() {
        let description = "must say where figures come from that are no party's own";
        violations.push("source_uri", "FIELD_REQUIRED", description);
    }
    let coverage = read_coverage(
        release.coverage.as_ref(),
        &release.reporter,
        &mut violations,
    );
    let mut valuation = |field, value| {
        let read = optional(field, value, enums::read_valuation);
        violations
            .take(read)
            .flatten()
            .unwrap_or(Valuation::NotStated)
    };
    let export_valuation = valuation("export_valuation", release.export_valuation);
    let import_valuation = valuation("import_valuation", release.import_valuation);
    let scope = violations.take(optional("scope", release.scope, enums::read_scope));
    let edition = optional("hs_edition", release.hs_edition, enums::read_edition);
    let hs_edition = violations.take(edition);
    let note = violations.take(text::lines("note", &release.note, MAX_NOTE));
    match (
        display_name,
        reporter,
        publisher,
        publish_time_note,
        source_uri,
        coverage,
        note,
    ) {
        (
            Some(display_name),
            Some(reporter),
            Some(publisher),
            Some(publish_time_note),
            Some(source_uri),
            Some(coverage),
            Some(note),
        ) if violations.is_empty() => Ok(Publication {
            display_name,
            reporter,
            publisher,
            published: appeared,
            publish_time_note,
            source_uri,
            coverage,
            export_valuation,
            import_valuation,
            scope: scope.flatten().unwrap_or(Scope::NotStated),
            hs_edition: hs_edition.flatten(),
            note,
        }),
        _ => Err(violations),
    }
}

/// Reads an address that may be left out.
pub(crate) fn optional_uri(value: &str) -> Result<String, Violation> {
    if value.is_empty() {
        return Ok(String::new());
    }
    text::uri("source_uri", value)
}

fn read_published(release: &v1::Release) -> Result<Option<(Timestamp, PublishBasis)>, Violation> {
    let time = convert::optional_time("publish_time", release.publish_time.as_ref())?;
    let field = "publish_time_basis";
    let basis = optional(field, release.publish_time_basis, enums::read_basis)?;
    match (time, basis) {
        (Some(time), Some(basis)) => Ok(Some((time, basis))),
        (None, None) => Ok(None),
        (Some(_), None) => Err(Violation::required(field)),
        (None, Some(_)) => Err(Violation::new(
            field,
            "FIELD_INVALID",
            "has no meaning without publish_time",
        )),
    }
}

fn read_coverage(
    coverage: Option<&v1::Coverage>,
    reporter: &str,
    violations: &mut Violations,
) -> Option<Coverage> {
    let Some(coverage) = coverage else {
        violations.push("coverage", "FIELD_REQUIRED", "must be set");
        return None;
    };
    let mut found = Violations::new();
    let complete = found.take(needed(
        "completeness",
        coverage.completeness,
        read_completeness,
    ));
    let partners = read_partners(coverage, reporter, &mut found);
    let flows = distinct("flows", &coverage.flows, &mut found, |field, value| {
        needed(field, *value, enums::read_flow)
    });
    let windows = distinct("windows", &coverage.windows, &mut found, |field, value| {
        needed(field, *value, enums::read_published_window)
    });
    let day = |field, value: &Option<_>| convert::optional_date(field, value.as_ref());
    let first_day = found
        .take(day("start_date", &coverage.start_date))
        .flatten();
    let last_day = found.take(day("end_date", &coverage.end_date)).flatten();
    if first_day
        .zip(last_day)
        .is_some_and(|(first, last)| last < first)
    {
        found.push("end_date", "FIELD_INVALID", "is before start_date");
    }
    if complete == Some(true) {
        for (field, is_missing) in [
            ("flows", coverage.flows.is_empty()),
            ("windows", coverage.windows.is_empty()),
            ("start_date", coverage.start_date.is_none()),
            ("end_date", coverage.end_date.is_none()),
        ] {
            if is_missing {
                found.push(
                    field,
                    "FIELD_REQUIRED",
                    "must be set when the coverage is complete",
                );
            }
        }
    }
    let is_good = found.is_empty();
    violations.merge_under("coverage", found);
    is_good.then_some(Coverage {
        complete: complete?,
        partners,
        flows,
        windows,
        first_day,
        last_day,
        by_commodity: coverage.by_commodity,
        by_region: coverage.by_region,
    })
}

fn read_partners(
    coverage: &v1::Coverage,
    reporter: &str,
    violations: &mut Violations,
) -> Vec<String> {
    if coverage.partners.is_empty() || coverage.partners.len() > MAX_PARTNERS {
        violations.push("partners", "FIELD_REQUIRED", "must have 1 to 50 members");
    }
    distinct(
        "partners",
        &coverage.partners,
        violations,
        |field, partner| {
            if reporter == WORLD {
                return if partner == WORLD {
                    Ok(partner.clone())
                } else {
                    let description = "must be W0, as the reporter is the world";
                    Err(Violation::new(field, "FIELD_INVALID", description))
                };
            }
            if partner == reporter {
                return Err(Violation::new(
                    field,
                    "FIELD_INVALID",
                    "is the reporter itself",
                ));
            }
            area(field, partner)
        },
    )
}

fn read_completeness(value: i32) -> Option<bool> {
    use v1::coverage::Completeness;
    match Completeness::try_from(value).ok()? {
        Completeness::Unspecified => None,
        Completeness::Complete => Some(true),
        Completeness::Partial => Some(false),
    }
}

/// Shows a release.
pub(crate) fn show(release: &Release) -> v1::Release {
    let publication = &release.publication;
    let withdrawal = release.withdrawal.as_ref();
    v1::Release {
        name: release.name.clone(),
        uid: release.uid.clone(),
        display_name: publication.display_name.clone(),
        reporter: publication.reporter.clone(),
        publisher: publication.publisher.clone(),
        publish_time: publication.published.map(|(time, _)| timestamp(time)),
        publish_time_basis: publication
            .published
            .map_or(0, |(_, basis)| enums::show_basis(basis)),
        publish_time_note: publication.publish_time_note.clone(),
        source_uri: publication.source_uri.clone(),
        coverage: Some(show_coverage(&publication.coverage)),
        export_valuation: enums::show_valuation(publication.export_valuation),
        import_valuation: enums::show_valuation(publication.import_valuation),
        scope: enums::show_scope(publication.scope),
        hs_edition: enums::show_edition(publication.hs_edition),
        note: publication.note.clone(),
        state: enums::show_release_state(release.state()) as i32,
        observation_count: release.observation_count,
        publish_record_time: release.publish_record_time.map(timestamp),
        withdraw_time: withdrawal.map(|withdrawal| timestamp(withdrawal.time)),
        withdraw_record_time: withdrawal.map(|withdrawal| timestamp(withdrawal.record_time)),
        withdraw_reason: withdrawal
            .map_or_else(String::new, |withdrawal| withdrawal.reason.clone()),
        create_time: Some(timestamp(release.create_time)),
        update_time: Some(timestamp(release.update_time)),
        etag: etag::of(&release.uid, release.revision),
    }
}

fn show_coverage(coverage: &Coverage) -> v1::Coverage {
    let completeness = if coverage.complete {
        v1::coverage::Completeness::Complete
    } else {
        v1::coverage::Completeness::Partial
    };
    v1::Coverage {
        completeness: completeness as i32,
        partners: coverage.partners.clone(),
        flows: coverage
            .flows
            .iter()
            .copied()
            .map(enums::show_flow)
            .collect(),
        windows: coverage
            .windows
            .iter()
            .copied()
            .map(enums::show_window)
            .collect(),
        start_date: coverage.first_day.map(date),
        end_date: coverage.last_day.map(date),
        by_commodity: coverage.by_commodity,
        by_region: coverage.by_region,
    }
}

/// Shows the releases of some names, each once, by name.
pub(crate) fn show_uses<'a>(
    names: impl Iterator<Item = &'a String>,
    releases: &[Release],
) -> Vec<v1::ReleaseUse> {
    let names: BTreeSet<&String> = names.collect();
    let by_name: BTreeMap<&String, &Release> = releases
        .iter()
        .map(|release| (&release.name, release))
        .collect();
    names
        .into_iter()
        .filter_map(|name| by_name.get(name).copied().map(show_use))
        .collect()
}

/// Shows a release as an answer cites it.
pub(crate) fn show_use(release: &Release) -> v1::ReleaseUse {
    let publication = &release.publication;
    v1::ReleaseUse {
        release: release.name.clone(),
        display_name: publication.display_name.clone(),
        reporter: publication.reporter.clone(),
        publisher: publication.publisher.clone(),
        publish_time: publication.published.map(|(time, _)| timestamp(time)),
        publish_time_basis: publication
            .published
            .map_or(0, |(_, basis)| enums::show_basis(basis)),
        source_uri: publication.source_uri.clone(),
        scope: enums::show_scope(publication.scope),
        export_valuation: enums::show_valuation(publication.export_valuation),
        import_valuation: enums::show_valuation(publication.import_valuation),
    }
}
