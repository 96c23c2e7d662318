//! Writes a filter as an SQL condition with bound values.

use crate::{Kind, Sql};

use super::{Check, Comparison, Node, Test};

impl Node {
    /// Appends the condition, or its negation.
    ///
    /// SQL knows a third truth value, unknown, which WHERE treats as false. Negations are moved
    /// inwards to the comparisons, where COALESCE makes unknown false before it is negated; AND and
    /// OR then give in SQL what they give with two values, and comparisons that are not negated
    /// stay as plain as an index needs them.
    pub(super) fn push_sql(&self, sql: &mut Sql, negated: bool) {
        match self {
            Self::And(parts) => {
                push_joined(sql, parts, negated, if negated { " OR " } else { " AND " });
            }
            Self::Or(parts) => {
                push_joined(sql, parts, negated, if negated { " AND " } else { " OR " });
            }
            Self::Not(part) => part.push_sql(sql, !negated),
            Self::Test(test) if negated => {
                sql.push("NOT COALESCE(");
                test.push_sql(sql);
                sql.push(", FALSE)");
            }
            Self::Test(test) => test.push_sql(sql),
        }
    }
}

fn push_joined(sql: &mut Sql, parts: &[Node], negated: bool, separator: &str) {
    for (index, part) in parts.iter().enumerate() {
        sql.push(if index == 0 { "(" } else { separator });
        part.push_sql(sql, negated);
    }
    sql.push(")");
}

impl Test {
    pub(super) fn push_sql(&self, sql: &mut Sql) {
        let column = self.field.column;
        match &self.check {
            Check::Compare(comparison, value) => {
                sql.push(column).push(comparison.sql()).bind(value.clone());
            }
            // The length is ours and a bound one would need another type on each engine.
            Check::Prefix(prefix) => {
                let length = prefix.chars().count();
                sql.push(&format!("substr({column}, 1, {length}) = "))
                    .bind(prefix.as_str());
            }
            // The engines share no function for the place of a text in another.
            Check::Contains(part) if part.is_empty() => {
                sql.push(column).push(" IS NOT NULL");
            }
            Check::Contains(part) => {
                sql.push_with(
                    &format!("replace({column}, {{}}, '') <> {column}"),
                    part.as_str(),
                );
            }
            Check::Present => {
                sql.push(column);
                match self.field.kind {
                    Kind::Text | Kind::TextSet => sql.push(" <> ''"),
                    Kind::Enum(_) | Kind::Positive => sql.push(" <> 0"),
                    Kind::Date => sql.push(&format!(" >= {}", Kind::FIRST_DAY)),
                    Kind::Int | Kind::Bool | Kind::Time => sql.push(" IS NOT NULL"),
                };
            }
            Check::Has(member) => {
                sql.push_with(column, member.as_str());
            }
        }
    }
}

impl Comparison {
    fn sql(self) -> &'static str {
        match self {
            Self::Equal => " = ",
            Self::Less => " < ",
            Self::LessOrEqual => " <= ",
            Self::Greater => " > ",
            Self::GreaterOrEqual => " >= ",
        }
    }
}
