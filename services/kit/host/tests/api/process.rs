//! A thin binary as a process: the ready line, signals and exit codes.

use std::{
    fs,
    path::PathBuf,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use clock::Clock;
use host::Bearer;
use identity::{AUDIENCE, Grant, ISSUER, Issuer, Role};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader},
    process::{Child, Command},
};
use tonic::{
    Request,
    metadata::MetadataValue,
    service::{Interceptor, interceptor::InterceptedService},
    transport::{Channel, Endpoint},
};

use crate::world::{Client, call, client, page, stream};

/// The example beside this test, which `cargo test` builds.
fn program() -> Command {
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    path.push("examples/probe");
    assert!(
        path.exists(),
        "run `cargo test` without --test, so that the example is built"
    );
    let mut command = Command::new(path);
    for (name, _) in std::env::vars() {
        if name.starts_with("ACCORD_") || name.starts_with("OTEL_") || name == "RUST_LOG" {
            command.env_remove(name);
        }
    }
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.kill_on_drop(true);
    command
}

/// A running probe.
pub(crate) struct Running {
    child: Child,
    ready: Value,
    issuer: Issuer,
    jwks: PathBuf,
    _directory: tempfile::TempDir,
}

impl Running {
    async fn start() -> Self {
        Self::start_with(&[]).await
    }

    pub(crate) async fn start_with(variables: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let issuer = Issuer::open_or_create(directory.path(), Clock::system()).unwrap();
        let jwks = issuer.jwks_path();
        let mut child = program()
            .args(["--output", "json"])
            .env("ACCORD_AUTH_ISSUER", ISSUER)
            .env("ACCORD_AUTH_AUDIENCE", AUDIENCE)
            .env("ACCORD_AUTH_JWKS", &jwks)
            .envs(variables.iter().copied())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = lines.next_line().await.unwrap().unwrap();
        Self {
            child,
            ready: serde_json::from_str(&line).unwrap(),
            issuer,
            jwks,
            _directory: directory,
        }
    }

    pub(crate) fn client(&self) -> Client<Bearer> {
        client_with(&self.ready, &self.issuer)
    }

    /// A client that also sends `name: value` with each call.
    pub(crate) fn client_with_metadata(
        &self,
        name: &'static str,
        value: &str,
    ) -> Client<impl Interceptor + use<>> {
        let (channel, mut bearer) = connection(&self.ready, &self.issuer);
        let value: MetadataValue<_> = value.parse().unwrap();
        let interceptor = move |request| {
            let mut request: Request<()> = bearer.call(request)?;
            request.metadata_mut().insert(name, value.clone());
            Ok(request)
        };
        client(InterceptedService::new(channel, interceptor))
    }

    /// Where it takes calls.
    pub(crate) fn listen(&self) -> &str {
        self.ready["listen"].as_str().unwrap()
    }

    /// Waits for its end, and returns what it has logged.
    pub(crate) async fn end_with_log(&mut self) -> String {
        let mut log = String::new();
        let mut stderr = self.child.stderr.take().unwrap();
        stderr.read_to_string(&mut log).await.unwrap();
        assert_eq!(self.end().await.code(), Some(0), "{log}");
        log
    }

    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().unwrap().to_string();
        let sent = std::process::Command::new("kill")
            .args(["-s", name, &id])
            .status();
        assert!(sent.unwrap().success());
    }

    pub(crate) async fn end(&mut self) -> ExitStatus {
        let ended = tokio::time::timeout(Duration::from_secs(10), self.child.wait());
        ended.await.unwrap().unwrap()
    }
}

fn client_with(ready: &Value, issuer: &Issuer) -> Client<Bearer> {
    let (channel, bearer) = connection(ready, issuer);
    client(InterceptedService::new(channel, bearer))
}

fn connection(ready: &Value, issuer: &Issuer) -> (Channel, Bearer) {
    let address = format!("http://{}", ready["listen"].as_str().unwrap());
    let channel = Endpoint::from_shared(address).unwrap().connect_lazy();
    let token = issuer.issue(&Grant {
        agency: "uz-stat".to_owned(),
        party: None,
        roles: vec![Role::Reader],
        ttl: Duration::from_mins(1),
    });
    (channel, Bearer::new(&token).unwrap())
}

/// Runs a probe that cannot start; returns its exit code and what it says.
async fn failed(arguments: &[&str], variables: &[(&str, &str)]) -> (i32, String) {
    let mut child = program()
        .args(arguments)
        .envs(variables.iter().copied())
        .spawn()
        .unwrap();
    let mut text = String::new();
    let mut errors = child.stderr.take().unwrap();
    errors.read_to_string(&mut text).await.unwrap();
    (child.wait().await.unwrap().code().unwrap(), text)
}

#[tokio::test]
async fn first_line_says_where_the_process_answers() {
    let running = Running::start().await;
    assert_eq!(running.ready["event"], "ready");
    assert_eq!(running.ready["service"], "accord-probe");
    assert_eq!(running.ready["data_dir"], "/nowhere");
    assert!(running.ready["admin_listen"].is_string());
    let answer = call(&mut running.client(), "/probe.Probe/Echo", "hello").await;
    assert_eq!(answer.unwrap().into_inner(), "hello");
}

