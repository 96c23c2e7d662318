//! The filter language of list methods (AIP-160).
//!
//! A filter is comparisons `FIELD OPERATOR VALUE` joined by `AND`, `OR` and `NOT` (or `-`), with
//! parentheses. As AIP-160 has it, **`OR` binds tighter than `AND`**: `a = 1 AND b = 2 OR b = 3`
//! means `a = 1 AND (b = 2 OR b = 3)`. Two comparisons side by side mean `AND`.
//!
//! - Fields are paths such as `signing.date`, exactly the ones that the method documents.
//! - Operators are `=`, `!=`, `<`, `<=`, `>`, `>=` and `:` (has); [`Kind`](crate::Kind) says which
//!   apply.
//! - Values are words, or text in double or single quotes with the escapes `\\`, `\"`, `\'` and
//!   `\*`. Dates are `2021-12-06`, quoted or not; times are RFC 3339 and quoted; enum values go by
//!   name; numbers are whole.
//! - `text : "abc"` is true if the text contains `abc`, case-sensitively; `text = "abc*"` if it
//!   begins with `abc`; `field:*` if it is there and, for text, not empty.
//!
//! There are only two truth values, in memory and in SQL alike. A comparison with a field that has
//! no value is false, and `NOT` of it is true; `a != b` means `NOT a = b` and so is true of a field
//! that has no value.

mod lexer;
mod literal;
mod matching;
mod needs;
mod parser;
mod sql;

use crate::{Field, Schema, Sql, Value, Violation};
pub use needs::{Bound, Need};

/// The longest filter, in characters.
const MAX_CHARS: usize = 4_000;

/// The most comparisons in one filter: each costs a bound value and a level of SQL expression.
const MAX_COMPARISONS: usize = 100;

/// The deepest nesting of parentheses.
const MAX_DEPTH: usize = 32;

/// A filter that has been checked against a schema. The default one lets everything through.
#[derive(Clone, Debug, Default)]
pub struct Filter(Option<Node>);

#[derive(Clone, Debug)]
enum Node {
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    Test(Test),
}

/// One comparison, with the value already in the field's type.
#[derive(Clone, Debug)]
struct Test {
    field: &'static Field,
    check: Check,
}

#[derive(Clone, Debug)]
enum Check {
    /// The value compares so with another of the same type.
    Compare(Comparison, Value),
    /// The text begins so.
    Prefix(String),
    /// The text contains this.
    Contains(String),
    /// There is a value.
    Present,
    /// The set has this text.
    Has(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// What is wrong with a filter and where, counted in characters from 1.
#[derive(Debug)]
struct Error {
    position: usize,
    message: String,
}

/// Parses a filter and checks it against `schema`; an empty one lets everything through.
///
/// The reason is `FILTER_INVALID`, the field `filter`, and the description begins with the position
/// of what is wrong, counted in characters from 1.
pub fn parse(text: &str, schema: &Schema) -> Result<Filter, Violation> {
    let parsed = lexer::tokens(text).and_then(|tokens| parser::parse(tokens, schema));
    parsed.map(Filter).map_err(|error| {
        Violation::new(
            "filter",
            "FILTER_INVALID",
            format!("at character {}: {}", error.position, error.message),
        )
    })
}

impl Filter {
    /// Says whether the filter lets everything through because nothing was asked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Says whether a resource fulfils the filter. `values` returns the values of a field by its
    /// path: one, or none (or [`Value::Null`]) if it is missing, or any number for a set. The
    /// answer is that of the SQL condition.
    #[must_use]
    pub fn matches(&self, values: &dyn Fn(&str) -> Vec<Value>) -> bool {
        self.0.as_ref().is_none_or(|node| node.matches(values))
    }

    /// Returns the paths of the fields that the filter reads.
    pub(crate) fn fields(&self) -> Vec<&'static str> {
        let mut fields = Vec::new();
        if let Some(node) = &self.0 {
            node.collect_fields(&mut fields);
        }
        fields
    }

    /// Returns what a resource must fulfil whatever else the filter asks: the parts that `AND` joins at the
    /// top, each as comparisons of which at least one holds. Parts that are negated or nested are not among
    /// them.
    #[must_use]
    pub fn needs(&self) -> Vec<Vec<Need<'_>>> {
        self.0.as_ref().map_or_else(Vec::new, needs::of)
    }

    /// Appends the filter as a condition of a WHERE clause, in parentheses where needed; an empty
    /// one as `TRUE`. Values are bound, never written into the text.
    pub fn push_sql(&self, sql: &mut Sql) {
        match &self.0 {
            Some(node) => node.push_sql(sql, false),
            None => {
                sql.push("TRUE");
            }
        }
    }
}

impl Node {
    fn collect_fields(&self, fields: &mut Vec<&'static str>) {
        match self {
            Self::And(nodes) | Self::Or(nodes) => {
                for node in nodes {
                    node.collect_fields(fields);
                }
            }
            Self::Not(node) => node.collect_fields(fields),
            Self::Test(test) => fields.push(test.field.path),
        }
    }
}

#[cfg(test)]
mod tests;
