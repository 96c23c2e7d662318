//! A register on an empty database, loaded through its contract.

use std::{
    error::Error,
    time::{Duration, Instant},
};

use accord_proto::documents::v1::{
    BatchCreateActsRequest, BatchCreateDocumentsRequest, CreateActRequest,
    CreatePartnershipRequest, LocalizedText, Partnership, act_service_client::ActServiceClient,
    document_service_client::DocumentServiceClient,
    partnership_service_client::PartnershipServiceClient,
};
use clock::Clock;
use host::{Bearer, Deps, testing};
use identity::{Issuer, Role};
use storage::{Database, Engine, Options};
use tempfile::TempDir;
use tonic::{service::interceptor::InterceptedService, transport::Channel};

use crate::{
    made::{Maker, PARTIES, PARTNERSHIP},
    memory, report,
};

type Link = InterceptedService<Channel, Bearer>;

/// How many acts one call records.
const ACTS_AT_ONCE: usize = 1_000;
/// As many as the command's default.
const CONNECTIONS: u32 = 10;

/// One caller's clients.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) partnerships: PartnershipServiceClient<Link>,
    pub(crate) documents: DocumentServiceClient<Link>,
    pub(crate) acts: ActServiceClient<Link>,
}

/// A register and who calls it.
#[derive(Debug)]
pub(crate) struct Register {
    pub(crate) database: Database,
    pub(crate) uz: Caller,
    kz: Caller,
    schema: &'static str,
    _folder: TempDir,
}

/// How the load went.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Loaded {
    pub(crate) took: Duration,
    pub(crate) peak_mebibytes: Option<u64>,
}

impl Register {
    /// Opens an empty register: in a new folder, or in a new schema of the server.
    pub(crate) async fn open(url: Option<&str>) -> Result<Self, Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("register.db");
        // One schema a run; the name lasts as long as the process.
        let stamp = jiff::Timestamp::now().as_microsecond();
        let schema: &'static str = format!("bench_register_{stamp}").leak();
        let options = Options {
            url: url.map_or_else(|| format!("sqlite://{}", file.display()), str::to_owned),
            schema,
            max_connections: CONNECTIONS,
        };
        let database = Database::open(&options, documents::MIGRATIONS).await?;
        let issuer = Issuer::open_or_create(folder.path(), Clock::system())?;
        let component = documents::component_on(database.clone(), Deps::new(Clock::system()));
        let channel = testing::connect(component, &issuer);
        let caller = |party: &str| {
            let agency = format!("{}-mfa", party.to_lowercase());
            let bearer = testing::token(&issuer, &agency, Some(party), Role::Editor);
            let link = || InterceptedService::new(channel.clone(), bearer.clone());
            Caller {
                partnerships: PartnershipServiceClient::new(link()),
                documents: DocumentServiceClient::new(link()),
                acts: ActServiceClient::new(link()),
            }
        };
        Ok(Self {
            uz: caller("UZ"),
            kz: caller("KZ"),
            database,
            schema,
            _folder: folder,
        })
    }

    /// Registers the partnership and `size` documents with their acts.
    pub(crate) async fn load(
        &self,
        maker: &Maker,
        size: u64,
        batch: u64,
    ) -> Result<Loaded, Box<dyn Error>> {
        let begun = Instant::now();
        self.create_partnership().await?;
        let mut first = 0;
        while first < size {
            let next = (first + batch).min(size);
            let request = BatchCreateDocumentsRequest {
                parent: PARTNERSHIP.to_owned(),
                requests: (first..next).map(|index| maker.document(index)).collect(),
                ..BatchCreateDocumentsRequest::default()
            };
            self.uz
                .documents
                .clone()
                .batch_create_documents(request)
                .await?;
            let acts: Vec<_> = (first..next).flat_map(|index| maker.acts(index)).collect();
            for (caller, party) in [(&self.uz, "UZ"), (&self.kz, "KZ")] {
                let own = acts.iter().filter(|(owner, _)| *owner == party);
                let own: Vec<_> = own.map(|(_, request)| request.clone()).collect();
                record(caller, &own).await?;
            }
            first = next;
            report::progress(first, size, begun.elapsed())?;
        }
        let took = begun.elapsed();
        if self.database.engine() == Engine::Postgres {
            // What the server does by itself some time after a load.
            self.execute("ANALYZE").await?;
        }
        Ok(Loaded {
            took,
            peak_mebibytes: memory::peak(),
        })
    }

    async fn create_partnership(&self) -> Result<(), Box<dyn Error>> {
        let request = CreatePartnershipRequest {
            partnership_id: "uz-kz".to_owned(),
            partnership: Some(Partnership {
                display_names: vec![LocalizedText {
                    language_code: "en".to_owned(),
                    text: "Uzbekistan–Kazakhstan".to_owned(),
                }],
                parties: PARTIES.map(str::to_owned).to_vec(),
                ..Partnership::default()
            }),
            ..CreatePartnershipRequest::default()
        };
        self.uz
            .partnerships
            .clone()
            .create_partnership(request)
            .await?;
        Ok(())
    }

    /// Runs a statement of its own on the database.
    async fn execute(&self, text: &'static str) -> Result<(), storage::Error> {
        self.database
            .write(move |tx| Box::pin(async move { tx.execute(text, Vec::new()).await }))
            .await
            .map(|_: u64| ())
    }

    /// Removes what [`Register::open`] has made.
    pub(crate) async fn remove(self) -> Result<(), Box<dyn Error>> {
        if self.database.engine() == Engine::Postgres {
            self.execute(format!("DROP SCHEMA \"{}\" CASCADE", self.schema).leak())
                .await?;
        }
        self.database.close().await;
        Ok(())
    }
}

/// Records the acts of one party.
async fn record(caller: &Caller, acts: &[CreateActRequest]) -> Result<(), tonic::Status> {
    for some in acts.chunks(ACTS_AT_ONCE) {
        let request = BatchCreateActsRequest {
            parent: format!("{PARTNERSHIP}/documents/-"),
            requests: some.to_vec(),
            ..BatchCreateActsRequest::default()
        };
        caller.acts.clone().batch_create_acts(request).await?;
    }
    Ok(())
}
