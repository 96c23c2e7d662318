//! Notes, indicators and commitments of a plan.

use std::collections::BTreeSet;

use accord_proto::roadmaps::v1 as contract;
use aip::{Violation, Violations, text};

use super::titles;
use crate::domain::{
    decimal::Decimal,
    indicator::{Commitment, Details, Figure, Indicator, TradeReading},
    name::{DocumentName, TargetName},
};

/// The contract's limits.
const MAX_INDICATORS: usize = 20;
const MAX_COMMITMENTS: usize = 50;
const MAX_UNIT_CHARS: usize = 100;
const MAX_PROVISION_CHARS: usize = 200;

/// Reads the details of a measure.
pub(super) fn read(given: &contract::Measure, violations: &mut Violations) -> Details {
    Details {
        notes: titles::texts("notes", &given.notes, violations),
        indicators: indicators(&given.indicators, violations),
        commitments: commitments(&given.commitments, violations),
    }
}

/// Reads what a patch would bring of details that refer to other services; what is wrong with them is found when the
/// measure is put together.
pub(in crate::api) fn changed(
    given: Option<&contract::Measure>,
    mask: Option<&prost_types::FieldMask>,
) -> Details {
    let paths = mask.map(|mask| mask.paths.as_slice());
    let is_taken = |field: &str| match paths {
        None | Some([]) => true,
        Some(paths) => paths.iter().any(|path| path == field || path == "*"),
    };
    let mut ignored = Violations::new();
    let Some(given) = given else {
        return Details::default();
    };
    let mut details = read(given, &mut ignored);
    if !is_taken("indicators") {
        details.indicators.clear();
    }
    if !is_taken("commitments") {
        details.commitments.clear();
    }
    details
}

fn indicators(given: &[contract::Indicator], violations: &mut Violations) -> Vec<Indicator> {
    if given.len() > MAX_INDICATORS {
        violations.push("indicators", "VALUE_OUT_OF_RANGE", "must be at most 20");
    }
    let mut ids = BTreeSet::new();
    let mut indicators = Vec::new();
    for (index, one) in given.iter().take(MAX_INDICATORS).enumerate() {
        let mut found = Violations::new();
        let read = indicator(one, &mut found);
        if !ids.insert(one.indicator_id.as_str()) && !one.indicator_id.is_empty() {
            found.push("indicator_id", "VALUE_REPEATED", "is there already");
        }
        violations.merge_under(&format!("indicators[{index}]"), found);
        indicators.extend(read);
    }
    indicators
}

fn indicator(given: &contract::Indicator, violations: &mut Violations) -> Option<Indicator> {
    let id = violations.take(aip::parse_id("indicator_id", &given.indicator_id));
    let titles = titles::read(&given.titles, violations);
    let reading = match &given.trade_reading {
        None => Some(None),
        Some(given) => reading(given, violations).map(Some),
    };
    let unit = unit(given, violations);
    let baseline = violations.take(optional_decimal("baseline", &given.baseline));
    let target = violations.take(optional_decimal("target", &given.target));
    Some(Indicator {
        id: id?,
        titles,
        unit: unit?,
        baseline: baseline?,
        target: target?,
        reading: reading?,
    })
}

/// The unit: of a live reading that of the figure, whatever is given.
fn unit(given: &contract::Indicator, violations: &mut Violations) -> Option<String> {
    let read = given
        .trade_reading
        .as_ref()
        .and_then(|reading| figure(reading.figure()));
    match read {
        Some(figure) if given.unit.is_empty() || given.unit == figure.unit() => {
            Some(figure.unit().to_owned())
        }
        Some(figure) => {
            let description = format!("must be {} or empty", figure.unit());
            violations.push("unit", "VALUE_OUT_OF_RANGE", description);
            None
        }
        None => violations.take(text::required("unit", &given.unit, MAX_UNIT_CHARS)),
    }
}

fn reading(given: &contract::TradeReading, violations: &mut Violations) -> Option<TradeReading> {
    let target = violations.take(TargetName::parse("trade_reading.target", &given.target));
    let figure = figure(given.figure());
    if figure.is_none() {
        violations.push("trade_reading.figure", "FIELD_REQUIRED", "must be set");
    }
    Some(TradeReading {
        target: target?,
        figure: figure?,
    })
}

fn figure(given: contract::TradeFigure) -> Option<Figure> {
    match given {
        contract::TradeFigure::Unspecified => None,
        contract::TradeFigure::Attained => Some(Figure::Attained),
        contract::TradeFigure::AttainedShare => Some(Figure::AttainedShare),
    }
}

fn optional_decimal(field: &str, given: &str) -> Result<Option<Decimal>, Violation> {
    match given {
        "" => Ok(None),
        given => decimal(field, given).map(Some),
    }
}

/// Reads a value that must be given.
pub(super) fn decimal(field: &str, given: &str) -> Result<Decimal, Violation> {
    if given.is_empty() {
        return Err(Violation::required(field));
    }
    given
        .parse()
        .map_err(|error| Violation::new(field, "DECIMAL_INVALID", format!("{error}")))
}

fn commitments(given: &[contract::Commitment], violations: &mut Violations) -> Vec<Commitment> {
    if given.len() > MAX_COMMITMENTS {
        violations.push("commitments", "VALUE_OUT_OF_RANGE", "must be at most 50");
    }
    let mut known = BTreeSet::new();
    let mut commitments = Vec::new();
    for (index, one) in given.iter().take(MAX_COMMITMENTS).enumerate() {
        let place = format!("commitments[{index}]");
        let field = format!("{place}.document");
        let document = violations.take(DocumentName::parse(&field, &one.document));
        let provision = violations.take(text::optional(
            &format!("{place}.provision"),
            &one.provision,
            MAX_PROVISION_CHARS,
        ));
        let (Some(document), Some(provision)) = (document, provision) else {
            continue;
        };
        let commitment = Commitment {
            document,
            provision,
        };
        if known.insert(commitment.clone()) {
            commitments.push(commitment);
        } else {
            violations.push(place, "VALUE_REPEATED", "is there already");
        }
    }
    commitments
}

/// Writes the indicators of a plan.
pub(super) fn write_indicators(details: &Details) -> Vec<contract::Indicator> {
    details.indicators.iter().map(write_indicator).collect()
}

/// Writes an indicator.
pub(super) fn write_indicator(indicator: &Indicator) -> contract::Indicator {
    let decimal = |value: Option<Decimal>| value.map_or(String::new(), |value| value.to_string());
    contract::Indicator {
        indicator_id: indicator.id.clone(),
        titles: titles::write(&indicator.titles),
        unit: indicator.unit.clone(),
        baseline: decimal(indicator.baseline),
        target: decimal(indicator.target),
        trade_reading: indicator
            .reading
            .as_ref()
            .map(|reading| contract::TradeReading {
                target: reading.target.to_string(),
                figure: match reading.figure {
                    Figure::Attained => contract::TradeFigure::Attained,
                    Figure::AttainedShare => contract::TradeFigure::AttainedShare,
                }
                .into(),
            }),
    }
}

/// Writes the commitments of a plan.
pub(super) fn write_commitments(details: &Details) -> Vec<contract::Commitment> {
    details
        .commitments
        .iter()
        .map(|commitment| contract::Commitment {
            document: commitment.document.to_string(),
            provision: commitment.provision.clone(),
        })
        .collect()
}
