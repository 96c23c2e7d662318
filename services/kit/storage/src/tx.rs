//! A transaction, as a unit of work sees it.

use aip::Value;
use sqlx::{Postgres, Sqlite, Transaction};

use crate::{
    Engine, Error, Row, Statement,
    insert::Insert,
    row::Cells,
    statement::{bind_postgres, bind_sqlite, unnamed},
};

/// An open transaction. Only [`Database::read`](crate::Database::read) and
/// [`Database::write`](crate::Database::write) make one, and they end it.
///
/// A failed statement spoils the transaction on both engines, as it does on PostgreSQL: a unit of work
/// that goes on and returns `Ok` still gets that statement's error. Use `ON CONFLICT` to expect one.
pub struct Tx {
    pub(crate) inner: Inner,
    failed: Option<Error>,
}

pub(crate) enum Inner {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl From<Transaction<'static, Sqlite>> for Tx {
    fn from(tx: Transaction<'static, Sqlite>) -> Self {
        Self {
            inner: Inner::Sqlite(tx),
            failed: None,
        }
    }
}

impl From<Transaction<'static, Postgres>> for Tx {
    fn from(tx: Transaction<'static, Postgres>) -> Self {
        Self {
            inner: Inner::Postgres(tx),
            failed: None,
        }
    }
}

