//! Exports of all figures that stand.

use std::fmt::Write as _;

use accord_proto::trade::v1::{
    Flow, Period, StreamObservationsRequest, StreamObservationsResponse,
};

use super::{by_codes, revised};
use crate::{
    bureau::{Caller, PARENT, at, on_each_engine},
    errors::assert_violations,
};

async fn exported(
    caller: &Caller,
    request: StreamObservationsRequest,
) -> Vec<StreamObservationsResponse> {
    let answer = caller
        .trade
        .clone()
        .stream_observations(request)
        .await
        .unwrap();
    let mut stream = answer.into_inner();
    let mut messages = Vec::new();
    while let Some(message) = stream.message().await.unwrap() {
        messages.push(message);
    }
    messages
}

/// Flow, period and code of a figure.
type Cell = (i32, Option<Period>, String);

fn cells(messages: &[StreamObservationsResponse]) -> Vec<(String, Cell)> {
    let mut cells = Vec::new();
    for message in messages {
        for figure in &message.observations {
            let cell = (figure.flow, figure.period, figure.commodity.clone());
            cells.push((message.release.clone(), cell));
        }
    }
    cells
}

#[tokio::test]
async fn an_export_has_what_stands_and_goes_on_behind_any_message() {
    on_each_engine(async |bureau| {
        let mut csv = "flow,period,commodity,value_usd\n".to_owned();
        for year in 2010..2024 {
            for code in 0..100 {
                writeln!(csv, "X,{year},8501{code:02},1").unwrap();
            }
        }
        bureau.publish("long", by_codes("2024-01-15"), &csv).await;
        revised(&bureau).await;
        let request = StreamObservationsRequest {
            parent: PARENT.to_owned(),
            known_time: Some(at("2024-03-15")),
            ..StreamObservationsRequest::default()
        };
        let messages = exported(&bureau.reader, request.clone()).await;
        let all = cells(&messages);
        // What the second release supersedes is left out of the first.
        assert_eq!(all.len(), 1_400 + 2 * 12 * 6 - 2 + 5);
        assert!(messages.last().unwrap().complete);
        assert!(
            messages.len() > 15
                && messages
                    .iter()
                    .rev()
                    .skip(1)
                    .all(|message| !message.complete)
        );
        for (index, message) in messages.iter().enumerate() {
            let rest = StreamObservationsRequest {
                resume_token: message.resume_token.clone(),
                ..request.clone()
            };
            let rest = cells(&exported(&bureau.reader, rest).await);
            let sent = cells(&messages[..=index]).len();
            assert_eq!(rest, all[sent..]);
        }
        let strict = StreamObservationsRequest {
            recorded_before: Some(at("2027-01-01")),
            ..request.clone()
        };
        assert_eq!(cells(&exported(&bureau.reader, strict).await), all);
        let some = StreamObservationsRequest {
            flows: vec![Flow::Import as i32],
            commodity: "2701".to_owned(),
            start_year: 2023,
            ..request.clone()
        };
        assert_eq!(cells(&exported(&bureau.reader, some).await).len(), 12);

        let stolen = StreamObservationsRequest {
            resume_token: messages[0].resume_token.clone(),
            reporter: "UZ".to_owned(),
            known_time: None,
            ..request
        };
        let answer = bureau
            .reader
            .trade
            .clone()
            .stream_observations(stolen)
            .await;
        assert_violations(
            answer.map(|_| ()),
            &[
                ("known_time", "FIELD_REQUIRED"),
                ("resume_token", "PAGE_TOKEN_INVALID"),
            ],
        );
    })
    .await;
}
