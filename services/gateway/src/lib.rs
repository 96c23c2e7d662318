//! The single public endpoint: one port in front of all services.
//!
//! A caller needs one address, one token and one set of contracts; which service answers a call,
//! and whether it runs in this process or across the network, shows only in its path. The gateway
//! keeps no state but answers that it can make again, and decodes no message but its own `OverviewService` and the first field of
//! `LedgerService` requests. It checks the caller's token before it passes a call on, with the
//! token, and each service checks it again.

mod config;
mod fault;
mod forward;
mod health;
mod ledger;
mod overview;
mod reflected;
mod rest;
mod service;
mod upstream;

use std::sync::Arc;

use accord_proto::overview::v1::overview_service_server::OverviewServiceServer;
use axum::{Router, extract::Request, middleware, routing::any};
use host::{Component, Deps, Pass, Ready, StartError};
use tonic::service::Routes;
use tower::{Layer as _, util::BoxCloneSyncService};

pub use config::{Config, Prefix, RouteSpec, SpecError, UpstreamSpec, WebArgs};
pub use rest::transcoder::{Transcoded, Transcoder};
pub use service::{Service, UnknownService};
pub use upstream::{Channel, Upstream, UpstreamArgs, Upstreams};

/// Returns the gateway in front of the servers that `config` names.
///
/// Nothing is connected yet: the gateway starts before, after or without its services.
#[allow(clippy::unused_async, reason = "the form that every service has")]
pub async fn component(config: Config, deps: Deps) -> Result<Component, StartError> {
    let upstreams = Upstreams::from_config(&config).map_err(StartError::Config)?;
    Ok(component_on(upstreams, &config.web, &deps))
}

/// Returns the gateway in front of `upstreams`, over the network or in this process.
#[must_use]
pub fn component_on(upstreams: Upstreams, web: &WebArgs, deps: &Deps) -> Component {
    let upstreams = Arc::new(upstreams);
    if let Some(metrics) = &deps.metrics {
        upstreams.count_into(&metrics.meter("gateway"));
    }
    let overviews = overview::Overviews::new(Arc::clone(&upstreams), deps);
    let (to_ledger, to_others) = (Arc::clone(&upstreams), Arc::clone(&upstreams));
    let deps = deps.clone();
    let router: Router = Routes::new(OverviewServiceServer::new(overviews))
        .into_axum_router()
        .route(
            &format!("/{}/{{method}}", ledger::SERVICE),
            any(move |request: Request| {
                ledger::dispatch(Arc::clone(&to_ledger), deps.clone(), request)
            }),
        )
        .fallback(move |request: Request| forward::by_path(Arc::clone(&to_others), request))
        .layer(middleware::from_fn(rest::transcode::layer));
    let open: Vec<String> = upstreams.open().flat_map(open_paths).collect();
    let health = health::Health::of_upstreams(&upstreams);
    let (whole, each) = (health.clone(), health.clone());
    let ready: Ready = Arc::new(move || Box::pin(health.clone().any()));
    let served = reflected::services(&upstreams);
    let origins = web.cors_origins.clone();
    let passed = Arc::clone(&upstreams);
    let component = Component::new("gateway", Routes::from(router))
        .pass(Pass::new(move |call| forward::at_once(&passed, call)))
        .grpc_services(&served)
        .ready(move || whole.clone().any())
        .service_ready(move |service| each.clone().of(service))
        .front(move |layered| {
            let is_served = |name: &str| served.contains(&name);
            let rest = rest::Rest::new(layered, is_served, ready);
            match rest::cors::layer(&origins) {
                Some(cors) => BoxCloneSyncService::new(cors.layer(rest)),
                None => BoxCloneSyncService::new(rest),
            }
        });
    open.into_iter()
        .chain(accord_proto::OPEN_METHODS.map(str::to_owned))
        .fold(component, Component::open)
        .open(rest::own::PATH)
}

/// The paths of the services whose full names have `prefix`.
fn open_paths(prefix: &Prefix) -> [String; 2] {
    [format!("/{prefix}."), format!("/{prefix}/")]
}
