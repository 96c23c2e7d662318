//! Whether a step has been carried out before, by the logs of the services.
//!
//! Services replay a request id for a day only. Creating twice is refused after that, but a word that is given twice,
//! such as a report, would be a second report. The logs remember the request id of each change for ever.

use std::collections::{HashMap, HashSet};

use super::step::Call;
use crate::client::Connection;
use crate::error::Error;
use crate::paging::{self, Listing};
use accord_proto::ledger::v1::ledger_service_client::LedgerServiceClient;
use accord_proto::ledger::v1::{Entry, ListEntriesRequest};

/// Logs up to this length are read once as a whole; in longer ones each call is looked up.
const SHORT_LOG: u32 = 1000;

/// The request ids that the logs have.
#[derive(Debug, Default)]
pub(super) struct History {
    logs: HashMap<String, Newest>,
}

/// The newest entries of a log.
#[derive(Debug)]
struct Newest {
    request_ids: HashSet<String>,
    /// Whether there are no older ones.
    is_all: bool,
}

impl History {
    /// Whether the logs have this call; false for calls that change nothing.
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
        match self.logs.get(&log) {
            Some(newest) if newest.request_ids.contains(request_id) => Ok(true),
            Some(newest) if newest.is_all => Ok(false),
            _ => older(connection, &log, request_id).await,
        }
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

/// Whether an older entry of a long log has a request id.
async fn older(connection: &Connection, log: &str, request_id: &str) -> Result<bool, Error> {
    let filter = format!("request_id = \"{request_id}\"");
    let listing = entries(connection, log, filter, Some(1)).await?;
    Ok(!listing.items.is_empty())
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
