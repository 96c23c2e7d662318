//! The way of every change of a roadmap that is not of its fields: a side's word, deletion, restoration.

use accord_proto::roadmaps::v1::Roadmap as Answer;
use aip::Violations;
use fault::Fault;
use identity::Caller;
use jiff::Timestamp;
use ledger::{Call, Change, ChangeKind, Stamp};
use storage::Tx;

use super::{super::convert, Service, any, check_etag, present, side_of};
use crate::{
    api::{checked, fault as faults},
    domain::{
        name::{MeasureName, RoadmapName},
        refusal::Refusal,
        roadmap::{Roadmap, State},
        side::Side,
    },
    store,
};

/// What is to be done.
#[derive(Clone, Copy, Debug)]
pub(super) enum Deed {
    /// Adopt the plan at this revision.
    Adopt(i64),
    /// Close the roadmap.
    Close,
    /// Delete the draft.
    Delete,
    /// Restore the deleted draft.
    Undelete,
}

impl Deed {
    fn kind(self) -> ChangeKind {
        match self {
            Self::Adopt(_) | Self::Close => ChangeKind::StateChanged,
            Self::Delete => ChangeKind::Deleted,
            Self::Undelete => ChangeKind::Undeleted,
        }
    }

    fn apply(
        self,
        roadmap: &mut Roadmap,
        side: Side,
        waiting: Option<MeasureName>,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        match self {
            Self::Adopt(plan_revision) => roadmap.adopt(side, plan_revision, at),
            Self::Close => roadmap.close(side, waiting, at),
            Self::Delete => roadmap.delete(at),
            Self::Undelete => {
                roadmap.undelete(at);
                Ok(())
            }
        }
    }
}

/// Checks what all these calls have in common, and does the deed. `deed` is nothing when its own fields
/// are wrong, as `violations` then says.
pub(super) async fn run(
    service: &Service,
    call: Call,
    name: &str,
    etag: &str,
    deed: Option<Deed>,
    mut violations: Violations,
) -> Result<Answer, Fault> {
    let name = violations.take(RoadmapName::parse("name", name));
    let (name, deed) = checked(name.zip(deed), violations)?;
    let (caller, etag) = (call.caller.clone(), etag.to_owned());
    service
        .journal
        .mutate(call, move |tx, stamp| {
            let (caller, name, etag) = (caller.clone(), name.clone(), etag.clone());
            Box::pin(change(tx, stamp, caller, name, etag, deed))
        })
        .await
}

async fn change(
    tx: &mut Tx,
    stamp: Stamp,
    caller: Caller,
    name: RoadmapName,
    etag: String,
    deed: Deed,
) -> Result<(Answer, Vec<Change>), Fault> {
    let mut roadmap = match deed {
        Deed::Undelete => any(tx, &name).await?,
        Deed::Adopt(_) | Deed::Close | Deed::Delete => present(tx, &name).await?,
    };
    let side = side_of(&caller, &roadmap)?;
    let name = name.to_string();
    if matches!(deed, Deed::Undelete) && roadmap.deleted.is_none() {
        return Err(Fault::already_exists(faults::ROADMAP, &name));
    }
    check_etag(&etag, &roadmap)?;
    if matches!(deed, Deed::Delete)
        && let Some(measure) = store::roadmaps::carried_in(tx, roadmap.uid).await?
    {
        let refusal = Refusal::HasPredecessors { measure };
        return Err(faults::refused(&refusal, &name, roadmap.party(side)));
    }
    let waiting = match deed {
        Deed::Close => store::roadmaps::waiting(tx, roadmap.uid).await?,
        Deed::Adopt(_) | Deed::Delete | Deed::Undelete => None,
    };
    let before = roadmap.revision;
    deed.apply(&mut roadmap, side, waiting, stamp.now)
        .map_err(|refusal| faults::refused(&refusal, &name, roadmap.party(side)))?;
    if matches!(deed, Deed::Adopt(_)) {
        let sum = store::roadmaps::weight_sum(tx, roadmap.uid).await?;
        roadmap
            .plan
            .require_weights(sum)
            .map_err(|refusal| faults::refused(&refusal, &name, roadmap.party(side)))?;
    }
    store::roadmaps::update_if(tx, &roadmap, before, None).await?;
    let answer = convert::roadmap::write(&roadmap);
    let mut changes = vec![Change::of(name, deed.kind(), &answer)];
    if matches!(deed, Deed::Adopt(_)) && roadmap.state() == State::Adopted {
        let baseline = store::baselines::freeze(tx, &roadmap, None).await?;
        changes.push(Change::of(
            baseline.name().to_string(),
            ChangeKind::Created,
            &convert::baseline::write(&baseline),
        ));
    }
    Ok((answer, changes))
}
