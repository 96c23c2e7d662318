//! `GetTarget`.

use std::sync::Arc;

use ::fault::Fault;
use accord_proto::trade::v1::{GetTargetRequest, Target as Shown};
use identity::Caller;
use tonic::Request;

use super::load;
use crate::{
    api::{Api, convert},
    domain::name::TargetName,
};

pub(crate) async fn run(api: &Api, request: Request<GetTargetRequest>) -> Result<Shown, Fault> {
    Caller::of(&request)?.may_read()?;
    let name = Arc::new(TargetName::parse("name", &request.get_ref().name)?);
    let target = api
        .database
        .read(move |tx| {
            let name = Arc::clone(&name);
            Box::pin(async move { load(tx, &name).await })
        })
        .await?;
    Ok(convert::target::show(&target))
}
