//! The certificates of a listening process.

use std::path::PathBuf;

/// Whether a client must show a certificate where an authority for them is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ClientAuth {
    /// A client without a certificate is refused in the handshake.
    #[default]
    Required,
    /// A client may come without one; one that it shows is checked.
    Optional,
}

impl ClientAuth {
    /// Tells whether nobody comes without a certificate.
    pub(crate) fn is_required(self) -> bool {
        self == Self::Required
    }
}

/// Files with certificates and keys in PEM, read at the start and again on SIGHUP.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct TlsArgs {
    /// Certificate chain in PEM; turns TLS on, together with --tls-key. Read again on SIGHUP, as are the
    /// other files of TLS
    #[arg(long, value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,

    /// Private key of the certificate in PEM
    #[arg(long, value_name = "FILE")]
    pub tls_key: Option<PathBuf>,

    /// Certificates in PEM of the authorities that client certificates must come from
    #[arg(long, value_name = "FILE")]
    pub tls_client_ca: Option<PathBuf>,

    /// Whether clients must show a certificate, where --tls-client-ca is set
    #[arg(long, value_name = "WHETHER", default_value = "required")]
    pub tls_client_auth: ClientAuth,
}

impl TlsArgs {
    /// Tells whether any of the files is set.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.tls_cert.is_some() || self.tls_key.is_some() || self.tls_client_ca.is_some()
    }
}
