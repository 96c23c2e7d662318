//! What every resource that passes a filter has in common, for those who look for it in an index.

use crate::{Field, Sql, Value};

use super::{Check, Comparison, Node, Test};

/// One comparison, not negated.
#[derive(Clone, Copy, Debug)]
pub struct Need<'a>(&'a Test);

/// What a comparison says of the value of its field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound<'a> {
    /// It is this one, or the set has it.
    Is(&'a Value),
    /// The set has this text.
    Has(&'a str),
    /// It comes before or after a value, or is it.
    Range,
    /// The text begins so.
    Prefix(&'a str),
    /// The text contains this.
    Contains(&'a str),
    /// There is one.
    Present,
}

impl<'a> Need<'a> {
    /// Returns the field.
    #[must_use]
    pub fn field(&self) -> &'static Field {
        self.0.field
    }

    /// Returns what is said of its value.
    #[must_use]
    pub fn bound(&self) -> Bound<'a> {
        match &self.0.check {
            Check::Compare(Comparison::Equal, value) => Bound::Is(value),
            Check::Compare(_, _) => Bound::Range,
            Check::Prefix(prefix) => Bound::Prefix(prefix),
            Check::Contains(part) => Bound::Contains(part),
            Check::Present => Bound::Present,
            Check::Has(member) => Bound::Has(member),
        }
    }

    /// Appends the comparison as [`Filter::push_sql`](super::Filter::push_sql) does.
    pub fn push_sql(&self, sql: &mut Sql) {
        self.0.push_sql(sql);
    }
}

/// The parts of `node` that all must hold, each as comparisons of which one must.
pub(super) fn of(node: &Node) -> Vec<Vec<Need<'_>>> {
    match node {
        Node::And(parts) => parts.iter().filter_map(any).collect(),
        other => any(other).into_iter().collect(),
    }
}

fn any<'a>(node: &'a Node) -> Option<Vec<Need<'a>>> {
    let test = |node: &'a Node| match node {
        Node::Test(test) => Some(Need(test)),
        _ => None,
    };
    match node {
        Node::Or(parts) => parts.iter().map(test).collect(),
        other => test(other).map(|need| vec![need]),
    }
}
