//! What operators see of a served component: health, readiness, reflection, metrics, the end.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tonic::Code;
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};
use tonic_reflection::pb::v1::{
    ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
    server_reflection_request::MessageRequest,
};

use crate::world::{World, call, error_info, listen_args, stream};

#[tokio::test]
async fn health_and_reflection_are_open() {
    let world = World::start().await;
    let mut health = HealthClient::new(world.channel());
    for service in ["", "probe.Probe"] {
        let request = HealthCheckRequest {
            service: service.to_owned(),
        };
        let answer = health.check(request).await.unwrap().into_inner();
        assert_eq!(answer.status(), ServingStatus::Serving);
    }
    let request = HealthCheckRequest {
        service: "other.Service".to_owned(),
    };
    assert_eq!(
        health.check(request).await.unwrap_err().code(),
        Code::NotFound
    );

    let request = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let mut reflection = ServerReflectionClient::new(world.channel());
    let requests = futures::stream::iter([request]);
    let answers = reflection.server_reflection_info(requests).await.unwrap();
    let text = format!("{:?}", answers.into_inner().message().await.unwrap());
    assert!(text.contains("probe.Probe"), "{text}");
    assert!(text.contains("grpc.health.v1.Health"), "{text}");
}

#[tokio::test]
async fn readiness_follows_the_component() {
    let directory = tempfile::tempdir().unwrap();
    let clock = clock::Clock::system();
    let issuer = identity::Issuer::open_or_create(directory.path(), clock.clone()).unwrap();
    let tokens = host::Tokens::from(issuer.verifier().unwrap());
    let stack = host::Stack::new(tokens, host::Metrics::new().unwrap(), clock.clone());
    let deps = host::Deps::new(clock);
    let works = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&works);
    let component = crate::probe::component(&deps).ready(move || {
        let works = asked.load(Ordering::Relaxed);
        async move {
            if works {
                Ok(())
            } else {
                Err("database: gone".to_owned())
            }
        }
    });
    let server = host::Server::bind(&listen_args()).await.unwrap();
    let (listen, admin) = (server.listen(), server.admin_listen());
    tokio::spawn(async move { server.serve(component, &stack, &deps).await });

    let (status, text) = crate::world::page(admin, "/readyz").await;
    assert_eq!(status, 503);
    assert!(text.contains("database: gone"), "{text}");
    assert_eq!(crate::world::page(admin, "/healthz").await.0, 200);
    let endpoint = tonic::transport::Endpoint::from_shared(format!("http://{listen}")).unwrap();
    let mut health = HealthClient::new(endpoint.connect_lazy());
    let request = || HealthCheckRequest {
        service: "probe.Probe".to_owned(),
    };
    let answer = health.check(request()).await.unwrap().into_inner();
    assert_eq!(answer.status(), ServingStatus::NotServing);

    works.store(true, Ordering::Relaxed);
    for _ in 0..50 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        if crate::world::page(admin, "/readyz").await.0 == 200 {
            let answer = health.check(request()).await.unwrap().into_inner();
            assert_eq!(answer.status(), ServingStatus::Serving);
            return;
        }
    }
    panic!("readiness does not come back");
}

