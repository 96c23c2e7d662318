//! `accord roadmaps export`: the measures of a roadmap as JSON Lines, CSV or a workbook, whole or not at all.

#[cfg(test)]
mod laws;
mod table;
mod workbook;

use std::io::Write as _;
use std::path::PathBuf;

use accord_proto::roadmaps::v1::roadmap_service_client::RoadmapServiceClient;
use accord_proto::roadmaps::v1::{GetRoadmapRequest, Roadmap};

use crate::client::Connection;
use crate::commands::target::Target;
use crate::error::Error;
use crate::names;
use crate::render::Answer;

/// What tells some spreadsheets that a file is in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Options of `accord roadmaps export`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord roadmaps export river-towns > measures.jsonl
  accord roadmaps export river-towns --format csv --output-file measures.csv
  accord roadmaps export river-towns --format xlsx --output-file measures.xlsx

CSV and workbooks have the columns that `accord roadmaps import` reads back, the whole plan of each measure, and after them what
became of it (status:…), which an import leaves alone: who claims it to be done, and what the other side says. JSON Lines is for
programs and is not read back. In CSV, a cell that a
spreadsheet would take for a formula has a ' before it, which an import takes off. `accord roadmaps calendar` writes iCalendar,
and `accord roadmaps gantt` draws. Files are moved to their place when they are complete, so a file that is there is whole.")]
pub(super) struct Args {
    /// The roadmap, by its id or full name.
    #[arg(value_name = "ROADMAP")]
    roadmap: String,
    /// The form of the export.
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "jsonl")]
    format: Form,
    /// The file to write, instead of standard output; a workbook needs one.
    #[arg(long, value_name = "FILE", required_if_eq("format", "xlsx"))]
    output_file: Option<PathBuf>,
    /// Begins a CSV file with a byte-order mark, by which Excel knows that it is UTF-8.
    #[arg(long)]
    bom: bool,
}

/// The form of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Form {
    /// One JSON object a line: the canonical protobuf JSON of each measure.
    Jsonl,
    /// The columns that an import reads.
    Csv,
    /// The same columns in a workbook (Office Open XML).
    Xlsx,
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    language: &str,
    args: &Args,
) -> Result<(), Error> {
    let name = names::resource(connection, partnership, "roadmaps", &args.roadmap).await?;
    let request = GetRoadmapRequest {
        name: name.clone(),
        ..GetRoadmapRequest::default()
    };
    let roadmap = RoadmapServiceClient::new(connection.clone())
        .get_roadmap(request)
        .await?
        .into_inner();
    let measures = super::import::existing(connection, &name).await?;
    let mut target = Target::open(args.output_file.as_deref())?;
    match args.format {
        Form::Jsonl => {
            for measure in &measures {
                Answer::of(measure).write_lines(&mut target)?;
            }
        }
        Form::Csv => {
            if args.bom {
                target.write_all(BYTE_ORDER_MARK)?;
            }
            table::write(&mut target, &roadmap, &measures)?;
        }
        Form::Xlsx => {
            let title = super::pick(&roadmap.titles, language);
            target.write_all(&workbook::bytes(&roadmap, title, &measures)?)?;
        }
    }
    target.finish()?;
    if let Some(path) = &args.output_file {
        eprintln!("{}: {} measures", path.display(), measures.len());
    }
    Ok(())
}

fn parties(roadmap: &Roadmap) -> Vec<String> {
    roadmap
        .sides
        .iter()
        .map(|side| side.party.clone())
        .collect()
}
