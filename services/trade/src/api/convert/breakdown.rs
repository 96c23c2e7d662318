//! Breakdowns in the contract.

use accord_proto::trade::v1::{self, breakdown_row};

use super::{enums, group};
use crate::domain::breakdown::{Change, Row};

/// Shows a row.
pub(crate) fn show(row: &Row) -> v1::BreakdownRow {
    let has_value = row.cents.is_some();
    let change = match row.change {
        None => breakdown_row::Change::Unspecified,
        Some(Change::Continuing) => breakdown_row::Change::Continuing,
        Some(Change::New) => breakdown_row::Change::New,
        Some(Change::Gone) => breakdown_row::Change::Gone,
    };
    v1::BreakdownRow {
        key: Some(group::show_key(&row.key)),
        value_cents: row.cents,
        qualifier: if has_value {
            enums::show_qualifier(row.qualifier)
        } else {
            0
        },
        uncertainty_cents: row.tally.measures.half_units,
        share_ppm: row.share_ppm,
        compare_value_cents: row.before_cents,
        growth_ppm: row.growth_ppm,
        contribution_ppm: row.contribution_ppm,
        change: change as i32,
        net_weight_grams: row.tally.weight_grams(),
        unit_value_cents_per_tonne: row.tally.unit_value_cents_per_tonne(),
        compare_key: row.before_key.as_ref().map(group::show_key),
    }
}
