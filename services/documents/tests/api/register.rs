//! A register on a fresh database, and the callers of both sides.

use accord_proto::{
    documents::v1::{
        act_service_client::ActServiceClient, document_service_client::DocumentServiceClient,
        partnership_service_client::PartnershipServiceClient,
    },
    ledger::v1::ledger_service_client::LedgerServiceClient,
};
use clock::Clock;
use documents::{Means, Peers};
use host::{Bearer, Deps, testing};
use identity::{Issuer, Role};
use storage::Database;
use tonic::{service::interceptor::InterceptedService, transport::Channel};

use crate::peers::FakePeers;

type Link = InterceptedService<Channel, Bearer>;

/// One caller's clients.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) partnerships: PartnershipServiceClient<Link>,
    pub(crate) documents: DocumentServiceClient<Link>,
    pub(crate) acts: ActServiceClient<Link>,
    pub(crate) ledger: LedgerServiceClient<Link>,
}

/// The service on one engine, and who calls it.
pub(crate) struct Register {
    /// An editor of Uzbekistan.
    pub(crate) uz: Caller,
    /// An editor of Kazakhstan.
    pub(crate) kz: Caller,
    /// An editor of Kyrgyzstan, which is no party.
    pub(crate) kg: Caller,
    /// A reader of Uzbekistan.
    pub(crate) reader: Caller,
    /// An operator.
    pub(crate) operator: Caller,
    /// A channel without a token.
    pub(crate) nobody: Channel,
    /// The service's clock, which stands still at 1 June 2024, noon UTC.
    pub(crate) clock: Clock,
    /// The services that documents refer to.
    pub(crate) peers: FakePeers,
    keys: tempfile::TempDir,
}

impl Register {
    pub(crate) fn new(database: Database) -> Self {
        Self::beside(database, true)
    }

    fn beside(database: Database, has_peers: bool) -> Self {
        let keys = tempfile::tempdir().unwrap();
        let issuer = Issuer::open_or_create(keys.path(), Clock::system()).unwrap();
        let clock = Clock::fixed("2024-06-01T12:00:00Z".parse().unwrap());
        let peers = FakePeers::new();
        let means = Means {
            peers: if has_peers {
                peers.serve(&issuer)
            } else {
                Peers::default()
            },
            ..Means::default()
        };
        let component = documents::component_with(database, Deps::new(clock.clone()), means);
        let channel = testing::connect(component, &issuer);
        let caller = |agency: &str, party: Option<&str>, role: Role| {
            caller(&issuer, &channel, agency, party, role)
        };
        Self {
            uz: caller("uz-mfa", Some("UZ"), Role::Editor),
            kz: caller("kz-mfa", Some("KZ"), Role::Editor),
            kg: caller("kg-mfa", Some("KG"), Role::Editor),
            reader: caller("uz-press", Some("UZ"), Role::Reader),
            operator: caller("operations", None, Role::Operator),
            nobody: channel.clone(),
            clock,
            peers,
            keys,
        }
    }

    /// Another caller.
    pub(crate) fn caller(&self, agency: &str, party: Option<&str>, role: Role) -> Caller {
        let issuer = Issuer::open_or_create(self.keys.path(), Clock::system()).unwrap();
        caller(&issuer, &self.nobody, agency, party, role)
    }
}

fn caller(
    issuer: &Issuer,
    channel: &Channel,
    agency: &str,
    party: Option<&str>,
    role: Role,
) -> Caller {
    let bearer = testing::token(issuer, agency, party, role);
    let link = || InterceptedService::new(channel.clone(), bearer.clone());
    Caller {
        partnerships: PartnershipServiceClient::new(link()),
        documents: DocumentServiceClient::new(link()),
        acts: ActServiceClient::new(link()),
        ledger: LedgerServiceClient::new(link()),
    }
}

/// Runs a test on a fresh register on each engine.
pub(crate) async fn on_each_engine<F>(test: F)
where
    F: AsyncFn(Register),
{
    storage::testing::each_engine(documents::SCHEMA, documents::MIGRATIONS, async |database| {
        test(Register::new(database)).await;
    })
    .await;
}

/// Runs a test on a fresh register on each engine that was told of no peers.
pub(crate) async fn on_each_engine_without_peers<F>(test: F)
where
    F: AsyncFn(Register),
{
    storage::testing::each_engine(documents::SCHEMA, documents::MIGRATIONS, async |database| {
        test(Register::beside(database, false)).await;
    })
    .await;
}
