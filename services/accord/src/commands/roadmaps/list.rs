//! `accord roadmaps list`.

use std::collections::BTreeSet;

use accord_proto::roadmaps::v1::roadmap_service_client::RoadmapServiceClient;
use accord_proto::roadmaps::v1::{
    BatchGetRoadmapProgressRequest, ListRoadmapsRequest, ListRoadmapsResponse, Roadmap,
    RoadmapProgress, RoadmapSide, Tally,
};

use crate::client::{ClientArgs, Connection};
use crate::error::Error;
use crate::names;
use crate::paging::{self, ListArgs};
use crate::render::{Answer, Block, Column, Format, Page, Sheet, Table, View, value};

/// How many roadmaps one call asks for.
const AT_ONCE: usize = 100;

/// Options of `accord roadmaps list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord roadmaps list
  accord roadmaps list --filter 'region_codes:\"KZ-71\"'      a region, by any code it has or had
  accord roadmaps list -o json")]
pub(super) struct Args {
    #[command(flatten)]
    list: ListArgs,
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    client: &ClientArgs,
    args: &Args,
) -> Result<View, Error> {
    let parent = names::partnership(connection, partnership).await?;
    let answer = all(connection, &parent, &args.list).await?;
    // Only people are told what has no measures, and to know it takes the progress of all that is listed.
    let empty = match client.output {
        Format::Table => without_measures(connection, &parent, &answer.roadmaps).await?,
        Format::Json | Format::Jsonl | Format::Csv => BTreeSet::new(),
    };
    Ok(view(&answer, &empty, &client.language))
}

/// The names of those of a partnership's roadmaps that have no measures, whatever became of them.
async fn without_measures(
    connection: &Connection,
    parent: &str,
    roadmaps: &[Roadmap],
) -> Result<BTreeSet<String>, Error> {
    let mut empty = BTreeSet::new();
    for batch in roadmaps.chunks(AT_ONCE) {
        let request = BatchGetRoadmapProgressRequest {
            parent: parent.to_owned(),
            names: batch.iter().map(|roadmap| roadmap.name.clone()).collect(),
            ..BatchGetRoadmapProgressRequest::default()
        };
        let answer = RoadmapServiceClient::new(connection.clone())
            .batch_get_roadmap_progress(request)
            .await?;
        let progresses = answer.into_inner().roadmap_progresses;
        let bare = progresses.into_iter().filter(has_no_measures);
        empty.extend(bare.map(|progress| progress.roadmap));
    }
    Ok(empty)
}

/// Whether a roadmap has no measures, not even cancelled or superseded ones.
pub(super) fn has_no_measures(progress: &RoadmapProgress) -> bool {
    let figures = progress.total.unwrap_or_default();
    let count = |tally: Option<Tally>| tally.map_or(0, |tally| tally.count);
    count(figures.agreed) + count(figures.cancelled) + count(figures.superseded) == 0
}

/// What is said of a roadmap without measures, with what its sources note.
pub(super) fn no_measures(roadmap: &Roadmap) -> String {
    let notes = roadmap
        .sources
        .iter()
        .filter(|source| !source.note.is_empty());
    let notes: Vec<String> = notes
        .map(|source| format!("{} ({})", source.note, source.uri))
        .collect();
    let nothing = "No measures are recorded.";
    match notes.as_slice() {
        [] => nothing.to_owned(),
        [note] => format!("{nothing} Note of the source: {note}"),
        notes => format!("{nothing} Notes of the sources: {}", notes.join("; ")),
    }
}

/// Every roadmap of a partnership, or as many as wanted.
pub(super) async fn all(
    connection: &Connection,
    parent: &str,
    list: &ListArgs,
) -> Result<ListRoadmapsResponse, Error> {
    let listing = paging::collect(list.limit, async |page_size, page_token| {
        let request = ListRoadmapsRequest {
            parent: parent.to_owned(),
            page_size,
            page_token,
            filter: list.filter.clone(),
            order_by: list.order_by.clone(),
            ..ListRoadmapsRequest::default()
        };
        let answer = RoadmapServiceClient::new(connection.clone())
            .list_roadmaps(request)
            .await?
            .into_inner();
        Ok((answer.roadmaps, answer.next_page_token))
    })
    .await?;
    Ok(ListRoadmapsResponse {
        roadmaps: listing.items,
        next_page_token: listing.next_page_token,
    })
}

