//! What each caller may do: the questions that handlers ask, answered by policies written in Cedar.
//!
//! The policies stand in files, beside their schema (`policies/` of this crate, or a folder of the operator's). Here a
//! caller's question becomes a question to them, and a refusal an error of the contracts.

mod entities;
mod ladder;
mod load;
mod methods;
mod mistake;
mod passed;
mod query;
mod reading;
mod refusal;
mod rules;
mod source;
mod verdict;

pub use self::{
    ladder::{Asked, Lack},
    methods::{Group, contracts},
    mistake::{Mistake, PolicyError},
    query::{Object, Query},
    rules::Policies,
    source::{PolicyFile, PolicyFiles},
    verdict::{Policy, Verdict},
};

use fault::Fault;

use crate::{Caller, Clearance, Level};

/// What a caller asks to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action<'a> {
    /// Read what is recorded.
    Read,
    /// Record facts that belong to no single party.
    Edit,
    /// Give the word of the party with this ISO 3166-1 alpha-2 code.
    SpeakFor(&'a str),
    /// Administer the installation.
    Administer,
}

impl<'a> Action<'a> {
    /// The party that the caller must belong to, if the action is one party's own.
    fn party(self) -> Option<&'a str> {
        match self {
            Action::SpeakFor(party) => Some(party),
            Action::Read | Action::Edit | Action::Administer => None,
        }
    }

    fn group(self) -> Group {
        match self {
            Action::Read => Group::Read,
            Action::Edit => Group::Edit,
            Action::SpeakFor(_) => Group::GiveWord,
            Action::Administer => Group::Administer,
        }
    }
}

/// Checks that `caller` may do `action`.
pub(crate) fn check(caller: &Caller, action: Action<'_>) -> Result<(), Fault> {
    let party = action.party();
    let parties = party.as_slice();
    let object = match party {
        Some(_) => Object::Of {
            parties,
            level: None,
        },
        None => Object::Whole,
    };
    decide(caller, action.group(), object)
}

/// Checks that `caller` may call the method that it calls, of whatever it is.
///
/// A method that the policies do not know is asked about as what everybody with a role may do: read.
pub(crate) fn check_call(caller: &Caller) -> Result<(), Fault> {
    let group = caller
        .method()
        .and_then(|method| caller.policies().group(method));
    decide(caller, group.unwrap_or(Group::Read), Object::Whole)
}

fn decide(caller: &Caller, group: Group, object: Object<'_>) -> Result<(), Fault> {
    let query = caller.query(group, object);
    let policies = caller.policies();
    let (query, verdict) = match object {
        Object::Whole => policies.calls(query),
        Object::Of { .. } => (query, policies.decide(&query)),
    };
    if verdict.allowed {
        return Ok(());
    }
    Err(refusal::fault(&policies, &query, &verdict))
}

/// Logs a denied read of records of `parties` with the policies that decided.
pub(crate) fn log_denied_read(caller: &Caller, level: Level, parties: &[String]) {
    let parties: Vec<&str> = parties.iter().map(String::as_str).collect();
    let query = caller.query(Group::Read, Object::Whole);
    let verdict = caller.policies().reads(&query, &parties, level);
    refusal::log_read(&query, &parties, level, &verdict);
}

/// Says how far `caller` may read, given that it may read at all.
pub(crate) fn clearance(caller: &Caller) -> Clearance {
    let policies = caller.policies();
    let query = caller.query(Group::Read, Object::Whole);
    let reads = |parties: &[&str], level| policies.reads(&query, parties, level).allowed;
    if reads(&[], Level::Restricted) {
        return Clearance::Everything;
    }
    let Some(party) = caller.party.as_deref() else {
        return Clearance::Public;
    };
    let strict = [Level::Restricted, Level::Official];
    match strict.into_iter().find(|level| reads(&[party], *level)) {
        Some(level) => Clearance::Party {
            party: party.to_owned(),
            level,
        },
        None => Clearance::Public,
    }
}
