//! A database: opened and migrated once, then read and written in units of work.

use std::{panic, sync::Arc};

use futures::future::BoxFuture;
use sqlx::PgPool;
use tokio::sync::Semaphore;
use tracing::Instrument as _;

use crate::{
    Engine, Error, Migrations, OpenError, Options, Tx, migrations, options::Location, postgres,
    retry::Backoff, sqlite,
};

/// How many units of work there may be at once for each connection: more would only queue.
const UNITS_PER_CONNECTION: u32 = 4;
/// How many units of work there may be at once however few connections there are.
const FEWEST_UNITS: u32 = 64;

/// A service's database; clones share the connections.
#[derive(Clone)]
pub struct Database {
    pools: Pools,
    /// Bounds the units of work that run or wait for a connection: they outlive callers who go away,
    /// so that a limit on calls does not bound them.
    units: Arc<Semaphore>,
}

#[derive(Clone)]
enum Pools {
    Sqlite(sqlite::Pools),
    Postgres(PgPool),
}

tokio::task_local! {
    /// Set inside a unit of work.
    static IN_UNIT: ();
}

/// What a unit of work may do.
#[derive(Clone, Copy)]
enum Access {
    Read,
    ReadDurable,
    Write,
}

/// How one attempt of a unit of work ended.
enum Attempt<T, E> {
    Done(Result<T, E>),
    /// Other work got in the way; nothing was stored.
    Again(E),
}

impl std::fmt::Debug for Database {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_tuple("Database")
            .field(&self.engine())
            .finish()
    }
}

impl Database {
    /// Opens the database, creating the file or schema when missing, and applies what is new in
    /// `migrations`. A database that a newer version has changed is refused.
    pub async fn open(
        options: &Options,
        migrations: &[&'static Migrations],
    ) -> Result<Self, OpenError> {
        Self::open_in(options, options.schema, migrations).await
    }

    /// As [`Database::open`], in a schema whose name is not a constant: tests.
    pub(crate) async fn open_in(
        options: &Options,
        schema: &str,
        migrations: &[&'static Migrations],
    ) -> Result<Self, OpenError> {
        let pools = match Location::parse(&options.url)? {
            Location::Sqlite(path) => {
                Pools::Sqlite(sqlite::open(&path, options.max_connections).await?)
            }
            Location::Postgres(connect) => {
                Pools::Postgres(postgres::open(*connect, schema, options.max_connections).await?)
            }
        };
        let units = options
            .max_connections
            .saturating_mul(UNITS_PER_CONNECTION)
            .max(FEWEST_UNITS);
        let units = Arc::new(Semaphore::new(
            usize::try_from(units).unwrap_or(usize::MAX >> 3),
        ));
        let database = Self { pools, units };
        let mut tx = database.begin(Access::Write).await?;
        migrations::apply(&mut tx, migrations).await?;
        tx.commit().await?;
        Ok(database)
    }

    /// Returns which engine this is.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match self.pools {
            Pools::Sqlite(_) => Engine::Sqlite,
            Pools::Postgres(_) => Engine::Postgres,
        }
    }

    /// Reads within one snapshot: `work` sees the database as it stood at its first statement, and
    /// cannot write. It runs to its end even if the caller goes away, and may run more than once.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + Sync + 'static,
    {
        self.detached(Access::Read, work).await
    }

    /// As [`Database::read`]; what `work` has seen is on disk when this returns, even what was
    /// [left to be synced later](Tx::sync_later).
    pub async fn read_durable<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + Sync + 'static,
    {
        self.detached(Access::ReadDurable, work).await
    }

    /// Writes: what `work` does is committed when it returns `Ok`, and undone when it returns `Err`.
    ///
    /// It runs to its end even if the caller goes away. When other work gets in the way (a
    /// serialization failure, a deadlock, a lock not had in time) it is undone and run again after a
    /// pause, at most five times: it must not have effects outside the transaction.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + Sync + 'static,
    {
        self.detached(Access::Write, work).await
    }

