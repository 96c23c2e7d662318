//! The service on an empty database, and an office that publishes.

use std::path::Path;

use accord_proto::trade::v1::{
    self, Coverage, CreateReleaseRequest, HsEdition, Import, ImportHeader,
    ImportObservationsRequest, PublishReleaseRequest, Release, coverage::Completeness,
    import_observations_request::Part, release_service_client::ReleaseServiceClient,
    trade_service_client::TradeServiceClient,
};
use clock::Clock;
use host::{Bearer, Deps, testing};
use identity::{Issuer, Role};
use storage::{Database, Engine, Options, Sql};
use tempfile::TempDir;
use tokio::io::AsyncReadExt as _;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{service::interceptor::InterceptedService, transport::Channel};

use crate::{Outcome, apart::Service, memory::Watched};

type Link = InterceptedService<Channel, Bearer>;

/// The partnership of all releases.
pub(crate) const PARENT: &str = "partnerships/uz-kz";

/// As many as the command's default.
const CONNECTIONS: u32 = 10;

/// How many bytes one message of an upload has.
const CHUNK: usize = 1 << 20;

/// The service and its clients.
#[derive(Debug)]
pub(crate) struct Bureau {
    pub(crate) database: Database,
    pub(crate) releases: ReleaseServiceClient<Link>,
    pub(crate) trade: TradeServiceClient<Link>,
    /// The PostgreSQL server; none for SQLite.
    pub(crate) url: Option<String>,
    pub(crate) schema: &'static str,
    pub(crate) folder: TempDir,
    /// The service, if it is a process of its own.
    service: Option<Service>,
}

impl Bureau {
    /// Opens an empty database: in a new folder, or in a new schema of the server. The service is in this process,
    /// or `apart`.
    pub(crate) async fn open(url: Option<&str>, apart: bool) -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("trade.db");
        let stamp = jiff::Timestamp::now().as_microsecond();
        // One schema a run; the name lasts as long as the process.
        let schema: &'static str = format!("bench_trade_{stamp}").leak();
        let options = Options {
            url: url.map_or_else(|| format!("sqlite://{}", file.display()), str::to_owned),
            schema,
            max_connections: CONNECTIONS,
        };
        let database = Database::open(&options, trade::MIGRATIONS).await?;
        let issuer = Issuer::open_or_create(folder.path(), Clock::system())?;
        let service = if apart {
            Some(Service::start(&options.url, schema, &issuer).await?)
        } else {
            None
        };
        let channel = service.as_ref().map_or_else(
            || {
                let deps = Deps::new(Clock::system());
                testing::connect(trade::component_on(database.clone(), deps), &issuer)
            },
            |service| service.channel.clone(),
        );
        let bearer = testing::token(&issuer, "uz-stat", Some("UZ"), Role::Editor);
        let link = || InterceptedService::new(channel.clone(), bearer.clone());
        let most = usize::MAX;
        Ok(Self {
            database,
            releases: ReleaseServiceClient::new(link()),
            trade: TradeServiceClient::new(link()).max_decoding_message_size(most),
            url: url.map(str::to_owned),
            schema,
            folder,
            service,
        })
    }

    /// The process whose memory is watched.
    pub(crate) fn watched(&self) -> Watched {
        Watched(self.service.as_ref().and_then(Service::process))
    }

    /// Creates a release that was published on a day.
    pub(crate) async fn create(&self, id: &str, day: &str) -> Outcome<String> {
        let time: jiff::Timestamp = format!("{day}T00:00:00Z").parse()?;
        let release = Release {
            display_name: id.to_owned(),
            reporter: "UZ".to_owned(),
            publisher: "Statistics".to_owned(),
            publish_time: Some(at(time)),
            publish_time_basis: v1::PublishTimeBasis::Stated as i32,
            coverage: Some(Coverage {
                completeness: Completeness::Partial as i32,
                partners: vec!["KZ".to_owned()],
                ..Coverage::default()
            }),
            hs_edition: HsEdition::H6 as i32,
            ..Release::default()
        };
        let request = CreateReleaseRequest {
            parent: PARENT.to_owned(),
            release_id: id.to_owned(),
            release: Some(release),
            ..CreateReleaseRequest::default()
        };
        let created = self.releases.clone().create_release(request).await?;
        Ok(created.into_inner().name)
    }

    /// Uploads a file into a release.
    pub(crate) async fn upload(&self, release: &str, file: &Path) -> Outcome<Import> {
        let size = std::fs::metadata(file)?.len();
        let header = ImportHeader {
            release: release.to_owned(),
            import_id: "all".to_owned(),
            total_bytes: i64::try_from(size)?,
            ..ImportHeader::default()
        };
        let (parts, receiver) = tokio::sync::mpsc::channel(4);
        let mut file = tokio::fs::File::open(file).await?;
        let sender = tokio::spawn(async move {
            let message = |part| ImportObservationsRequest { part: Some(part) };
            let mut sent = parts.send(message(Part::Header(header))).await.is_ok();
            while sent {
                let mut chunk = vec![0; CHUNK];
                let read = file.read(&mut chunk).await.unwrap_or(0);
                chunk.truncate(read);
                sent = read > 0 && parts.send(message(Part::Chunk(chunk))).await.is_ok();
            }
        });
        let stream = ReceiverStream::new(receiver);
        let import = self.releases.clone().import_observations(stream).await?;
        sender.await?;
        Ok(import.into_inner())
    }

    /// Publishes a release.
    pub(crate) async fn publish(&self, release: &str) -> Outcome<()> {
        let request = PublishReleaseRequest {
            name: release.to_owned(),
            ..PublishReleaseRequest::default()
        };
        self.releases.clone().publish_release(request).await?;
        Ok(())
    }

    /// Removes what was made.
    pub(crate) async fn remove(mut self) -> Outcome<()> {
        drop(self.service.take());
        if self.database.engine() == Engine::Postgres {
            self.execute(format!("DROP SCHEMA \"{}\" CASCADE", self.schema))
                .await?;
        }
        self.database.close().await;
        Ok(())
    }

    /// Runs a statement of the code.
    pub(crate) async fn execute(&self, text: String) -> Outcome<()> {
        let done: Result<u64, storage::Error> = self
            .database
            .write(move |tx| {
                let (text, args) = (text.clone(), Vec::new());
                Box::pin(async move { tx.execute(Sql { text, args }, Vec::new()).await })
            })
            .await;
        done?;
        Ok(())
    }
}

/// A moment in the contract.
pub(crate) fn at(time: jiff::Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: time.as_second(),
        nanos: 0,
    }
}
