//! `SearchDocuments`.

use std::collections::HashMap;

use accord_proto::documents::v1 as pb;
use aip::{Field, Kind, ListRequest, Listing, Schema, Value, Violations};
use fault::Fault;
use identity::Caller;
use prost::Message as _;
use storage::Tx;
use tonic::Request;

use crate::{
    api::{Api, access, convert, partnerships},
    domain::{
        Document, PartnershipName, Reader,
        search::{
            lane,
            matching::{Asked, Highlighter},
        },
    },
    store::{
        documents,
        search::{self, Hit, Place, Question},
    },
};

/// The most words of a query, and the most characters.
const WORDS: usize = 20;
const QUERY_CHARS: usize = 500;

/// The most documents that a search returns on all its pages.
const RESULTS: usize = 1_000;

/// What a page begins after: the score of the last document of the page before, how many there were until then, and
/// the counts that scores were made with, which hold for all pages: a document that is registered between two of them
/// does not shift the others.
static ORDER: Schema = Schema {
    fields: &[
        Field {
            path: "score",
            kind: Kind::Int,
            column: "score",
            sortable: true,
        },
        Field {
            path: "returned",
            kind: Kind::Int,
            column: "returned",
            sortable: true,
        },
        Field {
            path: "counts",
            kind: Kind::Text,
            column: "counts",
            sortable: true,
        },
    ],
};

/// Where the page before ended.
#[derive(Default)]
struct Position {
    after: Option<Hit>,
    /// How many documents there were until then.
    returned: usize,
    counts: Option<Counts>,
}

/// What scores are made with.
#[derive(Clone)]
struct Counts {
    documents: i64,
    having: Vec<i64>,
}

impl Counts {
    fn parse(text: &str) -> Option<Self> {
        let counts: std::result::Result<Vec<i64>, _> = text.split(' ').map(str::parse).collect();
        let counts = counts.ok()?;
        let (documents, having) = counts.split_first()?;
        Some(Self {
            documents: *documents,
            having: having.to_vec(),
        })
    }

    fn text(&self) -> String {
        let counts: Vec<String> = [self.documents]
            .iter()
            .chain(&self.having)
            .map(i64::to_string)
            .collect();
        counts.join(" ")
    }
}

/// The documents of a page and one more.
struct Results {
    found: Vec<Result>,
    approximate: bool,
    counts: Counts,
}

/// A document that was found, and where in its texts.
struct Result {
    document: Document,
    hit: Hit,
    places: Vec<Place>,
}

/// Returns a page of the documents with the words, best first.
pub(in crate::api) async fn run(
    api: &Api,
    request: Request<pb::SearchDocumentsRequest>,
) -> std::result::Result<pb::SearchDocumentsResponse, Fault> {
    let caller = Caller::of(&request)?;
    caller.may_read()?;
    let reader = access::reader(caller);
    let request = request.into_inner();
    let mut violations = Violations::new();
    let parent = violations.take(PartnershipName::parse("parent", &request.parent));
    let asked = query(&request.query, &mut violations);
    let fields = scope(request.scope, &mut violations);
    let bound_to = pb::SearchDocumentsRequest {
        page_size: 0,
        page_token: String::new(),
        ..request.clone()
    };
    let listing = Listing::parse(
        &ORDER,
        &ListRequest {
            page_size: request.page_size,
            page_token: &request.page_token,
            filter: "",
            order_by: "score desc, returned, counts",
            bound_to: &bound_to.encode_to_vec(),
        },
    );
    let listing = listing.map_err(|found| violations.merge(found)).ok();
    let (Some(parent), Some(asked), Some(fields), Some(listing), true) =
        (parent, asked, fields, listing, violations.is_empty())
    else {
        return Err(violations.into());
    };
    let Position {
        after,
        returned,
        counts,
    } = position(&listing);
    let left = RESULTS.saturating_sub(returned);
    let question = Question {
        partnership: parent.partnership.clone(),
        asked,
        fields,
        clearance: reader.clearance().clone(),
        documents: 0,
        having: None,
        after,
        wanted: left.min(listing.page_size() + 1),
    };
    let (asked, titles) = (
        question.asked.clone(),
        question.fields.contains(&lane::Field::Title),
    );
    let work = (parent, question, counts, reader, listing.page_size());
    let found = api
        .database
        .read(move |tx| {
            let (parent, question, counts, reader, page_size) = work.clone();
            Box::pin(async move { find(tx, &parent, question, counts, &reader, page_size).await })
        })
        .await?;
    let mut highlighter = Highlighter::new(&asked);
    let shown: Vec<(Hit, usize, pb::SearchResult)> = found
        .found
        .into_iter()
        .zip(returned + 1..)
        .map(|(found, count)| {
            let hit = found.hit;
            (hit, count, message(found, &mut highlighter, titles))
        })
        .collect();
    let (page, next_page_token) = listing.page_within(
        shown,
        |(_, _, result)| result.encoded_len(),
        |(hit, count, _), path| match path {
            "score" => hit.score.into(),
            "counts" => found.counts.text().into(),
            _ => i64::try_from(*count).unwrap_or(i64::MAX).into(),
        },
        |(hit, _, _)| hit.document_no.into(),
    );
    Ok(pb::SearchDocumentsResponse {
        results: page.into_iter().map(|(_, _, result)| result).collect(),
        next_page_token,
        approximate: found.approximate,
    })
}

