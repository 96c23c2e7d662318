//! Numbers that look random and are the same in every run.

/// A sequence of numbers that depends on a seed alone (Steele, Lea, Flood: "Fast splittable pseudorandom number
/// generators", 2014).
#[derive(Clone, Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    /// The sequence of the `index`th thing that a seed makes.
    pub(crate) fn new(seed: u64, index: u64) -> Self {
        let mut chance = Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ index);
        chance.next();
        chance
    }

    /// The next number.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`, which is not 0.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit.max(1)
    }

    /// Whether something that happens `of` times in a thousand happens.
    pub(crate) fn happens(&mut self, of: u64) -> bool {
        self.below(1_000) < of
    }

    /// A place below `limit` by Zipf's law: each place about as often as all places together that are up to twice
    /// as far, as words of a language are.
    pub(crate) fn zipf(&mut self, limit: u64) -> u64 {
        let doublings = u64::from(limit.max(1).ilog2()) + 1;
        let first = 1_u64 << self.below(doublings);
        (first - 1 + self.below(first)).min(limit.saturating_sub(1))
    }

    /// One of the elements.
    pub(crate) fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        let index = self.below(of.len() as u64);
        usize::try_from(index)
            .ok()
            .and_then(|index| of.get(index))
            .copied()
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_and_index_give_the_same_numbers() {
        let numbers = |seed, index| {
            let mut chance = Chance::new(seed, index);
            (0..100).map(move |_| chance.next()).collect::<Vec<_>>()
        };
        assert_eq!(numbers(1, 7), numbers(1, 7));
        assert_ne!(numbers(1, 7), numbers(1, 8));
        assert_ne!(numbers(1, 7), numbers(2, 7));
    }

    #[test]
    fn the_first_places_are_the_most_frequent() {
        let mut chance = Chance::new(1, 1);
        let places: Vec<_> = (0..10_000).map(|_| chance.zipf(1_000)).collect();
        let times = |place| places.iter().filter(|found| **found == place).count();
        assert!(places.iter().all(|place| *place < 1_000));
        assert!(
            times(0) > 500 && times(0) > 4 * times(9),
            "{} {}",
            times(0),
            times(9)
        );
    }
}
