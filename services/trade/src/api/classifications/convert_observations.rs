//! `ConvertObservations`.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use ::fault::Fault;
use accord_proto::trade::v1::{ConvertObservationsRequest, ConvertObservationsResponse};
use aip::{ListRequest, Listing, Schema, Violation, Violations};
use futures::stream::{self, BoxStream, StreamExt as _};
use identity::Caller;
use prost::Message as _;
use storage::{Database, Tx};
use tonic::{Request, Status};

use super::convert::{check_weights, read_weights, steps};
use crate::{
    DOMAIN,
    api::{
        Api,
        convert::{self, classification::show_converted_observation},
        fault,
        query::compare::{format, parse, published},
    },
    domain::{
        cell::HsEdition,
        classification::{
            conversion::{Conversion, Weights},
            figure,
        },
        name::ReleaseName,
        observation::Observation,
        release::Release,
    },
    store::{exports, key::Key},
};

/// How many figures a message has at most: more gain nothing.
const FIGURES_AT_ONCE: usize = 1_000;

/// Tokens are those of lists; there is nothing to filter or sort by.
static SCHEMA: Schema = Schema { fields: &[] };

/// Figures on their way out.
pub(crate) type Pieces = BoxStream<'static, Result<ConvertObservationsResponse, Status>>;

/// A checked request.
struct Asked {
    name: ReleaseName,
    to: HsEdition,
    /// The edition that weights are for.
    from: Option<HsEdition>,
    weights: Weights,
    listing: Listing,
    after: Option<Key>,
}

/// A conversion on its way. Figures are read when the caller takes them: one message is in memory at a time.
struct Converting {
    database: Database,
    asked: Asked,
    release: Arc<Release>,
    conversions: BTreeMap<HsEdition, Conversion>,
    none: Weights,
    after: Option<Key>,
    is_over: bool,
}

pub(crate) async fn run(
    api: &Api,
    request: Request<ConvertObservationsRequest>,
) -> Result<Pieces, Fault> {
    Caller::of(&request)?.may_read()?;
    let asked = read(request.into_inner())?;
    let shared = Arc::new((asked.name.clone(), asked.to, asked.from));
    let (release, conversions) = api
        .database
        .read(move |tx| {
            let shared = Arc::clone(&shared);
            Box::pin(async move { prepare(tx, &shared.0, shared.1, shared.2).await })
        })
        .await?;
    if let Some(conversion) = asked.from.and_then(|from| conversions.get(&from)) {
        check_weights(&asked.weights, conversion)?;
    }
    let converting = Converting {
        database: api.database.clone(),
        after: asked.after,
        asked,
        release: Arc::new(release),
        conversions,
        none: Weights::new(),
        is_over: false,
    };
    Ok(stream::try_unfold(converting, |mut converting| async move {
        match converting.next().await {
            Ok(Some(message)) => Ok(Some((message, converting))),
            Ok(None) => Ok(None),
            Err(fault) => Err(fault.into_status(DOMAIN)),
        }
    })
    .boxed())
}

/// Reads the release and the ways from the editions of its figures.
async fn prepare(
    tx: &mut Tx,
    name: &ReleaseName,
    to: HsEdition,
    from: Option<HsEdition>,
) -> Result<(Release, BTreeMap<HsEdition, Conversion>), Fault> {
    let release = published(tx, name).await?;
    let editions = from.into_iter().chain(release.publication.hs_edition);
    let conversions = ways(tx, editions.collect(), to).await?;
    Ok((release, conversions))
}

/// Reads the ways from some editions to another.
async fn ways(
    tx: &mut Tx,
    mut from: BTreeSet<HsEdition>,
    to: HsEdition,
) -> Result<BTreeMap<HsEdition, Conversion>, Fault> {
    from.remove(&to);
    let mut ways = BTreeMap::new();
    for edition in from {
        ways.insert(edition, Conversion::of(steps(tx, edition, to).await?));
    }
    Ok(ways)
}

