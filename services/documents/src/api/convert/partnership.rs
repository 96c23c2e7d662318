//! Partnerships.

use accord_proto::{convert, documents::v1 as pb};
use aip::{Violation, Violations, etag};

use super::values;
use crate::domain::{DocumentName, Partnership, PartnershipName, partnership::Profile};

/// The most parties of a partnership.
const PARTIES: usize = 50;

/// The most documents that a partnership can declare.
const DOCUMENTS: i32 = 10_000;

/// Checks what a caller says of the partnership `name`; nothing if anything is wrong.
pub(crate) fn profile(
    name: Option<&PartnershipName>,
    given: Option<&pb::Partnership>,
    violations: &mut Violations,
) -> Option<Profile> {
    let Some(given) = given else {
        violations.take::<()>(Err(Violation::required("partnership")));
        return None;
    };
    let mut found = Violations::new();
    let display_names = values::texts("display_names", &given.display_names, &mut found);
    let parties = values::countries("parties", &given.parties, 2..=PARTIES, &mut found);
    let founding_document =
        Some(given.founding_document.as_str()).filter(|document| !document.is_empty());
    if let Some(document) = founding_document {
        let document = found.take(DocumentName::parse("founding_document", document));
        if let (Some(document), Some(name)) = (document, name)
            && document.partnership != name.partnership
        {
            let text = "must be a document of the same partnership";
            found.push("founding_document", "FIELD_INVALID", text);
        }
    }
    let declared_document_count = given.declared_document_count.and_then(|count| {
        values::number("declared_document_count", count, 1..=DOCUMENTS, &mut found)
    });
    let source = given.declared_document_count_source.as_ref();
    let declared_document_count_source =
        if given.declared_document_count.is_some() || source.is_some() {
            values::source("declared_document_count_source", source, &mut found)
        } else {
            None
        };
    if !found.is_empty() {
        violations.merge_under("partnership", found);
        return None;
    }
    Some(Profile {
        display_names,
        parties,
        founding_document: founding_document.map(str::to_owned),
        declared_document_count,
        declared_document_count_source,
    })
}

/// Writes a partnership.
pub(crate) fn message(partnership: &Partnership) -> pb::Partnership {
    let profile = &partnership.profile;
    let count = |count: i64| i32::try_from(count).unwrap_or(i32::MAX);
    pb::Partnership {
        name: partnership.name.to_string(),
        uid: partnership.uid.clone(),
        display_names: values::localized(&profile.display_names),
        parties: profile.parties.clone(),
        founding_document: profile.founding_document.clone().unwrap_or_default(),
        declared_document_count: profile.declared_document_count,
        declared_document_count_source: profile
            .declared_document_count_source
            .as_ref()
            .map(values::source_message),
        registered_document_count: count(partnership.registered_document_count),
        document_count: count(partnership.document_count),
        create_time: Some(convert::from_timestamp(partnership.created)),
        update_time: Some(convert::from_timestamp(partnership.updated)),
        etag: etag::of(&partnership.uid, partnership.revision),
    }
}
