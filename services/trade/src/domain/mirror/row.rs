//! One movement of goods in one period, from both figures to the last part of their gap.

use std::collections::BTreeSet;

use super::{
    Bound, Component, Gap, Notice, Role, Side, Source, State, Why, closing,
    pair::Pair,
    spans::{longer, periods_in},
};
use crate::domain::{growth, period::Period};

/// One movement of goods in one period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The period.
    pub period: Period,
    /// What the exporter reports.
    pub exports: Side,
    /// What the importer reports.
    pub imports: Side,
    /// The gap; none when a side is not known.
    pub gap: Option<Gap>,
    /// What a reader should know.
    pub notices: BTreeSet<Notice>,
}

impl Row {
    /// Sets both figures against each other, and takes off scope and valuation.
    #[must_use]
    pub fn open(source: &dyn Source, period: Period, factor_ppm: Option<i64>) -> Self {
        let exports = source.figure(Role::Exporter, period);
        let imports = source.figure(Role::Importer, period);
        let mut row = Self {
            period,
            gap: gap(&exports, &imports),
            notices: [&exports, &imports]
                .into_iter()
                .filter_map(Side::figure)
                .flat_map(|figure| figure.warnings.iter().cloned().map(Notice::Figure))
                .collect(),
            exports,
            imports,
        };
        let Some(gap) = &mut row.gap else {
            return row;
        };
        match (row.exports.figure(), row.imports.figure()) {
            (Some(exports), Some(imports)) => {
                let mut pair = Pair {
                    exports: exports.clone(),
                    imports: imports.clone(),
                };
                pair.scope(source, period, gap, &mut row.notices);
                pair.valuation(source, period, factor_ppm, gap, &mut row.notices);
                let doubt = exports
                    .uncertainty_cents
                    .saturating_add(imports.uncertainty_cents);
                if gap.cents != 0 && gap.cents.abs() <= doubt {
                    row.notices.insert(Notice::WithinRounding);
                }
            }
            _ => {
                for component in [Component::Scope, Component::Valuation] {
                    gap.take(component, 0, State::Nothing, Why::OneSided);
                }
            }
        }
        row
    }

    /// Takes off what closes in a longer window. `rest_of` returns what scope and valuation leave of the gap of
    /// another period, if it is known exactly.
    pub fn take_timing(&mut self, rest_of: &mut dyn FnMut(Period) -> Option<i64>) {
        let Some(gap) = &mut self.gap else { return };
        let longer = longer(self.period);
        if longer.is_empty() {
            return gap.take(
                Component::Timing,
                0,
                State::NotQuantified,
                Why::LongestWindow,
            );
        }
        let known = longer.into_iter().find_map(|window| {
            let periods = periods_in(window, self.period.window());
            let rests: Option<Vec<i64>> = periods.iter().map(|period| rest_of(*period)).collect();
            let own = periods.iter().position(|period| *period == self.period)?;
            let closing = closing::closing(&rests?);
            Some((window, *closing.get(own)?))
        });
        match known.filter(|_| gap.bound == Bound::None) {
            Some((window, cents)) => gap.take(
                Component::Timing,
                cents,
                State::Quantified,
                Why::Within(window),
            ),
            None => gap.take(
                Component::Timing,
                0,
                State::NotQuantified,
                Why::WindowNotKnown,
            ),
        }
    }

    /// Takes off classification, as was worked out from the other cells.
    pub fn take_classification(&mut self, cents: i64, state: State, why: Why) {
        if let Some(gap) = &mut self.gap {
            gap.take(Component::Classification, cents, state, why);
        }
    }

    /// Names the rest.
    pub fn close(&mut self) {
        let one_sided = self.exports == Side::Nothing || self.imports == Side::Nothing;
        let Some(gap) = &mut self.gap else { return };
        if one_sided {
            let rest = gap.rest;
            gap.take(
                Component::OnlyOneSide,
                rest,
                State::Quantified,
                Why::OneSided,
            );
        } else {
            gap.take(Component::OnlyOneSide, 0, State::Nothing, Why::BothSides);
        }
        let state = if gap.rest == 0 {
            State::Nothing
        } else {
            State::Quantified
        };
        let rest = gap.rest;
        gap.take(Component::Unexplained, rest, state, Why::Rest);
    }

    /// Returns the gap relative to the mean of both figures, in parts per million.
    #[must_use]
    pub fn gap_ppm(&self) -> Option<i64> {
        let gap = i128::from(self.gap.as_ref()?.cents);
        let sum = i128::from(self.exports.cents()?) + i128::from(self.imports.cents()?);
        growth::ratio(gap * 2 * i128::from(growth::ONE_PPM), sum)
    }

    /// Returns how far rounding can have moved the gap.
    #[must_use]
    pub fn uncertainty_cents(&self) -> i64 {
        [&self.exports, &self.imports]
            .into_iter()
            .filter_map(Side::figure)
            .fold(0, |sum, figure| {
                sum.saturating_add(figure.uncertainty_cents)
            })
    }
}

fn gap(exports: &Side, imports: &Side) -> Option<Gap> {
    // Both are at least zero, so their difference fits.
    let cents = exports.cents()? - imports.cents()?;
    let bound = match (exports.is_bound(), imports.is_bound()) {
        (false, false) => Bound::None,
        (true, false) => Bound::AtLeast,
        (false, true) => Bound::AtMost,
        (true, true) => Bound::Unknown,
    };
    Some(Gap {
        cents,
        bound,
        parts: Vec::new(),
        rest: cents,
    })
}
