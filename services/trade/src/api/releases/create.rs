//! `CreateRelease`.

use std::sync::Arc;

use ::fault::Fault;
use accord_proto::trade::v1::{CreateReleaseRequest, Release as Shown};
use aip::Violations;
use identity::Caller;
use ledger::{Call, Change, ChangeKind};
use tonic::Request;

use super::may_publish;
use crate::{
    api::{Api, convert, fault},
    domain::{
        name::{PartnershipName, ReleaseName},
        release::{Publication, Release},
    },
    store,
};

const METHOD: &str = "accord.trade.v1.ReleaseService/CreateRelease";

pub(crate) async fn run(api: &Api, request: Request<CreateReleaseRequest>) -> Result<Shown, Fault> {
    let caller = Caller::of(&request)?.clone();
    caller.may_edit()?;
    let request = request.into_inner();
    let mut violations = Violations::new();
    let call = Call::new(METHOD, &caller, &request, &mut violations);
    let parent = violations.take(PartnershipName::parse("parent", &request.parent));
    let id = violations.take(aip::parse_id("release_id", &request.release_id));
    let publication = read(&request, &mut violations);
    violations.finish()?;
    let (Some(parent), Some(id), Some(publication)) = (parent, id, publication) else {
        return Err(fault::unreported());
    };
    may_publish(&caller, &publication.reporter)?;

    let input = Arc::new((ReleaseName::new(parent.partnership, id), publication));
    api.journal
        .mutate(call, move |tx, stamp| {
            let input = Arc::clone(&input);
            Box::pin(async move {
                let (name, publication) = &*input;
                let full_name = name.to_string();
                if store::releases::get(tx, &full_name).await?.is_some() {
                    return Err(Fault::already_exists(fault::RELEASE, &full_name));
                }
                let release = Release {
                    name: full_name,
                    uid: stamp.new_uid().to_string(),
                    number: store::releases::next_number(tx).await?,
                    revision: 1,
                    publication: publication.clone(),
                    observation_count: 0,
                    publish_record_time: None,
                    withdrawal: None,
                    create_time: stamp.now,
                    update_time: stamp.now,
                };
                store::releases::insert(tx, &name.partnership, &release).await?;
                let shown = convert::release::show(&release);
                let change = Change::of(&release.name, ChangeKind::Created, &shown);
                Ok((shown, vec![change]))
            })
        })
        .await
}

fn read(request: &CreateReleaseRequest, violations: &mut Violations) -> Option<Publication> {
    let Some(release) = &request.release else {
        violations.push("release", "FIELD_REQUIRED", "must be set");
        return None;
    };
    convert::release::read(release)
        .map_err(|found| violations.merge_under("release", found))
        .ok()
}
