//! Health of each address of an upstream, asked by the standard protocol.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use futures::future::join_all;
use http::{HeaderValue, Method, Request, Uri, Version, header};
use http_body_util::{BodyExt as _, Full, Limited};
use prost::Message as _;
use tokio::time::{sleep, timeout};
use tonic::{Code, Status, body::Body};
use tonic_health::pb::{HealthCheckResponse, health_check_response::ServingStatus};

use super::{
    circuit::{Cause, Outcome},
    connection::Connection,
    endpoint::Endpoint,
    exchange::exchange,
    pool::{Place, Pool},
    received::Received,
    upload::Upload,
};

/// Longest wait for an answer, once there is a connection; an address that takes longer twice in a row counts as
/// silent.
const PATIENCE: Duration = Duration::from_secs(2);

/// Checks without an answer after which an address counts as silent: one may fall into a pause.
const UNANSWERED: u32 = 2;

/// Most bytes of an answer that are read. The protocol's has seven.
const MAX_ANSWER_BYTES: usize = 1024;

/// The request for the health of the server as a whole: an empty message, not compressed.
const REQUEST: &[u8] = &[0; 5];

/// What an address says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Health {
    Serving,
    NotServing,
    /// It does not answer.
    Silent,
    /// It has no stream left for the question, and answers a ping.
    Full,
    /// There is no connection; whoever tried to make one has taken note of that.
    Unreachable,
}

/// Asks every address of a pool again and again, until the pool is gone.
pub(super) async fn keep(pool: Weak<Pool>, every: Duration) {
    let mut unanswered: Vec<(Weak<Endpoint>, u32)> = Vec::new();
    while let Some(pool) = pool.upgrade() {
        let endpoints = pool.endpoints();
        let asked = join_all(endpoints.iter().map(|endpoint| ask(&pool, endpoint, every))).await;
        drop(pool);
        let before = std::mem::take(&mut unanswered);
        for (endpoint, health) in endpoints.iter().zip(asked) {
            let so_far = before
                .iter()
                .find(|(known, _)| std::ptr::eq(known.as_ptr(), Arc::as_ptr(endpoint)))
                .map_or(0, |(_, count)| *count);
            unanswered.push((Arc::downgrade(endpoint), note(endpoint, health, so_far)));
        }
        drop(endpoints);
        sleep(every).await;
    }
}

/// Takes note of what an address says and returns how many checks it has not answered in a row.
fn note(endpoint: &Endpoint, health: Health, unanswered: u32) -> u32 {
    match health {
        Health::Serving => endpoint.note(Outcome::Healthy),
        Health::NotServing => endpoint.note(Outcome::Down(Cause::NotServing)),
        Health::Silent if unanswered + 1 >= UNANSWERED => {
            endpoint.note(Outcome::Down(Cause::Silent));
            endpoint.forsake();
        }
        Health::Silent => return unanswered + 1,
        Health::Full | Health::Unreachable => {}
    }
    0
}

/// Asks one address, over each connection that calls depend on: one may have been lost on the way while the others live. How
/// long a connection may take is not counted: `Origin::connect` bounds it, and its failure is no silence.
async fn ask(pool: &Arc<Pool>, endpoint: &Arc<Endpoint>, every: Duration) -> Health {
    let mut place = pool.take(endpoint);
    let Ok(connection) = place.connection().await else {
        return Health::Unreachable;
    };
    let mut asked: Vec<_> = endpoint
        .beside(&connection)
        .into_iter()
        .map(|other| {
            let mut place = pool.take(endpoint);
            place.on(&other);
            (other, place)
        })
        .collect();
    asked.insert(0, (connection, place));
    let answers = asked.into_iter().map(async |(connection, place)| {
        let health = ask_over(endpoint, &connection, place, every).await;
        (connection, health)
    });
    let answers = join_all(answers).await;
    let all = || answers.iter().map(|(_, health)| *health);
    let told = all()
        .find(|health| !matches!(health, Health::Silent | Health::Unreachable))
        .or_else(|| all().find(|health| *health != Health::Silent));
    for (connection, health) in &answers {
        let unanswered = connection.note_check(*health != Health::Silent);
        // Where nothing answers at all, it is the address that is silent.
        if told.is_some() && unanswered >= UNANSWERED {
            tracing::warn!(address = %endpoint.address, "a connection to an upstream answers no more: it is cut, others go on");
            endpoint.retire(connection);
            connection.cut();
        }
    }
    told.unwrap_or(Health::Silent)
}

