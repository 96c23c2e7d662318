//! `BatchGetDocumentStatuses`.

use std::collections::BTreeSet;

use accord_proto::documents::v1 as pb;
use aip::{Violation, Violations};
use fault::Fault;
use identity::Caller;
use tonic::Request;

use super::cases::{self, Moment};
use crate::{
    api::{Api, convert, fault as faults},
    domain::{DocumentName, PartnershipName, status::Status},
};

/// The most documents of one call.
const MAX_NAMES: usize = 1_000;

/// Computes the status of each named document, from one reading of the register.
pub(in crate::api) async fn run(
    api: &Api,
    request: Request<pb::BatchGetDocumentStatusesRequest>,
) -> Result<pb::BatchGetDocumentStatusesResponse, Fault> {
    Caller::of(&request)?.may_read()?;
    let given = request.into_inner();
    let mut violations = Violations::new();
    let parent = violations.take(PartnershipName::parse("parent", &given.parent));
    let names = names(parent.as_ref(), &given.names, &mut violations);
    let moment = Moment {
        effective_date: given.effective_date.as_ref(),
        known_time: given.known_time.as_ref(),
        recorded_before: given.recorded_before.as_ref(),
    };
    let as_of = moment.as_of(&api.clock, &mut violations);
    let (Some(as_of), true) = (as_of, violations.is_empty()) else {
        return Err(violations.into());
    };
    let asked = names.clone();
    let cases = api.database.read(move |tx| {
        let names = asked.clone();
        Box::pin(async move { Ok::<_, Fault>(cases::load(tx, &names).await?) })
    });
    let cases = cases.await?;
    let status = |name: &DocumentName| {
        let status = Status::of(&cases, &name.to_string(), as_of)
            .ok_or_else(|| faults::no_document(name))?;
        Ok(convert::status::message(name, as_of, &status))
    };
    let document_statuses = names.iter().map(status).collect::<Result<_, Fault>>()?;
    Ok(pb::BatchGetDocumentStatusesResponse { document_statuses })
}

fn names(
    parent: Option<&PartnershipName>,
    given: &[String],
    violations: &mut Violations,
) -> Vec<DocumentName> {
    if given.is_empty() {
        violations.take::<()>(Err(Violation::required("names")));
    }
    if given.len() > MAX_NAMES {
        violations.push(
            "names",
            "FIELD_INVALID",
            format!("must have 1 to {MAX_NAMES} names, not {}", given.len()),
        );
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
