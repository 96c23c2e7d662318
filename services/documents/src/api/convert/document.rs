//! Documents.

use accord_proto::{convert, documents::v1 as pb};
use aip::{Violation, Violations, convert as checked, etag, parse_id, text};

use super::{contradictions, rules, values};
use crate::domain::{
    AccessLevel, Content, Document, DocumentName, DocumentType, EffectivePeriod, Level, Nature,
    Reader, Relation, RelationKind, SigningBody, Source, foreign::Foreign,
};

/// The most parties of a document.
const PARTIES: usize = 50;

/// The most words on what a document is about.
const SECTORS: usize = 20;

/// The most signing bodies, and the most sources.
const ENTRIES: usize = 50;

/// The most relations.
const RELATIONS: usize = 100;

/// The longest name of a body, a person or a place.
const NAME_CHARS: usize = 300;

/// The longest name of a place.
const PLACE_CHARS: usize = 200;

/// The longest name of a resource of another service.
const RESOURCE_NAME_CHARS: usize = 500;

/// The highest item number.
const ITEM_NUMBERS: i32 = 10_000;

/// Checks what a caller says of the document `name`; nothing if anything is wrong.
pub(crate) fn content(
    name: Option<&DocumentName>,
    given: Option<&pb::Document>,
    violations: &mut Violations,
) -> Option<Content> {
    let Some(given) = given else {
        violations.take::<()>(Err(Violation::required("document")));
        return None;
    };
    let mut found = Violations::new();
    let content = checked_content(name, given, &mut found);
    if !found.is_empty() {
        violations.merge_under("document", found);
        return None;
    }
    content
}

/// Reads what the log kept of a document. It was checked when it was recorded; checks that were added
/// since do not undo it. Nothing only if it is no document at all.
pub(crate) fn recorded(given: &pb::Document) -> Option<Content> {
    checked_content(None, given, &mut Violations::new())
}

