//! Exports: what they are asked for, and what is published meanwhile.

use std::{fmt::Write as _, time::Duration};

use accord_proto::trade::v1::{
    Observation, ReleaseUse, StreamObservationsRequest, StreamObservationsResponse,
};
use tonic::{Code, Status};

use crate::{
    bureau::{Bureau, Caller, PARENT, at, on_each_engine, release},
    errors::{assert_fault, assert_violations},
};

fn request() -> StreamObservationsRequest {
    StreamObservationsRequest {
        parent: PARENT.to_owned(),
        known_time: Some(at("2024-06-01")),
        ..StreamObservationsRequest::default()
    }
}

/// The messages of an export, as far as it came.
async fn messages(
    caller: &Caller,
    request: StreamObservationsRequest,
) -> Result<Vec<StreamObservationsResponse>, Status> {
    let answer = caller.trade.clone().stream_observations(request).await?;
    let mut stream = answer.into_inner();
    let mut messages = Vec::new();
    while let Some(message) = stream.message().await? {
        messages.push(message);
    }
    Ok(messages)
}

fn figures(messages: &[StreamObservationsResponse]) -> Vec<Observation> {
    let figures = messages.iter().map(|message| message.observations.clone());
    figures.collect::<Vec<_>>().concat()
}

async fn exported(caller: &Caller, request: StreamObservationsRequest) -> Vec<Observation> {
    figures(&messages(caller, request).await.unwrap())
}

/// Two years of months for the country and a region, in a release of each party.
async fn published(bureau: &Bureau) {
    let mut csv = "flow,period,region,value_usd\n".to_owned();
    for year in [2022, 2023] {
        for month in 1..=12 {
            writeln!(csv, "X,{year}-{month:02},,{month}00").unwrap();
            writeln!(csv, "X,{year}-{month:02},UZ-TK,{month}").unwrap();
        }
    }
    bureau
        .publish("ours", release("UZ", "2024-02-01"), &csv)
        .await;
    let csv = "flow,period,region,value_usd\nM,2023,,7\nM,2023,KZ-71,5\nM,2022,,6\n";
    bureau
        .publish("theirs", release("KZ", "2024-02-01"), csv)
        .await;
}

#[tokio::test]
async fn region_release_and_filter_choose_figures() {
    on_each_engine(async |bureau| {
        published(&bureau).await;
        let caller = &bureau.reader;
        let count = async |change: &dyn Fn(&mut StreamObservationsRequest)| {
            let mut request = request();
            change(&mut request);
            exported(caller, request).await.len()
        };
        assert_eq!(count(&|_| ()).await, 51);
        assert_eq!(count(&|asked| asked.region = "UZ-TK".to_owned()).await, 24);
        assert_eq!(count(&|asked| asked.region = "KZ-71".to_owned()).await, 1);
        // The same letters are a region of another country.
        assert_eq!(count(&|asked| asked.region = "KZ-TK".to_owned()).await, 0);
        assert_eq!(count(&|asked| asked.partner = "UZ".to_owned()).await, 3);
        let theirs = format!("{PARENT}/releases/theirs");
        assert_eq!(count(&|asked| asked.release = theirs.clone()).await, 3);
        let filters = [
            ("region = \"\"", 26),
            ("value_cents >= 110000", 4),
            ("period.month = 12 AND NOT region = \"UZ-TK\"", 5),
            (
                "region = \"KZ-71\" OR region = \"UZ-TK\" AND period.year = 2023",
                13,
            ),
            ("flow = FLOW_IMPORT period.window = WINDOW_YEAR", 3),
        ];
        for (filter, expected) in filters {
            let found = count(&|asked| asked.filter = filter.to_owned()).await;
            assert_eq!(found, expected, "{filter}");
        }
        let both = count(&|asked| {
            asked.region = "UZ-TK".to_owned();
            asked.filter = "period.month < 4".to_owned();
            asked.end_year = 2022;
        });
        assert_eq!(both.await, 3);
    })
    .await;
}

#[tokio::test]
async fn every_message_says_what_its_release_is() {
    on_each_engine(async |bureau| {
        published(&bureau).await;
        let messages = messages(&bureau.reader, request()).await.unwrap();
        let (last, others) = messages.split_last().unwrap();
        assert!(last.complete && last.release_use.is_none() && last.observations.is_empty());
        assert!(!others.is_empty());
        for message in others {
            let cited = message.release_use.as_ref().unwrap();
            let ReleaseUse {
                release,
                reporter,
                publisher,
                publish_time,
                ..
            } = cited;
            assert_eq!(*release, message.release);
            assert_eq!(*reporter, message.observations[0].reporter);
            assert_eq!(
                (publisher.as_str(), *publish_time),
                ("Statistics", Some(at("2024-02-01")))
            );
        }
    })
    .await;
}

