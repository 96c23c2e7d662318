//! Policies on reading of which services act on a part only: a permit on one rung of the ladder whose other rungs are missing, a forbid on a
//! rung that others stand on. They deny more than they say, so nothing is opened, but whoever wrote them must be told.
//!
//! Each policy is tried on the callers that it tells apart: the agencies and parties that it names and one more of each, every role, and one
//! method of each kind that policies tell apart.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use cedar_policy::{Effect, EntityUid, Policy as CedarPolicy, Schema};
use serde_json::Value;

use super::{
    Asked, Group, Lack, Mistake, Object, Policies, PolicyFiles, Query, Verdict, ladder::RECORDS,
    load, methods::Method, reading,
};
use crate::{Level, Role, claims::check_standing};

/// An agency that no policy names.
const ANY_AGENCY: &str = "another-agency";
/// Parties of which one is named by no policy, or so many are that it does not matter.
const ANY_PARTY: [&str; 4] = ["UZ", "KZ", "KG", "TJ"];

/// Returns what services pass by, policy by policy, at its place.
pub(super) fn warnings(policies: &Policies, files: &PolicyFiles, schema: &Schema) -> Vec<Mistake> {
    let methods = told_apart(policies, schema);
    let all = policies.set.policies();
    let reading = all.filter(|one| reading::is_of_reading(one, schema, &policies.methods));
    let mut found: Vec<Mistake> = reading
        .filter_map(|policy| {
            let trial = Trial {
                policies,
                policy,
                methods: &methods,
            };
            let reason = match policy.effect() {
                Effect::Permit => trial.permit(),
                Effect::Forbid => trial.forbid(),
            };
            load::mistake_in(files, &policies.about, policy, "", reason?)
        })
        .collect();
    found.sort_by(|one, other| (&one.file, one.place).cmp(&(&other.file, other.place)));
    found
}

/// One method of each kind that policies can tell apart, among those that read.
fn told_apart<'a>(policies: &'a Policies, schema: &Schema) -> Vec<&'a Method> {
    let mut kinds = BTreeSet::new();
    let mut named = HashSet::new();
    for policy in policies.set.policies() {
        if let Ok(json) = policy.to_json() {
            add_kinds(&json, &mut kinds);
        }
        named.extend(policy.entity_literals());
    }
    let actions = schema.action_entities().ok();
    let is_in = |method: &Method, uid: &EntityUid| {
        let own = method.action.uid();
        own == *uid
            || actions
                .as_ref()
                .is_some_and(|all| all.is_ancestor_of(uid, &own))
    };
    let mut apart = BTreeMap::new();
    let reading = policies.methods.all().into_iter();
    for method in reading.filter(|method| method.group == Group::Read) {
        let kind = method.kind.to_string();
        let mut key: Vec<String> = named
            .iter()
            .filter(|uid| is_in(method, uid) || method.register == **uid)
            .map(ToString::to_string)
            .collect();
        key.sort();
        key.extend(kinds.contains(&kind).then_some(kind));
        apart.entry(key).or_insert(method);
    }
    apart.into_values().collect()
}

/// Adds the kinds of resources that an expression names.
fn add_kinds(expression: &Value, kinds: &mut BTreeSet<String>) {
    match expression {
        Value::Object(parts) => {
            let kind = parts.get("entity_type").and_then(Value::as_str);
            kinds.extend(kind.map(str::to_owned));
            parts.values().for_each(|part| add_kinds(part, kinds));
        }
        Value::Array(parts) => parts.iter().for_each(|part| add_kinds(part, kinds)),
        _ => {}
    }
}

/// One policy, tried.
struct Trial<'a> {
    policies: &'a Policies,
    policy: &'a CedarPolicy,
    methods: &'a [&'a Method],
}

