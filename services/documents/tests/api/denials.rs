//! A read that is denied is logged with what decided it.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};

use accord_proto::documents::v1::{AccessLevel, ListActsRequest};
use tonic::Code;
use tracing::Level;

use crate::{errors::assert_fault, register::on_each_engine, sample};

/// What has been logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_denied_read_is_logged_with_its_level_and_the_policy() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(Level::INFO)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    // For all threads: what one thread has not asked for can be left out in another.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    on_each_engine(async |register| {
        register.with_partnership().await;
        let mut hidden = sample::document("hidden");
        hidden.document.as_mut().unwrap().access_level = AccessLevel::Restricted.into();
        let mut uz = register.uz.clone();
        uz.documents.create_document(hidden).await.unwrap();
        let request = ListActsRequest {
            parent: format!("{}/documents/hidden", sample::PARTNERSHIP),
            ..ListActsRequest::default()
        };
        let refused = register.reader.clone().acts.list_acts(request).await;
        assert_fault(refused, Code::PermissionDenied, "ACCESS_LEVEL_REQUIRED");
    })
    .await;
    let text = log.text();
    let parts = [
        "read denied",
        "access_level=\"RESTRICTED\"",
        "policy=\"none\"",
        "method=\"accord.documents.v1.ActService/ListActs\"",
        "of_parties=",
    ];
    // Other tests log too.
    let is_it = |line: &str| parts.iter().all(|part| line.contains(part));
    let denied: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("denied"))
        .collect();
    assert!(text.lines().any(is_it), "{denied:#?}");
}
