//! SQL text with bound values: what filters and list methods compile to and what `storage` runs.

use uuid::Uuid;

/// A value bound to a placeholder or read from a column, the same on both database engines.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Value {
    /// No value.
    Null,
    /// A 64-bit integer; also dates (days) and instants (microseconds).
    Int(i64),
    /// Text without NUL characters.
    Text(String),
    /// A truth value.
    Bool(bool),
    /// Raw bytes.
    Bytes(Vec<u8>),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Self::Int(i64::from(value))
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Int(i64::from(value))
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<&String> for Value {
    fn from(value: &String) -> Self {
        Self::Text(value.clone())
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(value)
    }
}

impl From<&[u8]> for Value {
    fn from(value: &[u8]) -> Self {
        Self::Bytes(value.to_vec())
    }
}

/// As lower-case hyphenated text, which sorts like the identifier itself.
impl From<Uuid> for Value {
    fn from(value: Uuid) -> Self {
        Self::Text(value.to_string())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// One SQL text with the values of its placeholders `$1` to `$n`, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sql {
    /// The text; user input is never part of it.
    pub text: String,
    /// The values: the first belongs to `$1`.
    pub args: Vec<Value>,
}
