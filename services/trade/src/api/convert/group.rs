//! Groups and their points in the contract.

use std::collections::BTreeSet;

use accord_proto::trade::v1;

use super::{enums, observation, release, series};
use crate::{
    api::query::groups::{Group, GroupPoint},
    domain::{
        group::{Amount, GroupKey},
        release::Release,
    },
};

/// Shows a group with its points.
pub(crate) fn show(group: &Group, releases: &[Release]) -> v1::SeriesGroup {
    v1::SeriesGroup {
        key: Some(show_key(&group.key)),
        points: group
            .points
            .iter()
            .map(|point| show_point(point, releases))
            .collect(),
    }
}

/// Shows what a group is.
pub(crate) fn show_key(key: &GroupKey) -> v1::GroupKey {
    v1::GroupKey {
        flow: key.flow.map_or(0, enums::show_flow),
        commodity: key.commodity.clone().unwrap_or_default(),
        hs_edition: enums::show_edition(key.edition),
        region: key.region.clone().unwrap_or_default(),
        reporter: key.reporter.clone().unwrap_or_default(),
    }
}

/// Shows a point of a group.
pub(crate) fn show_point(point: &GroupPoint, releases: &[Release]) -> v1::SeriesPoint {
    let mut shown = v1::SeriesPoint {
        period: Some(observation::show_period(point.period)),
        growth_on_previous_ppm: point.growth_on_previous_ppm,
        growth_on_year_ppm: point.growth_on_year_ppm,
        share_ppm: point.share_ppm,
        contribution_on_previous_ppm: point.contribution_on_previous_ppm,
        contribution_on_year_ppm: point.contribution_on_year_ppm,
        index_ppm: point.index_ppm,
        warnings: point.warnings.iter().map(series::show_warning).collect(),
        ..v1::SeriesPoint::default()
    };
    match &point.amount {
        Err(absence) => shown.missing_reason = enums::show_absence(*absence),
        Ok(amount) => {
            shown.value_cents = Some(amount.cents());
            shown.qualifier = enums::show_qualifier(amount.qualifier());
            shown.uncertainty_cents = amount.tally.measures.half_units;
            shown.net_weight_grams = amount.tally.weight_grams();
            shown.unit_value_cents_per_tonne = amount.tally.unit_value_cents_per_tonne();
            shown.releases = used(amount, releases)
                .into_iter()
                .map(|release| release.name.clone())
                .collect();
        }
    }
    shown
}

/// The releases of an amount, each once, the earliest vintage first.
fn used<'a>(amount: &Amount, releases: &'a [Release]) -> Vec<&'a Release> {
    let ranks: BTreeSet<usize> = amount.uses.iter().map(|(rank, _)| *rank).collect();
    ranks
        .into_iter()
        .filter_map(|rank| releases.get(rank))
        .collect()
}

/// Adds the releases that groups used to those shown already, by name.
pub(crate) fn add_uses(shown: &mut Vec<v1::ReleaseUse>, groups: &[Group], releases: &[Release]) {
    let points = groups.iter().flat_map(|group| &group.points);
    let amounts = points.filter_map(|point| point.amount.as_ref().ok());
    let ranks: BTreeSet<usize> = amounts
        .flat_map(|amount| amount.uses.iter().map(|(rank, _)| *rank))
        .collect();
    shown.extend(show_used(&ranks, releases));
    shown.sort_by(|a, b| a.release.cmp(&b.release));
    shown.dedup_by(|a, b| a.release == b.release);
}

/// Shows releases by their ranks, by name.
pub(crate) fn show_used(ranks: &BTreeSet<usize>, releases: &[Release]) -> Vec<v1::ReleaseUse> {
    let used = ranks.iter().filter_map(|rank| releases.get(*rank));
    let mut shown: Vec<_> = used.map(release::show_use).collect();
    shown.sort_by(|a, b| a.release.cmp(&b.release));
    shown
}