fn checked_content(
    name: Option<&DocumentName>,
    given: &pb::Document,
    found: &mut Violations,
) -> Option<Content> {
    let titles = values::texts("titles", &given.titles, found);
    let item_number = given
        .item_number
        .and_then(|number| values::number("item_number", number, 1..=ITEM_NUMBERS, found));
    let kind = values::coded("type", given.r#type, DocumentType::from_code, found);
    let level = values::coded("level", given.level, Level::from_code, found);
    let sectors = sectors(&given.sectors, found);
    let parties = values::countries("parties", &given.parties, 2..=PARTIES, found);
    let signing_bodies = signing_bodies(&given.signing_bodies, &parties, found);
    let signature_place = found.take(text::optional(
        "signature_place",
        &given.signature_place,
        PLACE_CHARS,
    ));
    let signature_date = found.take(checked::optional_date(
        "signature_date",
        given.signature_date.as_ref(),
    ));
    let access_level = match given.access_level {
        0 => Some(AccessLevel::Public),
        code => values::coded("access_level", code, AccessLevel::from_code, found),
    };
    let relations = relations(name, &given.relations, found);
    let sources = sources(&given.sources, found);
    let entry_into_force = given
        .entry_into_force
        .as_ref()
        .and_then(|rule| rules::entry("entry_into_force", rule, &parties, found));
    if let (Some(name), Some(pb::entry_into_force::Rule::WithDocument(rule))) = (
        name,
        given
            .entry_into_force
            .as_ref()
            .and_then(|entry| entry.rule.as_ref()),
    ) && rule.document == name.to_string()
    {
        let text = "a document cannot wait for itself";
        found.push(
            "entry_into_force.with_document.document",
            "FIELD_INVALID",
            text,
        );
    }
    let duration = given
        .duration
        .as_ref()
        .and_then(|rule| rules::duration("duration", rule, found));
    let effective_period = given
        .effective_period
        .as_ref()
        .and_then(|period| effective_period(period, found));
    applicable(kind, given, found);
    contradictions::find(
        entry_into_force.as_ref(),
        duration.as_ref(),
        signature_date.flatten(),
        found,
    );
    Some(Content {
        titles,
        title_known: given.title_known.unwrap_or(true),
        item_number,
        kind: kind?,
        level: level?,
        sectors,
        parties,
        signing_bodies,
        signature_place: signature_place?,
        signature_date: signature_date?,
        access_level: access_level?,
        relations,
        sources,
        entry_into_force,
        duration,
        effective_period,
    })
}

/// Checks that a document has no rules that its type or its other rules exclude.
fn applicable(kind: Option<DocumentType>, given: &pb::Document, found: &mut Violations) {
    let nature = kind.map(DocumentType::nature);
    for (field, is_given) in [
        ("entry_into_force", given.entry_into_force.is_some()),
        ("duration", given.duration.is_some()),
    ] {
        if is_given && nature == Some(Nature::Political) {
            found.push(
                field,
                "NOT_APPLICABLE",
                "a political document does not enter into force; it has an effective_period",
            );
        } else if is_given && given.effective_period.is_some() {
            found.push(
                field,
                "NOT_APPLICABLE",
                "cannot stand beside effective_period",
            );
        }
    }
    if given.effective_period.is_some() && nature == Some(Nature::Binding) {
        let text = "a document that binds in law enters into force; only political ones have an effective_period";
        found.push("effective_period", "NOT_APPLICABLE", text);
    }
}

fn sectors(given: &[String], found: &mut Violations) -> Vec<String> {
    values::count("sectors", given.len(), 0..=SECTORS, found);
    values::distinct("sectors", given, found);
    given
        .iter()
        .enumerate()
        .filter_map(|(index, sector)| found.take(parse_id(&format!("sectors[{index}]"), sector)))
        .collect()
}

fn signing_bodies(
    given: &[pb::SigningBody],
    parties: &[String],
    found: &mut Violations,
) -> Vec<SigningBody> {
    values::count("signing_bodies", given.len(), 0..=ENTRIES, found);
    given
        .iter()
        .enumerate()
        .filter_map(|(index, given)| {
            let field = |name: &str| format!("signing_bodies[{index}].{name}");
            let party = values::party_of(&field("party"), &given.party, parties, found);
            let body = found.take(text::required(&field("body"), &given.body, NAME_CHARS));
            let signatory = found.take(text::optional(
                &field("signatory"),
                &given.signatory,
                NAME_CHARS,
            ));
            Some(SigningBody {
                party: party?,
                body: body?,
                signatory: signatory?,
            })
        })
        .collect()
}

fn relations(
    name: Option<&DocumentName>,
    given: &[pb::Relation],
    found: &mut Violations,
) -> Vec<Relation> {
    values::count("relations", given.len(), 0..=RELATIONS, found);
    let pair = |relation: &pb::Relation| match pb::RelationKind::try_from(relation.kind) {
        Ok(kind) => format!("{} {}", kind.as_str_name(), relation.target),
        Err(_) => format!("{} {}", relation.kind, relation.target),
    };
    let pairs: Vec<_> = given.iter().map(pair).collect();
    values::distinct("relations", &pairs, found);
    given
        .iter()
        .enumerate()
        .filter_map(|(index, given)| {
            let field = format!("relations[{index}].kind");
            let kind = values::coded(&field, given.kind, RelationKind::from_code, found);
            let target = target(
                &format!("relations[{index}].target"),
                name,
                &given.target,
                found,
            );
            Some(Relation {
                kind: kind?,
                target: target?,
            })
        })
        .collect()
}

/// Checks the form of a name: of a document, or of a resource of a service that can be asked for it.
fn target(
    field: &str,
    name: Option<&DocumentName>,
    given: &str,
    found: &mut Violations,
) -> Option<String> {
    let target = found.take(text::required(field, given, RESOURCE_NAME_CHARS))?;
    if name.is_some_and(|name| name.to_string() == target) {
        found.push(
            field,
            "FIELD_INVALID",
            "a document cannot stand in relation to itself",
        );
    }
    if DocumentName::parse(field, &target).is_err() && Foreign::of(&target).is_none() {
        let text = "must be the name of a document, roadmap, measure, release or target, such as partnerships/uz-kz/roadmaps/r";
        found.push(field, "NAME_INVALID", text);
    }
    Some(target)
}

fn sources(given: &[pb::Source], found: &mut Violations) -> Vec<Source> {
    values::count("sources", given.len(), 0..=ENTRIES, found);
    given
        .iter()
        .enumerate()
        .filter_map(|(index, source)| {
            values::source(&format!("sources[{index}]"), Some(source), found)
        })
        .collect()
}

fn effective_period(
    given: &pb::EffectivePeriod,
    found: &mut Violations,
) -> Option<EffectivePeriod> {
    let start = found.take(checked::optional_date(
        "effective_period.start_date",
        given.start_date.as_ref(),
    ))?;
    let end = found.take(checked::optional_date(
        "effective_period.end_date",
        given.end_date.as_ref(),
    ))?;
    if let (Some(start), Some(end)) = (start, end)
        && end < start
    {
        let text = format!("must not be before start_date, {start}");
        found.push("effective_period.end_date", "DATE_INVALID", text);
    }
    Some(EffectivePeriod { start, end })
}

/// Writes a document.
pub(crate) fn message(document: &Document) -> pb::Document {
    let content = &document.content;
    pb::Document {
        name: document.name.to_string(),
        uid: document.uid.clone(),
        titles: values::localized(&content.titles),
        title_known: Some(content.title_known),
        item_number: content.item_number,
        r#type: content.kind.code(),
        level: content.level.code(),
        sectors: content.sectors.clone(),
        parties: content.parties.clone(),
        signing_bodies: content
            .signing_bodies
            .iter()
            .map(signing_body_message)
            .collect(),
        signature_place: content.signature_place.clone(),
        signature_date: content.signature_date.map(convert::from_date),
        access_level: content.access_level.code(),
        relations: content
            .relations
            .iter()
            .map(|relation| pb::Relation {
                kind: relation.kind.code(),
                target: relation.target.clone(),
            })
            .collect(),
        sources: content.sources.iter().map(values::source_message).collect(),
        entry_into_force: content.entry_into_force.as_ref().map(rules::entry_message),
        duration: content.duration.as_ref().map(rules::duration_message),
        effective_period: content
            .effective_period
            .as_ref()
            .map(|period| pb::EffectivePeriod {
                start_date: period.start.map(convert::from_date),
                end_date: period.end.map(convert::from_date),
            }),
        create_time: Some(convert::from_timestamp(document.created)),
        update_time: Some(convert::from_timestamp(document.updated)),
        delete_time: document.deleted.map(convert::from_timestamp),
        purge_time: document.purge_time().map(convert::from_timestamp),
        etag: etag::of(&document.uid, document.revision),
        redacted: false,
    }
}

/// Writes a document's titles.
pub(crate) fn titles(document: &Document) -> Vec<pb::LocalizedText> {
    values::localized(&document.content.titles)
}

/// Writes what a caller below the document's access level is told: that it exists, its number and its type.
pub(crate) fn redacted(document: &Document) -> pb::Document {
    let content = &document.content;
    pb::Document {
        name: document.name.to_string(),
        item_number: content.item_number,
        r#type: content.kind.code(),
        access_level: content.access_level.code(),
        redacted: true,
        ..pb::Document::default()
    }
}

/// Writes what `reader` is told of a document: all, or that it exists.
pub(crate) fn message_for(reader: &Reader, document: &Document) -> pb::Document {
    if reader.may_read(document) {
        message(document)
    } else {
        redacted(document)
    }
}

fn signing_body_message(body: &SigningBody) -> pb::SigningBody {
    pb::SigningBody {
        party: body.party.clone(),
        body: body.body.clone(),
        signatory: body.signatory.clone(),
    }
}

#[cfg(test)]
mod tests {
    use pb::{
        AccessLevel as PbAccess, DocumentLevel, DocumentType as PbType, RelationKind as PbRelation,
    };

    use super::*;
    use crate::store::fields;

    #[test]
    fn the_numbers_and_names_of_enums_are_the_contracts() {
        for (name, code) in fields::TYPES {
            assert_eq!(
                PbType::from_str_name(name).map(|value| i64::from(value as i32)),
                Some(*code)
            );
            assert!(DocumentType::from_code(*code).is_some());
        }
        for (name, code) in fields::LEVELS {
            assert_eq!(
                DocumentLevel::from_str_name(name).map(|value| i64::from(value as i32)),
                Some(*code)
            );
            assert!(Level::from_code(*code).is_some());
        }
        for (name, code) in fields::ACCESS_LEVELS {
            assert_eq!(
                PbAccess::from_str_name(name).map(|value| i64::from(value as i32)),
                Some(*code)
            );
            assert!(AccessLevel::from_code(*code).is_some());
        }
        for kind in RelationKind::ALL {
            assert!(PbRelation::try_from(kind.code()).is_ok());
        }
        assert_eq!(fields::TYPES.len(), DocumentType::ALL.len());
        assert_eq!(fields::LEVELS.len(), Level::ALL.len());
        assert_eq!(fields::ACCESS_LEVELS.len(), AccessLevel::ALL.len());
    }
}
