//! One side's exports against the other side's imports: the gap between them, and what it consists of.
//!
//! The gap is the exporter's figure less the importer's. Its parts are taken off one after the other, each from
//! what is left: scope, valuation, timing, classification, what only one side has; the rest is unexplained. A part
//! that the figures do not tell is nothing but named, so that the parts always add up to the gap.

pub mod cells;
pub mod closing;
pub mod convergence;
pub mod totals;
pub mod units;

use std::collections::BTreeSet;

use super::{
    growth,
    observation::Qualifier,
    period::{Period, Window},
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

/// Both figures, each of which another of its side may take the place of.
struct Pair {
    exports: Figure,
    imports: Figure,
}

impl Pair {
    fn scope(
        &mut self,
        source: &dyn Source,
        period: Period,
        gap: &mut Gap,
        notices: &mut BTreeSet<Notice>,
    ) {
        let component = Component::Scope;
        let (own, other) = (only(&self.exports.scopes), only(&self.imports.scopes));
        let stated = |scope: Option<Scope>| scope.filter(|scope| *scope != Scope::NotStated);
        let (own, other) = (stated(own), stated(other));
        if own.is_some() && own == other {
            return gap.take(component, 0, State::Nothing, Why::Alike);
        }
        let of = |role, scope: Option<Scope>| {
            let kind = Kind {
                scope: scope?,
                valuation: None,
            };
            source.of_kind(role, period, kind)
        };
        // A figure of unknown scope less one of known scope is not known to be services.
        let pair = own.zip(other);
        if let Some(figure) = pair.and_then(|_| of(Role::Exporter, other)) {
            self.replace(Role::Exporter, figure, component, gap, notices);
        } else if let Some(figure) = pair.and_then(|_| of(Role::Importer, own)) {
            self.replace(Role::Importer, figure, component, gap, notices);
        } else {
            notices.insert(Notice::ScopeNotComparable);
            let why = pair.map_or(Why::NotStated, |_| Why::Differ);
            gap.take(component, 0, State::NotQuantified, why);
        }
    }

    fn valuation(
        &mut self,
        source: &dyn Source,
        period: Period,
        factor_ppm: Option<i64>,
        gap: &mut Gap,
        notices: &mut BTreeSet<Notice>,
    ) {
        let component = Component::Valuation;
        let stated = |valuations: &BTreeSet<Valuation>| {
            only(valuations).filter(|valuation| *valuation != Valuation::NotStated)
        };
        let own = stated(&self.exports.valuations);
        let other = stated(&self.imports.valuations);
        if own.is_some() && own == other {
            return gap.take(component, 0, State::Nothing, Why::Alike);
        }
        if gap.rest > 0 {
            notices.insert(Notice::ValuationOpposite);
        }
        let Some((own, other)) = own.zip(other) else {
            notices.insert(Notice::ValuationNotComparable);
            return gap.take(component, 0, State::NotQuantified, Why::NotStated);
        };
        let of = |role, figure: &Figure, valuation| {
            let kind = Kind {
                scope: only(&figure.scopes)?,
                valuation: Some(valuation),
            };
            source.of_kind(role, period, kind)
        };
        if let Some(figure) = of(Role::Importer, &self.imports, own) {
            self.replace(Role::Importer, figure, component, gap, notices);
        } else if let Some(figure) = of(Role::Exporter, &self.exports, other) {
            self.replace(Role::Exporter, figure, component, gap, notices);
        } else if let Some(factor) = factor_ppm.filter(|_| own == Valuation::Fob) {
            let imports = self.imports.cents;
            let million = i128::from(growth::ONE_PPM);
            let fob = growth::ratio(i128::from(imports) * million, i128::from(factor));
            let cents = fob.unwrap_or(imports) - imports;
            gap.take(component, cents, State::Quantified, Why::Factor(factor));
        } else {
            notices.insert(Notice::ValuationNotComparable);
            gap.take(component, 0, State::NotQuantified, Why::Differ);
        }
    }

    /// Puts another figure of a side into the place of its own; what that makes is the part.
    fn replace(
        &mut self,
        role: Role,
        figure: Figure,
        component: Component,
        gap: &mut Gap,
        notices: &mut BTreeSet<Notice>,
    ) {
        let cents = match role {
            Role::Exporter => self.exports.cents - figure.cents,
            Role::Importer => figure.cents - self.imports.cents,
        };
        gap.take(component, cents, State::Quantified, Why::OtherFigure(role));
        if let Some(part) = gap.parts.last_mut() {
            part.releases.clone_from(&figure.releases);
        }
        notices.insert(Notice::OtherVintage(figure.releases.clone()));
        if figure.qualifier == Qualifier::LowerBound {
            gap.bound = Bound::Unknown;
        }
        match role {
            Role::Exporter => self.exports = figure,
            Role::Importer => self.imports = figure,
        }
    }
}

/// The only member of a set; none when there are more.
fn only<T: Copy>(members: &BTreeSet<T>) -> Option<T> {
    let mut members = members.iter();
    members.next().copied().filter(|_| members.next().is_none())
}

/// The calendar windows longer than a period that take it in, the longest first.
fn longer(period: Period) -> Vec<Period> {
    let windows: &[Window] = match period.window() {
        Window::Month => &[Window::Year, Window::HalfYear, Window::Quarter],
        Window::Quarter => &[Window::Year, Window::HalfYear],
        Window::HalfYear => &[Window::Year],
        Window::Year | Window::JanuaryToMonth | Window::TwelveMonths => &[],
    };
    windows
        .iter()
        .filter_map(|window| {
            let length = length(*window);
            let last = (period.last_month() + length - 1) / length * length;
            Period::new(*window, period.year(), last).ok()
        })
        .collect()
}

/// The periods of a window of which a longer one is made up.
#[must_use]
pub fn periods_in(longer: Period, window: Window) -> Vec<Period> {
    let length = length(window);
    (longer.first_month()..=longer.last_month())
        .filter(|month| month % length == 0)
        .filter_map(|month| Period::new(window, longer.year(), month).ok())
        .collect()
}

/// How many months a calendar window has.
fn length(window: Window) -> i8 {
    match window {
        Window::Month | Window::JanuaryToMonth => 1,
        Window::Quarter => 3,
        Window::HalfYear => 6,
        Window::Year | Window::TwelveMonths => 12,
    }
}

#[cfg(test)]
pub(crate) mod tests;
