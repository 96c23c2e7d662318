//! `CompareReleases`.

use std::{collections::HashMap, sync::Arc};

use ::fault::Fault;
use accord_proto::trade::v1::{CompareReleasesRequest, CompareReleasesResponse, ObservationChange};
use aip::{ListRequest, Listing, Schema, Value, Violations};
use identity::Caller;
use storage::Tx;
use tonic::Request;

use crate::{
    api::{Api, convert, fault, releases::load},
    domain::{
        name::ReleaseName,
        observation::Observation,
        release::{self, Release, State},
    },
    store::{exports, key::Key},
};

/// There is nothing to filter or sort by.
static SCHEMA: Schema = Schema { fields: &[] };

/// Two releases and the cells in which they differ.
struct Found {
    reporter: String,
    changes: Vec<(Option<Observation>, Option<Observation>, bool)>,
    next: Option<Key>,
}

pub(crate) async fn run(
    api: &Api,
    request: Request<CompareReleasesRequest>,
) -> Result<CompareReleasesResponse, Fault> {
    Caller::of(&request)?.may_read()?;
    let request = request.into_inner();
    let mut violations = Violations::new();
    let later = violations.take(ReleaseName::parse("release", &request.release));
    let earlier = violations.take(ReleaseName::parse(
        "earlier_release",
        &request.earlier_release,
    ));
    let bound_to = format!("{}\n{}", request.release, request.earlier_release);
    let listing = Listing::parse(
        &SCHEMA,
        &ListRequest {
            page_size: request.page_size,
            page_token: &request.page_token,
            bound_to: bound_to.as_bytes(),
            ..ListRequest::default()
        },
    );
    let listing = listing.map_err(|found| violations.merge(found)).ok();
    if let (Some(later), Some(earlier)) = (&later, &earlier)
        && later.partnership != earlier.partnership
    {
        violations.push(
            "earlier_release",
            "FIELD_INVALID",
            "must be of the same partnership",
        );
    }
    violations.finish()?;
    let (Some(later), Some(earlier), Some(listing)) = (later, earlier, listing) else {
        return Err(fault::unreported());
    };
    let after = listing.after().and_then(|last| parse(last.first()?));
    let size = listing.page_size();
    let input = Arc::new((earlier, later));
    let found = api
        .database
        .read(move |tx| {
            let input = Arc::clone(&input);
            Box::pin(async move { find(tx, &input.0, &input.1, after, size).await })
        })
        .await?;
    let show = |figure: Option<Observation>| {
        figure.map(|figure| convert::observation::show(figure, &found.reporter, ""))
    };
    Ok(CompareReleasesResponse {
        changes: found
            .changes
            .into_iter()
            .map(|(before, after, removed)| ObservationChange {
                before: show(before),
                after: show(after),
                removed,
            })
            .collect(),
        next_page_token: found
            .next
            .map(|key| listing.token(&[format(key)]))
            .unwrap_or_default(),
    })
}

async fn find(
    tx: &mut Tx,
    earlier: &ReleaseName,
    later: &ReleaseName,
    after: Option<Key>,
    size: usize,
) -> Result<Found, Fault> {
    let (earlier, later) = (published(tx, earlier).await?, published(tx, later).await?);
    let reporter = later.publication.reporter.clone();
    if earlier.publication.reporter != reporter {
        return Err(Fault::invalid_field(
            "earlier_release",
            "FIELD_INVALID",
            format!("must be a release of {reporter}"),
        ));
    }
    let mut keys = exports::differing(tx, &earlier, &later, after, size + 1).await?;
    let has_more = keys.len() > size;
    keys.truncate(size);
    let mut before: HashMap<Key, Observation> = exports::at(tx, &earlier, &keys)
        .await?
        .into_iter()
        .collect();
    let mut behind: HashMap<Key, Observation> =
        exports::at(tx, &later, &keys).await?.into_iter().collect();
    let changes = keys
        .iter()
        .map(|key| {
            let (before, after) = (before.remove(key), behind.remove(key));
            let coverage = &later.publication.coverage;
            let removed = after.is_none()
                && before
                    .as_ref()
                    .is_some_and(|figure| coverage.exhausts(&figure.cell));
            (before, after, removed)
        })
        .collect();
    Ok(Found {
        reporter,
        changes,
        next: keys.last().copied().filter(|_| has_more),
    })
}

/// Reads a release that must have been published.
pub(in crate::api) async fn published(tx: &mut Tx, name: &ReleaseName) -> Result<Release, Fault> {
    let release = load(tx, name).await?;
    match release.state() {
        State::Published | State::Withdrawn => Ok(release),
        state @ State::Staging => Err(fault::release(
            &release,
            release::Error::NotPublished(state),
        )),
    }
}

pub(in crate::api) fn format(key: Key) -> Value {
    Value::from(format!("{}/{}/{}", key.year, key.series, key.span))
}

pub(in crate::api) fn parse(value: &Value) -> Option<Key> {
    let Value::Text(text) = value else {
        return None;
    };
    let mut numbers = text.split('/').map(str::parse::<i64>);
    let mut next = || numbers.next()?.ok();
    Some(Key {
        year: next()?,
        series: next()?,
        span: next()?,
    })
}
