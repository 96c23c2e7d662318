//! The methods that a schema knows, and what each of them does.

use std::{collections::HashMap, sync::Arc};

use cedar_policy::{Entities, Entity, EntityId, EntityTypeName, EntityUid, Schema};

use super::{Mistake, PolicyFile, entities};

/// What a method does: the groups of actions of the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Group {
    /// Reads what is recorded.
    Read,
    /// Records facts, or prepares to.
    Edit,
    /// Records the word of one party; a part of [`Group::Edit`].
    GiveWord,
    /// Keeps the installation in order.
    Administer,
}

impl Group {
    /// Every group, the narrower one before the wider.
    pub const ALL: [Group; 4] = [Self::Read, Self::GiveWord, Self::Edit, Self::Administer];

    /// Returns the group's name in the schema.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Edit => "edit",
            Self::GiveWord => "giveWord",
            Self::Administer => "administer",
        }
    }

    /// Tells whether what is in this group is in `other` too.
    const fn is_in(self, other: Self) -> bool {
        matches!(
            (self, other),
            (Self::Read, Self::Read)
                | (Self::Edit | Self::GiveWord, Self::Edit)
                | (Self::GiveWord, Self::GiveWord)
                | (Self::Administer, Self::Administer)
        )
    }
}

/// A method, as the policies see it.
#[derive(Clone, Debug)]
pub(super) struct Method {
    /// As `accord.documents.v1.DocumentService/GetDocument`.
    pub(super) name: String,
    pub(super) group: Group,
    /// Its action, with the groups that it is in.
    pub(super) action: Entity,
    /// The kind of what it is about.
    pub(super) kind: EntityTypeName,
    /// The whole that it belongs to.
    pub(super) register: EntityUid,
}

/// The methods of a schema, and the groups for questions that are asked of no method.
#[derive(Debug, Default)]
pub(super) struct Methods {
    by_name: HashMap<String, Arc<Method>>,
    groups: HashMap<Group, Arc<Method>>,
}

impl Methods {
    /// Reads the methods of a schema; everything that keeps them from being decided on is a mistake.
    pub(super) fn of(schema: &Schema, file: &PolicyFile) -> Result<Self, Vec<Mistake>> {
        let actions = schema
            .action_entities()
            .map_err(|error| Mistake::of_cedar(&file.name, &file.text, &error))?;
        let mut mistakes = Vec::new();
        let mut groups = HashMap::new();
        for group in Group::ALL {
            match group_of(&actions, group) {
                Some(method) => _ = groups.insert(group, Arc::new(method)),
                None => mistakes.push(Mistake::of_file(
                    &file.name,
                    format!("there is no group of actions {}", group.as_str()),
                )),
            }
        }
        if !is_in(&actions, Group::GiveWord.as_str(), Group::Edit) {
            mistakes.push(Mistake::of_file(
                &file.name,
                "the action giveWord must be in edit: whoever gives a word records it",
            ));
        }
        if !mistakes.is_empty() {
            // What is in which group would be told wrongly.
            return Err(mistakes);
        }
        let mut by_name = HashMap::new();
        for action in actions.iter() {
            let name = action.uid().id().unescaped().to_owned();
            if Group::ALL.iter().any(|group| group.as_str() == name) {
                continue;
            }
            match method(schema, &actions, action, &name) {
                Ok(Some(method)) => _ = by_name.insert(name, Arc::new(method)),
                // A group of the schema's own.
                Ok(None) => {}
                Err(reason) => {
                    let offset = file.text.find(&format!("\"{name}\"")).unwrap_or(0);
                    mistakes.push(Mistake::at(&file.name, &file.text, offset, reason));
                }
            }
        }
        let is_there =
            |name: &String| entities::action(name).is_some_and(|uid| actions.get(&uid).is_some());
        for missing in contracts().filter(|name| !is_there(name)) {
            mistakes.push(Mistake::of_file(
                &file.name,
                format!("there is no action \"{missing}\", which is a method of the contracts"),
            ));
        }
        // Actions come in no order.
        mistakes.sort_by(|one, other| (one.place, &one.reason).cmp(&(other.place, &other.reason)));
        if mistakes.is_empty() {
            Ok(Self { by_name, groups })
        } else {
            Err(mistakes)
        }
    }

