//! `QuerySeries`.

mod years;

use std::{collections::BTreeSet, sync::Arc};

use ::fault::Fault;
use accord_proto::trade::v1::{QuerySeriesRequest, QuerySeriesResponse};
use aip::{Violation, Violations, convert as values, text};
use identity::Caller;
use jiff::{Timestamp, tz::TimeZone};
use prost::Message as _;
use storage::Tx;
use tonic::Request;

pub(in crate::api) use self::years::{bounds, check_years, periods_between};
use self::years::{periods, years};
use super::{
    code::{self, OneCode},
    groups::{self, Grouping, Read},
    invalid, read_method, read_party, read_policy, read_year, reporters, vintages_in,
};
use crate::{
    api::{Api, convert, fault},
    domain::{
        cell::{Commodity, CommodityError, HsEdition},
        group::{Book, Level},
        name::PartnershipName,
        period::{Period, Window},
        region,
        turnover::{self, Method, Question},
        vintage::Vintages,
    },
    store::{self, groups::Regions, observations::Series},
};

/// How large an answer can be: clients refuse messages of more than 4 MiB unless they are told otherwise.
const MAX_BYTES: usize = 4 << 20;

/// A checked request.
pub(super) struct Asked {
    pub parent: PartnershipName,
    pub window: Window,
    pub method: Method,
    pub reporter: String,
    pub partner: String,
    pub years: (Option<i16>, Option<i16>),
    pub commodity: Commodity,
    pub edition: Option<HsEdition>,
    pub region: String,
    pub known: Timestamp,
    pub recorded_before: Option<Timestamp>,
    pub allows_mixtures: bool,
    pub grouping: Grouping,
    pub base: Option<Period>,
}

pub(crate) async fn run(
    api: &Api,
    request: Request<QuerySeriesRequest>,
) -> Result<QuerySeriesResponse, Fault> {
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
    let wanted = Arc::new(Wanted {
        series: series(&asked, &question),
        groups: (!asked.grouping.dimensions.is_empty()).then(|| group_asked(&asked, &question)),
        code: OneCode::of(&asked, &question),
    });
    let shared = Arc::clone(&wanted);
    let (vintages, grouped, code) = api
        .database
        .read(move |tx| {
            let wanted = Arc::clone(&shared);
            Box::pin(async move { wanted.read(tx).await })
        })
        .await?;
    let code = wanted.code.as_ref().zip(code);
    // Groups can have figures of years of which the whole has none.
    let of_code = code.iter().map(|(_, read)| read);
    let of_groups = grouped.iter().chain(of_code);
    let of_groups = of_groups.flat_map(|read| read.grouped.books.values());
    let years = of_groups.flat_map(Book::known_years);
    let years = years.chain(vintages.years().into_iter().flat_map(<[i16; 2]>::from));
    let years: BTreeSet<i16> = years.collect();
    let known = years.first().copied().zip(years.last().copied());
    let periods = periods(&asked, &question, known);
    let points: Vec<_> = periods
        .iter()
        .map(|period| turnover::point(&vintages, &question, *period))
        .collect();
    let base = asked
        .base
        .map(|period| turnover::point(&vintages, &question, period));
    let mut uses = convert::series::show_uses(points.iter().chain(&base));
    let group = match &code {
        Some((code, read)) => code.points(&question, read, &vintages, &periods, asked.base)?,
        None => None,
    };
    let points = code::choose(&vintages, &question, points, base, group);
    if !asked.allows_mixtures {
        points.refuse_mixtures()?;
    }
    let of_code = code
        .as_ref()
        .map(|(_, read)| read.grouped.releases.as_slice());
    let mut shown = points.show(of_code.unwrap_or_default(), &mut uses);
    convert::series::add_indices(&mut shown, points.base_cents);
    let mut groups = Vec::new();
    if let Some(read) = grouped {
        let answer = groups::answer(
            &asked.grouping,
            &question,
            &read,
            &periods,
            points.whole(),
            asked.base,
        )?;
        if !asked.allows_mixtures {
            groups::refuse_mixtures(&answer)?;
        }
        convert::group::add_uses(&mut uses, &answer, &read.grouped.releases);
        groups = answer
            .iter()
            .map(|group| convert::group::show(group, &read.grouped.releases))
            .collect();
    }
    let points = groups.iter().map(|group| group.points.len()).sum();
    let answer = QuerySeriesResponse {
        points: shown,
        releases: uses,
        turnover_method: convert::enums::show_method(question.method),
        reporter: question.reporter,
        partner: question.partner,
        known_time: Some(convert::timestamp(asked.known)),
        groups,
    };
    if answer.encoded_len() > MAX_BYTES {
        return Err(groups::too_large(points));
    }
    Ok(answer)
}

