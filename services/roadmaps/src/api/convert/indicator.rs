//! Words on the values of indicators, and both sides' beside each other.

use accord_proto::{roadmaps::v1 as contract, trade::v1::TargetProgress};
use aip::{Violations, text};
use jiff::civil::Date;

use super::{date, details, time};
use crate::domain::{
    decimal::Decimal,
    indicator::{Abreast, Actual, Figure, Indicator, Periods},
    measure::Measure,
    roadmap::Source,
};

/// The contract's limit.
const MAX_NOTE_CHARS: usize = 2_000;

/// What a caller says of a value.
#[derive(Clone, Debug)]
pub(in crate::api) struct Given {
    pub(in crate::api) indicator: String,
    pub(in crate::api) starts_on: Date,
    pub(in crate::api) ends_on: Date,
    pub(in crate::api) value: Decimal,
    pub(in crate::api) source: Source,
}

/// Reads a word on a value, of a period that is over by `today`.
pub(in crate::api) fn read(
    given: &contract::RecordIndicatorActualRequest,
    today: Date,
) -> Result<Given, Violations> {
    let mut violations = Violations::new();
    let indicator = violations.take(aip::parse_id("indicator_id", &given.indicator_id));
    let starts_on = violations.take(aip::convert::date(
        "period_start_date",
        given.period_start_date.as_ref(),
    ));
    let ends_on = violations.take(aip::convert::date(
        "period_end_date",
        given.period_end_date.as_ref(),
    ));
    if starts_on
        .zip(ends_on)
        .is_some_and(|(start, end)| end < start)
    {
        violations.push(
            "period_end_date",
            "PERIOD_INVALID",
            "is before period_start_date",
        );
    }
    if ends_on.is_some_and(|end| end > today) {
        violations.push("period_end_date", "DATE_IN_FUTURE", "is after today");
    }
    let value = violations.take(details::decimal("value", &given.value));
    let source = source(given.source.as_ref(), &mut violations);
    violations.clone().finish()?;
    let word = || {
        Some(Given {
            indicator: indicator?,
            starts_on: starts_on?,
            ends_on: ends_on?,
            value: value?,
            source: source?,
        })
    };
    word().ok_or(violations)
}

fn source(given: Option<&contract::Source>, violations: &mut Violations) -> Option<Source> {
    let Some(given) = given else {
        violations.push("source", "FIELD_REQUIRED", "must be set");
        return None;
    };
    let uri = violations.take(text::uri("source.uri", &given.uri));
    let note = violations.take(text::lines("source.note", &given.note, MAX_NOTE_CHARS));
    Some(Source {
        uri: uri?,
        note: note?,
    })
}

/// Writes a word on a value of a measure whose roadmap has these parties.
pub(in crate::api) fn write(actual: &Actual, measure: &Measure) -> contract::IndicatorActual {
    contract::IndicatorActual {
        name: format!("{}/indicatorActuals/{}", measure.name, actual.number),
        indicator_id: actual.indicator.clone(),
        period_start_date: Some(date(actual.starts_on)),
        period_end_date: Some(date(actual.ends_on)),
        party: measure.parties[actual.side.index()].clone(),
        agency: actual.agency.clone(),
        revision: actual.revision,
        value: actual.value.to_string(),
        source: Some(contract::Source {
            uri: actual.source.uri.clone(),
            note: actual.source.note.clone(),
        }),
        record_time: Some(time(actual.at)),
    }
}

/// Writes an indicator with what is known of its values.
pub(in crate::api) fn report(
    indicator: &Indicator,
    periods: Option<&Periods>,
    measure: &Measure,
    trade_value: Option<contract::TradeValue>,
) -> contract::IndicatorReport {
    contract::IndicatorReport {
        indicator: Some(details::write_indicator(indicator)),
        periods: periods
            .into_iter()
            .flatten()
            .map(|(days, abreast)| period(*days, abreast, measure))
            .collect(),
        trade_value,
    }
}

fn period(
    (start, end): (Date, Date),
    abreast: &Abreast,
    measure: &Measure,
) -> contract::IndicatorPeriod {
    contract::IndicatorPeriod {
        start_date: Some(date(start)),
        end_date: Some(date(end)),
        actuals: abreast
            .actuals
            .iter()
            .flatten()
            .map(|actual| write(actual, measure))
            .collect(),
        difference: abreast
            .difference()
            .map_or(String::new(), |difference| difference.to_string()),
    }
}

/// Writes what the trade service says of a target; an empty value when there is none.
pub(in crate::api) fn trade_value(
    figure: Figure,
    progress: Option<TargetProgress>,
) -> contract::TradeValue {
    let progress = progress.unwrap_or_default();
    let value = match figure {
        Figure::Attained => progress.attained_cents,
        Figure::AttainedShare => progress.attained_share_ppm,
    };
    contract::TradeValue {
        value: value.map_or(String::new(), |value| value.to_string()),
        measured_year: progress.measured_year,
        known_time: progress.known_time,
    }
}
