//! The whole of a thin binary's `main`.

use std::{future::Future, process::ExitCode};

use clap::{Args, Command, FromArgMatches};
use clock::Clock;
use futures::FutureExt as _;
use tokio::runtime::{Builder, Runtime};

use crate::{
    Announcement, Certificates, Component, Deps, HostArgs, Rules, Server, Signals, Stack,
    StartError, Telemetry, Tokens,
    args::{AuthArgs, PolicyArgs},
    config, panics, report,
};

/// What is particular to one binary.
#[derive(Clone, Copy, Debug)]
pub struct Binary {
    /// Its name, for example `accord-documents`.
    pub name: &'static str,
    /// One line for its help.
    pub about: &'static str,
    /// Its version.
    pub version: &'static str,
    /// Default of `--listen`.
    pub listen: &'static str,
    /// Default of `--admin-listen`.
    pub admin_listen: &'static str,
    /// What its connections are served by.
    pub threads: Threads,
}

/// What serves the connections of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Threads {
    /// Threads that share all tasks: right where calls compute, or wait for a database.
    Shared,
    /// A thread for each processor with connections of its own: right where calls are passed on.
    Cores,
}

/// Runs a process that serves one component: reads the settings, builds the component from its own
/// ones (`A`), serves it until SIGTERM, drains, and returns the exit code.
pub fn run<A, B, Fut>(binary: Binary, build: B) -> ExitCode
where
    A: Args + Send,
    B: FnOnce(A, Deps) -> Fut,
    Fut: Future<Output = Result<Component, StartError>>,
{
    panics::install_hook();
    let (settings, lines) = match config::parse_command::<Settings<A>>(
        Settings::<A>::command(&binary),
        std::env::args_os(),
    ) {
        Ok(settings) => settings,
        Err(stop) => return stop.report(binary.name),
    };
    let runtime = match binary.threads {
        Threads::Shared => Runtime::new(),
        // Beside its cores it takes connections and looks after what is behind them.
        Threads::Cores => Builder::new_current_thread().enable_all().build(),
    };
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            let error = StartError::Start(format!("cannot start threads: {error}"));
            return report::failure(binary.name, &error);
        }
    };
    let served = runtime.block_on(
        std::panic::AssertUnwindSafe(serve(binary, settings, lines, build)).catch_unwind(),
    );
    let served = served.unwrap_or_else(|_| {
        Err(StartError::Start(
            "ended by a mistake of its own".to_owned(),
        ))
    });
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => report::failure(binary.name, &error),
    }
}

async fn serve<A, B, Fut>(
    binary: Binary,
    settings: Settings<A>,
    lines: Vec<String>,
    build: B,
) -> Result<(), StartError>
where
    B: FnOnce(A, Deps) -> Fut,
    Fut: Future<Output = Result<Component, StartError>>,
{
    let Settings { host, service } = settings;
    let clock = Clock::system();
    let telemetry = Telemetry::start(binary.name, binary.version, &host.log, &clock)?;
    for setting in lines {
        tracing::debug!(setting);
    }
    let deps = Deps::new(clock).with_metrics(telemetry.metrics());
    let tokens = host.auth.tokens(deps.clock.clone()).await?;
    let rules = host.policy.rules()?;
    let mut server = Server::bind(&host.listen).await?;
    if binary.threads == Threads::Cores {
        server = server.on_cores()?;
    }
    let signals = Signals::take()?;
    let certificates = server.certificates();
    let believes_client_cert = host.believes_client_cert(server.listen())?;
    let reload_keys = reload(host.auth, tokens.clone(), deps.clock.clone());
    let reload_policies = reload_policies(host.policy, rules.clone());
    signals.answer(deps.stopping.clone(), move || {
        reload_keys();
        reload_policies();
        certificates.iter().for_each(Certificates::reload);
    });
    let component = tokio::select! {
        component = build(service, deps.clone()) => component?,
        () = deps.stopping.cancelled() => {
            telemetry.stop().await;
            return Ok(());
        }
    };
    let announcement = Announcement::new(binary.name, server.listen(), server.admin_listen());
    component
        .announcements
        .iter()
        .fold(announcement, |announcement, (field, value)| {
            announcement.with(field, value.clone())
        })
        .print(host.output);
    let stack = Stack::new(tokens, telemetry.metrics(), deps.clock.clone())
        .rules(rules)
        .believes_client_cert(believes_client_cert)
        .max_calls(host.listen.max_calls)
        .limits(&host.listen.limits);
    let outcome = server.serve(component, &stack, &deps).await;
    telemetry.stop().await;
    outcome
}

/// Returns what SIGHUP does: reads the key set and the agencies again, and keeps the old ones if that fails.
pub fn reload(auth: AuthArgs, tokens: Tokens, clock: Clock) -> impl Fn() + Send + 'static {
    move || auth.reload(&tokens, &clock)
}

/// Returns what SIGHUP does for policies: reads the folder again, and keeps those before if that fails.
pub fn reload_policies(policy: PolicyArgs, rules: Rules) -> impl Fn() + Send + 'static {
    move || policy.reload(&rules)
}

/// The host's settings and the service's own, as one command line.
struct Settings<A> {
    host: HostArgs,
    service: A,
}

impl<A: Args> Settings<A> {
    fn command(binary: &Binary) -> Command {
        let command = A::augment_args(Command::new(binary.name));
        let (listen, admin_listen) = (binary.listen, binary.admin_listen);
        // The description comes last: each group of settings leaves its own.
        HostArgs::augment_args(command)
            .about(binary.about)
            .long_about(None)
            .version(binary.version)
            .mut_arg("listen", |arg| arg.default_value(listen))
            .mut_arg("admin_listen", |arg| arg.default_value(admin_listen))
    }
}

impl<A: FromArgMatches> FromArgMatches for Settings<A> {
    fn from_arg_matches(matches: &clap::ArgMatches) -> Result<Self, clap::Error> {
        Ok(Self {
            host: HostArgs::from_arg_matches(matches)?,
            service: A::from_arg_matches(matches)?,
        })
    }

    fn update_from_arg_matches(&mut self, matches: &clap::ArgMatches) -> Result<(), clap::Error> {
        self.host.update_from_arg_matches(matches)?;
        self.service.update_from_arg_matches(matches)
    }
}
