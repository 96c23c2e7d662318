//! Where a process listens, and how much it takes on.

use std::{net::SocketAddr, time::Duration};

use clap::builder::RangedU64ValueParser;
use tokio::net::{TcpListener, lookup_host};

use super::{ConnectionArgs, LimitArgs, TlsArgs};
use crate::{DEFAULT_MAX_CALLS, StartError};

/// Addresses, encryption and limits of a listening process.
#[derive(clap::Args, Clone, Debug)]
pub struct ListenArgs {
    /// Address for calls; port 0 takes any free port
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8080")]
    pub listen: String,

    /// Address for `/healthz`, `/readyz` and `/metrics` over plain HTTP; port 0 takes any free port
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8081")]
    pub admin_listen: String,

    /// Certificates.
    #[command(flatten)]
    pub tls: TlsArgs,

    /// Listen beyond this machine without TLS, where something in front encrypts
    #[arg(long)]
    pub allow_plaintext: bool,

    /// Calls answered at once; more are refused with UNAVAILABLE
    #[arg(long, value_name = "N", default_value_t = DEFAULT_MAX_CALLS, value_parser = RangedU64ValueParser::<usize>::new().range(1..))]
    pub max_calls: usize,

    /// Seconds that calls in progress get to end after SIGTERM
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = super::seconds_or_none())]
    pub drain_seconds: u64,

    /// Limits on connections.
    #[command(flatten)]
    pub connections: ConnectionArgs,

    /// Limits on calls.
    #[command(flatten)]
    pub limits: LimitArgs,
}

impl ListenArgs {
    /// Returns how long calls in progress get to end.
    #[must_use]
    pub fn drain(&self) -> Duration {
        Duration::from_secs(self.drain_seconds)
    }

    /// Takes the address for calls; one that others can reach only with TLS or by express wish.
    pub(crate) async fn bind(&self) -> Result<TcpListener, StartError> {
        let address = resolve("listen", &self.listen).await?;
        if !address.ip().is_loopback() && !self.tls.is_set() && !self.allow_plaintext {
            return Err(StartError::Config(format!(
                "listening on {address} without TLS is refused: set --tls-cert and --tls-key \
                 (ACCORD_TLS_CERT, ACCORD_TLS_KEY), or --allow-plaintext \
                 (ACCORD_ALLOW_PLAINTEXT=true) if something in front encrypts"
            )));
        }
        bind("listen", address).await
    }

    /// Takes the address for health and metrics, which hold nothing that is recorded.
    pub(crate) async fn bind_admin(&self) -> Result<TcpListener, StartError> {
        let address = resolve("admin-listen", &self.admin_listen).await?;
        bind("admin-listen", address).await
    }
}

async fn resolve(flag: &str, text: &str) -> Result<SocketAddr, StartError> {
    let wrong = |detail: String| {
        StartError::Config(format!(
            "--{flag} ({}): {text:?} is no HOST:PORT: {detail}",
            super::variable(flag)
        ))
    };
    let mut addresses = lookup_host(text)
        .await
        .map_err(|error| wrong(error.to_string()))?;
    addresses
        .next()
        .ok_or_else(|| wrong("the host has no address".to_owned()))
}

async fn bind(flag: &str, address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|error| {
        StartError::Start(format!(
            "cannot listen on {address}: {error}; --{flag} ({}) sets another address",
            super::variable(flag)
        ))
    })
}
