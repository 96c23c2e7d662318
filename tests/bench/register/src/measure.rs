//! Measures calls one after the other.

use std::{
    error::Error,
    io::Write as _,
    time::{Duration, Instant},
};

use accord_proto::{
    convert::from_date,
    documents::v1::{
        GetDocumentRequest, GetDocumentStatusRequest, ListActsRequest, ListCalendarEventsRequest,
        ListDocumentsRequest, ListPendingProceduresRequest, SearchDocumentsRequest,
        SearchDocumentsResponse,
    },
};
use jiff::civil::date;
use storage::{Database, args};
use tonic::{Code, Status};

use crate::{
    chance::Chance,
    drawn,
    made::{Maker, PARTNERSHIP},
    questions::{LISTS, SEARCHES},
    register::Register,
};

/// After this long no more calls of one kind are made.
const LONGEST: Duration = Duration::from_secs(10);

/// The bare read beside which all is measured.
const ROW: &str = "one row by its key";

/// From this number on questions are drawn that are asked and not measured.
const OTHERS: u64 = 1_000_000;

/// How many calls of each kind are measured, how many other questions are drawn before, and what the names of the kinds
/// contain.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counted<'a> {
    pub(crate) calls: usize,
    pub(crate) warm: u64,
    pub(crate) only: &'a str,
}

impl Counted<'_> {
    /// The numbers of the questions of a kind that are asked and not measured.
    fn others(self, name: &str) -> std::ops::Range<u64> {
        let count = if name.contains(self.only) {
            self.warm
        } else {
            0
        };
        OTHERS..OTHERS + count
    }
}

/// The times of one kind of call.
#[derive(Clone, Debug)]
pub(crate) struct Measured {
    pub(crate) name: String,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
    pub(crate) calls: usize,
    /// What the last call was answered: how many rows, or which error.
    pub(crate) answer: String,
}

/// Measures every kind of call, the bare read of a row first.
pub(crate) async fn all(
    register: &Register,
    maker: &Maker,
    size: u64,
    calls: Counted<'_>,
) -> Result<Vec<Measured>, Box<dyn Error>> {
    let mut chance = Chance::new(7, size);
    let mut name = || maker.name(chance.below(size));
    let uids = uids(&register.database).await?;
    let database = &register.database;
    let mut at = uids.iter().cycle();
    let mut figures = vec![
        times(ROW, calls, async || {
            let uid = at.next().cloned().unwrap_or_default();
            raw(database, uid)
                .await
                .map_err(|error| Status::from_error(error.into()))
        })
        .await,
    ];
    let client = &register.uz;
    let get = times("get", calls, async || {
        let request = GetDocumentRequest { name: name() };
        client
            .documents
            .clone()
            .get_document(request)
            .await
            .map(|_| 1)
    });
    figures.push(get.await);
    let status = times("status", calls, async || {
        let request = GetDocumentStatusRequest {
            name: name(),
            ..GetDocumentStatusRequest::default()
        };
        client
            .documents
            .clone()
            .get_document_status(request)
            .await
            .map(|_| 1)
    });
    figures.push(status.await);
    let acts = times("list acts", calls, async || {
        let request = ListActsRequest {
            parent: name(),
            ..ListActsRequest::default()
        };
        let answer = client.acts.clone().list_acts(request).await?;
        Ok(answer.into_inner().acts.len())
    });
    figures.push(acts.await);
    lists(register, maker, size, calls, &mut figures).await?;
    searches(register, maker, size, calls, &mut figures).await?;
    calendars(register, calls, &mut figures).await;
    figures.retain(|figure| figure.calls > 0 || !figure.answer.is_empty());
    Ok(figures)
}

async fn lists(
    register: &Register,
    maker: &Maker,
    size: u64,
    calls: Counted<'_>,
    figures: &mut Vec<Measured>,
) -> Result<(), Status> {
    const DRAWN: &str = "list, filters as drawn";
    for (name, filter, order_by) in LISTS {
        let one = times(name, calls, async || list(register, filter, order_by).await);
        figures.push(one.await);
    }
    for number in calls.others(DRAWN) {
        let (filter, order_by) = drawn::list(*maker, size, number);
        told(&filter, order_by, async || {
            list(register, &filter, order_by).await
        })
        .await?;
    }
    let mut number = 0;
    let drawn = times(DRAWN, calls, async || {
        number += 1;
        let (filter, order_by) = drawn::list(*maker, size, number);
        told(&filter, order_by, async || {
            list(register, &filter, order_by).await
        })
        .await
    });
    figures.push(drawn.await);
    Ok(())
}

async fn list(register: &Register, filter: &str, order_by: &str) -> Result<usize, Status> {
    let request = ListDocumentsRequest {
        parent: PARTNERSHIP.to_owned(),
        filter: filter.to_owned(),
        order_by: order_by.to_owned(),
        ..ListDocumentsRequest::default()
    };
    let answer = register
        .uz
        .documents
        .clone()
        .list_documents(request)
        .await?;
    Ok(answer.into_inner().documents.len())
}

