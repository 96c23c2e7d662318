//! What each layer does to a call, over real HTTP/2.

use std::time::Duration;

use tonic::{Code, service::interceptor::InterceptedService};

use crate::world::{World, call, client, error_info, stream};

#[tokio::test]
async fn good_call_passes_with_a_request_id() {
    let world = World::start().await;
    let mut client = world.client();
    let answer = call(&mut client, "/probe.Probe/Echo", "hello")
        .await
        .unwrap();
    assert_eq!(answer.metadata().get("x-request-id").unwrap().len(), 36);
    assert_eq!(answer.into_inner(), "hello");
    let answer = call(&mut client, "/probe.Probe/Caller", "").await.unwrap();
    assert_eq!(answer.into_inner(), "uz-stat");
}

#[tokio::test]
async fn callers_request_id_is_kept_if_it_is_harmless() {
    let world = World::start().await;
    for (given, kept) in [
        ("abc-123", true),
        ("with space", false),
        (&"x".repeat(65), false),
    ] {
        let token = world.token();
        let given_too = given.to_owned();
        let mut client = client(InterceptedService::new(
            world.channel(),
            move |mut request: tonic::Request<()>| {
                let metadata = request.metadata_mut();
                metadata.insert("authorization", format!("bearer {token}").parse().unwrap());
                metadata.insert("x-request-id", given_too.parse().unwrap());
                Ok(request)
            },
        ));
        let answer = call(&mut client, "/probe.Probe/Echo", "").await.unwrap();
        let id = answer.metadata().get("x-request-id").unwrap();
        assert_eq!(id.to_str().unwrap() == given, kept, "{given:?}");
    }
}

#[tokio::test]
async fn call_without_a_good_token_is_unauthenticated() {
    let world = World::start().await;
    let good = format!("Bearer {}", world.token());
    for (authorization, reason) in [
        (vec![], "TOKEN_MISSING"),
        (vec!["Bearer nonsense".to_owned()], "TOKEN_INVALID"),
        (vec![format!("Basic {}", world.token())], "TOKEN_INVALID"),
        (vec![good.clone(), good.clone()], "TOKEN_INVALID"),
    ] {
        let given = authorization.clone();
        let mut client = client(InterceptedService::new(
            world.channel(),
            move |mut request: tonic::Request<()>| {
                for value in &given {
                    let metadata = request.metadata_mut();
                    metadata.append("authorization", value.parse().unwrap());
                }
                Ok(request)
            },
        ));
        for path in [
            "/probe.Probe/Echo",
            "/probe.Probe/NoSuchMethod",
            "/other.Service/Method",
        ] {
            let status = call(&mut client, path, "hello").await.unwrap_err();
            assert_eq!(status.code(), Code::Unauthenticated, "{authorization:?}");
            assert_eq!(
                error_info(&status),
                (reason.to_owned(), "accord".to_owned())
            );
        }
    }
}

#[tokio::test]
async fn open_paths_need_no_token() {
    let world = World::start().await;
    let mut client = client(InterceptedService::new(world.channel(), Ok));
    let answer = call(&mut client, "/open.Probe/Echo", "hello")
        .await
        .unwrap();
    assert_eq!(answer.into_inner(), "hello");
}

#[tokio::test]
async fn oversized_message_is_resource_exhausted() {
    let world = World::start().await;
    let mut client = world.client();
    let status = call(&mut client, "/probe.Probe/Echo", "x".repeat(5 << 20))
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
    assert_eq!(error_info(&status).0, "MESSAGE_TOO_LARGE");
    let status = call(&mut client, "/probe.Probe/Range", "")
        .await
        .unwrap_err();
    assert_eq!(
        (status.code(), status.message()),
        (Code::OutOfRange, "token expired")
    );
}

