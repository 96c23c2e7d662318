//! Figures in the contract.

use accord_proto::trade::v1;

use super::enums;
use crate::domain::{observation::Observation, period::Period, region};

/// Shows a figure of `reporter` that the import named `import` brought.
pub(crate) fn show(observation: Observation, reporter: &str, import: &str) -> v1::Observation {
    let precision = Some(show_precision(&observation));
    let cell = observation.cell;
    v1::Observation {
        line: observation.line,
        column: i32::try_from(observation.column).unwrap_or(i32::MAX),
        import_id: import.rsplit('/').next().unwrap_or_default().to_owned(),
        reporter: reporter.to_owned(),
        flow: enums::show_flow(cell.flow),
        commodity: cell.commodity.code().to_owned(),
        hs_edition: enums::show_edition(cell.commodity.edition()),
        period: Some(show_period(cell.period)),
        partner: cell.partner,
        region: region::code_in(&cell.region, cell.period),
        value_cents: observation.value_cents,
        net_weight_grams: observation.net_weight_grams,
        status: enums::show_status(observation.status),
        precision,
    }
}

/// Shows how exactly a figure was published.
pub(crate) fn show_precision(observation: &Observation) -> v1::Precision {
    v1::Precision {
        qualifier: enums::show_qualifier(observation.precision.qualifier),
        unit_cents: observation.precision.unit_cents,
        as_published: observation.as_published.clone(),
    }
}

/// Shows a period.
pub(crate) fn show_period(period: Period) -> v1::Period {
    v1::Period {
        window: enums::show_window(period.window()),
        year: period.year().into(),
        month: period.last_month().into(),
    }
}
