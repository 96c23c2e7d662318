//! Turnover between two parties by an explicit method, with what it was computed from and what a
//! reader should know about it.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{
    amount::{self, Amount, Part},
    beside::{self, Beside},
    cell::{Flow, HsEdition},
    growth,
    observation::{Qualifier, Status},
    period::{Period, Window},
    release::{Scope, Valuation, valuations},
    vintage::{Absence, Vintages},
};

/// How turnover is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// As the reporter reports it: its published total, unless both of its flows come from later
    /// vintages than the total; then, and when there is no total, its exports plus its imports.
    AsReportedBy,
    /// The exports of both parties, each as it reports them itself.
    ExportsOfBoth,
    /// The imports of both parties, each as it reports them itself.
    ImportsOfBoth,
}

/// A question for turnover.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// How it is computed.
    pub method: Method,
    /// Whose figures, or the first of both parties.
    pub reporter: String,
    /// The other party.
    pub partner: String,
    /// The day as of which the answer stands.
    pub today: Date,
}

/// Something that a reader should know before using a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Warning {
    /// Figures of these unlike scopes were added.
    MixedScope(BTreeSet<Scope>),
    /// Figures of these unlike valuations were added.
    MixedValuation(BTreeSet<Valuation>),
    /// A growth rate compares figures of unlike scope with those of this period.
    ComparedScope(Period),
    /// A growth rate compares figures of unlike valuation with those of this period.
    ComparedValuation(Period),
    /// A growth rate compares lower bounds; the other one is of this period.
    ComparedLowerBound(Period),
    /// A subtracted or diminished cumulative figure has since been superseded.
    SupersededCumulative,
    /// Months or quarters of different releases were added up.
    MixedVintages,
    /// A figure has this status, which is not normal.
    Status(Status),
    /// The period had not ended.
    PeriodNotEnded,
    /// Parts of a sum are missing, so that it is a lower bound.
    Partial,
    /// A share or contribution refers to a whole of this period that is a lower bound.
    PartialWhole(Period, BTreeSet<Shortfall>),
    /// In this period figures of these editions count, and those of others are left out.
    OtherEdition {
        /// The period.
        period: Period,
        /// Whose figures.
        reporter: String,
        /// The direction.
        flow: Flow,
        /// The editions that count.
        counted: BTreeSet<HsEdition>,
        /// Those of which figures are left out.
        left_out: BTreeSet<HsEdition>,
    },
    /// The months of a figure are told by other figures, too, which add up to another amount.
    ToldOtherwise {
        /// Whose figures.
        reporter: String,
        /// The direction.
        flow: Flow,
        /// The period of the figure that counts.
        period: Period,
        /// Its value in cents.
        cents: i64,
        /// What the others are.
        beside: Beside,
        /// What they add up to.
        beside_cents: i64,
    },
    /// Codes were brought to another edition by concordances, of these editions with the next ones, that were imported
    /// after the moment asked about.
    LaterConcordance(BTreeSet<HsEdition>),
    /// Figures that are compared count in different editions.
    ComparedEditions {
        /// Whose figures.
        reporter: String,
        /// The direction.
        flow: Flow,
        /// The period.
        period: Period,
        /// The editions that count in it.
        editions: BTreeSet<HsEdition>,
        /// The period compared with.
        compare: Period,
        /// The editions that count in that one.
        former: BTreeSet<HsEdition>,
        /// By what codes of different editions are compared.
        by: CodesBy,
    },
}

/// Why a sum of groups is a lower bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shortfall {
    /// Some group is a lower bound itself.
    Bound,
    /// Goods were published by shorter codes than those of the groups.
    ShorterCodes,
    /// Some group has no value.
    Absent(Absence),
}

/// By what codes of different editions are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CodesBy {
    /// By their digits.
    Digits,
    /// Each with the code that has all its goods and no others.
    Twins,
    /// Not at all: there is no concordance of them.
    NoConcordance,
    /// Not at all: one edition was asked for.
    OneEdition,
}

