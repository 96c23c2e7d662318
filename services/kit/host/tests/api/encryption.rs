//! TLS, and client certificates where an authority for them is set.

use std::{
    fs,
    path::PathBuf,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use host::{Bearer, ClientAuth, ListenArgs, TlsArgs, remote::RemoteTlsArgs};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tempfile::TempDir;
use tonic::{
    service::interceptor::InterceptedService,
    transport::{Certificate, ClientTlsConfig, Endpoint, Identity},
};

use crate::world::{World, call, client, listen_args};

/// What certificates are made of.
fn localhost() -> CertificateParams {
    CertificateParams::new(vec!["localhost".to_owned()]).unwrap()
}

/// Files of an authority, and of a server and a client that it vouches for, made for one test.
pub(crate) struct Certificates {
    folder: TempDir,
    authority: Issuer<'static, KeyPair>,
}

impl Certificates {
    pub(crate) fn make() -> Self {
        Self::make_like(&localhost())
    }

    /// Certificates of a client and a server that are good for so long from now.
    pub(crate) fn make_good_for(left: Duration) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let mut params = localhost();
        params.not_after = rcgen::date_time_ymd(1970, 1, 1) + now + left;
        Self::make_like(&params)
    }

    fn make_like(params: &CertificateParams) -> Self {
        let folder = TempDir::new().unwrap();
        let mut authority = CertificateParams::new(Vec::new()).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let ca = authority.self_signed(&key).unwrap().pem();
        let certificates = Certificates {
            folder,
            authority: Issuer::new(authority, key),
        };
        certificates.write("ca.pem", &ca);
        for name in ["server", "client"] {
            certificates.issue(name, params);
        }
        certificates
    }

    /// Makes a certificate with a key of its own.
    fn issue(&self, name: &str, params: &CertificateParams) {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.authority).unwrap();
        self.write(&format!("{name}.pem"), &certificate.pem());
        self.write(&format!("{name}_key.pem"), &key.serialize_pem());
    }

    /// Puts a new certificate, and its key, in the place of the one of this name.
    pub(crate) fn renew(&self, name: &str) {
        self.issue(name, &localhost());
    }

    pub(crate) fn write(&self, name: &str, pem: &str) {
        fs::write(self.file(name), pem).unwrap();
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Settings of a server that shows its certificate, and perhaps asks for those of clients.
    pub(crate) fn listen_args(&self, client_auth: Option<ClientAuth>) -> ListenArgs {
        let mut args = listen_args();
        args.tls = TlsArgs {
            tls_cert: Some(self.file("server.pem")),
            tls_key: Some(self.file("server_key.pem")),
            tls_client_ca: client_auth.map(|_| self.file("ca.pem")),
            tls_client_auth: client_auth.unwrap_or_default(),
        };
        args
    }

    pub(crate) fn text(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).unwrap()
    }
}

async fn world(certificates: &Certificates, client_ca: bool) -> World {
    let auth = client_ca.then_some(ClientAuth::Required);
    World::start_with(certificates.listen_args(auth)).await
}

/// Whether a call with these TLS settings is answered.
async fn is_answered(world: &World, certificates: &Certificates, tls: ClientTlsConfig) -> bool {
    answer(world, certificates, tls, "/probe.Probe/Echo")
        .await
        .is_some()
}

/// The answer to a call with these TLS settings.
async fn answer(
    world: &World,
    certificates: &Certificates,
    tls: ClientTlsConfig,
    path: &'static str,
) -> Option<String> {
    let tls = tls.ca_certificate(Certificate::from_pem(certificates.text("ca.pem")));
    let endpoint = Endpoint::from_shared(format!("https://{}", world.listen)).unwrap();
    let endpoint = endpoint.tls_config(tls.domain_name("localhost")).unwrap();
    let channel = endpoint.connect().await.ok()?;
    let bearer = Bearer::new(&world.token()).unwrap();
    let mut client = client(InterceptedService::new(channel, bearer));
    let answer = call(&mut client, path, "").await.ok()?;
    Some(answer.into_inner())
}

impl Certificates {
    /// Settings of a client that shows its certificate.
    pub(crate) fn remote(&self) -> RemoteTlsArgs {
        RemoteTlsArgs {
            remote_ca: Some(self.file("ca.pem")),
            remote_cert: Some(self.file("client.pem")),
            remote_key: Some(self.file("client_key.pem")),
        }
    }

    /// What a client shows that has a certificate.
    pub(crate) fn identity(&self) -> ClientTlsConfig {
        let identity = Identity::from_pem(self.text("client.pem"), self.text("client_key.pem"));
        ClientTlsConfig::new().identity(identity)
    }

