//! TLS towards other servers: whom to trust, and as whom to come.

use std::{path::PathBuf, sync::Arc};

use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring};
use tonic::transport::{Certificate, ClientTlsConfig, Identity};

use crate::{
    StartError,
    port::{chain, key, read, roots},
};

/// TLS towards the servers whose addresses begin with `https`.
#[derive(clap::Args, Clone, Debug, Default)]
#[command(next_help_heading = "TLS towards other services")]
pub struct RemoteTlsArgs {
    /// Certificates in PEM of the authorities that vouch for other services [default: those that the
    /// operating system trusts]
    #[arg(long, value_name = "FILE")]
    pub remote_ca: Option<PathBuf>,

    /// Certificate chain in PEM that this process shows to other services, together with --remote-key
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
            Some((cert, private)) => config
                .with_client_auth_cert(
                    chain("ACCORD_REMOTE_CERT", cert)?,
                    key("ACCORD_REMOTE_KEY", private)?,
                )
                .map_err(wrong)?,
        };
        config.alpn_protocols = vec![b"h2".to_vec()];
        Ok(Arc::new(config))
    }

    /// Returns the same settings for a channel of tonic.
    pub fn tonic(&self) -> Result<ClientTlsConfig, StartError> {
        // Says what is wrong with the files before a first call does.
        self.rustls()?;
        let mut config = ClientTlsConfig::new();
        config = match &self.remote_ca {
            Some(path) => {
                config.ca_certificate(Certificate::from_pem(read("ACCORD_REMOTE_CA", path)?))
            }
            None => config.with_native_roots(),
        };
        if let Some((cert, private)) = self.identity()? {
            config = config.identity(Identity::from_pem(
                read("ACCORD_REMOTE_CERT", cert)?,
                read("ACCORD_REMOTE_KEY", private)?,
            ));
        }
        Ok(config)
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
