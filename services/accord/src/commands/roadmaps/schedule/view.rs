//! How a schedule is shown.

use accord_proto::google::r#type::Date;
use accord_proto::roadmaps::v1::{
    Schedule, ScheduleProgress, ScheduleViolation, ScheduleViolationKind, ScheduleWarning,
    ScheduleWarningKind, ScheduledMeasure,
};

use crate::render::{Answer, Block, Column, Page, Sheet, Table, View, value};

/// Shows a schedule, or what slips.
pub(super) fn view(schedule: &Schedule) -> View {
    let mut page = Page::new(vec![Block::Pairs(summary(schedule))]);
    for warning in &schedule.warnings {
        page.push(Block::Point(warned(warning)));
    }
    if schedule.measures.is_empty() {
        page.push(Block::Text("No measures to show.".into()));
    } else if schedule.what_if.is_some() {
        page.push(Block::Heading("What slips".into()));
        page.push(Block::Table(slips(schedule)));
    } else {
        page.push(Block::Heading("Measures".into()));
        page.push(Block::Table(table(schedule)));
    }
    View {
        answer: Answer::list(schedule, "measures"),
        page,
        sheet: sheet(schedule),
    }
}

fn summary(schedule: &Schedule) -> Vec<(&'static str, String)> {
    let ids = |names: &[String]| {
        let ids: Vec<&str> = names.iter().map(|name| value::id(name)).collect();
        ids.join(" -> ")
    };
    let mut pairs = vec![
        ("Roadmap", value::id(&schedule.roadmap).to_owned()),
        (
            "Counts as done",
            value::words(schedule.basis().as_str_name(), "SCHEDULE_BASIS_"),
        ),
        ("Data date", value::date(schedule.effective_date.as_ref())),
        (
            "Earliest",
            span(schedule.start_date.as_ref(), schedule.finish_date.as_ref()),
        ),
        ("Measures", schedule.measure_count.to_string()),
        ("Dependencies", schedule.dependency_count.to_string()),
        ("Critical", schedule.critical_count.to_string()),
        ("Starts overdue", schedule.start_overdue_count.to_string()),
        ("With violations", schedule.violated_count.to_string()),
        ("Critical path", ids(&schedule.critical_path)),
    ];
    if let Some(outcome) = &schedule.what_if {
        let finish = value::date(outcome.finish_date.as_ref());
        pairs.push((
            "If it slips",
            format!(
                "{} by {} working days",
                value::id(&outcome.measure),
                outcome.slip_days
            ),
        ));
        pairs.push((
            "Earliest end then",
            format!("{finish} ({} days later)", outcome.finish_delay_days),
        ));
        pairs.push(("Measures that slip", outcome.slipped_count.to_string()));
        pairs.push((
            "Deadlines missed",
            outcome.missed_deadline_count.to_string(),
        ));
    }
    pairs
}

fn warned(warning: &ScheduleWarning) -> String {
    let count = warning.measure_count;
    let (measures, have, depend) = match count {
        1 => ("measure", "has", "depends"),
        _ => ("measures", "have", "depend"),
    };
    let party = &warning.party;
    match warning.kind() {
        ScheduleWarningKind::DurationsAssumed => {
            format!(
                "{count} {measures} {have} neither a start nor a duration: one working day is counted, the least there is"
            )
        }
        ScheduleWarningKind::PredecessorsCancelled => {
            format!(
                "{count} {measures} {depend} on what binds them no more: cancelled, carried over, or replaced by what waits for them"
            )
        }
        ScheduleWarningKind::CalendarPartlyUnknown => {
            format!(
                "{party}: not all holidays and moved working days of these years are known; weekends and fixed holidays are counted"
            )
        }
        ScheduleWarningKind::CalendarUnknown => {
            format!("{party}: no calendar is known; only weekends are counted")
        }
        ScheduleWarningKind::Unspecified => String::new(),
    }
}

fn table(schedule: &Schedule) -> Table {
    let mut table = Table::new(vec![
        Column::number("NO"),
        Column::text("MEASURE"),
        Column::number("DAYS"),
        Column::text("EARLIEST"),
        Column::text("LATEST"),
        Column::number("SLACK"),
        Column::number("FREE"),
        Column::number("TO DEADLINE"),
    ]);
    for measure in &schedule.measures {
        let mark = if measure.critical { "*" } else { "" };
        let row = vec![
            measure.order_number.to_string(),
            format!("{}{mark}", value::id(&measure.measure)),
            measure.duration_days.to_string(),
            span(
                measure.early_start_date.as_ref(),
                measure.early_finish_date.as_ref(),
            ),
            span(
                measure.late_start_date.as_ref(),
                measure.late_finish_date.as_ref(),
            ),
            days(measure.total_slack_days),
            days(measure.free_slack_days),
            days(measure.deadline_slack_days),
        ];
        let notes = notes(measure);
        let notes: Vec<&str> = notes.iter().map(String::as_str).collect();
        table.push_with_notes(row, &notes);
    }
    table
}

