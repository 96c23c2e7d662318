//! Peers that tests control: what there is at them, and whether they answer.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use accord_proto::{
    documents::v1::{Document, GetDocumentRequest},
    trade::v1::{GetTargetProgressRequest, GetTargetRequest, Target, TargetProgress},
};
use host::{Component, testing};
use identity::Issuer;
use roadmaps::{Peer, Peers};
use tonic::{Code, Request, Response, Status, service::Routes, transport::Channel};
use tower::service_fn;

pub(crate) const DOCUMENT: &str = "partnerships/uz-kz/documents/plan-2021";
pub(crate) const TARGET: &str = "partnerships/uz-kz/targets/turnover-2026";

/// The documents and the trade service, as far as roadmaps ask them.
#[derive(Clone, Debug)]
pub(crate) struct FakePeers(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    failing: Option<Code>,
    names: BTreeSet<String>,
    attained_cents: Option<i64>,
    asked: Vec<String>,
}

impl FakePeers {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(State {
            failing: None,
            names: BTreeSet::from([DOCUMENT.to_owned(), TARGET.to_owned()]),
            attained_cents: None,
            asked: Vec::new(),
        })))
    }

    /// From now on every question is answered with this code.
    pub(crate) fn fail(&self, code: Code) {
        self.0.lock().unwrap().failing = Some(code);
    }

    /// From now on the target has this value.
    pub(crate) fn attain(&self, cents: i64) {
        self.0.lock().unwrap().attained_cents = Some(cents);
    }

    /// Returns what was asked for since the last time, sorted.
    pub(crate) fn asked(&self) -> Vec<String> {
        let mut asked = std::mem::take(&mut self.0.lock().unwrap().asked);
        asked.sort();
        asked
    }

    /// Serves both peers behind all layers, so that a call without the caller's token is refused.
    pub(crate) fn serve(&self, issuer: &Issuer) -> Peers {
        let peers = Peers::default();
        peers.tell(Peer::Documents, self.channel("documents", issuer));
        peers.tell(Peer::Trade, self.channel("trade", issuer));
        peers
    }

    fn channel(&self, name: &'static str, issuer: &Issuer) -> Channel {
        let routes = axum::Router::new();
        let routes = self.answer(
            routes,
            "/accord.documents.v1.DocumentService/GetDocument",
            |request: &GetDocumentRequest| request.name.clone(),
            |name, _| Document {
                name,
                ..Document::default()
            },
        );
        let routes = self.answer(
            routes,
            "/accord.trade.v1.TargetService/GetTarget",
            |request: &GetTargetRequest| request.name.clone(),
            |name, _| Target {
                name,
                ..Target::default()
            },
        );
        let routes = self.answer(
            routes,
            "/accord.trade.v1.TargetService/GetTargetProgress",
            |request: &GetTargetProgressRequest| request.name.clone(),
            |_, attained_cents| TargetProgress {
                measured_year: if attained_cents.is_some() { 2021 } else { 0 },
                attained_cents,
                ..TargetProgress::default()
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
        resource: fn(String, Option<i64>) -> R,
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
                        identity::Caller::of(&request).expect("a caller is passed on");
                        let name = name(request.get_ref());
                        let attained_cents = peers.get(&name)?;
                        Ok::<_, Status>(Response::new(resource(name, attained_cents)))
                    }
                });
                tonic::server::Grpc::new(tonic_prost::ProstCodec::<R, Q>::default())
                    .unary(method, request)
                    .await
            }
        };
        routes.route(path, axum::routing::post(handler))
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "a peer answers with the code that a test wants"
    )]
    fn get(&self, name: &str) -> Result<Option<i64>, Status> {
        let mut state = self.0.lock().unwrap();
        state.asked.push(name.to_owned());
        match state.failing {
            Some(code) => Err(Status::new(code, "not now")),
            None if state.names.contains(name) => Ok(state.attained_cents),
            None => Err(Status::not_found("there is none")),
        }
    }
}