#[tokio::test]
async fn bad_questions_are_refused_with_every_reason() {
    on_each_engine(async |bureau| {
        published(&bureau).await;
        let bad = StreamObservationsRequest {
            reporter: "UZ".to_owned(),
            region: "KZ-71".to_owned(),
            release: "partnerships/other/releases/ours".to_owned(),
            filter: "regoin = \"UZ-TK\"".to_owned(),
            ..request()
        };
        assert_violations(
            messages(&bureau.reader, bad).await,
            &[
                ("region", "FIELD_INVALID"),
                ("release", "FIELD_INVALID"),
                ("filter", "FILTER_INVALID"),
            ],
        );
        for region in ["uz-tk", "-TK", "UZ", "UZ-ABCD"] {
            let bad = StreamObservationsRequest {
                region: region.to_owned(),
                ..request()
            };
            let answer = messages(&bureau.reader, bad).await;
            assert_fault(answer, Code::InvalidArgument, "FIELD_INVALID");
        }
        let unknown = StreamObservationsRequest {
            release: format!("{PARENT}/releases/none"),
            ..request()
        };
        let answer = messages(&bureau.reader, unknown).await;
        assert_fault(answer, Code::NotFound, "RESOURCE_NOT_FOUND");
        let staged = bureau.uz.create("staged", release("UZ", "2024-02-01"));
        let staged = StreamObservationsRequest {
            release: staged.await.unwrap().name,
            ..request()
        };
        assert_eq!(exported(&bureau.reader, staged).await, []);
    })
    .await;
}

/// Three thousand figures, so that an export has several messages.
fn many(dollars: u32) -> String {
    let mut csv = "flow,period,commodity,value_usd\n".to_owned();
    for year in 2010..2013 {
        for code in 0..1_000 {
            writeln!(csv, "X,{year},85{code:04},{dollars}").unwrap();
        }
    }
    csv
}

#[tokio::test]
async fn an_export_is_not_changed_by_what_is_published_or_withdrawn_meanwhile() {
    on_each_engine(async |bureau| {
        let by_codes = |published| accord_proto::trade::v1::Release {
            hs_edition: accord_proto::trade::v1::HsEdition::H6 as i32,
            ..release("UZ", published)
        };
        bureau.publish("b", by_codes("2024-02-01"), &many(1)).await;
        let other = "flow,period,commodity,value_usd\nX,2015,850101,1\n";
        let other = bureau.publish("c", by_codes("2024-02-02"), other).await;
        let whole = messages(&bureau.reader, request()).await.unwrap();
        assert_eq!(figures(&whole).len(), 3_001);

        let mut client = bureau.reader.trade.clone();
        let open = client.stream_observations(request()).await.unwrap();
        let mut open = open.into_inner();
        let first = open.message().await.unwrap().unwrap();
        bureau.clock.advance(Duration::from_secs(1));
        // It was published before the moment asked about, and becomes known only now.
        bureau.publish("a", by_codes("2024-03-01"), &many(2)).await;
        bureau.uz.withdraw(&other.name, "2024-05-01").await.unwrap();

        let mut rest = vec![first.clone()];
        while let Some(message) = open.message().await.unwrap() {
            rest.push(message);
        }
        assert_eq!(figures(&rest), figures(&whole));
        assert!(rest.last().unwrap().complete);
        let resumed = StreamObservationsRequest {
            resume_token: first.resume_token,
            ..request()
        };
        let resumed = messages(&bureau.reader, resumed).await.unwrap();
        assert_eq!(
            figures(&resumed),
            figures(&whole)[first.observations.len()..]
        );

        let now = exported(&bureau.reader, request()).await;
        assert_eq!(now.len(), 3_000);
        assert!(now.iter().all(|figure| figure.value_cents == Some(200)));
    })
    .await;
}

#[tokio::test]
async fn an_export_whose_releases_cannot_be_told_any_more_begins_anew() {
    on_each_engine(async |bureau| {
        published(&bureau).await;
        let before = messages(&bureau.reader, request()).await.unwrap();
        // The clock stands still, so that this counts as having been there already.
        bureau
            .publish(
                "late",
                release("UZ", "2024-03-01"),
                "flow,period,value_usd\nX,2021,1\n",
            )
            .await;
        let resumed = StreamObservationsRequest {
            resume_token: before[0].resume_token.clone(),
            ..request()
        };
        let answer = messages(&bureau.reader, resumed).await;
        assert_fault(answer, Code::Aborted, "EXPORT_OUTDATED");
    })
    .await;
}
