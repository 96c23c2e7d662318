//! `accord trade explanations`: what both sides say about the gaps between their figures.

mod add;
mod answer;
mod list;

use accord_proto::trade::v1::mirror_explanation_use::Currency;
use accord_proto::trade::v1::{MirrorExplanation, MirrorRow, MirrorStatement};

use super::reconcile::trade;
use crate::client::Connection;
use crate::error::Error;
use crate::render::{Answer, Block, Column, Page, Sheet, Table, View, value};

/// Options of `accord trade explanations`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord trade explanations
  accord trade explanations list --filter 'state = STATE_PROPOSED AND party = \"UZ\"'
  accord trade explanations add services-2022 --exporter KZ --importer UZ --period 2022 \\
      --category scope --text 'Our imports count services.' --token-file uz.token
  accord trade explanations accept services-2022 --token-file kz.token
  accord trade explanations dispute services-2022 --reason 'Which services?' --token-file kz.token
  accord trade explanations withdraw services-2022 --reason 'Revised.' --token-file uz.token

One side explains, only the other accepts or disputes, and everything said stays in the ledger.")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Lists what was said, the answers to it and what was withdrawn.
    List(list::Args),
    /// Explains a gap, in the name of the exporter or the importer.
    Add(add::Args),
    /// Accepts what the other side has said.
    Accept(answer::AcceptArgs),
    /// Disputes what the other side has said.
    Dispute(answer::Args),
    /// Takes back what one's own side has said.
    Withdraw(answer::Args),
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    args: &Args,
) -> Result<View, Error> {
    match &args.command {
        None => list::run(connection, partnership, &list::Args::everything()).await,
        Some(Command::List(args)) => list::run(connection, partnership, args).await,
        Some(Command::Add(args)) => add::run(connection, partnership, args).await,
        Some(Command::Accept(args)) => answer::accept(connection, partnership, args).await,
        Some(Command::Dispute(args)) => answer::dispute(connection, partnership, args).await,
        Some(Command::Withdraw(args)) => answer::withdraw(connection, partnership, args).await,
    }
}

fn state(explanation: &MirrorExplanation) -> String {
    value::words(explanation.state().as_str_name(), "STATE_")
}

fn category(explanation: &MirrorExplanation) -> String {
    value::words(explanation.category().as_str_name(), "MIRROR_COMPONENT_")
}

fn money(cents: Option<i64>) -> String {
    cents.map_or(String::new(), value::million_dollars)
}

/// What was answered, as lines below the words that it answers.
fn answers(explanation: &MirrorExplanation) -> Vec<String> {
    let line = |word: &str, said: &Option<MirrorStatement>| {
        said.as_ref().map(|said| {
            let time = value::instant(said.time.as_ref());
            let day = time.split(' ').next().unwrap_or_default();
            let reason = if said.reason.is_empty() {
                String::new()
            } else {
                format!(": {}", said.reason)
            };
            format!("{word} by {} on {day}{reason}", said.agency)
        })
    };
    [
        line("disputed", &explanation.dispute),
        line("accepted", &explanation.acceptance),
        line("withdrawn", &explanation.withdrawal),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn table() -> Table {
    Table::new(vec![
        Column::text("EXPLANATION"),
        Column::text("BY"),
        Column::text("ABOUT"),
        Column::text("REASON"),
        Column::number("M USD"),
        Column::text("STATE"),
    ])
}

fn push(table: &mut Table, explanation: &MirrorExplanation, about: String, state: String) {
    let row = vec![
        value::id(&explanation.name).to_owned(),
        explanation.party.clone(),
        about,
        category(explanation),
        money(explanation.amount_cents),
        state,
    ];
    let mut notes = vec![explanation.text.clone()];
    notes.extend(answers(explanation));
    let notes: Vec<&str> = notes.iter().map(String::as_str).collect();
    table.push_with_notes(row, &notes);
}

fn about(explanation: &MirrorExplanation) -> String {
    let code = match explanation.commodity.as_str() {
        "TOTAL" => String::new(),
        code => format!(" {code}"),
    };
    format!(
        "{} {}>{}{code}",
        explanation.period, explanation.exporter, explanation.importer
    )
}

/// Adds what was said about the gaps in rows, and how much of them was accepted.
pub(super) fn push_uses(page: &mut Page, rows: &[MirrorRow]) {
    let mut table = table();
    for used in rows.iter().flat_map(|row| &row.explanations) {
        let Some(explanation) = &used.explanation else {
            continue;
        };
        let state = match used.currency() {
            Currency::OlderFigures => format!("{}, of older figures", state(explanation)),
            _ => state(explanation),
        };
        push(&mut table, explanation, about(explanation), state);
    }
    if table.is_empty() {
        return;
    }
    page.push(Block::Heading("What the sides say".into()));
    page.push(Block::Table(table));
    for row in rows {
        if let Some((accepted, share)) = row.accepted_cents.zip(row.accepted_ppm) {
            page.push(Block::Point(format!(
                "{}: accepted explanations account for {} million USD, {} of the gap",
                trade(row),
                value::million_dollars(accepted),
                value::percent(share)
            )));
        }
    }
}

/// Shows one explanation.
fn one(explanation: &MirrorExplanation) -> View {
    let figures = [
        ("exports", explanation.export_cents),
        ("imports", explanation.import_cents),
    ];
    let figures: Vec<String> = figures
        .iter()
        .filter_map(|(word, cents)| Some(format!("{word} {}", money(Some((*cents)?)))))
        .collect();
    let page = Page::new(vec![Block::Pairs(vec![
        ("Explanation", value::id(&explanation.name).to_owned()),
        ("State", state(explanation)),
        (
            "By",
            format!("{} ({})", explanation.party, explanation.agency),
        ),
        ("About", about(explanation)),
        ("Reason", category(explanation)),
        ("Amount", money(explanation.amount_cents)),
        ("Words", explanation.text.clone()),
        ("Of figures", figures.join(", ")),
        ("Document", explanation.document.clone()),
        ("Evidence", explanation.source_uri.clone()),
        ("Answers", answers(explanation).join("; ")),
        ("Etag", explanation.etag.clone()),
    ])]);
    View {
        answer: Answer::of(explanation),
        page,
        sheet: sheet(std::slice::from_ref(explanation)),
    }
}

fn sheet(explanations: &[MirrorExplanation]) -> Sheet {
    let mut sheet = Sheet::new(&[
        "name",
        "party",
        "agency",
        "exporter",
        "importer",
        "period",
        "commodity",
        "category",
        "amount_cents",
        "state",
        "export_cents",
        "import_cents",
        "text",
    ]);
    let number = |number: Option<i64>| number.map_or(String::new(), |number| number.to_string());
    for explanation in explanations {
        sheet.push(vec![
            explanation.name.clone(),
            explanation.party.clone(),
            explanation.agency.clone(),
            explanation.exporter.clone(),
            explanation.importer.clone(),
            explanation.period.clone(),
            explanation.commodity.clone(),
            category(explanation),
            number(explanation.amount_cents),
            state(explanation),
            number(explanation.export_cents),
            number(explanation.import_cents),
            explanation.text.clone(),
        ]);
    }
    sheet
}
