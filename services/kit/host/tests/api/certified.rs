//! Callers that are known by their client certificates: for how long, and by what.

use std::time::Duration;

use host::ClientAuth;
use tonic::{
    service::interceptor::InterceptedService,
    transport::{Certificate, Endpoint},
};

use crate::{
    encryption::{Certificates, call_when_ready},
    world::{Client, World, call, client, error_info, listen_args, stream},
};

/// An agency that is known by the certificates of [`Certificates`].
fn customs() -> identity::Agencies {
    let agencies =
        r#"[{"name": "localhost", "agency": "uz-customs", "party": "UZ", "roles": ["reader"]}]"#;
    identity::Agencies::from_json(agencies).unwrap()
}

type Anonymous = fn(tonic::Request<()>) -> Result<tonic::Request<()>, tonic::Status>;

/// A client that shows its certificate and no token.
async fn with_certificate_only(world: &World, certificates: &Certificates) -> Client<Anonymous> {
    let tls = certificates
        .identity()
        .ca_certificate(Certificate::from_pem(certificates.text("ca.pem")))
        .domain_name("localhost");
    let endpoint = Endpoint::from_shared(format!("https://{}", world.listen)).unwrap();
    let channel = endpoint.tls_config(tls).unwrap().connect().await.unwrap();
    client(InterceptedService::new(channel, Ok as Anonymous))
}

#[tokio::test]
async fn certificate_stands_for_the_agency_that_it_is_of() {
    let certificates = Certificates::make();
    let args = certificates.listen_args(Some(ClientAuth::Required));
    let world = World::start_trusting(args, customs()).await;
    let mut client = with_certificate_only(&world, &certificates).await;
    let answer = call(&mut client, "/probe.Probe/Caller", "").await.unwrap();
    assert_eq!(answer.into_inner(), "uz-customs");
}

#[tokio::test]
async fn what_a_certificate_allows_ends_with_it_on_an_open_connection_too() {
    let certificates = Certificates::make_good_for(Duration::from_secs(4));
    let args = certificates.listen_args(Some(ClientAuth::Required));
    let world = World::start_trusting(args, customs()).await;
    let mut client = with_certificate_only(&world, &certificates).await;
    call(&mut client, "/probe.Probe/Echo", "").await.unwrap();
    let mut items = stream(&mut client, "/probe.Probe/Count").await.unwrap();
    let watching = async {
        loop {
            match items.message().await {
                Ok(item) => assert!(item.is_some(), "it ends of itself"),
                Err(status) => return status,
            }
        }
    };
    let ended = tokio::time::timeout(Duration::from_secs(60), watching).await;
    let ended = ended.expect("the stream goes on");
    assert_eq!(error_info(&ended).0, "TOKEN_EXPIRED");
    let refused = call(&mut client, "/probe.Probe/Echo", "")
        .await
        .unwrap_err();
    assert_eq!(refused.code(), tonic::Code::Unauthenticated);
    assert_eq!(error_info(&refused).0, "TOKEN_EXPIRED");
}

#[tokio::test]
async fn where_certificates_are_asked_for_no_session_is_taken_up_again() {
    use tokio::io::AsyncReadExt as _;
    use tokio_rustls::{
        TlsConnector,
        rustls::{HandshakeKind, client::Resumption, pki_types::ServerName},
    };

    let certificates = Certificates::make();
    for (asked, expected) in [
        (Some(ClientAuth::Required), HandshakeKind::Full),
        (None, HandshakeKind::Resumed),
    ] {
        let world = World::start_with(certificates.listen_args(asked)).await;
        let mut config = (*certificates.remote().rustls().unwrap()).clone();
        config.resumption = Resumption::in_memory_sessions(8);
        let connector = TlsConnector::from(std::sync::Arc::new(config));
        let mut kind = None;
        for _ in 0..2 {
            let stream = tokio::net::TcpStream::connect(world.listen).await.unwrap();
            let name = ServerName::try_from("localhost").unwrap();
            let mut stream = connector.connect(name, stream).await.unwrap();
            // What allows to take a session up comes after the handshake, before the first settings of HTTP/2.
            let mut settings = [0; 9];
            stream.read_exact(&mut settings).await.unwrap();
            kind = stream.get_ref().1.handshake_kind();
        }
        assert_eq!(kind, Some(expected));
    }
}

#[tokio::test]
async fn renewed_certificate_is_shown_to_other_services_without_a_restart() {
    let certificates = Certificates::make();
    let world = World::start_trusting(
        certificates.listen_args(Some(ClientAuth::Required)),
        customs(),
    )
    .await;
    let url = format!("https://localhost:{}", world.listen.port())
        .parse()
        .unwrap();
    let tls = certificates.remote();
    let channel = host::remote::channel_with(&url, &tls).unwrap();
    let rustls = tls.rustls().unwrap();
    let shown = || {
        let shown = rustls.client_auth_cert_resolver.resolve(&[], &[]).unwrap();
        shown.cert[0].to_vec()
    };
    let before = shown();

    // Half of a new pair changes nothing.
    let other = Certificates::make();
    certificates.write("client_key.pem", &other.text("client_key.pem"));
    assert_eq!(shown(), before);
    certificates.write("client.pem", &other.text("client.pem"));
    assert_ne!(shown(), before);
    let mut strange = client(InterceptedService::new(channel.clone(), Ok as Anonymous));
    assert!(
        !call_when_ready(&mut strange).await,
        "the server knows its authority"
    );

    certificates.renew("client");
    assert_ne!(shown(), before);
    let mut client = client(InterceptedService::new(channel, Ok as Anonymous));
    assert!(call_when_ready(&mut client).await);
}

#[tokio::test]
async fn header_that_names_a_certificate_is_not_believed_on_a_port() {
    let certificates = Certificates::make();
    let world = World::start_trusting(listen_args(), customs()).await;
    let pem = certificates.text("client.pem");
    let base64: String = pem
        .lines()
        .filter(|line| !line.starts_with("---"))
        .collect();
    let told = move |mut request: tonic::Request<()>| {
        let value = format!(":{base64}:").parse().unwrap();
        request.metadata_mut().insert("client-cert", value);
        Ok(request)
    };
    let mut client = client(InterceptedService::new(world.channel(), told));
    let status = call(&mut client, "/probe.Probe/Caller", "")
        .await
        .unwrap_err();
    assert_eq!(status.code(), tonic::Code::Unauthenticated);
}
