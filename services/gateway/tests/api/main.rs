//! The gateway through its public contract, over a real port.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, in its helpers too"
)]

mod asked;
mod auth;
mod chaos;
mod echo;
mod facts;
mod feeds;
mod forwarding;
mod grpc_web;
mod ledger;
mod limits;
mod overview;
mod overview_kept;
mod process;
mod reasons;
mod refusals;
mod replica;
mod rest;
mod rest_bodies;
mod rest_own;
mod rest_web;
mod running;
mod script;
mod stopping;
mod stuck;
mod upstreams;
mod wire;
mod world;
