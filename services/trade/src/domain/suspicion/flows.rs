//! Flows and regions beside each other: of all commodities together, and of chapters.
//!
//! What has finer codes is left out, so that what is kept does not grow with the file.

use std::{cmp::Ordering, collections::BTreeMap};

use super::{Problem, Reason, Sum, problem, shown};
use crate::domain::{
    cell::{Cell, Commodity, Flow},
    observation::Observation,
    period::Period,
};

/// How many digits a code has at most whose flows and regions are compared.
const MAX_DIGITS: usize = 2;

/// A figure's place within one year, partner and region.
type Place = (Flow, Commodity, Period);

/// The flows and regions of one year and partner.
#[derive(Debug, Default)]
pub(super) struct Flows {
    /// Which year and partner they are of.
    of: Option<(i16, String)>,
    /// The region that is being looked at; empty for the whole country.
    region: String,
    /// Exports and imports there.
    traded: BTreeMap<Place, Observation>,
    /// The figures of the whole country, and what its regions add up to.
    country: BTreeMap<Place, (Observation, Sum)>,
}

impl Flows {
    pub(super) fn take(&mut self, figure: &Observation, found: &mut Vec<Problem>) {
        let cell = &figure.cell;
        if cell.commodity != Commodity::Total && cell.commodity.code().len() > MAX_DIGITS {
            return;
        }
        let is_same = |(year, partner): &(i16, String)| {
            *year == cell.period.year() && *partner == cell.partner
        };
        if !self.of.as_ref().is_some_and(is_same) {
            self.end(found);
            self.of = Some((cell.period.year(), cell.partner.clone()));
        }
        if self.region != cell.region {
            self.region.clone_from(&cell.region);
            self.traded.clear();
        }
        found.extend(self.whole(figure));
        let place = place(cell, cell.flow);
        if cell.region.is_empty() {
            let sum = Sum::default();
            self.country.insert(place.clone(), (figure.clone(), sum));
        } else if let Some((_, sum)) = self.country.get_mut(&place) {
            sum.add(figure);
        }
        if matches!(cell.flow, Flow::Export | Flow::Import) {
            self.traded.insert(place, figure.clone());
        }
    }

    /// Compares a flow with those that it is a part of, or that are its parts.
    fn whole(&self, figure: &Observation) -> Option<Problem> {
        let other = |flow| self.traded.get(&place(&figure.cell, flow));
        match figure.cell.flow {
            Flow::Export | Flow::Import => None,
            Flow::ReExport => is_more(figure, other(Flow::Export)?),
            Flow::ReImport => is_more(figure, other(Flow::Import)?),
            Flow::Turnover => {
                let mut sum = Sum::default();
                for flow in [Flow::Export, Flow::Import] {
                    match other(flow) {
                        Some(part) => sum.add(part),
                        None => sum.is_partial = true,
                    }
                }
                let (reason, word) = match sum.compare(figure)? {
                    Ordering::Greater => (Reason::FlowsExceed, "more"),
                    Ordering::Less => (Reason::FlowsBelow, "less"),
                    Ordering::Equal => return None,
                };
                let description = format!(
                    "exports and imports add up to {sum} dollars, {word} than {value} of {cell}",
                    sum = shown(sum.value),
                    value = shown(figure.value_cents.unwrap_or_default().into()),
                    cell = figure.cell,
                );
                Some(problem(figure, reason, description))
            }
        }
    }

    pub(super) fn end(&mut self, found: &mut Vec<Problem>) {
        self.traded.clear();
        for (figure, sum) in std::mem::take(&mut self.country).into_values() {
            if sum.compare(&figure) != Some(Ordering::Greater) {
                continue;
            }
            let description = format!(
                "{count} regions add up to {sum} dollars, more than {value} of {cell}",
                count = sum.figures,
                sum = shown(sum.value),
                value = shown(figure.value_cents.unwrap_or_default().into()),
                cell = figure.cell,
            );
            found.push(problem(&figure, Reason::RegionsExceed, description));
        }
    }
}

fn place(cell: &Cell, flow: Flow) -> Place {
    (flow, cell.commodity.clone(), cell.period)
}

/// Says that a part is more than its whole.
fn is_more(part: &Observation, whole: &Observation) -> Option<Problem> {
    let mut sum = Sum::default();
    sum.add(part);
    (sum.compare(whole)? == Ordering::Greater).then(|| {
        let description = format!(
            "{part} dollars of {cell} are more than {value} of {whole}, of which they are a part",
            part = shown(sum.value),
            cell = part.cell,
            value = shown(whole.value_cents.unwrap_or_default().into()),
            whole = whole.cell,
        );
        problem(part, Reason::PartExceeds, description)
    })
}
