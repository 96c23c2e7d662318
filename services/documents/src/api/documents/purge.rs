//! `PurgeDocuments`, and the same for every partnership once an hour.

use std::time::Duration;

use accord_proto::documents::v1 as pb;
use aip::{ListRequest, Listing, Violations};
use fault::Fault;
use identity::{Caller, Role};
use jiff::Timestamp;
use ledger::{Call, Change, ChangeKind, Stamp};
use storage::Tx;
use tokio_util::sync::CancellationToken;
use tonic::Request;

use crate::{
    api::{Api, Mutation, access, convert, derived, partnerships},
    domain::{Document, PartnershipName, document::RETENTION},
    store::{fields, purge},
};

/// The method's name in the log.
const METHOD: &str = "accord.documents.v1.DocumentService/PurgeDocuments";

/// The most documents of one call.
const MOST: usize = 1_000;

/// How many of them are named.
const SAMPLE: usize = 100;

/// How long after the start the service purges for the first time, and then between one time and the next.
const FIRST: Duration = Duration::from_mins(1);
const INTERVAL: Duration = Duration::from_hours(1);

/// Removes documents for good, or tells which it would.
pub(in crate::api) async fn run(
    api: &Api,
    request: Request<pb::PurgeDocumentsRequest>,
) -> Result<pb::PurgeDocumentsResponse, Fault> {
    let caller = Caller::of(&request)?;
    caller.may_administer()?;
    let mut violations = Violations::new();
    let call = Call::new(METHOD, caller, request.get_ref(), &mut violations);
    let given = request.get_ref();
    let parent = violations.take(PartnershipName::parse("parent", &given.parent));
    let listing = Listing::parse(
        &fields::DOCUMENTS,
        &ListRequest {
            filter: &given.filter,
            ..ListRequest::default()
        },
    );
    let listing = listing.map_err(|found| violations.merge(found)).ok();
    let (Some(parent), Some(listing), true) = (parent, listing, violations.is_empty()) else {
        return Err(violations.into());
    };
    if given.force {
        return remove(api, call, parent, listing).await;
    }
    let now = api.clock.now();
    let found = api.database.read(move |tx| {
        let (parent, listing) = (parent.clone(), listing.clone());
        Box::pin(async move { due(tx, &parent, &listing, now).await })
    });
    Ok(response(&found.await?))
}

async fn remove(
    api: &Api,
    call: Call,
    parent: PartnershipName,
    listing: Listing,
) -> Result<pb::PurgeDocumentsResponse, Fault> {
    api.journal
        .mutate(call, move |tx, stamp| {
            let (parent, listing) = (parent.clone(), listing.clone());
            Box::pin(async move { apply(tx, stamp, &parent, &listing).await })
        })
        .await
}

async fn apply(
    tx: &mut Tx,
    stamp: Stamp,
    parent: &PartnershipName,
    listing: &Listing,
) -> Mutation<pb::PurgeDocumentsResponse> {
    let documents = due(tx, parent, listing, stamp.now).await?;
    let change = |document: &Document| {
        let message = convert::document::message(document);
        Change::of(message.name.clone(), ChangeKind::Deleted, &message)
            .readable_by(access::readers(document))
    };
    let changes = documents.iter().map(change).collect();
    purge::remove(tx, &documents).await?;
    let names: Vec<_> = documents
        .iter()
        .map(|document| document.name.clone())
        .collect();
    derived::refresh(tx, stamp.now, &names).await?;
    Ok((response(&documents), changes))
}

/// Reads which documents can be removed now.
async fn due(
    tx: &mut Tx,
    parent: &PartnershipName,
    listing: &Listing,
    now: Timestamp,
) -> Result<Vec<Document>, Fault> {
    partnerships::load(tx, parent).await?;
    let filter = listing.filter();
    Ok(purge::due(tx, parent, latest_deletion(now), filter, MOST).await?)
}

/// What was deleted by then can be removed now.
fn latest_deletion(now: Timestamp) -> Timestamp {
    now.saturating_sub(RETENTION).unwrap_or(Timestamp::MIN)
}

fn response(documents: &[Document]) -> pb::PurgeDocumentsResponse {
    let mut names: Vec<_> = documents
        .iter()
        .map(|document| document.name.to_string())
        .collect();
    names.sort();
    names.truncate(SAMPLE);
    pb::PurgeDocumentsResponse {
        purge_count: i32::try_from(documents.len()).unwrap_or(i32::MAX),
        purge_sample: names,
    }
}

/// Purges every partnership once an hour, until the process stops. Replicas that do so at once find
/// nothing left to do: the log's lock lets them in one after the other.
pub(crate) async fn every_hour(api: Api, stopping: CancellationToken) {
    let mut pause = FIRST;
    loop {
        tokio::select! {
            () = stopping.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
        match all(&api).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "removed documents that were deleted long ago"),
            Err(fault) => {
                tracing::warn!(%fault, "documents that were deleted long ago stay until later");
            }
        }
        pause = INTERVAL;
    }
}

/// Purges every partnership, and returns how many documents there were.
async fn all(api: &Api) -> Result<i64, Fault> {
    let deleted = latest_deletion(api.clock.now());
    let found = api
        .database
        .read(move |tx| Box::pin(async move { purge::partnerships(tx, deleted).await }));
    let mut count = 0;
    for parent in found.await.map_err(Fault::from)? {
        loop {
            let request = pb::PurgeDocumentsRequest {
                parent: parent.to_string(),
                force: true,
                ..pb::PurgeDocumentsRequest::default()
            };
            let mut violations = Violations::new();
            let call = Call::new(METHOD, &itself(), &request, &mut violations);
            let listing = Listing::parse(&fields::DOCUMENTS, &ListRequest::default())?;
            let done = remove(api, call, parent.clone(), listing).await?;
            count += i64::from(done.purge_count);
            if usize::try_from(done.purge_count).is_ok_and(|count| count < MOST) {
                break;
            }
        }
    }
    Ok(count)
}

/// The service as the one who acts.
pub(in crate::api) fn itself() -> Caller {
    Caller::new("accord-documents", "accord", None, vec![Role::Operator])
}