impl Trial<'_> {
    /// What the policy permits and no service gives.
    fn permit(&self) -> Option<String> {
        self.first(|query| {
            RECORDS.into_iter().find_map(|(is_own, level)| {
                let verdict = self.policies.decide_record(query, is_own, level);
                if !verdict.allowed || !self.is_among(&verdict) {
                    return None;
                }
                let lack = self.policies.lacks(query, is_own, level)?;
                let (who, what) = (who(query), what(is_own, level));
                Some(format!(
                    "it permits {who} to read {what}, which services pass by: {lack}"
                ))
            })
        })
    }

    /// What the policy takes away beside what it forbids.
    fn forbid(&self) -> Option<String> {
        let without = self.policies.without(self.policy.id());
        self.first(|query| {
            RECORDS.into_iter().find_map(|(is_own, level)| {
                let verdict = self.policies.decide_record(query, is_own, level);
                if self.is_among(&verdict) {
                    return None;
                }
                let lack = self.policies.lacks(query, is_own, level)?;
                let is_its = self.is_among(&lack.verdict) && !matches!(lack.asked, Asked::Call);
                let is_taken = is_its
                    && without.lacks(query, is_own, level).is_none()
                    && without.decide_record(query, is_own, level).allowed;
                is_taken.then(|| taken(query, is_own, level, &lack))
            })
        })
    }

    /// Whether the policy is among those that decided.
    fn is_among(&self, verdict: &Verdict) -> bool {
        let id: &str = self.policy.id().as_ref();
        verdict.deciding.iter().any(|one| one.id == id)
    }

    /// What is first found, caller by caller.
    fn first(&self, find: impl Fn(&Query<'_>) -> Option<String>) -> Option<String> {
        let named = self.policy.entity_literals();
        let of = |kind: &str| -> Vec<String> {
            let of_kind = named
                .iter()
                .filter(|uid| uid.type_name().to_string() == kind);
            of_kind.map(|uid| uid.id().unescaped().to_owned()).collect()
        };
        let (mut agencies, mut parties) = (of("Agency"), of("Party"));
        agencies.push(ANY_AGENCY.to_owned());
        let other = ANY_PARTY
            .iter()
            .find(|party| !parties.iter().any(|one| one == *party));
        parties.extend(other.map(|party| (*party).to_owned()));
        let parties: Vec<Option<&str>> = parties
            .iter()
            .map(|party| Some(party.as_str()))
            .chain([None])
            .collect();
        for agency in &agencies {
            for party in &parties {
                for role in Role::ALL {
                    if check_standing(agency, *party, &[role]).is_err() {
                        continue;
                    }
                    for method in self.methods {
                        let found = find(&Query {
                            agency,
                            party: *party,
                            roles: &[role],
                            method: Some(&method.name),
                            group: Group::Read,
                            object: Object::Whole,
                        });
                        if found.is_some() {
                            return found;
                        }
                    }
                }
            }
        }
        None
    }
}

/// What a policy takes away beside what it forbids, in words.
fn taken(query: &Query<'_>, is_own: bool, level: Level, lack: &Lack) -> String {
    let (who, what) = (who(query), what(is_own, level));
    match lack.asked {
        Asked::Level {
            level: Level::Public,
            ..
        } => {
            format!("it keeps {who} from calling at all, {what} included: {lack}")
        }
        _ => format!("it keeps {who} from {what} too: {lack}"),
    }
}

/// The caller of a question, in words.
fn who(query: &Query<'_>) -> String {
    let roles: Vec<&str> = query.roles.iter().map(|role| role.as_str()).collect();
    let agency = match query.agency {
        ANY_AGENCY => "an agency".to_owned(),
        named => named.to_owned(),
    };
    let party = query.party.unwrap_or("no party");
    format!("{agency} of {party} with the role {}", roles.join("|"))
}

/// The records of a question, in words.
fn what(is_own: bool, level: Level) -> String {
    let whose = if is_own {
        "its own party's"
    } else {
        "other parties'"
    };
    format!("{whose} {}", level.as_str())
}
