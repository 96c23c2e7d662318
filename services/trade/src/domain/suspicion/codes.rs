//! Sums over codes beside the code that takes them in.

use std::{cmp::Ordering, collections::BTreeMap};

use super::{Problem, Reason, Sum, problem, shown};
use crate::domain::{
    cell::{Cell, Commodity, Flow, HsEdition},
    observation::Observation,
    period::Period,
};

/// The codes that are being added up.
#[derive(Debug, Default)]
pub(super) struct Trees {
    has_all_commodities: bool,
    /// Which year, partner, region and flow they are of.
    of: Option<(i16, String, String, Flow)>,
    /// For each period, the codes that take in the one that was looked at last, each within the one before.
    open: BTreeMap<Period, Vec<Node>>,
}

/// A figure with what stands right below it.
#[derive(Debug)]
struct Node {
    figure: Observation,
    below: Sum,
    /// The edition of what stands below.
    edition: Option<HsEdition>,
}

impl Trees {
    pub(super) fn new(has_all_commodities: bool) -> Self {
        Self {
            has_all_commodities,
            ..Self::default()
        }
    }

    pub(super) fn take(&mut self, figure: &Observation, found: &mut Vec<Problem>) {
        let cell = &figure.cell;
        let is_same = self
            .of
            .as_ref()
            .is_some_and(|(year, partner, region, flow)| {
                *year == cell.period.year()
                    && *partner == cell.partner
                    && *region == cell.region
                    && *flow == cell.flow
            });
        if !is_same {
            self.end(found);
            let (partner, region) = (cell.partner.clone(), cell.region.clone());
            self.of = Some((cell.period.year(), partner, region, cell.flow));
        }
        let all = self.has_all_commodities;
        let open = self.open.entry(cell.period).or_default();
        while let Some(node) = open.pop_if(|node| !takes_in(&node.figure.cell, cell)) {
            node.end(all, found);
        }
        let edition = cell.commodity.edition();
        if let Some(node) = open.last_mut() {
            if node.edition != edition {
                node.end(all, found);
                node.below = Sum::default();
            }
            node.edition = edition;
            node.below.add(figure);
        }
        open.push(Node {
            figure: figure.clone(),
            below: Sum::default(),
            edition: None,
        });
    }

    pub(super) fn end(&mut self, found: &mut Vec<Problem>) {
        for node in std::mem::take(&mut self.open).into_values().flatten() {
            node.end(self.has_all_commodities, found);
        }
    }
}

impl Node {
    /// Compares the figure with what stands below it, of which no more comes.
    fn end(&self, has_all_commodities: bool, found: &mut Vec<Problem>) {
        let figure = &self.figure;
        let (reason, word) = match self.below.compare(figure) {
            Some(Ordering::Greater) => (Reason::CodesExceed, "more"),
            Some(Ordering::Less) if has_all_commodities => (Reason::CodesBelow, "less"),
            _ => return,
        };
        let sum = shown(self.below.value);
        let description = format!(
            "{count} finer codes add up to {sum} dollars, {word} than {value} of {cell}",
            count = self.below.figures,
            value = shown(figure.value_cents.unwrap_or_default().into()),
            cell = figure.cell,
        );
        found.push(problem(figure, reason, description));
    }
}

fn takes_in(above: &Cell, below: &Cell) -> bool {
    match (&above.commodity, &below.commodity) {
        (Commodity::Total, Commodity::Heading { .. }) => true,
        (
            Commodity::Heading { code, edition },
            Commodity::Heading {
                code: finer,
                edition: other,
            },
        ) => edition == other && finer.len() > code.len() && finer.starts_with(code.as_str()),
        (_, Commodity::Total) => false,
    }
}
