//! The explanation of a figure for people, and its published figures as rows.

use std::collections::HashMap;

use accord_proto::trade::v1::{
    ExplainFigureResponse, FigureCell, FigureStep, Observation, OtherFigure, Qualifier,
    other_figure::Reason,
};

use crate::commands::trade::groups::{self, edition, flow, number, period};
use crate::commands::trade::uses;
use crate::render::{Answer, Block, Column, Page, Sheet, Table, View, value};

pub(super) fn of(answer: &ExplainFigureResponse) -> View {
    let outline = outline(&answer.steps);
    let mut page = Page::new(vec![
        Block::Heading(heading(answer)),
        Block::Pairs(vec![
            ("USD", amount(answer)),
            ("Known as", known_as(answer)),
        ]),
        Block::Heading("How it was computed".into()),
        Block::Table(steps(&answer.steps, &outline)),
    ]);
    if !answer.cells.is_empty() {
        page.push(Block::Heading("The published figures".into()));
        page.push(Block::Table(cells(&answer.cells, &outline)));
    }
    let shown = i64::try_from(answer.cells.len()).unwrap_or(i64::MAX);
    if shown < answer.total_size {
        let total = answer.total_size;
        page.push(Block::Text(format!(
            "{shown} of {total} published figures are shown; --limit shows more."
        )));
    }
    if answer.unsearched_release_count > 0 {
        page.push(Block::Text(format!(
            "{} older releases were not searched for other figures.",
            answer.unsearched_release_count
        )));
    }
    let warnings = answer.warnings.iter();
    uses::push_warnings(
        &mut page,
        warnings.map(|warning| (String::new(), warning.description.clone())),
    );
    uses::push_releases(&mut page, &answer.releases);
    View {
        answer: Answer::list(answer, "cells"),
        page,
        sheet: sheet(answer, &outline),
    }
}

fn heading(answer: &ExplainFigureResponse) -> String {
    let group = groups::key(answer.group.as_ref());
    let group = if group.is_empty() {
        group
    } else {
        format!(", {group}")
    };
    format!(
        "Trade {}-{} in {}{group}, as known at {}",
        answer.reporter,
        answer.partner,
        answer.period.as_ref().map_or(String::new(), period),
        value::instant(answer.known_time.as_ref())
    )
}

fn amount(answer: &ExplainFigureResponse) -> String {
    let cents = answer.value_cents;
    cents.map_or_else(|| "-".to_owned(), value::exact_dollars)
}

fn known_as(answer: &ExplainFigureResponse) -> String {
    match (answer.value_cents, answer.qualifier()) {
        (None, _) => value::words(answer.missing_reason().as_str_name(), "MISSING_REASON_"),
        (_, Qualifier::Rounded) => {
            format!("± {}", value::exact_dollars(answer.uncertainty_cents))
        }
        (_, qualifier) => value::words(qualifier.as_str_name(), "QUALIFIER_"),
    }
}

/// The numbers of steps as those of a tree: 1, 1.1, 1.2, 1.2.1.
fn outline(steps: &[FigureStep]) -> HashMap<i32, String> {
    let mut outline: HashMap<i32, String> = HashMap::new();
    let mut children: HashMap<i32, usize> = HashMap::new();
    for step in steps {
        let place = children.entry(step.parent).or_default();
        *place += 1;
        let own = match outline.get(&step.parent) {
            Some(parent) => format!("{parent}.{place}"),
            None => place.to_string(),
        };
        outline.insert(step.number, own);
    }
    outline
}

fn steps(steps: &[FigureStep], outline: &HashMap<i32, String>) -> Table {
    let mut table = Table::new(vec![
        Column::text("STEP"),
        Column::prose("WHAT"),
        Column::number("USD"),
    ]);
    for step in steps {
        let own = outline.get(&step.number).cloned().unwrap_or_default();
        let cents = step
            .value_cents
            .map(|cents| if step.subtracted { -cents } else { cents });
        let notes: Vec<String> = step.other_figures.iter().map(other).collect();
        let notes: Vec<&str> = notes.iter().map(String::as_str).collect();
        let row = vec![
            own,
            step.description.clone(),
            cents.map_or_else(|| "-".to_owned(), value::exact_dollars),
        ];
        table.push_with_notes(row, &notes);
    }
    table
}

