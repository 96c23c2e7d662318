//! `GetText`.

use accord_proto::documents::v1 as pb;
use fault::Fault;
use identity::Caller;
use tonic::Request;

use super::{load_document, load_text, shown};
use crate::{
    api::{Api, access},
    domain::TextName,
};

/// Returns one text.
pub(in crate::api) async fn run(
    api: &Api,
    request: Request<pb::GetTextRequest>,
) -> Result<pb::Text, Fault> {
    let caller = Caller::of(&request)?;
    caller.may_read()?;
    let reader = access::reader(caller);
    let name = TextName::parse("name", &request.get_ref().name)?;
    let found = api.database.read(move |tx| {
        let (reader, name) = (reader.clone(), name.clone());
        Box::pin(async move {
            let document = load_document(tx, &reader, &name.parent()).await?;
            let text = load_text(tx, &document, &name).await?;
            shown(tx, &reader, &document, &[text]).await
        })
    });
    let text = found.await?.pop();
    text.ok_or_else(|| Fault::internal("a text that was read is not shown"))
}
