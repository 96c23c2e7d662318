//! Asks for what is below a document: its acts, its texts, its relations.

use accord_proto::documents::v1::{
    GetActRequest, GetTextRequest, ListActsRequest, ListRelationsRequest, ListTextVersionsRequest,
    ListTextsRequest,
};
use tonic::Code;

use super::{Heard, Told, bytes_of, heard};
use crate::register::Caller;

pub(super) async fn get_act(caller: &Caller, name: &str) -> Heard {
    let request = GetActRequest {
        name: name.to_owned(),
    };
    heard(caller.acts.clone().get_act(request).await, |_| Told::Full)
}

pub(super) async fn list_acts(caller: &Caller, parent: &str) -> Heard {
    let request = ListActsRequest {
        parent: parent.to_owned(),
        ..ListActsRequest::default()
    };
    let answer = caller.acts.clone().list_acts(request).await;
    heard(answer, |answer| {
        assert_eq!(answer.acts.len(), 2);
        Told::Full
    })
}

/// A text that there is not is told to those who may read the document, by `RESOURCE_NOT_FOUND`.
pub(super) async fn get_text(caller: &Caller, name: &str) -> Heard {
    let request = GetTextRequest {
        name: name.to_owned(),
    };
    match caller.texts.clone().get_text(request).await {
        Err(status) if status.code() == Code::NotFound => (Told::Full, bytes_of(&status)),
        answer => heard(answer, |_| Told::Full),
    }
}

pub(super) async fn list_texts(caller: &Caller, parent: &str) -> Heard {
    let request = ListTextsRequest {
        parent: parent.to_owned(),
        ..ListTextsRequest::default()
    };
    heard(caller.texts.clone().list_texts(request).await, |_| {
        Told::Full
    })
}

pub(super) async fn list_versions(caller: &Caller, parent: &str) -> Heard {
    let request = ListTextVersionsRequest {
        parent: parent.to_owned(),
        ..ListTextVersionsRequest::default()
    };
    let answer = caller.texts.clone().list_text_versions(request).await;
    heard(answer, |_| Told::Full)
}

pub(super) async fn relations_of(caller: &Caller, parent: &str) -> Heard {
    let request = ListRelationsRequest {
        parent: parent.to_owned(),
        ..ListRelationsRequest::default()
    };
    let answer = caller.documents.clone().list_relations(request).await;
    heard(answer, |answer| {
        assert_eq!(answer.relations.len(), 2);
        Told::Full
    })
}
