//! What a breakdown is asked for with.

use ::fault::Fault;
use accord_proto::trade::v1::QueryBreakdownRequest;
use aip::{Violation, Violations, convert as values};
use jiff::Timestamp;

use crate::{
    api::{
        convert, fault,
        query::{
            groups::read_level,
            invalid, read_method, read_party, read_policy,
            series::{check_parties, read_region},
        },
    },
    domain::{
        cell::{Commodity, CommodityError, Flow, HsEdition},
        group::{Dimension, Level},
        name::PartnershipName,
        period::{Period, Window},
        turnover::Method,
    },
};

/// How many rows there are when nothing is said.
const TOP: usize = 20;

/// How many rows there are at most.
const MAX_TOP: i32 = 1_000;

/// A checked request.
#[derive(Clone, Debug)]
pub(in crate::api::query) struct Asked {
    pub parent: PartnershipName,
    pub period: Period,
    pub compare: Period,
    pub method: Method,
    pub reporter: String,
    pub partner: String,
    pub dimension: Dimension,
    pub level: Option<Level>,
    pub flow: Option<Flow>,
    pub commodity: Commodity,
    pub edition: Option<HsEdition>,
    pub region: String,
    pub top: usize,
    pub known: Timestamp,
    pub recorded_before: Option<Timestamp>,
    pub allows_mixtures: bool,
}

/// Checks a request; all that is wrong with it is said at once.
pub(super) fn read(request: &QueryBreakdownRequest, now: Timestamp) -> Result<Asked, Fault> {
    let mut violations = Violations::new();
    let asked = check(request, now, &mut violations);
    violations.finish().map_err(invalid)?;
    asked.ok_or_else(fault::unreported)
}

/// Checks a request; all that is wrong with it is added to the violations.
pub(in crate::api::query) fn check(
    request: &QueryBreakdownRequest,
    now: Timestamp,
    violations: &mut Violations,
) -> Option<Asked> {
    let parent = violations.take(PartnershipName::parse("parent", &request.parent));
    let period = violations.take(read_period("period", &request.period));
    let compare = period.and_then(|period| violations.take(read_compare(request, period)));
    let method = violations.take(read_method("turnover_method", request.turnover_method));
    let reporter = violations.take(read_party("reporter", &request.reporter));
    let partner = violations.take(read_party("partner", &request.partner));
    let named = (request.reporter.as_str(), request.partner.as_str());
    check_parties(named, method, violations);
    let dimension = violations.take(read_dimension(request, method));
    let by_commodity = dimension == Some(Dimension::Commodity);
    let level = violations.take(read_level(request.commodity_level, by_commodity));
    let flow = violations.take(read_flow(request.flow, method));
    let traded = violations.take(read_commodity(request, level.flatten()));
    let region = violations.take(read_region(&request.region, method));
    if dimension == Some(Dimension::Region) && !request.region.is_empty() {
        violations.push("region", "FIELD_INVALID", "must be empty for regions");
    }
    let top = violations.take(read_top(request.top_count));
    let known = values::optional_time("known_time", request.known_time.as_ref());
    let known = violations.take(known).flatten().unwrap_or(now);
    let recorded_before = request.recorded_before.as_ref();
    let recorded_before = values::optional_time("recorded_before", recorded_before);
    let recorded_before = violations.take(recorded_before).flatten();
    let policy = request.mixed_scope_policy;
    let allows_mixtures = violations.take(read_policy("mixed_scope_policy", policy));
    let whole = (
        parent, period, compare, method, reporter, partner, dimension,
    );
    let (
        Some(parent),
        Some(period),
        Some(compare),
        Some(method),
        Some(reporter),
        Some(partner),
        Some(dimension),
    ) = whole
    else {
        return None;
    };
    let (Some((commodity, edition)), Some(region), Some(top)) = (traded, region, top) else {
        return None;
    };
    Some(Asked {
        parent,
        period,
        compare,
        method,
        reporter,
        partner,
        dimension,
        level: level.flatten(),
        flow: flow.flatten(),
        commodity,
        edition,
        region,
        top,
        known,
        recorded_before,
        allows_mixtures: allows_mixtures?,
    })
}