    /// Returns the method of a name.
    pub(super) fn get(&self, name: &str) -> Option<&Arc<Method>> {
        self.by_name.get(name)
    }

    /// Returns what is asked for when `method` is to do what is in `group`: the method where that is what it does, else the
    /// group itself, so that a question is never answered by what another kind of method may do.
    pub(super) fn action<'a>(
        &'a self,
        group: Group,
        method: Option<&'a Method>,
    ) -> Option<&'a Entity> {
        match method {
            Some(method) if method.group.is_in(group) => Some(&method.action),
            _ => self.groups.get(&group).map(|group| &group.action),
        }
    }

    /// Returns what stands for the method where none is known.
    pub(super) fn none(&self) -> Option<&Method> {
        self.groups.get(&Group::Read).map(AsRef::as_ref)
    }

    /// Returns every method, in the order of their names.
    pub(super) fn all(&self) -> Vec<&Method> {
        let mut all: Vec<&Method> = self.by_name.values().map(AsRef::as_ref).collect();
        all.sort_by(|one, other| one.name.cmp(&other.name));
        all
    }
}

/// Returns the names of all methods of the contracts.
pub fn contracts() -> impl Iterator<Item = String> {
    let services = accord_proto::descriptors().services();
    services
        .filter(|service| service.package_name().starts_with("accord."))
        .flat_map(|service| {
            let methods: Vec<String> = service
                .methods()
                .map(|method| format!("{}/{}", service.full_name(), method.name()))
                .collect();
            methods
        })
}

fn group_of(actions: &Entities, group: Group) -> Option<Method> {
    let action = actions.get(&entities::action(group.as_str())?)?;
    Some(Method {
        name: String::new(),
        group,
        action: action.clone(),
        kind: entities::kind("Record")?,
        register: entities::register("accord")?,
    })
}

/// Reads one action; nothing if it is a group, which has actions in it.
fn method(
    schema: &Schema,
    actions: &Entities,
    action: &Entity,
    name: &str,
) -> Result<Option<Method>, String> {
    let uid = action.uid();
    if actions
        .iter()
        .any(|other| actions.is_ancestor_of(&uid, &other.uid()))
    {
        return Ok(None);
    }
    let mut groups = Group::ALL
        .into_iter()
        .filter(|group| is_in(actions, name, *group));
    let group = groups.next().ok_or_else(|| {
        format!("\"{name}\" must be in one of read, edit, giveWord and administer")
    })?;
    if groups.any(|other| !group.is_in(other)) {
        return Err(format!(
            "\"{name}\" is in more than one of read, edit and administer"
        ));
    }
    let mut kinds: Vec<&EntityTypeName> = schema
        .resources_for_action(&uid)
        .into_iter()
        .flatten()
        .collect();
    kinds.retain(|kind| kind.to_string() != "Register");
    kinds.dedup();
    let [kind] = kinds[..] else {
        return Err(format!(
            "\"{name}\" must apply to Register and to one kind of resource"
        ));
    };
    let (service, _) = name.split_once('/').unwrap_or((name, ""));
    let package = service
        .rsplit_once('.')
        .map_or(service, |(package, _)| package);
    let word = match package.split('.').collect::<Vec<_>>()[..] {
        ["accord", word, _] => word,
        _ => "accord",
    };
    let register = entities::register(word).ok_or("the register has no name")?;
    Ok(Some(Method {
        name: name.to_owned(),
        group,
        action: action.clone(),
        kind: kind.clone(),
        register,
    }))
}

fn is_in(actions: &Entities, name: &str, group: Group) -> bool {
    let (Some(group), Some(action)) = (entities::action(group.as_str()), entities::action(name))
    else {
        return false;
    };
    actions.is_ancestor_of(&group, &action)
}

/// Makes the name of an entity.
pub(super) fn uid(kind: EntityTypeName, id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(kind, EntityId::new(id))
}
