//! `BatchGetDocuments`.

use std::collections::BTreeMap;

use accord_proto::documents::v1 as pb;
use aip::Violations;
use fault::Fault;
use identity::Caller;
use tonic::Request;

use super::named;
use crate::{
    api::{Api, access, convert, fault as faults},
    domain::{DocumentName, PartnershipName},
    store::documents,
};

/// Returns the named documents, all or none.
pub(in crate::api) async fn run(
    api: &Api,
    request: Request<pb::BatchGetDocumentsRequest>,
) -> Result<pb::BatchGetDocumentsResponse, Fault> {
    let caller = Caller::of(&request)?;
    caller.may_read()?;
    let reader = access::reader(caller);
    let given = request.get_ref();
    let mut violations = Violations::new();
    let parent = violations.take(PartnershipName::parse("parent", &given.parent));
    let names = named::names(parent.as_ref(), &given.names, &mut violations);
    violations.finish()?;
    let asked = names.clone();
    let found = api.database.read(move |tx| {
        let names = asked.clone();
        Box::pin(async move { Ok::<_, Fault>(documents::get_many(tx, &names).await?) })
    });
    let found: BTreeMap<_, _> = found
        .await?
        .into_iter()
        .map(|document| (document.name.clone(), document))
        .collect();
    let message = |name: &DocumentName| {
        let document = found.get(name).ok_or_else(|| faults::no_document(name))?;
        Ok(convert::document::message_for(&reader, document))
    };
    let answer = pb::BatchGetDocumentsResponse {
        documents: names.iter().map(message).collect::<Result<_, Fault>>()?,
    };
    fault::check_batch_answer(&answer)?;
    Ok(answer)
}
