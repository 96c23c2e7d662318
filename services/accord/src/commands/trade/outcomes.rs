//! What became of a target, and of the targets whose place it has taken.

use accord_proto::trade::v1::{Qualifier, Target, TargetOutcome, TargetProgress, target_outcome};

use crate::render::{Block, Column, Page, Table, value};

/// Adds how far the target and earlier ones were missed, if any of them has ended.
pub(super) fn push(page: &mut Page, progress: &TargetProgress) {
    let mut table = Table::new(vec![
        Column::text("TARGET"),
        Column::text("ENDED"),
        Column::number("SET (M USD)"),
        Column::number("REACHED (M USD)"),
        Column::text("IN"),
        Column::number("SHARE"),
        Column::number("MISSED BY (M USD)"),
    ]);
    let mut rows = 0;
    let mut add = |target: &Target, outcomes: &[TargetOutcome]| {
        for outcome in outcomes {
            table.push(row(target, outcome));
            rows += 1;
        }
    };
    if let Some(target) = &progress.target {
        add(target, &progress.outcomes);
    }
    for earlier in &progress.earlier_targets {
        if let Some(target) = &earlier.target {
            add(target, &earlier.outcomes);
        }
    }
    if rows > 0 {
        page.push(Block::Heading(
            "What became of it and of earlier targets".into(),
        ));
        page.push(Block::Table(table));
    }
}

fn row(target: &Target, outcome: &TargetOutcome) -> Vec<String> {
    let occasion = match outcome.occasion() {
        target_outcome::Occasion::Superseded => "superseded",
        target_outcome::Occasion::Due => "due",
        target_outcome::Occasion::Unspecified => "",
    };
    let money = |cents: Option<i64>| cents.map_or("not known".to_owned(), value::million_dollars);
    let bound = match outcome.qualifier() {
        Qualifier::LowerBound => "> ",
        Qualifier::Unspecified | Qualifier::Exact | Qualifier::Rounded => "",
    };
    vec![
        value::id(&target.name).to_owned(),
        format!("{occasion} {}", value::date(outcome.date.as_ref())),
        value::million_dollars(target.value_cents),
        format!("{bound}{}", money(outcome.attained_cents)),
        match outcome.measured_year {
            0 => String::new(),
            year => year.to_string(),
        },
        outcome
            .attained_share_ppm
            .map_or_else(String::new, value::percent),
        money(outcome.missed_by_cents),
    ]
}
