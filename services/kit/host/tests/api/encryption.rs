//! TLS, and client certificates where an authority for them is set.

use std::{fs, path::PathBuf};

use host::{Bearer, ListenArgs, TlsArgs};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tempfile::TempDir;
use tonic::{
    service::interceptor::InterceptedService,
    transport::{Certificate, ClientTlsConfig, Endpoint, Identity},
};

use crate::world::{World, call, client, listen_args};

/// Files of an authority, and of a server and a client that it vouches for, made for one test.
struct Certificates {
    folder: TempDir,
}

impl Certificates {
    fn make() -> Self {
        let certificates = Certificates {
            folder: TempDir::new().unwrap(),
        };
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        certificates.write("ca.pem", &params.self_signed(&key).unwrap().pem());
        let authority = Issuer::new(params, key);
        for name in ["server", "client"] {
            let key = KeyPair::generate().unwrap();
            let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
            let certificate = params.signed_by(&key, &authority).unwrap();
            certificates.write(&format!("{name}.pem"), &certificate.pem());
            certificates.write(&format!("{name}_key.pem"), &key.serialize_pem());
        }
        certificates
    }

    fn write(&self, name: &str, pem: &str) {
        fs::write(self.file(name), pem).unwrap();
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).unwrap()
    }
}

async fn world(certificates: &Certificates, client_ca: bool) -> World {
    World::start_with(args(certificates, client_ca)).await
}

fn args(certificates: &Certificates, client_ca: bool) -> ListenArgs {
    let mut args = listen_args();
    args.tls = TlsArgs {
        tls_cert: Some(certificates.file("server.pem")),
        tls_key: Some(certificates.file("server_key.pem")),
        tls_client_ca: client_ca.then(|| certificates.file("ca.pem")),
    };
    args
}

/// Whether a call with these TLS settings is answered.
async fn is_answered(world: &World, certificates: &Certificates, tls: ClientTlsConfig) -> bool {
    let tls = tls.ca_certificate(Certificate::from_pem(certificates.text("ca.pem")));
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
    let certificates = Certificates::make();
    let world = world(&certificates, false).await;
    assert!(is_answered(&world, &certificates, ClientTlsConfig::new()).await);
    let plain = Endpoint::from_shared(format!("http://{}", world.listen)).unwrap();
    let bearer = Bearer::new(&world.token()).unwrap();
    let mut plain = client(InterceptedService::new(plain.connect_lazy(), bearer));
    assert!(call(&mut plain, "/probe.Probe/Echo", "").await.is_err());
}

#[tokio::test]
async fn client_without_a_certificate_is_refused_where_one_is_asked() {
    let certificates = Certificates::make();
    let world = world(&certificates, true).await;
    assert!(!is_answered(&world, &certificates, ClientTlsConfig::new()).await);
    let identity = Identity::from_pem(
        certificates.text("client.pem"),
        certificates.text("client_key.pem"),
    );
    assert!(
        is_answered(
            &world,
            &certificates,
            ClientTlsConfig::new().identity(identity)
        )
        .await
    );
}

#[tokio::test]
async fn file_that_is_no_certificate_is_a_configuration_error() {
    let certificates = Certificates::make();
    let mut args = listen_args();
    args.tls.tls_cert = Some(certificates.file("server_key.pem"));
    args.tls.tls_key = Some(certificates.file("server.pem"));
    let error = host::Server::bind(&args).await.unwrap_err();
    assert_eq!(error.exit_code(), 2);
    assert!(error.to_string().contains("ACCORD_TLS_CERT"), "{error}");
}

#[tokio::test]
async fn certificate_stands_for_the_agency_that_it_is_of() {
    let certificates = Certificates::make();
    let agencies =
        r#"[{"name": "localhost", "agency": "uz-customs", "party": "UZ", "roles": ["reader"]}]"#;
    let agencies = identity::Agencies::from_json(agencies).unwrap();
    let world = World::start_trusting(args(&certificates, true), agencies).await;
    let identity = Identity::from_pem(
        certificates.text("client.pem"),
        certificates.text("client_key.pem"),
    );
    let tls = ClientTlsConfig::new()
        .ca_certificate(Certificate::from_pem(certificates.text("ca.pem")))
        .domain_name("localhost")
        .identity(identity);
    let endpoint = Endpoint::from_shared(format!("https://{}", world.listen)).unwrap();
    let channel = endpoint.tls_config(tls).unwrap().connect().await.unwrap();
    let none = |request: tonic::Request<()>| Ok(request);
    let mut client = client(InterceptedService::new(channel, none));
    let answer = call(&mut client, "/probe.Probe/Caller", "").await.unwrap();
    assert_eq!(answer.into_inner(), "uz-customs");
}

#[tokio::test]
async fn header_that_names_a_certificate_is_not_believed_on_a_port() {
    let certificates = Certificates::make();
    let agencies =
        r#"[{"name": "localhost", "agency": "uz-customs", "party": "UZ", "roles": ["reader"]}]"#;
    let agencies = identity::Agencies::from_json(agencies).unwrap();
    let world = World::start_trusting(listen_args(), agencies).await;
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
