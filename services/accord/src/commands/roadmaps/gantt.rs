//! `accord roadmaps gantt`: a roadmap as a Gantt chart.

mod chart;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use accord_proto::roadmaps::v1::measure_service_client::MeasureServiceClient;
use accord_proto::roadmaps::v1::roadmap_service_client::RoadmapServiceClient;
use accord_proto::roadmaps::v1::{GetRoadmapRequest, ListMeasuresRequest};

use super::schedule::{self, Moment};
use crate::client::Connection;
use crate::commands::target::Target;
use crate::error::Error;
use crate::gantt::{self, Paper};
use crate::names;
use crate::paging;

/// Options of `accord roadmaps gantt`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord roadmaps gantt lantern-towns --output-file lantern.svg
  accord roadmaps gantt lantern-towns --paper a4 --output-file lantern.svg       lantern-1.svg, lantern-2.svg ...
  accord roadmaps gantt tashkent-turkestan --language ru --on 2022-12-31 > plan.svg

The plan is a light bar, with a deadline given as a quarter or half-year dotted. What one side claims is hatched and has
half a disc; what both confirmed is solid and has a tick. The line below is the schedule, thick where it is critical.
Words and deadlines are those of today; --on and --known-on are the schedule's. The day of the
schedule is marked: as today, or with them as the data date. Measures without a section stand under words that say so.
With --paper there is a file for each page, numbered when there are several.")]
pub(super) struct Args {
    /// The roadmap, by its id or full name.
    #[arg(value_name = "ROADMAP")]
    roadmap: String,
    #[command(flatten)]
    moment: Moment,
    /// What it is drawn on.
    #[arg(long, value_name = "PAPER", value_enum, default_value = "screen")]
    paper: Paper,
    /// The file to write, instead of standard output.
    #[arg(long, value_name = "FILE")]
    output_file: Option<PathBuf>,
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    language: &str,
    args: &Args,
) -> Result<(), Error> {
    let name = names::resource(connection, partnership, "roadmaps", &args.roadmap).await?;
    let get = GetRoadmapRequest {
        name: name.clone(),
        ..GetRoadmapRequest::default()
    };
    let mut roadmaps = RoadmapServiceClient::new(connection.clone());
    let roadmap = roadmaps.get_roadmap(get).await?.into_inner();
    let measures = paging::collect(None, async |page_size, page_token| {
        let request = ListMeasuresRequest {
            parent: name.clone(),
            page_size,
            page_token,
            ..ListMeasuresRequest::default()
        };
        let answer = MeasureServiceClient::new(connection.clone())
            .list_measures(request)
            .await?
            .into_inner();
        Ok((answer.measures, answer.next_page_token))
    })
    .await?;
    let schedule = schedule::fetch(connection, args.moment.request(name)).await?;
    let is_today = args.moment.on.is_none() && args.moment.known_on.is_none();
    let chart = chart::of(&roadmap, &measures.items, &schedule, is_today, language)?;
    write(
        &gantt::draw(&chart, args.paper),
        args.output_file.as_deref(),
    )
}

/// Writes the pages: all of them are complete before the first one takes its place.
fn write(pages: &[String], file: Option<&Path>) -> Result<(), Error> {
    let mut targets = Vec::new();
    for (index, page) in pages.iter().enumerate() {
        let path = file.map(|file| numbered(file, index, pages.len()));
        let mut target = Target::open(path.as_deref())?;
        if target.is_standard() && pages.len() > 1 {
            return Err(Error::Usage(format!(
                "the chart has {} pages, each a file of its own: name one with --output-file FILE, or leave out --paper",
                pages.len()
            )));
        }
        target.write_all(page.as_bytes()).map_err(Error::Output)?;
        targets.push((target, path));
    }
    for (target, path) in targets {
        target.finish()?;
        if let Some(path) = path.filter(|path| path != Path::new("-")) {
            eprintln!("{}", path.display());
        }
    }
    Ok(())
}

/// The file of a page: with its number before the ending, where there are several.
fn numbered(file: &Path, index: usize, count: usize) -> PathBuf {
    if count == 1 || file == Path::new("-") {
        return file.to_owned();
    }
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let ending = file.extension().unwrap_or("svg".as_ref()).to_string_lossy();
    file.with_file_name(format!("{stem}-{}.{ending}", index + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_pages_are_numbered_and_one_is_not() {
        let file = Path::new("out/plan.svg");
        assert_eq!(numbered(file, 0, 1), file);
        assert_eq!(numbered(file, 1, 3), Path::new("out/plan-2.svg"));
        assert_eq!(numbered(Path::new("plan"), 0, 2), Path::new("plan-1.svg"));
    }

    #[test]
    fn pages_are_written_all_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let pages = ["one".to_owned(), "two".to_owned()];
        assert!(matches!(write(&pages, None), Err(Error::Usage(_))));
        write(&pages, Some(&folder.path().join("plan.svg"))).unwrap();
        let second = std::fs::read_to_string(folder.path().join("plan-2.svg")).unwrap();
        assert_eq!(second, "two");
        std::fs::create_dir(folder.path().join("other-2.svg")).unwrap();
        assert!(write(&pages, Some(&folder.path().join("other.svg"))).is_err());
        assert!(!folder.path().join("other-1.svg").exists());
    }
}
