//! Peers that tests control: what there is at them, and whether they answer.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use accord_proto::{
    roadmaps::v1::{GetMeasureRequest, GetRoadmapRequest, Measure, Roadmap},
    trade::v1::{GetReleaseRequest, GetTargetRequest, Release, Target},
};
use documents::{Peer, Peers};
use host::{Component, testing};
use identity::Issuer;
use tonic::{Request, Response, Status, service::Routes, transport::Channel};
use tower::service_fn;

/// A roadmap that is there from the start.
pub(crate) const ROADMAP: &str = "partnerships/uz-kz/roadmaps/r";

/// How a peer answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    /// As it should.
    Up,
    /// Not at all, for longer than anyone waits.
    Stuck,
    /// With this code.
    Failing(tonic::Code),
}

/// The roadmaps and the trade service, as far as documents ask them.
#[derive(Clone, Debug)]
pub(crate) struct FakePeers(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    mood: Mood,
    names: BTreeSet<String>,
    /// What was asked for, and by whom.
    asked: Vec<(String, String)>,
}

impl FakePeers {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(State {
            mood: Mood::Up,
            names: BTreeSet::from([ROADMAP.to_owned()]),
            asked: Vec::new(),
        })))
    }

    pub(crate) fn become_(&self, mood: Mood) {
        self.0.lock().unwrap().mood = mood;
    }

    pub(crate) fn add(&self, name: &str) {
        self.0.lock().unwrap().names.insert(name.to_owned());
    }

    /// Returns what was asked for since the last time, in order.
    pub(crate) fn asked(&self) -> Vec<String> {
        let asked = std::mem::take(&mut self.0.lock().unwrap().asked);
        let mut names: Vec<_> = asked.into_iter().map(|(name, _)| name).collect();
        names.sort();
        names
    }

    /// Returns the agencies in whose name was asked since the last time.
    pub(crate) fn callers(&self) -> BTreeSet<String> {
        let asked = std::mem::take(&mut self.0.lock().unwrap().asked);
        asked.into_iter().map(|(_, agency)| agency).collect()
    }

    /// Serves both peers behind all layers, so that a call without the caller's token is refused.
    pub(crate) fn serve(&self, issuer: &Issuer) -> Peers {
        Peers::default()
            .with(Peer::Roadmaps, self.channel("roadmaps", issuer))
            .with(Peer::Trade, self.channel("trade", issuer))
    }

    fn channel(&self, name: &'static str, issuer: &Issuer) -> Channel {
        let routes = axum::Router::new();
        let routes = self.answer(
            routes,
            "/accord.roadmaps.v1.RoadmapService/GetRoadmap",
            |request: &GetRoadmapRequest| request.name.clone(),
            |name| Roadmap {
                name,
                ..Roadmap::default()
            },
        );
        let routes = self.answer(
            routes,
            "/accord.roadmaps.v1.MeasureService/GetMeasure",
            |request: &GetMeasureRequest| request.name.clone(),
            |name| Measure {
                name,
                ..Measure::default()
            },
        );
        let routes = self.answer(
            routes,
            "/accord.trade.v1.ReleaseService/GetRelease",
            |request: &GetReleaseRequest| request.name.clone(),
            |name| Release {
                name,
                ..Release::default()
            },
        );
        let routes = self.answer(
            routes,
            "/accord.trade.v1.TargetService/GetTarget",
            |request: &GetTargetRequest| request.name.clone(),
            |name| Target {
                name,
                ..Target::default()
            },
        );
        testing::connect(Component::new(name, Routes::from(routes)), issuer)
    }

    /// Adds a method that gets a resource by its name.
    fn answer<Q, R>(
        &self,
        routes: axum::Router,
        path: &str,
        name: fn(&Q) -> String,
        resource: fn(String) -> R,
    ) -> axum::Router
    where
        Q: prost::Message + Default + Send + 'static,
        R: prost::Message + Default + Send + 'static,
    {
        let peers = self.clone();
        let handler = move |request: axum::extract::Request| {
            let peers = peers.clone();
            async move {
                let method = service_fn(move |request: Request<Q>| {
                    let peers = peers.clone();
                    async move {
                        let agency = identity::Caller::of(&request).unwrap().agency.clone();
                        let name = name(request.get_ref());
                        peers.get(&name, agency).await?;
                        Ok::<_, Status>(Response::new(resource(name)))
                    }
                });
                tonic::server::Grpc::new(tonic_prost::ProstCodec::<R, Q>::default())
                    .unary(method, request)
                    .await
            }
        };
        routes.route(path, axum::routing::post(handler))
    }

    async fn get(&self, name: &str, agency: String) -> Result<(), Status> {
        let (mood, is_there) = {
            let mut state = self.0.lock().unwrap();
            state.asked.push((name.to_owned(), agency));
            (state.mood, state.names.contains(name))
        };
        match mood {
            Mood::Up if is_there => Ok(()),
            Mood::Up => Err(Status::not_found("there is none")),
            Mood::Failing(code) => Err(Status::new(code, "not now")),
            Mood::Stuck => {
                tokio::time::sleep(Duration::from_secs(600)).await;
                Err(Status::internal("nobody waits that long"))
            }
        }
    }
}
