//! The certificates of a listening process, which can be replaced while it runs.

use std::{
    fs,
    path::Path,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        RootCertStore, ServerConfig,
        crypto::{CryptoProvider, ring},
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
        server::{NoServerSessionStorage, WebPkiClientVerifier},
    },
};

use crate::{ClientAuth, StartError, TlsArgs};

/// The certificates in use. Copies share them.
#[derive(Clone)]
pub struct Certificates(Arc<Inner>);

struct Inner {
    args: TlsArgs,
    /// Whether HTTP/1.1 is spoken beside HTTP/2.
    http1: AtomicBool,
    current: RwLock<Arc<ServerConfig>>,
}

impl Certificates {
    /// Reads the files that `args` name; nothing if TLS is off.
    pub(crate) fn read(args: &TlsArgs) -> Result<Option<Self>, StartError> {
        if !args.is_set() {
            return Ok(None);
        }
        let current = config(args, false)?;
        Ok(Some(Self(Arc::new(Inner {
            args: args.clone(),
            http1: AtomicBool::new(false),
            current: RwLock::new(Arc::new(current)),
        }))))
    }

    /// Lets clients choose HTTP/1.1 in the handshake too.
    pub(crate) fn with_http1(&self) {
        self.0.http1.store(true, Ordering::Release);
        let mut current = self
            .0
            .current
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let mut config = ServerConfig::clone(&current);
        config.alpn_protocols = protocols(true);
        *current = Arc::new(config);
    }

    /// Reads the files again. Connections that are there go on; those that come get the new certificates. If the
    /// files cannot be used, those before stay in use, and the log says why.
    pub fn reload(&self) {
        match config(&self.0.args, self.0.http1.load(Ordering::Acquire)) {
            Ok(config) => {
                *self
                    .0
                    .current
                    .write()
                    .unwrap_or_else(PoisonError::into_inner) = Arc::new(config);
                tracing::info!("the certificates were read again");
            }
            Err(error) => tracing::error!(%error, "the certificates before stay in use"),
        }
    }

    /// Returns what makes the handshake with the certificates of the moment.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        let current = self
            .0
            .current
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        TlsAcceptor::from(Arc::clone(&current))
    }
}

impl std::fmt::Debug for Certificates {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Certificates(…)")
    }
}

/// What client and server can agree on in the handshake (ALPN), the first one first.
fn protocols(http1: bool) -> Vec<Vec<u8>> {
    let mut protocols = vec![b"h2".to_vec()];
    if http1 {
        protocols.push(b"http/1.1".to_vec());
    }
    protocols
}

fn config(args: &TlsArgs, http1: bool) -> Result<ServerConfig, StartError> {
    let (Some(certificate), Some(key)) = (&args.tls_cert, &args.tls_key) else {
        return Err(StartError::Config(
            "TLS needs both --tls-cert and --tls-key (ACCORD_TLS_CERT, ACCORD_TLS_KEY)".to_owned(),
        ));
    };
    let chain = chain("ACCORD_TLS_CERT", certificate)?;
    let key = self::key("ACCORD_TLS_KEY", key)?;
    let provider = Arc::new(ring::default_provider());
    let wrong = |error: &dyn std::fmt::Display| {
        StartError::Config(format!(
            "ACCORD_TLS_CERT, ACCORD_TLS_KEY or ACCORD_TLS_CLIENT_CA: {error}"
        ))
    };
    let config = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| wrong(&error))?;
    let mut resumes = true;
    let config = match &args.tls_client_ca {
        None => config.with_no_client_auth(),
        Some(authorities) => {
            let roots = roots("ACCORD_TLS_CLIENT_CA", authorities)?;
            resumes = false;
            let verifier = clients(roots, args.tls_client_auth, provider);
            config.with_client_cert_verifier(verifier.map_err(|error| wrong(&error))?)
        }
    };
    let mut config = config
        .with_single_cert(chain, key)
        .map_err(|error| wrong(&error))?;
    if !resumes {
        // A session taken up again is that of the certificate shown before, which may be no longer good.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
    }
    config.alpn_protocols = protocols(http1);
    Ok(config)
}

/// What checks the certificates of clients.
fn clients(
    roots: RootCertStore,
    auth: ClientAuth,
    provider: Arc<CryptoProvider>,
) -> Result<
    Arc<dyn tokio_rustls::rustls::server::danger::ClientCertVerifier>,
    tokio_rustls::rustls::server::VerifierBuilderError,
> {
    let builder = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
    match auth {
        ClientAuth::Required => builder.build(),
        ClientAuth::Optional => builder.allow_unauthenticated().build(),
    }
}

/// Reads a chain of certificates, of one at least; `variable` names the setting.
pub(crate) fn chain(
    variable: &str,
    path: &Path,
) -> Result<Vec<CertificateDer<'static>>, StartError> {
    let bytes = read(variable, path)?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    match found {
        Ok(found) if !found.is_empty() => Ok(found),
        Ok(_) => Err(unusable(variable, path, &"it holds no certificate in PEM")),
        Err(error) => Err(unusable(variable, path, &error)),
    }
}

/// Reads a private key; `variable` names the setting.
pub(crate) fn key(variable: &str, path: &Path) -> Result<PrivateKeyDer<'static>, StartError> {
    let bytes = read(variable, path)?;
    PrivateKeyDer::from_pem_slice(&bytes).map_err(|error| unusable(variable, path, &error))
}

/// Reads the certificates of authorities; `variable` names the setting.
pub(crate) fn roots(variable: &str, path: &Path) -> Result<RootCertStore, StartError> {
    let mut roots = RootCertStore::empty();
    for certificate in chain(variable, path)? {
        let added = roots.add(certificate);
        added.map_err(|error| unusable(variable, path, &error))?;
    }
    Ok(roots)
}

fn unusable(variable: &str, path: &Path, error: &dyn std::fmt::Display) -> StartError {
    StartError::Config(format!("{variable}: {}: {error}", path.display()))
}

/// Reads a file; `variable` names the setting.
fn read(variable: &str, path: &Path) -> Result<Vec<u8>, StartError> {
    fs::read(path).map_err(|error| {
        StartError::Config(format!(
            "{variable}: cannot read {}: {error}",
            path.display()
        ))
    })
}
