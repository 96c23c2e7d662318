//! A published figure in another edition.

use std::collections::BTreeMap;

use super::{
    Level,
    concordance::Relationship,
    conversion::{Conversion, Method, Weights},
    level_of,
};
use crate::domain::observation::Observation;

/// A part of a figure under one code of the other edition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The code: digits, the number of a section, or the total.
    pub code: String,
    /// The value in cents; none when the figure was published as missing.
    pub value_cents: Option<i64>,
    /// The net weight in grams; none when it was not published.
    pub net_weight_grams: Option<i64>,
}

/// What has become of a figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It needs no conversion: it is of all commodities, or has the edition already.
    Unchanged,
    /// The edition that it is in does not have its code, or only codes of other lengths.
    Unknown,
    /// It was converted. The values of the parts add up to its own, and so do the weights.
    Converted {
        /// How.
        method: Method,
        /// How codes of six digits are related.
        relationship: Option<Relationship>,
        /// Its parts, by code.
        parts: Vec<Part>,
    },
}

/// Converts a figure; there is no conversion for figures that need none.
#[must_use]
pub fn convert(
    figure: &Observation,
    conversion: Option<&Conversion>,
    weights: &Weights,
) -> Outcome {
    let Some(conversion) = conversion else {
        return Outcome::Unchanged;
    };
    let code = figure.cell.commodity.code();
    if !matches!(
        level_of(code),
        Some(Level::Chapter | Level::Heading | Level::Subheading)
    ) {
        return Outcome::Unknown;
    }
    // A million of something tells the parts that there can be; amounts are divided by themselves.
    let Some(shape) = conversion.convert(code, 1_000_000, weights) else {
        return Outcome::Unknown;
    };
    let Some((method, relationship)) = shape
        .first()
        .map(|first| (first.method, first.relationship))
    else {
        return Outcome::Unknown;
    };
    let divided = |amount: Option<i64>| -> BTreeMap<String, i64> {
        amount
            .and_then(|amount| conversion.convert(code, amount, weights))
            .unwrap_or_default()
            .into_iter()
            .map(|part| (part.to, part.amount))
            .collect()
    };
    let (values, grams) = (
        divided(figure.value_cents),
        divided(figure.net_weight_grams),
    );
    let of = |divided: &BTreeMap<String, i64>, whole: Option<i64>, code: &str| {
        whole.map(|_| divided.get(code).copied().unwrap_or_default())
    };
    let parts = shape
        .into_iter()
        .map(|part| Part {
            value_cents: of(&values, figure.value_cents, &part.to),
            net_weight_grams: of(&grams, figure.net_weight_grams, &part.to),
            code: part.to,
        })
        .collect();
    Outcome::Converted {
        method,
        relationship,
        parts,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{
        cell::{Cell, Commodity, Flow, HsEdition},
        classification::{concordance::Map, conversion::totals},
        observation::{Precision, Qualifier, Status},
    };

    fn figure(code: &str, value_cents: Option<i64>, net_weight_grams: Option<i64>) -> Observation {
        Observation {
            column: 0,
            line: 2,
            cell: Cell {
                partner: "KZ".to_owned(),
                flow: Flow::Export,
                commodity: Commodity::parse(code, HsEdition::new(5)).unwrap(),
                region: String::new(),
                period: "2022".parse().unwrap(),
            },
            value_cents,
            net_weight_grams,
            status: Status::NORMAL,
            precision: Precision {
                qualifier: Qualifier::Exact,
                unit_cents: 0,
            },
            as_published: String::new(),
        }
    }

    fn conversion(pairs: &[(&str, &str)]) -> Conversion {
        let mut map = Map::new();
        for (from, to) in pairs {
            map.entry((*from).to_owned())
                .or_default()
                .insert((*to).to_owned());
        }
        Conversion::of(vec![map])
    }

    fn parts(outcome: &Outcome) -> Vec<(&str, Option<i64>, Option<i64>)> {
        match outcome {
            Outcome::Converted { parts, .. } => parts
                .iter()
                .map(|part| (part.code.as_str(), part.value_cents, part.net_weight_grams))
                .collect(),
            Outcome::Unchanged | Outcome::Unknown => Vec::new(),
        }
    }

    #[test]
    fn a_figure_that_was_published_as_missing_stays_missing_under_its_new_codes() {
        let split = conversion(&[("010110", "010121"), ("010110", "010129")]);
        let missing = figure("010110", None, Some(3));
        let none = Weights::new();
        let converted = convert(&missing, Some(&split), &none);
        assert_eq!(parts(&converted), [("0101", None, Some(3))]);
        let halves = BTreeMap::from([
            ("010121".to_owned(), 500_000),
            ("010129".to_owned(), 500_000),
        ]);
        let weights = Weights::from([("010110".to_owned(), halves)]);
        let converted = convert(&missing, Some(&split), &weights);
        assert_eq!(
            parts(&converted),
            [("010121", None, Some(2)), ("010129", None, Some(1))]
        );
    }

    #[test]
    fn codes_of_other_lengths_are_not_guessed_at() {
        let one = conversion(&[("010110", "010121")]);
        for code in ["01011", "010", "020110"] {
            let own = figure(code, Some(1), None);
            assert_eq!(
                convert(&own, Some(&one), &Weights::new()),
                Outcome::Unknown,
                "{code}"
            );
        }
        let own = figure("010110", Some(1), None);
        assert_eq!(convert(&own, None, &Weights::new()), Outcome::Unchanged);
    }

    proptest! {
        /// Converting figures and adding them up under an entry above, or adding them up first and converting the
        /// sum, is the same wherever the sum is known to be in one entry.
        #[test]
        fn conversion_of_figures_commutes_with_summing(
            pairs in prop::collection::vec((0..4_u8, 0..4_u8), 1..12),
            amounts in prop::collection::vec((0..4_u8, 0..1_000_i64), 1..20),
        ) {
            let code = |number: u8| format!("01{:02}{:02}", number / 2, number % 2);
            let named: Vec<(String, String)> =
                pairs.iter().map(|(from, to)| (code(*from), code(*to))).collect();
            let named: Vec<(&str, &str)> =
                named.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect();
            let conversion = conversion(&named);
            let none = Weights::new();
            for heading in ["0100", "0101"] {
                let own = |number: u8| code(number).starts_with(heading);
                let known = |number: u8| !conversion.image(&code(number)).is_empty();
                let summed: i64 = amounts.iter()
                    .filter(|(number, _)| own(*number) && known(*number))
                    .map(|(_, amount)| amount)
                    .sum();
                let whole = convert(&figure(heading, Some(summed), None), Some(&conversion), &none);
                let Some((above, Some(value), None)) = parts(&whole).first().copied() else {
                    prop_assert_eq!(whole, Outcome::Unknown);
                    continue;
                };
                let single: Vec<Outcome> = amounts.iter()
                    .filter(|(number, _)| own(*number))
                    .map(|(number, amount)| {
                        convert(&figure(&code(*number), Some(*amount), None), Some(&conversion), &none)
                    })
                    .collect();
                let converted: Vec<(&str, i64)> = single.iter()
                    .flat_map(parts)
                    .map(|(code, value, _)| (code, value.unwrap()))
                    .collect();
                for (code, _) in &converted {
                    prop_assert!(code.starts_with(above) || above == *code, "{} in {}", code, above);
                }
                let added: i64 = totals(converted.iter().copied()).iter().map(|(_, amount)| amount).sum();
                prop_assert_eq!((value, added), (summed, summed));
            }
        }
    }
}
