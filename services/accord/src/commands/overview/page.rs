//! The overview as text for people.

use accord_proto::overview::v1::{
    DeadlinesOverview, DocumentsOverview, MeasureDeadline, Overview, RoadmapsOverview,
    TradeOverview,
};
use accord_proto::roadmaps::v1::Tally;
use accord_proto::trade::v1::{Measurement, Qualifier};

use crate::commands::documents::state as document_state;
use crate::commands::roadmaps::sides_in_short;
use crate::commands::trade::method;
use crate::render::{Block, Column, Page, Table, value};

/// What the marks in tables of money mean.
const LEGEND: &str =
    "* as the target defines it; ~ rounded by its publisher; > published as \"more than\"";

/// Lays the overview out, top to bottom.
pub(super) fn of(overview: &Overview) -> Page {
    let mut page = Page::new(vec![Block::Text(heading(overview))]);
    if let Some(documents) = &overview.documents {
        push_documents(&mut page, documents);
    }
    if let Some(trade) = &overview.trade {
        push_trade(&mut page, trade);
    }
    if let Some(roadmaps) = &overview.roadmaps {
        push_roadmaps(&mut page, roadmaps);
    }
    if let Some(deadlines) = &overview.deadlines {
        push_deadlines(&mut page, deadlines);
    }
    if !overview.missing_parts.is_empty() {
        page.push(Block::Heading("Missing".into()));
    }
    for missing in &overview.missing_parts {
        let part = value::words(missing.part().as_str_name(), "OVERVIEW_PART_");
        page.push(Block::Point(format!(
            "{part}: {} ({})",
            missing.message, missing.reason
        )));
    }
    page
}

fn heading(overview: &Overview) -> String {
    let name = overview.documents.as_ref().map_or_else(
        || overview.name.trim_end_matches("/overview").to_owned(),
        |documents| documents.partnership_display_name.clone(),
    );
    format!(
        "{name}, on {}, as known at {}",
        value::date(overview.effective_date.as_ref()),
        value::instant(overview.known_time.as_ref())
    )
}

fn push_documents(page: &mut Page, documents: &DocumentsOverview) {
    let declared = documents
        .declared_document_count
        .map_or(String::new(), |declared| {
            format!(
                ", {} of the {declared} that were declared",
                documents.registered_document_count
            )
        });
    page.push(Block::Heading(format!(
        "Documents: {} registered{declared}",
        documents.document_count
    )));
    let states: Vec<String> = documents
        .state_counts
        .iter()
        .map(|count| format!("{} {}", count.count, document_state(count.state())))
        .collect();
    page.push(Block::Text(states.join("; ")));
    let mut table = Table::new(vec![
        Column::text("DOCUMENT"),
        Column::text("STATE"),
        Column::text("SINCE"),
        Column::brief("TITLE"),
    ]);
    for document in &documents.documents {
        table.push(vec![
            value::id(&document.document).to_owned(),
            document_state(document.state()),
            value::date(document.state_start_date.as_ref()),
            document.title.clone(),
        ]);
    }
    page.push(Block::Table(table));
}

fn push_trade(page: &mut Page, trade: &TradeOverview) {
    if let Some(target) = &trade.target {
        page.push(Block::Heading(format!(
            "Trade target: {} million dollars by {}, adopted {}",
            value::million_dollars(target.value_cents),
            value::date(target.due_date.as_ref()),
            value::date(target.adopt_date.as_ref())
        )));
        page.push(Block::Table(standings(trade)));
        page.push(Block::Text(LEGEND.to_owned()));
    } else {
        page.push(Block::Heading("Trade target: none".into()));
    }
    if !trade.turnovers.is_empty() {
        page.push(Block::Heading(
            "Turnover, latest year by each method".into(),
        ));
        page.push(Block::Table(turnovers(trade)));
    }
}

