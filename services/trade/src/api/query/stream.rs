//! `StreamObservations`.
//!
//! An export answers from the releases that there are at its beginning, however long it takes. What stands of them is
//! read from what publishing and withdrawing have worked out, as long as nobody publishes or withdraws; from then on
//! it is worked out from those releases alone, as in the strict reading.

mod place;
mod question;

use std::sync::Arc;

use ::fault::Fault;
use accord_proto::trade::v1::{StreamObservationsRequest, StreamObservationsResponse};
use aip::{Listing, Violations};
use futures::stream::{self, BoxStream, StreamExt as _};
use identity::Caller;
use storage::{Database, Tx};
use tonic::{Code, Request, Status};

use crate::{
    DOMAIN,
    api::{
        Api, convert,
        releases::{self, list_observations::schema},
    },
    domain::observation::Observation,
    store::{
        exports::{self, Wanted},
        key::Key,
        releases::Counting,
    },
};
use place::{Beginning, Place, fingerprint};

/// How many figures a message has at most: more gain nothing.
const FIGURES_AT_ONCE: usize = 1_000;

/// Figures on their way out.
pub(crate) type Pieces = BoxStream<'static, Result<StreamObservationsResponse, Status>>;

/// An export. Figures are read when the caller takes them: one message is in memory at a time.
struct Export {
    database: Database,
    wanted: Arc<Wanted>,
    listing: Listing,
    /// The releases that counted at the beginning, by number.
    releases: Arc<Vec<Counting>>,
    beginning: Beginning,
    /// Whether something was published or withdrawn since.
    is_past: bool,
    place: Place,
    is_over: bool,
}

/// The figures of one message with their keys, and whether something has been published or withdrawn.
type Page = (Vec<(Key, Observation)>, bool);

pub(crate) async fn run(
    api: &Api,
    request: Request<StreamObservationsRequest>,
) -> Result<Pieces, Fault> {
    Caller::of(&request)?.may_read()?;
    let now = api.clock.now();
    let schema = schema(api.database.engine());
    let (wanted, listing) = question::read(request.into_inner(), schema, now)?;
    let resumed = match listing.after() {
        None => None,
        Some(last) => Some(last.first().and_then(place::parse).ok_or_else(bad_token)?),
    };
    let began_us = resumed.map(|(_, beginning)| beginning.us);
    let wanted = Arc::new(wanted);
    let shared = Arc::clone(&wanted);
    let (releases, versions) = api
        .database
        .read(move |tx| {
            let wanted = Arc::clone(&shared);
            Box::pin(async move { begin(tx, &wanted, began_us).await })
        })
        .await?;
    let counted = fingerprint(releases.iter().map(|own| own.release.number));
    let current = Beginning {
        us: clock::to_micros(now),
        releases: counted,
        versions,
    };
    let (place, beginning) = resumed.unwrap_or((Place::START, current));
    if beginning.releases != counted {
        return Err(outdated());
    }
    let export = Export {
        database: api.database.clone(),
        wanted,
        listing,
        releases: Arc::new(releases),
        is_past: beginning.versions != versions,
        beginning,
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

/// Reads the releases that count, or did when the export began, and the state of all.
async fn begin(
    tx: &mut Tx,
    wanted: &Wanted,
    began_us: Option<i64>,
) -> Result<(Vec<Counting>, i64), Fault> {
    if let Some(name) = &wanted.release {
        releases::load(tx, name).await?;
    }
    let releases = exports::counting(tx, wanted, began_us).await?;
    let versions = exports::versions(tx, &wanted.partnership).await?;
    Ok((releases, versions))
}

impl Export {
    /// Returns the next message; none behind the last.
    async fn next(&mut self) -> Result<Option<StreamObservationsResponse>, Fault> {
        if self.is_over {
            return Ok(None);
        }
        let releases = Arc::clone(&self.releases);
        for own in releases.iter() {
            let number = own.release.number;
            if number < self.place.release || !self.is_wanted(own) {
                continue;
            }
            let asked = self.wanted.years;
            let (first, last) = own.years.unwrap_or((asked.0.into(), asked.1.into()));
            let first = first.max(asked.0.into());
            for year in first..=last.min(asked.1.into()) {
                let from = Place::before(number, year).max(self.place);
                if from.key.year != year || from.release != number {
                    continue;
                }
                let (figures, is_past) = self.page(own, from.key).await?;
                self.is_past |= is_past;
                if let Some((key, _)) = figures.last() {
                    self.place = Place {
                        release: number,
                        key: *key,
                    };
                    return Ok(Some(self.message(own, figures)));
                }
            }
        }
        self.is_over = true;
        self.place = Place::END;
        Ok(Some(StreamObservationsResponse {
            complete: true,
            ..self.empty()
        }))
    }

    fn is_wanted(&self, own: &Counting) -> bool {
        let publication = &own.release.publication;
        let wanted = &self.wanted;
        let (reporter, partner, region) = (&wanted.reporter, &wanted.partner, &wanted.region);
        let strict = self.is_past || wanted.recorded_before.is_some();
        let named = wanted.release.as_ref().map(ToString::to_string);
        (reporter.is_empty() || *reporter == publication.reporter)
            && (partner.is_empty() || publication.coverage.partners.contains(partner))
            && (region.is_empty() || region.starts_with(&publication.reporter))
            && named.is_none_or(|name| name == own.release.name)
            && (strict || !own.is_hidden(wanted.known))
    }

    async fn page(&self, own: &Counting, after: Key) -> Result<Page, Fault> {
        let shared = Arc::new((
            Arc::clone(&self.wanted),
            Arc::clone(&self.releases),
            own.clone(),
        ));
        let (versions, was_past) = (self.beginning.versions, self.is_past);
        self.database
            .read(move |tx| {
                let shared = Arc::clone(&shared);
                Box::pin(async move {
                    let (wanted, releases, own) = &*shared;
                    let is_past =
                        was_past || exports::versions(tx, &wanted.partnership).await? != versions;
                    let range = exports::Range {
                        own,
                        after,
                        limit: FIGURES_AT_ONCE,
                        is_past,
                    };
                    let figures = exports::page(tx, wanted, releases, range).await?;
                    Ok::<_, Fault>((figures, is_past))
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
            release_use: Some(convert::release::show_use(&own.release)),
            ..self.empty()
        }
    }

    /// A message without figures at the place where the export stands.
    fn empty(&self) -> StreamObservationsResponse {
        let place = place::to_value(self.place, self.beginning);
        StreamObservationsResponse {
            resume_token: self.listing.token(&[place]),
            known_time: Some(convert::timestamp(self.wanted.known)),
            ..StreamObservationsResponse::default()
        }
    }
}

fn bad_token() -> Fault {
    let mut violations = Violations::new();
    violations.take(Err::<(), _>(question::token_violation()));
    violations.into()
}

/// Says that the releases that an export began with cannot be told any more.
fn outdated() -> Fault {
    Fault::new(
        Code::Aborted,
        "EXPORT_OUTDATED",
        "other releases were published or withdrawn at the moment at which the export began; begin it anew",
    )
}
