//! `accord trade classifications convert`.

use std::path::{Path, PathBuf};

use accord_proto::trade::v1::classification_service_client::ClassificationServiceClient;
use accord_proto::trade::v1::{
    CommodityAmount, CommodityWeight, ConvertCommoditiesRequest, ConvertCommoditiesResponse,
};

use super::Edition;
use crate::client::Connection;
use crate::error::Error;
use crate::render::{Answer, Block, Column, Page, Sheet, Table, View, value};

/// Options of `accord trade classifications convert`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord trade classifications convert figures.csv --from H5 --to H6 -o csv
  accord trade classifications convert figures.csv --from H5 --to H6 --weights shares.csv

The file is CSV with the columns code and amount, whole numbers of any unit. Amounts whose goods can have
several codes go to the nearest entry above them, unless weights are given: from_code, to_code, weight_ppm.")]
pub(super) struct Args {
    /// The amounts.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The edition that they are in.
    #[arg(long, value_enum, ignore_case = true)]
    from: Edition,
    /// The edition to convert to.
    #[arg(long, value_enum, ignore_case = true)]
    to: Edition,
    /// Shares by which to divide codes that became several, in parts per million.
    #[arg(long, value_name = "FILE")]
    weights: Option<PathBuf>,
}

pub(super) async fn run(connection: &Connection, args: &Args) -> Result<View, Error> {
    let amounts = rows(&args.file, ["code", "amount"], |[code, amount]| {
        Some(CommodityAmount {
            code: code.to_owned(),
            amount: amount.parse().ok()?,
        })
    })?;
    let weights = match &args.weights {
        None => Vec::new(),
        Some(path) => self::weights(path)?,
    };
    let request = ConvertCommoditiesRequest {
        from_edition: args.from.of_contract().into(),
        to_edition: args.to.of_contract().into(),
        amounts,
        weights,
    };
    let answer = ClassificationServiceClient::new(connection.clone())
        .convert_commodities(request)
        .await?
        .into_inner();
    Ok(view(&answer))
}

/// Reads shares by which to divide codes that became several.
pub(in crate::commands::trade) fn weights(path: &Path) -> Result<Vec<CommodityWeight>, Error> {
    let columns = ["from_code", "to_code", "weight_ppm"];
    rows(path, columns, |[from, to, weight]| {
        Some(CommodityWeight {
            from_code: from.to_owned(),
            to_code: to.to_owned(),
            weight_ppm: weight.parse().ok()?,
        })
    })
}

/// Reads the rows of a CSV file with exactly these columns, in any order.
fn rows<T, const N: usize>(
    path: &Path,
    columns: [&str; N],
    read: impl Fn([&str; N]) -> Option<T>,
) -> Result<Vec<T>, Error> {
    let failed = |text: String| Error::Failed(format!("{}: {text}", path.display()));
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_path(path)
        .map_err(|error| failed(error.to_string()))?;
    let header = reader
        .headers()
        .map_err(|error| failed(error.to_string()))?
        .clone();
    let mut places = [0; N];
    for (place, column) in places.iter_mut().zip(columns) {
        *place = header
            .iter()
            .position(|cell| cell.trim_start_matches('\u{feff}') == column)
            .ok_or_else(|| failed(format!("has no column {column}")))?;
    }
    let mut rows = Vec::new();
    for (record, line) in reader.records().zip(2..) {
        let record = record.map_err(|error| failed(error.to_string()))?;
        let cells = places.map(|place| record.get(place).unwrap_or_default());
        let row = read(cells)
            .ok_or_else(|| failed(format!("line {line}: {} is no whole number", cells[N - 1])))?;
        rows.push(row);
    }
    Ok(rows)
}

fn view(answer: &ConvertCommoditiesResponse) -> View {
    let mut table = Table::new(vec![
        Column::text("FROM"),
        Column::text("TO"),
        Column::number("AMOUNT"),
        Column::text("HOW"),
        Column::text("RELATIONSHIP"),
    ]);
    let mut sheet = Sheet::new(&["from_code", "to_code", "amount", "method", "relationship"]);
    for part in &answer.amounts {
        let row = vec![
            part.from_code.clone(),
            part.to_code.clone(),
            part.amount.to_string(),
            value::words(part.method().as_str_name(), "METHOD_"),
            value::words(part.relationship().as_str_name(), "RELATIONSHIP_"),
        ];
        table.push(row.clone());
        sheet.push(row);
    }
    let mut page = Page::new(vec![Block::Table(table)]);
    if let Some(share) = answer.exact_share_ppm {
        let share = value::percent(share.into());
        page.push(Block::Text(format!(
            "Converted exactly: {share} of the amounts."
        )));
    }
    for unknown in &answer.unknown {
        sheet.push(vec![
            unknown.code.clone(),
            String::new(),
            unknown.amount.to_string(),
            "unknown code".to_owned(),
            String::new(),
        ]);
        page.push(Block::Point(format!(
            "{} is not a code of that edition: {} is left apart",
            unknown.code, unknown.amount
        )));
    }
    View {
        answer: Answer::of(answer),
        page,
        sheet,
    }
}
