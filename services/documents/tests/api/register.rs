//! A register on a fresh database, and the callers of both sides.

use accord_proto::{
    documents::v1::{
        act_service_client::ActServiceClient, document_service_client::DocumentServiceClient,
        partnership_service_client::PartnershipServiceClient,
        text_service_client::TextServiceClient,
    },
    ledger::v1::ledger_service_client::LedgerServiceClient,
};
use clock::Clock;
use documents::{Means, Peers, Reader, text_store::TextStore, texts::Texts, upkeep::Upkeep};
use host::{Bearer, Deps, Metrics, testing};
use identity::{Issuer, Role};
use storage::Database;
use tonic::{service::interceptor::InterceptedService, transport::Channel};

use crate::peers::FakePeers;

type Link = InterceptedService<Channel, Bearer>;

/// The largest file of a text.
const MAX_TEXT_BYTES: u64 = 20 * 1024 * 1024;

/// One caller's clients.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) partnerships: PartnershipServiceClient<Link>,
    pub(crate) documents: DocumentServiceClient<Link>,
    pub(crate) acts: ActServiceClient<Link>,
    pub(crate) texts: TextServiceClient<Link>,
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
    /// An editor of another agency of Uzbekistan.
    pub(crate) uz_library: Caller,
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
    /// The service's own database, for what no method does.
    pub(crate) database: Database,
    /// The folder that texts are kept in.
    pub(crate) store_folder: tempfile::TempDir,
    /// The background work on texts, done when a test says so.
    pub(crate) upkeep: Upkeep,
    /// What the service counts.
    pub(crate) metrics: Metrics,
    keys: tempfile::TempDir,
}

impl Register {
    pub(crate) fn new(database: Database) -> Self {
        Self::with(database, true, true, None)
    }

    fn without_peers(database: Database) -> Self {
        Self::with(database, true, false, None)
    }

    /// As [`Register::new`], where the operator has named no place for texts.
    pub(crate) fn without_texts(database: Database) -> Self {
        Self::with(database, false, true, None)
    }

    fn with(
        database: Database,
        keeps_texts: bool,
        has_peers: bool,
        reader: Option<Reader>,
    ) -> Self {
        let keys = tempfile::tempdir().unwrap();
        let issuer = Issuer::open_or_create(keys.path(), Clock::system()).unwrap();
        let clock = Clock::fixed("2024-06-01T12:00:00Z".parse().unwrap());
        let store_folder = tempfile::tempdir().unwrap();
        let store = TextStore::open(&format!("file://{}", store_folder.path().display())).unwrap();
        let mut texts = Texts::new(store, MAX_TEXT_BYTES);
        if let Some(reader) = reader {
            texts = texts.with_reader(reader);
        }
        let upkeep = Upkeep::new(database.clone(), texts.clone(), clock.clone()).unwrap();
        let peers = FakePeers::new();
        let means = Means {
            peers: if has_peers {
                peers.serve(&issuer)
            } else {
                Peers::default()
            },
            texts: if keeps_texts { texts } else { Texts::default() },
        };
        let metrics = Metrics::new().unwrap();
        let deps = Deps::new(clock.clone()).with_metrics(metrics.clone());
        let component = documents::component_with(database.clone(), deps, means);
        let channel = testing::connect(component, &issuer);
        let caller = |agency: &str, party: Option<&str>, role: Role| {
            caller(&issuer, &channel, agency, party, role)
        };
        Self {
            uz: caller("uz-mfa", Some("UZ"), Role::Editor),
            kz: caller("kz-mfa", Some("KZ"), Role::Editor),
            kg: caller("kg-mfa", Some("KG"), Role::Editor),
            uz_library: caller("uz-library", Some("UZ"), Role::Editor),
            reader: caller("uz-press", Some("UZ"), Role::Reader),
            operator: caller("operations", None, Role::Operator),
            nobody: channel.clone(),
            clock,
            peers,
            database,
            store_folder,
            upkeep,
            metrics,
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
        texts: TextServiceClient::new(link()),
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

/// Runs a test on a fresh register on each engine that takes words from texts in processes of their own.
pub(crate) async fn on_each_engine_reading_with<F>(reader: impl Fn() -> Reader, test: F)
where
    F: AsyncFn(Register),
{
    storage::testing::each_engine(documents::SCHEMA, documents::MIGRATIONS, async |database| {
        test(Register::with(database, true, true, Some(reader()))).await;
    })
    .await;
}

/// Runs a test on a fresh register on each engine that was told of no peers.
pub(crate) async fn on_each_engine_without_peers<F>(test: F)
where
    F: AsyncFn(Register),
{
    storage::testing::each_engine(documents::SCHEMA, documents::MIGRATIONS, async |database| {
        test(Register::without_peers(database)).await;
    })
    .await;
}
