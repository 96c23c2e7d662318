//! TLS towards other servers: whom to trust, and as whom to come.

use std::{path::PathBuf, sync::Arc};

use tokio_rustls::rustls::{ClientConfig, RootCertStore, client::Resumption, crypto::ring};

use super::shown::Shown;
use crate::{StartError, port::roots};

/// TLS towards the servers whose addresses begin with `https`.
#[derive(clap::Args, Clone, Debug, Default)]
#[command(next_help_heading = "TLS towards other services")]
pub struct RemoteTlsArgs {
    /// Certificates in PEM of the authorities that vouch for other services, read at the start [default: those that
    /// the operating system trusts]
    #[arg(long, value_name = "FILE")]
    pub remote_ca: Option<PathBuf>,

    /// Certificate chain in PEM that this process shows to other services, together with --remote-key; both
    /// are read again when they change, for the connections that begin then
    #[arg(long, value_name = "FILE")]
    pub remote_cert: Option<PathBuf>,

    /// Private key of that certificate in PEM
    #[arg(long, value_name = "FILE")]
    pub remote_key: Option<PathBuf>,
}

impl RemoteTlsArgs {
    /// Returns the settings for HTTP/2 over TLS by rustls.
    ///
    /// Fails with [`StartError::Config`] that names the setting whose file cannot be used.
    pub fn rustls(&self) -> Result<Arc<ClientConfig>, StartError> {
        let roots = match &self.remote_ca {
            Some(path) => roots("ACCORD_REMOTE_CA", path)?,
            None => of_the_system()?,
        };
        let wrong = |error: tokio_rustls::rustls::Error| {
            StartError::Config(format!("ACCORD_REMOTE_CERT, ACCORD_REMOTE_KEY: {error}"))
        };
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(wrong)?
            .with_root_certificates(roots);
        let mut config = match self.identity()? {
            None => config.with_no_client_auth(),
            Some((cert, private)) => {
                config.with_client_cert_resolver(Arc::new(Shown::read(cert, private)?))
            }
        };
        if self.identity()?.is_some() {
            // A session taken up again would be that of the certificate shown before.
            config.resumption = Resumption::disabled();
        }
        config.alpn_protocols = vec![b"h2".to_vec()];
        Ok(Arc::new(config))
    }

    fn identity(&self) -> Result<Option<(&PathBuf, &PathBuf)>, StartError> {
        match (&self.remote_cert, &self.remote_key) {
            (None, None) => Ok(None),
            (Some(cert), Some(key)) => Ok(Some((cert, key))),
            _ => Err(StartError::Config(
                "a certificate towards other services needs both --remote-cert and --remote-key \
                 (ACCORD_REMOTE_CERT, ACCORD_REMOTE_KEY)"
                    .to_owned(),
            )),
        }
    }
}

/// The authorities that the operating system trusts.
fn of_the_system() -> Result<RootCertStore, StartError> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        return Err(StartError::Config(
            "the operating system trusts no authority: set --remote-ca (ACCORD_REMOTE_CA)"
                .to_owned(),
        ));
    }
    Ok(roots)
}
