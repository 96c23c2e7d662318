//! `CreatePartnership`.

use accord_proto::documents::v1 as pb;
use aip::{Violations, parse_id};
use fault::Fault;
use identity::Caller;
use ledger::{Call, Change, ChangeKind, Stamp};
use storage::Tx;
use tonic::Request;

use super::check_founding_document;
use crate::{
    api::{Api, Mutation, authority, convert, fault as faults},
    domain::{Partnership, PartnershipName, partnership::Profile},
    store::partnerships,
};

/// Registers a partnership.
pub(in crate::api) async fn run(
    api: &Api,
    request: Request<pb::CreatePartnershipRequest>,
) -> Result<pb::Partnership, Fault> {
    let caller = Caller::of(&request)?;
    caller.may_edit()?;
    let mut violations = Violations::new();
    let call = Call::new(
        "accord.documents.v1.PartnershipService/CreatePartnership",
        caller,
        request.get_ref(),
        &mut violations,
    );
    let given = request.get_ref();
    let name = violations
        .take(parse_id("partnership_id", &given.partnership_id))
        .map(PartnershipName::new);
    let profile =
        convert::partnership::profile(name.as_ref(), given.partnership.as_ref(), &mut violations);
    let (Some(name), Some(profile), true) = (name, profile, violations.is_empty()) else {
        return Err(violations.into());
    };
    authority::of_one_party(caller, &profile.parties)?;
    api.journal
        .mutate(call, move |tx, stamp| {
            Box::pin(insert(tx, stamp, name.clone(), profile.clone()))
        })
        .await
}

async fn insert(
    tx: &mut Tx,
    stamp: Stamp,
    name: PartnershipName,
    profile: Profile,
) -> Mutation<pb::Partnership> {
    check_founding_document(tx, &profile).await?;
    let new = Partnership {
        name,
        uid: stamp.new_uid().to_string(),
        revision: 1,
        profile,
        registered_document_count: 0,
        document_count: 0,
        created: stamp.now,
        updated: stamp.now,
    };
    partnerships::insert(tx, &new)
        .await
        .map_err(|error| faults::insert_partnership(error, &new.name))?;
    let message = convert::partnership::message(&new);
    let change = Change::of(new.name.to_string(), ChangeKind::Created, &message);
    Ok((message, vec![change]))
}