#[tokio::test]
async fn message_that_cannot_be_read_is_the_callers_fault() {
    let world = World::start().await;
    for (encoding, body) in [
        (None, b"\0\0\0\0\x02\xff\xff".as_slice()),
        (None, b""),
        (None, b"\0\0\0\0\x09cut"),
        (None, b"\x01\0\0\0\x01x"),
        (None, b"\x07\0\0\0\0"),
    ] {
        let status = world.send("/open.Probe/Echo", encoding, body).await;
        assert_eq!(status.code(), Code::InvalidArgument, "{body:?} {status:?}");
        let expected = ("MESSAGE_MALFORMED".to_owned(), "accord".to_owned());
        assert_eq!(error_info(&status), expected, "{body:?}");
    }
    let empty = b"\0\0\0\0\0";
    let status = world.send("/open.Probe/Echo", Some("br"), empty).await;
    assert_eq!(status.code(), Code::Unimplemented);
    assert_eq!(error_info(&status).0, "COMPRESSION_UNKNOWN");
    assert!(status.metadata().contains_key("grpc-accept-encoding"));
}

#[tokio::test]
async fn unknown_method_is_unimplemented_with_details() {
    let world = World::start().await;
    let path = "/grpc.health.v1.Health/Nothing";
    let status = world.send(path, None, b"\0\0\0\0\0").await;
    assert_eq!(status.code(), Code::Unimplemented);
    let expected = ("METHOD_UNKNOWN".to_owned(), "accord".to_owned());
    assert_eq!(error_info(&status), expected);
}

#[tokio::test]
async fn panic_is_internal_without_its_text() {
    let world = World::start().await;
    let mut client = world.client();
    let status = call(&mut client, "/probe.Probe/Panic", "state")
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::Internal);
    assert!(!status.message().contains("secret"), "{}", status.message());
    assert!(
        call(&mut client, "/probe.Probe/Echo", "still there")
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn panic_in_the_middle_of_a_stream_ends_it_with_internal() {
    let world = World::start().await;
    let mut items = stream(&mut world.client(), "/probe.Probe/Burst")
        .await
        .unwrap();
    assert_eq!(items.message().await.unwrap().as_deref(), Some("0"));
    assert_eq!(items.message().await.unwrap().as_deref(), Some("1"));
    assert_eq!(items.message().await.unwrap_err().code(), Code::Internal);
}

#[tokio::test]
async fn calls_beyond_the_limit_are_refused_and_may_be_tried_again() {
    let world = World::start().await;
    let mut client = world.client();
    let mut open = Vec::new();
    for _ in 0..4 {
        let mut items = stream(&mut client, "/probe.Probe/Count").await.unwrap();
        assert!(items.message().await.unwrap().is_some());
        open.push(items);
    }
    let status = call(&mut client, "/probe.Probe/Echo", "")
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    assert_eq!(error_info(&status).0, "OVERLOADED");
    open.clear();
    for _ in 0..100 {
        if call(&mut client, "/probe.Probe/Echo", "").await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("places of dropped streams are not given back");
}

#[tokio::test]
async fn component_answers_inside_the_process_as_on_a_port() {
    let directory = tempfile::tempdir().unwrap();
    let clock = clock::Clock::system();
    let issuer = identity::Issuer::open_or_create(directory.path(), clock.clone()).unwrap();
    let component = crate::probe::component(&host::Deps::new(clock));
    let channel = host::testing::connect(component, &issuer);
    let bearer = host::testing::token(&issuer, "kz-bns", Some("KZ"), identity::Role::Reader);
    let mut known = client(InterceptedService::new(channel.clone(), bearer));
    let answer = call(&mut known, "/probe.Probe/Caller", "").await.unwrap();
    assert_eq!(answer.into_inner(), "kz-bns");
    let mut items = stream(&mut known, "/probe.Probe/Count").await.unwrap();
    assert_eq!(items.message().await.unwrap().as_deref(), Some("0"));
    let mut unknown = client(InterceptedService::new(channel, Ok));
    let status = call(&mut unknown, "/probe.Probe/Echo", "")
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::Unauthenticated);
}
