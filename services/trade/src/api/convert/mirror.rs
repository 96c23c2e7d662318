//! Reconciliations and explanations in the contract.

use std::collections::BTreeSet;

use accord_proto::trade::v1::{
    self, MirrorComponent, mirror_explanation_use, mirror_part, mirror_row, series_warning::Kind,
};

use super::{enums, explanation::show, observation, release, series};
use crate::domain::{
    cell::HsEdition,
    explanation::{Currency, Explanation, Figures, State as Standing},
    growth,
    mirror::{
        Bound, Component, Figure, Gap, Notice, Part, Role, Row, Side, State, Why,
        convergence::Convergence,
    },
    release::Release,
};

/// A row with what says where it belongs.
#[derive(Clone, Debug)]
pub(crate) struct Placed {
    /// Who exports.
    pub exporter: String,
    /// Who imports.
    pub importer: String,
    /// The codes.
    pub codes: BTreeSet<String>,
    /// The edition of the codes.
    pub edition: Option<HsEdition>,
    /// What both sides report.
    pub row: Row,
}

impl Placed {
    /// Returns the figures that an explanation of the row would be of.
    pub(crate) fn figures(&self) -> Figures {
        let sides = [&self.row.exports, &self.row.imports];
        let releases = sides.into_iter().filter_map(|side| side.figure());
        Figures {
            export_cents: self.row.exports.cents(),
            import_cents: self.row.imports.cents(),
            releases: releases
                .flat_map(|figure| figure.releases.iter().cloned())
                .collect(),
        }
    }
}

/// Shows a row with the explanations that belong to it.
pub(crate) fn show_row(placed: &Placed, explanations: &[Explanation]) -> v1::MirrorRow {
    let row = &placed.row;
    let figures = placed.figures();
    let uses: Vec<(&Explanation, Currency)> = explanations
        .iter()
        .map(|explanation| (explanation, explanation.currency(&figures)))
        .collect();
    let gap_cents = row.gap.as_ref().map(|gap| gap.cents);
    let accepted = accepted(&uses);
    v1::MirrorRow {
        exporter: placed.exporter.clone(),
        importer: placed.importer.clone(),
        period: Some(observation::show_period(row.period)),
        commodities: placed.codes.iter().cloned().collect(),
        hs_edition: enums::show_edition(placed.edition),
        exports: Some(show_side(&row.exports)),
        imports: Some(show_side(&row.imports)),
        gap_cents,
        gap_ppm: row.gap_ppm(),
        gap_bound: row.gap.as_ref().map_or(0, |gap| show_bound(gap.bound)),
        uncertainty_cents: row.uncertainty_cents(),
        parts: row
            .gap
            .as_ref()
            .map(|gap| gap.parts.iter().map(|part| show_part(part, gap)).collect())
            .unwrap_or_default(),
        warnings: row.notices.iter().map(show_notice).collect(),
        explanations: uses
            .iter()
            .map(|(explanation, currency)| v1::MirrorExplanationUse {
                explanation: Some(show(explanation)),
                currency: show_currency(*currency),
            })
            .collect(),
        accepted_cents: accepted,
        accepted_ppm: accepted.zip(gap_cents).and_then(|(accepted, gap)| {
            let signed = i128::from(accepted) * i128::from(gap.signum());
            growth::ratio(signed * i128::from(growth::ONE_PPM), i128::from(gap).abs())
        }),
    }
}

/// What accepted explanations of the values that stand add up to.
fn accepted(uses: &[(&Explanation, Currency)]) -> Option<i64> {
    uses.iter()
        .filter(|(explanation, currency)| {
            explanation.state() == Standing::Accepted && *currency != Currency::OlderFigures
        })
        .filter_map(|(explanation, _)| explanation.claim.amount_cents)
        .reduce(i64::saturating_add)
}

/// Shows what one side reports.
pub(crate) fn show_side(side: &Side) -> v1::MirrorFigure {
    match side {
        Side::Known(figure) => show_figure(figure),
        Side::Nothing => v1::MirrorFigure {
            nothing_traded: true,
            ..v1::MirrorFigure::default()
        },
        Side::Missing(absence) => v1::MirrorFigure {
            missing_reason: enums::show_absence(*absence),
            ..v1::MirrorFigure::default()
        },
    }
}

