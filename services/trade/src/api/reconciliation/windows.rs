//! `ReconcileMirror`.

use std::sync::Arc;

use ::fault::Fault;
use accord_proto::trade::v1::{ReconcileMirrorRequest, ReconcileMirrorResponse};
use aip::Violations;
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
        query::{
            read_year,
            series::{bounds, check_years, periods_between},
        },
    },
    domain::{
        mirror::{convergence::convergence, totals::Totals},
        period::{Period, Window, YEARS},
    },
};

type Years = (Option<i16>, Option<i16>);

pub(crate) async fn run(
    api: &Api,
    request: Request<ReconcileMirrorRequest>,
) -> Result<ReconcileMirrorResponse, Fault> {
    Caller::of(&request)?.may_read()?;
    let (asked, window, years) = read(request.get_ref(), api.clock.now())?;
    let [reporter, partner] = asked.parties(api).await?;
    let scene = Scene {
        partnership: asked.partnership.clone(),
        parties: [reporter.clone(), partner.clone()],
        known: asked.known,
        recorded_before: asked.recorded_before,
        factor_ppm: asked.factor_ppm,
    };
    let totals = totals(api, &scene, years).await?;
    let years = bounds(years, totals.years(), scene.today().year());
    let mut rows = places(window, years).filter(|(period, direction)| {
        asked
            .after
            .as_ref()
            .is_none_or(|after| key_of(*period, *direction) > *after)
    });
    let mut placed = Vec::new();
    for (period, direction) in rows.by_ref().take(asked.listing.page_size()) {
        let (exporter, importer) = scene.directions()[usize::from(direction)];
        placed.push(scene.window(&totals, (exporter, importer), period));
    }
    let has_more = rows.next().is_some();
    let first = reporter.clone();
    let key = move |own: &Placed| key_of(own.row.period, own.exporter != first);
    let (rows, placed, next_page_token) = asked.page(api, placed, has_more, &key).await?;
    let mut converging = Vec::new();
    if let Some((start, end)) = years.filter(|_| asked.after.is_none()) {
        for (exporter, importer) in scene.directions() {
            let found = convergence(&totals.between(exporter, importer), start..=end);
            let shown = found
                .into_iter()
                .map(|found| convert::mirror::show_convergence(exporter, found));
            converging.extend(shown);
        }
    }
    Ok(ReconcileMirrorResponse {
        rows,
        next_page_token,
        convergence: converging,
        releases: convert::mirror::show_uses(&placed, totals.releases()),
        reporter,
        partner,
        known_time: Some(convert::timestamp(asked.known)),
    })
}

/// All rows in order: by period, exports of the first party first.
fn places(window: Window, years: Option<(i16, i16)>) -> impl Iterator<Item = (Period, bool)> {
    let periods = years.map_or_else(Vec::new, |years| periods_between(window, years));
    periods
        .into_iter()
        .flat_map(|period| [(period, false), (period, true)])
}

/// Names a row so that the names sort as the rows do.
fn key_of(period: Period, second: bool) -> String {
    format!(
        "{:04}-{:02}-{}",
        period.year(),
        period.last_month(),
        u8::from(second)
    )
}

async fn totals(api: &Api, scene: &Scene, (start, end): Years) -> Result<Totals, Fault> {
    // Twelve months begin in the year before.
    let start = start.map_or(*YEARS.start(), |start| start - 1);
    let years = (start, end.unwrap_or(*YEARS.end()));
    let scene = Arc::new(scene.clone());
    api.database
        .read(move |tx| {
            let scene = Arc::clone(&scene);
            Box::pin(async move { scene.totals(tx, years).await })
        })
        .await
}

fn read(request: &ReconcileMirrorRequest, now: Timestamp) -> Result<(Asked, Window, Years), Fault> {
    let mut violations = Violations::new();
    let bound = ReconcileMirrorRequest {
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
    let window = violations.take(convert::needed(
        "granularity",
        request.granularity,
        convert::enums::read_granularity,
    ));
    let start = violations.take(read_year("start_year", request.start_year));
    let end = violations.take(read_year("end_year", request.end_year));
    let years = (start.flatten(), end.flatten());
    violations.take(check_years(years));
    violations.finish()?;
    match (asked, window) {
        (Some(asked), Some(window)) => Ok((asked, window, years)),
        _ => Err(fault::unreported()),
    }
}
