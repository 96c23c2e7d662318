//! What a figure is explained with.

use std::fmt;

use ::fault::Fault;
use accord_proto::trade::v1::{self, ExplainFigureRequest, explain_figure_request};
use aip::{ListRequest, Listing, Schema, Value, Violation, Violations, text};
use jiff::Timestamp;
use prost::Message as _;

use crate::{
    api::{
        convert, fault,
        query::{
            breakdown::request::{self as breakdown, read_period},
            groups::Grouping,
            invalid, series,
        },
    },
    domain::{
        cell::{Commodity, Flow},
        group::{Dimension, GroupKey, Level},
        name::PartnershipName,
        period::Period,
        region, section,
    },
};

/// There is nothing to filter or sort by.
static SCHEMA: Schema = Schema { fields: &[] };

/// The question that a figure answers.
pub(super) enum Subject {
    Series(Box<series::Asked>),
    Breakdown(Box<breakdown::Asked>),
}

/// A checked request.
pub(super) struct Asked {
    pub subject: Subject,
    pub period: Period,
    /// The group; nothing in it for the series of the whole.
    pub group: GroupKey,
    pub listing: Listing,
    pub place: Option<Place>,
}

/// Where a page begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// As of when the first page was.
    pub known: Timestamp,
    /// The digest of its steps.
    pub print: u64,
    /// The last figure before.
    pub last: (usize, i64, i64),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (batch, series, span) = self.last;
        let known = clock::to_micros(self.known);
        write!(f, "{known}/{}/{batch}/{series}/{span}", self.print)
    }
}

impl Place {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('/');
        let known = clock::from_micros(parts.next()?.parse().ok()?);
        let print = parts.next()?.parse().ok()?;
        let batch = parts.next()?.parse().ok()?;
        let last = (
            batch,
            parts.next()?.parse().ok()?,
            parts.next()?.parse().ok()?,
        );
        parts
            .next()
            .is_none()
            .then_some(Self { known, print, last })
    }
}

impl Asked {
    /// Returns the partnership, and the parties as they are named.
    pub(super) fn parties(&self) -> (&str, (&String, &String)) {
        match &self.subject {
            Subject::Series(own) => (
                own.parent.partnership.as_str(),
                (&own.reporter, &own.partner),
            ),
            Subject::Breakdown(own) => (
                own.parent.partnership.as_str(),
                (&own.reporter, &own.partner),
            ),
        }
    }

    /// Fails if the group is of a reporter whose figures are not in the answer.
    pub(super) fn check_reporter(&self, reporter: &str, partner: &str) -> Result<(), Fault> {
        use crate::domain::turnover::Method;
        let Some(own) = &self.group.reporter else {
            return Ok(());
        };
        let method = match &self.subject {
            Subject::Series(own) => own.method,
            Subject::Breakdown(own) => own.method,
        };
        let is_partner = method != Method::AsReportedBy && own == partner;
        if own == reporter || is_partner {
            return Ok(());
        }
        Err(Fault::invalid_field(
            "group.reporter",
            "FIELD_INVALID",
            "is not one whose figures the method takes",
        ))
    }
}

/// Checks a request; all that is wrong with it is said at once.
pub(super) fn read(request: &ExplainFigureRequest, now: Timestamp) -> Result<Asked, Fault> {
    let mut violations = Violations::new();
    let parent = violations.take(PartnershipName::parse("parent", &request.parent));
    let listing = listing(request, &mut violations);
    let place = listing
        .as_ref()
        .and_then(|listing| violations.take(read_place(listing)));
    let known = place.flatten().map_or(now, |place| place.known);
    let (subject, period, group) = match &request.question {
        None => {
            let description = "must be set: series or breakdown";
            violations.push("question", "FIELD_REQUIRED", description);
            (None, None, None)
        }
        Some(explain_figure_request::Question::Series(own)) => {
            read_series(request, own, known, &mut violations)
        }
        Some(explain_figure_request::Question::Breakdown(own)) => {
            read_breakdown(request, own, known, &mut violations)
        }
    };
    violations.finish().map_err(invalid)?;
    match (parent, subject, period, group, listing, place) {
        (Some(_), Some(subject), Some(period), Some(group), Some(listing), Some(place)) => {
            Ok(Asked {
                subject,
                period,
                group,
                listing,
                place,
            })
        }
        _ => Err(fault::unreported()),
    }
}

