//! What the codes of one edition became in the next one.

use std::collections::{BTreeMap, BTreeSet, HashMap};

/// That goods of a code are goods of a code of the next edition; both of six digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pair {
    /// In the earlier edition.
    pub earlier: String,
    /// In the later edition.
    pub later: String,
}

/// How codes that hang together are related: how many one comes from, then how many one goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relationship {
    /// One code.
    OneToOne,
    /// Several became one.
    ManyToOne,
    /// One became several.
    OneToMany,
    /// Several became several.
    ManyToMany,
}

impl Relationship {
    /// Returns the relationship of so many codes on each side.
    #[must_use]
    pub fn of(from: usize, to: usize) -> Self {
        match (from > 1, to > 1) {
            (false, false) => Self::OneToOne,
            (true, false) => Self::ManyToOne,
            (false, true) => Self::OneToMany,
            (true, true) => Self::ManyToMany,
        }
    }
}

/// The codes of one edition by those of another.
pub type Map = BTreeMap<String, BTreeSet<String>>;

/// The pairs of two neighbouring editions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Concordance {
    pairs: BTreeSet<Pair>,
    /// By the earlier code: how many codes of each edition hang together with it.
    sizes: HashMap<String, (usize, usize)>,
}

impl Concordance {
    /// Takes pairs.
    #[must_use]
    pub fn of(pairs: BTreeSet<Pair>) -> Self {
        let sizes = sizes(&pairs);
        Self { pairs, sizes }
    }

    /// Returns the pairs in order.
    #[must_use]
    pub fn pairs(&self) -> &BTreeSet<Pair> {
        &self.pairs
    }

    /// Returns how the codes that hang together with a pair of the concordance are related, from the earlier
    /// edition to the later one.
    #[must_use]
    pub fn relationship(&self, pair: &Pair) -> Relationship {
        let (from, to) = self.sizes.get(&pair.earlier).copied().unwrap_or((1, 1));
        Relationship::of(from, to)
    }

    /// Returns the later codes by the earlier ones.
    #[must_use]
    pub fn forward(&self) -> Map {
        map(self.pairs.iter().map(|pair| (&pair.earlier, &pair.later)))
    }

    /// Returns the earlier codes by the later ones.
    #[must_use]
    pub fn backward(&self) -> Map {
        map(self.pairs.iter().map(|pair| (&pair.later, &pair.earlier)))
    }
}

fn map<'a>(pairs: impl Iterator<Item = (&'a String, &'a String)>) -> Map {
    let mut map = Map::new();
    for (from, to) in pairs {
        map.entry(from.clone()).or_default().insert(to.clone());
    }
    map
}

/// Counts the codes of each connected component of the graph whose edges are the pairs.
fn sizes(pairs: &BTreeSet<Pair>) -> HashMap<String, (usize, usize)> {
    let (forward, backward) = (
        map(pairs.iter().map(|pair| (&pair.earlier, &pair.later))),
        map(pairs.iter().map(|pair| (&pair.later, &pair.earlier))),
    );
    let mut sizes = HashMap::new();
    for start in forward.keys() {
        if sizes.contains_key(start) {
            continue;
        }
        let (mut earlier, mut later) = (BTreeSet::from([start]), BTreeSet::new());
        let mut open = vec![start];
        while let Some(code) = open.pop() {
            for target in &forward[code] {
                if !later.insert(target) {
                    continue;
                }
                open.extend(
                    backward[target]
                        .iter()
                        .filter(|source| earlier.insert(*source)),
                );
            }
        }
        for code in &earlier {
            sizes.insert((*code).clone(), (earlier.len(), later.len()));
        }
    }
    sizes
}
