//! What comparative advantages are asked for with.

use ::fault::Fault;
use accord_proto::trade::v1::ListComparativeAdvantagesRequest;
use aip::{ListRequest, Listing, Schema, Value, Violation, Violations, convert as values, text};
use jiff::Timestamp;
use prost::Message as _;

use crate::{
    api::{convert, fault, query::breakdown::request::read_period},
    domain::{
        cell::{Commodity, HsEdition, TOTAL},
        group::Level,
        name::PartnershipName,
        period::Period,
    },
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
    let prefix = violations.take(read_prefix(&request.commodity, level));
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

/// Reads as of when the first page was, and behind which product the next begins.
fn read_place(listing: &Listing) -> Result<Option<(Timestamp, String)>, Violation> {
    let Some(last) = listing.after() else {
        return Ok(None);
    };
    let place = || {
        let Some(Value::Text(text)) = last.first() else {
            return None;
        };
        let (known_us, product) = text.split_once('/')?;
        Some((
            clock::from_micros(known_us.parse().ok()?),
            product.to_owned(),
        ))
    };
    place().map(Some).ok_or_else(|| {
        let description = "is not a token of this request";
        Violation::new("page_token", "PAGE_TOKEN_INVALID", description)
    })
}

fn read_prefix(code: &str, level: Option<Level>) -> Result<String, Violation> {
    let invalid = |description: String| Violation::new("commodity", "FIELD_INVALID", description);
    if code.is_empty() || code == TOTAL {
        return Ok(String::new());
    }
    // Whatever the edition.
    Commodity::parse(code, HsEdition::new(0)).map_err(|error| invalid(error.to_string()))?;
    match level {
        Some(Level::Section) => Err(invalid("must be empty for sections".to_owned())),
        Some(level) if code.len() > level.digits() => {
            let description = "must not have more digits than the products";
            Err(invalid(description.to_owned()))
        }
        Some(_) | None => Ok(code.to_owned()),
    }
}
