//! The one process: its data directory, keys, services and gateway, from start to end.

mod access;
mod first_load;
mod services;

use std::io::{Write as _, stdout};
use std::net::SocketAddr;
use std::process::ExitCode;

use clock::Clock;
use host::{
    Announcement, Certificates, Deps, HostArgs, Output, Server, Signals, Stack, StartError,
    Telemetry,
};

use self::access::Access;
use self::first_load::FirstLoad;
use crate::banner::Banner;
use crate::data_dir::{DataDir, DataDirError};
use crate::render::Format;
use crate::sample::Sample;

/// The name under which the process logs and announces itself.
const NAME: &str = "accord";

/// What to run.
#[derive(Debug)]
pub struct Plan {
    /// Addresses, limits, TLS and log.
    pub host: HostArgs,
    /// Where everything is kept.
    pub data_dir: std::path::PathBuf,
    /// Where texts are kept; by default in the data directory.
    pub texts: documents::texts::TextArgs,
    /// What web pages of others may do.
    pub web: gateway::WebArgs,
    /// When deadlines are reminded of.
    pub reminders: roadmaps::ReminderArgs,
    /// Whether the own issuer's tokens are accepted from other machines.
    pub allow_own_issuer: bool,
    /// What to load before saying that all is ready.
    pub sample: Sample,
}

/// Runs until the process is told to stop, and returns its exit code.
#[must_use]
pub fn run(plan: Plan) -> ExitCode {
    host::install_hook();
    let served = tokio::runtime::Runtime::new()
        .map_err(|error| StartError::Start(format!("cannot start threads: {error}")))
        .and_then(|runtime| runtime.block_on(serve(plan)));
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => host::failure(NAME, &error),
    }
}

async fn serve(plan: Plan) -> Result<(), StartError> {
    let clock = Clock::system();
    let telemetry = Telemetry::start(NAME, env!("CARGO_PKG_VERSION"), &plan.host.log, &clock)?;
    let deps = Deps::new(clock).with_metrics(telemetry.metrics());
    // The addresses come first: a start that fails on them leaves no trace on disk.
    let rules = plan.host.policy.rules()?;
    let server = Server::bind(&plan.host.listen).await?;
    let believes_client_cert = plan.host.believes_client_cert(server.listen())?;
    if !plan.host.auth.is_set() && !plan.allow_own_issuer {
        only_here(server.listen())?;
    }
    let signals = Signals::take()?;
    let data_dir = DataDir::open(&plan.data_dir)?;
    let access = Access::open(&data_dir, &plan.host.auth, &deps.clock).await?;
    let stack = Stack::new(access.tokens(), telemetry.metrics(), deps.clock.clone())
        .rules(rules.clone())
        .believes_client_cert(believes_client_cert)
        .max_calls(plan.host.listen.max_calls)
        .limits(&plan.host.listen.limits);
    let certificates = server.certificates();
    let reload_keys = access.reload(&plan.host.auth, &deps.clock);
    let reload_policies = host::reload_policies(plan.host.policy.clone(), rules);
    signals.answer(deps.stopping.clone(), move || {
        reload_keys();
        reload_policies();
        certificates.iter().for_each(Certificates::reload);
    });
    let gateway = tokio::select! {
        gateway = services::open(&data_dir, &plan.texts, &plan.web, &plan.reminders, &stack, &deps) => gateway?,
        () = deps.stopping.cancelled() => return Ok(()),
    };
    let banner = Banner {
        listen: server.listen(),
        admin_listen: server.admin_listen(),
        has_tls: server.has_tls(),
        data_dir: data_dir.path().to_owned(),
        token_file: access.token_file().map(ToOwned::to_owned),
        sample: plan.sample,
        loaded: None,
    };
    let serving = tokio::spawn({
        let (stack, deps) = (stack.clone(), deps.clone());
        async move { server.serve(gateway, &stack, &deps).await }
    });
    let prepared = tokio::select! {
        first = first_load::run(&plan, &access, &banner) => first.map(|first| announce(banner, first, plan.host.output)),
        () = deps.stopping.cancelled() => Ok(()),
    };
    if prepared.is_err() {
        deps.stopping.cancel();
    }
    let served = serving
        .await
        .unwrap_or_else(|error| Err(StartError::Start(format!("serving ended: {error}"))));
    telemetry.stop().await;
    prepared.and(served)
}

/// Refuses an address that other machines reach: the key of the own issuer lies beside the data, and whoever may read it can call
/// as anybody.
fn only_here(listen: SocketAddr) -> Result<(), StartError> {
    if listen.ip().is_loopback() {
        return Ok(());
    }
    Err(StartError::Config(format!(
        "listening on {listen} with tokens of the data directory's own issuer is refused: set --auth-issuer, --auth-audience \
         and --auth-jwks (ACCORD_AUTH_ISSUER, ACCORD_AUTH_AUDIENCE, ACCORD_AUTH_JWKS), or --allow-own-issuer \
         (ACCORD_ALLOW_OWN_ISSUER=true) to try things out"
    )))
}

/// Says that all is ready: one JSON object in one line, or what was loaded and the banner.
fn announce(banner: Banner, first: Option<FirstLoad>, output: Output) {
    match output {
        Output::Text => {
            if let Some(overview) = first.as_ref().and_then(|first| first.overview.as_ref()) {
                // A process goes on without a reader of its output, here as with the banner.
                let _ = overview
                    .print(Format::Table)
                    .and_then(|()| writeln!(stdout()));
            }
            let loaded = first.map(|first| first.outcome);
            Banner { loaded, ..banner }.print();
        }
        Output::Json => {
            let text = |path: &std::path::Path| path.display().to_string();
            Announcement::new(NAME, banner.listen, banner.admin_listen)
                .with("data_dir", text(&banner.data_dir))
                .with("token_file", banner.token_file.as_deref().map(text))
                .with("sample", banner.sample.name())
                .print(output);
        }
    }
}

impl From<DataDirError> for StartError {
    fn from(error: DataDirError) -> Self {
        Self::Start(error.to_string())
    }
}
