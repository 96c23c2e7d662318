//! The contract's methods: one file each, and the traits that lead to them.

mod bodies;
mod calendar_feed_service;
mod convert;
mod fault;
mod feeds;
mod indicator_service;
mod indicators;
mod measure_service;
mod measures;
mod plan_service;
mod plans;
mod references;
pub(crate) mod reminders;
mod roadmap_service;
mod roadmaps;

use ::fault::Fault;
use aip::Violations;
use clock::Clock;
use host::Deps;
use identity::Caller;
use ledger::{Call, Journal};
use storage::Database;
use tonic::Request;

use crate::peers::Peers;

/// The domain of the faults of this package.
const DOMAIN: &str = "accord.roadmaps.v1";

/// What every method works with.
#[derive(Clone, Debug)]
pub(crate) struct Service {
    database: Database,
    journal: Journal,
    clock: Clock,
    peers: Peers,
}

impl Service {
    /// Takes the database that roadmaps and their log are kept in, and the services that they refer to.
    pub(crate) fn new(database: Database, deps: &Deps, peers: Peers) -> Self {
        let clock = deps.clock.clone();
        let journal = Journal::new(crate::SCHEMA, database.clone(), clock.clone())
            .with_stopping(deps.stopping.clone());
        Self {
            database,
            journal,
            clock,
            peers,
        }
    }

    /// Returns the log of this service.
    pub(crate) fn journal(&self) -> &Journal {
        &self.journal
    }
}

/// A mutating call, as every such method begins with it.
struct Begun<M> {
    /// What the log has to know of it.
    call: Call,
    /// Who calls, an editor.
    caller: Caller,
    /// The request.
    given: M,
    /// What is wrong with it so far: at most its request id.
    violations: Violations,
}

/// Begins a mutating call: only editors make one.
fn begin<M>(method: &'static str, request: Request<M>) -> Result<Begun<M>, Fault>
where
    M: prost::Message + prost::Name,
{
    let caller = Caller::of(&request)?.clone();
    caller.may_edit()?;
    let mut violations = Violations::new();
    let call = Call::new(method, &caller, request.get_ref(), &mut violations);
    Ok(Begun {
        call,
        caller,
        given: request.into_inner(),
        violations,
    })
}

/// Ends the checks of a request: its parts, or everything that is wrong with it.
fn checked<T>(parts: Option<T>, violations: Violations) -> Result<T, Fault> {
    match parts {
        Some(parts) if violations.is_empty() => Ok(parts),
        _ => Err(Fault::invalid(violations)),
    }
}
