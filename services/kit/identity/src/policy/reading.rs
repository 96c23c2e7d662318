//! What policies may say of reading, so that it is what services do.
//!
//! Services do not ask about each record: lists are searched by the database. They ask a few questions on a record of the caller's
//! own party and on one of nobody's, at each level, and act on the answers for all that are alike. A policy that would answer
//! otherwise about some other record would be passed by, and is therefore no policy that is taken.

use std::{collections::HashSet, sync::Arc};

use cedar_policy::{EntityTypeName, Policy, Schema};
use serde_json::Value;

use super::{Group, Object, Policies, Query, Verdict, entities, ladder::needed, methods::Methods};
use crate::Level;

/// What is known of a record.
const KNOWN: [&str; 2] = ["parties", "accessLevel"];

impl Policies {
    /// Answers whether an agency may call its method, whatever that is about, and says what was asked for that.
    ///
    /// For a word that is given, what is asked is whether the agency may record at all: whose word it is is asked when it is known.
    /// For reading, it is asked too whether the agency may read what is public, because services do not ask that again.
    #[must_use]
    pub fn calls<'a>(&self, query: Query<'a>) -> (Query<'a>, Arc<Verdict>) {
        let group = match query.group {
            Group::GiveWord => Group::Edit,
            other => other,
        };
        let query = Query {
            group,
            object: Object::Whole,
            ..query
        };
        let verdict = self.decide(&query);
        if verdict.allowed && group == Group::Read {
            return (query, self.reads(&query, &[], Level::Public));
        }
        (query, verdict)
    }

    /// Answers whether an agency reads records of these parties and this level, as services act on it: a level is read by those
    /// who read the wider ones too, what is public by nobody who may not read all of it, and what is another party's and not
    /// public by those only who read everything.
    ///
    /// The verdict is that of the question that decided. `query` is taken as one of reading.
    #[must_use]
    pub fn reads(&self, query: &Query<'_>, parties: &[&str], level: Level) -> Arc<Verdict> {
        let is_own = query.party.is_some_and(|party| parties.contains(&party));
        let needed = needed(is_own, level).into_iter();
        let denied = needed
            .map(|(is_own, level)| self.decide_record(query, is_own, level))
            .find(|verdict| !verdict.allowed);
        denied.unwrap_or_else(|| self.decide_record(query, is_own, level))
    }
}

/// What a policy says that no question of a service would bring to bear, and the words to find the place by; nothing if all is in
/// order.
pub(super) fn unasked(
    policy: &Policy,
    schema: &Schema,
    methods: &Methods,
) -> Option<(String, String)> {
    let kinds = kinds(methods);
    let literals = policy.entity_literals();
    if let Some(record) = literals.iter().find(|uid| kinds.contains(uid.type_name())) {
        let reason = format!(
            "{record} is one record, and policies are asked about all that are alike: it would never apply"
        );
        return Some((record.type_name().to_string(), reason));
    }
    let Ok(json) = policy.to_json() else {
        return Some((String::new(), "the policy cannot be examined".to_owned()));
    };
    if let Some(unknown) = asks_for_unknown(&json) {
        let reason =
            format!("no question says {unknown}: parties and accessLevel are all that is known");
        return Some((unknown.to_owned(), reason));
    }
    let is_of_reading = is_of_reading(policy, schema, methods);
    if !is_of_reading && uses_level(&json) {
        let reason = "accessLevel is known for reading only, and the policy is not about that: it would never apply";
        return Some(("accessLevel".to_owned(), reason.to_owned()));
    }
    (is_of_reading && uses_parties(&json)).then(|| {
        let reason = "who reads is decided by whether a record is of the caller's own party: resource.parties may stand in \
                      `principal in resource.parties` only; if the policy is not about reading, name its actions in the head";
        ("parties".to_owned(), reason.to_owned())
    })
}

/// The kinds of records that questions are asked about.
fn kinds(methods: &Methods) -> HashSet<EntityTypeName> {
    let known = methods.all().into_iter().chain(methods.none());
    known.map(|method| method.kind.clone()).collect()
}

/// Whether a policy can play a part in a question on reading a record.
pub(super) fn is_of_reading(policy: &Policy, schema: &Schema, methods: &Methods) -> bool {
    let read = entities::action(Group::Read.as_str());
    policy.get_valid_request_envs(schema).any(|asked| {
        let name = asked.action().id().unescaped();
        let reads = methods
            .get(name)
            .is_some_and(|method| method.group == Group::Read);
        reads || Some(asked.action()) == read.as_ref()
    })
}

/// Whether an expression of a policy, in Cedar's JSON, uses the parties of a record but for `principal in resource.parties`.
fn uses_parties(expression: &Value) -> bool {
    match expression {
        Value::Object(parts) => parts
            .iter()
            .any(|(operator, operand)| match operator.as_str() {
                "." if operand["attr"] == "parties" => true,
                "in" if operand["left"]["Var"] == "principal" && is_parties(&operand["right"]) => {
                    false
                }
                _ => uses_parties(operand),
            }),
        Value::Array(parts) => parts.iter().any(uses_parties),
        _ => false,
    }
}

/// Whether an expression uses the access level of a record.
fn uses_level(expression: &Value) -> bool {
    match expression {
        Value::Object(parts) => {
            parts
                .get("attr")
                .is_some_and(|attribute| attribute == "accessLevel")
                || parts.values().any(uses_level)
        }
        Value::Array(parts) => parts.iter().any(uses_level),
        _ => false,
    }
}

/// The attribute, if an expression asks for one that nothing has.
fn asks_for_unknown(expression: &Value) -> Option<&str> {
    match expression {
        Value::Object(parts) => parts.iter().find_map(|(operator, operand)| {
            let attribute = operand["attr"].as_str().filter(|_| operator == "has");
            attribute
                .filter(|name| !KNOWN.contains(name))
                .or_else(|| asks_for_unknown(operand))
        }),
        Value::Array(parts) => parts.iter().find_map(asks_for_unknown),
        _ => None,
    }
}

fn is_parties(expression: &Value) -> bool {
    let of = &expression["."];
    of["left"]["Var"] == "resource" && of["attr"] == "parties"
}
