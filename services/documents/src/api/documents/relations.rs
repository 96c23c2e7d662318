//! `ListRelations`.

use std::collections::BTreeMap;

use accord_proto::documents::v1::{self as pb, RelationDirection};
use aip::{Field, Kind, ListRequest, Listing, Schema, Value, Violations};
use fault::Fault;
use identity::Caller;
use storage::Tx;
use tonic::Request;

use super::load;
use crate::{
    api::{Api, access, convert},
    domain::{Document, DocumentName, Reader},
    store::{
        documents,
        relations::{self, After},
    },
};

/// What pages are cut by; there is no filter and no other order. The columns are not read: each direction
/// has a query of its own.
static ORDER: Schema = Schema {
    fields: &[by("direction"), by("kind")],
};

const fn by(path: &'static str) -> Field {
    Field {
        path,
        kind: Kind::Int,
        column: path,
        sortable: true,
    }
}

/// A checked request.
#[derive(Clone)]
struct Question {
    reader: Reader,
    parent: DocumentName,
    direction: RelationDirection,
    listing: Listing,
}

/// A relation, seen from the document.
struct Found {
    direction: RelationDirection,
    kind: i64,
    resource: String,
}

/// Returns a page of relations.
pub(in crate::api) async fn run(
    api: &Api,
    request: Request<pb::ListRelationsRequest>,
) -> Result<pb::ListRelationsResponse, Fault> {
    let caller = Caller::of(&request)?;
    caller.may_read()?;
    let reader = access::reader(caller);
    let given = request.get_ref();
    let mut violations = Violations::new();
    let parent = violations.take(DocumentName::parse("parent", &given.parent));
    let direction = RelationDirection::try_from(given.direction).ok();
    if direction.is_none() {
        let text = format!("{} is no direction", given.direction);
        violations.push("direction", "FIELD_INVALID", text);
    }
    let listing = Listing::parse(
        &ORDER,
        &ListRequest {
            page_size: given.page_size,
            page_token: &given.page_token,
            filter: "",
            order_by: "direction, kind",
            bound_to: format!("{} {}", given.parent, given.direction).as_bytes(),
        },
    );
    let listing = listing.map_err(|found| violations.merge(found)).ok();
    let (Some(parent), Some(direction), Some(listing)) = (parent, direction, listing) else {
        return Err(violations.into());
    };
    let question = Question {
        reader,
        parent,
        direction,
        listing,
    };
    api.database
        .read(move |tx| {
            let question = question.clone();
            Box::pin(async move { page(tx, &question).await })
        })
        .await
}

/// Reads a page, and the documents at the other ends.
async fn page(tx: &mut Tx, question: &Question) -> Result<pb::ListRelationsResponse, Fault> {
    let document = load(tx, &question.parent).await?;
    access::check(&question.reader, &document)?;
    let found = find(tx, question, &document).await?;
    let names: Vec<_> = found
        .iter()
        .filter_map(|found| DocumentName::parse("resource", &found.resource).ok())
        .collect();
    let documents: BTreeMap<_, _> = documents::get_many(tx, &names)
        .await?
        .into_iter()
        .map(|document| (document.name.to_string(), document))
        .collect();
    let relation = |found: Found| pb::DocumentRelation {
        direction: found.direction.into(),
        kind: i32::try_from(found.kind).unwrap_or_default(),
        document: documents
            .get(&found.resource)
            .map(|document| convert::document::message_for(&question.reader, document)),
        resource: found.resource,
    };
    let sort_value = |relation: &pb::DocumentRelation, path: &str| match path {
        "direction" => Value::from(i64::from(relation.direction)),
        _ => i64::from(relation.kind).into(),
    };
    let (relations, next_page_token) = question.listing.page_within(
        found.into_iter().map(relation).collect(),
        prost::Message::encoded_len,
        sort_value,
        |relation| relation.resource.as_str().into(),
    );
    Ok(pb::ListRelationsResponse {
        relations,
        next_page_token,
    })
}

/// Reads up to one relation more than a page has, outgoing ones first.
async fn find(tx: &mut Tx, question: &Question, document: &Document) -> Result<Vec<Found>, Fault> {
    let wanted = question.listing.page_size() + 1;
    let mut found: Vec<Found> = Vec::new();
    for direction in [RelationDirection::Outgoing, RelationDirection::Incoming] {
        let is_asked = matches!(question.direction, RelationDirection::Unspecified)
            || question.direction == direction;
        let limit = wanted.saturating_sub(found.len());
        let after = after(question.listing.after(), direction, limit);
        let (true, Some(after)) = (is_asked && limit > 0, after) else {
            continue;
        };
        let seen = match direction {
            RelationDirection::Incoming => {
                relations::incoming(tx, &document.name, &question.reader, &after).await?
            }
            RelationDirection::Outgoing | RelationDirection::Unspecified => {
                relations::outgoing(tx, document, &after).await?
            }
        };
        found.extend(seen.into_iter().map(|seen| Found {
            direction,
            kind: seen.kind,
            resource: seen.resource,
        }));
    }
    Ok(found)
}

/// Where to go on in a direction; nothing if the page before ended behind it.
fn after(last: Option<&[Value]>, direction: RelationDirection, limit: usize) -> Option<After> {
    let start = After {
        kind: 0,
        resource: String::new(),
        limit,
    };
    let Some([Value::Int(at), Value::Int(kind), Value::Text(resource)]) = last else {
        return Some(start);
    };
    match i64::from(direction as i32).cmp(at) {
        std::cmp::Ordering::Less => None,
        std::cmp::Ordering::Greater => Some(start),
        std::cmp::Ordering::Equal => Some(After {
            kind: *kind,
            resource: resource.clone(),
            limit,
        }),
    }
}
