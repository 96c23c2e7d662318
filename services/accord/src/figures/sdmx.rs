//! The structure of figures in SDMX: which dimensions, measures and attributes they have, and their codes.
//!
//! It follows the concepts of the SDMX guidelines (`FREQ`, `REF_AREA`, `COUNTERPART_AREA`, `TIME_PERIOD`, `OBS_VALUE`,
//! `OBS_STATUS`, `UNIT_MEASURE`, `UNIT_MULT`) and of trade statistics (`TRADE_FLOW`, `COMMODITY`); `services/trade/README.md`
//! describes it for readers of such files. Each cell of a release is one observation.

use accord_proto::trade::v1::{Flow, Qualifier, Window};

use super::figure::{Figure, Span, TOTAL};

/// The dataflow, as SDMX identifies one: agency, id and version.
pub(super) const DATAFLOW: &str = "ACCORD:TRADE(1.0.0)";

/// The dimensions in their order.
pub(super) const DIMENSIONS: [(&str, &str); 8] = [
    ("FREQ", "Frequency"),
    ("REF_AREA", "Reporter"),
    ("COUNTERPART_AREA", "Partner"),
    ("REGION", "Region of the reporter"),
    ("TRADE_FLOW", "Flow, seen from the reporter"),
    ("CLASSIFICATION", "Edition of the Harmonized System"),
    ("COMMODITY", "Commodity"),
    ("TIME_PERIOD", "Period"),
];

/// The whole of something, as SDMX codes it.
const WHOLE: &str = "_T";
/// What does not apply, as SDMX codes it.
const NOT_APPLICABLE: &str = "_Z";
/// What is not stated, as SDMX codes it.
const UNSPECIFIED: &str = "_U";

/// The codes of the dimensions but for the period, in their order.
pub(super) fn codes<'a>(figure: &Figure<'a>) -> [&'a str; 7] {
    let or = |code: &'a str, otherwise| if code.is_empty() { otherwise } else { code };
    [
        frequency(figure.period),
        figure.reporter,
        figure.partner,
        or(figure.region, WHOLE),
        flow(figure.flow),
        or(figure.edition, NOT_APPLICABLE),
        if figure.commodity == TOTAL {
            WHOLE
        } else {
            figure.commodity
        },
    ]
}

/// The code of a frequency in `CL_FREQ`. January to a month, of which each month has one, is no frequency of its own: other.
fn frequency(period: Span) -> &'static str {
    match period.window {
        Window::Month => "M",
        Window::Quarter => "Q",
        Window::JanuaryToMonth => "_O",
        _ => "A",
    }
}

/// What a frequency is called.
pub(super) fn frequency_name(code: &str) -> &'static str {
    match code {
        "M" => "Monthly",
        "Q" => "Quarterly",
        "A" => "Annual",
        _ => "January to a month",
    }
}

/// The code of a flow, as UN Comtrade has it; both together are `T`.
fn flow(flow: Flow) -> &'static str {
    match flow {
        Flow::Export => "X",
        Flow::Import => "M",
        Flow::ReExport => "RX",
        Flow::ReImport => "RM",
        Flow::Turnover => "T",
        Flow::Unspecified => UNSPECIFIED,
    }
}

/// What a flow is called.
pub(super) fn flow_name(code: &str) -> &'static str {
    match code {
        "X" => "Exports",
        "M" => "Imports",
        "RX" => "Re-exports",
        "RM" => "Re-imports",
        _ => "Exports and imports together",
    }
}

/// A period as SDMX writes it: a year, a quarter, a month, or a range as its first day and its length.
pub(super) fn time_period(period: Span) -> String {
    match period.window {
        Window::JanuaryToMonth => format!("{}-01-01/P{}M", period.year, period.month),
        _ => period.text(),
    }
}

/// How exactly a figure is known.
pub(super) fn precision(qualifier: Qualifier) -> &'static str {
    match qualifier {
        Qualifier::Rounded => "ROUNDED",
        Qualifier::LowerBound => "LOWER_BOUND",
        Qualifier::Exact | Qualifier::Unspecified => "EXACT",
    }
}

/// How the figure is valued.
pub(super) fn valuation(figure: &Figure<'_>) -> &'static str {
    match (figure.valuation(), figure.flow) {
        ("", Flow::Turnover) => NOT_APPLICABLE,
        ("", _) => UNSPECIFIED,
        (valuation, _) => valuation,
    }
}

/// What is counted.
pub(super) fn scope(figure: &Figure<'_>) -> &'static str {
    match figure.scope() {
        "goods" => "G",
        "goods_and_services" => "GS",
        _ => UNSPECIFIED,
    }
}

/// What an observation status is called in `CL_OBS_STATUS`.
pub(super) fn status_name(code: &str) -> &'static str {
    match code {
        "A" => "Normal value",
        "B" => "Time series break",
        "D" => "Definition differs",
        "E" => "Estimated value",
        "F" => "Forecast value",
        "G" => "Experimental value",
        "I" => "Value imputed by a receiving agency",
        "P" => "Provisional value",
        "U" => "Low reliability",
        "V" => "Unvalidated value",
        "N" => "Not significant",
        "H" => "Missing value; holiday or weekend",
        "L" => "Missing value; data exist but were not collected",
        "M" => "Missing value; data cannot exist",
        "Q" => "Missing value; suppressed",
        _ => "Missing value",
    }
}

/// What the other codes are called: of precision, valuation, scope, and those of SDMX for any list.
pub(super) fn name(code: &str) -> &str {
    match code {
        "EXACT" => "Published to the last cent that matters",
        "ROUNDED" => "Rounded to a stated unit",
        "LOWER_BOUND" => "At least this much",
        "FOB" => "Free on board",
        "CIF" => "Cost, insurance and freight",
        "G" => "Goods",
        "GS" => "Goods and services",
        WHOLE => "Total",
        NOT_APPLICABLE => "Not applicable",
        UNSPECIFIED => "Not stated",
        other => other,
    }
}
