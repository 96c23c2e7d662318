//! The contracts as tables, by which messages become JSON and JSON becomes messages without a tree of values between.
//!
//! They do what is common. What is not (maps, bytes and floats in requests, fields out of order, anything wrong) they refuse, and the caller
//! goes by reflection (`prost_reflect`), which says what canonical JSON is and what is wrong with a request. So a table can be
//! slow, but not of another mind; `laws` holds it to that for every message of the contracts.

mod read;
mod wire;
mod write;

use std::{collections::HashMap, sync::LazyLock};

use prost_reflect::{DescriptorPool, FieldDescriptor, Kind as Described, MessageDescriptor};

/// Reflection has to do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Odd;

/// The index of a message in the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Index(usize);

/// Every message.
#[derive(Debug)]
pub(super) struct Tables {
    messages: Vec<Message>,
    by_name: HashMap<String, usize>,
}

/// One message.
#[derive(Debug)]
struct Message {
    descriptor: MessageDescriptor,
    form: Form,
    /// By number.
    fields: Vec<Field>,
    /// Positions in `fields`, by both names.
    by_name: HashMap<String, usize>,
}

/// What a message is in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// An object with its fields.
    Fields,
    Timestamp,
    Duration,
    Any,
    /// Something else, which reflection knows.
    Other,
}

/// One field.
#[derive(Debug)]
struct Field {
    number: u32,
    /// Its name in JSON, quoted, with a colon.
    key: Box<[u8]>,
    kind: Kind,
    is_list: bool,
    is_packed: bool,
    /// Whether it is there although it has the default value.
    has_presence: bool,
    /// Which oneof of the message it is part of.
    oneof: Option<usize>,
}

/// The type of a field.
#[derive(Debug)]
enum Kind {
    Bool,
    Int32,
    Int64,
    Uint32,
    Uint64,
    Double,
    String,
    Bytes,
    Enum(Values),
    Message(usize),
    /// One that the contracts hardly use.
    Rare,
}

/// The values of an enum.
#[derive(Debug)]
struct Values {
    /// The quoted name by number.
    names: HashMap<i32, Box<str>>,
    numbers: HashMap<String, i32>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables::of(accord_proto::descriptors()));

/// The tables of the contracts.
pub(super) fn tables() -> &'static Tables {
    &TABLES
}

impl Tables {
    pub(super) fn of(pool: &DescriptorPool) -> Self {
        let descriptors: Vec<MessageDescriptor> = pool
            .all_messages()
            .filter(|message| !message.is_map_entry())
            .collect();
        let by_name: HashMap<String, usize> = descriptors
            .iter()
            .enumerate()
            .map(|(index, message)| (message.full_name().to_owned(), index))
            .collect();
        let messages = descriptors
            .into_iter()
            .map(|descriptor| Message::of(descriptor, &by_name))
            .collect();
        Self { messages, by_name }
    }

    /// Where a message stands, if it is one of the contracts.
    pub(super) fn index(&self, message: &MessageDescriptor) -> Option<Index> {
        self.by_name.get(message.full_name()).copied().map(Index)
    }

    fn message(&self, index: usize) -> Result<&Message, Odd> {
        self.messages.get(index).ok_or(Odd)
    }
}

impl Message {
    fn of(descriptor: MessageDescriptor, known: &HashMap<String, usize>) -> Self {
        let mut described: Vec<FieldDescriptor> = descriptor.fields().collect();
        described.sort_by_key(FieldDescriptor::number);
        let oneofs: Vec<String> = descriptor
            .oneofs()
            .filter(|oneof| !oneof.is_synthetic())
            .map(|oneof| oneof.full_name().to_owned())
            .collect();
        let fields: Option<Vec<Field>> = described
            .iter()
            .map(|field| Field::of(field, &oneofs, known))
            .collect();
        let form = match (descriptor.full_name(), &fields) {
            ("google.protobuf.Timestamp", _) => Form::Timestamp,
            ("google.protobuf.Duration", _) => Form::Duration,
            ("google.protobuf.Any", _) => Form::Any,
            (name, Some(_)) if !name.starts_with("google.protobuf.") => Form::Fields,
            _ => Form::Other,
        };
        let mut by_name = HashMap::new();
        for (position, field) in described.iter().enumerate() {
            by_name.insert(field.name().to_owned(), position);
            by_name.insert(field.json_name().to_owned(), position);
        }
        Self {
            form,
            fields: fields.unwrap_or_default(),
            by_name,
            descriptor,
        }
    }

    /// Where a field stands; that of the one looked for before is tried first, for fields come in order.
    fn find(&self, number: u32, near: usize) -> Option<usize> {
        let is_it = |position: &usize| {
            let field = self.fields.get(*position);
            field.is_some_and(|field| field.number == number)
        };
        [near, near + 1].into_iter().find(is_it).or_else(|| {
            self.fields
                .binary_search_by_key(&number, |field| field.number)
                .ok()
        })
    }
}

impl Field {
    /// Takes note in `oneofs` that the field is given; odd if another of its oneof was.
    fn is_first_of_its_oneof(&self, oneofs: &mut u64) -> Result<(), Odd> {
        let Some(oneof) = self.oneof else {
            return Ok(());
        };
        let bit = u32::try_from(oneof)
            .ok()
            .and_then(|oneof| 1_u64.checked_shl(oneof))
            .ok_or(Odd)?;
        if *oneofs & bit != 0 {
            return Err(Odd);
        }
        *oneofs |= bit;
        Ok(())
    }

    /// The table of a field; nothing for a map or a group, which reflection reads.
    fn of(
        field: &FieldDescriptor,
        oneofs: &[String],
        known: &HashMap<String, usize>,
    ) -> Option<Self> {
        if field.is_map() || field.is_group() {
            return None;
        }
        let kind = match field.kind() {
            Described::Bool => Kind::Bool,
            Described::Int32 => Kind::Int32,
            Described::Int64 => Kind::Int64,
            Described::Uint32 => Kind::Uint32,
            Described::Uint64 => Kind::Uint64,
            Described::Double => Kind::Double,
            Described::String => Kind::String,
            Described::Bytes => Kind::Bytes,
            Described::Enum(described) if described.full_name() != "google.protobuf.NullValue" => {
                Kind::Enum(Values::of(&described))
            }
            Described::Message(message) => Kind::Message(*known.get(message.full_name())?),
            _ => Kind::Rare,
        };
        let oneof = field.containing_oneof();
        let oneof = oneof.and_then(|oneof| {
            oneofs
                .iter()
                .position(|name| name.as_str() == oneof.full_name())
        });
        Some(Self {
            number: field.number(),
            key: format!("\"{}\":", field.json_name()).into_bytes().into(),
            kind,
            is_list: field.is_list(),
            is_packed: field.is_packed(),
            has_presence: field.supports_presence(),
            oneof,
        })
    }
}

impl Values {
    fn of(described: &prost_reflect::EnumDescriptor) -> Self {
        let mut values = Self {
            names: HashMap::new(),
            numbers: HashMap::new(),
        };
        for value in described.values() {
            let (name, number) = (value.name(), value.number());
            values.numbers.insert(name.to_owned(), number);
            // Of two names of one number, reflection says which is written.
            let written = described.get_value(number);
            let name = written.map_or(name.to_owned(), |value| value.name().to_owned());
            values
                .names
                .insert(number, format!("\"{name}\"").into_boxed_str());
        }
        values
    }
}