/// Checks the words of a query.
fn query(text: &str, violations: &mut Violations) -> Option<Vec<Asked>> {
    let chars = text.chars().count();
    if text.is_empty() {
        violations.push("query", "FIELD_REQUIRED", "is required");
        return None;
    }
    if chars > QUERY_CHARS {
        let text = format!("must have at most {QUERY_CHARS} characters, not {chars}");
        violations.push("query", "TEXT_TOO_LONG", text);
        return None;
    }
    let asked = Asked::words(text);
    if asked.is_empty() {
        violations.push("query", "QUERY_INVALID", "must have a letter or a digit");
        return None;
    }
    if asked.len() > WORDS {
        let text = format!("must have at most {WORDS} words, not {}", asked.len());
        violations.push("query", "QUERY_INVALID", text);
        return None;
    }
    Some(asked)
}

fn scope(given: i32, violations: &mut Violations) -> Option<Vec<lane::Field>> {
    use lane::Field::{Text, Title};
    match pb::SearchScope::try_from(given) {
        Ok(pb::SearchScope::Unspecified) => Some(vec![Title, Text]),
        Ok(pb::SearchScope::Titles) => Some(vec![Title]),
        Ok(pb::SearchScope::Texts) => Some(vec![Text]),
        Err(_) => {
            let text = format!("{given} is none of the values of SearchScope");
            violations.push("scope", "FIELD_INVALID", text);
            None
        }
    }
}

fn position(listing: &Listing) -> Position {
    match listing.after() {
        Some(
            [
                Value::Int(score),
                Value::Int(returned),
                Value::Text(counts),
                Value::Int(document_no),
            ],
        ) => Position {
            after: Some(Hit {
                score: *score,
                document_no: *document_no,
            }),
            returned: usize::try_from(*returned).unwrap_or(RESULTS),
            counts: Counts::parse(counts),
        },
        _ => Position::default(),
    }
}

/// Finds the documents of a page and one more, and reads what is shown of them.
async fn find(
    tx: &mut Tx,
    parent: &PartnershipName,
    mut question: Question,
    counts: Option<Counts>,
    reader: &Reader,
    page_size: usize,
) -> std::result::Result<Results, Fault> {
    question.documents = partnerships::load(tx, parent).await?.document_count;
    if let Some(counts) = counts {
        question.documents = counts.documents;
        question.having = Some(counts.having);
    }
    let found = search::find(tx, &question).await?;
    let numbers: Vec<i64> = found.hits.iter().map(|hit| hit.document_no).collect();
    let uids = search::uids(tx, &numbers).await?;
    let read: Vec<&str> = uids.values().map(String::as_str).collect();
    let mut documents: HashMap<String, Document> = documents::by_uids(tx, &read)
        .await?
        .into_iter()
        .map(|document| (document.uid.clone(), document))
        .collect();
    let shown = numbers.get(..page_size).unwrap_or(&numbers);
    let mut places = search::places(tx, &question, &found, shown).await?;
    let mut results = Vec::new();
    for hit in found.hits {
        let document = uids
            .get(&hit.document_no)
            .and_then(|uid| documents.remove(uid));
        // The lanes say the same; nothing is shown on their word alone.
        let document = document.filter(|one| one.deleted.is_none() && reader.may_read(one));
        let Some(document) = document else {
            continue;
        };
        let mut places = places.remove(&hit.document_no).unwrap_or_default();
        let parties = &document.content.parties;
        places.retain(|place| reader.may_read_level(place.level, parties));
        results.push(Result {
            document,
            hit,
            places,
        });
    }
    Ok(Results {
        found: results,
        approximate: found.approximate,
        counts: Counts {
            documents: question.documents,
            having: found.having,
        },
    })
}

fn message(
    found: Result,
    highlighter: &mut Highlighter<'_>,
    with_titles: bool,
) -> pb::SearchResult {
    let document = &found.document;
    let mut fragments = Vec::new();
    for title in document.content.titles.iter().filter(|_| with_titles) {
        let (language, text) = (&title.language, &title.text);
        fragments.extend(convert::search::fragment(
            highlighter,
            String::new(),
            language,
            text,
        ));
    }
    for place in &found.places {
        let name = format!(
            "{}/texts/{}/versions/{}",
            document.name, place.text_id, place.version_id
        );
        let (language, text) = (&place.language, &place.content);
        fragments.extend(convert::search::fragment(highlighter, name, language, text));
    }
    pb::SearchResult {
        fragments,
        score: convert::search::score(found.hit.score),
        document: Some(convert::document::message(document)),
    }
}
