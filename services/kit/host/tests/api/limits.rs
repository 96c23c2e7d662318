//! What each agency and each address may have, and that nobody loses by what another does.

use std::{net::IpAddr, time::Duration};

use accord_proto::google::rpc::{RetryInfo, Status as RpcStatus};
use host::Bearer;
use prost::Message as _;
use tonic::{
    Code, Request, Status,
    service::{Interceptor as _, interceptor::InterceptedService},
    transport::{Channel, Endpoint},
};

use crate::probe::WATCH;
use crate::world::{Client, World, call, client, error_info, listen_args, stream};

/// When a refused caller is to try again.
fn retry_after(status: &Status) -> Duration {
    let details = RpcStatus::decode(status.details()).unwrap().details;
    let info = details
        .iter()
        .find(|any| any.type_url.ends_with("google.rpc.RetryInfo"))
        .expect("says when to try again");
    let delay = RetryInfo::decode(info.value.as_slice())
        .unwrap()
        .retry_delay
        .unwrap();
    Duration::try_from(delay).unwrap()
}

fn assert_refused(status: &Status, reason: &str) {
    assert_eq!(status.code(), Code::ResourceExhausted, "{status:?}");
    assert_eq!(error_info(status), (reason.to_owned(), "accord".to_owned()));
    assert!(retry_after(status) > Duration::ZERO);
}

/// A channel from another address of this machine.
fn channel_from(world: &World, host: &str) -> Channel {
    let endpoint = Endpoint::from_shared(format!("http://{}", world.listen)).unwrap();
    endpoint
        .local_address(Some(host.parse::<IpAddr>().unwrap()))
        .connect_lazy()
}

/// A client whose requests a proxy says are of `address`.
fn client_behind_proxy(
    world: &World,
    address: &'static str,
) -> Client<impl tonic::service::Interceptor + use<>> {
    let mut bearer = Bearer::new(&world.token()).unwrap();
    let forwarded = move |request: Request<()>| {
        let mut request = bearer.call(request)?;
        request
            .metadata_mut()
            .insert("x-forwarded-for", address.parse().unwrap());
        Ok(request)
    };
    client(InterceptedService::new(world.channel(), forwarded))
}

#[tokio::test]
async fn agency_over_its_rate_is_refused_and_others_are_not() {
    let mut args = listen_args();
    (args.limits.agency_rate, args.limits.agency_burst) = (1, 3);
    let world = World::start_with(args).await;
    let (mut many, mut few) = (world.client_of("uz-many"), world.client_of("uz-few"));
    let mut refused = None;
    for _ in 0..100 {
        if let Err(status) = call(&mut many, "/probe.Probe/Echo", "").await {
            refused = Some(status);
            break;
        }
    }
    let refused = refused.expect("a hundred calls are too many");
    assert_refused(&refused, "AGENCY_RATE_EXCEEDED");
    assert!(retry_after(&refused) <= Duration::from_secs(1));
    assert!(world.hits("agency_rate").await >= 1);
    call(&mut few, "/probe.Probe/Echo", "").await.unwrap();
}

#[tokio::test]
async fn calls_that_are_denied_count_for_their_agency() {
    let mut args = listen_args();
    (args.limits.agency_rate, args.limits.agency_burst) = (1, 3);
    let world = World::start_with(args).await;
    let mut editor = world.client_of("uz-many");
    let purge = "/accord.documents.v1.DocumentService/PurgeDocuments";
    let mut codes = Vec::new();
    for _ in 0..100 {
        let status = call(&mut editor, purge, "").await.unwrap_err();
        codes.push(status.code());
    }
    assert_eq!(codes[0], Code::PermissionDenied);
    assert!(codes.contains(&Code::ResourceExhausted), "{codes:?}");
}

#[tokio::test]
async fn addresses_of_one_network_of_ipv6_share_what_needs_no_token() {
    let mut args = listen_args();
    (args.limits.agency_rate, args.limits.agency_burst) = (1, 2);
    args.limits.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    let world = World::start_with(args).await;
    let mut one = client_behind_proxy(&world, "2001:db8::1");
    let mut beside = client_behind_proxy(&world, "2001:db8::2");
    let mut elsewhere = client_behind_proxy(&world, "2001:db8:0:1::1");
    let mut refused = false;
    for _ in 0..50 {
        refused |= call(&mut one, "/open.Probe/Echo", "").await.is_err();
        refused |= call(&mut beside, "/open.Probe/Echo", "").await.is_err();
        if refused {
            break;
        }
    }
    assert!(refused);
    let both = [
        call(&mut one, "/open.Probe/Echo", "").await.is_err(),
        call(&mut beside, "/open.Probe/Echo", "").await.is_err(),
    ];
    assert_eq!(both, [true, true]);
    call(&mut elsewhere, "/open.Probe/Echo", "").await.unwrap();
}

