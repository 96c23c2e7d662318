//! Whether a step has been carried out before, by the logs of the services.
//!
//! Services replay a request id for a day only. Creating twice is refused after that, but a word that is given twice,
//! such as a report, would be a second report. The logs remember the request id of each change for ever.

use std::collections::{HashMap, HashSet};

use accord_proto::ledger::v1::ledger_service_client::LedgerServiceClient;
use accord_proto::ledger::v1::{Entry, ListEntriesRequest};
use prost_reflect::DynamicMessage;

use super::step::Call;
use crate::client::Connection;
use crate::error::Error;
use crate::paging::{self, Listing};

/// Logs up to this length are read once as a whole; in longer ones each changed resource is looked up.
const SHORT_LOG: u32 = 1000;

/// The request ids that the logs have.
#[derive(Debug, Default)]
pub(super) struct History {
    logs: HashMap<String, Newest>,
    by_resource: HashMap<String, HashSet<String>>,
}

/// The newest entries of a log.
#[derive(Debug)]
struct Newest {
    request_ids: HashSet<String>,
    /// Whether there are no older ones.
    is_all: bool,
}

impl History {
    /// Whether the logs have this call; false for calls that change nothing, and for creations that only a long log's older
    /// entries could tell of: those are refused by the service.
    pub(super) async fn has(
        &mut self,
        connection: &Connection,
        call: &Call,
    ) -> Result<bool, Error> {
        let Some(request_id) = &call.request_id else {
            return Ok(false);
        };
        let log = call.method.word();
        if !self.logs.contains_key(&log) {
            let newest = newest(connection, &log).await?;
            self.logs.insert(log.clone(), newest);
        }
        if let Some(newest) = self.logs.get(&log)
            && (newest.is_all || newest.request_ids.contains(request_id))
        {
            return Ok(newest.request_ids.contains(request_id));
        }
        let Some(resource) = changed(&call.request) else {
            return Ok(false);
        };
        if !self.by_resource.contains_key(&resource) {
            let known = about(connection, &log, &resource).await?;
            self.by_resource.insert(resource.clone(), known);
        }
        Ok(self
            .by_resource
            .get(&resource)
            .is_some_and(|known| known.contains(request_id)))
    }
}

/// The newest entries of a log.
async fn newest(connection: &Connection, log: &str) -> Result<Newest, Error> {
    let listing = entries(connection, log, String::new(), Some(SHORT_LOG)).await?;
    Ok(Newest {
        is_all: listing.next_page_token.is_empty(),
        request_ids: request_ids(listing.items),
    })
}

/// The request ids of every entry about a resource.
async fn about(
    connection: &Connection,
    log: &str,
    resource: &str,
) -> Result<HashSet<String>, Error> {
    let filter = format!("resource = \"{}\"", resource.replace(['"', '\\'], ""));
    let listing = entries(connection, log, filter, None).await?;
    Ok(request_ids(listing.items))
}

async fn entries(
    connection: &Connection,
    log: &str,
    filter: String,
    limit: Option<u32>,
) -> Result<Listing<Entry>, Error> {
    paging::collect(limit, async |page_size, page_token| {
        let request = ListEntriesRequest {
            parent: format!("logs/{log}"),
            page_size,
            page_token,
            filter: filter.clone(),
            order_by: "sequence desc".to_owned(),
        };
        let answer = LedgerServiceClient::new(connection.clone())
            .list_entries(request)
            .await?
            .into_inner();
        Ok((answer.entries, answer.next_page_token))
    })
    .await
}

fn request_ids(entries: Vec<Entry>) -> HashSet<String> {
    entries.into_iter().map(|entry| entry.request_id).collect()
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
