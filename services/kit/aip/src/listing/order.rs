//! The order of a list (AIP-132): `path [asc|desc]`, separated by commas.

use crate::{Field, Kind, Schema, Value, Violation};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Ascending,
    Descending,
}

impl Direction {
    pub(super) fn sql(self) -> &'static str {
        match self {
            Self::Ascending => "",
            Self::Descending => " DESC",
        }
    }

    /// The comparison that holds for what comes later.
    pub(super) fn beyond(self) -> &'static str {
        match self {
            Self::Ascending => ">",
            Self::Descending => "<",
        }
    }
}

/// The sort fields that the caller asked for, the most significant first.
#[derive(Clone, Debug, Default)]
pub(super) struct Order(Vec<(&'static Field, Direction)>);

impl Order {
    /// Returns the paths of the fields.
    pub(super) fn paths(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|(field, _)| field.path)
    }

    /// Returns every sort expression with its direction, `key` last.
    pub(super) fn keys(&self, key: &'static str) -> Vec<(&'static str, Direction)> {
        let last = self
            .0
            .last()
            .map_or(Direction::Ascending, |(_, direction)| *direction);
        self.0
            .iter()
            .map(|(field, direction)| (field.column, *direction))
            .chain([(key, last)])
            .collect()
    }

    /// Says whether `values` can be those of a row: one of each field's type, and a key.
    pub(super) fn fits(&self, values: &[Value]) -> bool {
        let Some((key, values)) = values.split_last() else {
            return false;
        };
        *key != Value::Null
            && values.len() == self.0.len()
            && self.0.iter().zip(values).all(|((field, _), value)| {
                matches!(
                    (field.kind, value),
                    (Kind::Text, Value::Text(_))
                        | (
                            Kind::Int | Kind::Positive | Kind::Date | Kind::Time | Kind::Enum(_),
                            Value::Int(_)
                        )
                        | (Kind::Bool, Value::Bool(_))
                )
            })
    }
}

/// Parses `order_by`; the reason is `ORDER_BY_INVALID`.
pub(super) fn parse(text: &str, schema: &Schema) -> Result<Order, Violation> {
    let mut order = Order::default();
    if text.trim().is_empty() {
        return Ok(order);
    }
    for term in text.split(',') {
        let words: Vec<&str> = term.split_whitespace().collect();
        let (path, direction) = match words.as_slice() {
            [path] | [path, "asc"] => (*path, Direction::Ascending),
            [path, "desc"] => (*path, Direction::Descending),
            _ => {
                return Err(invalid(format!(
                    "expected a field with ` desc` or ` asc` after it or neither, found `{}`",
                    term.trim()
                )));
            }
        };
        let field = schema.field(path).filter(|field| field.sortable);
        let field = field.ok_or_else(|| invalid(unknown(path, schema)))?;
        if order.paths().any(|earlier| earlier == path) {
            return Err(invalid(format!("`{path}` stands there twice")));
        }
        order.0.push((field, direction));
    }
    Ok(order)
}

fn invalid(description: String) -> Violation {
    Violation::new("order_by", "ORDER_BY_INVALID", description)
}

fn unknown(path: &str, schema: &Schema) -> String {
    let sortable: Vec<&str> = schema
        .fields
        .iter()
        .filter(|field| field.sortable)
        .map(|field| field.path)
        .collect();
    format!(
        "cannot sort by `{path}`; the fields are {}",
        sortable.join(", ")
    )
}
