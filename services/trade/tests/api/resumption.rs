//! Uploads that break off and go on.

use std::{fmt::Write as _, time::Duration};

use accord_proto::trade::v1::{
    self, Import, ImportHeader, ImportObservationsRequest, import,
    import_observations_request::Part,
};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Status};

use crate::{
    bureau::{Bureau, Caller, header, on_each_engine, release},
    errors::{assert_fault, explain},
};

/// A file of monthly trade of 100 years: 2,400 rows, more than one batch.
fn file() -> String {
    let mut csv = "flow,period,value_usd\n".to_owned();
    for year in 1900..2000 {
        for month in 1..=12 {
            writeln!(csv, "X,{year}-{month:02},{month}.50").unwrap();
            writeln!(csv, "M,{year}-{month:02},{month}.50").unwrap();
        }
    }
    csv
}

/// What a server that fails takes back of an upload: batches that were committed and not yet on disk.
const LOSS: [&str; 3] = [
    "DELETE FROM observations",
    "DELETE FROM import_sums",
    "UPDATE imports SET received_bytes = 0, received_lines = 0, column_names = '', accepted = 0, \
     summed = 0, magnitude = 0, first_year = NULL, last_year = NULL",
];

/// An upload whose end stays open until it is dropped.
struct OpenUpload {
    parts: mpsc::Sender<ImportObservationsRequest>,
    answer: tokio::task::JoinHandle<Result<Import, Status>>,
}

impl OpenUpload {
    async fn begin(caller: &Caller, header: ImportHeader, bytes: &[u8]) -> Self {
        let (parts, receiver) = mpsc::channel(16);
        let mut releases = caller.releases.clone();
        let answer = tokio::spawn(async move {
            let stream = ReceiverStream::new(receiver);
            releases
                .import_observations(stream)
                .await
                .map(tonic::Response::into_inner)
        });
        let upload = Self { parts, answer };
        upload.send(Part::Header(header)).await;
        upload.send(Part::Chunk(bytes.to_vec())).await;
        upload
    }

    async fn send(&self, part: Part) {
        let message = ImportObservationsRequest { part: Some(part) };
        self.parts.send(message).await.unwrap();
    }
}

