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
use identity::{Grant, Issuer, Role};
use storage::{Database, Engine};
use tonic::{Code, Status, service::interceptor::InterceptedService, transport::Channel};

use crate::{
    chance::Chance,
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
/// How long the tokens of its callers hold: a million documents may take some hours.
const LONGEST_RUN: Duration = Duration::from_hours(24);
/// How often a call is made again, a second after it failed.
const ATTEMPTS: usize = 60;

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
    /// How many documents an earlier run has registered, with all their acts.
    begun: u64,
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
    /// Opens the register of a place. What was not loaded to its end is gone on with, if it broke off between two
    /// batches of `batch` documents, and else begun anew.
    pub(crate) async fn open(place: Place, batch: u64) -> Result<Self, Box<dyn Error>> {
        let mut database = Database::open(&place.options, documents::MIGRATIONS).await?;
        let mut begun = 0;
        if place.is_kept() && !place.is_loaded() {
            begun = whole(&database, batch).await?;
            if begun == 0 {
                if database.engine() == Engine::Postgres {
                    drop_schema(&database, place.options.schema).await?;
                }
                database.close().await;
                place.clear()?;
                database = Database::open(&place.options, documents::MIGRATIONS).await?;
            }
        }
        let issuer = Issuer::open_or_create(place.folder.path(), Clock::system())?;
        let component = documents::component_on(database.clone(), Deps::new(Clock::system()));
        let channel = testing::connect(component, &issuer);
        let caller = |party: &str| {
            let grant = Grant {
                agency: format!("{}-mfa", party.to_lowercase()),
                party: Some(party.to_owned()),
                roles: vec![Role::Editor],
                ttl: LONGEST_RUN,
            };
            let bearer = Bearer::new(&issuer.issue(&grant))?;
            let link = || InterceptedService::new(channel.clone(), bearer.clone());
            Ok::<_, Box<dyn Error>>(Caller {
                partnerships: PartnershipServiceClient::new(link()),
                documents: DocumentServiceClient::new(link()),
                acts: ActServiceClient::new(link()),
            })
        };
        Ok(Self {
            uz: caller("UZ")?,
            kz: caller("KZ")?,
            database,
            place,
            begun,
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
        if self.begun == 0 {
            self.create_partnership().await?;
        }
        let mut rates = Vec::new();
        let mut part = (self.begun, begun);
        let mut first = self.begun;
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
            request_id: request_id(1, documents.start),
            requests: documents.map(|index| maker.document(index)).collect(),
            ..BatchCreateDocumentsRequest::default()
        };
        patiently(async || {
            let mut client = self.uz.documents.clone();
            client.batch_create_documents(request.clone()).await
        })
        .await
    }

    /// Records the acts on some documents, each by its party.
    async fn record(&self, maker: &Maker, documents: Range<u64>) -> Result<(), Status> {
        let first = documents.start;
        let acts: Vec<_> = documents.flat_map(|index| maker.acts(index)).collect();
        for (seed, caller, party) in [(2, &self.uz, "UZ"), (3, &self.kz, "KZ")] {
            let own = acts.iter().filter(|(owner, _)| *owner == party);
            let own: Vec<_> = own.map(|(_, request)| request.clone()).collect();
            for (number, some) in (first..).zip(own.chunks(ACTS_AT_ONCE)) {
                record(caller, request_id(seed, number), some.to_vec()).await?;
            }
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

/// Records acts of one party.
async fn record(
    caller: &Caller,
    request_id: String,
    requests: Vec<CreateActRequest>,
) -> Result<(), Status> {
    let request = BatchCreateActsRequest {
        parent: format!("{PARTNERSHIP}/documents/-"),
        request_id,
        requests,
        ..BatchCreateActsRequest::default()
    };
    patiently(async || {
        let mut client = caller.acts.clone();
        client.batch_create_acts(request.clone()).await
    })
    .await
}

/// Makes a call again while the service is not available; its request id sees to it that it is done once.
async fn patiently<T>(call: impl AsyncFn() -> Result<T, Status>) -> Result<(), Status> {
    for _ in 0..ATTEMPTS {
        match call().await {
            Err(status) if status.code() == Code::Unavailable => {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            other => return other.map(drop),
        }
    }
    call().await.map(drop)
}

/// A request id that depends on its arguments alone.
fn request_id(seed: u64, number: u64) -> String {
    let mut chance = Chance::new(seed, number);
    let (high, low) = (chance.next(), chance.next());
    let bytes = (u128::from(high) << 64) | u128::from(low);
    let hex = format!("{bytes:032x}");
    let part = |range| hex.get::<Range<usize>>(range).unwrap_or_default();
    format!(
        "{}-{}-4{}-8{}-{}",
        part(0..8),
        part(8..12),
        part(13..16),
        part(17..20),
        part(20..32)
    )
}

/// How many documents an earlier run has registered in whole batches, each with its five acts; else 0.
async fn whole(database: &Database, batch: u64) -> Result<u64, storage::Error> {
    let read = database.read(|tx| {
        Box::pin(async move {
            let text = "SELECT (SELECT COUNT(*) FROM documents), (SELECT COUNT(*) FROM acts)";
            tx.one::<(i64, i64)>(text, Vec::new()).await
        })
    });
    let counts: Result<_, storage::Error> = read.await;
    let (documents, acts) = counts?;
    let documents = u64::try_from(documents).unwrap_or_default();
    let is_whole = documents.is_multiple_of(batch) && i64::try_from(5 * documents) == Ok(acts);
    Ok(if is_whole { documents } else { 0 })
}
