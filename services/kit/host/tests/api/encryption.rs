//! TLS, and client certificates where an authority for them is set.
//!
//! The certificates are for `localhost`, made for these tests and valid for a hundred years; their
//! authority's key is thrown away.

use std::path::{Path, PathBuf};

use host::{Bearer, TlsArgs};
use tonic::{
    service::interceptor::InterceptedService,
    transport::{Certificate, ClientTlsConfig, Endpoint, Identity},
};

use crate::world::{World, call, client, listen_args};

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/api/certificates")
        .join(name)
}

fn text(name: &str) -> String {
    std::fs::read_to_string(file(name)).unwrap()
}

async fn world(client_ca: bool) -> World {
    let mut args = listen_args();
    args.tls = TlsArgs {
        tls_cert: Some(file("server.pem")),
        tls_key: Some(file("server_key.pem")),
        tls_client_ca: client_ca.then(|| file("ca.pem")),
    };
    World::start_with(args).await
}

/// Whether a call with these TLS settings is answered.
async fn is_answered(world: &World, tls: ClientTlsConfig) -> bool {
    let tls = tls.ca_certificate(Certificate::from_pem(text("ca.pem")));
    let endpoint = Endpoint::from_shared(format!("https://{}", world.listen)).unwrap();
    let endpoint = endpoint.tls_config(tls.domain_name("localhost")).unwrap();
    let Ok(channel) = endpoint.connect().await else {
        return false;
    };
    let bearer = Bearer::new(&world.token()).unwrap();
    let mut client = client(InterceptedService::new(channel, bearer));
    call(&mut client, "/probe.Probe/Echo", "").await.is_ok()
}

#[tokio::test]
async fn calls_come_over_tls_once_certificates_are_set() {
    let world = world(false).await;
    assert!(is_answered(&world, ClientTlsConfig::new()).await);
    let plain = Endpoint::from_shared(format!("http://{}", world.listen)).unwrap();
    let bearer = Bearer::new(&world.token()).unwrap();
    let mut plain = client(InterceptedService::new(plain.connect_lazy(), bearer));
    assert!(call(&mut plain, "/probe.Probe/Echo", "").await.is_err());
}

#[tokio::test]
async fn client_without_a_certificate_is_refused_where_one_is_asked() {
    let world = world(true).await;
    assert!(!is_answered(&world, ClientTlsConfig::new()).await);
    let identity = Identity::from_pem(text("client.pem"), text("client_key.pem"));
    assert!(is_answered(&world, ClientTlsConfig::new().identity(identity)).await);
}

#[tokio::test]
async fn file_that_is_no_certificate_is_a_configuration_error() {
    let mut args = listen_args();
    args.tls.tls_cert = Some(file("server_key.pem"));
    args.tls.tls_key = Some(file("server.pem"));
    let error = host::Server::bind(&args).await.unwrap_err();
    assert_eq!(error.exit_code(), 2);
    assert!(error.to_string().contains("ACCORD_TLS_CERT"), "{error}");
}
