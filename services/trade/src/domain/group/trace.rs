//! How the amount of a group came about, kept when somebody asks for it.

use super::Amount;
use crate::domain::{
    period::{Period, Stretch},
    tally::Tally,
    vintage::Absence,
};

/// What was taken for some months of one side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// What stands of figures published for exactly these months.
    Figures {
        /// The period as published.
        period: Period,
        /// The ranks of the releases.
        ranks: Vec<usize>,
        /// What they add up to.
        tally: Tally,
    },
    /// The difference of two January-to-month sums of one release, whether or not they stand.
    Difference {
        /// The rank of the release.
        rank: usize,
        /// The longer one.
        longer: (Period, Tally),
        /// The shorter one.
        shorter: (Period, Tally),
    },
    /// What stands of single months of a year.
    MonthsOfYear {
        /// The ranks of the releases.
        ranks: Vec<usize>,
        /// What they add up to.
        tally: Tally,
        /// Whether months may be missing.
        partial: bool,
    },
    /// Nothing, because complete releases have no figure.
    Nothing(Absence),
    /// No figure.
    Missing(Absence),
}

impl Taken {
    /// What was not published is nothing, or missing.
    pub(super) fn gap(absence: Absence, is_nothing: bool) -> Self {
        if is_nothing {
            Self::Nothing(absence)
        } else {
            Self::Missing(absence)
        }
    }
}

/// One step of an amount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The place of the side, from 0.
    pub side: usize,
    /// The months of one calendar year that were wanted.
    pub stretch: Stretch,
    /// Those of them that this step is about.
    pub part: Stretch,
    /// What was taken.
    pub taken: Taken,
}

/// The steps of an amount in their order, if anybody asks.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    events: Option<Vec<Event>>,
    /// How many sides have begun.
    sides: usize,
}

impl Trace {
    /// Keeps nothing.
    #[must_use]
    pub fn off() -> Self {
        Self::default()
    }

    /// Keeps every step.
    #[must_use]
    pub fn on() -> Self {
        Self {
            events: Some(Vec::new()),
            sides: 0,
        }
    }

    /// Returns the steps.
    #[must_use]
    pub fn into_events(self) -> Vec<Event> {
        self.events.unwrap_or_default()
    }

    pub(super) fn next_side(&mut self) {
        self.sides += 1;
    }

    /// How many steps there are.
    pub(super) fn mark(&self) -> usize {
        self.events.as_ref().map_or(0, Vec::len)
    }

    /// Forgets the steps behind a mark, which led to nothing.
    pub(super) fn rewind(&mut self, mark: usize) {
        if let Some(events) = &mut self.events {
            events.truncate(mark);
        }
    }

    pub(super) fn note(&mut self, stretch: Stretch, part: Stretch, taken: impl FnOnce() -> Taken) {
        if let Some(events) = &mut self.events {
            events.push(Event {
                side: self.sides.saturating_sub(1),
                stretch,
                part,
                taken: taken(),
            });
        }
    }
}

/// Which months are being worked on.
pub(super) struct Place<'t> {
    /// The months of one calendar year that are wanted.
    pub stretch: Stretch,
    /// Those of them that are being looked at.
    pub part: Stretch,
    /// Where the steps go.
    pub trace: &'t mut Trace,
}

impl Place<'_> {
    /// A part of the same months.
    pub(super) fn part(&mut self, part: Stretch) -> Place<'_> {
        Place {
            stretch: self.stretch,
            part,
            trace: self.trace,
        }
    }

    pub(super) fn note(&mut self, taken: impl FnOnce() -> Taken) {
        self.trace.note(self.stretch, self.part, taken);
    }

    /// Notes that figures were taken.
    pub(super) fn figures(&mut self, period: Period, amount: Amount) -> Amount {
        self.note(|| Taken::Figures {
            period,
            ranks: amount.uses.iter().map(|(rank, _)| *rank).collect(),
            tally: amount.tally,
        });
        amount
    }
}