fn cells(cells: &[FigureCell], outline: &HashMap<i32, String>) -> Table {
    let mut table = Table::new(vec![
        Column::text("STEP"),
        Column::text("PERIOD"),
        Column::text("FLOW"),
        Column::text("COMMODITY"),
        Column::number("USD"),
        Column::prose("AS PUBLISHED"),
        Column::prose("RELEASE"),
    ]);
    for cell in cells {
        let figure = cell.observation.clone().unwrap_or_default();
        let notes: Vec<String> = cell.other_figures.iter().map(other).collect();
        let notes: Vec<&str> = notes.iter().map(String::as_str).collect();
        let cents = figure
            .value_cents
            .map(|cents| if cell.subtracted { -cents } else { cents });
        let row = vec![
            outline.get(&cell.step).cloned().unwrap_or_default(),
            figure.period.as_ref().map_or(String::new(), period),
            flow(figure.flow()),
            commodity(&figure),
            cents.map_or_else(|| "-".to_owned(), value::exact_dollars),
            words(&figure),
            value::id(&cell.release).to_owned(),
        ];
        table.push_with_notes(row, &notes);
    }
    table
}

fn commodity(figure: &Observation) -> String {
    let text = format!("{} {}", figure.commodity, edition(figure.hs_edition()));
    format!("{} {}", text.trim(), figure.region)
        .trim()
        .to_owned()
}

/// The words of the publication.
fn words(figure: &Observation) -> String {
    let precision = figure.precision.as_ref();
    precision.map_or_else(String::new, |precision| precision.as_published.clone())
}

/// A figure that was not taken, in one line.
fn other(other: &OtherFigure) -> String {
    let figure = other.observation.clone().unwrap_or_default();
    let day = |time: &Option<prost_types::Timestamp>| {
        let instant = value::instant(time.as_ref());
        let day = instant.split(' ').next().unwrap_or_default();
        day.to_owned()
    };
    let later = value::id(&other.later_release);
    let why = match other.reason() {
        Reason::Unspecified => String::new(),
        Reason::NotYetPublished => format!("published on {}", day(&other.publish_time)),
        Reason::Withdrawn => format!("withdrawn on {}", day(&other.withdraw_time)),
        Reason::NotYetRecorded => "not yet recorded".to_owned(),
        Reason::Superseded => format!("superseded by {later}"),
        Reason::Removed => format!("removed by {later}"),
        Reason::PublishedAsMissing => "published as missing".to_owned(),
        Reason::NotUsed => "not used".to_owned(),
    };
    let said = match (figure.value_cents, words(&figure)) {
        (None, words) if words.is_empty() => "no value".to_owned(),
        (Some(cents), words) if words.is_empty() => value::exact_dollars(cents),
        (_, words) => format!("\"{words}\""),
    };
    let period = figure.period.as_ref().map_or(String::new(), period);
    format!(
        "{} has {said} for {period}: {why}",
        value::id(&other.release)
    )
}

fn sheet(answer: &ExplainFigureResponse, outline: &HashMap<i32, String>) -> Sheet {
    let mut sheet = Sheet::new(&[
        "step",
        "kind",
        "release",
        "reporter",
        "partner",
        "flow",
        "period",
        "commodity",
        "hs_edition",
        "region",
        "value_cents",
        "subtracted",
        "net_weight_grams",
        "status",
        "qualifier",
        "unit_cents",
        "as_published",
        "reason",
        "later_release",
    ]);
    let mut push =
        |step: i32, kind: &str, release: &str, figure: &Observation, rest: [String; 3]| {
            let precision = figure.precision.clone().unwrap_or_default();
            let [subtracted, reason, later] = rest;
            sheet.push(vec![
                outline.get(&step).cloned().unwrap_or_default(),
                kind.to_owned(),
                release.to_owned(),
                figure.reporter.clone(),
                figure.partner.clone(),
                flow(figure.flow()),
                figure.period.as_ref().map_or(String::new(), period),
                figure.commodity.clone(),
                edition(figure.hs_edition()).to_owned(),
                figure.region.clone(),
                number(figure.value_cents),
                subtracted,
                number(figure.net_weight_grams),
                value::words(figure.status().as_str_name(), "OBSERVATION_STATUS_"),
                value::words(precision.qualifier().as_str_name(), "QUALIFIER_"),
                precision.unit_cents.to_string(),
                precision.as_published,
                reason,
                later,
            ]);
        };
    let push_others = |push: &mut Push<'_>, step: i32, others: &[OtherFigure]| {
        for other in others {
            let figure = other.observation.clone().unwrap_or_default();
            let reason = value::words(other.reason().as_str_name(), "REASON_");
            let rest = [String::new(), reason, other.later_release.clone()];
            push(step, "other", &other.release, &figure, rest);
        }
    };
    for step in &answer.steps {
        push_others(&mut push, step.number, &step.other_figures);
    }
    for cell in &answer.cells {
        let figure = cell.observation.clone().unwrap_or_default();
        let rest = [cell.subtracted.to_string(), String::new(), String::new()];
        push(cell.step, "taken", &cell.release, &figure, rest);
        push_others(&mut push, cell.step, &cell.other_figures);
    }
    sheet
}

