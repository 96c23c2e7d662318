//! The policies that callers are judged by, replaceable while the process runs.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use identity::Policies;
use tokio::sync::watch;

/// The policies of the moment. Copies share them.
#[derive(Clone, Debug)]
pub struct Rules(Arc<Held>);

#[derive(Debug)]
struct Held {
    policies: watch::Sender<Arc<Policies>>,
    /// How often they were replaced: asked for every message of a stream, without a lock.
    replaced: AtomicU64,
}

impl Rules {
    fn new(policies: Arc<Policies>) -> Self {
        Self(Arc::new(Held {
            policies: watch::Sender::new(policies),
            replaced: AtomicU64::new(0),
        }))
    }

    /// Puts `policies` in the place of the present ones, for all copies. Streams that are open are decided anew; other calls that are
    /// under way go on by those before.
    pub fn replace(&self, policies: Policies) {
        self.0.policies.send_modify(|held| {
            *held = Arc::new(policies);
            self.0.replaced.fetch_add(1, Ordering::Release);
        });
    }

    /// Returns the policies of the moment.
    #[must_use]
    pub fn policies(&self) -> Arc<Policies> {
        Arc::clone(&self.0.policies.borrow())
    }

    /// Returns a number that is another one after each replacement. Whoever asks for it before the policies misses none.
    pub(crate) fn replaced(&self) -> u64 {
        self.0.replaced.load(Ordering::Acquire)
    }

    /// Waits until they have been replaced, if `replaced` is still the number of now.
    pub(crate) async fn until_replaced(self, replaced: u64) {
        let mut changes = self.0.policies.subscribe();
        while self.replaced() == replaced {
            if changes.changed().await.is_err() {
                return std::future::pending().await;
            }
        }
    }
}

/// The policies that are part of the program.
impl Default for Rules {
    fn default() -> Self {
        Self::new(Policies::shipped())
    }
}

impl From<Policies> for Rules {
    fn from(policies: Policies) -> Self {
        Self::new(Arc::new(policies))
    }
}
