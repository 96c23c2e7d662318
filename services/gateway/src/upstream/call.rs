//! One call of an upstream: attempts at its addresses, until one is answered or no further one is right.
//!
//! A call is made again when nothing of it can have had an effect: it found no connection, or the server told that it
//! did nothing with it. A method that the contract declares to be without side effects is made again after
//! UNAVAILABLE and after a loss too. In either case only while nothing of an answer has come, within the budget and the
//! caller's deadline.

use std::{
    collections::HashSet,
    error::Error,
    sync::{Arc, LazyLock},
    time::Duration,
};

use accord_proto::descriptors;
use http::{
    HeaderMap, HeaderName, Request, Response, StatusCode, Uri, Version, header, request::Parts,
};
use prost_types::method_options::IdempotencyLevel;
use tokio::time::sleep;
use tonic::{Code, Status, body::Body};

use super::{
    address::ConnectError,
    been::Been,
    blame::Blame,
    circuit::Outcome,
    connection::Connection,
    endpoint::Endpoint,
    exchange::{Begun, Failure, exchange},
    pool::{NoPlace, Place, Pool},
    received::Received,
    upload::{Rest, Upload},
};
use crate::{
    fault,
    forward::{Deadline, until_lost},
};

/// The wait before a call goes to an address a second time; doubled each time, and half of it by chance.
const PAUSE: Duration = Duration::from_millis(25);

/// Headers of a connection, which have no meaning in HTTP/2 (RFC 9113 section 8.2.2).
const OF_A_CONNECTION: [HeaderName; 5] = [
    header::CONNECTION,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
];

/// The paths of the methods that the contracts declare to be without side effects.
static SAFE: LazyLock<HashSet<String>> = LazyLock::new(|| {
    descriptors()
        .services()
        .flat_map(|service| service.methods().collect::<Vec<_>>())
        .filter(|method| {
            let options = method.method_descriptor_proto().options.as_ref();
            let level = options.map(prost_types::MethodOptions::idempotency_level);
            level == Some(IdempotencyLevel::NoSideEffects)
        })
        .map(|method| format!("/{}/{}", method.parent_service().full_name(), method.name()))
        .collect()
});

/// Makes the call at one of the addresses of `pool` and returns its answer, or the status that says why there is
/// none.
pub(super) async fn call(
    pool: &Arc<Pool>,
    request: Request<Body>,
    deadline: Deadline,
    blame: Blame,
) -> Response<Body> {
    pool.count();
    let (mut parts, body) = request.into_parts();
    if parts.version != Version::HTTP_2 {
        remove_of_a_connection(&mut parts.headers);
    }
    let is_safe = SAFE.contains(parts.uri.path());
    let call = Call {
        is_safe,
        is_watch: is_safe && host::is_watch(parts.uri.path()),
        upload: Upload::new(body, pool.args.upstream_retry_bytes),
        parts,
        pool,
        deadline,
        blame,
        been: Been::default(),
        repeated: 0,
    };
    call.run().await.unwrap_or_else(Status::into_http)
}

/// Removes what is of the caller's connection: the usual headers, and those that `Connection` names (RFC 9110 section
/// 7.6.1).
fn remove_of_a_connection(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in OF_A_CONNECTION.iter().chain(&named) {
        headers.remove(name);
    }
}

/// A call and what it has been through.
struct Call<'a> {
    pool: &'a Arc<Pool>,
    parts: Parts,
    upload: Upload,
    deadline: Deadline,
    /// What is wrong with the request itself.
    blame: Blame,
    is_safe: bool,
    /// It lasts as long as its reader wants; such methods of the contracts are safe.
    is_watch: bool,
    been: Been,
    repeated: u32,
}