fn show_figure(figure: &Figure) -> v1::MirrorFigure {
    let valuations = figure.valuations.iter();
    v1::MirrorFigure {
        value_cents: Some(figure.cents),
        qualifier: enums::show_qualifier(figure.qualifier),
        uncertainty_cents: figure.uncertainty_cents,
        scopes: figure
            .scopes
            .iter()
            .map(|scope| enums::show_scope(*scope))
            .collect(),
        valuations: valuations
            .map(|valuation| enums::show_valuation(*valuation))
            .collect(),
        releases: figure.releases.clone(),
        ..v1::MirrorFigure::default()
    }
}

fn show_bound(bound: Bound) -> i32 {
    let shown = match bound {
        Bound::None => mirror_row::GapBound::None,
        Bound::AtLeast => mirror_row::GapBound::AtLeast,
        Bound::AtMost => mirror_row::GapBound::AtMost,
        Bound::Unknown => mirror_row::GapBound::Unknown,
    };
    shown as i32
}

/// Shows a kind of part.
pub(crate) fn show_component(component: Component) -> i32 {
    let shown = match component {
        Component::Scope => MirrorComponent::Scope,
        Component::Valuation => MirrorComponent::Valuation,
        Component::Timing => MirrorComponent::Timing,
        Component::Classification => MirrorComponent::Classification,
        Component::OnlyOneSide => MirrorComponent::OnlyOneSide,
        Component::Unexplained => MirrorComponent::Unexplained,
    };
    shown as i32
}

/// Reads a kind of part.
pub(crate) fn read_component(value: i32) -> Option<Component> {
    match MirrorComponent::try_from(value).ok()? {
        MirrorComponent::Unspecified => None,
        MirrorComponent::Scope => Some(Component::Scope),
        MirrorComponent::Valuation => Some(Component::Valuation),
        MirrorComponent::Timing => Some(Component::Timing),
        MirrorComponent::Classification => Some(Component::Classification),
        MirrorComponent::OnlyOneSide => Some(Component::OnlyOneSide),
        MirrorComponent::Unexplained => Some(Component::Unexplained),
    }
}

fn show_part(part: &Part, gap: &Gap) -> v1::MirrorPart {
    let state = match part.state {
        State::Nothing => mirror_part::State::Nothing,
        State::Quantified => mirror_part::State::Quantified,
        State::NotQuantified => mirror_part::State::NotQuantified,
    };
    v1::MirrorPart {
        component: show_component(part.component),
        amount_cents: part.cents,
        state: state as i32,
        description: describe(part, gap),
        releases: part.releases.clone(),
    }
}

fn describe(part: &Part, gap: &Gap) -> String {
    let subject = match part.component {
        Component::Scope => "scope",
        _ => "valuation",
    };
    match &part.why {
        Why::Alike => format!("both sides have the same {subject}"),
        Why::OneSided if part.component == Component::OnlyOneSide => {
            "the other side has nothing, by a complete release".to_owned()
        }
        Why::OneSided => "only one side has a figure, so there is nothing to compare".to_owned(),
        Why::OtherFigure(role) => {
            let side = match role {
                Role::Exporter => "exporter",
                Role::Importer => "importer",
            };
            format!("the {side}'s figure less its last one with the {subject} of the other side")
        }
        Why::Differ => format!(
            "not comparable: the sides differ in {subject}, and the data do not tell how much it makes"
        ),
        Why::NotStated => {
            format!("not comparable: a side does not state one {subject} for its figure")
        }
        Why::Factor(factor) => format!(
            "imports CIF brought to FOB by the stated factor of {}.{:06}",
            factor / growth::ONE_PPM,
            factor % growth::ONE_PPM
        ),
        Why::Within(period) => format!("at most this much closes within {period}"),
        Why::LongestWindow => {
            "no longer calendar window tells what was on its way at the ends of this one".to_owned()
        }
        Why::WindowNotKnown if gap.bound != Bound::None => {
            "a lower bound tells no amount that could close".to_owned()
        }
        Why::WindowNotKnown => {
            "no longer calendar window of which all periods are known on both sides".to_owned()
        }
        Why::Among(code) => format!("at most this much closes among the cells of {code}"),
        Why::Coarsest => "no code above, between the parts of which goods could move".to_owned(),
        Why::SeveralParents => {
            "the codes taken together belong to several codes of the level above".to_owned()
        }
        Why::CellsNotKnown(code) => {
            format!("not all cells of {code} are known exactly enough on both sides")
        }
        Why::BothSides => "both sides have figures".to_owned(),
        Why::Rest => "what the other parts leave".to_owned(),
    }
}