    /// Puts the files of `other` in the place of these.
    fn become_like(&self, other: &Self) {
        for name in [
            "ca.pem",
            "server.pem",
            "server_key.pem",
            "client.pem",
            "client_key.pem",
        ] {
            self.write(name, &other.text(name));
        }
    }
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
    let (_, metrics) = world.page("/metrics").await;
    let counted = metrics
        .lines()
        .find(|line| line.starts_with("accord_tls_handshakes_failed_total"));
    let count = counted.and_then(|line| line.rsplit(' ').next()?.parse::<u64>().ok());
    assert!(count >= Some(1), "{counted:?}");
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
async fn handlers_see_the_certificate_that_a_client_may_show() {
    let certificates = Certificates::make();
    let world = World::start_with(certificates.listen_args(Some(ClientAuth::Optional))).await;
    let shown = async |tls| {
        answer(&world, &certificates, tls, "/probe.Probe/Shown")
            .await
            .unwrap()
    };
    assert_eq!(shown(ClientTlsConfig::new()).await, "0");
    let bytes: usize = shown(certificates.identity()).await.parse().unwrap();
    assert!(bytes > 100, "{bytes}");
    // One of an authority that the server does not know is refused, though none is needed.
    let identity = Certificates::make().identity();
    assert!(!is_answered(&world, &certificates, identity).await);
}

#[tokio::test]
async fn certificates_are_read_again_and_open_connections_go_on() {
    let (certificates, renewed) = (Certificates::make(), Certificates::make());
    let world = world(&certificates, false).await;
    let before = Certificates::make();
    before.become_like(&certificates);
    let tls = ClientTlsConfig::new()
        .ca_certificate(Certificate::from_pem(certificates.text("ca.pem")))
        .domain_name("localhost");
    let endpoint = Endpoint::from_shared(format!("https://{}", world.listen)).unwrap();
    let channel = endpoint.tls_config(tls).unwrap().connect().await.unwrap();
    let bearer = Bearer::new(&world.token()).unwrap();
    let mut open = client(InterceptedService::new(channel, bearer));
    call(&mut open, "/probe.Probe/Echo", "").await.unwrap();
    let mut watch = crate::world::stream(&mut open, "/probe.Probe/Count")
        .await
        .unwrap();

    certificates.become_like(&renewed);
    assert!(!is_answered(&world, &renewed, ClientTlsConfig::new()).await);
    world.certificates.as_ref().unwrap().reload();
    assert!(is_answered(&world, &renewed, ClientTlsConfig::new()).await);
    assert!(!is_answered(&world, &before, ClientTlsConfig::new()).await);
    for _ in 0..5 {
        assert!(watch.message().await.unwrap().is_some());
    }

    // What cannot be used changes nothing.
    certificates.write("server.pem", "no certificate");
    world.certificates.as_ref().unwrap().reload();
    assert!(is_answered(&world, &renewed, ClientTlsConfig::new()).await);
}

#[tokio::test]
async fn another_service_is_reached_over_mutual_tls() {
    let certificates = Certificates::make();
    let world = world(&certificates, true).await;
    let url = format!("https://localhost:{}", world.listen.port())
        .parse()
        .unwrap();
    let known = certificates.remote();
    let unknown = RemoteTlsArgs {
        remote_ca: Some(certificates.file("ca.pem")),
        ..RemoteTlsArgs::default()
    };
    for (tls, is_answered) in [(&known, true), (&unknown, false)] {
        let channel = host::remote::channel_with(&url, tls).unwrap();
        let bearer = Bearer::new(&world.token()).unwrap();
        let mut client = client(InterceptedService::new(channel, bearer));
        let answer = call_when_ready(&mut client).await;
        assert_eq!(answer, is_answered);
    }
    assert_eq!(known.rustls().unwrap().alpn_protocols, [b"h2"]);
}

/// Whether a call is answered; a connection that cannot be made is no answer.
pub(crate) async fn call_when_ready<I: tonic::service::Interceptor>(
    client: &mut crate::world::Client<I>,
) -> bool {
    client.ready().await.is_ok() && call(client, "/probe.Probe/Echo", "").await.is_ok()
}

#[tokio::test]
async fn half_of_a_certificate_towards_others_is_a_configuration_error() {
    let certificates = Certificates::make();
    let half = RemoteTlsArgs {
        remote_cert: Some(certificates.file("client.pem")),
        ..RemoteTlsArgs::default()
    };
    let error = half.rustls().unwrap_err();
    assert_eq!(error.exit_code(), 2);
    assert!(error.to_string().contains("ACCORD_REMOTE_KEY"), "{error}");
    let wrong = RemoteTlsArgs {
        remote_ca: Some(certificates.file("server_key.pem")),
        ..RemoteTlsArgs::default()
    };
    let error = wrong.rustls().unwrap_err();
    assert!(error.to_string().contains("ACCORD_REMOTE_CA"), "{error}");
}

#[tokio::test]
async fn both_versions_of_http_are_spoken_over_tls_where_clients_connect() {
    use tokio_rustls::{TlsConnector, rustls::pki_types::ServerName};

    let certificates = Certificates::make();
    for (facing_clients, expected) in [(true, Some(b"http/1.1".to_vec())), (false, None)] {
        let args = certificates.listen_args(None);
        let world = if facing_clients {
            World::start_facing_clients(args).await
        } else {
            World::start_with(args).await
        };
        let tls = RemoteTlsArgs {
            remote_ca: Some(certificates.file("ca.pem")),
            ..RemoteTlsArgs::default()
        };
        let mut config = (*tls.rustls().unwrap()).clone();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let stream = tokio::net::TcpStream::connect(world.listen).await.unwrap();
        let connector = TlsConnector::from(std::sync::Arc::new(config));
        let name = ServerName::try_from("localhost").unwrap();
        let connected = connector.connect(name, stream).await.ok();
        let spoken = connected
            .as_ref()
            .and_then(|stream| stream.get_ref().1.alpn_protocol().map(<[u8]>::to_vec));
        assert_eq!(spoken, expected);
        if let Some(mut stream) = connected {
            use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

            let request = b"GET /no HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
            stream.write_all(request).await.unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.unwrap();
            let answer = answer.to_lowercase();
            assert!(
                answer.contains("strict-transport-security: max-age="),
                "{answer}"
            );
        }
    }
}
