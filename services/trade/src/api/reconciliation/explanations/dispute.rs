//! `DisputeMirrorExplanation`.

use ::fault::Fault;
use accord_proto::trade::v1::{DisputeMirrorExplanationRequest, MirrorExplanation};
use aip::Violations;
use identity::Caller;
use ledger::Call;
use tonic::Request;

use super::{Answer, needed_reason, record};
use crate::{api::Api, domain::explanation::Explanation};

const METHOD: &str = "accord.trade.v1.ReconciliationService/DisputeMirrorExplanation";

pub(in crate::api) async fn run(
    api: &Api,
    request: Request<DisputeMirrorExplanationRequest>,
) -> Result<MirrorExplanation, Fault> {
    let caller = Caller::of(&request)?.clone();
    caller.may_edit()?;
    let request = request.into_inner();
    let mut violations = Violations::new();
    let answer = Answer {
        call: Call::new(METHOD, &caller, &request, &mut violations),
        caller,
        reason: needed_reason(&request.reason),
        name: request.name,
        etag: request.etag,
        violations,
    };
    record(
        api,
        answer,
        Explanation::other_party,
        Explanation::be_disputed,
    )
    .await
}
