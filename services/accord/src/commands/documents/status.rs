//! `accord documents status`.

use accord_proto::documents::v1::document_service_client::DocumentServiceClient;
use accord_proto::documents::v1::{DocumentStatus, GetDocumentStatusRequest};
use accord_proto::google::r#type::Date;

use super::{acts, timeline};
use crate::client::Connection;
use crate::error::Error;
use crate::render::{Answer, Block, Column, Page, Sheet, Table, View, value};
use crate::when;

/// Options of `accord documents status`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord documents status customs-energy
  accord documents status customs-energy --on 2023-01-01
  accord documents status customs-energy --on 2023-01-01 --known-on 2023-01-01    as one could know it then
  accord documents status customs-energy --recorded-before 2024-06-30            as the register itself said then
  accord documents status customs-energy --timeline                              both sides' steps side by side")]
pub(super) struct Args {
    /// The document, by its id or full name.
    #[arg(value_name = "DOCUMENT")]
    document: String,
    /// The day to compute the state for, past or future [default: today, UTC].
    #[arg(long, value_name = "DATE", value_parser = when::day)]
    on: Option<Date>,
    /// Counts only what was public or recorded by the end of this day, or by this instant [default: now].
    #[arg(long, value_name = "DATE|TIME", value_parser = when::moment)]
    known_on: Option<prost_types::Timestamp>,
    /// Reads the register as it stood before this instant, or before the end of this day: acts, retractions and clauses that
    /// were recorded later do not count [default: all count].
    #[arg(long, value_name = "DATE|TIME", value_parser = when::moment)]
    recorded_before: Option<prost_types::Timestamp>,
    /// Shows both sides' steps side by side, from the approval of the draft to the receipt of the note.
    #[arg(long)]
    timeline: bool,
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    args: &Args,
) -> Result<View, Error> {
    let request = GetDocumentStatusRequest {
        name: super::name(connection, partnership, &args.document).await?,
        effective_date: args.on,
        known_time: args.known_on,
        recorded_before: args.recorded_before,
    };
    let status = DocumentServiceClient::new(connection.clone())
        .get_document_status(request)
        .await?
        .into_inner();
    Ok(view(&status, args.timeline))
}

fn view(status: &DocumentStatus, with_timeline: bool) -> View {
    let state = super::state(status.state());
    let mut blocks = vec![
        Block::Heading(format!(
            "{} on {}: {state}",
            value::id(&status.document),
            value::date(status.effective_date.as_ref())
        )),
        Block::Text(status.summary.clone()),
        Block::Pairs(vec![
            ("Since", value::date(status.state_start_date.as_ref())),
            ("Rule", status.entry_into_force_rule.clone()),
            (
                "Enters into force",
                value::date(status.entry_into_force_date.as_ref()),
            ),
            (
                "As officially stated",
                value::date(status.stated_entry_into_force_date.as_ref()),
            ),
            (
                "Term",
                status
                    .term
                    .as_ref()
                    .map_or(String::new(), |term| term.rule.clone()),
            ),
            (
                "Term ends",
                status
                    .term
                    .as_ref()
                    .map_or(String::new(), |term| value::date(term.end_date.as_ref())),
            ),
            ("As known at", value::instant(status.known_time.as_ref())),
            ("Clauses", newer_clauses(status).unwrap_or_default()),
        ]),
        Block::Heading("Parties".into()),
        Block::Table(parties(status)),
    ];
    if with_timeline {
        blocks.push(Block::Heading("Both sides".into()));
        blocks.push(Block::Table(both_sides(status)));
    }
    let mut list = |heading: &str, points: Vec<String>| {
        if !points.is_empty() {
            blocks.push(Block::Heading(heading.to_owned()));
            blocks.extend(points.into_iter().map(Block::Point));
        }
    };
    list(
        "Waits for",
        status
            .awaited
            .iter()
            .map(|awaited| awaited.description.clone())
            .collect(),
    );
    list(
        "Doubts",
        status
            .warnings
            .iter()
            .map(|warning| warning.description.clone())
            .collect(),
    );
    list(
        "Reasoning",
        status
            .steps
            .iter()
            .map(|step| {
                let basis = if step.basis.is_empty() {
                    String::new()
                } else {
                    format!(" ({})", step.basis)
                };
                format!("{}{basis}", step.description)
            })
            .collect(),
    );
    if !status.acts.is_empty() {
        blocks.push(Block::Heading("Acts that say so".into()));
        blocks.push(Block::Table(acts::table(&status.acts)));
        blocks.push(Block::Heading("Sources".into()));
        let mut sources: Vec<&str> = status
            .acts
            .iter()
            .filter_map(|act| Some(act.source.as_ref()?.uri.as_str()))
            .collect();
        sources.sort_unstable();
        sources.dedup();
        blocks.extend(sources.into_iter().map(|uri| Block::Point(uri.to_owned())));
    }
    View {
        answer: Answer::of(status),
        page: Page::new(blocks),
        sheet: sheet(status, state),
    }
}