/// What became of an attempt.
enum Attempt {
    /// It was answered, or failed for good.
    Final(Response<Body>),
    /// It may be made again after this; if it is not, that is the answer.
    Again(&'static str, Instead),
    /// It has not begun: there is no connection to the address.
    Unconnected(Arc<ConnectError>),
    /// It has not begun: the connection took no more calls.
    Unsent(h2::Error),
}

/// The answer of an attempt that is not followed by another. Made, and logged, only then.
enum Instead {
    /// The server's own.
    Answer(Response<Body>),
    /// That the server did nothing with the call.
    Refused(h2::Error),
    /// That what it did is not known.
    Lost(h2::Error),
    /// That nothing came back.
    Silent,
}

impl Instead {
    fn response(self, service: &str) -> Response<Body> {
        match self {
            Self::Answer(answer) => answer,
            Self::Refused(error) => fault::unreachable(service, &error).into_http(),
            Self::Lost(error) => fault::lost(service, &error).into_http(),
            Self::Silent => fault::silent(service).into_http(),
        }
    }
}

impl Call<'_> {
    async fn run(mut self) -> Result<Response<Body>, Status> {
        let mut untaken = None;
        loop {
            let place = match self.pool.place(&self.been).await {
                Ok(place) => place,
                Err(NoPlace::Nowhere) if self.been.begin_anew() => {
                    self.pause().await;
                    continue;
                }
                Err(none) => return Err(self.no_place(&none, untaken.as_deref())),
            };
            let endpoint = Arc::clone(&place.endpoint);
            match self.attempt(place).await? {
                Attempt::Final(response) => return Ok(response),
                Attempt::Unconnected(error) => {
                    self.pool.look_up.notify_one();
                    self.been.unreachable(endpoint);
                    untaken = Some(error as Arc<dyn Error + Send + Sync>);
                }
                Attempt::Unsent(error) => {
                    tracing::debug!(%error, "a connection to an upstream takes no more calls");
                    // The connection has been taken out of use, so the next attempt gets another.
                    if self.been.unsent(&endpoint, endpoint.max_connections) {
                        untaken = Some(Arc::new(error));
                    }
                }
                Attempt::Again(after, instead) => {
                    if !self.may_repeat() {
                        return Ok(instead.response(self.name()));
                    }
                    self.pool.measures().retried(after);
                    tracing::debug!(service = self.name(), after, "a call is made again");
                    self.repeated += 1;
                    self.been.sent(endpoint);
                }
            }
        }
    }

    /// Makes the call at `place`.
    async fn attempt(&mut self, mut place: Place) -> Result<Attempt, Status> {
        if self.is_watch {
            place.make_watch();
        }
        let connection = match place.connection().await {
            Ok(connection) => connection,
            Err(error) => return Ok(Attempt::Unconnected(error)),
        };
        let head = self.head(&place.endpoint)?;
        let made = self.exchange(&place.endpoint, &connection, head).await;
        let endpoint = Arc::clone(&place.endpoint);
        Ok(match made {
            Some(Ok(begun)) => self.answered(begun, place),
            Some(Err(Failure::Unsent(error))) => {
                endpoint.retire(&connection);
                Attempt::Unsent(error)
            }
            Some(Err(Failure::Refused(error))) => {
                self.again_if(true, "refused", Instead::Refused(error))
            }
            Some(Err(Failure::Lost(error))) => {
                // A stream that is reset may be the call's own fault; a connection that ends is the server's, unless it was cut
                // because it alone was silent.
                if !error.is_reset() && !connection.is_cut() {
                    endpoint.note(Outcome::Failed);
                }
                self.again_if(self.is_safe, "lost", Instead::Lost(error))
            }
            Some(Err(Failure::Abandoned(status))) => {
                Attempt::Final(self.blame.status().unwrap_or(status).into_http())
            }
            None => self.again_if(self.is_safe, "silent", Instead::Silent),
        })
    }

    /// Sends the call; nothing if nothing comes back from the address and the call can be made elsewhere.
    async fn exchange(
        &mut self,
        endpoint: &Endpoint,
        connection: &Connection,
        head: Request<()>,
    ) -> Option<Result<Begun, Failure>> {
        if !self.is_safe {
            return Some(exchange(connection, head, &mut self.upload).await);
        }
        tokio::select! {
            biased;
            made = exchange(connection, head, &mut self.upload) => Some(made),
            () = endpoint.forsaken() => None,
        }
    }

    /// The head of the call for `endpoint`, with the time that remains.
    fn head(&mut self, endpoint: &Endpoint) -> Result<Request<()>, Status> {
        self.deadline.write_remaining(&mut self.parts.headers);
        let origin = &endpoint.origin;
        let mut uri = http::uri::Parts::default();
        uri.scheme = Some(origin.scheme.clone());
        uri.authority = Some(origin.authority.clone());
        uri.path_and_query = self.parts.uri.path_and_query().cloned();
        let uri = Uri::from_parts(uri).map_err(|_| fault::unknown_method(self.parts.uri.path()))?;
        let mut head = Request::new(());
        *head.method_mut() = self.parts.method.clone();
        *head.uri_mut() = uri;
        *head.version_mut() = Version::HTTP_2;
        *head.headers_mut() = self.parts.headers.clone();
        Ok(head)
    }

