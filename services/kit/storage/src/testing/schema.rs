//! Compares what the two dialects of a service's migrations make.

use crate::{Database, Engine, Error, Migrations};

use super::databases;

crate::row! {
    /// A column, in words that do not depend on the engine.
    #[derive(PartialEq, Eq, PartialOrd, Ord)]
    struct Column {
        owner: String,
        name: String,
        kind: String,
        required: bool,
        in_key: bool,
    }
}

const COLUMNS_SQLITE: &str = "SELECT t.name AS owner, c.name AS name, c.type AS kind, \
    c.\"notnull\" <> 0 OR c.pk > 0 AS required, c.pk > 0 AS in_key \
    FROM pragma_table_list AS t JOIN pragma_table_info(t.name) AS c \
    WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite_%'";
const COLUMNS_POSTGRES: &str = "SELECT t.relname::text AS owner, c.attname::text AS name, \
    format_type(c.atttypid, NULL) AS kind, c.attnotnull AS required, EXISTS (SELECT 1 \
    FROM pg_index AS i WHERE i.indrelid = t.oid AND i.indisprimary AND c.attnum = ANY (i.indkey)) \
    AS in_key FROM pg_class AS t JOIN pg_attribute AS c ON c.attrelid = t.oid \
    WHERE t.relnamespace = current_schema()::regnamespace AND t.relkind IN ('r', 'p') \
    AND NOT t.relispartition AND c.attnum > 0 AND NOT c.attisdropped";
/// Text columns of ordered indexes that do not sort by bytes (950 is the fixed id of collation \"C\").
const LOCALE_POSTGRES: &str = "SELECT DISTINCT t.relname || '.' || c.attname AS name \
    FROM pg_index AS i JOIN pg_class AS t ON t.oid = i.indrelid \
    JOIN pg_class AS x ON x.oid = i.indexrelid JOIN pg_am AS m ON m.oid = x.relam \
    JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attnum = ANY (i.indkey) \
    WHERE t.relnamespace = current_schema()::regnamespace AND m.amname = 'btree' \
    AND c.attcollation NOT IN (0, 950)";

/// Fails unless `migrations` make the same tables, columns, types, primary keys and NOT NULLs on both
/// engines, and every text column of an ordered PostgreSQL index sorts by bytes, as SQLite's do.
///
/// Virtual tables are left out. Without a PostgreSQL server there is nothing to compare.
pub async fn same_schema(schema: &'static str, migrations: &[&'static Migrations]) {
    let mut made = Vec::new();
    for opened in databases(schema, migrations).await {
        made.push(
            columns(&opened.database)
                .await
                .expect("the catalogue is read"),
        );
        let locale = by_locale(&opened.database)
            .await
            .expect("the catalogue is read");
        assert!(locale.is_empty(), "these need COLLATE \"C\": {locale:?}");
        opened.remove().await;
    }
    if let [sqlite, postgres] = made.as_slice() {
        for column in sqlite {
            assert!(
                postgres.contains(column),
                "PostgreSQL has no such {column:?}"
            );
        }
        for column in postgres {
            assert!(sqlite.contains(column), "SQLite has no such {column:?}");
        }
    }
}

async fn columns(database: &Database) -> Result<Vec<Column>, Error> {
    let mut columns: Vec<Column> = database
        .read(|tx| {
            Box::pin(async move {
                let text = match tx.engine() {
                    Engine::Sqlite => COLUMNS_SQLITE,
                    Engine::Postgres => COLUMNS_POSTGRES,
                };
                tx.all(text, Vec::new()).await
            })
        })
        .await?;
    for column in &mut columns {
        column.kind = match column.kind.as_str() {
            // SQLite's truths are integers.
            "INTEGER" | "bigint" | "boolean" => "integer".to_owned(),
            "BLOB" | "bytea" => "bytes".to_owned(),
            other => other.to_lowercase(),
        };
    }
    columns.sort_unstable();
    Ok(columns)
}

async fn by_locale(database: &Database) -> Result<Vec<(String,)>, Error> {
    if database.engine() == Engine::Sqlite {
        return Ok(Vec::new());
    }
    database
        .read(|tx| Box::pin(async move { tx.all(LOCALE_POSTGRES, Vec::new()).await }))
        .await
}
