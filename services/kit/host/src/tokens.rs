//! Who callers are: the verifier of access tokens and the agencies of client certificates, replaceable while the process runs.

use std::{
    sync::{Arc, PoisonError, RwLock, Weak},
    time::Duration,
};

use identity::{Agencies, Caller, Thumbprint, TokenError, Verifier};

use crate::{Metrics, PeerCertificate, client_cert, key_source::KeySource};

/// Checks access tokens with the keys of the moment. Copies share one verifier.
#[derive(Clone, Debug)]
pub struct Tokens {
    accepted: Arc<Accepted>,
    source: Option<Arc<KeySource>>,
}

/// What is accepted at the moment.
#[derive(Debug)]
pub(crate) struct Accepted {
    verifier: RwLock<Arc<Verifier>>,
    agencies: RwLock<Arc<Agencies>>,
}

impl Accepted {
    fn verifier(&self) -> Arc<Verifier> {
        Arc::clone(&self.verifier.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts `verifier` in the place of the present one.
    pub(crate) fn replace(&self, verifier: Verifier) {
        *self
            .verifier
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::new(verifier);
    }
}

impl Tokens {
    /// Accepts what `verifier` accepts, whose keys `source` fetches again.
    pub(crate) fn fetched(verifier: Verifier, source: Arc<KeySource>) -> Self {
        Self {
            source: Some(source),
            ..Self::from(verifier)
        }
    }

    /// Puts `verifier` in the place of the present one, for all copies.
    pub fn replace(&self, verifier: Verifier) {
        self.accepted.replace(verifier);
    }

    /// Accepts the client certificates of `agencies` in the place of tokens, for all copies.
    pub fn replace_agencies(&self, agencies: Agencies) {
        let mut held = self
            .accepted
            .agencies
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *held = Arc::new(agencies);
    }

    /// Fetches the keys again, where they are fetched; tells whether they are.
    #[must_use]
    pub fn fetch_again(&self) -> bool {
        self.source.as_ref().is_some_and(|source| {
            source.want();
            true
        })
    }

    pub(crate) fn downgrade(&self) -> Weak<Accepted> {
        Arc::downgrade(&self.accepted)
    }

    /// Checks `token` and returns who holds it, and for how long from now it goes on being accepted.
    pub(crate) fn verify(
        &self,
        token: &str,
        certificate: Option<&PeerCertificate>,
    ) -> Result<(Caller, Duration), TokenError> {
        let shown = certificate.map(|certificate| Thumbprint::of(&certificate.0));
        self.accepted.verifier().verify_shown(token, shown.as_ref())
    }

    /// Fetches the keys again for a token whose key was not known, unless they were fetched a moment ago, and waits a moment for
    /// them.
    pub(crate) async fn learn(&self) {
        if let Some(source) = &self.source {
            source.refresh().await;
        }
    }

    /// Lets `metrics` tell of the keys, where they are fetched.
    pub(crate) fn count_into(&self, metrics: &Metrics) {
        if let Some(source) = &self.source {
            source.count_into(metrics);
        }
    }

    /// Whether keys that are not known may become known.
    pub(crate) fn may_learn(&self) -> bool {
        self.source.is_some()
    }

    /// Returns whose `certificate` is, and for how long from `now`, in seconds since 1970, a call by it may last.
    pub(crate) fn agency(
        &self,
        certificate: &PeerCertificate,
        now: i64,
    ) -> Option<Result<(Caller, Duration), TokenError>> {
        let agencies = Arc::clone(
            &self
                .accepted
                .agencies
                .read()
                .unwrap_or_else(PoisonError::into_inner),
        );
        let caller = agencies.caller(&certificate.0)?;
        let left = identity::certificate_left(&certificate.0, now);
        Some(left.map(|left| (caller, left.min(client_cert::TRUSTED_FOR))))
    }
}

impl From<Verifier> for Tokens {
    fn from(verifier: Verifier) -> Self {
        Self {
            accepted: Arc::new(Accepted {
                verifier: RwLock::new(Arc::new(verifier)),
                agencies: RwLock::default(),
            }),
            source: None,
        }
    }
}
