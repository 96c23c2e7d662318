//! Texts: uploads, versions, downloads, and what happens to the stored bytes.

mod access;
mod announcements;
mod damage;
mod downloads;
mod languages;
mod life;
mod limits;
mod originals;
mod sweep;
mod uploads;
mod words;

use std::path::PathBuf;

use accord_proto::documents::v1::{
    CompleteUploadRequest, CreateTextRequest, CreateUploadRequest, DownloadHeader,
    DownloadTextRequest, GetTextVersionRequest, GetUploadRequest, Text, TextVersion, Upload,
    UploadTextRequest,
};
use sha2::{Digest as _, Sha256};
use tonic::Status;

use crate::{
    register::{Caller, Register},
    sample::CUSTOMS,
};

/// The text in Russian of the document of most tests.
const RU: &str = "partnerships/uz-kz/documents/customs-energy/texts/ru";

/// How many bytes go into one message.
const MESSAGE: usize = 1_000_000;

/// Bytes that differ from place to place.
fn file(size: usize) -> Vec<u8> {
    (0..size).map(|at| (at / 7 + at % 251) as u8).collect()
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Registers a text in a language.
fn text(language: &str) -> CreateTextRequest {
    CreateTextRequest {
        parent: CUSTOMS.to_owned(),
        text: Some(Text {
            language_code: language.to_owned(),
            ..Text::default()
        }),
        ..CreateTextRequest::default()
    }
}

/// Announces a file for the text in Russian.
fn announce(id: &str, bytes: &[u8]) -> CreateUploadRequest {
    CreateUploadRequest {
        parent: CUSTOMS.to_owned(),
        upload_id: id.to_owned(),
        upload: Some(Upload {
            text: RU.to_owned(),
            media_type: "application/octet-stream".to_owned(),
            size_bytes: bytes.len() as i64,
            sha256: sha256(bytes),
            ..Upload::default()
        }),
        ..CreateUploadRequest::default()
    }
}

/// The messages that send `bytes` from `offset` on.
fn messages(name: &str, offset: usize, bytes: &[u8]) -> Vec<UploadTextRequest> {
    let mut messages: Vec<_> = bytes
        .chunks(MESSAGE)
        .map(|data| UploadTextRequest {
            data: data.to_vec(),
            ..UploadTextRequest::default()
        })
        .collect();
    if messages.is_empty() {
        messages.push(UploadTextRequest::default());
    }
    messages[0].name = name.to_owned();
    messages[0].offset = offset as i64;
    messages
}

impl Caller {
    async fn begin(&self, request: CreateUploadRequest) -> Result<Upload, Status> {
        let answer = self.texts.clone().create_upload(request).await;
        answer.map(tonic::Response::into_inner)
    }

    async fn send(&self, name: &str, offset: usize, bytes: &[u8]) -> Result<Upload, Status> {
        let stream = tokio_stream::iter(messages(name, offset, bytes));
        let answer = self.texts.clone().upload_text(stream).await;
        answer.map(tonic::Response::into_inner)
    }

    async fn complete(&self, name: &str) -> Result<TextVersion, Status> {
        let request = CompleteUploadRequest {
            name: name.to_owned(),
            ..CompleteUploadRequest::default()
        };
        let answer = self.texts.clone().complete_upload(request).await;
        answer.map(tonic::Response::into_inner)
    }

    async fn upload_of(&self, name: &str) -> Result<Upload, Status> {
        let request = GetUploadRequest {
            name: name.to_owned(),
        };
        let answer = self.texts.clone().get_upload(request).await;
        answer.map(tonic::Response::into_inner)
    }

    async fn version(&self, name: &str) -> Result<TextVersion, Status> {
        let request = GetTextVersionRequest {
            name: name.to_owned(),
        };
        let answer = self.texts.clone().get_text_version(request).await;
        answer.map(tonic::Response::into_inner)
    }

    /// Announces, sends and completes a file.
    async fn give(&self, request: CreateUploadRequest, bytes: &[u8]) -> TextVersion {
        let upload = self.begin(request).await.unwrap();
        self.send(&upload.name, 0, bytes).await.unwrap();
        self.complete(&upload.name).await.unwrap()
    }

    /// Reads a range; all of it with 0 and 0.
    async fn download(
        &self,
        name: &str,
        offset: i64,
        limit: i64,
    ) -> Result<(DownloadHeader, Vec<u8>), Status> {
        let request = DownloadTextRequest {
            name: name.to_owned(),
            read_offset: offset,
            read_limit: limit,
        };
        let mut stream = self
            .texts
            .clone()
            .download_text(request)
            .await?
            .into_inner();
        let header = stream.message().await?.unwrap().header.unwrap();
        let mut bytes = Vec::new();
        while let Some(message) = stream.message().await? {
            assert!(message.header.is_none() && message.data.len() <= 1024 * 1024);
            bytes.extend(message.data);
        }
        Ok((header, bytes))
    }
}

impl Register {
    /// Runs a statement on the service's database.
    async fn execute(&self, text: &'static str, values: Vec<storage::Value>) {
        let done = self.database.write(move |tx| {
            let values = values.clone();
            Box::pin(async move { tx.execute(text, values).await.map(drop) })
        });
        let done: Result<(), storage::Error> = done.await;
        done.unwrap();
    }

    /// Reads a number from the service's database.
    async fn number(&self, text: &'static str) -> i64 {
        let read: Result<(i64,), storage::Error> = self
            .database
            .read(move |tx| Box::pin(async move { tx.one(text, vec![]).await }))
            .await;
        read.unwrap().0
    }

    /// Registers the document and its text in Russian.
    async fn with_text(&self) -> Text {
        self.with_document().await;
        let answer = self.uz.texts.clone().create_text(text("ru")).await;
        answer.unwrap().into_inner()
    }

    /// Every file below the store's folder.
    fn stored_files(&self) -> Vec<PathBuf> {
        fn walk(folder: PathBuf, found: &mut Vec<PathBuf>) {
            for entry in std::fs::read_dir(folder).unwrap().flatten() {
                if entry.path().is_dir() {
                    walk(entry.path(), found);
                } else {
                    found.push(entry.path());
                }
            }
        }
        let mut found = Vec::new();
        walk(self.store_folder.path().to_owned(), &mut found);
        found.sort();
        found
    }
}
