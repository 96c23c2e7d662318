//! Asks each method that reads for one document, and says how much it told.

mod below;

use accord_proto::{
    documents::v1::{
        BatchGetDocumentStatusesRequest, BatchGetDocumentsRequest, Document, DocumentState,
        DocumentStatus, GetCalendarRequest, GetDocumentRequest, GetDocumentStatusRequest,
        ListCalendarEventsRequest, ListDocumentsRequest, ListPendingProceduresRequest,
        ListRelationsRequest, ListSectorsRequest, RelationDirection, SearchDocumentsRequest,
    },
    ledger::v1::{Entry, ListEntriesRequest, WatchChangesRequest, watch_changes_response::Event},
};
use prost::Message;
use tonic::{Code, Response, Status};

use super::{HUB, Told, finds, name, request_id};
use crate::{
    errors::explain,
    register::Caller,
    sample::{self, PARTNERSHIP},
};
use below::{get_act, get_text, list_acts, list_texts, list_versions, relations_of};

/// Each method that reads, and what it tells of a document to those who may not read it.
pub(super) const METHODS: [(&str, Told); 32] = [
    ("GetDocument", Told::Redacted),
    ("BatchGetDocuments", Told::Redacted),
    ("ListDocuments", Told::Redacted),
    ("ListDocuments by number, type, level", Told::Redacted),
    ("ListDocuments by title", Told::Absent),
    ("ListDocuments by what it is not", Told::Absent),
    ("ListDocuments in order of number", Told::Redacted),
    ("ListDocuments in order of signature", Told::Absent),
    ("GetDocumentStatus", Told::Redacted),
    ("BatchGetDocumentStatuses", Told::Redacted),
    ("GetAct", Told::Denied),
    ("GetAct of a retracted one", Told::Denied),
    ("ListActs", Told::Denied),
    ("ListRelations of the document", Told::Denied),
    ("ListRelations to the document", Told::Redacted),
    ("ListRelations from the document", Told::Absent),
    ("GetText", Told::Denied),
    ("GetText of no text", Told::Denied),
    ("ListTexts", Told::Denied),
    ("ListTextVersions", Told::Denied),
    ("ListEntries of a text", Told::Redacted),
    ("SearchDocuments", Told::Absent),
    ("ListSectors", Told::Absent),
    ("ListPendingProcedures", Told::Absent),
    ("ListCalendarEvents", Told::Absent),
    ("GetCalendar", Told::Absent),
    ("ListEntries of the document", Told::Redacted),
    ("ListEntries of an act", Told::Redacted),
    ("ListEntries by party", Told::Absent),
    ("ListEntries by request", Told::Absent),
    ("WatchChanges of the document", Told::Redacted),
    ("WatchChanges of an act", Told::Redacted),
];

/// The methods that tell nothing of the document in words.
pub(super) const WITHOUT_WORDS: [&str; 6] = [
    "GetText",
    "GetText of no text",
    "ListTexts",
    "ListTextVersions",
    "ListRelations of the document",
    "ListPendingProcedures",
];

/// What was answered: how much it tells, and all its bytes.
type Heard = (Told, Vec<u8>);

