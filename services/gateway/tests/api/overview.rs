//! `GetOverview` over the real services: whole, and with a part missing.

use std::time::{Duration, Instant};

use accord_proto::{
    convert,
    documents::v1::DocumentState,
    overview::v1::{
        GetOverviewRequest, MissingPart, Overview, OverviewPart,
        overview_service_client::OverviewServiceClient,
    },
    roadmaps::v1::{MeasureState, RoadmapState},
    trade::v1::{Measurement, TurnoverMethod},
};
use gateway::{Service, Upstreams};
use identity::Role;
use tokio::net::TcpListener;
use tonic::{
    Code, IntoRequest, Request, Status,
    transport::{Channel, Endpoint},
};

use crate::{
    facts::date,
    running::Gateway,
    wire,
    world::{PARTNERSHIP, World},
};

fn request() -> GetOverviewRequest {
    GetOverviewRequest {
        name: format!("{PARTNERSHIP}/overview"),
        ..GetOverviewRequest::default()
    }
}

async fn get(
    gateway: &Gateway,
    request: impl IntoRequest<GetOverviewRequest>,
) -> Result<Overview, Status> {
    let mut client = OverviewServiceClient::new(gateway.caller("UZ", Role::Reader));
    let answer = client.get_overview(request).await?;
    Ok(answer.into_inner())
}

/// A channel to a port on which nobody listens.
async fn dead() -> Channel {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("free port");
    let address = listener.local_addr().expect("bound");
    drop(listener);
    lazy(address.port())
}

fn lazy(port: u16) -> Channel {
    Endpoint::from_shared(format!("http://127.0.0.1:{port}"))
        .expect("an address")
        .connect_lazy()
}

fn missing(overview: &Overview) -> Vec<(OverviewPart, &str, &str, Code)> {
    overview
        .missing_parts
        .iter()
        .map(|part: &MissingPart| {
            let code = Code::from_i32(part.code);
            (
                part.part(),
                part.service.as_str(),
                part.reason.as_str(),
                code,
            )
        })
        .collect()
}

#[tokio::test]
async fn overview_has_every_part_when_all_services_answer() {
    World::each_engine(async |world: World| {
        let gateway = world.with_facts().await;
        let overview = get(&gateway, request()).await.expect("an overview");
        assert_eq!(missing(&overview), []);
        assert_eq!(overview.name, request().name);
        assert_documents(&overview);
        assert_trade(&overview);
        assert_roadmaps(&overview);
    })
    .await;
}

fn assert_documents(overview: &Overview) {
    let documents = overview.documents.as_ref().expect("documents");
    assert_eq!(
        documents.partnership_display_name,
        "Uzbekistan and Kazakhstan"
    );
    assert_eq!(documents.parties, ["UZ", "KZ"]);
    assert_eq!(documents.declared_document_count, Some(22));
    assert_eq!(documents.registered_document_count, 1);
    assert_eq!(documents.document_count, 2);
    let counts: Vec<_> = documents
        .state_counts
        .iter()
        .map(|counted| (counted.state(), counted.count))
        .collect();
    assert_eq!(
        counts,
        [
            (DocumentState::SignedEntryUnknown, 1),
            (DocumentState::Effective, 1)
        ]
    );
    let titles: Vec<_> = documents
        .documents
        .iter()
        .map(|d| d.title.as_str())
        .collect();
    assert_eq!(titles, ["Customs agreement", "Declaration"]);
    assert!(!documents.documents[0].state_summary.is_empty());
}

fn assert_trade(overview: &Overview) {
    let trade = overview.trade.as_ref().expect("trade");
    let target = trade.target.as_ref().expect("a target");
    assert_eq!(target.value_cents, 1_000_000_000_000);
    let by = |standing: Option<&Measurement>| standing.expect("a way").reporter.clone();
    let standings: Vec<_> = trade
        .standings
        .iter()
        .map(|s| {
            (
                by(s.measurement.as_ref()),
                s.defined_by_target,
                s.attained_share_ppm,
            )
        })
        .collect();
    assert_eq!(
        standings,
        [
            ("UZ".to_owned(), true, Some(500_000)),
            ("KZ".to_owned(), false, Some(600_000))
        ]
    );
    // (10 / 5) ^ (1 / 5) - 1
    assert_eq!(trade.standings[0].required_growth_ppm, Some(148_698));
    assert_eq!(
        trade.standings[0].releases,
        [format!("{PARTNERSHIP}/releases/uz")]
    );
    assert!(
        trade.standings[1].warnings.is_empty(),
        "{:?}",
        trade.standings[1].warnings
    );
    let turnovers: Vec<_> = trade
        .turnovers
        .iter()
        .map(|figure| {
            let way = figure.measurement.as_ref().expect("a way");
            (
                way.turnover_method(),
                figure.year,
                figure.value_cents / 10_000_000_000,
            )
        })
        .collect();
    assert_eq!(
        turnovers,
        [
            (TurnoverMethod::AsReportedBy, 2025, 50),
            (TurnoverMethod::AsReportedBy, 2025, 60),
            (TurnoverMethod::ExportsOfBoth, 2025, 55),
            (TurnoverMethod::ImportsOfBoth, 2025, 55)
        ]
    );
    let cited: Vec<_> = trade
        .releases
        .iter()
        .map(|r| r.display_name.as_str())
        .collect();
    assert_eq!(cited, ["Trade of KZ", "Trade of UZ"]);
}