/// Asks over one connection.
async fn ask_over(
    endpoint: &Arc<Endpoint>,
    connection: &Connection,
    place: Place,
    every: Duration,
) -> Health {
    let asked = async {
        if connection.is_over_full() {
            return ping(connection).await;
        }
        check(endpoint, connection, place).await
    };
    match timeout(PATIENCE.min(every), asked).await {
        Ok(health) => health,
        Err(_elapsed) => Health::Silent,
    }
}

/// Asks whether anything comes back at all: a ping needs no stream.
async fn ping(connection: &Connection) -> Health {
    match connection.ping().await {
        Ok(()) => Health::Full,
        Err(_ended) => Health::Unreachable,
    }
}

async fn check(endpoint: &Arc<Endpoint>, connection: &Connection, place: Place) -> Health {
    let Some(head) = head(endpoint) else {
        return Health::Serving;
    };
    let mut upload = Upload::new(Body::new(Full::from(REQUEST)), REQUEST.len());
    let Ok(begun) = exchange(connection, head, &mut upload).await else {
        // The connection has ended; the next check makes another.
        return Health::Unreachable;
    };
    let (parts, stream) = begun.response.into_parts();
    let body = Limited::new(Received::new(stream, place, None), MAX_ANSWER_BYTES);
    let Ok(answer) = body.collect().await else {
        return Health::Unreachable;
    };
    let status = Status::from_header_map(&parts.headers)
        .or_else(|| Status::from_header_map(answer.trailers()?));
    let message = answer.to_bytes();
    health(status.map(|status| status.code()), &message)
}

/// Reads an answer. A server that does not know the protocol is healthy for all it can say.
fn health(code: Option<Code>, message: &[u8]) -> Health {
    match code {
        Some(Code::Ok) => {
            let answer = message.get(REQUEST.len()..).unwrap_or_default();
            let answer = HealthCheckResponse::decode(answer).unwrap_or_default();
            match answer.status() {
                ServingStatus::Serving => Health::Serving,
                _ => Health::NotServing,
            }
        }
        Some(Code::Unavailable) => Health::NotServing,
        // It answers, and it is its calls that will tell.
        Some(_) | None => Health::Serving,
    }
}

fn head(endpoint: &Endpoint) -> Option<Request<()>> {
    let uri = Uri::builder()
        .scheme(endpoint.origin.scheme.clone())
        .authority(endpoint.origin.authority.clone())
        .path_and_query("/grpc.health.v1.Health/Check")
        .build()
        .ok()?;
    let mut head = Request::new(());
    *head.method_mut() = Method::POST;
    *head.uri_mut() = uri;
    *head.version_mut() = Version::HTTP_2;
    let headers = head.headers_mut();
    let grpc = HeaderValue::from_static("application/grpc");
    headers.insert(header::CONTENT_TYPE, grpc);
    headers.insert(header::TE, HeaderValue::from_static("trailers"));
    Some(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_other_than_serving_and_unavailable_take_an_address_out_and_no_other_failure_does()
    {
        for (code, message, expected) in [
            (Some(Code::Ok), &[0, 0, 0, 0, 2, 8, 1][..], Health::Serving),
            (Some(Code::Ok), &[0, 0, 0, 0, 2, 8, 2], Health::NotServing),
            (Some(Code::Ok), &[0, 0, 0, 0, 0], Health::NotServing),
            (Some(Code::Ok), &[], Health::NotServing),
            (Some(Code::Unavailable), &[], Health::NotServing),
            (Some(Code::Unimplemented), &[], Health::Serving),
            (Some(Code::Unauthenticated), &[], Health::Serving),
            (None, b"<html>", Health::Serving),
        ] {
            assert_eq!(health(code, message), expected, "{code:?} {message:?}");
        }
    }
}
