//! The services that health and reflection name at the gateway: its own, the ledger, and those of
//! every upstream it has been given.

use accord_proto::{
    documents::v1 as documents, overview, roadmaps::v1 as roadmaps, trade::v1 as trade,
};

use crate::{ledger, upstream::Upstreams};

/// Every service of the contracts.
const SERVICES: [&str; 16] = [
    overview::v1::overview_service_server::SERVICE_NAME,
    ledger::SERVICE,
    documents::partnership_service_server::SERVICE_NAME,
    documents::document_service_server::SERVICE_NAME,
    documents::act_service_server::SERVICE_NAME,
    documents::text_service_server::SERVICE_NAME,
    trade::release_service_server::SERVICE_NAME,
    trade::trade_service_server::SERVICE_NAME,
    trade::target_service_server::SERVICE_NAME,
    trade::classification_service_server::SERVICE_NAME,
    trade::reconciliation_service_server::SERVICE_NAME,
    roadmaps::roadmap_service_server::SERVICE_NAME,
    roadmaps::measure_service_server::SERVICE_NAME,
    roadmaps::plan_service_server::SERVICE_NAME,
    roadmaps::indicator_service_server::SERVICE_NAME,
    roadmaps::calendar_feed_service_server::SERVICE_NAME,
];

/// Returns the full names of the services that are answered here, now or when their upstream runs.
pub(crate) fn services(upstreams: &Upstreams) -> Vec<&'static str> {
    let own = [
        overview::v1::overview_service_server::SERVICE_NAME,
        ledger::SERVICE,
    ];
    SERVICES
        .into_iter()
        .filter(|name| own.contains(name) || upstreams.find(&format!("/{name}/")).is_some())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_service_of_the_contracts_is_named() {
        let mut named = SERVICES.map(str::to_owned).to_vec();
        let mut known: Vec<_> = accord_proto::descriptors()
            .services()
            .map(|service| service.full_name().to_owned())
            .filter(|name| name.starts_with("accord."))
            .collect();
        named.sort_unstable();
        known.sort_unstable();
        assert_eq!(named, known);
    }

    #[test]
    fn service_without_an_upstream_is_not_named() {
        assert_eq!(services(&Upstreams::default()).len(), 2);
    }
}