pub(in crate::api) fn read_period(field: &str, text: &str) -> Result<Period, Violation> {
    if text.is_empty() {
        return Err(Violation::required(field));
    }
    Period::parse_asked(text).map_err(|_| {
        let description = "is not a period such as 2024, 2024-H1, 2024-Q1 or 2024-03";
        Violation::new(field, "FIELD_INVALID", description)
    })
}

fn read_compare(request: &QueryBreakdownRequest, period: Period) -> Result<Period, Violation> {
    let field = "compare_period";
    let invalid = |description: &str| Violation::new(field, "FIELD_INVALID", description);
    if request.compare_period.is_empty() {
        return period
            .years_before(1)
            .ok_or_else(|| invalid("must be given: there is no year before"));
    }
    let compare = read_period(field, &request.compare_period)?;
    let compare = match (period.window(), compare.window()) {
        // Twelve months that end in December read as January to December.
        (Window::TwelveMonths, Window::JanuaryToMonth) => compare.within(Window::TwelveMonths),
        (Window::JanuaryToMonth, Window::TwelveMonths) => None,
        _ => Some(compare),
    };
    compare
        .filter(|compare| compare.window() == period.window())
        .ok_or_else(|| invalid("must be a period of the same kind"))
}

fn read_dimension(
    request: &QueryBreakdownRequest,
    method: Option<Method>,
) -> Result<Dimension, Violation> {
    let invalid = |description: &str| Violation::new("dimension", "FIELD_INVALID", description);
    let dimension = convert::needed(
        "dimension",
        request.dimension,
        convert::enums::read_dimension,
    )?;
    match dimension {
        Dimension::Commodity => Ok(dimension),
        Dimension::Region if method.is_none_or(|method| method == Method::AsReportedBy) => {
            Ok(dimension)
        }
        Dimension::Region => Err(invalid(
            "regions go only with TURNOVER_METHOD_AS_REPORTED_BY",
        )),
        Dimension::Flow | Dimension::Reporter => Err(invalid("must be COMMODITY or REGION")),
    }
}

fn read_flow(value: i32, method: Option<Method>) -> Result<Option<Flow>, Violation> {
    let flow = convert::optional("flow", value, convert::enums::read_flow)?;
    let fits = match (flow, method) {
        (None, _) | (_, None) => true,
        (Some(flow), Some(Method::AsReportedBy)) => matches!(flow, Flow::Export | Flow::Import),
        (Some(flow), Some(Method::ExportsOfBoth)) => flow == Flow::Export,
        (Some(flow), Some(Method::ImportsOfBoth)) => flow == Flow::Import,
    };
    if fits {
        Ok(flow)
    } else {
        let description = "must be EXPORT or IMPORT, and one that the method adds up";
        Err(Violation::new("flow", "FIELD_INVALID", description))
    }
}

fn read_commodity(
    request: &QueryBreakdownRequest,
    level: Option<Level>,
) -> Result<(Commodity, Option<HsEdition>), Violation> {
    let read = convert::enums::read_edition;
    let edition = convert::optional("hs_edition", request.hs_edition, read)?;
    let commodity = Commodity::parse(&request.commodity, edition).map_err(|error| match error {
        CommodityError::Code => Violation::new("commodity", "FIELD_INVALID", error.to_string()),
        CommodityError::EditionMissing => {
            let description = "must be set beside an HS code";
            Violation::new("hs_edition", "FIELD_REQUIRED", description)
        }
    })?;
    let is_part = level.is_none_or(|level| commodity.code().len() < level.digits());
    if commodity != Commodity::Total && !is_part {
        let description = "must be of a higher level than the rows that it takes in";
        return Err(Violation::new("commodity", "FIELD_INVALID", description));
    }
    Ok((commodity, edition))
}

/// Reads how many rows there are at most.
pub(in crate::api) fn read_top(count: i32) -> Result<usize, Violation> {
    match count {
        0 => Ok(TOP),
        1..=MAX_TOP => Ok(usize::try_from(count).unwrap_or(TOP)),
        _ => Err(Violation::new(
            "top_count",
            "FIELD_INVALID",
            "must be from 1 to 1,000, or 0 for 20",
        )),
    }
}
