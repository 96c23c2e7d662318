//! `accord-gateway` as a process of its own: its configuration, health and reflection.

use std::{
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use gateway::{Service, Upstreams};
use identity::{AUDIENCE, ISSUER, Issuer, Role};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader},
    net::TcpListener,
    process::{Child, Command},
};
use tokio_stream::{StreamExt, wrappers::TcpListenerStream};
use tonic::{
    service::interceptor::InterceptedService,
    transport::{Channel, Endpoint},
};
use tonic_health::{
    ServingStatus,
    pb::{HealthCheckRequest, health_client::HealthClient},
};
use tonic_reflection::pb::v1::{
    ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
    server_reflection_request::MessageRequest, server_reflection_response::MessageResponse,
};

use crate::{
    echo::{Echo, SERVICE, frame},
    running::{self, Gateway},
    upstreams::with_health,
    wire::{Answer, Call},
};

/// The program with no settings but these.
fn program(settings: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_accord-gateway"));
    for (name, _) in std::env::vars() {
        if name.starts_with("ACCORD_") || name.starts_with("OTEL_") {
            command.env_remove(name);
        }
    }
    command
        .args(["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"])
        .args(["--output", "json"])
        .args(settings)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// A running gateway process.
pub(crate) struct Process {
    pub(crate) address: String,
    pub(crate) issuer: Arc<Issuer>,
    child: Child,
    _keys: tempfile::TempDir,
}

impl Process {
    pub(crate) async fn start(settings: &[&str]) -> Self {
        let (keys, issuer) = running::issuer();
        let mut child = program(settings)
            .env("ACCORD_AUTH_ISSUER", ISSUER)
            .env("ACCORD_AUTH_AUDIENCE", AUDIENCE)
            .env("ACCORD_AUTH_JWKS", issuer.jwks_path())
            .spawn()
            .expect("started");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let line = lines.next_line().await.expect("readable");
        let ready: serde_json::Value =
            serde_json::from_str(&line.expect("the ready line")).expect("JSON");
        assert_eq!(ready["event"], "ready");
        Self {
            address: ready["listen"].as_str().expect("an address").to_owned(),
            issuer,
            child,
            _keys: keys,
        }
    }

    /// Sends SIGTERM.
    pub(crate) fn terminate(&mut self) {
        let id = self.child.id().expect("it runs").to_string();
        let sent = std::process::Command::new("kill").arg(id).status();
        assert!(sent.expect("a signal").success());
    }

    /// Waits until it has ended.
    pub(crate) async fn end(&mut self) -> std::process::ExitStatus {
        self.child.wait().await.expect("it ends")
    }

    /// Stops the process and returns what it has logged.
    pub(crate) async fn log(mut self) -> String {
        self.terminate();
        let mut log = String::new();
        let mut stderr = self.child.stderr.take().expect("piped");
        stderr.read_to_string(&mut log).await.expect("text");
        log
    }

    fn channel(&self) -> Channel {
        Endpoint::from_shared(format!("http://{}", self.address))
            .expect("an address")
            .connect_lazy()
    }

    /// Waits until health says `expected` of `service`.
    async fn wait_for(&self, service: &str, expected: ServingStatus) {
        let mut client = HealthClient::new(self.channel());
        let reached = async {
            loop {
                let request = HealthCheckRequest {
                    service: service.to_owned(),
                };
                let answer = client.check(request).await.expect("an answer").into_inner();
                if answer.status == expected as i32 {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), reached)
            .await
            .unwrap_or_else(|_| panic!("{service} becomes {expected:?}"));
    }
}

#[tokio::test]
async fn a_service_is_asked_for_its_health_once_a_round_whatever_the_number_of_its_names() {
    let asked = Arc::new(AtomicUsize::new(0));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("free port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let (_reporter, health) = tonic_health::server::health_reporter();
    let counted = Arc::clone(&asked);
    let health = InterceptedService::new(health, move |request| {
        counted.fetch_add(1, Ordering::SeqCst);
        Ok(request)
    });
    tokio::spawn(async move {
        tonic::transport::Server::builder()
            .add_service(health)
            .serve_with_incoming(TcpListenerStream::new(listener))
            .await
            .expect("served");
    });
    let channel = Endpoint::from_shared(url).expect("a URL").connect_lazy();
    let upstreams = Upstreams::default().with_service(Service::Documents, channel);
    let begun = std::time::Instant::now();
    let _gateway = Gateway::in_front_of(upstreams).await;
    let three_rounds = async {
        while asked.load(Ordering::SeqCst) < 3 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let asked_again = tokio::time::timeout(Duration::from_secs(60), three_rounds).await;
    asked_again.expect("it is asked again and again");
    // At the start, and then each two seconds; the last round may just have begun.
    let count = asked.load(Ordering::SeqCst);
    let rounds = begun.elapsed().as_secs() / 2 + 2;
    assert!(count as u64 <= rounds, "{count} in {rounds} rounds");
}

#[tokio::test]
async fn health_of_each_service_is_its_upstreams_and_one_is_enough_for_the_whole() {
    let (healthy, _reporter) = with_health().await;
    let documents = format!("documents={healthy}");
    // Port 9 is `discard`: nobody listens there.
    let process = Process::start(&[
        "--upstream",
        &documents,
        "--upstream",
        "trade=http://127.0.0.1:9",
    ])
    .await;
    process
        .wait_for(
            "accord.documents.v1.DocumentService",
            ServingStatus::Serving,
        )
        .await;
    process
        .wait_for("accord.trade.v1.TradeService", ServingStatus::NotServing)
        .await;
    process
        .wait_for("accord.overview.v1.OverviewService", ServingStatus::Serving)
        .await;
    process.wait_for("", ServingStatus::Serving).await;
}

#[tokio::test]
async fn gateway_is_not_serving_without_any_service() {
    let process = Process::start(&["--upstream", "trade=http://127.0.0.1:9"]).await;
    process.wait_for("", ServingStatus::NotServing).await;
}

#[tokio::test]
async fn reflection_names_what_can_be_called_and_describes_it() {
    let process = Process::start(&["--upstream", "documents=http://127.0.0.1:9"]).await;
    let ask = |message| ServerReflectionRequest {
        host: String::new(),
        message_request: Some(message),
    };
    let requests = tokio_stream::iter([
        ask(MessageRequest::ListServices(String::new())),
        ask(MessageRequest::FileContainingSymbol(
            "accord.documents.v1.DocumentService".to_owned(),
        )),
    ]);
    let mut answers = ServerReflectionClient::new(process.channel())
        .server_reflection_info(requests)
        .await
        .expect("reflection")
        .into_inner();
    let mut next = async || {
        let answer = answers.next().await.expect("an answer").expect("no error");
        answer.message_response.expect("a message")
    };
    let MessageResponse::ListServicesResponse(listed) = next().await else {
        panic!("expected the services");
    };
    let names: Vec<_> = listed
        .service
        .into_iter()
        .map(|service| service.name)
        .collect();
    for name in [
        "accord.documents.v1.DocumentService",
        "accord.overview.v1.OverviewService",
        "accord.ledger.v1.LedgerService",
    ] {
        assert!(
            names.iter().any(|listed| listed == name),
            "{name} in {names:?}"
        );
    }
    assert!(!names.iter().any(|name| name.starts_with("accord.trade.")));
    let MessageResponse::FileDescriptorResponse(described) = next().await else {
        panic!("expected a description");
    };
    assert!(!described.file_descriptor_proto.is_empty());
}

#[tokio::test]
async fn process_forwards_with_the_callers_token() {
    let echo = Echo::start().await;
    let process = Process::start(&["--route", &format!("acme.echo={}", echo.url())]).await;
    let token = running::token(&process.issuer, Role::Reader);
    let call = Call::new(format!("{SERVICE}/Echo"))
        .header("authorization", &format!("Bearer {token}"))
        .message(b"through");
    let answer = Answer::read(running::send(&process.address, call).await).await;
    assert_eq!(answer.body, frame(b"through"));
    let seen = &answer.headers["seen-authorization"];
    assert_eq!(seen, &format!("Bearer {token}"));
}

#[tokio::test]
async fn services_are_told_whom_a_call_is_of_by_the_gateway_and_not_by_its_caller() {
    let echo = Echo::start().await;
    let route = format!("acme.echo={}", echo.url());
    for (settings, expected) in [
        (vec![], "127.0.0.1"),
        (vec!["--trusted-proxy", "127.0.0.0/8"], "203.0.113.9"),
    ] {
        let settings = [&["--route", &route], settings.as_slice()].concat();
        let process = Process::start(&settings).await;
        let token = running::token(&process.issuer, Role::Reader);
        let call = Call::new(format!("{SERVICE}/Echo"))
            .header("authorization", &format!("Bearer {token}"))
            .header("x-forwarded-for", "198.51.100.7")
            .header("x-forwarded-for", "203.0.113.9")
            .message(b"m");
        let answer = Answer::read(running::send(&process.address, call).await).await;
        let seen: Vec<_> = answer
            .headers
            .get_all("seen-x-forwarded-for")
            .iter()
            .collect();
        assert_eq!(seen, [expected]);
    }
}

#[tokio::test]
async fn upstream_that_stays_away_is_warned_of_once() {
    let process = Process::start(&[
        "--upstream",
        "documents=http://127.0.0.1:9",
        // It is tried again thirty times a second at first, and every second in the end.
        "--upstream-ejection-seconds",
        "1",
        "--log-format",
        "json",
    ])
    .await;
    let token = running::token(&process.issuer, Role::Reader);
    for _ in 0..30 {
        let call = Call::new("/accord.documents.v1.DocumentService/GetDocument")
            .header("authorization", &format!("Bearer {token}"))
            .message(b"");
        let answer = Answer::read(running::send(&process.address, call).await).await;
        assert_eq!(answer.status().code(), tonic::Code::Unavailable);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let log = process.log().await;
    let is_of_it = |line: &&str| line.contains("WARN") && line.contains("127.0.0.1:9");
    let warnings: Vec<_> = log.lines().filter(is_of_it).collect();
    assert_eq!(warnings.len(), 1, "{log}");
    assert!(warnings[0].contains("Connection refused"), "{log}");
}

#[tokio::test]
async fn wrong_settings_end_the_process_with_two_and_the_way_out() {
    for (settings, hint) in [
        (vec![], "--upstream documents=URL"),
        (vec!["--upstream", "stock=http://a"], "--route"),
        (vec!["--upstream", "trade=a"], "address of a gRPC server"),
        (
            vec!["--route", "accord.x=http://a"],
            "cannot be routed elsewhere",
        ),
        (
            vec![
                "--upstream",
                "trade=http://a",
                "--upstream",
                "trade=http://b",
            ],
            "twice",
        ),
    ] {
        let (_keys, issuer) = running::issuer();
        let mut child = program(&settings)
            .env("ACCORD_AUTH_ISSUER", ISSUER)
            .env("ACCORD_AUTH_AUDIENCE", AUDIENCE)
            .env("ACCORD_AUTH_JWKS", issuer.jwks_path())
            .spawn()
            .expect("started");
        let mut said = String::new();
        let mut stderr = child.stderr.take().expect("piped");
        stderr.read_to_string(&mut said).await.expect("text");
        let ended = child.wait().await.expect("ended");
        assert_eq!(ended.code(), Some(2), "{said}");
        assert!(said.contains(hint), "{said}");
        assert!(!said.contains("panicked"), "{said}");
    }
}
