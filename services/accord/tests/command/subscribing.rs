//! `accord roadmaps calendar-feed`: an address is made, read as calendar programs read it, and taken back; its secret is in no log.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use crate::process::{Running, run, stderr, stdout};

/// The whole answer to a GET without a token, with another header.
fn get(listen: &str, path: &str, header: &str) -> String {
    let mut stream = TcpStream::connect(listen).unwrap();
    let request =
        format!("GET {path} HTTP/1.1\r\nhost: accord\r\nconnection: close\r\n{header}\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn an_address_is_made_read_without_a_token_and_taken_back_and_no_log_has_its_secret() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").display().to_string();
    let log = folder.path().join("log");
    let server = Running::logging(
        &[
            "demo",
            "--sample",
            "fictional",
            "--data-dir",
            &data,
            "--access-log",
            "on",
            "--log",
            "debug",
        ],
        &log,
    );
    let token = server.party_token(folder.path(), "XA");
    let address = server.address();
    let accord = |arguments: &[&str]| {
        let client = ["--address", &address, "--token-file", &token];
        let output = run(&[&["roadmaps", "calendar-feed"], arguments, &client].concat());
        assert!(output.status.success(), "{}", stderr(&output));
        stdout(&output)
    };
    let said = accord(&["create", "--roadmap", "lantern-towns", "--note", "a wall"]);
    let line = said.lines().next().unwrap();
    let path = line.strip_prefix(&address).unwrap();
    let (_, secret) = path.split_once("?secret=").unwrap();
    let id = said.split_whitespace().last().unwrap();

    let listen = server.told("listen");
    let answer = get(listen, path, "");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(
        head.contains("content-type: text/calendar; charset=utf-8"),
        "{head}"
    );
    assert!(
        body.starts_with("BEGIN:VCALENDAR") && body.contains("BEGIN:VEVENT"),
        "{body}"
    );
    let tag = head
        .lines()
        .find_map(|line| line.strip_prefix("etag: "))
        .unwrap();
    let again = get(listen, path, &format!("if-none-match: {tag}\r\n"));
    assert!(again.starts_with("HTTP/1.1 304 "), "{again}");
    // What is mistyped is in no log either.
    for wrong in [
        format!("/roadmaps/v1/deadlines.icx?secret={secret}"),
        format!("/roadmaps/v1/deadlines.ics?sekret={secret}"),
    ] {
        let refused = get(listen, &wrong, "");
        assert!(refused.starts_with("HTTP/1.1 40"), "{refused}");
    }

    let listed = accord(&["list"]);
    assert!(
        listed.contains(id) && listed.contains("answers") && listed.contains("a wall"),
        "{listed}"
    );
    assert!(!listed.contains(secret));
    assert!(accord(&["revoke", id]).contains("revoked"));
    assert!(accord(&["list"]).contains("revoked"));
    let gone = get(listen, path, "");
    assert!(gone.starts_with("HTTP/1.1 404 "), "{gone}");

    assert!(server.terminate().success());
    let log = std::fs::read_to_string(log).unwrap();
    let calls = log.matches("CalendarFeedService/ReadCalendarFeed").count();
    assert!(calls >= 3, "{calls} calls in the log");
    assert!(
        log.contains("deadlines.icx"),
        "what is unknown is logged by its path"
    );
    assert!(!log.contains(secret), "the secret is in the log");
}
