//! `AcceptMirrorExplanation`.

use ::fault::Fault;
use accord_proto::trade::v1::{AcceptMirrorExplanationRequest, MirrorExplanation};
use aip::{Violations, text};
use identity::Caller;
use ledger::Call;
use tonic::Request;

use super::{Answer, MAX_REASON, record};
use crate::{api::Api, domain::explanation::Explanation};

const METHOD: &str = "accord.trade.v1.ReconciliationService/AcceptMirrorExplanation";

pub(in crate::api) async fn run(
    api: &Api,
    request: Request<AcceptMirrorExplanationRequest>,
) -> Result<MirrorExplanation, Fault> {
    let caller = Caller::of(&request)?.clone();
    caller.may_edit()?;
    let request = request.into_inner();
    let mut violations = Violations::new();
    let answer = Answer {
        call: Call::new(METHOD, &caller, &request, &mut violations),
        caller,
        reason: text::lines("reason", &request.reason, MAX_REASON),
        name: request.name,
        etag: request.etag,
        violations,
    };
    record(
        api,
        answer,
        Explanation::other_party,
        Explanation::be_accepted,
    )
    .await
}
