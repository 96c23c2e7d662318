//! Commands against a server that asks for a certificate.

use std::path::Path;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

use crate::process::{Running, run, stderr};

/// Writes an authority's certificate, and a certificate and a key of `server` and of `client`.
fn certificates(folder: &Path) {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let certificate = authority.self_signed(&key).unwrap();
    std::fs::write(folder.join("ca.pem"), certificate.pem()).unwrap();
    let authority = Issuer::new(authority, key);
    for name in ["server", "client"] {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &authority).unwrap();
        std::fs::write(folder.join(format!("{name}.pem")), certificate.pem()).unwrap();
        std::fs::write(folder.join(format!("{name}.key")), key.serialize_pem()).unwrap();
    }
}

#[test]
fn a_command_shows_a_certificate_where_the_server_asks_for_one() {
    let folder = tempfile::tempdir().unwrap();
    certificates(folder.path());
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (data_dir, ca) = (path("data"), path("ca.pem"));
    let server = Running::start(&[
        "serve",
        "--data-dir",
        &data_dir,
        "--tls-cert",
        &path("server.pem"),
        "--tls-key",
        &path("server.key"),
        "--tls-client-ca",
        &ca,
    ]);
    let port = server.told("listen").rsplit(':').next().unwrap();
    let address = format!("https://localhost:{port}");
    let ask = [
        "trade",
        "classifications",
        "list",
        "--address",
        &address,
        "--ca-file",
        &ca,
        "--token-file",
        server.told("token_file"),
    ];
    let without = run(&ask);
    assert_eq!(without.status.code(), Some(1), "{}", stderr(&without));
    let in_the_clear = format!("http://localhost:{port}");
    let plain = run(&["ledger", "list", "documents", "--address", &in_the_clear]);
    assert_eq!(plain.status.code(), Some(1), "{}", stderr(&plain));
    assert!(stderr(&plain).contains("https://"), "{}", stderr(&plain));
    // What TLS says of it is not always read before the connection is gone.
    let said = stderr(&without);
    assert!(said.contains("--client-cert"), "{said}");
    let (certificate, key) = (path("client.pem"), path("client.key"));
    let half = run(&[&ask[..], &["--client-cert", &certificate]].concat());
    assert_eq!(half.status.code(), Some(2), "{}", stderr(&half));
    assert!(stderr(&half).contains("--client-key"), "{}", stderr(&half));
    let shown = ["--client-cert", &certificate, "--client-key", &key];
    let with = run(&[&ask[..], &shown].concat());
    assert!(with.status.success(), "{}", stderr(&with));
    let plain = ["--address", "http://localhost:1"];
    let plain = [&["trade", "classifications", "list"][..], &plain, &shown].concat();
    let said = stderr(&run(&plain));
    assert!(said.contains("https"), "{said}");
    assert!(server.terminate().success());
}

#[test]
fn an_address_with_tls_of_a_server_without_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().display().to_string();
    let server = Running::start(&["serve", "--data-dir", &data_dir]);
    let address = format!("https://{}", server.told("listen"));
    let output = run(&[
        "ledger",
        "list",
        "documents",
        "--address",
        &address,
        "--token-file",
        server.told("token_file"),
    ]);
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    for part in ["does not speak TLS", "http://"] {
        assert!(said.contains(part), "{part} in {said}");
    }
}