    /// Asks the database for an answer: readiness.
    pub async fn ping(&self) -> Result<(), Error> {
        self.read(|tx| Box::pin(async move { tx.one::<(i64,)>("SELECT 1", Vec::new()).await }))
            .await
            .map(|(_,)| ())
    }

    /// Waits for running units of work and closes the connections.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite(pools) => {
                pools.read.close().await;
                pools.write.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }

    /// Runs `work` in a task of its own, so that dropping this future does not stop it once it has begun.
    /// A caller that goes away before its turn leaves nothing. A panic in `work` goes on in the caller.
    async fn detached<T, E, F>(&self, access: Access, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + Sync + 'static,
    {
        let permit = match IN_UNIT.try_with(|()| ()) {
            // The unit of work around this one holds a permit, and must not wait for others that may
            // wait for it.
            Ok(()) => None,
            Err(_) => Some(
                Arc::clone(&self.units)
                    .acquire_owned()
                    .await
                    .map_err(|_| Error::Unavailable)?,
            ),
        };
        let database = self.clone();
        let task = IN_UNIT.scope((), async move {
            let result = database.run(access, work).await;
            drop(permit);
            result
        });
        match tokio::spawn(task.in_current_span()).await {
            Ok(result) => result,
            Err(error) if error.is_panic() => panic::resume_unwind(error.into_panic()),
            // The runtime is shutting down.
            Err(_) => Err(Error::Unavailable.into()),
        }
    }

    async fn run<T, E, F>(&self, access: Access, work: F) -> Result<T, E>
    where
        E: From<Error>,
        F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T, E>>,
    {
        let mut backoff = Backoff::default();
        loop {
            match self.attempt(access, &work).await {
                Attempt::Done(result) => return result,
                Attempt::Again(error) => match backoff.next() {
                    Some(pause) => tokio::time::sleep(pause).await,
                    None => return Err(error),
                },
            }
        }
    }

    async fn attempt<T, E, F>(&self, access: Access, work: &F) -> Attempt<T, E>
    where
        E: From<Error>,
        F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T, E>>,
    {
        let mut tx = match self.begin(access).await {
            Ok(tx) => tx,
            Err(error) => return Attempt::of(error),
        };
        let mut result = work(&mut tx).await;
        if let (Access::ReadDurable, Ok(_)) = (access, &result)
            && let Err(error) = tx.sync_seen().await
        {
            result = Err(error.into());
        }
        match (result, tx.failed().cloned()) {
            (Ok(value), None) => match tx.commit().await {
                Ok(()) => Attempt::Done(Ok(value)),
                Err(error) => Attempt::of(error),
            },
            (Ok(_), Some(error)) => {
                tx.rollback().await;
                Attempt::of(error)
            }
            (Err(error), failed) => {
                tx.rollback().await;
                match failed {
                    Some(Error::Busy) => Attempt::Again(error),
                    _ => Attempt::Done(Err(error)),
                }
            }
        }
    }

    async fn begin(&self, access: Access) -> Result<Tx, Error> {
        Ok(match (&self.pools, access) {
            (Pools::Sqlite(pools), Access::Read | Access::ReadDurable) => {
                pools.read.begin().await?.into()
            }
            (Pools::Sqlite(pools), Access::Write) => {
                pools.write.begin_with("BEGIN IMMEDIATE").await?.into()
            }
            (Pools::Postgres(pool), Access::Read | Access::ReadDurable) => pool
                .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                .await?
                .into(),
            (Pools::Postgres(pool), Access::Write) => pool
                .begin_with("BEGIN ISOLATION LEVEL READ COMMITTED")
                .await?
                .into(),
        })
    }
}

impl<T, E: From<Error>> Attempt<T, E> {
    fn of(error: Error) -> Self {
        match error {
            Error::Busy => Self::Again(error.into()),
            error => Self::Done(Err(error.into())),
        }
    }
}
