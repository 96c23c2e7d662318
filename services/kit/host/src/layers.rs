//! The layers that every call passes on its way to a handler, in this order: request id and span,
//! panic guard, deadline, translation of tonic's own answers, the end of a drain, the refusals of the port, the form of the call, load, authentication, the agency's
//! share, the first question to the policies.
//!
//! Each layer calls the next one before its own future is first polled. The deadline depends on
//! that: tonic's server arms its own timer, which answers CANCELLED, only after `call` returns.

pub(crate) mod answer;
mod authenticate;
mod deadline;
mod expiry;
mod form;
mod framing;
mod load;
mod observe;
mod panic_guard;
mod pass;
mod permit;
mod refused;
mod right;
mod share;
mod stopping;
mod translate;

use std::{convert::Infallible, sync::Arc};

use clock::Clock;
use futures::future::BoxFuture;
use http::{Request, Response};
use tokio::sync::Semaphore;
use tonic::{body::Body, service::Routes};
use tower::{Service, util::BoxCloneSyncService};

use self::{
    authenticate::Authenticate, deadline::Deadline, form::Form, load::Load, observe::Observe,
    panic_guard::PanicGuard, pass::Passing, permit::Permit, refused::Refused, share::Share,
    stopping::Stopping, translate::Translate,
};
pub use self::{
    deadline::Until,
    observe::code_name,
    pass::{Pass, Passed},
    translate::Forwarded,
};
pub(crate) use self::{deadline::timeout, framing::Framing};
use crate::{
    LimitArgs, Metrics, Rules, Tokens,
    limits::{AgencyLimits, Places},
};

/// A component's routes with the layers around them.
pub type Layered = BoxCloneSyncService<Request<Body>, Response<Body>, Infallible>;

/// Calls in progress at once, by default: with a window of 256 KiB each, what is received and not yet
/// read stays below 256 MiB.
pub const DEFAULT_MAX_CALLS: usize = 1024;

/// One in so many of the calls at once may wait for keys that are not known yet: whoever invents keys holds no more.
const LEARNERS: usize = 8;

/// What the layers of a process share.
#[derive(Clone, Debug)]
pub struct Stack {
    tokens: Tokens,
    rules: Rules,
    metrics: Metrics,
    clock: Clock,
    max_calls: usize,
    max_watches: usize,
    agencies: AgencyLimits,
    believes_client_cert: bool,
}

impl Stack {
    /// Makes the layers that accept `tokens`, count into `metrics` and number requests by `clock`.
    #[must_use]
    pub fn new(tokens: Tokens, metrics: Metrics, clock: Clock) -> Self {
        tokens.count_into(&metrics);
        Self {
            tokens,
            rules: Rules::default(),
            metrics,
            clock,
            max_calls: DEFAULT_MAX_CALLS,
            max_watches: LimitArgs::default().max_watches,
            agencies: AgencyLimits::default(),
            believes_client_cert: false,
        }
    }

    /// Sets the policies that callers are judged by; without it those that are part of the program.
    #[must_use]
    pub fn rules(mut self, rules: Rules) -> Self {
        self.rules = rules;
        self
    }

    /// Sets whether the client certificate that a request names in the header `client-cert` (RFC 9440) is believed to be its
    /// caller's: right where only a gateway connects.
    #[must_use]
    pub fn believes_client_cert(mut self, believes: bool) -> Self {
        self.believes_client_cert = believes;
        self
    }

    /// Sets how many calls each component answers at once; more are refused with UNAVAILABLE.
    #[must_use]
    pub fn max_calls(mut self, max_calls: usize) -> Self {
        self.max_calls = max_calls;
        self
    }

    /// Sets how many watches each component answers at once, and what each agency may have of the process.
    #[must_use]
    pub fn limits(mut self, args: &LimitArgs) -> Self {
        self.max_watches = args.max_watches;
        self.agencies = AgencyLimits::new(args);
        self
    }

    /// Sets that the calls are parts of others, for which their agency has its share already.
    pub(crate) fn without_limits(mut self) -> Self {
        self.agencies = AgencyLimits::default();
        self
    }

    /// Returns how many calls each component answers at once, watches among them.
    pub(crate) fn limit(&self) -> usize {
        self.max_calls.saturating_add(self.max_watches)
    }

    /// Returns the measurements that the layers count into.
    #[must_use]
    pub fn metrics(&self) -> Metrics {
        self.metrics.clone()
    }

    /// Puts the layers around `routes`. A path that is one of `open` needs no token, nor does one that begins with one of them
    /// which ends with `.` or `/`.
    #[must_use]
    pub fn around(&self, name: &'static str, routes: Routes, open: &[String]) -> Layered {
        self.around_passing(name, routes, None, open)
    }

    /// The same, where `pass` takes what it passes on before `routes` are asked.
    #[must_use]
    pub fn around_passing(
        &self,
        name: &'static str,
        routes: Routes,
        pass: Option<Pass>,
        open: &[String],
    ) -> Layered {
        let places = load::All {
            calls: Places::new(self.max_calls, self.agencies.calls()),
            watches: Places::new(self.max_watches, self.agencies.watches()),
        };
        let metrics = self.metrics.clone();
        let service = Permit::new(Passing::new(routes.prepare(), pass));
        let service = Share::new(service, self.agencies.clone(), &places, metrics.clone());
        let service = Authenticate::new(
            service,
            authenticate::Trust {
                tokens: self.tokens.clone(),
                rules: self.rules.clone(),
                clock: self.clock.clone(),
                open: Arc::from(open),
                believes_client_cert: self.believes_client_cert,
                learning: Arc::new(Semaphore::new((self.max_calls / LEARNERS).max(1))),
            },
        );
        let service = Load::new(service, name, places, metrics);
        let service = Form::new(service);
        let service = Refused::new(service);
        let service = Stopping::new(service);
        let service = Translate::new(service);
        let service = Deadline::new(service);
        let service = PanicGuard::new(service);
        let metrics = self.metrics.clone();
        let service = Observe::new(service, name, metrics, self.clock.clone());
        BoxCloneSyncService::new(service)
    }
}

/// What a layer can stand around: another layer. Its answers are boxed already, so that a layer which adds nothing to
/// them adds no box either.
trait Inner:
    Service<Request<Body>, Response = Response<Body>, Error = Infallible, Future = Answering>
    + Clone
    + Send
    + Sync
    + 'static
{
}

impl<S> Inner for S where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible, Future = Answering>
        + Clone
        + Send
        + Sync
        + 'static
{
}

/// What a layer answers.
type Answer = Result<Response<Body>, Infallible>;

/// The future of a layer's answer.
type Answering = BoxFuture<'static, Answer>;

/// Tells whether `path` is health or reflection, which is open to all and takes no place of a call.
pub(crate) fn is_infrastructure(path: &str) -> bool {
    path.starts_with(HEALTH) || path.starts_with(REFLECTION)
}

/// Tells whether `path` is a stream of health or reflection, which lasts as long as its client wants.
fn is_infrastructure_stream(path: &str) -> bool {
    path.starts_with(REFLECTION) || path.strip_prefix(HEALTH) == Some("Watch")
}

const HEALTH: &str = "/grpc.health.v1.Health/";
const REFLECTION: &str = "/grpc.reflection.";