impl Tx {
    /// Returns which engine runs this transaction, for the few texts that differ.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match self.inner {
            Inner::Sqlite(_) => Engine::Sqlite,
            Inner::Postgres(_) => Engine::Postgres,
        }
    }

    /// Lets the commit of this transaction return before it is on disk, which PostgreSQL then sees to within a second.
    ///
    /// Should the server fail before that, this transaction is lost, whole, with all that was left to be synced
    /// later after it. What was committed before any other transaction that writes stays, and so does what
    /// [`Database::read_durable`](crate::Database::read_durable) has seen. SQLite syncs each commit in any case.
    pub async fn sync_later(&mut self) -> Result<(), Error> {
        if self.engine() == Engine::Postgres {
            self.execute("SET LOCAL synchronous_commit TO off", Vec::new())
                .await?;
        }
        Ok(())
    }

    /// Makes the commit of this transaction wait until all that it has seen is on disk.
    pub(crate) async fn sync_seen(&mut self) -> Result<(), Error> {
        if self.engine() == Engine::Postgres {
            // Only a transaction with something in the log waits for it. The least is a message that nobody reads, which
            // one that only reads can write too.
            let message = "SELECT CAST(pg_logical_emit_message(true, 'accord', '') AS TEXT)";
            self.one::<(String,)>(message, Vec::new()).await?;
        }
        Ok(())
    }

    /// Runs a query and reads every row, in the order the query gives.
    pub async fn all<R: Row>(
        &mut self,
        statement: impl Into<Statement>,
        args: Vec<Value>,
    ) -> Result<Vec<R>, Error> {
        let statement = statement.into();
        let kept = statement.kept;
        let (text, args, columns) = statement.into_parts(args);
        match &mut self.inner {
            Inner::Sqlite(tx) => {
                let text = unnamed(text, args.len());
                let query = sqlx::query_with(text, bind_sqlite(args)?).persistent(kept);
                let rows = query.fetch_all(&mut **tx).await;
                self.note(rows)?
                    .iter()
                    .map(|row| R::from_cells(&Cells::from(row)))
                    .collect()
            }
            Inner::Postgres(tx) => {
                let query = sqlx::query_with(text, bind_postgres(args, columns)?).persistent(kept);
                let rows = query.fetch_all(&mut **tx).await;
                self.note(rows)?
                    .iter()
                    .map(|row| R::from_cells(&Cells::from(row)))
                    .collect()
            }
        }
    }

    /// Runs a query and reads the first row, if there is one.
    pub async fn optional<R: Row>(
        &mut self,
        statement: impl Into<Statement>,
        args: Vec<Value>,
    ) -> Result<Option<R>, Error> {
        Ok(self.all(statement, args).await?.into_iter().next())
    }

    /// Runs a query and reads the first row; none is [`Error::NotFound`].
    pub async fn one<R: Row>(
        &mut self,
        statement: impl Into<Statement>,
        args: Vec<Value>,
    ) -> Result<R, Error> {
        self.optional(statement, args).await?.ok_or(Error::NotFound)
    }

    /// Runs a statement and returns how many rows it changed.
    pub async fn execute(
        &mut self,
        statement: impl Into<Statement>,
        args: Vec<Value>,
    ) -> Result<u64, Error> {
        let statement = statement.into();
        let kept = statement.kept;
        let (text, args, columns) = statement.into_parts(args);
        let changed = match &mut self.inner {
            Inner::Sqlite(tx) => {
                let text = unnamed(text, args.len());
                sqlx::query_with(text, bind_sqlite(args)?)
                    .persistent(kept)
                    .execute(&mut **tx)
                    .await
                    .map(|done| done.rows_affected())
            }
            Inner::Postgres(tx) => sqlx::query_with(text, bind_postgres(args, columns)?)
                .persistent(kept)
                .execute(&mut **tx)
                .await
                .map(|done| done.rows_affected()),
        };
        self.note(changed)
    }

    /// Inserts rows in batches and returns how many; each row has one value per column, and one of them at least is
    /// not NULL.
    pub async fn insert_many(
        &mut self,
        table: &'static str,
        columns: &'static [&'static str],
        rows: Vec<Vec<Value>>,
    ) -> Result<u64, Error> {
        self.write_many(table, columns, "", rows).await
    }

    /// As [`Tx::insert_many`], but a row that is there already is left as it is and not counted.
    pub async fn insert_new(
        &mut self,
        table: &'static str,
        columns: &'static [&'static str],
        rows: Vec<Vec<Value>>,
    ) -> Result<u64, Error> {
        self.write_many(table, columns, " ON CONFLICT DO NOTHING", rows)
            .await
    }

    /// As [`Tx::insert_many`], but a row whose `key` is there already takes the place of the one that is. No
    /// key may stand twice in `rows`.
    pub async fn upsert_many(
        &mut self,
        table: &'static str,
        columns: &'static [&'static str],
        key: &'static [&'static str],
        rows: Vec<Vec<Value>>,
    ) -> Result<u64, Error> {
        self.write_many(table, columns, &upsert_text(columns, key), rows)
            .await
    }

    /// As [`Tx::insert_many`], followed by `tail`, which ends with a RETURNING; reads what that gives of each row, in
    /// no particular order.
    pub async fn insert_returning<R: Row>(
        &mut self,
        table: &'static str,
        columns: &'static [&'static str],
        tail: &'static str,
        rows: Vec<Vec<Value>>,
    ) -> Result<Vec<R>, Error> {
        let insert = Insert {
            table,
            columns,
            tail,
        };
        let mut returned = Vec::with_capacity(rows.len());
        for statement in insert.statements(self.engine(), rows)? {
            returned.extend(self.all::<R>(statement, Vec::new()).await?);
        }
        Ok(returned)
    }

    async fn write_many(
        &mut self,
        table: &str,
        columns: &[&str],
        tail: &str,
        rows: Vec<Vec<Value>>,
    ) -> Result<u64, Error> {
        let insert = Insert {
            table,
            columns,
            tail,
        };
        let mut written = 0;
        for statement in insert.statements(self.engine(), rows)? {
            written += self.execute(statement, Vec::new()).await?;
        }
        Ok(written)
    }

    /// Runs a script of several statements without values: migrations.
    pub(crate) async fn script(&mut self, text: &'static str) -> Result<(), Error> {
        let done = match &mut self.inner {
            Inner::Sqlite(tx) => sqlx::raw_sql(text).execute(&mut **tx).await.map(drop),
            Inner::Postgres(tx) => sqlx::raw_sql(text).execute(&mut **tx).await.map(drop),
        };
        self.note(done)
    }

    /// The error of the first statement that failed.
    pub(crate) fn failed(&self) -> Option<&Error> {
        self.failed.as_ref()
    }

    pub(crate) async fn commit(self) -> Result<(), Error> {
        match self.inner {
            Inner::Sqlite(tx) => tx.commit().await?,
            Inner::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }

    pub(crate) async fn rollback(self) {
        let done = match self.inner {
            Inner::Sqlite(tx) => tx.rollback().await,
            Inner::Postgres(tx) => tx.rollback().await,
        };
        if let Err(error) = done {
            // The connection is not given back to the pool, and the engine rolls back by itself.
            tracing::debug!(%error, "rollback failed");
        }
    }

    /// Remembers the first failure, so that this transaction is not committed.
    pub(crate) fn note<T>(&mut self, result: Result<T, sqlx::Error>) -> Result<T, Error> {
        result.map_err(|error| {
            let error = Error::from(error);
            self.failed.get_or_insert_with(|| error.clone());
            error
        })
    }
}

/// ` ON CONFLICT (a) DO UPDATE SET b = excluded.b`.
fn upsert_text(columns: &[&str], key: &[&str]) -> String {
    let set: Vec<String> = columns
        .iter()
        .filter(|column| !key.contains(column))
        .map(|column| format!("{column} = excluded.{column}"))
        .collect();
    format!(
        " ON CONFLICT ({}) DO UPDATE SET {}",
        key.join(", "),
        set.join(", ")
    )
}