/// What is read for an answer.
struct Wanted {
    series: Series,
    groups: Option<store::groups::Asked>,
    code: Option<OneCode>,
}

impl Wanted {
    /// Reads all of it within one snapshot, so that the whole and its groups are of the same releases.
    async fn read(&self, tx: &mut Tx) -> Result<(Vintages, Option<Read>, Option<Read>), Fault> {
        let vintages = vintages_in(tx, &self.series).await?;
        let groups = match &self.groups {
            Some(asked) => Some(groups::read_in(tx, asked).await?),
            None => None,
        };
        let code = match &self.code {
            Some(code) => Some(code.read(tx).await?),
            None => None,
        };
        Ok((vintages, groups, code))
    }
}

/// What groups are asked for.
pub(super) fn group_asked(asked: &Asked, question: &Question) -> store::groups::Asked {
    let mut groups = groups::asked(&asked.parent.partnership, &asked.grouping, question);
    groups.commodity = asked.commodity.clone();
    groups.level = groups.level.or_else(|| groups::level_of(&asked.commodity));
    groups.edition = asked.edition;
    if groups.regions != Regions::All {
        groups.regions = Regions::One(asked.region.clone());
    }
    groups.years = years(asked);
    groups.known = asked.known;
    groups.recorded_before = asked.recorded_before;
    groups
}

fn read(request: &QuerySeriesRequest, now: Timestamp) -> Result<Asked, Fault> {
    let mut violations = Violations::new();
    let asked = check(request, now, &mut violations);
    violations.finish().map_err(invalid)?;
    asked.ok_or_else(fault::unreported)
}

/// Checks a request; all that is wrong with it is said at once.
pub(super) fn check(
    request: &QuerySeriesRequest,
    now: Timestamp,
    violations: &mut Violations,
) -> Option<Asked> {
    let parent = violations.take(PartnershipName::parse("parent", &request.parent));
    let granularity = convert::enums::read_granularity;
    let window = violations.take(convert::needed(
        "granularity",
        request.granularity,
        granularity,
    ));
    let method = violations.take(read_method("turnover_method", request.turnover_method));
    let reporter = violations.take(read_party("reporter", &request.reporter));
    let partner = violations.take(read_party("partner", &request.partner));
    check_parties((&request.reporter, &request.partner), method, violations);
    let start = violations.take(read_year("start_year", request.start_year));
    let end = violations.take(read_year("end_year", request.end_year));
    let years = (start.flatten(), end.flatten());
    violations.take(check_years(years));
    let grouping = groups::read_grouping(request, method, violations);
    let (commodity, edition) = read_commodity(request, grouping.level, violations).unzip();
    let base = violations.take(groups::read_base(request, window));
    let region = violations.take(read_region(&request.region, method));
    let known = values::optional_time("known_time", request.known_time.as_ref());
    let known = violations.take(known).flatten().unwrap_or(now);
    let recorded_before = request.recorded_before.as_ref();
    let recorded_before = values::optional_time("recorded_before", recorded_before);
    let recorded_before = violations.take(recorded_before).flatten();
    let policy = request.mixed_scope_policy;
    let allows_mixtures = violations.take(read_policy("mixed_scope_policy", policy));
    match (
        parent,
        window,
        method,
        reporter,
        partner,
        commodity,
        region,
        allows_mixtures,
        base,
    ) {
        (
            Some(parent),
            Some(window),
            Some(method),
            Some(reporter),
            Some(partner),
            Some(commodity),
            Some(region),
            Some(allows_mixtures),
            Some(base),
        ) => Some(Asked {
            parent,
            window,
            method,
            reporter,
            partner,
            years,
            commodity,
            edition: edition.flatten(),
            region,
            known,
            recorded_before,
            allows_mixtures,
            grouping,
            base,
        }),
        _ => None,
    }
}

