//! All services on fresh databases behind one gateway, with a little of each kind of fact recorded
//! through it.

use std::{collections::BTreeMap, sync::Arc};

use accord_proto::{
    documents::v1::{
        CreateActRequest, CreateDocumentRequest, CreatePartnershipRequest,
        act_service_client::ActServiceClient, document_service_client::DocumentServiceClient,
        partnership_service_client::PartnershipServiceClient,
    },
    roadmaps::v1::{
        AdoptRoadmapRequest, CreateMeasureRequest, CreateRoadmapRequest, GetRoadmapRequest,
        measure_service_client::MeasureServiceClient, roadmap_service_client::RoadmapServiceClient,
    },
    trade::v1::{
        CreateReleaseRequest, CreateTargetRequest, ImportHeader, ImportObservationsRequest,
        PublishReleaseRequest, import_observations_request::Part,
        release_service_client::ReleaseServiceClient, target_service_client::TargetServiceClient,
    },
};
use clock::Clock;
use gateway::{Service, Upstreams};
use host::{Component, Deps, Metrics, Stack, Tokens};
use identity::{Issuer, Role};
use storage::{
    Database,
    testing::{TestDatabase, databases},
};
use tonic::transport::Channel;

use crate::{
    facts,
    running::{Caller, Gateway, issuer},
};

/// The partnership that the facts are about.
pub(crate) const PARTNERSHIP: &str = "partnerships/uz-kz";

/// What time it is for the services and the gateway.
fn clock() -> Clock {
    Clock::fixed("2026-11-23T09:00:00Z".parse().expect("an instant"))
}

/// The services, each on its own database, and who may call them.
pub(crate) struct World {
    channels: Vec<(Service, Channel)>,
    /// The time of all of them.
    pub(crate) clock: Clock,
    metrics: Metrics,
    issuer: Arc<Issuer>,
    _keys: tempfile::TempDir,
}

impl World {
    /// Runs `test` on fresh databases of each engine.
    pub(crate) async fn each_engine(test: impl AsyncFn(World)) {
        let mut opened = [
            databases(documents::SCHEMA, documents::MIGRATIONS).await,
            databases(trade::SCHEMA, trade::MIGRATIONS).await,
            databases(roadmaps::SCHEMA, roadmaps::MIGRATIONS).await,
        ];
        while let [Some(documents), Some(trade), Some(roadmaps)] = opened.each_mut().map(Vec::pop) {
            eprintln!("on {:?}", documents.engine());
            let databases = [documents, trade, roadmaps];
            test(Self::on(databases.each_ref())).await;
            for database in databases {
                database.remove().await;
            }
        }
    }

    fn on(databases: [&TestDatabase; 3]) -> Self {
        let (keys, issuer) = issuer();
        let clock = clock();
        let metrics = Metrics::new().expect("metrics");
        let tokens = Tokens::from(issuer.verifier().expect("own key"));
        let stack = Stack::new(tokens, metrics.clone(), Clock::system());
        let builders: [fn(Database, Deps) -> Component; 3] = [
            documents::component_on,
            trade::component_on,
            roadmaps::component_on,
        ];
        let channels = Service::ALL.into_iter().zip(builders).zip(databases);
        let channels = channels.map(|((service, build), opened)| {
            let mut component = build(opened.database.clone(), Deps::new(clock.clone()));
            // It would close the database, which is still needed to remove it.
            component.on_stop = None;
            (service, host::in_process(component, &stack))
        });
        Self {
            channels: channels.collect(),
            clock,
            metrics,
            issuer,
            _keys: keys,
        }
    }

    /// How many calls the services have answered so far, by method: `accord.ledger.v1.LedgerService/ListEntries`.
    pub(crate) fn answered(&self) -> BTreeMap<String, u64> {
        let text = self.metrics.text();
        let mut counts = BTreeMap::new();
        for line in text.lines() {
            let Some(labels) = line.strip_prefix("rpc_server_call_duration_seconds_count{") else {
                continue;
            };
            let method = labels.split("rpc_method=\"").nth(1).expect("a method");
            let method = method.split('"').next().unwrap_or_default();
            let count = labels.rsplit(' ').next().unwrap_or_default();
            if method.starts_with("accord.") {
                *counts.entry(method.to_owned()).or_default() +=
                    count.parse::<u64>().expect("a count");
            }
        }
        counts
    }

    /// The way to every service but `without`.
    pub(crate) fn upstreams(&self, without: &[Service]) -> Upstreams {
        self.channels
            .iter()
            .filter(|(service, _)| !without.contains(service))
            .fold(Upstreams::default(), |upstreams, (service, channel)| {
                upstreams.with_service(*service, channel.clone())
            })
    }

