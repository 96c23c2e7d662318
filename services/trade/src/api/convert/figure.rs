//! Explanations of figures in the contract.

mod words;

use std::collections::BTreeMap;

use accord_proto::trade::v1::{self, figure_step, other_figure};

use super::{date, enums, observation, release, series, timestamp};
use crate::{
    api::query::explain::{
        Cell, Explained,
        others::{Other, Others, Reason},
    },
    domain::{
        figure::{Operation, Step},
        release::Release,
    },
};

/// Shows what all pages say, beside the published figures of one of them.
pub(crate) fn show(
    explained: &Explained,
    others: &Others,
    cells: Vec<v1::FigureCell>,
) -> v1::ExplainFigureResponse {
    let steps = explained.steps.iter().enumerate();
    let steps: Vec<_> = steps
        .map(|(place, step)| show_step(place, step, explained, others))
        .collect();
    let mut shown = v1::ExplainFigureResponse {
        warnings: explained
            .warnings
            .iter()
            .map(series::show_warning)
            .collect(),
        total_size: explained.steps.iter().map(|step| step.cells).sum(),
        releases: uses(&steps, &cells, explained, others),
        unsearched_release_count: count(others.unsearched),
        steps,
        cells,
        ..v1::ExplainFigureResponse::default()
    };
    match &explained.amount {
        Err(absence) => shown.missing_reason = enums::show_absence(*absence),
        Ok(amount) => {
            shown.value_cents = Some(amount.cents);
            shown.qualifier = enums::show_qualifier(amount.qualifier);
            shown.uncertainty_cents = amount.uncertainty_cents;
            shown.net_weight_grams = amount.weight_grams;
        }
    }
    shown
}

/// Shows a published figure at a place of the page.
pub(crate) fn show_cell(
    place: usize,
    cell: &Cell,
    explained: &Explained,
    others: &Others,
) -> v1::FigureCell {
    let release = explained.releases.get(cell.rank);
    let reporter = release.map_or("", |release| release.publication.reporter.as_str());
    v1::FigureCell {
        observation: Some(observation::show(cell.figure.clone(), reporter, "")),
        release: release.map_or_else(String::new, |release| release.name.clone()),
        step: number(cell.step),
        subtracted: cell.subtracted,
        other_figures: show_others(others.of_cell(place), others),
    }
}

fn show_step(place: usize, step: &Step, explained: &Explained, others: &Others) -> v1::FigureStep {
    use figure_step::Operation as Shown;
    let operation = match step.operation {
        Operation::Sum(_) => Shown::Sum,
        Operation::Difference => Shown::Difference,
        Operation::Published => Shown::Published,
        Operation::MonthsOfYear(_) => Shown::MonthsOfYear,
        Operation::Nothing => Shown::Nothing,
        Operation::Missing(_) => Shown::Missing,
    };
    let name = |rank: &usize| Some(explained.releases.get(*rank)?.name.clone());
    v1::FigureStep {
        number: number(place),
        parent: step.parent.map_or(0, number),
        operation: operation as i32,
        description: words::describe(step),
        subtracted: step.subtracted,
        reporter: step.reporter.clone(),
        flow: step.flow.map_or(0, enums::show_flow),
        start_date: Some(date(step.days.0)),
        end_date: Some(date(step.days.1)),
        period: step.period.map(observation::show_period),
        value_cents: step.cents,
        missing_reason: step.absence.map_or(0, enums::show_absence),
        cell_count: step.cells,
        code_digits: step.digits.iter().copied().map(i32::from).collect(),
        releases: step.ranks.iter().filter_map(name).collect(),
        other_figures: show_others(others.of_step(place), others),
    }
}

fn show_others(figures: &[Other], others: &Others) -> Vec<v1::OtherFigure> {
    let shown = figures.iter().filter_map(|other| {
        let own = others.releases.get(other.release)?;
        Some(show_other(other, own, others))
    });
    shown.collect()
}

fn show_other(other: &Other, own: &Release, others: &Others) -> v1::OtherFigure {
    use other_figure::Reason as Shown;
    let (reason, later) = match other.reason {
        Reason::NotYetPublished => (Shown::NotYetPublished, None),
        Reason::Withdrawn => (Shown::Withdrawn, None),
        Reason::NotYetRecorded => (Shown::NotYetRecorded, None),
        Reason::Superseded(later) => (Shown::Superseded, Some(later)),
        Reason::Removed(later) => (Shown::Removed, Some(later)),
        Reason::PublishedAsMissing => (Shown::PublishedAsMissing, None),
        Reason::NotUsed => (Shown::NotUsed, None),
    };
    let later = later.and_then(|later| others.releases.get(later));
    let reporter = &own.publication.reporter;
    let published = own.publication.published;
    let withdrawal = own.withdrawal.as_ref();
    v1::OtherFigure {
        observation: Some(observation::show(other.figure.clone(), reporter, "")),
        release: own.name.clone(),
        reason: reason as i32,
        later_release: later.map_or_else(String::new, |later| later.name.clone()),
        publish_time: published.map(|(time, _)| timestamp(time)),
        withdraw_time: withdrawal.map(|withdrawal| timestamp(withdrawal.time)),
    }
}

/// The releases that an answer names, each once, by name.
fn uses(
    steps: &[v1::FigureStep],
    cells: &[v1::FigureCell],
    explained: &Explained,
    others: &Others,
) -> Vec<v1::ReleaseUse> {
    let known = explained.releases.iter().chain(&others.releases);
    let known: BTreeMap<&str, &Release> = known
        .map(|release| (release.name.as_str(), release))
        .collect();
    let of_steps = steps.iter().flat_map(|step| &step.releases);
    let figures = steps.iter().flat_map(|step| &step.other_figures);
    let figures = figures.chain(cells.iter().flat_map(|cell| &cell.other_figures));
    let of_figures = figures.flat_map(|other| [&other.release, &other.later_release]);
    let names = of_steps
        .chain(cells.iter().map(|cell| &cell.release))
        .chain(of_figures)
        .filter_map(|name| known.get_key_value(name.as_str()));
    let used: BTreeMap<&str, &Release> = names.map(|(name, release)| (*name, *release)).collect();
    used.into_values().map(release::show_use).collect()
}

/// Steps are numbered from 1.
fn number(place: usize) -> i32 {
    count(place.saturating_add(1))
}

fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
