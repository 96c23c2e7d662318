//! `accord roadmaps import`: the measures of a plan from a workbook or a CSV file, with a word on every bad row.

mod near;
mod sending;
mod spelling;

use std::collections::HashMap;
use std::path::PathBuf;

use accord_proto::roadmaps::v1::measure_service_client::MeasureServiceClient;
use accord_proto::roadmaps::v1::roadmap_service_client::RoadmapServiceClient;
use accord_proto::roadmaps::v1::{
    GetRoadmapRequest, ListMeasuresRequest, Measure, Roadmap, RoadmapState,
};

use crate::client::{ClientArgs, Connection};
use crate::commands::rows::check;
use crate::commands::rows::report::{Fate, Part, Report};
use crate::commands::target::Target;
use crate::error::Error;
use crate::plan::header::Header;
use crate::plan::rows::{DOUBTFUL, Outcome, Planned};
use crate::plan::{Field, Side, grid, header, order, rows, sameness};
use crate::register::Problem;
use crate::{names, progress};
use sending::Measures;

/// Options of `accord roadmaps import`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord roadmaps import river-towns plan.xlsx --titles-in ru --dry-run --token-file uz.token
  accord roadmaps import river-towns plan.xlsx --titles-in uz-Latn --sheet 'Reja' --token-file uz.token
  accord roadmaps import river-towns plan.csv --titles-in ru --map 'Исполнители=bodies:UZ' --map 'Статус='
  accord roadmaps import river-towns measures.csv --report report.csv      as `accord roadmaps export` writes it

The file is a workbook (.xlsx) or CSV in UTF-8 with `,`, `;` or tabs. Its header is looked for in the first 40 rows, and may
go over two. Columns are recognised by their names in Russian, Uzbek, Kazakh and English, or are called
  id, number (as plans count rows), order_number, section, title:LANGUAGE, expected_result, form_of_completion, bodies:PARTY,
  lead_body:PARTY, co_executing_bodies:PARTY, start_date, deadline, weight, predecessors (m-1; m-2 SS; m-3 FS+5d), working_days,
  note:LANGUAGE, indicators (length: title:en=Length; unit=km; baseline=0; target=10), commitments (DOCUMENT Article 3)
The first of the bodies leads; lines or `;` stand between them. How rows are read:
  a merged row, or a row with only a numbered heading   the section of the measures below it
  rows under one merged title                           one measure, with what all of them say
  a list in a title: 1) 1. 1- 3.1. а) - •               several measures; cells with as many items are shared out;
                                                        an item out of turn, such as 4) after 2), is refused
A table whose columns have only the names above, `id` among them, is read to the letter: each row is one measure.
  deadlines                                             31.12.2022; II квартал 2022 г.; 2022 yil II chorak; I полугодие 2023;
                                                        декабрь 2022; 2022-2023 годы, с 1 мая по 15 мая 2022 (a span)