impl Converting {
    /// Returns the next message; none behind the last.
    async fn next(&mut self) -> Result<Option<ConvertObservationsResponse>, Fault> {
        if self.is_over {
            return Ok(None);
        }
        let figures = self.page().await?;
        let Some((last, _)) = figures.last() else {
            self.is_over = true;
            return Ok(Some(ConvertObservationsResponse {
                complete: true,
                ..ConvertObservationsResponse::default()
            }));
        };
        let editions = figures
            .iter()
            .filter_map(|(_, own)| own.cell.commodity.edition());
        self.learn(editions.collect()).await?;
        self.after = Some(*last);
        let resume_token = self.asked.listing.token(&[format(*last)]);
        let reporter = self.release.publication.reporter.as_str();
        let observations = figures
            .into_iter()
            .map(|(_, own)| {
                let converted = self.convert(&own);
                show_converted_observation(own, reporter, self.asked.to, converted)
            })
            .collect();
        Ok(Some(ConvertObservationsResponse {
            observations,
            resume_token,
            complete: false,
        }))
    }

    /// Makes sure that the ways from editions are known: rows may name others than their release.
    async fn learn(&mut self, editions: BTreeSet<HsEdition>) -> Result<(), Fault> {
        let known = |edition: &HsEdition| {
            *edition == self.asked.to || self.conversions.contains_key(edition)
        };
        let new: BTreeSet<HsEdition> = editions.into_iter().filter(|own| !known(own)).collect();
        if new.is_empty() {
            return Ok(());
        }
        let to = self.asked.to;
        let found = self
            .database
            .read(move |tx| {
                let new = new.clone();
                Box::pin(async move { ways(tx, new, to).await })
            })
            .await?;
        self.conversions.extend(found);
        Ok(())
    }

    fn convert(&self, own: &Observation) -> figure::Outcome {
        let edition = own.cell.commodity.edition();
        let conversion = edition.and_then(|edition| self.conversions.get(&edition));
        let weights = if edition == self.asked.from {
            &self.asked.weights
        } else {
            &self.none
        };
        figure::convert(own, conversion, weights)
    }

    async fn page(&self) -> Result<Vec<(Key, Observation)>, Fault> {
        let shared = Arc::new((Arc::clone(&self.release), self.after));
        self.database
            .read(move |tx| {
                let shared = Arc::clone(&shared);
                Box::pin(async move {
                    let (release, after) = &*shared;
                    let limit = FIGURES_AT_ONCE;
                    Ok::<_, Fault>(exports::of_release(tx, release, *after, limit).await?)
                })
            })
            .await
    }
}

fn read(request: ConvertObservationsRequest) -> Result<Asked, Fault> {
    let mut violations = Violations::new();
    let name = violations.take(ReleaseName::parse("release", &request.release));
    let read = convert::enums::read_edition;
    let to = violations.take(convert::needed("to_edition", request.to_edition, read));
    let from = violations.take(convert::optional(
        "weights_edition",
        request.weights_edition,
        read,
    ));
    let from = from.flatten();
    if from.is_some() && from == to {
        violations.push("weights_edition", "FIELD_INVALID", "must not be to_edition");
    }
    if request.weights.is_empty() != (request.weights_edition == 0) {
        let description = "goes with weights, and these only with it";
        violations.push("weights_edition", "FIELD_INVALID", description);
    }
    let weights = read_weights(&request.weights, &mut violations);
    let place = violations.take(bind(&request));
    violations.finish()?;
    match (name, to, place) {
        (Some(name), Some(to), Some((listing, after))) => Ok(Asked {
            name,
            to,
            from,
            weights,
            listing,
            after,
        }),
        _ => Err(fault::unreported()),
    }
}

/// Reads the token, which holds for the same request only.
fn bind(request: &ConvertObservationsRequest) -> Result<(Listing, Option<Key>), Violation> {
    let bad = || {
        let description = "is not a token of this request";
        Violation::new("resume_token", "PAGE_TOKEN_INVALID", description)
    };
    let bound = ConvertObservationsRequest {
        resume_token: String::new(),
        ..request.clone()
    };
    let asked = ListRequest {
        page_token: &request.resume_token,
        bound_to: &bound.encode_to_vec(),
        ..ListRequest::default()
    };
    let listing = Listing::parse(&SCHEMA, &asked).map_err(|_| bad())?;
    let after = match listing.after() {
        None => None,
        Some(last) => Some(last.first().and_then(parse).ok_or_else(bad)?),
    };
    Ok((listing, after))
}