#[tokio::test]
async fn inside_the_process_an_agency_is_not_counted_a_second_time() {
    let world = World::start().await;
    let args = host::LimitArgs {
        agency_calls: 1,
        ..host::LimitArgs::default()
    };
    let tokens = host::Tokens::from(world.issuer.verifier().unwrap());
    let clock = clock::Clock::system();
    let stack = host::Stack::new(tokens, host::Metrics::new().unwrap(), clock).limits(&args);
    let channel = host::in_process(crate::probe::component(&world.deps), &stack);
    let bearer = Bearer::new(&world.token()).unwrap();
    let mut client = client(InterceptedService::new(channel, bearer));
    let _open = stream(&mut client, "/probe.Probe/Count").await.unwrap();
    call(&mut client, "/probe.Probe/Echo", "").await.unwrap();
}

#[tokio::test]
async fn streams_of_health_have_a_bound_that_one_address_cannot_take_from_others() {
    let world = World::start().await;
    let health = |channel| tonic_health::pb::health_client::HealthClient::new(channel);
    let request = tonic_health::pb::HealthCheckRequest::default;
    let mut many = health(world.channel());
    let mut open = Vec::new();
    let refused = loop {
        assert!(open.len() < 200, "there is no bound");
        match many.watch(request()).await {
            Ok(items) => open.push(items),
            Err(status) => break status,
        }
    };
    assert_eq!(error_info(&refused).0, "OVERLOADED");
    many.check(request()).await.unwrap();
    let mut other = health(channel_from(&world, "127.0.0.2"));
    other.watch(request()).await.unwrap();
    call(&mut world.client(), "/probe.Probe/Echo", "")
        .await
        .unwrap();
}

#[tokio::test]
async fn address_over_its_rate_is_refused_before_its_token_is_looked_at() {
    let mut args = listen_args();
    (args.limits.address_rate, args.limits.address_burst) = (1, 3);
    let world = World::start_with(args).await;
    let mut unknown = client(InterceptedService::new(world.channel(), Ok));
    let mut refused = None;
    for _ in 0..100 {
        let status = call(&mut unknown, "/probe.Probe/Echo", "")
            .await
            .unwrap_err();
        if status.code() != Code::Unauthenticated {
            refused = Some(status);
            break;
        }
    }
    assert_refused(
        &refused.expect("a hundred are too many"),
        "ADDRESS_RATE_EXCEEDED",
    );
    assert!(world.hits("address_rate").await >= 1);
    let bearer = Bearer::new(&world.token()).unwrap();
    let mut other = client(InterceptedService::new(
        channel_from(&world, "127.0.0.2"),
        bearer,
    ));
    call(&mut other, "/probe.Probe/Echo", "").await.unwrap();
}

