//! `accord trade complementarity`.

use accord_proto::trade::v1::trade_service_client::TradeServiceClient;
use accord_proto::trade::v1::{
    ComplementarityProduct, QueryComplementarityRequest, QueryComplementarityResponse,
    TradeComplementarity,
};

use super::as_of::AsOf;
use super::groups::{Level, edition, number, percent, period};
use super::{uses, world};
use crate::client::Connection;
use crate::error::Error;
use crate::names;
use crate::render::{Answer, Block, Column, Page, Sheet, Table, View, value};

/// Options of `accord trade complementarity`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord trade complementarity 2024 --by chapter
  accord trade complementarity 2024 --by heading --top 10
  accord trade complementarity 2024 --by section --exporter UZ
  accord trade complementarity 2024 --by chapter --reporter UZ --partner KZ -o csv

The index is 100 when what one side exports is made up as what the other imports, and 0 when they have nothing in common
(Michaely 1996). It needs exports to and imports from the world, by product and in all: releases that cover the partner W0,
such as downloads of UN Comtrade with the partner World. In CSV shares are parts per million and money is US cents.")]
pub(super) struct Args {
    /// The period: 2024, 2024-H1, 2024-Q1, 2024-03, 2024-01/2024-03 from January, or 2023-04/2024-03 for twelve months.
    #[arg(value_name = "PERIOD")]
    period: String,
    /// The level of the products; the finer, the smaller the index.
    #[arg(long, value_enum)]
    by: Level,
    /// One of the two parties, where neither the releases nor the partnership tell.
    #[arg(long, value_name = "PARTY")]
    reporter: Option<String>,
    /// The other party.
    #[arg(long, value_name = "PARTY")]
    partner: Option<String>,
    /// Only the direction in which this party exports.
    #[arg(long, value_name = "PARTY")]
    exporter: Option<String>,
    /// How many products at most in each list.
    #[arg(long, value_name = "COUNT", default_value_t = 20, value_parser = clap::value_parser!(i32).range(1..=1_000))]
    top: i32,
    #[command(flatten)]
    as_of: AsOf,
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    args: &Args,
) -> Result<View, Error> {
    let mut request = QueryComplementarityRequest {
        parent: names::partnership(connection, partnership).await?,
        reporter: args.reporter.clone().unwrap_or_default(),
        partner: args.partner.clone().unwrap_or_default(),
        period: args.period.clone(),
        commodity_level: args.by.of_contract().into(),
        exporter: args.exporter.clone().unwrap_or_default(),
        top_count: args.top,
        known_time: args.as_of.known_on,
        recorded_before: args.as_of.recorded_before,
    };
    let answer = match ask(connection, &request).await {
        // Releases that cover only the world do not tell who the parties are; the partnership does.
        Err(Error::Refused(refusal))
            if refusal.reason() == "PARTIES_REQUIRED"
                && request.reporter.is_empty()
                && request.partner.is_empty() =>
        {
            let mut parties = names::parties(connection, &request.parent).await?;
            parties.sort_unstable();
            let [reporter, partner] = parties.as_slice() else {
                return Err(Error::Refused(refusal));
            };
            request.reporter.clone_from(reporter);
            request.partner.clone_from(partner);
            ask(connection, &request).await?
        }
        answer => answer?,
    };
    Ok(view(&answer))
}

async fn ask(
    connection: &Connection,
    request: &QueryComplementarityRequest,
) -> Result<QueryComplementarityResponse, Error> {
    let answer = TradeServiceClient::new(connection.clone())
        .query_complementarity(request.clone())
        .await?;
    Ok(answer.into_inner())
}

fn view(answer: &QueryComplementarityResponse) -> View {
    let heading = format!(
        "Trade complementarity of {} and {} in {}, as known at {}",
        answer.reporter,
        answer.partner,
        answer.period.as_ref().map_or(String::new(), period),
        value::instant(answer.known_time.as_ref())
    );
    let mut page = Page::new(vec![Block::Heading(heading)]);
    let mut table = Table::new(vec![
        Column::text("TRADE"),
        Column::number("INDEX"),
        Column::number("BETWEEN"),
        Column::number("PRODUCTS"),
        Column::number("MEET IN"),
    ]);
    for own in &answer.complementarities {
        table.push(vec![
            trade(own),
            own.complementarity_ppm
                .map_or_else(|| "-".to_owned(), |ppm| world::index(Some(ppm))),
            between(own),
            own.product_count.to_string(),
            own.overlap_count.to_string(),
        ]);
    }
    page.push(Block::Table(table));
    for own in &answer.complementarities {
        push_products(
            &mut page,
            &format!("{}: meet in", trade(own)),
            &own.overlaps,
        );
        push_products(
            &mut page,
            &format!("{}: are apart in", trade(own)),
            &own.mismatches,
        );
    }
    let totals = answer.complementarities.iter();
    world::push_totals(
        &mut page,
        totals.flat_map(|own| own.export_total.iter().chain(&own.import_total)),
    );
    let warnings = answer.complementarities.iter().flat_map(|own| {
        let general = own
            .warnings
            .iter()
            .map(move |warning| (trade(own), warning));
        let products = own.overlaps.iter().chain(&own.mismatches);
        let products = products.flat_map(|row| {
            let about = codes(row);
            row.warnings
                .iter()
                .map(move |warning| (about.clone(), warning))
        });
        general.chain(products)
    });
    let mut told: Vec<(String, String)> = Vec::new();
    for (about, warning) in warnings {
        let one = (about, warning.description.clone());
        if !told.contains(&one) {
            told.push(one);
        }
    }
    uses::push_warnings(&mut page, told.into_iter());
    page.push(Block::Pairs(vec![(
        "Index",
        answer.complementarity_source.clone(),
    )]));
    uses::push_releases(&mut page, &answer.releases);
    View {
        answer: Answer::list(answer, "complementarities"),
        page,
        sheet: sheet(answer),
    }
}

