//! `accord roadmaps rebaseline propose` and `carry-over`.

use std::path::{Path, PathBuf};

use accord_proto::google::r#type::Date;
use accord_proto::roadmaps::v1::plan_service_client::PlanServiceClient;
use accord_proto::roadmaps::v1::{
    CarryOverMeasure, CarryOverMeasuresRequest, Deadline, Measure, PlanChange,
    ProposeRebaselineRequest, RemoveMeasure, ReplanMeasure, SupersedeMeasure, deadline,
    plan_change,
};
use prost_reflect::DynamicMessage;

use super::super::care::Care;
use super::view;
use crate::client::Connection;
use crate::client::refusal::Refusal;
use crate::commands::roadmaps::import::NEW_SPELLING;
use crate::error::Error;
use crate::names;
use crate::render::View;
use crate::when;

/// Options of `accord roadmaps rebaseline propose`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord roadmaps rebaseline propose river-towns --move ferry=2022-12-31 --reason 'Works began late.' --token-file uz.token
  accord roadmaps rebaseline propose river-towns --remove fair --supersede old-bridge=bridge --reason 'One bridge.' --token-file uz.token
  accord roadmaps rebaseline propose river-towns --changes changes.json --reason 'New section.' --token-file uz.token

The file has the changes in the JSON of the contract: {\"changes\": [{\"add\": {\"measureId\": …, \"measure\": {…}}}, …]}.")]
pub(super) struct Args {
    /// The roadmap, by its id or full name.
    #[arg(value_name = "ROADMAP")]
    roadmap: String,
    /// Moves a measure's deadline to a day; repeatable.
    #[arg(long = "move", value_name = "MEASURE=DAY", value_parser = pair)]
    moves: Vec<(String, String)>,
    /// Takes a measure out; repeatable.
    #[arg(long, value_name = "MEASURE")]
    remove: Vec<String>,
    /// Puts another measure in a measure's place; repeatable.
    #[arg(long, value_name = "MEASURE=SUCCESSOR", value_parser = pair)]
    supersede: Vec<(String, String)>,
    /// A file with further changes.
    #[arg(long, value_name = "FILE")]
    changes: Option<PathBuf>,
    /// Takes bodies as written, also where measures write the same body otherwise.
    #[arg(long)]
    new_spelling: bool,
    /// Why the plan should change.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    care: Care,
}

/// Options of `accord roadmaps rebaseline carry-over`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord roadmaps rebaseline carry-over river-towns river-towns-2024 --measure ferry=2024-06-30 --reason 'Not done.' --token-file uz.token

The following roadmap is a draft of the same two parties. The other side accepts by `accord roadmaps rebaseline accept`.")]
pub(super) struct CarryOverArgs {
    /// The roadmap that the measures are in, by its id or full name.
    #[arg(value_name = "ROADMAP")]
    roadmap: String,
    /// The roadmap in which they go on, by its id or full name.
    #[arg(value_name = "FOLLOWING")]
    following: String,
    /// A measure with its deadline there; repeatable.
    #[arg(long = "measure", value_name = "MEASURE=DAY", value_parser = pair, required = true)]
    measures: Vec<(String, String)>,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    care: Care,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (first, second) = text
        .split_once('=')
        .ok_or_else(|| format!("\"{text}\" has no `=`"))?;
    Ok((first.to_owned(), second.to_owned()))
}

fn by(day: &str) -> Result<Option<Deadline>, Error> {
    let day: Date = when::day(day).map_err(Error::Usage)?;
    Ok(Some(Deadline {
        form: Some(deadline::Form::Date(day)),
        last_day: None,
    }))
}

fn measure(roadmap: &str, id: &str) -> String {
    format!("{roadmap}/measures/{id}")
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    args: &Args,
) -> Result<View, Error> {
    let parent = names::resource(connection, partnership, "roadmaps", &args.roadmap).await?;
    let request = ProposeRebaselineRequest {
        changes: changes(&parent, args)?,
        parent,
        reason: args.reason.clone(),
        etag: args.care.etag.clone(),
        request_id: args.care.request_id.clone(),
        validate_only: args.care.check,
        allow_new_spelling: args.new_spelling,
    };
    let mut client = PlanServiceClient::new(connection.clone());
    let answer = client.propose_rebaseline(request).await;
    let answer = answer.map_err(|status| {
        let (field, flag) = NEW_SPELLING;
        Error::Refused(Box::new(Refusal::of(&status).with_flag(field, flag)))
    })?;
    Ok(view::one(&answer.into_inner()))
}

fn changes(roadmap: &str, args: &Args) -> Result<Vec<PlanChange>, Error> {
    let mut changes = match &args.changes {
        Some(path) => read(path)?,
        None => Vec::new(),
    };
    for (id, day) in &args.moves {
        changes.push(plan_change::Change::Replan(ReplanMeasure {
            measure: Some(Measure {
                name: measure(roadmap, id),
                deadline: by(day)?,
                ..Measure::default()
            }),
            update_mask: None,
        }));
    }
    changes.extend(args.remove.iter().map(|id| {
        plan_change::Change::Remove(RemoveMeasure {
            name: measure(roadmap, id),
        })
    }));
    changes.extend(args.supersede.iter().map(|(id, successor)| {
        plan_change::Change::Supersede(SupersedeMeasure {
            name: measure(roadmap, id),
            successor: measure(roadmap, successor),
        })
    }));
    let wrapped = changes.into_iter().map(|change| PlanChange {
        change: Some(change),
    });
    Ok(wrapped.collect())
}

/// Reads changes from a file in the canonical JSON of the contract.
fn read(path: &Path) -> Result<Vec<plan_change::Change>, Error> {
    let text = std::fs::read_to_string(path).map_err(|error| Error::file(path, error))?;
    let wrong =
        |error: &dyn std::fmt::Display| Error::Content(format!("{}: {error}", path.display()));
    let descriptor = accord_proto::descriptor_of::<ProposeRebaselineRequest>()
        .ok_or_else(|| wrong(&"the contract has no such request"))?;
    let mut deserializer = serde_json::Deserializer::from_str(&text);
    let message = DynamicMessage::deserialize(descriptor, &mut deserializer)
        .map_err(|error| wrong(&error))?;
    deserializer.end().map_err(|error| wrong(&error))?;
    let request: ProposeRebaselineRequest =
        message.transcode_to().map_err(|error| wrong(&error))?;
    let changes = request.changes.into_iter();
    Ok(changes.filter_map(|change| change.change).collect())
}

pub(super) async fn carry_over(
    connection: &Connection,
    partnership: Option<&str>,
    args: &CarryOverArgs,
) -> Result<View, Error> {
    let parent = names::resource(connection, partnership, "roadmaps", &args.roadmap).await?;
    let mut measures = Vec::new();
    for (id, day) in &args.measures {
        measures.push(CarryOverMeasure {
            name: measure(&parent, id),
            measure: Some(Measure {
                deadline: by(day)?,
                ..Measure::default()
            }),
            ..CarryOverMeasure::default()
        });
    }
    let request = CarryOverMeasuresRequest {
        parent,
        roadmap: names::resource(connection, partnership, "roadmaps", &args.following).await?,
        measures,
        reason: args.reason.clone(),
        etag: args.care.etag.clone(),
        request_id: args.care.request_id.clone(),
        validate_only: args.care.check,
        // It brings days only: no body is written anew.
        allow_new_spelling: true,
    };
    let mut client = PlanServiceClient::new(connection.clone());
    Ok(view::one(
        &client.carry_over_measures(request).await?.into_inner(),
    ))
}
