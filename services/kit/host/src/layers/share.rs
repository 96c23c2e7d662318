//! Gives each agency its share of the calls, so that none slows the others.

use std::{
    convert::Infallible,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use fault::Fault;
use http::{Request, Response};
use identity::Caller;
use tonic::{Code, body::Body};
use tower::Service;

use super::{
    Answering, Inner, answer, is_infrastructure,
    load::{All, hold},
};
use crate::{
    exchange::Exchange,
    limits::{AgencyLimits, Limit},
    methods,
    metrics::Metrics,
    peer,
};

/// When an agency with too many calls in progress may try again: nobody knows when one of them ends.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Refuses calls of agencies that have, or send, too many.
#[derive(Clone)]
pub(super) struct Share<S> {
    inner: S,
    agencies: AgencyLimits,
    places: All,
    metrics: Metrics,
}

impl<S> Share<S> {
    pub(super) fn new(inner: S, agencies: AgencyLimits, places: &All, metrics: Metrics) -> Self {
        Self {
            inner,
            agencies,
            places: places.clone(),
            metrics,
        }
    }

    /// Counts a call that came by a port; others are parts of one that is counted.
    fn rate(&self, exchange: &Exchange, agency: &Arc<str>) -> Result<(), Fault> {
        match self.agencies.take(agency) {
            Ok(standing) => {
                if let Some(standing) = standing {
                    exchange.set_standing(standing);
                }
                Ok(())
            }
            Err(excess) => {
                self.metrics.hit(Limit::AgencyRate);
                exchange.set_standing(excess.standing);
                let message = format!("{agency} sends too many calls");
                let fault = Fault::new(Code::ResourceExhausted, "AGENCY_RATE_EXCEEDED", message);
                Err(fault.with_retry(excess.after))
            }
        }
    }

    fn crowded(&self, agency: &str, is_watch: bool) -> Fault {
        let (limit, reason, message) = if is_watch {
            let message = format!("{agency} has too many watches open");
            (Limit::AgencyWatches, "AGENCY_WATCHES_EXCEEDED", message)
        } else {
            let message = format!("{agency} has too many calls in progress");
            (Limit::AgencyCalls, "AGENCY_CALLS_EXCEEDED", message)
        };
        self.metrics.hit(limit);
        Fault::new(Code::ResourceExhausted, reason, message).with_retry(RETRY_AFTER)
    }
}

/// Who a call is counted for: its agency, or where it needs no token its address, of IPv6 the network; nobody where neither
/// is known.
fn counted(request: &Request<Body>) -> Option<Arc<str>> {
    if let Some(caller) = request.extensions().get::<Caller>() {
        return Some(caller.agency.as_str().into());
    }
    let exchange = Exchange::of(request.extensions())?;
    Some(peer::counted(exchange.client()).to_string().into())
}

impl<S: Inner> Service<Request<Body>> for Share<S> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Answering {
        if is_infrastructure(request.uri().path()) {
            return self.inner.call(request);
        }
        let Some(agency) = counted(&request) else {
            return self.inner.call(request);
        };
        if let Some(exchange) = Exchange::of(request.extensions()) {
            if request.extensions().get::<Caller>().is_some() {
                exchange.set_agency(Arc::clone(&agency));
            }
            if let Err(fault) = self.rate(exchange, &agency) {
                return answer::refusal(fault);
            }
        }
        let is_watch = methods::is_watch(request.uri().path());
        let Some(member) = self.places.of(is_watch).share(&agency) else {
            return answer::refusal(self.crowded(&agency, is_watch));
        };
        hold(&mut self.inner, request, member)
    }
}
