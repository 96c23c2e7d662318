//! A bounded memory of what was computed lately.
//!
//! Two generations: when the younger is full it becomes the older, and what the older held and nobody asked for is gone. So the
//! memory stays below twice its capacity, what is in use stays, and nothing is kept in order.

use std::{
    borrow::Borrow,
    collections::HashMap,
    hash::Hash,
    sync::{PoisonError, RwLock},
};

/// Values by key, at most twice `capacity` of them.
#[derive(Debug)]
pub(crate) struct Recent<K, V> {
    generations: RwLock<Generations<K, V>>,
    capacity: usize,
}

#[derive(Debug)]
struct Generations<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
}

impl<K: Hash + Eq, V: Clone> Recent<K, V> {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            generations: RwLock::new(Generations {
                young: HashMap::new(),
                old: HashMap::new(),
            }),
            capacity,
        }
    }

    /// Returns the value of `key` if it is still held, and holds it for longer.
    pub(crate) fn get<Q>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let held = self
            .generations
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = held.young.get(key) {
            return Some(value.clone());
        }
        if !held.old.contains_key(key) {
            return None;
        }
        drop(held);
        let mut held = self
            .generations
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let (key, value) = held.old.remove_entry(key)?;
        held.put(key, value.clone(), self.capacity);
        Some(value)
    }

    /// Holds `value` for `key`.
    pub(crate) fn put(&self, key: K, value: V) {
        self.generations
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .put(key, value, self.capacity);
    }

    /// Returns how many values it holds.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        let held = self.generations.read().unwrap();
        held.young.len() + held.old.len()
    }
}

impl<K: Hash + Eq, V> Generations<K, V> {
    fn put(&mut self, key: K, value: V, capacity: usize) {
        if self.young.len() >= capacity && !self.young.contains_key(&key) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_asked_for_stays_and_the_rest_goes() {
        let recent = Recent::new(2);
        for key in 0..100 {
            recent.put(key, key);
            assert_eq!(recent.get(&0), Some(0));
        }
        assert_eq!(recent.get(&99), Some(99));
        assert_eq!(recent.get(&50), None);
    }

    proptest! {
        #[test]
        fn it_never_holds_more_than_twice_its_capacity_or_another_value(
            keys in proptest::collection::vec(0_u8..40, 0..200),
        ) {
            let recent = Recent::new(4);
            for key in keys {
                if let Some(value) = recent.get(&key) {
                    prop_assert_eq!(value, u16::from(key) * 7);
                }
                recent.put(key, u16::from(key) * 7);
                prop_assert!(recent.len() <= 8);
            }
        }
    }
}
