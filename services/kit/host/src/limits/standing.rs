//! How a caller stands with a limit on its rate, as HTTP tells it.

use std::time::Duration;

/// What a caller may send, and has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// The name of the limit's policy.
    pub(crate) policy: &'static str,
    /// Requests that may come at once.
    pub(crate) quota: u32,
    /// In this time the quota is whole again, from nothing.
    pub(crate) window: Duration,
    /// Requests that may come now.
    pub(crate) left: u32,
}

impl Standing {
    /// The policy as `RateLimit-Policy` names it (draft-ietf-httpapi-ratelimit-headers-10 section 3).
    pub(crate) fn policy(&self) -> String {
        let window = seconds(self.window);
        format!("\"{}\";q={};w={window}", self.policy, self.quota)
    }

    /// What is left, as `RateLimit` tells it (section 4 of the same): `t` is when the quota is whole.
    pub(crate) fn left(&self) -> String {
        let missing = self.quota.saturating_sub(self.left);
        let until = self.window * missing / self.quota.max(1);
        let (policy, left) = (self.policy, self.left);
        format!("\"{policy}\";r={left};t={}", seconds(until))
    }
}

/// Whole seconds, not fewer than there are.
fn seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_stand_as_the_draft_has_them() {
        let standing = Standing {
            policy: "agency",
            quota: 20,
            window: Duration::from_millis(2000),
            left: 5,
        };
        assert_eq!(standing.policy(), "\"agency\";q=20;w=2");
        assert_eq!(standing.left(), "\"agency\";r=5;t=2");
        let full = Standing {
            left: 20,
            ..standing
        };
        assert_eq!(full.left(), "\"agency\";r=20;t=0");
    }
}
