//! Configuration, telemetry, lifecycle, health and server assembly.
//!
//! A thin binary is one call of [`run`]. A process that is put together otherwise uses the same
//! pieces in the same order: [`config::parse`] reads its settings, [`Telemetry`] sets up the log,
//! [`Server`] takes the addresses, [`Signals`] tell it to stop, an [`Announcement`] says that it is
//! ready. A [`Component`] is what is served, a [`Stack`] the layers that each call passes, and
//! [`in_process`] serves a component without a port.

mod admin;
mod args;
mod bearer;
mod binary;
mod client_cert;
mod component;
pub mod config;
mod cores;
mod database;
mod ending;
mod exchange;
pub mod flow;
mod gather;
mod health;
mod in_process;
mod key_source;
mod layers;
mod limits;
mod methods;
mod metrics;
mod on_behalf;
mod panics;
mod peer;
mod port;
pub mod remote;
mod report;
mod rules;
mod server;
mod signals;
mod telemetry;
pub mod testing;
mod tokens;
mod trace_context;

pub use args::{
    AccessLog, AuthArgs, ClientAuth, ConnectionArgs, HostArgs, LimitArgs, ListenArgs, LogArgs,
    LogFormat, Output, PolicyArgs, TlsArgs,
};
pub use bearer::Bearer;
pub use binary::{Binary, Threads, reload, reload_policies, run};
pub use component::{Component, Deps, Front, Ready, ServiceReady, StartError};
pub use cores::{core, serving_threads};
pub use database::DatabaseArgs;
pub use ending::until_stopping;
pub use exchange::client_address;
pub use gather::Gathered;
pub use in_process::in_process;
pub use layers::{DEFAULT_MAX_CALLS, Forwarded, Layered, Pass, Passed, Stack, Until, code_name};
pub use methods::is_watch;
pub use metrics::Metrics;
pub use on_behalf::OnBehalf;
pub use panics::install_hook;
pub use peer::PeerCertificate;
pub use port::Certificates;
pub use report::{Announcement, failure};
pub use rules::Rules;
pub use server::Server;
pub use signals::Signals;
pub use telemetry::Telemetry;
pub use tokens::Tokens;
pub use trace_context::propagate;
