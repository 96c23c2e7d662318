//! How many of something each has at once.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Counts what each key has. It remembers only those that have something. Copies count together.
#[derive(Debug)]
pub(crate) struct Crowd<K>(Arc<Mutex<HashMap<K, usize>>>);

impl<K> Clone for Crowd<K> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K> Default for Crowd<K> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K: Clone + Eq + Hash> Crowd<K> {
    /// Counts one more for `key` if `may` says so of what it has and of how many keys have something, itself
    /// among them.
    pub(crate) fn enter(
        &self,
        key: &K,
        may: impl FnOnce(usize, usize) -> bool,
    ) -> Option<Member<K>> {
        let mut counts = lock(&self.0);
        let has = counts.get(key).copied().unwrap_or_default();
        let keys = counts.len() + usize::from(has == 0);
        if !may(has, keys) {
            return None;
        }
        counts.insert(key.clone(), has + 1);
        drop(counts);
        Some(Member {
            counts: Arc::clone(&self.0),
            key: key.clone(),
        })
    }
}

/// One that is counted until it is dropped.
#[derive(Debug)]
pub(crate) struct Member<K: Eq + Hash> {
    counts: Arc<Mutex<HashMap<K, usize>>>,
    key: K,
}

impl<K: Eq + Hash> Drop for Member<K> {
    fn drop(&mut self) {
        let mut counts = lock(&self.counts);
        if let Some(has) = counts.get_mut(&self.key) {
            *has -= 1;
            if *has == 0 {
                counts.remove(&self.key);
            }
        }
    }
}

fn lock<K>(counts: &Mutex<HashMap<K, usize>>) -> MutexGuard<'_, HashMap<K, usize>> {
    counts.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_counted_until_it_leaves_and_nothing_is_kept_of_it() {
        let crowd = Crowd::default();
        let two = |has, _| has < 2;
        let first = crowd.enter(&"a", two).unwrap();
        let second = crowd.enter(&"a", two).unwrap();
        assert!(crowd.enter(&"a", two).is_none());
        assert!(
            crowd
                .enter(&"b", |has, keys| has == 0 && keys == 2)
                .is_some()
        );
        drop(first);
        assert!(crowd.enter(&"a", two).is_some());
        drop(second);
        assert!(lock(&crowd.0).is_empty());
    }
}
