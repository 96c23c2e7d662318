//! What an export is asked for.

use ::fault::Fault;
use accord_proto::trade::v1::StreamObservationsRequest;
use aip::{ListRequest, Listing, Schema, Violation, Violations, convert as values};
use jiff::Timestamp;
use prost::Message as _;

use crate::{
    api::{convert, fault, query::read_year, releases::list_observations::check_regions},
    domain::{
        cell::{Commodity, HsEdition, is_country, is_region_of},
        name::{PartnershipName, ReleaseName},
        period::YEARS,
        region,
    },
    store::exports::Wanted,
};

/// Reads a request: what is wanted, and the listing that makes and reads tokens.
pub(super) fn read(
    request: StreamObservationsRequest,
    schema: &'static Schema,
    now: Timestamp,
) -> Result<(Wanted, Listing), Fault> {
    let mut violations = Violations::new();
    let parent = violations.take(PartnershipName::parse("parent", &request.parent));
    let reporter = violations.take(read_area("reporter", &request.reporter));
    let partner = violations.take(read_area("partner", &request.partner));
    let flows = convert::distinct("flows", &request.flows, &mut violations, |place, value| {
        convert::needed(place, *value, convert::enums::read_flow)
    });
    let windows = convert::distinct(
        "windows",
        &request.windows,
        &mut violations,
        |place, value| convert::needed(place, *value, convert::enums::read_published_window),
    );
    let start = violations
        .take(read_year("start_year", request.start_year))
        .flatten();
    let end = violations
        .take(read_year("end_year", request.end_year))
        .flatten();
    if start.zip(end).is_some_and(|(start, end)| end < start) {
        violations.push("end_year", "FIELD_INVALID", "is before start_year");
    }
    let commodity = violations.take(read_commodity(&request.commodity));
    let region = violations.take(read_region(&request.region, &request.reporter));
    let release = violations.take(read_release(&request.release, parent.as_ref()));
    let known = values::optional_time("known_time", request.known_time.as_ref());
    let known = violations.take(known).flatten();
    if known.is_none() && !request.resume_token.is_empty() {
        let description = "must be set beside resume_token, as it was";
        violations.push("known_time", "FIELD_REQUIRED", description);
    }
    let known = known.unwrap_or(now);
    let recorded_before = request.recorded_before.as_ref();
    let recorded_before = values::optional_time("recorded_before", recorded_before);
    let recorded_before = violations.take(recorded_before).flatten();
    let listing = bind(&request, schema, known, &mut violations);
    violations.finish()?;
    match (
        parent, reporter, partner, commodity, region, release, listing,
    ) {
        (
            Some(parent),
            Some(reporter),
            Some(partner),
            Some(commodity),
            Some(region),
            Some(release),
            Some(listing),
        ) => Ok((
            Wanted {
                partnership: parent.partnership,
                reporter,
                partner,
                flows,
                years: (start.unwrap_or(*YEARS.start()), end.unwrap_or(*YEARS.end())),
                windows,
                commodity,
                region,
                release,
                filter: listing.filter().clone(),
                known,
                recorded_before,
            },
            listing,
        )),
        _ => Err(fault::unreported()),
    }
}

fn read_area(field: &str, value: &str) -> Result<String, Violation> {
    if value.is_empty() {
        return Ok(String::new());
    }
    convert::area(field, value)
}

fn read_commodity(code: &str) -> Result<String, Violation> {
    // Whatever the edition.
    let edition = HsEdition::new(0);
    Commodity::parse(code, edition)
        .map(|_| code.to_owned())
        .map_err(|error| Violation::new("commodity", "FIELD_INVALID", error.to_string()))
}

/// Reads a region; its country must be the reporter where one is named.
fn read_region(region: &str, reporter: &str) -> Result<String, Violation> {
    let country = region.split('-').next().unwrap_or_default();
    let is_asked = reporter.is_empty() || reporter == country;
    if region.is_empty() || is_asked && is_country(country) && is_region_of(country, region) {
        return Ok(region::present(region));
    }
    let description = if reporter.is_empty() {
        "is not an ISO 3166-2 code".to_owned()
    } else {
        format!("is not an ISO 3166-2 code of {reporter}")
    };
    Err(Violation::new("region", "FIELD_INVALID", description))
}

/// Reads the only release wanted, if there is one.
fn read_release(
    name: &str,
    parent: Option<&PartnershipName>,
) -> Result<Option<ReleaseName>, Violation> {
    if name.is_empty() {
        return Ok(None);
    }
    let release = ReleaseName::parse("release", name)?;
    if parent.is_some_and(|parent| parent.partnership != release.partnership) {
        let description = "must be of the same partnership";
        return Err(Violation::new("release", "FIELD_INVALID", description));
    }
    Ok(Some(release))
}

/// Reads the filter and the token, which holds for the same request as known at the same moment only.
fn bind(
    request: &StreamObservationsRequest,
    schema: &'static Schema,
    known: Timestamp,
    violations: &mut Violations,
) -> Option<Listing> {
    violations.take(check_regions(&request.filter));
    let mut bound = request.clone();
    bound.resume_token.clear();
    bound.known_time = Some(convert::timestamp(known));
    let asked = ListRequest {
        page_token: &request.resume_token,
        filter: &request.filter,
        bound_to: &bound.encode_to_vec(),
        ..ListRequest::default()
    };
    let found = match Listing::parse(schema, &asked) {
        Ok(listing) => return Some(listing),
        Err(found) => found,
    };
    for violation in &found {
        let told = match violation.reason {
            "PAGE_TOKEN_INVALID" => token_violation(),
            _ => violation.clone(),
        };
        violations.take(Err::<(), _>(told));
    }
    None
}

/// What is wrong with a token that was not made by this request.
pub(super) fn token_violation() -> Violation {
    Violation::new(
        "resume_token",
        "PAGE_TOKEN_INVALID",
        "is not a token of this request",
    )
}
