//! Evaluates a filter in memory, with the answers that its SQL would give.

use std::cmp::Ordering;

use crate::{Kind, Value};

use super::{Check, Comparison, Node, Test};

impl Node {
    pub(super) fn matches(&self, values: &dyn Fn(&str) -> Vec<Value>) -> bool {
        match self {
            Self::And(parts) => parts.iter().all(|part| part.matches(values)),
            Self::Or(parts) => parts.iter().any(|part| part.matches(values)),
            Self::Not(part) => !part.matches(values),
            Self::Test(test) => values(test.field.path)
                .iter()
                .any(|value| test.holds(value)),
        }
    }
}

impl Test {
    fn holds(&self, value: &Value) -> bool {
        match (&self.check, value) {
            (_, Value::Null) => false,
            (Check::Compare(comparison, expected), value) => {
                order(value, expected).is_some_and(|order| comparison.accepts(order))
            }
            (Check::Prefix(prefix), Value::Text(text)) => text.starts_with(prefix),
            (Check::Contains(part), Value::Text(text)) => text.contains(part),
            (Check::Has(member), Value::Text(text)) => text == member,
            (Check::Present, Value::Text(text)) => !text.is_empty(),
            (Check::Present, Value::Int(number)) => match self.field.kind {
                Kind::Enum(_) | Kind::Positive => *number != 0,
                Kind::Date => *number >= Kind::FIRST_DAY,
                _ => true,
            },
            (Check::Present, Value::Bool(_) | Value::Bytes(_)) => true,
            (Check::Prefix(_) | Check::Contains(_) | Check::Has(_), _) => false,
        }
    }
}

impl Comparison {
    fn accepts(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

/// Compares two values of one type; text by its bytes, as the "C" collation does.
fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => Some(left.cmp(right)),
        (Value::Text(left), Value::Text(right)) => Some(left.cmp(right)),
        (Value::Bool(left), Value::Bool(right)) => Some(left.cmp(right)),
        _ => None,
    }
}
