//! Points of turnover series in the contract.

use std::collections::{BTreeMap, BTreeSet};

use accord_proto::trade::v1::{self, series_warning::Kind};

use super::{enums, observation, release};
use crate::domain::{
    amount::{Amount, Part},
    beside::Beside,
    cell::{Flow, HsEdition},
    growth,
    period::Period,
    release::{Release, Scope, Valuation},
    turnover::{CodesBy, Point, Shortfall, Warning},
    vintage::Absence,
};

/// Shows a point.
pub(crate) fn show_point(point: &Point<'_>) -> v1::SeriesPoint {
    let warnings = point.warnings.iter().map(show_warning).collect();
    let mut shown = v1::SeriesPoint {
        period: Some(observation::show_period(point.period)),
        growth_on_previous_ppm: point.growth_on_previous_ppm,
        growth_on_year_ppm: point.growth_on_year_ppm,
        warnings,
        ..v1::SeriesPoint::default()
    };
    match &point.amount {
        Err(absence) => shown.missing_reason = enums::show_absence(*absence),
        Ok(amount) => {
            shown.value_cents = Some(amount.cents);
            shown.qualifier = enums::show_qualifier(amount.qualifier());
            shown.uncertainty_cents = amount.uncertainty_cents();
            shown.components = amount.parts.iter().map(show_component).collect();
            shown.releases = names(amount);
        }
    }
    shown
}

/// Adds to points what they are relative to the value of a base period.
pub(crate) fn add_indices(points: &mut [v1::SeriesPoint], base_cents: Option<i64>) {
    for point in points {
        let ratio = point.value_cents.zip(base_cents);
        point.index_ppm = ratio.and_then(|(value, base)| growth::share_ppm(value, base));
    }
}

/// Shows the releases that points used, each once, by name.
pub(crate) fn show_uses<'a>(
    points: impl IntoIterator<Item = &'a Point<'a>>,
) -> Vec<v1::ReleaseUse> {
    let releases: BTreeMap<&str, &Release> = points
        .into_iter()
        .filter_map(|point| point.amount.as_ref().ok())
        .flat_map(|amount| &amount.parts)
        .map(|part| (part.published.release.name.as_str(), part.published.release))
        .collect();
    releases.into_values().map(release::show_use).collect()
}

/// The names of the releases of an amount, each once, in order of first use.
fn names(amount: &Amount<'_>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    amount
        .parts
        .iter()
        .map(|part| &part.published.release.name)
        .filter(|name| seen.insert(name.as_str()))
        .cloned()
        .collect()
}

fn show_component(part: &Part<'_>) -> v1::SeriesComponent {
    let published = part.published;
    let cell = &published.observation.cell;
    v1::SeriesComponent {
        reporter: published.release.publication.reporter.clone(),
        partner: cell.partner.clone(),
        flow: enums::show_flow(cell.flow),
        period: Some(observation::show_period(cell.period)),
        value_cents: published.value_cents,
        subtracted: part.subtracted,
        release: published.release.name.clone(),
        precision: Some(observation::show_precision(published.observation)),
        status: enums::show_status(published.observation.status),
    }
}

/// Shows a warning.
pub(crate) fn show_warning(warning: &Warning) -> v1::SeriesWarning {
    let compared =
        |what: &str, period: &Period| format!("the growth compares {what} with those of {period}");
    let (kind, description) = match warning {
        Warning::MixedScope(scopes) => (
            Kind::MixedScope,
            format!(
                "figures of unlike scope are added: {}",
                words(scopes, scope_word)
            ),
        ),
        Warning::MixedValuation(valuations) => (
            Kind::MixedValuation,
            format!(
                "figures of unlike valuation are added: {}",
                words(valuations, valuation_word)
            ),
        ),
        Warning::ComparedScope(period) => (
            Kind::ComparedScope,
            compared("figures of unlike scope", period),
        ),
        Warning::ComparedValuation(period) => (
            Kind::ComparedValuation,
            compared("figures of unlike valuation", period),
        ),
        Warning::ComparedLowerBound(period) => {
            (Kind::ComparedLowerBound, compared("lower bounds", period))
        }
        Warning::SupersededCumulative => (
            Kind::SupersededCumulative,
            "a cumulative figure that the difference needs has been superseded since the last \
             release that has both"
                .to_owned(),
        ),
        Warning::MixedVintages => (
            Kind::MixedVintages,
            "months or quarters of different releases are added".to_owned(),
        ),
        Warning::Status(status) => (
            Kind::Status,
            format!("a figure has the status {} of CL_OBS_STATUS", status.code()),
        ),
        Warning::Partial => (
            Kind::Partial,
            "parts of the sum are missing, so that it is a lower bound".to_owned(),
        ),
        Warning::PartialWhole(period, causes) => partial_whole(*period, causes),
        Warning::OtherEdition {
            period,
            reporter,
            flow,
            counted,
            left_out,
        } => other_edition(*period, reporter, *flow, counted, left_out),
        Warning::LaterConcordance(editions) => (
            Kind::LaterConcordance,
            format!(
                "the concordance of {} with the next edition was imported after the moment asked about, so that the \
                 answer can be another one than it was then",
                editions_word(editions)
            ),
        ),
        Warning::ToldOtherwise {
            reporter,
            flow,
            period,
            cents,
            beside,
            beside_cents,
        } => {
            let flow = flow.as_str().to_lowercase();
            let figure = format!("{flow} figure of {reporter} for {period}");
            told_otherwise(&figure, *cents, *beside, *beside_cents)
        }
        Warning::ComparedEditions {
            reporter,
            flow,
            period,
            editions,
            compare,
            former,
            by,
        } => {
            let (kind, consequence) = compared_codes(*by);
            let flow = flow.as_str().to_lowercase();
            let description = format!(
                "{flow} figures of {reporter} of {period} count in {}, and those of {compare} in {}: {consequence}",
                editions_word(editions),
                editions_word(former),
            );
            (kind, description)
        }
        Warning::PeriodNotEnded => (Kind::PeriodNotEnded, "the period has not ended".to_owned()),
    };
    v1::SeriesWarning {
        kind: kind as i32,
        description,
    }
}

