//! SQL texts and the binding of their values on each engine.

use aip::{Sql, Value};
use sqlx::{
    Arguments as _, AssertSqlSafe, Encode, Postgres, SqlSafeStr as _, SqlStr, Type,
    encode::IsNull,
    postgres::{PgArgumentBuffer, PgArguments, PgTypeInfo, types::Oid},
    sqlite::SqliteArguments,
};

use crate::{Error, insert::Column};

/// An SQL text: a constant, or what a filter or list compiled to, which brings its own values.
#[derive(Debug)]
pub struct Statement {
    text: SqlStr,
    args: Vec<Value>,
    /// Arrays, which follow the values; for PostgreSQL only.
    pub(crate) columns: Vec<Column>,
    /// Whether the engine should keep it prepared.
    pub(crate) kept: bool,
}

impl From<&'static str> for Statement {
    fn from(text: &'static str) -> Self {
        Self {
            text: text.into_sql_str(),
            args: Vec::new(),
            columns: Vec::new(),
            kept: true,
        }
    }
}

impl From<Sql> for Statement {
    fn from(sql: Sql) -> Self {
        // `Sql` keeps what users send in `args`: only expressions of the code are in its text.
        Self::made(sql.text, sql.args, Vec::new())
    }
}

impl Statement {
    /// Has the engine forget the statement when it is done: for texts that hardly come again, and for those
    /// whose best plan depends on the values, which PostgreSQL stops asking after a few times.
    #[must_use]
    pub fn once(mut self) -> Self {
        self.kept = false;
        self
    }

    /// A text that the code has put together, with its values.
    pub(crate) fn made(text: String, args: Vec<Value>, columns: Vec<Column>) -> Self {
        Self {
            text: AssertSqlSafe(text).into_sql_str(),
            args,
            columns,
            kept: true,
        }
    }

    /// The text, its own values followed by `more`, and its arrays.
    pub(crate) fn into_parts(self, more: Vec<Value>) -> (SqlStr, Vec<Value>, Vec<Column>) {
        let mut args = self.args;
        args.extend(more);
        (self.text, args, self.columns)
    }

    #[cfg(test)]
    pub(crate) fn text(&self) -> &str {
        self.text.as_str()
    }

    #[cfg(test)]
    pub(crate) fn values(&self) -> &[Value] {
        &self.args
    }
}

/// From how many values on SQLite is given placeholders without names.
const MANY_VALUES: usize = 32;

/// Writes a text of many values as SQLite likes it: `?` for `$1`, `$2` and so on. SQLite takes `$1` for a name, and
/// looks through all names for each, at every run: a statement of 9,000 values costs 0.2 seconds that way. A text whose
/// placeholders do not stand in their order, each once, stays as it is.
pub(crate) fn unnamed(text: SqlStr, values: usize) -> SqlStr {
    if values < MANY_VALUES {
        return text;
    }
    match without_names(text.as_str(), values) {
        // The same text but for its placeholders.
        Some(unnamed) => AssertSqlSafe(unnamed).into_sql_str(),
        None => text,
    }
}

fn without_names(text: &str, values: usize) -> Option<String> {
    let mut unnamed = String::with_capacity(text.len());
    let mut found = 0;
    // Every second part stands in quotes.
    for (index, part) in text.split('\'').enumerate() {
        if index > 0 {
            unnamed.push('\'');
        }
        if index % 2 == 1 {
            unnamed.push_str(part);
            continue;
        }
        let mut pieces = part.split('$');
        unnamed.push_str(pieces.next().unwrap_or_default());
        for piece in pieces {
            let digits = piece.find(|c: char| !c.is_ascii_digit());
            let (number, rest) = piece.split_at(digits.unwrap_or(piece.len()));
            found += 1;
            if number.parse() != Ok(found) {
                return None;
            }
            unnamed.push('?');
            unnamed.push_str(rest);
        }
    }
    (found == values).then_some(unnamed)
}

pub(crate) fn bind_sqlite(values: Vec<Value>) -> Result<SqliteArguments, Error> {
    let mut bound = SqliteArguments::default();
    for value in values {
        match value {
            Value::Null => bound.add(None::<i64>),
            Value::Int(value) => bound.add(value),
            Value::Text(value) => bound.add(value),
            Value::Bool(value) => bound.add(value),
            Value::Bytes(value) => bound.add(value),
        }
        .map_err(|error| Error::Engine(error.to_string()))?;
    }
    Ok(bound)
}

pub(crate) fn bind_postgres(
    values: Vec<Value>,
    columns: Vec<Column>,
) -> Result<PgArguments, Error> {
    let mut bound = PgArguments::default();
    for value in values {
        match value {
            Value::Null => bound.add(UntypedNull),
            Value::Int(value) => bound.add(value),
            Value::Text(value) => bound.add(value),
            Value::Bool(value) => bound.add(value),
            Value::Bytes(value) => bound.add(value),
        }
        .map_err(|error| Error::Engine(error.to_string()))?;
    }
    for column in columns {
        match column {
            Column::Ints(values) => bound.add(values),
            Column::Texts(values) => bound.add(values),
            Column::Bools(values) => bound.add(values),
            Column::Blobs(values) => bound.add(values),
        }
        .map_err(|error| Error::Engine(error.to_string()))?;
    }
    Ok(bound)
}

/// NULL whose type the server infers, so that one `Value::Null` fits a column of any type.
struct UntypedNull;

impl Type<Postgres> for UntypedNull {
    fn type_info() -> PgTypeInfo {
        // The fixed object id of PostgreSQL's pseudo-type `unknown`.
        PgTypeInfo::with_oid(Oid(705))
    }
}

impl Encode<'_, Postgres> for UntypedNull {
    fn encode_by_ref(&self, _: &mut PgArgumentBuffer) -> Result<IsNull, sqlx::error::BoxDynError> {
        Ok(IsNull::Yes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_in_their_order_lose_their_names() {
        let text = "INSERT INTO a (b, c) VALUES ($1, $2), ($3, '$4''$5')";
        let unnamed = without_names(text, 3);
        assert_eq!(
            unnamed.as_deref(),
            Some("INSERT INTO a (b, c) VALUES (?, ?), (?, '$4''$5')")
        );
    }

    #[test]
    fn others_keep_them() {
        for (text, values) in [
            ("$2 $1", 2),
            ("$1 $1", 1),
            ("$1 $2 $2", 2),
            ("$1", 2),
            ("$x", 1),
        ] {
            assert_eq!(without_names(text, values), None, "{text}");
        }
    }
}