fn assert_roadmaps(overview: &Overview) {
    let roadmaps = &overview.roadmaps.as_ref().expect("roadmaps").roadmaps;
    assert_eq!(roadmaps.len(), 1);
    assert_eq!(roadmaps[0].title, "Roadmap of the capitals");
    assert_eq!(roadmaps[0].state(), RoadmapState::Adopted);
    let figures = roadmaps[0].figures.as_ref().expect("figures");
    let count = |tally: &Option<accord_proto::roadmaps::v1::Tally>| {
        tally.as_ref().map_or(0, |tally| tally.count)
    };
    assert_eq!(count(&figures.agreed), 2);
    assert_eq!(count(&figures.attested), 0);
    assert_eq!(count(&figures.overdue), 1);
    let deadlines = overview.deadlines.as_ref().expect("deadlines");
    let missed = &deadlines.missed_deadlines;
    assert_eq!(missed.len(), 1);
    assert_eq!(missed[0].title, "Business forum");
    assert_eq!(missed[0].last_day, Some(date(2022, 6, 30)));
    assert_eq!(missed[0].state(), MeasureState::Planned);
    assert!(missed[0].days_remaining < 0);
    let next = &deadlines.next_deadlines;
    assert_eq!(next.len(), 1);
    assert_eq!(next[0].title, "School");
    assert!(next[0].days_remaining > 0);
}

#[tokio::test]
async fn past_day_and_known_time_are_answered_as_they_were() {
    World::each_engine(async |world: World| {
        let gateway = world.with_facts().await;
        let known = "2026-01-01T00:00:00Z".parse().expect("an instant");
        let request = GetOverviewRequest {
            known_time: Some(convert::from_timestamp(known)),
            ..request()
        };
        let overview = get(&gateway, request).await.expect("an overview");
        assert_eq!(overview.effective_date, Some(date(2026, 1, 1)));
        let trade = overview.trade.as_ref().expect("trade");
        assert!(trade.target.is_some());
        assert_eq!(trade.standings[0].attained_cents, None, "not published yet");
        assert_eq!(trade.turnovers, []);
        let roadmaps = overview.roadmaps.as_ref().expect("roadmaps");
        assert_eq!(roadmaps.roadmaps[0].figures, None, "not recorded yet");
        assert_eq!(
            missing(&overview),
            [(
                OverviewPart::Deadlines,
                "roadmaps",
                "KNOWN_TIME_NOT_SUPPORTED",
                Code::Unimplemented
            )]
        );
    })
    .await;
}

#[tokio::test]
async fn target_is_not_shown_before_it_was_adopted() {
    World::each_engine(async |world: World| {
        let gateway = world.with_facts().await;
        let known = "2025-02-28T00:00:00Z".parse().expect("an instant");
        let request = GetOverviewRequest {
            known_time: Some(convert::from_timestamp(known)),
            ..request()
        };
        let overview = get(&gateway, request).await.expect("an overview");
        let trade = overview.trade.expect("trade");
        assert_eq!(trade.target, None);
        assert_eq!(trade.standings, []);
    })
    .await;
}

#[tokio::test]
async fn titles_come_in_the_language_asked_for() {
    World::each_engine(async |world: World| {
        let gateway = world.with_facts().await;
        let request = GetOverviewRequest {
            language_code: "ru".to_owned(),
            ..request()
        };
        let documents = get(&gateway, request).await.expect("an overview").documents;
        let documents = documents.expect("documents");
        assert_eq!(documents.partnership_display_name, "Узбекистан и Казахстан");
        let titles: Vec<_> = documents
            .documents
            .iter()
            .map(|d| d.title.as_str())
            .collect();
        assert_eq!(titles, ["Customs agreement", "Декларация"]);
    })
    .await;
}

#[tokio::test]
async fn service_that_is_down_is_named_and_the_rest_is_answered() {
    World::each_engine(async |world: World| {
        world.with_facts().await;
        for service in Service::ALL {
            let upstreams = world.upstreams(&[]).with_service(service, dead().await);
            let gateway = world.gateway(upstreams).await;
            let overview = get(&gateway, request()).await.expect("an overview");
            let parts = parts_of(service);
            let expected: Vec<_> = parts
                .iter()
                .map(|part| {
                    (
                        *part,
                        service.name(),
                        "UPSTREAM_UNAVAILABLE",
                        Code::Unavailable,
                    )
                })
                .collect();
            assert_eq!(missing(&overview), expected);
            assert_eq!(overview.documents.is_none(), service == Service::Documents);
            assert_eq!(overview.trade.is_none(), service == Service::Trade);
            assert_eq!(overview.roadmaps.is_none(), service == Service::Roadmaps);
            assert_eq!(overview.deadlines.is_none(), service == Service::Roadmaps);
        }
    })
    .await;
}

