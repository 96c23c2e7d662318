//! Items of lists in a document's row, both ways: who signed, and how it stands to other resources.

use accord_proto::documents::v1::{Relation, RelationKind, SigningBody};

use crate::register::{cell, name};

/// The kinds of relations, for messages.
const RELATION_KINDS: [&str; 6] = [
    "implements",
    "regulates",
    "amends",
    "supersedes",
    "annex_of",
    "roadmap_of",
];

/// Reads `UZ Ministry of Energy; A. Minister`.
pub(super) fn body(item: &str) -> Result<SigningBody, String> {
    let wrong = || format!("\"{item}\" is not written as UZ BODY or UZ BODY; PERSON");
    let (party, rest) = item.split_once(char::is_whitespace).ok_or_else(wrong)?;
    let (body, signatory) = match cell::split(rest, cell::PART).as_slice() {
        [body] => (*body, ""),
        [body, person] => (*body, *person),
        _ => return Err(wrong()),
    };
    Ok(SigningBody {
        party: cell::plain(party),
        body: cell::plain(body.trim()),
        signatory: cell::plain(signatory.trim()),
    })
}

/// Writes a signing body as [`body`] reads it.
pub(super) fn write_body(body: &SigningBody) -> String {
    let text = format!(
        "{} {}",
        cell::escaped_part(&body.party),
        cell::escaped_part(&body.body)
    );
    if body.signatory.is_empty() {
        text
    } else {
        format!("{text}; {}", cell::escaped_part(&body.signatory))
    }
}

/// Reads `implements DOCUMENT`.
pub(super) fn relation(parent: &str, item: &str) -> Result<Relation, String> {
    let (kind, target) = item.split_once(char::is_whitespace).ok_or_else(|| {
        format!("\"{item}\" is not written as KIND TARGET, such as implements treaty")
    })?;
    let kind = cell::word(
        kind,
        "RELATION_KIND_",
        RelationKind::from_str_name,
        &RELATION_KINDS,
    )?;
    Ok(Relation {
        kind: kind.into(),
        target: name::expand(parent, &cell::plain(target.trim())),
    })
}

/// Writes a relation as [`relation`] reads it.
pub(super) fn write_relation(parent: &str, relation: &Relation) -> String {
    let kind = cell::write_word(relation.kind().as_str_name(), "RELATION_KIND_");
    format!(
        "{kind} {}",
        cell::escaped(name::shorten(parent, &relation.target))
    )
}