impl Warning {
    /// Returns the period that figures of another kind are compared with.
    #[must_use]
    pub fn compared_with(&self) -> Option<Period> {
        match self {
            Self::ComparedScope(base)
            | Self::ComparedValuation(base)
            | Self::ComparedLowerBound(base) => Some(*base),
            _ => None,
        }
    }

    /// Tells whether unlike figures were added, which a caller may refuse.
    #[must_use]
    pub fn is_mixture(&self) -> bool {
        matches!(self, Self::MixedScope(_) | Self::MixedValuation(_))
    }
}

/// The turnover of one period.
#[derive(Clone, Debug)]
pub struct Point<'a> {
    /// The period.
    pub period: Period,
    /// The amount, or why there is none.
    pub amount: Result<Amount<'a>, Absence>,
    /// Growth on the previous period in parts per million.
    pub growth_on_previous_ppm: Option<i64>,
    /// Growth on the same period of the previous year in parts per million.
    pub growth_on_year_ppm: Option<i64>,
    /// What a reader should know.
    pub warnings: Vec<Warning>,
}

/// Returns the turnover of one period.
#[must_use]
pub fn point<'a>(vintages: &'a Vintages, question: &Question, period: Period) -> Point<'a> {
    let amount = turnover(vintages, question, period);
    let before = |period: Option<Period>| {
        let period = period?;
        Some((period, turnover(vintages, question, period).ok()?))
    };
    let (previous, year_before) = (before(period.previous()), before(period.years_before(1)));
    let mut warnings = Vec::new();
    let mut growth_on = |base: Option<(Period, Amount<'a>)>| {
        let (base_period, base) = base?;
        let amount = amount.as_ref().ok()?;
        let growth = growth::growth_ppm(amount.cents, base.cents)?;
        warnings.extend(comparison_warnings(amount, &base, base_period));
        Some(growth)
    };
    let growth_on_previous_ppm = growth_on(previous);
    let growth_on_year_ppm = growth_on(year_before);
    if let Ok(amount) = &amount {
        warnings.extend(amount_warnings(amount, question.today, period));
        warnings.extend(beside::of_amount(vintages, amount));
    }
    warnings.sort();
    warnings.dedup();
    Point {
        period,
        amount,
        growth_on_previous_ppm,
        growth_on_year_ppm,
        warnings,
    }
}

/// Returns what a reader of a growth rate should know: whether both figures are of one kind.
#[must_use]
pub fn comparison_warnings(
    amount: &Amount<'_>,
    base: &Amount<'_>,
    base_period: Period,
) -> Vec<Warning> {
    let mut warnings = Vec::new();
    if scopes(amount) != scopes(base) {
        warnings.push(Warning::ComparedScope(base_period));
    }
    if all_valuations(amount) != all_valuations(base) {
        warnings.push(Warning::ComparedValuation(base_period));
    }
    if [amount, base]
        .iter()
        .any(|amount| amount.qualifier() == Qualifier::LowerBound)
    {
        warnings.push(Warning::ComparedLowerBound(base_period));
    }
    warnings
}

fn turnover<'a>(
    vintages: &'a Vintages,
    question: &Question,
    period: Period,
) -> Result<Amount<'a>, Absence> {
    let of = |reporter: &str, flow| amount::amount(vintages, reporter, flow, period);
    let (reporter, partner) = (question.reporter.as_str(), question.partner.as_str());
    match question.method {
        Method::AsReportedBy => as_reported(
            of(reporter, Flow::Turnover),
            of(reporter, Flow::Export),
            of(reporter, Flow::Import),
        ),
        Method::ExportsOfBoth => both(of(reporter, Flow::Export), of(partner, Flow::Export)),
        Method::ImportsOfBoth => both(of(reporter, Flow::Import), of(partner, Flow::Import)),
    }
}

