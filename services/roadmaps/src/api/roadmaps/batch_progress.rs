//! `BatchGetRoadmapProgress`.

use std::collections::BTreeSet;

use accord_proto::roadmaps::v1::{
    BatchGetRoadmapProgressRequest, BatchGetRoadmapProgressResponse, RoadmapProgress,
};
use aip::{Violation, Violations};
use fault::Fault;
use identity::Caller;
use storage::Tx;
use tonic::Request;
use uuid::Uuid;

use super::{
    super::convert,
    Service,
    progress::{self, View},
};
use crate::{
    api::{checked, fault as faults},
    domain::name::{PartnershipName, RoadmapName},
    store,
};

/// As many as a page has at most.
const MAX_NAMES: usize = 1_000;

/// How many are read at once: few queries, and never the events of a thousand roadmaps in memory.
const BATCH: usize = 100;

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<BatchGetRoadmapProgressRequest>,
) -> Result<BatchGetRoadmapProgressResponse, Fault> {
    Caller::of(&request)?.may_read()?;
    let request = request.into_inner();
    let mut violations = Violations::new();
    let parent = violations.take(PartnershipName::parse("parent", &request.parent));
    let names = names(&request.names, parent.as_ref(), &mut violations);
    let view = violations.take(View::read(
        request.known_time.as_ref(),
        request.effective_date.as_ref(),
        &service.clock,
    ));
    let view = checked(view, violations)?;
    let roadmap_progresses = service
        .database
        .read(move |tx| {
            let names = names.clone();
            Box::pin(read(tx, names, view))
        })
        .await?;
    let answer = BatchGetRoadmapProgressResponse { roadmap_progresses };
    fault::check_batch_answer(&answer)?;
    Ok(answer)
}

/// Reads in batches, each with one query for its roadmaps and one for what happened in them.
async fn read(
    tx: &mut Tx,
    names: Vec<RoadmapName>,
    view: View,
) -> Result<Vec<RoadmapProgress>, Fault> {
    let mut progresses = Vec::with_capacity(names.len());
    for names in names.chunks(BATCH) {
        let roadmaps = store::roadmaps::named(tx, names).await?;
        let known = roadmaps.values().filter(|roadmap| view.knows(roadmap));
        let known: Vec<Uuid> = known.map(|roadmap| roadmap.uid).collect();
        let steps = store::events::steps(tx, &known, view.known).await?;
        for name in names {
            let roadmap = roadmaps
                .get(name)
                .ok_or_else(|| Fault::not_found(faults::ROADMAP, &name.to_string()))?;
            progresses.push(if view.knows(roadmap) {
                let measures = steps.get(&roadmap.uid).map_or(&[][..], Vec::as_slice);
                progress::of(roadmap, &progress::told(roadmap, measures)?, view)
            } else {
                convert::progress::unknown(roadmap, view.known, view.effective)
            });
        }
    }
    Ok(progresses)
}

fn names(
    given: &[String],
    parent: Option<&PartnershipName>,
    violations: &mut Violations,
) -> Vec<RoadmapName> {
    if given.is_empty() {
        violations.push("names", "FIELD_REQUIRED", "must have at least one name");
    }
    if given.len() > MAX_NAMES {
        violations.push("names", "VALUE_OUT_OF_RANGE", "must be at most 1,000");
        return Vec::new();
    }
    let mut known = BTreeSet::new();
    let mut names = Vec::new();
    for (index, name) in given.iter().enumerate() {
        let field = format!("names[{index}]");
        let Some(name) = violations.take(of_parent(&field, name, parent)) else {
            continue;
        };
        if known.insert(name.clone()) {
            names.push(name);
        } else {
            violations.push(field, "VALUE_REPEATED", "is named already");
        }
    }
    names
}

fn of_parent(
    field: &str,
    name: &str,
    parent: Option<&PartnershipName>,
) -> Result<RoadmapName, Violation> {
    let name = RoadmapName::parse(field, name)?;
    match parent {
        Some(parent) if parent.partnership != name.partnership => Err(Violation::new(
            field,
            "NAME_INVALID",
            format!("must be a roadmap of {parent}"),
        )),
        _ => Ok(name),
    }
}
