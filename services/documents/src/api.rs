//! The gRPC services: each method is one file below, and one delegating line in `…_service`.

mod access;
mod act_service;
mod acts;
mod authority;
mod batch;
mod convert;
mod derived;
mod document_service;
mod documents;
mod fault;
mod partnership_service;
mod partnerships;
mod references;
mod text_service;
mod texts;

pub(crate) use derived::{bring_up_to_date, catch_up, is_settled};
pub(crate) use documents::purge::every_hour as purge_every_hour;

use ::fault::Fault;
use clock::Clock;
use ledger::{Change, Journal};
use storage::Database;
use tonic::{Response, Status};

use crate::peers::Peers;
use crate::texts::Texts;

/// The domain of this package's errors: the package itself.
const DOMAIN: &str = "accord.documents.v1";

/// What a method answers.
type Answer<R> = Result<Response<R>, Status>;

/// What a mutation answers and changes.
type Mutation<R> = Result<(R, Vec<Change>), Fault>;

/// Answers all services of this package.
#[derive(Clone, Debug)]
pub(crate) struct Api {
    pub(crate) database: Database,
    pub(crate) journal: Journal,
    pub(crate) clock: Clock,
    pub(crate) texts: Texts,
    pub(crate) peers: Peers,
}

fn answer<R>(result: Result<R, Fault>) -> Answer<R> {
    result
        .map(Response::new)
        .map_err(|fault| fault.into_status(DOMAIN))
}
