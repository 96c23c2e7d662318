//! The certificate that this process shows to other services, read again when its files change.
//!
//! Certificates of services are renewed every few weeks or days by programs that put new files in the place of the old ones. Each
//! connection looks at the files, so that nobody has to be told.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use tokio_rustls::rustls::{
    SignatureScheme, client::ResolvesClientCert, crypto::ring, sign::CertifiedKey,
};

use crate::{
    StartError,
    port::{chain, key},
};

/// A certificate chain with its key, and the files that they come from.
pub(super) struct Shown {
    cert: PathBuf,
    key: PathBuf,
    current: Mutex<(Stamp, Arc<CertifiedKey>)>,
}

/// When files were changed, and how long they are: nothing of one that is not there.
type Stamp = [Option<(SystemTime, u64)>; 2];

impl Shown {
    /// Reads both files.
    pub(super) fn read(cert: &Path, key: &Path) -> Result<Self, StartError> {
        let (cert, key) = (cert.to_owned(), key.to_owned());
        let stamp = stamp(&cert, &key);
        let current = Mutex::new((stamp, Arc::new(read(&cert, &key)?)));
        Ok(Self { cert, key, current })
    }

    /// Returns the certificate of the moment: the one before where the files cannot be used, which are then looked at again.
    fn current(&self) -> Arc<CertifiedKey> {
        let now = stamp(&self.cert, &self.key);
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.0 != now {
            match read(&self.cert, &self.key) {
                Ok(read) => {
                    *current = (now, Arc::new(read));
                    tracing::info!("the certificate towards other services was read again");
                }
                Err(error) => {
                    tracing::warn!(%error, "the certificate before is shown to other services");
                }
            }
        }
        Arc::clone(&current.1)
    }
}

impl ResolvesClientCert for Shown {
    fn resolve(
        &self,
        _authorities: &[&[u8]],
        _schemes: &[SignatureScheme],
    ) -> Option<Arc<CertifiedKey>> {
        Some(self.current())
    }

    fn has_certs(&self) -> bool {
        true
    }
}

/// The key is not shown.
impl fmt::Debug for Shown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Shown")
            .field("cert", &self.cert)
            .finish_non_exhaustive()
    }
}

fn read(cert: &Path, private: &Path) -> Result<CertifiedKey, StartError> {
    let chain = chain("ACCORD_REMOTE_CERT", cert)?;
    let key = key("ACCORD_REMOTE_KEY", private)?;
    CertifiedKey::from_der(chain, key, &ring::default_provider()).map_err(|error| {
        StartError::Config(format!("ACCORD_REMOTE_CERT, ACCORD_REMOTE_KEY: {error}"))
    })
}

fn stamp(cert: &Path, key: &Path) -> Stamp {
    [cert, key].map(|path| {
        let about = fs::metadata(path).ok()?;
        Some((about.modified().ok()?, about.len()))
    })
}
