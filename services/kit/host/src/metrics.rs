//! What the process counts, for Prometheus to read and for OTLP to send.

use std::{collections::HashSet, sync::Arc};

use opentelemetry::{
    KeyValue,
    metrics::{Counter, Histogram, Meter, MeterProvider as _, UpDownCounter},
};
use opentelemetry_sdk::{Resource, metrics::SdkMeterProvider};
use prometheus::{Registry, TextEncoder};

use crate::{StartError, limits::Limit};

/// Bucket limits in seconds, those of the semantic convention for `rpc.server.call.duration`.
const SECONDS: [f64; 14] = [
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
];

/// Stands for every path that is no known method, so that callers cannot make new series.
const OTHER: &str = "_OTHER";

/// The measurements of a process. Copies share them.
#[derive(Clone, Debug)]
pub struct Metrics(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    registry: Registry,
    provider: SdkMeterProvider,
    call_seconds: Histogram<f64>,
    limit_hits: Counter<u64>,
    connections: UpDownCounter<i64>,
    watches: UpDownCounter<i64>,
    handshakes_failed: Counter<u64>,
    methods: HashSet<Arc<str>>,
    /// [`OTHER`].
    other: Arc<str>,
}

impl Metrics {
    /// Makes measurements that can be read with [`Metrics::text`] and are sent nowhere.
    pub fn new() -> Result<Self, StartError> {
        Self::with_exporter(Resource::builder().build(), None)
    }

    /// Makes measurements described by `resource` that `exporter`, if given, also sends.
    pub(crate) fn with_exporter(
        resource: Resource,
        exporter: Option<opentelemetry_otlp::MetricExporter>,
    ) -> Result<Self, StartError> {
        let registry = Registry::new();
        let reader = opentelemetry_prometheus::exporter()
            .with_registry(registry.clone())
            .build()
            .map_err(|error| StartError::Start(format!("cannot set up metrics: {error}")))?;
        let mut provider = SdkMeterProvider::builder()
            .with_resource(resource)
            .with_reader(reader);
        if let Some(exporter) = exporter {
            provider = provider.with_periodic_exporter(exporter);
        }
        let provider = provider.build();
        let call_seconds = provider
            .meter("accord")
            .f64_histogram("rpc.server.call.duration")
            .with_unit("s")
            .with_description("Time from the arrival of a call to the end of its answer.")
            .with_boundaries(SECONDS.to_vec())
            .build();
        let meter = provider.meter("accord");
        let limit_hits = meter
            .u64_counter("accord.limit.hits")
            .with_description(
                "Calls and connections refused or ended because they went beyond a limit.",
            )
            .build();
        let connections = meter
            .i64_up_down_counter("accord.connections")
            .with_description("Connections that are open.")
            .build();
        let watches = meter
            .i64_up_down_counter("accord.watches")
            .with_description("Calls in progress that are answered by a stream.")
            .build();
        let handshakes_failed = meter
            .u64_counter("accord.tls.handshakes.failed")
            .with_description(
                "TLS handshakes that failed, for want of a right certificate of the client among others.",
            )
            .build();
        Ok(Self(Arc::new(Inner {
            registry,
            provider,
            call_seconds,
            limit_hits,
            connections,
            watches,
            handshakes_failed,
            methods: known_methods(),
            other: OTHER.into(),
        })))
    }

    /// Returns a meter for a service's own measurements.
    #[must_use]
    pub fn meter(&self, component: &'static str) -> Meter {
        self.0.provider.meter(component)
    }

    /// Returns everything counted so far in Prometheus' text format.
    #[must_use]
    pub fn text(&self) -> String {
        TextEncoder::new()
            .encode_to_string(&self.0.registry.gather())
            .unwrap_or_else(|error| format!("# {error}\n"))
    }

    /// Returns the method that `path` names, `package.Service/Method`, or `_OTHER`.
    pub(crate) fn method(&self, path: &str) -> Arc<str> {
        let method = path.strip_prefix('/').unwrap_or(path);
        let known = self.0.methods.get(method).unwrap_or(&self.0.other);
        Arc::clone(known)
    }

    /// Counts one call that has ended.
    pub(crate) fn count(
        &self,
        component: &'static str,
        method: Arc<str>,
        code: &'static str,
        seconds: f64,
    ) {
        self.0.call_seconds.record(
            seconds,
            &[
                KeyValue::new("accord.component", component),
                KeyValue::new("rpc.system.name", "grpc"),
                KeyValue::new("rpc.method", method),
                KeyValue::new("rpc.response.status_code", code),
            ],
        );
    }

    /// Counts one that went beyond `limit`.
    pub(crate) fn hit(&self, limit: Limit) {
        let limit = KeyValue::new("limit", limit.name());
        self.0.limit_hits.add(1, &[limit]);
    }

    /// Counts a TLS handshake that failed.
    pub(crate) fn count_failed_handshake(&self) {
        self.0.handshakes_failed.add(1, &[]);
    }

    /// Counts an open connection, or with −1 one that is open no longer.
    pub(crate) fn count_connection(&self, change: i64) {
        self.0.connections.add(change, &[]);
    }

    /// Counts an open watch of a component, or with −1 one that is open no longer.
    pub(crate) fn count_watch(&self, component: &'static str, change: i64) {
        let component = KeyValue::new("accord.component", component);
        self.0.watches.add(change, &[component]);
    }

    /// Tells under `name` how many lines of `log` were left out because nobody took them.
    pub(crate) fn observe_left_out(
        &self,
        name: &'static str,
        log: &str,
        left_out: impl Fn() -> usize + Send + Sync + 'static,
    ) {
        let left_out = move || u64::try_from(left_out()).unwrap_or(u64::MAX);
        // The counter lives on in the provider.
        let _counter = self
            .meter("accord")
            .u64_observable_counter(name)
            .with_description(format!(
                "Lines of the {log} left out because nobody read them in time."
            ))
            .with_callback(move |counter| counter.observe(left_out(), &[]))
            .build();
    }

    /// Tells how old the keys of access tokens are, and how often they could not be fetched.
    pub(crate) fn observe_keys(
        &self,
        age_seconds: impl Fn() -> f64 + Send + Sync + 'static,
        failed: impl Fn() -> u64 + Send + Sync + 'static,
    ) {
        let meter = self.meter("accord");
        // Both live on in the provider.
        let _age = meter
            .f64_observable_gauge("accord.auth.keys.age")
            .with_unit("s")
            .with_description("Time since the keys of access tokens that are used were fetched.")
            .with_callback(move |gauge| gauge.observe(age_seconds(), &[]))
            .build();
        let _failed = meter
            .u64_observable_counter("accord.auth.keys.fetches.failed")
            .with_description("Fetches of the keys of access tokens that failed.")
            .with_callback(move |counter| counter.observe(failed(), &[]))
            .build();
    }

    /// Sends what is left to send and ends.
    pub(crate) fn shutdown(&self) {
        if let Err(error) = self.0.provider.shutdown() {
            tracing::warn!(%error, "the last metrics were not sent");
        }
    }
}

/// The methods of the contracts, of health and of reflection.
fn known_methods() -> HashSet<Arc<str>> {
    let contracts = accord_proto::descriptors()
        .services()
        .flat_map(|service| service.methods().collect::<Vec<_>>())
        .map(|method| format!("{}/{}", method.parent_service().full_name(), method.name()));
    let infrastructure = [
        "grpc.health.v1.Health/Check",
        "grpc.health.v1.Health/Watch",
        "grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
    ];
    contracts
        .chain(infrastructure.into_iter().map(str::to_owned))
        .map(Arc::from)
        .collect()
}
