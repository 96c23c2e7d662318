//! `ListPendingProcedures`.
//!
//! What is owed is computed from the acts when it is asked for, so it is never out of date. For now, an
//! index tells on which documents to look; for another day or moment, and while the index is not up to date, all
//! documents are looked at, some for each page.

use std::ops::RangeInclusive;

use accord_proto::{convert, documents::v1 as pb};
use aip::{Field, Kind, ListRequest, Listing, Schema, Value, Violations, text};
use clock::Clock;
use fault::Fault;
use identity::Caller;
use jiff::civil::Date;
use storage::{Error, Tx};
use tonic::Request;

use super::cases::{self, Moment};
use crate::{
    api::{Api, access, partnerships},
    domain::{
        Document, DocumentName, PartnershipName, Reader,
        status::{
            AsOf, State, Status,
            pending::{self, Owed},
        },
    },
    store::outline,
};

/// How many documents are looked at for one page at most.
const MOST_DOCUMENTS: usize = 2_000;

/// How many documents are read at once: hardly more than fill the page.
const AT_ONCE: RangeInclusive<usize> = 20..=250;

/// The order of procedures; the key is the description.
static PROCEDURES: Schema = Schema {
    fields: &[
        field("document", Kind::Text),
        field("party", Kind::Text),
        field("kind", Kind::Int),
    ],
};

const fn field(path: &'static str, kind: Kind) -> Field {
    Field {
        path,
        kind,
        column: path,
        sortable: true,
    }
}

/// A checked request.
#[derive(Clone)]
struct Ask {
    parent: PartnershipName,
    party: String,
    as_of: AsOf,
    /// Whether the index tells where to look, if it is up to date.
    now: bool,
    reader: Reader,
    listing: Listing,
}

/// Where a procedure stands in the order; those of one document come one after another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    document: String,
    party: String,
    kind: i64,
    description: String,
}

impl Place {
    /// The place after all procedures of a document: no party's code sorts after this sign.
    fn after(document: &DocumentName) -> Self {
        Self {
            document: document.document.clone(),
            party: "~".to_owned(),
            kind: 0,
            description: String::new(),
        }
    }

    fn of(document: &DocumentName, owed: &Owed) -> Self {
        Self {
            document: document.document.clone(),
            party: owed.party.clone(),
            kind: owed.kind.code().into(),
            description: owed.description.clone(),
        }
    }

    /// Where the page before ended.
    fn read(listing: &Listing) -> Option<Self> {
        match listing.after()? {
            [
                Value::Text(document),
                Value::Text(party),
                Value::Int(kind),
                Value::Text(description),
            ] => Some(Self {
                document: document.clone(),
                party: party.clone(),
                kind: *kind,
                description: description.clone(),
            }),
            _ => None,
        }
    }

    fn token(&self, listing: &Listing) -> String {
        listing.token(&[
            self.document.as_str().into(),
            self.party.as_str().into(),
            self.kind.into(),
            self.description.as_str().into(),
        ])
    }
}

/// Returns a page of what parties owe.
pub(in crate::api) async fn run(
    api: &Api,
    request: Request<pb::ListPendingProceduresRequest>,
) -> Result<pb::ListPendingProceduresResponse, Fault> {
    let caller = Caller::of(&request)?;
    caller.may_read()?;
    let reader = access::reader(caller);
    let ask = check(&request.into_inner(), reader, &api.clock)?;
    let page = api.database.read(move |tx| {
        let ask = ask.clone();
        Box::pin(async move {
            partnerships::load(tx, &ask.parent).await?;
            Ok::<_, Fault>(page(tx, &ask).await?)
        })
    });
    page.await
}

