//! The service on a fresh database, and the callers of both sides.

use accord_proto::{
    ledger::v1::ledger_service_client::LedgerServiceClient,
    trade::v1::{
        self, Import, ImportHeader, ImportObservationsRequest, Release,
        classification_service_client::ClassificationServiceClient,
        import_observations_request::Part,
        reconciliation_service_client::ReconciliationServiceClient,
        release_service_client::ReleaseServiceClient, target_service_client::TargetServiceClient,
        trade_service_client::TradeServiceClient,
    },
};
use clock::Clock;
use host::{Bearer, Deps, testing};
use identity::{Issuer, Role};
use storage::Database;
use tonic::{Request, Status, service::interceptor::InterceptedService, transport::Channel};

pub(crate) const PARENT: &str = "partnerships/uz-kz";

/// Live horses and oils in the editions of 2022 and 2017: a code that was divided, and codes between which goods moved.
const CONCORDANCE: &str = "code.after,code.before,Relationship,adjustment\n\
    010121,010110,1:n,2022 to 2017\n010129,010110,1:n,2022 to 2017\n\
    270900,270900,n:n,2022 to 2017\n270900,271000,n:n,2022 to 2017\n";

type Link = InterceptedService<Channel, Bearer>;

/// One caller's clients.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) releases: ReleaseServiceClient<Link>,
    pub(crate) trade: TradeServiceClient<Link>,
    pub(crate) targets: TargetServiceClient<Link>,
    pub(crate) classifications: ClassificationServiceClient<Link>,
    pub(crate) reconciliation: ReconciliationServiceClient<Link>,
    pub(crate) ledger: LedgerServiceClient<Link>,
}

/// The service on one engine, and who calls it.
pub(crate) struct Bureau {
    /// An editor of Uzbekistan's statistics.
    pub(crate) uz: Caller,
    /// An editor of Kazakhstan's statistics.
    pub(crate) kz: Caller,
    /// An editor of Kyrgyzstan, which is no party.
    pub(crate) kg: Caller,
    /// A reader of Uzbekistan.
    pub(crate) reader: Caller,
    /// An operator.
    pub(crate) operator: Caller,
    /// A channel without a token.
    pub(crate) nobody: Channel,
    /// The service's clock, which stands still at 23 November 2026, noon UTC.
    pub(crate) clock: Clock,
    _keys: tempfile::TempDir,
}

impl Bureau {
    /// Brings in a concordance of the editions of 2022 and 2017.
    pub(crate) async fn import_concordance(&self) {
        let import = v1::ImportClassificationRequest {
            file: CONCORDANCE.as_bytes().to_vec(),
            source: "https://example.org/tables".to_owned(),
            ..v1::ImportClassificationRequest::default()
        };
        let mut operator = self.operator.classifications.clone();
        operator.import_classification(import).await.unwrap();
    }

    /// The service on a database that has been opened.
    pub(crate) fn new(database: Database) -> Self {
        let keys = tempfile::tempdir().unwrap();
        let issuer = Issuer::open_or_create(keys.path(), Clock::system()).unwrap();
        let clock = Clock::fixed("2026-11-23T12:00:00Z".parse().unwrap());
        let component = trade::component_on(database, Deps::new(clock.clone()));
        let channel = testing::connect(component, &issuer);
        let caller = |agency: &str, party: Option<&str>, role: Role| {
            let bearer = testing::token(&issuer, agency, party, role);
            let link = || InterceptedService::new(channel.clone(), bearer.clone());
            Caller {
                releases: ReleaseServiceClient::new(link()),
                trade: TradeServiceClient::new(link()),
                targets: TargetServiceClient::new(link()),
                classifications: ClassificationServiceClient::new(link()),
                reconciliation: ReconciliationServiceClient::new(link()),
                ledger: LedgerServiceClient::new(link()),
            }
        };
        Self {
            uz: caller("uz-stat", Some("UZ"), Role::Editor),
            kz: caller("kz-stat", Some("KZ"), Role::Editor),
            kg: caller("kg-stat", Some("KG"), Role::Editor),
            reader: caller("uz-press", Some("UZ"), Role::Reader),
            operator: caller("operations", None, Role::Operator),
            nobody: channel.clone(),
            clock,
            _keys: keys,
        }
    }

    /// The editor of a reporter.
    pub(crate) fn editor(&self, reporter: &str) -> Caller {
        if reporter == "UZ" {
            self.uz.clone()
        } else {
            self.kz.clone()
        }
    }

    /// Creates, fills and publishes a release.
    pub(crate) async fn publish(&self, id: &str, release: Release, csv: &str) -> Release {
        let editor = self.editor(&release.reporter);
        let created = editor.create(id, release).await.unwrap();
        let import = editor
            .upload(header(&created.name, "all"), csv)
            .await
            .unwrap();
        assert_eq!(import.state(), v1::import::State::Done);
        editor.publish(&created.name).await.unwrap()
    }
}

/// Runs a test on a fresh database on each engine.
pub(crate) async fn on_each_engine<F>(test: F)
where
    F: AsyncFn(Bureau),
{
    storage::testing::each_engine(trade::SCHEMA, trade::MIGRATIONS, async |database| {
        test(Bureau::new(database)).await;
    })
    .await;
}

impl Caller {
    pub(crate) async fn create(&self, id: &str, release: Release) -> Result<Release, Status> {
        let request = v1::CreateReleaseRequest {
            parent: PARENT.to_owned(),
            release_id: id.to_owned(),
            release: Some(release),
            ..v1::CreateReleaseRequest::default()
        };
        let answer = self.releases.clone().create_release(request).await;
        answer.map(tonic::Response::into_inner)
    }