    /// Passes on an answer that has begun.
    fn answered(&mut self, begun: Begun, place: Place) -> Attempt {
        let Begun {
            response,
            stream,
            progress,
        } = begun;
        let (parts, received) = response.into_parts();
        let is_unavailable = is_unavailable(parts.status, &parts.headers);
        let outcome = if is_unavailable {
            Outcome::Failed
        } else {
            Outcome::Answered
        };
        place.endpoint.note(outcome);
        if parts.headers.contains_key("grpc-status") {
            // The head is all there is, whether the server has said so or ends the stream otherwise.
            let answer = Response::from_parts(parts, Body::empty());
            let is_right = is_unavailable && self.is_safe;
            return self.again_if(is_right, "unavailable", Instead::Answer(answer));
        }
        let mut upload = Upload::new(Body::empty(), 0);
        std::mem::swap(&mut upload, &mut self.upload);
        upload.commit();
        let rest = Rest::of(upload, stream, progress);
        let body = Received::new(received, place, rest);
        let name = Arc::clone(self.pool.measures().name());
        let body = until_lost(name, self.blame.clone(), body);
        Attempt::Final(Response::from_parts(parts, body))
    }

    fn again_if(&self, is_right: bool, after: &'static str, instead: Instead) -> Attempt {
        if is_right && self.upload.can_repeat() {
            Attempt::Again(after, instead)
        } else {
            Attempt::Final(instead.response(self.name()))
        }
    }

    fn may_repeat(&self) -> bool {
        self.repeated < self.pool.args.upstream_retries
            && self.deadline.remaining().is_none_or(|left| !left.is_zero())
            && self.pool.may_repeat()
    }

    /// Waits a little before the call goes to an address a second time.
    async fn pause(&mut self) {
        let longest = PAUSE.saturating_mul(1 << self.repeated.saturating_sub(1).min(6));
        sleep(longest.mul_f64(0.5 + 0.5 * fastrand::f64())).await;
    }

    fn no_place(
        &self,
        none: &NoPlace,
        untaken: Option<&(dyn Error + Send + Sync + 'static)>,
    ) -> Status {
        match (none, untaken) {
            (NoPlace::Busy, _) => fault::busy(self.name()),
            (NoPlace::Nowhere, Some(error)) => fault::unreachable(self.name(), error),
            (NoPlace::Nowhere, None) => {
                self.pool.look_up.notify_one();
                fault::without_address(self.name())
            }
        }
    }

    fn name(&self) -> &str {
        self.pool.measures().service()
    }
}

/// Tells whether a server, or a proxy before it, answers that it cannot answer.
fn is_unavailable(status: StatusCode, headers: &HeaderMap) -> bool {
    match headers.get("grpc-status") {
        Some(code) => Code::from_bytes(code.as_bytes()) == Code::Unavailable,
        None => matches!(
            status,
            StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_are_safe_to_repeat_and_writes_are_not() {
        for path in [
            "/accord.documents.v1.DocumentService/GetDocument",
            "/accord.trade.v1.TradeService/QuerySeries",
            "/accord.ledger.v1.LedgerService/WatchChanges",
        ] {
            assert!(SAFE.contains(path), "{path}");
        }
        for path in [
            "/accord.documents.v1.DocumentService/CreateDocument",
            "/accord.roadmaps.v1.MeasureService/ConfirmMeasure",
            "/accord.trade.v1.ReleaseService/ImportObservations",
            "/acme.stock.v1.Shelf/Get",
        ] {
            assert!(!SAFE.contains(path), "{path}");
        }
    }

    #[test]
    fn watches_are_safe_to_repeat() {
        let methods = descriptors()
            .services()
            .flat_map(|service| service.methods().collect::<Vec<_>>());
        for method in methods.filter(prost_reflect::MethodDescriptor::is_server_streaming) {
            let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
            assert!(
                !path.starts_with("/accord.") || SAFE.contains(&path),
                "{path}"
            );
        }
    }

    #[test]
    fn headers_of_the_connection_and_those_that_it_names_go_no_further() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "keep-alive, X-Hop"),
            ("connection", "x-other ,, close"),
            ("keep-alive", "timeout=5"),
            ("x-hop", "1"),
            ("x-other", "2"),
            ("x-kept", "3"),
        ] {
            headers.append(
                HeaderName::from_static(name),
                http::HeaderValue::from_static(value),
            );
        }
        remove_of_a_connection(&mut headers);
        let left: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
        assert_eq!(left, ["x-kept"]);
    }

    #[test]
    fn method_with_a_get_rule_says_that_it_has_no_side_effects() {
        let http = descriptors()
            .get_extension_by_name("google.api.http")
            .expect("declared");
        for method in descriptors()
            .services()
            .flat_map(|s| s.methods().collect::<Vec<_>>())
        {
            let rule = method.options().get_extension(&http).into_owned();
            let rule = rule.as_message().expect("a rule");
            if rule.has_field_by_name("get") {
                let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
                assert!(SAFE.contains(&path), "{path}");
            }
        }
    }
}
