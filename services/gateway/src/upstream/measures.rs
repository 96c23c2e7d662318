//! What is counted of one upstream.

use std::sync::{Arc, OnceLock, Weak};

use opentelemetry::{
    KeyValue,
    metrics::{Counter, Meter},
};

use super::{
    circuit::{Cause, Standing},
    pool::Pool,
};

/// Counts of one upstream; of no effect until there is a meter.
#[derive(Debug)]
pub(super) struct Measures {
    service: Arc<str>,
    counters: OnceLock<Counters>,
}

#[derive(Debug)]
struct Counters {
    ejections: Counter<u64>,
    connect_failures: Counter<u64>,
    retries: Counter<u64>,
    budget_exhausted: Counter<u64>,
    refused: Counter<u64>,
}

impl Measures {
    /// Counts for the upstream that errors call `service`.
    pub(super) fn new(service: Arc<str>) -> Self {
        Self {
            service,
            counters: OnceLock::new(),
        }
    }

    /// What errors call the upstream.
    pub(super) fn name(&self) -> &Arc<str> {
        &self.service
    }

    /// The same, to write down.
    pub(super) fn service(&self) -> &str {
        &self.service
    }

    /// Counts into `meter` from now on.
    pub(super) fn count_into(&self, meter: &Meter) {
        let counter = |name: &'static str, text: &'static str| {
            meter.u64_counter(name).with_description(text).build()
        };
        // A second meter would be a mistake of the caller; the first one stays.
        let _ = self.counters.set(Counters {
            ejections: counter(
                "accord.gateway.upstream.ejections",
                "Addresses of upstreams that got no calls for a while, by cause.",
            ),
            connect_failures: counter(
                "accord.gateway.upstream.connect_failures",
                "Connections to upstreams that could not be made.",
            ),
            retries: counter(
                "accord.gateway.upstream.retries",
                "Calls made again, by what had become of them.",
            ),
            budget_exhausted: counter(
                "accord.gateway.upstream.retry_budget_exhausted",
                "Calls that could have been made again, had there not been too many of those.",
            ),
            refused: counter(
                "accord.gateway.upstream.refused",
                "Calls refused because too many waited for a place.",
            ),
        });
    }

    /// An address gets no calls.
    pub(super) fn ejected(&self, cause: Cause) {
        self.add(
            |counters| &counters.ejections,
            Some(("cause", cause.word())),
        );
    }

    /// A connection could not be made.
    pub(super) fn connect_failed(&self) {
        self.add(|counters| &counters.connect_failures, None);
    }

    /// A call is made again after `what` had become of it.
    pub(super) fn retried(&self, what: &'static str) {
        self.add(|counters| &counters.retries, Some(("after", what)));
    }

    /// A call is not made again: the budget is used up.
    pub(super) fn budget_exhausted(&self) {
        self.add(|counters| &counters.budget_exhausted, None);
    }

    /// A call was refused for want of a place.
    pub(super) fn refused(&self) {
        self.add(|counters| &counters.refused, None);
    }

    fn add(
        &self,
        counter: impl FnOnce(&Counters) -> &Counter<u64>,
        attribute: Option<(&'static str, &'static str)>,
    ) {
        let Some(counters) = self.counters.get() else {
            return;
        };
        let mut attributes = vec![KeyValue::new("service", self.service.to_string())];
        attributes.extend(attribute.map(|(name, value)| KeyValue::new(name, value)));
        counter(counters).add(1, &attributes);
    }
}

/// Shows how many addresses of each upstream are in which state, and how many calls wait, when asked.
pub(super) fn observe(meter: &Meter, pools: Vec<Weak<Pool>>) {
    let of_addresses = pools.clone();
    meter
        .u64_observable_gauge("accord.gateway.upstream.addresses")
        .with_description("Addresses of upstreams by state.")
        .with_callback(move |observer| {
            for pool in of_addresses.iter().filter_map(Weak::upgrade) {
                for (state, count) in states(&pool) {
                    let service = pool.measures().service().to_owned();
                    observer.observe(
                        count,
                        &[
                            KeyValue::new("service", service),
                            KeyValue::new("state", state),
                        ],
                    );
                }
            }
        })
        .build();
    meter
        .u64_observable_gauge("accord.gateway.upstream.waiting")
        .with_description("Calls that wait for a place at an upstream.")
        .with_callback(move |observer| {
            for pool in pools.iter().filter_map(Weak::upgrade) {
                let service = pool.measures().service().to_owned();
                observer.observe(pool.waiting(), &[KeyValue::new("service", service)]);
            }
        })
        .build();
}

/// How many addresses are in each state.
fn states(pool: &Pool) -> [(&'static str, u64); 6] {
    let mut states = [
        ("serving", 0),
        ("due", 0),
        (Cause::Unreachable.word(), 0),
        (Cause::Silent.word(), 0),
        (Cause::Failing.word(), 0),
        (Cause::NotServing.word(), 0),
    ];
    for endpoint in pool.endpoints().iter() {
        let state = match endpoint.standing() {
            Standing::Closed => "serving",
            Standing::Due(_) => "due",
            Standing::Open(cause) => cause.word(),
        };
        for (name, count) in &mut states {
            if *name == state {
                *count += 1;
            }
        }
    }
    states
}