fn show_notice(notice: &Notice) -> v1::SeriesWarning {
    let (kind, description) = match notice {
        Notice::Figure(warning) => return series::show_warning(warning),
        Notice::ScopeNotComparable => (
            Kind::ScopeNotComparable,
            "not comparable: scope; what it makes is in the unexplained part".to_owned(),
        ),
        Notice::ValuationNotComparable => (
            Kind::ValuationNotComparable,
            "not comparable: valuation; what it makes is in the unexplained part".to_owned(),
        ),
        Notice::ValuationOpposite => (
            Kind::ValuationOpposite,
            "the exporter's figure is the larger, so imports CIF beside exports FOB cannot be the reason".to_owned(),
        ),
        Notice::WithinRounding => (
            Kind::WithinRounding,
            "the gap is not larger than what rounding of the figures can make".to_owned(),
        ),
        Notice::OtherVintage(releases) => (
            Kind::OtherVintage,
            format!(
                "a part is quantified by figures of other releases, so that revisions are in it: {}",
                releases.join(", ")
            ),
        ),
        Notice::EditionsMerged => (
            Kind::EditionsMerged,
            "codes are taken together because the sides use different editions".to_owned(),
        ),
        Notice::CodeNotConverted => (
            Kind::CodeNotConverted,
            "a code is in no concordance and was taken as it stands".to_owned(),
        ),
        Notice::CoarserCode => (
            Kind::CoarserCode,
            "finer codes are taken together because a side has published more of the code above them than of them"
                .to_owned(),
        ),
        Notice::ComparedByDigits => (
            Kind::ComparedByDigits,
            "codes of different editions are compared by the same digits, because a side has not published their subheadings"
                .to_owned(),
        ),
    };
    v1::SeriesWarning {
        kind: kind as i32,
        description,
    }
}

fn show_currency(currency: Currency) -> i32 {
    let shown = match currency {
        Currency::Current => mirror_explanation_use::Currency::Current,
        Currency::Reissued => mirror_explanation_use::Currency::Reissued,
        Currency::OlderFigures => mirror_explanation_use::Currency::OlderFigures,
    };
    shown as i32
}

/// Shows how gaps close in longer windows.
pub(crate) fn show_convergence(exporter: &str, found: Convergence) -> v1::MirrorConvergence {
    v1::MirrorConvergence {
        exporter: exporter.to_owned(),
        window: enums::show_window(found.window),
        window_count: i32::try_from(found.windows).unwrap_or(i32::MAX),
        absolute_gap_cents: found.absolute_gap_cents,
        absolute_gap_ppm: found.absolute_gap_ppm,
    }
}

/// Shows the releases that rows used, each once, by name.
pub(crate) fn show_uses(rows: &[Placed], releases: &[Release]) -> Vec<v1::ReleaseUse> {
    let names = rows.iter().flat_map(|placed| {
        let sides = [&placed.row.exports, &placed.row.imports];
        let figures = sides.into_iter().filter_map(|side| side.figure());
        let parts = placed.row.gap.iter().flat_map(|gap| &gap.parts);
        figures
            .flat_map(|figure| &figure.releases)
            .chain(parts.flat_map(|part| &part.releases))
    });
    release::show_uses(names, releases)
}