type Read = (Option<Subject>, Option<Period>, Option<GroupKey>);

fn read_series(
    request: &ExplainFigureRequest,
    own: &v1::QuerySeriesRequest,
    known: Timestamp,
    violations: &mut Violations,
) -> Read {
    let mut own = own.clone();
    violations.take(take_parent(
        "series.parent",
        &mut own.parent,
        &request.parent,
    ));
    let mut found = Violations::new();
    let asked = series::check(&own, known, &mut found);
    violations.merge_under("series", found);
    let period = violations.take(read_period("period", &request.period));
    let Some(mut asked) = asked else {
        return (None, None, None);
    };
    let period = period.and_then(|period| {
        let within = period.within(asked.window).ok_or_else(|| {
            let description = "is not a period of the granularity of the series";
            Violation::new("period", "FIELD_INVALID", description)
        });
        violations.take(within)
    });
    let group = request.group.clone().unwrap_or_default();
    let key = if group == v1::GroupKey::default() {
        Some(GroupKey::default())
    } else {
        read_group(&group, &asked.grouping, &asked.commodity, violations)
    };
    if let Some(period) = period {
        // Those of the figure and of what its growth is relative to are all that is needed.
        asked.years = (Some(period.year()), Some(period.year()));
        asked.base = None;
    }
    (Some(Subject::Series(Box::new(asked))), period, key)
}

fn read_breakdown(
    request: &ExplainFigureRequest,
    own: &v1::QueryBreakdownRequest,
    known: Timestamp,
    violations: &mut Violations,
) -> Read {
    let mut own = own.clone();
    violations.take(take_parent(
        "breakdown.parent",
        &mut own.parent,
        &request.parent,
    ));
    let mut found = Violations::new();
    let asked = breakdown::check(&own, known, &mut found);
    violations.merge_under("breakdown", found);
    let Some(asked) = asked else {
        return (None, None, None);
    };
    let period = if request.period.is_empty() {
        Some(asked.period)
    } else {
        violations
            .take(read_period("period", &request.period))
            .and_then(|period| {
                let periods = [asked.period, asked.compare];
                let same = periods
                    .into_iter()
                    .find(|own| period.within(own.window()) == Some(*own));
                let found = same.ok_or_else(|| {
                    let description = "is neither of the periods of the breakdown";
                    Violation::new("period", "FIELD_INVALID", description)
                });
                violations.take(found)
            })
    };
    let mut group = request.group.clone().unwrap_or_default();
    if group == v1::GroupKey::default() {
        let description = "must be set: the total and the rest of a breakdown are sums of rows";
        violations.push("group", "FIELD_REQUIRED", description);
        return (None, None, None);
    }
    if group.flow == own.flow {
        // The rows are of this flow only, and do not say so.
        group.flow = 0;
    }
    let grouping = Grouping {
        dimensions: vec![asked.dimension],
        level: asked.level,
    };
    let key = read_group(&group, &grouping, &asked.commodity, violations);
    (Some(Subject::Breakdown(Box::new(asked))), period, key)
}

/// The partnership of a question is that of the request.
fn take_parent(field: &str, own: &mut String, parent: &str) -> Result<(), Violation> {
    if own.is_empty() || own == parent {
        parent.clone_into(own);
        return Ok(());
    }
    let description = "must be the parent of the request, or empty";
    parent.clone_into(own);
    Err(Violation::new(field, "FIELD_INVALID", description))
}