/// Makes a call and, where `ACCORD_BENCH_SLOW_MS` says from which time on, prints which one was slow.
async fn told(
    question: &str,
    order_by: &str,
    call: impl AsyncFnOnce() -> Result<usize, Status>,
) -> Result<usize, Status> {
    let slow = std::env::var("ACCORD_BENCH_SLOW_MS").ok();
    let slow = slow.and_then(|text| text.parse().ok());
    let start = Instant::now();
    let answer = call().await;
    let taken = start.elapsed();
    if slow.is_some_and(|slow| taken > Duration::from_millis(slow)) {
        let mut out = std::io::stderr().lock();
        // Nothing depends on it.
        let _ = writeln!(out, "{taken:.1?} {answer:?}: {question} by {order_by:?}");
    }
    answer
}

async fn searches(
    register: &Register,
    maker: &Maker,
    size: u64,
    calls: Counted<'_>,
    figures: &mut Vec<Measured>,
) -> Result<(), Status> {
    const DRAWN: &str = "search, words as drawn";
    for (name, query) in SEARCHES {
        let one = times(name, calls, async || {
            let answer = search(register, query).await?;
            Ok(answer.results.len())
        });
        figures.push(one.await);
    }
    for number in calls.others(DRAWN) {
        search(register, &drawn::search(*maker, size, number)).await?;
    }
    let (mut number, mut approximate) = (0, 0);
    let mut drawn = times(DRAWN, calls, async || {
        number += 1;
        let query = drawn::search(*maker, size, number);
        let call = async || {
            let answer = search(register, &query).await?;
            approximate += usize::from(answer.approximate);
            Ok(answer.results.len())
        };
        told(&query, "", call).await
    })
    .await;
    if drawn.calls > 0 {
        drawn.answer = format!("{approximate} of {number} approximate");
    }
    figures.push(drawn);
    Ok(())
}

async fn search(register: &Register, query: &str) -> Result<SearchDocumentsResponse, Status> {
    let request = SearchDocumentsRequest {
        parent: PARTNERSHIP.to_owned(),
        query: query.to_owned(),
        ..SearchDocumentsRequest::default()
    };
    let answer = register
        .uz
        .documents
        .clone()
        .search_documents(request)
        .await?;
    Ok(answer.into_inner())
}

async fn calendars(register: &Register, calls: Counted<'_>, figures: &mut Vec<Measured>) {
    let pending = times("pending procedures", calls, async || {
        let request = ListPendingProceduresRequest {
            parent: PARTNERSHIP.to_owned(),
            party: "KZ".to_owned(),
            ..ListPendingProceduresRequest::default()
        };
        let answer = register
            .uz
            .documents
            .clone()
            .list_pending_procedures(request)
            .await?;
        Ok(answer.into_inner().pending_procedures.len())
    });
    figures.push(pending.await);
    let events = times("calendar events", calls, async || {
        let request = ListCalendarEventsRequest {
            parent: PARTNERSHIP.to_owned(),
            start_date: Some(from_date(date(2022, 1, 1))),
            end_date: Some(from_date(date(2022, 12, 31))),
            ..ListCalendarEventsRequest::default()
        };
        let answer = register
            .uz
            .documents
            .clone()
            .list_calendar_events(request)
            .await?;
        Ok(answer.into_inner().calendar_events.len())
    });
    figures.push(events.await);
}

/// Times calls after a tenth as many that are not counted. A kind that fails is called no further.
async fn times(
    name: &str,
    Counted { calls, only, .. }: Counted<'_>,
    mut call: impl AsyncFnMut() -> Result<usize, Status>,
) -> Measured {
    let is_asked = name.contains(only) || name == ROW;
    let calls = if is_asked { calls } else { 0 };
    let mut taken = Vec::with_capacity(calls);
    let mut answer = String::new();
    let begun = Instant::now();
    for index in 0..calls + calls / 10 {
        let start = Instant::now();
        match call().await {
            Ok(rows) => answer = rows.to_string(),
            Err(status) => {
                answer = match status.code() {
                    Code::Unimplemented => "not built".to_owned(),
                    code => format!("{code:?}: {}", status.message()),
                };
                break;
            }
        }
        if index >= calls / 10 {
            taken.push(start.elapsed());
        }
        if begun.elapsed() > LONGEST && !taken.is_empty() {
            break;
        }
    }
    taken.sort_unstable();
    let at = |part: usize| taken.get((taken.len() * part / 100).min(taken.len().saturating_sub(1)));
    Measured {
        name: name.to_owned(),
        p50: at(50).copied().unwrap_or_default(),
        p99: at(99).copied().unwrap_or_default(),
        calls: taken.len(),
        answer,
    }
}

/// The keys of some documents.
async fn uids(database: &Database) -> Result<Vec<String>, storage::Error> {
    let read = database.read(|tx| {
        Box::pin(async move {
            let text = "SELECT uid FROM documents ORDER BY id LIMIT 1000";
            tx.all::<(String,)>(text, Vec::new()).await
        })
    });
    let rows: Result<_, storage::Error> = read.await;
    Ok(rows?.into_iter().map(|(uid,)| uid).collect())
}

/// Reads one document as the engine gives it.
async fn raw(database: &Database, uid: String) -> Result<usize, storage::Error> {
    database
        .read(move |tx| {
            let uid = uid.clone();
            Box::pin(async move {
                let text = "SELECT content FROM documents WHERE uid = $1";
                let rows: Vec<(String,)> = tx.all(text, args![uid]).await?;
                Ok(rows.len())
            })
        })
        .await
}
