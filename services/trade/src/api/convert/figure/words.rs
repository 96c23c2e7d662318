//! The steps of a figure in words.

use jiff::civil::Date;

use crate::domain::{
    cell::Flow,
    figure::{Operation, Step, Terms},
    vintage::Absence,
};

/// Says what a step does.
pub(super) fn describe(step: &Step) -> String {
    let (side, when) = (side(step), when(step));
    match step.operation {
        Operation::Sum(terms) => {
            let parts = parts(terms);
            format!("{side} {when}: {parts} added up")
        }
        Operation::Difference => {
            format!(
                "{side} {when}: of one release, the longer figure from January on less the shorter"
            )
        }
        Operation::Published if step.cells == 1 => format!("{side} {when}, as published"),
        Operation::Published => {
            let cells = step.cells;
            format!("{side} {when}: {cells} figures published for exactly these months added up")
        }
        Operation::MonthsOfYear(partial) => {
            let cells = step.cells;
            let doubt = if partial {
                "; months may be missing"
            } else {
                ""
            };
            format!("{side} {when}: {cells} figures of single months added up{doubt}")
        }
        Operation::Nothing => {
            format!(
                "{side} {when}: nothing, because what a complete release covers and does not have is nothing"
            )
        }
        Operation::Missing(Some(known)) => {
            let months = i32::from(step.days.1.month()) - i32::from(step.days.0.month()) + 1;
            format!("{side} {when}: missing, only {known} of its {months} months are known")
        }
        Operation::Missing(None) => {
            let why = step.absence.map_or("it is not known", why);
            format!("{side} {when}: missing, {why}")
        }
    }
}

fn parts(terms: Terms) -> String {
    match terms {
        Terms::Flows => "exports and imports".to_owned(),
        Terms::Parties => "both parties, each as it reports them,".to_owned(),
        Terms::Years => "the parts of both calendar years".to_owned(),
        Terms::Quarters(count) => format!("{count} quarters"),
        Terms::Months(count) => format!("{count} months"),
    }
}

/// Why there is no figure.
fn why(absence: Absence) -> &'static str {
    match absence {
        Absence::NotPublished => "no release that counts has a figure",
        Absence::NotDecumulable => {
            "no release that counts has both cumulative figures that a difference needs"
        }
        Absence::LengthsDiffer => {
            "of the cumulative sums that a difference needs one was published by coarser codes than the other"
        }
        Absence::Removed => "a later complete release does not have the figure any more",
        Absence::DifferenceUnusable => {
            "the difference of the cumulative figures would be negative or involves a lower bound"
        }
        Absence::PublishedAsMissing => "it was published as missing",
    }
}

/// Whose what: `exports of KZ`.
fn side(step: &Step) -> String {
    let flow = match step.flow {
        Some(Flow::Export) => "exports",
        Some(Flow::Import) => "imports",
        Some(Flow::ReExport) => "re-exports",
        Some(Flow::ReImport) => "re-imports",
        Some(Flow::Turnover) => "turnover",
        None => "trade",
    };
    if step.reporter.is_empty() {
        flow.to_owned()
    } else {
        format!("{flow} of {}", step.reporter)
    }
}

/// `in 2022`, `in 2022-05`, `from 2022-01 to 2022-11`.
fn when(step: &Step) -> String {
    let (first, last) = step.days;
    let month = |day: Date| format!("{:04}-{:02}", day.year(), day.month());
    if month(first) == month(last) {
        format!("in {}", month(first))
    } else if first.year() == last.year() && (first.month(), last.month()) == (1, 12) {
        format!("in {:04}", first.year())
    } else {
        format!("from {} to {}", month(first), month(last))
    }
}
