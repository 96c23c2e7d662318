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
        let state = value::words(document.state().as_str_name(), "DOCUMENT_STATE_");
        push("documents", &document.document, "state", state);
        let since = value::date(document.state_start_date.as_ref());
        push("documents", &document.document, "state_start_date", since);
    }
    for trade in &overview.trade {
        for standing in &trade.standings {
            let subject = super::page::measured(standing.measurement.as_ref());
            push(
                "target",
                &subject,
                "measured_year",
                standing.measured_year.to_string(),
            );
            push(
                "target",
                &subject,
                "attained_cents",
                number(standing.attained_cents),
            );
            push(
                "target",
                &subject,
                "attained_share_ppm",
                number(standing.attained_share_ppm),
            );
            push(
                "target",
                &subject,
                "required_growth_ppm",
                number(standing.required_growth_ppm),
            );
            push(
                "target",
                &subject,
                "growth_so_far_ppm",
                number(standing.growth_so_far_ppm),
            );
        }
        for figure in &trade.turnovers {
            let subject = super::page::measured(figure.measurement.as_ref());
            push("turnover", &subject, "year", figure.year.to_string());
            push(
                "turnover",
                &subject,
                "value_cents",
                figure.value_cents.to_string(),
            );
        }
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
