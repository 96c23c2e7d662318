//! `GetRelease`.

use std::sync::Arc;

use ::fault::Fault;
use accord_proto::trade::v1::{GetReleaseRequest, Release as Shown};
use identity::Caller;
use tonic::Request;

use super::load;
use crate::{
    api::{Api, convert},
    domain::{name::ReleaseName, release::Release},
};

pub(crate) async fn run(api: &Api, request: Request<GetReleaseRequest>) -> Result<Shown, Fault> {
    Caller::of(&request)?.may_read()?;
    let name = Arc::new(ReleaseName::parse("name", &request.get_ref().name)?);
    let release: Release = api
        .database
        .read(move |tx| {
            let name = Arc::clone(&name);
            Box::pin(async move { load(tx, &name).await })
        })
        .await?;
    Ok(convert::release::show(&release))
}
