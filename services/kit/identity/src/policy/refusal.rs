//! A refusal, for the caller and for the log.

use fault::Fault;

use super::{Object, Policies, Query, Verdict};
use crate::{Level, Role};

/// Makes the error of a question that was answered with no, and logs it.
///
/// A word of another party is `PARTY_MISMATCH`; what another role would allow is `ROLE_REQUIRED`; what is refused for
/// neither is `POLICY_DENIED`. The metadata `policy` names what forbids.
pub(super) fn fault(policies: &Policies, query: &Query<'_>, verdict: &Verdict) -> Fault {
    let fault = match other_party(query) {
        Some(party) => party_mismatch(query, party),
        None => role_required(policies, query).unwrap_or_else(|| denied(query)),
    };
    let policy = verdict.ids();
    tracing::info!(
        agency = query.agency,
        party = query.party,
        method = query.method,
        group = query.group.as_str(),
        policy = policy.as_deref().unwrap_or("none"),
        reason = fault.reason(),
        "call denied"
    );
    match policy {
        Some(policy) => fault.with_metadata("policy", policy),
        None => fault,
    }
}

/// Logs a read that was denied.
pub(super) fn log_read(query: &Query<'_>, parties: &[&str], level: Level, verdict: &Verdict) {
    let policy = verdict.ids();
    tracing::info!(
        agency = query.agency,
        party = query.party,
        method = query.method,
        group = query.group.as_str(),
        of_parties = parties.join(","),
        access_level = level.as_str(),
        policy = policy.as_deref().unwrap_or("none"),
        reason = "ACCESS_LEVEL_REQUIRED",
        "read denied"
    );
}

/// The party whose word the question is about, if it is not the agency's.
fn other_party<'a>(query: &Query<'a>) -> Option<&'a str> {
    let Object::Of { parties, .. } = query.object else {
        return None;
    };
    parties
        .first()
        .copied()
        .filter(|party| query.party != Some(party))
}

fn party_mismatch(query: &Query<'_>, party: &str) -> Fault {
    let own = query.party.unwrap_or("no party");
    let message = format!(
        "only an agency of {party} may do this; {} is an agency of {own}",
        query.agency
    );
    Fault::permission_denied("PARTY_MISMATCH", message)
        .with_metadata("party", party)
        .with_metadata("agency", query.agency)
}

/// Says which roles would be allowed; nothing if none would, or if the agency has one of them.
fn role_required(policies: &Policies, query: &Query<'_>) -> Option<Fault> {
    let is_enough = |role: &Role| {
        let roles = &[*role];
        policies.decide(&Query { roles, ..*query }).allowed
    };
    let enough: Vec<Role> = Role::ALL.into_iter().filter(is_enough).collect();
    if enough.is_empty() || enough.iter().any(|role| query.roles.contains(role)) {
        return None;
    }
    let needed = words(&enough);
    let message = format!(
        "this needs the role {needed}; the token of {} has {}",
        query.agency,
        if query.roles.is_empty() {
            "none".to_owned()
        } else {
            words(query.roles)
        }
    );
    Some(Fault::permission_denied("ROLE_REQUIRED", message).with_metadata("roles", needed))
}

fn denied(query: &Query<'_>) -> Fault {
    let message = format!(
        "a policy of this installation keeps {} from doing this",
        query.agency
    );
    Fault::permission_denied("POLICY_DENIED", message).with_metadata("agency", query.agency)
}

/// Lists roles for a sentence: "reader, editor or operator" is written "reader|editor|operator".
fn words(roles: &[Role]) -> String {
    let words: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
    words.join("|")
}