/// Says that the clauses that were used are newer than what was known, where they are.
pub(super) fn newer_clauses(status: &DocumentStatus) -> Option<String> {
    let moment = |at: &prost_types::Timestamp| (at.seconds, at.nanos);
    let (changed, known) = (status.clauses_time.as_ref()?, status.known_time.as_ref()?);
    (moment(known) < moment(changed)).then(|| {
        format!(
            "as the register entry of today has them, which changed on {}, later than that; --recorded-before reads it as it stood",
            value::instant(Some(changed))
        )
    })
}

fn parties(status: &DocumentStatus) -> Table {
    let mut columns = vec![
        Column::text("PARTY"),
        Column::text("SIGNED"),
        Column::text("DOMESTIC PROCEDURE"),
        Column::text("COMPLETED"),
        Column::text("NOTIFIED"),
        Column::text("RECEIVED"),
    ];
    let departures = status.parties.iter().map(|party| &party.departure_date);
    let one_leaves = departures.clone().any(Option::is_some);
    if one_leaves {
        columns.push(Column::text("NOT BOUND FROM"));
    }
    let mut table = Table::new(columns);
    for (party, departure) in status.parties.iter().zip(departures) {
        let mut row = vec![
            party.party.clone(),
            value::date(party.signature_date.as_ref()),
            value::words(
                party.domestic_procedure().as_str_name(),
                "DOMESTIC_PROCEDURE_STATE_",
            ),
            value::date(party.domestic_procedure_date.as_ref()),
            value::date(party.notification_sent_date.as_ref()),
            value::date(party.notification_received_date.as_ref()),
        ];
        if one_leaves {
            row.push(value::date(departure.as_ref()));
        }
        table.push(row);
    }
    table
}

/// The steps of the parties, each party's in a column of its own.
fn both_sides(status: &DocumentStatus) -> Table {
    let mut columns = vec![Column::text("STEP")];
    columns.extend(
        status
            .parties
            .iter()
            .map(|party| Column::prose(&party.party)),
    );
    let mut table = Table::new(columns);
    for step in timeline::steps(status) {
        table.push([vec![step.label.to_owned()], step.cells].concat());
    }
    table
}

/// One line for each party, so that a sheet of many documents can be filtered by what is outstanding.
fn sheet(status: &DocumentStatus, state: String) -> Sheet {
    let mut sheet = Sheet::new(&[
        "document",
        "effective_date",
        "state",
        "entry_into_force_date",
        "party",
        "signature_date",
        "domestic_procedure",
        "domestic_procedure_date",
    ]);
    for party in &status.parties {
        sheet.push(vec![
            status.document.clone(),
            value::date(status.effective_date.as_ref()),
            state.clone(),
            value::date(status.entry_into_force_date.as_ref()),
            party.party.clone(),
            value::date(party.signature_date.as_ref()),
            value::words(
                party.domestic_procedure().as_str_name(),
                "DOMESTIC_PROCEDURE_STATE_",
            ),
            value::date(party.domestic_procedure_date.as_ref()),
        ]);
    }
    sheet
}