    pub(crate) async fn get(&self, name: &str) -> Result<Release, Status> {
        let name = name.to_owned();
        let answer = self
            .releases
            .clone()
            .get_release(v1::GetReleaseRequest { name })
            .await;
        answer.map(tonic::Response::into_inner)
    }

    pub(crate) async fn publish(&self, name: &str) -> Result<Release, Status> {
        let request = v1::PublishReleaseRequest {
            name: name.to_owned(),
            ..v1::PublishReleaseRequest::default()
        };
        let answer = self.releases.clone().publish_release(request).await;
        answer.map(tonic::Response::into_inner)
    }

    pub(crate) async fn withdraw(&self, name: &str, time: &str) -> Result<Release, Status> {
        let request = v1::WithdrawReleaseRequest {
            name: name.to_owned(),
            reason: "the file was the wrong one".to_owned(),
            withdraw_time: Some(at(time)),
            ..v1::WithdrawReleaseRequest::default()
        };
        let answer = self.releases.clone().withdraw_release(request).await;
        answer.map(tonic::Response::into_inner)
    }

    /// Uploads a file in small chunks.
    pub(crate) async fn upload(
        &self,
        mut header: ImportHeader,
        file: &str,
    ) -> Result<Import, Status> {
        if header.total_bytes == 0 {
            header.total_bytes = i64::try_from(file.len()).unwrap();
        }
        let offset = usize::try_from(header.offset_bytes).unwrap();
        let chunks = file.as_bytes()[offset..].chunks(1_000).map(<[u8]>::to_vec);
        let parts = std::iter::once(Part::Header(header)).chain(chunks.map(Part::Chunk));
        self.send(parts.collect()).await
    }

    /// Sends the messages of an upload.
    pub(crate) async fn send(&self, parts: Vec<Part>) -> Result<Import, Status> {
        let messages = parts
            .into_iter()
            .map(|part| ImportObservationsRequest { part: Some(part) });
        let stream = tokio_stream::iter(messages.collect::<Vec<_>>());
        let answer = self
            .releases
            .clone()
            .import_observations(Request::new(stream))
            .await;
        answer.map(tonic::Response::into_inner)
    }

    pub(crate) async fn import(&self, name: &str) -> Result<Import, Status> {
        let name = name.to_owned();
        let answer = self
            .releases
            .clone()
            .get_import(v1::GetImportRequest { name })
            .await;
        answer.map(tonic::Response::into_inner)
    }

    /// Gives up an import.
    pub(crate) async fn cancel(&self, name: &str) -> Result<Import, Status> {
        let request = v1::CancelImportRequest {
            name: name.to_owned(),
            ..v1::CancelImportRequest::default()
        };
        let answer = self.releases.clone().cancel_import(request).await;
        answer.map(tonic::Response::into_inner)
    }

    /// The figures of a release as its files had them: import by import, column by column, line by line.
    pub(crate) async fn observations(&self, release: &str) -> Result<Vec<v1::Observation>, Status> {
        let request = v1::ListObservationsRequest {
            parent: release.to_owned(),
            page_size: 1_000,
            ..v1::ListObservationsRequest::default()
        };
        let answer = self.releases.clone().list_observations(request).await;
        let mut figures = answer?.into_inner().observations;
        figures.sort_by_key(|figure| (figure.import_id.clone(), figure.column, figure.line));
        Ok(figures)
    }

    pub(crate) async fn query(
        &self,
        request: v1::QuerySeriesRequest,
    ) -> Result<v1::QuerySeriesResponse, Status> {
        let answer = self.trade.clone().query_series(request).await;
        answer.map(tonic::Response::into_inner)
    }
}

/// The header of an upload; [`Caller::upload`] fills in the size of the file.
pub(crate) fn header(release: &str, import_id: &str) -> ImportHeader {
    ImportHeader {
        release: release.to_owned(),
        import_id: import_id.to_owned(),
        ..ImportHeader::default()
    }
}

/// A partial release of a reporter's totals, published on a day.
pub(crate) fn release(reporter: &str, published: &str) -> Release {
    let partner = if reporter == "UZ" { "KZ" } else { "UZ" };
    Release {
        display_name: format!("Trade of {reporter} with {partner}"),
        reporter: reporter.to_owned(),
        publisher: "Statistics".to_owned(),
        publish_time: Some(at(published)),
        publish_time_basis: v1::PublishTimeBasis::Stated as i32,
        coverage: Some(v1::Coverage {
            completeness: v1::coverage::Completeness::Partial as i32,
            partners: vec![partner.to_owned()],
            ..v1::Coverage::default()
        }),
        scope: v1::Scope::Goods as i32,
        export_valuation: v1::Valuation::Fob as i32,
        import_valuation: v1::Valuation::Cif as i32,
        ..Release::default()
    }
}

/// Midnight UTC of a day.
pub(crate) fn at(day: &str) -> prost_types::Timestamp {
    let time: jiff::Timestamp = format!("{day}T00:00:00Z").parse().unwrap();
    prost_types::Timestamp {
        seconds: time.as_second(),
        nanos: 0,
    }
}

/// A date of the contracts.
pub(crate) fn date(year: i32, month: i32, day: i32) -> accord_proto::google::r#type::Date {
    accord_proto::google::r#type::Date { year, month, day }
}
