//! Reconciliation of both sides' figures: how a question is read, paged and answered.

pub(super) mod cells;
pub(super) mod explanations;
mod levels;
mod memory;
mod scene;
pub(super) mod windows;

pub(super) use self::memory::Memory;

use std::sync::Arc;

use ::fault::Fault;
use accord_proto::trade::v1::MirrorRow;
use aip::{ListRequest, Listing, Schema, Value, Violation, Violations, convert as values};
use jiff::Timestamp;
use prost::Message as _;

use super::{
    Api,
    convert::mirror::{Placed, show_row},
    query::{self, read_party},
};
use crate::{
    domain::{explanation::Explanation, name::PartnershipName},
    store::{self, explanations::Wanted},
};

/// Tokens are those of lists; there is nothing to filter or sort by.
static SCHEMA: Schema = Schema { fields: &[] };

/// How large a page can be: clients refuse messages of more than 4 MiB unless they are told otherwise.
const MAX_BYTES: usize = 3 << 20;

/// The factors that can be stated, in parts per million.
const FACTORS: std::ops::RangeInclusive<i64> = 1_000_000..=2_000_000;

/// What questions have in common, as they come.
struct Raw<'a> {
    parent: &'a str,
    reporter: &'a str,
    partner: &'a str,
    factor_ppm: Option<i64>,
    known_time: Option<&'a prost_types::Timestamp>,
    recorded_before: Option<&'a prost_types::Timestamp>,
    page_size: i32,
    page_token: &'a str,
    /// The request without its page.
    bound_to: &'a [u8],
}

/// What questions have in common, checked.
struct Asked {
    partnership: String,
    reporter: String,
    partner: String,
    factor_ppm: Option<i64>,
    known: Timestamp,
    recorded_before: Option<Timestamp>,
    listing: Listing,
    /// Behind which row the page begins.
    after: Option<String>,
}

fn read(raw: &Raw<'_>, now: Timestamp, violations: &mut Violations) -> Option<Asked> {
    let parent = violations.take(PartnershipName::parse("parent", raw.parent));
    let reporter = violations.take(read_party("reporter", raw.reporter));
    let partner = violations.take(read_party("partner", raw.partner));
    query::series::check_parties((raw.reporter, raw.partner), None, violations);
    if raw
        .factor_ppm
        .is_some_and(|factor| !FACTORS.contains(&factor))
    {
        let description = "must be 1,000,000 to 2,000,000";
        violations.push("cif_fob_factor_ppm", "FIELD_INVALID", description);
    }
    let known = values::optional_time("known_time", raw.known_time);
    let known = violations.take(known).flatten();
    let recorded_before = values::optional_time("recorded_before", raw.recorded_before);
    let recorded_before = violations.take(recorded_before).flatten();
    let listing = Listing::parse(
        &SCHEMA,
        &ListRequest {
            page_size: raw.page_size,
            page_token: raw.page_token,
            bound_to: raw.bound_to,
            ..ListRequest::default()
        },
    );
    let listing = listing.map_err(|found| violations.merge(found)).ok()?;
    let place = violations.take(read_place(&listing))?;
    let (first_known, after) = place.unzip();
    Some(Asked {
        partnership: parent?.partnership,
        reporter: reporter?,
        partner: partner?,
        factor_ppm: raw.factor_ppm,
        known: known.or(first_known).unwrap_or(now),
        recorded_before,
        listing,
        after,
    })
}

/// Reads as of when the first page was, and behind which row the next begins.
pub(in crate::api) fn read_place(
    listing: &Listing,
) -> Result<Option<(Timestamp, String)>, Violation> {
    let Some(last) = listing.after() else {
        return Ok(None);
    };
    let place = || {
        let Some(Value::Text(text)) = last.first() else {
            return None;
        };
        let (known_us, row) = text.split_once('/')?;
        Some((clock::from_micros(known_us.parse().ok()?), row.to_owned()))
    };
    place().map(Some).ok_or_else(|| {
        let description = "is not a token of this request";
        Violation::new("page_token", "PAGE_TOKEN_INVALID", description)
    })
}

