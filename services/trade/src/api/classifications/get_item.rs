//! `GetClassificationItem`.

use std::sync::Arc;

use ::fault::Fault;
use accord_proto::trade::v1::{ClassificationItem, GetClassificationItemRequest};
use identity::Caller;
use tonic::Request;

use super::read_item;
use crate::{
    api::{Api, convert::classification, fault},
    store,
};

pub(crate) async fn run(
    api: &Api,
    request: Request<GetClassificationItemRequest>,
) -> Result<ClassificationItem, Fault> {
    Caller::of(&request)?.may_read()?;
    let name = &request.get_ref().name;
    let (edition, code) = read_item("name", name)?;
    let code = Arc::new(code);
    let item = api
        .database
        .read(move |tx| {
            let code = Arc::clone(&code);
            Box::pin(async move {
                Ok::<_, Fault>(store::classifications::get(tx, edition, &code).await?)
            })
        })
        .await?;
    item.map(|item| classification::show_item(edition, &item))
        .ok_or_else(|| Fault::not_found(fault::CLASSIFICATION_ITEM, name))
}