fn check(
    given: &pb::ListPendingProceduresRequest,
    reader: Reader,
    clock: &Clock,
) -> Result<Ask, Fault> {
    let mut violations = Violations::new();
    let parent = violations.take(PartnershipName::parse("parent", &given.parent));
    let party = match given.party.as_str() {
        "" => Some(String::new()),
        code => violations.take(text::country("party", code)),
    };
    let moment = Moment {
        effective_date: given.effective_date.as_ref(),
        known_time: given.known_time.as_ref(),
        recorded_before: given.recorded_before.as_ref(),
    };
    let as_of = moment.as_of(clock, &mut violations);
    let bound_to = format!(
        "{} {} {:?} {:?} {:?}",
        given.parent, given.party, given.effective_date, given.known_time, given.recorded_before
    );
    let listing = Listing::parse(
        &PROCEDURES,
        &ListRequest {
            page_size: given.page_size,
            page_token: &given.page_token,
            order_by: "document, party, kind",
            bound_to: bound_to.as_bytes(),
            ..ListRequest::default()
        },
    );
    let listing = listing.map_err(|found| violations.merge(found)).ok();
    let (Some(parent), Some(party), Some(as_of), Some(listing)) = (parent, party, as_of, listing)
    else {
        return Err(violations.into());
    };
    Ok(Ask {
        parent,
        party,
        as_of,
        now: as_of.day == clock.today()
            && given.known_time.is_none()
            && given.recorded_before.is_none(),
        reader,
        listing,
    })
}

/// Looks at documents until the page is full, there are no more, or enough has been looked at.
async fn page(tx: &mut Tx, ask: &Ask) -> Result<pb::ListPendingProceduresResponse, Error> {
    let by_index = ask.now && outline::is_settled(tx).await?;
    let mut response = pb::ListPendingProceduresResponse::default();
    let mut last = Place::read(&ask.listing);
    let mut looked_at = 0;
    loop {
        let from = last.as_ref().map_or("", |place| place.document.as_str());
        let missing = ask.listing.page_size() + 1 - response.pending_procedures.len();
        let limit = missing.clamp(*AT_ONCE.start(), *AT_ONCE.end());
        let documents = candidates(tx, ask, by_index, from, limit).await?;
        let more = documents.len() == limit;
        looked_at += documents.len();
        for (document, owed, state) in owed(tx, ask, documents).await? {
            for owed in owed {
                let place = Place::of(&document, &owed);
                if last.as_ref().is_some_and(|last| place <= *last) {
                    continue;
                }
                if response.pending_procedures.len() == ask.listing.page_size() {
                    let last = last.unwrap_or(place);
                    response.next_page_token = last.token(&ask.listing);
                    return Ok(response);
                }
                response
                    .pending_procedures
                    .push(message(&document, owed, state, ask.as_of.day));
                last = Some(place);
            }
            last = last.max(Some(Place::after(&document)));
        }
        if !more {
            return Ok(response);
        }
        if looked_at >= MOST_DOCUMENTS {
            let token = last.map(|place| place.token(&ask.listing));
            response.next_page_token = token.unwrap_or_default();
            return Ok(response);
        }
    }
}

async fn candidates(
    tx: &mut Tx,
    ask: &Ask,
    by_index: bool,
    from: &str,
    limit: usize,
) -> Result<Vec<Document>, Error> {
    if by_index {
        outline::pending(tx, &ask.parent, &ask.party, from, &ask.reader, limit).await
    } else {
        outline::live(tx, &ask.parent, from, &ask.reader, limit).await
    }
}

/// Computes what is owed on some documents, in their order.
async fn owed(
    tx: &mut Tx,
    ask: &Ask,
    documents: Vec<Document>,
) -> Result<Vec<(DocumentName, Vec<Owed>, State)>, Error> {
    let names: Vec<_> = documents
        .iter()
        .map(|document| document.name.clone())
        .collect();
    let recorded_before = ask.as_of.recorded_before;
    let cases = cases::load_read(tx, documents, &ask.reader, recorded_before).await?;
    let of_one = |name: DocumentName| {
        let status = Status::of(&cases, &name.to_string(), ask.as_of)?;
        let mut owed = pending::owed(&status);
        owed.retain(|owed| ask.party.is_empty() || owed.party == ask.party);
        Some((name, owed, status.state))
    };
    Ok(names.into_iter().filter_map(of_one).collect())
}

fn message(document: &DocumentName, owed: Owed, state: State, day: Date) -> pb::PendingProcedure {
    let waiting = owed
        .since
        .map(|since| clock::to_days(day) - clock::to_days(since));
    pb::PendingProcedure {
        document: document.to_string(),
        party: owed.party,
        kind: owed.kind.code(),
        start_date: owed.since.map(convert::from_date),
        waiting_days: waiting.and_then(|days| i32::try_from(days).ok()),
        description: owed.description,
        document_state: state.code(),
    }
}
