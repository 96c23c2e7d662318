//! Many rows in one INSERT, as each engine takes them fastest.
//!
//! SQLite is given INSERTs of one row, some of them in one text: an INSERT of several rows that a constraint can stop half
//! way writes each page that it changes to a temporary file first, and one of one row does not. The texts have a few
//! sizes and come again and again, so that each is prepared once; several in one text are one errand to the thread that
//! has the connection. PostgreSQL is given one array for each column: whatever the number of rows, there is one text to plan and one
//! answer to wait for.

use aip::Value;

use crate::{Engine, Error, Statement};

/// How many rows a text for SQLite has, beside the few that are left at the end: more gains nothing, and each size is to be
/// kept.
const SIZES: [usize; 3] = [64, 16, 4];
/// How many rows PostgreSQL is given at once: enough for a batch, and little enough to send.
const MOST_ROWS: usize = 5_000;

/// An INSERT without its rows.
#[derive(Debug)]
pub(crate) struct Insert<'a> {
    pub(crate) table: &'a str,
    pub(crate) columns: &'a [&'a str],
    /// What follows the rows, such as ` ON CONFLICT DO NOTHING`.
    pub(crate) tail: &'a str,
}

/// The values of one column, an array to PostgreSQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    Ints(Vec<Option<i64>>),
    Texts(Vec<Option<String>>),
    Bools(Vec<Option<bool>>),
    Blobs(Vec<Option<Vec<u8>>>),
}

impl Insert<'_> {
    /// Parts the rows into statements, in their order.
    pub(crate) fn statements(
        &self,
        engine: Engine,
        rows: Vec<Vec<Value>>,
    ) -> Result<Vec<Statement>, Error> {
        if let Some(row) = rows.iter().find(|row| row.len() != self.columns.len()) {
            let (given, wanted) = (row.len(), self.columns.len());
            return Err(self.error(&format!("{given} values for {wanted} columns")));
        }
        match engine {
            Engine::Sqlite => Ok(self.one_by_one(rows)),
            Engine::Postgres => self.with_arrays(rows),
        }
    }

    fn error(&self, text: &str) -> Error {
        Error::Engine(format!("{}: {text}", self.table))
    }

    fn head(&self) -> String {
        format!("INSERT INTO {} ({}) ", self.table, self.columns.join(", "))
    }

    fn one_by_one(&self, rows: Vec<Vec<Value>>) -> Vec<Statement> {
        let mut statements = Vec::new();
        let mut left = rows.len();
        let mut rows = rows.into_iter();
        while left > 0 {
            let size = SIZES.into_iter().find(|size| *size <= left).unwrap_or(left);
            left -= size;
            let values = rows.by_ref().take(size).flatten().collect();
            statements.push(Statement::made(self.values_text(size), values, Vec::new()));
        }
        statements
    }

    /// `INSERT INTO table (a, b) VALUES (?, ?);` for each row.
    fn values_text(&self, rows: usize) -> String {
        let places = vec!["?"; self.columns.len()].join(", ");
        format!("{}VALUES ({places}){};", self.head(), self.tail).repeat(rows)
    }

    fn with_arrays(&self, rows: Vec<Vec<Value>>) -> Result<Vec<Statement>, Error> {
        let mut statements = Vec::new();
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let some: Vec<_> = rows.by_ref().take(MOST_ROWS).collect();
            statements.push(self.with_some_arrays(some)?);
        }
        Ok(statements)
    }

    /// `INSERT INTO table (a, b) SELECT a, NULL FROM unnest($1::bigint[]) AS given (a)`.
    fn with_some_arrays(&self, rows: Vec<Vec<Value>>) -> Result<Statement, Error> {
        let mut columns: Vec<Vec<Value>> = vec![Vec::with_capacity(rows.len()); self.columns.len()];
        for row in rows {
            for (column, value) in columns.iter_mut().zip(row) {
                column.push(value);
            }
        }
        let (mut taken, mut names, mut types, mut arrays) = (vec![], vec![], vec![], vec![]);
        for (name, values) in self.columns.iter().zip(columns) {
            // A column of NULLs has no type, and stays out of the arrays, of which the first is never one.
            let Some(array) = Column::of(values).map_err(|text| self.error(text))? else {
                taken.push("NULL");
                continue;
            };
            names.push(*name);
            taken.push(*name);
            types.push(format!("${}::{}[]", arrays.len() + 1, array.type_name()));
            arrays.push(array);
        }
        if arrays.is_empty() {
            return Err(self.error("rows of nothing but NULL"));
        }
        let text = format!(
            "{}SELECT {} FROM unnest({}) AS given ({}){}",
            self.head(),
            taken.join(", "),
            types.join(", "),
            names.join(", "),
            self.tail
        );
        Ok(Statement::made(text, Vec::new(), arrays))
    }
}

