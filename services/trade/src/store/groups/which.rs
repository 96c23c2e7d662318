//! Which series are asked for: as SQL over figures, and by their numbers in sums.

use super::{Asked, Regions};
use crate::{
    domain::{
        cell::{Commodity, Flow},
        group::Level,
    },
    store::{codes::Coded as _, key, observations::list_of},
};

/// Which series are asked for.
#[derive(Clone, Debug)]
pub(super) struct Which {
    /// The first and the last series, of the regions that are asked for.
    pub series: (i64, i64),
    flows: Vec<i64>,
    /// One more than the edition, as in series.
    edition: Option<i64>,
    /// The least and the greatest number of digits, where there is a level.
    digits: Option<(i64, i64)>,
    /// The first and the last commodity.
    commodity: Option<(i64, i64)>,
}

impl Which {
    /// Takes what is asked for of trade with a partner.
    pub(super) fn new(asked: &Asked, partner: &str) -> Self {
        let partner = key::partner_code(partner);
        let series = match &asked.regions {
            Regions::One(region) => {
                let code =
                    partner << (key::PARTNER_SHIFT - key::REGION_SHIFT) | key::region_code(region);
                (
                    code << key::REGION_SHIFT,
                    ((code + 1) << key::REGION_SHIFT) - 1,
                )
            }
            Regions::All => (
                partner << key::PARTNER_SHIFT | 1 << key::REGION_SHIFT,
                ((partner + 1) << key::PARTNER_SHIFT) - 1,
            ),
        };
        let code = asked.commodity.code();
        let commodity = match asked.level {
            None => Some((key::commodity_code(code), key::commodity_code(code))),
            Some(_) => (asked.commodity != Commodity::Total).then(|| key::commodity_range(code)),
        };
        Self {
            series,
            flows: asked.flows.iter().copied().map(Flow::code).collect(),
            edition: asked.edition.map(|edition| i64::from(edition.number()) + 1),
            digits: asked.level.map(|level| {
                let least = asked.deepness.map_or(level, |deepness| deepness.max(level));
                match least {
                    Level::Section | Level::Chapter => (2, 6),
                    Level::Heading => (4, 6),
                    Level::Subheading => (6, 6),
                }
            }),
            commodity,
        }
    }

    /// Divides it by flow, where of each flow nothing else is between the first and the last series.
    pub(super) fn by_flow(self) -> Vec<Self> {
        if !(self.is_one_region() && self.edition.is_some() && self.commodity.is_some()) {
            return vec![self];
        }
        let flows = self.flows.iter();
        flows
            .map(|flow| Self {
                flows: vec![*flow],
                ..self.clone()
            })
            .collect()
    }

    fn is_one_region(&self) -> bool {
        self.series.1 - self.series.0 < 1 << key::REGION_SHIFT
    }

    /// Returns the condition on figures `o`.
    pub(super) fn sql(&self) -> String {
        let (first, last) = self.range();
        let mut conditions = vec![
            format!("o.series BETWEEN {first} AND {last}"),
            format!(
                "((o.series >> {}) & 7) IN ({})",
                key::FLOW_SHIFT,
                list_of(self.flows.iter().copied())
            ),
        ];
        if let Some(edition) = self.edition {
            conditions.push(format!(
                "((o.series >> {}) & 7) = {edition}",
                key::COMMODITY_BITS
            ));
        }
        if let Some((least, most)) = self.digits {
            conditions.push(format!("(o.series & 7) BETWEEN {least} AND {most}"));
        }
        if let Some((first, last)) = self.commodity {
            conditions.push(format!(
                "(o.series & {}) BETWEEN {first} AND {last}",
                key::COMMODITY_MASK
            ));
        }
        conditions.join(" AND ")
    }

    /// The first and the last series: of one flow, edition and code in one region nothing else is between.
    fn range(&self) -> (i64, i64) {
        match (self.flows.as_slice(), self.edition, self.commodity) {
            ([flow], Some(edition), Some((first, last))) if self.is_one_region() => {
                let base = self.series.0 | flow << key::FLOW_SHIFT | edition << key::COMMODITY_BITS;
                (base | first, base | last)
            }
            _ => self.series,
        }
    }

    /// Tells whether a series is among them.
    pub(super) fn admits(&self, series: i64) -> bool {
        let is_within = |(first, last): (i64, i64), number| first <= number && number <= last;
        is_within(self.series, series)
            && self.flows.contains(&(series >> key::FLOW_SHIFT & 7))
            && self
                .edition
                .is_none_or(|edition| edition == series >> key::COMMODITY_BITS & 7)
            && self
                .digits
                .is_none_or(|digits| is_within(digits, series & 7))
            && self
                .commodity
                .is_none_or(|range| is_within(range, series & key::COMMODITY_MASK))
    }
}
