//! By what a series is grouped, and what is to be read for it.

use accord_proto::trade::v1::QuerySeriesRequest;
use aip::{Violation, Violations};
use jiff::Timestamp;

use crate::{
    api::convert,
    domain::{
        cell::{Commodity, Flow},
        group::{Dimension, Level},
        period::{Period, Window},
        turnover::{Method, Question},
    },
    store::groups::{Asked, Regions},
};

/// By what a series is grouped.
#[derive(Clone, Debug, Default)]
pub(in crate::api::query) struct Grouping {
    /// The dimensions, each once.
    pub dimensions: Vec<Dimension>,
    /// The level of the commodities, when grouped by them.
    pub level: Option<Level>,
}

impl Grouping {
    /// Tells whether a series is grouped by a dimension.
    pub(in crate::api::query) fn by(&self, dimension: Dimension) -> bool {
        self.dimensions.contains(&dimension)
    }
}

/// Reads by what a series is grouped.
pub(in crate::api::query) fn read_grouping(
    request: &QuerySeriesRequest,
    method: Option<Method>,
    violations: &mut Violations,
) -> Grouping {
    let dimensions =
        convert::distinct("group_by", &request.group_by, violations, |place, value| {
            convert::needed(place, *value, convert::enums::read_dimension)
        });
    let by_commodity = dimensions.contains(&Dimension::Commodity);
    let level = violations.take(read_level(request.commodity_level, by_commodity));
    if dimensions.contains(&Dimension::Region) {
        if method.is_some_and(|method| method != Method::AsReportedBy) {
            let description = "regions go only with TURNOVER_METHOD_AS_REPORTED_BY";
            violations.push("group_by", "FIELD_INVALID", description);
        }
        if !request.region.is_empty() {
            let description = "must be empty when grouped by region";
            violations.push("region", "FIELD_INVALID", description);
        }
    }
    Grouping {
        dimensions,
        level: level.flatten(),
    }
}

/// Reads the level of commodities, which must be there when it means something and only then.
pub(in crate::api::query) fn read_level(
    value: i32,
    by_commodity: bool,
) -> Result<Option<Level>, Violation> {
    let field = "commodity_level";
    match (by_commodity, value) {
        (true, _) => convert::needed(field, value, convert::enums::read_level).map(Some),
        (false, 0) => Ok(None),
        (false, _) => Err(Violation::new(
            field,
            "FIELD_INVALID",
            "goes only with groups by commodity",
        )),
    }
}

/// Reads the base period of indices, which must be of the granularity of the series.
pub(in crate::api::query) fn read_base(
    request: &QuerySeriesRequest,
    window: Option<Window>,
) -> Result<Option<Period>, Violation> {
    if request.base_period.is_empty() {
        return Ok(None);
    }
    let invalid = |description: String| Violation::new("base_period", "FIELD_INVALID", description);
    let period = Period::parse_asked(&request.base_period).map_err(|_| {
        invalid("is not a period such as 2022, 2022-H1, 2022-Q1 or 2022-03".to_owned())
    })?;
    let Some(window) = window else {
        return Ok(Some(period));
    };
    period
        .within(window)
        .map(Some)
        .ok_or_else(|| invalid("is not a period of the granularity".to_owned()))
}

/// What is asked for by a question; what is traded, where and when is to be filled in.
pub(in crate::api::query) fn asked(
    partnership: &str,
    grouping: &Grouping,
    question: &Question,
) -> Asked {
    let (reporter, partner) = (question.reporter.clone(), question.partner.clone());
    let mut sides = vec![(reporter.clone(), partner.clone())];
    if question.method != Method::AsReportedBy {
        sides.push((partner, reporter));
    }
    Asked {
        partnership: partnership.to_owned(),
        sides,
        flows: flows(question.method),
        commodity: Commodity::Total,
        edition: None,
        level: grouping.level,
        deepness: None,
        regions: if grouping.by(Dimension::Region) {
            Regions::All
        } else {
            Regions::One(String::new())
        },
        years: (0, 0),
        whole_years: false,
        known: Timestamp::UNIX_EPOCH,
        recorded_before: None,
    }
}

/// The level of the code that is asked for, so that it takes in longer ones where groups are not by commodity.
pub(in crate::api::query) fn level_of(commodity: &Commodity) -> Option<Level> {
    commodity.edition()?;
    Level::of_digits(commodity.code().len())
}

/// The flows that a method adds up.
pub(super) fn flows(method: Method) -> Vec<Flow> {
    match method {
        Method::AsReportedBy => vec![Flow::Export, Flow::Import],
        Method::ExportsOfBoth => vec![Flow::Export],
        Method::ImportsOfBoth => vec![Flow::Import],
    }
}
