//! `GetClassification`.

use ::fault::Fault;
use accord_proto::trade::v1::{Classification, GetClassificationRequest};
use identity::Caller;
use tonic::Request;

use super::{all, read_edition};
use crate::api::{Api, fault};

pub(crate) async fn run(
    api: &Api,
    request: Request<GetClassificationRequest>,
) -> Result<Classification, Fault> {
    Caller::of(&request)?.may_read()?;
    let name = &request.get_ref().name;
    let edition = read_edition("name", name)?;
    let editions = api
        .database
        .read(|tx| Box::pin(async move { all(tx).await }))
        .await?;
    editions
        .into_iter()
        .nth(edition.number().into())
        .ok_or_else(|| Fault::not_found(fault::CLASSIFICATION, name))
}
