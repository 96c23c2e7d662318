//! Configuration, telemetry, lifecycle, health and server assembly.
//!
//! A thin binary is one call of `run`. A process that is put together otherwise uses the same
//! pieces: a [`Component`] is what is served, a [`Stack`] the layers that each call passes, and
//! [`in_process`] serves a component without a port.

mod bearer;
mod component;
mod database;
mod health;
mod in_process;
mod layers;
mod metrics;
mod panics;
pub mod testing;
mod tokens;
mod trace_context;

pub use bearer::Bearer;
pub use component::{Component, Deps, Ready, StartError};
pub use database::DatabaseArgs;
pub use in_process::in_process;
pub use layers::{DEFAULT_MAX_CALLS, Layered, Stack};
pub use metrics::Metrics;
pub use tokens::Tokens;
pub use trace_context::propagate;