What is not understood is refused with its row and column, and nothing is taken unless all rows are good. A body that the file
or the partnership writes otherwise elsewhere is refused too; --new-spelling takes it as written. A new body that differs by a
letter or two from a known one is told, and taken. Up to 1,000 measures are
entered at once, all or none, and more in several such steps. A run that breaks off between them says how many are in; run again, it
leaves those alone and enters the others.")]
pub(super) struct Args {
    /// The roadmap, a draft, by its id or full name.
    #[arg(value_name = "ROADMAP")]
    roadmap: String,
    /// The file with the plan.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The sheet of a workbook [default: the first that is not empty].
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// The language of the measures' titles, where the header does not say it (BCP 47).
    #[arg(long, value_name = "TAG")]
    titles_in: Option<String>,
    /// What a column holds, as NAME=FIELD; NAME= leaves the column out. Can be repeated.
    #[arg(long = "map", value_name = "NAME=FIELD", value_parser = mapping)]
    maps: Vec<(String, Field)>,
    /// Checks everything and writes nothing.
    #[arg(long)]
    dry_run: bool,
    /// Takes the good rows and reports the bad ones, instead of taking nothing.
    #[arg(long)]
    skip_bad_rows: bool,
    /// Takes bodies as written, also where measures write the same body otherwise.
    #[arg(long)]
    new_spelling: bool,
    /// Writes what became of each row to this file (CSV).
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

/// The field that lets bodies be written otherwise than they are known, and the flag for it.
pub(super) const NEW_SPELLING: (&str, &str) = ("allow_new_spelling", "--new-spelling");

/// The sheet in which `accord roadmaps export` says what the others are.
pub(super) const ABOUT_SHEET: &str = "About";

fn mapping(text: &str) -> Result<(String, Field), String> {
    let (name, field) = text
        .rsplit_once('=')
        .ok_or_else(|| "is written as NAME=FIELD".to_owned())?;
    let field = Field::parse(field.trim()).ok_or_else(|| {
        format!(
            "\"{field}\" is no field; the fields are {}",
            crate::plan::FIELDS
        )
    })?;
    Ok((name.trim().to_owned(), field))
}

/// Runs the import and shows what it came to.
pub(super) async fn run(
    client: &ClientArgs,
    partnership: Option<&str>,
    args: &Args,
) -> Result<(), Error> {
    let connection = client.connect().await?;
    let name = names::resource(&connection, partnership, "roadmaps", &args.roadmap).await?;
    let roadmap = draft(&connection, &name).await?;
    let (header, outcome) = read(&roadmap, args)?;
    // A report that cannot be written is known before anything is.
    let report_file = args
        .report
        .as_deref()
        .map(|path| Target::open(Some(path)))
        .transpose()?;
    let mut report = Report::new(&[Part::Measures], args.dry_run);
    for (number, name) in &header.ignored {
        report.notice(Problem {
            line: header.line,
            column: Some(crate::register::Place {
                number: *number,
                name: name.clone(),
            }),
            reason: "COLUMN_LEFT_OUT".to_owned(),
            description: "the column is none that a measure has; --map says what it holds"
                .to_owned(),
        });
    }
    let result = carry_out(&connection, &name, args, (header, outcome), &mut report).await;
    if let Some(target) = report_file {
        report.write_rows(target)?;
    }
    report.print(client.output)?;
    result
}

/// Reads the roadmap, which has to be a draft.
async fn draft(connection: &Connection, name: &str) -> Result<Roadmap, Error> {
    let request = GetRoadmapRequest {
        name: name.to_owned(),
        ..GetRoadmapRequest::default()
    };
    let answer = RoadmapServiceClient::new(connection.clone())
        .get_roadmap(request)
        .await?
        .into_inner();
    if answer.state() == RoadmapState::Draft && answer.delete_time.is_none() {
        return Ok(answer);
    }
    Err(Error::Failed(format!(
        "{name} is no draft, so its plan cannot be written"
    )))
}

fn read(roadmap: &Roadmap, args: &Args) -> Result<(Header, Outcome), Error> {
    let grid = grid::read(&args.file, args.sheet.as_deref())?;
    let sides: Vec<Side> = roadmap
        .sides
        .iter()
        .map(|side| Side::new(&side.party, &side.region_name))
        .collect();
    let language = args.titles_in.as_deref().unwrap_or_default();
    let header = header::find(&grid, &sides, &args.maps, language)
        .map_err(|error| Error::file(&args.file, error))?;
    if header
        .columns
        .iter()
        .any(|column| column.field == Field::Title(String::new()))
    {
        return Err(Error::Usage(
            "the header does not say in which language the titles are: add --titles-in ru, for example".to_owned(),
        ));
    }
    let mut outcome = rows::read(&grid, &header);
    // What an export says of itself is no plan.
    let is_about = |sheet: &String| header.is_own && sheet == ABOUT_SHEET;
    let others: Vec<String> = grid
        .other_sheets
        .iter()
        .filter(|sheet| !is_about(sheet))
        .map(|sheet| format!("\"{sheet}\""))
        .collect();
    if !others.is_empty() {
        outcome.notices.push(Problem::of_row(
            header.line,
            DOUBTFUL,
            format!(
                "sheet \"{}\" was read, and {} not; --sheet NAME chooses another",
                grid.sheet,
                others.join(", ")
            ),
        ));
    }
    for planned in &mut outcome.measures {
        for dependency in &mut planned.measure.dependencies {
            dependency.predecessor =
                format!("{}/measures/{}", roadmap.name, dependency.predecessor);
        }
    }
    Ok((header, outcome))
}

async fn carry_out(
    connection: &Connection,
    roadmap: &str,
    args: &Args,
    (header, outcome): (Header, Outcome),
    report: &mut Report,
) -> Result<(), Error> {
    for notice in outcome.notices {
        report.notice(notice);
    }
    let mut bad: HashMap<String, u64> = HashMap::new();
    for (id, problem) in &outcome.problems {
        bad.insert(id.clone(), problem.line);
        report.bad(Part::Measures, problem.line, id, vec![problem.clone()]);
    }
    let existing = existing(connection, roadmap).await?;
    let waiting = unknown(outcome.measures, &existing, report);
    // What a measure depends on is entered with it or before it.
    let (waiting, circular) = order::by_dependency(waiting);
    for one in &circular {
        let problem = Problem::of_row(
            one.line,
            "DEPENDENCY_CYCLE",
            format!(
                "depends on itself, or on a measure that does: {}",
                order::cycle(&circular, one)
            ),
        );
        report.bad(Part::Measures, one.line, &one.id, vec![problem]);
    }
    let mut measures = Measures::new(connection, roadmap, header, &waiting, bad)
        .with_new_spelling(args.new_spelling);
    let known: Vec<Problem> = outcome
        .problems
        .into_iter()
        .map(|(_, problem)| problem)
        .collect();
    for (id, problem) in measures.more_problems(outcome.partial, &known).await {
        report.bad(Part::Measures, problem.line, &id, vec![problem]);
    }
    let bar = progress::count("measures checked");
    let mut tell = |planned: &Planned, problems| {
        report.bad(Part::Measures, planned.line, &planned.id, problems);
    };
    let good = check::check(&mut measures, waiting, &bar, &mut tell).await;
    bar.finish_and_clear();
    let mut good = good?;
    if !args.new_spelling {
        good = spelling::check(&mut measures, good, &mut tell).await?;
    }
    for notice in near::notices(connection, roadmap, &measures, &good).await? {
        report.notice(notice);
    }
    let bad = report.bad_count();
    if bad > 0 && !args.skip_bad_rows {
        report.refuse();
        return Err(Error::Failed(format!(
            "{bad} {}; nothing was taken\n  hint: correct the file, or take the other rows with --skip-bad-rows",
            if bad == 1 {
                "row is bad"
            } else {
                "rows are bad"
            },
        )));
    }
    if args.dry_run {
        return Ok(());
    }
    let bar = progress::steps(good.len(), "writing");
    let written = measures.write(good, report, &bar).await;
    bar.finish_and_clear();
    report.give_up_waiting();
    written
}

/// The measures that the roadmap has.
pub(super) async fn existing(
    connection: &Connection,
    roadmap: &str,
) -> Result<Vec<Measure>, Error> {
    let mut measures = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = ListMeasuresRequest {
            parent: roadmap.to_owned(),
            page_size: 1_000,
            page_token,
            ..ListMeasuresRequest::default()
        };
        let answer = MeasureServiceClient::new(connection.clone())
            .list_measures(request)
            .await?
            .into_inner();
        measures.extend(answer.measures);
        if answer.next_page_token.is_empty() {
            return Ok(measures);
        }
        page_token = answer.next_page_token;
    }
}

/// Takes out the measures that are there with the same content, and those that are there with another.
fn unknown(planned: Vec<Planned>, existing: &[Measure], report: &mut Report) -> Vec<Planned> {
    let by_id: HashMap<&str, &Measure> = existing
        .iter()
        .map(|measure| (crate::render::value::id(&measure.name), measure))
        .collect();
    let mut waiting = Vec::new();
    for one in planned {
        match by_id.get(one.id.as_str()) {
            None => {
                report.tell(Part::Measures, one.line, &one.id, Fate::Waiting);
                waiting.push(one);
            }
            Some(measure) => {
                let differences = sameness::differences(measure, &one.measure);
                if differences.is_empty() {
                    report.tell(Part::Measures, one.line, &one.id, Fate::AlreadyThere);
                    continue;
                }
                let problem = Problem::of_row(
                    one.line,
                    "RESOURCE_ALREADY_EXISTS",
                    format!(
                        "the roadmap has another measure \"{}\", which differs in {}",
                        one.id,
                        differences.join(", ")
                    ),
                );
                report.bad(Part::Measures, one.line, &one.id, vec![problem]);
            }
        }
    }
    waiting
}
