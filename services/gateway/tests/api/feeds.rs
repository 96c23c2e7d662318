//! The addresses of feeds for calendar programs, as such a program reads them: over HTTP/1.1, without a token.

use http::{Method, StatusCode, header};
use serde_json::json;

use crate::{
    asked::{Answer, ask, get, nobody},
    running::Gateway,
    world::World,
};

const FEEDS: &str = "/roadmaps/v1/partnerships/uz-kz/calendarFeeds";

async fn made(gateway: &Gateway) -> (String, String) {
    let answer = ask(gateway, Method::POST, FEEDS)
        .json(&json!({ "note": "a phone" }))
        .answer()
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let answer = answer.json();
    let text = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
    (
        text(&answer["calendarFeed"]["name"]),
        text(&answer["secretPath"]),
    )
}

async fn read(gateway: &Gateway, path: &str) -> Answer {
    nobody(gateway, Method::GET, path).answer().await
}

#[tokio::test]
async fn a_calendar_program_reads_a_feed_and_is_told_when_nothing_changed() {
    World::each_engine(async |world| {
        let gateway = world.with_facts().await;
        let (name, path) = made(&gateway).await;
        let answer = read(&gateway, &path).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        let kind = &answer.headers[header::CONTENT_TYPE];
        assert_eq!(kind, "text/calendar; charset=utf-8");
        assert_eq!(answer.headers[header::CACHE_CONTROL], "private, no-cache");
        let text = answer.text();
        assert!(text.starts_with("BEGIN:VCALENDAR\r\n"));
        let tag = answer.headers[header::ETAG].to_str().expect("ASCII");
        let again = nobody(&gateway, Method::GET, &path).header("if-none-match", tag);
        let again = again.answer().await;
        assert_eq!(
            (again.status, again.body.len()),
            (StatusCode::NOT_MODIFIED, 0)
        );
        let head = nobody(&gateway, Method::HEAD, &path).answer().await;
        assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0));
        assert_eq!(head.headers[header::ETAG], tag);
        // A token beside it changes nothing, and a bad one neither.
        let beside = nobody(&gateway, Method::GET, &path).header("authorization", "Bearer x");
        assert_eq!(beside.answer().await.text(), text);

        let revoke = format!("/roadmaps/v1/{name}:revoke");
        let revoked = ask(&gateway, Method::POST, &revoke).json(&json!({}));
        assert_eq!(revoked.answer().await.status, StatusCode::OK);
        let gone = read(&gateway, &path).await;
        let never = read(&gateway, &format!("{}0", &path[..path.len() - 1])).await;
        for answer in [&gone, &never] {
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", answer.text());
            assert_eq!(answer.reason(), "RESOURCE_NOT_FOUND");
        }
        assert_eq!(gone.text(), never.text());
    })
    .await;
}

#[tokio::test]
async fn everything_else_of_feeds_needs_a_token() {
    World::each_engine(async |world| {
        let gateway = world.with_facts().await;
        let (name, _) = made(&gateway).await;
        for (verb, path) in [
            (Method::GET, FEEDS.to_owned()),
            (Method::POST, FEEDS.to_owned()),
            (Method::POST, format!("/roadmaps/v1/{name}:revoke")),
        ] {
            let refused = nobody(&gateway, verb, &path).answer().await;
            assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{path}");
        }
        let listed = get(&gateway, FEEDS).answer().await;
        assert_eq!(listed.json()["calendarFeeds"][0]["name"], name.as_str());
        assert!(!listed.text().contains("secret"));
    })
    .await;
}

#[tokio::test]
async fn the_file_of_a_calendar_with_a_token_has_a_tag_too() {
    World::each_engine(async |world| {
        let gateway = world.with_facts().await;
        let path = "/roadmaps/v1/partnerships/uz-kz/deadlineCalendar";
        let answer = get(&gateway, path).answer().await;
        let tag = answer.headers[header::ETAG].to_str().expect("ASCII");
        let again = get(&gateway, path).header("if-none-match", tag);
        assert_eq!(again.answer().await.status, StatusCode::NOT_MODIFIED);
    })
    .await;
}
