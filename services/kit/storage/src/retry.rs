//! How often and after what pause a unit of work is tried again.

use std::{
    hash::{BuildHasher, RandomState},
    time::Duration,
};

/// How many times a unit of work runs at most.
const ATTEMPTS: u32 = 6;
/// The first pause; each next one is twice as long.
const FIRST: Duration = Duration::from_millis(4);
/// The longest pause.
const LONGEST: Duration = Duration::from_millis(250);

/// The pauses between the attempts of one unit of work.
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    made: u32,
}

impl Backoff {
    /// The pause before the next attempt, or nothing when there have been enough.
    ///
    /// A pause is between half and all of its step, so that two units of work which got in each
    /// other's way do not meet again.
    pub(crate) fn next(&mut self) -> Option<Duration> {
        self.made += 1;
        if self.made >= ATTEMPTS {
            return None;
        }
        let step = (FIRST * 2_u32.pow(self.made - 1)).min(LONGEST);
        // A hasher's random keys are the randomness that std offers.
        let dice = u32::try_from(RandomState::new().hash_one(self.made) % 1024).unwrap_or(0);
        Some(step / 2 + (step / 2) * dice / 1024)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        let mut backoff = Backoff::default();
        let mut pauses = Vec::new();
        while let Some(pause) = backoff.next() {
            pauses.push(pause);
        }
        assert_eq!(pauses.len(), 5);
        for (index, pause) in pauses.iter().enumerate() {
            let step = FIRST * 2_u32.pow(u32::try_from(index).unwrap());
            assert!(
                *pause >= step / 2 && *pause <= step,
                "{pause:?} of {step:?}"
            );
        }
    }
}
