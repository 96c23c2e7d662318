//! The steps of the amount of a group.

use super::{Operation, Step, Terms, Tree, candidates, days, days_of, terms};
use crate::domain::{
    group::{
        self, Amount, Side,
        trace::{Event, Taken, Trace},
    },
    period::{Period, Stretch, Window},
    release::Release,
    tally::Tally,
    vintage::Absence,
};

/// The amount of a group with how it was computed.
#[derive(Clone, Debug)]
pub struct Explained {
    /// The amount, or why there is none.
    pub amount: Result<Amount, Absence>,
    /// The steps.
    pub steps: Vec<Step>,
    /// Where the published figures are found, in the order of the steps.
    pub leaves: Vec<Leaf>,
}

/// The published figures of one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// The place of the step.
    pub step: usize,
    /// The place of the side.
    pub side: usize,
    /// The periods, as published.
    pub periods: Vec<Period>,
    /// The ranks of the releases.
    pub ranks: Vec<usize>,
    /// Which of their figures.
    pub basis: Basis,
    /// Whether they are subtracted.
    pub subtracted: bool,
}

/// Which figures of a release count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// Those that stand.
    Standing,
    /// All that were published, inside one release.
    Published,
    /// Months of a year that stand, over the codes that are shortest in the year.
    YearOfMonths,
}

/// Explains the amount of all `sides` of a group together in a period.
#[must_use]
pub fn explain(sides: &[Side<'_>], releases: &[Release], period: Period) -> Explained {
    let mut trace = Trace::on();
    let amount = group::traced(sides, releases, period, &mut trace);
    let mut builder = Builder {
        sides,
        releases,
        period,
        tree: Tree::default(),
        leaves: Vec::new(),
    };
    builder.root(&trace.into_events(), amount.as_ref().err().copied());
    Explained {
        amount,
        steps: builder.tree.add_up(),
        leaves: builder.leaves,
    }
}

struct Builder<'a> {
    sides: &'a [Side<'a>],
    releases: &'a [Release],
    period: Period,
    tree: Tree,
    leaves: Vec<Leaf>,
}