/// Asks `method` for the document with this id.
pub(super) async fn ask(caller: &Caller, method: &str, id: &str) -> Heard {
    let list = async |filter: &str, order_by: &str| list(caller, id, filter, order_by).await;
    let (document, act) = (name(id), format!("{}/acts/signature", name(id)));
    match method {
        "GetDocument" => get(caller, id).await,
        "BatchGetDocuments" => batch_get(caller, id).await,
        "ListDocuments" => list("", "").await,
        "ListDocuments by number, type, level" => {
            let filter = "item_number < 9 AND type = DOCUMENT_TYPE_AGREEMENT AND \
                (access_level = ACCESS_LEVEL_PUBLIC OR access_level != ACCESS_LEVEL_PUBLIC)";
            list(filter, "").await
        }
        "ListDocuments by title" => list("titles:\"zqx\"", "").await,
        "ListDocuments by what it is not" => list("NOT titles:\"other\"", "").await,
        "ListDocuments in order of number" => list("", "item_number desc").await,
        "ListDocuments in order of signature" => list("", "signature_date").await,
        "GetDocumentStatus" => status(caller, id).await,
        "BatchGetDocumentStatuses" => batch_statuses(caller, id).await,
        "GetAct" => get_act(caller, &act).await,
        "GetAct of a retracted one" => get_act(caller, &format!("{document}/acts/wrong")).await,
        "ListActs" => list_acts(caller, &document).await,
        "ListRelations of the document" => relations_of(caller, &document).await,
        "ListRelations to the document" => {
            relations_of_hub(caller, id, RelationDirection::Outgoing).await
        }
        "ListRelations from the document" => {
            relations_of_hub(caller, id, RelationDirection::Incoming).await
        }
        "GetText" => get_text(caller, &format!("{document}/texts/en")).await,
        "GetText of no text" => get_text(caller, &format!("{document}/texts/kk")).await,
        "ListTexts" => list_texts(caller, &document).await,
        "ListTextVersions" => list_versions(caller, &format!("{document}/texts/en")).await,
        "ListEntries of a text" => entries(caller, &named(&format!("{document}/texts/en"))).await,
        "SearchDocuments" => search(caller, id).await,
        "ListSectors" => sectors(caller, id).await,
        "ListPendingProcedures" => pending(caller, id).await,
        "ListCalendarEvents" => events(caller, id).await,
        "GetCalendar" => calendar(caller, id).await,
        "ListEntries of the document" => entries(caller, &named(&document)).await,
        "ListEntries of an act" => entries(caller, &named(&act)).await,
        "ListEntries by party" => {
            let filter = format!("{} AND actor.party = \"UZ\"", named(&document));
            entries(caller, &filter).await
        }
        "ListEntries by request" => {
            let filter = format!("request_id = \"{}\"", request_id(id));
            entries(caller, &filter).await
        }
        "WatchChanges of the document" => watch(caller, &document).await,
        "WatchChanges of an act" => watch(caller, &act).await,
        _ => panic!("{method} is not asked"),
    }
}

fn named(resource: &str) -> String {
    format!("resource = \"{resource}\"")
}

/// What an answer or an error told.
fn heard<R: Message>(answer: Result<Response<R>, Status>, told: impl FnOnce(&R) -> Told) -> Heard {
    match answer {
        Ok(answer) => {
            let answer = answer.into_inner();
            (told(&answer), answer.encode_to_vec())
        }
        Err(status) => (denied(&status), bytes_of(&status)),
    }
}

/// All that an error tells.
pub(super) fn bytes_of(status: &Status) -> Vec<u8> {
    [status.message().as_bytes(), status.details()].concat()
}

fn denied(status: &Status) -> Told {
    assert_eq!(status.code(), Code::PermissionDenied, "{status:?}");
    assert_eq!(explain(status).reason, "ACCESS_LEVEL_REQUIRED");
    Told::Denied
}

fn of_document(document: Option<&Document>) -> Told {
    let Some(document) = document else {
        return Told::Absent;
    };
    if !document.redacted {
        return Told::Full;
    }
    let told = Document {
        name: document.name.clone(),
        r#type: document.r#type,
        item_number: document.item_number,
        access_level: document.access_level,
        redacted: true,
        ..Document::default()
    };
    assert_eq!(*document, told);
    Told::Redacted
}

fn of_status(status: &DocumentStatus) -> Told {
    if status.state() != DocumentState::NotDisclosed {
        return Told::Full;
    }
    let told = DocumentStatus {
        document: status.document.clone(),
        effective_date: status.effective_date,
        known_time: status.known_time,
        state: status.state,
        summary: status.summary.clone(),
        ..DocumentStatus::default()
    };
    assert_eq!(*status, told);
    Told::Redacted
}

