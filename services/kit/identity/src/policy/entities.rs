//! What a question is about, in Cedar's terms: the entities of the schema.

use std::{
    collections::{HashMap, HashSet},
    str::FromStr as _,
    sync::LazyLock,
};

use cedar_policy::{Entity, EntityTypeName, EntityUid, RestrictedExpression};

use super::methods::uid;
use crate::{Level, Role};

/// The kinds of entities that questions are made of.
struct Kinds {
    action: EntityTypeName,
    agency: EntityTypeName,
    party: EntityTypeName,
    role: EntityTypeName,
    register: EntityTypeName,
    access_level: EntityTypeName,
}

/// Nothing only if one of these words were no name, which a test would tell.
static KINDS: LazyLock<Option<Kinds>> = LazyLock::new(|| {
    Some(Kinds {
        action: kind("Action")?,
        agency: kind("Agency")?,
        party: kind("Party")?,
        role: kind("Role")?,
        register: kind("Register")?,
        access_level: kind("AccessLevel")?,
    })
});

pub(super) fn kind(word: &str) -> Option<EntityTypeName> {
    EntityTypeName::from_str(word).ok()
}

pub(super) fn action(name: &str) -> Option<EntityUid> {
    Some(uid(KINDS.as_ref()?.action.clone(), name))
}

pub(super) fn register(word: &str) -> Option<EntityUid> {
    Some(uid(KINDS.as_ref()?.register.clone(), word))
}

/// Makes the agency that asks, in its party and its roles.
pub(super) fn agency(name: &str, party: Option<&str>, roles: &[Role]) -> Option<Entity> {
    let kinds = KINDS.as_ref()?;
    let mut parents: HashSet<EntityUid> = roles
        .iter()
        .map(|role| uid(kinds.role.clone(), role.as_str()))
        .collect();
    parents.extend(party.map(|party| uid(kinds.party.clone(), party)));
    let agency = uid(kinds.agency.clone(), name);
    Entity::new(agency, HashMap::new(), parents).ok()
}

/// Makes something of `kind` that belongs to `parties`, with its access level where that is known.
pub(super) fn record(
    kind: &EntityTypeName,
    parties: &[&str],
    level: Option<Level>,
) -> Option<Entity> {
    let kinds = KINDS.as_ref()?;
    let parties = parties
        .iter()
        .map(|party| RestrictedExpression::new_entity_uid(uid(kinds.party.clone(), party)));
    let mut attributes =
        HashMap::from([("parties".to_owned(), RestrictedExpression::new_set(parties))]);
    if let Some(level) = level {
        let level = uid(kinds.access_level.clone(), level.as_str());
        attributes.insert(
            "accessLevel".to_owned(),
            RestrictedExpression::new_entity_uid(level),
        );
    }
    // Which one it is plays no part: a question is asked about all that are alike.
    Entity::new(uid(kind.clone(), ""), attributes, HashSet::new()).ok()
}
