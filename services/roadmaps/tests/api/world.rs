//! A running service on a fresh database, callers of both sides, and short ways to say what tests say often.

use std::{collections::HashMap, time::Duration};

use accord_proto::{
    google::{
        rpc::{BadRequest, ErrorInfo},
        r#type::Date,
    },
    ledger::v1::ledger_service_client::LedgerServiceClient,
    roadmaps::v1::{
        AdoptRoadmapRequest, CreateMeasureRequest, CreateRoadmapRequest, Deadline, Evidence,
        Executors, LocalizedText, Measure, Period, Roadmap, RoadmapSide, deadline,
        indicator_service_client::IndicatorServiceClient,
        measure_service_client::MeasureServiceClient, plan_service_client::PlanServiceClient,
        roadmap_service_client::RoadmapServiceClient,
    },
};
use clock::Clock;
use host::{Bearer, Deps};
use identity::{Issuer, Role};
use prost::Message as _;
use storage::{Database, testing};
use tempfile::TempDir;
use tonic::{Status, service::interceptor::InterceptedService, transport::Channel};

use crate::peers::FakePeers;

pub(crate) type Authorized = InterceptedService<Channel, Bearer>;

/// The day on which the tests' clock begins to stand.
const NOW: &str = "2022-05-02T09:00:00Z";

pub(crate) const ROADMAP: &str = "partnerships/uz-kz/roadmaps/tashkent-nur-sultan";
pub(crate) const HASH: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) peers: FakePeers,
    pub(crate) database: Database,
    channel: Channel,
    issuer: Issuer,
    _keys: TempDir,
}

/// Runs a test on a fresh service on each engine.
pub(crate) async fn each_engine(test: impl AsyncFn(World)) {
    testing::each_engine(roadmaps::SCHEMA, roadmaps::MIGRATIONS, async |database| {
        test(World::on(database)).await;
    })
    .await;
}

/// Runs a test on a fresh service on each engine that was told of no peers.
pub(crate) async fn each_engine_without_peers(test: impl AsyncFn(World)) {
    testing::each_engine(roadmaps::SCHEMA, roadmaps::MIGRATIONS, async |database| {
        test(World::open(database, false)).await;
    })
    .await;
}

impl World {
    pub(crate) fn on(database: Database) -> Self {
        Self::open(database, true)
    }

    fn open(database: Database, has_peers: bool) -> Self {
        let clock = Clock::fixed(NOW.parse().unwrap());
        let keys = tempfile::tempdir().unwrap();
        let issuer = Issuer::open_or_create(keys.path(), Clock::system()).unwrap();
        let peers = FakePeers::new();
        let told = if has_peers {
            peers.serve(&issuer)
        } else {
            roadmaps::Peers::default()
        };
        let deps = Deps::new(clock.clone());
        let mut component = roadmaps::component_with(database.clone(), &deps, told);
        // The harness removes what the test left in the database, and closes it then.
        component.on_stop = None;
        Self {
            clock,
            peers,
            database,
            channel: host::testing::connect(component, &issuer),
            issuer,
            _keys: keys,
        }
    }

    /// The connection, for callers of any kind.
    pub(crate) fn channel(&self) -> Channel {
        self.channel.clone()
    }

    /// What checks the tokens.
    pub(crate) fn verifier(&self) -> identity::Verifier {
        self.issuer.verifier().unwrap()
    }

    /// The token of an agency of a party.
    pub(crate) fn bearer(&self, party: &str, role: Role) -> Bearer {
        let agency = format!("{}-economy", party.to_lowercase());
        host::testing::token(&self.issuer, &agency, Some(party), role)
    }

    /// The methods on roadmaps, called by an editor of a party.
    pub(crate) fn roadmaps(&self, party: &str) -> RoadmapServiceClient<Authorized> {
        self.roadmaps_as(party, Role::Editor)
    }

    pub(crate) fn roadmaps_as(&self, party: &str, role: Role) -> RoadmapServiceClient<Authorized> {
        let bearer = self.bearer(party, role);
        RoadmapServiceClient::with_interceptor(self.channel.clone(), bearer)
    }

