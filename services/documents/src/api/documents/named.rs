//! The names of a batch of documents.

use std::collections::BTreeSet;

use aip::Violations;

use crate::{
    api::batch,
    domain::{DocumentName, PartnershipName},
};

/// Checks the names of documents of one partnership, each once.
pub(super) fn names(
    parent: Option<&PartnershipName>,
    given: &[String],
    violations: &mut Violations,
) -> Vec<DocumentName> {
    if !batch::is_countable("names", given.len(), violations) {
        return Vec::new();
    }
    let mut seen = BTreeSet::new();
    let mut names = Vec::with_capacity(given.len());
    for (index, name) in given.iter().enumerate() {
        let field = format!("names[{index}]");
        let Some(name) = violations.take(DocumentName::parse(&field, name)) else {
            continue;
        };
        if parent.is_some_and(|parent| parent.partnership != name.partnership) {
            violations.push(
                field,
                "FIELD_INVALID",
                "is a document of another partnership than parent",
            );
        } else if !seen.insert(name.clone()) {
            violations.push(
                field,
                "DUPLICATE_VALUE",
                format!("\"{name}\" stands here twice"),
            );
        }
        names.push(name);
    }
    names
}