/// Reads a group, which must have a part for each dimension and no other.
fn read_group(
    group: &v1::GroupKey,
    grouping: &Grouping,
    commodity: &Commodity,
    violations: &mut Violations,
) -> Option<GroupKey> {
    let by = |dimension| grouping.by(dimension);
    let mut fits = true;
    for (field, dimension, is_set) in [
        ("flow", Dimension::Flow, group.flow != 0),
        (
            "commodity",
            Dimension::Commodity,
            !group.commodity.is_empty(),
        ),
        ("hs_edition", Dimension::Commodity, group.hs_edition != 0),
        ("region", Dimension::Region, !group.region.is_empty()),
        ("reporter", Dimension::Reporter, !group.reporter.is_empty()),
    ] {
        let field = format!("group.{field}");
        if by(dimension) && !is_set {
            violations.push(field, "FIELD_REQUIRED", "must be set as in the answer");
            fits = false;
        } else if is_set && !by(dimension) {
            let description = "the answer is not grouped by it";
            violations.push(field, "FIELD_INVALID", description);
            fits = false;
        }
    }
    if !fits {
        return None;
    }
    let flow =
        convert::optional("group.flow", group.flow, convert::enums::read_flow).and_then(check_flow);
    let read_edition = convert::enums::read_edition;
    let edition = convert::optional("group.hs_edition", group.hs_edition, read_edition);
    let code = read_code(&group.commodity, grouping.level, commodity);
    let region = optional(&group.region, |region| {
        let region = text::region("group.region", region)?;
        Ok(region::present(&region))
    });
    let reporter = optional(&group.reporter, |own| text::country("group.reporter", own));
    let (flow, edition) = (violations.take(flow), violations.take(edition));
    let (code, region) = (violations.take(code), violations.take(region));
    let reporter = violations.take(reporter);
    Some(GroupKey {
        flow: flow?,
        edition: edition?,
        commodity: code?,
        region: region?,
        reporter: reporter?,
    })
}

fn optional(
    value: &str,
    read: impl Fn(&str) -> Result<String, Violation>,
) -> Result<Option<String>, Violation> {
    if value.is_empty() {
        return Ok(None);
    }
    read(value).map(Some)
}

/// Groups are of exports or imports.
fn check_flow(flow: Option<Flow>) -> Result<Option<Flow>, Violation> {
    match flow {
        None | Some(Flow::Export | Flow::Import) => Ok(flow),
        Some(Flow::ReExport | Flow::ReImport | Flow::Turnover) => Err(Violation::new(
            "group.flow",
            "FIELD_INVALID",
            "must be EXPORT or IMPORT",
        )),
    }
}

/// Reads the code of a group, which must be of the level and be taken in by what is asked for.
fn read_code(
    code: &str,
    level: Option<Level>,
    commodity: &Commodity,
) -> Result<Option<String>, Violation> {
    let Some(level) = level else {
        return Ok(None);
    };
    let is_of_level = if level == Level::Section {
        section::chapters(code).is_some()
    } else {
        code.len() == level.digits() && code.bytes().all(|byte| byte.is_ascii_digit())
    };
    let is_taken_in = *commodity == Commodity::Total || code.starts_with(commodity.code());
    let problem = match (is_of_level, is_taken_in) {
        (true, true) => return Ok(Some(code.to_owned())),
        (false, _) => "is not a code of the commodity level of the answer",
        (true, false) => "is not taken in by the commodity of the question",
    };
    Err(Violation::new("group.commodity", "FIELD_INVALID", problem))
}

fn listing(request: &ExplainFigureRequest, violations: &mut Violations) -> Option<Listing> {
    let bound = ExplainFigureRequest {
        page_size: 0,
        page_token: String::new(),
        ..request.clone()
    };
    let asked = ListRequest {
        page_size: request.page_size,
        page_token: &request.page_token,
        bound_to: &bound.encode_to_vec(),
        ..ListRequest::default()
    };
    let listing = Listing::parse(&SCHEMA, &asked);
    listing.map_err(|found| violations.merge(found)).ok()
}

/// Reads where the page begins.
fn read_place(listing: &Listing) -> Result<Option<Place>, Violation> {
    let Some(last) = listing.after() else {
        return Ok(None);
    };
    let place = match last.first() {
        Some(Value::Text(text)) => Place::parse(text),
        _ => None,
    };
    place.map(Some).ok_or_else(|| {
        let description = "is not a token of this request";
        Violation::new("page_token", "PAGE_TOKEN_INVALID", description)
    })
}