impl Asked {
    /// Returns both parties, the first one first; those that were left out, from the releases that there are.
    async fn parties(&self, api: &Api) -> Result<[String; 2], Fault> {
        let (first, second) =
            query::series::parties(api, &self.partnership, &self.reporter, &self.partner).await?;
        Ok([first, second])
    }

    /// Cuts a page that is too large, and returns its rows and the token of the next one. `has_more` tells whether
    /// there are rows behind `placed`; `key` names a row.
    async fn page(
        &self,
        api: &Api,
        mut placed: Vec<Placed>,
        mut has_more: bool,
        key: &(dyn Fn(&Placed) -> String + Sync),
    ) -> Result<(Vec<MirrorRow>, Vec<Placed>, String), Fault> {
        let explanations = self.explanations(api, &placed).await?;
        let mut bytes = 0;
        let mut rows = Vec::with_capacity(placed.len());
        for (own, explanations) in placed.iter().zip(&explanations) {
            let row = show_row(own, explanations);
            bytes += row.encoded_len();
            if bytes > MAX_BYTES && !rows.is_empty() {
                has_more = true;
                break;
            }
            rows.push(row);
        }
        placed.truncate(rows.len());
        let token = placed.last().filter(|_| has_more).map(|last| {
            let known = clock::to_micros(self.known);
            let place = format!("{known}/{}", key(last));
            self.listing.token(&[Value::from(place)])
        });
        Ok((rows, placed, token.unwrap_or_default()))
    }

    /// Reads the explanations of rows, as known at the moment asked about.
    async fn explanations(
        &self,
        api: &Api,
        placed: &[Placed],
    ) -> Result<Vec<Vec<Explanation>>, Fault> {
        // In the strict reading what was recorded then or later is left out, as the finest moment is a microsecond.
        let before = self
            .recorded_before
            .map(|before| clock::from_micros(clock::to_micros(before) - 1));
        let moment = before.map_or(self.known, |before| before.min(self.known));
        let shared = Arc::new((self.partnership.clone(), moment, placed.to_vec()));
        let found = api
            .database
            .read(move |tx| {
                let shared = Arc::clone(&shared);
                Box::pin(async move {
                    let (partnership, moment, placed) = &*shared;
                    let mut found = Vec::new();
                    for some in by_direction(placed) {
                        let Some(first) = some.first() else { continue };
                        let periods: Vec<_> = some.iter().map(|own| own.row.period).collect();
                        let mut codes: Vec<&str> = some
                            .iter()
                            .flat_map(|own| &own.codes)
                            .map(String::as_str)
                            .collect();
                        codes.sort_unstable();
                        codes.dedup();
                        let wanted = Wanted {
                            partnership,
                            exporter: &first.exporter,
                            importer: &first.importer,
                            periods: &periods,
                            codes: &codes,
                            edition: first.edition,
                            known: *moment,
                        };
                        found.extend(store::explanations::of_rows(tx, &wanted).await?);
                    }
                    Ok::<_, Fault>(found)
                })
            })
            .await?;
        let found: Vec<Explanation> = found
            .into_iter()
            .filter_map(|found| found.as_of(moment))
            .collect();
        let of = |own: &Placed| {
            let own_figures = |found: &&Explanation| belongs(own, found);
            found.iter().filter(own_figures).cloned().collect()
        };
        Ok(placed.iter().map(of).collect())
    }
}

/// Rows of each direction.
fn by_direction(placed: &[Placed]) -> Vec<Vec<&Placed>> {
    let mut directions: Vec<Vec<&Placed>> = Vec::new();
    for own in placed {
        let same = directions.iter_mut().find(|others| {
            let first = others.first();
            first.is_some_and(|first| first.exporter == own.exporter)
        });
        match same {
            Some(others) => others.push(own),
            None => directions.push(vec![own]),
        }
    }
    directions
}

/// Tells whether an explanation is of the gap in a row: of the same direction, months and codes.
fn belongs(own: &Placed, explanation: &Explanation) -> bool {
    let subject = &explanation.claim.subject;
    let months = store::explanations::months;
    subject.exporter == own.exporter
        && subject.importer == own.importer
        && months(subject.period) == months(own.row.period)
        && subject.commodity.edition() == own.edition
        && own.codes.contains(subject.commodity.code())
}
