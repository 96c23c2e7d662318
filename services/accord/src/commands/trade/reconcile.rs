//! `accord trade reconcile`.

mod view;

pub(super) use view::trade;

use accord_proto::trade::v1::reconciliation_service_client::ReconciliationServiceClient;
use accord_proto::trade::v1::{
    CommodityLevel, Granularity, ListMirrorCellsRequest, ListMirrorCellsResponse,
    ReconcileMirrorRequest, ReconcileMirrorResponse,
};

use crate::client::Connection;
use crate::error::Error;
use crate::paging;
use crate::render::View;
use crate::{names, when};

/// The length of the windows, as typed.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum By {
    Year,
    HalfYear,
    Quarter,
    Month,
    /// The twelve months that end with each month
    TwelveMonths,
    /// January to each month
    YearToDate,
}

/// The level of cells, as typed.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Cells {
    Section,
    Chapter,
    Heading,
    Subheading,
}

/// Options of `accord trade reconcile`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord trade reconcile --from 2018 --to 2023
  accord trade reconcile --from 2022 --to 2022 --cif-fob-factor 1.06
  accord trade reconcile --by month --from 2024 --to 2024 -o csv
  accord trade reconcile --cells chapter --period 2022 --limit 20
  accord trade reconcile --cells subheading --period 2022 --commodity 27

A gap is the exporter's figure less the importer's. What the figures do not tell how to quantify stays in the
unexplained part, and is named below the table. `accord trade explanations` has what both sides say about it.")]
pub(super) struct Args {
    /// The length of the windows.
    #[arg(long, value_enum, default_value = "year", conflicts_with = "cells")]
    by: By,
    /// First year [default: the first with a figure].
    #[arg(long, value_name = "YEAR", conflicts_with = "cells")]
    from: Option<i32>,
    /// Last year [default: the last with a figure].
    #[arg(long, value_name = "YEAR", conflicts_with = "cells")]
    to: Option<i32>,
    /// Compares one period cell by cell, the largest gaps first.
    #[arg(long, value_enum, value_name = "LEVEL", requires = "period")]
    cells: Option<Cells>,
    /// The period of the cells: 2022, 2022-H1, 2022-Q1, 2022-03, 2022-01/2022-03.
    #[arg(long, value_name = "PERIOD", requires = "cells")]
    period: Option<String>,
    /// Only cells whose code begins with this one.
    #[arg(long, value_name = "CODE", requires = "cells")]
    commodity: Option<String>,
    /// One of the two parties, where the releases do not tell.
    #[arg(long, value_name = "PARTY")]
    reporter: Option<String>,
    /// The other party.
    #[arg(long, value_name = "PARTY")]
    partner: Option<String>,
    /// By how much imports CIF are taken to exceed exports FOB, such as 1.06 [default: not assumed].
    #[arg(long, value_name = "FACTOR", value_parser = factor)]
    cif_fob_factor: Option<i64>,
    /// Answers as the publications stood at the end of this day, or at this instant [default: now].
    #[arg(long, value_name = "DATE|TIME", value_parser = when::moment)]
    known_on: Option<prost_types::Timestamp>,
    #[command(flatten)]
    limit: paging::LimitArg,
}

/// Reads a factor as parts per million.
fn factor(text: &str) -> Result<i64, String> {
    let wrong = || format!("\"{text}\" is not a factor such as 1.06, with at most six places");
    let (whole, places) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || places.len() > 6 || !digits(whole) || !digits(places) {
        return Err(wrong());
    }
    let whole: i64 = whole.parse().map_err(|_| wrong())?;
    let places: i64 = format!("{places:0<6}").parse().map_err(|_| wrong())?;
    whole
        .checked_mul(1_000_000)
        .map(|whole| whole + places)
        .ok_or_else(wrong)
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    args: &Args,
) -> Result<View, Error> {
    let parent = names::partnership(connection, partnership).await?;
    match (args.cells, &args.period) {
        (Some(level), Some(period)) => cells(connection, parent, args, level, period).await,
        _ => windows(connection, parent, args).await,
    }
}

