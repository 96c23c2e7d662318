//! Streams that end with their token, and answers that arrive whole after it.

use std::collections::VecDeque;

use http_body_util::BodyExt as _;
use identity::{Caller, Policies, PolicyFile, PolicyFiles};
use tokio::time::{Instant, sleep_until};

use super::*;
use crate::Rules;

const UNAUTHENTICATED: &str = "16";
const PERMISSION_DENIED: &str = "7";
const UNAVAILABLE: &str = "14";

const WATCH: &str = "accord.ledger.v1.LedgerService/WatchChanges";

/// A gRPC message of this many bytes, with its prefix.
fn message(length: usize) -> Vec<u8> {
    let mut bytes = vec![0];
    bytes.extend(u32::try_from(length).unwrap().to_be_bytes());
    bytes.resize(bytes.len() + length, b'm');
    bytes
}

/// A body that sends these frames, a second after one another, and then trailers.
struct Timed {
    frames: VecDeque<Vec<u8>>,
    /// It goes on with its last frame for ever.
    endless: bool,
    ended: bool,
    sleep: Pin<Box<Sleep>>,
}

impl http_body::Body for Timed {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        if self.sleep.as_mut().poll(context).is_pending() {
            return Poll::Pending;
        }
        let next = Instant::now() + Duration::from_secs(1);
        self.sleep.as_mut().reset(next);
        let frame = if self.endless && self.frames.len() == 1 {
            self.frames.front().cloned()
        } else {
            self.frames.pop_front()
        };
        Poll::Ready(Some(Ok(match frame {
            Some(frame) => Frame::data(frame.into()),
            None => {
                self.ended = true;
                let mut trailers = http::HeaderMap::new();
                trailers.insert("grpc-status", http::HeaderValue::from_static("0"));
                Frame::trailers(trailers)
            }
        })))
    }
}

fn timed(frames: impl IntoIterator<Item = Vec<u8>>, endless: bool) -> Body {
    let first = Instant::now() + Duration::from_secs(1);
    Body::new(Timed {
        frames: frames.into_iter().collect(),
        endless,
        ended: false,
        sleep: Box::pin(sleep_until(first)),
    })
}

/// Reads a body that may be read until `left` from now: its bytes, and the status that ended it.
async fn read(body: Body, left: Duration) -> (Vec<u8>, Option<String>) {
    let accepted_to = Some(Instant::now() + left);
    let caller = Caller::anonymous_open();
    read_by(
        body,
        Right::new(caller, WATCH, Rules::default(), accepted_to),
    )
    .await
}

/// Reads a body that may be read by `right`.
async fn read_by(body: Body, right: Right) -> (Vec<u8>, Option<String>) {
    let mut body = until(body, right);
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        match frame.unwrap().into_data() {
            Ok(data) => bytes.extend(data),
            Err(frame) => {
                let trailers = frame.into_trailers().unwrap();
                let status = trailers["grpc-status"].to_str().unwrap().to_owned();
                assert!(body.frame().await.is_none());
                return (bytes, Some(status));
            }
        }
    }
    (bytes, None)
}

