//! The methods that are measured, as messages and as addresses, on the sample `fictional`.

use accord_proto::{
    documents::v1::{GetDocumentRequest, GetDocumentStatusRequest, ListDocumentsRequest},
    ledger::v1::ListEntriesRequest,
};
use prost::Message;

/// One call, both ways.
#[derive(Clone, Debug)]
pub(crate) struct Method {
    pub(crate) name: &'static str,
    pub(crate) grpc_path: &'static str,
    pub(crate) message: Vec<u8>,
    pub(crate) rest_path: &'static str,
}

/// A small answer, one of about 2 KB, one that is computed, and long lists.
pub(crate) fn methods() -> Vec<Method> {
    let parent = "partnerships/xa-xb".to_owned();
    let document = format!("{parent}/documents/treaty-two-lighthouses");
    vec![
        Method {
            name: "GetDocument",
            grpc_path: "/accord.documents.v1.DocumentService/GetDocument",
            message: GetDocumentRequest {
                name: document.clone(),
            }
            .encode_to_vec(),
            rest_path: "/documents/v1/partnerships/xa-xb/documents/treaty-two-lighthouses",
        },
        Method {
            name: "GetDocumentStatus",
            grpc_path: "/accord.documents.v1.DocumentService/GetDocumentStatus",
            message: GetDocumentStatusRequest {
                name: document,
                ..GetDocumentStatusRequest::default()
            }
            .encode_to_vec(),
            rest_path: "/documents/v1/partnerships/xa-xb/documents/treaty-two-lighthouses/status",
        },
        Method {
            name: "ListDocuments",
            grpc_path: "/accord.documents.v1.DocumentService/ListDocuments",
            message: ListDocumentsRequest {
                parent,
                page_size: 10,
                ..ListDocumentsRequest::default()
            }
            .encode_to_vec(),
            rest_path: "/documents/v1/partnerships/xa-xb/documents?page_size=10",
        },
        Method {
            name: "ListEntries",
            grpc_path: "/accord.ledger.v1.LedgerService/ListEntries",
            message: ListEntriesRequest {
                parent: "logs/roadmaps".to_owned(),
                page_size: 50,
                ..ListEntriesRequest::default()
            }
            .encode_to_vec(),
            rest_path: "/ledger/v1/logs/roadmaps/entries?page_size=50",
        },
    ]
}
