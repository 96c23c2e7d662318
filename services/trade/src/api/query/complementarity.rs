//! `QueryComplementarity`.

use std::sync::Arc;

use ::fault::Fault;
use accord_proto::trade::v1::{QueryComplementarityRequest, QueryComplementarityResponse};
use aip::{Violations, convert as values};
use identity::Caller;
use jiff::Timestamp;
use tonic::Request;

use super::{
    breakdown::request::{read_period, read_top},
    read_party,
    series::{check_parties, parties},
    world::{self, Wanted, World},
};
use crate::{
    api::{
        Api,
        convert::{self, advantage, complementarity as shown},
        fault,
    },
    domain::{
        advantage::complementarity::{Complementarity, SOURCE},
        cell::Flow,
        group::Level,
        name::PartnershipName,
        period::Period,
    },
};

/// A checked request.
struct Asked {
    partnership: String,
    reporter: String,
    partner: String,
    exporter: String,
    period: Period,
    level: Level,
    top: usize,
    known: Timestamp,
    recorded_before: Option<Timestamp>,
}

pub(crate) async fn run(
    api: &Api,
    request: Request<QueryComplementarityRequest>,
) -> Result<QueryComplementarityResponse, Fault> {
    Caller::of(&request)?.may_read()?;
    let asked = read(request.get_ref(), api.clock.now())?;
    let (reporter, partner) =
        parties(api, &asked.partnership, &asked.reporter, &asked.partner).await?;
    let directions = directions(&asked, &reporter, &partner)?;
    let wanted = Arc::new(Wanted {
        partnership: asked.partnership.clone(),
        sides: directions
            .iter()
            .flat_map(|(exporter, importer)| {
                [
                    (exporter.clone(), Flow::Export),
                    (importer.clone(), Flow::Import),
                ]
            })
            .collect(),
        period: asked.period,
        level: asked.level,
        known: asked.known,
        recorded_before: asked.recorded_before,
    });
    let world = world::read(api, &wanted).await?;
    let found = compare(&world, asked.top);
    let figures = world.totals.iter().map(|total| &total.figure);
    let cited = found.iter().flat_map(|found| {
        let products = found.overlaps.iter().chain(&found.mismatches);
        products.flat_map(|own| [own.exports.figure(), own.imports.figure()])
    });
    Ok(QueryComplementarityResponse {
        releases: advantage::uses(figures.chain(cited.flatten()), &world.releases),
        complementarities: found
            .iter()
            .zip(
                wanted
                    .sides
                    .chunks_exact(2)
                    .zip(world.totals.chunks_exact(2)),
            )
            .filter_map(|(found, (sides, totals))| {
                shown::show(found, sides, totals, world.edition, &world.warnings)
            })
            .collect(),
        complementarity_source: SOURCE.to_owned(),
        period: Some(convert::observation::show_period(asked.period)),
        known_time: Some(convert::timestamp(asked.known)),
        reporter,
        partner,
    })
}

/// Compares exports and imports, which stand beside each other.
fn compare(world: &World, top: usize) -> Vec<Complementarity> {
    let pairs = world.totals.chunks_exact(2).enumerate();
    pairs
        .filter_map(|(place, totals)| {
            let [exports, imports] = totals else {
                return None;
            };
            let places = [place * 2, place * 2 + 1];
            let lines = world.lines.clone();
            Some(Complementarity::of(lines, places, exports, imports, top))
        })
        .collect()
}

/// The directions asked for, exports of the first party first.
fn directions(
    asked: &Asked,
    reporter: &str,
    partner: &str,
) -> Result<Vec<(String, String)>, Fault> {
    let all = [(reporter, partner), (partner, reporter)];
    let wanted: Vec<(String, String)> = all
        .into_iter()
        .filter(|(exporter, _)| asked.exporter.is_empty() || asked.exporter == *exporter)
        .map(|(exporter, importer)| (exporter.to_owned(), importer.to_owned()))
        .collect();
    if wanted.is_empty() {
        let description = format!("must be {reporter} or {partner}, one of the two parties");
        return Err(Fault::invalid_field(
            "exporter",
            "FIELD_INVALID",
            description,
        ));
    }
    Ok(wanted)
}

fn read(request: &QueryComplementarityRequest, now: Timestamp) -> Result<Asked, Fault> {
    let mut violations = Violations::new();
    let parent = violations.take(PartnershipName::parse("parent", &request.parent));
    let reporter = violations.take(read_party("reporter", &request.reporter));
    let partner = violations.take(read_party("partner", &request.partner));
    check_parties((&request.reporter, &request.partner), None, &mut violations);
    let period = violations.take(read_period("period", &request.period));
    let level = violations.take(convert::needed(
        "commodity_level",
        request.commodity_level,
        convert::enums::read_level,
    ));
    let exporter = violations.take(read_party("exporter", &request.exporter));
    let top = violations.take(read_top(request.top_count));
    let known = values::optional_time("known_time", request.known_time.as_ref());
    let known = violations.take(known).flatten();
    let recorded_before = request.recorded_before.as_ref();
    let recorded_before = values::optional_time("recorded_before", recorded_before);
    let recorded_before = violations.take(recorded_before).flatten();
    violations.finish()?;
    match (parent, reporter, partner, period, level, exporter, top) {
        (
            Some(parent),
            Some(reporter),
            Some(partner),
            Some(period),
            Some(level),
            Some(exporter),
            Some(top),
        ) => Ok(Asked {
            partnership: parent.partnership,
            reporter,
            partner,
            exporter,
            period,
            level,
            top,
            known: known.unwrap_or(now),
            recorded_before,
        }),
        _ => Err(fault::unreported()),
    }
}
