//! The notes, indicators and commitments of a measure, in one cell, for nothing is found by them; and its links.

use serde::{Deserialize, Serialize};
use storage::{Error, Tx, args};

use super::{
    cells::{self, At, TitleCell, facts},
    codes::Coded as _,
    queries,
};
use crate::domain::{
    decimal::Decimal,
    indicator::{Commitment, Details, Indicator, TradeReading},
    measure::Measure,
    name::{DocumentName, MeasureName, TargetName},
};

#[derive(Serialize, Deserialize)]
struct ReadingCell {
    target: String,
    figure: i64,
}

#[derive(Serialize, Deserialize)]
struct IndicatorCell {
    id: String,
    titles: Vec<TitleCell>,
    unit: String,
    /// In millionths, as the next one.
    baseline: Option<i64>,
    target: Option<i64>,
    reading: Option<ReadingCell>,
}

#[derive(Serialize, Deserialize)]
struct CommitmentCell {
    document: String,
    provision: String,
}

/// The cell. Measures that were recorded before it was there have `{}`.
#[derive(Serialize, Deserialize)]
#[serde(default)]
#[derive(Default)]
pub(super) struct DetailsCell {
    notes: Vec<TitleCell>,
    indicators: Vec<IndicatorCell>,
    commitments: Vec<CommitmentCell>,
}

impl From<&Details> for DetailsCell {
    fn from(details: &Details) -> Self {
        Self {
            notes: details.notes.iter().map(TitleCell::from).collect(),
            indicators: details
                .indicators
                .iter()
                .map(|indicator| IndicatorCell {
                    id: indicator.id.clone(),
                    titles: indicator.titles.iter().map(TitleCell::from).collect(),
                    unit: indicator.unit.clone(),
                    baseline: indicator.baseline.map(Decimal::millionths),
                    target: indicator.target.map(Decimal::millionths),
                    reading: indicator.reading.as_ref().map(|reading| ReadingCell {
                        target: reading.target.to_string(),
                        figure: reading.figure.code(),
                    }),
                })
                .collect(),
            commitments: details
                .commitments
                .iter()
                .map(|commitment| CommitmentCell {
                    document: commitment.document.to_string(),
                    provision: commitment.provision.clone(),
                })
                .collect(),
        }
    }
}

impl DetailsCell {
    /// Reads the facts back.
    pub(super) fn restore(self, at: At<'_>) -> Result<Details, Error> {
        Ok(Details {
            notes: facts(self.notes),
            indicators: self
                .indicators
                .into_iter()
                .map(|cell| cell.restore(at))
                .collect::<Result<_, _>>()?,
            commitments: self
                .commitments
                .into_iter()
                .map(|cell| {
                    let document = DocumentName::parse("document", &cell.document)
                        .map_err(|violation| at.corrupt("details", violation))?;
                    Ok(Commitment {
                        document,
                        provision: cell.provision,
                    })
                })
                .collect::<Result<_, Error>>()?,
        })
    }
}

impl IndicatorCell {
    fn restore(self, at: At<'_>) -> Result<Indicator, Error> {
        let reading = self.reading.map(|cell| {
            Ok::<_, Error>(TradeReading {
                target: TargetName::parse("target", &cell.target)
                    .map_err(|violation| at.corrupt("details", violation))?,
                figure: at.coded("details", cell.figure)?,
            })
        });
        Ok(Indicator {
            id: self.id,
            titles: facts(self.titles),
            unit: self.unit,
            baseline: self.baseline.map(Decimal::from_millionths),
            target: self.target.map(Decimal::from_millionths),
            reading: reading.transpose()?,
        })
    }
}

/// Writes the details of a measure that has just been written.
pub(super) async fn write(tx: &mut Tx, measure: &Measure) -> Result<(), Error> {
    let cell = cells::json(&DetailsCell::from(&measure.plan.details));
    let names = |names: &[MeasureName]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    tx.execute(
        queries::UPDATE_DETAILS,
        args![
            measure.uid,
            cell,
            measure.successor.as_ref().map(ToString::to_string),
            cells::json(&names(&measure.predecessors)),
        ],
    )
    .await?;
    Ok(())
}

/// Reads the names of the measures that a measure goes on from.
pub(super) fn predecessors(at: At<'_>, names: &str) -> Result<Vec<MeasureName>, Error> {
    let names: Vec<String> = at.json("predecessors", names)?;
    let parse = |name: &String| MeasureName::parse("predecessors", name);
    names
        .iter()
        .map(|name| parse(name).map_err(|violation| at.corrupt("predecessors", violation)))
        .collect()
}
