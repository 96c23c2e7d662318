//! Whether a step has been carried out before, by the logs of the services.
//!
//! Services replay a request id for a day only. Creating twice is refused after that, but a word that is given twice,
//! such as a report, would be a second report. The logs remember the request id of each change for ever.

use std::collections::{HashMap, HashSet};

use accord_proto::ledger::v1::ListEntriesRequest;
use accord_proto::ledger::v1::ledger_service_client::LedgerServiceClient;
use prost_reflect::DynamicMessage;

use super::step::Call;
use crate::client::Connection;
use crate::error::Error;
use crate::paging;

/// The request ids that the logs have, by resource; each resource is looked up once.
#[derive(Debug, Default)]
pub(super) struct History {
    by_resource: HashMap<String, HashSet<String>>,
}

impl History {
    /// Whether the logs have this call; false for calls that create or change nothing.
    pub(super) async fn has(
        &mut self,
        connection: &Connection,
        call: &Call,
    ) -> Result<bool, Error> {
        let (Some(request_id), Some(resource)) = (&call.request_id, changed(&call.request)) else {
            return Ok(false);
        };
        if !self.by_resource.contains_key(&resource) {
            let known = request_ids(connection, &call.method.word(), &resource).await?;
            self.by_resource.insert(resource.clone(), known);
        }
        Ok(self
            .by_resource
            .get(&resource)
            .is_some_and(|known| known.contains(request_id)))
    }
}

/// The resource that a request changes: its `name`, or the `name` of the resource that it carries.
fn changed(request: &DynamicMessage) -> Option<String> {
    let own = request.get_field_by_name("name");
    if let Some(name) = own.as_deref().and_then(|name| name.as_str()) {
        return Some(name.to_owned());
    }
    request.fields().find_map(|(_, value)| {
        let name = value.as_message()?.get_field_by_name("name")?;
        name.as_str()
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
    })
}

/// The request ids of every entry about a resource.
async fn request_ids(
    connection: &Connection,
    log: &str,
    resource: &str,
) -> Result<HashSet<String>, Error> {
    let filter = format!("resource = \"{}\"", resource.replace(['"', '\\'], ""));
    let listing = paging::collect(None, async |page_size, page_token| {
        let request = ListEntriesRequest {
            parent: format!("logs/{log}"),
            page_size,
            page_token,
            filter: filter.clone(),
            ..ListEntriesRequest::default()
        };
        let answer = LedgerServiceClient::new(connection.clone())
            .list_entries(request)
            .await?
            .into_inner();
        Ok((answer.entries, answer.next_page_token))
    })
    .await?;
    Ok(listing
        .items
        .into_iter()
        .map(|entry| entry.request_id)
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Method;

    fn request(method: &str, json: &serde_json::Value) -> DynamicMessage {
        let method = Method::find(method).unwrap();
        DynamicMessage::deserialize(method.input(), json).unwrap()
    }

    #[test]
    fn the_changed_resource_is_the_one_named() {
        let get = "accord.documents.v1.PartnershipService/GetPartnership";
        let json = serde_json::json!({"name": "partnerships/xa-xb"});
        assert_eq!(changed(&request(get, &json)).unwrap(), "partnerships/xa-xb");
        let update = "accord.documents.v1.PartnershipService/UpdatePartnership";
        let json = serde_json::json!({"partnership": {"name": "partnerships/xa-xb"}});
        assert_eq!(
            changed(&request(update, &json)).unwrap(),
            "partnerships/xa-xb"
        );
        let create = "accord.documents.v1.PartnershipService/CreatePartnership";
        let json = serde_json::json!({"partnershipId": "xa-xb", "partnership": {}});
        assert_eq!(changed(&request(create, &json)), None);
    }
}
