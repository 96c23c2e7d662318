//! A turnover series as rows of plain values.

use accord_proto::trade::v1::{GroupKey, QuerySeriesResponse, SeriesPoint};

use crate::commands::trade::groups::{self, number, period};
use crate::render::{Sheet, value};

/// The series of the whole, then those of the groups; what is not asked for is empty.
pub(super) fn of(answer: &QuerySeriesResponse) -> Sheet {
    let columns = [
        "period",
        "method",
        "reporter",
        "partner",
        "value_cents",
        "missing_reason",
        "qualifier",
        "uncertainty_cents",
        "growth_on_previous_ppm",
        "growth_on_year_ppm",
        "releases",
        "group_flow",
        "group_commodity",
        "group_hs_edition",
        "group_region",
        "group_reporter",
        "share_ppm",
        "contribution_on_previous_ppm",
        "contribution_on_year_ppm",
        "index_ppm",
        "net_weight_grams",
        "unit_value_cents_per_tonne",
    ];
    let mut sheet = Sheet::new(&columns);
    let mut push = |key: Option<&GroupKey>, points: &[SeriesPoint]| {
        for point in points {
            sheet.push(cells(answer, key, point));
        }
    };
    push(None, &answer.points);
    for group in &answer.groups {
        push(group.key.as_ref(), &group.points);
    }
    sheet
}

fn cells(answer: &QuerySeriesResponse, key: Option<&GroupKey>, point: &SeriesPoint) -> Vec<String> {
    let mut cells = vec![
        point.period.as_ref().map_or(String::new(), period),
        value::words(answer.turnover_method().as_str_name(), "TURNOVER_METHOD_"),
        answer.reporter.clone(),
        answer.partner.clone(),
        number(point.value_cents),
        value::words(point.missing_reason().as_str_name(), "MISSING_REASON_"),
        value::words(point.qualifier().as_str_name(), "QUALIFIER_"),
        number(point.value_cents.map(|_| point.uncertainty_cents)),
        number(point.growth_on_previous_ppm),
        number(point.growth_on_year_ppm),
        point.releases.join(" "),
    ];
    cells.extend(groups::key_cells(key));
    cells.extend([
        number(point.share_ppm),
        number(point.contribution_on_previous_ppm),
        number(point.contribution_on_year_ppm),
        number(point.index_ppm),
        number(point.net_weight_grams),
        number(point.unit_value_cents_per_tonne),
    ]);
    cells
}
