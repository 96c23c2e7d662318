//! Lists entries, page by page.

use accord_proto::ledger::v1::{ChangeKind, Entry, ListEntriesRequest, ListEntriesResponse};
use aip::{Field, Kind, ListRequest, Listing, Schema, Value, Violations};
use fault::Fault;
use identity::Caller;
use tonic::Request;

use super::{Api, log_name};
use crate::{
    readers,
    store::{
        self,
        entries::{Listed, Row},
    },
};

const KINDS: &[(&str, i64)] = &[
    ("CHANGE_KIND_CREATED", ChangeKind::Created as i64),
    ("CHANGE_KIND_UPDATED", ChangeKind::Updated as i64),
    ("CHANGE_KIND_DELETED", ChangeKind::Deleted as i64),
    ("CHANGE_KIND_UNDELETED", ChangeKind::Undeleted as i64),
    ("CHANGE_KIND_STATE_CHANGED", ChangeKind::StateChanged as i64),
];

static SCHEMA: Schema = Schema {
    fields: &[
        field("sequence", Kind::Int, "sequence", true),
        field("record_time", Kind::Time, "record_time_us", false),
        field("resource", Kind::Text, "resource", false),
        field("resource_type", Kind::Text, "resource_type", false),
        field("kind", Kind::Enum(KINDS), "kind", false),
        field("actor.party", Kind::Text, "actor_party", false),
        field("request_id", Kind::Text, "request_id", false),
    ],
};

const fn field(path: &'static str, kind: Kind, column: &'static str, sortable: bool) -> Field {
    Field {
        path,
        kind,
        column,
        sortable,
    }
}

/// What a redacted entry does not tell. A filter that reads one of these finds no redacted entries: finding
/// them would tell what they have.
const CLOSED_FIELDS: [&str; 2] = ["actor.party", "request_id"];

pub(super) async fn run(
    api: &Api,
    request: &Request<ListEntriesRequest>,
) -> Result<ListEntriesResponse, Fault> {
    let caller = Caller::of(request)?;
    caller.may_read()?;
    let clearance = caller.clearance();
    let request = request.get_ref();
    let mut violations = Violations::new();
    let parent = log_name(&request.parent, &mut violations);
    let listing = match Listing::parse(
        &SCHEMA,
        &ListRequest {
            page_size: request.page_size,
            page_token: &request.page_token,
            filter: &request.filter,
            order_by: &request.order_by,
            bound_to: request.parent.as_bytes(),
        },
    ) {
        Ok(listing) => Some(listing),
        Err(wrong) => {
            violations.merge(wrong);
            None
        }
    };
    let (Some(parent), Some(listing)) = (parent, listing) else {
        return Err(violations.into());
    };
    api.check_log(&parent)?;

    let fields = listing.fields();
    let reads_closed = CLOSED_FIELDS.iter().any(|field| fields.contains(field));
    let readable = reads_closed
        .then(|| readers::condition(&clearance))
        .flatten();
    let (rows, next_page_token): (Vec<Row>, String) = api
        .journal
        .database
        .read(move |tx| {
            let (listing, readable) = (listing.clone(), readable.clone());
            Box::pin(async move {
                let listed = store::entries::list(tx, &listing, readable).await?;
                let sequence = |listed: &Listed| Value::from(listed.sequence);
                // Only the sequence can be sorted by.
                let (page, token) = listing.page_within(
                    listed,
                    Listed::weight,
                    |listed, _| sequence(listed),
                    sequence,
                );
                Ok((store::entries::read(tx, &page).await?, token))
            })
        })
        .await
        .map_err(|error: storage::Error| Fault::from(error))?;
    let entries: Result<Vec<Entry>, storage::Error> = rows
        .into_iter()
        .map(|row| row.entry(api.journal.log, &clearance))
        .collect();
    Ok(ListEntriesResponse {
        entries: entries?,
        next_page_token,
    })
}