#[tokio::test]
async fn sigterm_finishes_calls_in_progress_and_exits_0() {
    let mut running = Running::start().await;
    let mut items = stream(&mut running.client(), "/probe.Probe/Forty")
        .await
        .unwrap();
    assert!(items.message().await.unwrap().is_some());
    running.signal("TERM");
    let mut received = 1;
    while items.message().await.unwrap().is_some() {
        received += 1;
    }
    assert_eq!(received, 40);
    assert_eq!(running.end().await.code(), Some(0));
}

#[tokio::test]
async fn second_sigterm_ends_at_once() {
    let mut running = Running::start().await;
    let mut items = stream(&mut running.client(), "/probe.Probe/Count")
        .await
        .unwrap();
    assert!(items.message().await.unwrap().is_some());
    running.signal("TERM");
    let admin = running.ready["admin_listen"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    while page(admin, "/readyz").await.0 == 200 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    running.signal("TERM");
    assert_eq!(running.end().await.code(), Some(1));
    while let Ok(Some(_)) = items.message().await {}
}

#[tokio::test]
async fn sighup_reads_the_key_set_again() {
    let running = Running::start().await;
    let other = tempfile::tempdir().unwrap();
    let issuer = Issuer::open_or_create(other.path(), Clock::system()).unwrap();
    let mut unknown = client_with(&running.ready, &issuer);
    assert!(call(&mut unknown, "/probe.Probe/Echo", "").await.is_err());
    fs::write(&running.jwks, issuer.jwks()).unwrap();
    running.signal("HUP");
    for _ in 0..100 {
        if call(&mut unknown, "/probe.Probe/Echo", "").await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the new key is not known");
}

#[tokio::test]
async fn missing_authentication_exits_2_with_one_line() {
    let (code, text) = failed(&[], &[("ACCORD_AUTH_ISSUER", "i")]).await;
    assert_eq!(code, 2);
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(
        text.contains("ACCORD_AUTH_AUDIENCE") && text.contains("ACCORD_AUTH_JWKS"),
        "{text}"
    );
}

#[tokio::test]
async fn failed_start_exits_1_and_wrong_settings_exit_2_with_one_line() {
    let directory = tempfile::tempdir().unwrap();
    let issuer = Issuer::open_or_create(directory.path(), Clock::system()).unwrap();
    let jwks = issuer.jwks_path();
    let auth = [
        ("ACCORD_AUTH_ISSUER", ISSUER),
        ("ACCORD_AUTH_AUDIENCE", AUDIENCE),
        ("ACCORD_AUTH_JWKS", jwks.to_str().unwrap()),
    ];
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let config = directory.path().join("probe.toml");
    fs::write(&config, "lisen = '127.0.0.1:0'").unwrap();
    let policies = directory.path().join("policies");
    fs::create_dir(&policies).unwrap();
    fs::write(policies.join("own.cedar"), "\npermit (").unwrap();
    let agencies = directory.path().join("agencies.json");
    fs::write(&agencies, "[]").unwrap();
    for (arguments, code, words) in [
        (["--listen", taken.as_str()], 1, "cannot listen on"),
        (["--admin-listen", taken.as_str()], 1, "ACCORD_ADMIN_LISTEN"),
        (
            ["--probe-failure", "the database is newer"],
            1,
            "the database is newer",
        ),
        (["--config", config.to_str().unwrap()], 2, "\"lisen\""),
        (["--listen", "0.0.0.0:0"], 2, "ACCORD_ALLOW_PLAINTEXT"),
        (
            ["--policy-dir", policies.to_str().unwrap()],
            2,
            "own.cedar:2:",
        ),
        (["--log", "info,=="], 2, "ACCORD_LOG"),
        (
            ["--auth-agencies", agencies.to_str().unwrap()],
            2,
            "ACCORD_TLS_CLIENT_CA",
        ),
    ] {
        let (found, text) = failed(&arguments, &auth).await;
        assert_eq!(found, code, "{arguments:?}: {text}");
        assert_eq!(text.lines().count(), 1, "{arguments:?}: {text}");
        assert!(text.contains(words), "{arguments:?}: {text}");
    }
}

#[tokio::test]
async fn unknown_flag_and_endless_time_exit_2() {
    assert_eq!(failed(&["--lisen", "x"], &[]).await.0, 2);
    let endless = ["--idle-seconds", "18446744073709551615"];
    assert_eq!(failed(&endless, &[]).await.0, 2);
}

#[tokio::test]
async fn help_describes_the_binary_and_names_every_variable() {
    let mut child = program().arg("--help").spawn().unwrap();
    let mut text = String::new();
    let mut output = child.stdout.take().unwrap();
    output.read_to_string(&mut text).await.unwrap();
    assert_eq!(child.wait().await.unwrap().code(), Some(0));
    assert!(text.starts_with("Serves the probe"), "{text}");
    for variable in ["ACCORD_LISTEN", "ACCORD_AUTH_JWKS", "ACCORD_PROBE_FAILURE"] {
        assert!(text.contains(variable), "{variable}: {text}");
    }
}
