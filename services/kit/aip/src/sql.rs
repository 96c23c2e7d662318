//! SQL texts with their bound values, as both engines understand them.

use std::fmt::Write as _;

use uuid::Uuid;

/// A value that goes into or comes out of a database.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// No value.
    Null,
    /// A whole number; also days, microseconds, cents, grams and enum values.
    Int(i64),
    /// Text.
    Text(String),
    /// True or false.
    Bool(bool),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Self::Int(value.into())
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Int(value.into())
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<&String> for Value {
    fn from(value: &String) -> Self {
        Self::Text(value.clone())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
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

/// Identifiers are kept as text, hyphenated and in lower case.
impl From<Uuid> for Value {
    fn from(value: Uuid) -> Self {
        Self::Text(value.hyphenated().to_string())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// Up to this length lists are as long as they are given; longer ones have a power of two.
const LENGTHS_AS_GIVEN: usize = 8;

/// An SQL text with placeholders `$1` to `$n` and the values for them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sql {
    /// The text.
    pub text: String,
    /// The values, in the order of their placeholders.
    pub args: Vec<Value>,
}

impl Sql {
    /// Starts with `text`, which has no placeholders yet.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            args: Vec::new(),
        }
    }

    /// Appends text written by us, never by a caller.
    pub fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Appends a placeholder and keeps its value.
    pub fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.args.push(value.into());
        // Writing to a string cannot fail.
        let _ = write!(self.text, "${}", self.args.len());
        self
    }

    /// Appends `(…)` with a placeholder for each value, for a condition with IN. In a longer list the last value stands
    /// more than once, so that lists have few lengths and databases few texts to prepare.
    pub fn push_list(&mut self, values: impl IntoIterator<Item = impl Into<Value>>) -> &mut Self {
        let start = self.args.len();
        self.args.extend(values.into_iter().map(Into::into));
        let given = self.args.len() - start;
        if given > LENGTHS_AS_GIVEN
            && let Some(last) = self.args.last().cloned()
        {
            let padded = given.next_power_of_two();
            self.args.resize(start + padded, last);
        }
        for number in start + 1..=self.args.len() {
            self.text
                .push_str(if number == start + 1 { "(" } else { ", " });
            let _ = write!(self.text, "${number}");
        }
        self.text.push_str(if given == 0 { "()" } else { ")" });
        self
    }

    /// Appends `template` with every `{}` replaced by one placeholder for `value`; a template
    /// without `{}` binds nothing.
    pub fn push_with(&mut self, template: &str, value: impl Into<Value>) -> &mut Self {
        if template.contains("{}") {
            self.args.push(value.into());
            let placeholder = format!("${}", self.args.len());
            self.text.push_str(&template.replace("{}", &placeholder));
        } else {
            self.text.push_str(template);
        }
        self
    }
}

impl From<&str> for Sql {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_numbered_in_order() {
        let mut sql = Sql::new("SELECT 1 WHERE a = ");
        sql.bind(1)
            .push(" AND ")
            .push_with("(b = {} OR c = {})", "x");
        sql.push_with(" AND d IS NULL", Value::Null);
        assert_eq!(
            sql.text,
            "SELECT 1 WHERE a = $1 AND (b = $2 OR c = $2) AND d IS NULL"
        );
        assert_eq!(sql.args, [Value::Int(1), Value::Text("x".into())]);
    }

    #[test]
    fn longer_lists_have_few_lengths() {
        let list = |count: i64| {
            let mut sql = Sql::new("a IN ");
            sql.push_list(0..count);
            sql
        };
        assert_eq!(list(3).text, "a IN ($1, $2, $3)");
        assert_eq!(list(0).text, "a IN ()");
        for (given, length) in [(8, 8), (9, 16), (16, 16), (257, 512), (500, 512)] {
            let sql = list(given);
            assert_eq!(sql.args.len(), length);
            assert!(sql.text.ends_with(&format!(", ${length})")), "{}", sql.text);
            let distinct: std::collections::BTreeSet<_> = sql.args.into_iter().collect();
            assert_eq!(distinct, (0..given).map(Value::Int).collect());
        }
    }

    #[test]
    fn nothing_is_null() {
        assert_eq!(Value::from(None::<i64>), Value::Null);
        assert_eq!(Value::from(Some("a")), Value::Text("a".into()));
        assert_eq!(
            Value::from(Uuid::nil()),
            Value::Text("00000000-0000-0000-0000-000000000000".into())
        );
    }
}
