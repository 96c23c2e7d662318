//! Parts of a breakdown where figures of the two periods count in different HS editions.
//!
//! The same goods can have another code in another edition, and the same code other goods. So a code is compared with
//! its twin, the code that has all its goods and no others. A code without one is neither new nor gone: what an edition
//! says nothing about can have been published under codes of the other.

use std::collections::BTreeMap;

use super::{Amount, GroupKey, Part};
use crate::domain::vintage::Absence;

/// What is known of one code in its own edition.
#[derive(Clone, Debug)]
pub struct Coded {
    /// Which code.
    pub key: GroupKey,
    /// What it has in the period and in the one compared with.
    pub amounts: [Result<Amount, Absence>; 2],
    /// Whether in that period figures count in other editions only.
    pub is_elsewhere: [bool; 2],
}

impl Coded {
    /// Tells whether there is anything of it in one of the periods: figures, or that they were published as missing.
    fn is_there(&self, place: usize) -> bool {
        match self.amounts.get(place) {
            Some(Ok(amount)) => !amount.is_nothing(),
            Some(Err(absence)) => !matches!(absence, Absence::NotPublished | Absence::Removed),
            None => false,
        }
    }

    /// Takes it as the same goods in both periods.
    #[must_use]
    pub fn whole(self) -> Part {
        self.part(true)
    }

    fn part(self, is_compared: bool) -> Part {
        let [value, before] = self.amounts;
        Part {
            is_compared,
            ..Part::new(self.key, value, before)
        }
    }
}

/// Makes one part of the codes that are twins, as long as in each period there is something of one of them at most.
/// `twin` names the twins of a code alike, and is none for a code that has none. Those of which there is nothing in
/// either period need not be left out.
pub fn join(coded: Vec<Coded>, twin: impl Fn(&GroupKey) -> Option<GroupKey>) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut families: BTreeMap<GroupKey, Vec<Coded>> = BTreeMap::new();
    for own in coded {
        match twin(&own.key) {
            Some(name) => families.entry(name).or_default().push(own),
            None => parts.push(own.part(false)),
        }
    }
    for (name, family) in families {
        let are_apart = |place: usize| family.iter().filter(|own| own.is_there(place)).count() > 1;
        if are_apart(0) || are_apart(1) {
            parts.extend(family.into_iter().map(|own| own.part(false)));
        } else {
            parts.push(one(name, &family));
        }
    }
    parts
}

/// The twins together: in each period the one that has something, or else the one in an edition that counts. Where
/// another one that counts is not known, what there is is a lower bound.
fn one(name: GroupKey, family: &[Coded]) -> Part {
    let [(key, value), (former, before)] = [0, 1].map(|place| {
        let there = family.iter().find(|own| own.is_there(place));
        let counts = |own: &&Coded| own.is_elsewhere.get(place) == Some(&false);
        let is_unknown = |own: &Coded| own.amounts.get(place).is_some_and(Result::is_err);
        let told = there.or_else(|| {
            let mut counting = family.iter().filter(counts);
            let unknown = counting.clone().find(|own| is_unknown(own));
            unknown.or_else(|| counting.next())
        });
        let mut amount = told.and_then(|own| own.amounts.get(place).cloned());
        if let Some(Ok(amount)) = &mut amount {
            amount.partial |= family.iter().filter(counts).any(is_unknown);
        }
        (
            told.map_or_else(|| name.clone(), |own| own.key.clone()),
            amount.unwrap_or(Err(Absence::NotPublished)),
        )
    });
    Part {
        before_key: (former != key).then_some(former),
        ..Part::new(key, value, before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        cell::HsEdition,
        observation::{Qualifier, Status},
        tally::Measures,
    };

    fn key(edition: u8, code: &str) -> GroupKey {
        GroupKey {
            edition: HsEdition::new(edition),
            commodity: Some(code.to_owned()),
            ..GroupKey::default()
        }
    }

    fn coded(edition: u8, code: &str, cents: [i64; 2], is_elsewhere: [bool; 2]) -> Coded {
        let amount = |cents: i64| {
            let mut amount = Amount::default();
            let figures = i64::from(cents != 0);
            let measures = Measures {
                figures,
                cents,
                ..Measures::default()
            };
            amount.tally.add(Status::NORMAL, Qualifier::Exact, measures);
            Ok(amount)
        };
        Coded {
            key: key(edition, code),
            amounts: cents.map(amount),
            is_elsewhere,
        }
    }

    #[test]
    fn twins_are_one_part_and_others_are_not_compared() {
        let twin =
            |key: &GroupKey| (key.commodity.as_deref() != Some("02")).then(|| self::key(6, "01"));
        let (now, before) = ([false, true], [true, false]);
        let parts = join(
            vec![
                coded(5, "01", [0, 7], before),
                coded(6, "01", [9, 0], now),
                coded(6, "02", [3, 0], now),
            ],
            twin,
        );
        let found: Vec<_> = parts
            .iter()
            .map(|part| (part.key.clone(), part.before_key.clone(), part.is_compared))
            .collect();
        assert_eq!(
            found,
            [
                (key(6, "02"), None, false),
                (key(6, "01"), Some(key(5, "01")), true)
            ]
        );
    }

    #[test]
    fn twins_of_one_period_stay_apart() {
        let both = [false, false];
        let parts = join(
            vec![coded(5, "01", [0, 7], both), coded(6, "01", [9, 4], both)],
            |_| Some(key(6, "01")),
        );
        assert_eq!(parts.len(), 2);
        assert!(parts.iter().all(|part| !part.is_compared));
    }
}
