//! `StreamObservations`.

use std::sync::Arc;

use ::fault::Fault;
use accord_proto::trade::v1::{StreamObservationsRequest, StreamObservationsResponse};
use aip::{ListRequest, Listing, Schema, Value, Violation, Violations, convert as values};
use futures::stream::{self, BoxStream, StreamExt as _};
use identity::Caller;
use jiff::Timestamp;
use prost::Message as _;
use storage::Database;
use tonic::{Request, Status};

use super::{read_party, read_year};
use crate::{
    DOMAIN,
    api::{Api, convert, fault},
    domain::{cell::Commodity, name::PartnershipName, observation::Observation, period::YEARS},
    store::{
        exports::{self, Wanted},
        key::Key,
        releases::Counting,
    },
};

/// How many figures a message has at most: more gain nothing.
const FIGURES_AT_ONCE: usize = 1_000;

/// Tokens are those of lists; there is nothing to filter or sort by.
static SCHEMA: Schema = Schema { fields: &[] };

/// Figures on their way out.
pub(crate) type Pieces = BoxStream<'static, Result<StreamObservationsResponse, Status>>;

/// A place in the order of figures: behind a key of a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    release: i64,
    key: Key,
}

impl Place {
    const START: Self = Self {
        release: 0,
        key: Key {
            year: 0,
            series: -1,
            span: 0,
        },
    };

    fn to_value(self) -> Value {
        let Key { year, series, span } = self.key;
        Value::from(format!("{}/{year}/{series}/{span}", self.release))
    }

    fn parse(value: &Value) -> Option<Self> {
        let Value::Text(text) = value else {
            return None;
        };
        let mut numbers = text.split('/').map(str::parse::<i64>);
        let mut next = || numbers.next()?.ok();
        Some(Self {
            release: next()?,
            key: Key {
                year: next()?,
                series: next()?,
                span: next()?,
            },
        })
    }
}

/// An export. Figures are read when the caller takes them: one message is in memory at a time.
struct Export {
    database: Database,
    wanted: Arc<Wanted>,
    listing: Listing,
    /// The releases that count, by number.
    releases: Arc<Vec<Counting>>,
    place: Place,
    is_over: bool,
}

pub(crate) async fn run(
    api: &Api,
    request: Request<StreamObservationsRequest>,
) -> Result<Pieces, Fault> {
    Caller::of(&request)?.may_read()?;
    let (wanted, listing) = read(request.into_inner(), api.clock.now())?;
    let place = match listing.after() {
        None => Place::START,
        Some(last) => last.first().and_then(Place::parse).ok_or_else(bad_token)?,
    };
    let wanted = Arc::new(wanted);
    let shared = Arc::clone(&wanted);
    let releases: Vec<Counting> = api
        .database
        .read(move |tx| {
            let wanted = Arc::clone(&shared);
            Box::pin(async move { Ok::<_, Fault>(exports::counting(tx, &wanted).await?) })
        })
        .await?;
    let export = Export {
        database: api.database.clone(),
        wanted,
        listing,
        releases: Arc::new(releases),
        place,
        is_over: false,
    };
    Ok(stream::try_unfold(export, |mut export| async move {
        match export.next().await {
            Ok(Some(message)) => Ok(Some((message, export))),
            Ok(None) => Ok(None),
            Err(fault) => Err(fault.into_status(DOMAIN)),
        }
    })
    .boxed())
}

impl Export {
    /// Returns the next message; none behind the last.
    async fn next(&mut self) -> Result<Option<StreamObservationsResponse>, Fault> {
        if self.is_over {
            return Ok(None);
        }
        let releases = Arc::clone(&self.releases);
        for own in releases.iter() {
            let release = &own.release;
            if release.number < self.place.release || !self.is_wanted(own) {
                continue;
            }
            let asked = self.wanted.years;
            let (first, last) = own.years.unwrap_or((asked.0.into(), asked.1.into()));
            let first = first.max(asked.0.into());
            for year in first..=last.min(asked.1.into()) {
                let start = Place {
                    release: release.number,
                    key: Key {
                        year,
                        ..Place::START.key
                    },
                };
                let from = start.max(self.place);
                if from.key.year != year || from.release != release.number {
                    continue;
                }
                let figures = self.page(own, from.key).await?;
                if let Some((key, _)) = figures.last() {
                    self.place = Place {
                        release: release.number,
                        key: *key,
                    };
                    return Ok(Some(self.message(own, figures)));
                }
            }
        }
        self.is_over = true;
        self.place.release = i64::MAX;
        Ok(Some(StreamObservationsResponse {
            resume_token: self.listing.token(&[self.place.to_value()]),
            known_time: Some(convert::timestamp(self.wanted.known)),
            complete: true,
            ..StreamObservationsResponse::default()
        }))
    }

