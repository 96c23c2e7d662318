//! The service as a process of its own, so that what it takes of memory is told from what the client and the
//! bare engine take.

use std::process::{ExitCode, Stdio};

use identity::{AUDIENCE, ISSUER, Issuer};
use storage::Database;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};
use tonic::transport::Channel;

use crate::Outcome;

/// Names the PostgreSQL schema to a process that is to be the service.
const SCHEMA: &str = "ACCORD_BENCH_TRADE_SCHEMA";

/// Whether this process is to be the service.
pub(crate) fn is_wanted() -> bool {
    std::env::var_os(SCHEMA).is_some()
}

/// Serves as `accord-trade` does, in a schema of the benchmark.
pub(crate) fn serve() -> ExitCode {
    let binary = host::Binary {
        name: "accord-bench-trade",
        about: "The service that is measured",
        version: env!("CARGO_PKG_VERSION"),
        listen: "127.0.0.1:0",
        admin_listen: "127.0.0.1:0",
        threads: host::Threads::Shared,
    };
    host::run(binary, async |config: trade::Config, deps| {
        // As long as the process.
        let schema = std::env::var(SCHEMA).unwrap_or_default().leak();
        let options = config.database.options(schema)?;
        let database = Database::open(&options, trade::MIGRATIONS).await?;
        Ok(trade::component_on(database, deps))
    })
}

/// The running service; it ends with this.
#[derive(Debug)]
pub(crate) struct Service {
    child: Child,
    /// Its address.
    pub(crate) channel: Channel,
}

impl Service {
    /// Starts the service on a database, for callers with tokens of `issuer`.
    pub(crate) async fn start(url: &str, schema: &str, issuer: &Issuer) -> Outcome<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["--output", "json"])
            .env(SCHEMA, schema)
            .env("ACCORD_DATABASE_URL", url)
            .env("ACCORD_AUTH_ISSUER", ISSUER)
            .env("ACCORD_AUTH_AUDIENCE", AUDIENCE)
            .env("ACCORD_AUTH_JWKS", issuer.jwks_path())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let output = child.stdout.take().ok_or("the service has no output")?;
        let line = BufReader::new(output).lines().next_line().await?;
        let line = line.ok_or("the service did not start")?;
        let ready: serde_json::Value = serde_json::from_str(&line)?;
        let address = ready.get("listen").and_then(serde_json::Value::as_str);
        let address = address.ok_or("the service does not say where it listens")?;
        let address = if address.contains("://") {
            address.to_owned()
        } else {
            format!("http://{address}")
        };
        let channel = host::remote::channel(&host::remote::address(&address)?)?;
        Ok(Self { child, channel })
    }

    /// The number of its process.
    pub(crate) fn process(&self) -> Option<u32> {
        self.child.id()
    }
}
