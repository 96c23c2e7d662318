//! `GetDocumentStatus`.

use accord_proto::documents::v1 as pb;
use aip::Violations;
use fault::Fault;
use identity::Caller;
use tonic::Request;

use super::cases::{self, Moment};
use crate::{
    api::{Api, access, convert, fault as faults},
    domain::{DocumentName, status::Status},
};

/// Computes the status of one document.
pub(in crate::api) async fn run(
    api: &Api,
    request: Request<pb::GetDocumentStatusRequest>,
) -> Result<pb::DocumentStatus, Fault> {
    let caller = Caller::of(&request)?;
    caller.may_read()?;
    let reader = access::reader(caller);
    let given = request.into_inner();
    let mut violations = Violations::new();
    let name = violations.take(DocumentName::parse("name", &given.name));
    let moment = Moment {
        effective_date: given.effective_date.as_ref(),
        known_time: given.known_time.as_ref(),
        recorded_before: given.recorded_before.as_ref(),
    };
    let as_of = moment.as_of(&api.clock, &mut violations);
    let (Some(name), Some(as_of)) = (name, as_of) else {
        return Err(violations.into());
    };
    let asked = name.clone();
    let cases = api.database.read(move |tx| {
        let (names, reader) = ([asked.clone()], reader.clone());
        let limit = as_of.recorded_before;
        Box::pin(async move { Ok::<_, Fault>(cases::load_for(tx, &names, &reader, limit).await?) })
    });
    let status = Status::of(&cases.await?, &name.to_string(), as_of)
        .ok_or_else(|| faults::no_document(&name))?;
    Ok(convert::status::message(&name, as_of, &status))
}