    fn is_wanted(&self, own: &Counting) -> bool {
        let publication = &own.release.publication;
        let (reporter, partner) = (&self.wanted.reporter, &self.wanted.partner);
        let strict = self.wanted.recorded_before.is_some();
        (reporter.is_empty() || *reporter == publication.reporter)
            && (partner.is_empty() || publication.coverage.partners.contains(partner))
            && (strict || !own.is_hidden(self.wanted.known))
    }

    async fn page(&self, own: &Counting, after: Key) -> Result<Vec<(Key, Observation)>, Fault> {
        let shared = Arc::new((
            Arc::clone(&self.wanted),
            Arc::clone(&self.releases),
            own.clone(),
        ));
        self.database
            .read(move |tx| {
                let shared = Arc::clone(&shared);
                Box::pin(async move {
                    let (wanted, releases, own) = &*shared;
                    let limit = FIGURES_AT_ONCE;
                    Ok::<_, Fault>(exports::page(tx, wanted, releases, own, after, limit).await?)
                })
            })
            .await
    }

    fn message(
        &self,
        own: &Counting,
        figures: Vec<(Key, Observation)>,
    ) -> StreamObservationsResponse {
        let reporter = &own.release.publication.reporter;
        StreamObservationsResponse {
            observations: figures
                .into_iter()
                .map(|(_, figure)| convert::observation::show(figure, reporter, ""))
                .collect(),
            release: own.release.name.clone(),
            resume_token: self.listing.token(&[self.place.to_value()]),
            known_time: Some(convert::timestamp(self.wanted.known)),
            complete: false,
        }
    }
}

fn read(request: StreamObservationsRequest, now: Timestamp) -> Result<(Wanted, Listing), Fault> {
    let mut violations = Violations::new();
    let parent = violations.take(PartnershipName::parse("parent", &request.parent));
    let reporter = violations.take(read_party("reporter", &request.reporter));
    let partner = violations.take(read_party("partner", &request.partner));
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
    let listing = violations.take(bind(&request, known));
    violations.finish()?;
    match (parent, reporter, partner, commodity, listing) {
        (Some(parent), Some(reporter), Some(partner), Some(commodity), Some(listing)) => Ok((
            Wanted {
                partnership: parent.partnership,
                reporter,
                partner,
                flows,
                years: (start.unwrap_or(*YEARS.start()), end.unwrap_or(*YEARS.end())),
                windows,
                commodity,
                known,
                recorded_before,
            },
            listing,
        )),
        _ => Err(fault::unreported()),
    }
}

fn read_commodity(code: &str) -> Result<String, Violation> {
    // Whatever the edition.
    let edition = crate::domain::cell::HsEdition::new(0);
    Commodity::parse(code, edition)
        .map(|_| code.to_owned())
        .map_err(|error| Violation::new("commodity", "FIELD_INVALID", error.to_string()))
}

/// Reads the token, which holds for the same request as known at the same moment only.
fn bind(request: &StreamObservationsRequest, known: Timestamp) -> Result<Listing, Violation> {
    let mut bound = request.clone();
    bound.resume_token.clear();
    bound.known_time = Some(convert::timestamp(known));
    let asked = ListRequest {
        page_token: &request.resume_token,
        bound_to: &bound.encode_to_vec(),
        ..ListRequest::default()
    };
    Listing::parse(&SCHEMA, &asked).map_err(|_| token_violation())
}

fn token_violation() -> Violation {
    Violation::new(
        "resume_token",
        "PAGE_TOKEN_INVALID",
        "is not a token of this request",
    )
}

fn bad_token() -> Fault {
    let mut violations = Violations::new();
    violations.take(Err::<(), _>(token_violation()));
    violations.into()
}
