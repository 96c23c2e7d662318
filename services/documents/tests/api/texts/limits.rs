//! How much may be under way: uploads that have not ended, pieces of one, and what small messages cost.

use accord_proto::documents::v1::{CancelUploadRequest, UploadTextRequest};
use tonic::Code;

use super::{announce, file, text};
use crate::{
    errors::assert_fault,
    register::{Register, on_each_engine},
    sample::{self, CUSTOMS, PARTNERSHIP},
};

/// As many pieces of one byte as there can be, of the one upload.
const MANY_PIECES: &str = "INSERT INTO upload_parts (upload_uid, offset_bytes, size_bytes, object) \
     WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999) \
     SELECT u.uid, n.i, 1, 'uploads/x/' || n.i FROM uploads u, n";

async fn cancel(register: &Register, name: &str) {
    let request = CancelUploadRequest {
        name: name.to_owned(),
        ..CancelUploadRequest::default()
    };
    let mut client = register.uz.texts.clone();
    client.cancel_upload(request).await.unwrap();
}

#[tokio::test]
async fn a_document_has_no_more_open_uploads_than_it_may() {
    on_each_engine(async |register| {
        register.with_text().await;
        let bytes = file(10);
        let mut names = Vec::new();
        for index in 0..20 {
            // Of two agencies: the document's count is one.
            let caller = if index % 2 == 0 {
                &register.uz
            } else {
                &register.kz
            };
            let upload = caller.begin(announce(&format!("u{index}"), &bytes)).await;
            names.push(upload.unwrap().name);
        }
        let refused = register.uz.begin(announce("more", &bytes)).await;
        let explained = assert_fault(refused, Code::ResourceExhausted, "TOO_MANY_UPLOADS");
        assert_eq!(explained.metadata["limit"], "20");
        assert_eq!(explained.metadata["document"], CUSTOMS);
        // A name that is taken is told as such.
        assert_fault(
            register.uz.begin(announce("u0", &bytes)).await,
            Code::AlreadyExists,
            "RESOURCE_ALREADY_EXISTS",
        );
        cancel(&register, &names[0]).await;
        register.uz.begin(announce("more", &bytes)).await.unwrap();
        register
            .uz
            .begin(announce("again", &bytes))
            .await
            .unwrap_err();
        // One that is completed is not open any more.
        register.uz.send(&names[2], 0, &bytes).await.unwrap();
        register.uz.complete(&names[2]).await.unwrap();
        register.uz.begin(announce("again", &bytes)).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_agency_has_no_more_open_uploads_than_it_may() {
    on_each_engine(async |register| {
        register.with_text().await;
        let bytes = file(10);
        for number in 0..6 {
            let id = format!("d{number}");
            let parent = format!("{PARTNERSHIP}/documents/{id}");
            let mut documents = register.uz.documents.clone();
            documents
                .create_document(sample::document(&id))
                .await
                .unwrap();
            let mut request = text("ru");
            request.parent.clone_from(&parent);
            register
                .uz
                .texts
                .clone()
                .create_text(request)
                .await
                .unwrap();
            for index in 0..20 {
                let mut request = announce(&format!("u{index}"), &bytes);
                request.parent.clone_from(&parent);
                request.upload.as_mut().unwrap().text = format!("{parent}/texts/ru");
                let begun = register.uz.begin(request.clone()).await;
                if number < 5 {
                    begun.unwrap();
                    continue;
                }
                let explained = assert_fault(begun, Code::ResourceExhausted, "TOO_MANY_UPLOADS");
                assert_eq!(explained.metadata["limit"], "100");
                assert_eq!(explained.metadata["agency"], "uz-mfa");
                // Another agency of the same party has its own.
                register.uz_library.begin(request).await.unwrap();
                return;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_file_of_single_bytes_arrives_whole_and_as_one_piece() {
    on_each_engine(async |register| {
        register.with_text().await;
        let bytes = file(100_000);
        let upload = register.uz.begin(announce("one", &bytes)).await.unwrap();
        let name = upload.name.clone();
        let messages: Vec<_> = bytes
            .iter()
            .enumerate()
            .map(|(index, byte)| UploadTextRequest {
                name: if index == 0 {
                    name.clone()
                } else {
                    String::new()
                },
                data: vec![*byte],
                ..UploadTextRequest::default()
            })
            .collect();
        let stream = tokio_stream::iter(messages);
        let sent = register.uz.texts.clone().upload_text(stream).await.unwrap();
        assert_eq!(sent.into_inner().received_bytes, 100_000);
        let version = register.uz.complete(&name).await.unwrap();
        let (_, read) = register.uz.download(&version.name, 0, 0).await.unwrap();
        assert_eq!(read, bytes);
    })
    .await;
}

#[tokio::test]
async fn an_upload_in_too_many_small_pieces_is_refused_and_a_large_piece_is_not() {
    on_each_engine(async |register| {
        register.with_text().await;
        let bytes = file(10_000 + 2 * 1024 * 1024);
        let upload = register.uz.begin(announce("one", &bytes)).await.unwrap();
        register.execute(MANY_PIECES, vec![]).await;
        register
            .execute("UPDATE uploads SET received_bytes = 10000", vec![])
            .await;
        let small = register
            .uz
            .send(&upload.name, 10_000, &bytes[10_000..10_001])
            .await;
        let explained = assert_fault(small, Code::FailedPrecondition, "UPLOAD_FRAGMENTED");
        assert_eq!(explained.metadata["limit"], "10000");
        let told = register.uz.upload_of(&upload.name).await.unwrap();
        assert_eq!(told.received_bytes, 10_000);
        let large = register
            .uz
            .send(&upload.name, 10_000, &bytes[10_000..])
            .await
            .unwrap();
        assert_eq!(large.received_bytes, upload.size_bytes);
    })
    .await;
}
