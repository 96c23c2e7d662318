//! The certificates of a listening process.

use std::{fs, path::PathBuf};

use tonic::transport::{Certificate, Identity, ServerTlsConfig};

use crate::StartError;

/// Files with certificates and keys in PEM, read once at the start.
#[derive(clap::Args, Clone, Debug)]
pub struct TlsArgs {
    /// Certificate chain in PEM; turns TLS on, together with --tls-key
    #[arg(long, value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,

    /// Private key of the certificate in PEM
    #[arg(long, value_name = "FILE")]
    pub tls_key: Option<PathBuf>,

    /// Certificates in PEM of the authorities that client certificates must come from; clients
    /// without one are refused
    #[arg(long, value_name = "FILE")]
    pub tls_client_ca: Option<PathBuf>,
}

impl TlsArgs {
    /// Tells whether any of the files is set.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.tls_cert.is_some() || self.tls_key.is_some() || self.tls_client_ca.is_some()
    }

    /// Reads the files; none if TLS is off.
    pub(crate) fn read(&self) -> Result<Option<ServerTlsConfig>, StartError> {
        if !self.is_set() {
            return Ok(None);
        }
        let (Some(certificate), Some(key)) = (&self.tls_cert, &self.tls_key) else {
            return Err(StartError::Config(
                "TLS needs both --tls-cert and --tls-key (ACCORD_TLS_CERT, ACCORD_TLS_KEY)"
                    .to_owned(),
            ));
        };
        let identity = Identity::from_pem(
            read("ACCORD_TLS_CERT", certificate)?,
            read("ACCORD_TLS_KEY", key)?,
        );
        let mut config = ServerTlsConfig::new().identity(identity);
        if let Some(authorities) = &self.tls_client_ca {
            let authorities = read("ACCORD_TLS_CLIENT_CA", authorities)?;
            config = config.client_ca_root(Certificate::from_pem(authorities));
        }
        Ok(Some(config))
    }
}

fn read(variable: &str, path: &PathBuf) -> Result<Vec<u8>, StartError> {
    fs::read(path).map_err(|error| {
        StartError::Config(format!(
            "{variable}: cannot read {}: {error}",
            path.display()
        ))
    })
}