/// Writes a line for a figure: of a step, what it is, its release, and what comes last.
type Push<'a> = dyn FnMut(i32, &str, &str, &Observation, [String; 3]) + 'a;

#[cfg(test)]
mod tests {
    use accord_proto::trade::v1::{Flow, Period, Precision, Window, figure_step::Operation};

    use super::*;
    use crate::render::Format;

    fn figure(month: i32, cents: i64, words: &str) -> Observation {
        Observation {
            reporter: "XA".into(),
            partner: "XB".into(),
            flow: Flow::Export.into(),
            commodity: "TOTAL".into(),
            period: Some(Period {
                window: Window::JanuaryToMonth.into(),
                year: 2024,
                month,
            }),
            value_cents: Some(cents),
            precision: Some(Precision {
                as_published: words.into(),
                ..Precision::default()
            }),
            ..Observation::default()
        }
    }

    #[test]
    fn steps_are_a_tree_and_figures_keep_their_words() {
        let step = |number, parent, cents, description: &str| FigureStep {
            number,
            parent,
            operation: Operation::Published.into(),
            description: description.into(),
            value_cents: Some(cents),
            subtracted: number == 3,
            cell_count: 1,
            ..FigureStep::default()
        };
        let answer = ExplainFigureResponse {
            reporter: "XA".into(),
            partner: "XB".into(),
            value_cents: Some(30_000),
            qualifier: Qualifier::Exact.into(),
            total_size: 3,
            steps: vec![
                step(1, 0, 30_000, "less"),
                step(2, 1, 70_000, "longer"),
                step(3, 1, 40_000, "shorter"),
            ],
            cells: vec![FigureCell {
                observation: Some(figure(2, 70_000, "some 700 dollars")),
                release: "partnerships/xa-xb/releases/second".into(),
                step: 2,
                other_figures: vec![OtherFigure {
                    observation: Some(figure(2, 60_000, "")),
                    release: "partnerships/xa-xb/releases/first".into(),
                    reason: Reason::Superseded.into(),
                    later_release: "partnerships/xa-xb/releases/second".into(),
                    ..OtherFigure::default()
                }],
                ..FigureCell::default()
            }],
            ..ExplainFigureResponse::default()
        };
        let written = |format| {
            let mut out = Vec::new();
            of(&answer).write(format, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(
            written(Format::Table),
            "\
Trade XA-XB in , as known at
USD       300.00
Known as  exact

How it was computed
STEP  WHAT         USD
1     less      300.00
1.1   longer    700.00
1.2   shorter  -400.00

The published figures
STEP  PERIOD           FLOW    COMMODITY     USD  AS PUBLISHED      RELEASE
1.1   2024-01/2024-02  export  TOTAL      700.00  some 700 dollars  second
    first has 600.00 for 2024-01/2024-02: superseded by second
1 of 3 published figures are shown; --limit shows more.
"
        );
        let csv = written(Format::Csv);
        assert!(
            csv.contains("1.1,taken,partnerships/xa-xb/releases/second,XA,XB,export,"),
            "{csv}"
        );
        assert!(
            csv.contains("1.1,other,partnerships/xa-xb/releases/first,"),
            "{csv}"
        );
    }
}
