//! The same by the bare engine: its own bulk load into the same table, and plain SQL over it.

use std::{
    process::Stdio,
    time::{Duration, Instant},
};

use storage::{Database, Sql};
use tokio::process::Command;

use crate::{Order, Outcome, bureau::Bureau};

/// Every row of the table.
const ROWS: &str = "SELECT release, period_year, series, span, position, value_cents, net_weight_grams, \
    marks, unit_cents, as_published FROM observations ORDER BY";

/// In the order of its key, or month by month.
fn rows(order: Order) -> String {
    let columns = match order {
        Order::Series => "1, 2, 3, 4",
        Order::Month => "1, 2, 4, 3",
    };
    format!("{ROWS} {columns}")
}

/// The table as the service makes it, under another name.
const SQLITE_TABLE: &str = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; \
    CREATE TABLE bare (release INTEGER NOT NULL, period_year INTEGER NOT NULL, series INTEGER NOT NULL, \
    span INTEGER NOT NULL, position INTEGER NOT NULL, value_cents INTEGER, net_weight_grams INTEGER, \
    marks INTEGER NOT NULL, unit_cents INTEGER NOT NULL, as_published TEXT, \
    PRIMARY KEY (release, period_year, series, span)) WITHOUT ROWID;";

/// How long the engine's own tool takes to load what the service has loaded, in an order, into the same keyed
/// table.
pub(crate) async fn load(bureau: &Bureau, order: Order) -> Outcome<Duration> {
    let rows = rows(order);
    let file = bureau.folder.path().join("rows.csv");
    match &bureau.url {
        None => {
            let own = bureau.folder.path().join("trade.db");
            let text = format!(".mode csv\n.once {}\n{rows};\n", file.display());
            run(Command::new("sqlite3").arg("-readonly").arg(own), &text).await?;
            let bare = bureau.folder.path().join("bare.db");
            run(Command::new("sqlite3").arg(&bare), SQLITE_TABLE).await?;
            let text = format!(
                "PRAGMA synchronous=FULL;\n.mode csv\n.import {} bare\n",
                file.display()
            );
            let begun = Instant::now();
            run(Command::new("sqlite3").arg(&bare), &text).await?;
            let took = begun.elapsed();
            std::fs::remove_file(&bare)?;
            std::fs::remove_file(&file)?;
            Ok(took)
        }
        Some(url) => {
            let schema = bureau.schema;
            let text = format!(
                "SET search_path = {schema};\n\\copy ({rows}) TO '{}' CSV\n",
                file.display()
            );
            psql(url, &text).await?;
            let mut table = format!(
                "SET search_path = {schema};\nCREATE TABLE bare (LIKE observations INCLUDING CONSTRAINTS, \
                 PRIMARY KEY (release, period_year, series, span)) PARTITION BY RANGE (period_year);\n"
            );
            for year in crate::figures::YEARS {
                table.push_str(&format!(
                    "CREATE TABLE bare_{year} PARTITION OF bare FOR VALUES FROM ({year}) TO ({});\n",
                    year + 1
                ));
            }
            psql(url, &table).await?;
            let text = format!(
                "SET search_path = {schema};\n\\copy bare FROM '{}' CSV\n",
                file.display()
            );
            let begun = Instant::now();
            psql(url, &text).await?;
            let took = begun.elapsed();
            psql(url, &format!("DROP TABLE {schema}.bare;\n")).await?;
            std::fs::remove_file(&file)?;
            Ok(took)
        }
    }
}

async fn psql(url: &str, text: &str) -> Outcome<()> {
    let mut command = Command::new("psql");
    command.args(["-q", "-v", "ON_ERROR_STOP=1", "-X", url]);
    run(&mut command, text).await
}

/// Gives a script to a tool.
async fn run(command: &mut Command, script: &str) -> Outcome<()> {
    use tokio::io::AsyncWriteExt as _;
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()?;
    if let Some(mut input) = child.stdin.take() {
        input.write_all(script.as_bytes()).await?;
    }
    let status = child.wait().await?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{command:?} failed: {status}").into())
    }
}

/// Five years of months by chapter, both flows together, over the figures.
pub(crate) const CHAPTERS: &str = "SELECT o.period_year, o.span, (o.series & 8388607) / 80000, \
    CAST(sum(o.value_cents) AS BIGINT) FROM observations o WHERE o.release = 1 \
    AND ((o.series >> 29) & 65535) = 0 AND o.span BETWEEN 101 AND 112 \
    AND o.period_year BETWEEN 2021 AND 2025 GROUP BY 1, 2, 3";

/// The twenty largest products of a year, over the figures.
pub(crate) const TOP: &str = "SELECT (o.series & 8388607) / 8, CAST(sum(o.value_cents) AS BIGINT), 0, 0 \
    FROM observations o WHERE o.release = 1 AND ((o.series >> 29) & 65535) = 0 \
    AND o.span BETWEEN 101 AND 112 AND o.period_year = 2025 GROUP BY 1 ORDER BY 2 DESC LIMIT 20";

/// Asks the engine; returns how many rows there are.
pub(crate) async fn ask(database: &Database, text: &'static str) -> Result<usize, storage::Error> {
    database
        .read(move |tx| {
            Box::pin(async move {
                let sql = Sql::new(text.to_owned());
                Ok(tx.all::<(i64, i64, i64, i64)>(sql, Vec::new()).await?.len())
            })
        })
        .await
}
