//! Brings the value of a comparison into the type of its field.

use jiff::{Timestamp, civil::Date};

use crate::{Field, Kind, Value};

use super::{
    Check, Comparison, Error, Test,
    lexer::{Operator, Token, TokenKind},
};

/// The value of a comparison as it was written.
struct Literal<'a> {
    text: &'a str,
    /// Whether an unescaped `*` followed the text.
    wildcard: bool,
    quoted: bool,
}

/// Checks that `field` takes the operator (given with its place) and the value.
pub(super) fn test(
    field: &'static Field,
    (operator_position, operator): (usize, Operator),
    token: &Token,
) -> Result<Test, Error> {
    let wrong_value = |message: String| Error {
        position: token.position,
        message,
    };
    let literal = match &token.kind {
        TokenKind::Word(word) => {
            let text = word.strip_suffix('*');
            Literal {
                text: text.unwrap_or(word),
                wildcard: text.is_some(),
                quoted: false,
            }
        }
        TokenKind::Quoted(quoted) => Literal {
            text: &quoted.text,
            wildcard: quoted.wildcard,
            quoted: true,
        },
        other => {
            return Err(wrong_value(format!(
                "expected {} for `{}`, found {}",
                field.kind.expectation(),
                field.path,
                other.describe()
            )));
        }
    };
    if !takes(field, operator) {
        return Err(Error {
            position: operator_position,
            message: format!("`{}` does not take {}", field.path, operator.symbol()),
        });
    }
    let check = check(field, operator, &literal).map_err(wrong_value)?;
    Ok(Test { field, check })
}

/// Says whether values of the field can be compared so.
fn takes(field: &Field, operator: Operator) -> bool {
    let is_order = !matches!(
        operator,
        Operator::Equal | Operator::NotEqual | Operator::Has
    );
    match field.kind {
        Kind::Int | Kind::Positive | Kind::Date | Kind::Time => true,
        Kind::Text => !is_order || field.sortable,
        Kind::Bool | Kind::Enum(_) => !is_order,
        Kind::TextSet => matches!(operator, Operator::Equal | Operator::Has),
    }
}

fn check(field: &Field, operator: Operator, literal: &Literal<'_>) -> Result<Check, String> {
    let is_star = literal.wildcard && literal.text.is_empty() && !literal.quoted;
    if operator == Operator::Has && is_star && field.kind != Kind::TextSet {
        return Ok(Check::Present);
    }
    let equality = matches!(operator, Operator::Equal | Operator::NotEqual);
    if literal.wildcard && !(equality && field.kind == Kind::Text) {
        return Err(format!(
            "`*` does not work with `{} {}`; in quotes, \\* stands for itself",
            field.path,
            operator.symbol()
        ));
    }
    let text = literal.text;
    match (field.kind, operator) {
        (Kind::TextSet, _) => Ok(Check::Has(text.to_owned())),
        (Kind::Text, Operator::Has) => Ok(Check::Contains(text.to_owned())),
        (Kind::Text, _) if literal.wildcard => Ok(Check::Prefix(text.to_owned())),
        _ => {
            let value = typed(field.kind, literal).ok_or_else(|| {
                format!(
                    "expected {} for `{}`, found `{text}`",
                    field.kind.expectation(),
                    field.path
                )
            })?;
            Ok(Check::Compare(comparison(operator), value))
        }
    }
}

/// The comparison that an operator stands for; `!=` is the negation of equality, made by the
/// parser.
fn comparison(operator: Operator) -> Comparison {
    match operator {
        Operator::Equal | Operator::NotEqual | Operator::Has => Comparison::Equal,
        Operator::Less => Comparison::Less,
        Operator::LessOrEqual => Comparison::LessOrEqual,
        Operator::Greater => Comparison::Greater,
        Operator::GreaterOrEqual => Comparison::GreaterOrEqual,
    }
}

/// Returns the value that databases keep for the text, if the text is of this kind.
fn typed(kind: Kind, literal: &Literal<'_>) -> Option<Value> {
    let text = literal.text;
    match kind {
        Kind::Text | Kind::TextSet => Some(Value::Text(text.to_owned())),
        Kind::Int | Kind::Positive => text.parse().ok().map(Value::Int),
        Kind::Bool => text.parse().ok().map(Value::Bool),
        Kind::Date => date(text).map(|date| Value::Int(clock::to_days(date))),
        Kind::Time => time(text).map(|time| Value::Int(clock::to_micros(time))),
        Kind::Enum(names) => names
            .iter()
            .find(|(name, _)| *name == text)
            .map(|(_, number)| Value::Int(*number)),
    }
}

/// Parses `YYYY-MM-DD` and nothing else that jiff would take.
fn date(text: &str) -> Option<Date> {
    let has_shape = text.len() == 10
        && text.char_indices().all(|(index, c)| match index {
            4 | 7 => c == '-',
            _ => c.is_ascii_digit(),
        });
    has_shape.then(|| text.parse().ok()).flatten()
}

/// Parses RFC 3339: a date, `T`, a time and an offset.
fn time(text: &str) -> Option<Timestamp> {
    let is_rfc_3339 = text.len() >= "2021-12-06T10:00:00Z".len()
        && text.get(..10).and_then(date).is_some()
        && text.get(10..11).is_some_and(|separator| separator == "T");
    is_rfc_3339.then(|| text.parse().ok()).flatten()
}