async fn windows(connection: &Connection, parent: String, args: &Args) -> Result<View, Error> {
    let asked = ReconcileMirrorRequest {
        parent,
        granularity: match args.by {
            By::Year => Granularity::Year,
            By::Quarter => Granularity::Quarter,
            By::Month => Granularity::Month,
            By::HalfYear => Granularity::HalfYear,
            By::TwelveMonths => Granularity::RollingTwelveMonths,
            By::YearToDate => Granularity::YearToDate,
        }
        .into(),
        reporter: args.reporter.clone().unwrap_or_default(),
        partner: args.partner.clone().unwrap_or_default(),
        start_year: args.from.unwrap_or_default(),
        end_year: args.to.unwrap_or_default(),
        cif_fob_factor_ppm: args.cif_fob_factor,
        known_time: args.known_on,
        ..ReconcileMirrorRequest::default()
    };
    let mut whole: Option<ReconcileMirrorResponse> = None;
    let mut request = asked;
    loop {
        let page = ReconciliationServiceClient::new(connection.clone())
            .reconcile_mirror(request.clone())
            .await?
            .into_inner();
        request.page_token.clone_from(&page.next_page_token);
        let answer = match whole.take() {
            None => page,
            Some(mut answer) => {
                answer.rows.extend(page.rows);
                answer.releases.extend(page.releases);
                answer.next_page_token = page.next_page_token;
                answer
            }
        };
        let has_enough = enough(args, answer.rows.len());
        let is_last = request.page_token.is_empty();
        let answer = whole.insert(answer);
        if is_last || has_enough {
            if let Some(limit) = args.limit.limit {
                answer.rows.truncate(limit as usize);
            }
            tidy(&mut answer.releases);
            return Ok(view::windows(answer));
        }
    }
}

async fn cells(
    connection: &Connection,
    parent: String,
    args: &Args,
    level: Cells,
    period: &str,
) -> Result<View, Error> {
    let mut request = ListMirrorCellsRequest {
        parent,
        period: period.to_owned(),
        commodity_level: match level {
            Cells::Section => CommodityLevel::Section,
            Cells::Chapter => CommodityLevel::Chapter,
            Cells::Heading => CommodityLevel::Heading,
            Cells::Subheading => CommodityLevel::Subheading,
        }
        .into(),
        reporter: args.reporter.clone().unwrap_or_default(),
        partner: args.partner.clone().unwrap_or_default(),
        commodity: args.commodity.clone().unwrap_or_default(),
        cif_fob_factor_ppm: args.cif_fob_factor,
        known_time: args.known_on,
        ..ListMirrorCellsRequest::default()
    };
    let mut whole: Option<ListMirrorCellsResponse> = None;
    loop {
        let page = ReconciliationServiceClient::new(connection.clone())
            .list_mirror_cells(request.clone())
            .await?
            .into_inner();
        request.page_token.clone_from(&page.next_page_token);
        let answer = match whole.take() {
            None => page,
            Some(mut answer) => {
                answer.mirror_cells.extend(page.mirror_cells);
                answer.releases.extend(page.releases);
                answer.next_page_token = page.next_page_token;
                answer
            }
        };
        let has_enough = enough(args, answer.mirror_cells.len());
        let is_last = request.page_token.is_empty();
        let answer = whole.insert(answer);
        if is_last || has_enough {
            if let Some(limit) = args.limit.limit {
                answer.mirror_cells.truncate(limit as usize);
            }
            tidy(&mut answer.releases);
            return Ok(view::cells(answer, period));
        }
    }
}

fn enough(args: &Args, rows: usize) -> bool {
    args.limit.limit.is_some_and(|limit| rows >= limit as usize)
}

/// Leaves each release once, by name.
pub(super) fn tidy(releases: &mut Vec<accord_proto::trade::v1::ReleaseUse>) {
    releases.sort_by(|a, b| a.release.cmp(&b.release));
    releases.dedup_by(|a, b| a.release == b.release);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_are_read_exactly() {
        assert_eq!(factor("1.06"), Ok(1_060_000));
        assert_eq!(factor("1"), Ok(1_000_000));
        assert_eq!(factor("1.000001"), Ok(1_000_001));
        for wrong in ["", ".5", "1.0600001", "1,06", "-1", "99999999999999999"] {
            assert!(factor(wrong).is_err(), "{wrong}");
        }
    }
}