#[tokio::test(start_paused = true)]
async fn a_stream_ends_when_its_token_does() {
    let begun = Instant::now();
    let (bytes, status) = read(timed([message(4)], true), Duration::from_millis(3_500)).await;
    assert_eq!(bytes, [message(4), message(4), message(4)].concat());
    assert_eq!(status.as_deref(), Some(UNAUTHENTICATED));
    assert_eq!(begun.elapsed().as_millis() / 100, 35);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_always_has_more_ends_too() {
    let (bytes, status) = read(timed([message(4)], true), Duration::ZERO).await;
    assert_eq!(bytes, message(4));
    assert_eq!(status.as_deref(), Some(UNAUTHENTICATED));
}

#[tokio::test(start_paused = true)]
async fn a_stream_without_a_message_ends_a_moment_after_its_token() {
    let begun = Instant::now();
    let silent = Body::new(http_body_util::StreamBody::new(futures::stream::pending::<
        Result<Frame<Bytes>, Status>,
    >()));
    let (bytes, status) = read(silent, Duration::from_secs(2)).await;
    assert!(bytes.is_empty());
    assert_eq!(status.as_deref(), Some(UNAUTHENTICATED));
    assert_eq!(begun.elapsed().as_secs(), 2 + ON_THE_WAY.as_secs());
}

#[tokio::test(start_paused = true)]
async fn a_frame_with_the_end_of_a_message_and_the_next_is_cut_between_them() {
    let bytes = [message(2), message(10), message(10)].concat();
    let frames = [bytes[..12].to_vec(), bytes[12..].to_vec()];
    let (sent, status) = read(timed(frames, false), Duration::from_millis(1_500)).await;
    assert_eq!(sent, bytes[..22]);
    assert_eq!(status.as_deref(), Some(UNAUTHENTICATED));
}

#[tokio::test(start_paused = true)]
async fn the_answer_of_a_call_that_was_done_arrives_even_if_late() {
    let body = Body::new(http_body_util::Full::new(Bytes::from(message(4))));
    let (bytes, status) = read(body, Duration::ZERO).await;
    assert_eq!((bytes, status), (message(4), None));
}

#[tokio::test(start_paused = true)]
async fn an_answer_in_many_frames_arrives_whole_after_its_token() {
    let whole = message(100);
    let frames: Vec<Vec<u8>> = whole.chunks(9).map(<[u8]>::to_vec).collect();
    assert!(frames.len() > 10, "frames for longer than the token lasts");
    let (bytes, status) = read(timed(frames, false), Duration::from_millis(2_500)).await;
    assert_eq!(bytes, whole);
    assert_eq!(status.as_deref(), Some("0"));
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_begins_to_arrive_after_its_token_arrives() {
    let (bytes, status) = read(timed([message(4)], false), Duration::from_millis(500)).await;
    assert_eq!((bytes, status.as_deref()), (message(4), Some("0")));
}

/// The policies of the program, or in their place one text.
fn policies(text: Option<&str>) -> Policies {
    let mut files = PolicyFiles::shipped();
    if let Some(text) = text {
        files.policies = vec![PolicyFile {
            name: "test.cedar".to_owned(),
            text: text.to_owned(),
        }];
    }
    Policies::of(&files).unwrap()
}

/// Reads an endless stream of a reader of Uzbekistan, for whom `text` is put in the place of the policies between the third message
/// and the fourth; to the tenth message at most.
async fn read_while_policies_change(text: Option<&'static str>) -> (usize, Option<String>) {
    let rules = Rules::default();
    let reader = vec![identity::Role::Reader];
    let caller = Caller::new("someone", "uz-stat", Some("UZ".to_owned()), reader);
    let right = Right::new(caller, WATCH, rules.clone(), None);
    let changing = async {
        tokio::time::sleep(Duration::from_millis(3_500)).await;
        rules.replace(policies(text));
    };
    let frames = (0..10).map(|_| message(4));
    let (read, ()) = tokio::join!(read_by(timed(frames, false), right), changing);
    (read.0.len() / message(4).len(), read.1)
}

#[tokio::test(start_paused = true)]
async fn a_stream_ends_when_policies_come_that_do_not_allow_it() {
    let nothing = "@id(\"none\") forbid (principal, action, resource);";
    let begun = Instant::now();
    let (messages, status) = read_while_policies_change(Some(nothing)).await;
    assert_eq!((messages, status.as_deref()), (3, Some(PERMISSION_DENIED)));
    assert_eq!(
        begun.elapsed().as_millis() / 100,
        35,
        "not at the next message"
    );
}

#[tokio::test(start_paused = true)]
async fn a_stream_goes_on_under_policies_that_allow_the_same() {
    let (messages, status) = read_while_policies_change(None).await;
    assert_eq!((messages, status.as_deref()), (10, Some("0")));
}

#[tokio::test(start_paused = true)]
async fn a_stream_whose_reader_may_now_read_less_or_more_is_to_be_opened_again() {
    let public = "@id(\"call\") permit (principal, action in Action::\"read\", resource is Register); \
                  @id(\"public\") permit (principal, action in Action::\"read\", resource) \
                  when { resource has accessLevel && resource.accessLevel == AccessLevel::\"PUBLIC\" };";
    let everything = "@id(\"all\") permit (principal, action, resource);";
    for text in [public, everything] {
        let (messages, status) = read_while_policies_change(Some(text)).await;
        assert_eq!(
            (messages, status.as_deref()),
            (3, Some(UNAVAILABLE)),
            "{text}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_answer_of_a_call_that_was_done_arrives_under_policies_that_do_not_allow_it() {
    let rules = Rules::default();
    let right = Right::new(Caller::anonymous_open(), WATCH, rules.clone(), None);
    rules.replace(policies(Some(
        "@id(\"none\") forbid (principal, action, resource);",
    )));
    let (bytes, status) = read_by(timed([message(4)], false), right).await;
    assert_eq!((bytes, status.as_deref()), (message(4), Some("0")));
}
