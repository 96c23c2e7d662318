//! `ProposeRebaseline` and `CarryOverMeasures`, which proposes one kind of change only.

use std::collections::BTreeSet;

use accord_proto::roadmaps::v1::{
    CarryOverMeasuresRequest, PlanChange, ProposeRebaselineRequest, Rebaseline as Answer,
    plan_change,
};
use fault::Fault;
use host::OnBehalf;
use identity::Caller;
use ledger::{Call, Change as Entry, ChangeKind, Stamp};
use storage::Tx;
use tonic::Request;

use super::changes::{self, Given};
use crate::{
    api::{
        Begun, Service, begin, bodies, checked,
        convert::{self, word},
        fault as faults, measures, references, roadmaps,
    },
    domain::{
        name::{MeasureName, RoadmapName},
        rebaseline::Rebaseline,
    },
    store,
};

const PROPOSE: &str = "accord.roadmaps.v1.PlanService/ProposeRebaseline";
const CARRY_OVER: &str = "accord.roadmaps.v1.PlanService/CarryOverMeasures";

/// A proposal whose names are read.
#[derive(Clone, Debug)]
struct Proposal {
    roadmap: RoadmapName,
    changes: Vec<Given>,
    reason: String,
    etag: String,
    allows_new_spelling: bool,
}

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<ProposeRebaselineRequest>,
) -> Result<Answer, Fault> {
    let on_behalf = OnBehalf::of(&request);
    let begun = begin(PROPOSE, request)?;
    let given = begun.given.clone();
    let texts = Texts {
        parent: given.parent,
        reason: given.reason,
        etag: given.etag,
        allows_new_spelling: given.allow_new_spelling,
    };
    propose(service, on_behalf, begun, texts, given.changes).await
}

pub(in crate::api) async fn carry_over(
    service: &Service,
    request: Request<CarryOverMeasuresRequest>,
) -> Result<Answer, Fault> {
    let on_behalf = OnBehalf::of(&request);
    let mut begun = begin(CARRY_OVER, request)?;
    let given = begun.given.clone();
    begun
        .violations
        .take(RoadmapName::parse("roadmap", &given.roadmap));
    let mut changes = Vec::with_capacity(given.measures.len());
    for (index, mut measure) in given.measures.into_iter().enumerate() {
        if measure.roadmap.is_empty() {
            measure.roadmap.clone_from(&given.roadmap);
        } else if measure.roadmap != given.roadmap {
            begun.violations.push(
                format!("measures[{index}].roadmap"),
                "NAME_INVALID",
                "must be empty or the roadmap of the request",
            );
        }
        changes.push(PlanChange {
            change: Some(plan_change::Change::CarryOver(measure)),
        });
    }
    let texts = Texts {
        parent: given.parent,
        reason: given.reason,
        etag: given.etag,
        allows_new_spelling: given.allow_new_spelling,
    };
    let proposed = propose(service, on_behalf, begun, texts, changes).await;
    // It is read as changes, and has its own name for them.
    proposed.map_err(|fault| {
        fault.rename_fields(|field| match field.strip_prefix("changes") {
            Some(rest) => format!("measures{}", rest.replacen(".carry_over", "", 1)),
            None => field.to_owned(),
        })
    })
}

/// The texts that both requests have.
struct Texts {
    parent: String,
    reason: String,
    etag: String,
    allows_new_spelling: bool,
}

async fn propose<M>(
    service: &Service,
    on_behalf: OnBehalf,
    begun: Begun<M>,
    texts: Texts,
    changes: Vec<PlanChange>,
) -> Result<Answer, Fault> {
    let Begun {
        call,
        caller,
        mut violations,
        ..
    } = begun;
    let roadmap = violations.take(RoadmapName::parse("parent", &texts.parent));
    let reason = violations.take(word::reason(&texts.reason));
    let (roadmap, reason) = checked(roadmap.zip(reason), violations)?;
    let mut violations = aip::Violations::new();
    let changes = changes::read(&changes, &roadmap, &mut violations);
    violations.finish()?;
    let proposal = Proposal {
        roadmap,
        changes,
        reason,
        etag: texts.etag,
        allows_new_spelling: texts.allows_new_spelling,
    };
    if let Some(answer) = ask(service, &call, &on_behalf, &proposal.changes).await? {
        return Ok(answer);
    }
    service
        .journal
        .mutate(call, move |tx, stamp| {
            let (caller, proposal) = (caller.clone(), proposal.clone());
            Box::pin(take(tx, stamp, caller, proposal))
        })
        .await
}