fn parts_of(service: Service) -> &'static [OverviewPart] {
    match service {
        Service::Documents => &[OverviewPart::Documents],
        Service::Trade => &[OverviewPart::Trade],
        Service::Roadmaps => &[OverviewPart::Roadmaps, OverviewPart::Deadlines],
    }
}

#[tokio::test]
async fn service_that_is_not_configured_is_named_so() {
    World::each_engine(async |world: World| {
        world.with_facts().await;
        let gateway = world.gateway(world.upstreams(&[Service::Trade])).await;
        let overview = get(&gateway, request()).await.expect("an overview");
        assert_eq!(
            missing(&overview),
            [(
                OverviewPart::Trade,
                "trade",
                "UPSTREAM_NOT_CONFIGURED",
                Code::Unimplemented
            )]
        );
    })
    .await;
}

#[tokio::test]
async fn service_that_hangs_is_given_up_before_the_callers_deadline() {
    World::each_engine(async |world: World| {
        world.with_facts().await;
        let silent = TcpListener::bind("127.0.0.1:0").await.expect("free port");
        let port = silent.local_addr().expect("bound").port();
        let upstreams = world
            .upstreams(&[])
            .with_service(Service::Trade, lazy(port));
        let gateway = world.gateway(upstreams).await;
        // It answers when it has asked once how its services are.
        gateway
            .call(wire::Call::new("/acme.none.v1.None/Nothing"))
            .await;
        let mut request = Request::new(request());
        request.set_timeout(Duration::from_secs(6));
        let started = Instant::now();
        let overview = get(&gateway, request).await.expect("an overview");
        assert!(started.elapsed() < Duration::from_secs(6));
        assert_eq!(
            missing(&overview),
            [(
                OverviewPart::Trade,
                "trade",
                "UPSTREAM_TIMED_OUT",
                Code::DeadlineExceeded
            )]
        );
        assert!(overview.documents.is_some());
    })
    .await;
}

#[tokio::test]
async fn nothing_is_left_when_all_services_are_down() {
    let mut upstreams = Upstreams::default();
    for service in Service::ALL {
        upstreams = upstreams.with_service(service, dead().await);
    }
    let gateway = Gateway::in_front_of(upstreams).await;
    let status = get(&gateway, request()).await.expect_err("nothing");
    assert_eq!(status.code(), Code::Unavailable);
    let info = wire::error_info(&status);
    assert_eq!(info.reason, "ALL_PARTS_MISSING");
    assert_eq!(info.domain, "accord.overview.v1");
    for service in Service::ALL {
        assert_eq!(info.metadata[service.name()], "UPSTREAM_UNAVAILABLE");
    }
    assert!(wire::detail::<accord_proto::google::rpc::RetryInfo>(&status, "RetryInfo").is_some());
}

#[tokio::test]
async fn unknown_partnership_is_not_found() {
    World::each_engine(async |world: World| {
        let gateway = world.gateway(world.upstreams(&[])).await;
        let status = get(&gateway, request()).await.expect_err("unknown");
        assert_eq!(status.code(), Code::NotFound);
        let info = wire::error_info(&status);
        assert_eq!(info.reason, "RESOURCE_NOT_FOUND");
        assert_eq!(info.metadata["resource"], PARTNERSHIP);
    })
    .await;
}

#[tokio::test]
async fn bad_request_names_every_wrong_field() {
    let gateway = Gateway::in_front_of(Upstreams::default()).await;
    let request = GetOverviewRequest {
        name: "partnerships/UZ".to_owned(),
        effective_date: Some(accord_proto::google::r#type::Date {
            year: 2023,
            month: 2,
            day: 29,
        }),
        language_code: "e".to_owned(),
        ..GetOverviewRequest::default()
    };
    let status = get(&gateway, request).await.expect_err("bad");
    assert_eq!(status.code(), Code::InvalidArgument);
    let bad: accord_proto::google::rpc::BadRequest =
        wire::detail(&status, "google.rpc.BadRequest").expect("BadRequest");
    let fields: Vec<_> = bad
        .field_violations
        .iter()
        .map(|violation| (violation.field.as_str(), violation.reason.as_str()))
        .collect();
    assert_eq!(
        fields,
        [
            ("name", "NAME_INVALID"),
            ("effective_date", "DATE_INVALID"),
            ("language_code", "LANGUAGE_TAG_INVALID")
        ]
    );
}