/// What entries on one resource tell, all alike.
fn of_entries<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Told {
    let mut told = Told::Absent;
    for entry in entries {
        let of_entry = if entry.redacted {
            assert!(!entry.name.is_empty() && !entry.leaf_hash.is_empty());
            assert_eq!((&entry.method, &entry.actor), (&String::new(), &None));
            assert_eq!((&entry.request_id, &entry.state), (&String::new(), &None));
            Told::Redacted
        } else {
            Told::Full
        };
        assert!(told == Told::Absent || told == of_entry);
        told = of_entry;
    }
    told
}

async fn get(caller: &Caller, id: &str) -> Heard {
    let request = GetDocumentRequest { name: name(id) };
    let answer = caller.documents.clone().get_document(request).await;
    heard(answer, |document| of_document(Some(document)))
}

async fn batch_get(caller: &Caller, id: &str) -> Heard {
    let request = BatchGetDocumentsRequest {
        parent: PARTNERSHIP.to_owned(),
        names: vec![name(id)],
    };
    let answer = caller.documents.clone().batch_get_documents(request).await;
    heard(answer, |answer| of_document(answer.documents.first()))
}

/// Lists one document a page, so that tokens are read too, and says what is told of the one that is meant.
async fn list(caller: &Caller, id: &str, filter: &str, order_by: &str) -> Heard {
    let mut request = ListDocumentsRequest {
        parent: PARTNERSHIP.to_owned(),
        page_size: 1,
        filter: filter.to_owned(),
        order_by: order_by.to_owned(),
        show_deleted: true,
        ..ListDocumentsRequest::default()
    };
    let (mut told, mut bytes) = (Told::Absent, Vec::new());
    let mut client = caller.documents.clone();
    loop {
        let answer = client.list_documents(request.clone()).await;
        let answer = answer.unwrap().into_inner();
        bytes.extend(answer.encode_to_vec());
        if let Some(found) = answer.documents.iter().find(|found| found.name == name(id)) {
            told = of_document(Some(found));
        }
        request.page_token = answer.next_page_token;
        if request.page_token.is_empty() {
            return (told, bytes);
        }
    }
}

async fn status(caller: &Caller, id: &str) -> Heard {
    let request = GetDocumentStatusRequest {
        name: name(id),
        ..GetDocumentStatusRequest::default()
    };
    let answer = caller.documents.clone().get_document_status(request).await;
    heard(answer, of_status)
}

async fn batch_statuses(caller: &Caller, id: &str) -> Heard {
    let request = BatchGetDocumentStatusesRequest {
        parent: PARTNERSHIP.to_owned(),
        names: vec![name(id)],
        ..BatchGetDocumentStatusesRequest::default()
    };
    let mut client = caller.documents.clone();
    let answer = client.batch_get_document_statuses(request).await;
    heard(answer, |answer| of_status(&answer.document_statuses[0]))
}

/// The relations of the public document, and what they tell of the one at the other end. One a page, so that
/// tokens are read too.
async fn relations_of_hub(caller: &Caller, id: &str, direction: RelationDirection) -> Heard {
    let mut request = ListRelationsRequest {
        parent: name(HUB),
        direction: direction.into(),
        page_size: 1,
        ..ListRelationsRequest::default()
    };
    let (mut told, mut bytes) = (Told::Absent, Vec::new());
    let mut client = caller.documents.clone();
    loop {
        let answer = client.list_relations(request.clone()).await;
        let answer = answer.unwrap().into_inner();
        bytes.extend(answer.encode_to_vec());
        let mut relations = answer.relations.iter();
        if let Some(found) = relations.find(|found| found.resource == name(id)) {
            told = of_document(found.document.as_ref());
        }
        request.page_token = answer.next_page_token;
        if request.page_token.is_empty() {
            return (told, bytes);
        }
    }
}

