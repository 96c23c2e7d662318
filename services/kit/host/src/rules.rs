//! The policies that callers are judged by, replaceable while the process runs.

use std::sync::{Arc, PoisonError, RwLock};

use identity::Policies;

/// The policies of the moment. Copies share them.
#[derive(Clone, Debug)]
pub struct Rules(Arc<RwLock<Arc<Policies>>>);

impl Rules {
    /// Puts `policies` in the place of the present ones, for all copies; calls that are under way are judged by those before.
    pub fn replace(&self, policies: Policies) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(policies);
    }

    /// Returns the policies of the moment.
    #[must_use]
    pub fn policies(&self) -> Arc<Policies> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The policies that are part of the program.
impl Default for Rules {
    fn default() -> Self {
        Self(Arc::new(RwLock::new(Policies::shipped())))
    }
}

impl From<Policies> for Rules {
    fn from(policies: Policies) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(policies))))
    }
}