/// Asks other services for what the changes refer to.
async fn ask(
    service: &Service,
    call: &Call,
    on_behalf: &OnBehalf,
    changes: &[Given],
) -> Result<Option<Answer>, Fault> {
    let referring: Vec<_> = changes
        .iter()
        .enumerate()
        .map(|(index, change)| (change.place(index), change.referring()))
        .collect();
    let referring: Vec<_> = referring
        .iter()
        .map(|(place, details)| (place.as_str(), details))
        .collect();
    references::ask(service, call, on_behalf, &referring).await
}

async fn take(
    tx: &mut Tx,
    stamp: Stamp,
    caller: Caller,
    proposal: Proposal,
) -> Result<(Answer, Vec<Entry>), Fault> {
    let mut roadmap = roadmaps::present(tx, &proposal.roadmap).await?;
    let speaker = measures::speaker(&caller, &roadmap)?;
    roadmaps::check_etag(&proposal.etag, &roadmap)?;
    let party = roadmap.party(speaker.side).to_owned();
    let name = roadmap.name.to_string();
    let revised = roadmap.rebaseline_by.is_some();
    let before = roadmap.revision;
    let number = roadmap
        .propose_rebaseline(speaker.side, stamp.now)
        .map_err(|refusal| faults::refused(&refusal, &name, &party))?;
    let given = &proposal.changes;
    let names: BTreeSet<MeasureName> = given
        .iter()
        .flat_map(|change| [Some(&change.measure), change.successor()])
        .flatten()
        .cloned()
        .collect();
    let following = given.iter().filter_map(Given::following).collect();
    let context = super::context(tx, &names, &following).await?;
    changes::require_known(given, &context.measures)?;
    let changes = changes::put_together(given, &context.measures, &roadmap, &context.following)?;
    super::require_possible(tx, &changes, speaker.side, &roadmap, &context, &party).await?;
    let is_free = proposal.allows_new_spelling;
    bodies::check(
        tx,
        &roadmap.name.partnership,
        &changes::plans(&changes, is_free),
    )
    .await?;
    let known = if revised {
        store::rebaselines::get(tx, roadmap.uid, number).await?
    } else {
        None
    };
    let (rebaseline, kind) = match known {
        Some(mut open) => {
            open.revise(&speaker, proposal.reason, roadmap.updated)
                .map_err(|refusal| faults::refused(&refusal, &name, &party))?;
            (open, ChangeKind::Updated)
        }
        None => {
            let reason = proposal.reason;
            let home = roadmap.name.clone();
            let new = Rebaseline::propose(home, number, &speaker, reason, roadmap.updated);
            (new, ChangeKind::Created)
        }
    };
    store::rebaselines::put(tx, roadmap.uid, &rebaseline).await?;
    store::rebaselines::put_changes(tx, roadmap.uid, number, &changes).await?;
    store::roadmaps::update_if(tx, &roadmap, before, None).await?;
    let bases = store::baselines::before(tx, roadmap.uid, rebaseline.number, &changes).await?;
    let parties = super::parties(&roadmap);
    let answer = convert::rebaseline::write(&rebaseline, &changes, &bases, &parties);
    // The other side has to be able to read what it is asked about, and what its own word makes of it.
    fault::check_batch_answer(&convert::rebaseline::longest(&answer))?;
    let entries = vec![
        Entry::of(answer.name.clone(), kind, &answer),
        Entry::of(
            name,
            ChangeKind::Updated,
            &convert::roadmap::write(&roadmap),
        ),
    ];
    Ok((answer, entries))
}