/// Waits until some of an import is durable.
async fn durable(bureau: &Bureau, name: &str) -> Import {
    for _ in 0..500 {
        if let Ok(import) = bureau.uz.import(name).await
            && import.received_bytes > 0
        {
            return import;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("nothing of {name} became durable");
}

/// Goes on with an import. Rows of the stream that broke off may become durable until this one takes
/// the import over: then the position is asked for again, as a client does.
async fn resume(bureau: &Bureau, name: &str, csv: &str) -> Import {
    let (release, id) = name.split_once("/imports/").unwrap();
    for _ in 0..500 {
        let rest = ImportHeader {
            offset_bytes: bureau.uz.import(name).await.unwrap().received_bytes,
            ..header(release, id)
        };
        match bureau.uz.upload(rest, csv).await {
            Ok(import) => return import,
            Err(status) => assert_eq!(explain(&status).reason, "IMPORT_OFFSET_MISMATCH"),
        }
    }
    panic!("{name} cannot be resumed");
}

#[tokio::test]
async fn an_upload_that_breaks_off_goes_on_where_it_was_durable() {
    on_each_engine(async |bureau| {
        let csv = file();
        let release = bureau
            .uz
            .create("months", release("UZ", "2024-01-01"))
            .await
            .unwrap();
        let name = format!("{}/imports/all", release.name);
        let cut = &csv.as_bytes()[..csv.len() * 3 / 4];
        let whole = ImportHeader {
            total_bytes: i64::try_from(csv.len()).unwrap(),
            ..header(&release.name, "all")
        };
        let upload = OpenUpload::begin(&bureau.uz, whole, cut).await;
        let import = durable(&bureau, &name).await;
        upload.answer.abort();
        drop(upload);
        assert_eq!(import.state(), import::State::Receiving);
        assert!(
            bureau
                .uz
                .observations(&release.name)
                .await
                .unwrap()
                .is_empty()
        );
        let result = bureau.uz.publish(&release.name).await;
        let explained = assert_fault(result, Code::FailedPrecondition, "IMPORT_UNFINISHED");
        assert_eq!(explained.metadata["import"], name);

        let explained = assert_fault(
            bureau.uz.upload(header(&release.name, "all"), &csv).await,
            Code::InvalidArgument,
            "IMPORT_OFFSET_MISMATCH",
        );
        assert!(explained.metadata.contains_key("received_bytes"));
        let done = resume(&bureau, &name, &csv).await;
        assert_eq!(
            (done.state(), done.accepted_count),
            (import::State::Done, 2_400)
        );
        assert_eq!(done.received_bytes, i64::try_from(csv.len()).unwrap());
        let figures = bureau.uz.observations(&release.name).await.unwrap();
        assert_eq!(figures[0].line, 2);
        bureau.uz.publish(&release.name).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn what_a_failing_server_has_lost_is_asked_for_again() {
    storage::testing::each_engine(trade::SCHEMA, trade::MIGRATIONS, async |database| {
        let bureau = Bureau::new(database.clone());
        let csv = file();
        let release = bureau.uz.create("lost", release("UZ", "2024-01-01"));
        let release = release.await.unwrap();
        let name = format!("{}/imports/all", release.name);
        let (half, all) = (csv.len() / 2, header(&release.name, "all"));
        let all = ImportHeader {
            total_bytes: i64::try_from(csv.len()).unwrap(),
            ..all
        };
        let upload = OpenUpload::begin(&bureau.uz, all, &csv.as_bytes()[..half]).await;
        durable(&bureau, &name).await;
        let lost: Result<(), storage::Error> = database
            .write(|tx| {
                Box::pin(async move {
                    for text in LOSS {
                        tx.execute(text, Vec::new()).await?;
                    }
                    Ok(())
                })
            })
            .await;
        lost.unwrap();
        let rest = csv.as_bytes()[half..].to_vec();
        upload.send(Part::Chunk(rest)).await;
        drop(upload.parts);
        assert_fault(upload.answer.await.unwrap(), Code::Aborted, "STREAM_BROKEN");
        let done = resume(&bureau, &name, &csv).await;
        assert_eq!(
            (done.state(), done.accepted_count),
            (import::State::Done, 2_400)
        );
        bureau.uz.publish(&release.name).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_stream_that_ends_before_the_announced_size_counts_as_broken_off() {
    on_each_engine(async |bureau| {
        let csv = "flow,period,value_usd\nX,2022,1\nX,2023,1\n";
        let release = bureau
            .uz
            .create("short", release("UZ", "2024-01-01"))
            .await
            .unwrap();
        let announced = ImportHeader {
            total_bytes: i64::try_from(csv.len()).unwrap(),
            ..header(&release.name, "all")
        };
        let cut = csv.len() - 3;
        let short = bureau
            .uz
            .upload(announced.clone(), &csv[..cut])
            .await
            .unwrap();
        assert_eq!(short.state(), import::State::Receiving);
        assert_eq!(short.received_bytes, 31);
        let other = ImportHeader {
            skip_bad_rows: true,
            ..announced.clone()
        };
        let result = bureau.uz.upload(other, csv).await;
        assert_fault(result, Code::InvalidArgument, "IMPORT_ID_REUSED");
        let rest = ImportHeader {
            offset_bytes: short.received_bytes,
            ..announced.clone()
        };
        let done = bureau.uz.upload(rest, csv).await.unwrap();
        assert_eq!(
            (done.state(), done.accepted_count),
            (import::State::Done, 2)
        );
        let longer = bureau
            .uz
            .create("longer", crate::bureau::release("UZ", "2024-01-01"))
            .await;
        let longer = ImportHeader {
            release: longer.unwrap().name,
            total_bytes: 10,
            ..announced
        };
        let result = bureau.uz.upload(longer, csv).await;
        assert_fault(result, Code::InvalidArgument, "FIELD_INVALID");
    })
    .await;
}

#[tokio::test]
async fn a_finished_import_is_answered_again_and_changes_nothing() {
    on_each_engine(async |bureau| {
        let csv = "flow,period,value_usd\nX,2022,1\n";
        let release = bureau
            .uz
            .create("twice", release("UZ", "2024-01-01"))
            .await
            .unwrap();
        let all = || header(&release.name, "all");
        let first = bureau.uz.upload(all(), csv).await.unwrap();
        let again = bureau.uz.upload(all(), csv).await.unwrap();
        assert_eq!(first, again);
        bureau.uz.publish(&release.name).await.unwrap();
        assert_eq!(bureau.uz.upload(all(), csv).await.unwrap(), first);
        assert_eq!(
            bureau
                .uz
                .get(&release.name)
                .await
                .unwrap()
                .observation_count,
            1
        );
    })
    .await;
}

#[tokio::test]
async fn a_cancelled_import_takes_its_rows_with_it() {
    on_each_engine(async |bureau| {
        let csv = "flow,period,value_usd\nX,2022,1\nX,2023,1\n";
        let release = bureau
            .uz
            .create("given-up", release("UZ", "2024-01-01"))
            .await
            .unwrap();
        let announced = ImportHeader {
            total_bytes: 1_000,
            ..header(&release.name, "all")
        };
        let open = bureau.uz.upload(announced.clone(), csv).await.unwrap();
        assert_eq!(open.state(), import::State::Receiving);
        let second = bureau.uz.upload(header(&release.name, "second"), csv).await;
        assert_fault(second, Code::FailedPrecondition, "IMPORT_UNFINISHED");
        let cancel = v1::CancelImportRequest {
            name: open.name.clone(),
            ..v1::CancelImportRequest::default()
        };
        let foreign = bureau
            .kz
            .releases
            .clone()
            .cancel_import(cancel.clone())
            .await;
        assert_fault(foreign, Code::PermissionDenied, "PARTY_MISMATCH");
        let cancelled = bureau
            .uz
            .releases
            .clone()
            .cancel_import(cancel.clone())
            .await
            .unwrap();
        assert_eq!(cancelled.into_inner().state(), import::State::Cancelled);
        let again = bureau
            .uz
            .releases
            .clone()
            .cancel_import(cancel.clone())
            .await;
        assert_fault(again, Code::FailedPrecondition, "IMPORT_CANCELLED");
        let resumed = bureau.uz.upload(announced, csv).await;
        assert_fault(resumed, Code::FailedPrecondition, "IMPORT_CANCELLED");
        let done = bureau
            .uz
            .upload(header(&release.name, "second"), csv)
            .await
            .unwrap();
        assert_eq!(done.accepted_count, 2);
        let finished = v1::CancelImportRequest {
            name: done.name,
            ..cancel
        };
        let late = bureau.uz.releases.clone().cancel_import(finished).await;
        assert_fault(late, Code::FailedPrecondition, "IMPORT_FINISHED");
    })
    .await;
}

#[tokio::test]
async fn of_two_streams_of_one_import_the_later_goes_on() {
    on_each_engine(async |bureau| {
        let csv = file();
        let release = bureau
            .uz
            .create("raced", release("UZ", "2024-01-01"))
            .await
            .unwrap();
        let name = format!("{}/imports/all", release.name);
        let half = csv.len() / 2;
        let all = ImportHeader {
            total_bytes: i64::try_from(csv.len()).unwrap(),
            ..header(&release.name, "all")
        };
        let first = OpenUpload::begin(&bureau.uz, all.clone(), &csv.as_bytes()[..half]).await;
        let import = durable(&bureau, &name).await;
        let rest = ImportHeader {
            offset_bytes: import.received_bytes,
            ..all
        };
        let done = bureau.uz.upload(rest, &csv).await.unwrap();
        assert_eq!(
            (done.state(), done.accepted_count),
            (import::State::Done, 2_400)
        );
        first
            .send(Part::Chunk(csv.as_bytes()[half..].to_vec()))
            .await;
        drop(first.parts);
        let overtaken = first.answer.await.unwrap();
        assert_fault(overtaken, Code::Aborted, "IMPORT_TAKEN_OVER");
        assert_eq!(
            bureau
                .uz
                .get(&release.name)
                .await
                .unwrap()
                .observation_count,
            2_400
        );
    })
    .await;
}
