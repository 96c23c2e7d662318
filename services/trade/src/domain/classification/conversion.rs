//! The conversion of amounts from one edition to another.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Level, common_ancestor,
    concordance::{Map, Relationship},
    level_of, position,
};

/// How an amount was converted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// All its goods have the code.
    Exact,
    /// To the nearest entry above all the codes that its goods can have.
    CommonParent,
    /// By declared weights.
    DeclaredWeights,
}

/// An amount, or a part of one, in the other edition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Converted {
    /// The code that it had.
    pub from: String,
    /// The code that it has.
    pub to: String,
    /// The amount.
    pub amount: i64,
    /// How it was converted.
    pub method: Method,
    /// How codes of six digits are related.
    pub relationship: Option<Relationship>,
}

/// What one code's goods can have become: shares in parts per million by code.
pub type Weights = BTreeMap<String, BTreeMap<String, i64>>;

/// The way from one edition to another.
#[derive(Clone, Debug)]
pub struct Conversion {
    images: Map,
    sources: Map,
}

impl Conversion {
    /// Takes the steps of the way: the codes of each edition by those of the one before it on the way. There is at
    /// least one.
    #[must_use]
    pub fn of(steps: Vec<Map>) -> Self {
        let images = steps.into_iter().reduce(|way, step| {
            way.into_iter()
                .map(|(from, over)| {
                    let ends = over.iter().filter_map(|code| step.get(code)).flatten();
                    (from, ends.cloned().collect::<BTreeSet<_>>())
                })
                .filter(|(_, ends)| !ends.is_empty())
                .collect()
        });
        let images = images.unwrap_or_default();
        let mut sources = Map::new();
        for (from, ends) in &images {
            for end in ends {
                sources.entry(end.clone()).or_default().insert(from.clone());
            }
        }
        Self { images, sources }
    }

    /// Returns the codes of six digits that goods of a code can have; none when the edition does not have the code.
    #[must_use]
    pub fn image(&self, code: &str) -> BTreeSet<&str> {
        self.images
            .range(code.to_owned()..)
            .take_while(|(from, _)| from.starts_with(code))
            .flat_map(|(_, ends)| ends)
            .map(String::as_str)
            .collect()
    }

    /// Returns the code of as many digits that has all goods of a code and no others; none where there is no such code.
    #[must_use]
    pub fn twin(&self, code: &str) -> Option<String> {
        twin(&self.images, &self.sources, code)
    }

    /// Returns the code of the edition that this leads from whose twin a code of the other one is.
    #[must_use]
    pub fn twin_before(&self, code: &str) -> Option<String> {
        twin(&self.sources, &self.images, code)
    }

    /// Returns how a code of six digits is related to those that its goods can have.
    fn relationship(&self, image: &BTreeSet<&str>) -> Relationship {
        let sources: BTreeSet<&String> = image
            .iter()
            .filter_map(|code| self.sources.get(*code))
            .flatten()
            .collect();
        Relationship::of(sources.len(), image.len())
    }

    /// Converts an amount; none when the edition does not have the code. The parts add up to the amount.
    #[must_use]
    pub fn convert(&self, code: &str, amount: i64, weights: &Weights) -> Option<Vec<Converted>> {
        let image = self.image(code);
        if image.is_empty() {
            return None;
        }
        let is_subheading = level_of(code) == Some(Level::Subheading);
        let relationship = is_subheading.then(|| self.relationship(&image));
        let part = |to: &str, amount, method| Converted {
            from: code.to_owned(),
            to: to.to_owned(),
            amount,
            method,
            relationship,
        };
        let common = common_ancestor(image.iter().copied());
        // A heading whose goods are all in one heading is converted as exactly as it was known.
        if level_of(common) >= level_of(code) {
            return Some(vec![part(common, amount, Method::Exact)]);
        }
        let Some(shares) = weights.get(code) else {
            return Some(vec![part(common, amount, Method::CommonParent)]);
        };
        let parts = divide(amount, shares)
            .into_iter()
            .filter(|(_, amount)| *amount > 0)
            .map(|(to, amount)| part(to, amount, Method::DeclaredWeights))
            .collect();
        Some(parts)
    }
}

/// The one code that all goods of a code go to by `there`, if by `back` no others do.
fn twin(there: &Map, back: &Map, code: &str) -> Option<String> {
    let below = |map: &Map, code: &str| -> BTreeSet<String> {
        let own = map.range(code.to_owned()..);
        let own = own.take_while(|(from, _)| from.starts_with(code));
        own.flat_map(|(_, ends)| ends)
            .map(|end| end.get(..code.len()).unwrap_or(end).to_owned())
            .collect()
    };
    let mut images = below(there, code).into_iter();
    let (image, None) = (images.next()?, images.next()) else {
        return None;
    };
    (below(back, &image) == BTreeSet::from([code.to_owned()])).then_some(image)
}

/// Divides an amount by shares that add up to a million: whole parts first, then one more for each of the largest
/// remainders, of equal ones the first in order.
fn divide(amount: i64, shares: &BTreeMap<String, i64>) -> Vec<(&str, i64)> {
    let mut parts: Vec<(&str, i64, i128)> = shares
        .iter()
        .map(|(code, share)| {
            let exact = i128::from(amount) * i128::from(*share);
            let whole = i64::try_from(exact / 1_000_000).unwrap_or(0);
            (code.as_str(), whole, exact % 1_000_000)
        })
        .collect();
    let rest = amount - parts.iter().map(|(_, whole, _)| whole).sum::<i64>();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(parts[*index].2));
    for index in order.into_iter().take(usize::try_from(rest).unwrap_or(0)) {
        parts[index].1 += 1;
    }
    parts
        .into_iter()
        .map(|(code, whole, _)| (code, whole))
        .collect()
}

/// Adds amounts up by code, in order of the codes, the total last.
#[must_use]
pub fn totals<'a>(amounts: impl IntoIterator<Item = (&'a str, i64)>) -> Vec<(&'a str, i64)> {
    let mut totals: BTreeMap<String, (&str, i64)> = BTreeMap::new();
    for (code, amount) in amounts {
        totals.entry(position(code)).or_insert((code, 0)).1 += amount;
    }
    totals.into_values().collect()
}