#[tokio::test]
async fn address_has_no_more_requests_in_progress_than_it_may() {
    let mut args = listen_args();
    args.limits.address_calls = 2;
    let world = World::start_with(args).await;
    let mut here = world.client();
    let mut open = Vec::new();
    for _ in 0..2 {
        open.push(stream(&mut here, "/probe.Probe/Count").await.unwrap());
    }
    let refused = call(&mut here, "/probe.Probe/Echo", "").await.unwrap_err();
    assert_refused(&refused, "ADDRESS_CALLS_EXCEEDED");
    assert_eq!(world.hits("address_calls").await, 1);
    let bearer = Bearer::new(&world.token()).unwrap();
    let mut other = client(InterceptedService::new(
        channel_from(&world, "127.0.0.2"),
        bearer,
    ));
    call(&mut other, "/probe.Probe/Echo", "").await.unwrap();
    drop(open);
    for _ in 0..500 {
        if call(&mut here, "/probe.Probe/Echo", "").await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("what has ended still counts");
}

#[tokio::test]
async fn agency_has_no_more_calls_in_progress_than_it_may() {
    let mut args = listen_args();
    args.limits.agency_calls = 2;
    let world = World::start_with(args).await;
    let (mut many, mut few) = (world.client_of("uz-many"), world.client_of("uz-few"));
    let mut open = Vec::new();
    for _ in 0..2 {
        open.push(stream(&mut many, "/probe.Probe/Count").await.unwrap());
    }
    let refused = call(&mut many, "/probe.Probe/Echo", "").await.unwrap_err();
    assert_refused(&refused, "AGENCY_CALLS_EXCEEDED");
    assert_eq!(world.hits("agency_calls").await, 1);
    call(&mut few, "/probe.Probe/Echo", "").await.unwrap();
}

#[tokio::test]
async fn one_agency_cannot_take_all_places_of_the_process() {
    let mut args = listen_args();
    args.max_calls = 16;
    let world = World::start_with(args).await;
    let (mut many, mut few) = (world.client_of("uz-many"), world.client_of("uz-few"));
    let mut open = Vec::new();
    let refused = loop {
        assert!(open.len() < 16, "it took all places");
        match stream(&mut many, "/probe.Probe/Count").await {
            Ok(items) => open.push(items),
            Err(status) => break status,
        }
    };
    assert_refused(&refused, "AGENCY_CALLS_EXCEEDED");
    assert_eq!(open.len(), 14);
    for _ in 0..5 {
        call(&mut few, "/probe.Probe/Echo", "").await.unwrap();
    }
}

#[tokio::test]
async fn open_watches_keep_no_call_out() {
    let world = World::start().await;
    let (mut one, mut other) = (world.client_of("uz-one"), world.client_of("uz-other"));
    let mut open = Vec::new();
    for _ in 0..10 {
        open.push(stream(&mut one, WATCH).await.unwrap());
        open.push(stream(&mut other, WATCH).await.unwrap());
    }
    for _ in 0..5 {
        call(&mut one, "/probe.Probe/Echo", "").await.unwrap();
        call(&mut world.client(), "/probe.Probe/Echo", "")
            .await
            .unwrap();
    }
    let (_, metrics) = world.page("/metrics").await;
    let line = metrics
        .lines()
        .find(|line| line.starts_with("accord_watches{"));
    assert!(line.unwrap().ends_with(" 20"), "{line:?}");
}

#[tokio::test]
async fn agency_has_no_more_watches_than_it_may() {
    let mut args = listen_args();
    args.limits.agency_watches = 2;
    let world = World::start_with(args).await;
    let (mut many, mut few) = (world.client_of("uz-many"), world.client_of("uz-few"));
    let _open = [
        stream(&mut many, WATCH).await.unwrap(),
        stream(&mut many, WATCH).await.unwrap(),
    ];
    let refused = stream(&mut many, WATCH).await.unwrap_err();
    assert_refused(&refused, "AGENCY_WATCHES_EXCEEDED");
    assert_eq!(world.hits("agency_watches").await, 1);
    call(&mut many, "/probe.Probe/Echo", "").await.unwrap();
    stream(&mut few, WATCH).await.unwrap();
}

#[tokio::test]
async fn watches_of_all_have_a_bound_of_which_one_agency_cannot_take_the_last_eighth() {
    let mut args = listen_args();
    (args.limits.max_watches, args.limits.agency_watches) = (16, 0);
    let world = World::start_with(args).await;
    let mut open = Vec::new();
    let mut reasons = Vec::new();
    for agency in ["uz-one", "uz-other", "uz-third"] {
        let mut client = world.client_of(agency);
        let refused = loop {
            match stream(&mut client, WATCH).await {
                Ok(items) => open.push(items),
                Err(status) => break status,
            }
        };
        reasons.push((open.len(), error_info(&refused).0));
        assert!(retry_after(&refused) >= Duration::from_secs(1));
        assert_eq!(refused.code(), Code::ResourceExhausted);
    }
    let expected = [
        (14, "AGENCY_WATCHES_EXCEEDED"),
        (16, "WATCHES_EXCEEDED"),
        (16, "WATCHES_EXCEEDED"),
    ];
    assert_eq!(
        reasons,
        expected.map(|(open, reason)| (open, reason.to_owned()))
    );
    call(&mut world.client(), "/probe.Probe/Echo", "")
        .await
        .unwrap();
}

#[tokio::test]
async fn health_is_answered_to_an_agency_without_a_place() {
    let mut args = listen_args();
    args.max_calls = 0;
    let world = World::start_with(args).await;
    let mut client = world.client();
    let refused = call(&mut client, "/probe.Probe/Echo", "")
        .await
        .unwrap_err();
    assert_eq!(error_info(&refused).0, "OVERLOADED");
    assert_eq!(world.hits("calls").await, 1);
    let mut health = tonic_health::pb::health_client::HealthClient::new(world.channel());
    health
        .check(tonic_health::pb::HealthCheckRequest::default())
        .await
        .unwrap();
}

#[tokio::test]
async fn requests_through_a_trusted_proxy_count_for_their_own_addresses() {
    let mut args = listen_args();
    (args.limits.address_rate, args.limits.address_burst) = (1, 2);
    args.limits.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    let world = World::start_with(args).await;
    let mut many = client_behind_proxy(&world, "198.51.100.7");
    let mut few = client_behind_proxy(&world, "198.51.100.8");
    let mut refused = false;
    for _ in 0..100 {
        refused |= call(&mut many, "/probe.Probe/Echo", "").await.is_err();
    }
    assert!(refused);
    call(&mut few, "/probe.Probe/Echo", "").await.unwrap();
}

#[tokio::test]
async fn what_nobody_vouches_for_does_not_change_the_address() {
    let mut args = listen_args();
    (args.limits.address_rate, args.limits.address_burst) = (1, 2);
    let world = World::start_with(args).await;
    let addresses = [
        "198.51.100.1",
        "198.51.100.2",
        "198.51.100.3",
        "198.51.100.4",
    ];
    let mut refused = false;
    for address in addresses.repeat(10) {
        let mut client = client_behind_proxy(&world, address);
        refused |= call(&mut client, "/probe.Probe/Echo", "").await.is_err();
    }
    assert!(
        refused,
        "a header that anybody can send takes a caller out of its limit"
    );
}
