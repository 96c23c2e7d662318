//! The gateway through its public contract, over a real port.

mod auth;
mod echo;
mod facts;
mod forwarding;
mod ledger;
mod overview;
mod process;
mod refusals;
mod running;
mod wire;
mod world;