/// Why a sum of groups is a lower bound.
fn shortfall(cause: Shortfall) -> &'static str {
    match cause {
        Shortfall::Bound => "a group is a lower bound",
        Shortfall::ShorterCodes => "goods were published by shorter codes only",
        Shortfall::Absent(absence) => match absence {
            Absence::PublishedAsMissing => "a group was published as missing",
            Absence::NotPublished => "of a group no release that counts has a figure",
            Absence::Removed => {
                "of a group a later complete release does not have the figure any more"
            }
            Absence::NotDecumulable => {
                "of a group no release that counts has both cumulative figures that a difference needs"
            }
            Absence::LengthsDiffer => {
                "of a group one of the cumulative sums that a difference needs is of coarser codes"
            }
            Absence::DifferenceUnusable => {
                "of a group the difference of the cumulative figures would be negative or involves a lower bound"
            }
        },
    }
}

/// An amount that is not negative in dollars, the cents behind a point.
fn dollars(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// That a sum of groups is a lower bound, and why.
fn partial_whole(period: Period, causes: &BTreeSet<Shortfall>) -> (Kind, String) {
    let causes: Vec<&str> = causes.iter().map(|cause| shortfall(*cause)).collect();
    let description = format!(
        "the share or contribution refers to a sum of groups of {period} of which parts are missing: {}",
        causes.join("; ")
    );
    (Kind::PartialWhole, description)
}

/// That figures of some editions are left out.
fn other_edition(
    period: Period,
    reporter: &str,
    flow: Flow,
    counted: &BTreeSet<HsEdition>,
    left_out: &BTreeSet<HsEdition>,
) -> (Kind, String) {
    let description = format!(
        "{reporter} has published {} figures of {period} in several editions: those of {} count, \
         and those of {} that are of the same months are left out",
        flow.as_str().to_lowercase(),
        editions_word(counted),
        editions_word(left_out),
    );
    (Kind::OtherEdition, description)
}

/// That other figures for the same months add up to another amount.
fn told_otherwise(figure: &str, cents: i64, beside: Beside, beside_cents: i64) -> (Kind, String) {
    let others = match beside {
        Beside::Window(other) => format!("that for {other} is"),
        Beside::Quarters(count) => format!("{count} quarters in it add up to"),
        Beside::Months(count) => format!("{count} months in it add up to"),
    };
    let description = format!(
        "the {figure} counts, {} dollars, but {others} {} dollars",
        dollars(cents),
        dollars(beside_cents),
    );
    (Kind::ToldOtherwise, description)
}

/// What becomes of a comparison between codes of different editions.
fn compared_codes(by: CodesBy) -> (Kind, &'static str) {
    match by {
        CodesBy::Digits => (
            Kind::ComparedByDigits,
            "codes are compared by their digits, so that goods that moved over their borders are in the growth",
        ),
        CodesBy::Twins => (
            Kind::ComparedEditions,
            "a code is compared with the one that has all its goods and no others, and without such a one it has no \
             growth and is neither new nor gone",
        ),
        CodesBy::NoConcordance => (
            Kind::ComparedEditions,
            "a concordance of them has not been imported, so that no code has growth or is new or gone; chapters and \
             sections are compared",
        ),
        CodesBy::OneEdition => (
            Kind::ComparedEditions,
            "one edition was asked for, so that no code has growth or is new or gone",
        ),
    }
}

/// Lists editions.
fn editions_word(editions: &BTreeSet<HsEdition>) -> String {
    let words: Vec<_> = editions.iter().map(ToString::to_string).collect();
    words.join(" and ")
}

/// Lists the words of what stands in a set.
pub(crate) fn words<T: Copy>(members: &BTreeSet<T>, word: fn(T) -> &'static str) -> String {
    let words: Vec<_> = members.iter().copied().map(word).collect();
    words.join(", ")
}

/// The word for a scope.
pub(crate) fn scope_word(scope: Scope) -> &'static str {
    match scope {
        Scope::Goods => "goods",
        Scope::GoodsAndServices => "goods and services",
        Scope::NotStated => "not stated",
    }
}

/// The word for a valuation.
pub(crate) fn valuation_word(valuation: Valuation) -> &'static str {
    match valuation {
        Valuation::Fob => "FOB",
        Valuation::Cif => "CIF",
        Valuation::NotStated => "not stated",
    }
}
