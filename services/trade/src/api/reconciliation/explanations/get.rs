//! `GetMirrorExplanation`.

use std::sync::Arc;

use ::fault::Fault;
use accord_proto::trade::v1::{GetMirrorExplanationRequest, MirrorExplanation};
use identity::Caller;
use tonic::Request;

use super::load;
use crate::{
    api::{Api, convert::explanation::show},
    domain::name::MirrorExplanationName,
};

pub(in crate::api) async fn run(
    api: &Api,
    request: Request<GetMirrorExplanationRequest>,
) -> Result<MirrorExplanation, Fault> {
    Caller::of(&request)?.may_read()?;
    let name = MirrorExplanationName::parse("name", &request.get_ref().name)?;
    let name = Arc::new(name);
    let explanation = api
        .database
        .read(move |tx| {
            let name = Arc::clone(&name);
            Box::pin(async move { load(tx, &name).await })
        })
        .await?;
    Ok(show(&explanation))
}