fn standings(trade: &TradeOverview) -> Table {
    let mut table = Table::new(vec![
        Column::text("MEASURED"),
        Column::text("YEAR"),
        Column::number("USD MILLION"),
        Column::number("OF TARGET"),
        Column::number("NEEDED A YEAR"),
        Column::number("SO FAR A YEAR"),
    ]);
    let percent = |ppm: Option<i64>| ppm.map_or(String::new(), value::percent);
    for standing in &trade.standings {
        let year = match standing.measured_year {
            0 => String::new(),
            year => year.to_string(),
        };
        let mark = if standing.defined_by_target { " *" } else { "" };
        table.push(vec![
            format!("{}{mark}", measured(standing.measurement.as_ref())),
            year,
            amount(standing.attained_cents, standing.qualifier()),
            percent(standing.attained_share_ppm),
            percent(standing.required_growth_ppm),
            percent(standing.growth_so_far_ppm),
        ]);
    }
    table
}

fn turnovers(trade: &TradeOverview) -> Table {
    let mut table = Table::new(vec![
        Column::text("METHOD"),
        Column::text("YEAR"),
        Column::number("USD MILLION"),
        Column::number("ON YEAR BEFORE"),
        Column::prose("RELEASES"),
    ]);
    for figure in &trade.turnovers {
        let releases: Vec<&str> = figure.releases.iter().map(|name| value::id(name)).collect();
        table.push(vec![
            measured(figure.measurement.as_ref()),
            figure.year.to_string(),
            amount(Some(figure.value_cents), figure.qualifier()),
            figure
                .growth_on_previous_ppm
                .map_or(String::new(), value::percent),
            releases.join(", "),
        ]);
    }
    table
}

pub(super) fn measured(measurement: Option<&Measurement>) -> String {
    measurement.map_or(String::new(), |measurement| {
        method(measurement.turnover_method(), &measurement.reporter)
    })
}

/// An amount with a mark for what is not exact: `~` rounded, `>` more than.
fn amount(cents: Option<i64>, qualifier: Qualifier) -> String {
    let mark = match qualifier {
        Qualifier::Unspecified | Qualifier::Exact => "",
        Qualifier::Rounded => "~",
        Qualifier::LowerBound => ">",
    };
    cents.map_or("-".to_owned(), |cents| {
        format!("{mark}{}", value::million_dollars(cents))
    })
}

fn push_roadmaps(page: &mut Page, overview: &RoadmapsOverview) {
    page.push(Block::Heading(format!(
        "Roadmaps: {}",
        overview.roadmaps.len()
    )));
    let mut table = Table::new(vec![
        Column::text("ROADMAP"),
        Column::text("STATE"),
        Column::number("MEASURES"),
        Column::number("CLAIMED"),
        Column::number("ATTESTED"),
        Column::number("OVERDUE"),
    ]);
    for roadmap in &overview.roadmaps {
        let figures = roadmap.figures.unwrap_or_default();
        let count = |tally: Option<Tally>| tally.map_or(0, |tally| tally.count).to_string();
        let row = vec![
            value::id(&roadmap.roadmap).to_owned(),
            value::words(roadmap.state().as_str_name(), "ROADMAP_STATE_"),
            count(figures.agreed),
            count(figures.activity),
            count(figures.attested),
            count(figures.overdue),
        ];
        table.push_with_notes(row, &[&sides_in_short(&roadmap.sides)]);
    }
    page.push(Block::Table(table));
}

fn push_deadlines(page: &mut Page, deadlines: &DeadlinesOverview) {
    for (heading, measures) in [
        ("Missed deadlines", &deadlines.missed_deadlines),
        ("Next deadlines", &deadlines.next_deadlines),
    ] {
        if !measures.is_empty() {
            page.push(Block::Heading(heading.to_owned()));
            page.push(Block::Table(measures_by_deadline(measures)));
        }
    }
}

fn measures_by_deadline(measures: &[MeasureDeadline]) -> Table {
    let mut table = Table::new(vec![
        Column::text("LAST DAY"),
        Column::number("DAYS"),
        Column::text("STATE"),
        Column::prose("MEASURE"),
    ]);
    for measure in measures {
        table.push(vec![
            value::date(measure.last_day.as_ref()),
            measure.days_remaining.to_string(),
            value::words(measure.state().as_str_name(), "MEASURE_STATE_"),
            measure.title.clone(),
        ]);
    }
    table
}
