//! What a document of the file refers to.

use accord_proto::documents::v1::{Document, RelationKind, UnknownRule, entry_into_force::Rule};

/// The names that a document refers to.
pub(super) fn references(document: &Document) -> Vec<&str> {
    let relations = document
        .relations
        .iter()
        .map(|relation| relation.target.as_str());
    relations.chain(waits_for(document)).collect()
}

pub(super) fn targets_of(document: &Document, kind: RelationKind) -> Vec<&str> {
    let of_kind = document
        .relations
        .iter()
        .filter(|relation| relation.kind() == kind);
    of_kind.map(|relation| relation.target.as_str()).collect()
}

/// The document that a clause waits for.
pub(super) fn waits_for(document: &Document) -> Option<&str> {
    match document.entry_into_force.as_ref()?.rule.as_ref()? {
        Rule::WithDocument(rule) => Some(&rule.document),
        _ => None,
    }
}

/// A document without its references to some others.
pub(super) fn without(document: &Document, is_out: impl Fn(&str) -> bool) -> Document {
    let mut document = document.clone();
    document
        .relations
        .retain(|relation| !is_out(&relation.target));
    if waits_for(&document).is_some_and(&is_out)
        && let Some(entry) = &mut document.entry_into_force
    {
        entry.rule = Some(Rule::Unknown(UnknownRule {}));
    }
    document
}
