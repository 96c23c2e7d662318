//! What a mutation says it changed.

use std::{collections::HashMap, sync::LazyLock};

pub use accord_proto::ledger::v1::ChangeKind;
use prost_reflect::MessageDescriptor;
use prost_types::Any;

use crate::Readers;

/// One change of one resource, which becomes one entry.
#[derive(Clone, Debug)]
pub struct Change {
    /// The resource's name.
    pub resource: String,
    /// The resource's type by its contract, such as `documents.accord/Document`.
    pub resource_type: String,
    /// What happened to it.
    pub kind: ChangeKind,
    /// The resource after the change.
    pub state: Any,
    /// Who may read the change, and not only that there was one.
    pub readers: Readers,
}

impl Change {
    /// Describes what happened to a resource, which is `state` now.
    #[must_use]
    pub fn of<M>(resource: impl Into<String>, kind: ChangeKind, state: &M) -> Self
    where
        M: prost::Message + prost::Name,
    {
        Self {
            resource: resource.into(),
            resource_type: RESOURCE_TYPES
                .get(&M::full_name())
                .cloned()
                .unwrap_or_else(M::full_name),
            kind,
            state: Any {
                type_url: format!("type.googleapis.com/{}", M::full_name()),
                value: state.encode_to_vec(),
            },
            readers: Readers::default(),
        }
    }

    /// Says who may read the change; without this, everyone.
    #[must_use]
    pub fn readable_by(self, readers: Readers) -> Self {
        Self { readers, ..self }
    }
}

/// The types in the `google.api.resource` options of all messages, by the messages' names: looked up once, not for each
/// of the thousands of changes of a batch.
static RESOURCE_TYPES: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let messages = accord_proto::descriptors().all_messages();
    messages
        .filter_map(|message| Some((message.full_name().to_owned(), resource_type(&message)?)))
        .collect()
});

fn resource_type(message: &MessageDescriptor) -> Option<String> {
    let option = accord_proto::descriptors().get_extension_by_name("google.api.resource")?;
    let options = message.options();
    let resource = options.get_extension(&option);
    let found = resource.as_message()?.get_field_by_name("type")?;
    found
        .as_str()
        .filter(|found| !found.is_empty())
        .map(ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use accord_proto::{google::r#type::Date, ledger::v1::Entry};
    use prost::Message as _;

    use super::*;

    #[test]
    fn the_type_is_that_of_the_contract() {
        let state = Entry {
            sequence: 7,
            ..Entry::default()
        };
        let change = Change::of("logs/trade/entries/7", ChangeKind::Created, &state);
        assert_eq!(change.resource_type, "ledger.accord/Entry");
        let url = "type.googleapis.com/accord.ledger.v1.Entry";
        assert_eq!(change.state.type_url, url);
        assert_eq!(Entry::decode(change.state.value.as_slice()), Ok(state));
    }

    #[test]
    fn a_message_without_a_type_has_its_own_name() {
        let change = Change::of("x", ChangeKind::Created, &Date::default());
        assert_eq!(change.resource_type, "google.type.Date");
    }
}
