//! `BatchGetDocumentStatuses`.

use accord_proto::documents::v1 as pb;
use aip::Violations;
use fault::Fault;
use identity::Caller;
use tonic::Request;

use super::{
    cases::{self, Moment},
    named::names,
};
use crate::{
    api::{Api, access, convert, fault as faults},
    domain::{DocumentName, PartnershipName, status::Status},
};

/// Computes the status of each named document, from one reading of the register.
pub(in crate::api) async fn run(
    api: &Api,
    request: Request<pb::BatchGetDocumentStatusesRequest>,
) -> Result<pb::BatchGetDocumentStatusesResponse, Fault> {
    let caller = Caller::of(&request)?;
    caller.may_read()?;
    let reader = access::reader(caller);
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
        let (names, reader) = (asked.clone(), reader.clone());
        let limit = as_of.recorded_before;
        Box::pin(async move { Ok::<_, Fault>(cases::load_for(tx, &names, &reader, limit).await?) })
    });
    let cases = cases.await?;
    let status = |name: &DocumentName| {
        let status = Status::of(&cases, &name.to_string(), as_of)
            .ok_or_else(|| faults::no_document(name))?;
        Ok(convert::status::message(name, as_of, &status))
    };
    let answer = pb::BatchGetDocumentStatusesResponse {
        document_statuses: names.iter().map(status).collect::<Result<_, Fault>>()?,
    };
    fault::check_batch_answer(&answer)?;
    Ok(answer)
}