impl Column {
    /// The array of some values; none if all are NULL.
    fn of(values: Vec<Value>) -> Result<Option<Self>, &'static str> {
        let Some(first) = values.iter().find(|value| **value != Value::Null) else {
            return Ok(None);
        };
        macro_rules! array {
            ($array:ident, $kind:ident) => {
                Self::$array(
                    values
                        .into_iter()
                        .map(|value| match value {
                            Value::$kind(value) => Ok(Some(value)),
                            Value::Null => Ok(None),
                            _ => Err("values of two types in one column"),
                        })
                        .collect::<Result<_, _>>()?,
                )
            };
        }
        Ok(Some(match first {
            Value::Int(_) | Value::Null => array!(Ints, Int),
            Value::Text(_) => array!(Texts, Text),
            Value::Bool(_) => array!(Bools, Bool),
            Value::Bytes(_) => array!(Blobs, Bytes),
        }))
    }

    fn type_name(&self) -> &'static str {
        match self {
            Self::Ints(_) => "bigint",
            Self::Texts(_) => "text",
            Self::Bools(_) => "boolean",
            Self::Blobs(_) => "bytea",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args;

    const INSERT: Insert<'static> = Insert {
        table: "t",
        columns: &["a", "b"],
        tail: " ON CONFLICT DO NOTHING",
    };

    fn rows(count: i64) -> Vec<Vec<Value>> {
        (0..count).map(|row| args![row, row * 2]).collect()
    }

    #[test]
    fn sqlite_is_given_few_sizes_and_the_rows_in_their_order() {
        let statements = INSERT.statements(Engine::Sqlite, rows(303)).unwrap();
        let counts: Vec<_> = statements
            .iter()
            .map(|one| one.values().len() / 2)
            .collect();
        assert_eq!(counts, [64, 64, 64, 64, 16, 16, 4, 4, 4, 3]);
        let values: Vec<_> = statements.iter().flat_map(Statement::values).collect();
        let expected: Vec<Value> = rows(303).into_iter().flatten().collect();
        assert_eq!(values, expected.iter().collect::<Vec<_>>());
        assert_eq!(
            INSERT.values_text(2),
            "INSERT INTO t (a, b) VALUES (?, ?) ON CONFLICT DO NOTHING;\
             INSERT INTO t (a, b) VALUES (?, ?) ON CONFLICT DO NOTHING;"
        );
    }

    #[test]
    fn postgres_is_given_an_array_for_each_column_that_has_values() {
        let given = vec![args![1, None::<i64>], args![2, None::<i64>]];
        let statements = INSERT.statements(Engine::Postgres, given).unwrap();
        let [one] = statements.as_slice() else {
            panic!("{statements:?}");
        };
        assert_eq!(
            one.text(),
            "INSERT INTO t (a, b) SELECT a, NULL FROM unnest($1::bigint[]) AS given (a) ON CONFLICT DO NOTHING"
        );
        assert_eq!(one.columns, [Column::Ints(vec![Some(1), Some(2)])]);
    }

    #[test]
    fn rows_that_do_not_fit_are_refused() {
        for engine in [Engine::Sqlite, Engine::Postgres] {
            assert!(INSERT.statements(engine, vec![args![1]]).is_err());
        }
        let mixed = vec![args![1, 1], args![2, "x"]];
        assert!(INSERT.statements(Engine::Postgres, mixed).is_err());
    }
}