impl Builder<'_> {
    fn root(&mut self, events: &[Event], absence: Option<Absence>) {
        let Some(first) = self.sides.first() else {
            return;
        };
        let is_one = self.sides.len() == 1;
        let same_reporter = self
            .sides
            .iter()
            .all(|side| side.reporter == first.reporter);
        let parent = (!is_one || absence.is_some()).then(|| {
            let terms = if same_reporter {
                Terms::Flows
            } else {
                Terms::Parties
            };
            let same_flow = self.sides.iter().all(|side| side.flow == first.flow);
            let reporter = if same_reporter { first.reporter } else { "" };
            let flow = same_flow.then_some(first.flow);
            let step = Step {
                absence,
                ..Step::new(
                    sum_or_gap(terms, absence),
                    reporter,
                    flow,
                    days_of(self.period),
                )
            };
            self.tree.push(None, step)
        });
        for (place, side) in self.sides.iter().enumerate() {
            let own: Vec<&Event> = events.iter().filter(|event| event.side == place).collect();
            self.side(parent, *side, &own);
        }
    }

    /// One flow as one party reports it.
    fn side(&mut self, parent: Option<usize>, side: Side<'_>, events: &[&Event]) {
        let mut parent = parent;
        if self.period.stretches().len() > 1 {
            let is_known = |event: &&Event| !matches!(event.taken, Taken::Missing(_));
            let absence = if events.iter().any(is_known) {
                None
            } else {
                events.iter().filter_map(|event| gap_of(event)).max()
            };
            let operation = sum_or_gap(Terms::Years, absence);
            let step = Step {
                absence,
                ..Step::new(
                    operation,
                    side.reporter,
                    Some(side.flow),
                    days_of(self.period),
                )
            };
            parent = Some(self.tree.push(parent, step));
        }
        for events in events.chunk_by(|one, other| one.stretch == other.stretch) {
            match events {
                [event] if event.part == event.stretch => self.event(parent, event),
                [first, ..] => {
                    let operation = Operation::Sum(terms(first.part, events.len()));
                    let days = days(first.stretch);
                    let step = Step::new(operation, side.reporter, Some(side.flow), days);
                    let parent = Some(self.tree.push(parent, step));
                    for event in events {
                        self.event(parent, event);
                    }
                }
                [] => {}
            }
        }
    }

    fn event(&mut self, parent: Option<usize>, event: &Event) {
        let Some(side) = self.sides.get(event.side).copied() else {
            return;
        };
        let part = event.part;
        let new = |operation, days| Step::new(operation, side.reporter, Some(side.flow), days);
        match &event.taken {
            Taken::Figures {
                period,
                ranks,
                tally,
            } => {
                let step = new(Operation::Published, days(part));
                let leaf = self.leaf(event, vec![*period], ranks, Basis::Standing);
                self.figures(parent, step, tally, leaf);
            }
            Taken::Difference {
                rank,
                longer,
                shorter,
            } => {
                let parent = self
                    .tree
                    .push(parent, new(Operation::Difference, days(part)));
                for ((period, tally), subtracted) in [(longer, false), (shorter, true)] {
                    if tally.measures.figures == 0 {
                        // The release is complete and does not have it.
                        let step = Step {
                            subtracted,
                            absence: Some(Absence::NotPublished),
                            cents: Some(0),
                            ranks: vec![*rank],
                            ..new(Operation::Nothing, days_of(*period))
                        };
                        self.tree.push(Some(parent), step);
                        continue;
                    }
                    let step = Step {
                        subtracted,
                        ..new(Operation::Published, days_of(*period))
                    };
                    let leaf = Leaf {
                        subtracted,
                        ..self.leaf(event, vec![*period], &[*rank], Basis::Published)
                    };
                    self.figures(Some(parent), step, tally, leaf);
                }
            }
            Taken::MonthsOfYear {
                ranks,
                tally,
                partial,
            } => {
                let step = new(Operation::MonthsOfYear(*partial), days(part));
                let leaf = self.leaf(event, months(part), ranks, Basis::YearOfMonths);
                self.figures(parent, step, tally, leaf);
            }
            Taken::Nothing(absence) => {
                let step = Step {
                    absence: Some(*absence),
                    cents: Some(0),
                    ranks: group::exhausting(side, self.releases, part),
                    ..new(Operation::Nothing, days(part))
                };
                self.tree.push(parent, step);
            }
            Taken::Missing(absence) => {
                let step = Step {
                    absence: Some(*absence),
                    wanted: if event.part == event.stretch {
                        candidates(part)
                    } else {
                        part.published_as()
                    },
                    ..new(Operation::Missing(None), days(part))
                };
                self.tree.push(parent, step);
            }
        }
    }

    fn leaf(&self, event: &Event, periods: Vec<Period>, ranks: &[usize], basis: Basis) -> Leaf {
        Leaf {
            step: self.tree.steps.len(),
            side: event.side,
            periods,
            ranks: ranks.to_vec(),
            basis,
            subtracted: false,
        }
    }

    fn figures(&mut self, parent: Option<usize>, step: Step, tally: &Tally, leaf: Leaf) {
        let period = match leaf.periods.as_slice() {
            [period] => Some(*period),
            _ => None,
        };
        let step = self.tree.push(
            parent,
            Step {
                period,
                cents: Some(tally.measures.cents),
                cells: tally.measures.figures,
                ranks: leaf.ranks.clone(),
                ..step
            },
        );
        self.leaves.push(Leaf { step, ..leaf });
    }
}

/// Adds up what there is, or has nothing.
fn sum_or_gap(terms: Terms, absence: Option<Absence>) -> Operation {
    match absence {
        Some(_) => Operation::Missing(None),
        None => Operation::Sum(terms),
    }
}

fn gap_of(event: &Event) -> Option<Absence> {
    match event.taken {
        Taken::Missing(absence) => Some(absence),
        Taken::Figures { .. }
        | Taken::Difference { .. }
        | Taken::MonthsOfYear { .. }
        | Taken::Nothing(_) => None,
    }
}

/// The months of a stretch as they are published.
fn months(stretch: Stretch) -> Vec<Period> {
    let months = stretch.first..=stretch.last;
    months
        .filter_map(|month| Period::new(Window::Month, stretch.year, month).ok())
        .collect()
}