    /// The methods on measures, called by an editor of a party.
    pub(crate) fn measures(&self, party: &str) -> MeasureServiceClient<Authorized> {
        self.measures_as(party, Role::Editor)
    }

    pub(crate) fn measures_as(&self, party: &str, role: Role) -> MeasureServiceClient<Authorized> {
        let bearer = self.bearer(party, role);
        MeasureServiceClient::with_interceptor(self.channel.clone(), bearer)
    }

    /// The methods on indicators, called by an editor of a party.
    pub(crate) fn indicators(&self, party: &str) -> IndicatorServiceClient<Authorized> {
        let bearer = self.bearer(party, Role::Editor);
        IndicatorServiceClient::with_interceptor(self.channel.clone(), bearer)
    }

    /// The methods on plans, called by an editor of a party.
    pub(crate) fn plans(&self, party: &str) -> PlanServiceClient<Authorized> {
        let bearer = self.bearer(party, Role::Editor);
        PlanServiceClient::with_interceptor(self.channel.clone(), bearer)
    }

    pub(crate) fn ledger(&self) -> LedgerServiceClient<Authorized> {
        let bearer = self.bearer("UZ", Role::Reader);
        LedgerServiceClient::with_interceptor(self.channel.clone(), bearer)
    }

    /// A client without a token.
    pub(crate) fn nobody(&self) -> RoadmapServiceClient<Channel> {
        RoadmapServiceClient::new(self.channel.clone())
    }

    /// An operator, who has no party.
    pub(crate) fn operator(&self) -> MeasureServiceClient<Authorized> {
        let bearer = host::testing::token(&self.issuer, "operations", None, Role::Operator);
        MeasureServiceClient::with_interceptor(self.channel.clone(), bearer)
    }

    pub(crate) fn days_pass(&self, days: u64) {
        self.clock.advance(Duration::from_secs(days * 86_400));
    }

    /// Writes the roadmap of Tashkent and Nur-Sultan as a draft.
    pub(crate) async fn draft(&self) -> Roadmap {
        let request = create_roadmap("tashkent-nur-sultan", roadmap());
        self.roadmaps("UZ")
            .create_roadmap(request)
            .await
            .unwrap()
            .into_inner()
    }

    /// Enters a measure in the draft.
    pub(crate) async fn measure(&self, id: &str, measure: Measure) -> Measure {
        self.measures("UZ")
            .create_measure(create_measure(id, measure))
            .await
            .unwrap()
            .into_inner()
    }

    /// Both sides adopt the plan as it is.
    pub(crate) async fn adopt(&self, roadmap: &str) -> Roadmap {
        let get = accord_proto::roadmaps::v1::GetRoadmapRequest {
            name: roadmap.to_owned(),
            ..accord_proto::roadmaps::v1::GetRoadmapRequest::default()
        };
        let read = self.roadmaps("UZ").get_roadmap(get).await.unwrap();
        let plan_revision = read.into_inner().plan_revision;
        let mut adopted = None;
        for party in ["UZ", "KZ"] {
            let request = AdoptRoadmapRequest {
                name: roadmap.to_owned(),
                plan_revision,
                ..AdoptRoadmapRequest::default()
            };
            let answer = self.roadmaps(party).adopt_roadmap(request).await.unwrap();
            adopted = Some(answer.into_inner());
        }
        adopted.unwrap()
    }

    /// An adopted roadmap with one measure; returns the measure's name.
    pub(crate) async fn adopted_with_one(&self) -> String {
        self.draft().await;
        let name = self.measure("bridge", measure("Bridge")).await.name;
        self.adopt(ROADMAP).await;
        name
    }
}

pub(crate) fn date(year: i32, month: i32, day: i32) -> Option<Date> {
    Some(Date { year, month, day })
}

pub(crate) fn text(language_code: &str, text: &str) -> LocalizedText {
    LocalizedText {
        language_code: language_code.to_owned(),
        text: text.to_owned(),
    }
}

pub(crate) fn side(party: &str, region_code: &str) -> RoadmapSide {
    RoadmapSide {
        party: party.to_owned(),
        region_code: region_code.to_owned(),
        ..RoadmapSide::default()
    }
}

