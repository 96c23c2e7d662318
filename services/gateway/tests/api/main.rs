//! The gateway through its public contract, over a real port.

mod auth;
mod echo;
mod forwarding;
mod ledger;
mod process;
mod refusals;
mod running;
mod wire;
