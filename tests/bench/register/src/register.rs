//! A register on an empty database, loaded through its contract.

use std::{
    error::Error,
    ops::Range,
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
use storage::{Database, Engine};
use tonic::{Status, service::interceptor::InterceptedService, transport::Channel};

use crate::{
    made::{Maker, PARTIES, PARTNERSHIP},
    memory,
    place::Place,
    report,
};

type Link = InterceptedService<Channel, Bearer>;

/// How many acts one call records.
const ACTS_AT_ONCE: usize = 1_000;
/// How many parts of a load are timed by themselves, so that slowing down with the size is seen.
const PARTS: u64 = 10;

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
    place: Place,
}

/// How the load went.
#[derive(Clone, Debug)]
pub(crate) struct Loaded {
    pub(crate) took: Duration,
    /// How many documents a second there were in each tenth.
    pub(crate) rates: Vec<u64>,
    pub(crate) peak_mebibytes: Option<u64>,
}

impl Register {
    /// Opens the register of a place; what was not loaded to its end is begun anew.
    pub(crate) async fn open(place: Place) -> Result<Self, Box<dyn Error>> {
        if place.is_kept() && !place.is_loaded() {
            place.clear()?;
        }
        let mut database = Database::open(&place.options, documents::MIGRATIONS).await?;
        if place.is_kept() && !place.is_loaded() && database.engine() == Engine::Postgres {
            // It may be what an earlier run has begun.
            drop_schema(&database, place.options.schema).await?;
            database.close().await;
            database = Database::open(&place.options, documents::MIGRATIONS).await?;
        }
        let issuer = Issuer::open_or_create(place.folder.path(), Clock::system())?;
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
            place,
        })
    }

    /// Whether it was loaded by an earlier run.
    pub(crate) fn is_loaded(&self) -> bool {
        self.place.is_loaded()
    }

    /// Registers the partnership and `size` documents with their acts. While the acts on one batch of documents are
    /// recorded, another caller registers the next.
    pub(crate) async fn load(
        &self,
        maker: &Maker,
        size: u64,
        batch: u64,
    ) -> Result<Loaded, Box<dyn Error>> {
        let begun = Instant::now();
        self.create_partnership().await?;
        let mut rates = Vec::new();
        let mut part = (0, begun);
        let mut first = 0;
        let mut registered = 0..0;
        while first < size {
            let next = (first + batch).min(size);
            let (documents, acts) = tokio::join!(
                self.register(maker, first..next),
                self.record(maker, registered)
            );
            documents?;
            acts?;
            registered = first..next;
            first = next;
            if first * PARTS / size > part.0 * PARTS / size || first == size {
                let rate = report::per_second(first - part.0, part.1.elapsed());
                report::progress(first, size, rate)?;
                rates.push(rate);
                part = (first, Instant::now());
            }
        }
        self.record(maker, registered).await?;
        let took = begun.elapsed();
        if self.database.engine() == Engine::Postgres {
            // What the server does by itself some time after a load.
            self.execute("ANALYZE").await?;
        }
        self.place.set_loaded()?;
        Ok(Loaded {
            took,
            rates,
            peak_mebibytes: memory::peak(),
        })
    }

    async fn register(&self, maker: &Maker, documents: Range<u64>) -> Result<(), Status> {
        let request = BatchCreateDocumentsRequest {
            parent: PARTNERSHIP.to_owned(),
            requests: documents.map(|index| maker.document(index)).collect(),
            ..BatchCreateDocumentsRequest::default()
        };
        let mut client = self.uz.documents.clone();
        client.batch_create_documents(request).await.map(drop)
    }

    /// Records the acts on some documents, each by its party.
    async fn record(&self, maker: &Maker, documents: Range<u64>) -> Result<(), Status> {
        let acts: Vec<_> = documents.flat_map(|index| maker.acts(index)).collect();
        for (caller, party) in [(&self.uz, "UZ"), (&self.kz, "KZ")] {
            let own = acts.iter().filter(|(owner, _)| *owner == party);
            let own: Vec<_> = own.map(|(_, request)| request.clone()).collect();
            record(caller, &own).await?;
        }
        Ok(())
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

    /// Removes what [`Register::open`] has made, unless it is kept.
    pub(crate) async fn close(self) -> Result<(), Box<dyn Error>> {
        if self.database.engine() == Engine::Postgres && !self.place.is_kept() {
            drop_schema(&self.database, self.place.options.schema).await?;
        }
        self.database.close().await;
        Ok(())
    }
}

async fn drop_schema(database: &Database, schema: &str) -> Result<(), storage::Error> {
    let text: &'static str = format!("DROP SCHEMA \"{schema}\" CASCADE").leak();
    let dropped = database.write(move |tx| Box::pin(tx.execute(text, Vec::new())));
    dropped.await.map(|_: u64| ())
}

/// Records the acts of one party.
async fn record(caller: &Caller, acts: &[CreateActRequest]) -> Result<(), Status> {
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