fn view(answer: &ListRoadmapsResponse, empty: &BTreeSet<String>, language: &str) -> View {
    let mut table = Table::new(vec![
        Column::text("ROADMAP"),
        Column::text("STATE"),
        Column::text("PERIOD"),
        Column::prose("SIDES"),
    ]);
    let mut sheet = Sheet::new(&[
        "name",
        "state",
        "start_date",
        "end_date",
        "signing_date",
        "first_region",
        "second_region",
        "region_codes",
        "title",
    ]);
    for roadmap in &answer.roadmaps {
        let title = super::pick(&roadmap.titles, language);
        let state = value::words(roadmap.state().as_str_name(), "ROADMAP_STATE_");
        let (start, end) = period(roadmap);
        let sides: Vec<String> = roadmap.sides.iter().map(side).collect();
        let region = |at: usize| {
            roadmap
                .sides
                .get(at)
                .map_or(String::new(), |side| side.region_code.clone())
        };
        let row = vec![
            value::id(&roadmap.name).to_owned(),
            state.clone(),
            years(&start, &end),
            sides.join("; "),
        ];
        let nothing = if empty.contains(&roadmap.name) {
            no_measures(roadmap)
        } else {
            String::new()
        };
        table.push_with_notes(row, &[title, &nothing]);
        sheet.push(vec![
            roadmap.name.clone(),
            state,
            start,
            end,
            value::date(roadmap.signing_date.as_ref()),
            region(0),
            region(1),
            roadmap.region_codes.join(" "),
            title.to_owned(),
        ]);
    }
    let body = if table.is_empty() {
        Block::Text("No roadmaps.".into())
    } else {
        Block::Table(table)
    };
    View {
        answer: Answer::list(answer, "roadmaps"),
        page: Page::new(vec![body]),
        sheet,
    }
}

fn period(roadmap: &Roadmap) -> (String, String) {
    roadmap
        .period
        .as_ref()
        .map_or_else(Default::default, |period| {
            (
                value::date(period.start_date.as_ref()),
                value::date(period.end_date.as_ref()),
            )
        })
}

/// Whole years as `2022-2023`, other periods with their days.
fn years(start: &str, end: &str) -> String {
    match (start.strip_suffix("-01-01"), end.strip_suffix("-12-31")) {
        (Some(first), Some(last)) if first == last => first.to_owned(),
        (Some(first), Some(last)) => format!("{first}-{last}"),
        _ => format!("{start} to {end}"),
    }
}

/// A region as named on the signing day, with its name and code of today where they differ.
pub(super) fn side(side: &RoadmapSide) -> String {
    let name = if side.region_name.is_empty() {
        &side.listed_region_name
    } else {
        &side.region_name
    };
    let renamed =
        side.current_region_code != side.region_code && !side.current_region_code.is_empty();
    if renamed {
        format!(
            "{name} ({}; today {} {})",
            side.region_code, side.current_region_code, side.current_region_name
        )
    } else {
        format!("{name} ({})", side.region_code)
    }
}

#[cfg(test)]
mod tests {
    use accord_proto::roadmaps::v1::Source;

    use super::*;

    #[test]
    fn a_renamed_region_shows_both_names() {
        let capital = RoadmapSide {
            party: "KZ".into(),
            region_code: "KZ-AST".into(),
            region_name: "Nur-Sultan".into(),
            current_region_code: "KZ-71".into(),
            current_region_name: "Astana".into(),
            ..RoadmapSide::default()
        };
        assert_eq!(side(&capital), "Nur-Sultan (KZ-AST; today KZ-71 Astana)");
    }

    #[test]
    fn a_roadmap_without_measures_shows_what_its_sources_note() {
        let mut roadmap = Roadmap::default();
        assert_eq!(no_measures(&roadmap), "No measures are recorded.");
        roadmap.sources.push(Source {
            uri: "https://example.org/plan".into(),
            note: "Annex not printed.".into(),
        });
        assert_eq!(
            no_measures(&roadmap),
            "No measures are recorded. Note of the source: Annex not printed. (https://example.org/plan)"
        );
        roadmap.sources.push(Source {
            uri: "https://example.org/signing".into(),
            note: "Signed in public.".into(),
        });
        assert_eq!(
            no_measures(&roadmap),
            "No measures are recorded. Notes of the sources: Annex not printed. (https://example.org/plan); \
             Signed in public. (https://example.org/signing)"
        );
    }

    #[test]
    fn whole_years_are_short() {
        assert_eq!(years("2022-01-01", "2023-12-31"), "2022-2023");
        assert_eq!(years("2022-01-01", "2022-12-31"), "2022");
        assert_eq!(
            years("2022-03-01", "2022-12-31"),
            "2022-03-01 to 2022-12-31"
        );
    }
}
