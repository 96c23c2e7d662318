//! The service on an empty database, and an office that writes roadmaps.

use accord_proto::{
    google::r#type::Date,
    roadmaps::v1::{
        BatchCreateMeasuresRequest, CreateMeasureRequest, CreateRoadmapRequest, Deadline,
        Dependency, DependencyKind, Executors, LocalizedText, Measure, Period, Roadmap,
        RoadmapSide, deadline, measure_service_client::MeasureServiceClient,
        roadmap_service_client::RoadmapServiceClient,
    },
};
use clock::Clock;
use host::{Bearer, Deps, testing};
use identity::{Issuer, Role};
use storage::{Database, Options, Sql};
use tempfile::TempDir;
use tonic::{service::interceptor::InterceptedService, transport::Channel};

use crate::Outcome;

type Link = InterceptedService<Channel, Bearer>;

/// As many as the command's default.
const CONNECTIONS: u32 = 10;

/// How many measures are written at once.
const BATCH: usize = 500;

/// How many earlier measures each one depends on.
const PREDECESSORS: u64 = 3;

/// The service and its clients.
pub(crate) struct Office {
    pub(crate) roadmaps: RoadmapServiceClient<Link>,
    pub(crate) measures: MeasureServiceClient<Link>,
    database: Database,
    schema: Option<&'static str>,
    _folder: TempDir,
}

impl Office {
    /// Opens an empty database: in a new folder, or in a new schema of the server.
    pub(crate) async fn open(url: Option<&str>) -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("roadmaps.db");
        let stamp = jiff::Timestamp::now().as_microsecond();
        // One schema a run; the name lasts as long as the process.
        let schema: &'static str = format!("bench_roadmaps_{stamp}").leak();
        let options = Options {
            url: url.map_or_else(|| format!("sqlite://{}", file.display()), str::to_owned),
            schema,
            max_connections: CONNECTIONS,
        };
        let database = Database::open(&options, roadmaps::MIGRATIONS).await?;
        let issuer = Issuer::open_or_create(folder.path(), Clock::system())?;
        let component = roadmaps::component_on(database.clone(), Deps::new(Clock::system()));
        let channel = testing::connect(component, &issuer);
        let bearer = testing::token(&issuer, "uz-economy", Some("UZ"), Role::Editor);
        let link = || InterceptedService::new(channel.clone(), bearer.clone());
        Ok(Self {
            roadmaps: RoadmapServiceClient::new(link()),
            measures: MeasureServiceClient::new(link()),
            database,
            schema: url.map(|_| schema),
            _folder: folder,
        })
    }

    /// Removes what the run has made.
    pub(crate) async fn remove(self) -> Outcome<()> {
        if let Some(schema) = self.schema {
            let drop = format!("DROP SCHEMA {schema} CASCADE");
            self.database
                .write(move |tx| {
                    let drop = Sql::new(drop.clone());
                    Box::pin(async move { tx.execute(drop, Vec::new()).await })
                })
                .await?;
        }
        self.database.close().await;
        Ok(())
    }

    /// Writes a roadmap with so many measures, and returns its name.
    pub(crate) async fn write(&self, measures: usize) -> Outcome<String> {
        let request = CreateRoadmapRequest {
            parent: "partnerships/uz-kz".to_owned(),
            roadmap_id: "bench".to_owned(),
            roadmap: Some(roadmap()),
            ..CreateRoadmapRequest::default()
        };
        let roadmap = self.roadmaps.clone().create_roadmap(request).await?;
        let roadmap = roadmap.into_inner().name;
        let numbers: Vec<usize> = (0..measures).collect();
        for batch in numbers.chunks(BATCH) {
            let requests = batch.iter().map(|number| CreateMeasureRequest {
                measure_id: format!("m-{number}"),
                measure: Some(measure(&roadmap, *number)),
                ..CreateMeasureRequest::default()
            });
            let request = BatchCreateMeasuresRequest {
                parent: roadmap.clone(),
                requests: requests.collect(),
                ..BatchCreateMeasuresRequest::default()
            };
            self.measures.clone().batch_create_measures(request).await?;
        }
        Ok(roadmap)
    }
}

fn title(text: String) -> Vec<LocalizedText> {
    vec![LocalizedText {
        language_code: "en".to_owned(),
        text,
    }]
}

fn roadmap() -> Roadmap {
    let side = |party: &str, region_code: &str| RoadmapSide {
        party: party.to_owned(),
        region_code: region_code.to_owned(),
        ..RoadmapSide::default()
    };
    let date = |year, month, day| Some(Date { year, month, day });
    Roadmap {
        titles: title("Measured".to_owned()),
        sides: vec![side("UZ", "UZ-TK"), side("KZ", "KZ-AST")],
        period: Some(Period {
            start_date: date(2022, 1, 1),
            end_date: date(2023, 12, 31),
        }),
        signing_date: date(2021, 12, 6),
        ..Roadmap::default()
    }
}

fn measure(roadmap: &str, number: usize) -> Measure {
    let body = |party: &str| Executors {
        party: party.to_owned(),
        lead_body: format!("Office {}", number % 20),
        co_executing_bodies: Vec::new(),
    };
    let last = Date {
        year: 2023,
        month: 12,
        day: 29,
    };
    let first = if number % 2 == 0 { "UZ" } else { "KZ" };
    let mut executors = vec![body(first)];
    if number % 3 == 0 {
        executors.push(body(if first == "UZ" { "KZ" } else { "UZ" }));
    }
    Measure {
        titles: title(format!("Measure {number}")),
        section: format!("Section {}", number % 10),
        order_number: i32::try_from(number + 1).unwrap_or(i32::MAX),
        executors,
        deadline: Some(Deadline {
            form: Some(deadline::Form::Date(last)),
            last_day: None,
        }),
        working_days: 1 + i32::try_from(number % 15).unwrap_or(0),
        dependencies: dependencies(roadmap, number, 0),
        ..Measure::default()
    }
}

/// Dependencies on three of the hundred measures before, drawn anew for each salt.
pub(crate) fn dependencies(roadmap: &str, number: usize, salt: u64) -> Vec<Dependency> {
    let before = (number as u64).min(100);
    let mut drawn = (number as u64)
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(salt + 1);
    let mut found: Vec<u64> = Vec::new();
    while (found.len() as u64) < before.min(PREDECESSORS) {
        drawn = drawn
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let back = 1 + (drawn >> 33) % before;
        if !found.contains(&back) {
            found.push(back);
        }
    }
    let kinds = [
        DependencyKind::FinishToStart,
        DependencyKind::StartToStart,
        DependencyKind::FinishToFinish,
        DependencyKind::StartToFinish,
    ];
    found
        .into_iter()
        .zip(kinds.into_iter().cycle().skip(number % 4))
        .map(|(back, kind)| Dependency {
            predecessor: format!("{roadmap}/measures/m-{}", number as u64 - back),
            kind: kind.into(),
            lag_days: i32::try_from(back % 4).unwrap_or(0),
            ..Dependency::default()
        })
        .collect()
}
