//! The two sides' words on a whole roadmap: `accord roadmaps show`, `adopt` and `close`.

use accord_proto::google::r#type::Date;
use accord_proto::roadmaps::v1::roadmap_service_client::RoadmapServiceClient;
use accord_proto::roadmaps::v1::{
    AdoptRoadmapRequest, CloseRoadmapRequest, GetRoadmapRequest, Roadmap, RoadmapSide,
};

use super::care::Care;
use crate::client::Connection;
use crate::error::Error;
use crate::names;
use crate::render::{Answer, Block, Column, Page, Sheet, Table, View, value};
use crate::when;

/// Options of `accord roadmaps show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord roadmaps show river-towns
  accord roadmaps show river-towns --on 2022-09-20            the regions as they were called on a day")]
pub(super) struct ShowArgs {
    /// The roadmap, by its id or full name.
    #[arg(value_name = "ROADMAP")]
    roadmap: String,
    /// The day of whose region codes and names are shown beside those of the signing day [default: today].
    #[arg(long, value_name = "DATE", value_parser = when::day)]
    on: Option<Date>,
}

/// Options of `accord roadmaps adopt`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord roadmaps adopt river-towns --plan-revision 12 --token-file uz.token
  accord roadmaps adopt river-towns --plan-revision 12 --token-file kz.token

`accord roadmaps show` tells the revision. Once both sides have adopted the same one, the plan is frozen as baseline 1.")]
pub(super) struct AdoptArgs {
    /// The roadmap, by its id or full name.
    #[arg(value_name = "ROADMAP")]
    roadmap: String,
    /// The revision of the plan that you have read.
    #[arg(long, value_name = "NUMBER")]
    plan_revision: i64,
    #[command(flatten)]
    care: Care,
}

/// Options of `accord roadmaps close`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord roadmaps close river-towns --token-file uz.token

The roadmap is closed once both sides have said so; nothing in it changes afterwards.")]
pub(super) struct CloseArgs {
    /// The roadmap, by its id or full name.
    #[arg(value_name = "ROADMAP")]
    roadmap: String,
    #[command(flatten)]
    care: Care,
}

pub(super) async fn show(
    connection: &Connection,
    partnership: Option<&str>,
    language: &str,
    args: &ShowArgs,
) -> Result<View, Error> {
    let request = GetRoadmapRequest {
        name: names::resource(connection, partnership, "roadmaps", &args.roadmap).await?,
        effective_date: args.on,
    };
    let answer = RoadmapServiceClient::new(connection.clone())
        .get_roadmap(request)
        .await?;
    Ok(view(&answer.into_inner(), language, args.on.as_ref()))
}

pub(super) async fn adopt(
    connection: &Connection,
    partnership: Option<&str>,
    language: &str,
    args: &AdoptArgs,
) -> Result<View, Error> {
    let request = AdoptRoadmapRequest {
        name: names::resource(connection, partnership, "roadmaps", &args.roadmap).await?,
        plan_revision: args.plan_revision,
        etag: args.care.etag.clone(),
        request_id: args.care.request_id.clone(),
        validate_only: args.care.check,
    };
    let answer = RoadmapServiceClient::new(connection.clone())
        .adopt_roadmap(request)
        .await?;
    Ok(view(&answer.into_inner(), language, None))
}

pub(super) async fn close(
    connection: &Connection,
    partnership: Option<&str>,
    language: &str,
    args: &CloseArgs,
) -> Result<View, Error> {
    let request = CloseRoadmapRequest {
        name: names::resource(connection, partnership, "roadmaps", &args.roadmap).await?,
        etag: args.care.etag.clone(),
        request_id: args.care.request_id.clone(),
        validate_only: args.care.check,
    };
    let answer = RoadmapServiceClient::new(connection.clone())
        .close_roadmap(request)
        .await?;
    Ok(view(&answer.into_inner(), language, None))
}

/// Shows where a roadmap is, and each side's word on it; its regions as they are called today, or were on a day.
fn view(roadmap: &Roadmap, language: &str, on: Option<&Date>) -> View {
    let state = value::words(roadmap.state().as_str_name(), "ROADMAP_STATE_");
    let period = roadmap.period.unwrap_or_default();
    let pairs = Block::Pairs(vec![
        ("Roadmap", value::id(&roadmap.name).to_owned()),
        ("Title", super::pick(&roadmap.titles, language).to_owned()),
        ("State", state.clone()),
        (
            "Period",
            format!(
                "{} – {}",
                value::date(period.start_date.as_ref()),
                value::date(period.end_date.as_ref())
            ),
        ),
        ("Signed", value::date(roadmap.signing_date.as_ref())),
        ("Document", roadmap.source_document.clone()),
        ("Plan revision", roadmap.plan_revision.to_string()),
        ("Etag", roadmap.etag.clone()),
    ]);
    let mut table = Table::new(vec![
        Column::text("SIDE"),
        Column::text("REGION"),
        Column::text(on.map_or("TODAY".to_owned(), |day| {
            format!("ON {}", value::date(Some(day)))
        })),
        Column::text("SIGNED BY"),
        Column::text("ADOPTED"),
        Column::text("CLOSED"),
    ]);
    let mut sheet = Sheet::new(&[
        "name",
        "state",
        "plan_revision",
        "party",
        "region_code",
        "region_name",
        "effective_region_code",
        "effective_region_name",
        "adopt_time",
        "close_time",
    ]);
    for side in &roadmap.sides {
        let (adopted, closed) = (
            value::instant(side.adopt_time.as_ref()),
            value::instant(side.close_time.as_ref()),
        );
        table.push(vec![
            side.party.clone(),
            region(&side.region_name, &side.region_code),
            on_the_day(side),
            side.signing_body.clone(),
            adopted.clone(),
            closed.clone(),
        ]);
        sheet.push(vec![
            roadmap.name.clone(),
            state.clone(),
            roadmap.plan_revision.to_string(),
            side.party.clone(),
            side.region_code.clone(),
            side.region_name.clone(),
            side.effective_region_code.clone(),
            side.effective_region_name.clone(),
            adopted,
            closed,
        ]);
    }
    View {
        answer: Answer::of(roadmap),
        page: Page::new(vec![pairs, Block::Table(table)]),
        sheet,
    }
}

fn region(name: &str, code: &str) -> String {
    format!("{name} ({code})")
}

/// A region as it was called on the day asked for; nothing where that is not known.
fn on_the_day(side: &RoadmapSide) -> String {
    match side.effective_region_code.as_str() {
        "" => String::new(),
        code => region(&side.effective_region_name, code),
    }
}
