//! How a reconciliation is shown.

use accord_proto::trade::v1::mirror_part::State;
use accord_proto::trade::v1::mirror_row::GapBound;
use accord_proto::trade::v1::series_warning::Kind;
use accord_proto::trade::v1::{
    ListMirrorCellsResponse, MirrorComponent, MirrorConvergence, MirrorFigure, MirrorPart,
    MirrorRow, Qualifier, ReconcileMirrorResponse,
};

use crate::commands::trade::{explanations, groups::period, uses};
use crate::render::{Answer, Block, Column, Page, Sheet, Table, View, value};

/// The parts that have a column where some row has an amount of them.
const PARTS: [(MirrorComponent, &str); 5] = [
    (MirrorComponent::Scope, "SCOPE"),
    (MirrorComponent::Valuation, "VALUATION"),
    (MirrorComponent::Timing, "TIMING"),
    (MirrorComponent::Classification, "CODES"),
    (MirrorComponent::OnlyOneSide, "ONE SIDE"),
];

/// Shows windows.
pub(super) fn windows(answer: &ReconcileMirrorResponse) -> View {
    let known = value::instant(answer.known_time.as_ref());
    let heading = format!(
        "Exports beside the other side's imports, {}-{}, million USD, as known at {known}",
        answer.reporter, answer.partner
    );
    let mut page = Page::new(vec![Block::Heading(heading)]);
    push_rows(&mut page, &answer.rows, "PERIOD", |row| {
        row.period.as_ref().map_or(String::new(), period)
    });
    push_convergence(&mut page, &answer.convergence);
    uses::push_releases(&mut page, &answer.releases);
    View {
        answer: Answer::list(answer, "rows"),
        page,
        sheet: sheet(&answer.rows),
    }
}

/// Shows cells.
pub(super) fn cells(answer: &ListMirrorCellsResponse, asked: &str) -> View {
    let known = value::instant(answer.known_time.as_ref());
    let heading = format!(
        "Exports beside the other side's imports, {asked}, {}-{}, million USD, as known at {known}",
        answer.reporter, answer.partner
    );
    let mut page = Page::new(vec![Block::Heading(heading)]);
    push_rows(&mut page, &answer.mirror_cells, "CODES", codes);
    let left = usize::try_from(answer.total_size)
        .unwrap_or_default()
        .saturating_sub(answer.mirror_cells.len());
    if left > 0 {
        page.push(Block::Text(format!("{left} more cells are not shown.")));
    }
    uses::push_releases(&mut page, &answer.releases);
    View {
        answer: Answer::list(answer, "mirror_cells"),
        page,
        sheet: sheet(&answer.mirror_cells),
    }
}

fn codes(row: &MirrorRow) -> String {
    row.commodities.join("+")
}

fn push_rows(page: &mut Page, rows: &[MirrorRow], first: &str, label: fn(&MirrorRow) -> String) {
    let shown: Vec<(MirrorComponent, &str)> = PARTS
        .into_iter()
        .filter(|(component, _)| {
            let mut parts = rows.iter().filter_map(|row| part(row, *component));
            parts.any(|part| part.amount_cents != 0)
        })
        .collect();
    let mut columns = vec![
        Column::text(first),
        Column::text("TRADE"),
        Column::number("EXPORTS"),
        Column::number("IMPORTS"),
        Column::number("GAP"),
        Column::number("OF MEAN"),
    ];
    columns.extend(shown.iter().map(|(_, title)| Column::number(*title)));
    columns.push(Column::number("UNEXPLAINED"));
    let mut table = Table::new(columns);
    for row in rows {
        let mut cells = vec![
            label(row),
            trade(row),
            figure(row.exports.as_ref()),
            figure(row.imports.as_ref()),
            gap(row),
            row.gap_ppm.map_or(String::new(), value::percent),
        ];
        let amount = |component| part(row, component).map_or(String::new(), amount);
        cells.extend(shown.iter().map(|(component, _)| amount(*component)));
        cells.push(amount(MirrorComponent::Unexplained));
        table.push(cells);
    }
    if rows.is_empty() {
        page.push(Block::Text("Neither side has a figure.".into()));
        return;
    }
    page.push(Block::Table(table));
    push_not_quantified(page, rows, label);
    uses::push_warnings(
        page,
        rows.iter().flat_map(|row| {
            let about = format!("{} {}", label(row), trade(row));
            // What is not comparable stands among what is not quantified already.
            let other = row.warnings.iter().filter(|warning| {
                !matches!(
                    warning.kind(),
                    Kind::ScopeNotComparable | Kind::ValuationNotComparable
                )
            });
            other.map(move |warning| (about.clone(), warning.description.clone()))
        }),
    );
    explanations::push_uses(page, rows);
}