pub(in crate::api) fn check_parties(
    (reporter, partner): (&str, &str),
    method: Option<Method>,
    violations: &mut Violations,
) {
    let lacks_reporter = reporter.is_empty();
    if lacks_reporter && method == Some(Method::AsReportedBy) {
        let description = "must name whose figures are meant";
        violations.push("reporter", "REPORTER_REQUIRED", description);
    } else if lacks_reporter && !partner.is_empty() {
        violations.push("reporter", "FIELD_REQUIRED", "must be set beside partner");
    }
    if !lacks_reporter && reporter == partner {
        violations.push("partner", "FIELD_INVALID", "must not be the reporter");
    }
}

/// Reads what is traded and the edition; without a code an edition only chooses among groups of `level`.
fn read_commodity(
    request: &QuerySeriesRequest,
    level: Option<Level>,
    violations: &mut Violations,
) -> Option<(Commodity, Option<HsEdition>)> {
    let read = convert::enums::read_edition;
    let edition: Option<Option<HsEdition>> =
        violations.take(convert::optional("hs_edition", request.hs_edition, read));
    let edition = edition?;
    let commodity = Commodity::parse(&request.commodity, edition).map_err(|error| match error {
        CommodityError::Code => Violation::new("commodity", "FIELD_INVALID", error.to_string()),
        CommodityError::EditionMissing => Violation::new(
            "hs_edition",
            "FIELD_REQUIRED",
            "must be set beside an HS code",
        ),
    });
    if commodity == Ok(Commodity::Total) && request.hs_edition != 0 && level.is_none() {
        violations.push("hs_edition", "FIELD_INVALID", "goes only with an HS code");
    }
    let commodity = violations.take(commodity)?;
    if let Some(level) = level
        && commodity.edition().is_some()
        && commodity.code().len() >= level.digits()
    {
        let description = "must be of a higher level than the groups that it takes in";
        violations.push("commodity", "FIELD_INVALID", description);
    }
    Some((commodity, edition))
}

pub(super) fn read_region(region: &str, method: Option<Method>) -> Result<String, Violation> {
    if region.is_empty() {
        return Ok(String::new());
    }
    if method.is_some_and(|method| method != Method::AsReportedBy) {
        let description = "goes only with TURNOVER_METHOD_AS_REPORTED_BY";
        return Err(Violation::new("region", "FIELD_INVALID", description));
    }
    let region = text::region("region", region)?;
    Ok(region::present(&region))
}

/// Returns the parties asked about; those that were left out, from the releases that there are.
pub(in crate::api) async fn parties(
    api: &Api,
    partnership: &str,
    reporter: &str,
    partner: &str,
) -> Result<(String, String), Fault> {
    if !partner.is_empty() {
        return Ok((reporter.to_owned(), partner.to_owned()));
    }
    let partnership = Arc::new(partnership.to_owned());
    let mut pairs: Vec<(String, String)> = api
        .database
        .read(move |tx| {
            let partnership = Arc::clone(&partnership);
            Box::pin(async move { Ok::<_, Fault>(store::releases::pairs(tx, &partnership).await?) })
        })
        .await?;
    if reporter.is_empty() {
        // Either party's releases tell of the pair.
        for (one, other) in &mut pairs {
            if other < one {
                std::mem::swap(one, other);
            }
        }
        pairs.dedup();
        pairs.sort();
        pairs.dedup();
    } else {
        pairs.retain(|(other, _)| other == reporter);
    }
    if let [pair] = pairs.as_slice() {
        return Ok(pair.clone());
    }
    let found: Vec<_> = pairs.iter().map(|(a, b)| format!("{a}-{b}")).collect();
    Err(Fault::invalid_field(
        "partner",
        "PARTIES_REQUIRED",
        "must name the other party, because the published releases do not tell it",
    )
    .with_metadata("pairs", found.join(",")))
}

/// Which figures the series of the whole is computed from.
pub(super) fn series(asked: &Asked, question: &Question) -> Series {
    let (reporter, partner) = (&question.reporter, &question.partner);
    Series {
        partnership: asked.parent.partnership.clone(),
        commodity: asked.commodity.clone(),
        region: asked.region.clone(),
        reporters: reporters(question.method, reporter, partner),
        partners: [reporter.clone(), partner.clone()],
        years: years(asked),
        known: asked.known,
        recorded_before: asked.recorded_before,
    }
}
