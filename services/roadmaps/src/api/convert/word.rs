//! What a side says of a measure: reports with their evidence, reasons, and revisions.

use std::collections::BTreeSet;

use accord_proto::{google::r#type, roadmaps::v1 as contract};
use aip::{Violation, Violations, text};
use jiff::civil::Date;

use crate::domain::{
    measure::{Claim, Evidence},
    roadmap::Roadmap,
};

/// The contract's limits.
const MAX_REASON_CHARS: usize = 2_000;
const MAX_NOTE_CHARS: usize = 4_000;
const MAX_EVIDENCE_NOTE_CHARS: usize = 1_000;
const MAX_EVIDENCE: usize = 50;

/// Reads a reason that must be given.
pub(in crate::api) fn reason(given: &str) -> Result<String, Violation> {
    if given.trim().is_empty() {
        return Err(Violation::required("reason"));
    }
    text::lines("reason", given, MAX_REASON_CHARS)
}

/// Reads a note that may be empty.
pub(in crate::api) fn note(given: &str) -> Result<String, Violation> {
    text::lines("note", given, MAX_REASON_CHARS)
}

/// Reads the revision that a word is about.
pub(in crate::api) fn revision(field: &str, given: i64) -> Result<i64, Violation> {
    match given {
        0 => Err(Violation::required(field)),
        1.. => Ok(given),
        _ => Err(Violation::new(
            field,
            "VALUE_OUT_OF_RANGE",
            "must be at least 1",
        )),
    }
}

/// Reads what a side claims when it reports: done today unless it names a day, and none after `latest`.
pub(in crate::api) fn claim(
    evidence: &[contract::Evidence],
    completion_date: Option<&r#type::Date>,
    note: &str,
    today: Date,
    latest: Date,
) -> Result<Claim, Violations> {
    let mut violations = Violations::new();
    if evidence.is_empty() {
        violations.push("evidence", "FIELD_REQUIRED", "must have at least one entry");
    }
    if evidence.len() > MAX_EVIDENCE {
        violations.push("evidence", "VALUE_OUT_OF_RANGE", "must be at most 50");
    }
    let mut hashes = BTreeSet::new();
    let mut entries = Vec::new();
    for (index, entry) in evidence.iter().take(MAX_EVIDENCE).enumerate() {
        let mut found = Violations::new();
        entries.extend(read_evidence(entry, &mut found));
        if !hashes.insert(entry.sha256.as_str()) && !entry.sha256.is_empty() {
            found.push("sha256", "VALUE_REPEATED", "is there already");
        }
        violations.merge_under(&format!("evidence[{index}]"), found);
    }
    let completed_on = violations.take(aip::convert::optional_date(
        "completion_date",
        completion_date,
    ));
    let completed_on = completed_on.flatten().unwrap_or(today);
    if completed_on > latest {
        let description = format!("{completed_on} is after today");
        violations.push("completion_date", "DATE_IN_FUTURE", description);
    }
    let note = violations.take(text::lines("note", note, MAX_NOTE_CHARS));
    violations.finish()?;
    Ok(Claim {
        evidence: entries,
        completed_on,
        note: note.unwrap_or_default(),
    })
}

/// Checks a claim against the roadmap of its measure.
pub(in crate::api) fn fits(claim: &Claim, roadmap: &Roadmap) -> Result<(), Violation> {
    let first = roadmap.plan.first_day();
    if claim.completed_on < first {
        let description = format!(
            "{} is before {first}, when {} was signed or its period began",
            claim.completed_on, roadmap.name
        );
        return Err(Violation::new(
            "completion_date",
            "OUTSIDE_PERIOD",
            description,
        ));
    }
    Ok(())
}

fn read_evidence(given: &contract::Evidence, violations: &mut Violations) -> Option<Evidence> {
    let sha256 = violations.take(hash(&given.sha256));
    let uri = if given.uri.is_empty() {
        Some(String::new())
    } else {
        violations.take(text::uri("uri", &given.uri))
    };
    let note = violations.take(text::lines("note", &given.note, MAX_EVIDENCE_NOTE_CHARS));
    Some(Evidence {
        sha256: sha256?,
        uri: uri?,
        note: note?,
    })
}

fn hash(given: &str) -> Result<String, Violation> {
    if given.is_empty() {
        return Err(Violation::required("sha256"));
    }
    let fits = given.len() == 64
        && given
            .chars()
            .all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c));
    if !fits {
        return Err(Violation::new(
            "sha256",
            "HASH_INVALID",
            "must be 64 lower-case hexadecimal digits",
        ));
    }
    Ok(given.to_owned())
}
