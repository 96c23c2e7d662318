//! What a peer may do so often a second, and so often at once.

use tokio::time::Instant;

/// How many times over its burst a budget can grow by what is granted.
const GRANTED: u64 = 10;

/// A budget that is filled again with time, and by what is granted.
#[derive(Debug)]
pub(super) struct Budget {
    /// In thousandths, so that a rate is spent exactly.
    left_milli: u64,
    burst: u64,
    rate: u64,
    filled: Instant,
}

impl Budget {
    /// Makes a full budget of `burst`, filled by `rate` a second.
    pub(super) fn new(rate: u32, burst: u32) -> Self {
        let burst = u64::from(burst);
        Self {
            left_milli: burst * 1000,
            burst,
            rate: u64::from(rate),
            filled: Instant::now(),
        }
    }

    /// Takes one; nothing if there is none left.
    pub(super) fn take(&mut self) -> Option<()> {
        if self.left_milli < 1000 {
            self.fill();
        }
        self.left_milli = self.left_milli.checked_sub(1000)?;
        Some(())
    }

    /// Adds `count` beside what comes with time.
    pub(super) fn grant(&mut self, count: u64) {
        let most = self.burst.saturating_mul(GRANTED * 1000);
        self.left_milli = self.left_milli.saturating_add(count * 1000).min(most);
    }

    fn fill(&mut self) {
        let now = Instant::now();
        let elapsed = now.duration_since(self.filled).as_millis();
        let elapsed = u64::try_from(elapsed).unwrap_or(u64::MAX);
        if elapsed == 0 {
            return;
        }
        self.filled = now;
        // One a second is one thousandth a millisecond.
        let more = elapsed.saturating_mul(self.rate);
        self.left_milli = self.left_milli.saturating_add(more).min(self.burst * 1000);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn all(budget: &mut Budget) -> usize {
        std::iter::from_fn(|| budget.take()).count()
    }

    #[tokio::test(start_paused = true)]
    async fn it_fills_at_its_rate_up_to_its_burst() {
        let mut budget = Budget::new(10, 20);
        assert_eq!(all(&mut budget), 20);
        tokio::time::advance(Duration::from_millis(500)).await;
        assert_eq!(all(&mut budget), 5);
        tokio::time::advance(Duration::from_hours(1)).await;
        assert_eq!(all(&mut budget), 20);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_granted_is_had_beside_up_to_ten_bursts() {
        let mut budget = Budget::new(10, 20);
        budget.grant(7);
        assert_eq!(all(&mut budget), 27);
        budget.grant(u64::from(u32::MAX));
        assert_eq!(all(&mut budget), 200);
    }

    #[tokio::test(start_paused = true)]
    async fn a_budget_of_nothing_is_spent_at_once() {
        assert_eq!(all(&mut Budget::new(0, 0)), 0);
    }
}
