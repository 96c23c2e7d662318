//! Tables that PostgreSQL keeps in one part for each year. SQLite has them in one piece.

use aip::Sql;

use crate::{Engine, Error, Tx, args};

/// Whether a table exists in the schema. The catalogue is asked, because `to_regclass` can go on answering
/// from before another process has made it.
const EXISTS: &str = "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_class \
    WHERE relnamespace = current_schema()::regnamespace AND relname = $1)";
/// Writers of different processes make a part one after the other.
const LOCK: &str = "SELECT pg_advisory_xact_lock(hashtextextended('accord-parts/' || current_schema() || '/' || $1, 0)), 1";

impl Tx {
    /// Makes sure that a table that is partitioned by year has a part for `year`. Has no effect where
    /// there is one, or on SQLite. Readers and writers of other parts go on meanwhile.
    pub async fn ensure_year(&mut self, table: &'static str, year: i16) -> Result<(), Error> {
        if self.engine() == Engine::Sqlite {
            return Ok(());
        }
        let part = format!("{table}_{year}");
        if self.one::<(bool,)>(EXISTS, args![&part]).await?.0 {
            return Ok(());
        }
        self.execute(LOCK, args![table]).await?;
        if self.one::<(bool,)>(EXISTS, args![&part]).await?.0 {
            return Ok(());
        }
        // A new table is made beside and then attached, because PARTITION OF would lock out readers.
        for text in [
            format!("CREATE TABLE {part} (LIKE {table} INCLUDING CONSTRAINTS INCLUDING STORAGE)"),
            format!(
                "ALTER TABLE {table} ATTACH PARTITION {part} FOR VALUES FROM ({year}) TO ({})",
                i32::from(year) + 1
            ),
        ] {
            let args = Vec::new();
            let statement = crate::Statement::from(Sql { text, args }).once();
            self.execute(statement, Vec::new()).await?;
        }
        Ok(())
    }
}
