//! `ListMirrorCells`.

use std::sync::Arc;

use ::fault::Fault;
use accord_proto::trade::v1::{ListMirrorCellsRequest, ListMirrorCellsResponse};
use aip::{Violation, Violations};
use identity::Caller;
use jiff::Timestamp;
use prost::Message as _;
use tonic::Request;

use super::{Asked, Raw, scene::Scene};
use crate::{
    api::{
        Api,
        convert::{self, mirror::Placed},
        fault,
        query::breakdown::request::read_period,
    },
    domain::{
        cell::{Commodity, HsEdition, TOTAL},
        group::Level,
        mirror::Side,
        period::Period,
    },
};

/// What is asked for besides what all questions have in common.
struct Cells {
    period: Period,
    level: Level,
    /// What codes begin with.
    prefix: String,
}

pub(crate) async fn run(
    api: &Api,
    request: Request<ListMirrorCellsRequest>,
) -> Result<ListMirrorCellsResponse, Fault> {
    Caller::of(&request)?.may_read()?;
    let (asked, cells) = read(request.get_ref(), api.clock.now())?;
    let [reporter, partner] = asked.parties(api).await?;
    let scene = Arc::new(Scene {
        partnership: asked.partnership.clone(),
        parties: [reporter.clone(), partner.clone()],
        known: asked.known,
        recorded_before: asked.recorded_before,
        factor_ppm: asked.factor_ppm,
    });
    let shared = Arc::new((Arc::clone(&scene), cells));
    let cells = Arc::clone(&shared);
    let books = api
        .database
        .read(move |tx| {
            let shared = Arc::clone(&shared);
            Box::pin(async move {
                let (scene, cells) = &*shared;
                let (period, level) = (cells.period, cells.level);
                scene.books(tx, period, level, &cells.prefix).await
            })
        })
        .await?;
    let cells = &cells.1;
    let mut placed = scene.cells(&books, cells.period);
    placed.retain(|own| own.codes.iter().any(|code| code.starts_with(&cells.prefix)));
    let total = placed.len();
    let key = |own: &Placed| key_of(own, own.exporter != reporter);
    placed.sort_by_cached_key(key);
    if let Some(after) = &asked.after {
        placed.retain(|own| key(own) > *after);
    }
    let has_more = placed.len() > asked.listing.page_size();
    placed.truncate(asked.listing.page_size());
    let (rows, placed, next_page_token) = asked.page(api, placed, has_more, &key).await?;
    Ok(ListMirrorCellsResponse {
        mirror_cells: rows,
        next_page_token,
        total_size: i32::try_from(total).unwrap_or(i32::MAX),
        releases: convert::mirror::show_uses(&placed, &books.releases),
        reporter: reporter.clone(),
        partner,
        known_time: Some(convert::timestamp(asked.known)),
    })
}

/// Names a cell so that the names sort as the cells do: the largest gaps first, then cells without one by their
/// figures, then by direction and code.
fn key_of(own: &Placed, second: bool) -> String {
    let sides = [&own.row.exports, &own.row.imports];
    let figure = sides.into_iter().filter_map(Side::cents).max();
    let size = own
        .row
        .gap
        .as_ref()
        .map_or(figure.unwrap_or_default(), |gap| gap.cents);
    format!(
        "{}{:020}{}{}",
        u8::from(own.row.gap.is_none()),
        u64::MAX - size.unsigned_abs(),
        u8::from(second),
        own.codes.iter().next().map_or("", String::as_str)
    )
}

fn read(request: &ListMirrorCellsRequest, now: Timestamp) -> Result<(Asked, Cells), Fault> {
    let mut violations = Violations::new();
    let bound = ListMirrorCellsRequest {
        page_size: 0,
        page_token: String::new(),
        ..request.clone()
    };
    let raw = Raw {
        parent: &request.parent,
        reporter: &request.reporter,
        partner: &request.partner,
        factor_ppm: request.cif_fob_factor_ppm,
        known_time: request.known_time.as_ref(),
        recorded_before: request.recorded_before.as_ref(),
        page_size: request.page_size,
        page_token: &request.page_token,
        bound_to: &bound.encode_to_vec(),
    };
    let asked = super::read(&raw, now, &mut violations);
    let period = violations.take(read_period("period", &request.period));
    let level = violations.take(convert::needed(
        "commodity_level",
        request.commodity_level,
        convert::enums::read_level,
    ));
    let prefix = violations.take(read_prefix(&request.commodity, level, "cells"));
    violations.finish()?;
    match (asked, period, level, prefix) {
        (Some(asked), Some(period), Some(level), Some(prefix)) => Ok((
            asked,
            Cells {
                period,
                level,
                prefix,
            },
        )),
        _ => Err(fault::unreported()),
    }
}

/// Reads what the codes of cells begin with; `rows` is what those are called.
pub(in crate::api) fn read_prefix(
    code: &str,
    level: Option<Level>,
    rows: &str,
) -> Result<String, Violation> {
    let invalid = |description: String| Violation::new("commodity", "FIELD_INVALID", description);
    if code.is_empty() || code == TOTAL {
        return Ok(String::new());
    }
    // Whatever the edition.
    Commodity::parse(code, HsEdition::new(0)).map_err(|error| invalid(error.to_string()))?;
    match level {
        Some(Level::Section) => Err(invalid("must be empty for sections".to_owned())),
        Some(level) if code.len() > level.digits() => {
            let description = format!("must not have more digits than the {rows}");
            Err(invalid(description))
        }
        _ => Ok(code.to_owned()),
    }
}