/// Adds what could not be quantified, each text once with the number of rows that it is about.
fn push_not_quantified(page: &mut Page, rows: &[MirrorRow], label: fn(&MirrorRow) -> String) {
    let mut texts: Vec<(String, Vec<String>)> = Vec::new();
    for row in rows {
        let own = row.parts.iter();
        for part in own.filter(|part| part.state() == State::NotQuantified) {
            let component = value::words(part.component().as_str_name(), "MIRROR_COMPONENT_");
            let text = format!("{component}: {}", part.description);
            let label = format!("{} {}", label(row), trade(row));
            match texts.iter_mut().find(|(known, _)| *known == text) {
                Some((_, labels)) => labels.push(label),
                None => texts.push((text, vec![label])),
            }
        }
    }
    if texts.is_empty() {
        return;
    }
    page.push(Block::Heading(
        "Not quantified, so left in the unexplained part".into(),
    ));
    let gaps = rows.iter().filter(|row| row.gap_cents.is_some()).count();
    for (text, labels) in texts {
        let about = match labels.as_slice() {
            [one] => one.clone(),
            several if several.len() == gaps => format!("all {gaps} gaps"),
            several => format!("{} of {gaps} gaps", several.len()),
        };
        page.push(Block::Point(format!("{text} ({about})")));
    }
}

fn push_convergence(page: &mut Page, convergence: &[MirrorConvergence]) {
    let mut table = Table::new(vec![
        Column::text("EXPORTER"),
        Column::text("WINDOW"),
        Column::number("WINDOWS"),
        Column::number("ABSOLUTE GAPS"),
        Column::number("OF MEAN"),
    ]);
    for found in convergence {
        table.push(vec![
            found.exporter.clone(),
            value::words(found.window().as_str_name(), "WINDOW_"),
            found.window_count.to_string(),
            value::million_dollars(found.absolute_gap_cents),
            found.absolute_gap_ppm.map_or(String::new(), value::percent),
        ]);
    }
    if !table.is_empty() {
        page.push(Block::Heading(
            "Gaps added up by length of window, over years of which every month is known".into(),
        ));
        page.push(Block::Table(table));
    }
}

fn part(row: &MirrorRow, component: MirrorComponent) -> Option<&MirrorPart> {
    row.parts.iter().find(|part| part.component() == component)
}

fn amount(part: &MirrorPart) -> String {
    match part.state() {
        State::Quantified => value::million_dollars(part.amount_cents),
        State::NotQuantified => "?".to_owned(),
        State::Nothing | State::Unspecified => "-".to_owned(),
    }
}

/// The direction: `KZ>UZ` for exports of Kazakhstan to Uzbekistan.
pub(in crate::commands::trade) fn trade(row: &MirrorRow) -> String {
    format!("{}>{}", row.exporter, row.importer)
}

fn figure(figure: Option<&MirrorFigure>) -> String {
    let Some(figure) = figure else {
        return String::new();
    };
    let Some(cents) = figure.value_cents else {
        return if figure.nothing_traded {
            "nothing".to_owned()
        } else {
            "not known".to_owned()
        };
    };
    let mark = match figure.qualifier() {
        Qualifier::LowerBound => ">",
        Qualifier::Rounded if figure.uncertainty_cents >= 5_000_000 => "~",
        _ => "",
    };
    format!("{mark}{}", value::million_dollars(cents))
}

fn gap(row: &MirrorRow) -> String {
    let Some(cents) = row.gap_cents else {
        return String::new();
    };
    let mark = match row.gap_bound() {
        GapBound::Unspecified | GapBound::None => "",
        GapBound::AtLeast => ">",
        GapBound::AtMost => "<",
        GapBound::Unknown => "?",
    };
    format!("{mark}{}", value::million_dollars(cents))
}

fn sheet(rows: &[MirrorRow]) -> Sheet {
    let mut sheet = Sheet::new(&[
        "period",
        "exporter",
        "importer",
        "commodities",
        "export_cents",
        "import_cents",
        "gap_cents",
        "gap_bound",
        "gap_ppm",
        "scope_cents",
        "valuation_cents",
        "timing_cents",
        "classification_cents",
        "only_one_side_cents",
        "unexplained_cents",
        "not_quantified",
        "accepted_cents",
        "export_releases",
        "import_releases",
    ]);
    let number = |number: Option<i64>| number.map_or(String::new(), |number| number.to_string());
    for row in rows {
        let cents = |figure: Option<&MirrorFigure>| match figure {
            Some(figure) if figure.nothing_traded => "0".to_owned(),
            figure => number(figure.and_then(|figure| figure.value_cents)),
        };
        let releases = |figure: Option<&MirrorFigure>| {
            figure.map_or(String::new(), |figure| figure.releases.join(" "))
        };
        let amount = |component| match part(row, component) {
            Some(part) if part.state() != State::NotQuantified => part.amount_cents.to_string(),
            _ => String::new(),
        };
        let unknown = row
            .parts
            .iter()
            .filter(|part| part.state() == State::NotQuantified)
            .map(|part| value::words(part.component().as_str_name(), "MIRROR_COMPONENT_"))
            .collect::<Vec<_>>();
        let mut cells = vec![
            row.period.as_ref().map_or(String::new(), period),
            row.exporter.clone(),
            row.importer.clone(),
            codes(row),
            cents(row.exports.as_ref()),
            cents(row.imports.as_ref()),
            number(row.gap_cents),
            value::words(row.gap_bound().as_str_name(), "GAP_BOUND_"),
            number(row.gap_ppm),
        ];
        cells.extend(PARTS.map(|(component, _)| amount(component)));
        cells.extend([
            amount(MirrorComponent::Unexplained),
            unknown.join(", "),
            number(row.accepted_cents),
            releases(row.exports.as_ref()),
            releases(row.imports.as_ref()),
        ]);
        sheet.push(cells);
    }
    sheet
}
