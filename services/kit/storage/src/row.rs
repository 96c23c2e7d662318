//! Rows: structs that are read by column name, the same from both engines.

use sqlx::{Column as _, ColumnOrigin, Row as _, postgres::PgRow, sqlite::SqliteRow};

use crate::Error;

/// A struct that can be read from a row of a result. [`row!`](crate::row!) implements it; tuples of up
/// to four cells implement it by position.
pub trait Row: Sized + Send {
    /// Reads the struct; a missing, null or mistyped cell is [`Error::Corrupt`].
    fn from_cells(cells: &Cells<'_>) -> Result<Self, Error>;
}

/// One row of a result.
pub struct Cells<'r> {
    row: EngineRow<'r>,
}

enum EngineRow<'r> {
    Sqlite(&'r SqliteRow),
    Postgres(&'r PgRow),
}

impl<'r> From<&'r SqliteRow> for Cells<'r> {
    fn from(row: &'r SqliteRow) -> Self {
        Self {
            row: EngineRow::Sqlite(row),
        }
    }
}

impl<'r> From<&'r PgRow> for Cells<'r> {
    fn from(row: &'r PgRow) -> Self {
        Self {
            row: EngineRow::Postgres(row),
        }
    }
}

impl Cells<'_> {
    /// Reads the cell of a named column.
    pub fn get<T: Cell>(&self, column: &str) -> Result<T, Error> {
        let index = match self.row {
            EngineRow::Sqlite(row) => row.try_column(column).map(sqlx::Column::ordinal),
            EngineRow::Postgres(row) => row.try_column(column).map(sqlx::Column::ordinal),
        }
        .map_err(|error| Error::corrupt("?", column, self.label(), error))?;
        self.at(index)
    }

    /// Reads the cell at a position, counted from 0.
    pub fn at<T: Cell>(&self, index: usize) -> Result<T, Error> {
        T::read(self, index).map_err(|error| {
            let (table, column) = self.origin(index);
            let detail = match error {
                sqlx::Error::ColumnDecode { source, .. } => source.to_string(),
                other => other.to_string(),
            };
            Error::corrupt(table, column, self.label(), detail)
        })
    }

    /// Where a cell comes from, as far as the engine tells: PostgreSQL does not say which table.
    fn origin(&self, index: usize) -> (String, String) {
        let found = match self.row {
            EngineRow::Sqlite(row) => row
                .try_column(index)
                .map(|column| (column.origin(), column.name().to_owned())),
            EngineRow::Postgres(row) => row
                .try_column(index)
                .map(|column| (column.origin(), column.name().to_owned())),
        };
        match found {
            Ok((ColumnOrigin::Table(origin), _)) => {
                (origin.table.to_string(), origin.name.to_string())
            }
            Ok((_, name)) => ("?".to_owned(), name),
            Err(_) => ("?".to_owned(), index.to_string()),
        }
    }

    /// The first cell, by which a person can find the row.
    fn label(&self) -> String {
        String::read(self, 0)
            .or_else(|_| i64::read(self, 0).map(|value| value.to_string()))
            .unwrap_or_else(|_| "?".to_owned())
    }
}

/// A type that a cell can have: `i64`, `String`, `bool`, `Vec<u8>`, or an `Option` of those.
pub trait Cell: sealed::Read + Sized {}

impl<T: sealed::Read> Cell for T {}

mod sealed {
    use sqlx::{Row as _, TypeInfo as _, ValueRef as _};

    use super::{Cells, EngineRow};

    /// Reads a cell of one row.
    pub trait Read: Sized {
        #[doc(hidden)]
        fn read(cells: &Cells<'_>, index: usize) -> Result<Self, sqlx::Error>;
    }

    macro_rules! read_directly {
        ($($type:ty),*) => { $(
            impl Read for $type {
                fn read(cells: &Cells<'_>, index: usize) -> Result<Self, sqlx::Error> {
                    match cells.row {
                        EngineRow::Sqlite(row) => row.try_get(index),
                        EngineRow::Postgres(row) => row.try_get(index),
                    }
                }
            }
        )* };
    }

    read_directly!(String, bool, Vec<u8>);

    impl Read for i64 {
        /// Takes PostgreSQL's narrower integers too, which literals and functions such as `length` have.
        fn read(cells: &Cells<'_>, index: usize) -> Result<Self, sqlx::Error> {
            match cells.row {
                EngineRow::Sqlite(row) => row.try_get(index),
                EngineRow::Postgres(row) => match row.try_get_raw(index)?.type_info().name() {
                    "INT4" => row.try_get::<i32, _>(index).map(Self::from),
                    "INT2" => row.try_get::<i16, _>(index).map(Self::from),
                    _ => row.try_get(index),
                },
            }
        }
    }

    impl<T: Read> Read for Option<T> {
        fn read(cells: &Cells<'_>, index: usize) -> Result<Self, sqlx::Error> {
            let null = match cells.row {
                EngineRow::Sqlite(row) => row.try_get_raw(index)?.is_null(),
                EngineRow::Postgres(row) => row.try_get_raw(index)?.is_null(),
            };
            if null {
                Ok(None)
            } else {
                T::read(cells, index).map(Some)
            }
        }
    }
}

use sealed::Read as _;

macro_rules! tuple_row {
    ($($cell:ident $index:literal),*) => {
        impl<$($cell: Cell + Send),*> Row for ($($cell,)*) {
            fn from_cells(cells: &Cells<'_>) -> Result<Self, Error> {
                Ok(($(cells.at::<$cell>($index)?,)*))
            }
        }
    };
}

tuple_row!(A 0);
tuple_row!(A 0, B 1);
tuple_row!(A 0, B 1, C 2);
tuple_row!(A 0, B 1, C 2, D 3);

/// Declares a struct whose fields are read from the columns of the same names.
///
/// Field types are those of [`Cell`]. On PostgreSQL `sum` of a bigint is numeric: cast it back.
#[macro_export]
macro_rules! row {
    (
        $(#[$attribute:meta])*
        $visibility:vis struct $name:ident {
            $( $(#[$field_attribute:meta])* $field_visibility:vis $field:ident : $type:ty ),* $(,)?
        }
    ) => {
        $(#[$attribute])*
        #[derive(Clone, Debug)]
        $visibility struct $name {
            $( $(#[$field_attribute])* $field_visibility $field: $type, )*
        }

        impl $crate::Row for $name {
            fn from_cells(cells: &$crate::Cells<'_>) -> Result<Self, $crate::Error> {
                Ok(Self { $( $field: cells.get(stringify!($field))?, )* })
            }
        }
    };
}