/// What there is to say of a measure beside its days.
fn notes(measure: &ScheduledMeasure) -> Vec<String> {
    let mut notes = Vec::new();
    match measure.progress() {
        ScheduleProgress::Started => notes.push("begun".to_owned()),
        ScheduleProgress::Finished => notes.push("done".to_owned()),
        ScheduleProgress::NotStarted | ScheduleProgress::Unspecified => {}
    }
    if measure.start_overdue {
        notes.push("should have begun".to_owned());
    }
    notes.extend(measure.violations.iter().map(violated));
    notes
}

fn violated(violation: &ScheduleViolation) -> String {
    let planned = value::date(violation.planned_date.as_ref());
    let required = value::date(violation.required_date.as_ref());
    match violation.kind() {
        ScheduleViolationKind::DeadlineUnreachable => {
            format!("the deadline {planned} cannot be kept: {required} at the earliest")
        }
        ScheduleViolationKind::PlannedDates | ScheduleViolationKind::Unspecified => {
            let kind = value::words(
                violation.dependency_kind().as_str_name(),
                "DEPENDENCY_KIND_",
            );
            let predecessor = value::id(&violation.predecessor);
            format!(
                "planned for {planned}, but {predecessor} ({kind}) allows {required} at the earliest"
            )
        }
    }
}

fn slips(schedule: &Schedule) -> Table {
    let mut table = Table::new(vec![
        Column::number("NO"),
        Column::text("MEASURE"),
        Column::text("EARLIEST"),
        Column::text("THEN"),
        Column::number("SLIPS"),
        Column::text("DEADLINE"),
    ]);
    for measure in &schedule.measures {
        let slip = measure.slip.unwrap_or_default();
        let deadline = value::date(measure.deadline_date.as_ref());
        let missed = if slip.misses_deadline { " missed" } else { "" };
        table.push(vec![
            measure.order_number.to_string(),
            value::id(&measure.measure).to_owned(),
            span(
                measure.early_start_date.as_ref(),
                measure.early_finish_date.as_ref(),
            ),
            span(
                slip.early_start_date.as_ref(),
                slip.early_finish_date.as_ref(),
            ),
            slip.slip_days.to_string(),
            format!("{deadline}{missed}"),
        ]);
    }
    table
}

fn sheet(schedule: &Schedule) -> Sheet {
    let mut sheet = Sheet::new(&[
        "measure",
        "order_number",
        "progress",
        "duration_days",
        "duration_basis",
        "early_start_date",
        "early_finish_date",
        "late_start_date",
        "late_finish_date",
        "total_slack_days",
        "free_slack_days",
        "critical",
        "must_start_date",
        "must_finish_date",
        "deadline_slack_days",
        "start_overdue",
        "deadline_date",
        "driving_predecessor",
        "slip_days",
        "violations",
    ]);
    for measure in &schedule.measures {
        let violations: Vec<String> = measure.violations.iter().map(violated).collect();
        sheet.push(vec![
            measure.measure.clone(),
            measure.order_number.to_string(),
            value::words(measure.progress().as_str_name(), "SCHEDULE_PROGRESS_"),
            measure.duration_days.to_string(),
            value::words(measure.duration_basis().as_str_name(), "DURATION_BASIS_"),
            value::date(measure.early_start_date.as_ref()),
            value::date(measure.early_finish_date.as_ref()),
            value::date(measure.late_start_date.as_ref()),
            value::date(measure.late_finish_date.as_ref()),
            days(measure.total_slack_days),
            days(measure.free_slack_days),
            measure.critical.to_string(),
            value::date(measure.must_start_date.as_ref()),
            value::date(measure.must_finish_date.as_ref()),
            days(measure.deadline_slack_days),
            measure.start_overdue.to_string(),
            value::date(measure.deadline_date.as_ref()),
            measure.driving_predecessor.clone(),
            measure
                .slip
                .map_or(String::new(), |slip| slip.slip_days.to_string()),
            violations.join("; "),
        ]);
    }
    sheet
}

fn days(days: Option<i32>) -> String {
    days.map_or(String::new(), |days| days.to_string())
}

/// Two days; the second without its year where that is the same.
fn span(first: Option<&Date>, last: Option<&Date>) -> String {
    match (first, last) {
        (Some(first), Some(end)) if first.year == end.year => {
            format!(
                "{} – {:02}-{:02}",
                value::date(Some(first)),
                end.month,
                end.day
            )
        }
        (Some(_), Some(_)) => format!("{} – {}", value::date(first), value::date(last)),
        _ => format!("{}{}", value::date(first), value::date(last)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_is_written_once() {
        let day = |year, month, day| Date { year, month, day };
        let (first, last) = (day(2025, 1, 2), day(2025, 12, 31));
        assert_eq!(span(Some(&first), Some(&last)), "2025-01-02 – 12-31");
        assert_eq!(
            span(Some(&first), Some(&day(2026, 1, 1))),
            "2025-01-02 – 2026-01-01"
        );
        assert_eq!(span(None, Some(&last)), "2025-12-31");
        assert_eq!(span(None, None), "");
    }
}
