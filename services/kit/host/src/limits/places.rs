//! The places that calls take while they are in progress, and how they are shared when they become few.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use super::{Crowd, Member};

/// The share of the places that no agency takes beyond its own share: one in so many.
const RESERVE: usize = 8;

/// A number of places for calls. Copies share them.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    max: usize,
    /// Most places of one agency; nothing where only the sharing limits it.
    of_each: Option<usize>,
    taken: Arc<AtomicUsize>,
    agencies: Crowd<Arc<str>>,
}

impl Places {
    /// Makes `max` places, of which one agency has at most `of_each`.
    pub(crate) fn new(max: usize, of_each: Option<usize>) -> Self {
        Self {
            max,
            of_each,
            taken: Arc::default(),
            agencies: Crowd::default(),
        }
    }

    /// Returns how many places there are.
    pub(crate) fn max(&self) -> usize {
        self.max
    }

    /// Takes a place for whoever it may be; nothing if all are taken.
    pub(crate) fn take(&self) -> Option<Place> {
        let one_more = |taken: usize| (taken < self.max).then_some(taken + 1);
        let (set, fetch) = (Ordering::AcqRel, Ordering::Acquire);
        self.taken.fetch_update(set, fetch, one_more).ok()?;
        Some(Place {
            taken: Arc::clone(&self.taken),
        })
    }

    /// Counts a place that was taken for `agency`; nothing if the agency has as many as it may.
    ///
    /// While there is room, an agency takes what it needs. The last eighth goes only to agencies that have less
    /// than an equal share, counting one agency more than there are: so one that comes anew finds a place, whoever
    /// floods the process.
    pub(crate) fn share(&self, agency: &Arc<str>) -> Option<Member<Arc<str>>> {
        let is_crowded = self.taken.load(Ordering::Acquire) > self.max - self.max / RESERVE;
        self.agencies.enter(agency, |has, agencies| {
            self.of_each.is_none_or(|most| has < most)
                && (!is_crowded || has < self.max / (agencies + 1))
        })
    }
}

/// A place, taken until it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    taken: Arc<AtomicUsize>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.taken.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Taken = (Place, Member<Arc<str>>);

    fn call(places: &Places, agency: &str) -> Option<Taken> {
        let place = places.take()?;
        Some((place, places.share(&agency.into())?))
    }

    fn flood(places: &Places, agency: &str) -> Vec<Taken> {
        std::iter::from_fn(|| call(places, agency)).collect()
    }

    #[test]
    fn one_agency_leaves_the_last_eighth_to_others() {
        let places = Places::new(64, None);
        let mut first = flood(&places, "a");
        assert_eq!(first.len(), 56);
        let second = flood(&places, "b");
        assert_eq!(second.len(), 8);
        assert!(call(&places, "c").is_none(), "all places are taken");
        first.pop();
        assert!(call(&places, "a").is_none(), "it has more than its share");
        assert!(call(&places, "c").is_some());
    }

    #[test]
    fn a_limit_of_each_holds_while_there_is_room() {
        let places = Places::new(64, Some(3));
        let held = flood(&places, "a");
        assert_eq!(held.len(), 3);
        assert!(call(&places, "b").is_some());
        drop(held);
        assert_eq!(flood(&places, "a").len(), 3);
    }

    proptest! {
        #[test]
        fn whoever_floods_one_that_comes_anew_finds_a_place(
            max in 16_usize..200,
            others in 1_usize..6,
        ) {
            let places = Places::new(max, None);
            let held: Vec<_> = (0..others)
                .flat_map(|other| flood(&places, &format!("other-{other}")))
                .collect();
            // The reserve is for agencies below their share: with few places and many agencies it can be gone, but
            // never by the doing of one.
            if others == 1 {
                prop_assert!(call(&places, "new").is_some());
            }
            prop_assert!(held.len() <= max);
            drop(held);
            prop_assert!(call(&places, "new").is_some(), "places come back");
        }
    }
}
