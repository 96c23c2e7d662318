//! What each caller may do: the questions that handlers ask, answered by policies written in Cedar.
//!
//! The policies stand in files, beside their schema (`policies/` of this crate, or a folder of the operator's). Here a
//! caller's question becomes a question to them, and a refusal an error of the contracts.

mod entities;
mod load;
mod methods;
mod mistake;
mod query;
mod refusal;
mod rules;
mod source;
mod verdict;

pub use self::{
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

/// Checks that `caller` may call the method that it calls, of whatever it is; a method that the policies do not know is
/// none of Accord's, or none at all, and passes.
pub(crate) fn check_call(caller: &Caller) -> Result<(), Fault> {
    let group = caller
        .method()
        .and_then(|method| caller.policies().group(method));
    match group {
        None => Ok(()),
        // Whose word it is is asked when it is known.
        Some(Group::GiveWord) => decide(caller, Group::Edit, Object::Whole),
        Some(group) => decide(caller, group, Object::Whole),
    }
}

fn decide(caller: &Caller, group: Group, object: Object<'_>) -> Result<(), Fault> {
    let query = caller.query(group, object);
    let verdict = caller.policies().decide(&query);
    if verdict.allowed {
        return Ok(());
    }
    Err(refusal::fault(&caller.policies(), &query, &verdict))
}

/// Says how far `caller` may read, given that it may read at all.
///
/// Three questions: a restricted record of nobody, which only those may read who may read everything; and an official and a
/// restricted record of its own party.
pub(crate) fn clearance(caller: &Caller) -> Clearance {
    let policies = caller.policies();
    let reads = |parties: &[&str], level| {
        let object = Object::Of {
            parties,
            level: Some(level),
        };
        policies.decide(&caller.query(Group::Read, object)).allowed
    };
    let reads_all = |parties: &[&str]| {
        reads(parties, Level::Official).then(|| {
            if reads(parties, Level::Restricted) {
                Level::Restricted
            } else {
                Level::Official
            }
        })
    };
    if reads_all(&[]) == Some(Level::Restricted) {
        return Clearance::Everything;
    }
    let party = caller.party.as_deref();
    match party.and_then(|party| Some((party, reads_all(&[party])?))) {
        Some((party, level)) => Clearance::Party {
            party: party.to_owned(),
            level,
        },
        None => Clearance::Public,
    }
}
