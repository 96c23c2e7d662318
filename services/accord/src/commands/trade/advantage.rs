//! `accord trade advantage`.

use accord_proto::trade::v1::trade_service_client::TradeServiceClient;
use accord_proto::trade::v1::{
    ComparativeAdvantage, ListComparativeAdvantagesRequest, ListComparativeAdvantagesResponse,
};

use super::as_of::AsOf;
use super::groups::{Level, edition, number, percent, period};
use super::{reconcile::tidy, uses, world};
use crate::client::Connection;
use crate::error::Error;
use crate::names;
use crate::paging;
use crate::render::{Answer, Block, Column, Page, Sheet, Table, View, value};

/// Options of `accord trade advantage`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord trade advantage 2024 --reporter UZ --by chapter
  accord trade advantage 2024 --reporter KZ --by heading --commodity 27 --limit 20
  accord trade advantage 2024 --reporter UZ --by section --beside KZ --beside KG --beside TJ --beside TM --beside UZ
  accord trade advantage 2024-H1 --reporter UZ --by subheading -o csv

A comparative advantage is the part of a product in the reporter's exports over its part in those of the world or of the
countries named (Balassa 1965): above 1 the reporter is specialised in it. It needs exports to the world, by product and
in all: releases that cover the partner W0, such as downloads of UN Comtrade with the partner World. In CSV ratios are
parts per million and money is US cents.")]
pub(super) struct Args {
    /// The period: 2024, 2024-H1, 2024-Q1, 2024-03, 2024-01/2024-03 from January, or 2023-04/2024-03 for twelve months.
    #[arg(value_name = "PERIOD")]
    period: String,
    /// Whose exports: ISO 3166-1 alpha-2.
    #[arg(long, value_name = "PARTY")]
    reporter: String,
    /// The level of the products.
    #[arg(long, value_enum)]
    by: Level,
    /// A country to compare with; may be repeated [default: the world, as releases of W0 publish it].
    #[arg(long, value_name = "COUNTRY")]
    beside: Vec<String>,
    /// Only products whose code begins with this one.
    #[arg(long, value_name = "CODE")]
    commodity: Option<String>,
    #[command(flatten)]
    as_of: AsOf,
    #[command(flatten)]
    limit: paging::LimitArg,
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    args: &Args,
) -> Result<View, Error> {
    let mut request = ListComparativeAdvantagesRequest {
        parent: names::partnership(connection, partnership).await?,
        reporter: args.reporter.clone(),
        period: args.period.clone(),
        commodity_level: args.by.of_contract().into(),
        reference_reporters: args.beside.clone(),
        commodity: args.commodity.clone().unwrap_or_default(),
        known_time: args.as_of.known_on,
        recorded_before: args.as_of.recorded_before,
        ..ListComparativeAdvantagesRequest::default()
    };
    let mut whole: Option<ListComparativeAdvantagesResponse> = None;
    loop {
        let page = TradeServiceClient::new(connection.clone())
            .list_comparative_advantages(request.clone())
            .await?
            .into_inner();
        request.page_token.clone_from(&page.next_page_token);
        let answer = match whole.take() {
            None => page,
            Some(mut answer) => {
                answer
                    .comparative_advantages
                    .extend(page.comparative_advantages);
                answer.releases.extend(page.releases);
                answer.next_page_token = page.next_page_token;
                answer
            }
        };
        let rows = answer.comparative_advantages.len();
        let limit = args.limit.limit.map_or(usize::MAX, |limit| limit as usize);
        let answer = whole.insert(answer);
        if request.page_token.is_empty() || rows >= limit {
            answer.comparative_advantages.truncate(limit);
            tidy(&mut answer.releases);
            return Ok(view(answer, args));
        }
    }
}

