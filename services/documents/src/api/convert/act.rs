//! Acts.

use accord_proto::{convert, documents::v1 as pb};
use aip::{Violation, Violations, convert as checked, etag, text};
use jiff::civil::Date;

use super::values;
use crate::domain::{Act, ActKind, Source};

/// The longest reference to a law, decree or note.
const REFERENCE_CHARS: usize = 200;

/// What a caller says of an act, checked as far as it can be without the document.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    /// The party whose act it is.
    pub(crate) party: String,
    /// What it did.
    pub(crate) kind: ActKind,
    /// When.
    pub(crate) date: Date,
    /// When the other side received it.
    pub(crate) receipt: Option<Date>,
    /// From when it has effect.
    pub(crate) effective: Option<Date>,
    /// Whose notification was received.
    pub(crate) notifying_party: Option<String>,
    /// The law, decree or note.
    pub(crate) reference: String,
    /// Where it was read.
    pub(crate) source: Source,
    /// When it became public.
    pub(crate) publication: Option<Date>,
}

/// Checks what a caller says of an act; nothing if anything is wrong. Days may lie up to `latest`.
pub(crate) fn report(
    given: Option<&pb::Act>,
    latest: Date,
    violations: &mut Violations,
) -> Option<Report> {
    let Some(given) = given else {
        violations.take::<()>(Err(Violation::required("act")));
        return None;
    };
    let mut found = Violations::new();
    let report = checked_report(given, latest, &mut found);
    if !found.is_empty() {
        violations.merge_under("act", found);
        return None;
    }
    report
}

fn checked_report(given: &pb::Act, latest: Date, found: &mut Violations) -> Option<Report> {
    let party = found.take(text::country("party", &given.party));
    let kind = values::coded("kind", given.kind, ActKind::from_code, found);
    let date = found.take(checked::date("date", given.date.as_ref()));
    let receipt = found.take(checked::optional_date(
        "receipt_date",
        given.receipt_date.as_ref(),
    ));
    let effective = found.take(checked::optional_date(
        "effective_date",
        given.effective_date.as_ref(),
    ));
    let publication = found.take(checked::optional_date(
        "publication_date",
        given.publication_date.as_ref(),
    ));
    let reference = found.take(text::optional(
        "reference",
        &given.reference,
        REFERENCE_CHARS,
    ));
    let source = values::source("source", given.source.as_ref(), found);
    let notifying_party = Some(given.notifying_party.as_str())
        .filter(|party| !party.is_empty())
        .and_then(|party| found.take(text::country("notifying_party", party)));

    for (field, day) in [
        ("date", date),
        ("receipt_date", receipt.flatten()),
        ("publication_date", publication.flatten()),
    ] {
        if let Some(day) = day.filter(|day| *day > latest) {
            found.push(field, "DATE_IN_FUTURE", format!("{day} is after today"));
        }
    }
    // What is not done yet is neither received, nor in effect, nor published.
    for (field, day) in [
        ("receipt_date", receipt.flatten()),
        ("effective_date", effective.flatten()),
        ("publication_date", publication.flatten()),
    ] {
        if let (Some(day), Some(date)) = (day, date)
            && day < date
        {
            found.push(
                field,
                "DATE_INVALID",
                format!("must not be before date, {date}"),
            );
        }
    }
    if let Some(kind) = kind {
        applicable(kind, given, found);
    }
    Some(Report {
        party: party?,
        kind: kind?,
        date: date?,
        receipt: receipt?,
        effective: effective?,
        notifying_party,
        reference: reference?,
        source: source?,
        publication: publication?,
    })
}

/// Checks that no field is given that an act of this kind cannot have.
fn applicable(kind: ActKind, given: &pb::Act, found: &mut Violations) {
    let fields = [
        (
            "receipt_date",
            given.receipt_date.is_some() && !kind.takes_receipt(),
        ),
        (
            "effective_date",
            given.effective_date.is_some() && !kind.takes_effective_date(),
        ),
        (
            "notifying_party",
            !given.notifying_party.is_empty() && kind != ActKind::NotificationReceived,
        ),
    ];
    for (field, is_wrong) in fields {
        if is_wrong {
            found.push(
                field,
                "NOT_APPLICABLE",
                "does not go with acts of this kind",
            );
        }
    }
}

/// Writes an act.
pub(crate) fn message(act: &Act) -> pb::Act {
    let retraction = act.retraction.as_ref();
    pb::Act {
        name: act.name.to_string(),
        uid: act.uid.clone(),
        party: act.party.clone(),
        kind: act.kind.code(),
        date: Some(convert::from_date(act.date)),
        receipt_date: act.receipt.map(convert::from_date),
        effective_date: act.effective.map(convert::from_date),
        notifying_party: act.notifying_party.clone().unwrap_or_default(),
        reference: act.reference.clone(),
        source: Some(values::source_message(&act.source)),
        publication_date: act.publication.map(convert::from_date),
        create_time: Some(convert::from_timestamp(act.created)),
        recorder: act.recorder.clone(),
        retract_time: retraction.map(|retraction| convert::from_timestamp(retraction.at)),
        retraction_reason: retraction
            .map(|retraction| retraction.reason.clone())
            .unwrap_or_default(),
        retractor: retraction
            .map(|retraction| retraction.retractor.clone())
            .unwrap_or_default(),
        etag: etag::of(&act.uid, act.revision),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fields;

    #[test]
    fn the_numbers_and_names_of_kinds_are_the_contracts() {
        assert_eq!(fields::ACT_KINDS.len(), ActKind::ALL.len());
        for (name, code) in fields::ACT_KINDS {
            assert_eq!(
                pb::ActKind::from_str_name(name).map(|value| i64::from(value as i32)),
                Some(*code)
            );
            assert!(ActKind::from_code(*code).is_some());
        }
    }
}
