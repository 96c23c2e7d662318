//! One request and its answer, as they pass the port: whose they are, what they are refused for, and what is told of
//! them when they have ended.
//!
//! A request gets its [`Exchange`] among its extensions before anything else sees it. What stands between the port and
//! the layers leaves it there; the layers say there what they find out. In-process calls have none: they are
//! parts of an exchange that is counted already.

mod access;
mod gate;
mod patience;
mod request;
mod response;
mod service;

use std::{
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use fault::Fault;
use http::{Extensions, HeaderMap, HeaderValue, Request, header::CONTENT_TYPE};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

pub(crate) use self::{access::TARGET as ACCESS, gate::Gate, service::Exchanges};
use crate::limits::Standing;

/// How a client asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Grpc,
    GrpcWeb,
    Rest,
}

impl Protocol {
    fn of(headers: &HeaderMap) -> Self {
        let kind = headers.get(CONTENT_TYPE);
        let kind = kind.map(http::HeaderValue::as_bytes).unwrap_or_default();
        if kind.starts_with(b"application/grpc-web") {
            Self::GrpcWeb
        } else if kind.starts_with(b"application/grpc") {
            Self::Grpc
        } else {
            Self::Rest
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Grpc => "grpc",
            Self::GrpcWeb => "grpc-web",
            Self::Rest => "rest",
        }
    }
}

/// What is known of a request and its answer. Copies share it.
#[derive(Clone, Debug)]
pub(crate) struct Exchange(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    client: IpAddr,
    protocol: Protocol,
    begun: Instant,
    request_bytes: AtomicU64,
    response_bytes: AtomicU64,
    /// When the last bytes passed in either direction, in milliseconds since the beginning.
    moved_ms: AtomicU64,
    told: Mutex<Told>,
    ending: CancellationToken,
}

/// What is found out as the request passes on.
#[derive(Debug, Default)]
struct Told {
    refusal: Option<Fault>,
    agency: Option<Arc<str>>,
    method: Option<String>,
    code: Option<&'static str>,
    trace_id: String,
    request_id: Option<HeaderValue>,
    standings: Vec<Standing>,
}

/// Returns the address that a request is of, if it came by a port: that of the other end of its connection, or where that is a
/// proxy of `--trusted-proxy`, the one that the proxy names.
#[must_use]
pub fn client_address(extensions: &Extensions) -> Option<IpAddr> {
    Exchange::of(extensions).map(Exchange::client)
}

impl Exchange {
    fn new<B>(client: IpAddr, request: &Request<B>, ending: CancellationToken) -> Self {
        Self(Arc::new(Inner {
            client,
            protocol: Protocol::of(request.headers()),
            begun: Instant::now(),
            request_bytes: AtomicU64::new(0),
            response_bytes: AtomicU64::new(0),
            moved_ms: AtomicU64::new(0),
            told: Mutex::default(),
            ending,
        }))
    }

    /// Returns the exchange that a request belongs to, if it came by a port.
    pub(crate) fn of(extensions: &Extensions) -> Option<&Self> {
        extensions.get()
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.0.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is cancelled when the exchange is no longer waited for.
    pub(crate) fn ending(&self) -> CancellationToken {
        self.0.ending.clone()
    }

    /// The address that the request is of.
    pub(crate) fn client(&self) -> IpAddr {
        self.0.client
    }

    /// Refuses the request: whoever answers next takes the refusal.
    fn refuse(&self, fault: Fault) {
        self.told().refusal = Some(fault);
    }

    /// Takes what the request is refused for.
    pub(crate) fn take_refusal(&self) -> Option<Fault> {
        self.told().refusal.take()
    }

    /// Says who calls.
    pub(crate) fn set_agency(&self, agency: Arc<str>) {
        self.told().agency = Some(agency);
    }

    /// Says which method is called, in which trace and under which id. What is no method, `/package.Service/Method`, is told by its path of HTTP.
    pub(crate) fn set_call(&self, path: &str, trace_id: String, request_id: HeaderValue) {
        let mut told = self.told();
        let method = path.strip_prefix('/').unwrap_or(path);
        let is_method = method
            .split('/')
            .next()
            .is_some_and(|service| service.contains('.'));
        told.method = is_method.then(|| access::shown(method));
        told.trace_id = trace_id;
        told.request_id = Some(request_id);
    }

    /// Says with which code the call ended.
    pub(crate) fn set_code(&self, code: &'static str) {
        self.told().code = Some(code);
    }

    /// Says how the caller stands with a limit.
    pub(crate) fn set_standing(&self, standing: Standing) {
        self.told().standings.push(standing);
    }

    /// Counts bytes that came in.
    fn received(&self, bytes: usize) {
        self.moved(&self.0.request_bytes, bytes);
    }

    /// Counts bytes that went out.
    fn sent(&self, bytes: usize) {
        self.moved(&self.0.response_bytes, bytes);
    }

    fn moved(&self, counter: &AtomicU64, bytes: usize) {
        counter.fetch_add(bytes as u64, Ordering::Relaxed);
        let now = u64::try_from(self.0.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.0.moved_ms.store(now, Ordering::Relaxed);
    }

    /// When the last bytes passed in either direction.
    fn last_moved(&self) -> Instant {
        let moved = self.0.moved_ms.load(Ordering::Relaxed);
        self.0.begun + std::time::Duration::from_millis(moved)
    }
}
