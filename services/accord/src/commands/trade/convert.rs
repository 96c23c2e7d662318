//! `accord trade convert`.

use std::path::PathBuf;

use accord_proto::trade::v1::classification_service_client::ClassificationServiceClient;
use accord_proto::trade::v1::converted_amount::Method;
use accord_proto::trade::v1::converted_observation::State;
use accord_proto::trade::v1::{
    ConvertObservationsRequest, ConvertObservationsResponse, ConvertedObservation, Flow,
};

use super::classifications::{Edition, weights};
use super::groups::period;
use crate::client::Connection;
use crate::error::Error;
use crate::names;
use crate::paging;
use crate::render::{Answer, Block, Column, Page, Sheet, Table, View, value};

/// Options of `accord trade convert`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord trade convert kz-2021 --to H6 -o csv
  accord trade convert kz-2021 --to H6 --weights shares.csv --weights-from H5
  accord trade convert kz-2021 --to H6 --limit 20

Each figure is converted exactly where all its goods have one code in the other edition; otherwise it goes to the
nearest entry above them, unless weights are given: from_code, to_code, weight_ppm.")]
pub(super) struct Args {
    /// The release, by its id or full name.
    #[arg(value_name = "RELEASE")]
    release: String,
    /// The edition to convert to.
    #[arg(long, value_enum, ignore_case = true)]
    to: Edition,
    /// Shares by which to divide codes that became several, in parts per million.
    #[arg(long, value_name = "FILE", requires = "weights_from")]
    weights: Option<PathBuf>,
    /// The edition that the shares are for.
    #[arg(long, value_enum, ignore_case = true, requires = "weights")]
    weights_from: Option<Edition>,
    #[command(flatten)]
    limit: paging::LimitArg,
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    args: &Args,
) -> Result<View, Error> {
    let weights = match &args.weights {
        None => Vec::new(),
        Some(path) => weights(path)?,
    };
    let request = ConvertObservationsRequest {
        release: names::resource(connection, partnership, "releases", &args.release).await?,
        to_edition: args.to.of_contract().into(),
        weights_edition: args
            .weights_from
            .map_or(0, |edition| edition.of_contract().into()),
        weights,
        resume_token: String::new(),
    };
    let mut stream = ClassificationServiceClient::new(connection.clone())
        .convert_observations(request)
        .await?
        .into_inner();
    let limit = args.limit.limit.map_or(usize::MAX, |limit| limit as usize);
    let mut whole = ConvertObservationsResponse::default();
    while let Some(piece) = stream.message().await? {
        whole.observations.extend(piece.observations);
        whole.complete = piece.complete;
        if whole.observations.len() >= limit {
            whole.observations.truncate(limit);
            break;
        }
    }
    Ok(view(&whole))
}

fn view(answer: &ConvertObservationsResponse) -> View {
    let mut table = Table::new(vec![
        Column::text("FLOW"),
        Column::text("PERIOD"),
        Column::text("FROM"),
        Column::text("TO"),
        Column::number("USD"),
        Column::text("HOW"),
        Column::text("RELATIONSHIP"),
    ]);
    let mut sheet = Sheet::new(&[
        "flow",
        "period",
        "region",
        "from_code",
        "to_code",
        "value_cents",
        "net_weight_grams",
        "method",
        "relationship",
    ]);
    for own in &answer.observations {
        for row in rows(own) {
            let Row { cells, cents } = row;
            let [
                flow,
                period,
                region,
                from,
                to,
                value_cents,
                grams,
                how,
                relationship,
            ] = cells;
            table.push(vec![
                flow.clone(),
                period.clone(),
                from.clone(),
                to.clone(),
                cents.map_or("-".to_owned(), dollars),
                how.clone(),
                relationship.clone(),
            ]);
            sheet.push(vec![
                flow,
                period,
                region,
                from,
                to,
                value_cents,
                grams,
                how,
                relationship,
            ]);
        }
    }
    let mut page = Page::new(Vec::new());
    if table.is_empty() {
        page.push(Block::Text("No figures.".into()));
    } else {
        page.push(Block::Table(table));
        push_summary(&mut page, &answer.observations);
    }
    if !answer.complete {
        page.push(Block::Text("There are more figures.".into()));
    }
    View {
        answer: Answer::list(answer, "observations"),
        page,
        sheet,
    }
}

/// One line of what a figure became.
struct Row {
    cells: [String; 9],
    cents: Option<i64>,
}

fn rows(own: &ConvertedObservation) -> Vec<Row> {
    let Some(figure) = &own.observation else {
        return Vec::new();
    };
    let number = |number: Option<i64>| number.map_or(String::new(), |number| number.to_string());
    let row = |to: String, cents: Option<i64>, grams: Option<i64>, how: String| Row {
        cells: [
            value::words(
                Flow::try_from(figure.flow)
                    .unwrap_or_default()
                    .as_str_name(),
                "FLOW_",
            ),
            figure.period.as_ref().map_or(String::new(), period),
            figure.region.clone(),
            figure.commodity.clone(),
            to,
            number(cents),
            number(grams),
            how,
            value::words(own.relationship().as_str_name(), "RELATIONSHIP_"),
        ],
        cents,
    };
    if own.state() == State::Converted {
        let how = value::words(own.method().as_str_name(), "METHOD_");
        let parts = own.parts.iter();
        return parts
            .map(|part| {
                let to = part.commodity.clone();
                row(to, part.value_cents, part.net_weight_grams, how.clone())
            })
            .collect();
    }
    let to = match own.state() {
        State::Unchanged => figure.commodity.clone(),
        _ => String::new(),
    };
    let how = value::words(own.state().as_str_name(), "STATE_");
    vec![row(to, figure.value_cents, figure.net_weight_grams, how)]
}

fn dollars(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// Adds how many figures were converted in which way.
fn push_summary(page: &mut Page, figures: &[ConvertedObservation]) {
    let count = |state: State, method: Method| {
        figures
            .iter()
            .filter(|own| own.state() == state && own.method() == method)
            .count()
    };
    for (state, method, words) in [
        (State::Converted, Method::Exact, "converted exactly"),
        (
            State::Converted,
            Method::CommonParent,
            "put under the nearest entry above their codes",
        ),
        (
            State::Converted,
            Method::DeclaredWeights,
            "divided by the weights given",
        ),
        (State::Unchanged, Method::Unspecified, "left as they are"),
        (
            State::UnknownCode,
            Method::Unspecified,
            "with a code that their edition does not have",
        ),
    ] {
        let count = count(state, method);
        if count > 0 {
            page.push(Block::Point(format!("{count} figures {words}")));
        }
    }
}
