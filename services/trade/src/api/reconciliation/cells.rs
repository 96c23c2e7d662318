//! `ListMirrorCells`.

use std::sync::Arc;

use ::fault::Fault;
use accord_proto::trade::v1::{ListMirrorCellsRequest, ListMirrorCellsResponse};
use aip::{Violation, Violations};
use identity::Caller;
use jiff::Timestamp;
use prost::Message as _;
use tonic::Request;

use super::{
    Asked, Raw, memory,
    scene::{Books, Scene},
};
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
        mirror::{Side, units::is_coarser},
        period::Period,
    },
};

/// What is asked for besides what all questions have in common.
#[derive(Debug)]
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
    let found = find(api, &scene, cells).await?;
    let total = found.placed.len();
    let first = asked.after.as_ref().map_or(0, |after| {
        let is_before = |(name, _): &(String, Placed)| name <= after;
        found.placed.partition_point(is_before)
    });
    let rest = found.placed.get(first..).unwrap_or_default();
    let size = asked.listing.page_size();
    let placed = rest.iter().take(size).map(|(_, own)| own.clone()).collect();
    let key = |own: &Placed| key_of(own, own.exporter != reporter);
    let (rows, placed, next_page_token) = asked.page(api, placed, rest.len() > size, &key).await?;
    Ok(ListMirrorCellsResponse {
        mirror_cells: rows,
        next_page_token,
        total_size: i32::try_from(total).unwrap_or(i32::MAX),
        releases: convert::mirror::show_uses(&placed, &found.releases),
        reporter: reporter.clone(),
        partner,
        known_time: Some(convert::timestamp(asked.known)),
    })
}

/// Returns all cells of a question, those of the page before if nothing has changed since.
async fn find(api: &Api, scene: &Arc<Scene>, cells: Cells) -> Result<Arc<memory::Cells>, Fault> {
    let question = format!("{scene:?} {cells:?}");
    let input = Arc::new((Arc::clone(scene), cells, question, api.cells.clone()));
    let shared = Arc::clone(&input);
    let read = api
        .database
        .read(move |tx| {
            let shared = Arc::clone(&shared);
            Box::pin(async move {
                let (scene, cells, question, memory) = &*shared;
                // Before all else: what is read behind it is at least as new.
                let occasion = (ledger::newest(tx).await?, question.clone());
                if let Some(kept) = memory.get(&occasion) {
                    return Ok(Read::Kept(kept));
                }
                let (period, level) = (cells.period, cells.level);
                let books = scene.books(tx, period, level, &cells.prefix).await?;
                Ok::<_, Fault>(Read::New(occasion, Box::new(books)))
            })
        })
        .await?;
    let (occasion, books) = match read {
        Read::Kept(kept) => return Ok(kept),
        Read::New(occasion, books) => (occasion, books),
    };
    let cells = &input.1;
    let [reporter, _] = &scene.parties;
    let prefix = cells.prefix.as_str();
    // A code of which a side has published no finer ones stands for all of them.
    let is_asked = |code: &String| code.starts_with(prefix) || is_above(code, prefix, cells.level);
    let mut placed: Vec<(String, Placed)> = scene
        .cells(&books, cells.period)
        .into_iter()
        .filter(|own| own.codes.iter().any(is_asked))
        .map(|own| (key_of(&own, own.exporter != *reporter), own))
        .collect();
    placed.sort_by(|(one, _), (other, _)| one.cmp(other));
    let found = Arc::new(memory::Cells {
        placed,
        releases: books.releases,
    });
    api.cells.put(occasion, Arc::clone(&found));
    Ok(found)
}

/// What cells are made of, or cells that were kept.
enum Read {
    Kept(Arc<memory::Cells>),
    New(memory::Occasion, Box<Books>),
}

/// Tells whether a code that is coarser than a level takes in those that begin with `prefix`.
fn is_above(code: &str, prefix: &str, level: Level) -> bool {
    is_coarser(level, code) && prefix.starts_with(code)
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