fn as_reported<'a>(
    total: Result<Amount<'a>, Absence>,
    exports: Result<Amount<'a>, Absence>,
    imports: Result<Amount<'a>, Absence>,
) -> Result<Amount<'a>, Absence> {
    match (total, exports, imports) {
        (Ok(total), Ok(exports), Ok(imports)) => {
            let flows = exports.oldest_rank().min(imports.oldest_rank());
            Ok(if flows > total.oldest_rank() {
                exports.plus(imports)
            } else {
                total
            })
        }
        (Ok(total), _, _) => Ok(total),
        (Err(_), Ok(exports), Ok(imports)) => Ok(exports.plus(imports)),
        (Err(total), exports, imports) => Err([exports.err(), imports.err()]
            .into_iter()
            .flatten()
            .fold(total, Absence::max)),
    }
}

fn both<'a>(
    first: Result<Amount<'a>, Absence>,
    second: Result<Amount<'a>, Absence>,
) -> Result<Amount<'a>, Absence> {
    match (first, second) {
        (Ok(first), Ok(second)) => Ok(first.plus(second)),
        (Err(first), Err(second)) => Err(first.max(second)),
        (Err(absence), Ok(_)) | (Ok(_), Err(absence)) => Err(absence),
    }
}

/// Returns what a reader of an amount should know.
#[must_use]
pub fn amount_warnings(amount: &Amount<'_>, today: Date, period: Period) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let scopes = scopes(amount);
    if scopes.len() > 1 {
        warnings.push(Warning::MixedScope(scopes));
    }
    let added = valuations_where(amount, |flow| flow != Flow::Turnover);
    if added.len() > 1 {
        warnings.push(Warning::MixedValuation(added));
    }
    if amount.superseded {
        warnings.push(Warning::SupersededCumulative);
    }
    if is_sum_over_vintages(amount, period) {
        warnings.push(Warning::MixedVintages);
    }
    let statuses: BTreeSet<Status> = amount
        .parts
        .iter()
        .map(|part| part.published.observation.status)
        .filter(|status| *status != Status::NORMAL)
        .collect();
    warnings.extend(statuses.into_iter().map(Warning::Status));
    if period.last_day() >= today {
        warnings.push(Warning::PeriodNotEnded);
    }
    warnings
}

/// Whether one reporter's flow was added up over shorter periods of different releases.
fn is_sum_over_vintages(amount: &Amount<'_>, period: Period) -> bool {
    let shorter = |part: &&Part<'_>| {
        let window = part.published.observation.cell.period.window();
        let crosses = period.first_year() != period.year();
        crosses || (matches!(window, Window::Month | Window::Quarter) && window != period.window())
    };
    let mut ranks = BTreeSet::new();
    for part in amount.parts.iter().filter(shorter) {
        let reporter = part.published.release.publication.reporter.as_str();
        ranks.insert((
            reporter,
            part.published.observation.cell.flow,
            part.published.rank,
        ));
    }
    let flows: BTreeSet<_> = ranks
        .iter()
        .map(|(reporter, flow, _)| (reporter, flow))
        .collect();
    ranks.len() > flows.len()
}

fn scopes(amount: &Amount<'_>) -> BTreeSet<Scope> {
    amount
        .parts
        .iter()
        .map(|part| part.published.release.publication.scope)
        .collect()
}

fn all_valuations(amount: &Amount<'_>) -> BTreeSet<Valuation> {
    valuations_where(amount, |_| true)
}

/// The valuations of the flows chosen. A published total takes in both of its release, but they were
/// added by its publisher, not here.
fn valuations_where(amount: &Amount<'_>, chosen: impl Fn(Flow) -> bool) -> BTreeSet<Valuation> {
    amount
        .parts
        .iter()
        .map(|part| part.published)
        .filter(|published| chosen(published.observation.cell.flow))
        .flat_map(|published| {
            valuations(
                &published.release.publication,
                published.observation.cell.flow,
            )
        })
        .collect()
}

#[cfg(test)]
mod tests;
