//! `DeclineRebaseline` and `WithdrawRebaseline`: the ends of a proposal that change no plan.

use accord_proto::roadmaps::v1::{
    DeclineRebaselineRequest, Rebaseline as Answer, WithdrawRebaselineRequest,
};
use fault::Fault;
use identity::Caller;
use ledger::{Change as Entry, ChangeKind, Stamp};
use storage::Tx;
use tonic::Request;

use super::{any, check_etag};
use crate::{
    api::{
        Begun, Service, begin, checked,
        convert::{self, word},
        fault as faults, measures, roadmaps,
    },
    domain::{name::RebaselineName, rebaseline::Word},
    store,
};

const DECLINE: &str = "accord.roadmaps.v1.PlanService/DeclineRebaseline";
const WITHDRAW: &str = "accord.roadmaps.v1.PlanService/WithdrawRebaseline";

/// A word on a proposal.
#[derive(Clone, Debug)]
struct Said {
    name: RebaselineName,
    revision: i64,
    reason: String,
    etag: String,
    word: Word,
}

pub(in crate::api) async fn decline(
    service: &Service,
    request: Request<DeclineRebaselineRequest>,
) -> Result<Answer, Fault> {
    let begun = begin(DECLINE, request)?;
    let given = begun.given.clone();
    let texts = (given.name, given.reason, given.etag);
    run(service, begun, texts, given.revision, Word::Decline).await
}

pub(in crate::api) async fn withdraw(
    service: &Service,
    request: Request<WithdrawRebaselineRequest>,
) -> Result<Answer, Fault> {
    let begun = begin(WITHDRAW, request)?;
    let given = begun.given.clone();
    let texts = (given.name, given.reason, given.etag);
    run(service, begun, texts, given.revision, Word::Withdraw).await
}

async fn run<M>(
    service: &Service,
    begun: Begun<M>,
    (name, reason, etag): (String, String, String),
    revision: i64,
    word: Word,
) -> Result<Answer, Fault> {
    let Begun {
        call,
        caller,
        mut violations,
        ..
    } = begun;
    let name = violations.take(RebaselineName::parse("name", &name));
    let revision = violations.take(word::revision("revision", revision));
    let reason = violations.take(word::reason(&reason));
    let ((name, revision), reason) = checked(name.zip(revision).zip(reason), violations)?;
    let said = Said {
        name,
        revision,
        reason,
        etag,
        word,
    };
    service
        .journal
        .mutate(call, move |tx, stamp| {
            let (caller, said) = (caller.clone(), said.clone());
            Box::pin(end(tx, stamp, caller, said))
        })
        .await
}

async fn end(
    tx: &mut Tx,
    stamp: Stamp,
    caller: Caller,
    said: Said,
) -> Result<(Answer, Vec<Entry>), Fault> {
    let mut roadmap = roadmaps::present(tx, &said.name.roadmap_name()).await?;
    let mut rebaseline = any(tx, &roadmap, &said.name).await?;
    let speaker = measures::speaker(&caller, &roadmap)?;
    check_etag(&said.etag, &rebaseline)?;
    let before = roadmap.revision;
    let name = said.name.to_string();
    roadmap.end_rebaseline(stamp.now);
    rebaseline
        .hear(
            said.word,
            said.revision,
            &speaker,
            said.reason,
            roadmap.updated,
        )
        .map_err(|refusal| faults::refused(&refusal, &name, roadmap.party(speaker.side)))?;
    store::rebaselines::put(tx, roadmap.uid, &rebaseline).await?;
    store::roadmaps::update_if(tx, &roadmap, before, None).await?;
    let changes = store::rebaselines::changes(tx, roadmap.uid, rebaseline.number).await?;
    let bases = store::baselines::before(tx, roadmap.uid, rebaseline.number, &changes).await?;
    let parties = super::parties(&roadmap);
    let answer = convert::rebaseline::write(&rebaseline, &changes, &bases, &parties);
    let entries = vec![
        Entry::of(name, ChangeKind::StateChanged, &answer),
        Entry::of(
            roadmap.name.to_string(),
            ChangeKind::Updated,
            &convert::roadmap::write(&roadmap),
        ),
    ];
    Ok((answer, entries))
}
