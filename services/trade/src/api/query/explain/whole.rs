//! Figures of the series of the whole: all that was published about them is read.

use std::collections::BTreeSet;

use ::fault::Fault;
use storage::Tx;

use super::{Amount, Cell, Explained, Kind, Scene, group::Wanted};
use crate::{
    api::query::{
        code::{self, OneCode},
        vintages_in,
    },
    domain::{
        amount::Part,
        figure::whole,
        turnover::{self, Warning},
    },
    store::observations::Series,
};

/// Tells as what the series of a code answers, by its own figures or as the group of the code, and what it says of it.
pub(super) async fn kind(
    tx: &mut Tx,
    scene: &Scene,
    series: &Series,
    code: &OneCode,
) -> Result<(Kind, BTreeSet<Warning>), Fault> {
    let vintages = vintages_in(tx, series).await?;
    let own = turnover::point(&vintages, &scene.question, scene.period);
    let read = code.read(tx).await?;
    let group = code.points(&scene.question, &read, &vintages, &[scene.period], None)?;
    let points = code::choose(&vintages, &scene.question, vec![own], None, group);
    let warnings = points.warnings(scene.period);
    if points.told.iter().all(|told| told.group().is_none()) {
        return Ok((Kind::Whole(Box::new(series.clone())), warnings));
    }
    let wanted = Wanted::new(
        code.grouping.clone(),
        code.key.clone(),
        None,
        series.region.clone(),
        code.asked.clone(),
    );
    Ok((Kind::Group(Box::new(wanted)), warnings))
}

pub(super) async fn explain(
    tx: &mut Tx,
    scene: &Scene,
    series: &Series,
) -> Result<Explained, Fault> {
    let vintages = vintages_in(tx, series).await?;
    let found = whole::explain(&vintages, &scene.question, scene.period);
    let releases = vintages.releases().to_vec();
    let print = scene.print(&found.steps, &releases)?;
    let first = scene.place.map_or(0, |place| place.last.0 + 1);
    let cell = |(place, (step, part)): (usize, &(usize, Part<'_>))| Cell {
        step: *step,
        subtracted: part.subtracted,
        rank: part.published.rank,
        figure: part.published.observation.clone(),
        place: (place, 0, 0),
    };
    let parts = found.parts.iter().enumerate();
    let cells = parts.skip(first).take(scene.size + 1).map(cell).collect();
    let amount = found.point.amount.as_ref().map(|amount| Amount {
        cents: amount.cents,
        qualifier: amount.qualifier(),
        uncertainty_cents: amount.uncertainty_cents(),
        weight_grams: None,
    });
    Ok(Explained {
        amount: amount.map_err(|absence| *absence),
        warnings: found.point.warnings.clone(),
        steps: found.steps,
        releases,
        cells,
        print,
    })
}
