//! One side's exports against the other side's imports: the gap between them, and what it consists of.
//!
//! The gap is the exporter's figure less the importer's. Its parts are taken off one after the other, each from
//! what is left: scope, valuation, timing, classification, what only one side has; the rest is unexplained. A part
//! that the figures do not tell is nothing but named, so that the parts always add up to the gap.

pub mod cells;
pub mod closing;
pub mod convergence;
pub mod depth;
mod pair;
mod row;
mod spans;
pub mod totals;
pub mod units;

use std::collections::BTreeSet;

pub use row::Row;
pub use spans::{periods_beside, periods_in};

use super::{
    observation::Qualifier,
    period::Period,
    release::{Scope, Valuation},
    turnover::Warning,
    vintage::Absence,
};

/// Which side of a movement of goods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The side that reports exports.
    Exporter,
    /// The side that reports imports.
    Importer,
}

/// What one side reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// The figure in cents, at least 0.
    pub cents: i64,
    /// How exactly it is known.
    pub qualifier: Qualifier,
    /// How far rounding can have moved it.
    pub uncertainty_cents: i64,
    /// What it counts.
    pub scopes: BTreeSet<Scope>,
    /// How it is valued.
    pub valuations: BTreeSet<Valuation>,
    /// The names of its releases, the earliest vintage first.
    pub releases: Vec<String>,
    /// What a reader should know.
    pub warnings: BTreeSet<Warning>,
}

/// One side of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Side {
    /// It has a figure.
    Known(Figure),
    /// A complete release says that there is nothing.
    Nothing,
    /// Nobody knows.
    Missing(Absence),
}

impl Side {
    /// Returns the figure, if there is one.
    #[must_use]
    pub fn figure(&self) -> Option<&Figure> {
        match self {
            Self::Known(figure) => Some(figure),
            Self::Nothing | Self::Missing(_) => None,
        }
    }

    /// Returns what enters the gap: the figure, or nothing where there is nothing.
    #[must_use]
    pub fn cents(&self) -> Option<i64> {
        match self {
            Self::Known(figure) => Some(figure.cents),
            Self::Nothing => Some(0),
            Self::Missing(_) => None,
        }
    }

    fn is_bound(&self) -> bool {
        self.figure()
            .is_some_and(|figure| figure.qualifier == Qualifier::LowerBound)
    }
}

/// A kind of figures that one side may have besides those that stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind {
    /// What they count.
    pub scope: Scope,
    /// How they are valued; none for however.
    pub valuation: Option<Valuation>,
}

/// What both sides report about one movement of goods.
pub trait Source {
    /// Returns the figure of a side that stands.
    fn figure(&self, role: Role, period: Period) -> Side;

    /// Returns the last figure of a side that is of a kind, whether or not figures of another kind have superseded it.
    fn of_kind(&self, role: Role, period: Period, kind: Kind) -> Option<Figure>;
}

/// What a gap can consist of, in the order in which it is worked out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Component {
    /// Goods beside goods and services.
    Scope,
    /// FOB beside CIF.
    Valuation,
    /// Left in one period and arrived in another.
    Timing,
    /// Put into different codes.
    Classification,
    /// The other side has nothing.
    OnlyOneSide,
    /// The rest.
    Unexplained,
}

/// Whether a part could be quantified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// There is nothing of the kind.
    Nothing,
    /// It could.
    Quantified,
    /// It could not.
    NotQuantified,
}

/// By what a part was quantified, or why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// Both sides are alike in it.
    Alike,
    /// One side has nothing, so that there is nothing to compare.
    OneSided,
    /// By another figure of this side.
    OtherFigure(Role),
    /// The sides differ, and neither has the other's kind.
    Differ,
    /// A side does not say what it does.
    NotStated,
    /// By the factor that the caller states, in parts per million.
    Factor(i64),
    /// By the gaps of the other periods of this one.
    Within(Period),
    /// No calendar window is longer.
    LongestWindow,
    /// In no longer window all periods are known exactly enough on both sides.
    WindowNotKnown,
    /// By the gaps of the other cells of this code.
    Among(String),
    /// All commodities are together, or the cells are the coarsest.
    Coarsest,
    /// The codes taken together belong to more than one code of the level above.
    SeveralParents,
    /// Other cells of this code are not known exactly enough on both sides.
    CellsNotKnown(String),
    /// Both sides have figures.
    BothSides,
    /// The rest.
    Rest,
}

/// One part of a gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Which.
    pub component: Component,
    /// Its amount in cents; 0 unless quantified.
    pub cents: i64,
    /// Whether it could be quantified.
    pub state: State,
    /// By what, or why not.
    pub why: Why,
    /// The releases of figures taken beside those that stand.
    pub releases: Vec<String>,
}

/// What lower bounds make of a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// Nothing.
    None,
    /// It is at least this.
    AtLeast,
    /// It is at most this.
    AtMost,
    /// It may be anything.
    Unknown,
}

/// Something that a reader should know before using a row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Notice {
    /// About one of the figures.
    Figure(Warning),
    /// The sides count different things, or do not say what; it is not known how much that makes.
    ScopeNotComparable,
    /// The same for valuations.
    ValuationNotComparable,
    /// Valuation would make the other figure the larger.
    ValuationOpposite,
    /// The gap may be nothing but rounding.
    WithinRounding,
    /// Figures that others have superseded quantify a part.
    OtherVintage(Vec<String>),
    /// Codes were taken together.
    EditionsMerged,
    /// A code was taken as it stands.
    CodeNotConverted,
    /// Finer codes were taken together, because a side has published more of the code above them than of them.
    CoarserCode,
    /// Codes of different editions were compared by the same digits.
    ComparedByDigits,
}

/// A gap and its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The exporter's figure less the importer's, in cents.
    pub cents: i64,
    /// What lower bounds make of it.
    pub bound: Bound,
    /// Its parts so far, in order.
    pub parts: Vec<Part>,
    /// What they leave.
    rest: i64,
}

impl Gap {
    fn take(&mut self, component: Component, cents: i64, state: State, why: Why) {
        self.rest -= cents;
        self.parts.push(Part {
            component,
            cents,
            state,
            why,
            releases: Vec::new(),
        });
    }

    /// Returns what is left to explain, unless lower bounds make it no number.
    #[must_use]
    pub fn exact_rest(&self) -> Option<i64> {
        (self.bound == Bound::None).then_some(self.rest)
    }
}

#[cfg(test)]
pub(crate) mod tests;