#[tokio::test]
async fn health_tells_services_apart_where_the_component_does() {
    let directory = tempfile::tempdir().unwrap();
    let clock = clock::Clock::system();
    let issuer = identity::Issuer::open_or_create(directory.path(), clock.clone()).unwrap();
    let component = crate::probe::component(&host::Deps::new(clock))
        .grpc_services(&["probe.Down"])
        .service_ready(|service| async move {
            match service {
                "probe.Down" => Err("gone".to_owned()),
                _ => Ok(()),
            }
        });
    let mut health = HealthClient::new(host::testing::connect(component, &issuer));
    for _ in 0..100 {
        let mut found = Vec::new();
        for service in ["", "probe.Probe", "probe.Down"] {
            let request = HealthCheckRequest {
                service: service.to_owned(),
            };
            let answer = health.check(request).await;
            found.push(answer.map(|answer| answer.into_inner().status()).ok());
        }
        let (up, down) = (
            Some(ServingStatus::Serving),
            Some(ServingStatus::NotServing),
        );
        if found == [up, up, down] {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("health does not become what the component says");
}

#[tokio::test]
async fn metrics_count_each_call_once_by_method_and_code() {
    let world = World::start().await;
    let mut client = world.client();
    for _ in 0..3 {
        call(&mut client, "/probe.Probe/Echo", "a").await.unwrap();
    }
    call(&mut client, "/probe.Probe/Panic", "a")
        .await
        .unwrap_err();
    let mut health = HealthClient::new(world.channel());
    health.check(HealthCheckRequest::default()).await.unwrap();
    drop(stream(&mut client, "/probe.Probe/Count").await.unwrap());

    for _ in 0..100 {
        let (status, text) = world.page("/metrics").await;
        assert_eq!(status, 200);
        // The probe's methods are in no contract, so that they share one series.
        if count(&text, "_OTHER", "CANCELLED") == 1 {
            assert_eq!(count(&text, "_OTHER", "OK"), 3, "{text}");
            assert_eq!(count(&text, "_OTHER", "INTERNAL"), 1, "{text}");
            assert_eq!(
                count(&text, "grpc.health.v1.Health/Check", "OK"),
                1,
                "{text}"
            );
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the dropped stream is not counted");
}

/// How many calls the histogram has counted.
fn count(text: &str, method: &str, code: &str) -> u32 {
    text.lines()
        .filter(|line| line.starts_with("rpc_server_call_duration_seconds_count"))
        .filter(|line| line.contains(&format!("rpc_method=\"{method}\"")))
        .filter(|line| line.contains(&format!("rpc_response_status_code=\"{code}\"")))
        .map(|line| line.rsplit(' ').next().unwrap().parse::<u32>().unwrap())
        .sum()
}

#[tokio::test]
async fn draining_finishes_calls_in_progress_and_ends_streams() {
    let world = World::start().await;
    let mut client = world.client();
    let mut finite = stream(&mut client, "/probe.Probe/Forty").await.unwrap();
    let mut endless = stream(&mut client, "/probe.Probe/Watch").await.unwrap();
    assert!(finite.message().await.unwrap().is_some());
    assert!(endless.message().await.unwrap().is_some());

    world.deps.stopping.cancel();
    while endless.message().await.unwrap().is_some() {}
    let mut received = 1;
    while finite.message().await.unwrap().is_some() {
        received += 1;
    }
    assert_eq!(received, 40);
    world.serving.await.unwrap().unwrap();
    let refused = tokio::net::TcpStream::connect(world.listen).await;
    assert!(refused.is_err(), "the port is still taken");
}

#[tokio::test]
async fn watch_of_health_hears_nothing_while_nothing_changes() {
    let world = World::start().await;
    let mut health = HealthClient::new(world.channel());
    let watch = health.watch(HealthCheckRequest::default()).await.unwrap();
    let mut watch = watch.into_inner();
    let first = watch.message().await.unwrap().unwrap();
    assert_eq!(first.status(), ServingStatus::Serving);

    // The component is asked every two seconds.
    let second = tokio::time::timeout(Duration::from_secs(5), watch.message()).await;
    assert!(
        second.is_err(),
        "a watch of health repeats itself: {second:?}"
    );
}

#[tokio::test]
async fn draining_ends_watches_of_health_with_its_last_word() {
    let world = World::start().await;
    let mut health = HealthClient::new(world.channel());
    let watch = health.watch(HealthCheckRequest::default()).await.unwrap();
    let mut watch = watch.into_inner();
    let first = watch.message().await.unwrap().unwrap();
    assert_eq!(first.status(), ServingStatus::Serving);

    world.deps.stopping.cancel();
    let last = watch.message().await.unwrap().unwrap();
    assert_eq!(last.status(), ServingStatus::NotServing);
    let end = watch.message().await.unwrap_err();
    assert_eq!(end.code(), Code::Unavailable);
    assert_eq!(error_info(&end).0, "SERVER_STOPPING");
    // Well before the drain's limit of five seconds.
    let ended = tokio::time::timeout(Duration::from_secs(4), world.serving);
    ended
        .await
        .expect("the watch holds the drain")
        .unwrap()
        .unwrap();
}

#[tokio::test]
async fn component_that_does_not_stop_has_an_end() {
    let directory = tempfile::tempdir().unwrap();
    let clock = clock::Clock::system();
    let issuer = identity::Issuer::open_or_create(directory.path(), clock.clone()).unwrap();
    let tokens = host::Tokens::from(issuer.verifier().unwrap());
    let stack = host::Stack::new(tokens, host::Metrics::new().unwrap(), clock.clone());
    let deps = host::Deps::new(clock);
    let component = crate::probe::component(&deps).on_stop(std::future::pending());
    let server = host::Server::bind(&listen_args()).await.unwrap();
    deps.stopping.cancel();
    let serving = server.serve(component, &stack, &deps);
    let ended = tokio::time::timeout(Duration::from_secs(20), serving);
    ended.await.expect("it waits for ever").unwrap();
}

#[tokio::test]
async fn answer_without_a_body_is_counted_with_its_code() {
    let world = World::start().await;
    let stream = tokio::net::TcpStream::connect(world.listen).await.unwrap();
    let io = hyper_util::rt::TokioIo::new(stream);
    let executor = hyper_util::rt::TokioExecutor::new();
    let (mut sender, connection) = hyper::client::conn::http2::handshake(executor, io)
        .await
        .unwrap();
    tokio::spawn(connection);
    let address = format!("http://{}/open.Probe/Echo", world.listen);
    let request = http::Request::get(address)
        .body(tonic::body::Body::empty())
        .unwrap();
    let answer = sender.send_request(request).await.unwrap();
    assert_eq!(answer.status(), http::StatusCode::METHOD_NOT_ALLOWED);
    let (_, text) = world.page("/metrics").await;
    assert_eq!(count(&text, "_OTHER", "UNKNOWN"), 1, "{text}");
    assert_eq!(count(&text, "_OTHER", "CANCELLED"), 0, "{text}");
}

#[tokio::test]
async fn draining_has_an_end() {
    let mut args = listen_args();
    args.drain_seconds = 0;
    let world = World::start_with(args).await;
    let mut items = stream(&mut world.client(), "/probe.Probe/Count")
        .await
        .unwrap();
    assert!(items.message().await.unwrap().is_some());
    world.deps.stopping.cancel();
    let ended = tokio::time::timeout(Duration::from_secs(20), world.serving);
    ended.await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn listening_beyond_this_machine_needs_tls_or_express_wish() {
    let mut args = listen_args();
    args.listen = "0.0.0.0:0".to_owned();
    let error = host::Server::bind(&args).await.unwrap_err();
    assert_eq!(error.exit_code(), 2);
    let text = error.to_string();
    assert!(
        text.contains("ACCORD_TLS_CERT") && text.contains("ACCORD_ALLOW_PLAINTEXT"),
        "{text}"
    );
    args.allow_plaintext = true;
    assert!(host::Server::bind(&args).await.is_ok());
    args.listen = "nowhere".to_owned();
    assert_eq!(host::Server::bind(&args).await.unwrap_err().exit_code(), 2);
}

#[tokio::test]
async fn incomplete_or_unreadable_tls_files_are_a_configuration_error() {
    let mut args = listen_args();
    args.tls.tls_cert = Some("/no/such/file".into());
    let error = host::Server::bind(&args).await.unwrap_err();
    assert!(error.to_string().contains("ACCORD_TLS_KEY"), "{error}");
    args.tls.tls_key = Some("/no/such/file".into());
    let error = host::Server::bind(&args).await.unwrap_err();
    assert!(error.to_string().contains("/no/such/file"), "{error}");
    assert_eq!(error.exit_code(), 2);
}
