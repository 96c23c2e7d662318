//! The access log of a process.

use std::time::Duration;

use serde_json::Value;

use crate::{
    process::Running,
    world::{call, error_info, stream},
};

/// A method that an editor may not call.
const DENIED: &str = "/accord.documents.v1.DocumentService/PurgeDocuments";

/// The lines of the access log of a process that has made some calls, in JSON.
async fn lines_of(variables: &[(&str, &str)]) -> (Vec<Value>, String) {
    let variables = [&[("ACCORD_LOG_FORMAT", "json")][..], variables].concat();
    let mut running = Running::start_with(&variables).await;
    let mut client = running.client_with_metadata(
        "traceparent",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    );
    call(&mut client, "/probe.Probe/Echo", "secret body")
        .await
        .unwrap();
    call(&mut client, "/probe.Probe/Panic", "")
        .await
        .unwrap_err();
    call(&mut client, DENIED, "").await.unwrap_err();
    let mut items = stream(&mut client, "/probe.Probe/Count").await.unwrap();
    for _ in 0..3 {
        items.message().await.unwrap();
    }
    drop(items);
    let uri = format!("http://{}/open.Probe/Echo?secret=query", running.listen());
    let stream = tokio::net::TcpStream::connect(running.listen())
        .await
        .unwrap();
    let (mut sender, connection) = h2::client::handshake(stream).await.unwrap();
    let connection = tokio::spawn(connection);
    let request = http::Request::get(uri).body(()).unwrap();
    let (answer, _) = sender.send_request(request, true).unwrap();
    assert_eq!(answer.await.unwrap().status(), 405);
    drop(sender);
    connection.abort();
    running.signal("TERM");
    let log = running.end_with_log().await;
    let lines: Vec<Value> = log
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|line| line["target"] == "access")
        .collect();
    (lines, log)
}

#[tokio::test]
async fn each_call_is_a_line_when_it_has_ended_without_secrets() {
    let (lines, log) = lines_of(&[]).await;
    let of = |method: &str| {
        let mut found = lines.iter().filter(|line| line["method"] == method);
        let line = found.next().unwrap_or_else(|| panic!("{method}: {log}"));
        assert!(found.next().is_none(), "{method} stands twice: {log}");
        line
    };
    let echo = of("probe.Probe/Echo");
    assert_eq!(echo["code"], "OK");
    assert_eq!(echo["status"], 200);
    assert_eq!(echo["agency"], "uz-stat");
    assert_eq!(echo["protocol"], "grpc");
    assert_eq!(echo["peer"], "127.0.0.1");
    assert_eq!(echo["trace_id"], "0af7651916cd43dd8448eb211c80319c");
    // A prefix of five bytes, a tag, a length and the text.
    assert_eq!(echo["request_bytes"], 5 + 2 + "secret body".len());
    assert_eq!(echo["response_bytes"], echo["request_bytes"]);
    assert_eq!(echo["request_id"].as_str().unwrap().len(), 36);
    assert!(echo["duration_us"].is_u64());
    assert_eq!(of("probe.Probe/Panic")["code"], "INTERNAL");
    let denied = of(DENIED.trim_start_matches('/'));
    assert_eq!(
        (&denied["code"], &denied["agency"]),
        (&"PERMISSION_DENIED".into(), &"uz-stat".into())
    );
    let count = of("probe.Probe/Count");
    assert_eq!(count["code"], "CANCELLED");
    assert!(count["response_bytes"].as_u64().unwrap() >= 3 * 8);
    let other = of("open.Probe/Echo");
    assert_eq!(
        (&other["protocol"], &other["status"]),
        (&"rest".into(), &405.into())
    );
    for secret in ["secret body", "secret=query", "Bearer", "eyJ"] {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
}

#[tokio::test]
async fn calls_that_are_cut_off_at_the_end_have_their_line_with_their_id() {
    for (threads, count) in [("shared", "2"), ("cores", "1"), ("cores", "4")] {
        let mut running = Running::start_with(&[
            ("ACCORD_LOG_FORMAT", "json"),
            ("ACCORD_DRAIN_SECONDS", "1"),
            ("PROBE_THREADS", threads),
            ("TOKIO_WORKER_THREADS", count),
        ])
        .await;
        let ids: Vec<String> = (0..12).map(|number| format!("held-{number}")).collect();
        let mut streams = Vec::new();
        let mut sleeping = Vec::new();
        for id in &ids {
            // A connection each; one of two waits for the head of its answer, the others for the rest.
            let mut client = running.client_with_metadata("x-request-id", id);
            if streams.len() <= sleeping.len() {
                let mut items = stream(&mut client, "/probe.Probe/Count").await.unwrap();
                items.message().await.unwrap();
                streams.push(items);
            } else {
                sleeping.push(tokio::spawn(async move {
                    call(&mut client, "/probe.Probe/Sleep", "60000").await
                }));
            }
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        running.signal("TERM");
        let log = running.end_with_log().await;
        for id in &ids {
            let of_id = format!(r#""request_id":"{id}""#);
            let lines = log.lines().filter(|line| line.contains(&of_id)).count();
            assert_eq!(lines, 1, "{threads} {count}, {id}: {log}");
        }
    }
}

#[tokio::test]
async fn calls_that_are_cut_off_at_the_end_are_told_that_the_process_stops() {
    for threads in ["shared", "cores"] {
        let mut running =
            Running::start_with(&[("ACCORD_DRAIN_SECONDS", "1"), ("PROBE_THREADS", threads)]).await;
        let mut client = running.client();
        let mut items = stream(&mut client, "/probe.Probe/Count").await.unwrap();
        items.message().await.unwrap();
        let mut other = running.client();
        let waiting =
            tokio::spawn(async move { call(&mut other, "/probe.Probe/Sleep", "60000").await });
        tokio::time::sleep(Duration::from_millis(200)).await;
        running.signal("TERM");
        let streamed = loop {
            match items.message().await {
                Ok(item) => assert!(item.is_some(), "it ends of itself"),
                Err(status) => break status,
            }
        };
        for status in [streamed, waiting.await.unwrap().unwrap_err()] {
            assert_eq!(
                status.code(),
                tonic::Code::Unavailable,
                "{threads} {status:?}"
            );
            assert_eq!(error_info(&status).0, "SERVER_STOPPING");
        }
        assert!(running.end().await.success());
    }
}

#[tokio::test]
async fn access_log_can_be_off() {
    for variables in [
        [("ACCORD_ACCESS_LOG", "off")],
        [("ACCORD_LOG", "info,access=off")],
        [("ACCORD_LOG", "access=info,access=warn")],
    ] {
        let (lines, log) = lines_of(&variables).await;
        assert!(lines.is_empty(), "{log}");
    }
    let (lines, _) = lines_of(&[("ACCORD_LOG", "error")]).await;
    assert_eq!(lines.len(), 5, "the level of other lines is another matter");
}

#[tokio::test]
async fn reader_of_the_log_that_stops_holds_up_no_call() {
    let running = Running::start_with(&[]).await;
    let mut client = running.client();
    // A pipe holds 64 KiB; this is several times as much, of which nobody reads anything: of each call a line of the access log,
    // and of each that is denied one of the log too.
    let calls = async {
        for _ in 0..1000 {
            call(&mut client, "/probe.Probe/Echo", "").await.unwrap();
            call(&mut client, DENIED, "").await.unwrap_err();
        }
    };
    let done = tokio::time::timeout(Duration::from_secs(120), calls).await;
    done.expect("calls wait for the log");
}