/// Which direction: `UZ>KZ`.
fn trade(own: &TradeComplementarity) -> String {
    format!("{}>{}", own.exporter, own.importer)
}

fn codes(row: &ComplementarityProduct) -> String {
    world::codes(&row.commodities, row.hs_edition())
}

/// The range of an index that is not exact.
fn between(own: &TradeComplementarity) -> String {
    match (own.least_ppm, own.greatest_ppm) {
        (Some(least), Some(greatest)) => format!(
            "{} to {}",
            world::index(Some(least)),
            world::index(Some(greatest))
        ),
        _ => String::new(),
    }
}

fn push_products(page: &mut Page, title: &str, rows: &[ComplementarityProduct]) {
    if rows.is_empty() {
        return;
    }
    let mut table = Table::new(vec![
        Column::text("CODES"),
        Column::number("EXPORTS"),
        Column::number("SHARE"),
        Column::number("IMPORTS"),
        Column::number("SHARE"),
        Column::number("OVERLAP"),
        Column::number("APART"),
    ]);
    for row in rows {
        table.push(vec![
            codes(row),
            world::figure(row.exports.as_ref()),
            percent(row.export_share_ppm),
            world::figure(row.imports.as_ref()),
            percent(row.import_share_ppm),
            value::percent(row.overlap_ppm),
            percent(row.mismatch_ppm),
        ]);
    }
    page.push(Block::Heading(title.to_owned()));
    page.push(Block::Table(table));
}

fn sheet(answer: &QueryComplementarityResponse) -> Sheet {
    let mut sheet = Sheet::new(&[
        "exporter",
        "importer",
        "kind",
        "commodities",
        "hs_edition",
        "export_cents",
        "export_share_ppm",
        "import_cents",
        "import_share_ppm",
        "overlap_ppm",
        "mismatch_ppm",
        "complementarity_ppm",
        "least_ppm",
        "greatest_ppm",
        "export_releases",
        "import_releases",
    ]);
    for own in &answer.complementarities {
        let total = |total: Option<&accord_proto::trade::v1::TradeTotal>| {
            total.map_or_else(String::new, |total| total.value_cents.to_string())
        };
        let releases = |total: Option<&accord_proto::trade::v1::TradeTotal>| {
            total.map_or_else(String::new, |total| total.releases.join(" "))
        };
        let empty = String::new;
        sheet.push(vec![
            own.exporter.clone(),
            own.importer.clone(),
            "index".to_owned(),
            empty(),
            empty(),
            total(own.export_total.as_ref()),
            empty(),
            total(own.import_total.as_ref()),
            empty(),
            empty(),
            empty(),
            number(own.complementarity_ppm),
            number(own.least_ppm),
            number(own.greatest_ppm),
            releases(own.export_total.as_ref()),
            releases(own.import_total.as_ref()),
        ]);
        for (kind, rows) in [("overlap", &own.overlaps), ("mismatch", &own.mismatches)] {
            for row in rows {
                sheet.push(vec![
                    own.exporter.clone(),
                    own.importer.clone(),
                    kind.to_owned(),
                    row.commodities.join("+"),
                    edition(row.hs_edition()).to_owned(),
                    world::cents(row.exports.as_ref()),
                    number(row.export_share_ppm),
                    world::cents(row.imports.as_ref()),
                    number(row.import_share_ppm),
                    row.overlap_ppm.to_string(),
                    number(row.mismatch_ppm),
                    empty(),
                    empty(),
                    empty(),
                    world::releases(row.exports.as_ref()),
                    world::releases(row.imports.as_ref()),
                ]);
            }
        }
    }
    sheet
}