fn whether(is_told: bool) -> Told {
    if is_told { Told::Full } else { Told::Absent }
}

async fn search(caller: &Caller, id: &str) -> Heard {
    let mut request = SearchDocumentsRequest {
        parent: PARTNERSHIP.to_owned(),
        query: "zqx".to_owned(),
        page_size: 1,
        ..SearchDocumentsRequest::default()
    };
    let (mut told, mut bytes) = (Told::Absent, Vec::new());
    let mut client = caller.documents.clone();
    loop {
        let answer = client.search_documents(request.clone()).await;
        let answer = answer.unwrap().into_inner();
        bytes.extend(answer.encode_to_vec());
        let mut results = answer.results.iter();
        if results.any(|found| finds(&found.encode_to_vec(), &name(id))) {
            told = Told::Full;
        }
        request.page_token = answer.next_page_token;
        if request.page_token.is_empty() {
            return (told, bytes);
        }
    }
}

async fn sectors(caller: &Caller, id: &str) -> Heard {
    let request = ListSectorsRequest {
        parent: PARTNERSHIP.to_owned(),
        ..ListSectorsRequest::default()
    };
    let answer = caller.documents.clone().list_sectors(request).await;
    heard(answer, |answer| {
        let sector = format!("zqx{id}");
        whether(answer.sectors.iter().any(|found| found.sector == sector))
    })
}

async fn pending(caller: &Caller, id: &str) -> Heard {
    let request = ListPendingProceduresRequest {
        parent: PARTNERSHIP.to_owned(),
        ..ListPendingProceduresRequest::default()
    };
    let answer = caller
        .documents
        .clone()
        .list_pending_procedures(request)
        .await;
    heard(answer, |answer| {
        let mut pending = answer.pending_procedures.iter();
        whether(pending.any(|pending| pending.document == name(id)))
    })
}

async fn events(caller: &Caller, id: &str) -> Heard {
    let request = ListCalendarEventsRequest {
        parent: PARTNERSHIP.to_owned(),
        end_date: sample::date("2040-01-01"),
        ..ListCalendarEventsRequest::default()
    };
    let answer = caller.documents.clone().list_calendar_events(request).await;
    heard(answer, |answer| {
        let mut events = answer.calendar_events.iter();
        whether(events.any(|event| event.document == name(id)))
    })
}

async fn calendar(caller: &Caller, id: &str) -> Heard {
    let request = GetCalendarRequest {
        parent: PARTNERSHIP.to_owned(),
        ..GetCalendarRequest::default()
    };
    let answer = caller.documents.clone().get_calendar(request).await;
    heard(answer, |answer| {
        whether(finds(&answer.data, &format!("zqx{id}")))
    })
}

async fn entries(caller: &Caller, filter: &str) -> Heard {
    let request = ListEntriesRequest {
        parent: "logs/documents".to_owned(),
        filter: filter.to_owned(),
        ..ListEntriesRequest::default()
    };
    let answer = caller.ledger.clone().list_entries(request).await;
    heard(answer, |answer| of_entries(&answer.entries))
}

/// The initial state of a watch, which ends where the state does.
async fn watch(caller: &Caller, resource: &str) -> Heard {
    let request = WatchChangesRequest {
        parent: "logs/documents".to_owned(),
        resource_parent: resource.to_owned(),
        ..WatchChangesRequest::default()
    };
    let mut client = caller.ledger.clone();
    let mut stream = client.watch_changes(request).await.unwrap().into_inner();
    let (mut entries, mut bytes) = (Vec::new(), Vec::new());
    while let Some(message) = stream.message().await.unwrap() {
        bytes.extend(message.encode_to_vec());
        match message.event {
            Some(Event::Entry(entry)) => entries.push(entry),
            Some(Event::InitialStateDone(_)) => break,
            Some(Event::Heartbeat(_)) | None => {}
        }
    }
    assert!(!entries.is_empty());
    (of_entries(&entries), bytes)
}
