//! The verifier of access tokens, replaceable while the process runs.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use identity::{Caller, TokenError, Verifier};

/// Checks access tokens with the keys of the moment. Copies share one verifier.
#[derive(Clone, Debug)]
pub struct Tokens(Arc<RwLock<Arc<Verifier>>>);

impl Tokens {
    /// Puts `verifier` in the place of the present one, for all copies.
    pub fn replace(&self, verifier: Verifier) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(verifier);
    }

    /// Checks `token` and returns who holds it, and for how long from now it goes on being accepted.
    pub(crate) fn verify(&self, token: &str) -> Result<(Caller, Duration), TokenError> {
        let verifier = Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner));
        verifier.verify_lasting(token)
    }
}

impl From<Verifier> for Tokens {
    fn from(verifier: Verifier) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(verifier))))
    }
}