    /// A gateway in front of `upstreams` whose tokens the services accept.
    pub(crate) async fn gateway(&self, upstreams: Upstreams) -> Gateway {
        Gateway::start_at(upstreams, &self.issuer, self.clock.clone()).await
    }

    /// A gateway in front of every service, with the facts recorded through it.
    pub(crate) async fn with_facts(&self) -> Gateway {
        let gateway = self.gateway(self.upstreams(&[])).await;
        let uz = gateway.caller("UZ", Role::Editor);
        let kz = gateway.caller("KZ", Role::Editor);
        record_documents(&uz, &kz).await;
        record_trade(&uz, &kz).await;
        record_roadmap(&uz, &kz).await;
        gateway
    }
}

async fn record_documents(uz: &Caller, kz: &Caller) {
    let partnership = CreatePartnershipRequest {
        partnership_id: "uz-kz".to_owned(),
        partnership: Some(facts::partnership()),
        ..CreatePartnershipRequest::default()
    };
    PartnershipServiceClient::new(uz.clone())
        .create_partnership(partnership)
        .await
        .expect("the partnership");
    for (id, document) in facts::documents() {
        let document = CreateDocumentRequest {
            parent: PARTNERSHIP.to_owned(),
            document_id: id.to_owned(),
            document: Some(document),
            ..CreateDocumentRequest::default()
        };
        DocumentServiceClient::new(uz.clone())
            .create_document(document)
            .await
            .expect(id);
    }
    for (caller, party) in [(uz, "UZ"), (kz, "KZ")] {
        let act = CreateActRequest {
            parent: format!("{PARTNERSHIP}/documents/customs"),
            act_id: format!("signature-{}", party.to_lowercase()),
            act: Some(facts::signature(party)),
            ..CreateActRequest::default()
        };
        ActServiceClient::new(caller.clone())
            .create_act(act)
            .await
            .expect("a signature");
    }
}

async fn record_trade(uz: &Caller, kz: &Caller) {
    for (caller, reporter, csv) in [(uz, "UZ", facts::UZ_CSV), (kz, "KZ", facts::KZ_CSV)] {
        let id = reporter.to_lowercase();
        let mut client = ReleaseServiceClient::new(caller.clone());
        let release = CreateReleaseRequest {
            parent: PARTNERSHIP.to_owned(),
            release_id: id.clone(),
            release: Some(facts::release(reporter)),
            ..CreateReleaseRequest::default()
        };
        let name = client
            .create_release(release)
            .await
            .expect("a release")
            .into_inner()
            .name;
        let header = ImportHeader {
            release: name.clone(),
            import_id: id,
            total_bytes: i64::try_from(csv.len()).unwrap_or(i64::MAX),
            ..ImportHeader::default()
        };
        let parts = [Part::Header(header), Part::Chunk(csv.as_bytes().to_vec())]
            .map(|part| ImportObservationsRequest { part: Some(part) });
        client
            .import_observations(tokio_stream::iter(parts))
            .await
            .expect("the figures");
        let publish = PublishReleaseRequest {
            name,
            ..PublishReleaseRequest::default()
        };
        client.publish_release(publish).await.expect("published");
    }
    let target = CreateTargetRequest {
        parent: PARTNERSHIP.to_owned(),
        target_id: "ten-billion".to_owned(),
        target: Some(facts::target()),
        ..CreateTargetRequest::default()
    };
    TargetServiceClient::new(uz.clone())
        .create_target(target)
        .await
        .expect("the target");
}

async fn record_roadmap(uz: &Caller, kz: &Caller) {
    let mut client = RoadmapServiceClient::new(uz.clone());
    let roadmap = CreateRoadmapRequest {
        parent: PARTNERSHIP.to_owned(),
        roadmap_id: "capitals".to_owned(),
        roadmap: Some(facts::roadmap()),
        ..CreateRoadmapRequest::default()
    };
    let name = client
        .create_roadmap(roadmap)
        .await
        .expect("the roadmap")
        .into_inner()
        .name;
    for (id, measure) in facts::measures() {
        let measure = CreateMeasureRequest {
            parent: name.clone(),
            measure_id: id.to_owned(),
            measure: Some(measure),
            ..CreateMeasureRequest::default()
        };
        MeasureServiceClient::new(uz.clone())
            .create_measure(measure)
            .await
            .expect(id);
    }
    let get = GetRoadmapRequest {
        name: name.clone(),
        ..GetRoadmapRequest::default()
    };
    let written = client.get_roadmap(get).await.expect("written").into_inner();
    for caller in [uz, kz] {
        let adopt = AdoptRoadmapRequest {
            name: name.clone(),
            plan_revision: written.plan_revision,
            ..AdoptRoadmapRequest::default()
        };
        RoadmapServiceClient::new(caller.clone())
            .adopt_roadmap(adopt)
            .await
            .expect("adopted");
    }
}
