//! `QueryBreakdown`.

use ::fault::Fault;
use accord_proto::trade::v1::{QueryBreakdownRequest, QueryBreakdownResponse};
use aip::{Violation, Violations, convert as values};
use identity::Caller;
use jiff::{Timestamp, tz::TimeZone};
use tonic::Request;

use super::{
    groups::{self, Grouping, arrange, read_level, sides},
    invalid, read_method, read_party,
    series::{check_parties, parties, read_region},
};
use crate::{
    api::{Api, convert, fault},
    domain::{
        breakdown::{Breakdown, Part},
        cell::{Commodity, CommodityError, Flow, HsEdition},
        group::{self, Dimension, Level},
        name::PartnershipName,
        period::{Period, Window},
        turnover::{Method, Question},
    },
    store::groups::Regions,
};

/// How many rows there are when nothing is said.
const TOP: usize = 20;

/// How many rows there are at most.
const MAX_TOP: i32 = 1_000;

/// A checked request.
struct Asked {
    parent: PartnershipName,
    period: Period,
    compare: Period,
    method: Method,
    reporter: String,
    partner: String,
    dimension: Dimension,
    level: Option<Level>,
    flow: Option<Flow>,
    commodity: Commodity,
    edition: Option<HsEdition>,
    region: String,
    top: usize,
    known: Timestamp,
    recorded_before: Option<Timestamp>,
}

pub(crate) async fn run(
    api: &Api,
    request: Request<QueryBreakdownRequest>,
) -> Result<QueryBreakdownResponse, Fault> {
    Caller::of(&request)?.may_read()?;
    let asked = read(request.get_ref(), api.clock.now())?;
    let (reporter, partner) = parties(
        api,
        &asked.parent.partnership,
        &asked.reporter,
        &asked.partner,
    )
    .await?;
    let question = Question {
        method: asked.method,
        reporter,
        partner,
        today: asked.known.to_zoned(TimeZone::UTC).date(),
    };
    let grouping = Grouping {
        dimensions: vec![asked.dimension],
        level: asked.level,
    };
    let grouped = groups::read(api, group_asked(&asked, &grouping, &question)).await?;
    let releases = grouped.releases.as_slice();
    let parts = arrange(&grouping, &grouped)
        .into_iter()
        .map(|(mut key, books)| {
            key.flow = asked.flow;
            let sides = sides(&key, &books, &question, &asked.region);
            let of = |period| group::amount(&sides, releases, period).ok();
            let (value, before) = (of(asked.period), of(asked.compare));
            key.flow = None;
            Part { key, value, before }
        })
        .collect();
    let breakdown = Breakdown::new(parts, asked.top);
    let uses = breakdown.ranks();
    Ok(QueryBreakdownResponse {
        rows: breakdown.top.iter().map(convert::breakdown::show).collect(),
        rest: breakdown.rest.as_ref().map(convert::breakdown::show),
        total: Some(convert::breakdown::show(&breakdown.total)),
        group_count: count(breakdown.groups),
        newcomer_count: count(breakdown.newcomers),
        loss_count: count(breakdown.gone),
        losses: breakdown
            .losses
            .iter()
            .map(convert::breakdown::show)
            .collect(),
        herfindahl_hirschman_ppm: breakdown.herfindahl_hirschman_ppm,
        herfindahl_hirschman_source: group::HERFINDAHL_HIRSCHMAN_SOURCE.to_owned(),
        period: Some(convert::observation::show_period(asked.period)),
        compare_period: Some(convert::observation::show_period(asked.compare)),
        releases: convert::group::show_used(&uses, releases),
        known_time: Some(convert::timestamp(asked.known)),
        reporter: question.reporter,
        partner: question.partner,
    })
}

fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn group_asked(
    asked: &Asked,
    grouping: &Grouping,
    question: &Question,
) -> crate::store::groups::Asked {
    let mut groups = groups::asked(&asked.parent.partnership, grouping, question);
    if let Some(flow) = asked.flow {
        groups.flows.retain(|own| *own == flow);
    }
    groups.commodity = asked.commodity.clone();
    groups.edition = asked.edition;
    if groups.regions != Regions::All {
        groups.regions = Regions::One(asked.region.clone());
    }
    let periods = [asked.period, asked.compare];
    let first = periods.iter().map(|period| period.first_year()).min();
    let last = periods.iter().map(|period| period.year()).max();
    groups.years = (first.unwrap_or_default(), last.unwrap_or_default());
    groups.whole_years = asked
        .period
        .stretches()
        .iter()
        .all(|stretch| (stretch.first, stretch.last) == (1, 12));
    groups.known = asked.known;
    groups.recorded_before = asked.recorded_before;
    groups
}

fn read(request: &QueryBreakdownRequest, now: Timestamp) -> Result<Asked, Fault> {
    let mut violations = Violations::new();
    let parent = violations.take(PartnershipName::parse("parent", &request.parent));
    let period = violations.take(read_period("period", &request.period));
    let compare = period.and_then(|period| violations.take(read_compare(request, period)));
    let method = violations.take(read_method("turnover_method", request.turnover_method));
    let reporter = violations.take(read_party("reporter", &request.reporter));
    let partner = violations.take(read_party("partner", &request.partner));
    let named = (request.reporter.as_str(), request.partner.as_str());
    check_parties(named, method, &mut violations);
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
    violations.finish().map_err(invalid)?;
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
        return Err(fault::unreported());
    };
    let (Some((commodity, edition)), Some(region), Some(top)) = (traded, region, top) else {
        return Err(fault::unreported());
    };
    Ok(Asked {
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
    })
}

fn read_period(field: &str, text: &str) -> Result<Period, Violation> {
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

fn read_top(count: i32) -> Result<usize, Violation> {
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
