//! `UpdatePartnership`.

use accord_proto::documents::v1 as pb;
use aip::{Violation, Violations, etag, mask};
use fault::Fault;
use identity::Caller;
use ledger::{Call, Change, ChangeKind, Stamp};
use storage::Tx;
use tonic::Request;

use super::{check_founding_document, load};
use crate::{
    api::{Api, Mutation, authority, convert, fault as faults},
    domain::{Partnership, PartnershipName},
    store::partnerships,
};

/// A checked request.
#[derive(Clone)]
struct Update {
    caller: Caller,
    name: PartnershipName,
    patch: pb::Partnership,
    mask: Option<prost_types::FieldMask>,
}

/// Changes a partnership.
pub(in crate::api) async fn run(
    api: &Api,
    request: Request<pb::UpdatePartnershipRequest>,
) -> Result<pb::Partnership, Fault> {
    let caller = Caller::of(&request)?.clone();
    caller.may_edit()?;
    let mut violations = Violations::new();
    let call = Call::new(
        "accord.documents.v1.PartnershipService/UpdatePartnership",
        &caller,
        request.get_ref(),
        &mut violations,
    );
    let given = request.into_inner();
    let patch = violations.take(
        given
            .partnership
            .ok_or_else(|| Violation::required("partnership")),
    );
    let name = patch
        .as_ref()
        .and_then(|patch| violations.take(PartnershipName::parse("partnership.name", &patch.name)));
    let (Some(patch), Some(name), true) = (patch, name, violations.is_empty()) else {
        return Err(violations.into());
    };
    let update = Update {
        caller,
        name,
        patch,
        mask: given.update_mask,
    };
    api.journal
        .mutate(call, move |tx, stamp| {
            Box::pin(apply(tx, stamp, update.clone()))
        })
        .await
}

async fn apply(tx: &mut Tx, stamp: Stamp, update: Update) -> Mutation<pb::Partnership> {
    let current = load(tx, &update.name).await?;
    authority::of_one_party(&update.caller, &current.profile.parties)?;
    etag::check(
        &update.patch.etag,
        &etag::of(&current.uid, current.revision),
    )
    .map_err(|mismatch| faults::stale(&current.name, &mismatch))?;
    let base = convert::partnership::message(&current);
    let merged = mask::merge(&base, &update.patch, update.mask.as_ref(), "partnership")?;
    let mut violations = Violations::new();
    let profile =
        convert::partnership::profile(Some(&current.name), Some(&merged), &mut violations);
    let Some(profile) = profile else {
        return Err(violations.into());
    };
    check_founding_document(tx, &profile).await?;
    for party in partnerships::parties_of_documents(tx, &current.name).await? {
        if !profile.parties.contains(&party) {
            return Err(faults::party_in_use(&current.name, &party, "documents"));
        }
    }
    let new = Partnership {
        revision: current.revision + 1,
        profile,
        updated: stamp.now,
        ..current
    };
    if !partnerships::update_if(tx, &new).await? {
        return Err(faults::changed_meanwhile(&new.name));
    }
    let message = convert::partnership::message(&new);
    let change = Change::of(new.name.to_string(), ChangeKind::Updated, &message);
    Ok((message, vec![change]))
}
