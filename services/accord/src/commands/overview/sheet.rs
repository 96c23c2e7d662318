//! The overview as rows of values: one for each figure, named by its part and subject.

use accord_proto::overview::v1::Overview;

use crate::render::{Sheet, value};

/// Lists every figure of the overview.
pub(super) fn of(overview: &Overview) -> Sheet {
    let mut sheet = Sheet::new(&["part", "subject", "figure", "value"]);
    let mut push = |part: &str, subject: &str, figure: &str, value: String| {
        if !value.is_empty() {
            sheet.push(vec![part.into(), subject.into(), figure.into(), value]);
        }
    };
    let number = |number: Option<i64>| number.map_or(String::new(), |number| number.to_string());
    for document in overview.documents.iter().flat_map(|part| &part.documents) {
        let state = crate::commands::documents::state(document.state());
        push("documents", &document.document, "state", state);
        let since = value::date(document.state_start_date.as_ref());
        push("documents", &document.document, "state_start_date", since);
    }
    for standing in overview.trade.iter().flat_map(|part| &part.standings) {
        let subject = super::page::measured(standing.measurement.as_ref());
        for (figure, value) in [
            ("measured_year", Some(standing.measured_year.into())),
            ("attained_cents", standing.attained_cents),
            ("attained_share_ppm", standing.attained_share_ppm),
            ("required_growth_ppm", standing.required_growth_ppm),
            ("growth_so_far_ppm", standing.growth_so_far_ppm),
        ] {
            push("target", &subject, figure, number(value));
        }
    }
    for turnover in overview.trade.iter().flat_map(|part| &part.turnovers) {
        let subject = super::page::measured(turnover.measurement.as_ref());
        push("turnover", &subject, "year", turnover.year.to_string());
        let value = number(Some(turnover.value_cents));
        push("turnover", &subject, "value_cents", value);
    }
    for roadmap in overview.roadmaps.iter().flat_map(|part| &part.roadmaps) {
        let figures = roadmap.figures.unwrap_or_default();
        for (figure, tally) in [
            ("agreed_count", figures.agreed),
            ("activity_count", figures.activity),
            ("attested_count", figures.attested),
            ("overdue_count", figures.overdue),
        ] {
            let count = tally.map_or(0, |tally| tally.count).to_string();
            push("roadmaps", &roadmap.roadmap, figure, count);
        }
    }
    for missing in &overview.missing_parts {
        let part = value::words(missing.part().as_str_name(), "OVERVIEW_PART_");
        push("missing", &part, "reason", missing.reason.clone());
    }
    sheet
}
