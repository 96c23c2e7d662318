//! `GetOverview` when nothing changed: the answer is the same and costs three calls; whatever changes, shows at once.

use std::{collections::BTreeMap, time::Duration};

use accord_proto::{
    documents::v1::{
        AccessLevel, CreateDocumentRequest, Document, DocumentState,
        document_service_client::DocumentServiceClient,
    },
    overview::v1::{GetOverviewRequest, Overview, overview_service_client::OverviewServiceClient},
    roadmaps::v1::{CreateRoadmapRequest, roadmap_service_client::RoadmapServiceClient},
    trade::v1::{WithdrawReleaseRequest, release_service_client::ReleaseServiceClient},
};
use gateway::Service;
use identity::Role;
use tokio::net::TcpListener;
use tonic::transport::Endpoint;

use crate::{
    facts,
    running::{Caller, Gateway},
    world::{PARTNERSHIP, World},
};

const POSITION: &str = "accord.ledger.v1.LedgerService/ListEntries";

async fn get(caller: &Caller) -> Overview {
    let request = GetOverviewRequest {
        name: format!("{PARTNERSHIP}/overview"),
        ..GetOverviewRequest::default()
    };
    let mut client = OverviewServiceClient::new(caller.clone());
    client
        .get_overview(request)
        .await
        .expect("an overview")
        .into_inner()
}

/// The calls that the services answer while `asked` runs.
async fn calls_of<T>(world: &World, asked: impl Future<Output = T>) -> (T, BTreeMap<String, u64>) {
    let before = world.answered();
    let answer = asked.await;
    let mut calls = world.answered();
    for (method, count) in before {
        if let Some(now) = calls.get_mut(&method) {
            *now -= count;
        }
    }
    calls.retain(|_, count| *count > 0);
    (answer, calls)
}

fn only_positions() -> BTreeMap<String, u64> {
    BTreeMap::from([(POSITION.to_owned(), 3)])
}

fn lookups(gateway: &Gateway, outcome: &str) -> u64 {
    let text = gateway.metrics();
    let mut lines = text.lines().filter(|line| {
        line.starts_with("accord_overview_lookups")
            && line.contains(&format!("outcome=\"{outcome}\""))
    });
    lines.next().map_or(0, |line| {
        line.rsplit(' ')
            .next()
            .and_then(|count| count.parse().ok())
            .expect("a count")
    })
}

#[tokio::test]
async fn an_overview_of_which_nothing_changed_costs_three_calls() {
    World::each_engine(async |world: World| {
        let gateway = world.with_facts().await;
        let caller = gateway.caller("UZ", Role::Reader);
        let (first, calls) = calls_of(&world, get(&caller)).await;
        assert!(calls.len() > 5, "{calls:?}");
        let (second, calls) = calls_of(&world, get(&caller)).await;
        assert_eq!(calls, only_positions());
        assert_eq!(second, first);
        assert_eq!(
            (lookups(&gateway, "miss"), lookups(&gateway, "hit")),
            (1, 1)
        );
        // It is as known now, not as known when it was made.
        world.clock.advance(Duration::from_mins(1));
        let (third, calls) = calls_of(&world, get(&caller)).await;
        assert_eq!(calls, only_positions());
        assert_ne!(third.known_time, first.known_time);
        assert_eq!(third.documents, first.documents);
    })
    .await;
}