fn view(answer: &ListComparativeAdvantagesResponse, args: &Args) -> View {
    let beside = if args.beside.is_empty() {
        "those of the world".to_owned()
    } else {
        format!("those of {}", args.beside.join(", "))
    };
    let heading = format!(
        "Exports of {} in {} beside {beside}, by revealed comparative advantage, as known at {}",
        args.reporter,
        answer.period.as_ref().map_or(String::new(), period),
        value::instant(answer.known_time.as_ref())
    );
    let mut page = Page::new(vec![Block::Heading(heading)]);
    let mut table = Table::new(vec![
        Column::text("CODES"),
        Column::number("USD MILLION"),
        Column::number("SHARE"),
        Column::number("REFERENCE"),
        Column::number("SHARE"),
        Column::number("ADVANTAGE"),
        Column::number("BETWEEN"),
        Column::number("SYMMETRIC"),
    ]);
    for row in &answer.comparative_advantages {
        table.push(vec![
            codes(row),
            world::figure(row.exports.as_ref()),
            percent(row.export_share_ppm),
            world::figure(row.reference_exports.as_ref()),
            percent(row.reference_share_ppm),
            world::ratio(row.comparative_advantage_ppm),
            between(row),
            world::ratio(row.symmetric_ppm),
        ]);
    }
    page.push(Block::Table(table));
    let left = usize::try_from(answer.total_size)
        .unwrap_or_default()
        .saturating_sub(answer.comparative_advantages.len());
    if left > 0 {
        page.push(Block::Text(format!("{left} more products are not shown.")));
    }
    let totals = answer.export_total.iter().chain(&answer.reference_totals);
    world::push_totals(&mut page, totals);
    let general = answer.warnings.iter();
    let general = general.map(|warning| (String::new(), warning.description.clone()));
    let own = answer.comparative_advantages.iter().flat_map(|row| {
        let warnings = row.warnings.iter();
        warnings.map(|warning| (codes(row), warning.description.clone()))
    });
    uses::push_warnings(&mut page, general.chain(own));
    page.push(Block::Pairs(vec![
        ("Advantage", answer.comparative_advantage_source.clone()),
        ("Symmetric", answer.symmetric_source.clone()),
    ]));
    uses::push_releases(&mut page, &answer.releases);
    View {
        answer: Answer::list(answer, "comparative_advantages"),
        page,
        sheet: sheet(&answer.comparative_advantages),
    }
}

/// The codes with their edition: `2709+2710 (H5)`.
fn codes(row: &ComparativeAdvantage) -> String {
    world::codes(&row.commodities, row.hs_edition())
}

/// The range of an advantage that is not exact.
fn between(row: &ComparativeAdvantage) -> String {
    let Some(least) = row.least_ppm else {
        return String::new();
    };
    match row.greatest_ppm {
        Some(greatest) => format!(
            "{} to {}",
            world::ratio(Some(least)),
            world::ratio(Some(greatest))
        ),
        None => format!("{} or more", world::ratio(Some(least))),
    }
}

fn sheet(rows: &[ComparativeAdvantage]) -> Sheet {
    let mut sheet = Sheet::new(&[
        "commodities",
        "hs_edition",
        "export_cents",
        "export_share_ppm",
        "reference_cents",
        "reference_share_ppm",
        "comparative_advantage_ppm",
        "least_ppm",
        "greatest_ppm",
        "symmetric_ppm",
        "export_releases",
        "reference_releases",
    ]);
    for row in rows {
        sheet.push(vec![
            row.commodities.join("+"),
            edition(row.hs_edition()).to_owned(),
            world::cents(row.exports.as_ref()),
            number(row.export_share_ppm),
            world::cents(row.reference_exports.as_ref()),
            number(row.reference_share_ppm),
            number(row.comparative_advantage_ppm),
            number(row.least_ppm),
            number(row.greatest_ppm),
            number(row.symmetric_ppm),
            world::releases(row.exports.as_ref()),
            world::releases(row.reference_exports.as_ref()),
        ]);
    }
    sheet
}
