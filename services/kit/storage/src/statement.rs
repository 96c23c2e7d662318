//! SQL texts and the binding of their values on each engine.

use aip::{Sql, Value};
use sqlx::{
    Arguments as _, AssertSqlSafe, Encode, Postgres, SqlSafeStr as _, SqlStr, Type,
    encode::IsNull,
    postgres::{PgArgumentBuffer, PgArguments, PgTypeInfo, types::Oid},
    sqlite::SqliteArguments,
};

use crate::Error;

/// An SQL text: a constant, or what a filter or list compiled to, which brings its own values.
#[derive(Debug)]
pub struct Statement {
    text: SqlStr,
    args: Vec<Value>,
    /// Whether the engine should keep it prepared.
    pub(crate) kept: bool,
}

impl From<&'static str> for Statement {
    fn from(text: &'static str) -> Self {
        Self {
            text: text.into_sql_str(),
            args: Vec::new(),
            kept: true,
        }
    }
}

impl From<Sql> for Statement {
    fn from(sql: Sql) -> Self {
        // `Sql` keeps what users send in `args`: only expressions of the code are in its text.
        Self {
            text: AssertSqlSafe(sql.text).into_sql_str(),
            args: sql.args,
            kept: true,
        }
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

    /// The text, and its own values followed by `more`.
    pub(crate) fn into_parts(self, more: Vec<Value>) -> (SqlStr, Vec<Value>) {
        let mut args = self.args;
        args.extend(more);
        (self.text, args)
    }
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

pub(crate) fn bind_postgres(values: Vec<Value>) -> Result<PgArguments, Error> {
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