#[tokio::test]
async fn a_change_in_any_service_shows_at_once() {
    World::each_engine(async |world: World| {
        let gateway = world.with_facts().await;
        let caller = gateway.caller("UZ", Role::Reader);
        let editor = gateway.caller("UZ", Role::Editor);
        let before = get(&caller).await;

        let [(_, document), _] = facts::documents();
        DocumentServiceClient::new(editor.clone())
            .create_document(create("water", document))
            .await
            .expect("a document");
        let documents = get(&caller).await;
        assert_eq!(
            documents
                .documents
                .as_ref()
                .expect("documents")
                .document_count,
            before.documents.as_ref().expect("documents").document_count + 1
        );

        ReleaseServiceClient::new(editor.clone())
            .withdraw_release(WithdrawReleaseRequest {
                name: format!("{PARTNERSHIP}/releases/uz"),
                reason: "wrong".to_owned(),
                ..WithdrawReleaseRequest::default()
            })
            .await
            .expect("withdrawn");
        let trade = get(&caller).await;
        assert_eq!(trade.documents, documents.documents);
        assert_ne!(trade.trade, before.trade);

        RoadmapServiceClient::new(editor)
            .create_roadmap(CreateRoadmapRequest {
                parent: PARTNERSHIP.to_owned(),
                roadmap_id: "second".to_owned(),
                roadmap: Some(facts::roadmap()),
                ..CreateRoadmapRequest::default()
            })
            .await
            .expect("a roadmap");
        let roadmaps = get(&caller).await;
        assert_eq!(roadmaps.trade, trade.trade);
        assert_eq!(roadmaps.roadmaps.expect("roadmaps").roadmaps.len(), 2);
    })
    .await;
}

fn create(id: &str, document: Document) -> CreateDocumentRequest {
    CreateDocumentRequest {
        parent: PARTNERSHIP.to_owned(),
        document_id: id.to_owned(),
        document: Some(document),
        ..CreateDocumentRequest::default()
    }
}

#[tokio::test]
async fn the_next_day_is_another_answer() {
    World::each_engine(async |world: World| {
        let gateway = world.with_facts().await;
        let caller = gateway.caller("UZ", Role::Reader);
        let remaining = |overview: &Overview| {
            let deadlines = overview.deadlines.as_ref().expect("deadlines");
            deadlines.next_deadlines[0].days_remaining
        };
        let today = remaining(&get(&caller).await);
        assert_eq!(remaining(&get(&caller).await), today);
        world.clock.advance(Duration::from_hours(24));
        assert_eq!(remaining(&get(&caller).await), today - 1);
        // Around midnight the services may be in the other day: nothing is kept.
        world
            .clock
            .advance(Duration::from_hours(15) - Duration::from_secs(10));
        for _again in 0..2 {
            let (_, calls) = calls_of(&world, get(&caller)).await;
            assert_ne!(calls, only_positions());
        }
    })
    .await;
}

#[tokio::test]
async fn callers_of_other_rights_never_share_an_answer() {
    World::each_engine(async |world: World| {
        let gateway = world.with_facts().await;
        let [(_, document), _] = facts::documents();
        let restricted = Document {
            access_level: AccessLevel::Restricted.into(),
            ..document
        };
        let editor = gateway.caller("UZ", Role::Editor);
        DocumentServiceClient::new(editor.clone())
            .create_document(create("secret", restricted))
            .await
            .expect("a document");
        let undisclosed = |overview: &Overview| {
            let documents = overview.documents.as_ref().expect("documents");
            let state = DocumentState::NotDisclosed;
            documents
                .state_counts
                .iter()
                .any(|counted| counted.state() == state)
        };
        let callers = [
            (editor, false),
            (gateway.caller("UZ", Role::Reader), true),
            (gateway.caller("KZ", Role::Editor), false),
            (gateway.caller("KG", Role::Editor), true),
        ];
        for _twice in 0..2 {
            for (caller, is_hidden) in &callers {
                assert_eq!(undisclosed(&get(caller).await), *is_hidden);
            }
        }
        assert_eq!(lookups(&gateway, "hit"), 4);
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_lacks_a_part_is_not_kept() {
    World::each_engine(async |world: World| {
        world.with_facts().await;
        let nobody = TcpListener::bind("127.0.0.1:0").await.expect("free port");
        let port = nobody.local_addr().expect("bound").port();
        drop(nobody);
        let dead = Endpoint::from_shared(format!("http://127.0.0.1:{port}")).expect("an address");
        let upstreams = world
            .upstreams(&[])
            .with_service(Service::Trade, dead.connect_lazy());
        let gateway = world.gateway(upstreams).await;
        let caller = gateway.caller("UZ", Role::Reader);
        for _twice in 0..2 {
            let overview = get(&caller).await;
            assert_eq!(overview.missing_parts.len(), 1);
        }
        assert_eq!(lookups(&gateway, "bypass"), 2);
    })
    .await;
}
