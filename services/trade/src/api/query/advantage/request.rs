//! What comparative advantages are asked for with.

use ::fault::Fault;
use accord_proto::trade::v1::ListComparativeAdvantagesRequest;
use aip::{ListRequest, Listing, Schema, Violations, convert as values, text};
use jiff::Timestamp;
use prost::Message as _;

use crate::{
    api::{
        convert, fault,
        query::breakdown::request::read_period,
        reconciliation::{cells::read_prefix, read_place},
    },
    domain::{group::Level, name::PartnershipName, period::Period},
};

/// Tokens are those of lists; there is nothing to filter or sort by.
static SCHEMA: Schema = Schema { fields: &[] };

/// How many countries a reference has at most.
const MAX_REFERENCE: usize = 20;

/// A checked request.
pub(super) struct Asked {
    pub(super) partnership: String,
    pub(super) reporter: String,
    /// Empty for the world.
    pub(super) reference: Vec<String>,
    pub(super) period: Period,
    pub(super) level: Level,
    /// What codes begin with.
    pub(super) prefix: String,
    pub(super) known: Timestamp,
    pub(super) recorded_before: Option<Timestamp>,
    pub(super) listing: Listing,
    /// Behind which product the page begins.
    pub(super) after: Option<String>,
}

/// Checks a request; all that is wrong with it is said at once.
pub(super) fn read(
    request: &ListComparativeAdvantagesRequest,
    now: Timestamp,
) -> Result<Asked, Fault> {
    let mut violations = Violations::new();
    let parent = violations.take(PartnershipName::parse("parent", &request.parent));
    let reporter = violations.take(text::country("reporter", &request.reporter));
    let period = violations.take(read_period("period", &request.period));
    let level = violations.take(convert::needed(
        "commodity_level",
        request.commodity_level,
        convert::enums::read_level,
    ));
    if request.reference_reporters.len() > MAX_REFERENCE {
        let description = "must have at most 20 members";
        violations.push("reference_reporters", "FIELD_INVALID", description);
    }
    let reference = convert::distinct(
        "reference_reporters",
        &request.reference_reporters,
        &mut violations,
        |place, country| text::country(place, country),
    );
    let prefix = violations.take(read_prefix(&request.commodity, level, "products"));
    let known = values::optional_time("known_time", request.known_time.as_ref());
    let known = violations.take(known).flatten();
    let recorded_before = request.recorded_before.as_ref();
    let recorded_before = values::optional_time("recorded_before", recorded_before);
    let recorded_before = violations.take(recorded_before).flatten();
    let listing = read_listing(request, &mut violations);
    let place = match &listing {
        Some(listing) => violations.take(read_place(listing)),
        None => None,
    };
    violations.finish()?;
    match (parent, reporter, period, level, prefix, listing, place) {
        (
            Some(parent),
            Some(reporter),
            Some(period),
            Some(level),
            Some(prefix),
            Some(listing),
            Some(place),
        ) => {
            let (first_known, after) = place.unzip();
            Ok(Asked {
                partnership: parent.partnership,
                reporter,
                reference,
                period,
                level,
                prefix,
                known: known.or(first_known).unwrap_or(now),
                recorded_before,
                listing,
                after,
            })
        }
        _ => Err(fault::unreported()),
    }
}

fn read_listing(
    request: &ListComparativeAdvantagesRequest,
    violations: &mut Violations,
) -> Option<Listing> {
    let bound = ListComparativeAdvantagesRequest {
        page_size: 0,
        page_token: String::new(),
        ..request.clone()
    };
    let listing = Listing::parse(
        &SCHEMA,
        &ListRequest {
            page_size: request.page_size,
            page_token: &request.page_token,
            bound_to: &bound.encode_to_vec(),
            ..ListRequest::default()
        },
    );
    listing.map_err(|found| violations.merge(found)).ok()
}