/// The roadmap of Tashkent and Nur-Sultan, as a caller would send it.
pub(crate) fn roadmap() -> Roadmap {
    Roadmap {
        titles: vec![text("en", "Tashkent and Nur-Sultan, 2022-2023")],
        sides: vec![side("UZ", "UZ-TK"), side("KZ", "KZ-AST")],
        period: Some(Period {
            start_date: date(2022, 1, 1),
            end_date: date(2023, 12, 31),
        }),
        signing_date: date(2021, 12, 6),
        ..Roadmap::default()
    }
}

pub(crate) fn create_roadmap(id: &str, roadmap: Roadmap) -> CreateRoadmapRequest {
    CreateRoadmapRequest {
        parent: "partnerships/uz-kz".to_owned(),
        roadmap_id: id.to_owned(),
        roadmap: Some(roadmap),
        ..CreateRoadmapRequest::default()
    }
}

/// A measure with a deadline on 30 June 2022.
pub(crate) fn measure(title: &str) -> Measure {
    Measure {
        titles: vec![text("en", title)],
        executors: vec![Executors {
            party: "UZ".to_owned(),
            lead_body: "Khokimiyat of Tashkent city".to_owned(),
            co_executing_bodies: vec!["Uzavtoyul".to_owned()],
        }],
        deadline: Some(Deadline {
            form: Some(deadline::Form::Date(date(2022, 6, 30).unwrap())),
            last_day: None,
        }),
        ..Measure::default()
    }
}

pub(crate) fn create_measure(id: &str, measure: Measure) -> CreateMeasureRequest {
    CreateMeasureRequest {
        parent: ROADMAP.to_owned(),
        measure_id: id.to_owned(),
        measure: Some(measure),
        ..CreateMeasureRequest::default()
    }
}

pub(crate) fn evidence() -> Vec<Evidence> {
    vec![Evidence {
        sha256: HASH.to_owned(),
        uri: "https://example.org/act.pdf".to_owned(),
        note: "Act of acceptance".to_owned(),
    }]
}

/// A fresh request id.
pub(crate) fn request_id() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// The typed details of an error. Reading them checks that the contract has every reason in them.
#[derive(Debug)]
pub(crate) struct Details {
    pub(crate) code: tonic::Code,
    pub(crate) reason: String,
    pub(crate) domain: String,
    pub(crate) metadata: HashMap<String, String>,
    /// Field and reason of each violation.
    pub(crate) violations: Vec<(String, String)>,
}

pub(crate) fn details(status: &Status) -> Details {
    let decoded = accord_proto::google::rpc::Status::decode(status.details()).unwrap();
    let find = |name: &str| {
        let url = format!("type.googleapis.com/google.rpc.{name}");
        decoded.details.iter().find(|any| any.type_url == url)
    };
    let info = find("ErrorInfo").expect("every error has an ErrorInfo");
    let info = ErrorInfo::decode(info.value.as_slice()).unwrap();
    let bad_request = find("BadRequest")
        .map(|any| BadRequest::decode(any.value.as_slice()).unwrap())
        .unwrap_or_default();
    let violations = bad_request.field_violations.iter();
    for reason in violations.map(|found| &found.reason).chain([&info.reason]) {
        assert!(is_documented(reason), "{reason} is not in the contract");
    }
    Details {
        code: status.code(),
        reason: info.reason,
        domain: info.domain,
        metadata: info.metadata.into_iter().collect(),
        violations: bad_request
            .field_violations
            .into_iter()
            .map(|violation| (violation.field, violation.reason))
            .collect(),
    }
}

/// Whether the contract's `ErrorReason` has a reason.
fn is_documented(reason: &str) -> bool {
    let reasons = accord_proto::descriptors().get_enum_by_name("accord.roadmaps.v1.ErrorReason");
    reasons.unwrap().get_value_by_name(reason).is_some()
}

/// The reason of a refused call.
pub(crate) fn refused<T: std::fmt::Debug>(answer: Result<T, Status>) -> String {
    details(&answer.unwrap_err()).reason
}
